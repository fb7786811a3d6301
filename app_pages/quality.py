"""Say how far the record can be trusted: coverage, checks, agreement of surveyors, instruments, second surveys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import frame, tables
from audits import wording
from audits.quality import agreement, calibration, record_quality, resurvey
from audits.quality import report as quality
from audits.store.register import devices
from audits.store.surveys import read

PERIOD_DAYS = 14


def show(place: frame.Here) -> None:
    """Draw the page."""
    text = place.words.text
    st.title(text("Quality of the record"))
    state = frame.audited(place)
    agreed, report = _worked_out(
        (str(place.workspace.folder), state.head, place.book.version, place.today), place, state
    )
    rows = [(line.title, line.value, line.meaning or "–") for line in quality.lines(report, place.words)]
    headings = (text("What"), text("Known"), text("What it means"))
    st.html(tables.table(text("How far the record can be trusted"), headings, rows))
    agreement_tables(place, agreed)
    second_surveys(place, state)
    calibrations(place)


@st.cache_resource(max_entries=8, show_spinner=False)
def _worked_out(
    content: tuple[object, ...],  # noqa: ARG001 - what the cache tells records apart by
    _place: frame.Here,
    _state: frame.Audited,
) -> tuple[agreement.Agreement, quality.Quality]:
    return record_quality.worked_out(
        _place.store,
        _state.sites,
        _state.elements,
        _state.measurements,
        _state.audit,
        _place.book,
        _place.weights,
        _place.today,
    )


def agreement_tables(place: frame.Here, agreed: agreement.Agreement) -> None:
    """Show where two surveyors looked at the same thing and how far they agree, in words with the figures beside."""
    words, text, book = place.words, place.words.text, place.book
    st.subheader(text("Do two surveyors find the same?"))
    answered, figured = agreement.answer_sentence, _figure(place, agreement.figure_sentence)
    repeated = _figure(place, agreement.repeat_sentence)
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
            with st.expander(f"{title} ({len(found)})"):
                st.html(tables.table(title, (text("What"), text("Agreement")), rows))


def _figure(
    place: frame.Here, sentence: Callable[[Any, Any, wording.Wording], str]
) -> Callable[[Any, wording.Wording], str]:
    return lambda row, words: sentence(row, place.book.quantities[str(row.Index)], words)


def second_surveys(place: frame.Here, state: frame.Audited) -> None:
    """Propose which sites somebody else surveys again without knowing the first figures."""
    words, text = place.words, place.words.text
    st.subheader(text("Second surveys, blind"))
    st.write(
        text(
            "Each Monday a tenth of the sites surveyed in the two weeks before is drawn by lot from the state of the "
            "record, so that nobody can choose. Another surveyor goes, without the first figures."
        )
    )
    monday = place.today - dt.timedelta(days=place.today.weekday())
    seed = str(read.head_before(place.store, dt.datetime.combine(monday, dt.time(), wording.BANGKOK)))
    first, last = monday - dt.timedelta(days=PERIOD_DAYS), monday - dt.timedelta(days=1)
    drawn = resurvey.proposals(state.sites, state.surveys, seed, first, last)
    if drawn.empty:
        st.write(text("No site was surveyed from {first} to {last}, so none is drawn.", **_days(place, first, last)))
        return
    who = st.selectbox(
        text("List for the surveyor"),
        sorted(state.surveys["surveyor"].unique()),
        index=None,
        placeholder=text("all, for the office"),
        key="resurvey_who",
    )
    if who:
        blind = resurvey.blind_list(drawn, state.sites, who, words)
        rows = [(code, row.name_, _zone(row.zone), words.day(row.again_by), row.reason) for code, row in _rows(blind)]
        headings = (text("Code"), text("Name"), text("Zone"), text("Until"), text("Why"))
    else:
        rows = [
            (code, _zone(row.zone), words.day(row.surveyed_on), row.not_by, words.day(row.again_by), text(row.reason))
            for code, row in _rows(drawn)
        ]
        headings = (text("Code"), text("Zone"), text("First survey"), text("Not by"), text("Until"), text("Why"))
    st.html(tables.table(text("Second surveys, blind"), headings, rows))


def _days(place: frame.Here, first: dt.date, last: dt.date) -> dict[str, str]:
    return {"first": place.words.day(first), "last": place.words.day(last)}


def _rows(found: pd.DataFrame) -> list[tuple[str, Any]]:
    renamed = found.rename(columns={"name": "name_"})
    return [(str(row.Index), row) for row in renamed.itertuples()]


def _zone(zone: Any) -> str:
    return "–" if pd.isna(zone) else str(int(zone))


def calibrations(place: frame.Here) -> None:
    """Show the municipality's devices and which are due."""
    words, text = place.words, place.words.text
    st.subheader(text("Instruments and their calibration"))
    latest = devices.latest(place.store)
    if latest.empty:
        st.write(text("No device has been recorded. Record them under Field work."))
        return
    states = calibration.due(latest, place.today)["state"]
    rows = [
        (
            row.Index,
            words.name(place.book.instruments[row.instrument_id].name),
            f"± {words.number(row.uncertainty, 2)}",
            words.day(row.calibrated_on.date()),
            words.day(row.valid_until.date()),
            text(calibration.DUE[states[row.Index]]) if row.Index in states.index else text("in date"),
        )
        for row in latest.itertuples()
    ]
    headings = (
        text("Device"),
        text("Instrument"),
        text("Uncertainty"),
        text("Calibrated on"),
        text("Valid until"),
        text("State"),
    )
    st.html(tables.table(text("Instruments and their calibration"), headings, rows))


if __name__ == "__main__":
    show(frame.here())
