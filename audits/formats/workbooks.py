"""Open a spreadsheet safely, and keep the percent signs that its reader drops."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import python_calamine

from audits import errors
from audits.formats import archive

SPARE_ROWS = 20
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

_PERCENT_FORMATS = {9, 10}
_DAMAGE = (python_calamine.CalamineError, *archive.DAMAGE)
_GUARD = archive.Guard(damaged=BROKEN, too_much=BOMB)


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet, row by row, from its first row and column."""

    grid: Sequence[Sequence[object]]
    notices: tuple[errors.Problem, ...]


def read(content: bytes, file_name: str, most_rows: int, most_columns: int) -> Sheet:
    """Return the first sheet with anything in it.

    A cell that shows ``8.33%`` comes as the text ``8.33%`` and not as the 0.0833 behind it.

    Raises
    ------
    audits.errors.RefusedError
        If the file is damaged, locked, no spreadsheet, larger than stated, or a bomb (checked before it is unpacked).
    """
    percents = _Percents(content, file_name) if content.startswith(archive.START) else None
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
        for name in names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height and sheet.total_width:
                break
        else:
            raise errors.RefusedError((EMPTY_SHEETS.at(file_name),))
        if sheet.total_height > most_rows + SPARE_ROWS or sheet.total_width > most_columns:
            problem = SHEET_TOO_BIG.at(file_name, sheet=sheet.name, rows=most_rows, columns=most_columns)
            raise errors.RefusedError((problem,))
        grid: list[list[object]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    except python_calamine.PasswordError as error:
        raise errors.RefusedError((ENCRYPTED.at(file_name),)) from error
    except _DAMAGE as error:
        raise errors.RefusedError((BROKEN.at(file_name),)) from error
    if percents is not None:
        percents.restore(grid, names.index(sheet.name))
    others = ", ".join(other for other in names if other != sheet.name)
    return Sheet(grid, (OTHER_SHEETS.at(file_name, sheet=sheet.name, others=others),) if others else ())


class _Percents:
    """The cells of a workbook that are shown as percent, which its reader forgets."""

    def __init__(self, content: bytes, file_name: str) -> None:
        self._parts = archive.opened(content, file_name, _GUARD)
        self._parts.check_sizes()
        if "xl/workbook.xml" not in self._parts.entries:
            raise errors.RefusedError((NOT_A_WORKBOOK.at(file_name),))
        self._styles = _percent_styles(self._text("xl/styles.xml") if "xl/styles.xml" in self._parts.entries else "")

    def _text(self, name: str) -> str:
        return self._parts.read(name).decode("utf-8", "replace")

    def restore(self, grid: list[list[object]], number: int) -> None:
        """Write the percent sign back into the cells of the sheet with a number from 0."""
        if not self._styles:
            return
        for tag in re.findall(r"<c [^<>]*>", self._sheet_xml(number)):
            style, place = re.search(r' s="(\d{1,6})"', tag), re.search(r' r="([A-Z]{1,3})(\d{1,7})"', tag)
            if not style or not place or int(style[1]) not in self._styles:
                continue
            row, column = int(place[2]) - 1, _column_number(place[1]) - 1
            if row < len(grid) and column < len(grid[row]):
                value = grid[row][column]
                if isinstance(value, int | float) and not isinstance(value, bool):
                    grid[row][column] = f"{round(value * 100, 10):.12g}%"

    def _sheet_xml(self, number: int) -> str:
        link = re.findall(r'<sheet [^<>]*?r:id="([^"]+)"', self._text("xl/workbook.xml"))[number : number + 1]
        for tag in re.findall(r"<Relationship [^<>]*>", self._text("xl/_rels/workbook.xml.rels")):
            target = re.search(r'Target="/?(?:xl/)?([^"]+)"', tag)
            if link and target and f'Id="{link[0]}"' in tag:
                return self._text(f"xl/{target[1]}")
        return ""


def _percent_styles(styles: str) -> frozenset[int]:
    """Return the style numbers whose number format shows a percent sign (ECMA-376 part 1, 18.8.30 and 18.8.45)."""
    formats = set(_PERCENT_FORMATS)
    for tag in re.findall(r"<numFmt [^<>]*>", styles):
        number, code = re.search(r'numFmtId="(\d{1,6})"', tag), re.search(r'formatCode="([^"]*)"', tag)
        if number and code and "%" in code[1]:
            formats.add(int(number[1]))
    cell_formats = styles.partition("<cellXfs")[2].partition("</cellXfs>")[0]
    used = re.findall(r'<xf [^<>]*?numFmtId="(\d{1,6})"', cell_formats)
    return frozenset(style for style, number in enumerate(used) if int(number) in formats)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
