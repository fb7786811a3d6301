"""Read price tables from files, the sample that is shipped or the municipality's own, and write them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

from audits import errors
from audits.field import tables
from audits.planning import prices, quantities

FOLDER = Path(__file__).parents[1] / "data" / "prices"


def sample() -> prices.PriceBook:
    """Return the sample prices that are shipped.

    Raises
    ------
    errors.RefusedError
        When somebody spoilt the table, with all problems.
    """
    path = FOLDER / "sample.csv"
    return read(path.read_bytes(), path.name, dt.date.max)


def read(content: bytes, file_name: str, today: dt.date) -> prices.PriceBook:
    """Return the price book in a file that somebody sends, CSV or XLSX.

    Parameters
    ----------
    content, file_name
        The file.
    today
        The last day a price may be of.

    Raises
    ------
    errors.RefusedError
        When the file is no table, or with every problem of its rows.
    """
    table = tables.read(content, file_name)
    wrong = tuple(problem for row in table.rows for problem in row.problems)
    if wrong:
        raise errors.RefusedError(wrong)
    return prices.read(table.columns, [(row.line, row.cells) for row in table.rows], today)


def written(book: prices.PriceBook) -> str:
    """Return a price book as CSV, headed by the ids of its columns; :func:`read` gives the same book again."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(prices.COLUMNS)
    for price in (*book.prices.values(), book.factor):
        unit = "" if price.code == prices.FACTOR else quantities.unit(price.code)
        names = price.code, price.name.th, price.name.en, unit
        writer.writerow([*names, *price.thb, price.dated_on.isoformat(), price.source])
    return text.getvalue()
