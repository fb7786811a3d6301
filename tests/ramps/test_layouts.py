"""The room and the cost of a layout agree with counting everything one by one."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from audits.ramps import layouts

ROOMY = (60_000, 60_000)


def test_runs_are_the_fewest_and_as_equal_as_can_be():
    for rise, highest in itertools.product(range(1, 60), (1, 7, 20)):
        runs = layouts.equal_runs(rise, highest)
        assert sum(runs) == rise
        assert max(runs) <= highest
        assert max(runs) - min(runs) <= 1
        assert (len(runs) - 1) * highest < rise


def test_what_a_leg_can_climb_is_the_inverse_of_its_length(required):
    for room in range(0, 40_000, 37):
        climb = layouts.climb_mm(room, required, 1_500)
        assert climb == 0 or layouts.leg_mm(climb, required, 1_500) <= room
        assert layouts.leg_mm(climb + 1, required, 1_500) > room


def test_nothing_is_climbed_where_there_is_no_room(required):
    assert [layouts.climb_mm(room, required, 1_500) for room in (-9_000, -1, 0, 11, 12)] == [0, 0, 0, 0, 1]


def test_clear_width_edge_and_rail_make_the_strip(required, made):
    sizes = layouts.section(required, made, 100)
    assert sizes.clear_mm == required.clear_width_short_mm
    assert sizes.strip_mm == sizes.run_mm + 2 * sizes.inset_mm
    assert layouts.section(required, made, 499).clear_mm == required.clear_width_long_mm
    assert layouts.section(required, made, 498).clear_mm == required.clear_width_short_mm


def test_rail_gap_and_guard_have_room_whatever_the_edge(required, made):
    thin = dataclasses.replace(made, edge_thickness_mm=10)
    behind = required.wall_gap_mm + made.handrail_diameter_mm
    assert layouts.section(required, thin, 100).zone_mm == behind + made.guard_post_mm


@pytest.mark.parametrize("wider", ["end_square_mm", "landing_mm", "clear_width_short_mm"])
def test_turning_takes_the_greatest_of_square_landing_and_width(required, made, wider):
    assert layouts.section(dataclasses.replace(required, **{wider: 1_800}), made, 100).square_mm == 1_800


@pytest.mark.parametrize("longer", ["space_before_mm", "landing_mm", "end_square_mm"])
def test_foot_and_top_take_the_greatest_of_all_lengths_asked(required, made, longer):
    assert layouts.section(dataclasses.replace(required, **{longer: 1_800}), made, 100).end_mm == 1_800


def test_an_uneven_width_is_made_up_so_that_a_run_lies_in_the_middle(required, made):
    odd = dataclasses.replace(required, clear_width_short_mm=915)
    sizes = layouts.section(odd, made, 100)
    assert sizes.square_mm >= required.end_square_mm
    assert sizes.clear_mm + 2 * sizes.inset_mm == sizes.square_mm


@pytest.mark.parametrize("beside", [False, True])
def test_the_split_of_an_l_is_the_best_of_all_splits(required, made, beside):
    narrow = dataclasses.replace(required, longest_run_mm=250)
    for rise, length, width in itertools.product(range(2, 75, 6), range(4_000, 7_001, 420), range(4_000, 7_001, 420)):
        found = layouts.l_shape(rise, (length, width), narrow, made, beside)
        fewest = _fewest_runs_by_trying(rise, (length, width), narrow, made, beside)
        assert (None if found is None else sum(map(len, found.legs))) == fewest
        if found is not None:
            assert found.length_mm <= length
            assert found.width_mm <= width


def _fewest_runs_by_trying(rise, room, required, made, beside):
    sizes = layouts.section(required, made, rise)
    top = sizes.end_mm + (sizes.zone_mm if beside else 0)
    runs = []
    for first in range(1, rise):
        lengths = [layouts.leg_mm(leg, required, sizes.rest_mm) for leg in (first, rise - first)]
        if sizes.end_mm + lengths[0] + sizes.strip_mm <= room[0] and sizes.strip_mm + lengths[1] + top <= room[1]:
            runs.append(sum(len(layouts.equal_runs(leg, required.highest_run_mm)) for leg in (first, rise - first)))
    return min(runs, default=None)


def test_more_rise_costs_more_in_every_layout(required, made):
    for legs, beside in itertools.product((1, 2, 3, 4), (False, True)):
        costs = [layouts.in_strips(rise, legs, required, made, beside).cost_proxy for rise in range(legs, 1_600, 7)]
        assert costs == sorted(costs)
    costs = [layouts.l_shape(rise, ROOMY, required, made, False).cost_proxy for rise in range(2, 1_600, 7)]
    assert costs == sorted(costs)


def test_leaving_sideways_needs_room_for_the_closed_end(required, made):
    straight_on = layouts.in_strips(450, 1, required, made, False)
    sideways = layouts.in_strips(450, 1, required, made, True)
    assert sideways.length_mm == straight_on.length_mm + sideways.section.zone_mm


def test_a_rise_smaller_than_its_legs_has_no_switchback(required, made):
    assert layouts.in_strips(2, 3, required, made, False) is None
    assert layouts.l_shape(1, ROOMY, required, made, False) is None
