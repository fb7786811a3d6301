"""Recognise the server that a file of submissions comes from, and read the file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from audits import errors
from audits.field import arrivals
from audits.field import known as known_room
from audits.field.odk import central, flat_tables, kobo, leaves, names, submission_xml, submissions
from audits.formats import archive

CENTRAL_JSON, CENTRAL_ZIP, CENTRAL_CSV = "central_json", "central_zip", "central_csv"
KOBO_JSON, KOBO_CSV, KOBO_XLSX = "kobo_json", "kobo_csv", "kobo_xlsx"
SUBMISSION_XML = "submission_xml"

_READERS: Mapping[str, Callable[[bytes, str], submissions.Read]] = {
    CENTRAL_JSON: central.read_odata,
    CENTRAL_ZIP: central.read_zip,
    CENTRAL_CSV: central.read_csv,
    KOBO_JSON: kobo.read_json,
    KOBO_CSV: lambda content, file_name: kobo.read_table(flat_tables.read_csv(content, file_name), file_name),
    KOBO_XLSX: lambda content, file_name: kobo.read_table(flat_tables.read_xlsx(content, file_name), file_name),
    SUBMISSION_XML: lambda content, file_name: ([submission_xml.read(content, file_name=file_name)], ()),
}
KINDS = tuple(_READERS)

# A file may have hundreds of megabytes; the first records show its kind.
_LOOKED_AT = 2**18
_SHEET_PARTS = ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml")


def recognise(content: bytes, file_name: str) -> str | None:  # noqa: ARG001 - the content decides
    """Return the kind of export that a file looks like, one of :data:`KINDS`, or None; cheap."""
    if content.startswith(archive.START):
        return _of_zip(content)
    start = content[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        if b'"__system"' in start or b"$metadata#Submissions" in start:
            return CENTRAL_JSON
        is_kobo = b'"_xform_id_string"' in start or (b'"_uuid"' in start and b'"_submission_time"' in start)
        return KOBO_JSON if is_kobo else None
    if start.startswith(b"<"):
        return SUBMISSION_XML if f'id="{names.FORM_ID}"'.encode() in start else None
    header = start.partition(b"\n")[0]
    if b"SubmissionDate" in header and b"KEY" in header:
        return CENTRAL_CSV
    return KOBO_CSV if b"_uuid" in header and b"_submission_time" in header else None


def _of_zip(content: bytes) -> str | None:
    try:
        # A bomb is recognised like any other, so that reading it reports the bomb.
        parts = archive.Archive(content, "", central.GUARD)
        if "xl/workbook.xml" in parts.entries:
            # a workbook keeps its texts in a part of their own, or in the sheet
            texts = b"".join(parts.read(name, _LOOKED_AT) for name in _SHEET_PARTS if name in parts.entries)
            return KOBO_XLSX if b"_uuid" in texts and b"_submission_time" in texts else None
        tables = [name for name in parts.entries if name.endswith(".csv") and "/" not in name]
        header = parts.read(min(tables, key=len), _LOOKED_AT).partition(b"\n")[0] if tables else b""
    except errors.RefusedError:
        return None
    return CENTRAL_ZIP if b"KEY" in header else None


def read(content: bytes, file_name: str, kind: str, known: known_room.Known) -> arrivals.Delivery:
    """Read an export of a kind that :func:`recognise` gave; nothing is written.

    Raises
    ------
    audits.errors.RefusedError
        If the file as a whole cannot be read: damaged, a bomb, another form, labels in place of names.
    """
    sent, notices = _READERS[kind](content, file_name)
    return leaves.delivery(
        sent,
        known,
        source=kobo.SOURCE if kind in (KOBO_JSON, KOBO_CSV, KOBO_XLSX) else central.SOURCE,
        file_name=file_name,
        file_sha256=hashlib.sha256(content).hexdigest(),
        notices=notices,
    )
