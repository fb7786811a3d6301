"""Tell from a few bytes which server a file of submissions comes from, and read it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from audits import errors
from audits.field import arrivals
from audits.field.odk import central, kobo, leaves, names, submission_xml, submissions
from audits.formats import archive
from audits.rules import model

CENTRAL_JSON, CENTRAL_ZIP, CENTRAL_CSV = "central_json", "central_zip", "central_csv"
KOBO_JSON, KOBO_CSV, KOBO_XLSX = "kobo_json", "kobo_csv", "kobo_xlsx"
SUBMISSION_XML = "submission_xml"
KINDS = (CENTRAL_JSON, CENTRAL_ZIP, CENTRAL_CSV, KOBO_JSON, KOBO_CSV, KOBO_XLSX, SUBMISSION_XML)

UNKNOWN_KIND = errors.ProblemKind(
    "ODK-091", "This is no export of ODK Central or KoboToolbox; download JSON, CSV zip, CSV or XLSX there."
)

_LOOKED_AT = 2**18
_SHEET_PARTS = ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml")


def recognise(content: bytes, file_name: str) -> str | None:  # noqa: ARG001 - the content decides
    """Return what kind of export a file looks like, one of :data:`KINDS`; None when it is none. Cheap."""
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
            texts = b"".join(parts.read(name, _LOOKED_AT) for name in _SHEET_PARTS if name in parts.entries)
            return KOBO_XLSX if b"_uuid" in texts and b"_submission_time" in texts else None
        tables = [name for name in parts.entries if name.endswith(".csv") and "/" not in name]
        header = parts.read(min(tables, key=len), _LOOKED_AT).partition(b"\n")[0] if tables else b""
    except errors.RefusedError:
        return None
    return CENTRAL_ZIP if b"KEY" in header else None


def read(
    content: bytes,
    file_name: str,
    kind: str,
    sites: gpd.GeoDataFrame,
    elements: pd.DataFrame,
    book: model.Criteria,
    *,
    now: dt.datetime,
    devices: Mapping[str, float] | None = None,
    root_of: submissions.RootOf = str,
) -> arrivals.Delivery:
    """Return what an export brings; nothing is written.

    Parameters
    ----------
    content, file_name
        The file.
    kind
        From :func:`recognise`.
    sites, elements, book, now, devices, root_of
        See :class:`audits.field.odk.submissions.Known`.

    Raises
    ------
    audits.errors.RefusedError
        When the file as a whole cannot be read: damaged, a bomb, another form, labels in place of names.
    """
    known = submissions.Known(sites, elements, book, now, devices or {}, root_of)
    sent, notices = _submissions(content, file_name, kind, root_of)
    return leaves.delivery(
        sent,
        known,
        source=kobo.SOURCE if kind in (KOBO_JSON, KOBO_CSV, KOBO_XLSX) else central.SOURCE,
        file_name=file_name,
        file_sha256=hashlib.sha256(content).hexdigest(),
        notices=notices,
    )


def _submissions(content: bytes, file_name: str, kind: str, root_of: submissions.RootOf) -> central.Read:
    if kind == CENTRAL_JSON:
        return central.read_odata(content, file_name)
    if kind == CENTRAL_ZIP:
        return central.read_zip(content, file_name)
    if kind == CENTRAL_CSV:
        return central.read_csv(content, file_name)
    if kind == KOBO_JSON:
        return kobo.read_json(content, file_name, root_of)
    if kind == KOBO_CSV:
        return kobo.read_csv(content, file_name, root_of)
    if kind == KOBO_XLSX:
        return kobo.read_xlsx(content, file_name, root_of)
    if kind == SUBMISSION_XML:
        return [submission_xml.read(content, root_of=root_of, file_name=file_name)], ()
    raise errors.RefusedError((UNKNOWN_KIND.at(file_name),))
