"""Keep the survey being made: every answer goes to the disk as it is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import streamlit as st

from app_pages import frame
from audits import survey
from audits.field import answers
from audits.store import drafts, read

STATE = "survey_draft"
HABITS = "habits"
HABITS_KEPT = ("surveyor", "length_unit", "slope_unit", "instruments")


@dataclass
class Draft:
    """A survey begun: what was typed, not yet what it means.

    Parameters
    ----------
    survey_id
        Chosen once, so that a double tap makes one survey.
    site_code
        The site.
    surveyor, note
        As typed.
    answers
        Per element id and quantity id, the texts and the reason.
    added
        Elements that the surveyor added, as element id, kind and label.
    photos
        Photos already kept, as sha256, element id and caption.
    fix
        Position of the surveyor: latitude, longitude, accuracy_m.
    supersedes
        The survey that this one corrects.
    observed_at
        ISO instant of the visit that is corrected; empty for now.
    """

    survey_id: str
    site_code: str
    surveyor: str = ""
    note: str = ""
    answers: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    added: list[dict[str, str]] = field(default_factory=list)
    photos: list[dict[str, str]] = field(default_factory=list)
    fix: dict[str, float] = field(default_factory=dict)
    length_unit: str = "cm"
    slope_unit: str = "percent"
    instruments: dict[str, str] = field(default_factory=dict)
    supersedes: str = ""
    observed_at: str = ""

    def answer(self, element_id: str, quantity_id: str) -> answers.Answer:
        """Return what was answered to one question."""
        kept = self.answers.get(element_id, {}).get(quantity_id, {})
        return answers.Answer(tuple(kept.get("texts", ())), kept.get("reason", ""))

    def set_answer(self, element_id: str, quantity_id: str, answer: answers.Answer) -> None:
        """Keep what was answered to one question."""
        kept = {"texts": list(answer.texts), "reason": answer.reason}
        self.answers.setdefault(element_id, {})[quantity_id] = kept

    def of_element(self, element_id: str) -> dict[str, answers.Answer]:
        """Return the answers given for one element."""
        return {quantity: self.answer(element_id, quantity) for quantity in self.answers.get(element_id, {})}

    @property
    def units(self) -> answers.Units:
        """Return the units of bare figures."""
        return answers.Units(self.length_unit, self.slope_unit)


def _key(name: str) -> str:
    device = st.context.cookies.get("device") or "this-device"
    return f"{device}/{name}"


def current(place: frame.Here, site_code: str) -> Draft:
    """Return the draft of a site: of this session, else from the disk, else a new one."""
    draft = st.session_state.get(STATE)
    if (
        isinstance(draft, Draft)
        and draft.site_code == site_code
        and st.session_state.get("draft_of") == str(place.workspace.folder)
    ):
        return draft
    kept = drafts.load(place.workspace, _key(site_code))
    draft = Draft(**kept) if kept else Draft(survey.new_survey_id(), site_code, **_habits(place))
    _take(place, draft)
    return draft


def _habits(place: frame.Here) -> dict[str, Any]:
    """Return what this device's surveyor said last time: name, units, instruments."""
    return drafts.load(place.workspace, _key(HABITS)) or {}


def _take(place: frame.Here, draft: Draft) -> None:
    st.session_state[STATE] = draft
    st.session_state["draft_of"] = str(place.workspace.folder)
    for key in [key for key in st.session_state if str(key).startswith("answer|")]:
        del st.session_state[key]


def keep(place: frame.Here, draft: Draft) -> None:
    """Write the draft to the disk."""
    record = asdict(draft)
    drafts.save(place.workspace, _key(draft.site_code), record)
    drafts.save(place.workspace, _key(HABITS), {name: record[name] for name in HABITS_KEPT})


def discard(place: frame.Here, draft: Draft) -> None:
    """Forget the draft: it was sent, or given up."""
    drafts.discard(place.workspace, _key(draft.site_code))
    st.session_state.pop(STATE, None)


def correct(place: frame.Here, survey_id: str) -> None:
    """Begin a correction: a draft with everything that the earlier survey says."""
    earlier = read.survey(place.store, survey_id)
    draft = Draft(
        survey.new_survey_id(),
        earlier.site_code,
        earlier.surveyor,
        earlier.note,
        supersedes=survey_id,
        observed_at=earlier.observed_at.isoformat(),
    )
    for one in earlier.measurements:
        before = draft.answer(one.element_id, one.quantity)
        if one.value is None:
            after = answers.Answer((), one.not_measured_because)
        else:
            after = answers.Answer((*before.texts, one.as_written or str(one.value)), "")
        draft.set_answer(one.element_id, one.quantity, after)
    draft.photos = [asdict(photo) for photo in earlier.photos]
    _take(place, draft)
    keep(place, draft)


def finished(place: frame.Here, draft: Draft, elements: dict[str, survey.Element]) -> survey.Survey:
    """Return the draft as the survey to send.

    Parameters
    ----------
    place
        The reader's workspace.
    draft
        The draft.
    elements
        The elements of the site, by id.
    """
    fix = draft.fix
    return survey.Survey(
        survey_id=draft.survey_id,
        site_code=draft.site_code,
        surveyor=draft.surveyor.strip(),
        observed_at=dt.datetime.fromisoformat(draft.observed_at) if draft.observed_at else dt.datetime.now(dt.UTC),
        source="web",
        form_version=place.book.version,
        elements=tuple(elements[element_id] for element_id in _answered(draft) if element_id in elements),
        measurements=tuple(measurements(place, draft)),
        photos=tuple(survey.Photo(**photo) for photo in draft.photos),
        supersedes=draft.supersedes,
        note=draft.note.strip(),
        latitude=fix.get("latitude"),
        longitude=fix.get("longitude"),
        accuracy_m=fix.get("accuracy_m"),
    )


def _answered(draft: Draft) -> list[str]:
    return sorted({*draft.answers, *(photo["element_id"] for photo in draft.photos if photo["element_id"])})


def measurements(place: frame.Here, draft: Draft) -> Iterator[survey.Measurement]:
    """Yield every measurement that the draft's answers make."""
    for element_id in draft.answers:
        understood = answers.read(element_id, draft.of_element(element_id), place.book, draft.units, draft.instruments)
        yield from understood.measurements
