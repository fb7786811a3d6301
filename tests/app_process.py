"""Run the app, or a part of it, as a process of its own that a test can kill."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from audits import settings
from audits.store.db import workspace
from tests.browser import kit_office

ROOT = Path(__file__).parents[1]
PATIENCE_S = 120.0
ALONE: Mapping[str, str] = {settings.SHARED_KEY: "", workspace.STORE_KEY: ""}
SHARED: Mapping[str, str] = {settings.SHARED_KEY: settings.YES}


class AppProcess:
    """A running app: its workspace, its port, its process.

    Parameters
    ----------
    folder
        Of the workspace.
    environment
        What the process finds in its environment besides; one person at this computer by default.
    command
        What Python runs instead of the app, with ``{port}`` for the port.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] = ALONE, command: Sequence[str] = ()) -> None:
        self.folder, self.port = folder, kit_office.free_port()
        self._environment = {**os.environ, workspace.ENVIRONMENT_KEY: str(folder), **environment}
        app = ("-m", "streamlit", "run", "app.py", "--server.port", "{port}")
        self._command = [part.format(port=self.port) for part in command or app]
        self.process = self._started()

    @property
    def address(self) -> str:
        """Return where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """Return what it wrote so far, and those before it on the same folder and port."""
        return self._log_file.read_text("utf-8")

    @property
    def _log_file(self) -> Path:
        return self.folder / f"server-{self.port}.log"

    def _started(self) -> subprocess.Popen[bytes]:
        with self._log_file.open("ab") as log:
            command = [sys.executable, *self._command]
            options = {"cwd": ROOT, "stdout": log, "stderr": log, "env": self._environment}
            return subprocess.Popen(command, start_new_session=True, **options)

    def awaited(self) -> None:
        """Wait until it answers anything at all."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5).close()
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self.log)

    def kill(self) -> None:
        """Stop it and its children for good, as a power cut would."""
        # it may have been stopped already
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def start_again(self) -> None:
        """Serve the same workspace at the same port."""
        self.process = self._started()
