"""Copy the store into one file while others write."""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from pathlib import Path

import sqlalchemy as sa

from audits import errors
from audits.store.backup import migrate
from audits.store.db import connection, durable_files, embedded, schema


def backup(store: connection.Store, target: Path) -> None:
    """Write a snapshot of the store that needs no second file, for the office share, for QGIS and for restoring.

    Who is signed in, and who tried, is of this day and not handed on.

    Parameters
    ----------
    store
        An open store; writers need not stop.
    target
        The new file; it appears whole or not at all.

    Raises
    ------
    audits.errors.StoreError
        When `target` exists, or cannot be written.
    """
    if target.exists():
        raise errors.StoreError(f"{target} exists already; a backup never overwrites, so choose another name")
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        if store.workspace.is_shared:
            _carry(store, part)
        else:
            _copy(store.workspace.store_path, part)
        # Taking the name first: a rename alone would overwrite what someone made there meanwhile.
        target.touch(exist_ok=False)
        part.replace(target)
        durable_files.sync_folder(target.parent)
    except (sqlite3.Error, sa.exc.DBAPIError, OSError) as error:
        raise errors.StoreError(f"{target}: the backup failed: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _carry(store: connection.Store, part: Path) -> None:
    """Write a shared record, as it is at one moment, into a file that any computer without a database opens."""
    writing, reading = embedded.engines(part)
    try:
        with connection.reading(store) as source, writing.begin() as records:
            migrate.carry_over(source, records)
    finally:
        writing.dispose()
        reading.dispose()
    settle(part)


def _copy(source: Path, part: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source, timeout=embedded.BUSY_TIMEOUT_S)) as live,
        contextlib.closing(sqlite3.connect(part)) as snapshot,
    ):
        live.backup(snapshot)
        snapshot.execute("PRAGMA secure_delete=ON")
        for table in schema.TRANSIENT:
            snapshot.execute(f"DELETE FROM {table.name}")  # noqa: S608
        snapshot.commit()
    settle(part)


def settle(path: Path) -> None:
    """Make a store that nobody has open one file again, without its write-ahead log."""
    with contextlib.closing(sqlite3.connect(path)) as alone:
        alone.execute("PRAGMA journal_mode=DELETE")
