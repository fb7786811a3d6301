"""Time the judging and scoring of a million elements against a row-by-row reference with the same answers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from audits import audit, criteria, criteria_files, findings, scores

ELEMENTS, RULES, MISSING = 1_000_000, 30, 0.4
CHUNK, THREADS = 65_536, 2
SAMPLE = 2_000
SEED = 7


def chosen_rules() -> tuple[findings.Rule, ...]:
    """Return thirty real rules, with their conditions and one step table: of ramps, then of parking."""
    book = criteria_files.load_criteria()
    ramp, _ = audit.rules_for(book, "ramp", None, "building")
    parking, _ = audit.rules_for(book, "parking", None, "building")
    return (*ramp, *parking)[:RULES]


def invented_readings(rules: tuple[findings.Rule, ...], size: int) -> dict[str, findings.Readings]:
    """Return readings of every quantity that the rules look at, 40 % of them missing."""
    draw = np.random.default_rng(SEED)
    quantities = {quantity.quantity_id: quantity for rule in rules for quantity in _looked_at(rule)}
    result = {}
    for name, quantity in quantities.items():
        if quantity.kind == "yes_no":
            lowest = draw.integers(0, 2, size).astype(float)
        elif quantity.kind == "count":
            lowest = draw.integers(0, 150, size).astype(float)
        else:
            lowest = draw.uniform(*quantity.usual, size)
        lowest[draw.random(size) < MISSING] = np.nan
        spread = 0.0 if quantity.kind in ("yes_no", "count") else draw.exponential(0.01, size) * lowest
        uncertainty = np.full(size, 0.0 if quantity.kind in ("yes_no", "count") else 3.0)
        result[name] = findings.Readings(lowest, lowest + spread, uncertainty)
    return result


def engine(
    rules: tuple[findings.Rule, ...], weights: list[float], readings: Mapping[str, findings.Readings], size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return verdicts, lowest and highest scores as the product reckons them, a chunk of rows at a time."""
    verdicts = np.empty((len(rules), size), dtype=np.int8)
    low, high = np.empty(size), np.empty(size)

    def fill(start: int) -> None:
        rows = slice(start, min(start + CHUNK, size))
        part = {
            name: findings.Readings(one.lowest[rows], one.highest[rows], one.uncertainty[rows])
            for name, one in readings.items()
        }
        possible = findings.outcomes(rules, part, rows.stop - rows.start)
        verdicts[:, rows] = findings.verdicts(possible)
        low[rows], high[rows] = scores.interval(scores.tally(possible, weights))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(fill, range(0, size, CHUNK)))
    return verdicts, low, high


def reference(
    rules: tuple[findings.Rule, ...], weights: list[float], row: Mapping[str, tuple[float, float, float]]
) -> tuple[list[str], float, float]:
    """Judge and score one element in plain Python, straight from the words of the design."""
    verdicts = []
    certain_pass = certain_fail = possible_pass = possible_fail = 0.0
    for rule, weight in zip(rules, weights, strict=True):
        can, measured = _possible(rule, row)
        verdicts.append(_verdict(can, measured))
        certain_pass += weight if can == {"pass"} else 0.0
        certain_fail += weight if can == {"fail"} else 0.0
        possible_pass += weight if "pass" in can else 0.0
        possible_fail += weight if "fail" in can else 0.0
    if possible_pass + possible_fail == 0:
        return verdicts, math.nan, math.nan
    lowest = 100 * certain_pass / (certain_pass + possible_fail) if certain_pass + possible_fail else 100.0
    highest = 100 * possible_pass / (possible_pass + certain_fail) if possible_pass + certain_fail else 0.0
    return verdicts, lowest, highest


def _possible(rule: findings.Rule, row: Mapping[str, tuple[float, float, float]]) -> tuple[set[str], bool]:
    lowest, highest, uncertainty = row[rule.criterion.quantity.quantity_id]
    measured = not math.isnan(lowest)
    lower, upper = rule.limit.lower, rule.limit.upper
    if rule.limit.table is not None:
        total = row[rule.limit.table.quantity.quantity_id][1]
        lower = math.nan if math.isnan(total) else rule.limit.table.required(total)
    can = {"pass", "fail"}
    if lower == 0 and rule.limit.table is not None:
        can = {"not applicable"}
    elif measured and not math.isnan(lower):
        least = lower - 1e-9 * max(1.0, abs(lower)) if math.isfinite(lower) else lower
        most = upper + 1e-9 * max(1.0, abs(upper)) if math.isfinite(upper) else upper
        if lowest - uncertainty >= least and highest + uncertainty <= most:
            can = {"pass"}
        elif lowest + uncertainty < least or highest - uncertainty > most:
            can = {"fail"}
    for condition in rule.limit.conditions:
        low, high, _ = row[condition.quantity.quantity_id]
        if math.isnan(low):
            can = can | {"not applicable"}
        elif not _met(condition, low, high):
            can = {"not applicable"}
    return can, measured


def _met(condition: criteria.Condition, low: float, high: float) -> bool:
    return {
        "at_least": high >= condition.value,
        "more_than": high > condition.value,
        "at_most": low <= condition.value,
        "less_than": low < condition.value,
        "is_yes": high > 0,
        "is_no": low == 0,
    }[condition.operator]


def _verdict(can: set[str], measured: bool) -> str:
    if can == {"pass", "fail"} and measured:
        return "borderline"
    if len(can) == 1:
        return {"pass": "pass", "fail": "fail", "not applicable": "not_applicable"}[next(iter(can))]
    return "unknown"


def _looked_at(rule: findings.Rule) -> list[criteria.Quantity]:
    table = [rule.limit.table.quantity] if rule.limit.table else []
    return [rule.criterion.quantity, *(condition.quantity for condition in rule.limit.conditions), *table]


def _best(work: Callable[[], object], times: int) -> float:
    best = math.inf
    for _ in range(times):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def main() -> None:
    """Measure, compare every answer of the sample, and print."""
    rules = chosen_rules()
    weights_file = criteria_files.load_weights()
    weights = [audit.weight_of(rule.criterion, weights_file) for rule in rules]
    readings = invented_readings(rules, ELEMENTS)
    verdicts, low, high = engine(rules, weights, readings, ELEMENTS)
    seconds = _best(lambda: engine(rules, weights, readings, ELEMENTS), 3)

    rows = [
        {name: (one.lowest[row], one.highest[row], one.uncertainty[row]) for name, one in readings.items()}
        for row in range(SAMPLE)
    ]
    plain = [{name: tuple(map(float, values)) for name, values in row.items()} for row in rows]
    expected = [reference(rules, weights, row) for row in plain]
    reference_seconds = _best(lambda: [reference(rules, weights, row) for row in plain], 2) * ELEMENTS / SAMPLE
    for row, (words, lowest, highest) in enumerate(expected):
        assert [findings.VERDICTS[index] for index in verdicts[:, row]] == words, f"verdicts of element {row}"
        np.testing.assert_allclose((low[row], high[row]), (lowest, highest), atol=1e-4)

    shares = {name: round(float((verdicts == index).mean()), 3) for index, name in enumerate(findings.VERDICTS)}
    print(f"elements x criteria      {ELEMENTS:,} x {len(rules)}, {MISSING:.0%} missing, {THREADS} threads")
    print(f"verdicts                 {shares}")
    print(f"engine                   {seconds:.2f} s   (bar: 1 s)")
    print(f"row by row, scaled       {reference_seconds:.0f} s   from {SAMPLE:,} elements, all answers the same")
    print(f"ratio                    {reference_seconds / seconds:.0f} x   (bar: 100 x)")


if __name__ == "__main__":
    main()
