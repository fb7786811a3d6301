"""Take the photos of one element: what each is evidence for, and whether a person is in it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices
from app_pages.parts.survey import draft as survey_draft
from audits import survey
from audits.field import answer_sheet
from audits.rules import model
from audits.store.photos import photos

WHOLE = ""


def take(context: session.Context, draft: answer_sheet.AnswerSheet, element: survey.Element) -> None:
    """Take photos of one element; each is kept at once."""
    text, words = context.words.text, context.words
    names = {WHOLE: text("the whole of it")} | {
        quantity.quantity_id: words.name(quantity.name) for quantity in model.questions(context.criteria, element.kind)
    }
    of = choices.one(text("Photo of"), names, key=f"photo_of_{element.element_id}")
    sent = st.file_uploader(
        text("Photos (no faces, no number plates)"),
        type=["jpg", "jpeg", "png", "webp", "heic"],
        accept_multiple_files=True,
        key=f"photos_{element.element_id}_{of}",
        max_upload_size=25,
    )
    for file in sent or []:
        _keep(context, draft, element.element_id, of, file.getvalue())
    mine = [photo for photo in draft.photos if photo["element_id"] == element.element_id]
    if mine:
        st.write(words.count("{n} photo kept", "{n} photos kept", len(mine)))
    for number, photo in enumerate(mine, start=1):
        _person(context, draft, photo, number, names.get(photo.get("quantity", WHOLE), ""))


def _person(
    context: session.Context, draft: answer_sheet.AnswerSheet, photo: dict[str, Any], number: int, name: str
) -> None:
    key = f"answer|{draft.survey_id}|person|{photo['sha256']}"
    st.session_state.setdefault(key, bool(photo.get("contains_person")))

    def keep() -> None:
        photo["contains_person"] = st.session_state[key]
        survey_draft.keep(context, draft)

    label = context.words.text("A person is visible in photo {number} ({name})", number=number, name=name)
    st.checkbox(label, key=key, on_change=keep)


def _keep(
    context: session.Context, draft: answer_sheet.AnswerSheet, element_id: str, quantity_id: str, content: bytes
) -> None:
    seen = st.session_state.setdefault("photos_seen", {})
    digest = hashlib.sha256(content).hexdigest()
    if digest in seen.get(draft.survey_id, ()):
        return
    with context.problems_shown():
        kept = photos.keep(context.store, content, actor=context.actor(draft.surveyor) or "web")
        seen.setdefault(draft.survey_id, set()).add(digest)
        if kept.sha256 not in {photo["sha256"] for photo in draft.photos}:
            draft.photos.append(asdict(survey.Photo(kept.sha256, element_id, quantity=quantity_id)))
            survey_draft.keep(context, draft)
