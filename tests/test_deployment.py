"""The pages on how to run it name only commands, options, files and variables that there are."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.core
import typer.main
from typer.testing import CliRunner

from app_pages.web import auth_middleware, bootstrap, kit, openrosa
from audits import __main__ as command_line
from audits import roles, settings
from audits.cli import serve
from audits.doctor import checks
from audits.field import visit_days
from audits.store.db import grants, workspace
from tests import postgis as running

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "data" / "deployment"
PAGES = sorted(FOLDER.glob("*.md"))
UNITS = sorted((FOLDER / "systemd").iterdir())
FILES = [path for path in sorted(FOLDER.rglob("*")) if path.is_file()]
SCRIPTS = (FOLDER / "debian_setup.sh", FOLDER / "jaidee")
COMMANDS = typer.main.get_command(command_line.application)
KEYS = {workspace.ENVIRONMENT_KEY, workspace.STORE_KEY, workspace.ADDRESS_KEY, settings.SHARED_KEY}
KEYS |= {visit_days.FIRST_DAY_KEY}
# variables of the units alone, handed on as options
OF_THE_UNITS = {"JAIDEE_HOST", "JAIDEE_BACKUPS", checks.CERTIFICATE_KEY}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_command_and_every_option_is_one_of_ours(file: Path) -> None:
    for line in re.findall(r"(?:python -m audits|sudo jaidee) ([^\n\"`|;}&]+)", file.read_text("utf-8")):
        words, command = line.split(), COMMANDS
        while words and isinstance(command, typer.core.TyperGroup) and words[0] in command.list_commands(None):
            command = command.get_command(None, words.pop(0))
        assert command is not COMMANDS, f"{file.name}: no command {line!r}"
        known = {name for parameter in command.params for name in parameter.opts}
        asked = {word for word in words if word.startswith("--")}
        assert asked <= known, f"{file.name}: {asked - known} in {line!r}"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("office_pc*.md")), ids=lambda file: file.name)
def test_the_steps_on_windows_are_those_of_cmd_and_of_our_programs(file: Path) -> None:
    lines = [
        line.strip()
        for block in re.findall(r"```bat\n(.*?)```", file.read_text("utf-8"), re.DOTALL)
        for line in block.strip().splitlines()
    ]
    for line in lines:
        program, _, rest = line.partition(" ")
        if program == "py":
            script, *words = rest.split()
            assert (ROOT / script).is_file()
            assert bootstrap.parser().parse_known_args(words)[1] == []
        elif program == "schtasks":
            options, _, task = rest.removesuffix('"').partition('/TR "')
            assert set(re.findall(r"(?<!\S)/\w+", options)) == {"/Create", "/F", "/TN", "/SC", "/ST"}
            # more is refused by Windows, and it must not depend on the folder that a task begins in
            assert len(task) <= 261
            assert task.startswith("cmd /c cd /d C:\\Jaidee && .venv\\Scripts\\python -m audits backup")
        else:
            assert program in ("cd", "setx", ".venv\\Scripts\\python"), line
    assert sum("-m audits restore" in line for line in lines) == 1


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.th.md")), ids=lambda file: file.name)
def test_a_guide_in_thai_has_the_commands_and_tables_of_the_english_one(file: Path) -> None:
    thai, english = (each.read_text("utf-8") for each in (file, file.with_name(file.name.replace(".th.md", ".md"))))
    assert list(_blocks(thai)) == list(_blocks(english)) != []
    # a guide that leaves something out leaves out a section, a row or a file
    for mark in (r"^(#+) ", r"^\|", r"^(?:\d+\.|-) "):
        assert len(re.findall(mark, thai, re.MULTILINE)) == len(re.findall(mark, english, re.MULTILINE)), mark
    assert set(re.findall(r"`([^`\n]+)`", _prose(english))) == set(re.findall(r"`([^`\n]+)`", _prose(thai)))


def test_every_address_that_does_not_exist_is_named_as_a_stand_in() -> None:
    for file in (FOLDER / "small_server.md", FOLDER / "small_server.th.md"):
        before, after = file.read_text("utf-8").split("\n## ", 1)
        assert set(re.findall(r"[\w.@]*\bexample\.go\.th", after)) == set(
            re.findall(r"[\w.@]*\bexample\.go\.th", before)
        )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_and_every_variable_named_is_there(file: Path) -> None:
    text = file.read_text("utf-8")
    for named in re.findall(r"(?:data/deployment|tests)/[\w./@-]*\w", text):
        assert (ROOT / named).exists() or list(ROOT.glob(f"{named}*")), f"{file.name}: {named}"
    assert set(re.findall(r"JAIDEE_[A-Z_]+", text)) <= KEYS | OF_THE_UNITS


@pytest.mark.parametrize("file", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_the_services_run_as_nobody_special_and_write_to_their_own_folders_only(file: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read_string(file.read_text("utf-8"))
    told = dict(unit["Service"])
    assert told["User"] == "jaidee"
    assert told["NoNewPrivileges"] == "yes"
    assert told["ProtectSystem"] == "strict"
    environment = (FOLDER / "jaidee.env").read_text("utf-8")
    for variable in re.findall(r"\$\{(\w+)\}", file.read_text("utf-8")):
        assert f"\n{variable}=" in environment


def test_the_proxies_pass_as_much_on_as_the_doors_take() -> None:
    largest = max(openrosa.MAX_BYTES, kit.MAX_PHOTO_BYTES)
    for name, written in (("nginx.conf", r"client_max_body_size\s+(\d+)m"), ("Caddyfile", r"max_size (\d+)MB")):
        (megabytes,) = re.findall(written, (FOLDER / "proxy" / name).read_text("utf-8"))
        assert largest < int(megabytes) * 1_000_000 <= auth_middleware.MAX_BODY_BYTES


def test_the_scripts_are_sound_to_the_shell() -> None:
    for script in SCRIPTS:
        subprocess.run(["sh", "-n", script], check=True)


def test_the_setup_script_names_every_option_it_takes_and_changes_nothing_then() -> None:
    script = FOLDER / "debian_setup.sh"
    taken = set(re.findall(r"^    (--\w+)\)", script.read_text("utf-8"), re.MULTILINE))
    shown = subprocess.run(["sh", script, "--help"], check=True, capture_output=True, text=True)
    assert set(re.findall(r"^  (--\w+)", shown.stdout, re.MULTILINE)) == taken
    assert {"--help", "--host", "--file"} <= taken
    refused = subprocess.run(["sh", script, "--hots", "x"], capture_output=True, text=True)
    assert (refused.returncode, refused.stdout) == (2, "")


def test_the_roles_of_the_database_are_those_of_the_program() -> None:
    text = (FOLDER / "roles.sql").read_text("utf-8")
    named = set(re.findall(r"jaidee_[a-z]+", text))
    assert named == {*map(grants.group, roles.ROLES), grants.APPLICATION, "jaidee_owner"}


def _blocks(text: str) -> Iterator[str]:
    """Yield what a guide prints to be copied: of a settings file the names alone, since its values are explained."""
    for kind, content in re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL):
        names = re.findall(r"^\w+(?= =)|^\[\w+\]", content, re.MULTILINE)
        yield "\n".join(names if kind == "toml" else map(str.strip, content.splitlines()))


def _prose(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def _printed(text: str) -> Iterator[str]:
    """Yield the lines of the shell that a guide prints, and the commands of a unit."""
    yield from re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    is_shell = False
    for line in text.splitlines():
        if line.strip().startswith("```"):
            is_shell = line.strip() in ("```sh", "```bat")
        elif is_shell:
            yield line.strip()


def _commands(file: Path) -> Iterator[tuple[bool, list[str]]]:
    """Yield each call of our command line, and whether it is made with the settings of the service."""
    for line in _printed(file.read_text("utf-8")):
        found = re.search(r"(sudo jaidee|python -m audits) (.+)", line)
        if found:
            has_settings = found[1] == "sudo jaidee" or ("/opt/jaidee/.venv" in line and "sudo" not in line)
            yield has_settings, shlex.split(re.split(r"['\"]$|\s#", found[2])[0].replace("\\", "/"))


class Office:
    """A machine on which an administrator copies the commands of the guides, with other folders for /var and /srv."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store_url = ""

    @property
    def settings(self) -> dict[str, str]:
        """The settings file as printed; with the shared record once the guide has the line uncommented."""
        text = (FOLDER / "jaidee.env").read_text("utf-8")
        values = dict(re.findall(r"^(JAIDEE_\w+)=(.*)$", text, re.MULTILINE))
        values |= {workspace.STORE_KEY: self.store_url} if self.store_url else {}
        return {name: self.here(value) for name, value in values.items()}

    def here(self, word: str) -> str:
        """The word with its folders on this machine."""
        return re.sub(r"^(/var/lib/jaidee|/srv|/media|/home/office|[A-Z]:)(?=/)", str(self.folder), word)

    def run(self, *words: str, has_settings: bool) -> str:
        """Run one command as printed, and return its answer."""
        environment = {**os.environ, workspace.ENVIRONMENT_KEY: "", workspace.STORE_KEY: ""}
        environment |= self.settings if has_settings else {}
        asked = [
            re.sub(r"\$\{(\w+)\}", lambda name: environment[name[1]], word.replace("%i", "8502")) for word in words
        ]
        command = [*map(self.here, asked), "--json"]
        answer = CliRunner().invoke(command_line.application, command, env=environment)
        # what needs a hand on a machine of two minutes is no fault of the command
        assert answer.exit_code in ((0, 1) if words[0] == "doctor" else (0,)), (words, answer.output)
        return answer.output


def test_the_commands_of_the_guides_and_units_do_what_they_say_for_a_file_and_for_postgresql(
    laid_out_file: Path, postgis: running.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # serving would not end, and folders named by nobody lie beside the program
    monkeypatch.setattr(serve, "_serve_alone", lambda *_: 0)
    monkeypatch.setattr(serve.processes, "run", lambda *_, **__: 0)
    monkeypatch.chdir(ROOT)
    for name in (*settings.Settings().environment(), workspace.ENVIRONMENT_KEY):
        monkeypatch.setenv(name, "")
    office = Office(tmp_path)
    shutil.copytree(laid_out_file, tmp_path / "workspace")
    office.run("user", "add", "somchai", "--role", "administrator", has_settings=True)
    database = postgis.url(postgis.create())
    ran = Counter()
    for has_settings, words in _commands(FOLDER / "small_server.md"):
        if words[0] == "move":
            words[words.index("--to") + 1] = database
        office.run(*words, has_settings=has_settings)
        if words[0] == "move":
            office.store_url = database
        ran[words[0]] += 1
    assert {"verify", "backup", "restore", "move", "user", "doctor"} <= set(ran)
    for unit in UNITS:
        for has_settings, words in _commands(unit):
            assert has_settings
            # the old file opens no more: what is backed up now is the database
            time.sleep(1 if words[0] == "backup" else 0)
            answer = office.run(*words, has_settings=True)
            if words[0] == "backup":
                made = json.loads(answer)
                assert [one["ok"] for one in made["checked"]] == [True, True]
                assert made["head"] == json.loads(office.run("verify", has_settings=True))["head"]
