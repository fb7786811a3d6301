from __future__ import annotations

import math
import random

import numpy as np
import pandas as pd
import pytest

from audits import survey
from audits.demo import seed
from audits.rules import editions, model
from audits.scoring import run

RAMP = "KK-001.ramp.1"


def the_site(audited, code="KK-001"):
    return audited.sites.loc[code]


def finding(audited, criterion, element_id=RAMP):
    rows = audited.findings.query("criterion == @criterion and element_id == @element_id")
    assert len(rows) == 1
    return rows.iloc[0]


def verdict_of(town, quantity, value, criterion, **options):
    measured = town.measured((RAMP, "side_open", 1.0), (RAMP, "handrail_present", 1.0), (RAMP, quantity, value))
    elements = town.elements(RAMP, permitted_on=options.pop("permitted_on", None))
    return finding(town.audit(measured, elements, **options), criterion)


def test_a_site_never_surveyed_is_unknown_from_0_to_100(town):
    measured = town.measured(("KK-002.ramp.1", "running_slope_pct", 5.0))
    audited = town.audit(measured, town.elements(RAMP, "KK-002.ramp.1"))
    site = the_site(audited)
    assert (site["score_low"], site["score_high"], site["coverage"]) == (0, 100, 0)
    assert (site["verdict"], site["grade"], site["items_unknown"]) == ("unknown", "", site["items_applicable"])
    assert pd.isna(site["last_surveyed_on"])
    assert set(audited.findings.query("site_code == 'KK-001'")["verdict"]) == {"unknown"}


def test_the_whole_starter_register_is_unknown_before_the_first_survey(town):
    sites, elements = seed.starter_sites(), seed.starter_elements()
    audited = town.audit(town.measured((RAMP, "running_slope_pct", math.nan)), elements, sites)
    assert (audited.sites["score_low"] == 0).all()
    assert (audited.sites["score_high"] == 100).all()
    assert (audited.sites["verdict"] == "unknown").all()
    assert (audited.sites["grade"] == "").all()
    assert len(audited.elements) == len(elements)


def test_a_ramp_that_meets_every_rule_has_100_points_and_the_best_grade(town):
    site = the_site(town.audit(town.measured(*town.complete_ramp())))
    assert (site["score_low"], site["score_high"], site["coverage"]) == (100, 100, 1)
    assert (site["verdict"], site["grade"]) == ("pass", "A")
    assert (site["items_passed"], site["items_failed"], site["items_unknown"]) == (site["items_applicable"], 0, 0)


def test_one_dangerous_failure_caps_an_otherwise_perfect_ramp(town):
    site = the_site(town.audit(town.measured(*town.complete_ramp(running_slope_pct=12.0))))
    assert site["score_low"] == site["score_high"] > 75
    assert (site["dangerous"], site["grade"], site["verdict"]) == (True, "D", "fail")


@pytest.mark.parametrize(("setting", "of_law"), [("building", 1), ("park", 0)])
def test_one_lesser_failure_leaves_out_the_best_grade_and_is_law_only_where_it_binds(town, setting, of_law):
    sites = town.sites("KK-001", setting=setting)
    site = the_site(town.audit(town.measured(*town.complete_ramp(raised_edge_height_mm=20.0)), sites=sites))
    assert site["score_low"] == site["score_high"] > 90
    assert (site["grade"], site["items_failed"], site["law_failed"]) == ("B", 1, of_law)


def test_what_is_borderline_is_counted_apart_from_what_was_not_measured(town):
    rows = [row for row in town.complete_ramp() if row[1] not in ("running_slope_pct", "tactile_sign_present")]
    borderline = (RAMP, "running_slope_pct", 8.3, 0.2)
    site = the_site(town.audit(town.measured(*rows, borderline)))
    assert (site["items_borderline"], site["items_unknown"] - site["items_borderline"]) == (1, 1)


def test_a_dangerous_criterion_not_yet_measured_leaves_the_grade_undecided(town):
    rows = [row for row in town.complete_ramp() if row[1] != "running_slope_pct"]
    site = the_site(town.audit(town.measured(*rows)))
    assert 75 < site["score_low"] < site["score_high"] == 100
    assert (site["dangerous"], site["grade"], site["verdict"]) == (False, "", "unknown")


def test_a_finding_that_may_not_apply_keeps_a_site_unknown_even_at_100_points(town):
    rows = [row for row in town.complete_ramp() if row[1] != "handrail_present"]
    site = the_site(town.audit(town.measured(*rows)))
    assert (site["score_low"], site["score_high"], site["items_failed"]) == (100, 100, 0)
    assert site["verdict"] == "unknown"


def test_a_slope_whose_guard_band_holds_the_limit_makes_the_site_borderline(town):
    rows = [row for row in town.complete_ramp() if row[1] != "running_slope_pct"]
    site = the_site(town.audit(town.measured(*rows, (RAMP, "running_slope_pct", 8.3, 0.2))))
    assert (site["verdict"], site["grade"], site["coverage"]) == ("borderline", "", 1)


def test_what_is_not_there_makes_everything_else_not_applicable(town):
    rows = town.complete_ramp(element_present=0.0, running_slope_pct=20.0)
    audited = town.audit(town.measured(*rows))
    site = the_site(audited)
    assert set(audited.findings["verdict"]) == {"not_applicable"}
    assert math.isnan(site["score_low"])
    assert math.isnan(site["coverage"])
    assert (site["grade"], site["items_applicable"], site["facility_ramp"]) == ("", 0, "absent")


def test_a_missing_toilet_fails_by_itself_alone(town):
    toilet = "KK-001.toilet.1"
    measured = town.measured((toilet, survey.ELEMENT_PRESENT, 0.0))
    audited = town.audit(measured, town.elements(toilet))
    assert audited.findings["verdict"].value_counts().to_dict() == {
        "fail": 1,
        "not_applicable": len(audited.findings) - 1,
    }
    assert the_site(audited)["facility_toilet"] == "fail"


def test_an_absent_element_leaves_the_score_to_the_others(town):
    other = "KK-001.ramp.2"
    rows = [*town.complete_ramp(), (other, survey.ELEMENT_PRESENT, 0.0)]
    site = the_site(town.audit(town.measured(*rows), town.elements(RAMP, other)))
    assert (site["score_low"], site["score_high"], site["verdict"]) == (100, 100, "pass")


def test_the_latest_bangkok_day_decides(town):
    steep, mended = (20.0, "2026-01-05T03:00:00Z"), (6.0, "2026-03-05T18:30:00Z")
    rows = [(RAMP, "running_slope_pct", value, 0.0, at) for value, at in (mended, steep)]
    row = finding(town.audit(town.measured(*rows)), "ramp.running_slope")
    assert (row["verdict"], row["highest"], row["observed_on"]) == ("pass", 6.0, pd.Timestamp("2026-03-06"))


def test_two_surveyors_of_one_day_are_judged_by_the_worst(town):
    rows = [(RAMP, "running_slope_pct", value) for value in (6.0, 9.0)]
    row = finding(town.audit(town.measured(*rows)), "ramp.running_slope")
    assert (row["verdict"], row["lowest"], row["highest"], row["readings"]) == ("fail", 6.0, 9.0, 2)


@pytest.mark.parametrize(
    ("permitted_on", "source", "verdict", "assumed"),
    [
        ("2010-06-01", "moi_2548", "pass", False),
        ("2021-05-02", "moi_2548", "pass", False),
        ("2021-05-03", "moi_2564", "fail", False),
        ("2024-01-01", "moi_2564", "fail", False),
        (None, "moi_2564", "fail", True),
        ("1999-01-01", "moi_2564", "fail", False),
    ],
)
def test_the_permit_day_chooses_the_edition(town, permitted_on, source, verdict, assumed):
    row = verdict_of(town, "raised_edge_height_mm", 70.0, "ramp.raised_edge", permitted_on=permitted_on)
    assert (row["source"], row["verdict"], row["edition_assumed"]) == (source, verdict, assumed)


@pytest.mark.parametrize(
    ("edition", "source", "verdict"),
    [
        ("moi_2548", "moi_2548", "pass"),
        ("moi_2564", "moi_2564", "fail"),
        ("ada_2010", "ada_2010", "fail"),
        (run.BY_PERMIT_DATE, "moi_2564", "fail"),
    ],
)
def test_one_edition_can_be_asked_for_whatever_the_permit_day(town, edition, source, verdict):
    for permitted_on in (None, "2024-01-01"):
        row = verdict_of(
            town, "raised_edge_height_mm", 70.0, "ramp.raised_edge", permitted_on=permitted_on, edition=edition
        )
        assert (row["source"], row["verdict"]) == (source, verdict)


def test_a_disputed_limit_judges_nothing_under_its_edition(town):
    measured = town.measured((RAMP, "handrail_present", 1.0), (RAMP, "handrail_height_mm", 850.0))
    for permitted_on in (None, "2024-01-01", "1999-01-01"):
        audited = town.audit(measured, town.elements(RAMP, permitted_on=permitted_on))
        assert "ramp.handrail_height" not in set(audited.findings["criterion"])
    # The older text is not in doubt.
    row = verdict_of(town, "handrail_height_mm", 850.0, "ramp.handrail_height", permitted_on="2010-06-01")
    assert (row["source"], row["verdict"]) == ("moi_2548", "pass")


def test_a_comparator_judges_only_what_it_states(town):
    audited = town.audit(town.measured(*town.complete_ramp()), edition="ada_2010")
    stated = {each.criterion_id for each in town.book.of_element("ramp") if editions.comparator(each, "ada_2010")}
    assert set(audited.findings["criterion"]) == stated
    assert set(audited.findings["source"]) == {"ada_2010"}
    assert not audited.findings["edition_assumed"].any()


@pytest.mark.parametrize(
    ("setting", "permitted_on", "basis"),
    [
        ("building", None, "law"),
        ("building", "2022-01-01", "law"),
        ("building", "1999-01-01", "analogy"),
        ("park", None, "analogy"),
        ("municipal_footpath", "2022-01-01", "analogy"),
    ],
)
def test_a_rule_is_law_only_where_and_when_it_binds(town, setting, permitted_on, basis):
    elements = town.elements(RAMP, permitted_on=permitted_on)
    audited = town.audit(town.measured(*town.complete_ramp()), elements, town.sites("KK-001", setting=setting))
    assert finding(audited, "ramp.running_slope")["basis"] == basis
    assert finding(audited, "ramp.end_squares")["basis"] == "guidance"


def test_the_five_facilities_say_pass_fail_unknown_or_absent(town):
    elements = town.elements(RAMP, "KK-001.toilet.1", "KK-001.parking.1", "KK-001.sign.1")
    toilet = ("KK-001.toilet.1", "turning_circle_mm", 900.0)
    signs = [
        ("KK-001.sign.1", quantity.quantity_id, 0.0 if quantity.quantity_id == survey.ELEMENT_PRESENT else 1.0)
        for quantity in model.questions(town.book, "sign")
    ]
    site = the_site(town.audit(town.measured(*town.complete_ramp(), toilet, *signs), elements))
    found = {facility: site[f"facility_{facility}"] for facility in run.BASIC_FACILITIES}
    assert found == {"ramp": "pass", "toilet": "fail", "parking": "unknown", "sign": "absent", "information": "absent"}


def test_items_are_counted_by_criterion_not_by_weight(town):
    rows = town.complete_ramp(running_slope_pct=12.0, handrail_diameter_mm=20.0)
    audited = town.audit(town.measured(*[row for row in rows if row[1] != "junction_smooth"]))
    site, verdicts = the_site(audited), audited.findings["verdict"].value_counts()
    assert site["items_failed"] == verdicts["fail"] == 2
    assert site["items_unknown"] == verdicts["unknown"] == 1
    assert site["items_passed"] == verdicts["pass"]
    assert site["items_applicable"] == len(audited.findings) - verdicts["not_applicable"]


def test_a_persona_is_scored_by_what_matters_to_it(town):
    steep = the_site(town.audit(town.measured(*town.complete_ramp(running_slope_pct=12.0))))
    assert steep["score_high_deaf"] == 100
    assert steep["score_high_wheelchair"] < steep["score_high_blind"] == 100
    without_symbol = the_site(town.audit(town.measured(*town.complete_ramp(accessibility_symbol_present=0.0))))
    assert without_symbol["score_high_deaf"] == 0


def test_a_persona_to_whom_nothing_matters_has_no_score(town):
    kerb = "KK-001.kerb_ramp.1"
    site = the_site(town.audit(town.measured((kerb, "running_slope_pct", 5.0)), town.elements(kerb)))
    assert math.isnan(site["score_low_deaf"])
    assert math.isnan(site["score_high_deaf"])
    assert site["score_high_wheelchair"] == 100


def test_elements_of_other_sites_and_unknown_measurements_do_not_disturb(town):
    rows = [*town.complete_ramp(), ("KK-777.ramp.1", "running_slope_pct", 30.0), (RAMP, "no_such_quantity", 1.0)]
    elements = town.elements(RAMP, "KK-777.ramp.1")
    audited = town.audit(town.measured(*rows), elements, town.sites("KK-001"))
    assert audited.sites.index.tolist() == ["KK-001"]
    assert the_site(audited)["score_low"] == 100


def random_town(town, chance, count=60):
    kinds = ("ramp", "kerb_ramp", "toilet", "parking", "shelter")
    names, permits = [], []
    for number in range(count):
        for kind in chance.sample(kinds, chance.randint(1, 3)):
            names.append(f"KK-{number:03}.{kind}.1")
            permits.append(chance.choice((None, "1999-01-01", "2010-06-01", "2022-01-01")))
    elements = town.elements(*names).assign(permitted_on=pd.to_datetime(pd.Series(permits)).to_numpy())
    codes = list(dict.fromkeys(elements["site_code"]))
    settings = [chance.choice(survey.SETTINGS) for _ in codes]
    sites = town.sites(*codes).assign(setting=settings)
    rows = []
    for name, kind in elements["kind"].items():
        for quantity in model.questions(town.book, kind):
            if chance.random() < 0.6 and quantity.quantity_id != survey.ELEMENT_PRESENT:
                guard = 0.0 if quantity.unit in ("yes_no", "count") else chance.choice((0.0, 3.0))
                least, most = quantity.usual
                value = chance.choice((least, most)) if quantity.unit == "yes_no" else chance.uniform(least, most)
                value = float(round(value)) if quantity.unit == "count" else value
                rows.append((name, quantity.quantity_id, value, guard))
    return sites, elements, rows


def test_a_random_town_scores_as_if_judged_row_by_row(town, row_by_row):
    sites, elements, rows = random_town(town, random.Random(11))
    audited = town.audit(town.measured(*rows), elements, sites)
    verdicts = audited.findings.set_index(["element_id", "criterion"])["verdict"]
    records = {name: {} for name in elements.index}
    for name, quantity, value, guard in rows:
        records[name].setdefault(quantity, []).append((value, guard))
    for code, mine in elements.groupby("site_code"):
        certain_pass = certain_fail = possible_pass = possible_fail = 0.0
        for name, element in mine.iterrows():
            day = run.day_of(element["permitted_on"])
            for criterion in town.book.of_element(element["kind"]):
                applicable = editions.limit_on(criterion, day, sites.loc[code, "setting"])
                rules, _ = run.rules_for(town.book, element["kind"], day, sites.loc[code, "setting"])
                rule = next((each for each in rules if each.criterion is criterion), None)
                if rule is None:
                    assert applicable is None
                    assert criterion.disputed or not criterion.judges
                    continue
                assert rule.limit is applicable.limit
                assert verdicts[name, criterion.criterion_id] == row_by_row.verdict(rule, records[name])
                possible = row_by_row.possible(rule, records[name])
                weight = town.weights.severity[criterion.severity]
                certain_pass += weight * (possible == {"pass"})
                certain_fail += weight * (possible == {"fail"})
                possible_pass += weight * ("pass" in possible)
                possible_fail += weight * ("fail" in possible)
        site = the_site(audited, code)
        assert site["score_low"] == pytest.approx(100 * certain_pass / (certain_pass + possible_fail))
        assert site["score_high"] == pytest.approx(100 * possible_pass / (possible_pass + certain_fail))


def test_the_order_of_sites_elements_and_measurements_never_matters(town):
    sites, elements, rows = random_town(town, random.Random(12), count=25)
    measured = town.measured(*rows)
    one = town.audit(measured, elements, sites)
    other = town.audit(
        measured.sample(frac=1, random_state=1),
        elements.sample(frac=1, random_state=2),
        sites.sample(frac=1, random_state=3),
    )
    key = ["element_id", "criterion"]
    pd.testing.assert_frame_equal(one.sites, other.sites.loc[one.sites.index])
    pd.testing.assert_frame_equal(one.elements, other.elements.loc[one.elements.index])
    pd.testing.assert_frame_equal(
        one.findings.sort_values(key, ignore_index=True), other.findings.sort_values(key, ignore_index=True)
    )


def test_measuring_more_never_widens_a_site(town):
    chance = random.Random(13)
    sites, elements, rows = random_town(town, chance, count=40)
    chance.shuffle(rows)
    before = None
    for share in (0.1, 0.4, 0.7, 1.0):
        audited = town.audit(town.measured(*rows[: int(share * len(rows))]), elements, sites).sites
        if before is not None:
            assert (audited["score_low"] >= before["score_low"]).all()
            assert (audited["score_high"] <= before["score_high"]).all()
        before = audited
    assert (before["score_high"] - before["score_low"]).median() < 60


def test_a_site_without_elements_has_no_score_and_is_unknown(town):
    measured = town.measured(*town.complete_ramp())
    audited = town.audit(measured, town.elements(RAMP), town.sites("KK-001", "KK-002"))
    empty = the_site(audited, "KK-002")
    assert math.isnan(empty["score_low"])
    assert (empty["verdict"], empty["grade"], empty["elements"]) == ("unknown", "", 0)
    assert set(empty[[f"facility_{each}" for each in run.BASIC_FACILITIES]]) == {"absent"}


def test_a_town_without_any_element_is_audited_all_the_same(town):
    measured = town.measured((RAMP, "running_slope_pct", 5.0)).iloc[:0]
    audited = town.audit(measured, town.elements(RAMP).iloc[:0], town.sites("KK-001"))
    assert audited.findings.empty
    assert the_site(audited)["verdict"] == "unknown"
    assert np.isnan(the_site(audited)["score_high"])
