"""Export a plan as one file of any format, under a name that gives its date and language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from audits import wording
from audits.plans import plan_brief, plan_contents, plan_geopackage, plan_workbook

phrase = wording.phrase


@dataclass(frozen=True)
class Format:
    """One kind of file: what it is for, its media type, and what makes it."""

    title: str
    media_type: str
    packed: Callable[[plan_contents.Subject, wording.Wording], bytes]


PDF, XLSX, GPKG = "pdf", "xlsx", "gpkg"
FORMATS = {
    PDF: Format(phrase("Brief on A4, PDF"), "application/pdf", plan_brief.pdf),
    XLSX: Format(
        phrase("Workbook with fixes, bill and budget, Excel"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        plan_workbook.workbook,
    ),
    GPKG: Format(
        phrase("Fixes and opened streets for QGIS, GeoPackage"),
        "application/geopackage+sqlite3",
        plan_geopackage.packed,
    ),
}


def made(kind: str, subject: plan_contents.Subject, words: wording.Wording) -> tuple[str, bytes]:
    """Return a file's name and its bytes; the same plan makes the same bytes.

    Raises
    ------
    KeyError
        If `kind` is none of :data:`FORMATS`.
    """
    name = f"{subject.file_prefix}jaidee-plan-{subject.made_on.isoformat()}-{words.language}.{kind}"
    return name, FORMATS[kind].packed(subject, words)
