"""Remember in the workspace when it was last backed up, and whether the backup was restored to prove it."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from audits.store.db import durable_files, workspace

FILE = "last_backup.json"


@dataclass(frozen=True)
class LastBackup:
    """The last attempt.

    Parameters
    ----------
    made_at
        Instant of the attempt.
    folder
        Where it was written; empty when it failed.
    problems
        Number of problems found in the record or the backup; a failure counts as one.
    checked
        Whether it was restored into a scratch folder and compared.
    """

    made_at: dt.datetime
    folder: str
    problems: int
    checked: bool


def write(place: workspace.Workspace, last: LastBackup) -> None:
    """Remember an attempt; a folder that cannot be written is left as it is, since the backup matters more."""
    content = json.dumps({**vars(last), "made_at": last.made_at.isoformat(timespec="seconds")}).encode()
    with contextlib.suppress(OSError):
        durable_files.write(_path(place), content)


def read(place: workspace.Workspace) -> LastBackup | None:
    """Return the last attempt, or None when there was none that can be read."""
    try:
        found = json.loads(_path(place).read_text("utf-8"))
        made_at = dt.datetime.fromisoformat(found["made_at"])
        return LastBackup(made_at, str(found["folder"]), int(found["problems"]), bool(found["checked"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _path(place: workspace.Workspace) -> Path:
    return place.folder / FILE
