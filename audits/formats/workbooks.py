"""Open a spreadsheet file safely and keep what its reader forgets: the cells shown as percent."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import python_calamine

from audits import errors

ZIP_START = b"PK"
OLD_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_UNPACKED_BYTES = 200 * 2**20
MOST_RATIO = 100
MOST_ENTRIES = 5_000
PIECE_BYTES = 2**20

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
_DAMAGE = (
    *(python_calamine.CalamineError, zipfile.BadZipFile, zlib.error, struct.error),
    *(OSError, EOFError, RuntimeError, ValueError, KeyError),
)


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
    RefusedError
        If the file is damaged, locked, no spreadsheet, larger than stated, or a bomb (checked before it is unpacked).
    """
    percent_formats = _guard(content, file_name) if content.startswith(ZIP_START) else frozenset[int]()
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
        for name in names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height and sheet.total_width:
                return _sheet(content, file_name, sheet, names, percent_formats, (most_rows, most_columns))
    except python_calamine.PasswordError as error:
        raise errors.RefusedError((ENCRYPTED.at(file_name),)) from error
    except _DAMAGE as error:
        raise errors.RefusedError((BROKEN.at(file_name),)) from error
    raise errors.RefusedError((EMPTY_SHEETS.at(file_name),))


def _sheet(
    content: bytes,
    file_name: str,
    sheet: python_calamine.CalamineSheet,
    names: Sequence[str],
    percent_formats: frozenset[int],
    most: tuple[int, int],
) -> Sheet:
    if sheet.total_height > most[0] + 20 or sheet.total_width > most[1]:
        problem = SHEET_TOO_BIG.at(file_name, sheet=sheet.name, rows=most[0], columns=most[1])
        raise errors.RefusedError((problem,))
    grid: list[list[object]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    if percent_formats:
        _restore_percents(grid, _sheet_xml(content, names.index(sheet.name)), percent_formats)
    others = ", ".join(name for name in names if name != sheet.name)
    return Sheet(grid, (OTHER_SHEETS.at(file_name, sheet=sheet.name, others=others),) if others else ())


def _guard(content: bytes, file_name: str) -> frozenset[int]:
    """Refuse a bomb or a foreign archive from its directory alone; return the cell styles shown as percent."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > MOST_UNPACKED_BYTES or unpacked > MOST_RATIO * len(content) or len(entries) > MOST_ENTRIES:
                problem = BOMB.at(file_name, megabytes=unpacked // 2**20, entries=len(entries))
                raise errors.RefusedError((problem,))
            if any(_unpacks_to_more(content, entry) for entry in entries):
                raise errors.RefusedError((BROKEN.at(file_name),))
            names = {entry.filename for entry in entries}
            if "xl/workbook.xml" not in names:
                raise errors.RefusedError((NOT_A_WORKBOOK.at(file_name),))
            styles = archive.read("xl/styles.xml").decode("utf-8", "replace") if "xl/styles.xml" in names else ""
    except _DAMAGE as error:
        raise errors.RefusedError((BROKEN.at(file_name),)) from error
    return _percent_styles(styles)


def _unpacks_to_more(content: bytes, entry: zipfile.ZipInfo) -> bool:
    """Return whether a part is larger than the directory says, which a reader would find out too late."""
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        return entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size
    name_bytes, extra_bytes = struct.unpack_from("<HH", content, entry.header_offset + 26)
    start = entry.header_offset + 30 + name_bytes + extra_bytes
    packed, inflater, unpacked = content[start : start + entry.compress_size], zlib.decompressobj(-15), 0
    while packed and unpacked <= entry.file_size:
        unpacked += len(inflater.decompress(packed, PIECE_BYTES))
        packed = inflater.unconsumed_tail
    return unpacked > entry.file_size


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


def _sheet_xml(content: bytes, number: int) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        link = re.findall(r'<sheet [^<>]*?r:id="([^"]+)"', book)[number : number + 1]
        for tag in re.findall(r"<Relationship [^<>]*>", links):
            target = re.search(r'Target="/?(?:xl/)?([^"]+)"', tag)
            if link and target and f'Id="{link[0]}"' in tag:
                return archive.read(f"xl/{target[1]}").decode("utf-8", "replace")
    return ""


def _restore_percents(grid: list[list[object]], sheet_xml: str, percent_styles: frozenset[int]) -> None:
    for tag in re.findall(r"<c [^<>]*>", sheet_xml):
        style, place = re.search(r' s="(\d{1,6})"', tag), re.search(r' r="([A-Z]{1,3})(\d{1,7})"', tag)
        if not style or not place or int(style[1]) not in percent_styles:
            continue
        row, column = int(place[2]) - 1, _column_number(place[1]) - 1
        if row < len(grid) and column < len(grid[row]):
            value = grid[row][column]
            if isinstance(value, int | float) and not isinstance(value, bool):
                grid[row][column] = f"{round(value * 100, 10):.12g}%"


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
