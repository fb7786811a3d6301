"""Keep aside the bytes of files that could not be read, so that an engineer can still look at them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from audits.store.db import durable_files, workspace


def keep(place: workspace.Workspace, content: bytes) -> str:
    """Keep a file aside and return its SHA-256; it is on the disk when this returns."""
    sha256 = hashlib.sha256(content).hexdigest()
    durable_files.write(path_of(place, sha256), content)
    return sha256


def path_of(place: workspace.Workspace, sha256: str) -> Path:
    """Return where a file that was kept aside is."""
    return place.refused_folder / f"{sha256}.bin"
