"""Access: how many of 100 trips to the nearest needed place can be made step-free, where, and what blocks the rest."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.parts.access import access_map, answers, figures, population
from app_pages.parts.shared import choices, record_names, site_summary
from app_pages.session import address
from audits import barriers
from audits import record as records
from audits.access import access_text


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Access"))
    population.show_outcome()
    if context.record().sites.empty:
        st.info(text("There are no sites yet. Begin under Start."))
        return
    record = context.record(official_only=site_summary.choose_counted(context))
    with st.spinner(text("Measuring access …")):
        found = figures.found(context, record)
    if found is not None:
        measured(context, record, found)
    population.section(context)


def measured(context: session.Context, record: records.AuditedRecord, found: figures.Known) -> None:
    """Show access for whom the reader chooses: the sentence, then figures beside the map."""
    # above the questions on which it depends, and filled once they are answered
    sentence = st.container()
    left, middle, right = st.columns(3)
    with left:
        names = access_text.people(context.words)
        persona = choices.one(context.words.text("Who"), names, **address.one("who", list(names)))
    people = (persona,) if persona else ()
    known = figures.cases(found, persona)[barriers.KNOWN_ONLY].known
    with middle:
        view = answers.ask_view(context) if known else ""
    with right:
        site = site_summary.choose_site(context, record_names.of(context, record).sites)
    with sentence:
        answers.headline(context, found, persona)
        # whoever followed a link to one of the lists finds it first, everybody else last
        if answers.is_list_asked_for():
            answers.unsurveyed(context, record, found)
    if site is not None and known:
        answers.of_site(context, found, persona, site)
    table, drawn = st.columns([1, 1]) if known else (None, st.container())
    if table is not None:
        with table:
            answers.look(context, record, found, persona, view)
    with table or drawn:
        answers.network(context, found)
    with drawn:
        access_map.draw(context, record, found, people, site or "")
    if not answers.is_list_asked_for():
        answers.unsurveyed(context, record, found)
    answers.rests_on(context, found, people)


if __name__ == "__main__":
    show(session.current())
