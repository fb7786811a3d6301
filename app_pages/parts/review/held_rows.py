"""Settle the rows that were held back, and decide on photos with people in them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, held_decision, photo_figures, record_names, reviewer, tables
from app_pages.session import plain_text
from audits import survey
from audits.field import held_decisions
from audits.reports import survey_report
from audits.store.photos import marks
from audits.store.surveys import quarantine, read, submit

LISTED = 300


def settle_held(context: session.Context, who: str) -> None:
    """Show what was held with its reasons, and settle it."""
    text = context.words.text
    still = {(one.batch_id, one.line): one for one in held_decisions.waiting(context.store)}
    settled = len(quarantine.held_rows(context.store)) - len(still)
    st.write(
        context.words.count(
            "{n} row waits, settled: {settled}. Every row is kept as it came.",
            "{n} rows wait, settled: {settled}. Every row is kept as it came.",
            len(still),
            settled=settled,
        )
    )
    if not still:
        return
    names = record_names.of(context, context.record()).sites
    if not all(reviewer.is_survey(one.raw) for one in still.values()):
        st.write(
            text(
                "Mend the cause, such as a site that is not registered, and send the same file again: rows that fit "
                "then are taken in and settled by themselves."
            )
        )
    keys = {key: _label(context, one, names) for key, one in itertools.islice(still.items(), LISTED)}
    chosen = choices.one_or_none(text("Look at one held row"), keys, key="held_row")
    if chosen is None:
        return
    one = still[chosen]
    st.html(f"<p>{tables.strong(one.site(names, context.words))}</p>")
    for reason in one.reasons_in(context.words):
        st.warning(plain_text.literal(reason))
    if reviewer.is_survey(one.raw):
        differences(context, survey.parsed(one.raw))
        if st.button(text("Take it in as a correction"), key="take_conflict", disabled=not who):
            _settled(context, lambda: submit.take_conflict(context.store, *chosen, who))
    else:
        st.html(tables.table(text("As it came"), (text("What"), text("As written")), reviewer.raw_cells(one.raw)))
    held_decision.ask(context, one, names, who)


def _label(context: session.Context, one: held_decisions.Waiting, names: Mapping[str, str]) -> str:
    """Name a held row by its file and line, a whole survey by its site."""
    which = (one.site(names, context.words),) if reviewer.is_survey(one.raw) else (one.file_name, str(one.line))
    return " · ".join((*which, "; ".join(one.reasons_in(context.words))))


def differences(context: session.Context, sent: survey.Survey) -> None:
    """Show the answers in which a survey in conflict differs from the one in the record that has its number."""
    text, kept = context.words.text, read.survey(context.store, sent.survey_id)
    new, old = (
        {line.key: line for line in survey_report.lines(visit, context.criteria, context.words)}
        for visit in (sent, kept)
    )
    answers = {key: [known[key].answer if key in known else "–" for known in (new, old)] for key in {**old, **new}}
    named = {key: tables.lines(line.element, line.quantity) for key, line in {**old, **new}.items()}
    rows = [(named[key], *pair) for key, pair in answers.items() if pair[0] != pair[1]]
    rows += [(text("Remarks"), sent.note or "–", kept.note or "–")] * (sent.note != kept.note)
    whos = [f"{visit.surveyor}, {context.words.instant(visit.observed_at)}" for visit in (sent, kept)]
    rows = [(text("Surveyor and day"), *whos), *rows]
    headings = (text("What"), text("Held back"), text("In the record"))
    st.html(tables.table(text("Where the two surveys differ"), headings, rows))


def _settled(context: session.Context, action: Callable[[], object]) -> None:
    def settle() -> None:
        action()
        # only once it is settled: what is refused stays chosen
        st.session_state.pop("held_row", None)

    reviewer.attempt(context, settle, context.words.text("Settled."))


def clear_photos(context: session.Context, who: str) -> None:
    """Show the photos in which somebody saw a person, to clear or to blur."""
    text = context.words.text
    kept = read.photos(context.store)
    # a photo may stand at several answers, and is decided on once
    flagged = kept.loc[kept["contains_person"].astype(bool)].drop_duplicates("sha256")
    if flagged.empty:
        st.write(text("No photo with a person in it waits."))
        return
    st.write(text("These photos are kept from the site pages, the council and every export until you decide."))
    names = {
        row["sha256"]: f"{row['site_code']} · {row['caption'] or row['element_id'] or row['sha256'][:8]}"
        for _, row in flagged.iterrows()
    }
    chosen = choices.one(text("Photo"), names, key="flagged_photo")
    area = reviewer.area(context, chosen)
    photo_figures.show(context, chosen, names[chosen])
    left, right = st.columns(2)
    if left.button(text("There is no person in it: show it"), key="clear_photo", disabled=not who):
        _settled(context, lambda: marks.mark(context.store, chosen, marks.CLEAR, who))
    if right.button(text("Blur the area and show the copy"), key="blur_photo", disabled=not who):
        _settled(context, lambda: marks.blur(context.store, chosen, (area,), who))
