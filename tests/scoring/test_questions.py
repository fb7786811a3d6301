from __future__ import annotations

import random

import pytest

from audits import survey
from audits.rules import model
from audits.scoring import findings, questions, run
from audits.scoring import readings as visits


def exact(**values):
    return {quantity: findings.Readings.exact([float(value)]) for quantity, value in values.items()}


def asked(book, kind, readings):
    rules, _ = run.rules_for(book, kind, None, "building")
    return [quantity.quantity_id for quantity in questions.that_apply(book, kind, rules, readings)]


@pytest.mark.parametrize("kind", survey.ELEMENT_KINDS)
def test_at_first_everything_is_asked_whether_it_is_there_first(book, kind):
    rules, _ = run.rules_for(book, kind, None, "building")
    asking = questions.asking(book, kind, rules)
    wanted = {survey.ELEMENT_PRESENT}.union(*(rule.quantities() for rule in asking))
    wanted |= {one.quantity_id for one in model.questions(book, kind) if one.for_design}
    found = asked(book, kind, {})
    assert found[0] == survey.ELEMENT_PRESENT
    assert set(found) == wanted


def test_what_is_only_compared_is_asked_and_judges_nothing(book):
    shown = {"cross_slope_pct", "bottom_lip_height_mm", "counter_slope_pct"}
    assert shown <= set(asked(book, "kerb_ramp", {}))
    rules, _ = run.rules_for(book, "kerb_ramp", None, "municipal_footpath")
    assert not shown & {rule.criterion.quantity.quantity_id for rule in rules}
    foreign, _ = run.rules_for(book, "kerb_ramp", None, "municipal_footpath", "ada_2010")
    assert shown <= {rule.criterion.quantity.quantity_id for rule in foreign}


@pytest.mark.parametrize(
    ("parallel", "blended", "wanted"),
    [
        (0, 0, {"foot_square_to_ramp"}),
        (1, 0, {"turning_space_smaller_side_mm"}),
        (0, 1, set()),
    ],
)
def test_each_type_of_kerb_ramp_has_questions_of_its_own(book, parallel, blended, wanted):
    found = set(asked(book, "kerb_ramp", exact(parallel_kerb_ramp=parallel, blended_transition=blended)))
    assert found & {"foot_square_to_ramp", "turning_space_smaller_side_mm"} == wanted
    assert {"running_slope_pct", "clear_width_mm"} <= found


@pytest.mark.parametrize("kind", ["ramp", "toilet"])
def test_nothing_more_is_asked_of_what_is_not_there(book, kind):
    assert asked(book, kind, exact(element_present=0)) == [survey.ELEMENT_PRESENT]


def test_the_details_of_a_handrail_are_asked_only_where_there_is_one(book):
    details = {"handrail_diameter_mm", "handrail_height_mm", "handrail_continuous", "handrail_beside_wall"}
    assert details <= set(asked(book, "ramp", exact(handrail_present=1)))
    assert not details & set(asked(book, "ramp", exact(handrail_present=0)))


def test_what_was_measured_stays_even_when_it_no_longer_applies(book):
    found = asked(book, "ramp", exact(handrail_present=0, handrail_height_mm=800))
    assert "handrail_height_mm" in found
    assert "handrail_diameter_mm" not in found


@pytest.mark.parametrize(
    ("answered", "is_asked"), [({}, True), ({"handrail_present": 1}, True), ({"handrail_present": 0}, False)]
)
def test_nobody_who_saw_no_handrail_is_asked_about_both_sides(book, answered, is_asked):
    so_far = visits.implied(exact(**answered), book)
    assert ("handrails_both_sides" in asked(book, "ramp", so_far)) == is_asked


def test_what_follows_fails_at_the_question_that_was_answered(book):
    rules, _ = run.rules_for(book, "ramp", None, "building")
    so_far = visits.implied(exact(handrail_present=0, ramp_length_total_mm=9_000), book)
    found = questions.live(rules, so_far)
    assert "handrails_both_sides" not in found
    assert {one.rule.criterion.criterion_id: one.verdict for one in found["handrail_present"]} == {
        "ramp.handrails_both_sides": "fail"
    }


def test_what_only_a_design_rests_on_is_asked_of_every_ramp_that_is_there(book):
    for answered in ({}, {"handrail_present": 0}, {"element_present": 1}):
        assert "rise_mm" in asked(book, "ramp", exact(**answered))
    assert "rise_mm" not in asked(book, "ramp", exact(element_present=0))
    assert not [one for one in questions.asking(book, "ramp", ()) if "rise_mm" in one.quantities()]


def test_a_contradicting_answer_stays_to_be_changed(book):
    assert "handrails_both_sides" in asked(book, "ramp", exact(handrail_present=0, handrails_both_sides=1))


def test_a_question_left_out_cannot_change_any_finding(book):
    chance = random.Random(4)
    rules, _ = run.rules_for(book, "ramp", None, "building")
    everything = model.questions(book, "ramp")
    left_out = 0
    for _ in range(100):
        some = {each.quantity_id: chance.choice(each.usual) for each in everything if chance.random() < 0.4}
        readings = exact(**some | {survey.ELEMENT_PRESENT: 1.0})
        shown = set(asked(book, "ramp", readings))
        now = findings.verdicts(findings.outcomes(rules, readings, 1)).tolist()
        for each in everything:
            if each.quantity_id not in shown and not each.no_without:
                more = readings | exact(**{each.quantity_id: chance.choice(each.usual)})
                assert findings.verdicts(findings.outcomes(rules, more, 1)).tolist() == now
                left_out += 1
    assert left_out > 100


def test_the_weighty_questions_decide_danger_or_help_and_bring_their_conditions(book):
    rules, _ = run.rules_for(book, "ramp", None, "building")
    first = questions.weighty(rules)
    assert {"element_present", "running_slope_pct", "clear_width_mm", "ramp_length_total_mm", "side_open"} <= first
    assert not {"handrail_diameter_mm", "accessibility_symbol_present"} & first


def test_live_findings_show_each_rule_of_a_quantity_with_its_margin_and_bounds(book):
    rules, _ = run.rules_for(book, "ramp", None, "building")
    found = questions.live(rules, exact(clear_width_mm=1200, ramp_length_total_mm=7000))["clear_width_mm"]
    by_rule = {each.rule.criterion.criterion_id: each for each in found}
    every, long = by_rule["ramp.clear_width"], by_rule["ramp.clear_width_long"]
    assert (every.verdict, long.verdict) == ("pass", "fail")
    assert (long.margin, long.lower, long.upper) == (-300.0, 1500.0, float("inf"))


def test_a_ramp_narrower_than_every_ramp_must_be_fails_before_its_length_is_known(book):
    rules, _ = run.rules_for(book, "ramp", None, "building")
    found = questions.live(rules, exact(clear_width_mm=800))["clear_width_mm"]
    shown = {each.rule.criterion.criterion_id: (each.verdict, each.margin) for each in found}
    assert shown == {"ramp.clear_width": ("fail", -100.0), "ramp.clear_width_long": ("unknown", -700.0)}


def test_live_findings_read_a_table_by_what_was_counted(book):
    rules, _ = run.rules_for(book, "parking", None, "building")
    found = questions.live(rules, exact(accessible_bays_count=2, total_bays_count=60))["accessible_bays_count"]
    assert [(each.verdict, each.lower) for each in found] == [("fail", 3.0)]
