from __future__ import annotations

import datetime as dt
import math
import random

import numpy as np
import pytest

from audits import survey
from audits.formats import cells
from audits.rules import editions, model
from audits.scoring import findings, readings, run

BEFORE_2564 = dt.date(2010, 6, 1)
NEWEST = dt.date(2022, 1, 1)


def slope_verdict(book, slope_pct, uncertainty=0.0):
    rule = findings.Rule(*_with_limit(book.criteria["ramp.running_slope"]))
    reading = findings.Readings(*(np.array([part]) for part in (slope_pct, slope_pct, uncertainty)))
    possible = findings.outcomes([rule], {"running_slope_pct": reading}, 1)
    return findings.VERDICTS[findings.verdicts(possible)[0, 0]]


def _with_limit(criterion):
    return criterion, editions.limit_on(criterion, NEWEST).limit


def _values_that_tell(rules, quantity):
    """Return values at, just inside and just outside every edge of a quantity, and some far off."""
    if quantity.kind == "yes_no":
        return [0.0, 1.0]
    edges = {1.0}
    for rule in rules:
        limit = rule.limit
        if rule.criterion.quantity is quantity:
            edges |= {edge for edge in (limit.lower, limit.upper) if math.isfinite(edge)}
        edges |= {each.value for each in limit.conditions if each.quantity is quantity}
        if limit.table is not None and quantity in (limit.table.quantity, rule.criterion.quantity):
            edges |= {float(part) for step in limit.table.steps for part in step}
    if quantity.kind == "count":
        return sorted({max(0.0, edge + more) for edge in edges for more in (-1, 0, 1, 101, 151)})
    return [edge + more for edge in sorted(edges) for more in (-3, -0.2, -0.1, 0, 0, 0.1, 0.2, 3)]


def _random_record(chance, values, uncertainties):
    record = {}
    for quantity, choices in values.items():
        if chance.random() < 0.7:
            guard = chance.choice(uncertainties[quantity])
            record[quantity] = [(chance.choice(choices), guard) for _ in range(chance.choice((1, 1, 2, 3)))]
    return record


def _ways(outcome):
    names = {findings.CAN_PASS: "pass", findings.CAN_FAIL: "fail", findings.CAN_NOT_APPLY: "not_applicable"}
    return {name for bit, name in names.items() if outcome & bit}


def _judge_many(book, kind, day, count, row_by_row, as_readings, seed):
    chance = random.Random(seed)
    rules, _ = run.rules_for(book, kind, day, "building")
    asked = model.questions(book, kind)
    asked = [quantity for quantity in asked if quantity.quantity_id != survey.ELEMENT_PRESENT]
    values = {quantity.quantity_id: _values_that_tell(rules, quantity) for quantity in asked}
    guards = {
        quantity.quantity_id: (0.0,) if quantity.kind in ("yes_no", "count") else (0.0, 0.2, 3.0) for quantity in asked
    }
    records = [_random_record(chance, values, guards) for _ in range(count)]
    possible = findings.outcomes(rules, readings.implied(as_readings(records), book), count)
    given = np.array(findings.VERDICTS)[findings.verdicts(possible)]
    expected = [[row_by_row.verdict(rule, record) for record in records] for rule in rules]
    return given, np.array(expected).reshape(given.shape)


@pytest.mark.parametrize("day", [BEFORE_2564, NEWEST])
def test_five_thousand_random_ramps_of_each_edition_are_judged_as_row_by_row(book, row_by_row, as_readings, day):
    given, expected = _judge_many(book, "ramp", day, 5_000, row_by_row, as_readings, seed=7)
    assert given.shape[1] == 5_000
    assert np.array_equal(given, expected)
    assert set(np.unique(expected)) == set(findings.VERDICTS)
    assert min(np.unique(expected, return_counts=True)[1]) > 5_000


@pytest.mark.parametrize("kind", [kind for kind in survey.ELEMENT_KINDS if kind != "ramp"])
def test_every_other_kind_is_judged_as_row_by_row(book, row_by_row, as_readings, kind):
    given, expected = _judge_many(book, kind, NEWEST, 400, row_by_row, as_readings, seed=8)
    assert np.array_equal(given, expected)


def test_small_rules_with_tables_and_shared_conditions_are_judged_as_row_by_row(small_rules, row_by_row, as_readings):
    chance = random.Random(5)
    seen = set()
    for _ in range(300):
        small = small_rules(chance)
        records = [small.partial(chance) for _ in range(20)]
        possible = findings.outcomes(small.rules, as_readings(records), len(records))
        given = np.array(findings.VERDICTS)[findings.verdicts(possible)]
        expected = [[row_by_row.verdict(rule, record) for record in records] for rule in small.rules]
        assert given.tolist() == expected
        for rule, row in zip(small.rules, possible, strict=True):
            assert [_ways(outcome) for outcome in row] == [row_by_row.possible(rule, record) for record in records]
        seen |= {verdict for row in expected for verdict in row}
    assert seen == set(findings.VERDICTS)


@pytest.mark.parametrize(
    "written", ["1:12", "1/12", "8.3333333333333333%", "4.763641690726178°", "100 : 1200", "ร้อยละ 8.3333333333333333"]
)
def test_one_in_twelve_passes_however_it_is_written(book, written):
    slope_pct = cells.slope_pct(written)
    assert slope_pct == pytest.approx(100 / 12, rel=1e-12)
    assert slope_verdict(book, slope_pct) == "pass"


@pytest.mark.parametrize("rise_mm", [1.0, 75.0, 100.0, 333.3, 1234.5])
def test_one_in_twelve_passes_from_rise_and_length(book, rise_mm):
    slope_pct = cells.slope_from_rise(rise_mm, rise_mm * math.sqrt(145))
    assert slope_verdict(book, slope_pct) == "pass"


def test_a_hair_steeper_than_one_in_twelve_fails(book):
    assert slope_verdict(book, 100 / 11.999) == "fail"
    assert slope_verdict(book, 8.3334) == "fail"


@pytest.mark.parametrize(("side_mm", "verdict"), [(1500 * (1 - 1e-12), "pass"), (1499.999, "fail")])
def test_a_lower_limit_forgives_the_rounding_of_the_machine_and_no_more(book, side_mm, verdict):
    rule = findings.Rule(*_with_limit(book.criteria["ramp.end_squares"]))
    possible = findings.outcomes([rule], {"end_square_smaller_side_mm": findings.Readings.exact([side_mm])}, 1)
    assert findings.VERDICTS[findings.verdicts(possible)[0, 0]] == verdict


@pytest.mark.parametrize(
    ("slope_pct", "uncertainty", "verdict"),
    [
        (100 / 12, 0.2, "borderline"),
        (100 / 12 - 0.2, 0.2, "pass"),
        (100 / 12 - 0.19, 0.2, "borderline"),
        (100 / 12 + 0.19, 0.2, "borderline"),
        (100 / 12 + 0.21, 0.2, "fail"),
        (math.nan, math.nan, "unknown"),
    ],
)
def test_a_limit_inside_the_guard_band_is_borderline(book, slope_pct, uncertainty, verdict):
    assert slope_verdict(book, slope_pct, uncertainty) == verdict


def test_the_worst_of_several_readings_governs(book):
    rule = findings.Rule(*_with_limit(book.criteria["ramp.handrail_diameter"]))
    present = findings.Readings.exact([1.0, 1.0, 1.0])
    widths = findings.Readings(np.array([30.0, 29.0, 31.0]), np.array([40.0, 39.0, 41.0]), np.zeros(3))
    possible = findings.outcomes([rule], {"handrail_present": present, "handrail_diameter_mm": widths}, 3)
    assert [findings.VERDICTS[each] for each in findings.verdicts(possible)[0]] == ["pass", "fail", "fail"]


def test_a_count_whose_table_was_not_entered_is_unknown_not_borderline(book):
    rules, _ = run.rules_for(book, "parking", NEWEST, "building")
    bays = [rule for rule in rules if rule.criterion.criterion_id == "parking.accessible_bays"]
    possible = findings.outcomes(bays, {"accessible_bays_count": findings.Readings.exact([3.0])}, 1)
    assert findings.VERDICTS[findings.verdicts(possible)[0, 0]] == "unknown"


@pytest.mark.parametrize(
    ("total", "required"),
    [(0, 1), (25, 1), (26, 2), (100, 4), (101, 5), (200, 6), (250, 6), (251, 7), (300, 7), (350, 7), (351, 8)],
)
def test_a_step_table_asks_for_what_the_rule_says(book, total, required):
    table = editions.limit_on(book.criteria["parking.accessible_bays"], NEWEST).limit.table
    assert table.required(np.array([float(total)]))[0] == required
    assert table.required(total) == required


def test_a_margin_is_positive_inside_zero_at_the_limit_and_negative_outside(book):
    rule = findings.Rule(*_with_limit(book.criteria["ramp.handrail_diameter"]))
    widths = findings.Readings.exact([35.0, 40.0, 52.0, math.nan])
    margins = findings.margins([rule], {"handrail_diameter_mm": widths}, 4)[0]
    assert margins[:3].tolist() == [5.0, 0.0, -12.0]
    assert math.isnan(margins[3])


def test_a_margin_from_a_table_is_known_only_where_the_table_can_be_read(book):
    rule = findings.Rule(*_with_limit(book.criteria["parking.accessible_bays"]))
    (total,) = rule.quantities() - {rule.criterion.quantity.quantity_id}
    bays = {rule.criterion.quantity.quantity_id: findings.Readings.exact([2.0, 2.0, math.nan])}
    counted = {total: findings.Readings.exact([101.0, math.nan, 25.0])}
    assert findings.margins([rule], bays | counted, 3)[0].tolist() == pytest.approx(
        [-3.0, math.nan, math.nan], nan_ok=True
    )
    assert np.isnan(findings.margins([rule], bays, 3)).all()


def test_what_is_not_there_has_no_other_findings(book):
    rules, _ = run.rules_for(book, "toilet", NEWEST, "building")
    absent = {survey.ELEMENT_PRESENT: findings.Readings.exact([0.0]), "door_width_mm": findings.Readings.exact([1.0])}
    verdicts = findings.verdicts(findings.outcomes(rules, absent, 1))[:, 0]
    names = {rule.criterion.criterion_id: findings.VERDICTS[each] for rule, each in zip(rules, verdicts, strict=True)}
    assert names.pop("toilet.accessible_room") == "fail"
    assert set(names.values()) == {"not_applicable"}
