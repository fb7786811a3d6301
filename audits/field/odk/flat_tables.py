"""Open the wide tables that servers export: one row a submission, one column an answer, all of it text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from audits import errors
from audits.formats import tables, workbooks

LARGEST_BYTES = 50 * 2**20
MOST_ROWS = 50_000
# every reading of every question of ten kinds of element is a column
MOST_COLUMNS = 3_000
BEYOND = "…"

NOT_A_TABLE = errors.ProblemKind("ODK-051", "This is no table of submissions, or it is damaged; export it again.")
TOO_WIDE = errors.ProblemKind("ODK-052", "There are more than {rows} rows or {columns} columns; export fewer at once.")

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class FlatTable:
    """Headers, and each row with its line in the file."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, object]], ...]
    notices: tuple[errors.Problem, ...] = ()


def read_csv(content: bytes, file_name: str) -> FlatTable:
    """Return the table in a CSV file, whatever separates its cells.

    Raises
    ------
    audits.errors.RefusedError
        When it is too large, no text, or its quotation marks do not close.
    """
    _refuse_if_large(content, file_name)
    text, notices = _decoded(content, file_name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=tables.delimiter(text), strict=True)
    grid: list[Sequence[object]] = []
    try:
        for row in reader:
            grid.append(row)
            _refuse_if_wide(len(grid), len(row), file_name)
    except csv.Error as error:
        problem = tables.BROKEN_QUOTES.at(f"{file_name}, {reader.line_num}", said=error)
        raise errors.RefusedError((problem,)) from error
    return _from_grid(grid, file_name, notices)


def read_xlsx(content: bytes, file_name: str) -> FlatTable:
    """Return the first sheet of a workbook.

    Raises
    ------
    audits.errors.RefusedError
        When it is no workbook, damaged, locked, a bomb, or too large.
    """
    _refuse_if_large(content, file_name)
    sheet = workbooks.read(content, file_name, MOST_ROWS, MOST_COLUMNS)
    return _from_grid(sheet.grid, file_name, sheet.notices)


def _refuse_if_large(content: bytes, file_name: str) -> None:
    if len(content) > LARGEST_BYTES:
        megabytes, most = len(content) // 2**20, LARGEST_BYTES // 2**20
        raise errors.RefusedError((tables.TOO_LARGE.at(file_name, megabytes=megabytes, most=most),))


def _refuse_if_wide(rows: int, columns: int, file_name: str) -> None:
    if rows > MOST_ROWS + 1 or columns > MOST_COLUMNS:
        raise errors.RefusedError((TOO_WIDE.at(file_name, rows=MOST_ROWS, columns=MOST_COLUMNS),))


def _decoded(content: bytes, file_name: str) -> tuple[str, tuple[errors.Problem, ...]]:
    for encoding, notices in (("utf-8-sig", ()), ("cp874", (tables.WINDOWS_THAI.at(file_name),))):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text, notices
    raise errors.RefusedError((tables.UNKNOWN_ENCODING.at(file_name),))


def _from_grid(grid: Sequence[Sequence[object]], file_name: str, notices: tuple[errors.Problem, ...] = ()) -> FlatTable:
    if not grid:
        raise errors.RefusedError((NOT_A_TABLE.at(file_name),))
    headers = [str(cell).strip() for cell in grid[0]]
    places: dict[str, list[str]] = {}
    for number, header in enumerate(headers, start=1):
        places.setdefault(header, []).append(str(number))
    problems = tuple(
        tables.SAME_HEADER.at(file_name, header=header, columns=", ".join(columns))
        for header, columns in places.items()
        if header and len(columns) > 1
    )
    if problems:
        raise errors.RefusedError(problems)
    return FlatTable(tuple(header for header in headers if header), tuple(_rows(grid, headers)), notices)


def _rows(grid: Sequence[Sequence[object]], headers: Sequence[str]) -> Iterator[tuple[int, Mapping[str, object]]]:
    for line, cells in enumerate(grid[1:], start=2):
        if any(str(cell).strip() for cell in cells if cell is not None):
            padded = [*cells, *[""] * (len(headers) - len(cells))]
            extra = [cell for cell in padded[len(headers) :] if str(cell).strip()]
            row = {header: cell for header, cell in zip(headers, padded, strict=False) if header}
            # what stands beyond the header would be lost in silence
            yield line, row | ({BEYOND: extra} if extra else {})
