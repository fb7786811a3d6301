import datetime as dt
import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from audits import __main__ as program
from audits.store.db import connection, workspace
from audits.store.surveys import read
from audits.works import fix_states, works_table

RAMP = "KK-001.ramp.1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    assert told(folder, "start", "--actor", "engineer")["ok"]
    with connection.open_store(workspace.Workspace(folder)) as store:
        day = dt.date(2020, 1, 6)
        fix_states.record(store, RAMP, fix_states.BUILT, day, "engineer", note="before anybody counted")
    return folder


def told(folder: Path, *words: str) -> dict[str, object]:
    result = CliRunner().invoke(program.application, [*words, "--json", "--workspace", str(folder)])
    return json.loads(result.stdout)


def test_the_list_names_every_fix_with_its_state_its_days_and_whether_it_is_overdue(folder: Path) -> None:
    answer = told(folder, "works")
    (built,) = [row for row in answer["fixes"] if row["state"] == fix_states.BUILT]
    assert (built["fix_id"], built["built_on"], built["accept_by"]) == (RAMP, "2020-01-06", "2020-04-05")
    assert (built["overdue"], built["planned_on"]) == (True, None)
    # nobody has surveyed anything, so all else is to be measured first
    assert len(answer["fixes"]) == 1
    assert len(answer["measure_first"]) > 80
    assert all(row["minutes"] > 0 and "cost_thb" not in row for row in answer["measure_first"])
    assert answer["surveys_overdue"] == []


def test_only_the_state_that_was_asked_for_is_listed(folder: Path) -> None:
    assert [row["fix_id"] for row in told(folder, "works", "--state", fix_states.BUILT)["fixes"]] == [RAMP]


def test_the_code_of_a_site_stands_for_its_one_fix_and_a_doubtful_price_waits_for_sure(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = Path(shutil.copytree(folder, tmp_path / "city"))
    who = "--actor", "engineer"
    shown = CliRunner().invoke(program.application, ["works", "--lang", "en", "--workspace", str(copied)]).stdout
    assert any(line.startswith(f"{RAMP}  built") for line in shown.splitlines())
    assert told(copied, "works", "step", "KK-001", "dropped", "--note", "moved", *who)["fix"]["fix_id"] == RAMP
    for fix, code in (("KK-003", "WORKS-026"), ("KK-999", "STORE-214")):
        assert [one["code"] for one in told(copied, "works", "step", fix, "planned", *who)["problems"]] == [code]
    told(copied, "works", "step", "KK-001", "planned", *who)
    monkeypatch.setattr(works_table.Works, "cost_thb", lambda *_: 9_000)
    agreed = "KK-001", "--contractor", "A", "--number", "1", "--price", "90000", *who
    assert [one["code"] for one in told(copied, "works", "contract", *agreed)["problems"]] == ["WORKS-024", "WORKS-027"]
    (remark,) = told(copied, "works", "contract", *agreed, "--sure", "--lang", "en")["remarks"]
    assert "that they are designed is not recorded" in remark
    with connection.open_store(workspace.Workspace(copied)) as store:
        elements = read.elements(store)
        code = elements["site_code"].value_counts().index[0]
        names = sorted(elements.index[elements["site_code"] == code])
        for name in names:
            fix_states.record(store, name, fix_states.PLANNED, dt.date(2020, 1, 6), "engineer")
    (problem,) = told(copied, "works", "step", code, "built", *who)["problems"]
    assert (problem["code"], len(names) > 1) == ("WORKS-025", True)
    assert problem["sentence"].endswith(f": {', '.join(names)}")


def test_works_under_contract_say_so_beside_their_state_until_they_are_built(folder: Path, tmp_path: Path) -> None:
    copied, who = Path(shutil.copytree(folder, tmp_path / "city")), ("--actor", "engineer")
    told(copied, "works", "step", RAMP, "dropped", "--note", "moved", *who)
    told(copied, "works", "step", RAMP, "planned", *who)
    assert _states(copied, tmp_path / "before.xlsx") == (False, "planned", "planned")
    told(copied, "works", "contract", RAMP, "--contractor", "A", "--number", "1", "--price", "90000", "--sure", *who)
    both = "planned, under contract"
    assert _states(copied, tmp_path / "agreed.xlsx") == (True, both, both)
    told(copied, "works", "step", RAMP, "built", *who)
    built = "built, awaits acceptance"
    assert _states(copied, tmp_path / "after.xlsx") == (False, built, built)


def _states(folder: Path, file: Path) -> tuple[object, str, str]:
    """State of the one fix: under contract in JSON, in the list, and in the workbook."""
    (row,) = told(folder, "works")["fixes"]
    asked = ["works", "--lang", "en", "--xlsx", str(file), "--workspace", str(folder)]
    line = CliRunner().invoke(program.application, asked).stdout.splitlines()[0]
    sheet = openpyxl.load_workbook(file).worksheets[0]
    (heading,) = (cell for cells in sheet.iter_rows(max_row=3) for cell in cells if cell.value == "State")
    return row["under_contract"], line.split("  ")[1], sheet.cell(4, heading.column).value


def test_the_list_is_a_workbook_too(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "works.xlsx"
    answer = told(folder, "works", "--xlsx", str(file))
    assert answer["xlsx"] == str(file)
    book = openpyxl.load_workbook(file, data_only=True)
    sheet = book["งานก่อสร้าง"]
    assert not any(name.isascii() for name in book.sheetnames), "a Thai reader's sheets have Thai names"
    assert sheet["A4"].value == RAMP
    assert sheet["C4"].value.startswith("ทางลาด"), "the place has its name beside its code"
    assert sheet["I4"].value is None
    assert sheet["K4"].value == dt.datetime(2020, 1, 6)  # noqa: DTZ001 - a spreadsheet has no zones
    assert sheet["G5"].value == answer["totals"]["cost_thb"]
    again = CliRunner().invoke(program.application, ["works", "--xlsx", str(file), "--workspace", str(folder)])
    assert again.exit_code == 2, "a file that is there is never written over unasked"


def test_a_state_that_is_none_is_wrong_usage(folder: Path) -> None:
    result = CliRunner().invoke(program.application, ["works", "--state", "painted", "--workspace", str(folder)])
    assert result.exit_code == 2
    assert "painted" in result.stderr
