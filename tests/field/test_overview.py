"""Prove that every door prints the same of a file: what was held, left out and assumed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audits import __main__ as program
from audits import errors, wording
from audits.field import overview
from audits.field.tables import surveys_table

NO_DAY = surveys_table.NO_DAY
OTHER = errors.ProblemKind("DAY-001", "“{written}” is not a day; write it as 15/11/2568 or 15/11/2025")

HEADER = "code,name_th,kind,setting,lat,lon,observed_on,surveyor,clear_width_mm,colour"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [f"A-{n},จุด {n},ramp,park,16.4{n},102.82,{'someday' if n else '2025-11-15'},x,900,red" for n in range(4)]
    (tmp_path / "list.csv").write_bytes("\n".join((HEADER, *rows)).encode("cp874"))
    return tmp_path / "list.csv"


def run(*words: object, as_json: bool = True) -> tuple[int, dict[str, object], str]:
    answer = CliRunner().invoke(
        program.application, [*map(str, words), "--lang", "en", *(["--json"] if as_json else [])]
    )
    return answer.exit_code, json.loads(answer.stdout) if as_json else {}, answer.output


def test_held_rows_are_grouped_by_reason_and_column_the_most_frequent_first() -> None:
    held = [
        *((line, (OTHER.at(f"row {line}, date", written="x"), NO_DAY.at(f"row {line}"))) for line in (7, 9)),
        (12, (OTHER.at("row 12, built", written="y"),)),
        (13, (NO_DAY.at("row 13"),)),
    ]
    seen = overview.Overview(20, held)
    assert [(one.problem.kind.code, one.count, one.first_line) for one in seen.groups] == [
        ("SURVEY-002", 3, 7),
        ("DAY-001", 2, 7),
        ("DAY-001", 1, 12),
    ]
    assert seen.accepted == 16
    first, second, third = seen.held_lines(wording.Wording("en"))
    assert first == "3 rows: there are measurements but no day of survey; add it; first at line 7"
    assert second.startswith("2 rows: date: “x” is not a day")
    assert third.startswith("1 row: built: “y” is not a day")
    rows = list(csv.reader(io.StringIO(seen.held_table(wording.Wording("en")).decode("utf-8-sig"))))
    assert (rows[0], len(rows), rows[1][0]) == (["Row", "Reason"], 7, "7")


def test_a_record_that_is_held_for_an_answer_names_its_question() -> None:
    places = ("uuid:1, KK-002.ramp.1, clear_width_mm", "KK-003.kerb_ramp.2, clear_width_mm", "uuid:2, site")
    held = [(line, (OTHER.at(where, written="x"),)) for line, where in enumerate(places, start=1)]
    groups = overview.Overview(3, held).groups
    assert [(group.problem.where, group.count) for group in groups] == [("clear_width_mm", 2), ("", 1)]


def test_a_group_of_rows_with_figures_of_their_own_gives_those_of_one_row_as_its() -> None:
    held = [(line, (OTHER.at(f"row {line}, date", written=f"day {line}"),)) for line in (7, 9, 11)]
    seen = overview.Overview(3, held)
    (group,) = seen.as_record(wording.Wording("en"))["held"]
    assert (group["count"], group["first_line"]) == (3, 7)
    assert group["reason"].startswith("such as row 7: date: “day 7” is not a day")
    assert next(seen.held_lines(wording.Wording("en"))).startswith(
        "3 rows for like reasons, such as row 7: date: “day 7”"
    )


@pytest.mark.parametrize("words", [("import", "--dry-run"), ("judge",), ("import",)])
def test_import_and_judge_answer_with_one_form(words: tuple[str, ...], table: Path, tmp_path: Path) -> None:
    command, *options = words
    place = ("--workspace", tmp_path / "work")
    code, answer, _ = run(command, table, *options, *place)
    assert code == 3
    (group,) = answer["held"]  # type: ignore[misc]
    assert (answer["rows"], group["count"], group["first_line"], group["code"]) == (4, 3, 3, "DAY-001")
    assert answer["held_count"] == 3
    assert answer["accepted"] == 1
    assert answer["unused_columns"] == ["colour"]
    assert (answer["crs"], answer["encoding"]) == ("EPSG:4326", "cp874")
    assert "TABLE-N02" in {notice["code"] for notice in answer["notices"]}  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", ["import", "judge"])
def test_a_refused_file_answers_with_the_same_keys(command: str, table: Path, tmp_path: Path) -> None:
    place = ("--workspace", tmp_path / "work")
    keys = {"rows", "accepted", "held", "unused_columns", "notices", "crs", "encoding", "problems"}
    page, unknown = tmp_path / "page.csv", tmp_path / "unknown.csv"
    page.write_text("<html></html>", "utf-8")
    unknown.write_text("surveyor,beauty\nx,1:12\ny,1:14\n", "utf-8")
    code, answer, text = run(command, page, *place)
    assert (code, answer["rows"], answer["held"], "web page" in text, keys - set(answer)) == (1, 0, [], True, set())
    code, answer, _ = run(command, unknown, *place)
    (group,) = answer["held"]  # type: ignore[misc]
    assert (code, answer["rows"], answer["accepted"], group["count"], group["first_line"]) == (1, 2, 0, 2, 2)
    assert (group["code"], answer["unused_columns"], answer["encoding"]) == ("IMPORT-003", ["beauty"], "utf-8")
    assert keys <= set(answer)


def test_the_text_names_what_is_left_out_and_every_reason_once(table: Path, tmp_path: Path) -> None:
    written = tmp_path / "held.csv"
    for command in ("import", "judge"):
        options = ("--workspace", tmp_path / "work", "--held-file", written, "--replace")
        _, _, text = run(command, table, *options, as_json=False)
        assert "left out: colour" in text
        assert "Windows Thai" in text
        assert text.count("“someday” is not a day") == 1
        assert len(written.read_text("utf-8-sig").splitlines()) == 4
    assert run("judge", table, "--held-file", written, as_json=False)[0] == 2


@pytest.mark.parametrize(
    ("header", "row", "command", "code"),
    [
        ("code,lat,lon,beauty (cm)", "A,16.43,102.82,90", "import", 1),
        ("code,lat,lon,beauty", "A,16.43,102.82,1:12", "import", 1),
        ("code,lat,lon,survey date,surveyor,beauty", "A,16.43,102.82,2025-11-15,x,90", "import", 1),
        ("code,lat,lon,beauty", "A,16.43,102.82,90", "judge", 1),
        ("code,lat,lon,residents,phone", "A,16.43,102.82,90,043221202", "import", 0),
        ("code,lat,lon", "A,16.43,102.82", "judge", 0),
        ("code,lat,lon,surveyor,survey date,clear_width_mm,beauty", "A,16.43,102.82,x,2025-11-15,900,5", "judge", 0),
    ],
)
def test_a_table_whose_measured_columns_were_all_ignored_is_refused(
    header: str, row: str, command: str, code: int, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{header}\n{row}\n", "utf-8")
    found, answer, text = run(command, path, "--workspace", tmp_path / "work")
    assert found == code
    assert ("IMPORT-003" in {each["code"] for each in answer.get("problems", ())}) == bool(code)  # type: ignore[attr-defined]
    assert ("beauty" in text) == (code == 1 or "beauty" in answer.get("unused_columns", ()))  # type: ignore[operator]


def test_the_advice_to_name_another_box_can_be_followed(tmp_path: Path) -> None:
    path = tmp_path / "north.csv"
    path.write_text("code,lat,lon\nA,18.79,98.98\nB,18.81,99.01\n", "utf-8")
    place = ("--workspace", tmp_path / "work", "--dry-run")
    code, answer, _ = run("import", path, *place)
    (advice,) = [one["sentence"] for one in answer["notices"] if one["code"] == "PLACE-N04"]  # type: ignore[attr-defined]
    option = advice.partition("(command line: ")[2].rstrip(")")
    assert (code, run("import", path, *place, option)[0]) == (3, 0)


def test_a_stated_system_goes_before_the_usual_ones(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("code,E,N\nA,267700,1817000\n", "utf-8")
    place = ("--workspace", tmp_path / "work", "--dry-run")
    assert run("import", path, *place, "--crs", "EPSG:24048")[1]["crs"] == "EPSG:24048"
    assert run("import", path, *place, "--crs", "EPSG:1", as_json=False)[0] == 2
