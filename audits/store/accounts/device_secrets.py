"""Keep the names and secrets with which technicians send from their own devices."""

from __future__ import annotations

import datetime as dt
import secrets
import threading

import argon2
import pandas as pd
import sqlalchemy as sa

from audits import errors
from audits.store.audit_log import events
from audits.store.db import column_types, connection, schema

ACTION = "technician.secret"
REVOKED = ""
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
SECRET_LENGTH = 10

BAD_NAME = errors.ProblemKind("STORE-541", "Give a name of 2 to 60 letters, without a colon, such as a staff number.")

_HASHER = argon2.PasswordHasher()
# Hashing takes 64 MiB each: when every phone comes home at once, they wait for one another.
_AT_ONCE = threading.BoundedSemaphore(2)
# Checked for unknown names too, so that the time of an answer does not tell who exists.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


def give_secret(store: connection.Store, name: str, actor: str, at: dt.datetime | None = None) -> str:
    """Give a technician a new secret in place of any before, and return it; only its hash is kept.

    Raises
    ------
    audits.errors.RefusedError
        When the name cannot be typed into a login.
    """
    name = name.strip()
    if not 2 <= len(name) <= 60 or ":" in name or not name.isprintable():
        raise errors.RefusedError((BAD_NAME.at(name),))
    secret = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
    _write(store, name, _HASHER.hash(secret), actor, at)
    return secret


def revoke(store: connection.Store, name: str, actor: str, at: dt.datetime | None = None) -> None:
    """Let a technician's secret open nothing any more."""
    _write(store, name, REVOKED, actor, at)


def known(store: connection.Store, name: str, secret: str) -> bool:
    """Return whether this is the technician's secret of today."""
    columns = schema.technician.c
    query = sa.select(columns.secret_hash).where(columns.name == name).order_by(columns.fid.desc()).limit(1)
    with connection.reading(store) as records:
        kept = records.execute(query).scalar()
    try:
        with _AT_ONCE:
            return _HASHER.verify(kept or _NOBODY, secret) and bool(kept)
    except argon2.exceptions.VerificationError:
        return False


def names(store: connection.Store) -> pd.DataFrame:
    """Return the technicians in order of name: ``name``, ``active``, ``set_at`` (UTC)."""
    columns = schema.technician.c
    with connection.reading(store) as records:
        rows = records.execute(sa.select(columns.name, columns.secret_hash, columns.set_at).order_by(columns.fid)).all()
    frame = pd.DataFrame([(row[0], row[1] != REVOKED, row[2]) for row in rows], columns=["name", "active", "set_at"])
    return frame.drop_duplicates("name", keep="last").sort_values("name", ignore_index=True)


def _write(store: connection.Store, name: str, secret_hash: str, actor: str, at: dt.datetime | None) -> None:
    moment = column_types.instant(at)
    values = {"name": name, "secret_hash": secret_hash, "set_by": actor, "set_at": moment}
    with connection.writing(store) as records:
        events.add(records, ACTION, values, actor, moment)
