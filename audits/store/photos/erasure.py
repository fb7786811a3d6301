"""Erase photos for good: the bytes go, their row and what the audit log says of them stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from audits import errors, roles
from audits.store.audit_log import events
from audits.store.db import column_types, connection, durable_files, schema

ACTION = "photo.erase"

NO_PHOTO = errors.ProblemKind("STORE-522", "The photo {sha256} is not here.")
NO_REASON = errors.ProblemKind("STORE-586", "Say why the photo is erased; it cannot be brought back.")
ERASED_BEFORE = errors.ProblemKind("STORE-587", "The photo was erased before.")


@dataclass(frozen=True)
class Erasure:
    """Why the bytes of a photo are gone."""

    reason: str
    erased_by: str
    erased_at: dt.datetime


def find(store: connection.Store, sha256: str) -> Erasure | None:
    """Return why and when a photo was erased; None while it is kept."""
    return every(store, (sha256,)).get(sha256)


def every(store: connection.Store, sha256s: Sequence[str] | None = None) -> dict[str, Erasure]:
    """Return the photos that were erased, by their names; only those of `sha256s` unless None."""
    columns = schema.photo_erasure.c
    query = sa.select(columns.sha256, columns.reason, columns.erased_by, columns.erased_at).order_by(columns.fid)
    if sha256s is not None:
        query = query.where(columns.sha256.in_(sha256s))
    with connection.reading(store) as records:
        return {sha256: Erasure(*rest) for sha256, *rest in records.execute(query)}


def erase(
    store: connection.Store, sha256: str, reason: str, actor: str, at: dt.datetime | None = None
) -> tuple[str, ...]:
    """Erase one photo with its blurred copies, or a blurred copy with its original; rows and chain stay complete.

    The rows that say so are on the disk before a file goes: what is interrupted, :func:`finish` completes.

    Everybody who looks for the photo reads the reason. Returns the names of the photos erased.

    Raises
    ------
    audits.errors.RefusedError
        Without a reason, for a photo that is not here, or one that was erased before.
    audits.errors.NotAllowedError
        When this role may not erase.
    """
    roles.require(store.role, ACTION)
    if not reason.strip():
        raise errors.RefusedError((NO_REASON.at(sha256),))
    moment = column_types.instant(at)
    erased = schema.photo_erasure.c.sha256
    with connection.writing(store) as records:
        gone = [name for name in _family(records, sha256) if not connection.exists(records, erased == name)]
        if not gone:
            raise errors.RefusedError((ERASED_BEFORE.at(sha256),))
        for name in gone:
            events.add(records, ACTION, {"sha256": name, "reason": reason.strip()}, actor, moment)
    # after the transaction: if it is undone, the bytes must still be there
    for name in gone:
        durable_files.remove(store.workspace.photo_path(name))
    return tuple(gone)


def finish(store: connection.Store) -> tuple[str, ...]:
    """Remove the files of erased photos that are here again, as after an older backup was restored; return names."""
    again = returned(store)
    for name in again:
        durable_files.remove(store.workspace.photo_path(name))
    return again


def returned(store: connection.Store) -> tuple[str, ...]:
    """Return the erased photos whose files are here again."""
    return tuple(name for name in every(store) if store.workspace.photo_path(name).exists())


def _family(records: sa.Connection, sha256: str) -> list[str]:
    """Return a photo, what it was blurred from, and every blurred copy of these, each once."""
    if not connection.exists(records, schema.photo.c.sha256 == sha256):
        raise errors.RefusedError((NO_PHOTO.at(sha256, sha256=sha256),))
    mark = schema.photo_mark.c
    # a dictionary for its order: the one that was asked for is erased first
    family, new = {sha256: None}, [sha256]
    while new:
        pairs = sa.select(mark.sha256, mark.blurred_sha256).where(
            mark.blurred_sha256.is_not(None), sa.or_(mark.sha256.in_(new), mark.blurred_sha256.in_(new))
        )
        new = [name for pair in records.execute(pairs) for name in pair if name not in family]
        family |= dict.fromkeys(new)
    return list(family)
