"""What changed is told from what was known on each day, and only a new measurement takes a failure away."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from audits import wording
from audits.council import trend
from audits.scoring import run
from tests.council import made_answers


@pytest.fixture(scope="module")
def record(demonstration_folder):
    return made_answers.answers(demonstration_folder).record


@pytest.fixture(scope="module")
def visits(record):
    return trend.states(record, record.sites.index)


def state(code, day, verdict="fail", failed=1):
    return (code, pd.Timestamp(day), verdict, failed, 0.0, 100.0)


def states(*rows):
    return pd.DataFrame(rows, columns=list(trend.STATE_COLUMNS))


@pytest.mark.parametrize("day", [dt.date(2025, 6, 30), dt.date(2026, 3, 31), dt.date(2026, 10, 31)])
def test_every_day_is_what_an_audit_of_the_surveys_up_to_it_says(record, visits, day):
    seen = record.measurements["observed_at"].dt.tz_convert(wording.BANGKOK).dt.date <= day
    known = record.measurements.loc[seen]
    judged = run.run(record.sites, record.elements, known, record.criteria, record.weights).sites
    told = trend.history(visits, len(record.sites), [day]).loc[day]
    assert told["passed"] == (judged["verdict"] == "pass").sum()
    assert told["failed"] == (judged["verdict"] == "fail").sum()
    assert told["surveyed"] == judged["last_surveyed_on"].notna().sum()
    assert told["passed"] + told["failed"] + told["undecided"] == len(record.sites)


def test_the_last_state_of_each_site_is_how_it_stands(record, visits):
    last = visits.groupby("site_code").last()
    stands = record.audit.sites.loc[last.index]
    assert (last["verdict"] == stands["verdict"]).all()
    assert (last["items_failed"] == stands["items_failed"]).all()


def test_nothing_surveyed_has_no_states_and_no_changes(record):
    none = record.measurements.iloc[:0]
    found = trend.states(dataclasses.replace(record, measurements=none), record.sites.index)
    assert found.empty
    assert trend.changes(found).empty
    assert trend.history(found, 5, [dt.date(2026, 1, 31)])["undecided"].tolist() == [5]


def test_months_end_with_the_last_day_and_stay_few():
    days = trend.month_ends(dt.date(2025, 1, 10), dt.date(2026, 11, 1))
    assert days[-1] == dt.date(2026, 11, 1)
    assert len(days) <= trend.MOST_DAYS
    assert days == sorted(set(days))
    assert all((day + dt.timedelta(days=1)).day == 1 for day in days[:-1])


def test_a_record_of_one_day_has_one_day():
    assert trend.month_ends(dt.date(2026, 3, 31), dt.date(2026, 3, 31)) == [dt.date(2026, 3, 31)]


def test_a_site_mended_and_measured_again_is_better_and_the_other_way_round():
    found = trend.changes(
        states(
            state("A", "2026-01-05", "fail", 3),
            state("A", "2026-06-05", "pass", 0),
            state("B", "2026-01-05", "fail", 1),
            state("B", "2026-06-05", "fail", 2),
            state("C", "2026-01-05", "pass", 0),
            state("C", "2026-06-05", "pass", 0),
        )
    )
    assert found["change"].to_dict() == {"A": trend.BETTER, "B": trend.WORSE, "C": trend.SAME}
    assert found.loc["A", ["before_failed", "after_failed"]].tolist() == [3, 0]


def test_a_second_surveyor_soon_after_the_first_is_no_change():
    found = trend.changes(
        states(
            state("A", "2026-01-05", "fail", 1),
            state("A", "2026-01-12", "fail", 3),
            state("B", "2026-01-05", "fail", 1),
            state("B", "2026-01-12", "fail", 3),
            state("B", "2026-06-05", "fail", 2),
        )
    )
    assert found["change"].to_dict() == {"B": trend.BETTER}
