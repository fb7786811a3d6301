"""Begin: our starter register, the demonstration, or a list of one's own."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from app_pages import session
from app_pages.parts.shared import choices, progress, tables
from app_pages.session import cache, navigation
from audits import errors, roles, terms, wording
from audits.demo import demonstration, seed
from audits.field import visit_days
from audits.field.tables import importing, profile
from audits.store import town as towns
from audits.store.register import municipal_choices
from audits.store.surveys import quarantine, read
from layers import positions, utm

UPLOAD_TYPES = ["csv", "txt", "tsv", "xlsx", "geojson", "json", "gpkg"]


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Start"))
    st.write(text("Jaidee maps ramps and public spaces, judges them against Thai rules and says what to measure next."))
    done = st.session_state.pop("import_receipt", None)
    if done:
        st.success(done)
    empty = read.sites(context.store).empty
    left, right = st.columns(2)
    with left.container(border=True):
        register(context, empty)
    with right.container(border=True):
        see_demonstration(context)
    if roles.may(context.role, municipal_choices.ACTION):
        with st.container(border=True):
            name_town(context)
    with st.container(border=True):
        import_list(context)
    held(context)


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
        seed.with_starter_register(context.store, "start page")
        st.switch_page("city_map.py", query_params=navigation.query(context))


def name_town(context: session.Context) -> None:
    """Let the office name another town, once for all pages, papers and imports."""
    text, town = context.words.text, context.town
    st.subheader(text("Town of this workspace"))
    zone = utm.name(town.metres(read.sites(context.store)))
    name = context.town_name or text("no town named")
    st.write(text("{town}; metres are measured in UTM {zone}.", town=name, zone=zone))
    with st.form("town", border=False):
        thai = st.text_input(text("Name of the town in Thai"), town.th)
        english = st.text_input(text("Name of the town in English"), town.en)
        box = st.text_input(text("Box of its places in degrees: west,south,east,north"), str(town.box or ""))
        who = context.account.username if context.account else st.text_input(text("Named by (name or staff number)"))
        if st.form_submit_button(text("Name the town")):
            with context.problems_shown():
                towns.choose(context.store, thai, english, box, context.actor(who))
                st.rerun()


def see_demonstration(context: session.Context) -> None:
    """Offer the demonstration workspace."""
    text = context.words.text
    st.subheader(text("Demonstration"))
    st.write(text("The same sites with invented surveys, to try everything. Every page and export says so."))
    if context.demonstration:
        st.html(
            f'<p><a href="?lang={context.words.language}&workspace=real" target="_self">'
            f"{tables.cell(text('Leave the demonstration'))}</a></p>"
        )
    elif st.button(text("Open the demonstration"), key="open_demonstration"):
        store = cache.open_store(context.workspace.demonstration, demonstration=True)
        with progress.shown(text("Building the demonstration …")) as progressed:
            demonstration.build(store, context.criteria, progress=progressed)
        st.session_state["kept_workspace"] = cache.DEMONSTRATION
        st.query_params["workspace"] = cache.DEMONSTRATION
        st.switch_page("city_map.py", query_params={"lang": context.words.language, "workspace": cache.DEMONSTRATION})


def import_list(context: session.Context) -> None:
    """Offer to import a list: first what was understood, then the writing."""
    text = context.words.text
    st.subheader(text("Import a list of your own"))
    st.write(text("CSV, Excel (XLSX), GeoJSON or GeoPackage; Thai or English headings; WGS 84 or UTM."))
    chosen = _profile(context)
    datums = {positions.WGS_84: "WGS 84", positions.INDIAN_1975: text("Indian 1975 (old maps)")}
    datum = choices.one_in_view(text("Datum of UTM coordinates"), datums, horizontal=True, key="import_datum")
    file = st.file_uploader(text("File"), type=UPLOAD_TYPES, key="import_file")
    who = st.text_input(text("Your name or staff number"), key="import_actor")
    if file is None:
        return
    with context.problems_shown():
        with st.spinner(text("Reading …")):
            seen = _understood(context, file, chosen, datum)
        preview(context, seen)
        if not who.strip():
            st.write(text("Give your name to write."))
        if st.button(text("Write to the register"), key="import_write", type="primary", disabled=not who.strip()):
            with progress.shown(text("Import")) as progressed:
                given = importing.commit(context.store, seen, who.strip(), context.words, progress=progressed)
            st.session_state["import_receipt"] = receipt_text(context.words, given)
            st.rerun()


def _understood(
    context: session.Context, file: UploadedFile, chosen: profile.Profile | None, datum: str
) -> importing.Preview:
    """Return the preview of the file, read once for each file and state of the register."""
    key = (file.file_id, chosen, datum, str(read.head(context.store)))
    before, seen = st.session_state.get("import_understood", (None, None))
    if before == key and isinstance(seen, importing.Preview):
        return seen
    sites, elements = read.sites(context.store), read.elements(context.store)
    box, since = context.town.box or positions.KHON_KAEN_SURROUNDINGS, visit_days.first_day()
    seen = importing.preview(
        file.getvalue(), file.name, context.criteria, sites, elements, context.today, chosen, box, datum, since
    )
    st.session_state["import_understood"] = key, seen
    return seen


def _profile(context: session.Context) -> profile.Profile | None:
    """Return the profile chosen for a foreign table, if the workspace has any."""
    found = (
        sorted(context.workspace.profiles_folder.glob("*.yaml")) if context.workspace.profiles_folder.is_dir() else []
    )
    if not found:
        return None
    names = {"": context.words.text("none: recognise the headings")} | {path.name: path.stem for path in found}
    name = choices.one(context.words.text("Profile of the table"), names, key="profile")
    if not name:
        return None
    try:
        return profile.load(context.workspace.profiles_folder / name, context.criteria)
    except errors.RefusedError as refused:
        context.show_problems(refused.problems)
        st.stop()


def preview(context: session.Context, seen: importing.Preview) -> None:
    """Show what was understood before anything is written."""
    words, text = context.words, context.words.text
    understood = [(column, _meaning(context, meaning)) for column, meaning in seen.understood]
    st.html(tables.table(text("What was understood"), (text("Column"), text("Meaning")), understood))
    if seen.layout.unused:
        st.write(
            text("Columns that mean nothing here and are left out: {columns}", columns=", ".join(seen.layout.unused))
        )
    counted = (
        words.count("{n} new site", "{n} new sites", len(seen.sites.sites)),
        words.count("{n} survey", "{n} surveys", len(seen.surveys)),
        words.count("{n} row held back", "{n} rows held back", len(seen.held)),
    )
    st.write(", ".join(counted))
    for notice in seen.notices[:20]:
        st.info(words.problem(notice))
    if seen.held:
        rows = [(str(row.line), "; ".join(words.problem(each) for each in row.problems)) for row in seen.held[:50]]
        st.html(tables.table(text("Rows held back, with the reason"), (text("Row"), text("Reason")), rows))


def _meaning(context: session.Context, meaning: str) -> str:
    """Return the meaning of a column: a quantity or a term of the register."""
    quantity = context.criteria.quantities.get(meaning)
    return (
        context.words.name(quantity.name)
        if quantity
        else context.words.text(terms.COLUMN_MEANING.get(meaning, meaning))
    )


def receipt_text(words: wording.Wording, given: importing.ImportReceipt) -> str:
    """Return an import's receipt as a sentence."""
    return words.text(
        "Written: {accepted} accepted, {same} already here, {corrections} corrections, {conflicts} conflicts, "
        "{held} held back.",
        accepted=given.accepted,
        same=given.same,
        corrections=given.corrections,
        conflicts=given.conflicts,
        held=given.held,
    )


def held(context: session.Context) -> None:
    """Show the rows that were refused and kept."""
    text = context.words.text
    rows = quarantine.held_rows(context.store)
    if rows.empty:
        return
    with st.expander(context.words.count("{n} row held back so far", "{n} rows held back so far", len(rows))):
        shown = rows[["file_name", "line", "reasons", "raw"]].itertuples(index=False)
        headings = (text("File"), text("Row"), text("Reason"), text("As written"))
        st.html(tables.table(text("Rows held back"), headings, shown))


if __name__ == "__main__":
    show(session.current())
