"""Write rows that say what somebody did, each with its entry in the ledger, and find those that differ from it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from audits import errors
from audits.store.audit_log import hash_chain
from audits.store.db import schema

DEED_ALTERED = errors.ProblemKind("STORE-417", "The row differs from the ledger, or one of the two is gone.")


def add(records: sa.Connection, action: str, values: Mapping[str, Any], actor: str, moment: dt.datetime) -> None:
    """Write one row and its entry in the caller's transaction.

    Parameters
    ----------
    records
        A connection inside a write transaction.
    action
        A key of :data:`audits.store.db.schema.EVENTS`.
    values
        The row, every column but its number.
    actor
        Who did it.
    moment
        Instant, from :func:`audits.store.db.column_types.instant`.
    """
    table = schema.EVENTS[action]
    records.execute(sa.insert(table).values(**values))
    hash_chain.append(records, hash_chain.Entry(moment, actor, action, table.name, _key(values), payload(values)))


def payload(values: Mapping[str, Any]) -> str:
    """Return a row as canonical JSON; a secret only as its digest."""
    return hash_chain.canonical({name: _told(name, value) for name, value in values.items()})


def altered(records: sa.Connection, told: Mapping[str, Counter[str]]) -> Iterator[errors.Problem]:
    """Yield a problem for every row that the ledger does not tell of, and for every entry without its row.

    Parameters
    ----------
    records
        A connection inside a transaction.
    told
        Per action, the payloads of the ledger.
    """
    for action, table in schema.EVENTS.items():
        columns = [column for column in table.columns if column.name != "fid"]
        rows = [dict(row) for row in records.execute(sa.select(*columns)).mappings()]
        found = Counter(payload(row) for row in rows)
        if found != told.get(action, Counter()):
            yield DEED_ALTERED.at(table.name)


def _told(name: str, value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if name.startswith("secret"):
        return hashlib.sha256(str(value).encode()).hexdigest()
    return value


def _key(values: Mapping[str, Any]) -> str:
    return str(next(iter(values.values())))
