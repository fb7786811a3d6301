"""Rank the quantities to measure next by how much they narrow a site's score per minute."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from audits.rules import model
from audits.scoring import findings, readings, run, scores

SMALLEST_GAIN = 1e-6

_NOTHING = scores.Tally(*(np.zeros(1) for _ in scores.Tally._fields))


@dataclass(frozen=True)
class Suggestion:
    """One unmeasured quantity of one element.

    Parameters
    ----------
    element_id
        The element to measure.
    quantity
        The quantity's id.
    gain
        Expected narrowing of the site's score interval, in points of 0 to 100.
    gain_per_minute
        The same per minute of measuring.
    """

    element_id: str
    quantity: str
    gain: float
    gain_per_minute: float


@dataclass(frozen=True)
class Measured:
    """One element of the site with its rules and its readings, one row each."""

    element_id: str
    rules: tuple[findings.Rule, ...]
    weights: tuple[float, ...]
    readings: Mapping[str, findings.Readings]


def at_site(
    code: str,
    setting: str,
    elements: pd.DataFrame,
    governed: pd.DataFrame,
    criteria: model.Criteria,
    weights: model.Weights,
) -> list[Suggestion]:
    """Rank what to measure next at one site, best first.

    Parameters
    ----------
    code, setting
        Site code, and one of :data:`audits.survey.SETTINGS`.
    elements
        Index ``element_id``; columns ``site_code``, ``kind``, ``permitted_on``.
    governed
        From :func:`audits.scoring.readings.governing`.
    criteria, weights
        Criteria and the municipality's weights.
    """
    measured = []
    for element_id, element in elements.loc[elements["site_code"] == code].iterrows():
        rules, _ = run.rules_for(criteria, element["kind"], run.day_of(element["permitted_on"]), setting)
        mine = readings.by_quantity(governed, pd.Index([element_id]))
        rule_weights = tuple(weights.of(rule.criterion) for rule in rules)
        measured.append(Measured(str(element_id), rules, rule_weights, mine))
    return suggestions(tuple(measured), criteria)


def to_repeat(judged: pd.DataFrame) -> list[str]:
    """Return the quantities that were measured, yet too near their limit for the instrument, in alphabetical order.

    Parameters
    ----------
    judged
        Findings; columns ``quantity``, ``verdict``.

    Examples
    --------
    >>> to_repeat(pd.DataFrame({"quantity": ["clear_width_mm"] * 2, "verdict": ["borderline", "pass"]}))
    ['clear_width_mm']
    """
    return sorted(map(str, judged.loc[judged["verdict"] == "borderline", "quantity"].unique()))


def suggestions(elements: tuple[Measured, ...], criteria: model.Criteria) -> list[Suggestion]:
    """Rank the unmeasured quantities of a site by expected gain per minute.

    For each quantity one value is tried in every range that the limits and conditions tell apart; each range is taken
    as equally likely. The trials are judged by the same engine as real measurements. A quantity that narrows nothing by
    itself, such as a number of bays while nothing else is known of them, comes after those that do: first the one on
    which most open weight hangs per minute.

    Parameters
    ----------
    elements
        All elements of one site.
    criteria
        The criteria, for the minutes each quantity takes.

    Returns
    -------
    list of Suggestion
        Best first; quantities on which no open finding hangs are left out.

    Examples
    --------
    >>> from audits.rules import files
    >>> criteria, weights = files.load_criteria(), files.load_weights()
    >>> rules, _ = run.rules_for(criteria, "ramp", None, "building")
    >>> ramp = Measured("KK-001.ramp.1", rules, tuple(weights.of(rule.criterion) for rule in rules), {})
    >>> suggestions((ramp,), criteria)[0].quantity
    'tactile_strip_present'
    """
    tallies = [_tally(element, element.readings, 1) for element in elements]
    now = _width(_sum(tallies))
    ranked = []
    for position, element in enumerate(elements):
        # The rest of the site stays as it is while one element is tried.
        others = _sum([tally for row, tally in enumerate(tallies) if row != position])
        for quantity, open_weight in _open_weights(element).items():
            minutes = criteria.quantities[quantity].minutes
            narrowing = float(now[0] - _width_after(element, criteria.quantities[quantity], others))
            gain = narrowing if narrowing > SMALLEST_GAIN else 0.0
            ranked.append((open_weight / minutes, Suggestion(element.element_id, quantity, gain, gain / minutes)))
    ranked.sort(key=lambda each: (-each[1].gain_per_minute, -each[0], each[1].element_id, each[1].quantity))
    return [suggestion for _, suggestion in ranked]


def _tally(element: Measured, measured: Mapping[str, findings.Readings], size: int) -> scores.Tally:
    return scores.tally(findings.outcomes(element.rules, measured, size), element.weights)


def _sum(tallies: list[scores.Tally]) -> scores.Tally:
    return scores.Tally(*(np.asarray(sum(column)) for column in zip(_NOTHING, *tallies, strict=True)))


def _width(total: scores.Tally) -> scores.Weights:
    low, high = scores.interval(total)
    return np.nan_to_num(high - low)


def _width_after(element: Measured, quantity: model.Quantity, others: scores.Tally) -> float:
    trials = np.array([0.0, 1.0]) if quantity.kind == "yes_no" else trial_values(element.rules, quantity.quantity_id)
    size = trials.size
    tried = {
        name: findings.Readings(*(np.repeat(column, size) for column in (one.lowest, one.highest, one.uncertainty)))
        for name, one in element.readings.items()
    }
    tried[quantity.quantity_id] = findings.Readings.exact(trials)
    mine = _tally(element, tried, size)
    return float(_width(_sum([mine, others])).mean())


def _open_weights(element: Measured) -> Mapping[str, float]:
    """Weight of the open findings that depend on each unmeasured quantity."""
    # Whether it was measured does not matter here, only what is still open.
    possible = findings.outcomes(element.rules, element.readings, 1)[:, 0] & ~np.uint8(findings.MEASURED)
    result: dict[str, float] = {}
    for rule, weight, outcome in zip(element.rules, element.weights, possible, strict=True):
        if outcome not in (findings.CAN_PASS, findings.CAN_FAIL, findings.CAN_NOT_APPLY):
            for quantity in rule.quantities():
                if quantity not in element.readings or np.isnan(element.readings[quantity].lowest[0]):
                    result[quantity] = result.get(quantity, 0.0) + weight
    return result


def trial_values(rules: tuple[findings.Rule, ...], quantity: str) -> scores.Weights:
    """One value in each range of a quantity that the rules tell apart, shape (ranges,)."""
    edges: set[float] = set()
    for rule in rules:
        limit = rule.limit
        if rule.criterion.quantity.quantity_id == quantity:
            edges |= {edge for edge in (limit.lower, limit.upper) if np.isfinite(edge)}
            if limit.table is not None:
                edges |= {required for _, required in limit.table.steps}
        edges |= {condition.value for condition in limit.conditions if condition.quantity.quantity_id == quantity}
        if limit.table is not None and limit.table.quantity.quantity_id == quantity:
            edges |= {top for top, _ in limit.table.steps}
    # One value below, one above and one between each two limits: within a range all values are judged alike.
    ordered = sorted(edges) or [0.0]
    between = [(one + other) / 2 for one, other in itertools.pairwise(ordered)]
    return np.array([ordered[0] - 1, *between, *_single_values(rules, quantity), ordered[-1] + 1])


def _single_values(rules: tuple[findings.Rule, ...], quantity: str) -> list[float]:
    """Values that are the only ones to pass, such as a limit of exactly 450 mm."""
    judging = [rule.limit for rule in rules if rule.criterion.quantity.quantity_id == quantity]
    return sorted({limit.lower for limit in judging if limit.lower == limit.upper})
