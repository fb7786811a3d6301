"""Chain every deed to the one before, so that nothing is altered unseen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from audits import errors, roles
from audits.store.db import schema

NO_HEAD = errors.ProblemKind("STORE-001", "Write the head as number:digest, as it is printed on the report.")


@dataclass(frozen=True)
class Head:
    """The last link of the chain; printed on reports, it fixes everything before it.

    Parameters
    ----------
    sequence
        Number of the entry; 0 for an empty ledger.
    digest
        SHA-256 in hexadecimal; :data:`audits.store.db.schema.GENESIS` for an empty ledger.
    """

    sequence: int
    digest: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.digest}"


@dataclass(frozen=True)
class Entry:
    """One deed, as the ledger tells it.

    Parameters
    ----------
    happened_at
        Instant, with a time zone.
    actor
        Who did it.
    action
        What was done, such as ``survey.submit``.
    entity, entity_id
        To what.
    payload
        Canonical JSON of the content.
    """

    happened_at: dt.datetime
    actor: str
    action: str
    entity: str
    entity_id: str
    payload: str


def canonical(content: Mapping[str, object]) -> str:
    """Return content as canonical JSON: sorted keys, no blanks."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(sequence: int, entry: Entry, previous: str) -> str:
    """Return the SHA-256 that links an entry to the one before; a JSON list keeps each field apart from the next."""
    happened_at = entry.happened_at.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    fields = [sequence, happened_at, entry.actor, entry.action, entry.entity, entry.entity_id, entry.payload, previous]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def head(records: sa.Connection) -> Head:
    """Return the last link of the chain."""
    last = records.execute(
        sa.select(schema.ledger.c.sequence, schema.ledger.c.digest).order_by(schema.ledger.c.sequence.desc()).limit(1)
    ).first()
    return Head(0, schema.GENESIS) if last is None else Head(last.sequence, last.digest)


def append(records: sa.Connection, entry: Entry) -> Head:
    """Add an entry in the caller's transaction, and return the new head.

    Raises
    ------
    audits.errors.StoreError
        When nobody is named as the actor.
    audits.errors.NotAllowedError
        When the role that the store was opened for may not do this.
    """
    roles.demand(records.get_execution_options().get("role", roles.OFFICE), entry.action)
    if not entry.actor.strip():
        raise errors.StoreError(f"{entry.action} {entry.entity_id}: the ledger needs to know who did it")
    last = head(records)
    new = Head(last.sequence + 1, digest(last.sequence + 1, entry, last.digest))
    records.execute(
        sa.insert(schema.ledger).values(
            sequence=new.sequence,
            happened_at=entry.happened_at,
            actor=entry.actor,
            action=entry.action,
            entity=entry.entity,
            entity_id=entry.entity_id,
            payload=entry.payload,
            previous=last.digest,
            digest=new.digest,
        )
    )
    return new


def parsed(text: str) -> Head:
    """Return the head written as ``number:digest``.

    Raises
    ------
    audits.errors.RefusedError
        When the text is not a head.
    """
    sequence, _, written = text.strip().partition(":")
    known = written.strip().lower()
    if not (sequence.isdecimal() and len(known) == len(schema.GENESIS) and set(known) <= set("0123456789abcdef")):
        raise errors.RefusedError((NO_HEAD.at(text),))
    return Head(int(sequence), known)
