"""Record a survey on a phone: the nearest site, its questions, verdicts while typing, a receipt."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import browser, choices, record_names, site_summary, tables
from app_pages.parts.survey import (
    completeness,
    failure_photos,
    one_question,
    photo_list,
    place_question,
    question,
    receipt,
    redrawn,
    returned,
    survey_header,
    survey_questions,
)
from app_pages.parts.survey import draft as survey_draft
from app_pages.session import address, cache, plain_text
from audits import record as records
from audits import survey, terms
from audits.field import answer_sheet, answers, held_decisions, held_twins
from audits.reports import site_report, survey_report
from audits.store.accounts import accounts
from audits.store.register import register
from audits.store.surveys import submit
from audits.works import visits
from layers import distance as site_layer

NEAREST = 5
RETURNED_SHOWN = 8
HELD = "survey_held"


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Survey"))
    record = context.record()
    back = returned.surveys(context)
    # known before the field is drawn: what came back stands first only while no site is chosen
    is_chosen = address.one(site_summary.SITE, record.sites.index, stays=True)["key"] in st.session_state
    if not is_chosen:
        returned_list(context, record, back)
    code, fix = choose(context, record, is_chosen)
    receipt.show(context, code)
    if st.session_state.pop(HELD, False):
        st.error(text(held_decisions.SAME_NUMBER))
    if code is None:
        st.write(text("Choose a site to begin."))
        return
    if receipt.STATE in st.session_state:
        receipt.again(context, code)
    else:
        site_summary.built_anew(context, record, code)
        form(context, record, code, back.loc[back["site_code"] == code], fix)
    returned_list(context, record, back.loc[back["site_code"] != code])


def returned_list(context: session.Context, record: records.AuditedRecord, back: pd.DataFrame) -> None:
    """Show first what came back, each leading to its site."""
    words = context.words
    back = back.loc[back["site_code"].isin(record.sites.index)]
    if back.empty:
        return
    names = record_names.of(context, record).sites
    shown = back.head(RETURNED_SHOWN)
    with st.container(border=True, key="returned_list"):
        st.subheader(returned.heading(context, len(back)))
        for row in shown.to_dict("records"):
            label = ": ".join(
                (
                    f"{names[row['site_code']]} ({words.day(row['observed_at'].date())})",
                    *filter(None, (returned.made_by(context, row), *returned.first_notes(context, row))),
                )
            )
            key, args = f"returned_{row['survey_id']}", (site_summary.SITE, row["site_code"])
            st.button(plain_text.literal(label), key=key, on_click=address.choose, args=args, width="stretch")


def choose(
    context: session.Context, record: records.AuditedRecord, is_chosen: bool
) -> tuple[str | None, browser.Fix | None]:
    """Return the site to survey, from the address, the list, or the nearest ones, and where the reader stands."""
    if not is_chosen:
        fix = nearest(context, record)
        return site_summary.choose_site(context, record_names.of(context, record).sites), fix
    with st.container(horizontal=True, vertical_alignment="bottom", key="survey_site"):
        code = site_summary.choose_site(context, record_names.of(context, record).sites)
        with st.popover(context.words.text("Near me"), key="near_me"):
            return code, nearest(context, record)


def nearest(context: session.Context, record: records.AuditedRecord) -> browser.Fix | None:
    """Offer the sites nearest to the reader; return the position that the browser gave, if any."""
    words, text = context.words, context.words.text
    fix = browser.position(words, key="nearest_fix")
    if fix:
        names = record_names.of(context, record).sites
        near = site_layer.nearest(record.sites, fix["longitude"], fix["latitude"], NEAREST)
        distances = {
            str(code): f"{names[str(code)]} · {visits.from_reader(row, words)}" for code, row in near.iterrows()
        }
        st.radio(
            text("Nearest sites"),
            list(distances),
            format_func=lambda code: plain_text.literal(distances[code]),
            index=None,
            key="nearest",
            on_change=_take_nearest,
        )
    return fix


def _take_nearest() -> None:
    address.choose(site_summary.SITE, st.session_state.nearest)


@st.fragment(key=redrawn.FORM)
def form(
    context: session.Context,
    record: records.AuditedRecord,
    code: str,
    back: pd.DataFrame,
    looked_from: browser.Fix | None,
) -> None:
    """Show the survey form of one site; `back` are its returned surveys."""
    text = context.words.text
    redrawn.begin()
    draft = returned.asked_correction(context, survey_draft.current(context, code))
    one_question.take(context, record, draft, _element_key(code))
    if draft.supersedes:
        st.info(text("This corrects an earlier survey; the earlier one is kept and marked as corrected."))
    returned_here(context, back, draft)
    other_drafts(context, draft)
    place_question.ask(context, record, draft, looked_from)
    elements = survey_header.elements_of(context, record, draft)
    if not elements:
        st.write(text("No element is recorded here yet. Add what you see."))
    else:
        one_element(context, record, draft, elements)
    add_element(context, record, draft, elements)
    st.text_area(text("Remarks (no names, no faces)"), height=68, **survey_draft.field(context, draft, "note"))
    survey_header.who_and_how(context, draft)
    args = (context, record, draft, elements)
    redrawn.part(survey_questions.BEFORE_SAVING, lambda: repr(draft), functools.partial(before_saving, *args))
    earlier(context, code, draft)
    redrawn.end()


def before_saving(
    context: session.Context,
    record: records.AuditedRecord,
    draft: answer_sheet.AnswerSheet,
    elements: dict[str, survey.Element],
) -> None:
    """Show what is answered, ask what is to be asked, and save the survey."""
    with st.container(key=survey_questions.BEFORE_SAVING):
        counts = completeness.summary(context, record, draft, elements, _lead_to)
    misplaced = place_question.confirm(context, record, draft)
    unseen = failure_photos.unseen(context, record, draft, elements)
    left = completeness.left_out(draft, elements, context.words)
    doubted = completeness.doubt(context, draft, counts, left, failure_photos.doubt(context, unseen))
    offer = functools.partial(failure_photos.offer, context, unseen, functools.partial(_photograph, draft))
    sure, label = completeness.asked(context, draft, doubted, offer), context.words.text("Save the survey")
    if sure or (sure is None and st.button(label, type="primary", key="save", width="stretch")):
        save(context, record, draft, elements, misplaced, is_doubted=bool(doubted) and not sure)


def one_element(
    context: session.Context,
    record: records.AuditedRecord,
    draft: answer_sheet.AnswerSheet,
    elements: dict[str, survey.Element],
) -> None:
    """Ask about one of the site's elements, and for its photos."""
    words, chosen = context.words, next(iter(elements))
    survey_questions.take_asked_element(_element_key(draft.site_code), elements)
    titles = {name: _title(context, each) for name, each in elements.items()}
    if len(elements) > 1:
        names = {name: plain_text.literal(title) for name, title in titles.items()}
        chosen = choices.one(words.text("Which element?"), names, key=_element_key(draft.site_code))
        # Not in the list itself: a folded list goes on showing the text that its choice had when it was made.
        shown = functools.partial(_answer_counts, context, draft, titles)
        redrawn.part("answer_counts", shown, lambda: st.html(f"<p>{tables.small(shown())}</p>"))
    st.header(plain_text.literal(site_report.heading(titles[chosen])))
    read = functools.partial(question.of_element, context, record, draft, elements[chosen])
    redrawn.watch(lambda: [one.id for one in read()])
    count = sum(photo["element_id"] == chosen for photo in draft.photos)
    photos = f"{words.text('Photos')} · {words.number(count, 0)}"
    last = {survey_questions.PHOTOS: (photos, functools.partial(photo_list.take, context, draft, elements[chosen]))}
    one_question.show(context, draft)
    survey_questions.ask(read, last)


def _answer_counts(context: session.Context, draft: answer_sheet.AnswerSheet, titles: Mapping[str, str]) -> str:
    counts = {name: sum(map(_is_answered, draft.answers.get(name, {}).values())) for name in titles}
    words = context.words
    return ", ".join(
        f"{titles[name]} · {words.count('{n} answer', '{n} answers', n)}" for name, n in counts.items() if n
    )


def _element_key(site_code: str) -> str:
    return f"element_{site_code}"


def _is_answered(answer: Mapping[str, Any]) -> bool:
    return bool(any(answer["texts"]) or answer["reason"])


def _title(context: session.Context, element: survey.Element) -> str:
    return site_report.element_title(element.element_id, element.kind, element.label, context.words)


def add_element(
    context: session.Context,
    record: records.AuditedRecord,
    draft: answer_sheet.AnswerSheet,
    elements: dict[str, survey.Element],
) -> None:
    """Offer to add what the register does not know."""
    text = context.words.text
    names = {kind: text(terms.ELEMENT_KIND[kind]) for kind in survey.ELEMENT_KINDS}
    with st.expander(text("Add an element that is not listed")):
        kind = choices.one(text("What is it?"), names, key="added_kind")
        label = st.text_input(text("What do you call it? (such as north gate)"), key="added_label")
        if st.button(text("Add"), key="add_element"):
            element_id = register.next_element_id([*elements, *record.retired], draft.site_code, kind)
            draft.added.append({"element_id": element_id, "kind": kind, "label": label.strip()})
            # who adds a thing has seen it
            draft.set_answer(element_id, survey.ELEMENT_PRESENT, answers.Answer((answers.YES,)))
            survey_draft.keep(context, draft)
            st.rerun(scope="fragment")


def save(
    context: session.Context,
    record: records.AuditedRecord,
    draft: answer_sheet.AnswerSheet,
    elements: dict[str, survey.Element],
    misplaced: Sequence[str],
    *,
    is_doubted: bool,
) -> None:
    """Send the survey unless its position forbids it or something about it is to be asked first.

    The same tap twice makes one survey.
    """
    text = context.words.text
    if not draft.surveyor.strip():
        st.error(text("Please give your name or staff number."))
        return
    if misplaced:
        for sentence in misplaced:
            st.error(sentence)
        return
    read = survey_draft.understood(context, draft, elements)
    if read.problems:
        to_mend(context, elements, read)
        return
    away = draft.place in (survey.MOVED, survey.NOT_FOUND)
    if not read.survey.measurements and not read.survey.photos and not away:
        st.error(text("Nothing has been answered yet. Answer at least one question."))
        return
    if draft.place == survey.MOVED and not draft.fix:
        st.error(text("Take the position at the place where it is now."))
        return
    if is_doubted:
        completeness.ask(draft)
        st.rerun()
    # asked before it is sent: from then on the returned one is corrected
    returned_before = draft.supersedes in set(returned.surveys(context)["survey_id"])
    given = submit.submit(context.store, read.survey, context.actor(draft.surveyor))
    if given.outcome == "refused":
        context.show_problems(given.problems)
        return
    if given.outcome == "conflict":
        # the office holds it by now: kept here it would only be sent, and held, once more
        st.session_state[HELD] = True
        _end(context, draft)
    held_twins.settle(context.store, (read.survey,), context.actor(draft.surveyor))
    before = record.audit.sites.loc[[draft.site_code]].iloc[0]
    score = before["score_low"], before["score_high"]
    st.session_state[receipt.STATE] = (given.number, draft.site_code, *score, returned_before, draft.survey_id)
    _end(context, draft)


def _end(context: session.Context, draft: answer_sheet.AnswerSheet) -> NoReturn:
    """Forget a draft, only once the record or those held have it, and draw the page without it."""
    survey_draft.discard(context, draft)
    st.query_params.pop(one_question.ONLY, None)
    st.rerun()


def to_mend(context: session.Context, elements: dict[str, survey.Element], read: answer_sheet.Understood) -> None:
    """Name the answers that cannot be taken; what stands before the button leads to each."""
    words, named = context.words, list[str]()
    for element_id, each in read.read.items():
        title = _title(context, elements[element_id]) if element_id in elements else element_id
        for quantity_id in each.problems:
            quantity = words.name(context.criteria.quantities[quantity_id].name)
            named.append(f"{quantity} ({title})")
    sentence = words.text(
        "Some answers cannot be taken yet; each says why. Mend them or empty them: {elements}.",
        elements=", ".join(named),
    )
    st.error(plain_text.literal(sentence))


def _lead_to(context: session.Context, site_code: str, element_id: str, quantity_id: str) -> None:
    redrawn.choose(_element_key(site_code), element_id)
    survey_questions.open_question(context.criteria, element_id, quantity_id)


def _photograph(draft: answer_sheet.AnswerSheet, element_id: str, quantity_id: str) -> None:
    redrawn.choose(_element_key(draft.site_code), element_id)
    photo_list.choose(draft, element_id, quantity_id)
    survey_questions.open_photos(element_id)


def other_drafts(context: session.Context, draft: answer_sheet.AnswerSheet) -> None:
    """Show which other drafts of the site wait, and lead back to them."""
    text = context.words.text
    for other in survey_draft.waiting(context, draft.site_code):
        count = sum(map(len, other.answers.values()))
        with st.container(border=True):
            st.write(
                context.words.count(
                    "Another draft of this site is kept: {n} answer.",
                    "Another draft of this site is kept: {n} answers.",
                    count,
                )
            )
            key, args = f"draft_{other.survey_id}", (context, draft, other)
            st.button(text("Go on with that draft"), key=key, on_click=survey_draft.swap, args=args)


def returned_here(context: session.Context, back: pd.DataFrame, draft: answer_sheet.AnswerSheet) -> None:
    """Show which surveys of the site an engineer returned and why, and lead to their correction."""
    words, text = context.words, context.words.text
    for row in back.to_dict("records"):
        heading = text(
            "{who} returned this survey on {when}: visit of {visit}, receipt {number}. {note}",
            who=accounts.display_name(context.store, row["reviewed_by"]),
            when=words.instant(row["reviewed_at"]),
            visit=words.instant(row["observed_at"]),
            number=row["receipt_number"],
            note=survey_report.whole_note(row["review_note"], row["answer_notes"], words),
        )
        survey_id = row["survey_id"]
        with st.container(border=True):
            head = tables.lines(tables.strong(heading), returned.made_by(context, row))
            st.html(f'<div role="status"><p>{head}</p></div>')
            photograph = functools.partial(_photograph, draft)
            returned.answer_notes(context, row, _lead_to, photograph, is_open=draft.supersedes == survey_id)
            if draft.supersedes != survey_id:
                args = (context, draft, survey_id)
                st.button(
                    text("Begin its correction"), key=f"mend_{survey_id}", on_click=survey_draft.correct, args=args
                )


def earlier(context: session.Context, code: str, draft: answer_sheet.AnswerSheet) -> None:
    """Offer to correct an earlier survey of this site."""
    words, text = context.words, context.words.text
    mine = returned.correctable(context, code)
    if mine.empty:
        return
    made_by = survey_report.who(cache.surveys(context.store), words)
    names = {
        row["survey_id"]: f"{words.instant(row['observed_at'])} {made_by[row['survey_id']]} ({row['receipt_number']})"
        for _, row in mine.iterrows()
    }
    with st.expander(text("Correct an earlier survey")):
        chosen = choices.one(text("Which survey?"), names, key=f"earlier_{code}")
        args = (context, draft, chosen)
        sure = returned.may_begin(context, draft, "earlier")
        st.button(
            text("Begin a correction"), key="correct", disabled=not sure, on_click=survey_draft.correct, args=args
        )


if __name__ == "__main__":
    show(session.current())
