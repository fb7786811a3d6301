"""Time the judging and scoring of a million elements against a row-by-row reference with the same answers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from audits import survey
from audits.rules import files, model
from audits.scoring import findings, run, scores

ELEMENTS, RULES, MISSING, ABSENT = 1_000_000, 30, 0.4, 0.05
CHUNK, THREADS = 65_536, 2
SAMPLE = 2_000
SEED = 7


def chosen_rules() -> tuple[findings.Rule, ...]:
    """Return thirty real rules, with their conditions and one step table: of ramps, then of parking."""
    book = files.load_criteria()
    ramp, _ = run.rules_for(book, "ramp", None, "building")
    parking, _ = run.rules_for(book, "parking", None, "building")
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
    there = (draw.random(size) >= ABSENT).astype(float)
    there[draw.random(size) < MISSING] = np.nan
    return result | {survey.ELEMENT_PRESENT: findings.Readings.exact(there)}


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
    if row[survey.ELEMENT_PRESENT][1] == 0:
        return {"not applicable"}, not math.isnan(lowest)
    lower, upper, table = rule.limit.lower, rule.limit.upper, rule.limit.table
    if table is not None:
        total = row[table.quantity.quantity_id][1]
        lower = math.nan if math.isnan(total) else table.required(total)
    measured = not math.isnan(lowest) and not math.isnan(lower)
    can = {"pass", "fail"}
    if table is not None and lower == 0:
        can = {"not applicable"}
    elif table is not None and math.isnan(lower) and any(required == 0 for _, required in table.steps):
        can = {"pass", "fail", "not applicable"}
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


def _met(condition: model.Condition, low: float, high: float) -> bool:
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


def _looked_at(rule: findings.Rule) -> list[model.Quantity]:
    table = [rule.limit.table.quantity] if rule.limit.table else []
    return [rule.criterion.quantity, *(condition.quantity for condition in rule.limit.conditions), *table]


def _best(work: Callable[[], object], times: int) -> tuple[float, float]:
    """Return the least seconds by the clock and the least of processor time, of several runs."""
    clock, busy = [], []
    for _ in range(times):
        started, begun = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - started)
        busy.append(time.process_time() - begun)
    return min(clock), min(busy)


def main() -> None:
    """Measure, compare every answer of the sample, and print."""
    rules = chosen_rules()
    weights_file = files.load_weights()
    weights = [weights_file.of(rule.criterion) for rule in rules]
    readings = invented_readings(rules, ELEMENTS)
    verdicts, low, high = engine(rules, weights, readings, ELEMENTS)
    seconds, busy = _best(lambda: engine(rules, weights, readings, ELEMENTS), 5)

    rows = [
        {name: (one.lowest[row], one.highest[row], one.uncertainty[row]) for name, one in readings.items()}
        for row in range(SAMPLE)
    ]
    plain = [{name: tuple(map(float, values)) for name, values in row.items()} for row in rows]
    expected = [reference(rules, weights, row) for row in plain]
    sample_seconds, _ = _best(lambda: [reference(rules, weights, row) for row in plain], 3)
    reference_seconds = sample_seconds * ELEMENTS / SAMPLE
    for row, (words, lowest, highest) in enumerate(expected):
        assert [findings.VERDICTS[index] for index in verdicts[:, row]] == words, f"verdicts of element {row}"
        np.testing.assert_allclose((low[row], high[row]), (lowest, highest), atol=1e-4)

    shares = {name: round(float((verdicts == index).mean()), 3) for index, name in enumerate(findings.VERDICTS)}
    print(f"elements x criteria      {ELEMENTS:,} x {len(rules)}, {MISSING:.0%} missing, {THREADS} threads")
    print(f"verdicts                 {shares}")
    print(f"engine                   {seconds:.2f} s   (bar: 1 s), {busy:.2f} s of processor time")
    print(f"row by row, scaled       {reference_seconds:.0f} s   from {SAMPLE:,} elements, all answers the same")
    print(f"ratio                    {reference_seconds / seconds:.0f} x   (bar: 100 x)")


if __name__ == "__main__":
    main()
