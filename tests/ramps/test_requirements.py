"""A design reads what it must meet from the criteria, and wishes can only make it stricter."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import pytest

from audits import errors, wording
from audits.ramps import requirements
from audits.rules import comparisons, gazette


def _with_limits(book, criterion_id, **changes):
    """Return the criteria with one criterion changed in every one of its limits."""
    criterion = book.criteria[criterion_id]
    limits = tuple(dataclasses.replace(limit, **changes) for limit in criterion.limits)
    return dataclasses.replace(
        book, criteria={**book.criteria, criterion_id: dataclasses.replace(criterion, limits=limits)}
    )


def test_every_edition_is_satisfied_by_what_is_required(book, required):
    assert required.handrail_height_mm == 850
    edge = book.criteria["ramp.raised_edge"]
    assert required.edge_height_mm == max(limit.lower for limit in edge.limits)
    assert required.unreconciled == ()


def test_rails_are_needed_from_the_shortest_length_of_any_edition(book, required):
    criterion = book.criteria["ramp.handrails_both_sides"]
    from_ = [condition.value for limit in criterion.limits for condition in limit.conditions]
    assert required.handrails_from_mm == min(from_) < max(from_)


@pytest.mark.parametrize(
    ("criterion_id", "field", "changes", "value"),
    [
        ("ramp.running_slope", "slope_one_in", {"upper": 5.0}, 20),
        ("ramp.running_slope", "slope_one_in", {"upper": 8.0}, 13),
        ("ramp.clear_width", "clear_width_short_mm", {"lower": 1000.0}, 1000),
        ("ramp.run_length", "longest_run_mm", {"upper": 9000.0}, 9000),
        ("ramp.landing_length", "landing_mm", {"lower": 1525.4}, 1526),
        ("ramp.handrail_extension", "handrail_extension_mm", {"lower": 450.0}, 450),
    ],
)
def test_a_changed_criterion_changes_the_requirement(book, criterion_id, field, changes, value):
    assert getattr(requirements.ramp(_with_limits(book, criterion_id, **changes)), field) == value


def test_a_kerb_ramp_reads_its_own_criteria(book):
    required = requirements.kerb_ramp(_with_limits(book, "kerb_ramp.flare_slope", upper=9.0))
    assert required.flare_one_in == 12
    assert required.clear_width_mm == book.criteria["kerb_ramp.clear_width"].limits[0].lower


def test_a_missing_criterion_is_named(book):
    without = dataclasses.replace(
        book, criteria={name: each for name, each in book.criteria.items() if name != "ramp.run_length"}
    )
    with pytest.raises(errors.CriteriaError, match=r"ramp\.run_length"):
        requirements.ramp(without)


def test_a_limit_the_wrong_way_round_is_named(book):
    with pytest.raises(errors.CriteriaError, match=r"ramp\.run_length.*greatest"):
        requirements.ramp(_with_limits(book, "ramp.run_length", upper=math.inf))
    with pytest.raises(errors.CriteriaError, match=r"ramp\.clear_width.*least"):
        requirements.ramp(_with_limits(book, "ramp.clear_width", lower=-math.inf))
    with pytest.raises(errors.CriteriaError, match=r"kerb_ramp\.running_slope.*greatest slope"):
        requirements.kerb_ramp(_with_limits(book, "kerb_ramp.running_slope", upper=math.inf))


def test_editions_that_contradict_each_other_are_said_and_the_newest_is_followed(book):
    criterion = book.criteria["ramp.handrail_diameter"]
    old, new = criterion.limits
    limits = (old, dataclasses.replace(new, lower=42.0, upper=50.0))
    changed = {**book.criteria, "ramp.handrail_diameter": dataclasses.replace(criterion, limits=limits)}
    required = requirements.ramp(dataclasses.replace(book, criteria=changed))
    assert required.unreconciled == ("ramp.handrail_diameter",)
    assert required.handrail_diameter_mm == (42, 50)


def test_a_design_needs_a_height_to_build_the_rail_to(book):
    criterion = dataclasses.replace(book.criteria["ramp.handrail_height"], targets=())
    changed = {**book.criteria, "ramp.handrail_height": criterion}
    with pytest.raises(errors.CriteriaError, match=r"ramp\.handrail_height.*repair target"):
        requirements.ramp(dataclasses.replace(book, criteria=changed))


def test_a_ramp_can_be_designed_while_the_only_limit_differs_from_the_gazette(book, required):
    space = book.criteria["ramp.space_before"].limit_of("moi_2548")
    found = gazette.Comparison(space.limit_id, space.content, gazette.DIFFERS, "1,400 มม.", "6", "malee", dt.date.min)
    assert requirements.ramp(comparisons.apply(book, (found,))) == required


def test_a_run_as_high_as_can_be_is_just_short_enough_along_its_slope(required):
    highest, one_in = required.highest_run_mm, required.slope_one_in
    assert math.hypot(highest, highest * one_in) <= required.longest_run_mm
    assert math.hypot(highest + 1, (highest + 1) * one_in) > required.longest_run_mm


@pytest.mark.parametrize("length_mm", [0, 1, 12, 13, 1_800, 6_000, 6_001])
def test_the_least_rise_of_a_length_is_measured_along_the_slope(required, length_mm):
    least = required.least_rise_mm(length_mm)
    assert math.hypot(least, least * required.slope_one_in) >= length_mm
    assert least == 0 or math.hypot(least - 1, (least - 1) * required.slope_one_in) < length_mm


def test_every_assumption_of_construction_says_why_in_both_languages():
    names = {each.name for each in dataclasses.fields(requirements.Construction)}
    assert names == set(requirements.ASSUMPTIONS)
    thai = wording.Wording("th")
    assert all(thai.text(reason) != reason for reason in requirements.ASSUMPTIONS.values())
