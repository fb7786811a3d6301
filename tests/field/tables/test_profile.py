"""Prove that a profile maps a foreign table, and that all its faults are told at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from audits import errors
from audits.field.tables import headers, importing, profile
from audits.rules import model

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
TODAY = dt.date(2026, 11, 22)

GOOD = """
name: test
site: {code: ID, x: X, y: Y}
element: {column: TYPE, codes: {1: kerb_ramp, 2: ramp}}
surveyed_on: {constant: 2024-01-31}
surveyor: {constant: crew}
missing: [-9]
columns:
  SLP: {quantity: running_slope_pct, unit: degrees, missing: [0]}
  DWS: {quantity: tactile_strip_present, unit: yes_no, codes: {Y: yes, no: no}}
"""


def refusal(text: str, book: model.Criteria) -> list[str]:
    with pytest.raises(errors.RefusedError) as refused:
        profile.read(text, book)
    return [problem.kind.code for problem in refused.value.problems]


def test_the_sample_profile_reads_the_sample_table(
    book: model.Criteria, register: gpd.GeoDataFrame, elements: pd.DataFrame
) -> None:
    chosen = profile.load(SAMPLE / "demonstration_profile.yaml", book)
    content = (SAMPLE / "demonstration_inventory.csv").read_bytes()
    preview = importing.preview(content, "inventory.csv", book, register, elements, TODAY, chosen)
    assert {one.line: [problem.kind.code for problem in one.problems] for one in preview.held} == {
        6: ["PLACE-001"],
        7: ["CELL-010"],
    }
    second = preview.surveys[1]
    assert second.observed_at.date() == dt.date(2024, 3, 15)
    assert {one.quantity: one.value for one in second.measurements} == {
        "running_slope_pct": 9.6,
        "clear_width_mm": pytest.approx(927.1),
        "top_space_length_mm": pytest.approx(1371.6),
        "tactile_strip_present": 0.0,
    }
    assert [one.quantity for one in preview.surveys[2].measurements] == ["clear_width_mm"]
    assert preview.layout.unused == ("OBJECTID", "CROSS_SLP")


def test_codes_that_look_like_numbers_or_truth_stay_what_was_written(book: model.Criteria) -> None:
    layout = profile.layout(profile.read(GOOD, book), ["ID", "X", "Y", "TYPE", "SLP", "DWS"])
    element, slope, strip = (layout.of("element_kind"), *layout.measured)
    assert element is not None
    assert element.text({"TYPE": 1.0}) == "kerb_ramp"
    assert [slope.value({"SLP": cell}) for cell in (0, "-9.0", "4.76")] == [None, None, "4.76"]
    assert [strip.value({"DWS": cell}) for cell in ("y", "no")] == ["yes", "no"]
    assert layout.constants == {"surveyor": "crew", "observed_on": "2024-01-31"}


def test_every_fault_of_meaning_is_told_at_once(book: model.Criteria) -> None:
    bad = """
name: bad
crs: EPSG:1
box: [103, 16, 102, 17]
site: {kind: bridge, setting: moon}
element: {kind: ladder, codes: {1: stair, 2: rope}}
instrument: {constant: sextant}
columns:
  A: {quantity: beauty}
  B: {quantity: clear_width_mm, unit: degrees}
"""
    assert refusal(bad, book) == [
        *["PROFILE-006", "PROFILE-007", "PROFILE-005", "PROFILE-009"],
        *["PROFILE-008"] * 5,
    ]


def test_every_fault_of_form_is_told_at_once(book: model.Criteria) -> None:
    assert refusal("site: {colour: X}\ncolumns: {A: {unit: yard}}\n", book) == ["PROFILE-004"] * 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name: [", "PROFILE-002"),
        ("name: !!python/object:os.system x", "PROFILE-002"),
        ("a: &a [x]\nb: [*a, *a]", "PROFILE-002"),
        ("name: a\nname: b", "PROFILE-003"),
        ("", "PROFILE-004"),
        ("just words", "PROFILE-004"),
        ("#" * 300_000, "PROFILE-001"),
    ],
)
def test_what_is_no_profile_is_refused(text: str, code: str, book: model.Criteria) -> None:
    assert code in refusal(text, book)


def test_a_profile_in_other_letters_than_utf_8_is_refused(tmp_path: Path, book: model.Criteria) -> None:
    path = tmp_path / "thai.yaml"
    path.write_bytes("name: ทะเบียน".encode("cp874"))
    with pytest.raises(errors.RefusedError, match=r"thai\.yaml: The profile is not UTF-8"):
        profile.load(path, book)


def test_columns_that_the_table_lacks_are_all_told(book: model.Criteria) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        profile.layout(profile.read(GOOD, book), ["ID", "X", "SLP"])
    assert [problem.values["column"] for problem in refused.value.problems] == ["Y", "TYPE", "DWS"]


def test_the_box_of_a_profile_goes_before_the_city(
    book: model.Criteria, register: gpd.GeoDataFrame, elements: pd.DataFrame
) -> None:
    elsewhere = GOOD + "crs: EPSG:4326\nbox: [-118, 33, -117, 34]\n"
    content = b"ID,X,Y,TYPE,SLP,DWS\nA,-117.5,33.5,2,4.76,Y\nB,102.8,16.4,2,4.76,Y\n"
    chosen = profile.read(elsewhere, book)
    preview = importing.preview(content, "a.csv", book, register, elements, TODAY, chosen)
    assert preview.sites.sites.index.tolist() == ["A"]
    assert [one.line for one in preview.held] == [3]


def test_missing_markers_of_the_house_hold_under_a_profile_too(book: model.Criteria) -> None:
    layout = profile.layout(profile.read(GOOD, book), ["ID", "X", "Y", "TYPE", "SLP", "DWS"])
    assert all(use.missing > headers.MISSING for use in layout.uses)
