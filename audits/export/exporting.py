"""Export a record as one file of any format, under a name that gives its date, language and kind."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from audits import wording
from audits.book import book, layout
from audits.export import (
    a11yjson,
    facts,
    geojson,
    geoparquet,
    losses,
    offline_map,
    opensidewalks,
    osm_preview,
    waypoints,
)
from audits.field.odk import names, site_list, xlsform
from audits.field.qfield import package
from audits.formats import archive
from audits.reports import catalogue, geopackage, spreadsheet
from audits.reports import contents as contents_room

phrase = wording.phrase

PDF, ZIP = "application/pdf", "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


Writer = Callable[[facts.Facts, losses.Report, wording.Wording], bytes]
"""Writes an exchange format, and records what it cannot hold."""


@dataclass(frozen=True)
class Format:
    """One kind of file: what it is for, the ending of its name, its media type, and what makes it.

    Parameters
    ----------
    writer
        Makes an exchange format and its loss report; None for our own kinds of file, which have no report.
    version
        Of the exchange format.
    purpose
        A sentence on who uses an exchange format for what.
    """

    title: str
    ending: str
    media_type: str
    packed: Callable[[contents_room.Contents, wording.Wording], bytes]
    writer: Writer | None = None
    version: str = ""
    purpose: str = ""


def _exchange(title: str, ending: str, media_type: str, writer: Writer, version: str, purpose: str) -> Format:
    def packed(contents: contents_room.Contents, words: wording.Wording) -> bytes:
        found = facts.of(contents)
        # the report is dropped: whoever wants it calls :func:`export_with_losses`
        return writer(found, found.report(), words)

    return Format(title, ending, media_type, packed, writer, version, purpose)


def _book(paper: str, contents: contents_room.Contents, words: wording.Wording) -> bytes:
    return book.book(contents, words, paper=paper, app_address=contents.options.app_address)


def _form(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return a zip with the form for KoboToolbox and ODK Central, the same as XForm, and the list of sites."""
    record, day = contents.record, contents.options.exported_on
    # one version for both files: a server takes them for the same form
    version = xlsform.version(record.criteria, day)
    files = {
        f"{names.FORM_ID}.xlsx": xlsform.workbook(xlsform.sheets(record.criteria, version=version)),
        f"{names.FORM_ID}.xml": xlsform.xform(xlsform.sheets(record.criteria, version=version)).encode(),
        names.SITE_FILE: site_list.sites_csv(record.sites, record.elements, words),
    }
    return archive.zipped(files, day)


def _qfield(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    # The trip is named by the day and the state of the record, so that what comes back names both.
    head = contents.record.head.partition(":")[0]
    trip = f"{contents.file_prefix}{contents.options.exported_on.isoformat()}-{head}"
    return package.packed(contents, words, trip=trip)


def _catalogue(found: facts.Facts, report: losses.Report, words: wording.Wording) -> bytes:
    """Describe the files of :data:`OPEN_DATA`, which are published beside the catalogue."""
    options = found.contents.options
    for thing in report.totals:
        report.lose_rest(thing, (), losses.IN_FILES)
    report.totals = {**report.totals, losses.LICENCE: frozenset({losses.LICENCE})}
    if options.licence not in catalogue.LICENCES:
        report.lose(losses.LICENCE, [losses.LICENCE], losses.NOT_CHOSEN)
    files = {_name(kind, found.contents, words): (FORMATS[kind].title, FORMATS[kind].media_type) for kind in OPEN_DATA}
    record, address = found.contents.record, options.app_address
    return catalogue.document(record, options.exported_on, address=address, licence=options.licence, files=files)


FORMATS = {
    "book_a4": Format(
        phrase("Map book on A4, with sheets to write on (PDF)"), "a4.pdf", PDF, functools.partial(_book, layout.A4)
    ),
    "book_a3": Format(
        phrase("Map book on A3, with sheets to write on (PDF)"), "a3.pdf", PDF, functools.partial(_book, layout.A3)
    ),
    "qfield": Format(phrase("Package for QField and QGIS"), "qfield.zip", ZIP, _qfield),
    "form": Format(phrase("Form for ODK and KoboToolbox"), "form.zip", ZIP, _form),
    "geopackage": Format(phrase("GeoPackage, for QGIS"), "gpkg", "application/geopackage+sqlite3", geopackage.packed),
    "geojson": Format(phrase("GeoJSON, for web maps"), "geojson", "application/geo+json", geojson.packed),
    "xlsx": Format(phrase("Excel workbook"), "xlsx", XLSX, spreadsheet.workbook),
    "csv": Format(phrase("CSV tables, zipped"), "csv.zip", ZIP, spreadsheet.csv_files),
    "map": Format(phrase("Offline map, one file for a phone"), "html", "text/html", offline_map.packed),
    "opensidewalks": _exchange(
        phrase("OpenSidewalks, for walking routes (ZIP)"),
        "opensidewalks.zip",
        ZIP,
        opensidewalks.write,
        opensidewalks.VERSION,
        phrase("For services that find walking routes: kerb ramps and places with what was measured there."),
    ),
    "a11yjson": _exchange(
        phrase("A11yJSON, for maps of accessible places"),
        "a11y.json",
        "application/geo+json",
        a11yjson.write,
        a11yjson.VERSION,
        phrase("For maps of accessible places such as Wheelmap: doors, toilets, parking and paths of each place."),
    ),
    "osm": _exchange(
        phrase("Preview for OpenStreetMap, to compare in JOSM"),
        "osm",
        "application/vnd.openstreetmap.data+xml",
        osm_preview.write,
        "0.6",
        phrase(
            "For a person to compare with OpenStreetMap in JOSM: only what an engineer approved; nothing is uploaded."
        ),
    ),
    "geoparquet": _exchange(
        phrase("GeoParquet, for analysis"),
        "parquet",
        "application/vnd.apache.parquet",
        geoparquet.write,
        "1.0.0",
        phrase("For the province and the ministry: one row an element, to analyse many municipalities together."),
    ),
    "kml": _exchange(
        phrase("KML, for Google Earth"),
        "kml",
        "application/vnd.google-earth.kml+xml",
        waypoints.kml,
        "2.2",
        phrase("For Google Earth and map apps: the sites with their verdicts."),
    ),
    "gpx": _exchange(
        phrase("GPX, for navigation"),
        "gpx",
        "application/gpx+xml",
        waypoints.gpx,
        "1.1",
        phrase("For navigation on a phone or a GPS device: the sites as waypoints, with what to measure next."),
    ),
    "dcat": _exchange(
        phrase("Catalogue entry (DCAT), for data portals"),
        "dcat.jsonld",
        "application/ld+json",
        _catalogue,
        "3",
        phrase("For data.go.th and other catalogues: title, publisher, licence, area, period and every column."),
    ),
}
OPEN_DATA = ("csv", "geojson", "geopackage", "opensidewalks", "a11yjson", "geoparquet", "kml", "gpx")
"""Formats that a catalogue names."""

EXCHANGE = tuple(name for name, form in FORMATS.items() if form.writer)
"""Formats of others, each with a loss report."""


def export(kind: str, contents: contents_room.Contents, words: wording.Wording) -> tuple[str, bytes]:
    """Return a file's name and its bytes; the same contents make the same bytes.

    Parameters
    ----------
    kind
        A key of :data:`FORMATS`.
    contents, words
        What to write, and the reader's language.

    Raises
    ------
    KeyError
        If `kind` is none of :data:`FORMATS`.
    layers.errors.LayerError
        For the map, if its libraries have not been prepared.
    """
    return _name(kind, contents, words), FORMATS[kind].packed(contents, words)


def export_with_losses(
    kind: str, contents: contents_room.Contents, words: wording.Wording
) -> tuple[str, bytes, Mapping[str, object]]:
    """Return a file's name, its bytes, and the document of what it could not hold.

    Parameters
    ----------
    kind
        One of :data:`EXCHANGE`.
    contents, words
        As for :func:`export`.

    Raises
    ------
    KeyError
        If `kind` is none of :data:`EXCHANGE`.
    """
    form = FORMATS[kind]
    if form.writer is None:
        raise KeyError(kind)
    found = facts.of(contents)
    report = found.report()
    written = form.writer(found, report, words)
    record = contents.record
    about = {
        "format": kind,
        "version": form.version,
        "exported_on": contents.options.exported_on.isoformat(),
        "head": record.head,
        "demonstration": record.demonstration,
    }
    return _name(kind, contents, words), written, report.document(words, about)


def _name(kind: str, contents: contents_room.Contents, words: wording.Wording) -> str:
    day = contents.options.exported_on.isoformat()
    return f"{contents.file_prefix}jaidee-{day}-{words.language}.{FORMATS[kind].ending}"
