from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest

from audits import survey
from audits.rules import model
from audits.scoring import findings, next_measurement, run, scores


def width(elements):
    tallies = [scores.tally(findings.outcomes(each.rules, each.readings, 1), each.weights) for each in elements]
    total = scores.Tally(*(sum(column) for column in zip(*(tally for tally in tallies), strict=True)))
    low, high = scores.interval(total)
    return float(np.nan_to_num(high - low)[0])


def measured(element_id, rules, weights, readings):
    return next_measurement.Measured([element_id], np.zeros(1, np.intp), rules, weights, readings)


def suggestions(elements, book):
    return next_measurement.suggestions(elements, 1, book)[0]


def random_site(chance, small, as_readings):
    return tuple(
        measured(name, small.rules, small.weights, as_readings([small.partial(chance)])) for name in ("one", "other")
    )


def with_reading(elements, suggestion, reading):
    return tuple(
        dataclasses.replace(each, readings={**each.readings, suggestion.quantity: reading})
        if each.element_ids == [suggestion.element_id]
        else each
        for each in elements
    )


def real_element(book, weights, kind, readings=None):
    rules, _ = run.rules_for(book, kind, None, "building")
    rule_weights = tuple(weights.of(rule.criterion) for rule in rules)
    return measured(f"KK-001.{kind}.1", rules, rule_weights, readings or {})


def test_suggestions_are_unmeasured_never_widen_and_are_best_first(small_rules, as_readings):
    chance = random.Random(31)
    seen = 0
    for _ in range(200):
        small = small_rules(chance)
        elements = random_site(chance, small, as_readings)
        found = suggestions(elements, small.book)
        known = {(each.element_ids[0], quantity) for each in elements for quantity in each.readings}
        assert not known & {(each.element_id, each.quantity) for each in found}
        assert len({(each.element_id, each.quantity) for each in found}) == len(found)
        assert all(0 <= each.gain <= 100 for each in found)
        assert found == sorted(found, key=lambda each: -each.gain_per_minute)
        seen += len(found)
    assert seen > 400


def test_measuring_what_was_suggested_narrows_or_keeps_the_interval(small_rules, as_readings):
    chance = random.Random(32)
    tried = narrowed = 0
    for _ in range(200):
        small = small_rules(chance)
        elements = random_site(chance, small, as_readings)
        before = width(elements)
        for suggestion in suggestions(elements, small.book)[:2]:
            widths = [
                width(with_reading(elements, suggestion, findings.Readings.exact([value])))
                for value in small.grids[suggestion.quantity]
            ]
            assert max(widths) <= before + 1e-9
            narrowed += min(widths) < before
            tried += 1
    assert narrowed > 0.9 * tried > 100


def test_the_gain_is_what_real_measurements_bring_on_average(small_rules, as_readings):
    chance = random.Random(33)
    compared = 0
    for _ in range(200):
        small = small_rules(chance)
        elements = random_site(chance, small, as_readings)
        for suggestion in suggestions(elements, small.book):
            if suggestion.quantity.endswith("yes_no"):
                after = [
                    width(with_reading(elements, suggestion, findings.Readings.exact([value]))) for value in (0.0, 1.0)
                ]
                assert suggestion.gain == pytest.approx(width(elements) - sum(after) / 2)
                compared += 1
    assert compared > 100


def test_a_quick_measurement_goes_before_a_slow_one_of_the_same_gain(book, weights):
    element = real_element(book, weights, "ramp")
    found = suggestions((element,), book)
    for each in found:
        assert each.gain_per_minute == pytest.approx(each.gain / book.quantities[each.quantity].minutes)
    assert [each.gain_per_minute for each in found] == sorted((each.gain_per_minute for each in found), reverse=True)


@pytest.mark.parametrize("kind", survey.ELEMENT_KINDS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_following_the_suggestions_closes_the_interval_of_every_kind(book, weights, kind, seed):
    chance = random.Random(seed)
    elements = (real_element(book, weights, kind),)
    steps = 0
    while found := suggestions(elements, book):
        best = found[0]
        least, most = book.quantities[best.quantity].usual
        value = float(chance.choice((least, most, round((least + most) / 2))))
        elements = with_reading(elements, best, findings.Readings.exact([value]))
        steps += 1
    # Nothing is judged of a resting seat, so nothing narrows a score.
    assert (kind != "seat") <= steps <= len(model.questions(book, kind))
    assert width(elements) == 0


@pytest.mark.parametrize(("kind", "first"), [("parking", "accessible_bays_count"), ("shelter", "ramp_or_lift_present")])
def test_where_no_single_measurement_narrows_the_one_that_most_hangs_on_comes_first(book, weights, kind, first):
    found = suggestions((real_element(book, weights, kind),), book)
    assert [each.gain for each in found] == [0.0] * len(found)
    assert found[0].quantity == first


def test_the_list_ends_when_only_borderline_findings_are_open(town, book, weights):
    readings = {quantity: findings.Readings.exact([value]) for _, quantity, value in town.complete_ramp()}
    readings["running_slope_pct"] = findings.Readings(np.array([8.3]), np.array([8.3]), np.array([0.2]))
    element = real_element(book, weights, "ramp", readings)
    assert width((element,)) > 0
    assert suggestions((element,), book) == []


def test_nothing_is_suggested_where_everything_is_measured(town, book, weights):
    readings = {quantity: findings.Readings.exact([value]) for _, quantity, value in town.complete_ramp()}
    assert suggestions((real_element(book, weights, "ramp", readings),), book) == []
    assert suggestions((), book) == []


def test_nothing_is_suggested_for_what_is_not_there(book, weights):
    absent = {survey.ELEMENT_PRESENT: findings.Readings.exact([0.0])}
    for kind in ("ramp", "toilet"):
        assert suggestions((real_element(book, weights, kind, absent),), book) == []


def test_whether_a_toilet_is_there_at_all_is_asked_first(book, weights):
    found = suggestions((real_element(book, weights, "toilet"),), book)
    assert found[0].quantity == survey.ELEMENT_PRESENT


def test_trial_values_stand_in_every_range_the_rules_tell_apart(book):
    rules, _ = run.rules_for(book, "ramp", None, "building")
    widths = next_measurement.trial_values(rules, "clear_width_mm")
    assert sum(widths < 900) == sum((widths > 900) & (widths < 1500)) == sum(widths > 1500) == 1
    lengths = next_measurement.trial_values(rules, "ramp_length_total_mm")
    assert sum(lengths < 1800) == sum((lengths > 1800) & (lengths < 6000)) == sum(lengths > 6000) == 1


def test_a_value_that_alone_passes_is_tried_too(book):
    criterion = book.criteria["ramp.handrail_height"]
    exactly = dataclasses.replace(criterion.limits[0], lower=800.0, upper=800.0)
    trials = next_measurement.trial_values((findings.Rule(criterion, exactly),), "handrail_height_mm")
    assert trials.tolist() == [799.0, 800.0, 801.0]
