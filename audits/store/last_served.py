"""Remember in the workspace how it was last served, for programs that do not have the server's environment."""

from __future__ import annotations

import contextlib
import json
import socket

from audits.store.db import durable_files, workspace

FILE = "last_served.json"
ANSWERS_WITHIN_S = 0.5
# what a server listens at for everybody is no address that can be asked
_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - nothing is bound here


def write(place: workspace.Workspace, host: str, port: int, *, not_encrypted: bool) -> None:
    """Remember where a server listens, and whether others reach it without TLS; a full disk does not keep it down."""
    content = {"host": host, "port": port, "not_encrypted": not_encrypted}
    with contextlib.suppress(OSError):
        durable_files.write(place.folder / FILE, json.dumps(content).encode())


def is_open_without_tls(place: workspace.Workspace) -> bool:
    """Whether what was last served without TLS still answers."""
    try:
        content = json.loads((place.folder / FILE).read_text("utf-8"))
        host = "127.0.0.1" if content["host"] in _EVERYWHERE else str(content["host"])
        return bool(content["not_encrypted"]) and _answers(host, int(content["port"]))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _answers(host: str, port: int) -> bool:
    with socket.create_connection((host, port), ANSWERS_WITHIN_S):
        return True
