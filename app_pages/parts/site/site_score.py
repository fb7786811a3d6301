"""Show what the score of a site rests on: each requirement, the five facilities, each person, each edition."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import site_summary, tables
from audits import record as records
from audits import terms
from audits.receipts import bundle
from audits.reports import markers, site_report
from audits.scoring import run


def why(context: session.Context, found: list[site_report.ElementSection]) -> None:
    """Show what each requirement contributes to the score."""
    words, text = context.words, context.words.text
    st.subheader(text("Why this score"))
    lines = [(section, line) for section in found for line in section.lines if line.points > 0]
    lines.sort(key=lambda pair: -pair[1].points)
    effect = {"pass": text("gained"), "fail": text("lost")}
    rows = [
        (
            line.name,
            section.title,
            words.number(line.points, 1),
            effect.get(line.verdict, text("open")),
            words.number(line.severity, 0),
        )
        for section, line in lines
    ]
    headings = (text("Requirement"), text("Element"), text("Points of 100"), text("Effect"), text("Severity 1–4"))
    with st.expander(text("Contribution of every requirement")):
        st.html(tables.table(text("Contribution of every requirement"), headings, rows))


def facilities(context: session.Context, audited: pd.Series) -> None:
    """Show the five basic facilities and the plain share of items that pass."""
    text = context.words.text
    st.subheader(text("Five basic facilities"))
    rows = [
        (text(terms.FACILITY[name]), text(terms.FACILITY_STATUS[audited[f"facility_{name}"]]))
        for name in run.BASIC_FACILITIES
    ]
    st.html(tables.table(text("Five basic facilities"), (text("Facility"), text("Status")), rows, stacked=False))
    share = text(
        "Plain share, as Thai agencies report it: {sums}.",
        sums=markers.sums_text(audited, context.words),
    )
    st.write(share)


def personas(context: session.Context, audited: pd.Series) -> None:
    """Show how the site scores for each persona, under that persona's own weights."""
    words, text = context.words, context.words.text
    rows = [
        (words.name(name), markers.score_text(audited[f"score_low_{key}"], audited[f"score_high_{key}"], words))
        for key, name in context.weights.personas.items()
    ]
    st.subheader(text("Score for each person"))
    st.html(tables.table(text("Score for each person"), (text("Score for"), text("Score")), rows, stacked=False))


def compare(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Show the site's score under each edition."""
    words, text = context.words, context.words.text
    # only when asked for: each edition is an audit of the whole record
    if st.toggle(text("Compare editions"), key="compare"):
        rows = []
        for edition, name in site_summary.edition_names(context).items():
            row = context.record(edition, record.as_of, record.official_only).audited(code)
            rows.append(
                (
                    name,
                    tables.verdict(row["verdict"], words),
                    markers.score_text(row["score_low"], row["score_high"], words),
                    str(row["items_failed"]),
                )
            )
        headings = (text("Edition"), text("Verdict"), text("Score"), text("Requirements failed"))
        st.html(tables.table(text("The same measurements under each edition"), headings, rows))


def receipt(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Offer the score with all it rests on, for whoever wants to work it out again."""
    if not context.sees("surveyor"):
        return
    st.download_button(
        context.words.text("Download the score receipt"),
        lambda: bundle.packed(
            context.store,
            [code],
            context.today,
            edition=record.edition,
            as_of=record.as_of,
            approved_only=record.official_only,
        ),
        bundle.file_name([code], context.today),
        "application/zip",
        key="site_receipt",
        on_click="ignore",
        help=context.words.text("Anyone can work the figure out again from it: python -m audits verify-receipt FILE"),
    )
