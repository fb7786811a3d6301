"""Copy the store into one file while others write."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from audits import errors
from audits.store.backup import migrate
from audits.store.db import connection, durable_files, embedded, schema, workspace

EXISTS = errors.ProblemKind("STORE-812", "It exists already, and a backup never overwrites; choose another name.")
FAILED = errors.ProblemKind(
    "STORE-813", "The backup could not be made: {why}. Check that there is room and that the folder can be written."
)


def backup(store: connection.Store, target: Path) -> None:
    """Write a snapshot of the store as one complete file, for the office share, for QGIS and for restoring.

    Sessions and failed attempts to sign in are left out.

    The new file appears complete or not at all; writers need not stop.

    Raises
    ------
    audits.errors.StoreError
        When `target` exists, or cannot be written.
    """
    if target.exists():
        raise errors.StoreError(EXISTS.at(str(target)))
    # beside the target, since a rename is at once only within one file system
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        if store.workspace.is_shared:
            _copy_shared(store, part)
        else:
            _copy(store.workspace.store_path, part)
        # Take the name first: a rename alone would overwrite a file that someone else created meanwhile.
        target.touch(exist_ok=False)
        part.replace(target)
        durable_files.sync_folder(target.parent)
    except (sqlite3.Error, sa.exc.DBAPIError, OSError) as error:
        raise errors.StoreError(FAILED.at(str(target), why=error)) from error
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def opened_copy(source: Path) -> Iterator[connection.Store]:
    """Open a copy of the file of a store, so that one of somebody else stays as it is, whichever layout it has.

    Raises
    ------
    audits.errors.StoreError, audits.errors.WorkspaceError
        When it is no store, damaged, or was moved to another place.
    """
    with tempfile.TemporaryDirectory(prefix="jaidee-copy-") as folder:
        place = workspace.Workspace(Path(folder))
        # Without a log of changes nobody has it open, and SQLite need not lay files beside it to read it.
        logged = source.with_name(f"{source.name}-wal").is_file()
        how = "mode=ro" if logged else "immutable=1"
        try:
            with (
                contextlib.closing(sqlite3.connect(f"{source.resolve().as_uri()}?{how}", uri=True)) as live,
                contextlib.closing(sqlite3.connect(place.store_path)) as copy,
            ):
                live.backup(copy)
        except sqlite3.Error as error:
            raise errors.StoreError(f"{source.name}: {error}") from error
        with contextlib.closing(connection.open_store(place, create=False)) as store:
            yield store


def _copy_shared(store: connection.Store, part: Path) -> None:
    """Write a snapshot of a shared record into a file that opens without a database server."""
    writing, reading = embedded.engines(part)
    try:
        with connection.reading(store) as source, writing.begin() as records:
            migrate.copy_rows(source, records)
    finally:
        writing.dispose()
        reading.dispose()
    settle(part)


def _copy(source: Path, part: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source, timeout=embedded.BUSY_TIMEOUT_S)) as live,
        contextlib.closing(sqlite3.connect(part)) as snapshot,
    ):
        # Not a copy of the file: what was committed may be in the log beside it. All pages in one step, since a write
        # between two steps starts the copy anew.
        live.backup(snapshot)
        # Deleted sessions must not remain readable in free pages of the file.
        snapshot.execute("PRAGMA secure_delete=ON")
        for table in schema.SIGN_IN:
            snapshot.execute(f"DELETE FROM {table.name}")  # noqa: S608
        snapshot.commit()
    settle(part)


def settle(path: Path) -> None:
    """Merge the write-ahead log into a store that nobody has open."""
    with contextlib.closing(sqlite3.connect(path)) as alone:
        # A copy goes to shares and sticks as one file; a log beside it would be left behind there.
        alone.execute("PRAGMA journal_mode=DELETE")
