"""Hold the answers of one visit as they were written, and make a survey of them."""

from __future__ import annotations

import collections
import datetime as dt
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from audits import errors, survey
from audits.field import answers as typed
from audits.field import contradictions, doubts
from audits.formats import cells
from audits.rules import model


@dataclass
class AnswerSheet:
    """One visit as it was typed, tapped or written; not yet what it means.

    Every channel that asks questions fills one of these: the screens, ODK, KoboToolbox, QField, the offline kit.

    Parameters
    ----------
    survey_id
        Chosen once where the visit is recorded, so that sending twice makes one survey.
    site_code
        The site.
    surveyor, note
        As typed.
    answers
        Per element id and quantity id, ``texts`` and ``reason`` as in :class:`audits.field.answers.Answer`.
    added
        Elements that the surveyor added, as ``element_id``, ``kind`` and ``label``.
    photos
        Photos, as the fields of :class:`audits.survey.Photo`.
    fix
        Position of the surveyor: ``latitude``, ``longitude``, ``accuracy_m``; empty when not known.
    length_unit, slope_unit
        Units of bare figures; see :class:`audits.field.answers.Units`. A form takes those of the criteria.
    slopes_by_rise
        Whether slopes are taken as rise and length, whatever the unit of bare figures.
    instruments
        Per unit, the instrument in hand, and after a slash its device code, such as ``digital_level/L-03``.
    supersedes
        The survey that this one corrects.
    observed_at
        ISO 8601 instant of the visit; empty for now.
    place
        One of :data:`audits.survey.PLACES`; empty when not answered.
    located_at
        ISO 8601 instant at which `fix` was taken; empty when not known.
    carried
        Of a correction, what the earlier survey holds: ``elements`` and ``measurements`` as their fields, and the
        ``instruments`` in hand by unit. An answer that is not touched stays as it was measured.
    only
        Element and quantity, joined by a bar, where one answer alone was asked for; empty for a whole survey.
    """

    survey_id: str
    site_code: str
    surveyor: str = ""
    note: str = ""
    answers: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    added: list[dict[str, str]] = field(default_factory=list)
    photos: list[dict[str, Any]] = field(default_factory=list)
    fix: dict[str, float] = field(default_factory=dict)
    length_unit: str = ""
    slope_unit: str = ""
    instruments: dict[str, str] = field(default_factory=dict)
    supersedes: str = ""
    observed_at: str = ""
    place: str = ""
    located_at: str = ""
    carried: dict[str, Any] = field(default_factory=dict)
    slopes_by_rise: bool = False
    only: str = ""

    def answer(self, element_id: str, quantity_id: str) -> typed.Answer:
        """Return the answer to one question."""
        kept = self.answers.get(element_id, {}).get(quantity_id, {})
        return typed.Answer(tuple(kept.get("texts", ())), kept.get("reason", ""))

    def set_answer(self, element_id: str, quantity_id: str, answer: typed.Answer) -> None:
        """Keep what was answered to one question."""
        kept = {"texts": list(answer.texts), "reason": answer.reason}
        self.answers.setdefault(element_id, {})[quantity_id] = kept

    def of_element(self, element_id: str) -> dict[str, typed.Answer]:
        """Return the answers given for one element."""
        return {quantity: self.answer(element_id, quantity) for quantity in self.answers.get(element_id, {})}

    @property
    def is_of_one_answer(self) -> bool:
        """Whether one answer alone was asked for, and no other is given."""
        given = {
            f"{element_id}|{quantity_id}"
            for element_id in self.answers
            for quantity_id, answer in self.of_element(element_id).items()
            if any(answer.texts) or answer.reason
        }
        return bool(self.only) and given <= {self.only}

    def choose_unit(self, name: str, unit: str, criteria: model.Criteria, besides: tuple[str, str] = ("", "")) -> None:
        """Change a unit of bare figures; what was typed before keeps the unit it was typed in.

        Parameters
        ----------
        name
            ``length_unit`` or ``slope_unit``.
        unit
            The new one.
        criteria
            The criteria.
        besides
            Element and quantity whose figures take the new unit, as the unit was chosen for them.
        """
        # read before the unit changes: what stands on the sheet was typed in this one
        before = self.units
        for element_id, answered in self.answers.items():
            for quantity_id in [each for each in answered if each in criteria.quantities]:
                quantity, kept = criteria.quantities[quantity_id], answered[quantity_id]
                # counts and yes or no are no slopes either, and come back from with_unit as they were
                concerned = (quantity.unit == "percent") == (name == "slope_unit")
                if concerned and (element_id, quantity_id) != besides:
                    kept["texts"] = [typed.with_unit(text, quantity, before) for text in kept["texts"]]
        setattr(self, name, unit)

    def no_longer_asked(self, criteria: model.Criteria) -> list[str]:
        """Return the quantities answered that the criteria have no more, in order; the survey leaves them out."""
        return sorted(
            {
                quantity_id
                for element_id in self.answers
                for quantity_id, answer in self.of_element(element_id).items()
                if quantity_id not in criteria.quantities
                and (any(answer.texts) or answer.reason)
                and quantity_id not in self.untouched(element_id, criteria)
            }
        )

    @property
    def units(self) -> typed.Units:
        """Return the units of bare figures."""
        return typed.Units(self.length_unit, self.slope_unit)

    def untouched(self, element_id: str, criteria: model.Criteria) -> dict[str, list[survey.Measurement]]:
        """Return the measurements of the earlier survey whose answer and instrument nobody changed, by quantity."""
        mine = [each for each in self.carried.get("measurements", ()) if each["element_id"] == element_id]
        before: dict[str, list[survey.Measurement]] = {}
        for each in mine:
            before.setdefault(each["quantity"], []).append(survey.Measurement(**each))
        return {
            name: measured
            for name, measured in before.items()
            if self.answer(element_id, name) == _answer(measured, criteria.quantities.get(name))
            # with another instrument in hand the same figure is uncertain by something else
            and not self._instrument_changed(criteria.quantities.get(name))
        }

    def _instrument_changed(self, quantity: model.Quantity | None) -> bool:
        before = self.carried.get("instruments", {})
        return quantity is not None and self.instruments.get(quantity.unit) != before.get(quantity.unit)

    @property
    def touched(self) -> list[str]:
        """Return the ids of the elements answered, photographed or measured, in order."""
        # sorted, so that the same sheet makes the same survey
        return sorted({*self.answers, *(photo["element_id"] for photo in self.photos if photo.get("element_id"))})


@dataclass(frozen=True)
class Understood:
    """The survey that an answer sheet makes.

    Parameters
    ----------
    survey
        The survey, of every answer that could be taken.
    read
        What was read for each element, by its id.
    """

    survey: survey.Survey
    read: Mapping[str, typed.Read]

    @property
    def problems(self) -> tuple[errors.Problem, ...]:
        """Answers that cannot be taken, each with its element and quantity; then the survey is not to be submitted."""
        return tuple(
            problem.kind.at(f"{element_id}, {quantity}", **problem.values)
            for element_id, each in self.read.items()
            for quantity, problem in each.problems.items()
        )

    @property
    def unusual(self) -> tuple[tuple[str, str], ...]:
        """Pairs of element id and quantity id whose value is possible but unusual."""
        return tuple((element_id, quantity) for element_id, each in self.read.items() for quantity in each.unusual)


def read_element(
    sheet: AnswerSheet, element_id: str, criteria: model.Criteria, devices: Mapping[str, float] | None = None
) -> typed.Read:
    """Read the answers of a sheet about one element, and ask about those that contradict each other.

    Parameters as in :func:`understood`.
    """
    kept = sheet.untouched(element_id, criteria)
    fresh = {name: answer for name, answer in sheet.of_element(element_id).items() if name not in kept}
    read = typed.read(element_id, fresh, criteria, sheet.units, sheet.instruments, devices)
    # what nobody touched keeps the uncertainty of the day on which it was measured
    measurements = (*itertools.chain.from_iterable(kept.values()), *read.measurements)
    return contradictions.asked(replace(read, measurements=measurements), criteria)


def correcting(earlier: survey.Survey, criteria: model.Criteria, survey_id: str) -> AnswerSheet:
    """Begin a correction: a sheet with everything in the earlier survey, which it gives back where nothing is touched.

    Parameters
    ----------
    earlier
        The survey to correct.
    criteria
        The criteria.
    survey_id
        Id of the correction.
    """
    instruments = _instruments(earlier, criteria)
    sheet = AnswerSheet(
        survey_id,
        earlier.site_code,
        earlier.surveyor,
        earlier.note,
        photos=[asdict(photo) for photo in earlier.photos],
        # a copy: what is in hand changes, what was carried along is compared with it
        instruments=dict(instruments),
        supersedes=earlier.survey_id,
        # a correction is of the day on which somebody measured, not of that on which it is typed
        observed_at=earlier.observed_at.isoformat(),
        place=earlier.place,
        located_at=earlier.located_at.isoformat() if earlier.located_at else "",
        carried={
            "elements": [asdict(element) for element in earlier.elements],
            "measurements": [asdict(one) for one in earlier.measurements],
            "instruments": instruments,
        },
    )
    position = {"latitude": earlier.latitude, "longitude": earlier.longitude, "accuracy_m": earlier.accuracy_m}
    sheet.fix = {name: figure for name, figure in position.items() if figure is not None}
    groups: dict[tuple[str, str], list[survey.Measurement]] = {}
    for one in earlier.measurements:
        groups.setdefault((one.element_id, one.quantity), []).append(one)
    for (element_id, name), measured in groups.items():
        sheet.set_answer(element_id, name, _answer(measured, criteria.quantities.get(name)))
    return sheet


def repeating(
    sheet: AnswerSheet,
    earlier: survey.Survey,
    criteria: model.Criteria,
    devices: Mapping[str, float] | None = None,
) -> None:
    """Let stand what a correction repeats of the earlier survey, on a sheet that kept what was typed.

    A phone opens a correction with the texts of its own record. What it gives back unchanged is not read again: the
    criteria may ask about other figures by now, and a device may have been calibrated.

    Parameters as in :func:`correcting` and :func:`understood`.
    """
    groups: dict[tuple[str, str], list[survey.Measurement]] = {}
    for one in earlier.measurements:
        groups.setdefault((one.element_id, one.quantity), []).append(one)
    kept: list[survey.Measurement] = []
    for (element_id, name), measured in groups.items():
        quantity, answer = criteria.quantities.get(name), sheet.answer(element_id, name)
        before = _answer(measured, quantity)
        # a question that the criteria do not ask any more
        if quantity is None:
            continue
        texts = tuple(typed.with_unit(text.strip(), quantity, sheet.units) for text in answer.texts if text.strip())
        # "80%", "80%!" and "80% ✓" are one answer
        same = [doubts.unmarked(text)[0] for text in texts] == [doubts.unmarked(text)[0] for text in before.texts]
        if not same or (not texts and answer.reason != before.reason):
            continue
        # read as confirmed: its doubts were asked about when it was first sent
        sure = typed.Answer(tuple(doubts.confirmed(doubts.unmarked(text)[0]) for text in texts))
        again = typed.read(element_id, {name: sure}, criteria, sheet.units, sheet.instruments, devices)
        if not texts or [one.instrument for one in again.measurements] == [one.instrument for one in measured]:
            sheet.set_answer(element_id, name, before)
            kept += measured
    # a copy, since what is in hand may change while the correction is typed
    sheet.carried = {"measurements": [asdict(one) for one in kept], "instruments": dict(sheet.instruments)}


def _instruments(earlier: survey.Survey, criteria: model.Criteria) -> dict[str, str]:
    """Return the instrument that measured most, by unit; rise and length name their own, whatever is in hand."""
    counts: dict[str, collections.Counter[str]] = {}
    for one in earlier.measurements:
        known = criteria.instruments.get(one.instrument.partition("/")[0])
        if known is not None and typed.rise_parts(one.as_written) is None:
            counts.setdefault(known.unit, collections.Counter())[one.instrument] += 1
    return {unit: count.most_common(1)[0][0] for unit, count in counts.items()}


def _answer(measured: Sequence[survey.Measurement], quantity: model.Quantity | None) -> typed.Answer:
    """Return the answer of which readings were made, as a form shows it."""
    texts = tuple(_text(one.value, one.as_written, quantity) for one in measured if one.value is not None)
    reason = next((one.not_measured_because for one in measured if one.value is None), "")
    # a form shows readings or the reason for none, never both
    return typed.Answer(texts, "" if texts else reason)


_SIGNS = {"percent": "%", "degrees": "°", "mm": " mm", "m": " m"}


def _text(value: float, as_written: str, quantity: model.Quantity | None) -> str:
    unit = quantity.unit if quantity else ""
    if unit == "yes_no":
        return typed.YES if value else typed.NO
    if not as_written.strip():
        # twelve digits come back as the same number, without the tail that binary fractions leave
        return f"{value:.12g}{_SIGNS.get(unit, '')}"
    return _with_its_unit(as_written, value, unit)


def _with_its_unit(written: str, value: float, unit: str) -> str:
    """Name the unit of a bare figure, which the form would show and read in a unit of its own."""
    bare = cells.number(written)
    if unit not in ("percent", *cells.MILLIMETRES) or not isinstance(bare, float):
        return written
    if unit in cells.MILLIMETRES:
        for name, size in cells.MILLIMETRES.items():
            # the value that was kept shows in which unit the bare figure was typed
            if math.isclose(bare * size, value * cells.MILLIMETRES[unit]):
                return f"{written.strip()} {name}"
    return f"{value:.12g}{_SIGNS[unit]}"


def understood(
    sheet: AnswerSheet,
    elements: Mapping[str, survey.Element],
    criteria: model.Criteria,
    *,
    source: str,
    now: dt.datetime,
    form_version: str = "",
    devices: Mapping[str, float] | None = None,
) -> Understood:
    """Return the survey that a sheet makes.

    Parameters
    ----------
    sheet
        As it was filled in.
    elements
        The elements of the site by id, those of the register; the sheet's own additions are taken from the sheet.
    criteria
        The criteria.
    source
        One of :data:`audits.survey.SOURCES`.
    now
        Instant of the visit when the sheet names none.
    form_version
        Version of the criteria that asked; that of `criteria` when empty.
    devices
        Calibrated uncertainty of the municipality's devices, by ``instrument/device``.
    """
    carried = {one["element_id"]: survey.Element(**one) for one in sheet.carried.get("elements", ())}
    # carried last: a correction keeps the labels of the day on which it was measured
    known = dict(elements) | {one["element_id"]: survey.Element(**one) for one in sheet.added} | carried
    read = {element_id: read_element(sheet, element_id, criteria, devices) for element_id in sheet.answers}
    made = survey.Survey(
        survey_id=sheet.survey_id,
        site_code=sheet.site_code,
        surveyor=sheet.surveyor.strip(),
        observed_at=dt.datetime.fromisoformat(sheet.observed_at) if sheet.observed_at else now,
        source=source,
        form_version=form_version or criteria.version,
        # an id that nobody knows is left to the store, which refuses its figures and names it
        elements=tuple(known[name] for name in dict.fromkeys((*carried, *sheet.touched)) if name in known),
        measurements=tuple(one for each in read.values() for one in each.measurements),
        photos=tuple(survey.Photo(**photo) for photo in sheet.photos),
        supersedes=sheet.supersedes,
        note=sheet.note.strip(),
        latitude=sheet.fix.get("latitude"),
        longitude=sheet.fix.get("longitude"),
        accuracy_m=sheet.fix.get("accuracy_m"),
        place=sheet.place,
        located_at=dt.datetime.fromisoformat(sheet.located_at) if sheet.located_at else None,
    )
    return Understood(made, read)
