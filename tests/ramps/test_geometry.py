"""The parts of a design measure themselves rightly."""

from __future__ import annotations

import dataclasses
import math

import pytest

from audits.ramps import geometry, ramp_design

RUN = geometry.Run(1, (1500, 1000, 0), (1500, 100, 0), (1800, 1000, 25), (1800, 100, 25), 150, 100)


def test_a_run_measures_its_going_rise_width_and_slope():
    assert (RUN.going_mm, RUN.rise_mm, RUN.clear_width_mm) == (300, 25, 900)
    assert RUN.slope_length_mm == math.hypot(300, 25)


def test_the_slab_of_a_run_reaches_into_its_side_zones():
    assert RUN.outline == ((1500, 0, 0), (1500, 1150, 0), (1800, 1150, 25), (1800, 0, 25))


def test_a_landing_gives_its_corners_in_turn():
    landing = geometry.Landing("top", (0, 0, 7), (3, 2, 7), (0, 0, 7), (3, 2, 7), 3)
    assert landing.outline == ((0, 0, 7), (3, 0, 7), (3, 2, 7), (0, 2, 7))
    assert landing.height_mm == 7


def test_lines_are_measured_in_three_dimensions():
    assert geometry.length_of(((0, 0, 0), (3, 0, 4), (3, 12, 4))) == 17
    assert geometry.length_of(()) == 0


def test_a_side_is_blocked_by_its_own_wall_only():
    space = geometry.Space(1, 1, 1, obstacle_left=True)
    assert [side for side in geometry.EXITS if space.blocked(side)] == [geometry.LEFT]


@pytest.fixture(name="l_shaped")
def _l_shaped(required, made):
    space = geometry.Space(700, 9_000, 9_000, approach=geometry.FRONT, exit=geometry.LEFT)
    designs = ramp_design.alternatives(space, required, made)
    return next(design for design in designs if design.family == geometry.L_SHAPE)


def test_the_footprint_of_an_l_is_smaller_than_its_box(l_shaped):
    assert len(l_shaped.footprint) == 6
    strip = l_shaped.landings[0].high[1] - l_shaped.landings[0].low[1]
    notch = (l_shaped.length_mm - strip) * (l_shaped.width_mm - strip)
    assert l_shaped.footprint_mm2 == l_shaped.length_mm * l_shaped.width_mm - notch


def test_a_design_adds_its_parts_up(l_shaped):
    assert l_shaped.going_mm == sum(run.going_mm for run in l_shaped.runs) == 700 * 12
    assert l_shaped.rise_mm == 700
    assert l_shaped.total_length_mm == pytest.approx(700 * math.sqrt(145))
    assert l_shaped.handrail_mm == sum(geometry.length_of(rail.points) for rail in l_shaped.handrails)


def test_a_design_cannot_be_changed(l_shaped):
    with pytest.raises(dataclasses.FrozenInstanceError):
        l_shaped.legs = 3
