"""Find the surveys that were returned to be corrected."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import tables
from app_pages.parts.survey import draft as survey_draft
from app_pages.session import cache, plain_text
from audits import survey
from audits.field import answer_sheet, photo_requests
from audits.reports import survey_report
from audits.store.surveys import read, reviews

# In an address, the survey whose correction is to be open.
CORRECT = "correct"
NOTES_SHOWN = 2


def surveys(context: session.Context) -> pd.DataFrame:
    """Return the surveys that an engineer returned and nobody has corrected yet: the reader's own, then the others.

    Those of every surveyor: names are written in many ways, and nobody must miss their own. The last returned first.
    """
    back = read.standing(cache.surveys(context.store)).loc[lambda kept: kept["review"] == reviews.RETURNED]
    back = back.sort_values("reviewed_at", ascending=False)
    is_others = [not _is_own(context, str(surveyor)) for surveyor in back["surveyor"]]
    # stable: in both groups the last returned stays first
    return back.assign(is_others=is_others).sort_values("is_others", kind="stable").drop(columns="is_others")


def _is_own(context: session.Context, surveyor: str) -> bool:
    return survey.person(surveyor) in map(survey.person, survey_draft.own_names(context))


def heading(context: session.Context, number: int) -> str:
    """Return how many came back, in the reader's language."""
    return context.words.count(
        "{n} survey was returned to be corrected", "{n} surveys were returned to be corrected", number
    )


def first_notes(context: session.Context, row: Mapping[Hashable, Any]) -> list[str]:
    """List the notes of an engineer, on the whole and on single answers: the first few, and how many more."""
    words = context.words
    found = survey_report.notes(row["answer_notes"], context.criteria, words, as_asked=True)
    whole = survey_report.whole_note(row["review_note"], row["answer_notes"], words)
    every = [(photo_requests.WHOLE, whole)] if whole else []
    every += [(place, f"{name}: {note}") for place, name, note in found]
    shown, more = [note for _, note in every[:NOTES_SHOWN]], every[NOTES_SHOWN:]
    if not more:
        return shown
    wanted = photo_requests.wanted(row["review_note"], row["answer_notes"])
    rest = words.text("and {n} more", n=words.number(len(more), 0))
    if any(place in wanted for place, _ in more):
        rest = words.text("and {n} more, a new photo among them", n=words.number(len(more), 0))
    return [*shown, rest]


def made_by(context: session.Context, row: Mapping[Hashable, Any]) -> str:
    """Say who measured a survey, and who corrected it, when that was not the reader alone; empty else."""
    surveyor = row["surveyor"]
    made = survey_report.who(cache.surveys(context.store), context.words)[row["survey_id"]]
    if made != surveyor:
        return made
    return "" if _is_own(context, surveyor) else context.words.text("measured by {who}", who=surveyor)


def answer_notes(
    context: session.Context,
    row: Mapping[Hashable, Any],
    lead_to: Callable[[session.Context, str, str, str], None],
    photograph: Callable[[str, str], None],
    *,
    is_open: bool,
) -> None:
    """Show an engineer's notes on single answers; in the open correction each leads to its answer, or to its photo.

    Parameters
    ----------
    context, row
        The reader's, and the returned survey.
    lead_to, photograph
        Open the question of an answer, and the photos of it, where nothing but a photo was asked.
    is_open
        Whether the correction of this survey is at hand.
    """
    found = survey_report.notes(row["answer_notes"], context.criteria, context.words, as_asked=True)
    if not is_open:
        st.html(tables.bullets(f"{name}: {note}" for _, name, note in found))
        return
    written, _ = reviews.asked_for(row["answer_notes"])
    for (element_id, quantity_id), name, note in found:
        key = f"noted_{element_id}_{quantity_id}"
        label = plain_text.literal(f"{name}: {note}")
        if written.get(f"{element_id}|{quantity_id}"):
            args = (context, row["site_code"], element_id, quantity_id)
            st.button(label, key=key, on_click=lead_to, args=args, icon="✏️", width="stretch")
        else:
            st.button(label, key=key, on_click=photograph, args=(element_id, quantity_id), icon="📷", width="stretch")


def correctable(context: session.Context, site_code: str) -> pd.DataFrame:
    """Return the surveys of a site that nothing corrects yet."""
    return read.standing(cache.surveys(context.store)).loc[lambda kept: kept["site_code"] == site_code]


def asked_correction(context: session.Context, draft: answer_sheet.AnswerSheet) -> answer_sheet.AnswerSheet:
    """Open the correction that a link asks for, once, and return the draft at hand."""
    survey_id = st.query_params.get(CORRECT, "")
    if survey_id not in set(correctable(context, draft.site_code)["survey_id"]):
        return draft
    # once: loaded again, the page goes on with whatever draft is at hand by then
    del st.query_params[CORRECT]
    if draft.supersedes != survey_id:
        survey_draft.correct(context, draft, survey_id)
    return survey_draft.current(context, draft.site_code)


def may_begin(context: session.Context, draft: answer_sheet.AnswerSheet, key: str) -> bool:
    """Ask before a correction is begun beside the one at hand; return whether it may be."""
    if not draft.supersedes:
        return True
    label = context.words.text("Put the correction at hand aside and begin this one")
    return st.checkbox(label, key=f"aside_{draft.survey_id}_{key}")
