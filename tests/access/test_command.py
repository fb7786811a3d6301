"""Reach and priority are told from the command line, with what they rest on and no value that is not known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from audits import priority
from audits.access import command
from audits.cli import answers
from layers import population_file

PROGRAM = typer.Typer(cls=answers.Commands)
PROGRAM.command("reach")(command.reach_report)
PROGRAM.command("priority")(command.priority_report)


@pytest.fixture(scope="module", name="folder")
def _folder(demonstration_folder: Path) -> Path:
    return demonstration_folder / "demonstration"


def _answer(*words: object):
    return CliRunner().invoke(PROGRAM, [str(word) for word in words])


def test_reach_is_told_by_zone_site_place_and_barrier(folder: Path) -> None:
    made = _answer("reach", "--workspace", folder, "--walk", 400, "--persona", "pram", "--json")
    receipt = json.loads(made.stdout)
    assert made.exit_code == 0
    assert (receipt["coarse_network"], receipt["equal_weights"], receipt["demonstration"]) == (True, True, True)
    city = receipt["zones"][0]
    assert city["zone"] == "city"
    assert 0 <= city["share_worst"] <= city["share_best"] <= 1
    unseen = [site for site in receipt["sites"] if site["verdict"] == "not_surveyed"]
    assert unseen
    assert all(site["share_likely"] is None for site in unseen)
    assert {"sites", "destinations", "barriers", "unknown"} <= set(receipt)


def test_reach_in_words_says_what_it_rests_on(folder: Path) -> None:
    made = _answer("reach", "--workspace", folder, "--lang", "en")
    assert made.exit_code == 0
    assert "No base map" in made.stdout
    assert "likely: " in made.stdout


def test_a_persona_that_is_none_is_refused_with_those_there_are(folder: Path) -> None:
    made = _answer("reach", "--workspace", folder, "--persona", "cat")
    assert made.exit_code == answers.USAGE
    assert "manual_wheelchair" in made.output


def test_a_spoiled_file_of_residents_is_told_row_by_row(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoiled(_folder: Path) -> None:
        population_file.checked("population.csv", b"lat,lon,residents\n16.43,102.83,x\n")

    monkeypatch.setattr(population_file, "read", spoiled)
    made = _answer("reach", "--workspace", folder, "--lang", "en")
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
