"""Remember in the workspace how it was last backed up, which backup was the last good one, and which came by itself."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audits.store.db import durable_files, workspace

FILE = "last_backup.json"
COMMAND_LINE = "command line"


@dataclass(frozen=True)
class LastBackup:
    """One attempt.

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
    made_by
        Who asked for it: an account, :data:`audits.roles.OFFICE` or :data:`COMMAND_LINE`; empty where it came by
        itself, as every night.
    """

    made_at: dt.datetime
    folder: str
    problems: int
    checked: bool
    made_by: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether it was written and no problem was found in it."""
        return bool(self.folder) and not self.problems


def write(place: workspace.Workspace, last: LastBackup) -> None:
    """Remember an attempt; a folder that cannot be written is left as it is, since the backup matters more."""
    # an attempt that fails must not hide where the last good one lies
    sound = last if last.is_sound else read_sound(place)
    # one made by hand must not hide that none comes by itself
    by_itself = read_by_itself(place) if last.made_by else last
    kept = {"sound": sound, "by_itself": by_itself}
    written = _written(last) | {name: _written(one) for name, one in kept.items() if one}
    with contextlib.suppress(OSError):
        durable_files.write(_path(place), json.dumps(written).encode())


def read(place: workspace.Workspace) -> LastBackup | None:
    """Return the last attempt, or None when there was none that can be read."""
    return _attempt(_content(place))


def read_sound(place: workspace.Workspace) -> LastBackup | None:
    """Return the last attempt that ended without problems, or None when none is known."""
    content = _content(place)
    last = _attempt(content)
    return last if last is None or last.is_sound else _attempt(content.get("sound"))


def read_by_itself(place: workspace.Workspace) -> LastBackup | None:
    """Return the last attempt that nobody asked for by hand, or None when none is known."""
    content = _content(place)
    last = _attempt(content)
    return last if last is None or not last.made_by else _attempt(content.get("by_itself"))


def _content(place: workspace.Workspace) -> dict[str, Any]:
    try:
        found = json.loads(_path(place).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _attempt(found: Any) -> LastBackup | None:
    try:
        made_at = dt.datetime.fromisoformat(found["made_at"])
        figures = int(found["problems"]), bool(found["checked"])
        # a file of an older version does not know who made it
        return LastBackup(made_at, str(found["folder"]), *figures, str(found.get("made_by", "")))
    except (ValueError, KeyError, TypeError):
        return None


def _written(one: LastBackup) -> dict[str, object]:
    return {**vars(one), "made_at": one.made_at.isoformat(timespec="seconds")}


def _path(place: workspace.Workspace) -> Path:
    return place.folder / FILE
