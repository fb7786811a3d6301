"""Keep who is signed in, and slow down whoever guesses passwords, across all processes."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import secrets
import uuid
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa

from audits import errors, roles
from audits.store.accounts import accounts
from audits.store.db import column_types, connection, schema

LASTS = dt.timedelta(hours=8)
REMEMBERED = dt.timedelta(days=1)
LONGEST_PAUSE_S = 900.0
# wrong attempts without a pause: of one name from one address, of one address, of one name from anywhere
FREE_OF_BOTH, FREE_OF_ADDRESS, FREE_OF_NAME = 5, 50, 100
KEY_FILE = "sign_in.key"
KEY_BYTES = 32

_signed_in, _failure = schema.signed_in, schema.sign_in_failure


def pause_s(failures: int, free: int) -> float:
    """Return the pause after so many failures, in seconds."""
    return 0.0 if failures < free else min(LONGEST_PAUSE_S, 2.0 ** min(failures - free + 1, 10))


def token_digest(token: str) -> str:
    """Return the SHA-256 of a token, the only form in which it is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(store: connection.Store, name: str, at: dt.datetime | None = None) -> str:
    """Sign an account in and return its token, valid for :data:`LASTS`; only its digest is kept."""
    token, since = secrets.token_urlsafe(32), column_types.instant(at)
    values = {"token_sha256": token_digest(token), "username": name, "since": since, "until": since + LASTS}
    with connection.writing(accounts.as_program(store)) as records:
        records.execute(sa.delete(_signed_in).where(_signed_in.c.until <= since))
        records.execute(sa.insert(_signed_in).values(**values))
    return token


def who(store: connection.Store, digest: str, at: dt.datetime | None = None) -> accounts.Account | None:
    """Return the active account that is signed in with the token of this digest, or None."""
    query = sa.select(_signed_in.c.username, _signed_in.c.since, _signed_in.c.until)
    with connection.reading(accounts.as_program(store)) as records:
        row = records.execute(query.where(_signed_in.c.token_sha256 == digest)).first()
    now = column_types.instant(at)
    # A clock that is set back must not make a token last longer.
    if row is None or not row.since - REMEMBERED <= now < row.until:
        return None
    account = accounts.find(store, row.username)
    # A token from before the last change of the account is not valid for it.
    return account if account is not None and account.active and row.since >= account.set_at else None


def end(store: connection.Store, digest: str) -> None:
    """Sign out the holder of a token."""
    with connection.writing(accounts.as_program(store)) as records:
        records.execute(sa.delete(_signed_in).where(_signed_in.c.token_sha256 == digest))


def end_all(store: connection.Store, name: str) -> int:
    """Sign an account out everywhere, and return the number of its sessions.

    Raises
    ------
    audits.errors.NotAllowedError
        When the store is open for a role that does not keep accounts.
    """
    roles.require(store.role, accounts.ACTION)
    with connection.writing(accounts.as_program(store)) as records:
        ended = records.execute(sa.delete(_signed_in).where(_signed_in.c.username == accounts.username(name)))
    return int(ended.rowcount)


def open_sessions(store: connection.Store, at: dt.datetime | None = None) -> dict[str, int]:
    """Return the number of sessions of each account that is signed in."""
    query = sa.select(_signed_in.c.username, sa.func.count()).where(_signed_in.c.until > column_types.instant(at))
    with connection.reading(accounts.as_program(store)) as records:
        return {row[0]: int(row[1]) for row in records.execute(query.group_by(_signed_in.c.username))}


def count_attempt(store: connection.Store, name: str, address: str, at: dt.datetime | None = None) -> float:
    """Count an attempt before its password is checked, and return the seconds to wait when it may not be checked.

    Counting first prevents a hundred attempts at the same moment from being a hundred free ones.

    The address is kept as a keyed digest, and so is an unknown name, since people type passwords into this field.

    Raises
    ------
    audits.errors.StoreError
        When the key of these digests is damaged.
    """
    now = column_types.instant(at)
    tried, place = _kept_name(store, name), _keyed(store, address)
    columns = _failure.c
    with connection.writing(accounts.as_program(store)) as records:
        records.execute(sa.delete(_failure).where(columns.failed_at < now - REMEMBERED))
        rows = records.execute(
            sa.select(columns.username, columns.address_sha256, columns.failed_at).where(
                sa.or_(columns.username == tried, columns.address_sha256 == place)
            )
        ).all()
        # Three limits: one person who mistypes, one computer that tries many names, one name tried from everywhere.
        of_both = [row.failed_at for row in rows if (row.username, row.address_sha256) == (tried, place)]
        waits = (
            _wait_s(of_both, FREE_OF_BOTH, now),
            _wait_s([row.failed_at for row in rows if row.address_sha256 == place], FREE_OF_ADDRESS, now),
            _wait_s([row.failed_at for row in rows if row.username == tried], FREE_OF_NAME, now),
        )
        if max(waits) <= 0:
            values = {"username": tried, "address_sha256": place, "failed_at": now}
            records.execute(sa.insert(_failure).values(**values))
    return max(waits)


def forget_attempts(store: connection.Store, name: str, address: str) -> None:
    """Delete the wrong attempts of a name from an address, after the right password.

    Raises
    ------
    audits.errors.StoreError
        As :func:`count_attempt`.
    """
    columns = _failure.c
    tried, place = _kept_name(store, name), _keyed(store, address)
    with connection.writing(accounts.as_program(store)) as records:
        records.execute(sa.delete(_failure).where(columns.username == tried, columns.address_sha256 == place))


def _wait_s(failed_at: Iterable[dt.datetime], free: int, now: dt.datetime) -> float:
    times = sorted(failed_at)
    if not times:
        return 0.0
    # From now at most: a clock that is set back must not lock anybody out for longer.
    since = max(0.0, (now - times[-1]).total_seconds())
    return pause_s(len(times), free) - since


def _kept_name(store: connection.Store, name: str) -> str:
    written = accounts.username(name)
    return written if accounts.find(store, written) is not None else _keyed(store, written)


def _keyed(store: connection.Store, text: str) -> str:
    key = _key(store.workspace.folder / KEY_FILE)
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _key(path: Path) -> bytes:
    """Return this workspace's key, created once; neither a backup nor an export contains it."""
    if not path.is_file():
        part = path.with_name(f".{path.stem}.{uuid.uuid4().hex}.part")
        # Before the key is in it, so that nobody else can read it at any moment.
        part.touch(mode=0o600)
        part.write_bytes(secrets.token_bytes(KEY_BYTES))
        try:
            # The first one counts, whichever process created it.
            os.link(part, path)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise errors.StoreError(f"{path} is damaged; delete it, and waiting times begin anew")
    return key
