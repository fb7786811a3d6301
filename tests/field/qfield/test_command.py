"""The command packs what is asked for and never writes over a package."""

import json
import sqlite3
import zipfile
from contextlib import closing

import pytest
import typer
from typer.testing import CliRunner

from audits import __main__ as program
from audits.cli import answers
from audits.field.qfield import command


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    done = CliRunner().invoke(program.application, ["start", "--workspace", str(folder), "--actor", "engineer"])
    assert done.exit_code == 0
    return folder


@pytest.fixture
def ask(city):
    application = typer.Typer(cls=answers.Commands)
    application.command("qfield")(command.qfield)
    application.callback()(lambda: None)

    def asked(*words):
        line = ["qfield", *map(str, words), "--workspace", str(city)]
        return CliRunner().invoke(application, line, env={"JAIDEE_WORKSPACE": ""})

    return asked


def codes(path, folder):
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    (table,) = folder.glob("jaidee-*/field.gpkg")
    with closing(sqlite3.connect(table)) as file:
        return [code for (code,) in file.execute("SELECT code FROM site ORDER BY code")]


def test_all_sites_are_packed_and_the_receipt_says_so(ask, tmp_path):
    done = ask(tmp_path / "trip.zip", "--json")
    receipt = json.loads(done.stdout)
    assert (done.exit_code, receipt["ok"], receipt["sites"], receipt["demonstration"]) == (0, True, 141, False)
    assert receipt["bytes"] == (tmp_path / "trip.zip").stat().st_size
    assert len(codes(tmp_path / "trip.zip", tmp_path)) == 141
    assert (tmp_path / f"jaidee-{receipt['trip']}").is_dir()


def test_a_kind_a_zone_or_a_list_narrows_it(ask, tmp_path):
    assert ask(tmp_path / "a.zip", "--sites", "KK-003, SP-001").exit_code == 0
    assert codes(tmp_path / "a.zip", tmp_path / "a") == ["KK-003", "SP-001"]
    assert ask(tmp_path / "b.zip", "--kind", "space", "--zone", "4").exit_code == 0
    found = codes(tmp_path / "b.zip", tmp_path / "b")
    assert 0 < len(found) < 56
    assert all(code.startswith("SP-") for code in found)


def test_it_speaks_the_readers_language(ask, tmp_path):
    assert "จัดชุด QField 1 จุด" in ask(tmp_path / "a.zip", "--sites", "KK-003").stdout
    assert "1 sites packed" in ask(tmp_path / "b.zip", "--sites", "KK-003", "--lang", "en").stdout


def test_a_package_that_is_there_is_never_written_over(ask, tmp_path):
    (tmp_path / "trip.zip").write_bytes(b"the last trip")
    assert ask(tmp_path / "trip.zip").exit_code == answers.USAGE
    assert (tmp_path / "trip.zip").read_bytes() == b"the last trip"


@pytest.mark.parametrize("words", [("--kind", "castle"), ("--sites", "XX-1"), ("--zone", "9")])
def test_what_is_nothing_is_refused(ask, tmp_path, words):
    assert ask(tmp_path / "trip.zip", *words).exit_code == answers.USAGE
    assert not (tmp_path / "trip.zip").exists()
