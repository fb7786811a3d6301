"""Run a script in the system's own Python, which has QGIS where it is installed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

SYSTEM_PYTHON = "/usr/bin/python3"
FOLDER = Path(__file__).parent


def run(script: str, *arguments: str | Path, secret: str = "") -> Any:
    """Read what a script of this folder prints last, as JSON; skip the test where QGIS is not installed.

    Parameters
    ----------
    secret
        What the script reads from its input, where other processes do not see it.
    """
    if not _is_here():
        pytest.skip("QGIS is not installed; run: bash tests/qgis/run")
    command = [SYSTEM_PYTHON, str(FOLDER / script), *map(str, arguments)]
    done = subprocess.run(command, input=secret.encode(), capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout.decode().splitlines()[-1])


def _is_here() -> bool:
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode == 0
