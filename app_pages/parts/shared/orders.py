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
    mine = tables.small(_own(context, here))
    st.html(f'<p class="jaidee-orders">{mine} {tables.small(_others(context, here))}</p>')


def folded(context: session.Context, here: str, rule: str) -> tables.Markup:
    """Return the order of a page as one line, which holds its whole `rule` and the other orders folded."""
    hidden = tables.Markup("<br>").join(filter(None, (tables.cell(rule), _others(context, here))))
    fold = tables.Markup('<details class="jaidee-orders jaidee-small"><summary>{}</summary>{}</details>')
    return fold.format(_own(context, here), hidden)


def _own(context: session.Context, here: str) -> str:
    text = context.words.text
    return text("Order of this page: {order}.", order=text(RANKED_BY[here]))


def _others(context: session.Context, here: str) -> tables.Markup:
    """Return the links to the other orders; empty where the reader has none of their pages."""
    others = [_named(context, page) for page in RANKED_BY if page != here and page_roles.has(context.role, page)]
    lead = context.words.text("Other orders, with another first site:")
    return tables.Markup(f"{lead} ") + tables.Markup(" · ").join(others) if others else tables.Markup()


def _named(context: session.Context, page: str) -> tables.Markup:
    text, query = context.words.text, {**navigation.query(context), **QUERY.get(page, {})}
    link = tables.Markup('<a href="/{}?{}" target="_self">{}</a> ({})')
    title = text(page_titles.TITLES[page])
    return link.format(page, urllib.parse.urlencode(query), title, text(RANKED_BY[page]))
