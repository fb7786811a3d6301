"""The program works from any folder once it is installed, with its data, styles and templates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from audits.receipts import recompute
from audits.rules import files

ROOT = Path(__file__).parents[1]
PACKAGES = ("app_pages", "audits", "layers")
IN_ONE_FOLDER = ("data", "static", ".streamlit", "app.py", "pyproject.toml")

ASK = """
import json, pathlib, sys
import audits
from audits import wording
from audits.receipts import recompute
from audits.rules import files
from layers import installation
sys.path.insert(0, str(installation.ROOT))
import app
print(json.dumps({
    "package": audits.__file__,
    "workspace": str(installation.workspace()),
    "criteria": files.load_criteria().version,
    "version": recompute.program_version(),
    "judge": recompute.judge_sha256(),
    "thai": wording.Wording("th").text("Map"),
    "menu": str(app.app.script_path),
    "styles": (installation.STATIC / "vendor" / "leaflet" / "leaflet.css").is_file(),
}))
"""


def _pip(*arguments: str | Path) -> None:
    # no network: the build system is installed with the tests, the dependencies with the program
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PIP_NO_INDEX": "1"})


@pytest.fixture(scope="module", name="wheel")
def _wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module", name="installed")
def _installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed")
    _pip("install", "--no-deps", "--target", target, wheel)
    return target


def _run(installed: Path, folder: Path, *arguments: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("JAIDEE_")}
    environment["PYTHONPATH"] = str(installed)
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True).stdout.decode()


def _files(name: str) -> set[str]:
    """Return the files under a name of the top level that are not made by running the program."""
    paths = [ROOT / name, *(ROOT / name).rglob("*")]
    names = {path.relative_to(ROOT).as_posix() for path in paths if path.is_file()}
    return {name for name in names if "/__pycache__/" not in name and not name.startswith("static/vendor/")}


def test_the_wheel_holds_every_file_of_the_program_and_no_other(wheel: Path) -> None:
    expected = {file for name in PACKAGES for file in _files(name)}
    expected |= {f"jaidee/{file}" for name in IN_ONE_FOLDER for file in _files(name)}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == expected


def test_the_wheel_asks_for_what_the_requirements_pin(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        asked = {line[15:] for line in archive.read(name).decode().splitlines() if line.startswith("Requires-Dist: ")}
    written = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    pinned = {line.lower().replace("_", "-") for line in written if not line.startswith("#")}
    assert {line.lower() for line in asked} == pinned


def test_the_build_system_is_pinned_where_the_tests_install_it() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    assert set(asked) <= set((ROOT / "tests" / "requirements.txt").read_text("utf-8").splitlines())


def test_it_is_imported_and_served_from_any_folder(installed: Path, tmp_path: Path) -> None:
    assert json.loads(_run(installed, tmp_path, "-c", ASK)) == {
        "package": str(installed / "audits" / "__init__.py"),
        "menu": str(installed / "app_pages" / "menu.py"),
        "workspace": str(tmp_path / "workspace"),
        "criteria": files.load_criteria().version,
        "version": recompute.program_version(),
        "judge": recompute.judge_sha256(),
        "thai": "แผนที่",
        "styles": True,
    }


def test_the_command_line_keeps_a_record_where_it_is_asked(installed: Path, tmp_path: Path) -> None:
    _run(installed, tmp_path, "-m", "audits", "start", "--actor", "engineer")
    assert (tmp_path / "workspace" / "jaidee.gpkg").is_file()


def test_the_console_script_is_the_command_line(installed: Path, tmp_path: Path) -> None:
    assert "Usage: python -m audits" in _run(installed, tmp_path, str(installed / "bin" / "jaidee"), "--help")
