"""Prove that a judged table is written a row an element, beside the verdict of its inspector."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from typer.testing import CliRunner

from audits import __main__ as program
from audits.store.db import connection, workspace
from audits.store.surveys import read

PROFILE = """
name: inspected
site: {code: ID, x: X, y: Y, kind: {column: WHAT, codes: {K: ramp}}, setting: {column: WHERE, codes: {1: park}}}
element: {kind: kerb_ramp}
surveyed_on: {constant: 2025-12-29}
surveyor: {constant: Crew}
verdict: {column: OK, codes: {Y: pass, N: fail}}
columns:
  SLOPE: {quantity: running_slope_pct, unit: percent, sign: either}
  WIDTH:
    - {quantity: clear_width_mm, unit: ft}
    - {quantity: top_space_length_mm, unit: ft}
  DOMES: {quantity: tactile_strip_present, yes_at_least: 0.5}
"""
ROWS = ["K-1,102.82,16.41,K,1,-20.5,5,0.61,Y", "K-2,102.82,16.42,K,1,5,5,0,N", "K-3,102.82,16.43,K,1,-5,5,1,"]


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    (tmp_path / "p.yaml").write_text(PROFILE, "utf-8")
    (tmp_path / "t.csv").write_text("\n".join(("ID,X,Y,WHAT,WHERE,SLOPE,WIDTH,DOMES,OK", *ROWS)), "utf-8")
    return tmp_path


def workbook(path: Path) -> pd.DataFrame:
    return pd.read_excel(path, engine="openpyxl")


def judge(folder: Path, *words: object) -> tuple[int, str]:
    options = ["judge", folder / "t.csv", "--profile", folder / "p.yaml", "--lang", "en", *words]
    answer = CliRunner().invoke(program.application, list(map(str, options)))
    return answer.exit_code, answer.output


@pytest.mark.parametrize(("ending", "reader"), [("gpkg", gpd.read_file), ("csv", pd.read_csv), ("xlsx", workbook)])
def test_results_are_a_row_an_element_in_every_format(ending: str, reader: object, inventory: Path) -> None:
    path = inventory / f"result.{ending}"
    assert judge(inventory, "--out", path)[0] == 0
    table = reader(path)  # type: ignore[operator]
    assert list(table["element_id"]) == ["K-1.kerb_ramp.1", "K-2.kerb_ramp.1", "K-3.kerb_ramp.1"]
    assert list(table["running_slope_pct"]) == [20.5, 5.0, 5.0]
    assert list(table["clear_width_mm"].round(3)) == list(table["top_space_length_mm"].round(3)) == [1524.0] * 3
    assert list(table["tactile_strip_present"]) == [1.0, 0.0, 1.0]
    assert list(table["line"]) == [2, 3, 4]
    assert "kerb_ramp.running_slope" in table["failed"].iloc[0]
    assert list(table["inspector_verdict"].fillna("")) == ["pass", "fail", ""]
    assert judge(inventory, "--out", path)[0] == 2
    assert judge(inventory, "--out", path, "--replace")[0] == 0


def test_the_value_of_an_element_is_the_one_that_was_judged(inventory: Path) -> None:
    visits = ["K-1,102.82,16.41,K,1,20,5,1,,2025-12-28", "K-1,102.82,16.41,K,1,5,,1,,2025-12-29"]
    (inventory / "p.yaml").write_text(PROFILE.replace("constant: 2025-12-29", "column: DAY"), "utf-8")
    (inventory / "t.csv").write_text("\n".join(("ID,X,Y,WHAT,WHERE,SLOPE,WIDTH,DOMES,OK,DAY", *visits)), "utf-8")
    assert judge(inventory, "--out", inventory / "r.csv")[0] == 0
    (row,) = pd.read_csv(inventory / "r.csv").to_dict("records")
    assert "kerb_ramp.running_slope" not in str(row["failed"])
    assert (row["running_slope_pct"], row["clear_width_mm"]) == (5.0, 1524.0)


def test_the_agreement_with_the_inspector_is_counted(inventory: Path) -> None:
    code, answer = judge(inventory, "--json")
    assert code == 0
    agreed = json.loads(answer)["agreement"]
    assert [(one["inspector"], one["count"]) for one in agreed] == [("pass", 1), ("fail", 1)]
    assert agreed[0]["ours"] == "fail"
    assert "inspector: pass; by these criteria, of what was measured: fail; 1 elements" in judge(inventory)[1]


def test_an_import_keeps_the_verdict_of_the_inspector_and_counts_the_agreement(inventory: Path) -> None:
    options = ["import", inventory / "t.csv", "--profile", inventory / "p.yaml", "--lang", "en", "--actor", "a"]
    options += ["--json", "--workspace", inventory / "w"]
    counted = json.loads(judge(inventory, "--json")[1])["agreement"]
    for _ in range(2):
        answer = CliRunner().invoke(program.application, list(map(str, options)))
        assert json.loads(answer.stdout)["agreement"] == counted
    with connection.open_store(workspace.Workspace(inventory / "w")) as store:
        notes = read.surveys(store)["note"].tolist()
    assert [note.partition(" · ")[2] for note in notes] == [
        "inspector's verdict: pass",
        "inspector's verdict: fail",
        "",
    ]


def test_another_ending_is_refused_before_anything_is_read(inventory: Path) -> None:
    code, answer = judge(inventory, "--out", inventory / "result.shp")
    assert (code, "JUDGE-001" in judge(inventory, "--out", "a.shp", "--json")[1]) == (1, True)
    assert ".gpkg, .csv or .xlsx" in answer
