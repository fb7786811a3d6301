"""Keep the secrets with which technicians send from their own devices."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import sqlalchemy as sa

from audits import errors, roles
from audits.store.accounts import passwords
from audits.store.audit_log import events
from audits.store.db import connection, frames, schema

ACTION, SENDING = "technician.secret", "survey.submit"
REVOKED = ""
# about 50 bits, for guesses that the server slows down; somebody types it into each phone by hand
SECRET_LENGTH = 10

BAD_NAME = errors.ProblemKind("STORE-541", "Give a name of 2 to 60 letters, without a colon, such as a staff number.")


def give_secret(store: connection.Store, name: str, actor: str, at: dt.datetime | None = None) -> str:
    """Give a technician a new secret in place of any before, and return it; only its hash is kept.

    Raises
    ------
    audits.errors.RefusedError
        When the name cannot be typed into a login.
    """
    name = name.strip()
    # HTTP Basic ends the name at the first colon
    if not 2 <= len(name) <= 60 or ":" in name or not name.isprintable():
        raise errors.RefusedError((BAD_NAME.at(name),))
    secret = passwords.generate(SECRET_LENGTH)
    _write(store, name, passwords.hashed(secret), actor, at)
    return secret


def give_own_secret(store: connection.Store, username: str, at: dt.datetime | None = None) -> str:
    """Give the holder of an account a new secret for their own devices; see :func:`give_secret`.

    Raises
    ------
    audits.errors.NotAllowedError
        When the role of the store may not send surveys.
    """
    roles.require(store.role, SENDING)
    # Technicians may not write secrets; for their own the right to send is enough.
    return give_secret(store.for_role(roles.ENGINEER), username, username, at)


def revoke(store: connection.Store, name: str, actor: str, at: dt.datetime | None = None) -> None:
    """Revoke a technician's secret."""
    _write(store, name, REVOKED, actor, at)


def matches(store: connection.Store, name: str, secret: str) -> bool:
    """Whether this is the current secret of a technician."""
    columns = schema.technician.c
    query = sa.select(columns.secret_hash).where(columns.name == name).order_by(columns.fid.desc()).limit(1)
    with connection.reading(store) as records:
        kept = records.execute(query).scalar()
    return passwords.matches(kept or REVOKED, secret)


def names(store: connection.Store) -> pd.DataFrame:
    """Return the technicians in order of name: ``name``, ``active``, ``set_at`` (UTC)."""
    columns = schema.technician.c
    active = (columns.secret_hash != REVOKED).label("active")
    rows = frames.rows(store, sa.select(columns.name, active, columns.set_at).order_by(columns.fid))
    frame = frames.frame(rows, {"name": "str", "active": "bool", "set_at": frames.INSTANT})
    # rows only grow: the last one of a name counts
    return frame.drop_duplicates("name", keep="last").sort_values("name", ignore_index=True)


def _write(store: connection.Store, name: str, secret_hash: str, actor: str, at: dt.datetime | None) -> None:
    with connection.writing(store) as records:
        events.add(records, ACTION, {"name": name, "secret_hash": secret_hash}, actor, at)
