"""Report in a moment whether a record can be read and written."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import sqlalchemy as sa

from audits.store.db import connection, schema, triggers

FEWEST_FREE_BYTES = 200_000_000


@dataclass(frozen=True)
class Health:
    """State of a record: guards gone or altered, space on its disk, numbers of rows."""

    guards_missing: int
    free_bytes: int
    surveys: int
    entries: int

    @property
    def is_well(self) -> bool:
        """Whether surveys can be received."""
        return self.guards_missing == 0 and self.free_bytes >= FEWEST_FREE_BYTES


def examine(store: connection.Store) -> Health:
    """Return the state of a record; nothing is written.

    Raises
    ------
    audits.errors.StoreError
        When it cannot be read.
    """
    with connection.reading(store) as records:
        surveys, entries = (
            int(records.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
            for table in (schema.survey, schema.ledger)
        )
        missing = len(triggers.missing(records))
    return Health(missing, shutil.disk_usage(store.workspace.folder).free, surveys, entries)
