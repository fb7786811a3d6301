"""Read an OpenDocument spreadsheet (ODS) cell by cell, a percentage with its sign."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

import defusedxml
import defusedxml.ElementTree

from audits import errors
from audits.formats import archive, cells, workbooks

MEDIA_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"

_OFFICE, _TABLE, _TEXT, _STYLE = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text", "style")
)
_ROW = f"{_TABLE}table-row"
# A tree of XML takes about ten times the memory of its text.
_LARGEST_BYTES = 50 * 2**20
_GUARD = archive.Guard(
    damaged=workbooks.BROKEN,
    too_much=workbooks.BOMB,
    locked=workbooks.ENCRYPTED,
    most_unpacked_bytes=_LARGEST_BYTES,
    always_allowed_bytes=_LARGEST_BYTES,
)


def is_spreadsheet(parts: archive.Archive) -> bool:
    """Recognise the archive of a spreadsheet (OpenDocument 1.3 part 2, 3.3)."""
    return "content.xml" in parts.entries and (
        "mimetype" not in parts.entries or parts.read("mimetype", len(MEDIA_TYPE)) == MEDIA_TYPE
    )


def read(content: bytes, file_name: str, most_rows: int, most_columns: int, score: workbooks.Score) -> workbooks.Sheet:
    """Return the visible sheet with the table, as :func:`audits.formats.workbooks.read` chooses it.

    Raises
    ------
    audits.errors.RefusedError
        If the file is damaged, locked, a bomb, or larger than stated.
    """
    parts = archive.opened(content, file_name, _GUARD)
    try:
        # No office writes a document type, and one could define entities that multiply.
        root: ElementTree.Element = defusedxml.ElementTree.fromstring(
            parts.read_whole("content.xml", _GUARD.most_unpacked_bytes), forbid_dtd=True
        )
        return _best_sheet(root, file_name, most_rows, most_columns, score)
    except (ElementTree.ParseError, defusedxml.DefusedXmlException, ValueError) as error:
        raise errors.RefusedError((workbooks.BROKEN.at(file_name),)) from error


def _best_sheet(
    root: ElementTree.Element, file_name: str, most_rows: int, most_columns: int, score: workbooks.Score
) -> workbooks.Sheet:
    hidden = _hidden_styles(root)
    grids: dict[str, list[Sequence[object]]] = {}
    sheets: dict[str, ElementTree.Element] = {}
    for sheet in root.iter(f"{_TABLE}table"):
        name = str(sheet.get(f"{_TABLE}name", ""))
        if sheet.get(f"{_TABLE}style-name") not in hidden:
            sheets[name] = sheet
            grids[name] = list(_grid(sheet, name, file_name, most_rows + workbooks.SPARE_ROWS, most_columns))
    filled = [name for name, grid in grids.items() if grid]
    if not filled:
        raise errors.RefusedError((workbooks.EMPTY_SHEETS.at(file_name),))
    # The first of the best, since max keeps the first of equals.
    chosen = max(filled, key=lambda name: score(grids[name][: workbooks.FIRST_ROWS]))
    others = ", ".join(name for name in grids if name != chosen)
    notices = [workbooks.OTHER_SHEETS.at(file_name, sheet=chosen, others=others)] if others else []
    if count := sum(_times(row) for row in sheets[chosen].iter(_ROW) if _is_hidden(row) and _values(row, 1)):
        notices.append(workbooks.HIDDEN_ROWS.at(file_name, sheet=chosen, count=count))
    unshown = workbooks.hidden_columns(grids[chosen], _hidden_columns(sheets[chosen]), chosen, file_name)
    return workbooks.Sheet(grids[chosen], (*notices, *unshown))


def _hidden_columns(sheet: ElementTree.Element) -> Iterator[tuple[int, int]]:
    first = 0
    for column in sheet.iter(f"{_TABLE}table-column"):
        beyond = first + int(column.get(f"{_TABLE}number-columns-repeated", "1"))
        if _is_hidden(column):
            yield first, beyond - 1
        first = beyond


def _times(row: ElementTree.Element) -> int:
    return int(row.get(f"{_TABLE}number-rows-repeated", "1"))


def _is_hidden(row_or_column: ElementTree.Element) -> bool:
    return row_or_column.get(f"{_TABLE}visibility", "visible") != "visible"


def _hidden_styles(root: ElementTree.Element) -> set[str]:
    return {
        str(style.get(f"{_STYLE}name"))
        for style in root.iter(f"{_STYLE}style")
        if any(each.get(f"{_TABLE}display") == "false" for each in style)
    }


def _grid(
    sheet: ElementTree.Element, name: str, file_name: str, most_rows: int, most_columns: int
) -> Iterator[Sequence[object]]:
    """Yield the rows, hidden ones as blank; blank ones at the end, which a sheet repeats a million times, are left out.

    What stands in a block of merged cells is repeated in each of its rows.
    """
    waiting = count = 0
    merged: dict[int, tuple[int, object]] = {}
    for row in sheet.iter(_ROW):
        values, times = _values(row, most_columns + 1), _times(row)
        for column, (below, value) in tuple(merged.items()):
            values += [None] * (column + 1 - len(values))
            values[column] = value
            merged[column] = (below - times, value)
        merged = {column: block for column, block in merged.items() if block[0] > 0} | dict(_blocks(row, values))
        values = [] if _is_hidden(row) else values
        if not any(value not in (None, "") for value in values):
            waiting += times
            continue
        count += waiting + times
        if count > most_rows or len(values) > most_columns:
            problem = workbooks.SHEET_TOO_BIG.at(file_name, sheet=name, rows=most_rows, columns=most_columns)
            raise errors.RefusedError((problem,))
        yield from ([] for _ in range(waiting))
        yield from (values for _ in range(times))
        waiting = 0


def _blocks(row: ElementTree.Element, values: Sequence[object]) -> Iterator[tuple[int, tuple[int, object]]]:
    """Yield the column of each cell that reaches into the rows below, with their number and its value."""
    column = 0
    for cell in row:
        below = int(cell.get(f"{_TABLE}number-rows-spanned", "1")) - 1
        if below > 0 and column < len(values):
            yield column, (below, values[column])
        column += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))


def _values(row: ElementTree.Element, most: int) -> list[object]:
    values: list[object] = []
    waiting = 0
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        value, times = _value(cell), int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        # Blank cells wait: a row often ends in one that is repeated up to the last column of the sheet.
        if value in (None, ""):
            waiting += times
            continue
        values += [None] * min(waiting, most) + [value] * min(times, most)
        waiting = 0
        if len(values) > most:
            break
    return values


def _value(cell: ElementTree.Element) -> object:
    kind, figure = cell.get(f"{_OFFICE}value-type"), cell.get(f"{_OFFICE}value")
    if kind == "percentage" and figure is not None:
        # rounded: 0.07 * 100 is 7.000000000000001
        return f"{round(float(figure) * 100, 10):.12g}%"
    # only the paragraphs of the cell itself: those of a comment stand deeper
    text = "\n".join("".join(part.itertext()) for part in cell.findall(f"{_TEXT}p"))
    if kind == "float" and cells.number(text) is cells.NOT_A_NUMBER and any(map(str.isdigit, text)):
        # Its format shows it as 1:12, as 1/12 or as 90 cm.
        return text
    if kind in ("float", "currency") and figure is not None:
        return float(figure)
    if kind == "date" and (day := cell.get(f"{_OFFICE}date-value")):
        return _day(day)
    if not (kind or text) and (formula := cell.get(f"{_TABLE}formula")):
        # without the prefix of its language, as of:=
        return cells.Formula(f"={formula.partition('=')[2]}")
    return text


def _day(written: str) -> object:
    try:
        instant = dt.datetime.fromisoformat(written)
    except ValueError:
        return written
    return instant if "T" in written else instant.date()
