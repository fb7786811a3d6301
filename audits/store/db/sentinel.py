"""Mark a folder in which a record was created, so that a lost or emptied file is not replaced by a new record."""

from __future__ import annotations

import contextlib

from audits import errors
from audits.store.db import durable_files, workspace

MARK = "record_begun"
HOW_TO_RESTORE = "restore the last backup into a new folder: python -m audits restore BACKUP --workspace NEW"

GONE = errors.ProblemKind(
    "STORE-810",
    "The file is gone or empty, and a record was here. Restore the last backup into a new folder: python -m audits "
    "restore BACKUP --workspace NEW. To begin a new record here all the same, remove {mark}.",
)

_CONTENT = b"A record was begun in this folder. While this file is here, no new one is begun in its place.\n"
# as SQLite, its Python driver and the decoder of texts word it
_DAMAGE = ("malformed", "not a database", "disk image", "Could not decode", "codec can't decode")


def write(place: workspace.Workspace) -> None:
    """Mark the folder of a workspace whose record exists; a folder that cannot be written is left as it is."""
    if not place.is_shared:
        with contextlib.suppress(OSError):
            durable_files.write(place.folder / MARK, _CONTENT)


def check(place: workspace.Workspace) -> None:
    """Refuse to create a record where there was one.

    Raises
    ------
    audits.errors.WorkspaceError
        When the record's file is gone or empty, saying how to restore it.
    """
    path = place.store_path
    if place.is_shared or not (place.folder / MARK).is_file() or (path.is_file() and path.stat().st_size):
        return
    raise errors.WorkspaceError(GONE.at(str(path), mark=MARK))


def with_advice(message: str) -> str:
    """Add how to restore a backup to a message of the database that reports damage."""
    return f"{message}; the file is damaged: {HOW_TO_RESTORE}" if any(word in message for word in _DAMAGE) else message
