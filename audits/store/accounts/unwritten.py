"""Keep who signs in while the disk takes nothing in, in the memory of this process, so that people can still read."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field

from audits import errors

# what SQLite and PostgreSQL answer when nothing can be written
_SENTENCES = ("disk is full", "No space left", "readonly database", "read-only", "disk I/O error")


@dataclass
class Unwritten:
    """Tokens with account, beginning and end, and wrong attempts by name and place."""

    tokens: dict[str, tuple[str, dt.datetime, dt.datetime]] = field(default_factory=dict)
    attempts: list[tuple[str, str, dt.datetime]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


KEPT = Unwritten()


def is_cause(error: errors.StoreError) -> bool:
    """Whether a record could be read and only refused to be written."""
    return any(sentence in str(error) for sentence in _SENTENCES)


def begin(digest: str, name: str, since: dt.datetime, until: dt.datetime) -> None:
    """Keep a token until it ends."""
    with KEPT.lock:
        for old in [key for key, (_, _, end) in KEPT.tokens.items() if end <= since]:
            del KEPT.tokens[old]
        KEPT.tokens[digest] = (name, since, until)


def find(digest: str) -> tuple[str, dt.datetime, dt.datetime] | None:
    """Return account, beginning and end of a token, or None."""
    with KEPT.lock:
        return KEPT.tokens.get(digest)


def end(digest: str) -> None:
    """Forget a token."""
    with KEPT.lock:
        KEPT.tokens.pop(digest, None)


def count(name: str, place: str, now: dt.datetime, oldest: dt.datetime) -> list[dt.datetime]:
    """Count an attempt, and return the instants of those before it of this name from this place."""
    with KEPT.lock:
        KEPT.attempts[:] = [one for one in KEPT.attempts if one[2] >= oldest]
        before = [at for tried, where, at in KEPT.attempts if (tried, where) == (name, place)]
        KEPT.attempts.append((name, place, now))
    return before


def forget(name: str, place: str) -> None:
    """Forget the attempts of a name from a place, after the right password."""
    with KEPT.lock:
        KEPT.attempts[:] = [one for one in KEPT.attempts if one[:2] != (name, place)]
