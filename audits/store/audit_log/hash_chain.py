"""Link every entry of the audit log to the one before, so that no alteration goes unnoticed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from audits import errors, roles
from audits.store.db import schema

NO_HEAD = errors.ProblemKind("STORE-001", "Write the head as number:digest, as it is printed on the report.")


DIGITS, SHORT_DIGITS = 64, 16

# Built once: an import asks and appends for every survey.
_LAST = sa.select(schema.ledger.c.sequence, schema.ledger.c.digest).order_by(schema.ledger.c.sequence.desc()).limit(1)
_INSERT = sa.insert(schema.ledger)


@dataclass(frozen=True)
class Head:
    """Number and SHA-256 of the last link of the chain; printed on reports, it fixes everything before it."""

    sequence: int
    digest: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.digest}"

    @property
    def short(self) -> str:
        """The form for paper, whose 64 bits nobody can meet by trying."""
        return f"{self.sequence}:{self.digest[:SHORT_DIGITS]}"


@dataclass(frozen=True)
class Entry:
    """One event: who did what (such as ``survey.submit``) to which entity at an instant, with canonical JSON of it."""

    happened_at: dt.datetime
    actor: str
    action: str
    entity: str
    entity_id: str
    payload: str


def canonical(content: Mapping[str, object]) -> str:
    """Return content as canonical JSON: sorted keys, no blanks."""
    # Never change this form: the digests of every record ever written depend on its bytes.
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(sequence: int, entry: Entry, previous: str) -> str:
    """Return the SHA-256 that links an entry to the one before; a JSON list keeps each field apart from the next."""
    # In milliseconds, the precision that both databases give back.
    happened_at = entry.happened_at.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    fields = [sequence, happened_at, entry.actor, entry.action, entry.entity, entry.entity_id, entry.payload, previous]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def head(records: sa.Connection, before: dt.datetime | None = None) -> Head:
    """Return the last link of the chain, or the last one that was added before an instant."""
    query = _LAST if before is None else _LAST.where(schema.ledger.c.happened_at < before)
    last = records.execute(query).first()
    return Head(0, schema.GENESIS) if last is None else Head(last.sequence, last.digest)


def append(records: sa.Connection, *entries: Entry) -> Head:
    """Append entries in the caller's transaction, each linked to the one before, and return the new head.

    Raises
    ------
    audits.errors.StoreError
        When nobody is named as the actor.
    audits.errors.NotAllowedError
        When the role that the store was opened for may not do this.
    """
    last, links = head(records), []
    for entry in entries:
        # Checked here, where every event passes, so that no caller can forget it.
        roles.require(records.get_execution_options().get("role", roles.OFFICE), entry.action)
        if not entry.actor.strip():
            raise errors.StoreError(f"{entry.action} {entry.entity_id}: the audit log needs to know who did it")
        new = Head(last.sequence + 1, digest(last.sequence + 1, entry, last.digest))
        links.append({**vars(entry), "sequence": new.sequence, "previous": last.digest, "digest": new.digest})
        last = new
    records.execute(_INSERT, links)
    return last


def parse(text: str, digits: int = DIGITS) -> Head:
    """Return the head that is written as ``number:digest``, the digest with at least so many digits.

    Raises
    ------
    audits.errors.RefusedError
        When the text is not a head.
    """
    found = re.fullmatch(rf"(\d+):\s*([0-9a-f]{{{digits},{DIGITS}}})", text.strip(), re.IGNORECASE)
    if found is None:
        raise errors.RefusedError((NO_HEAD.at(text),))
    return Head(int(found[1]), found[2].lower())
