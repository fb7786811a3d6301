"""Judge every criterion against every element at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audits import survey
from audits.rules import model

Floats = npt.NDArray[np.float64]
Outcomes = npt.NDArray[np.uint8]

VERDICTS = ("pass", "fail", "borderline", "unknown", "not_applicable")
PASS, FAIL, BORDERLINE, UNKNOWN, NOT_APPLICABLE = range(5)

CAN_PASS, CAN_FAIL, CAN_NOT_APPLY, MEASURED = 1, 2, 4, 8

RELATIVE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Rule:
    """One criterion with the one limit that is in force for the elements judged."""

    criterion: model.Criterion
    limit: model.Limit

    def quantities(self) -> set[str]:
        """Return the ids of all quantities it looks at: its own, those of its conditions and its table's."""
        looked_at = [self.criterion.quantity, *(condition.quantity for condition in self.limit.conditions)]
        if self.limit.table is not None:
            looked_at.append(self.limit.table.quantity)
        return {quantity.quantity_id for quantity in looked_at}


@dataclass(frozen=True)
class Readings:
    """All readings of one quantity, an element a row.

    Parameters
    ----------
    lowest, highest
        Shape (elements,), in the quantity's unit; NaN where not measured.
    uncertainty
        Shape (elements,), half width of the guard band, same unit.
    """

    lowest: Floats
    highest: Floats
    uncertainty: Floats

    @classmethod
    def exact(cls, values: npt.ArrayLike) -> Readings:
        """Return single readings without uncertainty, shape (elements,)."""
        array = np.asarray(values, dtype=np.float64)
        return cls(array, array, np.zeros_like(array))


def outcomes(rules: Sequence[Rule], readings: Mapping[str, Readings], size: int) -> Outcomes:
    """Say what each finding can still turn out to be.

    Parameters
    ----------
    rules
        Criteria with their limits in force; all apply to the same kind of element.
    readings
        Per quantity id; a quantity that is missing was measured nowhere.
    size
        Number of elements.

    Returns
    -------
    Outcomes
        Shape (rules, elements): the sum of ``CAN_PASS``, ``CAN_FAIL`` and ``CAN_NOT_APPLY`` over the outcomes that
        the measurements leave open, plus ``MEASURED`` where the criterion's own quantity was measured and, when the
        limit is a table, the quantity by which the table is read.

    Notes
    -----
    A value passes when the whole guard band is inside the limits and fails when the whole band is outside; with several
    readings the worst one governs. A duty whose condition was not measured may or may not apply. Of an element that was
    looked for and is not there, only whether it must be there is judged.
    """
    result = np.empty((len(rules), size), dtype=np.uint8)
    unmeasured = Readings.exact(np.full(size, np.nan))
    # many rules share a condition, such as whether there is a handrail: each is worked out once
    states: dict[tuple[str, str, float], tuple[Outcomes, npt.NDArray[np.bool_]]] = {}
    for rule, outcome in zip(rules, result, strict=True):
        _judge_value(rule.limit, readings.get(rule.criterion.quantity.quantity_id, unmeasured), readings, outcome)
        for condition in rule.limit.conditions:
            key = (condition.quantity.quantity_id, condition.operator, condition.value)
            if key not in states:
                states[key] = _state(condition, readings.get(key[0], unmeasured))
            outcome |= states[key][0]
            np.putmask(outcome, states[key][1], CAN_NOT_APPLY)
    present = readings.get(survey.ELEMENT_PRESENT)
    if present is not None:
        of_what_is_there = [rule.criterion.quantity.quantity_id != survey.ELEMENT_PRESENT for rule in rules]
        result[np.ix_(of_what_is_there, present.highest == 0)] = CAN_NOT_APPLY
    return result


def _judge_value(limit: model.Limit, reading: Readings, readings: Mapping[str, Readings], outcome: Outcomes) -> None:
    """Write what a value alone leaves open into `outcome`, shape (elements,)."""
    lower, upper = bounds(limit, readings, Readings.exact(np.full(outcome.size, np.nan)))
    passes, fails = np.ones(outcome.size, dtype=bool), np.zeros(outcome.size, dtype=bool)
    if limit.table is not None or np.isfinite(limit.lower):
        least = lower - _tolerance(lower)
        passes &= reading.lowest - reading.uncertainty >= least
        fails |= reading.lowest + reading.uncertainty < least
    if np.isfinite(limit.upper):
        most = upper + _tolerance(upper)
        passes &= reading.highest + reading.uncertainty <= most
        fails |= reading.highest - reading.uncertainty > most
    measured = ~(np.isnan(reading.lowest) | np.isnan(lower))
    outcome[:] = CAN_PASS | CAN_FAIL
    outcome ^= passes.view(np.uint8) * np.uint8(CAN_FAIL)
    outcome ^= fails.view(np.uint8) * np.uint8(CAN_PASS)
    outcome |= measured.view(np.uint8) * np.uint8(MEASURED)
    if limit.table is not None:
        outcome[np.asarray(lower) == 0] = CAN_NOT_APPLY
        if any(required == 0 for _, required in limit.table.steps):
            outcome[np.isnan(lower)] |= CAN_NOT_APPLY


def _tolerance(limit: Floats | float) -> Floats | float:
    return RELATIVE_TOLERANCE * np.maximum(1.0, np.abs(limit))


def bounds(
    limit: model.Limit, readings: Mapping[str, Readings], unmeasured: Readings
) -> tuple[Floats | float, Floats | float]:
    """Return the lower and upper bound of a limit, in the quantity's unit.

    A limit given as a table has a lower bound per element, shape (elements,), NaN where the quantity it depends on was
    not measured.
    """
    if limit.table is None:
        return limit.lower, limit.upper
    return required_count(limit.table, readings.get(limit.table.quantity.quantity_id, unmeasured).highest), limit.upper


def required_count(table: model.LimitTable, count: Floats) -> Floats:
    """Return what a step table requires for each count; NaN for NaN.

    Parameters
    ----------
    table
        Steps ``(up to, required)``; beyond the last step one more for every `per`, and one more when the rest is
        greater than `round_up_over`.
    count
        Shape (elements,).
    """
    tops = np.array([top for top, _ in table.steps])
    required = np.array([value for _, value in table.steps] + [np.nan])
    steps = required[np.searchsorted(tops, count, side="left")]
    if table.per is None:
        return np.where(np.isnan(count), np.nan, np.where(count > tops[-1], required[-2], steps))
    beyond = np.maximum(count - tops[-1], 0)
    extra = np.floor(beyond / table.per) + (np.mod(beyond, table.per) > table.round_up_over)
    result: Floats = np.where(np.isnan(count), np.nan, np.where(count > tops[-1], required[-2] + extra, steps))
    return result


def _state(condition: model.Condition, reading: Readings) -> tuple[Outcomes, npt.NDArray[np.bool_]]:
    """Return the bit to add where a condition is open, and where it is not met, both of shape (elements,)."""
    open_ = np.isnan(reading.lowest)
    return open_.view(np.uint8) * np.uint8(CAN_NOT_APPLY), ~(_met(condition, reading) | open_)


def _met(condition: model.Condition, reading: Readings) -> npt.NDArray[np.bool_]:
    """Tell where the most demanding reading brings the duty into play."""
    comparisons: dict[str, Callable[[], npt.NDArray[np.bool_]]] = {
        "at_least": lambda: reading.highest >= condition.value,
        "more_than": lambda: reading.highest > condition.value,
        "at_most": lambda: reading.lowest <= condition.value,
        "less_than": lambda: reading.lowest < condition.value,
        "is_yes": lambda: reading.highest > 0,
        "is_no": lambda: reading.lowest == 0,
    }
    return comparisons[condition.operator]()


def _verdict_of_each_outcome() -> npt.NDArray[np.int8]:
    table = np.full(16, UNKNOWN, dtype=np.int8)
    for measured in (0, MEASURED):
        table[CAN_PASS | measured] = PASS
        table[CAN_FAIL | measured] = FAIL
        table[CAN_NOT_APPLY | measured] = NOT_APPLICABLE
    table[CAN_PASS | CAN_FAIL | MEASURED] = BORDERLINE
    return table


_VERDICT = _verdict_of_each_outcome()


def verdicts(possible: Outcomes) -> npt.NDArray[np.int8]:
    """Return the verdict of each finding as an index into :data:`VERDICTS`, same shape as `possible`.

    A finding that could pass but whose duty may not apply is *unknown*: unknown is never a pass and never a fail.
    """
    result: npt.NDArray[np.int8] = _VERDICT.take(possible)
    return result


def margins(rules: Sequence[Rule], readings: Mapping[str, Readings], size: int) -> Floats:
    """Return how far the worst reading lies inside its limit; negative outside.

    Returns
    -------
    Floats
        Shape (rules, elements), in each quantity's unit; NaN where not measured, 0 where the value is the limit but for
        the rounding of the machine.
    """
    unmeasured = Readings.exact(np.full(size, np.nan))
    result = np.full((len(rules), size), np.nan)
    for row, rule in enumerate(rules):
        reading = readings.get(rule.criterion.quantity.quantity_id, unmeasured)
        lower, upper = bounds(rule.limit, readings, unmeasured)
        above = _zero_at_the_limit(reading.lowest - lower, reading.lowest)
        below = _zero_at_the_limit(upper - reading.highest, reading.highest)
        result[row] = np.fmin(above, below)
    return result


def _zero_at_the_limit(margin: Floats, value: Floats) -> Floats:
    return np.where(np.abs(margin) <= _tolerance(value), 0.0, margin)
