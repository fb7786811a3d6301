"""Take in a table or a map file of sites and surveys: first what was understood, then the writing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from app_pages import session
from app_pages.parts.shared import choices, held_decision, overviews, reviewer, tables
from app_pages.parts.start import profile_form
from app_pages.session import plain_text
from audits import errors, roles, terms, wording
from audits.field import overview, visit_days
from audits.field.tables import import_receipts, importing, profile
from audits.formats import map_files
from audits.formats import tables as table_files
from audits.store.register import register
from audits.store.surveys import read
from layers import positions

UPLOAD_TYPES = [
    *("csv", "txt", "tsv", "xlsx", "xlsm", "xls", "ods", "geojson", "json", "gpkg", "zip", "shp", "fgb", "parquet"),
    *("geoparquet", "kml", "kmz", "gpx", "dxf"),
]
NOTHING_GOOD = wording.phrase(
    "Nothing in this file can be taken in as it stands. Mend what is named, and bring the file again."
)
LEAVE_IT = wording.phrase("Leave it with the office: an engineer decides")
NOTHING_NEW = wording.phrase("Everything in this file is here already; there is nothing to take in.")
RECEIPT, UNDERSTOOD, REHEARSED = "import_receipt", "import_understood", "import_rehearsed"

_SYSTEMS = {
    positions.GEOGRAPHIC: wording.phrase("longitude and latitude (WGS 84)"),
    "EPSG:32647": wording.phrase("UTM 47N, WGS 84"),
    "EPSG:32648": wording.phrase("UTM 48N, WGS 84"),
    "EPSG:24047": wording.phrase("UTM 47N, Indian 1975 (old maps)"),
    "EPSG:24048": wording.phrase("UTM 48N, Indian 1975 (old maps)"),
}


@dataclass(frozen=True)
class _Options:
    """How the positions and columns are to be read."""

    chosen: profile.Profile | None
    datum: str
    crs: str
    box: positions.Box


def show(context: session.Context) -> None:
    """Draw the whole section."""
    text = context.words.text
    st.write(
        text(
            "Tables (CSV, Excel, ODS) and map files (GeoJSON, GeoPackage, zipped shapefile, KML, KMZ, GPX, FlatGeobuf, "
            "GeoParquet, DXF), with Thai or English headings."
        )
    )
    file = st.file_uploader(text("File"), type=UPLOAD_TYPES, key="import_file")
    who = reviewer.name(context)
    with st.expander(text("Coordinates and columns, where the file does not say")):
        options = _options(context)
    if file is None or options is None or show_receipt(context, file):
        return
    seen = None
    with context.problems_shown(), st.spinner(text("Reading …")):
        seen = _understood(context, file, options)
    if options.chosen is None:
        with context.problems_shown():
            profile_form.show(context, _table(file), opened=seen is None)
    if seen is not None:
        preview(context, seen, st.session_state[REHEARSED])
        _write(context, file, seen, options, who)


def brought(context: session.Context, file: UploadedFile, who: str) -> None:
    """Take in a table that came back from the field, its headings and coordinates the usual ones."""
    if show_receipt(context, file):
        return
    options = _Options(None, positions.WGS_84, "", context.area or positions.KHON_KAEN_SURROUNDINGS)
    seen = None
    with context.problems_shown(), st.spinner(context.words.text("Reading …")):
        seen = _understood(context, file, options)
    if seen is not None:
        preview(context, seen, st.session_state[REHEARSED])
        _write(context, file, seen, options, who)


def _write(context: session.Context, file: UploadedFile, seen: importing.Preview, options: _Options, who: str) -> None:
    text, would = context.words.text, st.session_state[REHEARSED]
    if not (would.accepted or would.conflicts):
        st.write(text(NOTHING_GOOD if would.held else NOTHING_NEW))
        return
    unnamed = not options.crs and any(notice.kind is map_files.NO_SYSTEM for notice in seen.notices)
    if unnamed:
        st.warning(text("Choose the coordinate system above: the file names none."))
    label = text("Write to the register") if roles.may(context.role, register.ADD) else text("Take it in")
    label = label if would.accepted else text(LEAVE_IT)
    if st.button(label, key="import_write", type="primary", disabled=unnamed or not who):
        given = importing.commit(context.store, seen, who, words=context.words)
        st.session_state[RECEIPT] = file.file_id, given, seen
        st.rerun()


def show_receipt(context: session.Context, file: UploadedFile) -> bool:
    """Show what came in of a file and what was held, once it was taken in; return whether it was."""
    file_id, given, seen = st.session_state.get(RECEIPT, ("", None, None))
    # by the upload and not by its name: a file that was mended and is given again is another one
    if given is None or file_id != file.file_id:
        return False
    show = st.success if given.accepted else st.warning
    show(receipt_text(context.words, given))
    left = overview.Overview(seen.row_count, given.kept_out)
    overviews.show(context, left, "import_receipt")
    if given.held or given.conflicts:
        held_decision.lead(context)
    return True


def _options(context: session.Context) -> _Options | None:
    """Ask for the profile and the coordinates; None when one of them cannot be taken."""
    text = context.words.text
    chosen = _profile(context)
    datums = {positions.WGS_84: "WGS 84", positions.INDIAN_1975: text("Indian 1975 (old maps)")}
    datum = choices.one_in_view(text("Datum of UTM coordinates"), datums, horizontal=True, key="import_datum")
    left, right = st.columns(2)
    with left:
        systems = {name: text(english) for name, english in _SYSTEMS.items()}
        placeholder = text("as the file or its figures say")
        crs = choices.one_or_none(text("Coordinate system"), systems, key="import_crs", placeholder=placeholder)
    with right:
        usual = context.area or positions.KHON_KAEN_SURROUNDINGS
        sides = ",".join(map(str, (usual.west, usual.south, usual.east, usual.north)))
        written = st.text_input(text("Box of the town: west,south,east,north in degrees"), sides, key="import_box")
    box = positions.read_box(written)
    if box is None:
        st.error(
            text(
                "“{written}” is no box; write west,south,east,north, such as {example}",
                written=plain_text.literal(written),
                example=sides,
            )
        )
        return None
    return _Options(chosen, datum, crs or "", box)


def _understood(context: session.Context, file: UploadedFile, options: _Options) -> importing.Preview:
    """Return the preview of the file, read once for each file, choice of options and state of the register."""
    key = (file.file_id, options, str(read.head(context.store)))
    before, seen = st.session_state.get(UNDERSTOOD, (None, None))
    if before == key and isinstance(seen, importing.Preview):
        return seen
    sites, elements = read.sites(context.store), read.elements(context.store)
    seen = importing.preview(
        file.getvalue(),
        file.name,
        context.criteria,
        sites,
        elements,
        context.today,
        options.chosen,
        options.box,
        options.datum,
        options.crs,
        since=visit_days.first_day(),
    )
    # both or neither: a rehearsal that fails must not leave that of the file before beside this one
    st.session_state[REHEARSED] = importing.rehearse(context.store, seen, context.words)
    st.session_state[UNDERSTOOD] = key, seen
    return seen


def _table(file: UploadedFile) -> table_files.Table:
    before, table = st.session_state.get("import_table", (None, None))
    if before != file.file_id or not isinstance(table, table_files.Table):
        table = table_files.read(file.getvalue(), file.name)
        st.session_state["import_table"] = file.file_id, table
    return table


def _profile(context: session.Context) -> profile.Profile | None:
    """Return the profile chosen for a foreign table, if any."""
    names = {"": context.words.text("none: recognise the headings")}
    names |= {name: name for name in profile_form.kept(context)}
    name = choices.one(context.words.text("Profile of the table"), names, key=profile_form.CHOSEN)
    if not name:
        return None
    try:
        return profile.load(profile.path_of(name, context.workspace.profiles_folder), context.criteria)
    except errors.RefusedError as refused:
        context.show_problems(refused.problems)
        st.stop()


def preview(context: session.Context, seen: importing.Preview, would: import_receipts.ImportReceipt) -> None:
    """Show what was understood and what would become of it, before anything is written."""
    words, text = context.words, context.words.text
    understood = [(column, _meaning(context, meaning)) for column, meaning in seen.understood]
    st.html(tables.table(text("What was understood"), (text("Column"), text("Meaning")), understood))
    new = (
        words.count("{n} row would be taken in", "{n} rows would be taken in", seen.taken_rows(would)),
        *_taken(words, would),
    )
    # Of a table in which nothing is new or good there is no survey to count.
    counted = (*(new if would.accepted else ()), *_left(words, would))
    st.write(", ".join(counted))
    overviews.show(context, dataclasses.replace(seen.overview, held=would.kept_out), "import")


def _meaning(context: session.Context, meaning: str) -> str:
    """Return the meaning of a column: a quantity or a term of the register."""
    quantity = context.criteria.quantities.get(meaning)
    if quantity is not None:
        return context.words.name(quantity.name)
    known = terms.COLUMN_MEANING | terms.POSITION_PART | {profile.VERDICT: profile_form.INSPECTOR}
    return context.words.text(known.get(meaning, meaning))


def receipt_text(words: wording.Wording, given: import_receipts.ImportReceipt) -> str:
    """Return an import's receipt as a sentence: what came in, and what did not."""
    parts = [*_taken(words, given), *_left(words, given)]
    return words.text("Taken in: {what}", what=", ".join(parts)) if given.accepted else ", ".join(parts)


def _taken(words: wording.Wording, given: import_receipts.ImportReceipt) -> Iterator[str]:
    """Yield how many sites, surveys and corrections are new; none of those of which there are none."""
    if given.sites_accepted:
        yield words.count("{n} new site", "{n} new sites", given.sites_accepted)
    if given.surveys_accepted:
        yield words.count("{n} survey", "{n} surveys", given.surveys_accepted)
    if given.corrections:
        yield words.count("{n} correction", "{n} corrections", given.corrections)


def _left(words: wording.Wording, given: import_receipts.ImportReceipt) -> Iterator[str]:
    """Yield how many rows are not taken in, and why."""
    if given.same_rows:
        yield words.count("{n} row is here already", "{n} rows are here already", given.same_rows)
    if given.conflicts:
        yield words.count(
            "{n} row in conflict: an engineer decides", "{n} rows in conflict: an engineer decides", given.conflicts
        )
    if given.held:
        yield words.count("{n} row held back", "{n} rows held back", given.held)
