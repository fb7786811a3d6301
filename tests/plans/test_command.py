"""The command makes a plan of the demonstration, and its certificate can be checked by another command."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pytest
import typer
from typer.testing import CliRunner

from audits.cli import answers
from audits.plans import command
from audits.store.db import connection, workspace
from audits.works import fix_states

PROGRAM = typer.Typer(cls=answers.Commands)
PROGRAM.command()(command.plan)
PROGRAM.command()(command.check_plan)


@pytest.fixture(scope="module", name="folder")
def _folder(demonstration_folder, tmp_path_factory, read_once):
    built = workspace.Workspace(demonstration_folder).demonstration.folder
    return shutil.copytree(built, tmp_path_factory.mktemp("plans") / "demonstration")


def _answer(*words):
    return CliRunner().invoke(PROGRAM, [str(word) for word in words])


def test_a_plan_of_the_record_holds_before_the_checker(folder, tmp_path):
    papers = tmp_path / "certificate.json", tmp_path / "town.json"
    made = _answer(
        *("plan", "--budget", 1_000_000, "--certificate", papers[0], "--model", papers[1]),
        *("--workspace", folder, "--json"),
    )
    receipt = json.loads(made.stdout)
    assert made.exit_code == 0
    assert receipt["status"] == "solved"
    assert receipt["certificate_holds"]
    assert receipt["coarse_network"]
    assert receipt["cost_thb"] == sum(fix["cost_thb"] for fix in receipt["fixes"]) <= 1_000_000
    assert receipt["left_thb"] == 1_000_000 - receipt["cost_thb"]
    assert receipt["access_before"] < receipt["access_after"] <= 100
    assert all(receipt["benefit"] >= other for other in receipt["rankings"].values())
    checked = _answer("check-plan", *papers, "--json")
    assert checked.exit_code == 0
    answer = json.loads(checked.stdout)
    assert answer["benefit"] == pytest.approx(receipt["benefit"])
    assert (answer["holds"], answer["checked_gap"], receipt["checked_gap"]) == (True, 0.0, 0.0)
    assert "no other choice for this money does better" in _answer("check-plan", *papers, "--lang", "en").stdout
    assert "ไม่มีทางเลือกอื่นที่ดีกว่า" in _answer("check-plan", *papers, "--lang", "th").stdout
    papers[0].write_text(papers[0].read_text("utf-8").replace('"chosen":["', '"chosen":["X'), "utf-8")
    spoilt = _answer("check-plan", *papers, "--lang", "en")
    assert spoilt.exit_code == answers.PROBLEMS
    assert "altered" in spoilt.stdout


def test_the_plan_in_words_says_what_it_rests_on(folder):
    said = _answer("plan", "--budget", 300_000, "--workspace", folder, "--lang", "en").stdout
    assert "Demonstration data" in said
    assert "No base map" in said
    assert "Sample prices" in said
    assert "checked independently: no other choice for this money does better" in said


def test_a_plan_says_which_of_its_fixes_are_promised_already_in_the_words_of_the_council(folder, tmp_path):
    place = workspace.Workspace(shutil.copytree(folder, tmp_path / "workspace"))
    asked = "plan", "--budget", 300_000, "--workspace", place.folder
    fix, *_ = json.loads(_answer(*asked, "--json").stdout)["chosen"]
    with connection.open_store(place) as store:
        fix_states.record(store, fix, fix_states.PLANNED, dt.date(2026, 11, 2), "E-01")
    assert json.loads(_answer(*asked, "--json").stdout)["promised"] == [fix]
    assert "1 of these fixes is promised already" in _answer(*asked, "--lang", "en").stdout


def test_a_budget_below_nothing_is_refused(folder):
    refused = _answer("plan", "--budget", -5, "--workspace", folder, "--lang", "en")
    assert refused.exit_code == answers.PROBLEMS
    assert "cannot be spent" in refused.stderr


def test_a_case_that_is_none_is_wrong_usage(folder):
    assert _answer("plan", "--budget", 1, "--barriers", "some", "--workspace", folder).exit_code == answers.USAGE


def test_a_plan_is_written_in_every_form_and_never_over_a_file(folder, tmp_path):
    names = [tmp_path / f"plan.{ending}" for ending in command.ENDINGS]
    outs = [word for name in names for word in ("--out", name)]
    asked = ("plan", "--budget", 200_000, "--years", "100000,100000", *outs, "--workspace", folder)
    receipt = json.loads(_answer(*asked, "--json").stdout)
    assert receipt["files"] == [str(name) for name in names]
    assert [stage["year"] for stage in receipt["years"]] == [1, 2]
    beginnings = {name.suffix: name.read_bytes()[:4] for name in names}
    assert beginnings == {".json": b'{"ce', ".pdf": b"%PDF", ".xlsx": b"PK\x03\x04", ".gpkg": b"SQLi"}
    assert _answer("check-plan", names[0]).exit_code == 0
    names[0].write_text(names[0].read_text("utf-8").replace('\\"chosen\\":[\\"', '\\"chosen\\":[\\"X'), "utf-8")
    assert _answer("check-plan", names[0]).exit_code == answers.PROBLEMS
    again = _answer(*asked)
    assert again.exit_code == answers.USAGE
    assert _answer("plan", "--budget", 1, "--out", tmp_path / "plan.doc", "--workspace", folder).exit_code == 2
    assert _answer("plan", "--budget", 1, "--years", "much", "--workspace", folder).exit_code == answers.USAGE


def test_a_plan_for_one_group_in_two_phases_says_what_each_year_builds(folder):
    asked = ("plan", "--budget-thb", 200_000, "--phases", 2, "--time-limit", 20, "--workspace", folder, "--json")
    one = json.loads(_answer(*asked, "--persona", "manual_wheelchair").stdout)
    assert [stage["year"] for stage in one["years"]] == [1, 2]
    assert all(stage["cost_thb"] <= 100_000 * stage["year"] + 1 for stage in one["years"])
    assert _answer(*asked, "--persona", "nobody").exit_code == answers.USAGE
