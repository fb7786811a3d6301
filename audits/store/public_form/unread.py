"""Keep what the public form takes in until a person of the office has read it; no address, no name, no photo."""

from __future__ import annotations

import datetime as dt
import hashlib

import pandas as pd
import sqlalchemy as sa

from audits import errors, roles, wording
from audits.store.accounts import accounts, sessions
from audits.store.db import column_types, connection, frames, request_tables
from audits.store.register import municipal_choices
from audits.store.requests import personal, requests

CHOICE, OPEN = municipal_choices.PUBLIC_REQUESTS, "yes"
CHANNEL = "public_form"
# where the program takes them in
ADDRESS = "/ask"
MOST_PLACE, MOST_WAITING = 200, 200

NO_WHERE = errors.ProblemKind("REQUEST-041", "Choose a place of the list, or describe where it is.")
LONG_PLACE = errors.ProblemKind("REQUEST-042", "Describe where it is in at most {most} characters.")
FULL = errors.ProblemKind(
    "REQUEST-043", "The office has many requests to read; send yours again in some days, or come to the counter."
)
GONE = errors.ProblemKind("REQUEST-044", "Somebody else has decided on it meanwhile.")

COLUMNS = {"key": "str", "text": "str", "place": "str", "site_code": "str", "received_at": frames.INSTANT}
_table = request_tables.unread


def is_open(store: connection.Store) -> bool:
    """Whether the municipality takes in requests by the public form; not until it says so."""
    return municipal_choices.chosen(store, CHOICE) == OPEN


def send(
    store: connection.Store, text: str, place: str, site_code: str, address: str, at: dt.datetime | None = None
) -> float:
    """Keep what somebody asks for until it is read; the same again is kept once.

    Parameters
    ----------
    text
        What is asked for.
    place
        Where, in words; empty where a site is named.
    site_code
        The site that it is about; empty for none.
    address
        Of the sender's computer, for the limit only: kept as a keyed digest for a day, and not beside the request.

    Returns
    -------
    float
        0 when it is kept, else the seconds to wait: so many came from there, or from everywhere.

    Raises
    ------
    audits.errors.RefusedError
        With every problem: no text, no place, personal data, an unknown site, more unread than anybody reads.
    """
    moment = column_types.instant(at)
    words, where = " ".join(text.split()), " ".join(place.split())
    problems = [
        *requests.text_faults(words),
        *personal.faults(where, "place"),
        *([] if where or site_code else [NO_WHERE.at("place")]),
        *([LONG_PLACE.at("place", most=MOST_PLACE)] if len(where) > MOST_PLACE else []),
        *([] if column_types.is_storable(where) else [requests.UNSTORABLE.at("place")]),
    ]
    if problems:
        raise errors.RefusedError(tuple(problems))
    # everything that is sent counts together, beside the address that it came from
    # only now, so that a form that is sent back for a mistake is no try
    wait_s = sessions.count_attempt(store, sessions.PUBLIC_FORM, f"{sessions.PUBLIC_FORM} {address}", moment)
    if wait_s > 0:
        return wait_s
    # of the content, so that who presses twice sends once
    key = hashlib.sha256("\n".join((words, where, site_code)).encode()).hexdigest()[:16]
    row = {"key": key, "text": words, "place": where, "site_code": site_code or None, "received_at": moment}
    with connection.writing(accounts.as_program(store)) as records:
        known = set(records.execute(sa.select(_table.c.key)).scalars())
        if site_code and not requests.is_site(records, site_code):
            raise errors.RefusedError((requests.NO_SITE.at("site", code=site_code),))
        if len(known) >= MOST_WAITING:
            raise errors.RefusedError((FULL.at("text"),))
        if key not in known:
            records.execute(sa.insert(_table).values(**row))
    return 0.0


def number(store: connection.Store) -> int:
    """Return how many requests nobody has read."""
    with connection.reading(accounts.as_program(store)) as records:
        return int(records.execute(sa.select(sa.func.count()).select_from(_table)).scalar_one())


def every(store: connection.Store) -> pd.DataFrame:
    """Return the requests that nobody has read, the oldest first: columns :data:`COLUMNS`."""
    with connection.reading(accounts.as_program(store)) as records:
        rows = [dict(row) for row in records.execute(sa.select(_table).order_by(_table.c.fid)).mappings()]
    return frames.frame([row | {"site_code": row["site_code"] or ""} for row in rows], COLUMNS)


def accept(
    store: connection.Store,
    key: str,
    text: str,
    actor: str,
    *,
    site_code: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
) -> str:
    """Record one as a request, in the words that the reader left, and return its number.

    Raises
    ------
    audits.errors.RefusedError
        As :func:`audits.store.requests.requests.add`, or when somebody else decided meanwhile.
    audits.errors.NotAllowedError
        When this role may not decide on requests.
    """
    roles.require(store.role, requests.STEP)
    kept = every(store).set_index("key")
    if key not in kept.index:
        raise errors.RefusedError((GONE.at("key"),))
    received_on = wording.local_day(kept["received_at"][key])
    asked = requests.Request(text, received_on, CHANNEL, site_code, longitude, latitude, source_id=key)
    # its key is its number at the source: after a crash between the two writes it is not recorded twice
    request_id, _ = requests.add(store, asked, actor)
    _delete(store, key)
    return request_id


def dismiss(store: connection.Store, *keys: str) -> None:
    """Delete some for good: nothing of them was ever in the record.

    Raises
    ------
    audits.errors.NotAllowedError
        When this role may not decide on requests.
    """
    roles.require(store.role, requests.STEP)
    _delete(store, *keys)


def _delete(store: connection.Store, *keys: str) -> None:
    with connection.writing(accounts.as_program(store)) as records:
        records.execute(sa.delete(_table).where(_table.c.key.in_(keys)))
