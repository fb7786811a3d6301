from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from audits.cli import answers
from audits.demo import seed
from audits.field.odk import form_command
from audits.store.db import connection, workspace

application = typer.Typer(cls=answers.Commands)
application.command("form")(form_command.form)
application.callback()(lambda: None)


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    with connection.open_store(workspace.Workspace(folder), create=True) as store:
        seed.with_starter_register(store, "engineer")
    return folder


def _say(city, *words):
    return CliRunner().invoke(application, ["form", *map(str, words), "--workspace", str(city)])


def test_a_workbook_and_the_list_of_sites_beside_it_are_written(city, tmp_path):
    said = _say(city, tmp_path / "form.xlsx", "--json", "--revision", "2")
    receipt = json.loads(said.stdout)
    assert (receipt["ok"], receipt["form_id"], receipt["sites"]) == (True, "jaidee_survey", 141)
    assert receipt["version"].partition(" ")[0].endswith("02")
    assert openpyxl.load_workbook(tmp_path / "form.xlsx")["settings"]["C2"].value == receipt["version"]
    with (tmp_path / "sites.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 142


def test_the_receipt_says_what_to_do_next(city, tmp_path):
    said = _say(city, tmp_path / "form.xlsx", "--kinds", "sign").stdout
    assert "ให้อัปโหลดพร้อมกับ" in said
    assert "sites.csv ซึ่งมีจุดสำรวจ 141 จุด" in said


def test_an_xform_asks_only_about_the_kinds_meant(city, tmp_path):
    said = _say(city, tmp_path / "form.xml", "--kinds", "sign, stair", "--map", "--entities", "--json")
    assert json.loads(said.stdout)["kinds"] == ["sign", "stair"]
    written = (tmp_path / "form.xml").read_text("utf-8")
    assert "stair__riser_mm__1" in written
    assert "ramp__clear_width_mm__1" not in written


def test_nothing_is_written_over_unasked(city, tmp_path):
    (tmp_path / "sites.csv").write_text("mine", "utf-8")
    refused = _say(city, tmp_path / "form.xml", "--kinds", "sign")
    assert (refused.exit_code, (tmp_path / "sites.csv").read_text("utf-8")) == (2, "mine")
    assert not (tmp_path / "form.xml").exists()
    assert _say(city, tmp_path / "form.xml", "--kinds", "sign", "--replace").exit_code == 0
    assert (tmp_path / "sites.csv").read_text("utf-8") != "mine"


@pytest.mark.parametrize(("words", "told"), [(("x.doc",), ".xlsx"), (("x.xml", "--kinds", "bridge"), "bridge")])
def test_what_cannot_be_is_refused_with_what_can(city, tmp_path, words, told):
    refused = _say(city, tmp_path / words[0], *words[1:])
    assert refused.exit_code == 2
    assert told in refused.stderr
