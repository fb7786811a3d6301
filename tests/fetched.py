"""Fetch once what tests need beside the packages of requirements.txt: the validators and the form engine of others.

``python -m tests.fetched`` fetches whatever is missing, as tests/run does while it sets up; afterwards no test needs a
network. They lie in the environment of Python, in a folder for each content of their pins.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PLACE = Path(sys.prefix) / "fetched_by_tests"
_PIP = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
_NPM = ("npm", "ci", "--no-audit", "--no-fund")


class NotFetchedError(Exception):
    """A tool that is not here, and cannot be fetched now; the message says what to do."""


@dataclass(frozen=True)
class Tool:
    """One tool, made by commands in a folder that holds its sources.

    Parameters
    ----------
    title
        How a message names it.
    sources
        Files whose content decides which version it is, below this folder.
    commands
        What makes it out of them.
    left_out
        What only making it needs.
    """

    title: str
    sources: Sequence[str]
    commands: Sequence[Sequence[str]]
    left_out: str = ""


OSW_VALIDATION = Tool(
    "the validator of OpenSidewalks",
    ("osw_validation.txt",),
    ((*_PIP, "--no-deps", "--target", ".", "-r", "osw_validation.txt"),),
)
A11YJSON = Tool(
    "the schema of A11yJSON",
    ("a11yjson/package.json", "a11yjson/package-lock.json", "a11yjson/validate.js"),
    ((*_NPM, "--ignore-scripts"),),
)
WEB_FORMS = Tool(
    "ODK's form engine",
    tuple(f"web_forms/{name}" for name in ("package.json", "package-lock.json", "index.html", "main.js")),
    (_NPM, ("npm", "run", "build")),
    "node_modules",
)
TOOLS = (OSW_VALIDATION, A11YJSON, WEB_FORMS)


def folder(tool: Tool, place: Path = PLACE) -> Path:
    """Find the folder of a tool, which is fetched into `place` when it is not there.

    Raises
    ------
    NotFetchedError
        When it cannot be fetched.
    """
    sources = [TESTS / name for name in tool.sources]
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    final = place / f"{sources[0].parent.name if len(sources) > 1 else sources[0].stem}-{digest}"
    if final.is_dir():
        return final
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as work:
        made = Path(work) / "made"
        made.mkdir()
        for path in sources:
            shutil.copy(path, made)
        for command in tool.commands:
            _run(tool, command, made)
        if tool.left_out:
            shutil.rmtree(made / tool.left_out)
        # another process may have been faster
        with contextlib.suppress(OSError):
            made.rename(final)
    return final


def folder_or_fail(tool: Tool) -> Path:
    """Find the folder of a tool, or end the test with one sentence."""
    try:
        return folder(tool)
    except NotFetchedError as error:
        pytest.fail(str(error), pytrace=False)


def _run(tool: Tool, command: Sequence[str], inside: Path) -> None:
    try:
        # npm is a script with an ending on Windows
        program = shutil.which(command[0]) or command[0]
        done = subprocess.run([program, *command[1:]], cwd=inside, capture_output=True, text=True, check=False)
    except OSError as error:
        raise NotFetchedError(_sentence(tool, f"{command[0]}: {error.strerror}")) from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or [f"exit code {done.returncode}"]
        reason = next((line for line in lines if "error" in line.casefold()), lines[-1])
        raise NotFetchedError(_sentence(tool, reason.strip()))


def _sentence(tool: Tool, reason: str) -> str:
    return (
        f"This test needs {tool.title}, which is not on this machine and could not be fetched: give it a network once "
        f"and run  bash tests/run  ({reason})"
    )


def main() -> None:
    """Fetch what is missing; what cannot be fetched is said, and the other tests go on without it."""
    for tool in TOOLS:
        try:
            folder(tool)
        except NotFetchedError as error:
            print(error, file=sys.stderr)


if __name__ == "__main__":
    main()
