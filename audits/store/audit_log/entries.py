"""Read the audit log a page at a time, newest first, by day, person, action and place."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from audits import roles, wording
from audits.formats import csv_writer
from audits.store.db import connection, schema

ACCOUNT = "account.set"
"""Makes an account and changes it: only the order of its entries tells which."""
CSV_COLUMNS = ("sequence", "happened_at", "actor", "action", "entity", "entity_id", "payload", "digest")
# as it stands on screen or is read aloud, in digits of either language; no more of them than a number has
_RECEIPT = re.compile(r"(?:\D*\s)?#?(\d{1,9})")


@dataclass(frozen=True)
class Selection:
    """Which entries to read: of local days, both included, by an actor, of an action, about a thing.

    `about` is the code of a site, the number of a receipt, also after words such as "receipt 12", the id of an element,
    survey or design, or the SHA-256 of a photo; what is empty or None does not limit.
    """

    first_day: dt.date | None = None
    last_day: dt.date | None = None
    actor: str = ""
    action: str = ""
    about: str = ""


@dataclass(frozen=True)
class Line:
    """One entry; `content` is its payload without secrets, `is_first` whether it made the account that it is about."""

    sequence: int
    happened_at: dt.datetime
    actor: str
    action: str
    entity: str
    entity_id: str
    content: dict[str, Any]
    digest: str
    is_first: bool = False


def lines(store: connection.Store, asked: Selection, limit: int | None = None, offset: int = 0) -> list[Line]:
    """Return entries, the newest first: at most `limit` of them (None for all), after skipping `offset`.

    Raises
    ------
    audits.errors.NotAllowedError
        When this role may not read the audit log.
    """
    roles.require_view(store.role, "audit_log")
    query = sa.select(schema.ledger).where(*_conditions(asked)).order_by(schema.ledger.c.sequence.desc())
    with connection.reading(store) as records:
        first = _firsts(records)
        return [_line(row, first) for row in records.execute(query.limit(limit).offset(offset))]


def _firsts(records: sa.Connection) -> frozenset[int]:
    """Return the numbers of the entries that made an account."""
    entry = schema.ledger.c
    query = sa.select(sa.func.min(entry.sequence)).where(entry.action == ACCOUNT).group_by(entry.entity_id)
    return frozenset(records.execute(query).scalars())


def count(store: connection.Store, asked: Selection) -> int:
    """Return the number of entries."""
    query = sa.select(sa.func.count()).select_from(schema.ledger).where(*_conditions(asked))
    with connection.reading(store) as records:
        return int(records.execute(query).scalar_one())


def actors(store: connection.Store) -> list[str]:
    """Return the names of all actors, in order."""
    return _distinct(store, schema.ledger.c.actor)


def actions(store: connection.Store) -> list[str]:
    """Return every kind of action in the audit log, in order."""
    return _distinct(store, schema.ledger.c.action)


def as_csv(store: connection.Store, asked: Selection) -> bytes:
    """Return the entries as CSV, in UTF-8 with the byte order mark that spreadsheets look for, without secrets."""
    rows: list[tuple[object, ...]] = [CSV_COLUMNS]
    for one in lines(store, asked):
        payload = json.dumps(one.content, ensure_ascii=False, sort_keys=True)
        instant = one.happened_at.isoformat(timespec="milliseconds")
        rows.append((one.sequence, instant, one.actor, one.action, one.entity, one.entity_id, payload, one.digest))
    return csv_writer.table(rows)


def _distinct(store: connection.Store, column: sa.Column[str]) -> list[str]:
    with connection.reading(store) as records:
        return sorted(records.execute(sa.select(column).distinct()).scalars())


def _conditions(asked: Selection) -> Iterator[sa.ColumnElement[bool]]:
    columns = schema.ledger.c
    if asked.first_day is not None:
        yield columns.happened_at >= _midnight(asked.first_day)
    if asked.last_day is not None:
        # up to the next local midnight, which is 23 or 25 hours later where clocks change
        yield columns.happened_at < _midnight(asked.last_day + dt.timedelta(days=1))
    if asked.actor:
        yield columns.actor == asked.actor
    if asked.action:
        yield columns.action == asked.action
    if asked.about:
        yield _about(asked.about)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), wording.local_zone())


def _about(name: str) -> sa.ColumnElement[bool]:
    """Return the condition for events on a thing itself, on its elements, and on what belongs to a site or receipt."""
    entity_id = schema.ledger.c.entity_id
    visit, photo, late = schema.survey.c, schema.survey_photo.c, schema.attached_photo.c
    design, step = schema.design.c, schema.fix_step.c
    numbered = _RECEIPT.fullmatch(name)
    receipt = visit.receipt_number == int(numbered[1]) if numbered else sa.false()
    mine = sa.select(visit.survey_id).where(sa.or_(visit.site_code == name, receipt))
    return sa.or_(
        entity_id == name,
        # escaped, since an underscore in an id would match any character
        entity_id.startswith(f"{name}.", autoescape=True),
        entity_id.in_(mine),
        entity_id.in_(sa.select(photo.sha256).where(sa.or_(photo.survey_id.in_(mine), photo.survey_id == name))),
        entity_id.in_(sa.select(late.sha256).where(sa.or_(late.survey_id.in_(mine), late.survey_id == name))),
        entity_id.in_(sa.select(design.design_id).where(design.site_code == name)),
        entity_id.in_(sa.select(step.fix_id).where(step.site_code == name)),
    )


def _line(row: Any, first: frozenset[int]) -> Line:
    # An altered entry must still be shown, whatever its payload is now.
    try:
        content = json.loads(row.payload)
    except ValueError:
        content = {"": row.payload}
    shown = content if isinstance(content, dict) else {"": content}
    kept = {name: value for name, value in shown.items() if not name.startswith("secret")}
    entity = (row.action, row.entity, row.entity_id)
    return Line(row.sequence, row.happened_at, row.actor, *entity, kept, row.digest, row.sequence in first)
