"""Keep refused rows and unreadable files, with the reasons, until an engineer decides."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from audits import errors, roles
from audits.store.audit_log import events
from audits.store.db import column_types, connection, durable_files, frames, schema, workspace

ACTION = "import.hold"
SETTLE, DECIDING = "held.settle", "survey.review"
TAKEN_IN, DISMISSED = "taken_in", "dismissed"

NO_ROW = errors.ProblemKind("STORE-551", "There is no such held row.")
SETTLED_BEFORE = errors.ProblemKind("STORE-552", "The held row was settled before; look at it again.")
NO_REASON = errors.ProblemKind("STORE-553", "Say why the row is dismissed.")

_HELD = {
    "batch_id": "int64",
    **dict.fromkeys(("file_name", "file_sha256", "held_by"), "str"),
    "held_at": frames.INSTANT,
    "line": "int64",
    **dict.fromkeys(("raw", "decision", "decision_note"), "str"),
    "reasons": "object",
}


@dataclass(frozen=True)
class HeldRow:
    """One refused row: its line in the file from 1, its content as JSON, and a sentence for each reason."""

    line: int
    raw: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Batch:
    """One imported file, identified by its content."""

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

    Without refused rows the batch alone is recorded. Returns the number of the batch, that is of the file by its
    SHA-256; `accepted_count` is the number of rows accepted at its first arrival.

    Raises
    ------
    audits.errors.NotAllowedError
        When this role may not import.
    """
    with connection.writing(store) as records:
        batch = Batch(file_name, file_sha256, accepted_count)
        return hold_within(records, batch, held, actor, column_types.instant(held_at))


def hold_within(records: sa.Connection, batch: Batch, held: Sequence[HeldRow], actor: str, moment: dt.datetime) -> int:
    """Keep the refused rows of one file in the caller's transaction; see :func:`hold`."""
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
    # The same file again, with nothing new in it, leaves no trace.
    if rows or is_new:
        content = {
            "file_name": _storable(batch.file_name),
            "file_sha256": batch.file_sha256,
            "accepted_count": batch.accepted_count,
            "lines": {str(row["line"]): row_digest(str(row["raw"]), str(row["reasons"])) for row in rows},
        }
        events.write(records, ACTION, "import_batch", str(number), content, actor, moment)
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
    by_row = sa.and_(settled.batch_id == row.batch_id, settled.line == row.line)
    query = (
        sa.select(row.batch_id, batch.file_name, batch.file_sha256, batch.held_by, batch.held_at, row.line, row.raw)
        .add_columns(sa.func.coalesce(settled.decision, "").label("decision"))
        .add_columns(sa.func.coalesce(settled.note, "").label("decision_note"), row.reasons)
        .join_from(schema.held_row, schema.import_batch)
        .outerjoin(schema.settlement, by_row)
        .order_by(row.fid)
    )
    found = [{**one, "reasons": tuple(json.loads(one["reasons"]))} for one in frames.rows(store, query)]
    return frames.frame(found, _HELD)


def settle(
    store: connection.Store,
    batch_id: int,
    line: int,
    decision: str,
    note: str,
    actor: str,
    at: dt.datetime | None = None,
    *,
    own: Collection[str] = (),
) -> None:
    """Record the decision on a held row: :data:`TAKEN_IN` or :data:`DISMISSED`; the row itself stays.

    `own` are the names under which the one who decides brings records: on those everybody may decide who brings any.

    Raises
    ------
    audits.errors.RefusedError
        When there is no such row, it was settled before, or it is dismissed without saying why.
    audits.errors.NotAllowedError
        When this role may not decide on what others sent.
    """
    moment = column_types.instant(at)
    with connection.writing(store) as records:
        batch = schema.import_batch.c
        held_by = records.execute(sa.select(batch.held_by).where(batch.fid == batch_id)).scalar()
        require_decision(store, str(held_by or ""), own)
        settle_within(records, batch_id, line, decision, note, actor, moment)


def require_decision(store: connection.Store, held_by: str, own: Collection[str]) -> None:
    """Refuse a decision on a record that somebody else brought to those who may not decide on it.

    Raises
    ------
    audits.errors.NotAllowedError
        Naming the role and the right that it lacks.
    """
    roles.require(store.role, SETTLE if held_by in own else DECIDING)


def settle_within(
    records: sa.Connection, batch_id: int, line: int, decision: str, note: str, actor: str, moment: dt.datetime
) -> None:
    """Record the decision on a held row in the caller's transaction; see :func:`settle`.

    Raises
    ------
    audits.errors.RefusedError
        As :func:`settle`.
    """
    where = f"{batch_id}, {line}"
    held, settled = schema.held_row.c, schema.settlement.c
    if not connection.exists(records, held.batch_id == batch_id, held.line == line):
        raise errors.RefusedError((NO_ROW.at(where),))
    if connection.exists(records, settled.batch_id == batch_id, settled.line == line):
        raise errors.RefusedError((SETTLED_BEFORE.at(where),))
    if decision == DISMISSED and not note.strip():
        raise errors.RefusedError((NO_REASON.at(where),))
    values = {"batch_id": batch_id, "line": line, "decision": decision, "note": note.strip()}
    events.add(records, SETTLE, values, actor, moment)


def settle_taken_in(
    records: sa.Connection, file_sha256: str, taken_in: Mapping[int, str], actor: str, moment: dt.datetime
) -> None:
    """Settle the open rows that were accepted at a later arrival: of the same file, or the same row in another file.

    `taken_in` has the accepted rows of the file that arrived, by line.
    """
    held, settled, batch = schema.held_row.c, schema.settlement.c, schema.import_batch.c
    done = sa.select(settled.fid).where(settled.batch_id == held.batch_id, settled.line == held.line)
    query = (
        sa.select(held.batch_id, held.line, held.raw, batch.file_sha256)
        .join_from(schema.held_row, schema.import_batch)
        .where(~done.exists())
    )
    # in the spelling that is kept, or the same row would not be found again
    came = {_storable(raw) for raw in taken_in.values()}
    # all of them first, since settling writes while a cursor would still be open
    for row in records.execute(query).all():
        if row.raw in came or (row.file_sha256 == file_sha256 and row.line in taken_in):
            settle_within(records, row.batch_id, row.line, TAKEN_IN, "", actor, moment)


def settle_twins(
    store: connection.Store, twins: Mapping[tuple[int, int], str], actor: str, at: dt.datetime | None = None
) -> None:
    """Settle open rows, by batch and line, whose visit came in put right; the note names the survey that it came as."""
    moment, settled = column_types.instant(at), schema.settlement.c
    if not twins:
        return
    with connection.writing(store) as records:
        for (batch_id, line), survey_id in twins.items():
            # an engineer may have settled it meanwhile
            if not connection.exists(records, settled.batch_id == batch_id, settled.line == line):
                settle_within(records, batch_id, line, TAKEN_IN, survey_id, actor, moment)


def held_before(records: sa.Connection, row: HeldRow) -> bool:
    """Whether such a row, as it arrived and with these reasons, is held already, from whatever file."""
    columns = schema.held_row.c
    return connection.exists(records, columns.raw == _storable(row.raw), columns.reasons == _as_json(row))


def keep_file(place: workspace.Workspace, content: bytes) -> str:
    """Keep the bytes of an unreadable file and return their SHA-256; they are on the disk when this returns."""
    sha256 = hashlib.sha256(content).hexdigest()
    durable_files.write(place.refused_path(sha256), content)
    return sha256


def row_digest(raw: str, reasons: str) -> str:
    """Return the SHA-256 of a held row, for the audit log."""
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
