"""Erase photos for good: the bytes go, what the ledger tells of them stays."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from audits import errors, roles
from audits.store.audit_log import events
from audits.store.db import column_types, connection, schema
from audits.store.photos import marks, photos

ACTION = "photo.erase"

NO_REASON = errors.ProblemKind("STORE-586", "Say why the photo is erased; it cannot be brought back.")
ERASED_BEFORE = errors.ProblemKind("STORE-587", "The photo was erased before.")


def erase(
    store: connection.Store, sha256: str, reason: str, actor: str, at: dt.datetime | None = None
) -> tuple[str, ...]:
    """Erase one photo with its blurred copies, or a blurred copy with its original; rows and chain stay whole.

    The tombstones are on the disk before a file goes: what is interrupted, :func:`finish` completes.

    Parameters
    ----------
    store
        An open store.
    sha256
        The photo.
    reason, actor
        Why and who; everybody who looks for the photo reads the reason.
    at
        Instant; now when None.

    Returns
    -------
    tuple of str
        The photos erased, by their names.

    Raises
    ------
    audits.errors.RefusedError
        Without a reason, for a photo that is not here, or one that was erased before.
    audits.errors.NotAllowedError
        When this role may not erase.
    """
    roles.demand(store.role, ACTION)
    if not reason.strip():
        raise errors.RefusedError((NO_REASON.at(sha256),))
    moment = column_types.instant(at)
    with connection.writing(store) as records:
        gone = [name for name in _family(records, sha256) if not _is_erased(records, name)]
        if not gone:
            raise errors.RefusedError((ERASED_BEFORE.at(sha256),))
        for name in gone:
            values = {"sha256": name, "reason": reason.strip(), "erased_by": actor, "erased_at": moment}
            events.add(records, ACTION, values, actor, moment)
    for name in gone:
        photos.path_of(store, name).unlink(missing_ok=True)
    return tuple(gone)


def finish(store: connection.Store) -> tuple[str, ...]:
    """Remove the files of erased photos that are here again, as after an older backup was copied back.

    Returns
    -------
    tuple of str
        The photos whose files went now.
    """
    again = tuple(name for name in photos.erasures(store) if photos.path_of(store, name).exists())
    for name in again:
        photos.path_of(store, name).unlink(missing_ok=True)
    return again


def _is_erased(records: sa.Connection, sha256: str) -> bool:
    erased = schema.photo_erasure.c
    return records.execute(sa.select(erased.fid).where(erased.sha256 == sha256)).first() is not None


def _family(records: sa.Connection, sha256: str) -> list[str]:
    """Return a photo, what it was blurred from, and every blurred copy of these, each once."""
    photo, mark = schema.photo.c, schema.photo_mark.c
    if records.execute(sa.select(photo.fid).where(photo.sha256 == sha256)).first() is None:
        raise errors.RefusedError((marks.NO_PHOTO.at(sha256, sha256=sha256),))
    family, new = {sha256: None}, [sha256]
    while new:
        pairs = sa.select(mark.sha256, mark.blurred_sha256).where(
            mark.blurred_sha256.is_not(None), sa.or_(mark.sha256.in_(new), mark.blurred_sha256.in_(new))
        )
        new = [name for pair in records.execute(pairs) for name in pair if name not in family]
        family |= dict.fromkeys(new)
    return list(family)
