"""Keep on which day an element was rebuilt whole: what was measured there before describes a thing that is gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import pandas as pd
import sqlalchemy as sa

from audits import wording
from audits.store.audit_log import events
from audits.store.db import connection, element_tables

ACTION = "element.rebuild"


def add(
    records: sa.Connection, element_id: str, rebuilt_on: dt.date, actor: str, at: dt.datetime, *, rebuilt: bool = True
) -> None:
    """Record in the caller's transaction that an element was rebuilt whole on a local day, or that it was not."""
    values = {"element_id": element_id, "rebuilt_on": rebuilt_on, "rebuilt": rebuilt}
    events.add(records, ACTION, values, actor, at)


def days(store: connection.Store, as_of: dt.date | None = None) -> dict[str, dt.date]:
    """Return by element the last local day on which it was rebuilt, up to `as_of`; only those that were."""
    with connection.reading(store) as records:
        return replay(statements(records), as_of)


def statements(records: sa.Connection) -> list[tuple[str, dt.date, bool]]:
    """Return every statement in its order: an element, a day, whether it was rebuilt on it."""
    columns = element_tables.rebuilt.c
    query = sa.select(columns.element_id, columns.rebuilt_on, columns.rebuilt).order_by(columns.fid)
    return [(row.element_id, row.rebuilt_on, row.rebuilt) for row in records.execute(query)]


def replay(stated: Iterable[tuple[str, dt.date, bool]], as_of: dt.date | None = None) -> dict[str, dt.date]:
    """Apply statements in their order; gives :func:`days`.

    Examples
    --------
    >>> june = dt.date(2026, 6, 1)
    >>> replay([("KK-1.ramp.1", june, True), ("KK-2.ramp.1", june, True), ("KK-2.ramp.1", june, False)])
    {'KK-1.ramp.1': datetime.date(2026, 6, 1)}
    """
    last = {(name, day): rebuilt for name, day, rebuilt in stated}
    found: dict[str, dt.date] = {}
    for (name, day), rebuilt in last.items():
        if rebuilt and (as_of is None or day <= as_of):
            found[name] = max(day, found.get(name, day))
    return found


def since(
    measurements: pd.DataFrame, rebuilt: Mapping[str, dt.date], joined: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Keep the readings that were made on the day their element was rebuilt, or later.

    Parameters
    ----------
    measurements
        Columns ``element_id``, ``observed_at`` (UTC) and whatever else.
    rebuilt
        From :func:`days`.
    joined
        As in :func:`audits.store.register.same_elements.joined`: what is one thing was rebuilt together.
    """
    if not rebuilt:
        return measurements
    return measurements.loc[
        ~is_before(measurements["observed_at"], of_each(measurements["element_id"], rebuilt, joined))
    ]


def of_each(
    element_ids: pd.Series[str], rebuilt: Mapping[str, dt.date], joined: Mapping[str, str] | None = None
) -> pd.Series[pd.Timestamp]:
    """Return for each of some elements the day it was rebuilt, NaT where it was not; parameters as in :func:`since`."""
    counted = joined or {}
    days: dict[str, dt.date] = {}
    for name, day in rebuilt.items():
        kept = counted.get(name, name)
        days[kept] = max(day, days.get(kept, day))
    found = {name: days.get(counted.get(name, name)) for name in element_ids.unique()}
    return pd.to_datetime(element_ids.map(found)).astype("datetime64[s]")


def is_before(observed_at: pd.Series[pd.Timestamp], rebuilt_on: pd.Series[pd.Timestamp]) -> pd.Series[bool]:
    """Mark the instants before the local day beside them; none where there is no day."""
    local = observed_at.dt.tz_convert(wording.local_zone()).dt.tz_localize(None).dt.normalize()
    return local < rebuilt_on
