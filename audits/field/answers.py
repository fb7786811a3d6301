"""Read what a surveyor typed into a form: several readings, any notation, or the reason for none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from audits import errors, survey
from audits.formats import cells
from audits.rules import model

ONE_IN = "one_in"
YES, NO = "yes", "no"

OUT_OF_RANGE = errors.ProblemKind(
    "ANSWER-001",
    "“{written}” cannot be: {quantity} lies between {least} and {most} {unit}; check the figure and its unit",
)

_RISE_AND_LENGTH = re.compile(r"(?:rise|สูง) ?(.+?) ?(?:along|ลาด) ?([^ ]+)(?: ?(?:mm|cm))?")


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
    """Units of bare figures: ``mm`` or ``cm``; ``percent``, ``degrees`` or :data:`ONE_IN` (12 means 1:12).

    Empty where every figure must carry its own.
    """

    length: str = "cm"
    slope: str = "percent"


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
    """

    measurements: tuple[survey.Measurement, ...]
    problems: Mapping[str, errors.Problem]
    unusual: tuple[str, ...]


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
        Per quantity id.
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
    measurements: list[survey.Measurement] = []
    problems: dict[str, errors.Problem] = {}
    unusual: list[str] = []
    for quantity_id, answer in answers.items():
        quantity = criteria.quantities[quantity_id]
        instrument = _instrument(quantity, instruments, criteria, devices or {})
        written = [text.strip() for text in answer.texts if text.strip()]
        for number, text in enumerate(written, start=1):
            value = _value(text, quantity, units)
            if isinstance(value, errors.Problem):
                problems[quantity_id] = value
                continue
            one = survey.Measurement(
                element_id,
                quantity_id,
                value,
                as_written=_with_unit(text, quantity, units),
                instrument=instrument.instrument_id if instrument else "",
                uncertainty=instrument.uncertainty if instrument and instrument.unit == quantity.unit else 0.0,
                reading=number,
            )
            measurements.append(one)
            if not quantity.usual[0] <= value <= quantity.usual[1]:
                unusual.append(quantity_id)
        if not written and answer.reason:
            none = survey.Measurement(element_id, quantity_id, None, not_measured_because=answer.reason)
            measurements.append(none)
    return Read(tuple(measurements), problems, tuple(dict.fromkeys(unusual)))


def _instrument(
    quantity: model.Quantity, chosen: Mapping[str, str], criteria: model.Criteria, devices: Mapping[str, float]
) -> model.Instrument | None:
    """Return the instrument that measured, as its device where one is named: with its code and its uncertainty."""
    mine = chosen.get(quantity.unit, "")
    name, slash, device = mine.partition("/")
    if name not in quantity.instruments:
        return criteria.instruments.get(next(iter(quantity.instruments), ""))
    instrument = criteria.instruments.get(name)
    if instrument is None or not (slash and device):
        return instrument
    return replace(instrument, instrument_id=mine, uncertainty=devices.get(mine, instrument.uncertainty))


def _value(text: str, quantity: model.Quantity, units: Units) -> float | errors.Problem:
    value, name = _figure(text, quantity, units), quantity.quantity_id
    if isinstance(value, errors.ProblemKind):
        return value.at(name, written=text)
    least, most = quantity.possible
    if not least <= value <= most:
        return OUT_OF_RANGE.at(name, written=text, quantity=name, least=least, most=most, unit=quantity.unit)
    return value


def _figure(text: str, quantity: model.Quantity, units: Units) -> float | errors.ProblemKind:
    if quantity.unit == "percent":
        pair = _RISE_AND_LENGTH.fullmatch(text)
        if pair:
            rise, length = cells.number(pair[1]), cells.number(pair[2])
            if isinstance(rise, float) and isinstance(length, float):
                return cells.slope_from_rise(rise, length)
        if units.slope == ONE_IN and isinstance(cells.number(text), float):
            return cells.slope_pct(f"1:{text}")
        return cells.slope_pct(text, None if units.slope == ONE_IN else units.slope or None)
    unit = units.length if quantity.unit in cells.MILLIMETRES else ""
    return cells.quantity(text, quantity.unit, unit or None)


def _with_unit(text: str, quantity: model.Quantity, units: Units) -> str:
    """Return a text with the unit that the form added to it."""
    if not isinstance(cells.number(text), float):
        return text
    if quantity.unit == "percent":
        return f"1:{text}" if units.slope == ONE_IN else f"{text}{'%' if units.slope == 'percent' else '°'}"
    return f"{text} {units.length}" if quantity.unit in cells.MILLIMETRES else text


def rise_and_length(rise: str, length: str, units: Units) -> str:
    """Return a reading given as rise and length along the slope, as it is written into the record."""
    return f"rise {rise} along {length} {units.length}"
