"""Write the tables of an export as one Excel workbook in words, or as CSV files with ids."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from audits import wording
from audits.formats import archive, csv_writer, xlsx
from audits.reports import columns
from audits.reports import contents as contents_room
from layers import symbols

_SHEETS = {
    "site": wording.phrase("Sites"),
    "finding": wording.phrase("Findings"),
    "element": wording.phrase("Elements"),
    "measure_next": wording.phrase("Measure next"),
    "quality": wording.phrase("Quality of the record"),
    "about": wording.phrase("About this file"),
    "columns": wording.phrase("Columns"),
}

_COLUMNS_TABLE = columns.of("columns")

_MOST_ROWS_IN_MEMORY, _ROWS_AT_A_TIME = 20_000, 10_000
_WIDEST = 46


def csv_files(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return a ZIP of CSV files (UTF-8 with byte order mark), one a table, headed by column ids.

    Parameters
    ----------
    contents
        The tables.
    words
        The reader's language, for ``columns.csv``, which explains each column and value.
    """
    prefix = contents.file_prefix
    tables = _tables(contents, words).items()
    files = {f"{prefix}{name}.csv": csv_writer.table(_rows(table, wanted)) for name, (table, wanted) in tables}
    return archive.zipped(files, contents.options.exported_on)


def workbook(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return an Excel workbook, a sheet a table, headings and coded values in the reader's language.

    Parameters
    ----------
    contents
        The tables.
    words
        The reader's language.
    """
    tables = _tables(contents, words)
    # A cell in memory takes 400 bytes; below this the order of writing stays, and with it every byte of older exports.
    by_rows = max(len(table) for table, _ in tables.values()) > _MOST_ROWS_IN_MEMORY

    def fill(file: xlsxwriter.Workbook) -> None:
        looks, banner = _looks(file), _banner(contents, words)
        for name, (table, wanted) in tables.items():
            # Excel takes sheet names of at most 31 characters.
            sheet = file.add_worksheet(words.text(_SHEETS[name])[:31])
            xlsx.write(sheet, 0, 0, banner, looks["banner"])
            _fill(sheet, table, wanted, words, looks, by_rows=by_rows)

    return xlsx.workbook(contents.options.exported_on, fill, by_rows=by_rows)


def _tables(
    contents: contents_room.Contents, words: wording.Wording
) -> Mapping[str, tuple[pd.DataFrame, tuple[columns.Column, ...]]]:
    tables = dict(contents.tables(words))
    rows = [
        (name, column.name, column.heading(words), _meanings(column, words))
        for name, (_, wanted) in tables.items()
        for column in wanted
    ]
    names = [column.name for column in _COLUMNS_TABLE]
    return tables | {"columns": (pd.DataFrame(rows, columns=names), _COLUMNS_TABLE)}


def _meanings(column: columns.Column, words: wording.Wording) -> str:
    return "; ".join(f"{value} = {column.shown(value, words)}" for value in column.words)


def _rows(table: pd.DataFrame, wanted: Sequence[columns.Column]) -> Iterator[Sequence[object]]:
    yield [column.name for column in wanted]
    yield from zip(*(columns.plain(table[column.name], column.kind) for column in wanted), strict=True)


def _banner(contents: contents_room.Contents, words: wording.Wording) -> str:
    about = contents.about
    parts = [about.get("demonstration", ""), about["coverage"], about["verification"], about["weights"]]
    day = words.text("Exported on {day}", day=words.day(contents.options.exported_on))
    return " · ".join([day, *filter(None, parts)])


def _looks(file: xlsxwriter.Workbook) -> Mapping[str, Format]:
    looks = {
        "banner": file.add_format(xlsx.FONT | {"italic": True}),
        "heading": file.add_format(xlsx.HEADING),
        columns.TEXT: file.add_format(xlsx.FONT),
        columns.WHOLE: file.add_format(xlsx.FONT | {"num_format": "0"}),
        columns.NUMBER: file.add_format(xlsx.FONT | {"num_format": "General"}),
        columns.DAY: file.add_format(xlsx.FONT | {"num_format": "yyyy-mm-dd"}),
        columns.YES_NO: file.add_format(xlsx.FONT),
    }
    white = xlsx.FONT | {"bold": True, "font_color": "#FFFFFF"}
    for verdict, symbol in symbols.OF_VERDICT.items():
        looks[verdict] = file.add_format(white | {"bg_color": symbol.colour})
    return looks


def _fill(
    sheet: Worksheet,
    table: pd.DataFrame,
    wanted: Sequence[columns.Column],
    words: wording.Wording,
    looks: Mapping[str, Format],
    *,
    by_rows: bool,
) -> None:
    sheet.set_row(1, 60)
    widths = [_width(column.heading(words)) for column in wanted]
    step = _ROWS_AT_A_TIME if by_rows else max(len(table), 1)
    # a table without rows still gets its headings
    for start in range(0, max(len(table), 1), step):
        part = table.iloc[start : start + step]
        shown = [list(_shown(part[column.name], column, words)) for column in wanted]
        widths = [_wider(width, cells) for width, cells in zip(widths, shown, strict=True)]
        if start == 0:
            shown = [[(column.heading(words), "heading"), *cells] for column, cells in zip(wanted, shown, strict=True)]
        first = start + 2 if start else 1
        placed = [(row, at, *cell) for at, cells in enumerate(shown) for row, cell in enumerate(cells, first)]
        # row by row, the workbook lets go of what it has written: a cell for an earlier row would be lost
        for row, at, value, look in sorted(placed, key=operator.itemgetter(0, 1)) if by_rows else placed:
            xlsx.write(sheet, row, at, value, looks[look])
    for position, width in enumerate(widths):
        sheet.set_column(position, position, min(width, _WIDEST) + 2)
    sheet.freeze_panes(2, 1)
    sheet.autofilter(1, 0, max(1 + len(table), 2), len(wanted) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0, 1)
    sheet.fit_to_pages(1, 0)


def _shown(cells: pd.Series, column: columns.Column, words: wording.Wording) -> Iterator[tuple[object, str]]:
    """Yield each value in the reader's language, with the look of its cell."""
    for value in columns.plain(cells, column.kind):
        if column.name == "verdict" and isinstance(value, str):
            yield f"{symbols.OF_VERDICT[value].glyph} {column.shown(value, words)}", value
        elif isinstance(value, bool):
            yield words.text("yes") if value else words.text("no"), column.kind
        elif column.kind == columns.DAY and isinstance(value, str):
            yield dt.datetime.fromisoformat(value), column.kind
        else:
            yield column.shown(value, words) if isinstance(value, str) else value, column.kind


def _width(heading: str) -> int:
    # Headings wrap, so half their length will do.
    return max(10, len(heading) // 2)


def _wider(width: int, cells: Sequence[tuple[object, str]]) -> int:
    return max(width, *(len(str(value)) for value, _ in cells if not isinstance(value, dt.datetime)), 0)
