"""Open a survey that is asked for one answer alone, such as a rise to be levelled, at its question."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.parts.survey import draft as survey_draft
from app_pages.parts.survey import survey_questions
from app_pages.session import plain_text
from audits import record as records
from audits.field import answer_sheet

ONLY = "only"
"""In an address, the element and the quantity, joined by a bar, for which alone a site is visited."""

_PART = "only_asked"


def query(element_id: str, quantity_id: str) -> dict[str, str]:
    """Return the part of an address that opens the survey page for one answer alone."""
    return {ONLY: f"{element_id}|{quantity_id}"}


def take(
    context: session.Context, record: records.AuditedRecord, draft: answer_sheet.AnswerSheet, element_key: str
) -> None:
    """Open the question that a link asks for, once; a survey that is begun goes on as a whole one.

    Parameters
    ----------
    context, record
        The reader and the record.
    draft
        The survey.
    element_key
        Of the field in which the element is chosen.
    """
    place = st.query_params.get(ONLY, "")
    element_id, _, quantity_id = place.partition("|")
    is_here = record.elements["site_code"].get(element_id) == draft.site_code
    if place == draft.only or not is_here or quantity_id not in context.criteria.quantities:
        return
    st.session_state[element_key] = element_id
    # the page is being drawn, and no callback runs that could draw it anew
    survey_questions.open_question(context.criteria, element_id, quantity_id, then=lambda: None)
    # the sentence of :func:`show` stands above the question, and would be out of sight if that stood at the top
    st.session_state[survey_questions.REVEALED] = (_PART, st.session_state[survey_questions.REVEALED][1])
    if survey_draft.is_begun(draft):
        del st.query_params[ONLY]
    else:
        draft.only = place


def show(context: session.Context, draft: answer_sheet.AnswerSheet) -> None:
    """Say that one answer alone is asked for."""
    if draft.only:
        sentence = context.words.text(
            "Only this is asked for here: {what}. The other questions may stay open.", what=name(context, draft)
        )
        with st.container(key=_PART):
            st.info(plain_text.literal(sentence))


def name(context: session.Context, draft: answer_sheet.AnswerSheet) -> str:
    """Return the name of the quantity that alone is asked for; its id when the criteria have it no more."""
    quantity_id = draft.only.partition("|")[2]
    known = context.criteria.quantities.get(quantity_id)
    return context.words.name(known.name) if known else quantity_id
