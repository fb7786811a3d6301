"""Read what a surveyor typed into a form: several readings, any notation, or the reason for none."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from audits import errors, survey, terms, wording
from audits.field import doubts
from audits.formats import cells
from audits.rules import model

YES, NO = "yes", "no"
PERCENT = "percent"
RISE_AND_LENGTH = "rise_and_length"

# Below this share of the questions a visit looks sent by mistake; the surveyor is asked, as one figure may be all
# that had to be measured again.
NEARLY_EMPTY = 0.25
# Of one quantity; a form grows to so many fields.
MOST_READINGS = 6

OUT_OF_RANGE = errors.ProblemKind(
    "ANSWER-001",
    "“{written}” cannot be: {quantity} lies between {least} and {most} {unit}; check the figure and its unit",
)
WHICH_READING = errors.ProblemKind(
    "ANSWER-002",
    "“{written}” may be read in more than one way: {readings}? "
    "Choose one, or write it again with its unit and an exclamation mark: {example}",
)
PART_MISSING = errors.ProblemKind("ANSWER-003", "a slope from rise and length needs both figures; write the other one")
RISE_TOO_GREAT = errors.ProblemKind(
    "ANSWER-004",
    "“{written}” cannot be: the length is measured along the slope, so the rise is much smaller; check both figures",
)

# in both languages: a reading is kept as it was written, and read by whoever opens it later
_RISE_AND_LENGTH = re.compile(r"(?:rise|สูง) ?(.*?) ?(?:along|ลาด) ?(.*)")
_FIGURE_WITH_UNIT = re.compile(r"([0-9]) ?(mm|cm|m|in|ft)(?![a-z])")
_RISEN_WITH, _TAPED_WITH = "level_and_tape", "tape_measure"


@dataclass(frozen=True)
class Answer:
    """One question answered for one element.

    Parameters
    ----------
    texts
        The readings as typed; blank ones are ignored.
    reason
        Why there is none, one of :data:`audits.survey.NOT_MEASURED_REASONS`; empty otherwise.
    """

    texts: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Units:
    """Units of bare figures: a length unit; ``percent``, ``degrees`` or ``one_in`` (12 means 1:12).

    Empty where every figure must carry its own.
    """

    length: str = "cm"
    slope: str = PERCENT


@dataclass(frozen=True)
class Read:
    """What was understood of an element's answers, and what was not.

    Parameters
    ----------
    measurements
        Every reading understood, and every reason given.
    problems
        Per quantity id, what cannot be taken as it stands.
    unusual
        Quantities whose value is possible but unusual: measure again.
    asked
        Per quantity id and text, the ways to read a figure, its own first unless that cannot be: one is to be
        chosen before it counts.
    """

    measurements: tuple[survey.Measurement, ...]
    problems: Mapping[str, errors.Problem]
    unusual: tuple[str, ...]
    asked: Mapping[str, Mapping[str, tuple[doubts.Reading, ...]]] = field(default_factory=dict)


def is_nearly_empty(answered: int, asked: int) -> bool:
    """Whether so few of the questions are answered that the surveyor is asked before the visit is sent.

    Examples
    --------
    >>> is_nearly_empty(1, 14), is_nearly_empty(4, 14), is_nearly_empty(0, 0)
    (True, False, False)
    """
    return answered < NEARLY_EMPTY * asked


def read(
    element_id: str,
    answers: Mapping[str, Answer],
    criteria: model.Criteria,
    units: Units,
    instruments: Mapping[str, str],
    devices: Mapping[str, float] | None = None,
) -> Read:
    """Read the answers given for one element.

    Parameters
    ----------
    element_id
        The element.
    answers
        Per quantity id; what the criteria do not ask for is left out.
    criteria
        The criteria: units, possible and usual ranges, instruments.
    units
        Of bare figures.
    instruments
        Per unit, the instrument in the surveyor's hand, and after a slash the code of the municipality's own device;
        the quantity's first instrument otherwise.
    devices
        Calibrated uncertainty of each device, by ``instrument/device``; other devices have their instrument's.
    """
    reader = _Reader(element_id, criteria, units, instruments, devices or {})
    for quantity_id in [each for each in answers if each in criteria.quantities]:
        reader.take(criteria.quantities[quantity_id], answers[quantity_id])
    unusual = tuple(dict.fromkeys(reader.unusual))
    return Read(tuple(reader.measurements), reader.problems, unusual, reader.asked)


@dataclass
class _Reader:
    """The answers of one element as far as they are read."""

    element_id: str
    criteria: model.Criteria
    units: Units
    instruments: Mapping[str, str]
    devices: Mapping[str, float]
    measurements: list[survey.Measurement] = field(default_factory=list)
    problems: dict[str, errors.Problem] = field(default_factory=dict)
    unusual: list[str] = field(default_factory=list)
    asked: dict[str, dict[str, tuple[doubts.Reading, ...]]] = field(default_factory=dict)

    def take(self, quantity: model.Quantity, answer: Answer) -> None:
        """Read the answer to one question."""
        written = [text.strip() for text in answer.texts if text.strip()]
        for number, text in enumerate(written, start=1):
            self._take_reading(text, quantity, number)
        if not written and answer.reason:
            name, reason = quantity.quantity_id, answer.reason
            self.measurements.append(survey.Measurement(self.element_id, name, None, not_measured_because=reason))

    def _take_reading(self, text: str, quantity: model.Quantity, number: int) -> None:
        name, units = quantity.quantity_id, self.units
        # of yes and no a ✓ is the answer itself, and no mark
        plain, sure = doubts.unmarked(text) if quantity.kind != "yes_no" else (text, True)
        value = _value(plain, quantity, units)
        if isinstance(value, errors.Problem):
            self.problems[name] = value
            others = doubts.instead(plain, quantity, units.length, units.slope, self.criteria)
            if others:
                self.asked.setdefault(name, {})[text] = others
            return
        # whoever confirmed a figure is not asked about it again
        ways = () if sure else doubts.readings(plain, quantity, units.length, units.slope, self.criteria)
        if ways:
            asked = doubts.question(ways, quantity, units.length or self.criteria.units.length)
            self.problems[name] = WHICH_READING.at(name, written=text, readings=asked, example=insisted(ways[0]))
            self.asked.setdefault(name, {})[text] = ways
            return
        # with its unit, since the form may have another one by the time it is read again
        as_written = with_unit(plain, quantity, units)
        instrument, uncertainty = self._measured_with(plain, quantity)
        self.measurements.append(
            survey.Measurement(
                self.element_id,
                name,
                value,
                as_written=doubts.confirmed(as_written) if sure and plain != text else as_written,
                instrument=instrument,
                uncertainty=uncertainty,
                reading=number,
            )
        )
        # what is unusual is no fault: it is kept, and named
        if not quantity.usual[0] <= value <= quantity.usual[1]:
            self.unusual.append(name)

    def _measured_with(self, text: str, quantity: model.Quantity) -> tuple[str, float]:
        """Return the instrument that measured, and its uncertainty in the quantity's unit."""
        # a pair was measured with level and tape, whatever is in hand for a slope
        pair = rise_of(text, self.units) if quantity.unit == "percent" else None
        if isinstance(pair, tuple) and _RISEN_WITH in quantity.instruments:
            level, tape = self.criteria.instruments[_RISEN_WITH], self._in_hand("mm")
            tape = tape or self.criteria.instruments[_TAPED_WITH]
            return _RISEN_WITH, uncertainty_of_rise(*pair, tape.uncertainty, level.tilt)
        instrument = self._instrument(quantity)
        if instrument is None:
            return "", 0.0
        # an instrument of another unit states its band in that unit, which means nothing here
        return instrument.instrument_id, instrument.uncertainty if instrument.unit == quantity.unit else 0.0

    def _instrument(self, quantity: model.Quantity) -> model.Instrument | None:
        """Return the instrument in hand if it may measure the quantity, else the quantity's first."""
        if self.instruments.get(quantity.unit, "").partition("/")[0] not in quantity.instruments:
            return self.criteria.instruments.get(next(iter(quantity.instruments), ""))
        return self._in_hand(quantity.unit)

    def _in_hand(self, unit: str) -> model.Instrument | None:
        """Return the instrument for a unit, as its device where one is named: with its code and its uncertainty."""
        mine = self.instruments.get(unit, "")
        name, slash, device = mine.partition("/")
        instrument = self.criteria.instruments.get(name)
        if instrument is None or not (slash and device):
            return instrument
        return replace(instrument, instrument_id=mine, uncertainty=self.devices.get(mine, instrument.uncertainty))


def uncertainty_of_rise(rise_mm: float, length_mm: float, tape_mm: float, tilt_pct: float) -> float:
    """Return the half width of the guard band of a slope from rise and length, in percent.

    The slope is s = 100 h / r with the level run r = √(L² − h²), rise h and length L along the slope. Its sensitivities
    are ∂s/∂h = 100 L² / r³ and ∂s/∂L = −100 h L / r³. The rise is uncertain by the tape and, over the run, by the tilt
    of the line that the level holds; the length by the tape. Independent parts add in squares (GUM, JCGM 100:2008,
    5.1.2, equation 10); half widths of one coverage propagate like standard uncertainties.

    Parameters
    ----------
    rise_mm, length_mm
        The rise, and the length along the slope, which is longer.
    tape_mm
        Half width of the tape, for both.
    tilt_pct
        Half width of the level's tilt.

    Examples
    --------
    >>> round(uncertainty_of_rise(100, 1204.16, 3, 0.1), 3)
    0.272
    """
    run_mm = math.sqrt(length_mm**2 - rise_mm**2)
    by_rise, by_length = 100 * length_mm**2 / run_mm**3, 100 * rise_mm * length_mm / run_mm**3
    return math.hypot(by_rise * tape_mm, by_rise * tilt_pct / 100 * run_mm, by_length * tape_mm)


def _value(text: str, quantity: model.Quantity, units: Units) -> float | errors.Problem:
    value, name = _figure(text, quantity, units), quantity.quantity_id
    if isinstance(value, errors.ProblemKind):
        return value.at(name, written=text)
    if quantity.possible[0] <= value <= quantity.possible[1]:
        return value
    least, most, unit = _bounds_shown(text, quantity, units)
    named = wording.name_of(quantity.name)
    return OUT_OF_RANGE.at(name, written=text, quantity=named, least=least, most=most, unit=unit)


def _bounds_shown(text: str, quantity: model.Quantity, units: Units) -> tuple[float, float, wording.Translated]:
    """Return the possible range in the unit that was typed."""
    (least, most), unit = quantity.possible, quantity.unit
    if unit in cells.MILLIMETRES:
        part = cells.single_length(text)
        typed = part[2] if part else units.length or unit
        factor = cells.MILLIMETRES[unit] / cells.MILLIMETRES[typed]
        least, most, unit = least * factor, most * factor, typed
    least, most = (int(bound) if float(bound).is_integer() else round(bound, 2) for bound in (least, most))
    return least, most, wording.Translated(lambda words: words.text(terms.UNIT[unit]) if terms.UNIT[unit] else "")


def _figure(text: str, quantity: model.Quantity, units: Units) -> float | errors.ProblemKind:
    if quantity.unit == "percent":
        pair = rise_of(text, units)
        if pair is not None:
            return pair if isinstance(pair, errors.ProblemKind) else _slope_of_rise(*pair)
        if units.slope == doubts.ONE_IN and isinstance(cells.number(text), float):
            return cells.slope_pct(f"1:{text}")
        return cells.slope_pct(text, None if units.slope == doubts.ONE_IN else units.slope or None)
    unit = units.length if quantity.unit in cells.MILLIMETRES else ""
    return cells.quantity(text, quantity.unit, unit or None)


def _slope_of_rise(rise_mm: float, length_mm: float) -> float | errors.ProblemKind:
    slope = cells.slope_from_rise(rise_mm, length_mm)
    return RISE_TOO_GREAT if slope in (cells.SLOPE_UPSIDE_DOWN, cells.SLOPE_RANGE) else slope


def rise_of(text: str, units: Units) -> tuple[float, float] | errors.ProblemKind | None:
    """Return rise and length along the slope in millimetres from such a reading; None for another text.

    A figure without unit takes that of the other one, else that of the form, else centimetres.
    """
    parts = rise_parts(text)
    if parts is None:
        return None
    if not all(parts):
        return PART_MISSING
    named = [part[2] for part in map(cells.single_length, parts) if part]
    rise, length = (cells.length_mm(part, (named or [units.length or "cm"])[-1]) for part in parts)
    if isinstance(rise, errors.ProblemKind):
        return rise
    return length if isinstance(length, errors.ProblemKind) else (rise, length)


def rise_parts(text: str) -> tuple[str, str] | None:
    """Return rise and length along the slope as they were typed, one perhaps still empty; None for another text.

    Examples
    --------
    >>> rise_parts("rise 50 cm along"), rise_parts("1:12")
    (('50 cm', ''), None)
    """
    found = _RISE_AND_LENGTH.fullmatch(text)
    return None if found is None else (found[1].strip(), found[2].strip())


def with_unit(text: str, quantity: model.Quantity, units: Units) -> str:
    """Return a text with the unit that the form adds to a bare figure."""
    plain, sure = doubts.unmarked(text)
    if quantity.kind == "yes_no" or not isinstance(cells.number(plain), float):
        return text
    if quantity.unit == "percent":
        signed = f"1:{plain}" if units.slope == doubts.ONE_IN else f"{plain}{'%' if units.slope == 'percent' else '°'}"
    else:
        signed = f"{plain} {units.length}" if quantity.unit in cells.MILLIMETRES else plain
    return doubts.confirmed(signed) if sure else signed


def in_words(text: str, words: wording.Wording) -> str:
    """Return a text with its units in the reader's words, to be shown and not to be kept.

    A figure that was confirmed has the mark that one would write: the one that is kept is the sign of a pass, too.

    Examples
    --------
    >>> [in_words(text, wording.Wording("th")) for text in ("900 mm ✓", "rise 5 cm along 60 cm", "1:12")]
    ['900 มม.!', 'สูง 5 ซม. ลาด 60 ซม.', '1:12']
    """
    plain, is_sure = doubts.unmarked(text)
    if is_sure and plain:
        return f"{in_words(plain, words)}{doubts.SURE}"
    if words.language == "en":
        return text
    if parts := rise_parts(text):
        rise, length = (in_words(part, words) for part in parts)
        return words.text("rise {rise} along {length}", rise=rise, length=length).strip()
    return _FIGURE_WITH_UNIT.sub(lambda found: f"{found[1]} {words.text(terms.UNIT[found[2]])}", text)


def insisted(reading: doubts.Reading) -> wording.Translated:
    """Write a reading as somebody writes it who was asked and is sure of it: in its own unit, such as ``12%!``."""
    return wording.Translated(lambda words: f"{in_words(reading.text, words)}{doubts.SURE}")


def rise_and_length(rise: str, length: str, units: Units, words: wording.Wording) -> str:
    """Return a reading given as rise and length along the slope, in words that :func:`rise_of` reads.

    One that is still empty stays so: the reading is then a problem, and is not lost.
    """
    unit = words.text(terms.UNIT[units.length or "cm"])
    first, second = (
        f"{part} {unit}" if isinstance(cells.number(part), float) else part for part in (rise.strip(), length.strip())
    )
    return words.text("rise {rise} along {length}", rise=first, length=second).strip()


def length_again(written: str, value: float, quantity: model.Quantity, unit: str, words: wording.Wording) -> str:
    """Repeat a length typed in another unit in that of the form, so that a slip is seen; empty for any other answer.

    Parameters
    ----------
    written
        As its field shows it, or with its unit, as :class:`audits.survey.Measurement` keeps it.
    value
        In the unit of the quantity.
    quantity
        What was measured.
    unit
        Of the form.
    words
        The reader's.
    """
    if quantity.unit not in cells.MILLIMETRES or not unit:
        return ""
    plain = doubts.unmarked(written)[0]
    part = cells.single_length(plain)
    if isinstance(cells.number(plain), float) or (part is not None and part[2] == unit):
        return ""
    again = value * cells.MILLIMETRES[quantity.unit] / cells.MILLIMETRES[unit]
    return f"{in_words(plain, words)} = {terms.amount(again, unit, words, 2)}"
