"""One module knows where the files of the program are; every other asks it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from layers import installation

ROOT = Path(__file__).parents[2]


def test_a_checkout_is_its_own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert installation.PACKAGES == installation.ROOT == ROOT
    assert (installation.DATA, installation.STATIC) == (ROOT / "data", ROOT / "static")
    assert installation.workspace() == ROOT / "workspace"


def test_no_other_module_counts_folders_upwards_from_its_own_file() -> None:
    sources = [path for name in ("audits", "layers", "app_pages") for path in (ROOT / name).rglob("*.py")]
    upwards = re.compile(r"__file__\)(\.resolve\(\))?\.(parents\[|parent\.parent)")
    found = {path.relative_to(ROOT).as_posix() for path in sources if upwards.search(path.read_text("utf-8"))}
    assert found == {"layers/installation.py"}
