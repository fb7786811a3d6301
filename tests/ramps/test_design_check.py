"""A design is measured on its drawing and judged like any ramp: every edition passes it, and every fault is seen."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from audits import survey, wording
from audits.ramps import design_check, geometry, ramp_design
from audits.scoring import findings
from audits.scoring import run as audit
from tests.ramps import drawn_spaces


@pytest.fixture(name="design")
def _design(required, made):
    space = geometry.Space(700, 9_000, 9_000, obstacle_left=True, approach=geometry.FRONT, exit=geometry.FAR)
    found = drawn_spaces.every_design(space, required, made)
    return next(one for one in found if any(rail.beside_wall for rail in one.handrails) and one.edges[1:])


def test_every_design_passes_under_every_edition_in_every_setting(designs, book):
    rules = design_check.rules_of(book, "ramp")
    for design in designs:
        checked = design_check.judged_by(design, rules)
        assert checked.failures == ()
        assert any(one.verdict == "pass" for one in checked.judged)


@pytest.mark.parametrize("threshold", ["long_from_mm", "handrails_from_mm", "longest_run_mm"])
def test_rises_about_a_threshold_pass_in_every_number_of_legs(book, required, made, threshold):
    least = required.least_rise_mm(getattr(required, threshold))
    rules = design_check.rules_of(book, "ramp")
    for rise in range(least - 9, least + 2):
        found = ramp_design.alternatives(geometry.Space(rise, 30_000, 30_000), required, made)
        assert len(found) > 9
        assert not any(design_check.judged_by(design, rules).failures for design in found)


def test_every_limit_in_force_anywhere_is_judged_or_left_as_a_condition(design, book):
    checked = design_check.check(design, book)
    judged = {one.rule.criterion.criterion_id for one in checked.judged}
    left = {criterion.criterion_id for criterion in checked.conditions}
    assert judged & left == set()
    sources = [source for source in book.sources if book.sources[source].kind != design_check.COMPARATOR]
    for setting in survey.SETTINGS:
        for edition in (audit.BY_PERMIT_DATE, *sources):
            for rule in audit.rules_for(book, "ramp", None, setting, edition)[0]:
                drawn = rule.criterion.quantity.quantity_id in checked.readings
                assert not drawn or any(rule.limit is one.rule.limit for one in checked.judged)
    every = {each.criterion_id: each.judges for each in book.of_element("ramp")}
    # What is only compared with foreign standards binds no design.
    assert {name for name, judges in every.items() if judges} <= judged | left | {"ramp.tactile_sign"} <= set(every)


def test_what_a_drawing_cannot_show_is_a_condition_of_the_design(design, book):
    left = {criterion.criterion_id for criterion in design_check.check(design, book).conditions}
    assert {"ramp.surface", "ramp.junction", "ramp.symbol"} <= left
    assert "ramp.tactile_sign" not in left


def test_a_ramp_between_storeys_must_get_a_touch_readable_sign(design, book):
    inside = dataclasses.replace(design, space=dataclasses.replace(design.space, between_storeys=True))
    assert "ramp.tactile_sign" in {each.criterion_id for each in design_check.check(inside, book).conditions}


def test_conditions_and_what_is_met_are_said_in_both_languages_with_their_clauses(book, design):
    criterion = book.criteria["ramp.surface"]
    said = [design_check.condition_sentence(criterion, wording.Wording(language)) for language in ("en", "th")]
    assert said == [
        "To be made and checked on site: Slip-resistant surface (MOI 2005 clause 8(1))",
        "ต้องทำและตรวจที่หน้างาน: พื้นผิวไม่ลื่น (กฎกระทรวง (มหาดไทย) 2548 ข้อ ๘(๑))",
    ]
    notes = design_check.notes(design_check.check(design, book), wording.Wording("en"))
    (met,) = (each for each in notes if each.startswith("Meets MOI 2005: "))
    assert "clause 8(6) Raised edge on the open side, Guard on the open side" in met


def test_readings_are_those_of_a_tape_and_a_level(design):
    read = design_check.readings(design)
    assert read["running_slope_pct"][1] == pytest.approx(100 / 12)
    assert 0 <= read["ramp_length_total_mm"][0] - 700 * 145**0.5 < 12 * design.legs
    assert read["clear_width_mm"] == (1500.0, 1500.0)
    assert read["handrail_wall_gap_mm"][0] >= 50
    assert read["tactile_strip_offset_mm"] == (300.0, 300.0)
    assert read["runs_count"] == (len(design.runs), len(design.runs))


def test_a_survey_of_the_finished_ramp_passes_too(design, book, weights):
    element = "KK-001.ramp.1"
    measured = [(name, value) for name, values in design_check.readings(design).items() for value in set(values)]
    rows = [(element, name, value, 0.0, "2026-03-02T03:00:00Z") for name, value in measured]
    frame = pd.DataFrame(rows, columns=["element_id", "quantity", "value", "uncertainty", "observed_at"])
    frame = frame.assign(site_code="KK-001", observed_at=pd.to_datetime(frame["observed_at"], utc=True))
    elements = pd.DataFrame(
        {"site_code": ["KK-001"], "kind": ["ramp"], "label": [""], "permitted_on": pd.to_datetime([None])},
        index=pd.Index([element], name="element_id"),
    )
    sites = pd.DataFrame({"setting": ["park"]}, index=pd.Index(["KK-001"], name="code"))
    verdicts = audit.run(sites, elements, frame, book, weights).findings["verdict"]
    assert set(verdicts) <= {"pass", "unknown", "not_applicable"}
    assert (verdicts == "pass").sum() > 12


def _moved_head(design):
    run = design.runs[-1]
    higher = [(*point[:2], point[2] + 5) for point in (run.head_left, run.head_right)]
    return {"runs": (*design.runs[:-1], dataclasses.replace(run, head_left=higher[0], head_right=higher[1]))}


def _narrowed(design):
    runs = []
    for run in design.runs:
        shift = [(a[0] + _sign(b[0] - a[0]), a[1] + _sign(b[1] - a[1])) for a, b in _pairs(run)]
        foot, head = (*shift[0], run.foot_left[2]), (*shift[1], run.head_left[2])
        runs.append(dataclasses.replace(run, foot_left=foot, head_left=head))
    return {"runs": tuple(runs)}


def _pairs(run):
    return ((run.foot_left, run.foot_right), (run.head_left, run.head_right))


def _sign(number):
    return (number > 0) - (number < 0)


def _parts(design, name, **changes):
    return {name: tuple(dataclasses.replace(part, **changes) for part in getattr(design, name))}


def _one_run(design):
    first, last = design.runs[0], design.runs[-1]
    run = dataclasses.replace(first, head_left=last.head_left, head_right=last.head_right)
    return {"runs": (run,), "landings": (design.landings[0], design.landings[-1])}


def _short_landing(design):
    first = design.landings[0]
    x, y, z = first.clear_high
    return {"landings": (dataclasses.replace(first, clear_high=(x - 300, y - 300, z)), *design.landings[1:])}


def _cut_rails(design):
    return {"handrails": tuple(dataclasses.replace(rail, points=rail.points[2:]) for rail in design.handrails)}


def _moved_strips(design):
    strips = []
    for strip in design.tactile_strips:
        outline = tuple((x + 60, y + 60, z) for x, y, z in strip.outline)
        strips.append(dataclasses.replace(strip, outline=outline))
    return {"tactile_strips": tuple(strips)}


FAULTS = {
    "ramp.running_slope": _moved_head,
    "ramp.clear_width_long": _narrowed,
    "ramp.end_squares": _short_landing,
    "ramp.space_before": _short_landing,
    "ramp.landing_length": _short_landing,
    "ramp.raised_edge": lambda design: _parts(design, "edges", height_mm=99),
    "ramp.guard": lambda design: {"edges": design.edges[:-1]},
    "ramp.handrails_both_sides": lambda design: {"handrails": design.handrails[:1]},
    "ramp.handrail_height": lambda design: _parts(design, "handrails", height_mm=901),
    "ramp.handrail_diameter": lambda design: _parts(design, "handrails", diameter_mm=41),
    "ramp.handrail_wall_gap": lambda design: _parts(design, "edges", guard_from_mm=87),
    "ramp.handrail_continuous": _cut_rails,
    "ramp.handrail_extension": _cut_rails,
    "ramp.tactile_strip": lambda design: {"tactile_strips": design.tactile_strips[:1]},
    "ramp.tactile_offset": _moved_strips,
}


@pytest.mark.parametrize("criterion_id", FAULTS)
def test_a_fault_in_the_drawing_is_seen(criterion_id, design, book):
    faulty = dataclasses.replace(design, **FAULTS[criterion_id](design))
    failed = {one.rule.criterion.criterion_id for one in design_check.check(faulty, book).failures}
    assert criterion_id in failed


def test_a_run_too_long_by_a_hair_is_seen(book, required, made):
    by_plan = dataclasses.replace(required, longest_run_mm=6_021)
    design = ramp_design.alternatives(geometry.Space(500, 20_000, 2_000), by_plan, made)[0]
    failed = {one.rule.criterion.criterion_id for one in design_check.check(design, book).failures}
    assert failed == {"ramp.run_length"}


def test_strips_that_are_too_small_are_seen(book, required, made):
    small = dataclasses.replace(required, tactile_depth_mm=299)
    design = ramp_design.alternatives(geometry.Space(450, 20_000, 2_000), small, made)[0]
    narrow = tuple(
        dataclasses.replace(strip, outline=(strip.outline[0], strip.outline[1], *strip.outline[:2][::-1]))
        for strip in design.tactile_strips
    )
    failed = {one.rule.criterion.criterion_id for one in design_check.check(design, book).failures}
    assert failed == {"ramp.tactile_depth"}
    cut = dataclasses.replace(design, tactile_strips=narrow)
    assert "ramp.tactile_full_width" in {
        one.rule.criterion.criterion_id for one in design_check.check(cut, book).failures
    }


def test_verdicts_are_the_words_of_the_engine(design, book):
    assert {one.verdict for one in design_check.check(design, book).judged} <= set(findings.VERDICTS)
