"""Show how far the record can be trusted: coverage, checks, agreement of surveyors, instruments, second surveys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import calibrations as calibrations_table
from app_pages.parts.shared import choices, tables
from app_pages.session import cache, navigation
from audits import record as records
from audits import wording
from audits.quality import agreement, calibration, resurvey, sentences
from audits.quality import report as quality
from audits.store.surveys import read

PERIOD_DAYS = 14


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Quality of the record"))
    record = context.record()
    agreed, found = cache.trust(context.store, record, context.today)
    extent(context, found)
    to_do(context, found)
    figures, two, again, instruments = st.tabs(
        [
            text("All figures"),
            text("Do two surveyors find the same?"),
            text("Second surveys, blind"),
            text("Instruments and their calibration"),
        ]
    )
    with figures:
        rows = [(line.title, line.value, line.meaning or "–") for line in sentences.lines(found, context.words)]
        headings = (text("What"), text("Known"), text("What it means"))
        table = tables.table(text("How far the record can be trusted"), headings, rows)
        st.html(tables.tall(table))
    with two:
        agreement_tables(context, agreed)
    with again:
        second_surveys(context, record)
    with instruments:
        calibrations(context)


def extent(context: session.Context, found: quality.Quality) -> None:
    """Show how much of the city the record covers, as bars."""
    words, text = context.words, context.words.text
    shares = (
        (text("Sites surveyed"), found.extent.sites.share),
        (text("Elements measured"), found.extent.elements.share),
        (text("Measured of what applies, on average"), found.extent.coverage),
        (text("Positions of ramp sites confirmed on site"), found.extent.positions.share),
    )
    for column, (title, share) in zip(st.columns(len(shares)), shares, strict=True):
        percent = "–" if pd.isna(share) else words.percent(share)
        known = 0.0 if pd.isna(share) else 100 * share
        bar = tables.score_bar(known, known, f"{title}: {percent}")
        column.html(f'<p class="jaidee-score">{percent}</p>{bar}<p>{tables.cell(title)}</p>')


def to_do(context: session.Context, found: quality.Quality) -> None:
    """Lead to what would make the record more trustworthy now."""
    words = context.words
    waiting = found.checking.submitted + found.checking.held
    if waiting:
        sentence = words.count("{n} survey or row waits for review", "{n} surveys and rows wait for review", waiting)
        navigation.link(context, "review.py", label=sentence, query_params=navigation.query(context))
    latest = cache.devices(context.store)
    due = 0 if latest.empty else len(calibration.due(latest, context.today))
    if due:
        st.write(words.count("{n} instrument is due for calibration.", "{n} instruments are due for calibration.", due))


def agreement_tables(context: session.Context, agreed: agreement.Agreement) -> None:
    """Show where two surveyors looked at the same thing and how far they agree, in words with the figures beside."""
    words, text, book = context.words, context.words.text, context.criteria
    answered, figured = sentences.answer_sentence, _figure(context, sentences.figure_sentence)
    repeated = _figure(context, sentences.repeat_sentence)
    parts = (
        (text("Requirements"), agreed.verdicts, book.criteria, answered),
        (text("Questions with yes or no"), agreed.answers, book.quantities, answered),
        (text("Figures"), agreed.figures, book.quantities, figured),
        (text("Several readings by one surveyor"), agreed.repeats, book.quantities, repeated),
    )
    if all(frame_of.empty for _, frame_of, _, _ in parts):
        st.write(text("No element has been surveyed by two people yet."))
        return
    for title, found, known, sentence in parts:
        if not found.empty:
            rows = [(words.name(known[str(row.Index)].name), sentence(row, words)) for row in found.itertuples()]
            with st.expander(f"{title} ({words.number(len(found))})"):
                st.html(tables.table(title, (text("What"), text("Agreement")), rows))


def _figure(
    context: session.Context, sentence: Callable[[Any, Any, wording.Wording], str]
) -> Callable[[Any, wording.Wording], str]:
    return lambda row, words: sentence(row, context.criteria.quantities[str(row.Index)], words)


def second_surveys(context: session.Context, record: records.AuditedRecord) -> None:
    """Propose which sites somebody else surveys again without knowing the first figures."""
    words, text = context.words, context.words.text
    st.write(
        text(
            "Each Monday a tenth of the sites surveyed in the two weeks before is drawn by lot from the state of the "
            "record, so that nobody can choose. Another surveyor goes, without the first figures."
        )
    )
    # the head of the log as it stood then: foreseen by nobody, and the same for everybody since
    monday = context.today - dt.timedelta(days=context.today.weekday())
    seed = str(read.head(context.store, dt.datetime.combine(monday, dt.time(), wording.local_zone())))
    first, last = monday - dt.timedelta(days=PERIOD_DAYS), monday - dt.timedelta(days=1)
    drawn = _drawn(record, seed, first, last)
    if drawn.empty:
        st.write(text("No site was surveyed from {first} to {last}, so none is drawn.", **_days(context, first, last)))
        return
    surveyors = {name: name for name in sorted(record.surveys["surveyor"].unique())}
    who = choices.one_or_none(
        text("List for the surveyor"), surveyors, placeholder=text("all, for the office"), key="resurvey_who"
    )
    shown = resurvey.blind_list(drawn, record.sites, who, words) if who else drawn
    rows: list[tuple[object, ...]] = []
    for code, row in shown.iterrows():
        zone, until = _zone(row["zone"]), words.day(row["again_by"])
        if who:
            rows.append((code, row["name"], zone, until, row["reason"]))
        else:
            rows.append((code, zone, words.day(row["surveyed_on"]), row["not_by"], until, text(row["reason"])))
    if who:
        headings = [text("Code"), text("Name"), text("Zone"), text("Until"), text("Why")]
    else:
        headings = [text("Code"), text("Zone"), text("First survey"), text("Not by"), text("Until"), text("Why")]
    st.html(tables.table(text("Second surveys, blind"), headings, rows))


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=cache.KEYS)
def _drawn(record: records.AuditedRecord, seed: str, first: dt.date, last: dt.date) -> pd.DataFrame:
    return resurvey.proposals(record.sites, record.surveys, seed, first, last)


def _days(context: session.Context, first: dt.date, last: dt.date) -> dict[str, str]:
    return {"first": context.words.day(first), "last": context.words.day(last)}


def _zone(zone: Any) -> str:
    return "–" if pd.isna(zone) else str(int(zone))


def calibrations(context: session.Context) -> None:
    """Show the municipality's devices and which are due."""
    text = context.words.text
    latest = cache.devices(context.store)
    if latest.empty:
        st.write(text("No device has been recorded. Record them under Field work."))
        return
    states = calibration.due(latest, context.today)["state"].to_dict()
    rows = [
        (
            *calibrations_table.cells(context, str(code), row),
            text(calibration.DUE[states[code]]) if code in states else text("in date"),
        )
        for code, row in latest.iterrows()
    ]
    headings = (*calibrations_table.headings(context.words), text("State"))
    st.html(tables.table(text("Instruments and their calibration"), headings, rows))


if __name__ == "__main__":
    show(session.current())
