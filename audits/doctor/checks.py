"""Examine a record and its server as an administrator would on Monday morning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from audits import settings, wording
from audits.doctor import certificate
from audits.store import incidents, last_served, public_pages
from audits.store.accounts import accounts, sessions
from audits.store.backup import last_backup
from audits.store.db import connection, grants, health, workspace
from audits.store.public_form import unread
from audits.store.register import municipal_choices

phrase = wording.phrase

CERTIFICATE_KEY = "JAIDEE_CERTIFICATE"
# one a night, with half a day of grace
BACKUP_EVERY = dt.timedelta(hours=36)
YESTERDAY = dt.timedelta(days=1)
UNUSED_AFTER = dt.timedelta(days=90)
CERTIFICATE_NOTICE = dt.timedelta(days=30)
# ten times the space below which the record is not well, so that there is time to make room
FEWEST_FREE_BYTES = 2_000_000_000
MOST_WRONG_TRIES = 20
MOST_WRONG_ATTEMPTS = 100
LISTED = 10
TRIGGERS = phrase("{count} triggers that guard the record are gone or altered; have it examined at once.")
BAD_BACKUP = phrase("The backup of {at} has {count} problems; make one by hand and read which.")
IDLE = phrase("{count} accounts were not used for 90 days; disable those that nobody needs.")
EXPIRED = phrase("{count} first passwords have expired; give new ones or disable the accounts.")
TRIED = phrase("{count} accounts were tried with many wrong passwords since yesterday; see Accounts.")
NO_ERROR, ERRORS = (
    phrase("No error since yesterday."),
    phrase("{count} errors since yesterday; the last ones are listed with what the person saw."),
)
NONE_SLOW, SLOW_PAGES = (
    phrase("No page was slow since yesterday."),
    phrase("{count} times since yesterday a page took longer than 5 seconds."),
)
ONE: Mapping[str, str] = {
    TRIGGERS: phrase("1 trigger that guards the record is gone or altered; have it examined at once."),
    BAD_BACKUP: phrase("The backup of {at} has 1 problem; make one by hand and read which."),
    ERRORS: phrase("1 error since yesterday; it is listed with what the person saw."),
    SLOW_PAGES: phrase("Once since yesterday a page took longer than 5 seconds."),
    IDLE: phrase("1 account was not used for 90 days; disable it if nobody needs it."),
    EXPIRED: phrase("1 first password has expired; give a new one or disable the account."),
    TRIED: phrase("1 account was tried with many wrong passwords since yesterday; see Accounts."),
}
"""The sentences of one thing, by those of several."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Parameters
    ----------
    name
        Stable name of what was looked at, such as ``backup``.
    ok
        Whether it needs no hand.
    phrase, values
        English sentence with its values: what was found, and what to do when it is not `ok`.
    number
        How many things need a hand.
    details
        More about each: names in no language, or what happened.
    known
        False where nothing could be looked at: that is no fault, and nothing that passed.
    """

    name: str
    ok: bool
    phrase: str
    values: Mapping[str, object] = field(default_factory=dict)
    number: int = 1
    details: tuple[str | incidents.Incident, ...] = ()
    known: bool = True

    @property
    def mark(self) -> str:
        """The sign before its sentence: in order, needs a hand, or not known."""
        return ("✓" if self.known else "?") if self.ok else "✕"

    def sentence(self, words: wording.Wording) -> str:
        """Sentence in the reader's language, days and instants as they are in the town."""
        template = ONE.get(self.phrase, self.phrase) if self.values.get("count") == 1 else self.phrase
        return words.text(template, **{name: _written(value, words) for name, value in self.values.items()})

    def lines(self, words: wording.Wording) -> list[str]:
        """Return the details as lines."""
        return [one if isinstance(one, str) else _line(one, words) for one in self.details]


def _written(value: object, words: wording.Wording) -> object:
    if isinstance(value, dt.datetime):
        return words.instant(value)
    return words.day(value) if isinstance(value, dt.date) else value


def _line(incident: incidents.Incident, words: wording.Wording) -> str:
    saw = words.text(incident.saw) if incident.saw else ""
    # older lines have the unit written behind the figure
    seconds = incident.what.removesuffix(" s")
    what = words.text("{seconds} seconds", seconds=seconds) if incident.kind == incidents.SLOW else incident.what
    return " · ".join(filter(None, (words.instant(incident.at), words.text(incident.where), what, saw)))


def examine(store: connection.Store, environment: Mapping[str, str], now: dt.datetime) -> list[Check]:
    """Return every check of a record and its server; nothing is written.

    Parameters
    ----------
    environment
        Of the program that serves: address, certificate, whether it is encrypted.

    Raises
    ------
    audits.errors.StoreError
        When the record cannot be read.
    """
    state = health.examine(store)
    return [
        _guards(state),
        _backup(store, now),
        _disk(state),
        *_incidents(store, now),
        *_accounts(store, now),
        _certificate(environment, now),
        _encryption(store, environment),
        _owner(store),
        _public_pages(store, now),
        *_contacts(store),
    ]


def _guards(state: health.Health) -> Check:
    if missing := state.guards_missing:
        sentence = TRIGGERS
        return Check("record", False, sentence, {"count": missing}, missing)
    return Check("record", True, phrase("The record opens and is guarded."))


def _backup(store: connection.Store, now: dt.datetime) -> Check:
    last = last_backup.read(store.workspace)
    if last is None:
        return Check("backup", False, NO_BACKUP_SENTENCE)
    values: dict[str, object] = {"at": last.made_at, "count": last.problems}
    if not last.is_sound:
        return _unsound_backup(store, last, values)
    if now - last.made_at > BACKUP_EVERY:
        return Check("backup", False, phrase("The last backup is of {at}; look why none was made since."), values)
    if not last.checked:
        sentence = phrase("The backup of {at} was not restored to prove it; make one that is checked.")
        return Check("backup", False, sentence, values)
    sentence = phrase("The backup of {at} was restored and is sound.")
    return by_hand(store.workspace, now) or Check("backup", True, sentence, values, details=(last.folder,))


NO_BACKUP = phrase("No backup yet")
NO_BACKUP_SENTENCE = phrase("No backup yet; make one now, and set one up for every night.")
BY_HAND_ONLY = phrase("The backup of {at} was made by hand and none comes by itself; set one up for every night.")
BY_HAND_SINCE = phrase(
    "The backup of {at} was made by hand; the last that came by itself is of {own}. Look why none came since."
)


def by_hand(place: workspace.Workspace, now: dt.datetime) -> Check | None:
    """Return the check of backups that come by themselves; None where they do, or nothing was backed up by hand."""
    last, own = last_backup.read(place), last_backup.read_by_itself(place)
    if last is None or not last.made_by:
        return None
    if own is None:
        return Check("backup", False, BY_HAND_ONLY, {"at": last.made_at})
    if now - own.made_at > BACKUP_EVERY:
        return Check("backup", False, BY_HAND_SINCE, {"at": last.made_at, "own": own.made_at})
    return None


def _unsound_backup(store: connection.Store, last: last_backup.LastBackup, values: dict[str, object]) -> Check:
    sound = last_backup.read_sound(store.workspace)
    if sound is not None:
        sentence = phrase(
            "The backup of {at} did not end well; the last good one is of {good}. Make one by hand and read why."
        )
        return Check("backup", False, sentence, values | {"good": sound.made_at}, details=(sound.folder,))
    if not last.folder:
        return Check(
            "backup", False, phrase("The backup of {at} did not end well; make one by hand and read why."), values
        )
    sentence = BAD_BACKUP
    return Check("backup", False, sentence, values, last.problems, details=(last.folder,))


def _disk(state: health.Health) -> Check:
    free = state.free_bytes
    values = {"free": round(free / 1e9, 1)}
    if free < FEWEST_FREE_BYTES:
        return Check("disk", False, phrase("Only {free} GB are free on the disk of the record; make room."), values)
    return Check("disk", True, phrase("{free} GB are free on the disk of the record."), values)


def _incidents(store: connection.Store, now: dt.datetime) -> Iterator[Check]:
    found = incidents.since(store.workspace, now - YESTERDAY)
    for kind, name, none, some in (
        (incidents.ERROR, "errors", NO_ERROR, ERRORS),
        (incidents.SLOW, "slow_pages", NONE_SLOW, SLOW_PAGES),
    ):
        mine = [one for one in found if one.kind == kind]
        yield Check(name, not mine, some if mine else none, {"count": len(mine)}, len(mine) or 1, tuple(mine[-LISTED:]))


def _accounts(store: connection.Store, now: dt.datetime) -> Iterator[Check]:
    used, active = sessions.last_used(store), [one for one in accounts.everyone(store) if one.active]
    # an account that was made or changed lately is not idle yet
    idle = tuple(
        one.username for one in active if now - max(one.set_at, used.get(one.username, one.set_at)) > UNUSED_AFTER
    )
    sentence = IDLE
    quiet = phrase("No account was left unused for 90 days.")
    yield Check(
        "unused_accounts", not idle, sentence if idle else quiet, {"count": len(idle)}, len(idle) or 1, idle[:LISTED]
    )
    expired = tuple(one.username for one in active if accounts.has_expired(one, now))
    sentence = EXPIRED
    quiet = phrase("No first password has expired.")
    values, number = {"count": len(expired)}, len(expired) or 1
    yield Check("first_passwords", not expired, sentence if expired else quiet, values, number, expired[:LISTED])
    guessed = tuple(name for name, (n, _) in sessions.waiting(store, now).items() if n >= MOST_WRONG_TRIES)
    yield _wrong_passwords(guessed, sessions.wrong_attempts(store, now))


def _wrong_passwords(guessed: tuple[str, ...], attempts: int) -> Check:
    values = {"count": len(guessed), "attempts": attempts, "most": MOST_WRONG_TRIES}
    if guessed:
        sentence = TRIED
        return Check("wrong_passwords", False, sentence, values, len(guessed), guessed[:LISTED])
    if attempts >= MOST_WRONG_ATTEMPTS:
        # an address of the office is not slowed down as a whole, so names that are no account are seen only here
        sentence = phrase("{attempts} wrong passwords since yesterday, on many names; ask who tried.")
        return Check("wrong_passwords", False, sentence, values, attempts)
    quiet = phrase("{attempts} wrong passwords since yesterday, on no account {most} or more.")
    return Check("wrong_passwords", True, quiet, values)


def _certificate(environment: Mapping[str, str], now: dt.datetime) -> Check:
    named = environment.get(CERTIFICATE_KEY, "")
    if not named:
        return Check("certificate", True, phrase("No certificate is named here to look at."), known=False)
    try:
        ends_at = certificate.ends_at(Path(named))
    except (OSError, ValueError):
        return Check("certificate", False, phrase("The certificate {file} cannot be read."), {"file": named})
    values = {"file": named, "day": wording.local_day(ends_at)}
    if ends_at - now < CERTIFICATE_NOTICE:
        return Check("certificate", False, phrase("The certificate {file} ends on {day}; renew it."), values)
    return Check("certificate", True, phrase("The certificate {file} is valid until {day}."), values)


def _encryption(store: connection.Store, environment: Mapping[str, str]) -> Check:
    address = environment.get(workspace.ADDRESS_KEY, "")
    # what reaches this computer alone crosses no network
    is_plain = address.startswith("http://") and "://127.0.0.1" not in address and "://localhost" not in address
    # the command line has not the environment of the server
    is_open = settings.read(environment).not_encrypted or last_served.is_open_without_tls(store.workspace)
    if is_open or is_plain:
        sentence = phrase("It is served without TLS: others in the network can read passwords; put a proxy before it.")
        return Check("tls", False, sentence)
    return Check("tls", True, phrase("Nothing is served to others without TLS."))


def _owner(store: connection.Store) -> Check:
    if store.workspace.is_shared:
        with connection.reading(store) as records:
            if grants.acts_as_owner(records):
                sentence = phrase("The program uses the login that owns the database; let it use {application}.")
                return Check("database_login", False, sentence, {"application": grants.APPLICATION})
    return Check("database_login", True, phrase("The program has no more rights on the record than it needs."))


def _public_pages(store: connection.Store, now: dt.datetime) -> Check:
    if not public_pages.is_open(store):
        return Check("public_pages", True, phrase("The pages for everybody are closed."))
    made_at = public_pages.made_at(store.workspace)
    if made_at is None:
        sentence = phrase("The pages for everybody are open, but nobody has made them; make them under Accounts.")
        return Check("public_pages", False, sentence)
    if public_pages.is_behind(store, now):
        sentence = phrase("The pages for everybody are of {at}, and the record has gone on; make them under Accounts.")
        return Check("public_pages", False, sentence, {"at": made_at})
    return Check("public_pages", True, phrase("The pages for everybody are of {at}."), {"at": made_at})


NO_CONTACTS: Mapping[str, str] = {
    municipal_choices.PRIVACY_CONTACT: phrase(
        "Pages or the form are open to everybody, and nobody to ask about personal data is named; write the "
        "contact on the page Privacy, under “For the administrator”."
    ),
    municipal_choices.ACCESSIBILITY_CONTACT: phrase(
        "Pages or the form are open to everybody, and nobody to tell of a barrier is named; write the "
        "contact on the page Accessibility of this program."
    ),
}


def _contacts(store: connection.Store) -> Iterator[Check]:
    chosen = municipal_choices.every(store)
    is_public = public_pages.is_open(store) or unread.is_open(store)
    missing = [name for name in NO_CONTACTS if is_public and not chosen.get(name)]
    if not missing:
        yield Check("contacts", True, phrase("Nothing is open to everybody without a contact."))
    yield from (Check(name, False, NO_CONTACTS[name]) for name in missing)
