"""Show how a file was understood: what is left out, assumed and held back, before anything is written."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.parts.shared import tables
from app_pages.session import plain_text
from audits.field import overview

NOTICES_SHOWN = 20
REASONS_SHOWN = 50


def show(context: session.Context, seen: overview.Overview, key: str) -> None:
    """Show one overview; `key` tells the download apart from others on the page."""
    words, text = context.words, context.words.text
    facts = [text(overview.UNUSED, columns=", ".join(seen.unused_columns))] if seen.unused_columns else []
    facts += [text(overview.COORDINATES, crs=seen.crs)] if seen.crs else []
    facts += [text(overview.ENCODING, encoding=seen.encoding)] if seen.encoding else []
    if facts:
        st.html("".join(f"<p>{tables.cell(fact)}</p>" for fact in facts))
    for notice in seen.notices[:NOTICES_SHOWN]:
        st.info(plain_text.literal(words.problem(notice)))
    if not seen.held:
        return
    rows = [
        (group.reason(words), words.number(group.count), str(group.first_line)) for group in seen.groups[:REASONS_SHOWN]
    ]
    headings = (text("Reason"), text("Rows"), text("First row"))
    st.html(tables.table(text("Rows held back, with the reason"), headings, rows))
    st.download_button(
        text("Every row held back, with its reasons (CSV)"),
        lambda: seen.held_table(words),
        file_name="held.csv",
        mime="text/csv",
        key=f"{key}_held",
        on_click="ignore",
    )
