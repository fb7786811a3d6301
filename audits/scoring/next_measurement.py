"""Rank the quantities to measure next by how much they narrow a site's score per minute."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from audits import survey
from audits.rules import model
from audits.scoring import findings, readings, run, scores

SMALLEST_GAIN = 1e-6
SCORE, PRICE = "score", "price"
"""Why something is to be measured, keys of :data:`audits.terms.MEASURED_FOR`."""

# So many elements, and trials, at a time: memory does not grow with the town, and a site is not judged in a hundred
# small pieces of which each costs more to begin than to work out.
_ROWS_AT_A_TIME = 4_096


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
    reason
        :data:`SCORE` or :data:`PRICE`.
    """

    element_id: str
    quantity: str
    gain: float
    gain_per_minute: float
    reason: str = SCORE


@dataclass(frozen=True)
class Measured:
    """Elements under the same rules.

    Parameters
    ----------
    element_ids
        The elements.
    sites
        Shape (elements,): position of each element's site.
    rules, weights
        The rules, and the weight of each.
    readings
        By quantity, shape (elements,).
    """

    element_ids: Sequence[str]
    sites: npt.NDArray[np.intp]
    rules: tuple[findings.Rule, ...]
    weights: tuple[float, ...]
    readings: Mapping[str, findings.Readings]

    def asking(self, quantities: Set[str]) -> npt.NDArray[np.intp]:
        """Return the positions of the rules that depend on any of some quantities."""
        # whether it is there at all touches every rule
        every = survey.ELEMENT_PRESENT in quantities
        return np.flatnonzero([every or not quantities.isdisjoint(rule.quantities()) for rule in self.rules])

    def under(self, positions: npt.NDArray[np.intp]) -> Measured:
        """Return the same elements under some of the rules, with the readings that these ask for."""
        rules = tuple(self.rules[each] for each in positions)
        # the judge reads it for every rule, though none may name it
        asked = {survey.ELEMENT_PRESENT}.union(*(rule.quantities() for rule in rules))
        weights = tuple(self.weights[each] for each in positions)
        kept = {name: one for name, one in self.readings.items() if name in asked}
        return replace(self, rules=rules, weights=weights, readings=kept)

    def outcomes(self) -> findings.Outcomes:
        """Judge by the readings: the open outcomes of each finding, shape (rules, elements)."""
        return findings.outcomes(self.rules, self.readings, len(self.element_ids))


def at_site(
    code: str,
    setting: str,
    elements: pd.DataFrame,
    governed: pd.DataFrame,
    criteria: model.Criteria,
    weights: model.Weights,
    unsized: Collection[str] = (),
) -> list[Suggestion]:
    """Rank what to measure next at one site, best first.

    Parameters
    ----------
    code, setting
        Site code, and one of :data:`audits.survey.SETTINGS`.
    elements, governed, criteria, weights, unsized
        As in :func:`at_sites`.
    """
    site = pd.DataFrame({"setting": [setting]}, index=[code])
    ((_, found),) = at_sites(site, elements.loc[elements["site_code"] == code], governed, criteria, weights, unsized)
    return found


def at_sites(
    sites: pd.DataFrame,
    elements: pd.DataFrame,
    governed: pd.DataFrame,
    criteria: model.Criteria,
    weights: model.Weights,
    unsized: Collection[str] = (),
) -> Iterator[tuple[str, list[Suggestion]]]:
    """Yield the code of each site with what to measure next there, best first; what only a price rests on comes last.

    Parameters
    ----------
    sites
        Index ``code``; column ``setting``.
    elements
        Index ``element_id``; columns ``site_code``, ``kind``, ``permitted_on``.
    governed
        From :func:`audits.scoring.readings.governing`.
    criteria, weights
        Criteria and the municipality's weights.
    unsized
        Ids of the elements whose price rests on what nobody measured for a design.
    """
    measured = readings.by_quantity(governed, elements.index)
    groups, judged = [], elements[["site_code", "kind", "permitted_on"]]
    for batch in run.batches(judged, sites, criteria, run.BY_PERMIT_DATE):
        rule_weights = tuple(weights.of(rule.criterion) for rule in batch.rules)
        position = sites.index.get_indexer(pd.Index(batch.elements["site_code"]))
        ids = batch.elements.index.astype(str).tolist()
        for start in range(0, len(ids), _ROWS_AT_A_TIME):
            part = slice(start, start + _ROWS_AT_A_TIME)
            mine = readings.at_rows(measured, batch.rows[part], batch.wanted)
            groups.append(Measured(ids[part], position[part], batch.rules, rule_weights, mine))
    priced = _for_prices(elements.loc[elements.index.isin(unsized)], criteria)
    ranked = zip(sites.index.astype(str), suggestions(groups, len(sites), criteria), strict=True)
    return ((code, [*found, *priced.get(code, ())]) for code, found in ranked)


def _for_prices(elements: pd.DataFrame, criteria: model.Criteria) -> Mapping[str, list[Suggestion]]:
    """List by site what a design of each element rests on; it narrows no score."""
    found: dict[str, list[Suggestion]] = {}
    for element_id, code, kind in zip(elements.index, elements["site_code"], elements["kind"], strict=True):
        for quantity in model.questions(criteria, kind):
            if quantity.for_design:
                one = Suggestion(str(element_id), quantity.quantity_id, 0.0, 0.0, PRICE)
                found.setdefault(str(code), []).append(one)
    return found


def first(found: Sequence[Suggestion], most: int) -> list[Suggestion]:
    """Choose the best so many, and however many those are, what a price rests on: no list cuts it off."""
    return [one for place, one in enumerate(found) if place < most or one.reason == PRICE]


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


def suggestions(groups: Sequence[Measured], sites: int, criteria: model.Criteria) -> list[list[Suggestion]]:
    """Rank the unmeasured quantities of each site by expected gain per minute.

    For each quantity one value is tried in every range that the limits and conditions tell apart; each range is taken
    as equally likely. The trials are judged by the same engine as real measurements. A quantity that narrows nothing by
    itself, such as a number of bays while nothing else is known of them, comes after those that do: first the one on
    which most open weight hangs per minute.

    Parameters
    ----------
    groups
        All elements of the sites.
    sites
        Number of sites.
    criteria
        The criteria, for the minutes each quantity takes.

    Returns
    -------
    list of list of Suggestion
        For each site, best first; quantities on which no open finding hangs are left out.

    Examples
    --------
    >>> from audits.rules import files
    >>> criteria, weights = files.load_criteria(), files.load_weights()
    >>> rules, _ = run.rules_for(criteria, "ramp", None, "building")
    >>> of_each = tuple(weights.of(rule.criterion) for rule in rules)
    >>> ramp = Measured(["KK-001.ramp.1"], np.array([0]), rules, of_each, {})
    >>> suggestions([ramp], 1, criteria)[0][0].quantity
    'clear_width_mm'
    """
    possible = [group.outcomes() for group in groups]
    tallies = [scores.tally(outcomes, group.weights) for outcomes, group in zip(possible, groups, strict=True)]
    total = _of_sites(tallies, groups, sites)
    ranked: list[list[tuple[float, Suggestion]]] = [[] for _ in range(sites)]
    for group, outcomes, mine in zip(groups, possible, tallies, strict=True):
        # The rest of the site stays as it is while one element is tried.
        of_site = scores.Tally(*(column[group.sites] for column in total))
        others = scores.Tally(*(all_ - own for all_, own in zip(of_site, mine, strict=True)))
        now, trials, hanging = _width(of_site), _Trials.at(group, others, criteria), _open_weights(group, outcomes)
        asked = {quantity: np.flatnonzero(~np.isnan(open_weight)) for quantity, open_weight in hanging.items()}
        for quantity, widths in trials.widths_after(asked):
            rows, open_weight, minutes = asked[quantity], hanging[quantity], criteria.quantities[quantity].minutes
            narrowing = now[rows] - widths
            # what is smaller, or negative, is the rounding of the machine
            gains = np.where(narrowing > SMALLEST_GAIN, narrowing, 0.0)
            for row, gain in zip(rows.tolist(), gains.tolist(), strict=True):
                suggestion = Suggestion(group.element_ids[row], quantity, gain, gain / minutes)
                ranked[group.sites[row]].append((float(open_weight[row]) / minutes, suggestion))
    return [_best_first(found) for found in ranked]


def _best_first(found: Iterable[tuple[float, Suggestion]]) -> list[Suggestion]:
    ordered = sorted(found, key=lambda each: (-each[1].gain_per_minute, -each[0], each[1].element_id, each[1].quantity))
    return [suggestion for _, suggestion in ordered]


def _of_sites(tallies: Sequence[scores.Tally], groups: Sequence[Measured], sites: int) -> scores.Tally:
    """Add up the tallies of elements by site."""
    total = np.zeros((len(scores.Tally._fields), sites))
    for tally, group in zip(tallies, groups, strict=True):
        for column, of_elements in zip(total, tally, strict=True):
            column += np.bincount(group.sites, of_elements, minlength=sites)
    return scores.Tally(*total)


def _width(total: scores.Tally) -> scores.Weights:
    low, high = scores.interval(total)
    # where nothing can apply there is no interval, and nothing to narrow
    return np.nan_to_num(high - low)


class _Tried(NamedTuple):
    """Values tried of one quantity, each at every one of some elements; shapes (elements,) and (values,)."""

    quantity: str
    rows: npt.NDArray[np.intp]
    values: scores.Weights

    @property
    def size(self) -> int:
        """Number of trials."""
        return self.rows.size * self.values.size


def _at_once(tried: Iterable[_Tried]) -> Iterator[list[_Tried]]:
    """Yield as many quantities together as make up about :data:`_ROWS_AT_A_TIME` trials."""
    together: list[_Tried] = []
    for one in tried:
        if together and sum(each.size for each in together) + one.size > _ROWS_AT_A_TIME:
            yield together
            together = []
        together.append(one)
    if together:
        yield together


@dataclass(frozen=True)
class _Trials:
    """Trials of unmeasured quantities at elements under the same rules.

    Parameters
    ----------
    group
        The elements.
    possible
        What is open to each finding before any trial, shape (rules, elements).
    others
        Tally of the rest of each element's site.
    criteria
        The criteria.
    """

    group: Measured
    possible: findings.Outcomes
    others: scores.Tally
    criteria: model.Criteria

    @classmethod
    def at(cls, group: Measured, others: scores.Tally, criteria: model.Criteria) -> _Trials:
        """Begin with what the answers so far say of other quantities, too."""
        known = replace(group, readings=readings.implied(group.readings, criteria))
        return cls(known, known.outcomes(), others, criteria)

    def widths_after(self, asked: Mapping[str, npt.NDArray[np.intp]]) -> Iterator[tuple[str, scores.Weights]]:
        """Yield each quantity with the mean width of the site's interval over its trials, shape (rows,)."""
        for together in _at_once(_Tried(name, rows, self._values(name)) for name, rows in asked.items()):
            start, widths = 0, self._widths(together)
            for one in together:
                yield one.quantity, widths[start : start + one.size].reshape(-1, one.values.size).mean(axis=1)
                start += one.size

    def _widths(self, together: Sequence[_Tried]) -> scores.Weights:
        """Width of the site's interval after each trial, shape (trials,), quantity by quantity."""
        repeated = np.concatenate([np.repeat(one.rows, one.values.size) for one in together])
        # Only the rules that an answer touches are judged again: of some thirty mostly two or three for each.
        positions = self.group.asking(readings.changed_by({one.quantity for one in together}, self.criteria))
        asked = self.group.under(positions)
        tried = readings.implied(self._tried(together, asked, repeated), self.criteria)
        after = scores.tally(findings.outcomes(asked.rules, tried, repeated.size), asked.weights)
        before = scores.tally(self.possible[positions], asked.weights)
        whole = scores.tally(self.possible, self.group.weights)
        parts = zip(after, before, whole, self.others, strict=True)
        # the element as it was, with only the rules judged anew exchanged, and the rest of its site beside it
        return _width(scores.Tally(*(new + (own - old + rest)[repeated] for new, old, own, rest in parts)))

    def _tried(
        self, together: Sequence[_Tried], asked: Measured, repeated: npt.NDArray[np.intp]
    ) -> dict[str, findings.Readings]:
        """Readings of each trial: those of its element, with the tried value in the place of one."""
        # at_rows gives copies, so the tried values may be written into them
        tried, start = dict(readings.at_rows(asked.readings, repeated, asked.readings)), 0
        for one in together:
            own = tried.setdefault(one.quantity, findings.Readings(*np.full((3, repeated.size), np.nan)))
            here, values = slice(start, start + one.size), np.tile(one.values, one.rows.size)
            # exact: a trial asks in which range a value falls, not whether an instrument could tell
            own.lowest[here], own.highest[here], own.uncertainty[here] = values, values, 0.0
            start += one.size
        return tried

    def _values(self, quantity: str) -> scores.Weights:
        if self.criteria.quantities[quantity].kind == "yes_no":
            return np.array([0.0, 1.0])
        return trial_values(self.group.rules, quantity)


def _open_weights(group: Measured, outcomes: findings.Outcomes) -> Mapping[str, scores.Weights]:
    """Weight of the open findings that depend on each quantity, shape (elements,); NaN where none does."""
    # Whether it was measured does not matter here, only what is still open.
    possible = outcomes & ~np.uint8(findings.MEASURED)
    is_open = ~np.isin(possible, (findings.CAN_PASS, findings.CAN_FAIL, findings.CAN_NOT_APPLY))
    hanging: dict[str, list[int]] = defaultdict(list)
    for position in np.flatnonzero(is_open.any(axis=1)).tolist():
        # sorted, since the order of a set changes from one process to the next
        for quantity in sorted(group.rules[position].quantities()):
            hanging[quantity].append(position)
    weights, result = np.array(group.weights), {}
    for quantity, positions in hanging.items():
        measured = group.readings.get(quantity)
        open_here = is_open[positions] & (True if measured is None else np.isnan(measured.lowest))
        result[quantity] = np.where(open_here.any(axis=0), weights[positions] @ open_here, np.nan)
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
