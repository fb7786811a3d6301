"""Write files that are complete and on the disk when the call returns."""

from __future__ import annotations

import os
import uuid
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Write a file and its folder, so that neither a power cut nor another writer leaves half of it.

    Raises
    ------
    OSError
        When the disk is full or cannot be written; nothing half-written stays.
    """
    # before anything is created: afterwards nothing tells which names are new
    new = [folder for folder in path.parents if not folder.exists()]
    if new or not path.is_file() or path.read_bytes() != content:
        _replace(path, content)
    # Also where the content is there already: who wrote it may have died before its name was on the disk.
    for folder in {path.parent, path.parent.parent, *(each.parent for each in new)}:
        sync_folder(folder)


def remove(path: Path) -> None:
    """Remove a file, so that a power cut does not bring it back; one that is gone is no error.

    Raises
    ------
    OSError
        When it cannot be removed.
    """
    if path.exists():
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # in the same folder, since a rename replaces a file at once only within one file system
    part = path.with_name(f".{path.stem}.{uuid.uuid4().hex}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            # before the rename, or a power cut leaves the name of the file on an empty one
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Write the names in a folder to the disk; Windows has no call for it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
