"""Take photos of one element, and show those taken: what of, a person in it, taken away again."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, photo_figures
from app_pages.parts.survey import completeness, redrawn
from app_pages.parts.survey import draft as survey_draft
from audits import errors, survey
from audits.field import answer_sheet
from audits.rules import model
from audits.store.photos import photos

# a photo of no single quantity
WHOLE = ""
SEEN, ROUND, REFUSED, AGAIN = "photos_seen", "photos_round", "photos_refused", "photos_again"


def choose(draft: answer_sheet.AnswerSheet, element_id: str, quantity_id: str) -> None:
    """Let the next photo of an element be of one of its quantities."""
    redrawn.choose(_chosen_key(draft, element_id), quantity_id)


def _chosen_key(draft: answer_sheet.AnswerSheet, element_id: str) -> str:
    return f"photo_of_{draft.survey_id}_{element_id}"


def take(context: session.Context, draft: answer_sheet.AnswerSheet, element: survey.Element) -> None:
    """Offer to take photos of one element, each kept at once, and show those in the draft."""
    text, words = context.words.text, context.words
    names = {WHOLE: text("the whole of it")} | {
        quantity.quantity_id: words.name(quantity.name) for quantity in model.questions(context.criteria, element.kind)
    }
    chosen = _chosen_key(draft, element.element_id)
    if chosen not in st.session_state:
        # Where an engineer asked for a new photo, nobody is to search the list for what of.
        unseen = completeness.unseen_places(context, draft)
        st.session_state[chosen] = next((name for name in names if (element.element_id, name) in unseen), WHOLE)
    of = choices.one(text("Photo of"), names, key=chosen)
    # A new field after each delivery: its own list of files would go on naming what was taken away below.
    number = st.session_state.setdefault(ROUND, 0)
    key = f"photos_{element.element_id}_{of}_{number}"

    def keep() -> None:
        st.session_state[REFUSED] = []
        for file in st.session_state[key]:
            _keep(context, draft, element.element_id, of, file.getvalue())
        st.session_state[ROUND] = number + 1

    st.file_uploader(
        text("Photos (no faces, no number plates)"),
        type=["jpg", "jpeg", "png", "webp", "heic"],
        accept_multiple_files=True,
        key=key,
        max_upload_size=25,
        on_change=survey_draft.while_open(draft, keep),
    )
    context.show_problems(st.session_state.pop(REFUSED, ()))
    if st.session_state.pop(AGAIN, False):
        st.info(text("This photo is in this survey already."))
    mine = [photo for photo in draft.photos if photo["element_id"] == element.element_id]
    if mine:
        st.write(words.count("{n} photo kept", "{n} photos kept", len(mine)))
    for place, photo in enumerate(mine, start=1):
        _show(context, draft, photo, place, names.get(photo.get("quantity", WHOLE), ""))


def _show(
    context: session.Context, draft: answer_sheet.AnswerSheet, photo: dict[str, Any], number: int, name: str
) -> None:
    text, sha256 = context.words.text, photo["sha256"]
    key = f"answer|{draft.survey_id}|person|{sha256}"
    st.session_state.setdefault(key, bool(photo.get("contains_person")))

    def keep() -> None:
        photo["contains_person"] = st.session_state[key]
        survey_draft.keep(context, draft)

    def remove() -> None:
        draft.photos.remove(photo)
        st.session_state.get(SEEN, {}).get(draft.survey_id, {}).pop(sha256, None)
        survey_draft.keep(context, draft)

    with st.container(border=True, key=f"photo_{sha256[:12]}"):
        photo_figures.show_small(context, sha256, text("Photo {number}: {name}", number=number, name=name))
        st.checkbox(
            text("A person is visible in photo {number} ({name})", number=number, name=name),
            key=key,
            on_change=survey_draft.while_open(draft, keep),
        )
        st.button(
            text("Remove photo {number}", number=number), key=f"remove|{draft.survey_id}|{sha256}", on_click=remove
        )


def _keep(
    context: session.Context, draft: answer_sheet.AnswerSheet, element_id: str, quantity_id: str, content: bytes
) -> None:
    seen = st.session_state.setdefault(SEEN, {}).setdefault(draft.survey_id, {})
    # of the bytes that were sent: what is kept is encoded anew and has another digest
    digest = hashlib.sha256(content).hexdigest()
    if digest in seen.values():
        st.session_state[AGAIN] = True
        return
    try:
        kept = photos.keep(context.store, content, actor=context.actor(draft.surveyor) or "web")
    except errors.RefusedError as refused:
        st.session_state[REFUSED] += refused.problems
        return
    seen[kept.sha256] = digest
    if kept.sha256 in {photo["sha256"] for photo in draft.photos}:
        st.session_state[AGAIN] = True
    else:
        draft.photos.append(asdict(survey.Photo(kept.sha256, element_id, quantity=quantity_id)))
        survey_draft.keep(context, draft)
