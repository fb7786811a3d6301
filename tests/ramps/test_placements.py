"""A layout is turned and mirrored into its space so that people come and go where they may."""

from __future__ import annotations

import itertools

from audits.ramps import geometry, placements, ramp_design


def test_a_quarter_turn_moves_every_side_one_on():
    sides = [placements.side_of(placements.NEAR, quarter, False) for quarter in range(4)]
    assert sides == [geometry.FRONT, geometry.RIGHT, geometry.FAR, geometry.LEFT]
    assert placements.side_of(geometry.LEFT, 0, True) == geometry.RIGHT
    assert placements.side_of(placements.END, 0, True) == geometry.FAR


def test_a_placement_joins_the_sides_that_were_asked_for():
    for approach, exit_ in itertools.product(geometry.APPROACHES, geometry.EXITS):
        space = geometry.Space(450, 1, 1, approach=approach, exit=exit_)
        for placement in itertools.chain.from_iterable(
            placements.placements(space, each) for each in placements.ENTRIES
        ):
            assert approach in (placement.entry_side, geometry.ANY)
            assert exit_ in (placement.exit_side, geometry.ANY)


def test_every_space_that_makes_sense_can_be_reached_and_left():
    walls = itertools.product((False, True), repeat=2)
    for (left, right), approach, exit_ in itertools.product(walls, geometry.APPROACHES, geometry.EXITS):
        space = geometry.Space(450, 1_000, 1_000, left, right, approach, exit_)
        found = [each for access in placements.ENTRIES for each in placements.placements(space, access)]
        assert found or ramp_design.problems(space)


def test_nobody_comes_or_goes_through_a_wall():
    space = geometry.Space(450, 1, 1, obstacle_left=True, obstacle_right=True)
    found = [each for access in placements.ENTRIES for each in placements.placements(space, access)]
    assert {side for each in found for side in (each.entry_side, each.exit_side)} == {geometry.FRONT, geometry.FAR}


def test_foot_and_top_share_a_side_only_when_asked():
    anywhere = geometry.Space(450, 1, 1)
    for access in placements.ENTRIES:
        assert all(each.entry_side != each.exit_side for each in placements.placements(anywhere, access))
    same = geometry.Space(450, 1, 1, approach=geometry.FRONT, exit=geometry.FRONT)
    assert [each.straight_on for each in placements.placements(same, placements.EVEN)] != []


def test_between_two_walls_a_layout_leans_on_either_and_beside_one_on_that():
    walls = {"obstacle_left": True, "obstacle_right": True}
    for access in placements.ENTRIES:
        both = placements.placements(geometry.Space(450, 1, 1, **walls), access)
        assert {each.leans_on for each in both} in ({geometry.LEFT, geometry.RIGHT}, set())
        one = placements.placements(geometry.Space(450, 1, 1, obstacle_left=True), access)
        assert {each.leans_on for each in one if each.exit_side != geometry.RIGHT} <= {geometry.LEFT}
        assert {each.leans_on for each in one if each.exit_side == geometry.RIGHT} <= {""}
