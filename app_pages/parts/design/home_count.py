"""Show how many ramps were built at homes in each year, and let an office enter the numbers."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.parts.shared import reviewer, tables
from audits import roles
from audits.store.register import municipal_choices
from audits.works import home_ramps

BUDDHIST_ERA = 543


def show(context: session.Context) -> None:
    """Show the counts that may be shown, and whoever may enters another."""
    words, text = context.words, context.words.text
    office = roles.may(context.role, municipal_choices.ACTION)
    with st.expander(text("Ramps built at homes, by year"), expanded=False):
        years = home_ramps.every(context.store)
        rows = []
        for year, one in (years if office else home_ramps.shown(years)).items():
            few = text("fewer than {n}", n=home_ramps.FEWEST_SHOWN)
            count = few if one.count is None else words.number(one.count)
            rows.append((str(year), count, "–" if one.paid_thb is None else words.number(one.paid_thb, 0)))
        if rows:
            headings = text("Year"), text("Ramps"), text("Paid (baht)")
            st.html(tables.table(text("Ramps built at homes, by year"), headings, rows, stacked=False))
        else:
            st.write(text("No year has been entered yet."))
        if office:
            _enter(context)


def _enter(context: session.Context) -> None:
    text = context.words.text
    st.write(text("Numbers only; years with fewer than {n} are hidden from the public.", n=home_ramps.FEWEST_SHOWN))
    # the limits of :func:`home_ramps.keep`: no year of the common era fits
    year = st.number_input(text("Year"), 2500, 2700, context.today.year + BUDDHIST_ERA, format="%d", key="home_year")
    count = st.number_input(text("Ramps"), min_value=0, format="%d", value=0, key="home_count")
    paid = st.number_input(text("Paid (baht)"), min_value=0, format="%d", value=0, step=1000, key="home_paid")
    actor = reviewer.name(context)
    if st.button(text("Keep the numbers"), key="home_keep", disabled=not actor):
        with context.problems_shown():
            home_ramps.keep(context.store, int(year), int(count), int(paid), actor)
            st.rerun()
