"""Read and write price tables, and keep those of the municipality: the last one is in force."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import hashlib
import io
import json
from dataclasses import dataclass, replace

import pandas as pd

from audits import errors, roles
from audits.formats import tables
from audits.ramps import factor_f, prices, province_prices, quantities
from audits.store.db import connection
from audits.store.register import municipal_choices
from layers import installation

NAME, FACTOR_NAME = "prices", "factor_f"
SAMPLE_FILE = installation.DATA / "prices" / "sample.csv"
PATTERN_FILE = installation.DATA / "prices" / "factor_f_pattern.csv"

NO_AUTHOR = errors.ProblemKind("PRICE-012", "Say who hands in the prices: a name or staff number.")
SAME_PRICES = errors.ProblemKind("PRICE-013", "These prices are in force already; nothing was changed.")


@dataclass(frozen=True)
class Kept:
    """The prices in force.

    Parameters
    ----------
    book
        The prices.
    file_name, kept_by
        The file that they came in and who handed it in; empty for the sample that comes with the program.
    kept_at
        Instant (UTC); None for the sample.
    """

    book: prices.PriceBook
    file_name: str = ""
    kept_by: str = ""
    kept_at: dt.datetime | None = None

    @property
    def own(self) -> bool:
        """Whether the municipality handed these prices in."""
        return self.kept_at is not None


@functools.cache
def sample() -> prices.PriceBook:
    """Return the sample prices that are shipped.

    Raises
    ------
    errors.RefusedError
        When the table was damaged, with all problems.
    """
    return read(SAMPLE_FILE.read_bytes(), SAMPLE_FILE.name, dt.date.max)


def read(content: bytes, file_name: str, today: dt.date) -> prices.PriceBook:
    """Return the price book in a CSV or XLSX file, with prices up to the day given.

    Raises
    ------
    errors.RefusedError
        When the file is no table, or with every problem of its rows.
    """
    return _book(*_opened(content, file_name), today)


def _opened(content: bytes, file_name: str) -> tuple[tuple[str, ...], list[tuple[int, dict[str, object]]]]:
    table = tables.read(content, file_name)
    wrong = tuple(problem for row in table.rows for problem in row.problems)
    if wrong:
        raise errors.RefusedError(wrong)
    return tuple(table.columns), [(row.line, dict(row.cells)) for row in table.rows]


def _book(columns: tuple[str, ...], rows: list[tuple[int, dict[str, object]]], today: dt.date) -> prices.PriceBook:
    book = prices.read(columns, rows, today)
    if set(prices.RARE) <= set(book.prices):
        return book
    # a rare item that the table leaves out comes from the sample, and stays marked as a sample
    whole = {**sample().prices, **book.prices}
    return replace(book, prices={code: price for code, price in whole.items() if code in (*book.prices, *prices.RARE)})


def to_csv(book: prices.PriceBook) -> str:
    """Return a price book as CSV, headed by the ids of its columns; :func:`read` gives the same book again."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(prices.COLUMNS)
    for price in (*book.prices.values(), book.factor):
        unit = "" if price.code == prices.FACTOR else quantities.unit(price.code)
        names = price.code, price.name.th, price.name.en, unit
        writer.writerow([*names, *price.thb, price.labour_thb, price.dated_on.isoformat(), price.source])
    return text.getvalue()


def factors_to_csv(table: factor_f.Table) -> str:
    """Return a table of Factor F as CSV, headed by the ids of its columns."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, tuple(factor_f.COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(factor_f.to_rows(table))
    return text.getvalue()


def in_force(store: connection.Store) -> Kept:
    """Return the prices in force: the municipality's last ones, else the sample.

    Raises
    ------
    errors.RefusedError
        When the sample or the table that was kept is damaged, with all problems.
    """
    factors = municipal_choices.chosen(store, FACTOR_NAME)
    # A table that was accepted once stays so, whatever the day is now.
    columns, rows = _opened(json.loads(factors)["csv"].encode(), "factor_f.csv") if factors else ((), [])
    table = factor_f.read(columns, rows, dt.date.max) if factors else None
    choices = municipal_choices.history(store, NAME)
    if not choices or not choices[-1].value:
        return Kept(replace(sample(), table=table))
    last = choices[-1]
    kept = json.loads(last.value)
    book = read(kept["csv"].encode(), "prices.csv", dt.date.max)
    return Kept(replace(book, table=table), kept["file"], last.set_by, last.set_at)


def keep(
    store: connection.Store,
    content: bytes,
    file_name: str,
    actor: str,
    today: dt.date,
    *,
    kept_at: dt.datetime | None = None,
) -> prices.PriceBook:
    """Check a table that is handed in, and put it in force.

    By its headings it is a price table (:mod:`audits.ramps.prices`), a table of Factor F (:mod:`audits.ramps.factor_f`)
    or the ministry's list of a province (:mod:`audits.ramps.province_prices`).

    Raises
    ------
    errors.RefusedError
        With every problem of the table, without an author, or when these very prices are in force already.
    errors.NotAllowedError
        When this role may not choose for everybody.
    """
    roles.require(store.role, municipal_choices.ACTION)
    if not actor.strip():
        raise errors.RefusedError((NO_AUTHOR.at("prices"),))
    columns, rows = _opened(content, file_name)
    # what another hands in meanwhile must not be written over
    with connection.one_transaction(store) as alone:
        name, written, book = _taken(columns, rows, in_force(alone).book, today)
        value = json.dumps({"csv": written, "file": file_name}, ensure_ascii=False, sort_keys=True)
        municipal_choices.choose(alone, name, value, actor.strip(), kept_at)
    return book


def _taken(
    columns: tuple[str, ...], rows: list[tuple[int, dict[str, object]]], before: prices.PriceBook, today: dt.date
) -> tuple[str, str, prices.PriceBook]:
    """Return a table's name among the choices, its text, and the prices that are in force with it."""
    # a list of the ministry changes some prices only, and a table of Factor F none
    if factor_f.is_table(columns):
        factors = factor_f.read(columns, rows, today)
        name, written, book = FACTOR_NAME, factors_to_csv(factors), replace(before, table=factors)
    else:
        is_list = province_prices.is_list(columns)
        book = province_prices.taken(columns, rows, before, today) if is_list else _book(columns, rows, today)
        name, written, book = NAME, to_csv(book), replace(book, table=before.table)
    # The same table handed in twice would fill the history without a change.
    if book == before:
        raise errors.RefusedError((SAME_PRICES.at("prices"),))
    return name, written, book


def history(store: connection.Store) -> pd.DataFrame:
    """Return every price book handed in, newest first.

    Returns
    -------
    pandas.DataFrame
        ``file`` (empty where the sample was put in force again), ``sha256`` of the table, ``kept_by``, ``kept_at``
        (UTC).
    """
    rows = []
    for choice in reversed(municipal_choices.history(store, NAME)):
        kept = json.loads(choice.value) if choice.value else {"file": "", "csv": ""}
        digest = hashlib.sha256(kept["csv"].encode()).hexdigest()
        rows.append((kept["file"], digest, choice.set_by, choice.set_at))
    frame = pd.DataFrame.from_records(rows, columns=["file", "sha256", "kept_by", "kept_at"])
    frame["kept_at"] = pd.to_datetime(frame["kept_at"], utc=True).dt.as_unit("ms")
    return frame
