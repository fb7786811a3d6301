"""Copy the store into one file while others write."""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from pathlib import Path

from audits import errors
from audits.store import connection


def backup(store: connection.Store, target: Path) -> None:
    """Write a snapshot of the store that needs no second file, for the office share, for QGIS and for restoring.

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
        _copy(store.workspace.store_path, part)
        # Taking the name first: a rename alone would overwrite what someone made there meanwhile.
        target.touch(exist_ok=False)
        part.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise errors.StoreError(f"{target}: the backup failed: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _copy(source: Path, part: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source, timeout=connection.BUSY_TIMEOUT_S)) as live,
        contextlib.closing(sqlite3.connect(part)) as snapshot,
    ):
        live.backup(snapshot)
        snapshot.execute("PRAGMA journal_mode=DELETE")
