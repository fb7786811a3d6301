"""Note what axe found on every page, one JSON a line, when ``JAIDEE_AXE_RESULTS`` names a file."""

from __future__ import annotations

import fcntl
import json
import os
import urllib.parse
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

ENVIRONMENT_KEY = "JAIDEE_AXE_RESULTS"


def note(address: str, width: int, language: str, found: Mapping[str, Any]) -> None:
    """Add one page to the file; nothing is done when none is named.

    Parameters
    ----------
    address
        Of the page.
    width
        Of the window, in CSS pixels.
    language
        That the page says it is in.
    found
        What ``axe.run`` returned.
    """
    named = os.environ.get(ENVIRONMENT_KEY)
    if not named:
        return
    asked = urllib.parse.urlsplit(address)
    record = {
        "page": (asked.path or "/") if asked.scheme.startswith("http") else f"file {PurePosixPath(asked.path).name}",
        "width": width,
        "language": language,
        "axe": found["testEngine"]["version"],
        "passes": len(found["passes"]),
        "violations": _nodes(found["violations"]),
        "incomplete": _nodes(found["incomplete"]),
    }
    with Path(named).open("a", encoding="utf-8") as file:
        # the tests may run side by side
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(f"{json.dumps(record, ensure_ascii=False)}\n")


def _nodes(rules: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {rule["id"]: len(rule["nodes"]) for rule in rules}
