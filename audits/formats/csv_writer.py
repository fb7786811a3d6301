"""Write CSV files that spreadsheet programs open in the right encoding and take for no formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import pandas as pd

# A spreadsheet runs a text that begins like this as a formula or a command.
_FORMULA_STARTS = tuple("=+-@|＝＋－＠\t\r\n")


def table(rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows as CSV in UTF-8 with a byte order mark; yes is 1, no is 0, a missing value is empty."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows([_cell(value) for value in row] for row in rows)
    # Excel takes a CSV file without the mark for one in the code page of the computer.
    return written.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, with an apostrophe before it where needed."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _cell(value: object) -> object:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return int(value)
    return "" if pd.isna(value) else value  # type: ignore[call-overload]
