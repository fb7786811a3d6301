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
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem}.{uuid.uuid4().hex}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    for folder in (path.parent, path.parent.parent):
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Write the names in a folder to the disk; Windows has no call for it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
