"""The pages on how to run it name only commands, options, files and variables that there are."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest
import typer.core
import typer.main

from app_pages.web import auth_middleware, kit, openrosa
from audits import __main__ as command_line
from audits import settings
from audits.field import visit_days
from audits.store.db import workspace

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "data" / "deployment"
PAGES = sorted(FOLDER.glob("*.md"))
UNITS = sorted((FOLDER / "systemd").iterdir())
FILES = [*PAGES, *UNITS, FOLDER / "jaidee.env", *sorted((FOLDER / "proxy").iterdir())]
COMMANDS = typer.main.get_command(command_line.application)
KEYS = {workspace.ENVIRONMENT_KEY, workspace.STORE_KEY, workspace.ADDRESS_KEY, settings.SHARED_KEY}
KEYS |= {visit_days.FIRST_DAY_KEY}
# variables of the units alone, handed on as options
OF_THE_UNITS = {"JAIDEE_HOST", "JAIDEE_BACKUPS"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_command_and_every_option_is_one_of_ours(file: Path) -> None:
    for line in re.findall(r"python -m audits ([^\n\"`|]+)", file.read_text("utf-8")):
        words, command = line.split(), COMMANDS
        while words and isinstance(command, typer.core.TyperGroup) and words[0] in command.list_commands(None):
            command = command.get_command(None, words.pop(0))
        assert command is not COMMANDS, f"{file.name}: no command {line!r}"
        known = {name for parameter in command.params for name in parameter.opts}
        asked = {word for word in words if word.startswith("--")}
        assert asked <= known, f"{file.name}: {asked - known} in {line!r}"


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
