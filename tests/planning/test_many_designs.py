"""Very many spaces at once get the answers that each gets alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from audits.planning import many_designs, ramp_design, requirements
from audits.planning import ramp_geometry as geometry
from audits.rules import files
from tests.planning import conftest


def _columns(spaces):
    return many_designs.Spaces(
        *(np.array([getattr(each, name) for each in spaces]) for name in ("rise_mm", "length_mm", "width_mm")),
        *(np.array([getattr(each, name) for each in spaces]) for name in ("obstacle_left", "obstacle_right")),
        np.array([geometry.APPROACHES.index(each.approach) for each in spaces]),
        np.array([geometry.EXITS.index(each.exit) for each in spaces]),
    )


def _agree(spaces, required, made):
    many = many_designs.best(_columns(spaces), required, made)
    for row, space in enumerate(spaces):
        found = ramp_design.alternatives(space, required, made)
        if isinstance(found, geometry.NotFeasible):
            lengths = [each.value for each in found.relaxations if each.of == "length_mm"]
            assert many.family[row] == many_designs.NONE
            assert many.least_length_mm[row] == (lengths[0] if lengths else -1)
            assert (many.legs[row], many.cost_proxy[row]) == (0, -1)
        else:
            best = found[0]
            assert (many_designs.FAMILIES[many.family[row]], many.legs[row]) == (best.family, best.legs)
            assert many.cost_proxy[row] == best.cost_proxy
            assert many.least_length_mm[row] <= space.length_mm
    return many


def test_thousands_of_spaces_are_judged_as_one_by_one(required, made):
    many = _agree(conftest.lot_of_spaces(3, 2_000), required, made)
    assert 500 < many.feasible.sum() < 1_800
    assert set(many.family) == {-1, 0, 1, 2}


def test_small_rises_and_tight_spaces_are_judged_as_one_by_one(required, made):
    _agree(conftest.lot_of_spaces(4, 800, most_rise_mm=24, most_mm=6_000), required, made)


def test_wishes_and_other_ways_of_building_are_taken_in(made):
    wish = requirements.Comfort({"ramp.running_slope": (-np.inf, 7.0), "ramp.clear_width": (1000.0, np.inf)})
    required = requirements.ramp(files.load_criteria(), wish)
    other = dataclasses.replace(made, edge_thickness_mm=150, most_legs=4)
    _agree(conftest.lot_of_spaces(6, 500), required, other)


def test_rises_about_a_threshold_are_judged_as_one_by_one(required, made):
    thresholds = required.handrails_from_mm, required.long_from_mm, required.longest_run_mm
    rises = [required.least_rise_mm(length) - under for length in thresholds for under in range(-1, 9)]
    rooms = [(2_000, 9_000), (4_300, 3_600), (3_600, 6_500), (5_500, 5_500), (8_600, 4_200), (11_000, 3_700)]
    _agree([geometry.Space(rise, *room) for rise in rises for room in rooms], required, made)


def test_where_all_cost_the_same_the_smallest_is_taken(required, made):
    free = dataclasses.replace(made, slab_thickness_mm=0, edge_thickness_mm=0, rail_as_concrete_mm2=0)
    many = _agree(conftest.lot_of_spaces(10, 150), required, free)
    assert set(many.cost_proxy) == {-1, 0}


def test_the_least_length_is_just_enough(required, made):
    spaces = conftest.lot_of_spaces(8, 200)
    least = many_designs.best(_columns(spaces), required, made).least_length_mm
    for space, length in zip(spaces, least.tolist(), strict=True):
        if length > 0:
            assert ramp_design.fits(dataclasses.replace(space, length_mm=length), required, made)
            assert not ramp_design.fits(dataclasses.replace(space, length_mm=length - 1), required, made)


def test_a_space_that_makes_no_sense_has_no_design(required, made):
    sound = geometry.Space(450, 9_000, 9_000)
    wrong = [
        dataclasses.replace(sound, rise_mm=0),
        dataclasses.replace(sound, width_mm=-9_000),
        dataclasses.replace(sound, exit=geometry.LEFT, obstacle_left=True),
    ]
    assert many_designs.best(_columns([sound, *wrong]), required, made).feasible.tolist() == [True, False, False, False]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_answers_come_in_the_order_of_the_spaces(required, made, count, monkeypatch):
    monkeypatch.setattr(many_designs, "_ROWS", 2)
    spaces = conftest.lot_of_spaces(9, count)
    many = many_designs.best(_columns(spaces) if spaces else _empty(), required, made)
    alone = [many_designs.best(_columns([space]), required, made).cost_proxy[0] for space in spaces]
    assert many.cost_proxy.tolist() == alone


def _empty():
    none, flags = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    return many_designs.Spaces(none, none, none, flags, flags, none, none)
