"""Define the criteria: requirements with dated limits, each from a named source, and the quantities they ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from audits import survey, terms
from audits.rules import contradictions, form_units, gazette

Floats = npt.NDArray[np.float64]


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
    note: Name | None


@dataclass(frozen=True)
class Instrument:
    """A measuring instrument: `uncertainty` is the half width of its guard band in `unit`, `tilt` a level's in %."""

    instrument_id: str
    name: Name
    unit: str
    resolution: float
    uncertainty: float
    basis: Name
    tilt: float = 0.0


@dataclass(frozen=True)
class Quantity:
    """A quantity that a technician measures, counts or answers.

    Parameters
    ----------
    quantity_id
        Ends in its unit, such as ``clear_width_mm``; a yes-or-no question has none.
    unit
        ``percent``, ``mm``, ``m``, ``count``, ``yes_no``, ``lux`` or ``degrees``.
    instruments
        Ids of the instruments that may be used; the first is the default.
    possible, usual
        A value outside the first is refused; one outside the second asks to measure again.
    minutes, readings, elements, no_without, for_design
        Time to measure once, suggested number of readings, kinds of element to which it belongs, id of the question
        whose answer no answers this one, too (without a handrail there are none on both sides), and whether it is asked
        for the sake of a new design alone.
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
    no_without: str = ""
    for_design: bool = False

    @property
    def is_presence(self) -> bool:
        """Whether it asks if something is there; all other yes-or-no questions are put with ใช่หรือไม่."""
        return self.kind == "yes_no" and "ใช่หรือไม่" not in self.question.th

    @property
    def yes_and_no(self) -> tuple[str, str]:
        """Phrases of the two answers to a yes-or-no question."""
        return terms.IS_THERE if self.is_presence else terms.IS_SO


@dataclass(frozen=True)
class Condition:
    """When a limit applies: `operator` is a key of :meth:`met`, `value` in the quantity's unit, yes 1 and no 0."""

    quantity: Quantity
    operator: str
    value: float

    def met(self, lowest: npt.ArrayLike, highest: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Mark where the most demanding of several readings meets the condition, shape of the readings.

        Parameters
        ----------
        lowest, highest
            Extremes of the readings, in the quantity's unit; a NaN meets nothing.

        Raises
        ------
        KeyError
            When the operator is not one of the six.
        """
        lowest, highest = np.asarray(lowest, np.float64), np.asarray(highest, np.float64)
        compare: dict[str, Callable[[], npt.NDArray[np.bool_]]] = {
            "at_least": lambda: highest >= self.value,
            "more_than": lambda: highest > self.value,
            "at_most": lambda: lowest <= self.value,
            "less_than": lambda: lowest < self.value,
            "is_yes": lambda: highest > 0,
            "is_no": lambda: lowest == 0,
        }
        return compare[self.operator]()


@dataclass(frozen=True)
class LimitTable:
    """A number required that grows with another number, such as accessible bays with all bays.

    Parameters
    ----------
    quantity
        Quantity by which the table is read.
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

    def required(self, count: npt.ArrayLike) -> Floats:
        """Least number required for each count, of the same shape; NaN for NaN.

        Beyond a table that ends, its last number is required.
        """
        # NaN sorts behind the last step; it is put back at the end.
        counts = np.asarray(count, np.float64)
        tops, required = np.array(self.steps).T
        result = np.append(required, required[-1])[np.searchsorted(tops, counts, side="left")]
        if self.per is not None:
            beyond = np.maximum(counts - tops[-1], 0)
            result = result + np.floor(beyond / self.per) + (np.mod(beyond, self.per) > self.round_up_over)
        return np.where(np.isnan(counts), np.nan, result)


@dataclass(frozen=True)
class Reading:
    """What one source says of a disputed limit, as it writes it."""

    stated_as: str
    by: Name


@dataclass(frozen=True)
class Limit:
    """The bounds that one source requires, in the unit of the criterion's quantity; a value at a bound passes.

    Parameters
    ----------
    limit_id
        Criterion and source, as ``ramp.clear_width@moi_2548``.
    clause
        Where in the source.
    table
        Gives the lower bound when it depends on another quantity; then `lower` is minus infinity.
    unit, stated_as
        As the source writes it, such as ``ratio`` and ``1:12``.
    grade
        How well the value is verified: ``A``, ``B``, ``B-``, ``C``; ``D`` is shown and never judged.
    state
        Of a limit of law, one of :mod:`audits.rules.gazette`; empty for guidance and foreign standards.
    conditions
        All must hold, else the criterion is not applicable.
    content
        Digest of what the source is held to say; state, grade and notes are not part of it.
    compared
        The comparison with the gazette that counts; None while there is none.
    """

    limit_id: str
    source: Source
    clause: Name
    lower: float
    upper: float
    table: LimitTable | None
    unit: str
    stated_as: str
    grade: str
    state: str
    readings: tuple[Reading, ...]
    note: Name | None
    conditions: tuple[Condition, ...]
    content: str
    compared: gazette.Comparison | None = None

    @property
    def sourced(self) -> bool:
        """Whether any source is known to state it."""
        return self.state == gazette.CHECKED or self.grade != "D"

    @property
    def scored(self) -> bool:
        """Whether the value is verified well enough to judge by."""
        return self.sourced and self.state != gazette.DISPUTED

    @property
    def asks_for(self) -> tuple[Quantity, ...]:
        """Quantities that decide whether and how it is judged: those of its conditions and of its table."""
        table = () if self.table is None else (self.table.quantity,)
        return (*(condition.quantity for condition in self.conditions), *table)


@dataclass(frozen=True)
class RepairTarget:
    """A value to build to, chosen so that it passes when measured with any instrument allowed.

    `value` is in the quantity's unit, `stated_as` the ratio of a slope, `under` the sources whose limits it passes.
    """

    value: float
    stated_as: str
    under: tuple[str, ...]


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
    advice, targets
        What to do when it fails, with the values to build to: none for what is not measured, more than one where no
        value is sure to pass every edition.
    governs
        Where another criterion states a limit for the same thing: which of the two holds where.
    comparators
        Limits of foreign standards: shown beside, never judged. A criterion may have these alone.
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
    targets: tuple[RepairTarget, ...] = ()
    governs: Name | None = None

    @property
    def disputed(self) -> bool:
        """Whether the limit of any edition is disputed, so that no value can be promised to satisfy all."""
        return any(limit.state == gazette.DISPUTED and limit.sourced for limit in self.limits)

    def limit_of(self, source_id: str) -> Limit:
        """Limit, or comparator, that one source states.

        Raises
        ------
        KeyError
            When it states none.
        """
        for limit in (*self.limits, *self.comparators):
            if limit.source.source_id == source_id:
                return limit
        raise KeyError(f"{source_id} states no limit of {self.criterion_id}")

    @property
    def judges(self) -> bool:
        """Whether any limit is scored; else its limits are only shown beside what was measured."""
        return any(limit.scored for limit in self.limits)

    @property
    def asking(self) -> tuple[Limit, ...]:
        """Limits that decide what is asked: those that some source states or, without any, all that are shown."""
        return tuple(limit for limit in self.limits if limit.sourced) or (*self.limits, *self.comparators)


@dataclass(frozen=True)
class Criteria:
    """All criteria with quantities, instruments, sources; `version` is a short SHA-256 of all but the form units."""

    criteria: Mapping[str, Criterion]
    quantities: Mapping[str, Quantity]
    instruments: Mapping[str, Instrument]
    sources: Mapping[str, Source]
    units: form_units.FormUnits
    version: str
    contradictions: tuple[contradictions.Contradiction, ...] = ()
    themes: Mapping[str, tuple[Name, tuple[str, ...]]] = field(default_factory=dict)

    def of_element(self, kind: str) -> tuple[Criterion, ...]:
        """Criteria of one kind of element, in the order of its file."""
        return tuple(criterion for criterion in self.criteria.values() if criterion.element == kind)


@dataclass(frozen=True)
class Grade:
    """A band of the score: from `lowest` up to the next band, on 0 to 100."""

    grade: str
    lowest: float
    name: Name


@dataclass(frozen=True)
class Weights:
    """Settings of the municipality; a cap is the best grade left where law, or a criterion of severity 4, fails."""

    note: Name
    severity: Mapping[int, float]
    grades: tuple[Grade, ...]
    cap_when_law_fails: str
    cap_when_severity_4_fails: str
    personas: Mapping[str, Name]
    priority: Mapping[str, float]

    def of(self, criterion: Criterion, persona: str = "") -> float:
        """Weight of a criterion, officially or for one persona."""
        relevance = criterion.personas.get(persona, 0) if persona else 1
        return self.severity[criterion.severity] * relevance


def questions(criteria: Criteria, element_kind: str) -> tuple[Quantity, ...]:
    """List the quantities to ask for of one kind of element, in asking order.

    Whether the element is present comes first, then what a design rests on; conditions before what depends on them.

    Examples
    --------
    >>> from audits.rules import files
    >>> [quantity.quantity_id for quantity in questions(files.load_criteria(), "ramp")][:3]
    ['element_present', 'rise_mm', 'running_slope_pct']
    """
    of_kind = [one for one in criteria.quantities.values() if element_kind in one.elements]
    needs: dict[str, list[str]] = {one.quantity_id: [] for one in of_kind if one.quantity_id == survey.ELEMENT_PRESENT}
    needs |= {one.quantity_id: [] for one in of_kind if one.for_design}
    for criterion in criteria.of_element(element_kind):
        needed = needs.setdefault(criterion.quantity.quantity_id, [])
        needed += filter(None, [criterion.quantity.no_without])
        needed += [each.quantity_id for limit in criterion.asking for each in limit.asks_for]
    # Depth first, so that a chain of conditions is asked from its root.
    visited: set[str] = set()
    asked = [each for quantity_id in needs for each in _earliest_first(quantity_id, needs, visited)]
    asked.sort(key=lambda quantity_id: quantity_id != survey.ELEMENT_PRESENT)
    return tuple(criteria.quantities[each] for each in asked)


def _earliest_first(quantity_id: str, needs: Mapping[str, list[str]], visited: set[str]) -> Iterator[str]:
    if quantity_id in visited:
        return
    visited.add(quantity_id)
    for earlier in needs.get(quantity_id, ()):
        yield from _earliest_first(earlier, needs, visited)
    yield quantity_id
