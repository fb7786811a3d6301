"""Read the sheets of an XLSX workbook cell by cell, as they are shown."""

from __future__ import annotations

import io
import itertools
import re
import warnings
from collections.abc import Iterator

import openpyxl
import openpyxl.utils
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from audits.formats import archive, cells, number_formats

_ROW = re.compile(r"<row\b[^<>]*>")
_HIDDEN = re.compile(r'\bhidden="(1|true)"')


class Book:
    """The visible sheets of a workbook; `names` in the order of their tabs, `hidden` those that are not shown."""

    def __init__(self, content: bytes, parts: archive.Archive) -> None:
        self._content, self._parts = content, parts
        self._values = self._opened(data_only=True)
        # Whatever wrote it left the formulas to be computed, with nothing or 0 in their place.
        self._is_uncomputed = b'fullCalcOnLoad="1"' in parts.read("xl/workbook.xml")
        sheets = [sheet for sheet in self._values.worksheets if isinstance(sheet, ReadOnlyWorksheet)]
        self.names = [sheet.title for sheet in sheets if sheet.sheet_state == "visible"]
        self.hidden = [sheet.title for sheet in sheets if sheet.sheet_state != "visible"]

    def _opened(self, *, data_only: bool) -> openpyxl.Workbook:
        with warnings.catch_warnings():
            # of parts that hold no cell, such as the lists of allowed values
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(
                io.BytesIO(self._content), read_only=True, data_only=data_only, keep_links=False
            )

    def rows(self, name: str) -> Iterator[list[object]]:
        """Yield the cells of each row from the first; a row that is hidden is empty."""
        xml = self._sheet_xml(name)
        hidden = frozenset(_hidden_rows(xml))
        values = self._sheet(self._values, name)
        # Reading the file a second time takes as long as the first: only for a sheet with formulas.
        formulas = self._sheet(self._opened(data_only=False), name) if "<f" in xml else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            beside = itertools.repeat(()) if formulas is None else formulas.iter_rows()
            for number, (row, written) in enumerate(zip(values.iter_rows(), beside, strict=False)):
                if number in hidden:
                    yield []
                else:
                    yield [self._shown(*pair) for pair in itertools.zip_longest(row, written)]

    def _sheet(self, book: openpyxl.Workbook, name: str) -> ReadOnlyWorksheet:
        sheet = book[name]
        # The stated size of a sheet is often wrong, and rows beyond it would be lost.
        sheet.reset_dimensions()
        return sheet

    def hidden_rows(self, name: str) -> int:
        """Count the rows of a sheet that are not shown."""
        return sum(1 for _ in _hidden_rows(self._sheet_xml(name)))

    def hidden_columns(self, name: str) -> Iterator[tuple[int, int]]:
        """Yield first and last of each run of columns that are not shown, from 0."""
        for tag in re.findall(r"<col\b[^<>]*>", self._sheet_xml(name)):
            first, last = (re.search(rf'\b{end}="(\d{{1,5}})"', tag) for end in ("min", "max"))
            if first and last and _HIDDEN.search(tag):
                yield int(first[1]) - 1, int(last[1]) - 1

    def merged(self, name: str) -> Iterator[tuple[int, int, int, int]]:
        """Yield first and last row, first and last column of each merged block, from 0."""
        for written in re.findall(r'<mergeCell [^<>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"', self._sheet_xml(name)):
            left, top, right, bottom = openpyxl.utils.range_boundaries(written)
            yield top - 1, bottom - 1, left - 1, right - 1

    def _shown(self, cell: ReadOnlyCell | EmptyCell, formula: ReadOnlyCell | EmptyCell | None) -> object:
        value = cell.value
        # A formula that was computed to an empty text says so by its type.
        is_empty = (value is None and cell.data_type != "str") or (value == 0 and self._is_uncomputed)
        if is_empty and formula is not None and formula.data_type == "f":
            return cells.Formula(getattr(formula.value, "text", formula.value))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return number_formats.shown(value, cell.number_format or "")
        return value

    def _sheet_xml(self, name: str) -> str:
        text = self._parts.read(self._sheet(self._values, name)._worksheet_path)
        return text.decode("utf-8", "replace")


def _hidden_rows(xml: str) -> Iterator[int]:
    row = -1
    for tag in _ROW.findall(xml):
        named = re.search(r'\br="(\d{1,7})"', tag)
        row = int(named[1]) - 1 if named else row + 1
        if _HIDDEN.search(tag):
            yield row
