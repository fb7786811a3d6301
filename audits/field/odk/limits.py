"""Write limits as XPath over an answer in the unit that the surveyor chose."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from audits import terms, wording
from audits.field import doubts
from audits.field.odk import names
from audits.formats import cells
from audits.rules import model

# Every channel refuses a steeper slope, as cells.slope_pct does.
STEEPEST_PCT = 100.0

_REVERSED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}


@dataclass(frozen=True)
class Scale:
    """One unit in which a quantity may be typed.

    Parameters
    ----------
    unit
        The unit; empty when there is no choice.
    when
        XPath that holds while it is the chosen unit; empty when there is no choice.
    figure
        Turns a value in the quantity's unit into the figure that is typed.
    span
        Writes the range between two figures for a reader.
    falling
        A greater value is a smaller figure, as with 1:12.
    """

    unit: str
    when: str
    figure: Callable[[float], float]
    span: Callable[[float, float, wording.Wording], str]
    falling: bool = False


def scales(quantity: model.Quantity) -> tuple[Scale, ...]:
    """Return the units in which a quantity may be typed, the default first."""
    if quantity.unit == "percent":
        return _SLOPES
    if quantity.unit in cells.MILLIMETRES:
        return tuple(_length(quantity.unit, unit) for unit in names.LENGTH_UNITS)
    return (Scale("", "", lambda value: value, _span_of(terms.UNIT[quantity.unit])),)


def possible(quantity: model.Quantity) -> tuple[float, float]:
    """Return the range outside of which a value is refused, in the quantity's unit."""
    least, most = quantity.possible
    return least, min(most, STEEPEST_PCT) if quantity.unit == "percent" else most


def compared(quantity: model.Quantity, subject: str, *terms: tuple[str, float]) -> str:
    """Return XPath that holds when the figure typed is known to compare so; false while there is none.

    Parameters
    ----------
    quantity
        What was typed.
    subject
        XPath of the answer, such as ``.`` or ``${ramp__clear_width_mm__1}``.
    *terms
        Pairs of ``>=``, ``>``, ``<=`` or ``<`` and a value in the quantity's unit; all must hold.
    """
    cases = []
    for scale in scales(quantity):
        wanted = [_term(scale, subject, operator, value) for operator, value in terms]
        cases.append(" and ".join([scale.when, *wanted] if scale.when else wanted))
    return cases[0] if len(cases) == 1 else " or ".join(f"({case})" for case in cases)


def within(quantity: model.Quantity, subject: str, range_: tuple[float, float]) -> str:
    """Return XPath that holds when the figure typed lies in a range, both ends included."""
    return compared(quantity, subject, (">=", range_[0]), ("<=", range_[1]))


def doubtful(quantity: model.Quantity, subject: str, criteria: model.Criteria) -> str:
    """Return XPath that holds when a figure may be read in two ways by :mod:`audits.field.doubts`; empty for never."""
    cases = []
    for scale in scales(quantity):
        spans, points = doubts.spans(quantity, scale.unit, scale.unit, criteria)
        ways = [f"({subject} > {low:.10g} and {subject} < {high:.10g})" for low, high in spans]
        ways += [f"({subject} >= {point:.10g} and {subject} <= {point:.10g})" for point in points]
        if ways:
            cases.append(f"({scale.when} and ({' or '.join(ways)}))")
    return " or ".join(cases)


def in_words(quantity: model.Quantity, range_: tuple[float, float], words: wording.Wording) -> str:
    """Return a range in every unit in which it may be typed, such as ``0–500 cm, 0–5,000 mm``."""
    spans = [scale.span(scale.figure(range_[0]), scale.figure(range_[1]), words) for scale in scales(quantity)]
    return ", ".join(spans)


def _span_of(unit: str) -> Callable[[float, float, wording.Wording], str]:
    blank = "" if unit in (terms.UNIT["percent"], terms.UNIT["degrees"]) else " "

    def span(least: float, most: float, words: wording.Wording) -> str:
        return f"{words.number(least, 1)}–{words.number(most, 1)}{blank}{words.text(unit)}".rstrip()

    return span


def _length(unit: str, typed: str) -> Scale:
    factor = cells.MILLIMETRES[unit] / cells.MILLIMETRES[typed]
    return Scale(
        typed, f"${{{names.LENGTH_UNIT}}} = '{typed}'", lambda value: value * factor, _span_of(terms.UNIT[typed])
    )


def _degrees(slope_pct: float) -> float:
    return math.degrees(math.atan(slope_pct / 100))


def _one_in(slope_pct: float) -> float:
    return 100 / slope_pct if slope_pct else math.inf


def _span_one_in(least: float, most: float, words: wording.Wording) -> str:
    steepest = f"1:{words.number(most, 1)}"
    if math.isinf(least):
        return words.text("{slope} or gentler", slope=steepest)
    return f"1:{words.number(least, 1)}–{steepest}"


_CHOSEN = f"${{{names.SLOPE_UNIT}}} ="
_SLOPES = (
    Scale(names.PERCENT, f"{_CHOSEN} '{names.PERCENT}'", lambda value: value, _span_of(terms.UNIT["percent"])),
    Scale(names.DEGREES, f"{_CHOSEN} '{names.DEGREES}'", _degrees, _span_of(terms.UNIT["degrees"])),
    Scale(names.ONE_IN, f"{_CHOSEN} '{names.ONE_IN}'", _one_in, _span_one_in, falling=True),
)


def _term(scale: Scale, subject: str, operator: str, value: float) -> str:
    figure = scale.figure(value)
    typed = _REVERSED[operator] if scale.falling else operator
    # 0 % is one in infinity, above whatever n was typed
    if math.isinf(figure):
        return f"{subject} > 0" if typed in ("<=", "<") else "false()"
    return f"{subject} {typed} {figure:.10g}"
