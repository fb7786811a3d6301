from __future__ import annotations

import math
import re

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from audits import wording
from audits.reports import markers, web_map_texts

RAMP = "KK-001.ramp.1"


@pytest.fixture
def sites():
    columns = {
        "name_th": ["สถานีรถไฟ", "ตลาด", "สวน"],
        "name_en": ["Railway station", "", "Park"],
        "position_status": ["confirmed", "presumed", "confirmed"],
    }
    points = [shapely.Point(102.82, 16.42), shapely.Point(102.83, 16.43), None]
    index = pd.Index(["KK-001", "KK-002", "KK-003"], name="code")
    return gpd.GeoDataFrame(columns, index=index, geometry=points, crs="EPSG:4326")


@pytest.fixture
def audited(town, sites):
    elements = town.elements(RAMP, "KK-002.ramp.1", "KK-003.ramp.1")
    rows = [*town.complete_ramp(), ("KK-002.ramp.1", "running_slope_pct", 15.0)]
    return town.audit(town.measured(*rows), elements, town.sites(*sites.index)).sites


def test_each_verdict_has_its_own_colour_shape_and_sign(sites, audited, english):
    drawn = markers.markers(sites, audited, english)
    assert audited["verdict"].tolist() == ["pass", "fail", "unknown"]
    for column in ("colour", "shape", "glyph"):
        assert drawn[column].nunique() == 3
    assert drawn["code"].tolist() == sites.index.tolist()
    assert drawn.crs == sites.crs


def test_a_position_not_confirmed_is_drawn_hollow(sites, audited, english):
    assert markers.markers(sites, audited, english)["hollow"].tolist() == [False, True, False]


def test_sites_can_be_drawn_by_grade(sites, audited, english):
    drawn = markers.markers(sites, audited, english, by=markers.BY_GRADE)
    assert drawn["glyph"].tolist() == ["A", "D", "?"]


def test_a_label_says_code_name_verdict_score_and_position(sites, audited, english):
    labels = markers.markers(sites, audited, english)["label"].tolist()
    standing = "provisional: awaits an engineer's review"
    assert labels[0] == f"KK-001 Railway station · pass · score 100 · {standing} · confirmed on site"
    assert labels[1].startswith("KK-002 ตลาด · fail · score 0 to ")
    assert "score 0 to 100" in labels[2]


def test_a_label_in_thai_has_the_thai_name(sites, audited):
    assert "สถานีรถไฟ" in markers.markers(sites, audited, wording.Wording("th"))["label"].iloc[0]


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.0, 100.0, "score 0 to 100"),
        (72.6, 72.6, "score 73"),
        (72.6, 72.9, "score 73"),
        (40.2, 55.5, "score 40 to 56"),
        (70.0, 71.0, "score 70 to 71"),
        (math.nan, math.nan, "no score"),
    ],
)
def test_a_score_is_one_number_where_it_is_closed_and_a_phrase_where_nothing_applies(english, low, high, text):
    assert markers.score_text(low, high, english) == text


def test_a_persona_to_whom_nothing_matters_has_a_phrase_instead_of_a_score(town, english):
    kerb = "KK-001.kerb_ramp.1"
    site = town.audit(town.measured((kerb, "running_slope_pct", 5.0)), town.elements(kerb)).sites.loc["KK-001"]
    assert markers.score_text(site["score_low_deaf"], site["score_high_deaf"], english) == "no score"


@pytest.mark.parametrize("by", [markers.BY_VERDICT, markers.BY_GRADE])
def test_the_legend_counts_every_site_drawn_once(audited, english, by):
    words = web_map_texts.map_words(audited, english, by)
    *entries, hollow = words.legend
    counts = [int(entry.text.rsplit(": ", 1)[1]) for entry in entries]
    assert sum(counts) == len(audited) == 3
    assert hollow.hollow
    assert words.legend_title == "3 sites"


def _row(grade="", law=0, failed=0, unknown=0, borderline=0, **other):
    counts = {"law_failed": law, "items_failed": failed, "items_unknown": unknown, "items_borderline": borderline}
    known = {"items_applicable": 9, "verdict": "fail" if failed else "unknown", "standing": "approved"}
    return known | counts | {"grade": grade} | other


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (_row("B", law=2, failed=3), "Fails 2 requirements of law and 1 other; how usable: grade B"),
        (_row("B", law=1, failed=1), "Fails 1 requirement of law; how usable: grade B"),
        (_row("B", failed=1), "Fails 1 requirement, none binding here; how usable: grade B"),
        (
            _row("D", failed=2, dangerous=True),
            "Fails 2 requirements, none binding here; how usable: grade D, since something impassable or dangerous is "
            "among them",
        ),
        (_row("A", verdict="pass"), "Fails nothing; how usable: grade A"),
        (_row(unknown=4, borderline=1), "No failure known; grade undecided: measure more"),
        (
            _row(law=1, failed=1, unknown=2, borderline=2),
            "Fails 1 requirement of law; grade undecided: measure again with a finer instrument",
        ),
        (_row(items_applicable=0), "No failure known; no grade: nothing here to judge"),
        (_row(unknown=9, standing="not_surveyed"), "Not surveyed yet; grade undecided: measure more"),
    ],
)
def test_what_the_law_asks_and_how_usable_a_place_is_stand_in_one_sentence(row, sentence, english):
    assert markers.compliance_and_grade(row, english) == sentence
    assert "{" not in markers.compliance_and_grade(row, wording.Wording("th"))


def test_a_slope_at_the_limit_asks_for_a_finer_instrument_where_all_else_is_measured(town, english):
    at_the_limit = [row for row in town.complete_ramp() if row[1] != "running_slope_pct"]
    measured = town.measured(*at_the_limit, (RAMP, "running_slope_pct", 8.3, 0.2))
    site = town.audit(measured).sites.loc["KK-001"]
    assert site["verdict"] == "borderline"
    assert markers.grade_text(site, english) == "grade undecided: measure again with a finer instrument"


def test_a_borderline_requirement_is_not_called_unknown_and_the_sums_add_up(audited, english):
    row = {"items_applicable": 15, "items_passed": 8, "items_failed": 6, "items_unknown": 1, "items_borderline": 1}
    assert markers.sums_text(row, english) == "of 15 requirements 8 pass, 6 fail, 1 borderline, 0 not known yet"
    for _, site in audited.iterrows():
        whole, *parts = (int(number) for number in re.findall(r"\d+", markers.sums_text(site, english)))
        assert sum(parts) == whole
