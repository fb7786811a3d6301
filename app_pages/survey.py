"""Record a survey on a phone: the nearest site, its questions, verdicts while typing, a receipt."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

import streamlit as st

from app_pages import session
from app_pages.parts.shared import browser, choices, site_summary, tables
from app_pages.parts.survey import draft as survey_draft
from app_pages.parts.survey import question, survey_header, survey_questions
from app_pages.session import address, navigation
from audits import record as records
from audits import survey, terms
from audits.field import answer_sheet, answers
from audits.reports import markers, site_report, survey_report
from audits.rules import model
from audits.store.photos import photos
from audits.store.surveys import read, reviews, submit
from layers import distance as site_layer

NEAREST = 5
# a photo of no single quantity
WHOLE = ""
RECEIPT = "survey_receipt"


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Survey"))
    receipt(context)
    record = context.record()
    code = choose(context, record)
    if code is None:
        st.write(text("Choose a site to begin."))
        return
    form(context, record, code)


def choose(context: session.Context, record: records.AuditedRecord) -> str | None:
    """Return the site to survey: from the address, the list, or the nearest ones."""
    words, text = context.words, context.words.text
    names = site_summary.site_names(context, record.sites)
    fix = browser.position(words, key="nearest_fix")
    if fix:
        near = site_layer.nearest(record.sites, fix["longitude"], fix["latitude"], NEAREST)
        distances = {
            str(code): text("{name}, {metres} m", name=names[str(code)], metres=words.number(metres, 0))
            for code, metres in near["distance_m"].items()
        }
        st.radio(
            text("Nearest sites"),
            list(distances),
            format_func=distances.__getitem__,
            index=None,
            key="nearest",
            on_change=_take_nearest,
        )
    return site_summary.choose_site(context, record.sites)


def _take_nearest() -> None:
    address.choose(site_summary.SITE, st.session_state.nearest)


@st.fragment
def form(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Show the survey form of one site."""
    text = context.words.text
    draft = survey_draft.current(context, code)
    if draft.supersedes:
        st.info(text("This corrects an earlier survey; the earlier one is kept and marked as corrected."))
    returned(context, code, draft)
    survey_header.who_and_how(context, draft)
    elements = survey_header.elements_of(context, record, draft)
    if not elements:
        st.write(text("No element is recorded here yet. Add what you see."))
    else:
        titles = {name: _title(context, each) for name, each in elements.items()}
        chosen = choices.one_in_view(text("Which element?"), titles, key=f"element_{code}")
        st.header(titles[chosen])
        survey_questions.ask(question.of_element(context, record, draft, elements[chosen]))
        take_photos(context, draft, elements[chosen])
    add_element(context, draft, elements)
    st.text_area(text("Remarks (no names, no faces)"), **survey_draft.field(context, draft, "note"))
    if st.button(text("Save the survey"), type="primary", key="save", width="stretch"):
        save(context, record, draft, elements)
    earlier(context, code)


def _title(context: session.Context, element: survey.Element) -> str:
    return site_report.element_title(element.element_id, element.kind, element.label, context.words)


def add_element(context: session.Context, draft: answer_sheet.AnswerSheet, elements: dict[str, survey.Element]) -> None:
    """Offer to add what the register does not know."""
    text = context.words.text
    names = {kind: text(terms.ELEMENT_KIND[kind]) for kind in survey.ELEMENT_KINDS}
    with st.expander(text("Add an element that is not listed")):
        kind = choices.one(text("What is it?"), names, key="added_kind")
        label = st.text_input(text("What do you call it? (such as north gate)"), key="added_label")
        if st.button(text("Add"), key="add_element"):
            taken = [int(name.rsplit(".", 1)[1]) for name in elements if name.startswith(f"{draft.site_code}.{kind}.")]
            element_id = f"{draft.site_code}.{kind}.{max(taken, default=0) + 1}"
            draft.added.append({"element_id": element_id, "kind": kind, "label": label.strip()})
            draft.set_answer(element_id, survey.ELEMENT_PRESENT, answers.Answer((answers.YES,)))
            survey_draft.keep(context, draft)
            st.rerun(scope="fragment")


def save(
    context: session.Context,
    record: records.AuditedRecord,
    draft: answer_sheet.AnswerSheet,
    elements: dict[str, survey.Element],
) -> None:
    """Send the survey; the same tap twice makes one survey."""
    text = context.words.text
    if not draft.surveyor.strip():
        st.error(text("Please give your name or staff number at the top."))
        return
    read = survey_draft.understood(context, draft, elements)
    if not read.survey.measurements and not read.survey.photos:
        st.error(text("Nothing has been answered yet. Answer at least one question."))
        return
    if read.problems:
        wrong = dict.fromkeys(problem.where.split(",")[0] for problem in read.problems)
        st.error(
            text(
                "Some answers cannot be taken yet; each says why. Mend them or empty them: {elements}.",
                elements=", ".join(wrong),
            )
        )
        return
    receipt_given = submit.submit(context.store, read.survey, context.actor(draft.surveyor))
    if receipt_given.outcome in ("refused", "conflict"):
        context.show_problems(receipt_given.problems)
        return
    before = record.audit.sites.loc[[draft.site_code]].iloc[0]
    st.session_state[RECEIPT] = (receipt_given.number, draft.site_code, before["score_low"], before["score_high"])
    survey_draft.discard(context, draft)
    st.rerun()


def receipt(context: session.Context) -> None:
    """Show the receipt of the survey just saved, and how the score moved."""
    words, text = context.words, context.words.text
    given = st.session_state.get(RECEIPT)
    if not given:
        return
    number, code, low, high = given
    now = context.record().audit.sites.loc[[code]].iloc[0]
    st.success(text("Saved. Receipt number {number} for {code}.", number=number, code=code))
    st.write(
        text(
            "Before: {before}. Now: {after}.",
            before=markers.score_text(low, high, words),
            after=markers.score_text(now["score_low"], now["score_high"], words),
        )
    )
    st.page_link(
        "site.py",
        label=text("See all findings of {code}", code=code),
        query_params=navigation.query(context, site=code),
    )


def returned(context: session.Context, code: str, draft: answer_sheet.AnswerSheet) -> None:
    """Show which surveys of the site an engineer returned and why, and lead to their correction."""
    words, text = context.words, context.words.text
    surveys = read.surveys(context.store)
    back = surveys.loc[
        (surveys["site_code"] == code) & (surveys["review"] == reviews.RETURNED) & (surveys["superseded_by"] == "")
    ]
    for row in back.to_dict("records"):
        notes = survey_report.notes(row["answer_notes"], context.criteria, words)
        heading = text(
            "Returned by {who}: the survey of {when}, receipt {number}. {note}",
            who=row["reviewed_by"],
            when=words.instant(row["observed_at"]),
            number=row["receipt_number"],
            note=row["review_note"],
        )
        items, survey_id = tables.bullets(f"{name}: {note}" for name, note in notes), row["survey_id"]
        with st.container(border=True):
            st.html(f'<div role="status"><p><b>{tables.cell(heading)}</b></p>{items}</div>')
            if draft.supersedes != survey_id and st.button(text("Begin its correction"), key=f"mend_{survey_id}"):
                survey_draft.correct(context, survey_id)
                st.rerun(scope="fragment")


def earlier(context: session.Context, code: str) -> None:
    """Offer to correct an earlier survey of this site."""
    words, text = context.words, context.words.text
    surveys = read.surveys(context.store)
    mine = surveys.loc[
        (surveys["site_code"] == code) & (surveys["status"] == "final") & (surveys["superseded_by"] == "")
    ]
    if mine.empty:
        return
    names = {
        row["survey_id"]: f"{words.instant(row['observed_at'])} {row['surveyor']} ({row['receipt_number']})"
        for _, row in mine.iterrows()
    }
    with st.expander(text("Correct an earlier survey")):
        chosen = choices.one(text("Which survey?"), names, key=f"earlier_{code}")
        if st.button(text("Begin a correction"), key="correct"):
            survey_draft.correct(context, chosen)
            st.rerun(scope="fragment")


def take_photos(context: session.Context, draft: answer_sheet.AnswerSheet, element: survey.Element) -> None:
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
        _keep_photo(context, draft, element.element_id, of, file.getvalue())
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


def _keep_photo(
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


if __name__ == "__main__":
    show(session.current())
