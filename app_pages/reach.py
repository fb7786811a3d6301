"""Reach: who can come to the sites step-free, beside who comes on foot, and what cuts the way."""

from __future__ import annotations

import streamlit as st

from app_pages import reach_parts, reach_population, reach_record, session, site_summary
from app_pages.session import address
from audits import persona_reach
from audits import record as records
from layers import reach


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Reach"))
    st.write(text("Who can come to the sites without meeting a barrier, beside who can come on foot."))
    reach_population.told()
    record = context.record()
    if record.sites.empty:
        st.info(text("There are no sites yet. Begin under Start."))
        return
    choice = asked(context, record)
    with st.spinner(text("Working out the reach …")):
        found = reach_record.found(context, record, choice.persona)
    if found is not None:
        figures = reach_record.figures(record, found, choice.limit_m)
        reach_parts.headline(context, found, figures, choice)
        reach_parts.draw_map(context, record, found, choice)
        reach_parts.zones(context, found, figures, choice.limit_m)
        reach_parts.sites(context, record, found, figures)
        reach_parts.places(context, record, found, choice.limit_m, choice.site)
        reach_parts.barriers(context, record, found, figures)
        reach_parts.unknown(context, found)
        reach_parts.rests_on(context, found)
    reach_population.section(context)


def asked(context: session.Context, record: records.AuditedRecord) -> reach_parts.Choice:
    """Ask whose reach, how far and in which case; each choice is kept in the address."""
    text = context.words.text
    names = reach_record.persona_names(context)
    walks = {f"{limit:.0f}": limit for limit in reversed(reach.LIMITS_M)}
    cases = (persona_reach.LIKELY, persona_reach.WORST, persona_reach.BEST)
    left, middle, right = st.columns(3)
    with left:
        persona = st.selectbox(text("Who"), list(names), format_func=names.get, **address.one("who", list(names)))
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
    return reach_parts.Choice(persona, walks[walk], case, site)


if __name__ == "__main__":
    show(session.current())
