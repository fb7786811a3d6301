"""Keep the errors and slow pages of the last days in the workspace, without a name, an address or a content."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from audits.store.db import workspace

FILE = "incidents.jsonl"
LARGEST_BYTES = 500_000
MOST_AN_HOUR = 50
ERROR, SLOW = "error", "slow"


@dataclass(frozen=True)
class Incident:
    """What happened at an instant.

    Parameters
    ----------
    kind
        :data:`ERROR` or :data:`SLOW`.
    where
        English title of a page, or area of the program; never a path that somebody typed.
    what
        Class of the error and its place, or seconds.
    saw
        English phrase of what the person saw; empty for a slow page.
    """

    at: dt.datetime
    kind: str
    where: str
    what: str
    saw: str = ""


def add(place: workspace.Workspace, incident: Incident) -> None:
    """Append one incident; a disk that is full must not turn an error into another one."""
    line = json.dumps({**vars(incident), "at": incident.at.isoformat(timespec="seconds")}, ensure_ascii=False)
    path = _path(place)
    with contextlib.suppress(OSError):
        # two files at most, so that a fault that repeats does not fill the disk
        if path.is_file() and path.stat().st_size > LARGEST_BYTES:
            path.replace(path.with_suffix(".old"))
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def add_once(place: workspace.Workspace, incident: Incident) -> None:
    """Append an incident that a browser reports, unless the same one is known or too many came within the hour.

    Every open page reports the same fault, and whoever is signed in could report without end.
    """
    within_hour = since(place, incident.at - dt.timedelta(hours=1))
    of_browsers = [one for one in within_hour if one.saw == incident.saw]
    is_known = any((one.where, one.what) == (incident.where, incident.what) for one in of_browsers)
    if not is_known and len(of_browsers) < MOST_AN_HOUR:
        add(place, incident)


def since(place: workspace.Workspace, instant: dt.datetime) -> list[Incident]:
    """Return the incidents from an instant on, the first one first; lines cut short by a crash are left out."""
    found = []
    # the older file first, so that they stand in their order
    for path in (_path(place).with_suffix(".old"), _path(place)):
        lines: list[str] = []
        with contextlib.suppress(OSError):
            # replaced: a line that was cut inside a character must not hide the others
            lines = path.read_text("utf-8", "replace").splitlines()
        for line in lines:
            with contextlib.suppress(ValueError, TypeError, KeyError):
                values = json.loads(line)
                found.append(Incident(**{**values, "at": dt.datetime.fromisoformat(values["at"])}))
    return [one for one in found if one.at >= instant]


def _path(place: workspace.Workspace) -> Path:
    return place.folder / FILE
