"""List for the council the works behind the line of what was promised, built, accepted and paid."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.council import cards
from app_pages.parts.shared import record_names, tables
from app_pages.parts.works import progress
from app_pages.session import page_roles
from audits import wording
from audits.council import council_tables, council_text, works_line
from audits.works import spending, works_table

LOOK, STATE = "works", "works_state"
TITLES = {
    spending.PROMISED: wording.phrase("Works that are promised"),
    spending.COMPLETED: wording.phrase("Works that are built"),
    spending.ACCEPTED: wording.phrase("Works that are accepted"),
    spending.PAID: wording.phrase("Works that are paid for, in part or whole"),
}


def line(context: session.Context, seen: cards.View) -> str:
    """Return as HTML the line of works, as on paper, each part leading to its list: here, or where works are kept."""
    return cards.remark(works_line.line(cards.rungs(context, seen), context.words, _listing(context)))


def _listing(context: session.Context) -> council_text.Listing:
    led = cards.listing(context)
    if page_roles.has(context.role, "works"):
        return led

    # without the page of works its lists are shown here
    def led_here(figure: str, _page: str, **asked: str | Sequence[str]) -> str:
        return led(figure, "council", look=LOOK, **asked)

    return led_here


def show(context: session.Context, seen: cards.View) -> None:
    """List the works that came as far as the address asks, those that are promised unless it asks."""
    asked = st.query_params.get(STATE, "")
    state = asked if asked in TITLES else spending.PROMISED
    known = progress.load(context, seen.record).table
    mine = known.loc[spending.lists(known)[state]]
    st.html(tables.tall(cards.table(_table(context, seen, mine, state))))
    if state == spending.PROMISED:
        cards.remarks([context.words.text(spending.PROMISED_MEANS)])


def _table(context: session.Context, seen: cards.View, mine: pd.DataFrame, state: str) -> council_tables.Table:
    words, led, names = context.words, cards.listing(context), record_names.of(context, seen.record)
    amounts = mine["paid_thb" if state == spending.PAID else "value_thb"]
    rows = [
        (
            led(names.site(str(row["site"])), "site", site=str(row["site"])),
            names.elements[str(row["element_id"])],
            works_table.state_text(row, words),
            "–" if pd.isna(amount) else words.number(int(amount), 0),
        )
        for (_, row), amount in zip(mine.iterrows(), amounts, strict=True)
    ]
    counted = words.count("{n} fix", "{n} fixes", len(mine))
    rows.append((words.text("Total"), counted, "", words.number(int(amounts.sum()), 0)))
    paid, agreed = words.text("Paid (baht)"), words.text("Agreed, else estimated (baht)")
    headings = (words.text("Site"), words.text("What"), words.text("State"), paid if state == spending.PAID else agreed)
    return council_tables.Table(words.text(TITLES[state]), headings, tuple(rows))
