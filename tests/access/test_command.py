"""Access and priority are told from the command line, with what they rest on and no value that is not known."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from audits import __main__ as program
from audits import barriers, priority
from audits.access import command
from audits.cli import answers
from layers import population_file

PROGRAM = typer.Typer(cls=answers.Commands)
PROGRAM.command("access")(command.access)
PROGRAM.command("priority")(command.priority_report)


@pytest.fixture(scope="module", name="folder")
def _folder(demonstration_folder: Path) -> Path:
    return demonstration_folder / "demonstration"


def _answer(*words: object):
    return CliRunner().invoke(PROGRAM, [str(word) for word in words])


@pytest.mark.parametrize("case", barriers.CASES)
def test_access_is_given_by_case_with_its_parts(folder: Path, case: str) -> None:
    made = _answer("access", "--workspace", folder, "--persona", "pram", "--barriers", case, "--json")
    receipt = json.loads(made.stdout)
    assert made.exit_code == 0
    assert (receipt["coarse_network"], receipt["equal_weights"], receipt["demonstration"]) == (True, True, True)
    assert (receipt["persona"], receipt["barriers"]) == ("pram", case)
    assert 0 < receipt["access"]["all-unknown"] < receipt["access"]["known"] < 100
    for parts in ("zones", "sites", "personas", "categories"):
        assert sum(row["on_foot"] for row in receipt[parts]) == pytest.approx(100)
        assert sum(row["step_free"] for row in receipt[parts]) == pytest.approx(receipt["access"][case])
    assert receipt["trips_too_far"] > 0
    assert receipt["places_not_surveyed"] > 0
    assert {row["state"] for row in receipt["busiest_barriers"]} == {"known", "possible"}


def test_where_nothing_is_surveyed_access_is_null(folder: Path) -> None:
    receipt = json.loads(_answer("access", "--workspace", folder.parent, "--json").stdout)
    assert receipt["access"] == {"known": None, "all-unknown": None}
    assert receipt["sites"] == receipt["busiest_barriers"] == []


def test_access_in_words_says_what_it_rests_on(folder: Path) -> None:
    made = _answer("access", "--workspace", folder, "--lang", "en")
    assert made.exit_code == 0
    assert "All groups together: today " in made.stdout
    assert "No base map" in made.stdout
    (zone,) = [line for line in made.stdout.splitlines() if line.startswith("Zone 1: of ")]
    numbers = [float(one) for one in re.findall(r"[\d.]+", zone.partition(" of ")[2])]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 3


@pytest.mark.parametrize("old", barriers.OLD_CASES)
def test_an_old_case_is_answered_with_the_words_of_today(folder: Path, old: str) -> None:
    made = _answer("access", "--workspace", folder, "--barriers", old, "--lang", "en")
    assert made.exit_code == answers.USAGE
    assert "all-unknown" in made.output


def test_the_old_name_of_the_command_names_the_new_one() -> None:
    made = CliRunner().invoke(program.application, ["reach", "--json"])
    assert made.exit_code == answers.USAGE
    assert "python -m audits access" in made.output


def test_a_persona_that_is_none_is_refused_with_those_there_are(folder: Path) -> None:
    made = _answer("access", "--workspace", folder, "--persona", "cat")
    assert made.exit_code == answers.USAGE
    assert "manual_wheelchair" in made.output


def test_a_spoiled_file_of_residents_is_told_row_by_row(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoiled(_folder: Path, _area: object) -> None:
        population_file.checked("population.csv", b"lat,lon,residents\n16.43,102.83,x\n", None)

    monkeypatch.setattr(population_file, "read", spoiled)
    made = _answer("access", "--workspace", folder, "--lang", "en")
    assert made.exit_code == answers.PROBLEMS
    assert "row 1: “x” is not a number of residents" in made.output


def test_priority_is_told_with_the_points_of_each_component(folder: Path) -> None:
    made = _answer("priority", "--workspace", folder, "--json")
    receipt = json.loads(made.stdout)
    assert made.exit_code == 0
    assert list(receipt["weights"]) == list(priority.COMPONENTS)
    for site in receipt["sites"]:
        assert site["rank_best"] <= site["rank"] <= site["rank_worst"]
        assert sum(low for low, _ in site["points"].values()) == pytest.approx(site["low"])
        assert sum(high for _, high in site["points"].values()) == pytest.approx(site["high"])
    assert [site["rank"] for site in receipt["sites"]] == sorted(site["rank"] for site in receipt["sites"])
    ranked, first = ({site["code"] for site in receipt[part]} for part in ("sites", "measure_first"))
    assert len(first) == 49
    assert not ranked & first
    assert all(site["minutes"] > 0 for site in receipt["measure_first"])


def test_priority_in_words_begins_with_the_first_and_names_its_source(folder: Path) -> None:
    made = _answer("priority", "--workspace", folder, "--lang", "en")
    assert made.exit_code == 0
    assert "\n1. " in made.stdout
    assert "28 CFR 35.150(d)(2)" in made.stdout
