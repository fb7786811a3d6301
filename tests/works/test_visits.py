"""A technician goes first where something built waits, then where a survey is due, then where nobody was."""

from __future__ import annotations

import dataclasses
import datetime as dt

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from audits import record as records
from audits import survey, wording
from audits.rules import files
from audits.scoring import findings, questions, readings, run
from audits.store.db import connection, workspace
from audits.works import begun, fix_states, visits
from tests.works import made_works

BUILT, FRESH, UNSEEN = made_works.RAMP, "KK-002.ramp.1", "KK-003.ramp.1"


@pytest.fixture(scope="module")
def record(town):
    rows = town.measured(*town.complete_ramp(BUILT), *town.complete_ramp(FRESH))
    points = [shapely.Point(102.82, 16.42), shapely.Point(102.83, 16.43), shapely.Point(102.84, 16.44)]
    sites = gpd.GeoDataFrame(town.sites("KK-001", "KK-002", "KK-003"), geometry=points, crs="EPSG:4326")
    return town.record(rows, town.elements(BUILT, FRESH, UNSEEN), sites)


@pytest.fixture(scope="module")
def steps():
    return made_works.steps((fix_states.BUILT, made_works.DAY))


def test_a_site_surveyed_lately_is_not_visited(record, steps):
    found = visits.visits(record, steps, dt.date(2026, 4, 1))
    assert found["reason"].to_dict() == {"KK-001": visits.TO_ACCEPT, "KK-003": visits.NEVER}
    assert list(found.index) == ["KK-001", "KK-003"]


def test_after_a_year_a_site_is_due_again(record):
    found = visits.visits(record, made_works.steps((fix_states.BUILT, made_works.DAY)).iloc[:0], dt.date(2030, 1, 1))
    assert found["reason"].to_dict() == {
        "KK-001": visits.OVERDUE,
        "KK-002": visits.OVERDUE,
        "KK-003": visits.NEVER,
    }


def test_of_those_due_again_the_one_due_first_comes_first(town):
    visited = {"KK-001": "2025-03-01", "KK-002": "2024-03-01", "KK-003": "2024-09-01"}
    record = town.record(town.measured(), town.elements(BUILT, FRESH, UNSEEN))
    last = pd.Series(pd.to_datetime(list(visited.values()), utc=True), index=pd.Index(visited, name="code"))
    due = dataclasses.replace(record.audit, sites=record.audit.sites.assign(last_surveyed_on=last))
    found = visits.visits(
        dataclasses.replace(record, audit=due),
        made_works.steps((fix_states.BUILT, made_works.DAY)).iloc[:0],
        dt.date(2030, 1, 1),
    )
    assert list(found.index) == ["KK-002", "KK-003", "KK-001"]
    assert found["due_on"]["KK-002"] == dt.date(2025, 3, 1)


def test_the_nearest_come_first_with_their_distance(record, steps):
    found = visits.visits(record, steps, dt.date(2026, 4, 1))
    there = record.sites.geometry["KK-003"]
    near = visits.nearest(record, found, there.x, there.y, 1)
    assert list(near.index) == ["KK-003"]
    assert near["distance_m"].iloc[0] == pytest.approx(0, abs=0.01)


def test_what_waits_is_counted_by_its_reason(record, steps):
    """Other pages count the sites never surveyed alone; the two numbers must not read as a contradiction."""
    found = visits.visits(record, steps, dt.date(2026, 4, 1))
    sentence = visits.count_text(found, wording.Wording("en"))
    assert sentence == "2 sites wait for a survey: 1 never surveyed, 1 built, to be accepted"


def test_a_site_whose_survey_came_back_was_surveyed_and_is_counted_apart(record, steps):
    back = dataclasses.replace(record, returned=frozenset({"KK-003"}))
    found = visits.visits(back, steps, dt.date(2026, 4, 1))
    assert found["reason"].to_dict() == {"KK-001": visits.TO_ACCEPT, "KK-003": visits.RETURNED}
    sentence = visits.count_text(found, wording.Wording("en"))
    assert sentence == "2 sites wait for a survey: 1 surveyed and returned to be corrected, 1 built, to be accepted"


def _visited(record, code, place=""):
    visit = {"survey_id": "uuid:1", "site_code": code, "place": place}
    surveys = pd.DataFrame([visit | {"observed_at": pd.Timestamp("2026-03-02", tz="UTC")}])
    return dataclasses.replace(record, surveys=surveys)


def test_a_site_with_most_questions_open_stays_among_the_next_ones(town):
    measured = town.measured(*town.complete_ramp(FRESH)[:2])
    record = town.record(measured, town.elements(FRESH))
    record = _visited(record, "KK-002")
    found = visits.visits(record, made_works.steps((fix_states.BUILT, made_works.DAY)).iloc[:0], dt.date(2026, 4, 1))
    assert found["reason"]["KK-002"] == visits.BEGUN
    assert (found["answered"]["KK-002"], found["asked"]["KK-002"] > 10) == (2, True)
    sentence = visits.reason_text(found.loc["KK-002"], wording.Wording("en"))
    assert sentence == (
        f"all surveys together answered 2 of the {found['asked']['KK-002']} questions that the score needs"
    )
    gone = _visited(record, "KK-002", survey.NOT_FOUND)
    assert begun.begun(gone).empty, "where nothing is, nothing is left to answer"


@pytest.mark.parametrize("more", [(), ((BUILT, "handrail_present", 0.0),)], ids=["half way", "no handrail"])
def test_the_questions_of_a_site_are_those_of_its_form_that_its_score_needs(town, more):
    rows = town.measured(*town.complete_ramp(BUILT)[:6], *more)
    record = town.record(rows, town.elements(BUILT))
    record = _visited(record, "KK-001")
    rules = run.rules_for(record.criteria, "ramp", None, record.sites["setting"]["KK-001"])[0]
    made = [
        survey.Measurement(BUILT, row.quantity, row.value, uncertainty=row.uncertainty) for row in rows.itertuples()
    ]
    measured = readings.of_visit(made, record.criteria)
    form = {one.quantity_id for one in questions.that_apply(record.criteria, "ramp", rules, measured)}
    read = {survey.ELEMENT_PRESENT}.union(*(rule.quantities() for rule in rules))
    # a rule that is certain not to apply asks nothing
    open_rules = (findings.outcomes(rules, measured, 1)[:, 0] | findings.MEASURED) != (
        findings.CAN_NOT_APPLY | findings.MEASURED
    )
    may = set(measured).union(*(rule.quantities() for rule, is_open in zip(rules, open_rules, strict=True) if is_open))
    needed = form & read & (may | {survey.ELEMENT_PRESENT})
    assert needed < form, "what only a design rests on is asked and not needed"
    assert begun.answered(record)["asked"].to_dict() == {"KK-001": len(needed)}


@pytest.mark.parametrize("code", ["KK-070", "KK-075"])
def test_a_site_whose_score_is_settled_is_not_called_mostly_open(demonstration, code):
    judged, counted = demonstration.audit.sites.loc[code], begun.answered(demonstration).loc[code]
    assert (judged["grade"], judged["items_unknown"]) == ("A", 0)
    assert counted["answered"] == counted["asked"] > 5
    assert code not in begun.begun(demonstration).index


def test_no_site_without_an_open_item_is_called_mostly_open(demonstration):
    settled = demonstration.audit.sites.query("items_unknown == 0 and items_applicable > 0").index
    assert len(settled) > 20
    assert not set(settled) & set(begun.begun(demonstration).index)


@pytest.fixture(scope="module")
def demonstration(demonstration_folder):
    with connection.open_store(workspace.Workspace(demonstration_folder).demonstration) as store:
        return records.read(store, files.load_criteria(), files.load_weights())


def test_a_visit_of_few_answers_does_not_put_off_the_survey_that_is_due(town):
    early, late = (pd.Timestamp(day, tz="UTC") for day in ("2024-03-02", "2026-03-02"))
    whole = town.measured(*town.complete_ramp(FRESH)).assign(observed_at=early)
    few = town.measured(*town.complete_ramp(FRESH)[:2]).assign(observed_at=late)
    elements, sites = town.elements(FRESH), town.sites("KK-002", "KK-003")
    both = _visited(town.record(pd.concat([whole, few]), elements, sites), "KK-002")
    assert begun.last_surveyed(both)["KK-002"] == early
    # several readings of one quantity answer one question
    often = pd.concat([whole, *[few.assign(reading=number) for number in range(1, 12)]])
    assert begun.last_surveyed(_visited(town.record(often, elements, sites), "KK-002"))["KK-002"] == early
    assert begun.last_surveyed(both).isna()["KK-003"]
    none, today = made_works.steps((fix_states.BUILT, made_works.DAY)).iloc[:0], dt.date(2026, 4, 1)
    found = visits.visits(both, none, today)
    assert (found["reason"]["KK-002"], found["due_on"]["KK-002"]) == (visits.OVERDUE, dt.date(2025, 3, 2))
    again = _visited(town.record(whole.assign(observed_at=late), elements, sites), "KK-002")
    assert "KK-002" not in visits.visits(again, none, today).index


def test_a_site_that_stays_due_says_which_newer_survey_answered_too_little() -> None:
    words, day = wording.Wording("en"), dt.date(2026, 3, 2)
    row = pd.Series({"reason": visits.OVERDUE, "due_on": day, "answered": 0, "asked": 0, "surveyed_on": day})
    for newest, is_named in ((day, False), (dt.date(2026, 12, 1), True)):
        shown = visits.reason_text(pd.concat([row, pd.Series({"newest_on": newest})]), words)
        assert shown.startswith("due to be surveyed again since 2 Mar 2026")
        assert ("1 Dec 2026: that survey answered fewer than half" in shown) == is_named
