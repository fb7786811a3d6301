"""Read and write price tables, and keep those of the municipality: the last one is in force."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from audits import errors, roles
from audits.ramps import prices, quantities
from audits.store.db import connection
from audits.store.register import municipal_choices
from layers import installation

NAME = "prices"
SAMPLE_FILE = installation.DATA / "prices" / "sample.csv"

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


class Row(Protocol):
    """A row of a table that was read from a file, with what is wrong with it already."""

    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def cells(self) -> Mapping[str, object]: ...  # noqa: D102
    @property
    def problems(self) -> tuple[errors.Problem, ...]: ...  # noqa: D102


def sample() -> prices.PriceBook:
    """Return the sample prices that are shipped.

    Raises
    ------
    errors.RefusedError
        When the table was damaged, with all problems.
    """
    return _from_csv(SAMPLE_FILE.read_text("utf-8"))


def _from_csv(text: str) -> prices.PriceBook:
    rows = csv.DictReader(io.StringIO(text))
    # A table that was accepted once stays so, whatever the day is now.
    return prices.read(rows.fieldnames or (), enumerate(rows, 2), dt.date.max)


def read(columns: Sequence[str], rows: Iterable[Row], today: dt.date) -> prices.PriceBook:
    """Return the price book in a table that is handed in.

    Parameters
    ----------
    columns, rows
        Of the table, with the columns of :data:`audits.ramps.prices.COLUMNS`.
    today
        The last day a price may be of.

    Raises
    ------
    errors.RefusedError
        With every problem of the rows.
    """
    rows = tuple(rows)
    wrong = tuple(problem for row in rows for problem in row.problems)
    if wrong:
        raise errors.RefusedError(wrong)
    return prices.read(columns, [(row.line, row.cells) for row in rows], today)


def to_csv(book: prices.PriceBook) -> str:
    """Return a price book as CSV, headed by the ids of its columns; :func:`read` gives the same book again."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(prices.COLUMNS)
    for price in (*book.prices.values(), book.factor):
        unit = "" if price.code == prices.FACTOR else quantities.unit(price.code)
        names = price.code, price.name.th, price.name.en, unit
        writer.writerow([*names, *price.thb, price.dated_on.isoformat(), price.source])
    return text.getvalue()


def in_force(store: connection.Store) -> Kept:
    """Return the prices in force: the municipality's last ones, else the sample."""
    choices = municipal_choices.history(store, NAME)
    if not choices or not choices[-1].value:
        return Kept(sample())
    last = choices[-1]
    kept = json.loads(last.value)
    return Kept(_from_csv(kept["csv"]), kept["file"], last.set_by, last.set_at)


def keep(
    store: connection.Store,
    book: prices.PriceBook,
    file_name: str,
    actor: str,
    *,
    kept_at: dt.datetime | None = None,
) -> None:
    """Put a price book in force.

    Parameters
    ----------
    store
        An open store.
    book, file_name
        From :func:`read`, and the file it came in.
    actor
        Who hands it in.
    kept_at
        Instant; now when None.

    Raises
    ------
    errors.RefusedError
        Without an author, or when these very prices are in force already.
    errors.NotAllowedError
        When this role may not choose for everybody.
    """
    roles.require(store.role, municipal_choices.ACTION)
    if not actor.strip():
        raise errors.RefusedError((NO_AUTHOR.at("prices"),))
    # The same table handed in twice would fill the history without a change.
    if book == in_force(store).book:
        raise errors.RefusedError((SAME_PRICES.at("prices"),))
    value = json.dumps({"csv": to_csv(book), "file": file_name}, ensure_ascii=False, sort_keys=True)
    municipal_choices.choose(store, NAME, value, actor.strip(), kept_at)


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
