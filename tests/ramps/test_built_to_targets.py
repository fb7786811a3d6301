"""A ramp is designed to the values to build to, so that a survey of what was built passes."""

from __future__ import annotations

import dataclasses

import pytest

from audits import wording
from audits.ramps import design_check, geometry, ramp_design, requirements
from audits.rules import files

CRITERIA, MADE = files.load_criteria(), requirements.Construction()
ROOMY = geometry.Space(450, 30_000, 30_000)


def designs(space):
    return ramp_design.for_space(space, CRITERIA, MADE)


@pytest.mark.parametrize(
    ("space", "criterion_id", "quantity"),
    [
        (ROOMY, "ramp.running_slope", "running_slope_pct"),
        (ROOMY, "ramp.clear_width", "clear_width_mm"),
        (geometry.KerbSpace(150, 30_000, 30_000), "kerb_ramp.running_slope", "running_slope_pct"),
    ],
)
def test_with_room_enough_what_is_drawn_keeps_clear_of_the_limit(space, criterion_id, quantity):
    target = CRITERIA.criteria[criterion_id].targets[0].value
    for design in designs(space):
        low, high = design_check.readings(design)[quantity]
        # A run begins and ends on whole millimetres, so a slope misses its target by less than 0.01 %.
        assert low >= target if quantity.endswith("_mm") else high <= target + 0.01
        assert not ramp_design.warnings(design, CRITERIA, wording.Wording("en"))


def test_where_only_the_limits_fit_the_design_says_so():
    along = next(one for one in designs(ROOMY) if one.family == geometry.STRAIGHT)
    tight = dataclasses.replace(ROOMY, length_mm=along.length_mm - 1, width_mm=along.width_mm)
    found = designs(tight)
    assert {one.slope_one_in for one in found} == {12}
    (sentence,) = ramp_design.warnings(found[0], CRITERIA, wording.Wording("en"))
    assert "1:12" in sentence


def test_designs_to_the_limits_come_after_those_that_keep_clear_of_them():
    found = designs(geometry.Space(450, 8450, 4000))
    tight = [ramp_design.at_the_limits(one, CRITERIA) for one in found]
    assert tight == sorted(tight)
    assert True in tight
    assert False in tight
