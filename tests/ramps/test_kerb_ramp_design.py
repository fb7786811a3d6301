"""Kerb ramps fit the footpath or say what would do."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import errors, wording
from audits.ramps import design_check, geometry, kerb_ramp_design, ramp_design, requirements
from audits.rules import files

BOOK = files.load_criteria()
REQUIRED, MADE = requirements.kerb_ramp(BOOK), requirements.Construction()
ENGLISH, THAI = wording.Wording("en"), wording.Wording("th")
SPACES = st.builds(
    geometry.KerbSpace,
    kerb_height_mm=st.integers(10, 250),
    length_mm=st.integers(1_000, 10_000),
    depth_mm=st.integers(800, 5_000),
    walked_across=st.booleans(),
    at_refuge_island=st.booleans(),
)


def _designs(space):
    return kerb_ramp_design.alternatives(space, REQUIRED, MADE)


@given(SPACES)
def test_every_kerb_ramp_fits_and_passes_under_every_edition(space):
    found = _designs(space)
    for design in () if isinstance(found, geometry.NotFeasible) else found:
        points = [*design.footprint, *(point for run in design.runs for point in run.outline)]
        assert all(0 <= x <= space.length_mm and 0 <= y <= space.depth_mm for x, y, *_ in points)
        assert {run.rise_mm for run in design.runs} == {space.kerb_height_mm}
        assert design_check.check(design, BOOK).failures == ()


@given(SPACES)
def test_a_relaxation_is_enough_and_one_millimetre_less_is_not(space):
    found = _designs(space)
    for each in found.relaxations if isinstance(found, geometry.NotFeasible) else ():
        short = 1 if each.of != "kerb_height_mm" else -1
        enough = dataclasses.replace(space, **{each.of: each.value})
        not_quite = dataclasses.replace(space, **{each.of: each.value - short})
        assert not isinstance(_designs(enough), geometry.NotFeasible)
        assert isinstance(_designs(not_quite), geometry.NotFeasible)
        assert getattr(space, each.of) + each.change == each.value


@given(SPACES)
def test_the_smallest_footpaths_are_enough(space):
    found = _designs(space)
    for length, depth in found.smallest if isinstance(found, geometry.NotFeasible) else ():
        roomier = dataclasses.replace(space, length_mm=length, depth_mm=depth)
        assert not isinstance(_designs(roomier), geometry.NotFeasible)


def test_a_deep_footpath_is_ramped_across_with_flares():
    design = _designs(geometry.KerbSpace(150, 6_000, 4_000))[0]
    assert design.family == geometry.FLARED
    assert (design.length_mm, design.width_mm) == (1_200 + 2 * 1_500, 150 * 12 + 1_500)
    assert [flare.along_kerb_mm for flare in design.flares] == [1_500, 1_500]
    assert len(design.runs) == len(design.landings) == 1


def test_a_shallow_footpath_is_ramped_along_the_kerb():
    designs = _designs(geometry.KerbSpace(150, 9_000, 1_500))
    assert [design.family for design in designs] == [geometry.PARALLEL]
    kinds = [landing.kind for landing in designs[0].landings]
    assert kinds == [geometry.FOOT, geometry.TOP, geometry.TOP]


def test_sides_are_upright_only_where_nobody_walks_across():
    space = geometry.KerbSpace(150, 6_000, 4_000)
    walked, spared = _designs(space), _designs(dataclasses.replace(space, walked_across=False))
    assert geometry.RETURNED not in {design.family for design in walked}
    assert spared[0].family == geometry.RETURNED
    assert spared[0].cost_proxy < walked[0].cost_proxy


def test_the_warning_is_deeper_at_a_refuge_island():
    space = geometry.KerbSpace(150, 6_000, 4_000)
    depths = [
        _designs(dataclasses.replace(space, at_refuge_island=island))[0].tactile_strips[0].depth_mm
        for island in (False, True)
    ]
    assert depths == [REQUIRED.tactile_depth_mm, REQUIRED.island_tactile_depth_mm]
    assert depths[0] < depths[1]


def test_more_kerb_never_costs_less():
    costs = [_designs(geometry.KerbSpace(high, 9_000, 5_000))[0].cost_proxy for high in range(10, 200, 5)]
    assert costs == sorted(costs)


def test_a_wrong_footpath_is_refused_with_all_its_problems():
    with pytest.raises(errors.RefusedError) as refused:
        _designs(geometry.KerbSpace(0, 100, -1))
    assert [problem.where for problem in refused.value.problems] == ["kerb_height_mm", "depth_mm"]


def test_a_refusal_is_said_in_the_reader_s_language():
    refused = _designs(geometry.KerbSpace(150, 4_500, 2_000))
    assert ramp_design.sentences(refused, ENGLISH) == (
        "The space is too small for a ramp that rises 150 mm.",
        "It fits with 1,300 mm more depth: 3,300 mm in all.",
        "It fits with 3,600 mm more length: 8,100 mm in all.",
        "Here a ramp can rise 41 mm at most, 109 mm less.",
    )
    assert all("มม." in sentence for sentence in ramp_design.sentences(refused, THAI))


def test_the_nearest_change_of_both_sizes_comes_before_a_greater_one_of_one_size():
    refused = _designs(geometry.KerbSpace(150, 3_000, 3_200))
    assert ramp_design.sentences(refused, ENGLISH)[1:3] == (
        "It fits with 1,200 mm more length and 100 mm more depth: 4,200 × 3,300 mm in all.",
        "It fits with 5,100 mm more length: 8,100 mm in all.",
    )


@given(SPACES)
def test_no_smaller_growth_of_both_sizes_is_enough(space):
    found = _designs(space)
    if isinstance(found, geometry.NotFeasible) and found.together:
        length, depth = found.together
        grown = dataclasses.replace(space, length_mm=length.value, depth_mm=depth.value)
        assert not isinstance(_designs(grown), geometry.NotFeasible)
        for name in ("length_mm", "depth_mm"):
            less = dataclasses.replace(grown, **{name: getattr(grown, name) - 1})
            assert isinstance(_designs(less), geometry.NotFeasible)


def test_families_have_names():
    designs = _designs(geometry.KerbSpace(100, 9_000, 4_000, walked_across=False))
    names = {THAI.text(kerb_ramp_design.FAMILY_NAMES[each.family]) for each in designs}
    assert len(names) == 3
    assert all(name.startswith("ทางลาดขอบทาง") for name in names)
