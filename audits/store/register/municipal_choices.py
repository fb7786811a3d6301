"""Keep what the municipality chose for everybody: a name and a value, the last one stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from audits.store.audit_log import events
from audits.store.db import column_types, connection, schema

ACTION = "setting.set"


def choose(store: connection.Store, name: str, value: str, actor: str, at: dt.datetime | None = None) -> None:
    """Set one choice; what stands already is not written again.

    Parameters
    ----------
    store
        An open store.
    name, value
        Such as ``photo_months``, ``24``; an empty value takes the choice back.
    actor
        Who chooses, for the ledger.
    at
        Instant; now when None.

    Raises
    ------
    audits.errors.NotAllowedError
        When this role may not choose for everybody.
    """
    moment = column_types.instant(at)
    with connection.writing(store) as records:
        if _standing(records).get(name, "") != value:
            values = {"name": name, "value": value, "set_by": actor, "set_at": moment}
            events.add(records, ACTION, values, actor, moment)


def chosen(store: connection.Store, name: str, otherwise: str = "") -> str:
    """Return one choice, or `otherwise` where nothing was chosen."""
    return every(store).get(name) or otherwise


def every(store: connection.Store) -> Mapping[str, str]:
    """Return every choice that stands, by its name."""
    with connection.reading(store) as records:
        return _standing(records)


def _standing(records: sa.Connection) -> dict[str, str]:
    columns = schema.setting.c
    rows = records.execute(sa.select(columns.name, columns.value).order_by(columns.fid))
    return {row.name: row.value for row in rows}
