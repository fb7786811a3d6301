"""A bill lists the assumptions that its amounts rest on, and none that does not touch them."""

import dataclasses

import pytest

from audits.ramps import assumptions, bevel, geometry, quantities, ramp_design, requirements

WORKS = quantities.Works(old_structure_m3=1.5, old_fill_m3=2.5)


def _names(made, design=None):
    return {name for name, _, _ in assumptions.of(made, WORKS, design)}


def _first(space, required, made):
    return ramp_design.alternatives(space, required, made)[0]


def test_every_assumption_has_its_reason_and_the_value_that_counts(made):
    found = {name: (why, value) for name, why, value in assumptions.of(made, WORKS)}
    assert found["old_structure_m3"][1] == 1.5
    assert found["slab_thickness_mm"][1] == made.slab_thickness_mm
    assert all(why for why, _ in found.values())


def test_no_field_of_construction_or_works_is_left_without_a_reason(made):
    fields = {field.name for given in (made, WORKS) for field in dataclasses.fields(given)}
    assert _names(made) == fields - {"rail_as_concrete_mm2", "most_legs"}


def test_between_walls_nothing_is_assumed_of_edges_guards_and_footings(required, made):
    passage = _first(geometry.Space(450, 20_000, 1_740, True, True), required, made)
    free = _first(geometry.Space(450, 20_000, 4_000), required, made)
    of_walls = {"edge_thickness_mm", "guard_height_mm", "post_spacing_mm", "wall_depth_mm", "lean_concrete_mm"}
    assert of_walls <= _names(made, free)
    assert not of_walls & _names(made, passage)
    assert "handrail_diameter_mm" in _names(made, passage)


def test_a_ramp_without_handrails_assumes_no_pipe(required, made):
    low = _first(geometry.Space(60, 20_000, 4_000), required, made)
    assert not low.handrails
    assert "handrail_diameter_mm" not in _names(made, low)


def test_a_bevel_rests_on_the_old_structure_only(required, made):
    (design,) = bevel.alternatives(geometry.Space(15, 3_000, 2_000), required, made)
    assert _names(made, design) == {"old_structure_m3", "old_fill_m3"}


@pytest.mark.parametrize("name", ["slab_thickness_mm", "bar_spacing_mm", "laps_share", "compaction_share"])
def test_an_assumption_that_is_listed_changes_the_bill(required, made, name):
    """A reader who changes the listed figure must find another amount."""
    design = _first(geometry.Space(450, 20_000, 4_000), required, made)
    assert name in _names(made, design)
    bills = []
    for factor in (1, 2):
        given = [
            dataclasses.replace(each, **{name: getattr(each, name) * factor}) if hasattr(each, name) else each
            for each in (requirements.Construction(), quantities.Works())
        ]
        bills.append(quantities.bill(design, *given))
    assert bills[0] != bills[1]
