"""Write the tables for spreadsheets: one Excel workbook in words, or CSV files with ids, neither with live formulas."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
import xlsxwriter

from audits import wording
from audits.exchange import columns
from audits.exchange import contents as contents_room
from audits.formats import archive
from layers import symbols

# A spreadsheet takes a text that begins like this as a formula or a command.
_FORMULA_STARTS = tuple("=+-@|＝＋－＠\t\r\n")
_LONGEST_CELL = 32_767

_SHEETS = {
    "site": wording.phrase("Sites"),
    "finding": wording.phrase("Findings"),
    "element": wording.phrase("Elements"),
    "measure_next": wording.phrase("Measure next"),
    "quality": wording.phrase("Quality of the record"),
    "about": wording.phrase("About this file"),
    "columns": wording.phrase("Columns"),
}

_COLUMNS_TABLE = (
    columns.Column("table", wording.phrase("Table")),
    columns.Column("column", wording.phrase("Column id")),
    columns.Column("title", wording.phrase("What")),
    columns.Column("values", wording.phrase("Values and their meaning")),
)


def csv_files(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return a ZIP of CSV files (UTF-8 with byte order mark), one a table, headed by column ids.

    Parameters
    ----------
    contents
        What to write.
    words
        The reader's language, for ``columns.csv``, which says what each column and value means.
    """
    prefix = contents.file_prefix
    tables = _tables(contents, words).items()
    files = {f"{prefix}{name}.csv": _csv(table, wanted) for name, (table, wanted) in tables}
    return archive.zipped(files, contents.options.exported_on)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, with an apostrophe before it where needed."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def workbook(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return an Excel workbook, a sheet a table, headings and coded values in the reader's language.

    Parameters
    ----------
    contents
        What to write.
    words
        The reader's language.
    """
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(written, options) as book:
        made = contents.options.exported_on
        book.set_properties({"title": "Jaidee", "created": dt.datetime(made.year, made.month, made.day)})  # noqa: DTZ001
        looks = _looks(book)
        banner = _banner(contents, words)
        for name, (table, wanted) in _tables(contents, words).items():
            sheet = book.add_worksheet(words.text(_SHEETS[name])[:31])
            _fill(sheet, table, wanted, words, looks, banner)
    return written.getvalue()


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
    return "; ".join(f"{value} = {column.said(value, words)}" for value in column.words)


def _csv(table: pd.DataFrame, wanted: Sequence[columns.Column]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.name for column in wanted])
    cells = [columns.plain(table[column.name], column.kind) for column in wanted]
    for row in zip(*cells, strict=True):
        writer.writerow([harmless(value) if isinstance(value, str) else _number(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _number(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


def _banner(contents: contents_room.Contents, words: wording.Wording) -> str:
    about = contents.about
    parts = [about.get("demonstration", ""), about["coverage"], about["verification"], about["weights"]]
    day = words.text("Exported on {day}", day=words.day(contents.options.exported_on))
    return " · ".join([day, *(part for part in parts if part)])


def _looks(book: xlsxwriter.Workbook) -> Mapping[str, xlsxwriter.format.Format]:
    font = {"font_name": "TH Sarabun New", "font_size": 14, "valign": "top"}
    looks = {
        "banner": book.add_format(font | {"italic": True}),
        "heading": book.add_format(font | {"bold": True, "text_wrap": True, "bg_color": "#E6E6E6", "bottom": 1}),
        columns.TEXT: book.add_format(font),
        columns.WHOLE: book.add_format(font | {"num_format": "0"}),
        columns.NUMBER: book.add_format(font | {"num_format": "General"}),
        columns.DAY: book.add_format(font | {"num_format": "yyyy-mm-dd"}),
        columns.YES_NO: book.add_format(font),
    }
    for verdict, symbol in symbols.OF_VERDICT.items():
        looks[verdict] = book.add_format(font | {"bold": True, "font_color": "#FFFFFF", "bg_color": symbol.colour})
    return looks


def _fill(
    sheet: xlsxwriter.worksheet.Worksheet,
    table: pd.DataFrame,
    wanted: Sequence[columns.Column],
    words: wording.Wording,
    looks: Mapping[str, xlsxwriter.format.Format],
    banner: str,
) -> None:
    sheet.write_string(0, 0, banner, looks["banner"])
    for position, column in enumerate(wanted):
        heading = column.heading(words)
        sheet.write_string(1, position, heading, looks["heading"])
        cells = list(_shown(table[column.name], column, words))
        for row, (value, look) in enumerate(cells, start=2):
            _write(sheet, row, position, value, looks[look])
        sheet.set_column(position, position, _width(heading, [value for value, _ in cells]))
    sheet.set_row(1, 60)
    sheet.freeze_panes(2, 1)
    sheet.autofilter(1, 0, max(1 + len(table), 2), len(wanted) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0, 1)
    sheet.fit_to_pages(1, 0)


def _shown(cells: pd.Series, column: columns.Column, words: wording.Wording) -> Iterator[tuple[object, str]]:
    """Return each value in the reader's words, with the look of its cell."""
    for value in columns.plain(cells, column.kind):
        if column.name == "verdict" and isinstance(value, str):
            yield f"{symbols.OF_VERDICT[value].glyph} {column.said(value, words)}", value
        elif isinstance(value, bool):
            yield words.text("yes") if value else words.text("no"), column.kind
        elif column.kind == columns.DAY and isinstance(value, str):
            yield dt.datetime.fromisoformat(value), column.kind
        else:
            yield column.said(value, words) if isinstance(value, str) else value, column.kind


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, position: int, value: object, look: xlsxwriter.format.Format
) -> None:
    if isinstance(value, str):
        shown = value if len(value) <= _LONGEST_CELL else value[: _LONGEST_CELL - 1] + "…"
        sheet.write_string(row, position, shown, look)
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(row, position, value, look)
    elif isinstance(value, int | float):
        sheet.write_number(row, position, value, look)
    else:
        sheet.write_blank(row, position, None, look)


def _width(heading: str, values: Sequence[object]) -> int:
    longest = max((len(str(value)) for value in values if not isinstance(value, dt.datetime)), default=0)
    return min(max(longest, 10, len(heading) // 2) + 2, 48)
