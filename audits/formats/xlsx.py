"""Write Excel workbooks that come out the same every time and run nothing that a text says."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

FONT: dict[str, object] = {"font_name": "TH Sarabun New", "font_size": 14, "valign": "top"}
HEADING = FONT | {"bold": True, "text_wrap": True, "bg_color": "#E6E6E6", "bottom": 1}
# Without these a text that looks like a formula, a link or a number would become one.
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_LONGEST_CELL = 32_767  # Excel's limit


def workbook(made_on: dt.date, fill: Callable[[xlsxwriter.Workbook], None], *, by_rows: bool = False) -> bytes:
    """Return the workbook that `fill` writes, dated with a day; the same content makes the same bytes.

    With `by_rows` only one row of a sheet is in memory: `fill` must write each sheet from its first row to its last.
    """
    written = io.BytesIO()
    options = _OPTIONS | ({"in_memory": False, "constant_memory": True} if by_rows else {})
    with xlsxwriter.Workbook(written, options) as file:
        file.set_properties({"title": "Jaidee", "created": instant(made_on)})
        fill(file)
    return written.getvalue()


def instant(day: dt.date) -> dt.datetime:
    """Return a day as Excel has it, without a zone."""
    return dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001


def write(sheet: Worksheet, row: int, column: int, value: object, look: Format | None = None) -> None:
    """Write a value with its own type, a text never as a formula; a missing value is an empty cell."""
    if isinstance(value, str):
        shown = value if len(value) <= _LONGEST_CELL else value[: _LONGEST_CELL - 1] + "…"
        sheet.write_string(row, column, shown, look)
    elif pd.isna(value):  # type: ignore[call-overload]
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(row, column, value, look)
    else:
        sheet.write_number(row, column, value, look)


def write_row(sheet: Worksheet, row: int, values: Iterable[object], look: Format | None = None) -> None:
    """Write values side by side from the first column."""
    for column, value in enumerate(values):
        write(sheet, row, column, value, look)


def set_widths(sheet: Worksheet, *widths: float) -> None:
    """Set the widths of the first columns, in characters."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
