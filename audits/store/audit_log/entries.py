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
_SENT, _POSITION = "survey.submit", "register.position"
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
    """One entry.

    Parameters
    ----------
    sequence, happened_at, actor, action, entity, entity_id, digest
        As the chain has them.
    content
        The payload without secrets.
    is_first
        Whether it made the account that it is about.
    changed
        Names of the fields in which it differs from the entry before on the same account, the secret ones too.
    """

    sequence: int
    happened_at: dt.datetime
    actor: str
    action: str
    entity: str
    entity_id: str
    content: dict[str, Any]
    digest: str
    is_first: bool = False
    changed: frozenset[str] = frozenset()


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
        rows = records.execute(query.limit(limit).offset(offset)).all()
        before = _accounts_before(records, {row.entity_id for row in rows if row.action == ACCOUNT})
    return [_line(row, before) for row in rows]


def _accounts_before(records: sa.Connection, names: set[str]) -> dict[int, dict[str, Any] | None]:
    """Return by the number of an entry the content of the one before on its account; None where there is none."""
    if not names:
        return {}
    entry, last, found = schema.ledger.c, dict[str, dict[str, Any]](), dict[int, dict[str, Any] | None]()
    # all of them, since the one before may lie outside of what was asked for
    chosen = sa.and_(entry.action == ACCOUNT, entry.entity_id.in_(names))
    query = sa.select(entry.sequence, entry.entity_id, entry.payload).where(chosen).order_by(entry.sequence)
    for row in records.execute(query):
        found[row.sequence] = last.get(row.entity_id)
        last[row.entity_id] = _content(row.payload)
    return found


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
        _moved_or_corrected(int(numbered[1])) if numbered else sa.false(),
        entity_id == name,
        # escaped, since an underscore in an id would match any character
        entity_id.startswith(f"{name}.", autoescape=True),
        entity_id.in_(mine),
        entity_id.in_(sa.select(photo.sha256).where(sa.or_(photo.survey_id.in_(mine), photo.survey_id == name))),
        entity_id.in_(sa.select(late.sha256).where(sa.or_(late.survey_id.in_(mine), late.survey_id == name))),
        entity_id.in_(sa.select(design.design_id).where(design.site_code == name)),
        entity_id.in_(sa.select(step.fix_id).where(step.site_code == name)),
    )


def _moved_or_corrected(receipt: int) -> sa.ColumnElement[bool]:
    """Return the condition for what a survey found out about its place, and for the survey that corrects it."""
    entry, visit = schema.ledger.c, schema.survey.c
    sent = sa.select(visit.survey_id).where(visit.receipt_number == receipt)
    site = sa.select(visit.site_code).where(visit.receipt_number == receipt)
    corrections = sa.select(visit.survey_id).where(visit.supersedes.in_(sent))
    # its reason ends in the receipt: surveys of one file came at the same instant
    of_it = entry.payload.contains(f'receipt {receipt}"', autoescape=True)
    return sa.or_(
        sa.and_(entry.action == _POSITION, entry.entity_id.in_(site), of_it),
        sa.and_(entry.action == _SENT, entry.entity_id.in_(corrections)),
    )


def _content(payload: str) -> dict[str, Any]:
    # An altered entry must still be shown, whatever its payload is now.
    try:
        content = json.loads(payload)
    except ValueError:
        content = payload
    return content if isinstance(content, dict) else {"": content}


def _line(row: Any, before: dict[int, dict[str, Any] | None]) -> Line:
    content, earlier = _content(row.payload), before.get(row.sequence)
    kept = {name: value for name, value in content.items() if not name.startswith("secret")}
    changed = frozenset(name for name, value in content.items() if earlier and earlier.get(name) != value)
    is_first = row.action == ACCOUNT and earlier is None
    entity = (row.action, row.entity, row.entity_id)
    return Line(row.sequence, row.happened_at, row.actor, *entity, kept, row.digest, is_first, changed)
