"""Name the first sites of an order above the map, and lead to the whole list below it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import orders, record_names, site_summary, tables
from app_pages.session import address, plain_text
from audits import record as records
from audits.council import council_text

TABLE = "sites_as_table"
"""Where the list of the same sites stands on the page."""
NAMED = 3


def show(context: session.Context, record: records.AuditedRecord, codes: pd.Index[str], *, ordered: bool) -> None:
    """Name the first of some sites, each opening its card, and how they are ordered; and lead to all of them."""
    words, text = context.words, context.words.text
    with st.container(horizontal=True, vertical_alignment="center", key="map_first"):
        if ordered:
            names = record_names.of(context, record)
            for place, code in enumerate(codes[:NAMED], start=1):
                st.button(
                    plain_text.literal(f"{words.number(place)}. {names.site(code)}"),
                    key=f"first_{code}",
                    on_click=address.choose,
                    args=(site_summary.SITE, code),
                )
        label = words.count("List of this {n} site", "List of these {n} sites", len(codes))
        order = orders.folded(context, orders.MAP, text(council_text.ORDER_OF_WORST)) if ordered else ""
        st.html(f'<p><a href="#{TABLE}" target="_self">{tables.cell(label)} ↓</a></p>{order}')
