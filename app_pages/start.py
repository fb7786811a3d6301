"""Begin: our starter register, the demonstration, or a list of one's own."""

from __future__ import annotations

import zoneinfo

import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, osm_offer, progress, tables
from app_pages.parts.start import table_import
from app_pages.session import cache, navigation, plain_text
from audits import roles
from audits.demo import demonstration, seed
from audits.store import town as towns
from audits.store.register import municipal_choices
from audits.store.surveys import quarantine, read
from layers import utm


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Start"))
    st.write(text("Jaidee maps ramps and public spaces, judges them against Thai rules and says what to measure next."))
    empty = read.sites(context.store).empty
    left, right = st.columns(2)
    with left.container(border=True):
        register(context, empty)
    with right.container(border=True):
        see_demonstration(context)
    osm_offer.show(context)
    parts = {text("Import a list of your own"): table_import.show}
    if roles.may(context.role, municipal_choices.ACTION):
        parts[text("Town of this workspace")] = name_town
    if context.sees("held") and not quarantine.held_rows(context.store).empty:
        parts[text("Rows held back")] = held
    for tab, draw in zip(st.tabs(list(parts)), parts.values(), strict=True):
        with tab:
            draw(context)


def register(context: session.Context, empty: bool) -> None:
    """Offer the starter register."""
    text = context.words.text
    st.subheader(text("Starter register of {town}", town=context.words.name(towns.starter())))
    st.write(
        text(
            "85 ramp sites and the candidate public spaces. Most positions are presumed: technicians confirm them. "
            "No survey is in it."
        )
    )
    if not empty:
        st.write(text("This workspace already has a register."))
        navigation.link(context, "city_map.py", label=text("Open the map"), query_params=navigation.query(context))
    elif st.button(text("Start with this register"), type="primary", key="start_register"):
        seed.with_starter_register(context.store, context.actor("start page"))
        st.switch_page("city_map.py", query_params=navigation.query(context))


def name_town(context: session.Context) -> None:
    """Let the office name another town, once for all pages, papers and imports."""
    text, town = context.words.text, context.town
    zone = utm.name(town.metres(read.sites(context.store)))
    name = plain_text.literal(context.town_name or text("no town named"))
    about = text(
        "{town}; metres are measured in UTM {zone}, days in {time_zone}.",
        town=name,
        zone=zone,
        time_zone=town.time_zone,
    )
    st.write(about)
    with st.form("town", border=False):
        left, right = st.columns(2)
        thai = left.text_input(text("Name of the town in Thai"), town.th)
        english = right.text_input(text("Name of the town in English"), town.en)
        box = st.text_input(text("Box of its places in degrees: west,south,east,north"), str(town.box or ""))
        # The first stands until another is chosen.
        first = municipal_choices.chosen(context.store, towns.TIME_ZONE)
        zones = dict.fromkeys((first, "", *sorted(zoneinfo.available_timezones())))
        names = {name: name or text("that of the city nearest to the box") for name in zones}
        days_in = choices.one(text("Time zone of its days"), names, key="town_time_zone")
        who = context.account.username if context.account else st.text_input(text("Named by (name or staff number)"))
        if st.form_submit_button(text("Name the town")):
            with context.problems_shown():
                towns.choose(context.store, thai, english, box, context.actor(who), time_zone=days_in)
                st.rerun()


def see_demonstration(context: session.Context) -> None:
    """Offer the demonstration workspace."""
    text = context.words.text
    st.subheader(text("Demonstration"))
    st.write(text("The same sites with invented surveys, to try everything. Every page and export says so."))
    if context.is_beside:
        st.html(
            f'<p><a href="?lang={context.words.language}&workspace=real" target="_self">'
            f"{tables.cell(text('Leave the demonstration'))}</a></p>"
        )
    elif not context.demonstration and st.button(text("Open the demonstration"), key="open_demonstration"):
        store = cache.open_store(context.workspace.demonstration, demonstration=True)
        with progress.shown(text("Building the demonstration …")) as progressed:
            demonstration.build(store, context.criteria, progress=progressed)
        st.session_state["kept_workspace"] = cache.DEMONSTRATION
        st.query_params["workspace"] = cache.DEMONSTRATION
        st.switch_page("city_map.py", query_params={"lang": context.words.language, "workspace": cache.DEMONSTRATION})


def held(context: session.Context) -> None:
    """Show the rows that were refused and kept."""
    text = context.words.text
    rows = quarantine.held_rows(context.store)
    st.write(context.words.count("{n} row held back so far", "{n} rows held back so far", len(rows)))
    shown = rows[["file_name", "line", "reasons", "raw"]].itertuples(index=False)
    headings = (text("File"), text("Row"), text("Reason"), text("As written"))
    st.html(tables.table(text("Rows held back"), headings, shown))


if __name__ == "__main__":
    show(session.current())
