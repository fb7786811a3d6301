"""Read the sheets of an old XLS workbook cell by cell, as they are shown."""

from __future__ import annotations

import io
from collections.abc import Iterator

import xlrd
import xlrd.sheet

from audits.formats import number_formats


class Book:
    """The visible sheets of a workbook; `names` in the order of their tabs, `hidden` those that are not shown."""

    def __init__(self, content: bytes) -> None:
        # without a log file of its own xlrd prints its warnings to the terminal
        self._book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
        sheets = self._book.sheets()
        self.names = [sheet.name for sheet in sheets if not sheet.visibility]
        self.hidden = [sheet.name for sheet in sheets if sheet.visibility]

    def rows(self, name: str) -> Iterator[list[object]]:
        """Yield the cells of each row from the first; a row that is hidden is empty."""
        sheet = self._book.sheet_by_name(name)
        hidden = set(self._hidden(sheet))
        for row in range(sheet.nrows):
            yield [] if row in hidden else [self._shown(cell) for cell in sheet.row(row)]

    def hidden_rows(self, name: str) -> int:
        """Count the rows of a sheet that are not shown."""
        return sum(1 for _ in self._hidden(self._book.sheet_by_name(name)))

    def hidden_columns(self, name: str) -> Iterator[tuple[int, int]]:
        """Yield first and last of each run of columns that are not shown, from 0."""
        columns = self._book.sheet_by_name(name).colinfo_map.items()
        return ((column, column) for column, about in sorted(columns) if about.hidden)

    def merged(self, name: str) -> Iterator[tuple[int, int, int, int]]:
        """Yield first and last row, first and last column of each merged block, from 0."""
        for top, below, left, beyond in self._book.sheet_by_name(name).merged_cells:
            yield top, below - 1, left, beyond - 1

    def _hidden(self, sheet: xlrd.sheet.Sheet) -> Iterator[int]:
        return (row for row, about in sheet.rowinfo_map.items() if about.hidden and row < sheet.nrows)

    def _shown(self, cell: xlrd.sheet.Cell) -> object:
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return xlrd.error_text_from_code.get(cell.value, "#N/A")
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype == xlrd.XL_CELL_DATE:
            return self._instant(cell.value)
        if cell.ctype == xlrd.XL_CELL_NUMBER:
            style = self._book.xf_list[cell.xf_index or 0]
            return number_formats.shown(cell.value, self._book.format_map[style.format_key].format_str)
        return cell.value or None

    def _instant(self, serial: float) -> object:
        try:
            instant = xlrd.xldate_as_datetime(serial, self._book.datemode)
        except (ValueError, OverflowError):
            return "#VALUE!"
        # below one a serial is a time of day without a day
        return instant.time() if serial < 1 else instant
