import math

import pandas as pd
import pytest

from audits.ramps import measured_space
from audits.scoring import readings

RAMP = "KK-001.ramp.1"
KERB = "KK-001.kerb_ramp.1"


def taken(town, *rows, element_id=RAMP, kind="ramp"):
    governed = readings.governing(town.measured(*rows), town.book)
    return measured_space.taken(governed, element_id, kind)


def test_the_rise_is_estimated_between_the_readings_and_the_greater_is_taken(town):
    rows = [(RAMP, "ramp_length_total_mm", 6000.0), (RAMP, "running_slope_pct", 8.0), (RAMP, "running_slope_pct", 10.0)]
    rise = taken(town, *rows)["rise_mm"]
    low, high = (6000 * slope / math.hypot(1, slope) for slope in (0.08, 0.10))
    assert (rise.lowest, rise.highest, rise.value) == (round(low), round(high), round(high))
    assert rise.basis == measured_space.ESTIMATED


def test_a_levelled_rise_is_taken_before_one_that_is_calculated(town, english, thai):
    rows = [(RAMP, "ramp_length_total_mm", 6000.0), (RAMP, "running_slope_pct", 8.0), (RAMP, "rise_mm", 512.0)]
    found = taken(town, *rows)
    rise = found["rise_mm"]
    assert (rise.lowest, rise.value, rise.basis) == (512, 512, measured_space.MEASURED)
    assert not measured_space.never_levelled(512, found)
    for words in (english, thai):
        sentence = measured_space.source(rise, town.book, words)
        assert "512" in sentence
        # and who measured either is told that they differ
        assert str(round(6000 * 0.08 / math.hypot(1, 0.08))) in sentence
    assert set(taken(town, (RAMP, "rise_mm", 512.0))) == {"rise_mm"}


def test_the_free_length_is_at_least_what_stands_there_now(town):
    rows = [
        (RAMP, "ramp_length_total_mm", 5000.0),
        (RAMP, "running_slope_pct", 0.0),
        (RAMP, "space_before_ramp_length_mm", 1200.0),
        (RAMP, "runs_count", 2.0),
        (RAMP, "landing_length_mm", 1500.0),
    ]
    length = taken(town, *rows)["length_mm"]
    assert (length.value, length.basis) == (5000 + 2 * 1200 + 1500, measured_space.AT_LEAST)
    assert taken(town, *rows[:3])["length_mm"].value == 5000 + 2 * 1200
    assert "rise_mm" not in taken(town, *rows)


def test_the_narrowest_reading_bounds_the_width(town):
    rows = [(RAMP, "clear_width_mm", 950.0), (RAMP, "clear_width_mm", 910.0)]
    assert taken(town, *rows)["width_mm"].value == 910


@pytest.mark.parametrize(("open_side", "walled"), [(0.0, True), (1.0, False)])
def test_walls_are_known_only_where_no_side_is_open(town, open_side, walled):
    found = taken(town, (RAMP, "side_open", open_side))
    assert ("obstacle_left" in found, "obstacle_right" in found) == (walled, walled)


def test_what_nobody_measured_must_be_typed(town):
    assert not taken(town)
    found = taken(town, (KERB, "at_refuge_island", 1.0), element_id=KERB, kind="kerb_ramp")
    assert found["at_refuge_island"].value == 1
    assert set(found) == {"at_refuge_island"}


def test_another_element_tells_nothing(town):
    assert not taken(town, ("KK-001.ramp.2", "clear_width_mm", 950.0))


def test_the_source_names_what_was_measured_and_the_day(town, book, english):
    rows = [(RAMP, "ramp_length_total_mm", 6000.0), (RAMP, "running_slope_pct", 8.0), (RAMP, "clear_width_mm", 900.0)]
    found = taken(town, *rows)
    said = measured_space.source(found["rise_mm"], book, english)
    assert said.startswith("estimated from Total length of the ramp, Running slope of 2 Mar 2026: 478 mm")
    assert measured_space.source(found["width_mm"], book, english).startswith(
        "at least so much is free, from Clear width"
    )
    assert found["rise_mm"].observed_on == pd.Timestamp("2026-03-02").date()


def test_the_source_of_walls_and_answers_says_what_was_answered(town, book, english):
    found = taken(town, (RAMP, "side_open", 0.0), (RAMP, "between_storeys", 0.0))
    walls = measured_space.source(found["obstacle_left"], book, english)
    assert walls == "measured on 2 Mar 2026: walls on both sides"
    assert measured_space.source(found["between_storeys"], book, english).endswith("Joins storeys of a building: no")


def test_a_rise_typed_by_hand_was_levelled_and_that_of_a_survey_was_not(town):
    found = taken(town, (RAMP, "ramp_length_total_mm", 6000.0), (RAMP, "running_slope_pct", 8.0))
    assert measured_space.never_levelled(478, found)
    assert not measured_space.never_levelled(480, found)
    assert not measured_space.never_levelled(478, {})
