"""Derive the space of a design from the readings of a survey."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from audits import wording
from audits.rules import model

MEASURED, ESTIMATED, AT_LEAST = "measured", "estimated", "at_least"
WALLS = ("obstacle_left", "obstacle_right")

_SENTENCES = {
    MEASURED: wording.phrase("measured on {day}: {what}: {answer}"),
    ESTIMATED: wording.phrase(
        "estimated from {what} of {day}: {low}–{high} mm, the greater is taken; level it before building"
    ),
    AT_LEAST: wording.phrase("at least so much is free, from {what} of {day}; measure what is really free"),
}
_ESTIMATED_ALIKE = wording.phrase("estimated from {what} of {day}: {low} mm; level it before building")
# The survey asks whether a side is open: its "no" is the wall.
_WALLED = wording.phrase("measured on {day}: walls on both sides")
_LEVELLED = wording.phrase("levelled on {day}: {rise} mm")
_LEVELLED_APART = wording.phrase(
    "levelled on {day}: {rise} mm, which is taken; length and slope of the ramp that stands there make {calculated} mm"
)
_ANSWERS = {1: wording.phrase("yes"), 0: wording.phrase("no")}
NOT_MEASURED = wording.phrase("in no survey: enter what you measured")
TO_LEVEL = wording.phrase(
    "the rise of {rise} mm is calculated from length and slope: level it before anything is bought or built"
)


@dataclass(frozen=True)
class Taken:
    """One field of a space as a survey gives it.

    Parameters
    ----------
    name
        A field of :class:`audits.ramps.geometry.Space` or :class:`audits.ramps.geometry.KerbSpace`.
    value
        Whole millimetres, or 1 for yes and 0 for no.
    lowest, highest
        Bounds by the readings; the same unit.
    basis
        :data:`MEASURED`; :data:`ESTIMATED` by formula; or :data:`AT_LEAST`, a bound from the ramp that is there now.
    quantities
        Ids of the quantities measured.
    observed_on
        The day; of several quantities the earliest.
    calculated
        What other readings make of a measured value, the same unit; 0 where they do not say.
    apart
        Whether the uncertainties of the instruments do not explain how far that is from what was measured.
    """

    name: str
    value: int
    lowest: int
    highest: int
    basis: str
    quantities: tuple[str, ...]
    observed_on: dt.date
    calculated: int = 0
    apart: bool = False


@dataclass(frozen=True)
class _Reading:
    low: float
    high: float
    day: dt.date
    uncertainty: float = 0.0

    @property
    def surely(self) -> tuple[float, float]:
        """Bounds that hold whatever the instrument's uncertainty."""
        return max(self.low - self.uncertainty, 0.0), self.high + self.uncertainty


def taken(governed: pd.DataFrame, element_id: str, kind: str) -> Mapping[str, Taken]:
    """Return the fields of the space that the readings of a ramp or kerb ramp give; the others are entered by hand.

    Parameters
    ----------
    governed
        From :func:`audits.scoring.readings.governing`.

    Returns
    -------
    mapping of str to Taken
        With L the runs together along their slope, s their slope as a share, b the shorter level space at the ends,
        l the shortest landing and n the number of runs:

        - rise: as levelled; else L s / √(1 + s²), estimated
        - length: at least L / √(1 + s²) + 2 b + (n − 1) l, as for runs in line
        - width: at least the clear width of the ramp that is there
        - walls: on both sides where no side is open; where one is open, the survey does not say which
    """
    rows = governed.loc[governed["element_id"] == element_id]
    columns = (rows[name].tolist() for name in ("quantity", "lowest", "highest", "observed_on", "uncertainty"))
    known = {
        str(name): _Reading(float(low), float(high), day.date(), float(uncertainty))
        for name, low, high, day, uncertainty in zip(*columns, strict=True)
    }
    found = _of_ramp(known) if kind == "ramp" else _of_kerb_ramp(known)
    return {each.name: each for each in found}


def standing_mm(governed: pd.DataFrame, element_id: str) -> tuple[float, float, float] | None:
    """Return length along the slope, clear width and rise of the ramp that stands there, mm.

    None where length or width is not measured; the rise is 0 where the slope is not.

    Parameters
    ----------
    governed
        From :func:`audits.scoring.readings.governing`.
    """
    # the highest reading: breaking up is paid for all that stands there
    rows = governed.loc[governed["element_id"] == element_id].set_index("quantity")["highest"]
    names = ["ramp_length_total_mm", "clear_width_mm"]
    if not set(names) <= set(rows.index):
        return None
    along_mm, width_mm = (float(rows[name]) for name in names)
    slope = float(rows.get("running_slope_pct", 0.0))
    return along_mm, width_mm, float(_rise_mm(along_mm, slope))


def source(one: Taken, criteria: model.Criteria, words: wording.Wording) -> str:
    """Return in the reader's language where a value comes from."""
    what = ", ".join(words.name(criteria.quantities[name].name) for name in one.quantities)
    low, high = words.number(one.lowest), words.number(one.highest)
    day = words.day(one.observed_on)
    if one.basis == MEASURED and one.name == "rise_mm":
        sentence = _LEVELLED_APART if one.apart else _LEVELLED
        return words.text(sentence, day=day, rise=high, calculated=words.number(one.calculated))
    if one.basis == MEASURED:
        sentence = _WALLED if one.name in WALLS else _SENTENCES[MEASURED]
        return words.text(sentence, what=what, day=day, answer=words.text(_ANSWERS[one.value]))
    is_alike = one.basis == ESTIMATED and low == high
    sentence = _ESTIMATED_ALIKE if is_alike else _SENTENCES[one.basis]
    return words.text(sentence, what=what, day=day, low=low, high=high)


def never_levelled(rise_mm: int, taken: Mapping[str, Taken]) -> bool:
    """Whether a rise is the one that a survey only lets calculate, so that no drawing may be built from it as it is."""
    rise = taken.get("rise_mm")
    return rise is not None and rise.basis == ESTIMATED and rise.value == rise_mm


def _of_ramp(known: Mapping[str, _Reading]) -> Iterator[Taken]:
    yield from _rise(known)
    yield from _length(known)
    width = known.get("clear_width_mm")
    if width is not None and width.low >= 1:
        yield _bound("width_mm", width.low, ("clear_width_mm",), width.day)
    open_side = known.get("side_open")
    # as long as one reading calls a side open, nobody knows of two walls
    if open_side is not None and not open_side.high:
        for name in WALLS:
            yield Taken(name, 1, 1, 1, MEASURED, ("side_open",), open_side.day)
    yield from _yes_or_no("between_storeys", known)


def _rise(known: Mapping[str, _Reading]) -> Iterator[Taken]:
    calculated, levelled = _calculated_rise(known), known.get("rise_mm")
    if levelled is not None and levelled.high >= 1:
        bounds, beside = (round(levelled.low), round(levelled.high)), calculated.value if calculated else 0
        apart = bool(beside) and _apart(levelled, known["ramp_length_total_mm"], known["running_slope_pct"])
        yield Taken("rise_mm", bounds[1], *bounds, MEASURED, ("rise_mm",), levelled.day, beside, apart)
    elif calculated is not None:
        yield calculated


def _calculated_rise(known: Mapping[str, _Reading]) -> Taken | None:
    names = ("ramp_length_total_mm", "running_slope_pct")
    if not set(names) <= set(known):
        return None
    along, slope = (known[name] for name in names)
    low, high = (_rise_mm(*pair) for pair in ((along.low, slope.low), (along.high, slope.high)))
    return Taken("rise_mm", high, low, high, ESTIMATED, names, min(along.day, slope.day)) if high >= 1 else None


def _apart(levelled: _Reading, along: _Reading, slope: _Reading) -> bool:
    least, most = (_rise_mm(*pair) for pair in zip(along.surely, slope.surely, strict=True))
    low, high = levelled.surely
    return high < least or low > most


def _rise_mm(along_mm: float, slope_pct: float) -> int:
    return round(along_mm * math.sin(math.atan(slope_pct / 100)))


def _length(known: Mapping[str, _Reading]) -> Iterator[Taken]:
    names = ["ramp_length_total_mm", "running_slope_pct", "space_before_ramp_length_mm"]
    if not set(names) <= set(known):
        return
    along, slope, before = (known[name] for name in names)
    # each reading at the end that makes the least of it: a bound holds whatever is true
    free_mm = along.low * math.cos(math.atan(slope.high / 100)) + 2 * before.low
    runs, landing = known.get("runs_count"), known.get("landing_length_mm")
    if runs is not None and landing is not None and runs.low > 1:
        names += ["runs_count", "landing_length_mm"]
        free_mm += (runs.low - 1) * landing.low
    if free_mm >= 1:
        yield _bound("length_mm", free_mm, tuple(names), min(known[name].day for name in names))


def _of_kerb_ramp(known: Mapping[str, _Reading]) -> Iterator[Taken]:
    yield from _yes_or_no("at_refuge_island", known)


def _yes_or_no(name: str, known: Mapping[str, _Reading]) -> Iterator[Taken]:
    if name in known:
        value = int(known[name].high)
        yield Taken(name, value, value, value, MEASURED, (name,), known[name].day)


def _bound(name: str, least: float, quantities: tuple[str, ...], day: dt.date) -> Taken:
    # rounded down, so that it stays a bound
    value = math.floor(least)
    return Taken(name, value, value, value, AT_LEAST, quantities, day)
