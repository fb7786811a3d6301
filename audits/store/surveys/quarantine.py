"""Hold what was refused, with its reasons, until an engineer decides."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from audits import errors, roles
from audits.store.audit_log import events, hash_chain
from audits.store.db import column_types, connection, schema

ACTION = "import.hold"
SETTLE, DECIDING = "held.settle", "survey.review"
TAKEN_IN, DISMISSED = "taken_in", "dismissed"

NO_ROW = errors.ProblemKind("STORE-551", "There is no such held row.")
SETTLED_BEFORE = errors.ProblemKind("STORE-552", "The held row was settled before; look at it again.")
NO_REASON = errors.ProblemKind("STORE-553", "Say why the row is dismissed.")

_TEXTS = ("file_name", "file_sha256", "held_by", "raw", "decision", "decision_note")


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
        return hold_within(records, batch, held, actor, column_types.instant(held_at))


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
            "file_name": _storable(batch.file_name),
            "file_sha256": batch.file_sha256,
            "accepted_count": batch.accepted_count,
            "lines": {str(row["line"]): row_digest(str(row["raw"]), str(row["reasons"])) for row in rows},
        }
        hash_chain.append(
            records, hash_chain.Entry(moment, actor, ACTION, "import_batch", str(number), hash_chain.canonical(payload))
        )
    return number


def held_rows(store: connection.Store) -> pd.DataFrame:
    """Return every held row, oldest first.

    Returns
    -------
    pandas.DataFrame
        Columns ``batch_id``, ``file_name``, ``file_sha256``, ``held_by``, ``held_at`` (UTC), ``line``, ``raw`` (JSON),
        ``reasons`` (tuple of sentences), ``decision`` (empty while open, else ``taken_in`` or ``dismissed``),
        ``decision_note``.
    """
    batch, row, settled = schema.import_batch.c, schema.held_row.c, schema.settlement.c
    names = ["batch_id", "file_name", "file_sha256", "held_by", "held_at", "line", "raw"]
    names += ["decision", "decision_note", "reasons"]
    by_row = sa.and_(settled.batch_id == row.batch_id, settled.line == row.line)
    query = (
        sa.select(row.batch_id, batch.file_name, batch.file_sha256, batch.held_by, batch.held_at, row.line, row.raw)
        .add_columns(sa.func.coalesce(settled.decision, ""), sa.func.coalesce(settled.note, ""), row.reasons)
        .join_from(schema.held_row, schema.import_batch)
        .outerjoin(schema.settlement, by_row)
        .order_by(row.fid)
    )
    with connection.reading(store) as records:
        found = [(*one[:-1], tuple(json.loads(one[-1]))) for one in records.execute(query)]
    frame = pd.DataFrame(found, columns=names).astype({"batch_id": "int64", "line": "int64"})
    frame["held_at"] = pd.to_datetime(frame["held_at"], utc=True).dt.as_unit("ms")
    return frame.astype(dict.fromkeys(_TEXTS, "str"))


def settle(
    store: connection.Store,
    batch_id: int,
    line: int,
    decision: str,
    note: str,
    actor: str,
    at: dt.datetime | None = None,
) -> None:
    """Record what became of a held row: :data:`TAKEN_IN` or :data:`DISMISSED`; the row itself is kept for ever.

    Raises
    ------
    audits.errors.RefusedError
        When there is no such row, it was settled before, or it is dismissed without saying why.
    audits.errors.NotAllowedError
        When this role may not decide on what others sent.
    """
    roles.demand(store.role, DECIDING)
    moment = column_types.instant(at)
    with connection.writing(store) as records:
        settle_within(records, batch_id, line, decision, note, actor, moment)


def settle_within(
    records: sa.Connection, batch_id: int, line: int, decision: str, note: str, actor: str, moment: dt.datetime
) -> None:
    """Record what became of a held row in the caller's transaction; see :func:`settle`."""
    where = f"{batch_id}, {line}"
    held, settled = schema.held_row.c, schema.settlement.c
    if records.execute(sa.select(held.fid).where(held.batch_id == batch_id, held.line == line)).first() is None:
        raise errors.RefusedError((NO_ROW.at(where),))
    if records.execute(sa.select(settled.fid).where(settled.batch_id == batch_id, settled.line == line)).first():
        raise errors.RefusedError((SETTLED_BEFORE.at(where),))
    if decision == DISMISSED and not note.strip():
        raise errors.RefusedError((NO_REASON.at(where),))
    values = {
        "batch_id": batch_id,
        "line": line,
        "decision": decision,
        "note": note.strip(),
        "settled_by": actor,
        "settled_at": moment,
    }
    events.add(records, SETTLE, values, actor, moment)


def settle_taken_in(
    records: sa.Connection, file_sha256: str, taken_in: Mapping[int, str], actor: str, moment: dt.datetime
) -> None:
    """Settle the open rows that were taken in at a later arrival: of the same file, or the same row in another file.

    Parameters
    ----------
    records
        A connection inside a write transaction.
    file_sha256
        The file that arrived.
    taken_in
        Its rows as they came that were taken in, by line.
    actor, moment
        For the ledger.
    """
    held, settled, batch = schema.held_row.c, schema.settlement.c, schema.import_batch.c
    done = sa.select(settled.fid).where(settled.batch_id == held.batch_id, settled.line == held.line)
    query = (
        sa.select(held.batch_id, held.line, held.raw, batch.file_sha256)
        .join_from(schema.held_row, schema.import_batch)
        .where(~done.exists())
    )
    came = {_storable(raw) for raw in taken_in.values()}
    for row in records.execute(query).all():
        if row.raw in came or (row.file_sha256 == file_sha256 and row.line in taken_in):
            settle_within(records, row.batch_id, row.line, TAKEN_IN, "", actor, moment)


def held_before(records: sa.Connection, row: HeldRow) -> bool:
    """Return whether such a row, as it came and with these reasons, is held already, in whatever file it came."""
    columns = schema.held_row.c
    same = sa.select(columns.fid).where(columns.raw == _storable(row.raw), columns.reasons == _as_json(row)).limit(1)
    return records.execute(same).first() is not None


def row_digest(raw: str, reasons: str) -> str:
    """Return the SHA-256 of a held row, for the ledger."""
    return hashlib.sha256(json.dumps([raw, reasons], ensure_ascii=False).encode()).hexdigest()


def _add_batch(records: sa.Connection, batch: Batch, actor: str, moment: dt.datetime) -> int:
    values = {
        "file_sha256": batch.file_sha256,
        "file_name": _storable(batch.file_name),
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
