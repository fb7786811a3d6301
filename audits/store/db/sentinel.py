"""Remember that a record was begun here, so that a lost or emptied file is never taken for a new beginning."""

from __future__ import annotations

import contextlib

from audits import errors
from audits.store.db import durable_files, workspace

MARK = "record_begun"
HOW_TO_RESTORE = "restore the last backup into a new folder: python -m audits restore BACKUP --workspace NEW"

_SAYS = b"A record was begun in this folder. While this file is here, no new one is begun in its place.\n"
_DAMAGE = ("malformed", "not a database", "disk image", "Could not decode", "codec can't decode")


def note(place: workspace.Workspace) -> None:
    """Remember that the record of a workspace is laid out; a folder that cannot be written is left as it is."""
    if not place.is_shared:
        with contextlib.suppress(OSError):
            durable_files.write(place.folder / MARK, _SAYS)


def refuse_what_was_lost(place: workspace.Workspace) -> None:
    """Refuse to begin anew where a record was.

    Raises
    ------
    audits.errors.WorkspaceError
        When the record's file is gone or empty, saying how to restore it.
    """
    path = place.store_path
    if place.is_shared or not (place.folder / MARK).is_file() or (path.is_file() and path.stat().st_size):
        return
    raise errors.WorkspaceError(
        f"{path} is gone or empty, and a record was here; {HOW_TO_RESTORE} "
        f"(to begin a new record here all the same, remove {MARK})"
    )


def with_advice(told: str) -> str:
    """Return what a database said, with how to restore where it speaks of damage."""
    return f"{told}; the file is damaged: {HOW_TO_RESTORE}" if any(word in told for word in _DAMAGE) else told
