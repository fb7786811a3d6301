"""Judge criteria against all elements at once: outcomes still possible, verdicts and margins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audits import survey
from audits.rules import model

Floats = npt.NDArray[np.float64]
Outcomes = npt.NDArray[np.uint8]

# the positions are the constants below: a million verdicts are kept as a byte each, not as words
VERDICTS = ("pass", "fail", "borderline", "unknown", "not_applicable")
PASS, FAIL, BORDERLINE, UNKNOWN, NOT_APPLICABLE = range(5)

# An outcome is a set of bits, so that a million findings are judged by a few operations on bytes.
CAN_PASS, CAN_FAIL, CAN_NOT_APPLY, MEASURED = 1, 2, 4, 8

# 1:12 is 8.333…: a slope measured as exactly the limit must not fail by the rounding of a division.
RELATIVE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Rule:
    """One criterion with the one limit that is in force for the elements judged."""

    criterion: model.Criterion
    limit: model.Limit

    def quantities(self) -> set[str]:
        """Ids of all quantities it depends on: its own, those of its conditions and its table's."""
        return {quantity.quantity_id for quantity in (self.criterion.quantity, *self.limit.asks_for)}


@dataclass(frozen=True)
class Readings:
    """Readings of one quantity, an element a row.

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
        """Make single readings without uncertainty, shape (elements,)."""
        array = np.asarray(values, dtype=np.float64)
        return cls(array, array, np.zeros_like(array))


def outcomes(rules: Sequence[Rule], readings: Mapping[str, Readings], size: int) -> Outcomes:
    """Outcomes that the measurements leave open to each finding.

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

    Examples
    --------
    >>> from audits.rules import editions, files
    >>> slope = files.load_criteria().criteria["ramp.running_slope"]
    >>> rule = Rule(slope, editions.limit_on(slope, None).limit)
    >>> slopes = {"running_slope_pct": Readings.exact([8.0, 12.5, np.nan])}
    >>> [VERDICTS[verdict] for verdict in verdicts(outcomes([rule], slopes, 3))[0]]
    ['pass', 'fail', 'unknown']
    """
    result = np.empty((len(rules), size), dtype=np.uint8)
    unmeasured = Readings.exact(np.full(size, np.nan))
    # Many rules share a condition, such as whether there is a handrail: each is worked out once.
    states: dict[tuple[str, str, float], tuple[Outcomes, npt.NDArray[np.bool_]]] = {}
    for rule, outcome in zip(rules, result, strict=True):
        _judge_value(rule.limit, readings.get(rule.criterion.quantity.quantity_id, unmeasured), readings, outcome)
        for condition in rule.limit.conditions:
            key = (condition.quantity.quantity_id, condition.operator, condition.value)
            if key not in states:
                states[key] = _state(condition, readings.get(key[0], unmeasured))
            # An open condition adds an outcome; one that is not met leaves no other.
            outcome |= states[key][0]
            np.putmask(outcome, states[key][1], CAN_NOT_APPLY)
    present = readings.get(survey.ELEMENT_PRESENT)
    if present is not None:
        # Nothing else can be asked of what is not there.
        of_what_is_there = [rule.criterion.quantity.quantity_id != survey.ELEMENT_PRESENT for rule in rules]
        result[np.ix_(of_what_is_there, present.highest == 0)] = CAN_NOT_APPLY
    return result


def _judge_value(limit: model.Limit, reading: Readings, readings: Mapping[str, Readings], outcome: Outcomes) -> None:
    """Write what a value alone leaves open into `outcome`, shape (elements,)."""
    lower, upper = bounds(limit, readings, Readings.exact(np.full(outcome.size, np.nan)))
    # Comparisons with NaN are false, so what was not measured neither passes nor fails.
    passes, fails = np.ones(outcome.size, dtype=bool), np.zeros(outcome.size, dtype=bool)
    if limit.table is not None or np.isfinite(limit.lower):
        least = lower - _tolerance(lower)
        passes &= reading.lowest - reading.uncertainty >= least
        fails |= reading.lowest + reading.uncertainty < least
    if np.isfinite(limit.upper):
        most = upper + _tolerance(upper)
        passes &= reading.highest + reading.uncertainty <= most
        fails |= reading.highest - reading.uncertainty > most
    # a table whose count nobody entered leaves the limit itself open: that is unknown, never borderline
    measured = ~(np.isnan(reading.lowest) | np.isnan(lower))
    outcome[:] = CAN_PASS | CAN_FAIL
    # Views and multiplications: boolean indexing takes a hundred times as long.
    outcome ^= passes.view(np.uint8) * np.uint8(CAN_FAIL)
    outcome ^= fails.view(np.uint8) * np.uint8(CAN_PASS)
    outcome |= measured.view(np.uint8) * np.uint8(MEASURED)
    if limit.table is not None:
        # A table that requires none here makes no demand; where it is not known which step holds, it may make none.
        outcome[np.asarray(lower) == 0] = CAN_NOT_APPLY
        if any(required == 0 for _, required in limit.table.steps):
            outcome[np.isnan(lower)] |= CAN_NOT_APPLY


def _tolerance(limit: Floats | float) -> Floats | float:
    return RELATIVE_TOLERANCE * np.maximum(1.0, np.abs(limit))


def bounds(
    limit: model.Limit, readings: Mapping[str, Readings], unmeasured: Readings
) -> tuple[Floats | float, Floats | float]:
    """Lower and upper bound of a limit, in the quantity's unit.

    A limit given as a table has a lower bound per element, shape (elements,), NaN where the quantity it depends on was
    not measured.
    """
    if limit.table is None:
        return limit.lower, limit.upper
    counts = readings.get(limit.table.quantity.quantity_id, unmeasured).highest
    return limit.table.required(counts), limit.upper


def _state(condition: model.Condition, reading: Readings) -> tuple[Outcomes, npt.NDArray[np.bool_]]:
    """Bit to add where a condition is open, and where it is not met, both of shape (elements,)."""
    open_ = np.isnan(reading.lowest)
    met = condition.met(reading.lowest, reading.highest)
    return open_.view(np.uint8) * np.uint8(CAN_NOT_APPLY), ~(met | open_)


def _verdict_of_each_outcome() -> npt.NDArray[np.int8]:
    # Every set of outcomes that is not named here leaves something open.
    table = np.full(16, UNKNOWN, dtype=np.int8)
    for measured in (0, MEASURED):
        table[CAN_PASS | measured] = PASS
        table[CAN_FAIL | measured] = FAIL
        table[CAN_NOT_APPLY | measured] = NOT_APPLICABLE
    # measured and still open both ways: only a guard band that holds the limit leaves that
    table[CAN_PASS | CAN_FAIL | MEASURED] = BORDERLINE
    return table


_VERDICT = _verdict_of_each_outcome()


def verdicts(possible: Outcomes) -> npt.NDArray[np.int8]:
    """Verdict of each finding as an index into :data:`VERDICTS`, same shape as `possible`.

    A finding that could pass but whose duty may not apply is *unknown*: unknown is never a pass and never a fail.
    """
    result: npt.NDArray[np.int8] = _VERDICT.take(possible)
    return result


def margins(rules: Sequence[Rule], readings: Mapping[str, Readings], size: int) -> Floats:
    """Distance of the worst reading from its limit; negative outside.

    Returns
    -------
    Floats
        Shape (rules, elements), in each quantity's unit; NaN where not measured, or where the limit is a table and the
        quantity by which it is read was not; 0 where the value is the limit but for the rounding of the machine.

    Examples
    --------
    >>> from audits.rules import editions, files
    >>> slope = files.load_criteria().criteria["ramp.running_slope"]
    >>> rule = Rule(slope, editions.limit_on(slope, None).limit)
    >>> margins([rule], {"running_slope_pct": Readings.exact([8.0, 12.5])}, 2).round(2).tolist()
    [[0.33, -4.17]]
    """
    unmeasured = Readings.exact(np.full(size, np.nan))
    result = np.full((len(rules), size), np.nan)
    for row, rule in enumerate(rules):
        reading = readings.get(rule.criterion.quantity.quantity_id, unmeasured)
        lower, upper = bounds(rule.limit, readings, unmeasured)
        above = _zero_at_the_limit(reading.lowest - lower, reading.lowest)
        below = _zero_at_the_limit(upper - reading.highest, reading.highest)
        # NaN wins: a table that cannot be read yet may ask for more than the other bound.
        result[row] = np.minimum(above, below)
    return result


def _zero_at_the_limit(margin: Floats, value: Floats) -> Floats:
    return np.where(np.abs(margin) <= _tolerance(value), 0.0, margin)
