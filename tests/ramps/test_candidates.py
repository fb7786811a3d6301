"""Every way of laying a ramp into a space is tried, none of them outside it, and the cheapest comes first."""

import dataclasses

import pytest

from audits.ramps import candidates, geometry, layouts, placements, setting_out
from tests.ramps import drawn_spaces

ROOMY = geometry.Space(450, 20_000, 20_000)


def _families(found):
    return {(one.layout.family, len(one.layout.legs)) for one in found}


def test_in_a_large_space_each_layout_is_tried_in_every_turn_and_mirrored(required, made):
    found = list(candidates.fitting(ROOMY, required, dataclasses.replace(made, most_legs=4)))
    kinds = [(geometry.STRAIGHT, 1), (geometry.L_SHAPE, 2), *((geometry.SWITCHBACK, legs) for legs in (2, 3, 4))]
    assert _families(found) == set(kinds)
    for kind in kinds:
        ways = {
            (one.placement.quarter, one.placement.mirrored)
            for one in found
            if (one.layout.family, len(one.layout.legs)) == kind
        }
        assert len(ways) == 8, kind


def test_what_fits_lies_inside_the_space_and_what_is_left_out_does_not(required, made):
    for space in drawn_spaces.lot_of_spaces(5, 20):
        fitting = set(candidates.fitting(space, required, made))
        for one in candidates.placed(space, required, made):
            length, width = candidates.box(one)
            assert (one in fitting) == (length <= space.length_mm and width <= space.width_mm)
        for one in sorted(fitting, key=lambda one: one.rank)[:3]:
            design = setting_out.set_out(one.layout, one.placement, space, required, made)
            assert (design.length_mm, design.width_mm) == candidates.box(one)


def test_a_turned_layout_takes_its_length_from_the_width_of_the_space(required, made):
    layout = layouts.in_strips(450, 1, required, made, False)
    along = placements.Placement(0, False, geometry.FRONT, geometry.FAR, True)
    across = dataclasses.replace(along, quarter=1)
    assert candidates.box(candidates.Candidate(layout, along)) == (layout.length_mm, layout.width_mm)
    assert candidates.box(candidates.Candidate(layout, across)) == (layout.width_mm, layout.length_mm)


def test_the_first_in_rank_is_the_cheapest_and_of_equals_the_one_not_mirrored(required, made):
    found = sorted(candidates.fitting(ROOMY, required, made), key=lambda one: one.rank)
    costs = [one.layout.cost_proxy for one in found]
    assert costs == sorted(costs)
    assert not found[0].placement.mirrored
    assert found[0].placement.quarter == 0


@pytest.mark.parametrize("width", [1_740, 1_900, 3_000])
def test_between_two_walls_the_straight_ramp_reaches_both(required, made, width):
    walled = geometry.Space(450, 20_000, width, obstacle_left=True, obstacle_right=True)
    first = min(candidates.fitting(walled, required, made), key=lambda one: one.rank)
    assert first.layout.family == geometry.STRAIGHT
    assert first.layout.section.walled == {geometry.LEFT, geometry.RIGHT}
    assert candidates.box(first)[1] == width


def test_beside_one_wall_the_ramp_leans_on_it(required, made):
    for wall, side in (("obstacle_left", geometry.LEFT), ("obstacle_right", geometry.RIGHT)):
        space = geometry.Space(450, 20_000, 6_000, exit=geometry.FAR, **{wall: True})
        first = min(candidates.fitting(space, required, made), key=lambda one: one.rank)
        assert first.placement.leans_on == side


def test_no_more_legs_are_tried_than_the_rise_and_the_builder_allow(required, made):
    assert {len(one.layout.legs) for one in candidates.placed(ROOMY, required, made)} <= set(range(1, 11))
    low = geometry.Space(3, 20_000, 40_000)
    assert max(len(one.layout.legs) for one in candidates.fitting(low, required, made)) == 3
