"""Two records of one ramp are joined from the command line, and taken apart again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audits import __main__ as program
from audits.store.db import connection, workspace
from audits.store.integrity import verify

KK, SP = "KK-001.ramp.1", "SP-001.ramp.1"


@pytest.fixture(name="folder")
def _folder(demonstration_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demonstration_folder, tmp_path / "city"))


def _same(folder: Path, *words: str) -> dict[str, object]:
    arguments = ["same", *words, "--actor", "E-01", "--json", "--workspace", str(folder)]
    result = CliRunner().invoke(program.application, arguments)
    return json.loads(result.stdout) | {"exit_code": result.exit_code}


def test_a_presumed_pair_is_joined_and_taken_apart(folder: Path) -> None:
    pair = {"kept": KK, "other": SP}
    first = _same(folder)
    assert pair in first["presumed"]
    assert first["joined"] == []
    joined = _same(folder, KK, SP, "--reason", "seen on the spot")
    assert joined["joined"] == [pair]
    assert pair not in joined["presumed"]
    apart = _same(folder, KK, SP, "--two")
    assert apart["joined"] == []
    assert len(apart["presumed"]) == len(first["presumed"]) - 1
    with connection.open_store(workspace.Workspace(folder)) as store:
        assert verify.verify(store).problems == ()


@pytest.mark.parametrize("words", [(KK,), (KK, "SP-999.ramp.1"), (KK, "SP-001.toilet.1")])
def test_what_cannot_be_joined_is_refused(folder: Path, words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(program.application, ["same", *words, "--actor", "E-01", "--workspace", str(folder)])
    assert result.exit_code != 0
    assert _same(folder)["joined"] == []
