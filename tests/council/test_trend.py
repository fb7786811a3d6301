"""What changed is told from what was known on each day, and only a new measurement takes a failure away."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from audits import wording
from audits.council import council_contents, council_text, trend
from audits.scoring import run
from audits.works import site_changes
from tests.council import made_answers

RAMP = "KK-001.ramp.1"


@pytest.fixture(scope="module")
def record(demonstration_folder):
    return made_answers.answers(demonstration_folder).record


@pytest.fixture(scope="module")
def visits(record):
    return trend.states(record, record.sites.index)


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
    found = trend.states(dataclasses.replace(record, history=none), record.sites.index)
    assert found.empty
    assert trend.changes(dataclasses.replace(record, history=none), record.sites.index).empty
    assert trend.history(found, 5, [dt.date(2026, 1, 31)])["undecided"].tolist() == [5]


def test_months_end_with_the_last_day_and_stay_few():
    days = trend.month_ends(dt.date(2025, 1, 10), dt.date(2026, 11, 1))
    assert days[-1] == dt.date(2026, 11, 1)
    assert len(days) <= trend.MOST_DAYS
    assert days == sorted(set(days))
    assert all((day + dt.timedelta(days=1)).day == 1 for day in days[:-1])


def test_a_record_of_one_day_has_one_day():
    assert trend.month_ends(dt.date(2026, 3, 31), dt.date(2026, 3, 31)) == [dt.date(2026, 3, 31)]


def at(day, rows):
    return [(*row, 0.0, f"{day}T03:00Z") for row in rows]


def changed(town, *rows):
    record = town.record(town.measured(*rows), elements=town.elements(RAMP), official_only=False)
    return trend.changes(record, record.sites.index)


def test_a_site_mended_and_measured_again_is_better_and_the_other_way_round(town):
    first, last = ("2026-01-05", "2026-06-05")
    steep, sound = town.complete_ramp(running_slope_pct=12.0), town.complete_ramp()
    better, worse = (
        changed(town, *at(first, one), *at(last, other)).loc["KK-001"]
        for one, other in ((steep, sound), (sound, steep))
    )
    assert (better["change"], better["before_failed"], better["after_failed"]) == (site_changes.BETTER, 1, 0)
    assert (better["before_verdict"], better["after_verdict"]) == ("fail", "pass")
    assert (worse["change"], worse["before_failed"], worse["after_failed"]) == (site_changes.WORSE, 0, 1)


def test_a_visit_to_a_joined_ramp_counts_at_its_other_site_in_history_and_changes(town):
    twin = "SP-001.ramp.1"
    steep, sound = town.complete_ramp(running_slope_pct=12.0), town.complete_ramp(twin)
    rows = town.measured(*at("2026-01-05", steep), *at("2026-06-05", sound))
    record = town.record(rows, town.elements(RAMP, twin), joined={twin: RAMP})
    visited = trend.states(record, record.sites.index).groupby("site_code")["day"].nunique()
    found = trend.changes(record, record.sites.index)
    assert visited.to_dict() == {"KK-001": 2, "SP-001": 2}
    assert found["change"].to_dict() == dict.fromkeys(visited.index, site_changes.BETTER)


def test_what_only_became_known_is_no_improvement_and_no_decline(town):
    sound, steep = town.complete_ramp(), town.complete_ramp(running_slope_pct=12.0)
    without = [row for row in sound if row[1] != "running_slope_pct"]
    for now, column in ((sound, "found_passing"), (steep, "found_failing")):
        row = changed(town, *at("2026-01-05", without), *at("2026-06-05", now)).loc["KK-001"]
        assert (row["change"], row[column]) == (site_changes.SAME, 1)
        assert (row["before_failed"], row["after_failed"]) == (0, 0)


def test_a_second_surveyor_soon_after_the_first_is_no_change(town):
    steep, sound = town.complete_ramp(running_slope_pct=12.0), town.complete_ramp()
    assert changed(town, *at("2026-01-05", steep), *at("2026-01-12", sound)).empty
    later = changed(town, *at("2026-01-05", sound), *at("2026-01-12", steep), *at("2026-06-05", sound))
    assert later["change"].to_dict() == {"KK-001": site_changes.BETTER}


def test_only_sites_with_fewer_failures_are_said_to_have_improved_and_to_pass_now(record):
    """Five sites pass now, but at three of them only more was measured."""
    again = trend.changes(record, record.sites.index[record.sites["kind"] == "ramp"])
    better = again.loc[again["change"] == site_changes.BETTER]
    assert (better["after_failed"] < better["before_failed"]).all()
    sentence = council_text.improved(again, wording.Wording("en"))
    assert sentence.startswith(f"{len(better)} of {len(again)} ramp sites visited again have fewer failures, ")
    assert "2 of them pass now" in sentence
    led = council_text.improved(
        again, wording.Wording("en"), lambda figure, _page, **asked: f"{asked['changed']}:{figure}"
    )
    for name in ("again", "better", "passing", "worse"):
        assert f"{name}:{trend.counted(again)[name].sum()}" in led, "a figure and its list"
    known = council_text.became_known(again, wording.Wording("en"))
    assert known.startswith("3 are now known to pass only because they were measured.")
    assert known in council_contents.improved(again, wording.Wording("en")).remarks


def test_what_was_built_anew_takes_its_failures_along_from_that_day_on(town):
    steep = town.complete_ramp(running_slope_pct=12.0)
    frame = town.measured(*at("2026-01-05", steep), *at("2026-06-05", steep[:1]))
    record = town.record(
        frame.iloc[len(steep) :], elements=town.elements(RAMP), history=frame, rebuilt={RAMP: dt.date(2026, 3, 1)}
    )
    found = trend.states(record, record.sites.index)
    assert found["day"].dt.date.tolist() == [dt.date(2026, 1, 5), dt.date(2026, 3, 1), dt.date(2026, 6, 5)]
    assert (found["items_failed"] > 0).tolist() == [True, False, False]
    assert found["verdict"].tolist()[0] == "fail"
    assert found["verdict"].tolist()[-1] == record.audit.sites["verdict"].iloc[0] != "fail"
