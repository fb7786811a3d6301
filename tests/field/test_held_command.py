"""The command line lists the held records as My work and Review do, and decides on one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audits import __main__ as program
from audits.store import town
from audits.store.db import connection, workspace
from audits.store.surveys import quarantine, read
from tests.field import sent

ROW = {"รหัสจุด": "KK-0001", "วันที่สำรวจ": "2/3/2569", "ผู้สำรวจ": "สมชาย", "ความกว้างสุทธิ (ซม.)": "90"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with connection.open_store(workspace.Workspace(tmp_path / "work"), create=True) as store:
        sent.add_site(store, "KK-001", "ramp", "confirmed", 5.0)
        rows = [quarantine.HeldRow(line, json.dumps(ROW, ensure_ascii=False), ("row 2: x",)) for line in (2, 3)]
        quarantine.hold(store, "visits.csv", "a" * 64, "somchai", rows, 0)
    return tmp_path / "work"


def run(folder: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(program.application, ["held", *words, "--actor", "E-01", "--workspace", str(folder)])
    return result.exit_code, result.output


def test_held_records_are_listed_with_what_was_written_and_what_to_do(folder: Path) -> None:
    code, shown = run(folder, "--lang", "en")
    assert (code, shown.count("“KK-0001” as written, which is not in the register")) == (0, 2)
    assert "python -m audits held 1.2 --site CODE" in shown
    assert "2 records wait for a decision" in shown
    _, answer = run(folder, "--json")
    assert [one["needs_a_site"] for one in json.loads(answer)["held"]] == [True, True]


def test_one_is_taken_in_at_its_site_and_one_kept_aside_with_a_reason(folder: Path) -> None:
    _, answer = run(folder, "1.2", "--site", "KK-001", "--json")
    assert (json.loads(answer)["decision"], json.loads(answer)["receipt"]) == ("taken_in", 1)
    code, shown = run(folder, "1.3", "--because", "sent twice", "--lang", "en")
    assert (code, "kept with the reason" in shown) == (0, True)
    with connection.open_store(workspace.Workspace(folder)) as store:
        held = quarantine.held_rows(store)
        assert held["decision"].tolist() == [quarantine.TAKEN_IN, quarantine.DISMISSED]
        assert held["decision_note"].tolist() == [read.surveys(store)["survey_id"].iloc[0], "sent twice"]


@pytest.mark.parametrize(
    "words", [["1.2"], ["--site", "KK-001"], ["1.2", "--site", "KK-001", "--because", "x"], ["9.9", "--because", "x"]]
)
def test_a_decision_that_is_none_is_refused_as_wrong_usage(folder: Path, words: list[str]) -> None:
    assert run(folder, *words)[0] == 2


def test_a_row_of_another_town_is_taken_in_within_the_box_of_its_own_register(tmp_path: Path) -> None:
    row = {**ROW, "lat": "18.79", "lon": "98.99"}
    with connection.open_store(workspace.Workspace(tmp_path / "work"), create=True) as store:
        town.choose(store, "เชียงใหม่", "", "98.9,18.7,99.1,18.9", "office")
        sent.add_site(store, "CM-001", "ramp", "presumed", 50.0, known=False)
        rows = [quarantine.HeldRow(2, json.dumps(row, ensure_ascii=False), ("row 2: x",))]
        quarantine.hold(store, "visits.csv", "a" * 64, "somchai", rows, 0)
    code, shown = run(tmp_path / "work", "1.2", "--site", "CM-001", "--json")
    assert (code, json.loads(shown).get("decision")) == (0, "taken_in"), shown
