"""Open a spreadsheet safely, and read its table as a person sees it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import xlrd

from audits import errors
from audits.formats import archive, workbook_xls, workbook_xlsx

SPARE_ROWS = 20
# A header stands within these.
FIRST_ROWS = 10
OLD_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

BROKEN = errors.ProblemKind("BOOK-001", "the spreadsheet is damaged; open it, save it again as XLSX and send that")
BOMB = errors.ProblemKind(
    "BOOK-002", "the file unpacks to {megabytes} MB in {entries} parts, too much for a table; save the sheet alone"
)
NOT_A_WORKBOOK = errors.ProblemKind("BOOK-003", "this packed file is not an XLSX spreadsheet; save the table as XLSX")
ENCRYPTED = errors.ProblemKind("BOOK-004", "the spreadsheet asks for a password; save it without one")
EMPTY_SHEETS = errors.ProblemKind("BOOK-005", "no sheet has anything in it; choose the file again")
SHEET_TOO_BIG = errors.ProblemKind("BOOK-006", "sheet “{sheet}” has over {rows} rows or {columns} columns; split it")

OTHER_SHEETS = errors.ProblemKind("BOOK-N01", "read sheet “{sheet}”; the others were left alone: {others}")
HIDDEN_ROWS = errors.ProblemKind(
    "BOOK-N02", "hidden rows of sheet “{sheet}” were left out: {count}; show them in the spreadsheet if they count"
)

_GUARD = archive.Guard(damaged=BROKEN, too_much=BOMB)
# How a workbook that is locked with a password is packed (MS-OFFCRYPTO, 2.3.4).
_LOCKED = "EncryptedPackage".encode("utf-16-le")
# Forms hide columns of codes that are needed.
HIDDEN_COLUMNS = errors.ProblemKind(
    "BOOK-N03", "hidden columns of sheet “{sheet}” were read too: {columns}; empty them if they do not count"
)

Grid = list[list[object]]
Score = Callable[[Sequence[Sequence[object]]], int]


class _Book(Protocol):
    names: list[str]
    hidden: list[str]

    def rows(self, name: str) -> Iterable[list[object]]: ...
    def hidden_rows(self, name: str) -> int: ...
    def hidden_columns(self, name: str) -> Iterable[tuple[int, int]]: ...
    def merged(self, name: str) -> Iterable[tuple[int, int, int, int]]: ...


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet, row by row, from its first row and column."""

    grid: Sequence[Sequence[object]]
    notices: tuple[errors.Problem, ...]


def read(content: bytes, file_name: str, most_rows: int, most_columns: int, score: Score | None = None) -> Sheet:
    """Return the sheet with the table: of those that are shown and hold anything the best, else the first.

    A cell comes as it is shown: ``8.33%`` and not the 0.0833 behind it, ``1:12`` for 12 in the format ``"1:"0``, an
    error value as its text, a formula that was never computed as :class:`audits.formats.cells.Formula`.

    Parameters
    ----------
    content, file_name
        The file as it was sent.
    most_rows, most_columns
        The largest table taken.
    score
        Rates the first rows of a sheet: how many of its headers are understood.

    Raises
    ------
    audits.errors.RefusedError
        If the file is damaged, locked, no spreadsheet, larger than stated, or a bomb (checked before it is unpacked).
    """
    try:
        book = _opened(content, file_name)
        name = _best(book, score)
        if name is None:
            raise errors.RefusedError((EMPTY_SHEETS.at(file_name),))
        grid: Grid = []
        for number, row in enumerate(book.rows(name)):
            used = _without_blank_end(row)
            if used:
                # Formats alone may reach down to row 1,048,576.
                grid += [[] for _ in range(len(grid), number)]
                grid.append(used)
            if len(grid) > most_rows + SPARE_ROWS or len(used) > most_columns:
                problem = SHEET_TOO_BIG.at(file_name, sheet=name, rows=most_rows, columns=most_columns)
                raise errors.RefusedError((problem,))
        _fill_merged(grid, book.merged(name))
        hidden = hidden_columns(grid, book.hidden_columns(name), name, file_name)
        return Sheet(grid, (*_notices(book, name, file_name), *hidden))
    except errors.RefusedError:
        raise
    # A damaged workbook makes its reader fail in any of a dozen ways.
    except Exception as error:
        locked = isinstance(error, xlrd.XLRDError) and "encrypted" in str(error)
        raise errors.RefusedError(((ENCRYPTED if locked else BROKEN).at(file_name),)) from error


def _opened(content: bytes, file_name: str) -> _Book:
    if not content.startswith(archive.START):
        if _LOCKED in content:
            raise errors.RefusedError((ENCRYPTED.at(file_name),))
        return workbook_xls.Book(content)
    parts = archive.opened(content, file_name, _GUARD)
    # openpyxl unpacks a part to whatever it holds, not to what the directory claims
    parts.check_sizes()
    if "xl/workbook.xml" not in parts.entries:
        raise errors.RefusedError((NOT_A_WORKBOOK.at(file_name),))
    return workbook_xlsx.Book(content, parts)


def _best(book: _Book, score: Score | None) -> str | None:
    score = score or (lambda _rows: 0)
    starts = {name: list(itertools.islice(book.rows(name), FIRST_ROWS)) for name in book.names}
    filled = [name for name in book.names if any(cell is not None for row in starts[name] for cell in row)]
    # The first rows of a sheet may be empty, as below a picture.
    filled = filled or [name for name in book.names if any(map(any, book.rows(name)))]
    return max(filled, key=lambda name: score(starts[name]), default=None)


def _without_blank_end(row: list[object]) -> list[object]:
    end = len(row)
    while end and (row[end - 1] is None or row[end - 1] == ""):
        end -= 1
    return row[:end]


def _fill_merged(grid: Grid, merged: Iterable[tuple[int, int, int, int]]) -> None:
    """Repeat what stands in a block of merged cells in each of its rows, in its first column."""
    for top, bottom, left, _ in merged:
        if top >= len(grid) or left >= len(grid[top]):
            continue
        for row in grid[top + 1 : bottom + 1]:
            row += [None] * (left + 1 - len(row))
            row[left] = grid[top][left]


def hidden_columns(
    grid: Sequence[Sequence[object]], spans: Iterable[tuple[int, int]], sheet: str, file_name: str
) -> Iterable[errors.Problem]:
    """Yield a notice of the columns that hold something and are not shown; `spans` of their numbers, from 0."""
    width = max(map(len, grid), default=0)
    columns = ", ".join(xlrd.colname(column) for first, last in spans for column in range(first, min(last + 1, width)))
    if columns:
        yield HIDDEN_COLUMNS.at(file_name, sheet=sheet, columns=columns)


def _notices(book: _Book, name: str, file_name: str) -> Iterable[errors.Problem]:
    others = ", ".join([other for other in book.names if other != name] + book.hidden)
    if others:
        yield OTHER_SHEETS.at(file_name, sheet=name, others=others)
    if hidden := book.hidden_rows(name):
        yield HIDDEN_ROWS.at(file_name, sheet=name, count=hidden)
