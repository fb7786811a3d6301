"""Ask, before a survey is saved, for photos of what fails and nobody has photographed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from app_pages import session
from app_pages.parts.survey import completeness, question
from app_pages.session import plain_text
from audits import record as records
from audits import survey
from audits.field import answer_sheet, photo_requests
from audits.reports import site_report


def unseen(
    context: session.Context,
    record: records.AuditedRecord,
    draft: answer_sheet.AnswerSheet,
    elements: Mapping[str, survey.Element],
) -> dict[photo_requests.Place, str]:
    """Name the answers that fail and that no photo shows, nor one of their element; of a correction, those it changes.

    Parameters
    ----------
    context, record, draft, elements
        The reader, the record, the survey and the elements of its site.
    """
    failing = dict[photo_requests.Place, str]()
    for name in (each for each in elements if each in draft.answers):
        element = elements[name]
        title = site_report.element_title(element.element_id, element.kind, element.label, context.words)
        for one in question.of_element(context, record, draft, element):
            if one.failed:
                failing[name, one.id] = f"{context.words.name(one.quantity.name)} ({title})"
    before = completeness.earlier(context, draft) if draft.supersedes else None
    return {
        place: name
        for place, name in failing.items()
        if not (before and before.answer(*place) == draft.answer(*place))
        and not photo_requests.is_photographed(place, draft.photos)
    }


def doubt(context: session.Context, unseen: Mapping[photo_requests.Place, str]) -> str:
    """Ask whether a survey is to be saved without photos of what fails; empty when there are all."""
    if not unseen:
        return ""
    without = context.words.text("Failures without a photo: {n}", n=len(unseen))
    # Thai ends no sentence with a full stop.
    return f"{without} · {context.words.text('Send it without them?')}"


def offer(
    context: session.Context, unseen: Mapping[photo_requests.Place, str], photograph: Callable[[str, str], None]
) -> None:
    """Lead to the photo of each failure that has none; `photograph` is given its element and its quantity."""
    for (element_id, quantity_id), name in unseen.items():
        label = plain_text.literal(context.words.text("Photograph: {what}", what=name))
        key, args = f"photograph_{element_id}_{quantity_id}", (element_id, quantity_id)
        st.button(label, key=key, on_click=photograph, args=args, icon="📷", width="stretch")
