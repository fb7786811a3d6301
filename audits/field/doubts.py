"""Find the other unit or notation in which a figure would be usual, so that it is asked about before it is kept."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from audits import survey, terms, wording
from audits.formats import cells
from audits.rules import model

# Behind a figure: somebody was asked and chose it. The second is for keyboards.
CONFIRMED = survey.CONFIRMED
SURE = "!"
"""Behind a figure, as somebody writes it who was asked and is sure; kept as :data:`CONFIRMED`."""
_MARKS = (CONFIRMED, SURE)

ONE_IN = "one_in"
_METRIC = ("mm", "cm", "m")
# 8.3, 8.33 and 8.333 are all meant for 1:12.
_ROUNDING = 0.01
_STEEPEST_PCT = 100.0
_LOST_POINTS = (0.1, 0.01)
# No level shows less; 0.02 is rather the share that a spreadsheet keeps of 2 %.
_FINEST_PCT = 0.1

_WRITTEN = {"percent": "{figure}%", "degrees": "{figure}°", ONE_IN: "1:{figure}"}


@dataclass(frozen=True)
class Reading:
    """One way to understand a figure.

    Parameters
    ----------
    figure, unit
        As written, and the unit it is taken in: a length unit, ``percent``, ``degrees`` or :data:`ONE_IN`.
    value
        In the quantity's unit.
    """

    figure: str
    unit: str
    value: float

    @property
    def text(self) -> str:
        """The figure with its unit, as a form takes it: ``900 mm``, ``1:12``."""
        return _WRITTEN.get(self.unit, "{figure} {unit}").format(figure=self.figure, unit=self.unit)


class _Figure(NamedTuple):
    """A figure with the unit in which it is read; `stated` where the text itself names that unit."""

    written: str
    number: float
    unit: str
    stated: bool


class _Stated(NamedTuple):
    """What laws and standards state of a quantity, and the span of whole numbers that may be the n of 1:n."""

    bounds: tuple[float, ...]
    whole_ratios: tuple[float, float]


CHOOSE = wording.phrase("“{written}” may be read in more than one way: {readings}? Choose one.")
"""What a form asks that offers a button for each way to read a figure."""


def unmarked(text: str) -> tuple[str, bool]:
    """Return a text without its mark of confirmation, and whether it had one."""
    plain = text.rstrip("".join(_MARKS) + " ")
    # blanks at the end are no mark
    return plain, plain != text.rstrip()


def confirmed(text: str) -> str:
    """Return a text marked as confirmed, in the form that :func:`unmarked` reads."""
    # without a mark that is there already: to mark twice is to mark once
    return f"{unmarked(text)[0]} {CONFIRMED}"


def readings(
    text: str, quantity: model.Quantity, length_unit: str, slope_unit: str, criteria: model.Criteria
) -> tuple[Reading, ...]:
    """Return the ways to read a figure, its own first; empty where nothing has to be asked.

    A length or slope is asked about when it is unusual as written and usual in another unit or notation (where the text
    names its unit, in one of the same system); a length also when the other metric reading lies nearer to what laws and
    standards state; a slope without a sign also when it is a round ratio in another notation, as 12 and 8.33 for 1:12.

    Parameters
    ----------
    text
        As typed.
    quantity
        What was measured.
    length_unit, slope_unit
        Units of bare figures; empty where every figure carries its own.
    criteria
        Usual ranges and stated bounds.
    """
    # None stands for nothing to ask: a starred target needs one item at least
    own, *others = _readings(text, quantity, length_unit, slope_unit, _stated(quantity, criteria)) or (None,)
    if own is None:
        return ()
    figure = _figure(text, length_unit, cells.single_length) if quantity.unit in cells.MILLIMETRES else None
    return (own, *(() if _usual(own.value, quantity) else _tenfold(figure, quantity)), *others)


def instead(
    text: str, quantity: model.Quantity, length_unit: str, slope_unit: str, criteria: model.Criteria
) -> tuple[Reading, ...]:
    """Return the other ways to read a figure that cannot be as written: the usual ones, else the possible ones.

    Parameters as in :func:`readings`.
    """
    usual = readings(text, quantity, length_unit, slope_unit, criteria)[1:]
    figure = _figure(text, length_unit, cells.single_length) if quantity.unit in cells.MILLIMETRES else None
    if usual or figure is None or not figure.number > 0:
        return usual
    least, most = quantity.possible
    others = (_as(figure, unit, quantity) for unit in cells.MILLIMETRES if unit != figure.unit)
    possible = tuple(other for other in others if least <= other.value <= most and not figure.stated)
    return (*_tenfold(figure, quantity), *possible)


def _tenfold(figure: _Figure | None, quantity: model.Quantity) -> Iterator[Reading]:
    """Yield a length of one digit with the zero that was forgotten, where that is usual: 9 cm for 90 cm."""
    if figure and len(figure.written) == 1 and figure.written.isascii() and figure.written.isdigit():
        longer = reading(f"{figure.written}0", figure.unit, quantity)
        if _usual(longer.value, quantity):
            yield longer


def _stated(quantity: model.Quantity, criteria: model.Criteria) -> _Stated:
    return _Stated(criteria.units.stated.get(quantity.quantity_id, ()), criteria.units.whole_ratios)


def _readings(
    text: str, quantity: model.Quantity, length_unit: str, slope_unit: str, stated: _Stated
) -> tuple[Reading, ...]:
    if quantity.unit == "percent":
        figure, others = _figure(text, slope_unit, cells.signed_slope), _other_slopes
    elif quantity.unit in cells.MILLIMETRES:
        figure, others = _figure(text, length_unit, cells.single_length), _other_lengths
    else:
        return ()
    if figure is None or not figure.number > 0:
        return ()
    own = _as(figure, figure.unit, quantity)
    found = tuple(others(figure, own, quantity, stated))
    return (own, *found) if found else ()


def _figure(text: str, unit: str, with_unit: Callable[[str], tuple[str, float, str] | None]) -> _Figure | None:
    """Return the one figure of a text; None without one, or without a unit."""
    bare = cells.number(text)
    if isinstance(bare, float):
        return _Figure(cells.clean(text), bare, unit, stated=False) if unit else None
    found = with_unit(text)
    return _Figure(*found, stated=True) if found else None


def _as(figure: _Figure, unit: str, quantity: model.Quantity) -> Reading:
    if quantity.unit == "percent":
        return Reading(figure.written, unit, slope_pct(figure.number, unit))
    value = figure.number * cells.MILLIMETRES[unit] / cells.MILLIMETRES[quantity.unit]
    return Reading(figure.written, unit, value)


def reading(figure: str, unit: str, quantity: model.Quantity) -> Reading:
    """Return a plain figure, such as ``900``, read in a unit."""
    return _as(_Figure(figure, float(figure), unit, stated=True), unit, quantity)


def slope_pct(figure: float, notation: str) -> float:
    """Return a slope in percent from its figure: ``percent``, ``degrees`` below 90, or ``one_in`` above 0."""
    if notation == "degrees":
        return 100 * math.tan(math.radians(figure)) if figure < 90 else math.inf
    return 100 / figure if notation == ONE_IN else figure


def _other_lengths(figure: _Figure, own: Reading, quantity: model.Quantity, stated: _Stated) -> Iterator[Reading]:
    bounds = stated.bounds
    for unit in cells.MILLIMETRES:
        other = _as(figure, unit, quantity)
        metric, same_system = unit in _METRIC, (unit in _METRIC) == (figure.unit in _METRIC)
        if unit == figure.unit or not _usual(other.value, quantity) or (figure.stated and not same_system):
            continue
        metric = metric and same_system
        if not _usual(own.value, quantity) or (metric and _far(other.value, bounds) < _far(own.value, bounds)):
            yield other


def _other_slopes(figure: _Figure, own: Reading, quantity: model.Quantity, stated: _Stated) -> Iterator[Reading]:
    unusual = not _usual(own.value, quantity)
    for notation in _WRITTEN:
        other = _as(figure, notation, quantity)
        if notation == figure.unit or not _usual(other.value, quantity) or _same(other.value, own.value):
            continue
        if unusual or (_is_unchosen(figure) and _is_round(figure, notation, other, own, stated)):
            yield other
    # 0.5 may be a level path; only what no level shows is asked about although it is usual
    is_share = figure.unit == "percent" and figure.number < (1 if unusual else _FINEST_PCT)
    if not unusual and not is_share:
        return
    # A share for a percentage, or a decimal point that was lost.
    shifts = (100.0,) if is_share else _LOST_POINTS
    for shifted in (figure.number * shift for shift in shifts):
        value = slope_pct(shifted, figure.unit)
        if _usual(value, quantity):
            yield Reading(f"{shifted:.6g}", figure.unit, value)


def _is_unchosen(figure: _Figure) -> bool:
    """Whether nobody chose the notation of a slope: it carries no sign, and is in the notation a form begins with."""
    return not figure.stated and figure.unit == "percent"


def _is_round(figure: _Figure, notation: str, other: Reading, own: Reading, stated: _Stated) -> bool:
    if notation == ONE_IN:
        least, most = stated.whole_ratios
        # 8.0 was read off a digital level; 8 may be the n of 1:8
        return figure.written.isdigit() and least <= figure.number <= most
    return _near(other.value, stated.bounds) and not _near(own.value, stated.bounds)


def _usual(value: float, quantity: model.Quantity) -> bool:
    return quantity.usual[0] <= value <= quantity.usual[1] and value <= (
        _STEEPEST_PCT if quantity.unit == "percent" else math.inf
    )


def _far(value: float, bounds: Sequence[float]) -> float:
    """Distance to the nearest bound, as the logarithm of their quotient; 0 without bounds."""
    return min((abs(math.log(value / bound)) for bound in bounds), default=0.0)


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= _ROUNDING * max(one, other)


def _near(value: float, bounds: Sequence[float]) -> bool:
    return any(_same(value, bound) for bound in bounds)


def notations(slope: float, words: wording.Wording) -> dict[str, str]:
    """Write a slope given in percent in every notation, by notation.

    Examples
    --------
    >>> " = ".join(notations(12, wording.Wording("en")).values())
    '12 % = 1 : 8.3 = 6.8°'
    """
    degrees = words.number(math.degrees(math.atan(slope / 100)), 1)
    one_in = {ONE_IN: f"1 : {words.number(100 / slope, 1)}"} if slope else {}
    return {"percent": f"{words.number(slope, 2)} %", **one_in, "degrees": f"{degrees}°"}


def spelled(reading: Reading, quantity: model.Quantity, words: wording.Wording, length_unit: str) -> str:
    """Spell a reading out: ``900 cm = 9 m``, ``1 : 12 = 8.33 % = 4.8°``.

    Parameters
    ----------
    length_unit
        Unit of the form, in which a length given in another unit is repeated.
    """
    if quantity.unit == "percent":
        every = notations(reading.value, words)
        return " = ".join([every.pop(reading.unit), *every.values()])
    millimetres = reading.value * cells.MILLIMETRES[quantity.unit]
    again = length_unit if length_unit and length_unit != reading.unit else ("m" if reading.unit != "m" else "cm")
    shown = terms.amount(millimetres / cells.MILLIMETRES[again], again, words, 2)
    return f"{reading.figure} {words.text(terms.UNIT[reading.unit])} = {shown}"


def question(found: Sequence[Reading], quantity: model.Quantity, length_unit: str) -> wording.Translated:
    """Ask which reading was meant: ``900 cm = 9 m, or 900 mm = 90 cm``."""
    return wording.Translated(lambda words: either(found, quantity, words, length_unit))


def either(found: Sequence[Reading], quantity: model.Quantity, words: wording.Wording, length_unit: str) -> str:
    """Spell every reading out in one phrase."""
    every = (spelled(one, quantity, words, length_unit) for one in found)
    return functools.reduce(lambda first, second: words.text("{first}, or {second}", first=first, second=second), every)


def spans(
    quantity: model.Quantity, length_unit: str, slope_unit: str, criteria: model.Criteria
) -> tuple[list[tuple[float, float]], list[float]]:
    """Return where the bare figures lie that have to be asked about: open spans, and single figures.

    For forms that can compare and cannot read. It asks :func:`readings` at every figure at which its answer may change,
    and between them.
    """
    if quantity.unit != "percent" and quantity.unit not in cells.MILLIMETRES:
        return [], []
    return _spans(quantity, length_unit, slope_unit, _stated(quantity, criteria))


@functools.lru_cache(maxsize=2048)
def _spans(
    quantity: model.Quantity, length_unit: str, slope_unit: str, stated: _Stated
) -> tuple[list[tuple[float, float]], list[float]]:
    def is_doubtful(figure: float) -> bool:
        return bool(_readings(f"{figure:.9g}", quantity, length_unit, slope_unit, stated))

    edges = sorted(_edges(quantity, stated))
    between: list[tuple[float, float]] = []
    points = [edge for edge in edges if is_doubtful(edge)]
    for low, high in itertools.pairwise(edges):
        # never a whole number, which is asked about as such
        if is_doubtful(low + 0.4987 * (high - low)):
            joined = between and between[-1][1] == low and low in points
            between[-1:] = [(between[-1][0], high)] if joined else [*between[-1:], (low, high)]
    # of the edges themselves only short ones are ever written
    short = [point for point in points if round(point, 3) == point]
    return between, [point for point in short if not any(low < point < high for low, high in between)]


def _edges(quantity: model.Quantity, stated: _Stated) -> set[float]:
    """Return the figures, in any unit, at which the answer of :func:`readings` may change."""
    bounds = stated.bounds
    if quantity.unit == "percent":
        least, most = map(int, stated.whole_ratios)
        near = [bound * (1 + way * _ROUNDING) for bound in bounds for way in (-1, 1)]
        values = [*near, _FINEST_PCT, *quantity.usual, *(value / 100 for value in quantity.usual)]
        return {0.0, *map(float, range(least, most + 1))} | {
            figure
            for value in values
            if value > 0
            for figure in (value, 100 / value, math.degrees(math.atan(value / 100)))
            for figure in (figure, *(figure / shift for shift in _LOST_POINTS))
        }
    sizes = [size / cells.MILLIMETRES[quantity.unit] for size in cells.MILLIMETRES.values()]
    metric = [cells.MILLIMETRES[unit] / cells.MILLIMETRES[quantity.unit] for unit in _METRIC]
    # where two readings are equally far, as quotients, from what is stated, the nearer one changes
    even = [
        math.sqrt(one * other / (first * second))
        for one in bounds
        for other in bounds
        for first in metric
        for second in metric
    ]
    return {edge / size for edge in (*quantity.usual, *quantity.possible) for size in sizes if edge > 0} | {*even, 0.0}


def example(
    quantity: model.Quantity, length_unit: str, slope_unit: str, criteria: model.Criteria
) -> tuple[Reading, ...]:
    """Return the ways to read a figure that is likely to be mistaken: what the law states, in millimetres or as 1:n."""
    bounds = _stated(quantity, criteria).bounds or quantity.usual
    slope = quantity.unit == "percent"
    for figure in (100 / bound if slope else bound for bound in bounds if bound > 0):
        ways = readings(f"{round(figure)}", quantity, length_unit, slope_unit, criteria)
        if ways:
            return ways
    return ()
