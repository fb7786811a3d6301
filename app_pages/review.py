"""Review what came in: approve, return with notes, settle what was held, clear or blur photos with people."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import erased_photos, reviewer, tables
from app_pages.session import address
from audits import record as records
from audits import terms, wording
from audits.quality import report
from audits.reports import survey_report
from audits.store.photos import marks, photos
from audits.store.surveys import attaching, quarantine, read, reviews, submit

STATES = (reviews.SUBMITTED, reviews.RETURNED, reviews.APPROVED)
LISTED = 300


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Review"))
    st.write(
        text("Nothing is erased here: a returned survey stays in the record and does not count until it is corrected.")
    )
    who = reviewer.name(context)
    reviewer.show_done()
    surveys = read.surveys(context.store)
    standing = surveys.loc[(surveys["status"] == "final") & (surveys["superseded_by"] == "")]
    queue, held, people = st.tabs(
        [text("Surveys"), text("Rows held back"), text("Photos with people")], key="review_tab", on_change="rerun"
    )
    with queue:
        review_surveys(context, standing, who)
    with held:
        settle_held(context, who)
    with people:
        clear_photos(context, who)


def review_surveys(context: session.Context, surveys: pd.DataFrame, who: str) -> None:
    """Show the surveys that wait, and take decisions on one or on many."""
    words, text = context.words, context.words.text
    names = {state: text(terms.REVIEW_STATE[state]) for state in STATES}
    counted = surveys["review"].value_counts()
    shown_state = st.radio(
        text("Show"),
        list(names),
        format_func=lambda state: f"{names[state]} ({counted.get(state, 0)})",
        horizontal=True,
        **address.one("review_state", list(names)),
    )
    mine = surveys.loc[surveys["review"] == (shown_state or reviews.SUBMITTED)].sort_values("received_at")
    if mine.empty:
        st.write(text("No survey is in this state."))
        return
    warnings = warnings_of(context, surveys)
    rows = [_row(row, warnings, words) for row in mine.head(LISTED).itertuples()]
    if shown_state != reviews.APPROVED:
        approve_many(context, mine, warnings, who)
    labels = {row.survey_id: _label(row, words) for row in mine.itertuples()}
    chosen = st.selectbox(
        text("Look at one survey"), list(labels), index=None, format_func=labels.get, key="review_survey"
    )
    if chosen:
        one_survey(context, surveys.set_index("survey_id").loc[chosen], chosen, warnings, who)
    st.subheader(names[shown_state or reviews.SUBMITTED])
    if len(mine) > LISTED:
        st.write(text("The first {n} are shown.", n=LISTED))
    st.html(tables.table(text("Surveys"), _headings(words), rows))


def _headings(words: wording.Wording) -> tuple[str, ...]:
    text = words.text
    return text("Receipt"), text("Site"), text("When"), text("Surveyor"), text("Way it came"), text("Look out for")


def _row(row: Any, warnings: dict[str, list[str]], words: wording.Wording) -> tuple[object, ...]:
    return (
        str(row.receipt_number),
        row.site_code,
        words.instant(row.observed_at),
        row.surveyor,
        words.text(terms.SURVEY_SOURCE.get(row.source, row.source)),
        tables.lines(*warnings.get(row.survey_id, ())) or "–",
    )


def _label(row: Any, words: wording.Wording) -> str:
    return f"{row.receipt_number} · {row.site_code} · {words.instant(row.observed_at)} · {row.surveyor}"


def warnings_of(context: session.Context, surveys: pd.DataFrame) -> dict[str, list[str]]:
    """Return the warnings of each survey: doubles, unusual values, photos that have not come."""
    words, text = context.words, context.words.text
    found: dict[str, list[str]] = {}
    for pair in report.suspected_duplicates(records.counting(surveys)).itertuples():
        for one in (pair.survey_id, pair.other_id):
            found.setdefault(one, []).append(text("may be a double: {why}", why=text(pair.why)))
    measured = read.measurements(context.store)
    ranges = {name: quantity.usual for name, quantity in context.criteria.quantities.items()}
    low, high = (measured["quantity"].map(lambda name, end=end: ranges[name][end]) for end in (0, 1))
    unusual = measured.loc[(measured["value"] < low) | (measured["value"] > high)]
    for survey_id, count in unusual.groupby("survey_id").size().items():
        found.setdefault(str(survey_id), []).append(words.count("{n} unusual value", "{n} unusual values", int(count)))
    for survey_id, count in attaching.missing(context.store).groupby("survey_id").size().items():
        sentence = words.count("{n} photo has not come", "{n} photos have not come", int(count))
        found.setdefault(str(survey_id), []).append(sentence)
    return found


def approve_many(context: session.Context, mine: pd.DataFrame, warnings: dict[str, list[str]], who: str) -> None:
    """Offer to approve many at once; those with something to look out for only one by one."""
    words, text = context.words, context.words.text
    quiet = [survey_id for survey_id in mine["survey_id"] if survey_id not in warnings]
    labels = {row.survey_id: _label(row, words) for row in mine.itertuples()}
    with st.expander(text("Approve many at once")):
        if st.button(
            words.count(
                "Choose the {n} with nothing to look out for", "Choose all {n} with nothing to look out for", len(quiet)
            ),
            key="choose_quiet",
        ):
            st.session_state["approve_chosen"] = quiet
        chosen = st.multiselect(
            text("Surveys to approve"),
            list(labels),
            format_func=labels.get,
            key="approve_chosen",
            placeholder=text("none"),
        )
        wanted = words.count("Approve {n} survey", "Approve {n} surveys", len(chosen))
        st.button(
            wanted,
            type="primary",
            key="approve_many",
            disabled=not (chosen and who),
            on_click=_approve,
            args=(context, tuple(chosen), who),
        )


def _approve(context: session.Context, survey_ids: tuple[str, ...], who: str) -> None:
    problems = reviews.approve(context.store, survey_ids, who)
    done = len(survey_ids) - len(problems)
    sentences = [context.words.count("{n} survey approved.", "{n} surveys approved.", done)]
    st.session_state[reviewer.DONE] = sentences + [context.words.problem(problem) for problem in problems]
    st.session_state["approve_chosen"] = []
    st.session_state["review_survey"] = None


def one_survey(
    context: session.Context, row: pd.Series, survey_id: str, warnings: dict[str, list[str]], who: str
) -> None:
    """Show one survey answer by answer, with a field for a note on each."""
    words, text = context.words, context.words.text
    visit = read.survey(context.store, survey_id)
    st.subheader(_heading(row, words))
    for sentence in warnings.get(survey_id, ()):
        st.warning(sentence)
    if row["supersedes"]:
        st.info(text("This corrects an earlier survey; the earlier one is kept and marked as corrected."))
    if row["review"] == reviews.RETURNED:
        st.info(text("Returned by {who}: {note}", who=row["reviewed_by"], note=row["review_note"] or "–"))
    if visit.note:
        st.html(f"<p>{tables.cell(text('Remark of the surveyor: {note}', note=visit.note))}</p>")
    with st.form(key=f"decide_{survey_id}", border=True):
        notes = {}
        for line in survey_report.lines(visit, context.criteria, words):
            shown, asked = st.columns(2, vertical_alignment="center")
            flag = f"<b>{tables.cell(text('unusual value'))}</b>" if line.unusual else ""
            shown.html(
                f"<p><b>{tables.cell(line.quantity)}</b> {tables.small(line.element)}<br>{tables.cell(line.answer)} "
                f"{flag} {tables.small(line.instrument)}</p>"
            )
            label = text("Note on {quantity}, {element}", quantity=line.quantity, element=line.element)
            notes[line.key] = asked.text_input(label, key=f"note|{survey_id}|{line.key}")
        whole = st.text_area(text("Note on the whole survey"), key=f"note|{survey_id}")
        left, right = st.columns(2)
        left.form_submit_button(
            text("Approve"),
            type="primary",
            disabled=not who,
            width="stretch",
            on_click=_approve,
            args=(context, (survey_id,), who),
        )
        give_back = right.form_submit_button(text("Return with these notes"), disabled=not who, width="stretch")
    evidence(context, survey_id)
    if give_back:
        _give_back(context, survey_id, whole, notes, who)


def _heading(row: pd.Series, words: wording.Wording) -> str:
    return f"{row['site_code']} · {words.instant(row['observed_at'])} · {row['surveyor']}"


def _give_back(context: session.Context, survey_id: str, note: str, notes: dict[str, str], who: str) -> None:
    sentence = context.words.text("Returned. The surveyor sees it with your notes.")
    reviewer.attempt(context, lambda: reviews.give_back(context.store, survey_id, note, notes, who), sentence)


def evidence(context: session.Context, survey_id: str) -> None:
    """Show the photos of one survey, those with people too: the reader here is the one who decides on them."""
    kept = erased_photos.show_erased(context, read.photos(context.store, survey_ids=[survey_id]))
    for row in kept.itertuples():
        quantity = context.criteria.quantities.get(row.quantity)
        of = context.words.name(quantity.name) if quantity else row.element_id or row.survey_id
        st.html(picture(context, row.sha256, row.caption or context.words.text("Photo of {element}", element=of)))


def picture(context: session.Context, sha256: str, label: str) -> str:
    """Return a photo as HTML, inside the page: it has no address of its own."""
    shown = base64.b64encode(photos.content(context.store, sha256)).decode()
    return (
        f'<figure><img class="jaidee-photo" alt="{html.escape(label)}" src="data:image/jpeg;base64,{shown}">'
        f"<figcaption>{html.escape(label)}</figcaption></figure>"
    )


def settle_held(context: session.Context, who: str) -> None:
    """Show what was held with its reasons, and settle it."""
    text = context.words.text
    rows = quarantine.held_rows(context.store)
    still = rows.loc[rows["decision"] == ""]
    settled = len(rows) - len(still)
    st.write(
        text("{open} rows wait, {settled} are settled. Every row is kept as it came.", open=len(still), settled=settled)
    )
    if still.empty:
        return
    st.write(
        text(
            "Mend the cause, such as a site that is not registered, and send the same file again: rows that fit then "
            "are taken in and settled by themselves."
        )
    )
    keys = {
        (row.batch_id, row.line): f"{row.file_name} · {row.line} · {'; '.join(row.reasons)}"
        for row in still.head(LISTED).itertuples()
    }
    chosen = st.selectbox(text("Look at one held row"), list(keys), index=None, format_func=keys.get, key="held_row")
    if chosen is None:
        return
    one = still.set_index(["batch_id", "line"]).loc[chosen]
    for reason in one["reasons"]:
        st.warning(reason)
    st.html(tables.table(text("As it came"), (text("What"), text("As written")), reviewer.raw_cells(one["raw"])))
    note = st.text_input(text("Why (needed to dismiss)"), key=f"settle_note_{chosen}")
    left, right = st.columns(2)
    if left.button(text("Dismiss with this reason"), key="dismiss", disabled=not who):
        _settled(context, lambda: quarantine.settle(context.store, *chosen, quarantine.DISMISSED, note, who))
    if reviewer.is_survey(one["raw"]) and right.button(
        text("Take it in as a correction"), key="take_conflict", disabled=not who
    ):
        _settled(context, lambda: submit.take_conflict(context.store, *chosen, who, note))


def _settled(context: session.Context, action: Callable[[], object]) -> None:
    def settle() -> None:
        action()
        st.session_state.pop("held_row", None)

    reviewer.attempt(context, settle, context.words.text("Settled."))


def clear_photos(context: session.Context, who: str) -> None:
    """Show the photos in which somebody saw a person, to clear or to blur."""
    text = context.words.text
    kept = read.photos(context.store)
    flagged = kept.loc[kept["contains_person"].astype(bool)].drop_duplicates("sha256")
    if flagged.empty:
        st.write(text("No photo with a person in it waits."))
        return
    st.write(text("These photos are kept from the site pages, the council and every export until you decide."))
    names = {
        row.sha256: f"{row.site_code} · {row.caption or row.element_id or row.sha256[:8]}"
        for row in flagged.itertuples()
    }
    chosen = st.selectbox(text("Photo"), list(names), format_func=names.get, key="flagged_photo")
    area = reviewer.area(context, chosen)
    st.html(picture(context, chosen, names[chosen]))
    left, right = st.columns(2)
    if left.button(text("There is no person in it: show it"), key="clear_photo", disabled=not who):
        _settled(context, lambda: marks.mark(context.store, chosen, marks.CLEAR, who))
    if right.button(text("Blur the area and show the copy"), key="blur_photo", disabled=not who):
        _settled(context, lambda: marks.blur(context.store, chosen, (area,), who))


if __name__ == "__main__":
    show(session.current())
