"""Hold the answers of one visit as they were written, and make a survey of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from audits import errors, survey
from audits.field import answers as typed
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
    instruments
        Per unit, the instrument in hand, and after a slash its device code, such as ``digital_level/L-03``.
    supersedes
        The survey that this one corrects.
    observed_at
        ISO 8601 instant of the visit; empty for now.
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
        before = self.units
        for element_id, answered in self.answers.items():
            for quantity_id, kept in answered.items():
                quantity = criteria.quantities[quantity_id]
                concerned = (quantity.unit == "percent") == (name == "slope_unit")
                if concerned and (element_id, quantity_id) != besides:
                    kept["texts"] = [typed.with_unit(text, quantity, before) for text in kept["texts"]]
        setattr(self, name, unit)

    @property
    def units(self) -> typed.Units:
        """Return the units of bare figures."""
        return typed.Units(self.length_unit, self.slope_unit)

    @property
    def touched(self) -> list[str]:
        """Return the ids of the elements answered, photographed or measured, in order."""
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
    known = dict(elements) | {one["element_id"]: survey.Element(**one) for one in sheet.added}
    read = {
        element_id: typed.read(
            element_id, sheet.of_element(element_id), criteria, sheet.units, sheet.instruments, devices
        )
        for element_id in sheet.answers
    }
    made = survey.Survey(
        survey_id=sheet.survey_id,
        site_code=sheet.site_code,
        surveyor=sheet.surveyor.strip(),
        observed_at=dt.datetime.fromisoformat(sheet.observed_at) if sheet.observed_at else now,
        source=source,
        form_version=form_version or criteria.version,
        elements=tuple(known[element_id] for element_id in sheet.touched if element_id in known),
        measurements=tuple(one for each in read.values() for one in each.measurements),
        photos=tuple(survey.Photo(**photo) for photo in sheet.photos),
        supersedes=sheet.supersedes,
        note=sheet.note.strip(),
        latitude=sheet.fix.get("latitude"),
        longitude=sheet.fix.get("longitude"),
        accuracy_m=sheet.fix.get("accuracy_m"),
    )
    return Understood(made, read)
