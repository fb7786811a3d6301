"""The commands give the council its brief and the public its pages, with a receipt."""

from __future__ import annotations

import json
import shutil

import pytest
import typer
from typer.testing import CliRunner

from audits.cli import answers
from audits.council import command
from audits.formats import typesetting

PROGRAM = typer.Typer(cls=answers.Commands)
PROGRAM.command("brief")(command.brief)
PROGRAM.command("site")(command.site)


def answer(*words):
    return CliRunner().invoke(PROGRAM, [str(word) for word in words], env={"JAIDEE_WORKSPACE": ""})


@pytest.fixture(scope="module")
def city(demonstration_folder, tmp_path_factory):
    return shutil.copytree(demonstration_folder, tmp_path_factory.mktemp("city") / "workspace") / "demonstration"


def test_a_brief_in_both_languages_is_two_files_of_one_page(city, tmp_path):
    done = answer("brief", tmp_path / "b.pdf", "--workspace", city, "--content", "both", "--json")
    receipt = json.loads(done.stdout)
    assert receipt["files"] == [str(tmp_path / "b-th.pdf"), str(tmp_path / "b-en.pdf")]
    assert receipt["demonstration"] is True
    assert [typesetting.pages((tmp_path / name).read_bytes()) for name in ("b-th.pdf", "b-en.pdf")] == [1, 1]


def test_the_site_is_written_as_a_folder_and_not_written_over_unasked(city, tmp_path):
    done = answer("site", tmp_path / "public", "--workspace", city, "--lang", "en")
    assert done.exit_code == 0
    assert "6 files for the public written to" in done.stdout
    entry = json.loads((tmp_path / "public" / "catalogue.jsonld").read_text("utf-8"))
    (dataset,) = entry["dcat:dataset"]
    named = [one["dcat:accessURL"]["@id"] for one in dataset["dcat:distribution"]]
    assert all((tmp_path / "public" / name).is_file() for name in named) and len(named) == 2
    assert {path.name for path in (tmp_path / "public").iterdir()} == {
        "index.html",
        "en",
        "brief-th.pdf",
        "brief-en.pdf",
        "catalogue.jsonld",
        "data_dictionary.csv",
    }
    again = answer("site", tmp_path / "public", "--workspace", city)
    assert again.exit_code == answers.USAGE
    assert "--replace" in again.stderr


def test_a_record_without_any_survey_has_its_brief_and_its_one_file(city, tmp_path):
    empty = city.parent
    done = answer("brief", tmp_path / "b.pdf", "--workspace", empty, "--lang", "en", "--json")
    assert json.loads(done.stdout)["demonstration"] is False
    whole = answer("site", tmp_path / "one.html", "--one-file", "--workspace", empty, "--content", "en", "--json")
    assert json.loads(whole.stdout)["files"] == [str(tmp_path / "one.html")]
    assert "No survey counts yet" in (tmp_path / "one.html").read_text("utf-8")


def test_a_language_that_is_not_known_is_refused(city, tmp_path):
    done = answer("brief", tmp_path / "b.pdf", "--workspace", city, "--content", "fr")
    assert done.exit_code == answers.USAGE
    assert "th, en, both" in done.stderr
