"""A tool that tests need is fetched once, and one that cannot be fetched is a sentence."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import pytest

from tests import fetched


def _tool(*command: str) -> fetched.Tool:
    return dataclasses.replace(fetched.OSW_VALIDATION, commands=(command,))


def test_it_is_made_once_and_appears_whole(tmp_path: Path) -> None:
    once = _tool(sys.executable, "-c", "open('made', 'x').close()")
    folder = fetched.folder(once, tmp_path / "place")
    assert sorted(path.name for path in folder.iterdir()) == ["made", "osw_validation.txt"]
    assert fetched.folder(_tool("no program is asked again"), tmp_path / "place") == folder
    assert list((tmp_path / "place").iterdir()) == [folder]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ((sys.executable, "-c", "import sys; sys.exit('notice\\nERROR: No matching distribution')"), "No matching"),
        (("a-program-that-nobody-has",), "a-program-that-nobody-has"),
    ],
)
def test_what_cannot_be_fetched_is_said_in_a_sentence(tmp_path: Path, command: tuple[str, ...], reason: str) -> None:
    with pytest.raises(fetched.NotFetchedError, match=f"validator of OpenSidewalks.*network once.*{reason}"):
        fetched.folder(_tool(*command), tmp_path / "place")
    assert list((tmp_path / "place").iterdir()) == []
