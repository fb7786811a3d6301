"""Open the wide tables that servers export: one row a submission, one column an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from audits import errors
from audits.formats import tables, workbooks

MOST_ROWS = 50_000
# every reading of every question of every kind of element is a column
MOST_COLUMNS = 3_000
BEYOND = "…"

NOT_A_TABLE = errors.ProblemKind("ODK-051", "This is no table of submissions, or it is damaged; export it again.")


@dataclass(frozen=True)
class FlatTable:
    """Headers, and each row with its line in the file."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, object]], ...]
    notices: tuple[errors.Problem, ...] = ()


def read_csv(content: bytes, file_name: str) -> FlatTable:
    """Return the table in a CSV file.

    Raises
    ------
    audits.errors.RefusedError
        If it is too large, no text, its quotation marks do not close, or a header stands twice.
    """
    tables.refuse_large(content, file_name)
    text, notices = tables.decoded(content, file_name, tables.CONTROL)
    return _from_grid(tables.csv_grid(text, file_name, MOST_ROWS, MOST_COLUMNS), file_name, notices)


def read_xlsx(content: bytes, file_name: str) -> FlatTable:
    """Return the first sheet of a workbook.

    Raises
    ------
    audits.errors.RefusedError
        If it is no workbook, damaged, locked, a bomb, too large, or a header stands twice.
    """
    tables.refuse_large(content, file_name)
    sheet = workbooks.read(content, file_name, MOST_ROWS, MOST_COLUMNS)
    return _from_grid(sheet.grid, file_name, sheet.notices)


def _from_grid(grid: Sequence[Sequence[object]], file_name: str, notices: tuple[errors.Problem, ...]) -> FlatTable:
    if not grid:
        raise errors.RefusedError((NOT_A_TABLE.at(file_name),))
    headers = [str(cell).strip() for cell in grid[0]]
    tables.refuse_same_headers(headers, file_name)
    return FlatTable(tuple(header for header in headers if header), tuple(_rows(grid, headers)), notices)


def _rows(grid: Sequence[Sequence[object]], headers: Sequence[str]) -> Iterator[tuple[int, Mapping[str, object]]]:
    for line, cells in enumerate(grid[1:], start=2):
        if any(str(cell).strip() for cell in cells if cell is not None):
            padded = [*cells, *[""] * (len(headers) - len(cells))]
            extra = [cell for cell in padded[len(headers) :] if str(cell).strip()]
            row = {header: cell for header, cell in zip(headers, padded, strict=False) if header}
            # what stands beyond the header would be lost in silence
            yield line, row | ({BEYOND: extra} if extra else {})
