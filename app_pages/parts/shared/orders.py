"""Say by what a page ranks the sites, and lead to the two pages that rank them by something else."""

from __future__ import annotations

import urllib.parse

import streamlit as st

from app_pages import session
from app_pages.parts.shared import tables
from app_pages.session import navigation, page_roles, page_titles
from audits import wording

MAP, PRIORITY, PLAN = "city_map", "priority", "plan"
RANKED_BY = {
    MAP: wording.phrase("the worst first, by dangerous failures"),
    PRIORITY: wording.phrase("the most urgent first, by condition, location and requests"),
    PLAN: wording.phrase(
        "the works that open most trips for the money, first the one without which most trips are lost"
    ),
}
"""What the first site of each page is the first of."""
# the list of the map is in this order only when it is asked for
QUERY = {MAP: {"worst": "ordered"}}


def show(context: session.Context, here: str) -> None:
    """Say the order of one of the three pages, and name the others, each with its link where the reader has it."""
    text = context.words.text
    others = [_named(context, page) for page in RANKED_BY if page != here and page_roles.has(context.role, page)]
    mine = text("Order of this page: {order}.", order=text(RANKED_BY[here]))
    rest = tables.Markup(" · ").join(others)
    lead = f"{text('Other orders, with another first site:')} " if others else ""
    st.html(f'<p class="jaidee-orders">{tables.small(mine)} {tables.small(tables.Markup(lead) + rest)}</p>')


def _named(context: session.Context, page: str) -> tables.Markup:
    text, query = context.words.text, {**navigation.query(context), **QUERY.get(page, {})}
    link = tables.Markup('<a href="/{}?{}" target="_self">{}</a> ({})')
    title = text(page_titles.TITLES[page])
    return link.format(page, urllib.parse.urlencode(query), title, text(RANKED_BY[page]))
