"""Keep accounts with a role and a password; each change is a new row."""

from __future__ import annotations

import datetime as dt
import shlex
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa

from audits import errors, roles, wording
from audits.store.accounts import passwords
from audits.store.audit_log import events
from audits.store.db import column_types, connection, schema

ACTION = "account.set"
# 16 of 31 letters are about 79 bits; groups keep the place of whoever reads them aloud or types them from paper
GROUPS, LETTERS_OF_A_GROUP = 4, 4
# NIST SP 800-63B: length counts, rules of composition do not; long enough for a sentence, short enough to hash
SHORTEST, LONGEST = 10, 200
FEWEST_LETTERS = 5
FIRST_PASSWORD_LASTS = dt.timedelta(days=7)
OFTEN_CHOSEN = ("1234567890", "0123456789", "qwertyuiop", "password123", "asdfghjkl", "iloveyou", "khonkaen")

BAD_NAME = errors.ProblemKind(
    "STORE-701", "Give a name of 2 to 60 letters, without blanks and colons, such as a staff number."
)
TAKEN = errors.ProblemKind("STORE-702", "There is an account of this name already; choose another.")
NOBODY = errors.ProblemKind("STORE-703", "There is no account of this name.")
NO_ROLE = errors.ProblemKind("STORE-704", "There is no role {role}; choose one of: {known}.")
LAST_ADMINISTRATOR = errors.ProblemKind(
    "STORE-705", "This is the last administrator; make another one first, or nobody can give accounts any more."
)
NO_ADMINISTRATOR = errors.ProblemKind(
    "STORE-706",
    "Nobody could sign in: make an administrator first with: "
    "python -m audits user add NAME --role {role} --workspace {folder}",
)
SHORT = errors.ProblemKind("STORE-707", "The password needs at least {count} characters; a short sentence is good.")
LONG = errors.ProblemKind("STORE-708", "The password has more than {count} characters; take a shorter one.")
GUESSABLE = errors.ProblemKind(
    "STORE-709", "The password is easy to guess: it holds the name, few different letters, or is much used."
)
SAME = errors.ProblemKind("STORE-710", "The new password is the old one; choose another.")
WRONG = errors.ProblemKind("STORE-711", "The old password is not right.")


@dataclass(frozen=True)
class Account:
    """Who may use the record, by the latest row.

    `username` is as :func:`username` writes it, `role` a key of :data:`audits.roles.ROLES`. An account that
    `must_change` has a password given by somebody else and opens only the page that changes it. `oidc_subject` is the
    identity at the office's own sign-in, empty for none.
    """

    username: str
    display_name: str
    role: str
    active: bool
    must_change: bool
    oidc_subject: str
    set_at: dt.datetime


def username(typed: str) -> str:
    """Return a name as accounts keep it: one spelling, whatever the keyboard."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def add(
    store: connection.Store, name: str, role: str, actor: str, display_name: str = "", at: dt.datetime | None = None
) -> str:
    """Create an account and return its first password, which is stored nowhere and must be changed at once.

    Raises
    ------
    audits.errors.RefusedError
        When the name cannot be one or is taken, or there is no such role.
    """
    roles.require(store.role, ACTION)
    typed, name = name.strip(), username(name)
    _check_role(name, role)
    # a colon would end the name in HTTP Basic, with which phones send
    if not 2 <= len(name) <= 60 or ":" in name or any(letter.isspace() or not letter.isprintable() for letter in name):
        raise errors.RefusedError((BAD_NAME.at(name),))
    password = _one_time_password()
    values = {
        "username": name,
        # the key is folded to one spelling; people read the name as it was typed
        "display_name": display_name.strip() or typed,
        "role": role,
        "secret_hash": passwords.hashed(password),
        "oidc_subject": "",
        "active": True,
        "must_change": True,
    }
    with connection.writing(_keeper(store)) as records:
        # under the write lock, so that two administrators at once cannot create one name twice
        if name in _rows(records):
            raise errors.RefusedError((TAKEN.at(name),))
        events.add(records, ACTION, values, actor, at)
    return password


def disable(store: connection.Store, name: str, actor: str, at: dt.datetime | None = None) -> None:
    """Disable an account; whoever is signed in with it is signed out.

    Raises
    ------
    audits.errors.RefusedError
        When there is no such account, or it is the last administrator.
    """
    _change(store, name, actor, at, {"active": False})


def give_role(store: connection.Store, name: str, role: str, actor: str, at: dt.datetime | None = None) -> None:
    """Give an account another role; it has to sign in again.

    Raises
    ------
    audits.errors.RefusedError
        When there is no such account or role, or it is the last administrator.
    """
    _check_role(name, role)
    _change(store, name, actor, at, {"role": role})


def link(store: connection.Store, name: str, subject: str, actor: str, at: dt.datetime | None = None) -> None:
    """Link an account to an identity at the office's own sign-in; the empty text removes the link.

    Raises
    ------
    audits.errors.RefusedError
        When there is no such account.
    """
    _change(store, name, actor, at, {"oidc_subject": subject.strip()})


def reset(store: connection.Store, name: str, actor: str, at: dt.datetime | None = None) -> str:
    """Give an account a new first password, enable it, and return the password.

    Raises
    ------
    audits.errors.RefusedError
        When there is no such account.
    """
    password = _one_time_password()
    new = {"secret_hash": passwords.hashed(password), "must_change": True, "active": True}
    _change(store, name, actor, at, new)
    return password


def choose_password(store: connection.Store, name: str, old: str, new: str, at: dt.datetime | None = None) -> None:
    """Replace a password by one of the user's own; everybody signed in with the old one is signed out.

    Whoever knows the old password may do this, whatever the role; `store` is one that may write accounts.

    Raises
    ------
    audits.errors.RefusedError
        When the old password is wrong, or the new one not acceptable.
    """
    name = username(name)
    account = authenticate(store, name, old)
    if account is None:
        raise errors.RefusedError((WRONG.at(name),))
    found = tuple(password_problems(account, new))
    if found or _plain(new) == _plain(old):
        raise errors.RefusedError(found or (SAME.at(name),))
    values = {"secret_hash": passwords.hashed(_plain(new)), "must_change": False}
    _change(store, name, name, at, values)


def password_problems(account: Account, password: str) -> list[errors.Problem]:
    """Return why a password is not acceptable; empty when it is."""
    plain, found = _plain(password), []
    if len(plain) < SHORTEST:
        found.append(SHORT.at(account.username, count=SHORTEST))
    if len(plain) > LONGEST:
        found.append(LONG.at(account.username, count=LONGEST))
    low = plain.casefold()
    rest = low
    for often in (account.username, account.display_name.casefold(), *OFTEN_CHOSEN):
        rest = rest.replace(often, "")
    # what remains without the name and the words that everybody tries
    if not found and (len(rest) < SHORTEST - FEWEST_LETTERS or len(set(low)) < FEWEST_LETTERS):
        found.append(GUESSABLE.at(account.username))
    return found


def authenticate(store: connection.Store, name: str, password: str) -> Account | None:
    """Return the active account that this name and password open, or None; both answers take as long."""
    found = with_password(store, name, password)
    return found if found is not None and found.active else None


def with_password(store: connection.Store, name: str, password: str) -> Account | None:
    """Return the account that has this name and password, closed ones too, or None; both answers take as long."""
    row = _row(store, name)
    # Hash no more than a password can have; cut at twice the limit, so that
    # a longer text never passes for its beginning.
    is_right = passwords.matches(row["secret_hash"] if row else "", _plain(password)[: 2 * LONGEST])
    return _account(row) if is_right and row is not None else None


def state(account: Account, at: dt.datetime | None = None) -> str:
    """Return in an English phrase whether an account can be used."""
    if not account.active:
        return wording.phrase("disabled")
    if has_expired(account, at):
        return wording.phrase("first password has expired")
    return wording.phrase("waits for a password of its own") if account.must_change else wording.phrase("active")


def has_expired(account: Account, at: dt.datetime | None = None) -> bool:
    """Whether a first password was not replaced in time: it was written down or sent, and others may have seen it."""
    return account.must_change and column_types.instant(at) - account.set_at > FIRST_PASSWORD_LASTS


def of_identity(store: connection.Store, subject: str, email: str) -> Account | None:
    """Return the active account of an identity at the office's own sign-in, or None.

    Parameters
    ----------
    subject
        The permanent id there; looked for first.
    email
        An address verified there; it opens the account of this username, unless that one is linked to another
        identity. Empty for none.
    """
    accounts = everyone(store)
    linked = [one for one in accounts if subject and one.oidc_subject == subject]
    named = [one for one in accounts if email and one.username == username(email) and not one.oidc_subject]
    found = linked or named
    # two accounts of one identity: which one is meant is not guessed
    return found[0] if len(found) == 1 and found[0].active else None


def find(store: connection.Store, name: str) -> Account | None:
    """Return an account, active or not, or None."""
    row = _row(store, name)
    return None if row is None else _account(row)


def display_name(store: connection.Store, name: str) -> str:
    """Return how others read a name that the record keeps: that of the account, else the name itself."""
    known = find(store, name) if name else None
    return name if known is None else known.display_name


def everyone(store: connection.Store) -> tuple[Account, ...]:
    """Return every account in order of name."""
    with connection.reading(store) as records:
        rows = _rows(records)
    return tuple(_account(rows[name]) for name in sorted(rows))


def demand_administrator(store: connection.Store) -> None:
    """Refuse to serve a record that nobody could administer.

    Raises
    ------
    audits.errors.RefusedError
        When no active account is an administrator.
    """
    if not any(each.active and each.role == roles.ADMINISTRATOR for each in everyone(store)):
        folder = str(store.workspace.folder)
        # the command is copied, and must go into this very record
        at = NO_ADMINISTRATOR.at(folder, role=roles.ADMINISTRATOR, folder=shlex.quote(folder))
        raise errors.RefusedError((at,))


def _change(
    store: connection.Store,
    name: str,
    actor: str,
    at: dt.datetime | None,
    changes: Mapping[str, Any],
) -> None:
    roles.require(store.role, ACTION)
    name = username(name)
    with connection.writing(_keeper(store)) as records:
        rows = _rows(records)
        if name not in rows:
            raise errors.RefusedError((NOBODY.at(name),))
        values = {**rows[name], **changes}
        # Judged under the write lock: two administrators who disable each
        # other at the same moment must not both succeed.
        if _administers(rows[name]) and not any(map(_administers, ({**rows, name: values}).values())):
            raise errors.RefusedError((LAST_ADMINISTRATOR.at(name),))
        events.add(records, ACTION, values, actor, at)
    # Only tidies up: a token from before the change opens nothing any more.
    signed_in = schema.signed_in
    with connection.writing(as_program(store)) as records:
        records.execute(sa.delete(signed_in).where(signed_in.c.username == name))


def as_program(store: connection.Store) -> connection.Store:
    """Return the store as the program itself reads it, whatever the role of the user."""
    return store.for_role(roles.OFFICE)


def _keeper(store: connection.Store) -> connection.Store:
    """Return the store as accounts are written; a shared database lets only administrators."""
    return store.for_role(roles.ADMINISTRATOR)


def _administers(row: Mapping[str, Any]) -> bool:
    return bool(row["active"]) and row["role"] == roles.ADMINISTRATOR


def _row(store: connection.Store, name: str) -> dict[str, Any] | None:
    with connection.reading(as_program(store)) as records:
        return _rows(records, username(name)).get(username(name))


def _rows(records: sa.Connection, name: str | None = None) -> dict[str, dict[str, Any]]:
    """Return the latest row of each account, by username."""
    table = schema.account
    query = sa.select(*(column for column in table.columns if column.name != "fid")).order_by(table.c.fid)
    if name is not None:
        query = query.where(table.c.username == name)
    # in the order of writing: the last row of a name is the one that stays
    return {row["username"]: dict(row) for row in records.execute(query).mappings()}


def _account(row: Mapping[str, Any]) -> Account:
    return Account(**{field.name: row[field.name] for field in fields(Account)})


def _check_role(name: str, role: str) -> None:
    if role not in roles.ROLES:
        raise errors.RefusedError((NO_ROLE.at(name, role=role, known=", ".join(roles.ROLES)),))


def _one_time_password() -> str:
    return "-".join(passwords.generate(LETTERS_OF_A_GROUP) for _ in range(GROUPS))


def _plain(password: str) -> str:
    """Return a password in one spelling, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", password)
