"""Make one file of any kind that leaves the house, with a name that says what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from audits import wording
from audits.exchange import contents as contents_room
from audits.exchange import field_files, geojson, geopackage, offline_map, spreadsheet

Packer = Callable[[contents_room.Contents, wording.Wording], bytes]


@dataclass(frozen=True)
class Format:
    """One kind of file.

    Parameters
    ----------
    title
        English phrase: what it is for.
    ending
        Ending of the file name.
    media_type
        For downloads.
    packed
        Makes the file.
    """

    title: str
    ending: str
    media_type: str
    packed: Packer


FORMATS = {
    "book_a4": Format(
        wording.phrase("Map book on A4, with sheets to write on (PDF)"),
        "a4.pdf",
        "application/pdf",
        field_files.book_a4,
    ),
    "book_a3": Format(
        wording.phrase("Map book on A3, with sheets to write on (PDF)"),
        "a3.pdf",
        "application/pdf",
        field_files.book_a3,
    ),
    "qfield": Format(
        wording.phrase("Package for QField and QGIS"), "qfield.zip", "application/zip", field_files.qfield
    ),
    "form": Format(wording.phrase("Form for ODK and KoboToolbox"), "form.zip", "application/zip", field_files.form),
    "geopackage": Format(
        wording.phrase("GeoPackage, for QGIS"), "gpkg", "application/geopackage+sqlite3", geopackage.packed
    ),
    "geojson": Format(
        wording.phrase("GeoJSON, for web maps"),
        "geojson",
        "application/geo+json",
        lambda contents, _: geojson.packed(contents),
    ),
    "xlsx": Format(
        wording.phrase("Excel workbook"),
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        spreadsheet.workbook,
    ),
    "csv": Format(wording.phrase("CSV tables, zipped"), "csv.zip", "application/zip", spreadsheet.csv_files),
    "map": Format(wording.phrase("Offline map, one file for a phone"), "html", "text/html", offline_map.packed),
}


def export(kind: str, contents: contents_room.Contents, words: wording.Wording) -> tuple[str, bytes]:
    """Return a file's name and its bytes; the same contents make the same bytes.

    Parameters
    ----------
    kind
        A key of :data:`FORMATS`.
    contents
        What to write.
    words
        The reader's language.

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
