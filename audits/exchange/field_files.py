"""Pack what technicians take along: the map book, the phone form with its list of sites, the QField package."""

from __future__ import annotations

from audits import wording
from audits.exchange import contents as contents_room
from audits.field.odk import names, site_list, xlsform
from audits.field.qfield import package
from audits.formats import archive
from audits.paper import book, layout


def book_a4(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return the map book on A4."""
    return book.book(contents, words, paper=layout.A4, app_address=contents.options.app_address)


def book_a3(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return the map book on A3."""
    return book.book(contents, words, paper=layout.A3, app_address=contents.options.app_address)


def form(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return a zip with the form for KoboToolbox and ODK Central, the same as XForm, and the list of sites."""
    known, day = contents.record, contents.options.exported_on
    version = xlsform.version(known.criteria, day)
    files = {
        f"{names.FORM_ID}.xlsx": xlsform.workbook(known.criteria, version=version),
        f"{names.FORM_ID}.xml": xlsform.xform(known.criteria, version=version).encode(),
        names.SITE_FILE: site_list.sites_csv(known.sites, known.elements, words),
    }
    return archive.zipped(files, day)


def qfield(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return the package for QField and QGIS; its trip is named by the day and the state of the record."""
    head = contents.record.head.partition(":")[0]
    trip = f"{contents.file_prefix}{contents.options.exported_on.isoformat()}-{head}"
    return package.packed(contents, words, trip=trip)
