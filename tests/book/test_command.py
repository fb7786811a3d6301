import json

import pytest
import typer
from typer.testing import CliRunner

from audits.book import command
from audits.cli import answers
from audits.demo import command as demo_command
from audits.formats import typesetting
from tests import spoken

PROGRAM = typer.Typer(cls=answers.Commands)
PROGRAM.command("start")(demo_command.start)
PROGRAM.command("book")(command.book)


def answer(*words):
    return CliRunner().invoke(PROGRAM, [str(word) for word in words], env={"JAIDEE_WORKSPACE": ""})


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    assert answer("start", "--workspace", folder, "--actor", "engineer").exit_code == 0
    return folder


def test_a_book_of_some_sites_is_written_with_its_receipt(city, tmp_path):
    file = tmp_path / "book.pdf"
    done = answer("book", file, "--workspace", city, "--sites", "KK-001, KK-002", "--lang", "en", "--json")
    receipt = json.loads(done.stdout)
    written = file.read_bytes()
    assert (receipt["ok"], receipt["sites"], receipt["bytes"]) == (True, 2, len(written))
    assert (receipt["pages"], receipt["paper"]) == (typesetting.pages(written), "A4")
    assert "Map book for measuring" in spoken.pages(written)[0]


def test_a_zone_and_a_verdict_choose_the_sites(city, tmp_path):
    done = answer("book", tmp_path / "z.pdf", "--workspace", city, "--zone", 4, "--kind", "space", "--json")
    assert 0 < json.loads(done.stdout)["sites"] < 56
    none = answer("book", tmp_path / "n.pdf", "--workspace", city, "--verdict", "pass")
    assert none.exit_code == 2
    assert not (tmp_path / "n.pdf").exists()


def test_blank_sheets_need_no_record(tmp_path):
    file = tmp_path / "blank.pdf"
    done = answer("book", file, "--blank", "--paper", "A3")
    assert done.exit_code == 0
    assert "แบบวัดเปล่า" in done.stdout
    assert "แบบวัดเปล่า" in spoken.pages(file.read_bytes())[0]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--paper", "B5"),
        ("--verdict", "perhaps"),
        ("--kind", "house"),
        ("--sites", "KK-999"),
        ("--address", "javascript:alert(1)"),
        ("--edition", "nobody"),
    ],
)
def test_what_is_not_known_is_refused_and_nothing_is_written(city, tmp_path, wrong):
    done = answer("book", tmp_path / "book.pdf", "--workspace", city, *wrong)
    assert done.exit_code == 2
    assert wrong[1] in done.stderr
    assert not (tmp_path / "book.pdf").exists()


def test_a_file_that_is_there_is_written_over_only_when_asked(city, tmp_path):
    file = tmp_path / "book.pdf"
    file.write_bytes(b"mine")
    assert answer("book", file, "--blank").exit_code == 2
    assert file.read_bytes() == b"mine"
    assert answer("book", file, "--blank", "--replace").exit_code == 0
    assert file.read_bytes().startswith(b"%PDF")
