from __future__ import annotations

import dataclasses
import itertools
import random

import numpy as np
import pytest

from audits.scoring import findings, run, scores

PARTIAL_RECORDS = 10_000


def interval_of(rules, weights, readings, size):
    return scores.interval(scores.tally(findings.outcomes(rules, readings, size), weights))


def completions(small, record):
    """Yield every way in which the quantities that were not measured can turn out."""
    missing = [name for name in small.grids if name not in record]
    for values in itertools.product(*(small.grids[name] for name in missing)):
        yield record | {name: [(value, 0.0)] for name, value in zip(missing, values, strict=True)}


def scores_of_a_complete_record(small, record, row_by_row):
    """Return all scores a complete record can have: one, or several when findings are borderline."""
    ways = [sorted(row_by_row.possible(rule, record)) for rule in small.rules]
    for chosen in itertools.product(*ways):
        passing = sum(weight for weight, way in zip(small.weights, chosen, strict=True) if way == "pass")
        failing = sum(weight for weight, way in zip(small.weights, chosen, strict=True) if way == "fail")
        if passing + failing:
            yield 100 * passing / (passing + failing)


def all_scores(small, record, row_by_row):
    return {
        score
        for complete in completions(small, record)
        for score in scores_of_a_complete_record(small, complete, row_by_row)
    }


def test_the_interval_holds_the_score_of_every_completion_of_ten_thousand_partial_records(
    small_rules, row_by_row, as_readings
):
    chance = random.Random(20)
    tried = narrow = completed = 0
    while tried < PARTIAL_RECORDS:
        small = small_rules(chance)
        records = [small.partial(chance) for _ in range(20)]
        low, high = interval_of(small.rules, small.weights, as_readings(records), len(records))
        for row, record in enumerate(records):
            reached = all_scores(small, record, row_by_row)
            tried += 1
            completed += len(reached)
            narrow += bool(high[row] - low[row] < 100)
            if np.isnan(low[row]):
                assert not reached
            elif reached:
                assert low[row] <= min(reached) + 1e-9
                assert max(reached) <= high[row] + 1e-9
    assert tried >= PARTIAL_RECORDS
    assert completed > PARTIAL_RECORDS
    assert narrow > PARTIAL_RECORDS / 4


def test_without_shared_quantities_both_ends_of_the_interval_are_reached(small_rules, row_by_row, as_readings):
    chance = random.Random(21)
    for _ in range(150):
        small = small_rules(chance, shared=False)
        records = [small.partial(chance) for _ in range(5)]
        low, high = interval_of(small.rules, small.weights, as_readings(records), len(records))
        for row, record in enumerate(records):
            reached = all_scores(small, record, row_by_row)
            assert (low[row], high[row]) == pytest.approx((min(reached), max(reached)), abs=1e-9)


def test_measuring_what_was_not_measured_never_widens_the_interval(small_rules, as_readings):
    chance = random.Random(22)
    tried = narrowed = 0
    while tried < PARTIAL_RECORDS:
        small = small_rules(chance)
        before, after = [], []
        for _ in range(40):
            record = small.partial(chance)
            missing = [name for name in small.grids if name not in record]
            if missing:
                name = chance.choice(missing)
                more = [(chance.choice(small.grids[name]), chance.choice((0.0, 5.0)))] * chance.choice((1, 2))
                before.append(record)
                after.append(record | {name: more})
        if not before:
            continue
        low, high = interval_of(small.rules, small.weights, as_readings(before), len(before))
        later_low, later_high = interval_of(small.rules, small.weights, as_readings(after), len(after))
        applies = ~np.isnan(later_low)
        assert (later_low[applies] >= low[applies]).all()
        assert (later_high[applies] <= high[applies]).all()
        tried += len(before)
        narrowed += int((later_high - later_low < high - low).sum())
    assert narrowed > PARTIAL_RECORDS / 4


def test_the_order_of_the_rules_does_not_change_the_interval(small_rules, as_readings):
    chance = random.Random(23)
    for _ in range(100):
        small = small_rules(chance)
        records = [small.partial(chance) for _ in range(20)]
        order = chance.sample(range(len(small.rules)), len(small.rules))
        rules = [small.rules[position] for position in order]
        weights = [small.weights[position] for position in order]
        one = interval_of(small.rules, small.weights, as_readings(records), len(records))
        other = interval_of(rules, weights, as_readings(records), len(records))
        assert np.array_equal(one, other, equal_nan=True)


def test_fifty_thousand_elements_in_chunks_score_as_they_do_one_chunk_at_a_time(book, weights):
    rules, _ = run.rules_for(book, "ramp", None, "building")
    chance = np.random.default_rng(3)
    size = 50_000
    assert scores.CHUNK_ROWS < size < 2 * scores.CHUNK_ROWS
    possible = chance.choice(np.array([1, 2, 3, 4, 5, 7, 9, 10, 11, 15], dtype=np.uint8), (len(rules), size))
    rule_weights = [weights.of(rule.criterion) for rule in rules]
    whole = scores.tally(possible, rule_weights)
    pieces = [scores.tally(possible[:, start : start + 10_000], rule_weights) for start in range(0, size, 10_000)]
    for column, parts in zip(whole, zip(*(piece for piece in pieces), strict=True), strict=True):
        assert np.array_equal(column, np.concatenate(parts))
    can_fail = (possible & findings.CAN_FAIL) > 0
    assert np.array_equal(scores.tally(possible, rule_weights).possible_fail, can_fail.T @ np.array(rule_weights))


def test_where_only_what_may_not_apply_is_left_the_interval_is_closed():
    only_pass, only_fail = findings.CAN_PASS | findings.CAN_NOT_APPLY, findings.CAN_FAIL | findings.CAN_NOT_APPLY
    possible = np.array([[only_pass, only_fail, findings.CAN_NOT_APPLY]], dtype=np.uint8)
    low, high = scores.interval(scores.tally(possible, [2.0]))
    assert (low[0], high[0]) == (100, 100)
    assert (low[1], high[1]) == (0, 0)
    assert np.isnan([low[2], high[2]]).all()


def test_groups_add_up_their_elements():
    possible = np.array([[1, 2, 3]], dtype=np.uint8)
    total = scores.tally_by_group(possible[0], np.full(3, 4.0), np.array([0, 2, 2]), 3)
    assert total.certain_pass.tolist() == [4, 0, 0]
    assert total.certain_fail.tolist() == [0, 0, 4]
    assert total.possible_pass.tolist() == [4, 0, 4]
    assert total.applicable.tolist() == [4, 0, 8]


def test_coverage_is_the_weighted_share_that_was_measured():
    unknown, borderline, passed, absent = 3, 3 | findings.MEASURED, 1 | findings.MEASURED, 4
    possible = np.array([[unknown, passed, absent], [borderline, passed, absent]], dtype=np.uint8)
    shares = scores.coverage(scores.tally(possible, [3.0, 1.0]))
    assert shares[:2].tolist() == [0.25, 1.0]
    assert np.isnan(shares[2])
    assert scores.mean_coverage(shares) == 0.625
    assert scores.mean_coverage(shares[2:]) == 0


def graded(weights, low, high, *fails, maybe=()):
    """Grade one row in which the sorts of findings in `fails` fail, and those in `maybe` may."""
    known, possible = (
        {*fails, *(["anything"] if fails else [])},
        {*fails, *maybe, *(["anything"] * bool(fails or maybe))},
    )
    failing = {
        sort: scores.Failing(np.array([sort in known]), np.array([sort in possible]))
        for sort in ("anything", "law", "dangerous")
    }
    return scores.grades(np.array([float(low)]), np.array([float(high)]), weights, **failing)[0]


@pytest.mark.parametrize(
    ("low", "high", "grade"),
    [
        (90, 100, "A"),
        (89.9, 100, ""),
        (75, 89.9, "B"),
        (74, 76, ""),
        (50, 74, "C"),
        (0, 49.9, "D"),
        (0, 50, ""),
        (0, 100, ""),
        (float("nan"), float("nan"), ""),
    ],
)
def test_a_grade_is_given_only_when_the_whole_interval_lies_in_one_band(weights, low, high, grade):
    assert graded(weights, low, high) == grade


@pytest.mark.parametrize(
    ("fails", "low", "high", "grade"),
    [
        ("dangerous", 95, 100, "D"),
        ("dangerous", 40, 95, "D"),
        ("dangerous", 0, 40, "D"),
        ("law", 95, 100, "B"),
        ("law", 80, 100, "B"),
        ("law", 60, 70, "C"),
        ("law", 70, 100, ""),
        ("anything", 95, 100, "B"),
        ("anything", 60, 70, "C"),
    ],
)
def test_the_weakest_link_caps_the_grade(weights, fails, low, high, grade):
    assert graded(weights, low, high, fails) == grade


def test_the_lower_of_two_caps_holds(weights):
    assert graded(weights, 95, 100, "law", "dangerous") == "D"


@pytest.mark.parametrize(
    ("maybe", "low", "high", "grade"),
    [
        ("dangerous", 95, 100, ""),
        ("dangerous", 55, 60, ""),
        ("dangerous", 10, 20, "D"),
        ("law", 95, 100, ""),
        ("law", 76, 80, "B"),
        ("anything", 95, 100, ""),
    ],
)
def test_a_failure_not_ruled_out_leaves_a_better_grade_undecided(weights, maybe, low, high, grade):
    assert graded(weights, low, high, maybe=[maybe]) == grade


@pytest.mark.parametrize(("law", "danger", "grades"), [("C", "D", ("C", "D")), ("A", "C", ("B", "C"))])
def test_the_caps_are_the_municipality_s(weights, law, danger, grades):
    own = dataclasses.replace(weights, cap_when_law_fails=law, cap_when_severity_4_fails=danger)
    assert (graded(own, 95, 100, "law"), graded(own, 95, 100, "dangerous")) == grades


def test_a_score_that_rounding_puts_a_hair_below_a_band_is_in_the_band(weights):
    assert graded(weights, np.float32(0.9) * 100, 100) == "A"
    assert graded(weights, 90 - 1e-9, 100) == "A"
