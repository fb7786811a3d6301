"""Choose the limit in force for an element, and the values that satisfy every edition of the law."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from audits.rules import model


@dataclass(frozen=True)
class Applicable:
    """The limit to judge by, and how it came to apply.

    Parameters
    ----------
    edition_assumed
        The day of the permit is not known, so the newest edition was taken.
    by_analogy
        The element is older than every edition, so the newest was taken as a yardstick only.
    """

    limit: model.Limit
    edition_assumed: bool
    by_analogy: bool

    def basis(self, setting: str) -> str:
        """Force with which the limit speaks in one setting: ``law``, ``analogy`` or ``guidance``."""
        if self.limit.source.kind != "law":
            return "guidance"
        return "analogy" if self.by_analogy or setting not in self.limit.source.binds else "law"


@dataclass(frozen=True)
class Target:
    """Values a repair should reach, in the quantity's unit, so that no edition can be held against it.

    Parameters
    ----------
    lower, upper
        Intersection of the bounds of all scored limits; those of the newest limit when it is empty.
    tables
        Every table must be met.
    conditions
        The widest application: what all limits ask for, at the threshold that lets most elements in.
    satisfies_all
        Whether one value satisfies every edition that is scored.
    """

    lower: float
    upper: float
    tables: tuple[model.LimitTable, ...]
    conditions: tuple[model.Condition, ...]
    satisfies_all: bool


def limit_on(criterion: model.Criterion, day: dt.date | None, setting: str = "") -> Applicable | None:
    """Choose the scored limit in force on the day of the permit.

    Parameters
    ----------
    criterion
        Its comparators are never considered.
    day
        Day of permit or construction; None when not known.
    setting
        One of :data:`audits.survey.SETTINGS`: the sources that bind it come first. Empty considers all.

    Returns
    -------
    Applicable | None
        None when the criterion has no scored limit, or the limit in force is disputed: an older edition does not
        answer for it.

    Examples
    --------
    >>> from audits.rules import files
    >>> slope = files.load_criteria().criteria["ramp.running_slope"]
    >>> limit_on(slope, dt.date(2010, 1, 1)).limit.stated_as
    '1:12'
    >>> limit_on(slope, None).edition_assumed
    True
    """
    # What nobody has seen in any source cannot put an older edition out of force.
    seen = [limit for limit in _oldest_first(criterion) if limit.sourced]
    # Where a source binds, those that do not are guidance at most: they must not override it by being newer.
    candidates = [limit for limit in seen if setting in limit.source.binds] or seen
    in_force = [limit for limit in candidates if day is None or _first_day(limit) <= day]
    chosen = next(reversed(in_force or candidates), None)
    if chosen is None or not chosen.scored:
        return None
    # Guidance has no editions, so nothing is assumed by taking it.
    dated = chosen.source.in_force_on is not None
    return Applicable(chosen, edition_assumed=day is None and dated, by_analogy=not in_force)


def comparator(criterion: model.Criterion, source_id: str) -> model.Limit | None:
    """Look up the limit of one foreign standard; None when it states none.

    Examples
    --------
    >>> from audits.rules import files
    >>> slope = files.load_criteria().criteria["ramp.running_slope"]
    >>> comparator(slope, "ada_2010").stated_as
    '1:12'
    """
    return next((limit for limit in criterion.comparators if limit.source.source_id == source_id), None)


def repair_target(criterion: model.Criterion) -> Target | None:
    """Intersect all scored limits of a criterion, or those disputed where none is scored; None when it has none.

    Examples
    --------
    >>> from audits.rules import files
    >>> target = repair_target(files.load_criteria().criteria["ramp.running_slope"])
    >>> round(target.upper, 2), target.satisfies_all
    (8.33, True)
    """
    sourced = [limit for limit in _oldest_first(criterion) if limit.sourced]
    # A drawing needs some value, also while every edition waits for its file to be changed.
    scored = [limit for limit in sourced if limit.scored] or sourced
    if not scored:
        return None
    # Meeting the strictest bound of every edition meets them all, whatever the permit date turns out to be.
    lower, upper = max(limit.lower for limit in scored), min(limit.upper for limit in scored)
    satisfies_all = lower <= upper
    if not satisfies_all:
        lower, upper = scored[-1].lower, scored[-1].upper
    tables = tuple(limit.table for limit in scored if limit.table is not None)
    return Target(lower, upper, tables, _widest_conditions(scored), satisfies_all)


def _oldest_first(criterion: model.Criterion) -> list[model.Limit]:
    return sorted(criterion.limits, key=_first_day)


def _first_day(limit: model.Limit) -> dt.date:
    # guidance has no first day, and stands before every edition
    return limit.source.in_force_on or dt.date.min


def _widest_conditions(limits: list[model.Limit]) -> tuple[model.Condition, ...]:
    widest = []
    for condition in limits[-1].conditions:
        # A condition of the newest edition alone would let an older one be violated.
        alike = [other for limit in limits if (other := _alike(condition, limit)) is not None]
        if len(alike) == len(limits):
            choose = min if condition.operator in ("at_least", "more_than") else max
            widest.append(choose(alike, key=lambda other: other.value))
    return tuple(widest)


def _alike(condition: model.Condition, limit: model.Limit) -> model.Condition | None:
    key = (condition.quantity, condition.operator)
    return next((other for other in limit.conditions if (other.quantity, other.operator) == key), None)
