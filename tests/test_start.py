"""``python3 app.py`` sets up what it needs on a machine that has only Python, and then serves."""

from __future__ import annotations

import ast
import base64
import dataclasses
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests import app_process

ROOT = Path(__file__).parents[1]
# what the first start reads before anything is installed
OF_THE_START = (
    *("app.py", "app_pages/__init__.py", "app_pages/web/__init__.py", "app_pages/web/bootstrap.py"),
    *("layers/__init__.py", "layers/installation.py"),
)
# stands in for the server: answers with what it was asked
SERVER = "import json, os, sys\nprint(json.dumps([sys.argv[1:], os.getcwd(), os.environ.get('JAIDEE_WORKSPACE')]))\n"
# a Python as Debian ships it
WITHOUT_ENSUREPIP = """
import importlib.util
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name in ("ensurepip", "virtualenv") else find_spec(name, *rest)
"""
POSIX_ONLY = pytest.mark.skipif(os.name == "nt", reason="apt-get is no program of Windows")


def a_wheel(folder: Path, version: str) -> None:
    """Write a package named streamlit that only prints what it was asked."""
    parts = {
        "streamlit/__init__.py": "",
        "streamlit/__main__.py": SERVER,
        f"streamlit-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: streamlit\nVersion: {version}\n",
        f"streamlit-{version}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"streamlit-{version}.dist-info/RECORD"
    with zipfile.ZipFile(folder / f"streamlit-{version}-py3-none-any.whl", "w") as wheel:
        lines = [f"{record},,"]
        for name, text in parts.items():
            wheel.writestr(name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
            lines.append(f"{name},sha256={digest},{len(text)}")
        wheel.writestr(record, "\n".join(lines) + "\n")


@dataclasses.dataclass(frozen=True)
class Machine:
    """A folder with the program, a Python without its packages, and an index of wheels instead of a network."""

    folder: Path
    wheels: Path

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    def require(self, version: str) -> None:
        (self.folder / "requirements.txt").write_text(f"# pinned\nstreamlit=={version}\n", "utf-8")

    def start(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        # no word of this machine's own pip settings, and of the environment of the tests
        kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "TMPDIR") if key in os.environ}
        own = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull}
        return subprocess.run(
            [sys._base_executable, "-X", "utf8", "-s", str(self.folder / "app.py"), *words],
            cwd=self.folder.parent,
            env=kept | own | environment,
            capture_output=True,
            encoding="utf-8",
        )


@dataclasses.dataclass(frozen=True)
class Started(Machine):
    """A machine where the program has been started once, and what it said then."""

    first: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module", name="machine")
def _machine(tmp_path_factory: pytest.TempPathFactory) -> Started:
    machine = a_machine(tmp_path_factory.mktemp("machine"))
    # left half made by a Ctrl+C, or made of a Python that an upgrade took away
    (machine.venv / "bin").mkdir(parents=True)
    (machine.venv / "bin" / "python").symlink_to(machine.folder / "gone")
    (machine.venv / "installed.sha256").write_text("0" * 64, "ascii")
    return Started(machine.folder, machine.wheels, machine.start())


@pytest.fixture(name="another")
def _another(machine: Started, tmp_path: Path) -> Machine:
    """A machine of one test's own, with the environment that the first start makes."""
    another = a_machine(tmp_path)
    shutil.copytree(machine.venv, another.venv, symlinks=True)
    return another


def a_machine(folder: Path) -> Machine:
    """Return a machine where nothing has been started yet."""
    machine = Machine(folder / "โปรแกรม เมืองใจดี", folder / "wheels")
    for name in OF_THE_START:
        (machine.folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, machine.folder / name)
    machine.wheels.mkdir()
    a_wheel(machine.wheels, "1.0")
    a_wheel(machine.wheels, "2.0")
    machine.require("1.0")
    return machine


def bare(folder: Path, **commands: str) -> Mapping[str, str]:
    """Return the environment of a Debian without python3-venv that has these commands and no others."""
    (folder / "site").mkdir()
    (folder / "site" / "sitecustomize.py").write_text(WITHOUT_ENSUREPIP, "utf-8")
    (folder / "bin").mkdir()
    for name, script in commands.items():
        command = folder / "bin" / name.replace("_", "-")
        command.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        command.chmod(0o755)
    (folder / "bin" / "env").symlink_to("/usr/bin/env")
    return {"PATH": str(folder / "bin"), "PYTHONPATH": str(folder / "site")}


def served(done: subprocess.CompletedProcess[str]) -> tuple[list[str], str, str | None]:
    """Return what the server was asked, its folder and the workspace it was given."""
    assert done.returncode == 0, done.stdout + done.stderr
    words, folder, workspace = json.loads(done.stdout.splitlines()[-1])
    return words, folder, workspace


def test_an_old_python_can_read_the_file_that_says_it_is_too_old() -> None:
    tree = ast.parse((ROOT / "app.py").read_text("utf-8"), feature_version=(3, 6))
    futures = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    assert not futures, "3.6 refuses a future that it does not know"


def test_the_start_needs_no_package() -> None:
    program = "import sys; sys.path.insert(0, sys.argv[1]); from app_pages.web import bootstrap"
    subprocess.run([sys.executable, "-I", "-S", "-c", program, str(ROOT)], check=True)


def test_the_first_start_makes_the_environment_and_says_what_it_does(machine: Started) -> None:
    words, folder, _ = served(machine.first)
    assert words == ["run", "app.py", "--"]
    assert Path(folder) == machine.folder
    assert f"Making the environment in {machine.venv}\n" in machine.first.stdout
    assert f"กำลังสร้างสภาพแวดล้อมใน {machine.venv}\n" in machine.first.stdout
    assert "  streamlit-1.0-py3-none-any.whl\n" in machine.first.stdout
    assert "Unpacking 1 packages" in machine.first.stdout


def test_a_second_start_runs_no_pip(machine: Machine) -> None:
    before = (machine.venv / "pip.log").stat().st_mtime_ns
    assert "Installing" not in machine.start().stdout
    assert (machine.venv / "pip.log").stat().st_mtime_ns == before


def test_folders_are_meant_from_where_the_command_was_typed(machine: Machine) -> None:
    words, _, workspace = served(machine.start("--workspace", "บันทึก", JAIDEE_WORKSPACE="other"))
    assert words == ["run", "app.py", "--", "--workspace", str(machine.folder.parent / "บันทึก")]
    assert workspace == str(machine.folder.parent / "other")


def test_a_port_and_the_options_of_streamlit_are_handed_on(machine: Machine) -> None:
    words, _, _ = served(machine.start("--port", "8600", "--server.maxUploadSize", "9"))
    assert words == ["run", "app.py", "--server.port", "8600", "--server.maxUploadSize", "9", "--"]


def test_the_browser_is_opened_when_asked_for_and_without_a_question(machine: Machine) -> None:
    words, _, _ = served(machine.start("--open"))
    assert words == [
        *("run", "app.py", "--server.headless", "false", "--server.showEmailPrompt", "false"),
        "--",
    ]


def test_changed_requirements_are_installed_and_a_failure_is_tried_again(another: Machine) -> None:
    another.require("3.0")
    refused = another.start("--install")
    assert refused.returncode == 1
    assert "could not be installed" in refused.stdout
    assert "satisfies the requirement streamlit==3.0 (from versions: 1.0, 2.0)" in refused.stdout
    assert "Traceback" not in refused.stderr
    another.require("1.0")
    assert "Installing" in another.start("--install").stdout, "what a failure left behind is not trusted"
    another.require("2.0")
    assert "streamlit-2.0" in another.start("--install").stdout


def test_files_named_besides_are_installed_too_and_once(another: Machine) -> None:
    (another.folder.parent / "more.txt").write_text("# of the tests\nstreamlit==1.0\n", "utf-8")
    assert "Installing" in another.start("--install", "more.txt").stdout
    assert another.start("--install", "more.txt").stdout == ""
    assert "Installing" not in another.start().stdout


def test_without_a_network_one_sentence_says_so(another: Machine) -> None:
    another.require("2.0")
    nowhere = {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "1"}
    done = another.start(**nowhere)
    assert done.returncode == 1
    assert "check the network" in done.stdout
    assert "กรุณาตรวจอินเทอร์เน็ต" in done.stdout
    assert "Traceback" not in done.stderr


def test_an_environment_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    machine = a_machine(tmp_path)
    machine.venv.write_text("a file of somebody's")
    done = machine.start()
    assert done.returncode == 1
    assert f"The environment {machine.venv} could not be made: " in done.stdout
    assert "Traceback" not in done.stderr


@POSIX_ONLY
def test_without_venv_and_without_apt_get_one_sentence_says_what_to_type(tmp_path: Path) -> None:
    done = a_machine(tmp_path).start(**bare(tmp_path))
    assert done.returncode == 1
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    english, thai = done.stdout.splitlines()
    assert f"sudo apt-get install {package}" in english
    assert f"sudo apt-get install {package}" in thai
    assert done.stderr == ""


@POSIX_ONLY
@pytest.mark.parametrize("refuses", ["apt_get", "sudo"])
def test_where_the_package_cannot_be_installed_it_says_what_to_type(tmp_path: Path, refuses: str) -> None:
    commands = {"apt_get": "exit 0", "sudo": 'shift; exec "$@"'} | {refuses: "exit 1"}
    if refuses == "sudo" and os.geteuid() == 0:
        commands["apt_get"] = "exit 1"
    done = a_machine(tmp_path).start(**bare(tmp_path, **commands))
    assert done.returncode == 1
    assert "sudo apt-get install python" in done.stdout.splitlines()[-2]


@POSIX_ONLY
def test_where_it_may_it_installs_the_package_of_the_system_and_says_so_first(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    environment = bare(tmp_path, apt_get=f'echo "$@" >> {asked}', sudo='shift; exec "$@"')
    machine = a_machine(tmp_path)
    machine.venv.write_text("so that nothing is made here")
    done = machine.start(**environment)
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    assert asked.read_text().splitlines() == ["-qq update", f"-qq install -y {package}"]
    assert done.stdout.startswith(f"Installing {package} with apt-get")
    assert f"Making the environment in {machine.venv}" in done.stdout


def test_a_terminal_without_thai_letters_gets_english_alone(machine: Machine) -> None:
    done = machine.start("--workspace", "x", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert "Starting; stop with Ctrl+C\n" in done.stdout


def test_the_command_serves_the_app_itself(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    app = app_process.AppProcess(own, command=("app.py", "--port", "{port}", "--workspace", str(own)))
    try:
        app.awaited()
        assert "Installing" not in app.log
        app.process.send_signal(signal.SIGINT)
        app.process.wait(timeout=60)
    finally:
        app.process.kill()
    assert "Traceback" not in app.log
    assert (tmp_path / "own" / "jaidee.gpkg").is_file()
