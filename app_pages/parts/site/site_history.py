"""Show the photos of a site, every survey and request of it and every change of its record."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import photo_figures, tables
from app_pages.session import cache
from audits import record as records
from audits import terms, wording
from audits.reports import survey_report
from audits.store.requests import requests
from audits.store.surveys import read


def evidence(context: session.Context, code: str) -> None:
    """Show the photos kept for this site, without ever giving them an address of their own."""
    text = context.words.text
    if not context.sees("photo"):
        return
    kept = photo_figures.show_erased(context, cache.photos(context.store, code))
    if kept.empty:
        return
    st.subheader(text("Photos"))
    held_back = int((kept["shown_sha256"] == "").sum())
    if held_back:
        st.write(
            context.words.count(
                "{n} photo with a person in it is kept back until an engineer clears or blurs it.",
                "{n} photos with people in them are kept back until an engineer clears or blurs them.",
                held_back,
            )
        )
    for _, row in kept.loc[kept["shown_sha256"] != ""].iterrows():
        photo_figures.show(context, row["shown_sha256"], photo_figures.label(context, row))


def history(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Show every survey of the site and every change of its record."""
    words, text = context.words, context.words.text
    # what is kept ready is the history up to today
    surveys = read.surveys(context.store, record.as_of) if record.as_of else cache.surveys(context.store)
    mine = surveys.loc[surveys["site_code"] == code].sort_values("observed_at", ascending=False)
    st.subheader(text("History"))

    def who(name: str) -> str:
        return name if context.sees("surveyor") else "–"

    if mine.empty:
        st.write(text("Nobody has surveyed this site yet."))
    else:
        made_by = survey_report.who(mine, words)
        rows = [
            (
                *(words.instant(row["observed_at"]), who(made_by[row["survey_id"]]), row["receipt_number"]),
                survey_state(row, words),
            )
            for _, row in mine.iterrows()
        ]
        headings = (text("When"), text("Surveyor"), text("Receipt"), text("State"))
        st.html(tables.table(text("Surveys"), headings, rows))
    asked_here(context, record, code)
    changes = read.site_history(context.store, code)
    if not changes.empty:
        rows = [
            (
                words.instant(row["updated_at"]),
                who(row["updated_by"]),
                text(terms.POSITION_STATUS[row["position_status"]]),
                words.side(row["position_note"] or ""),
            )
            for _, row in changes.iterrows()
        ]
        headings = (text("When"), text("By"), text("Position"), text("Note"))
        st.html(tables.table(text("Earlier records of the site"), headings, rows))


def asked_here(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Show what residents asked for at the site, and what became of it."""
    words, text = context.words, context.words.text
    kept = requests.every(context.store, record.as_of)
    rows = [
        (words.day(row["received_on"]), row["text"], text(terms.REQUEST_STATE[row["state"]]), row["reason"] or "–")
        for row in kept.loc[kept["site_code"] == code].to_dict("records")
    ]
    if rows:
        headings = (text("Received"), text("What is asked for"), text("State"), text("Reason"))
        st.html(tables.table(text("Requests of residents"), headings, rows))


def survey_state(row: pd.Series, words: wording.Wording) -> str:
    """Return whether a survey was corrected, withdrawn, approved, returned, or awaits review."""
    if row["status"] == "void":
        return words.text("withdraws an earlier survey")
    if row["superseded_by"]:
        return words.text("corrected by a later survey")
    return words.text(terms.REVIEW[row["review"]])
