"""Export a record as one file of any format, under a name that gives its date, language and kind."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from audits import wording
from audits.book import book, layout
from audits.export import geojson, offline_map
from audits.field.odk import names, site_list, xlsform
from audits.field.qfield import package
from audits.formats import archive
from audits.reports import contents as contents_room
from audits.reports import geopackage, spreadsheet

phrase = wording.phrase

PDF, ZIP = "application/pdf", "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Format:
    """One kind of file: what it is for, the ending of its name, its media type, and what makes it."""

    title: str
    ending: str
    media_type: str
    packed: Callable[[contents_room.Contents, wording.Wording], bytes]


def _book(paper: str, contents: contents_room.Contents, words: wording.Wording) -> bytes:
    return book.book(contents, words, paper=paper, app_address=contents.options.app_address)


def _form(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return a zip with the form for KoboToolbox and ODK Central, the same as XForm, and the list of sites."""
    record, day = contents.record, contents.options.exported_on
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
}


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
    form = FORMATS[kind]
    day = contents.options.exported_on.isoformat()
    name = f"{contents.file_prefix}jaidee-{day}-{words.language}.{form.ending}"
    return name, form.packed(contents, words)
