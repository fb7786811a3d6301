"""Say what is required: criteria with dated limits, each from a named source, and what to ask about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from audits import survey


@dataclass(frozen=True)
class Name:
    """One wording in Thai and in English."""

    th: str
    en: str


@dataclass(frozen=True)
class Source:
    """A law, a guidance or a foreign standard that states limits.

    Parameters
    ----------
    kind
        ``law``, ``guidance`` or ``comparator``.
    family
        Editions of one family replace one another.
    in_force_on
        First day of force; None for guidance and comparators, which have none.
    binds
        Settings of :data:`audits.survey.SETTINGS` in which it is law.
    compared_with_gazette
        Whether a person has done so, limit by limit.
    """

    source_id: str
    title: Name
    short: Name
    kind: str
    family: str
    published_on: dt.date | None
    in_force_on: dt.date | None
    in_force_note: Name | None
    reference: Name
    binds: tuple[str, ...]
    compared_with_gazette: bool
    note: Name | None


@dataclass(frozen=True)
class Instrument:
    """What measures: `uncertainty` is the half width of the guard band in `unit`, `basis` says where it is from."""

    instrument_id: str
    name: Name
    unit: str
    resolution: float
    uncertainty: float
    basis: Name


@dataclass(frozen=True)
class Quantity:
    """What a technician is asked to measure, count or answer.

    Parameters
    ----------
    quantity_id
        Ends in its unit, such as ``clear_width_mm``; a yes-or-no question has none.
    unit
        ``percent``, ``mm``, ``m``, ``count``, ``yes_no``, ``lux`` or ``degrees``.
    instruments
        Ids of the instruments that may be used; the first is the default.
    possible
        A value outside is refused.
    usual
        A value outside asks to measure again.
    minutes
        Time to measure once.
    readings
        Suggested number of readings.
    elements
        Kinds of element to which it belongs.
    """

    quantity_id: str
    name: Name
    question: Name
    how: Name
    kind: str
    unit: str
    instruments: tuple[str, ...]
    possible: tuple[float, float]
    usual: tuple[float, float]
    minutes: float
    readings: int
    elements: tuple[str, ...]


@dataclass(frozen=True)
class Condition:
    """When a limit applies: `value` is in the quantity's unit; yes is 1 and no is 0.

    `operator` is ``at_least``, ``more_than``, ``at_most``, ``less_than``, ``is_yes`` or ``is_no``.
    """

    quantity: Quantity
    operator: str
    value: float


@dataclass(frozen=True)
class LimitTable:
    """A number required that grows with another number, such as accessible bays with all bays.

    Parameters
    ----------
    quantity
        What the table is read by.
    steps
        Pairs (up to and including, required), ascending.
    per, round_up_over
        Beyond the last step one more for every `per`, a remainder over `round_up_over` counting as a whole;
        `per` None means that the table ends there.
    """

    quantity: Quantity
    steps: tuple[tuple[float, float], ...]
    per: float | None = None
    round_up_over: float = 0.0

    def required(self, total: float) -> float:
        """Return the least number required for `total`; beyond a table that ends, its last number."""
        for up_to, required in self.steps:
            if total <= up_to:
                return required
        last, required = self.steps[-1]
        if self.per is None:
            return required
        whole, remainder = divmod(total - last, self.per)
        return required + whole + (1 if remainder > self.round_up_over else 0)


@dataclass(frozen=True)
class Limit:
    """What one source requires; `lower` and `upper` are in the criterion's quantity unit and both pass.

    Parameters
    ----------
    clause
        Where in the source.
    table
        Gives the lower bound when it depends on another quantity; then `lower` is minus infinity.
    unit, stated_as
        As the source writes it, such as ``ratio`` and ``1:12``.
    grade
        How well the value is verified: ``A``, ``B``, ``B-``, ``C``; ``D`` is shown and never judged.
    conditions
        All must hold, else the criterion is not applicable.
    """

    source: Source
    clause: Name
    lower: float
    upper: float
    table: LimitTable | None
    unit: str
    stated_as: str
    grade: str
    note: Name | None
    conditions: tuple[Condition, ...]

    @property
    def scored(self) -> bool:
        """Whether the value is verified well enough to judge by."""
        return self.grade != "D"


@dataclass(frozen=True)
class Criterion:
    """One requirement on one kind of element, with its limits.

    Parameters
    ----------
    severity
        4 impassable or dangerous, 3 needs help, 2 hard, 1 minor.
    personas
        How much it matters to each persona, 0 to 3.
    basic_facility
        One of the five basic facilities, or empty.
    comparators
        Limits of foreign standards: shown beside, never judged.
    """

    criterion_id: str
    element: str
    name: Name
    quantity: Quantity
    severity: int
    personas: Mapping[str, int]
    basic_facility: str
    advice: Name
    limits: tuple[Limit, ...]
    comparators: tuple[Limit, ...]


@dataclass(frozen=True)
class Criteria:
    """All that is required, asked and measured with; `version` is a short SHA-256 of the contents."""

    criteria: Mapping[str, Criterion]
    quantities: Mapping[str, Quantity]
    instruments: Mapping[str, Instrument]
    sources: Mapping[str, Source]
    version: str

    def of_element(self, kind: str) -> tuple[Criterion, ...]:
        """Return the criteria of one kind of element, in the order of its file."""
        return tuple(criterion for criterion in self.criteria.values() if criterion.element == kind)


@dataclass(frozen=True)
class Grade:
    """A band of the score: from `lowest` up to the next band, on 0 to 100."""

    grade: str
    lowest: float
    name: Name


@dataclass(frozen=True)
class Weights:
    """What the municipality has set: weight by severity, grades, the cap, the personas' names, weights of priority."""

    note: Name
    severity: Mapping[int, float]
    grades: tuple[Grade, ...]
    cap_when_severity_4_fails: str
    personas: Mapping[str, Name]
    priority: Mapping[str, float]


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

    limit: Limit
    edition_assumed: bool
    by_analogy: bool


@dataclass(frozen=True)
class Target:
    """What a repair should reach, in the quantity's unit, so that no edition can be held against it.

    Parameters
    ----------
    lower, upper
        Intersection of the bounds of all scored limits; those of the newest limit when it is empty.
    tables
        Every table must be met.
    conditions
        The widest application: what all limits ask for, at the threshold that lets most elements in.
    satisfies_all
        Whether one value satisfies every edition.
    """

    lower: float
    upper: float
    tables: tuple[LimitTable, ...]
    conditions: tuple[Condition, ...]
    satisfies_all: bool


def limit_on(criterion: Criterion, day: dt.date | None, setting: str = "") -> Applicable | None:
    """Return the scored limit in force on the day of the permit.

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
        None when the criterion has no scored limit.
    """
    scored = [limit for limit in criterion.limits if limit.scored]
    binding = [limit for limit in scored if setting in limit.source.binds]
    candidates = sorted(binding or scored, key=_first_day)
    if not candidates:
        return None
    if day is None:
        dated = candidates[-1].source.in_force_on is not None
        return Applicable(candidates[-1], edition_assumed=dated, by_analogy=False)
    in_force = [limit for limit in candidates if _first_day(limit) <= day]
    if in_force:
        return Applicable(in_force[-1], edition_assumed=False, by_analogy=False)
    return Applicable(candidates[-1], edition_assumed=False, by_analogy=True)


def comparator(criterion: Criterion, source_id: str) -> Limit | None:
    """Return what one foreign standard says, or None when it says nothing."""
    return next((limit for limit in criterion.comparators if limit.source.source_id == source_id), None)


def basis(limit: Limit, setting: str, applicable: Applicable) -> str:
    """Return ``law``, ``analogy`` or ``guidance``: with what force a limit speaks in one setting."""
    if limit.source.kind != "law":
        return "guidance"
    if applicable.by_analogy or setting not in limit.source.binds:
        return "analogy"
    return "law"


def repair_target(criterion: Criterion) -> Target | None:
    """Return the values that satisfy every scored limit at once, or None when there is no scored limit."""
    scored = sorted((limit for limit in criterion.limits if limit.scored), key=_first_day)
    if not scored:
        return None
    lower = max(limit.lower for limit in scored)
    upper = min(limit.upper for limit in scored)
    satisfies_all = lower <= upper
    if not satisfies_all:
        lower, upper = scored[-1].lower, scored[-1].upper
    tables = tuple(limit.table for limit in scored if limit.table is not None)
    return Target(lower, upper, tables, _widest_conditions(scored), satisfies_all)


def questions(criteria: Criteria, element_kind: str) -> tuple[Quantity, ...]:
    """Return what to ask about one kind of element, in asking order.

    Whether the element is present comes first, and every condition comes before what depends on it.
    """
    asked: dict[str, Quantity] = {}
    present = criteria.quantities.get(survey.ELEMENT_PRESENT)
    if present is not None and element_kind in present.elements:
        asked[present.quantity_id] = present
    needs = _needs(criteria.of_element(element_kind))
    visited: set[str] = set()
    for quantity_id in needs:
        for each in _earliest_first(quantity_id, needs, visited):
            asked.setdefault(each, criteria.quantities[each])
    return tuple(asked.values())


def _first_day(limit: Limit) -> dt.date:
    return limit.source.in_force_on or dt.date.min


def _widest_conditions(limits: list[Limit]) -> tuple[Condition, ...]:
    widest = []
    for condition in limits[-1].conditions:
        alike = [_alike(condition, limit.conditions) for limit in limits]
        found = [other for other in alike if other is not None]
        if len(found) == len(limits):
            choose = min if condition.operator in ("at_least", "more_than") else max
            widest.append(choose(found, key=lambda other: other.value))
    return tuple(widest)


def _alike(condition: Condition, others: Iterable[Condition]) -> Condition | None:
    wanted = (condition.quantity.quantity_id, condition.operator)
    return next((other for other in others if (other.quantity.quantity_id, other.operator) == wanted), None)


def _needs(criteria: Iterable[Criterion]) -> dict[str, list[str]]:
    """Return, for each quantity judged, the quantities that say whether and how it is judged."""
    needs: dict[str, list[str]] = {}
    for criterion in criteria:
        before = needs.setdefault(criterion.quantity.quantity_id, [])
        for limit in criterion.limits:
            if limit.scored:
                before += [condition.quantity.quantity_id for condition in limit.conditions]
                before += [limit.table.quantity.quantity_id] if limit.table else []
    return needs


def _earliest_first(quantity_id: str, needs: Mapping[str, list[str]], visited: set[str]) -> Iterator[str]:
    if quantity_id in visited:
        return
    visited.add(quantity_id)
    for earlier in needs.get(quantity_id, ()):
        yield from _earliest_first(earlier, needs, visited)
    yield quantity_id
