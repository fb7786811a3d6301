"""Keep the survey being made: every answer goes to the disk as it is given."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

import streamlit as st

from app_pages import session
from app_pages.session import address
from audits import survey
from audits.field import answer_sheet, answers
from audits.store.register import devices
from audits.store.surveys import drafts, read

STATE = "survey_draft"
HABITS = "habits"
# The unit of lengths is the municipality's at every site: one changed for a visit must not go on unseen.
HABITS_KEPT = ("surveyor", "slope_unit", "instruments")


def _key(context: session.Context, name: str) -> str:
    """Return under what a draft is kept: of the account, else of the device; two share a phone, not their drafts."""
    if context.account is not None:
        return f"account {context.account.username}/{name}"
    device = st.context.cookies.get("device") or "this-device"
    return f"{device}/{name}"


def current(context: session.Context, site_code: str) -> answer_sheet.AnswerSheet:
    """Return the draft of a site: of this session, else from the disk, else a new one."""
    draft = st.session_state.get(STATE)
    if (
        isinstance(draft, answer_sheet.AnswerSheet)
        and draft.site_code == site_code
        and st.session_state.get("draft_of") == str(context.workspace.folder)
    ):
        return draft
    kept = drafts.load(context.workspace, _key(context, site_code))
    draft = (
        answer_sheet.AnswerSheet(**kept)
        if kept
        else answer_sheet.AnswerSheet(survey.new_survey_id(), site_code, **_habits(context))
    )
    _take(context, draft)
    return draft


def _habits(context: session.Context) -> dict[str, Any]:
    """Return the units of the municipality, and this device's last surveyor, notation of slopes and instruments."""
    units = context.criteria.units
    kept = drafts.load(context.workspace, _key(context, HABITS)) or {}
    fresh = {"length_unit": units.length, "slope_unit": answers.PERCENT}
    return fresh | {name: value for name, value in kept.items() if name in HABITS_KEPT}


def refill(draft: answer_sheet.AnswerSheet) -> None:
    """Have every field of a draft show what the draft holds, when something else than the field has changed it."""
    for key in [key for key in st.session_state if str(key).startswith(f"answer|{draft.survey_id}|")]:
        del st.session_state[key]


def _take(context: session.Context, draft: answer_sheet.AnswerSheet) -> None:
    st.session_state[STATE] = draft
    st.session_state["draft_of"] = str(context.workspace.folder)
    for key in [key for key in st.session_state if str(key).startswith("answer|")]:
        del st.session_state[key]


def keep(context: session.Context, draft: answer_sheet.AnswerSheet) -> None:
    """Write the draft to the disk."""
    record = asdict(draft)
    drafts.save(context.workspace, _key(context, draft.site_code), record)
    drafts.save(context.workspace, _key(context, HABITS), {name: record[name] for name in HABITS_KEPT})


def field(context: session.Context, draft: answer_sheet.AnswerSheet, name: str) -> address.Kept:
    """Return the arguments of a widget that fills one field of the draft."""
    key = f"answer|{draft.survey_id}|{name}"
    st.session_state.setdefault(key, getattr(draft, name))

    def take() -> None:
        setattr(draft, name, st.session_state[key])
        keep(context, draft)

    return {"key": key, "on_change": take, "args": ()}


def begun(context: session.Context) -> list[str]:
    """Return the codes of the sites with a draft of the reader, in order."""
    start = _key(context, "")
    found = (key.removeprefix(start) for key in drafts.keys(context.workspace) if key.startswith(start))
    return sorted(name for name in found if name != HABITS)


def discard(context: session.Context, draft: answer_sheet.AnswerSheet) -> None:
    """Forget the draft: it was sent, or given up."""
    drafts.discard(context.workspace, _key(context, draft.site_code))
    st.session_state.pop(STATE, None)


def correct(context: session.Context, survey_id: str) -> None:
    """Begin a correction: a draft with everything in the earlier survey."""
    earlier = read.survey(context.store, survey_id)
    draft = answer_sheet.AnswerSheet(
        survey.new_survey_id(),
        earlier.site_code,
        earlier.surveyor,
        earlier.note,
        length_unit=context.criteria.units.length,
        slope_unit=answers.PERCENT,
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
    _take(context, draft)
    keep(context, draft)


def read_element(context: session.Context, draft: answer_sheet.AnswerSheet, element_id: str) -> answers.Read:
    """Return the answers of the draft about one element so far."""
    known = devices.uncertainties(context.store)
    return answers.read(
        element_id, draft.of_element(element_id), context.criteria, draft.units, draft.instruments, known
    )


def understood(
    context: session.Context, draft: answer_sheet.AnswerSheet, elements: dict[str, survey.Element], source: str = "web"
) -> answer_sheet.Understood:
    """Return the survey that the draft makes, and what cannot be taken yet.

    Parameters
    ----------
    context
        The reader's workspace.
    draft
        The draft.
    elements
        The elements of the site, by id.
    source
        The channel, one of :data:`audits.survey.SOURCES`.
    """
    known, now = devices.uncertainties(context.store), dt.datetime.now(dt.UTC)
    return answer_sheet.understood(draft, elements, context.criteria, source=source, now=now, devices=known)
