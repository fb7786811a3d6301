"""Open a table of any kind, and refuse what cannot be one."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from audits import errors
from audits.formats import archive, drawing_points, features, map_files, opendocument, placemarks, workbooks

LARGEST_BYTES = 50 * 2**20
OLD_ENCODING = "utf-16"
"""Of the texts in an Excel workbook of 1997 to 2003."""

GTFS_STOPS = "stops.txt"
"""The table of stops in a feed of public transport."""

MOST_ROWS = 200_000
MOST_COLUMNS = 500
MOST_CELLS = 5_000_000
FIRST_ROWS = workbooks.FIRST_ROWS

EMPTY_FILE = errors.ProblemKind("TABLE-001", "the file is empty; choose the file again")
TOO_LARGE = errors.ProblemKind("TABLE-002", "the file has {megabytes} MB; split it into files of {most} MB at most")
UNKNOWN_KIND = errors.ProblemKind(
    "TABLE-003",
    "this is none of the kinds that can be read; save it as CSV, XLSX, ODS, GeoJSON, GeoPackage, FlatGeobuf, "
    "GeoParquet, KML, KMZ, GPX, DXF or a zipped shapefile",
)
HTML = errors.ProblemKind("TABLE-004", "this is a web page saved as a spreadsheet; open it and save it as XLSX")
UNKNOWN_ENCODING = errors.ProblemKind(
    "TABLE-005", "the letters are neither UTF-8 nor Windows Thai; save the table as “CSV UTF-8”"
)
BROKEN_QUOTES = errors.ProblemKind("TABLE-006", "a quotation mark is left open or stands inside a cell ({reason})")
NO_ROWS = errors.ProblemKind("TABLE-007", "there is a header but no row below it; add the rows")
TOO_MANY_ROWS = errors.ProblemKind("TABLE-008", "there are more than {most} rows; split the table")
TOO_MANY_COLUMNS = errors.ProblemKind("TABLE-009", "there are more than {most} columns; keep those that are needed")
SAME_HEADER = errors.ProblemKind("TABLE-010", "the header “{header}” stands over columns {columns}; give each its own")
MORE_CELLS = errors.ProblemKind("TABLE-011", "the row has {cells} cells, the header {columns}; look for a stray comma")
NO_ONE_TABLE = errors.ProblemKind("TABLE-012", "this packed file holds no single table ({names}); send the table alone")

OTHER_KIND = errors.ProblemKind("TABLE-N01", "the name ends in {ending} but the content is {kind}; read as {kind}")
WINDOWS_THAI = errors.ProblemKind("TABLE-N02", "read as Windows Thai (cp874); check that the names look right")
SKIPPED_ABOVE = errors.ProblemKind("TABLE-N03", "rows above the header, left out: {rows}")
NO_HEADER = errors.ProblemKind("TABLE-N04", "columns {columns} have figures but no header; they were left out")

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# The signs from 80 to 9F come of Thai letters that were decoded as Latin and encoded again.
MOJIBAKE = re.compile(r"[\x00-\x08\x0e-\x1f\x80-\x9f]")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENDINGS = {"CSV": (".csv", ".txt", ".tsv"), "XLSX": (".xlsx", ".xlsm"), "XLS": (".xls",), "ODS": (".ods",)}
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]*>\s*)?(?:<!--.*?-->\s*)*<(?:\w+:)?(kml|gpx)\b", re.DOTALL)
_DRAWING = re.compile(rb"\s*(?:999[^\n]*\n[^\n]*\n\s*)*0\s*\n\s*SECTION\b")
_OFFICE, _OF_MACOS = "[Content_Types].xml", "__MACOSX/"
_NAMES_SHOWN = 5
# A code written ="007", so that a spreadsheet keeps its zeros.
_QUOTED_FORMULA = re.compile(r'^="([^"]*)"$')
_FIGURES = re.compile(r"[0-9๐-๙.,:/%°+ -]+")
_KNOWN_CELLS = 10_000
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1f]")


# Counts the headers of a row that mean something.
Known = Callable[[Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the file, with what already keeps it out.

    `line` counts as a spreadsheet does, or is the number of the feature; `cells` maps header to text, number, day,
    instant or None; `point` is easting first, in the table's CRS, None where there is none.
    """

    line: int
    cells: Mapping[str, object]
    point: tuple[float, float] | None = None
    problems: tuple[errors.Problem, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table as it was sent: each header once, the rows in the order of the file, blank rows left out.

    `kind` is ``CSV``, ``XLSX``, ``XLS``, ``ODS`` or that of a map file, such as ``GeoJSON`` or ``Shapefile``; `crs`
    that of the points, such as ``EPSG:32648``, empty when the file names none; `notices` say how the file was read;
    `encoding` is that of the text.
    """

    kind: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    crs: str = ""
    notices: tuple[errors.Problem, ...] = field(default=())
    # That of every format that knows only one, but old workbooks.
    encoding: str = "utf-8"

    @property
    def has_points(self) -> bool:
        """Whether the rows carry geometry of their own."""
        return any(row.point is not None for row in self.rows)


def read(content: bytes, file_name: str, known: Known | None = None) -> Table:
    """Open a table or map file of any kind of :class:`Table`; the content decides, not the ending of the name.

    Parameters
    ----------
    content, file_name
        The file as it was sent.
    known
        Counts the headers that mean something. The row of most such headers is the header, and the sheet that has it
        is read; without any, the first row of two cells or more on the first sheet.

    Raises
    ------
    audits.errors.RefusedError
        If the file as a whole is no table that can be read: empty, too large, broken, a bomb, of another kind, in
        unknown letters, with two columns of one name, or without rows.
    """
    known = known or _nothing
    _refuse_if(not content.strip(b"\x00 \t\r\n"), EMPTY_FILE.at(file_name))
    refuse_large(content, file_name)
    if content.startswith(features.GEOPACKAGE_START):
        return _from_features(features.read_geopackage(content, file_name, MOST_ROWS), "GeoPackage", file_name)
    for mark, (kind, read_layer) in map_files.READERS.items():
        if content.startswith(mark):
            return _from_features(read_layer(content, file_name, MOST_ROWS), kind, file_name)
    alone = PurePath(file_name).name
    _refuse_if(content.startswith(map_files.SHAPE_START), map_files.NO_ATTRIBUTES.at(file_name, name=alone))
    if content.startswith(archive.START):
        return _from_archive(content, file_name, known)
    if content.startswith(workbooks.OLD_START):
        return _from_workbook(content, file_name, known)
    is_binary = _CONTROL_BYTES.search(content[:4096]) is not None and not content.startswith(_UTF_16)
    _refuse_if(is_binary, UNKNOWN_KIND.at(file_name))
    if marked := _MARKUP.match(content[:4096]):
        read_marks = placemarks.read_kml if marked[1].lower() == b"kml" else placemarks.read_gpx
        return _from_features(read_marks(content, file_name, MOST_ROWS), marked[1].decode().upper(), file_name)
    if _DRAWING.match(content[:4096]):
        return _from_features(drawing_points.read(content, file_name, MOST_ROWS), "DXF", file_name)
    text, notices = decoded(content, file_name)
    start = text[:2000].lstrip().casefold()
    _refuse_if(start.startswith(("<!doctype html", "<html", "<table", "<meta")), HTML.at(file_name))
    _refuse_if(start.startswith(("<", "%pdf", "{\\rtf")), UNKNOWN_KIND.at(file_name))
    encoding = "cp874" if notices else "utf-16" if content.startswith(_UTF_16) else "utf-8"
    if start.startswith(("{", "[")):
        layer = features.read_geojson(text, file_name, MOST_ROWS)
        layer = replace(layer, notices=(*notices, *layer.notices), encoding=encoding)
        return _from_features(layer, "GeoJSON", file_name)
    grid = csv_grid(text, file_name, MOST_ROWS, MOST_COLUMNS)
    return replace(_from_grid(grid, "CSV", file_name, notices, known), encoding=encoding)


def _from_archive(content: bytes, file_name: str, known: Known) -> Table:
    """Open what is packed as a ZIP archive: a shapefile, a KMZ, a GTFS feed, an OpenDocument or an Office sheet."""
    try:
        parts = archive.Archive(content, file_name, map_files.GUARD)
    except errors.RefusedError:
        return _from_workbook(content, file_name, known)
    endings = {PurePath(name).suffix.casefold() for name in parts.entries}
    if ".shp" in endings or ".kml" in endings:
        parts.check()
        kind, read_layer = (
            ("Shapefile", map_files.read_shapefile) if ".shp" in endings else ("KMZ", placemarks.read_kmz)
        )
        return _from_features(read_layer(parts, file_name, MOST_ROWS), kind, file_name)
    if opendocument.is_spreadsheet(parts):
        sheet = opendocument.read(content, file_name, MOST_ROWS, MOST_COLUMNS, _score(known))
        return _from_grid(sheet.grid, "ODS", file_name, sheet.notices, known)
    if _OFFICE in parts.entries:
        return _from_workbook(content, file_name, known)
    parts.check()
    names = [name for name in parts.entries if not name.startswith(_OF_MACOS)]
    alone = [GTFS_STOPS] if GTFS_STOPS in names else names
    _refuse_if(len(alone) != 1, NO_ONE_TABLE.at(file_name, names=", ".join(names[:_NAMES_SHOWN]) or "–"))
    inside = parts.read_whole(alone[0], map_files.GUARD.most_unpacked_bytes)
    # an archive may hold itself, without end
    read_inside = _from_workbook if inside.startswith(archive.START) else read
    return read_inside(inside, PurePath(alone[0]).name, known)


def _nothing(_headers: Sequence[str]) -> int:
    return 0


def refuse_large(content: bytes, file_name: str) -> None:
    """Refuse a file over the limit.

    Raises
    ------
    audits.errors.RefusedError
        If it has more than :data:`LARGEST_BYTES`.
    """
    megabytes, most = f"{len(content) / 2**20:.0f}", LARGEST_BYTES // 2**20
    _refuse_if(len(content) > LARGEST_BYTES, TOO_LARGE.at(file_name, megabytes=megabytes, most=most))


def _refuse_if(wrong: bool, problem: errors.Problem) -> None:
    if wrong:
        raise errors.RefusedError((problem,))


def decoded(
    content: bytes, file_name: str, forbidden: re.Pattern[str] = MOJIBAKE
) -> tuple[str, tuple[errors.Problem, ...]]:
    """Return the text of a file and a notice: by its byte order mark, else strict UTF-8, else Windows Thai.

    Raises
    ------
    audits.errors.RefusedError
        If it is neither, or has characters that are `forbidden`.
    """
    # Windows Thai comes last: almost any bytes are letters in it.
    marked = [encoding for mark, encoding in _BYTE_ORDER_MARKS if content.startswith(mark)]
    for encoding in marked or ["utf-8", "cp874"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not forbidden.search(text):
            return text, (WINDOWS_THAI.at(file_name),) if encoding == "cp874" else ()
    raise errors.RefusedError((UNKNOWN_ENCODING.at(file_name),))


def _delimiter(text: str) -> str:
    """Return the separator that cuts the first lines into most cells: comma, semicolon, tab or bar."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:FIRST_ROWS]
    outside_quotes = [re.sub(r'"[^"]*"', "", line) for line in lines]
    # of equals the first: a comma may be the decimal sign between semicolons
    return max(";\t|,", key=lambda sign: _lines_and_cells(sign, outside_quotes))


def _lines_and_cells(sign: str, lines: Sequence[str]) -> tuple[int, int]:
    return sum(sign in line for line in lines), min((line.count(sign) for line in lines if sign in line), default=0)


def csv_grid(text: str, file_name: str, most_rows: int, most_columns: int) -> list[Sequence[object]]:
    """Return the cells of a CSV text.

    Raises
    ------
    audits.errors.RefusedError
        If a quotation mark is left open, or there are more rows or columns.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    grid: list[Sequence[object]] = []
    # A table repeats its words, and half of its memory would be texts.
    known: dict[str, str] = {}
    try:
        for cells in reader:
            grid.append([known.get(cell) or _cell(cell, known) for cell in cells])
            _refuse_if(len(grid) > most_rows + FIRST_ROWS, TOO_MANY_ROWS.at(file_name, most=most_rows))
            _refuse_if(len(cells) > most_columns, TOO_MANY_COLUMNS.at(file_name, most=most_columns))
    except csv.Error as error:
        raise errors.RefusedError((BROKEN_QUOTES.at(f"{file_name}, line {reader.line_num}", reason=error),)) from error
    return grid


def _cell(text: str, known: dict[str, str]) -> str:
    found = _QUOTED_FORMULA.sub(r"\1", text)
    if len(known) < _KNOWN_CELLS:
        known[text] = found
    return found


def _score(known: Known) -> workbooks.Score:
    return lambda rows: max((known(_headers(rows, number, known)) for number in range(len(rows))), default=0)


def _from_workbook(content: bytes, file_name: str, known: Known) -> Table:
    sheet = workbooks.read(content, file_name, MOST_ROWS, MOST_COLUMNS, _score(known))
    kind = "XLSX" if content.startswith(archive.START) else "XLS"
    table = _from_grid(sheet.grid, kind, file_name, sheet.notices, known)
    return table if kind == "XLSX" else replace(table, encoding=OLD_ENCODING)


def _from_features(layer: features.Layer, kind: str, file_name: str) -> Table:
    _refuse_if(not layer.records, NO_ROWS.at(file_name))
    columns = tuple(dict.fromkeys(column for record, _ in layer.records for column in record))
    _refuse_if(len(columns) > MOST_COLUMNS, TOO_MANY_COLUMNS.at(file_name, most=MOST_COLUMNS))
    rows = tuple(Row(line, record, point) for line, (record, point) in enumerate(layer.records, start=1))
    return Table(kind, columns, rows, layer.crs, layer.notices, layer.encoding)


def _from_grid(
    grid: Sequence[Sequence[object]], kind: str, file_name: str, notices: tuple[errors.Problem, ...], known: Known
) -> Table:
    top = _header_row(grid, known)
    _refuse_if(top is None, EMPTY_FILE.at(file_name))
    top = top or 0
    headers = _headers(grid, top, known)
    refuse_same_headers(headers, file_name)
    rows = tuple(_rows(grid[top + 1 :], headers, top + 2))
    _refuse_if(not rows, NO_ROWS.at(file_name))
    _refuse_if(len(rows) > MOST_ROWS, TOO_MANY_ROWS.at(file_name, most=MOST_ROWS))
    _refuse_if(len(rows) * len(headers) > MOST_CELLS, TOO_MANY_ROWS.at(file_name, most=MOST_CELLS // len(headers)))
    columns = tuple(header for header in headers if header)
    return Table(kind, columns, rows, "", notices + _header_notices(grid, top, headers, kind, file_name))


def _headers(grid: Sequence[Sequence[object]], top: int, known: Known) -> list[str]:
    """Return the headers in a row; one that means nothing alone takes the group above it along."""
    headers = [_header(cell) for cell in grid[top]]
    above = [_header(cell) for cell in grid[top - 1]] if top else []
    if not known(headers) or sum(map(bool, above)) < 2:
        return headers
    headers += [""] * (len(above) - len(headers))
    group = ""
    for column, header in enumerate(headers):
        over = above[column] if column < len(above) else ""
        group = over or group
        if not header:
            headers[column] = over
        elif not known([header]) and known([f"{group} {header}"]):
            headers[column] = f"{group} {header}"
    return headers


def _header(cell: object) -> str:
    return " ".join(str(cell).split()) if cell is not None else ""


def _header_row(grid: Sequence[Sequence[object]], known: Known) -> int | None:
    filled = [(number, sum(not _blank(cell) for cell in cells)) for number, cells in enumerate(grid[:FIRST_ROWS])]
    several = next((number for number, cells in filled if cells >= 2), None)
    usual = several if several is not None else next((number for number, cells in filled if cells), None)
    # The usual row comes first of those that are understood equally well.
    rows = [] if usual is None else [usual, *(row for row in range(len(filled)) if not _holds_figures(grid[row]))]
    return max(rows, key=lambda row: known(_headers(grid, row, known)), default=None)


def _holds_figures(row: Sequence[object]) -> bool:
    """Recognise a row of data, in which a code such as N may mean something by chance."""
    filled = [cell for cell in row if not _blank(cell)]
    return 2 * sum(not isinstance(cell, str) or bool(_FIGURES.fullmatch(cell)) for cell in filled) >= len(filled)


def refuse_same_headers(headers: Sequence[str], file_name: str) -> None:
    """Refuse a table in which one header stands twice.

    Raises
    ------
    audits.errors.RefusedError
        With one problem for each such header.
    """
    places: dict[str, list[int]] = {}
    for number, header in enumerate(headers, start=1):
        places.setdefault(header, []).append(number)
    problems = tuple(
        SAME_HEADER.at(file_name, header=header, columns=", ".join(map(str, columns)))
        for header, columns in places.items()
        if header and len(columns) > 1
    )
    if problems:
        raise errors.RefusedError(problems)


def _rows(grid: Sequence[Sequence[object]], headers: Sequence[str], first_line: int) -> Iterator[Row]:
    for line, cells in enumerate(grid, start=first_line):
        if all(_blank(cell) for cell in cells):
            continue
        beyond = [cell for cell in cells[len(headers) :] if not _blank(cell)]
        problems = (MORE_CELLS.at(f"row {line}", cells=len(cells), columns=len(headers)),) if beyond else ()
        padded = [*cells, *[""] * (len(headers) - len(cells))]
        yield Row(line, {header: cell for header, cell in zip(headers, padded, strict=False) if header}, None, problems)


def _header_notices(
    grid: Sequence[Sequence[object]], top: int, headers: Sequence[str], kind: str, file_name: str
) -> tuple[errors.Problem, ...]:
    notices = []
    ending = PurePath(file_name).suffix.casefold()
    if ending not in _ENDINGS[kind]:
        notices.append(OTHER_KIND.at(file_name, ending=ending or "–", kind=kind))
    if above := sum(any(not _blank(cell) for cell in cells) for cells in grid[:top]):
        notices.append(SKIPPED_ABOVE.at(file_name, rows=above))
    unnamed = [
        number
        for number, header in enumerate(headers)
        if not header and any(len(cells) > number and not _blank(cells[number]) for cells in grid[top + 1 :])
    ]
    if unnamed:
        notices.append(NO_HEADER.at(file_name, columns=", ".join(str(number + 1) for number in unnamed)))
    return tuple(notices)


def _blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
