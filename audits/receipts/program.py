"""Identify the program that computed a result: its version, and a digest of the code that judges."""

from __future__ import annotations

import functools
import hashlib
import tomllib

from layers import installation

AUDITS = installation.PACKAGES / "audits"
JUDGE = ("rules/*.py", "scoring/*.py", "receipts/*.py", "survey.py")


@functools.cache
def version() -> str:
    """Version of this program."""
    return str(tomllib.loads((installation.ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


@functools.cache
def judge_sha256() -> str:
    """SHA-256 of the modules that judge, the same on systems with other line endings."""
    paths = sorted(path for pattern in JUDGE for path in AUDITS.glob(pattern))
    digest = hashlib.sha256()
    for path in paths:
        # Reading as text turns CRLF into LF: a checkout on Windows is the same program.
        digest.update(path.read_text("utf-8").encode() + b"\0")
    return digest.hexdigest()
