"""Review what came in: approve, return with notes, settle what was held, clear or blur photos with people."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, photo_figures, reviewer, tables
from app_pages.session import address
from audits import record as records
from audits import terms, wording
from audits.quality import report
from audits.reports import survey_report
from audits.store.photos import marks
from audits.store.surveys import attaching, quarantine, read, reviews, submit

STATES = (reviews.SUBMITTED, reviews.RETURNED, reviews.APPROVED)
LISTED = 300

Row = Mapping[Hashable, Any]
"""One survey as its table holds it, by column."""


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
    numbered = {state: f"{name} ({counted.get(state, 0)})" for state, name in names.items()}
    kept = address.one("review_state", names)
    shown_state = choices.one_in_view(text("Show"), numbered, horizontal=True, **kept)
    mine = surveys.loc[surveys["review"] == shown_state].sort_values("received_at")
    if mine.empty:
        st.write(text("No survey is in this state."))
        return
    warnings = warnings_of(context, surveys)
    rows = [_row(row, warnings, words) for row in mine.head(LISTED).to_dict("records")]
    labels = {row["survey_id"]: f"{row['receipt_number']} · {_heading(row, words)}" for row in mine.to_dict("records")}
    if shown_state != reviews.APPROVED:
        approve_many(context, labels, warnings, who)
    chosen = choices.one_or_none(text("Look at one survey"), labels, key="review_survey")
    if chosen:
        row = surveys.loc[surveys["survey_id"] == chosen].to_dict("records")[0]
        one_survey(context, row, chosen, warnings, who)
    st.subheader(names[shown_state])
    if len(mine) > LISTED:
        st.write(text("The first {n} are shown.", n=LISTED))
    headings = (text("Receipt"), text("Site"), text("When"), text("Surveyor"))
    st.html(tables.table(text("Surveys"), (*headings, text("Way it came"), text("Look out for")), rows))


def _row(row: Row, warnings: dict[str, list[str]], words: wording.Wording) -> tuple[object, ...]:
    return (
        *(row["receipt_number"], row["site_code"], words.instant(row["observed_at"]), row["surveyor"]),
        words.text(terms.SURVEY_SOURCE.get(str(row["source"]), str(row["source"]))),
        tables.lines(*warnings.get(row["survey_id"], ())) or "–",
    )


def warnings_of(context: session.Context, surveys: pd.DataFrame) -> dict[str, list[str]]:
    """Return the warnings of each survey: doubles, unusual values, photos that have not come."""
    words, text = context.words, context.words.text
    found: dict[str, list[str]] = {}
    for _, pair in report.suspected_duplicates(records.counting(surveys)).iterrows():
        for one in (pair["survey_id"], pair["other_id"]):
            found.setdefault(one, []).append(text("may be a double: {why}", why=text(pair["why"])))
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


def approve_many(context: session.Context, labels: dict[str, str], warnings: dict[str, list[str]], who: str) -> None:
    """Offer to approve many at once; those with something to look out for only one by one."""
    words, text = context.words, context.words.text
    quiet = [survey_id for survey_id in labels if survey_id not in warnings]
    with st.expander(text("Approve many at once")):
        if st.button(
            words.count(
                "Choose the {n} with nothing to look out for", "Choose all {n} with nothing to look out for", len(quiet)
            ),
            key="choose_quiet",
        ):
            st.session_state["approve_chosen"] = quiet
        chosen = choices.several(text("Surveys to approve"), labels, key="approve_chosen", placeholder=text("none"))
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


def one_survey(context: session.Context, row: Row, survey_id: str, warnings: dict[str, list[str]], who: str) -> None:
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


def _heading(row: Row, words: wording.Wording) -> str:
    return f"{row['site_code']} · {words.instant(row['observed_at'])} · {row['surveyor']}"


def _give_back(context: session.Context, survey_id: str, note: str, notes: dict[str, str], who: str) -> None:
    sentence = context.words.text("Returned. The surveyor sees it with your notes.")
    reviewer.attempt(context, lambda: reviews.give_back(context.store, survey_id, note, notes, who), sentence)


def evidence(context: session.Context, survey_id: str) -> None:
    """Show the photos of one survey, those with people too: the reader here is the one who decides on them."""
    kept = photo_figures.show_erased(context, read.photos(context.store, survey_ids=[survey_id]))
    for _, row in kept.iterrows():
        quantity = context.criteria.quantities.get(row["quantity"])
        of = context.words.name(quantity.name) if quantity else row["element_id"] or row["survey_id"]
        label = row["caption"] or context.words.text("Photo of {element}", element=of)
        photo_figures.show(context, row["sha256"], label)


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
        (int(row["batch_id"]), int(row["line"])): f"{row['file_name']} · {row['line']} · {'; '.join(row['reasons'])}"
        for _, row in still.head(LISTED).iterrows()
    }
    chosen = choices.one_or_none(text("Look at one held row"), keys, key="held_row")
    if chosen is None:
        return
    batch_id, line = chosen
    one = still.loc[(still["batch_id"] == batch_id) & (still["line"] == line)].iloc[0]
    for reason in one["reasons"]:
        st.warning(reason)
    st.html(tables.table(text("As it came"), (text("What"), text("As written")), reviewer.raw_cells(one["raw"])))
    note = st.text_input(text("Why (needed to dismiss)"), key=f"settle_note_{chosen}")
    left, right = st.columns(2)
    if left.button(text("Dismiss with this reason"), key="dismiss", disabled=not who):
        _settled(context, lambda: quarantine.settle(context.store, batch_id, line, quarantine.DISMISSED, note, who))
    if reviewer.is_survey(one["raw"]) and right.button(
        text("Take it in as a correction"), key="take_conflict", disabled=not who
    ):
        _settled(context, lambda: submit.take_conflict(context.store, batch_id, line, who, note))


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


if __name__ == "__main__":
    show(session.current())
