"""Hold what was refused, with its reasons, until an engineer decides."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from audits.store import chain, connection, schema

ACTION = "import.hold"


@dataclass(frozen=True)
class HeldRow:
    """One row that was not taken in.

    Parameters
    ----------
    line
        Its line in the file, from 1.
    raw
        The row as it came, as JSON.
    reasons
        Why it was refused, one sentence each.
    """

    line: int
    raw: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Batch:
    """One file that was brought in, known by its content."""

    file_name: str
    file_sha256: str
    accepted_count: int


def hold(
    store: connection.Store,
    file_name: str,
    file_sha256: str,
    actor: str,
    held: Sequence[HeldRow],
    accepted_count: int,
    held_at: dt.datetime | None = None,
) -> int:
    """Keep the refused rows of one file; the same file and line again change nothing.

    Parameters
    ----------
    store
        An open store.
    file_name, file_sha256
        The file, and the SHA-256 of its content, which identifies it.
    actor
        Who brought it, for the ledger.
    held
        The refused rows, one a line; may be empty, then the batch alone is recorded.
    accepted_count
        Number of rows taken in from the same file at its first arrival.
    held_at
        Instant; now when None.

    Returns
    -------
    int
        Number of the batch.
    """
    with connection.writing(store) as records:
        batch = Batch(file_name, file_sha256, accepted_count)
        return hold_within(records, batch, held, actor, chain.instant(held_at))


def hold_within(records: sa.Connection, batch: Batch, held: Sequence[HeldRow], actor: str, moment: dt.datetime) -> int:
    """Keep the refused rows of one file in the caller's transaction, and return the number of the batch."""
    columns = schema.import_batch.c
    number = records.execute(sa.select(columns.fid).where(columns.file_sha256 == batch.file_sha256)).scalar()
    is_new = number is None
    if number is None:
        number = _add_batch(records, batch, actor, moment)
    lines = sa.select(schema.held_row.c.line).where(schema.held_row.c.batch_id == number)
    known = set(records.execute(lines).scalars())
    new = [row for row in held if row.line not in known]
    rows = [{"batch_id": number, "line": row.line, "raw": _storable(row.raw), "reasons": _as_json(row)} for row in new]
    if rows:
        records.execute(sa.insert(schema.held_row), rows)
    if rows or is_new:
        payload = {
            "file_name": batch.file_name,
            "file_sha256": batch.file_sha256,
            "accepted_count": batch.accepted_count,
            "lines": {str(row["line"]): row_digest(str(row["raw"]), str(row["reasons"])) for row in rows},
        }
        chain.append(records, chain.Entry(moment, actor, ACTION, "import_batch", str(number), chain.canonical(payload)))
    return number


def held_rows(store: connection.Store) -> pd.DataFrame:
    """Return every held row, oldest first.

    Returns
    -------
    pandas.DataFrame
        Columns ``batch_id``, ``file_name``, ``file_sha256``, ``held_by``, ``held_at`` (UTC), ``line``, ``raw`` (JSON),
        ``reasons`` (tuple of sentences).
    """
    batch, row = schema.import_batch.c, schema.held_row.c
    names = ["batch_id", "file_name", "file_sha256", "held_by", "held_at", "line", "raw", "reasons"]
    query = (
        sa.select(row.batch_id, batch.file_name, batch.file_sha256, batch.held_by, batch.held_at, row.line, row.raw)
        .add_columns(row.reasons)
        .join_from(schema.held_row, schema.import_batch)
        .order_by(row.fid)
    )
    with connection.reading(store) as records:
        found = [(*one[:-1], tuple(json.loads(one[-1]))) for one in records.execute(query)]
    frame = pd.DataFrame(found, columns=names).astype({"batch_id": "int64", "line": "int64"})
    frame["held_at"] = pd.to_datetime(frame["held_at"], utc=True).dt.as_unit("ms")
    return frame.astype(dict.fromkeys(("file_name", "file_sha256", "held_by", "raw"), "str"))


def row_digest(raw: str, reasons: str) -> str:
    """Return the SHA-256 of a held row, for the ledger."""
    return hashlib.sha256(json.dumps([raw, reasons], ensure_ascii=False).encode()).hexdigest()


def _add_batch(records: sa.Connection, batch: Batch, actor: str, moment: dt.datetime) -> int:
    values = {
        "file_sha256": batch.file_sha256,
        "file_name": batch.file_name,
        "accepted_count": batch.accepted_count,
        "held_by": actor,
        "held_at": moment,
    }
    added = sa.insert(schema.import_batch).values(values).returning(schema.import_batch.c.fid)
    return int(records.execute(added).scalar_one())


def _as_json(row: HeldRow) -> str:
    return _storable(json.dumps(row.reasons, ensure_ascii=False))


def _storable(text: str) -> str:
    # JSON may carry half a surrogate pair, which UTF-8 cannot; its escape says the same.
    return text.encode("utf-8", "backslashreplace").decode()
