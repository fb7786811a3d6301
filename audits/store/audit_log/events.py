"""Write what somebody did into the audit log, and find rows that differ from it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from audits import errors
from audits.store.audit_log import hash_chain
from audits.store.db import column_types, schema

ROW_ALTERED = errors.ProblemKind("STORE-417", "The row differs from the audit log, or one of the two is gone.")


def add(
    records: sa.Connection, action: str, values: Mapping[str, Any], actor: str, at: dt.datetime | None = None
) -> None:
    """Insert the one row that an event consists of, with its entry in the audit log, in the caller's transaction.

    Parameters
    ----------
    action
        A key of :data:`audits.store.db.schema.EVENTS`.
    values
        The row, without its number and without who wrote it when; the first value names it in the audit log.
    at
        Instant; now when None.

    Raises
    ------
    audits.errors.StoreError
        When nobody is named as the actor.
    audits.errors.NotAllowedError
        When the role that the store was opened for may not do this.
    """
    table, moment = schema.EVENTS[action], column_types.instant(at)
    row = {**values, **_stamp(table, actor, moment)}
    records.execute(sa.insert(table).values(**row))
    write(records, action, table.name, str(next(iter(row.values()))), payload(row), actor, moment)


def write(
    records: sa.Connection,
    action: str,
    entity: str,
    entity_id: str,
    content: str | Mapping[str, object],
    actor: str,
    at: dt.datetime,
) -> hash_chain.Head:
    """Append an event to the audit log in the caller's write transaction, and return the new head.

    `content` is what the rows written with it must agree with: plain JSON, or canonical JSON as text.

    Raises
    ------
    audits.errors.StoreError, audits.errors.NotAllowedError
        As :func:`add`.
    """
    text = content if isinstance(content, str) else hash_chain.canonical(content)
    return hash_chain.append(records, hash_chain.Entry(at, actor, action, entity, entity_id, text))


def payload(row: Mapping[str, Any]) -> str:
    """Return a row as canonical JSON; a secret only as its digest."""
    # The audit log is shown and exported; a hash in it could be attacked offline.
    digests = {
        name: hashlib.sha256(str(value).encode()).hexdigest()
        for name, value in row.items()
        if name.startswith("secret")
    }
    return hash_chain.canonical({name: plain(value) for name, value in row.items()} | digests)


def altered(records: sa.Connection, logged: Mapping[str, Counter[str]]) -> Iterator[errors.Problem]:
    """Yield a problem for each table whose rows differ from the payloads in the audit log, per action."""
    # Counted, not compared as sets: two equal rows need two entries.
    for action, table in schema.EVENTS.items():
        columns = [column for column in table.columns if column.name != "fid"]
        rows = records.execute(sa.select(*columns)).mappings()
        if Counter(payload(dict(row)) for row in rows) != logged.get(action, Counter()):
            yield ROW_ALTERED.at(table.name)


def _stamp(table: sa.Table, actor: str, moment: dt.datetime) -> dict[str, object]:
    """Return the values of the columns that :func:`audits.store.db.schema_columns.stamp` made."""
    # iterating the collection itself yields columns, not their names
    verbs = [name.removesuffix("_by") for name in table.columns.keys() if name.endswith("_by")]  # noqa: SIM118
    return {name: value for verb in verbs for name, value in ((f"{verb}_by", actor), (f"{verb}_at", moment))}


def plain(value: Any) -> Any:
    """Return a value of a row as JSON has it: an instant in UTC to the millisecond, a day as ISO 8601."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    return value.isoformat() if isinstance(value, dt.date) else value
