"""Keep the municipality's own price books in the record: the last one stands, the ones before stay readable."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from audits import errors, price_files, roles
from audits.planning import prices
from audits.store.db import connection, schema
from audits.store.register import municipal_choices

NAME = "prices"

NO_AUTHOR = errors.ProblemKind("PRICE-012", "Say who hands in the prices: a name or staff number.")
SAME_PRICES = errors.ProblemKind("PRICE-013", "These prices stand already; nothing was changed.")


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
        """Tell whether the municipality handed these prices in."""
        return self.kept_at is not None


def in_force(store: connection.Store) -> Kept:
    """Return the prices that stand: the municipality's last ones, else the sample."""
    rows = _rows(store)
    if not rows or not rows[-1]["value"]:
        return Kept(price_files.sample())
    row = rows[-1]
    told = json.loads(row["value"])
    # what was accepted once stays so, whatever the day is now
    book = price_files.read(told["csv"].encode(), "prices.csv", dt.date.max)
    return Kept(book, told["file"], row["set_by"], row["set_at"])


def keep(
    store: connection.Store,
    content: bytes,
    file_name: str,
    actor: str,
    today: dt.date,
    *,
    kept_at: dt.datetime | None = None,
) -> prices.PriceBook:
    """Check a price table that somebody sends and let it stand from now on.

    Parameters
    ----------
    store
        An open store.
    content, file_name
        The file, CSV or XLSX, with the columns of :data:`audits.planning.prices.COLUMNS`.
    actor
        Who hands it in.
    today
        The last day a price may be of.
    kept_at
        Instant; now when None.

    Raises
    ------
    errors.RefusedError
        With every problem of the table, without an author, or when these very prices stand already.
    errors.NotAllowedError
        When this role may not choose for everybody.
    """
    roles.require(store.role, municipal_choices.ACTION)
    if not actor.strip():
        raise errors.RefusedError((NO_AUTHOR.at("prices"),))
    book = price_files.read(content, file_name, today)
    if book == in_force(store).book:
        raise errors.RefusedError((SAME_PRICES.at("prices"),))
    value = json.dumps({"csv": price_files.written(book), "file": file_name}, ensure_ascii=False, sort_keys=True)
    municipal_choices.choose(store, NAME, value, actor.strip(), kept_at)
    return book


def back_to_sample(store: connection.Store, actor: str, *, kept_at: dt.datetime | None = None) -> None:
    """Let the sample prices stand again; the municipality's own stay readable.

    Raises
    ------
    errors.NotAllowedError
        When this role may not choose for everybody.
    """
    municipal_choices.choose(store, NAME, "", actor.strip(), kept_at)


def history(store: connection.Store) -> pd.DataFrame:
    """Return every price book handed in, newest first.

    Returns
    -------
    pandas.DataFrame
        ``file`` (empty where the sample was let stand again), ``sha256`` of the table, ``kept_by``, ``kept_at`` (UTC).
    """
    rows = [_told(row) for row in reversed(_rows(store))]
    frame = pd.DataFrame.from_records(rows, columns=["file", "sha256", "kept_by", "kept_at"])
    frame["kept_at"] = pd.to_datetime(frame["kept_at"], utc=True).dt.as_unit("ms")
    return frame


def _told(row: Mapping[Any, Any]) -> dict[str, object]:
    told = json.loads(str(row["value"])) if row["value"] else {"file": "", "csv": ""}
    digest = hashlib.sha256(told["csv"].encode()).hexdigest()
    return {"file": told["file"], "sha256": digest, "kept_by": row["set_by"], "kept_at": row["set_at"]}


def _rows(store: connection.Store) -> list[sa.RowMapping]:
    columns = schema.setting.c
    query = sa.select(columns.value, columns.set_by, columns.set_at).where(columns.name == NAME).order_by(columns.fid)
    with connection.reading(store) as records:
        return list(records.execute(query).mappings())
