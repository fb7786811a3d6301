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
from audits.store.accounts import accounts, unwritten
from audits.store.audit_log import events
from audits.store.db import column_types, connection, schema

UNLOCK, SIGN_OUT = ACTIONS = ("account.unlock", "account.sign_out")
LASTS = dt.timedelta(hours=8)
REMEMBERED = dt.timedelta(days=1)
LONGEST_PAUSE_S = 900.0
# wrong attempts without a pause: of one name from one address, of one address, of one name from anywhere
FREE_OF_BOTH, FREE_OF_ADDRESS, FREE_OF_NAME = 5, 50, 100
# for so long an address from which somebody signed in, and a device, are trusted to be the office's
TRUSTED, FORGOTTEN = dt.timedelta(days=30), dt.timedelta(days=400)
# what everybody sends by the public form is slowed down by the same count, and is no password
PUBLIC_FORM = "public request form"
KEY_FILE = "sign_in.key"
KEY_BYTES = 32

SETTLED = ""
"""Place of the wrong attempts after which the right password came from the same place."""
CLEARED = "cleared"
"""Place of the wrong attempts that an administrator looked at and let nobody wait for."""
_signed_in, _failure, _success = schema.signed_in, schema.sign_in_failure, schema.sign_in_success


def pause_s(failures: int, free: int) -> float:
    """Return the pause after so many failures, in seconds."""
    # Capped before the power: 2.0 ** 1024 overflows, and 2 ** 10 seconds are past the longest pause already.
    return 0.0 if failures < free else min(LONGEST_PAUSE_S, 2.0 ** min(failures - free + 1, 10))


def token_digest(token: str) -> str:
    """Return the SHA-256 of a token, the only form in which it is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(store: connection.Store, name: str, at: dt.datetime | None = None) -> str:
    """Sign an account in and return its token, valid for :data:`LASTS`; only its digest is kept."""
    # 256 random bits, which nobody finds by trying
    token, since = secrets.token_urlsafe(32), column_types.instant(at)
    values = {"token_sha256": token_digest(token), "username": name, "since": since, "until": since + LASTS}
    try:
        with connection.writing(accounts.as_program(store)) as records:
            records.execute(sa.delete(_signed_in).where(_signed_in.c.until <= since))
            records.execute(sa.insert(_signed_in).values(**values))
    except errors.StoreError as error:
        # a full disk keeps nobody from reading: this process remembers the token then
        _raise_unless_unwritten(error)
        unwritten.begin(token_digest(token), name, since, since + LASTS)
    return token


def who(store: connection.Store, digest: str, at: dt.datetime | None = None) -> accounts.Account | None:
    """Return the active account that is signed in with the token of this digest, or None."""
    query = sa.select(_signed_in.c.username, _signed_in.c.since, _signed_in.c.until)
    with connection.reading(accounts.as_program(store)) as records:
        row = records.execute(query.where(_signed_in.c.token_sha256 == digest)).first()
    now = column_types.instant(at)
    found = unwritten.find(digest) if row is None else row
    if found is None:
        return None
    name, since, until = found
    # A clock that is set back must not make a token last longer.
    if not since - REMEMBERED <= now < until:
        return None
    account = accounts.find(store, name)
    # A token from before the last change of the account is not valid for it.
    return account if account is not None and account.active and since >= account.set_at else None


def end(store: connection.Store, digest: str) -> None:
    """Sign out the holder of a token."""
    # first in memory, since a full disk may refuse the rest
    unwritten.end(digest)
    with connection.writing(accounts.as_program(store)) as records:
        records.execute(sa.delete(_signed_in).where(_signed_in.c.token_sha256 == digest))


def end_all(store: connection.Store, name: str, actor: str, at: dt.datetime | None = None) -> int:
    """Sign an account out everywhere, and return the number of its sessions.

    Raises
    ------
    audits.errors.RefusedError, audits.errors.NotAllowedError, audits.errors.StoreError
        As :func:`clear_attempts`.
    """
    _log(store, SIGN_OUT, name, actor, at)
    with connection.writing(accounts.as_program(store)) as records:
        ended = records.execute(sa.delete(_signed_in).where(_signed_in.c.username == accounts.username(name)))
    return int(ended.rowcount)


def open_sessions(store: connection.Store, at: dt.datetime | None = None) -> dict[str, int]:
    """Return the number of sessions of each account that is signed in."""
    query = sa.select(_signed_in.c.username, sa.func.count()).where(_signed_in.c.until > column_types.instant(at))
    with connection.reading(accounts.as_program(store)) as records:
        return {row[0]: int(row[1]) for row in records.execute(query.group_by(_signed_in.c.username))}


def count_attempt(
    store: connection.Store, name: str, address: str, at: dt.datetime | None = None, device: str = ""
) -> float:
    """Count an attempt before its password is checked, and return the seconds to wait when it may not be checked.

    Counting first prevents a hundred attempts at the same moment from being a hundred free ones. A device or an address
    from which the account signed in before has a count of its own: wrong attempts from elsewhere, or of others in the
    same office, do not keep the owner out.

    The address is kept as a keyed digest, and so is an unknown name, since people type passwords into this field.

    Parameters
    ----------
    device
        What :func:`device_proof` gave this browser when the account last signed in there; empty for none.

    Raises
    ------
    audits.errors.StoreError
        When the key of these digests is damaged.
    """
    now = column_types.instant(at)
    tried, place = _kept_name(store, name), _keyed(store, address)
    is_known_device = _is_proof(store, name, device, now)
    if is_known_device:
        place = _keyed(store, f"device {device}")
    return _count(store, tried, place, now, by_name=not is_known_device, by_address=not is_known_device)


def count_phone_attempt(store: connection.Store, name: str, address: str, at: dt.datetime | None = None) -> float:
    """Count an attempt of a phone or a program as :func:`count_attempt`, apart from those at the sign-in page.

    It shows no cookie, and its address changes on the way: whatever others tried with its name elsewhere, it may send.
    """
    now = column_types.instant(at)
    return _count(store, _kept_name(store, name), _phone(store, address), now, by_name=False, by_address=True)


def phone_attempts(
    store: connection.Store, name: str, address: str, at: dt.datetime | None = None
) -> tuple[float, int]:
    """Return the seconds that a phone has to wait, and how many wrong attempts of its name came from its address."""
    tried, place, now = _kept_name(store, name), _phone(store, address), column_types.instant(at)
    with connection.reading(accounts.as_program(store)) as records:
        return _limited(records, tried, place, now, by_name=False, by_address=True)


def forget_phone_attempts(store: connection.Store, name: str, address: str, at: dt.datetime | None = None) -> None:
    """Let a phone not wait for its wrong attempts after the right secret, and trust its address."""
    _forget(store, _kept_name(store, name), _phone(store, address), (), column_types.instant(at))


def _phone(store: connection.Store, address: str) -> str:
    return _keyed(store, f"phone {address}")


def _count(
    store: connection.Store, tried: str, place: str, now: dt.datetime, *, by_name: bool, by_address: bool
) -> float:
    try:
        with connection.writing(accounts.as_program(store)) as records:
            records.execute(sa.delete(_failure).where(_failure.c.failed_at < now - REMEMBERED))
            wait_s, _ = _limited(records, tried, place, now, by_name=by_name, by_address=by_address)
            # An attempt that is not checked is not counted either, or whoever
            # keeps trying would prolong the pause for ever.
            if wait_s <= 0:
                values = {"username": tried, "address_sha256": place, "failed_at": now}
                records.execute(sa.insert(_failure).values(**values))
            return wait_s
    except errors.StoreError as error:
        _raise_unless_unwritten(error)
        return _wait_s(unwritten.count(tried, place, now, now - REMEMBERED), FREE_OF_BOTH, now)


def _limited(
    records: sa.Connection, tried: str, place: str, now: dt.datetime, *, by_name: bool, by_address: bool
) -> tuple[float, int]:
    """Return the seconds to wait, and the wrong attempts of this name from this place."""
    columns = _failure.c
    trusted = _trusted_names(records, place, now)
    rows = records.execute(
        sa.select(columns.username, columns.address_sha256, columns.failed_at).where(
            sa.or_(columns.username == tried, columns.address_sha256 == place),
            columns.address_sha256.not_in((SETTLED, CLEARED)),
            columns.failed_at >= now - REMEMBERED,
        )
    ).all()
    # Three limits: one person who mistypes, one computer that tries many names, one name tried from everywhere.
    of_both = [row.failed_at for row in rows if (row.username, row.address_sha256) == (tried, place)]
    waits = [_wait_s(of_both, FREE_OF_BOTH, now)]
    # wrong tries from elsewhere do not keep out whoever signed in from here before
    if by_name and tried not in trusted:
        waits.append(_wait_s([row.failed_at for row in rows if row.username == tried], FREE_OF_NAME, now))
    # many people share the address of an office: there each name is limited, and not their sum
    if by_address and not trusted:
        of_address = [row.failed_at for row in rows if row.address_sha256 == place]
        waits.append(_wait_s(of_address, FREE_OF_ADDRESS, now))
    return max(waits), len(of_both)


def _raise_unless_unwritten(error: errors.StoreError) -> None:
    if not unwritten.is_cause(error):
        raise error


def forget_attempts(
    store: connection.Store, name: str, address: str, at: dt.datetime | None = None, device: str = ""
) -> None:
    """Let nobody wait for wrong attempts of a name from an address and a device after the right password.

    The address is trusted from then on; the attempts stay in the count of the day.

    Raises
    ------
    audits.errors.StoreError
        As :func:`count_attempt`.
    """
    tried, place = _kept_name(store, name), _keyed(store, address)
    _forget(store, tried, place, (_keyed(store, f"device {device}"),), column_types.instant(at))


def _forget(store: connection.Store, tried: str, place: str, others: tuple[str, ...], now: dt.datetime) -> None:
    columns, places = _success.c, (place, *others)
    # in memory too, where a full disk had left some of them
    for one in places:
        unwritten.forget(tried, one)
    try:
        with connection.writing(accounts.as_program(store)) as records:
            mine = sa.and_(_failure.c.username == tried, _failure.c.address_sha256.in_(places))
            # the last one is the right password itself, counted before it was checked
            last = sa.select(sa.func.max(_failure.c.fid)).where(mine).scalar_subquery()
            records.execute(sa.delete(_failure).where(_failure.c.fid == last))
            # kept without their place: a right guess must not erase the wrong ones before it from the day's count
            records.execute(sa.update(_failure).where(mine).values(address_sha256=SETTLED))
            here = sa.and_(columns.username == tried, columns.address_sha256 == place)
            records.execute(sa.delete(_success).where(sa.or_(here, columns.succeeded_at < now - FORGOTTEN)))
            values = {"username": tried, "address_sha256": place, "succeeded_at": now}
            records.execute(sa.insert(_success).values(**values))
    except errors.StoreError as error:
        # the password was right: a full disk only leaves the counts as they are
        _raise_unless_unwritten(error)


def device_proof(store: connection.Store, name: str, at: dt.datetime | None = None) -> str:
    """Return a signed text by which a browser shows later that this account signed in there.

    Raises
    ------
    audits.errors.StoreError
        As :func:`count_attempt`.
    """
    # random, so that two devices of one day are counted apart
    written = f"{secrets.token_hex(8)}.{column_types.instant(at):%Y%m%d}"
    return f"{written}.{_keyed(store, f'proof {accounts.username(name)} {written}')}"


def waiting(
    store: connection.Store, at: dt.datetime | None = None, *, with_cleared: bool = False
) -> dict[str, tuple[int, dt.datetime]]:
    """Return the wrong attempts of a day by account: their number and the last of them.

    Unknown names are left out, and unless `with_cleared` what :func:`clear_attempts` let pass.
    """
    known = {one.username for one in accounts.everyone(store)}
    columns = _failure.c
    query = sa.select(columns.username, sa.func.count(), sa.func.max(columns.failed_at)).group_by(columns.username)
    with connection.reading(accounts.as_program(store)) as records:
        counted = sa.true() if with_cleared else columns.address_sha256 != CLEARED
        recent = columns.failed_at >= column_types.instant(at) - REMEMBERED
        rows = records.execute(query.where(recent, counted)).all()
    return {row[0]: (int(row[1]), row[2]) for row in rows if row[0] in known}


def wrong_attempts(store: connection.Store, at: dt.datetime | None = None) -> int:
    """Return the number of wrong attempts of a day, those on names that are no account among them."""
    recent = sa.and_(
        _failure.c.failed_at >= column_types.instant(at) - REMEMBERED,
        _failure.c.username != _kept_name(store, PUBLIC_FORM),
    )
    with connection.reading(accounts.as_program(store)) as records:
        return int(records.execute(sa.select(sa.func.count()).select_from(_failure).where(recent)).scalar_one())


def clear_attempts(store: connection.Store, name: str, actor: str, at: dt.datetime | None = None) -> int:
    """Let nobody wait for the wrong attempts of an account, and return their number.

    They stay in the count of :func:`wrong_attempts`.

    Raises
    ------
    audits.errors.RefusedError
        When there is no such account.
    audits.errors.NotAllowedError
        When the store is open for a role that does not keep accounts.
    audits.errors.StoreError
        When nobody is named as the actor.
    """
    _log(store, UNLOCK, name, actor, at)
    with connection.writing(accounts.as_program(store)) as records:
        mine = sa.and_(_failure.c.username == accounts.username(name), _failure.c.address_sha256 != CLEARED)
        cleared = records.execute(sa.update(_failure).where(mine).values(address_sha256=CLEARED))
    return int(cleared.rowcount)


def _log(store: connection.Store, action: str, name: str, actor: str, at: dt.datetime | None) -> None:
    """Write into the audit log who lets an account in or signs it out, before it happens."""
    roles.require(store.role, action)
    name, moment = accounts.username(name), column_types.instant(at)
    if accounts.find(store, name) is None:
        raise errors.RefusedError((accounts.NOBODY.at(name),))
    # the rows of who signed in are the application's, and those of the audit log each role's own
    with connection.writing(store.for_role(roles.ADMINISTRATOR)) as records:
        events.write(records, action, schema.account.name, name, {"username": name}, actor, moment)


def last_used(store: connection.Store) -> dict[str, dt.datetime]:
    """Return when each account last signed in, for those that did within :data:`FORGOTTEN`."""
    query = sa.select(_success.c.username, sa.func.max(_success.c.succeeded_at)).group_by(_success.c.username)
    with connection.reading(accounts.as_program(store)) as records:
        return {row[0]: row[1] for row in records.execute(query)}


def _trusted_names(records: sa.Connection, place: str, now: dt.datetime) -> set[str]:
    columns = _success.c
    recent = sa.and_(columns.address_sha256 == place, columns.succeeded_at >= now - TRUSTED)
    return set(records.execute(sa.select(columns.username).where(recent)).scalars())


def _is_proof(store: connection.Store, name: str, device: str, now: dt.datetime) -> bool:
    written, _, signature = device.rpartition(".")
    expected = _keyed(store, f"proof {accounts.username(name)} {written}")
    try:
        day = dt.datetime.strptime(written.rpartition(".")[2], "%Y%m%d").replace(tzinfo=dt.UTC)
    except ValueError:
        return False
    # as bytes: compare_digest raises for text that is not ASCII, and a cookie may hold any
    return hmac.compare_digest(expected.encode(), signature.encode()) and now - day <= FORGOTTEN


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
    # a form can send half a surrogate pair, which must not raise here
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
