"""Keep settings of the municipality that hold for everybody: a name and a value, the last one counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from audits.store.audit_log import events
from audits.store.db import connection, schema

ACTION = "setting.set"
# whom to ask about personal data, and whom to tell of a barrier of the program
PRIVACY_CONTACT, ACCESSIBILITY_CONTACT = "privacy_contact", "accessibility_contact"
PUBLIC_COUNCIL, PUBLIC_REQUESTS, LICENCE, HOME_RAMPS = "public_council", "public_requests", "data_licence", "home_ramps"
TERMS = ("photo_months", "refused_months", "draft_months")
# no figure rests on whom to ask, what is open, how long things are kept, or ramps at homes
NO_FIGURES = (PRIVACY_CONTACT, ACCESSIBILITY_CONTACT, PUBLIC_COUNCIL, HOME_RAMPS, *TERMS)


@dataclass(frozen=True)
class Choice:
    """One choice: its value, empty where it was taken back, who chose and when (UTC)."""

    value: str
    set_by: str
    set_at: dt.datetime


def choose(store: connection.Store, name: str, value: str, actor: str, at: dt.datetime | None = None) -> None:
    """Set one choice, such as ``photo_months`` to ``24``; the empty value removes it, the same value writes nothing.

    Raises
    ------
    audits.errors.NotAllowedError
        When this role may not choose for everybody.
    """
    revise(store, name, lambda _: value, actor, at)


def revise(
    store: connection.Store, name: str, revised: Callable[[str], str], actor: str, at: dt.datetime | None = None
) -> None:
    """Set one choice as :func:`choose` does, to what `revised` makes of the present one, in one transaction.

    Raises
    ------
    audits.errors.NotAllowedError
        When this role may not choose for everybody.
    """
    with connection.writing(store) as records:
        before = _current(records).get(name, "")
        if (value := revised(before)) != before:
            events.add(records, ACTION, {"name": name, "value": value}, actor, at)


def chosen(store: connection.Store, name: str, otherwise: str = "") -> str:
    """Return one choice, or `otherwise` where there is none."""
    return every(store).get(name) or otherwise


def every(store: connection.Store) -> Mapping[str, str]:
    """Return every choice, by its name."""
    with connection.reading(store) as records:
        return _current(records)


def history(store: connection.Store, name: str) -> tuple[Choice, ...]:
    """Return every choice ever made under one name, the oldest first."""
    columns = schema.setting.c
    query = sa.select(columns.value, columns.set_by, columns.set_at).where(columns.name == name).order_by(columns.fid)
    with connection.reading(store) as records:
        return tuple(Choice(*row) for row in records.execute(query))


def _current(records: sa.Connection) -> dict[str, str]:
    columns = schema.setting.c
    rows = records.execute(sa.select(columns.name, columns.value).order_by(columns.fid))
    # in the order of writing, so that the last value of a name is the one that stays
    return {row.name: row.value for row in rows}
