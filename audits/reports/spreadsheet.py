"""Write the tables of an export as one Excel workbook in words, or as CSV files with ids."""

from __future__ import annotations

import datetime as dt
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

    def fill(file: xlsxwriter.Workbook) -> None:
        looks, banner = _looks(file), _banner(contents, words)
        for name, (table, wanted) in _tables(contents, words).items():
            # Excel takes sheet names of at most 31 characters.
            sheet = file.add_worksheet(words.text(_SHEETS[name])[:31])
            xlsx.write(sheet, 0, 0, banner, looks["banner"])
            _fill(sheet, table, wanted, words, looks)

    return xlsx.workbook(contents.options.exported_on, fill)


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
) -> None:
    for position, column in enumerate(wanted):
        heading = column.heading(words)
        xlsx.write(sheet, 1, position, heading, looks["heading"])
        cells = list(_shown(table[column.name], column, words))
        for row, (value, look) in enumerate(cells, start=2):
            xlsx.write(sheet, row, position, value, looks[look])
        sheet.set_column(position, position, _width(heading, [value for value, _ in cells]))
    sheet.set_row(1, 60)
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


def _width(heading: str, values: Sequence[object]) -> int:
    longest = max((len(str(value)) for value in values if not isinstance(value, dt.datetime)), default=0)
    # Headings wrap, so half their length will do.
    return min(max(longest, 10, len(heading) // 2) + 2, 48)
