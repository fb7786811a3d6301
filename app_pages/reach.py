"""Reach: who can come to the sites step-free, beside who comes on foot, and what cuts the way."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.parts.reach import answers, population
from app_pages.parts.reach import figures as reach_record
from app_pages.parts.shared import choices, site_summary
from app_pages.session import address
from audits import record as records
from audits.access import persona_reach
from layers import reach


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Reach"))
    st.write(text("Who can come to the sites without meeting a barrier, beside who can come on foot."))
    population.show_outcome()
    record = context.record()
    if record.sites.empty:
        st.info(text("There are no sites yet. Begin under Start."))
        return
    choice = asked(context, record)
    with st.spinner(text("Working out the reach …")):
        found = reach_record.found(context, record, choice.persona)
    if found is not None:
        figures = reach_record.figures(record, found, choice.limit_m)
        answers.headline(context, found, figures, choice)
        answers.draw_map(context, record, found, choice)
        answers.zones(context, found, figures, choice.limit_m)
        answers.sites(context, record, found, figures)
        answers.places(context, record, found, choice.limit_m, choice.site)
        answers.barriers(context, record, found, figures)
        answers.unknown(context, found)
        answers.rests_on(context, found)
    population.section(context)


def asked(context: session.Context, record: records.AuditedRecord) -> answers.Choice:
    """Ask whose reach, how far and in which case; each choice is kept in the address."""
    text = context.words.text
    names = reach_record.persona_names(context)
    walks = {f"{limit:.0f}": limit for limit in reversed(reach.LIMITS_M)}
    cases = (persona_reach.LIKELY, persona_reach.WORST, persona_reach.BEST)
    left, middle, right = st.columns(3)
    with left:
        persona = choices.one(text("Who"), names, **address.one("who", list(names)))
    with middle:
        walk = st.selectbox(
            text("How far one walks"),
            list(walks),
            format_func=lambda name: text("{walk} m", walk=name),
            **address.one("walk", list(walks)),
        )
    with right:
        case = st.selectbox(
            text("What is not known"),
            cases,
            format_func=lambda name: text(persona_reach.CASES[name]),
            help=text(persona_reach.CASES_MEAN),
            **address.one("case", cases),
        )
    site = site_summary.choose_site(context, record.sites)
    if site is None:
        st.caption(text("The map shows all sites together. Choose one to see its own reach."))
    return answers.Choice(persona, walks[walk], case, site)


if __name__ == "__main__":
    show(session.current())
