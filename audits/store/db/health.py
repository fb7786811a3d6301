"""Examine whether a record can be read and written, in a moment."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import sqlalchemy as sa

from audits.store.db import access_tables, connection, schema, triggers

FEWEST_FREE_BYTES = 200_000_000


@dataclass(frozen=True)
class Health:
    """How a record is.

    Parameters
    ----------
    guards_missing
        How many of the guards in the database are gone or altered.
    free_bytes
        Left on the disk that the workspace is on.
    surveys, entries, failed_sign_ins
        How many surveys there are, entries of the ledger, and tries to sign in that failed within a day.
    """

    guards_missing: int
    free_bytes: int
    surveys: int
    entries: int
    failed_sign_ins: int

    @property
    def is_well(self) -> bool:
        """Return whether surveys can be taken in."""
        return self.guards_missing == 0 and self.free_bytes >= FEWEST_FREE_BYTES


def examined(store: connection.Store) -> Health:
    """Return how a record is; nothing is written.

    Raises
    ------
    audits.errors.StoreError
        When it cannot be read.
    """
    with connection.reading(store) as records:
        counts = [
            int(records.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
            for table in (schema.survey, access_tables.sign_in_failure)
        ]
        missing = len(triggers.missing(records))
        entries = records.execute(sa.select(sa.func.coalesce(sa.func.max(schema.ledger.c.sequence), 0))).scalar_one()
    free_bytes = shutil.disk_usage(store.workspace.folder).free
    return Health(missing, free_bytes, counts[0], int(entries), counts[1])
