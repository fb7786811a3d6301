"""Name the program that computed something: its version, and the digest of the code that judges."""

from __future__ import annotations

import functools
import hashlib
import tomllib
from pathlib import Path

from audits import (
    audit,
    criteria,
    criteria_build,
    criteria_checks,
    criteria_files,
    findings,
    readings,
    receipt,
    scores,
    survey,
)
from layers import installation

JUDGE = (
    *(audit, criteria, criteria_build, criteria_checks, criteria_files, findings),
    *(readings, receipt, scores, survey),
)


@functools.cache
def version() -> str:
    """Return the version of this program."""
    return str(tomllib.loads((installation.ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


@functools.cache
def judge_sha256() -> str:
    """Return the SHA-256 of the modules that judge, whatever their line endings are here."""
    parts = [Path(str(module.__file__)).read_text("utf-8") for module in JUDGE]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
