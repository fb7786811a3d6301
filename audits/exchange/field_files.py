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
    return book.book(contents, words, paper=layout.A4, app_address=contents.made.app_address)


def book_a3(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return the map book on A3."""
    return book.book(contents, words, paper=layout.A3, app_address=contents.made.app_address)


def form(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return a zip with the form for KoboToolbox and ODK Central, the same as XForm, and the list of sites."""
    known, day = contents.subject, contents.made.exported_on
    version = xlsform.version(known.book, day)
    files = {
        f"{names.FORM_ID}.xlsx": xlsform.workbook(known.book, version=version),
        f"{names.FORM_ID}.xml": xlsform.xform(known.book, version=version).encode(),
        names.SITE_FILE: site_list.sites_csv(known.sites, known.elements, words),
    }
    return archive.zipped(files, day)


def qfield(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return the package for QField and QGIS; its trip is named by the day and the state of the record."""
    made = contents.made
    head = made.head.partition(":")[0]
    return package.packed(contents, words, trip=f"{made.file_prefix()}{made.exported_on.isoformat()}-{head}")
