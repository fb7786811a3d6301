"""Tell whether the pages for the public are open, when they were made, and whether the record went on since."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import sqlalchemy as sa

from audits.store.db import connection, schema, workspace
from audits.store.register import municipal_choices

CHOICE, OPEN = municipal_choices.PUBLIC_COUNCIL, "yes"
FRESH_FOR = dt.timedelta(days=7)
# events that change nothing on the pages
_APART = ("account.", "technician.")


def folder(place: workspace.Workspace) -> Path:
    """Folder below a workspace that is served to everybody."""
    return place.folder / "public"


def made_at(place: workspace.Workspace) -> dt.datetime | None:
    """Return when the pages were made (UTC); None where there are none."""
    index = folder(place) / "index.html"
    return dt.datetime.fromtimestamp(index.stat().st_mtime, dt.UTC) if index.is_file() else None


def is_open(store: connection.Store) -> bool:
    """Return whether the municipality lets everybody read them."""
    return municipal_choices.chosen(store, CHOICE) == OPEN


def is_shown(store: connection.Store) -> bool:
    """Return whether everybody finds them at their address: they are open, and somebody has made them."""
    return is_open(store) and made_at(store.workspace) is not None


def is_behind(store: connection.Store, now: dt.datetime) -> bool:
    """Return whether pages of more than a week ago leave out something recorded since."""
    made = made_at(store.workspace)
    if made is None or now - made <= FRESH_FOR:
        return False
    columns = schema.ledger.c
    later = sa.select(columns.sequence).where(
        columns.happened_at > made,
        *(~columns.action.startswith(each) for each in _APART),
        # prices, the town and the licence stand on the pages, too
        sa.or_(columns.action != municipal_choices.ACTION, columns.entity_id.not_in(municipal_choices.NO_FIGURES)),
    )
    with connection.reading(store) as records:
        return records.execute(later.limit(1)).first() is not None
