from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from audits import survey
from audits.rules import files
from audits.scoring import readings

CRITERIA = files.load_criteria()

RAMP = "KK-001.ramp.1"
SLOPE = "running_slope_pct"


def only_row(measured):
    governed = readings.governing(measured, CRITERIA)
    assert len(governed) == 1
    return governed.iloc[0]


def test_the_latest_day_governs_whatever_the_order_of_the_rows(town):
    rows = [(RAMP, SLOPE, 12.0, 0.2, "2026-01-05T03:00Z"), (RAMP, SLOPE, 7.0, 0.5, "2026-02-05T03:00Z")]
    for order in (rows, rows[::-1]):
        row = only_row(town.measured(*order))
        assert (row["lowest"], row["highest"], row["uncertainty"], row["readings"]) == (7.0, 7.0, 0.5, 1)
        assert row["observed_on"] == pd.Timestamp("2026-02-05")


def test_a_day_is_a_day_in_bangkok(town):
    late_evening, past_midnight = "2026-03-02T16:59:00Z", "2026-03-02T17:00:00Z"
    row = only_row(town.measured((RAMP, SLOPE, 12.0, 0.0, late_evening), (RAMP, SLOPE, 7.0, 0.0, past_midnight)))
    assert (row["lowest"], row["highest"]) == (7.0, 7.0)
    assert row["observed_on"] == pd.Timestamp("2026-03-03")


def test_two_surveyors_on_one_day_are_pooled(town):
    morning, evening = "2026-03-02T01:00:00Z", "2026-03-02T12:00:00Z"
    row = only_row(town.measured((RAMP, SLOPE, 9.0, 0.2, morning), (RAMP, SLOPE, 7.0, 0.5, evening)))
    assert (row["lowest"], row["highest"], row["uncertainty"], row["readings"]) == (7.0, 9.0, 0.5, 2)


def test_a_later_visit_that_did_not_measure_leaves_the_older_value(town):
    later = (RAMP, SLOPE, np.nan, 0.0, "2026-05-02T03:00:00Z")
    row = only_row(town.measured((RAMP, SLOPE, 9.0, 0.2, "2026-01-05T03:00:00Z"), later))
    assert row["lowest"] == 9.0
    assert row["observed_on"] == pd.Timestamp("2026-01-05")


def test_each_quantity_has_its_own_latest_day(town):
    old, new = "2026-01-05T03:00:00Z", "2026-02-05T03:00:00Z"
    rows = [(RAMP, SLOPE, 9.0, 0.0, old), (RAMP, "clear_width_mm", 900.0, 0.0, old), (RAMP, SLOPE, 8.0, 0.0, new)]
    governed = readings.governing(town.measured(*rows), CRITERIA).set_index("quantity")
    assert governed["lowest"].to_dict() == {SLOPE: 8.0, "clear_width_mm": 900.0}


@pytest.mark.parametrize("rows", [(), ((RAMP, SLOPE, np.nan),)])
def test_nothing_measured_gives_no_rows_and_all_columns(town, rows):
    governed = readings.governing(town.measured((RAMP, SLOPE, 1.0), *rows).iloc[1:], CRITERIA)
    assert list(governed.columns) == list(readings.GOVERNING_COLUMNS)
    assert governed.empty


def test_readings_are_aligned_to_the_elements_asked_for(town):
    other, unknown = "KK-002.ramp.1", "KK-003.ramp.1"
    rows = [(other, SLOPE, 9.0, 0.2), (RAMP, SLOPE, 7.0, 0.1), (unknown, SLOPE, 5.0)]
    governed = readings.governing(town.measured(*rows), CRITERIA)
    found = readings.by_quantity(governed, pd.Index([RAMP, "KK-009.ramp.1", other]))
    assert set(found) == {SLOPE}
    assert found[SLOPE].lowest[[0, 2]].tolist() == [7.0, 9.0]
    assert found[SLOPE].uncertainty[[0, 2]].tolist() == [0.1, 0.2]
    assert np.isnan(found[SLOPE].highest[1])


def test_one_visit_reads_as_a_table_of_it_would():
    given = [(SLOPE, 9.0, 0.2), (SLOPE, 7.5, 0.5), (SLOPE, 8.0, 0.1), ("clear_width_mm", 900.0, 3.0)]
    visit = [survey.Measurement(RAMP, *one[:2], uncertainty=one[2]) for one in given]
    visit.append(survey.Measurement(RAMP, "rise_mm", None, not_measured_because="blocked"))
    columns = ["element_id", "quantity", "value", "uncertainty", "observed_at"]
    rows = [(one.element_id, one.quantity, one.value, one.uncertainty, pd.Timestamp(0, tz="UTC")) for one in visit]
    table = pd.DataFrame(rows, columns=columns)
    expected = readings.by_quantity(readings.governing(table, CRITERIA), pd.Index([RAMP]))
    found = readings.of_visit(visit, CRITERIA)
    assert found.keys() == expected.keys() == {SLOPE, "clear_width_mm"}
    for quantity, one in found.items():
        other = expected[quantity]
        assert (one.lowest, one.highest, one.uncertainty) == (other.lowest, other.highest, other.uncertainty)


RAIL, RAILS = "handrail_present", "handrails_both_sides"
FIRST, SECOND = "2026-01-05T03:00Z", "2026-02-05T03:00Z"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(RAIL, 0, FIRST)], 0),
        ([(RAIL, 1, FIRST)], None),
        ([(RAILS, 1, FIRST), (RAIL, 0, SECOND)], 0),
        ([(RAIL, 0, FIRST), (RAILS, 1, SECOND)], 1),
        ([(RAIL, 0, FIRST), (RAIL, 1, SECOND)], None),
        ([(RAIL, 0, FIRST), (RAILS, 0, FIRST)], 0),
    ],
    ids=["none", "one at least", "taken away", "built since", "one built since, sides not asked", "both asked"],
)
def test_without_a_handrail_there_is_none_on_both_sides(town, rows, expected):
    governed = readings.governing(town.measured(*((RAMP, *row[:2], 0.0, row[2]) for row in rows)), CRITERIA)
    row = governed.loc[governed["quantity"] == RAILS]
    assert row["highest"].tolist() == ([] if expected is None else [expected])
    assert (row["readings"] == 1).all()


def test_an_answer_that_follows_keeps_its_day_and_who_gave_it(town):
    seen = town.measured((RAMP, RAIL, 0.0, 0.0, SECOND)).assign(surveyor="ก")
    added = readings.with_implied(seen, CRITERIA).iloc[1]
    assert (added["quantity"], added["value"], added["surveyor"]) == (RAILS, 0.0, "ก")
    assert added["observed_at"] == pd.Timestamp(SECOND)


@pytest.mark.parametrize(("run_mm", "total_mm", "left"), [(8_545.0, 5_000.0, "total"), (4_000.0, 5_000.0, "both")])
@pytest.mark.parametrize("newer", ["run", "total"])
def test_of_a_run_longer_than_its_ramp_only_the_newer_measurement_stands(town, run_mm, total_mm, left, newer):
    names = {"run": ("longest_run_length_mm", run_mm), "total": ("ramp_length_total_mm", total_mm)}
    days = {one: "2026-06-05T03:00Z" if one == newer else "2025-01-05T03:00Z" for one in names}
    rows = [(RAMP, *names[one], 0.0, days[one]) for one in names]
    governed = readings.governing(town.measured(*rows), CRITERIA)
    expected = {names[newer][0]} if left != "both" else {name for name, _ in names.values()}
    assert set(governed["quantity"]) == expected


def test_a_run_longer_than_its_ramp_on_one_day_stays_for_whoever_looks(town):
    rows = [(RAMP, "longest_run_length_mm", 8_545.0), (RAMP, "ramp_length_total_mm", 5_000.0)]
    assert len(readings.governing(town.measured(*rows), CRITERIA)) == 2
