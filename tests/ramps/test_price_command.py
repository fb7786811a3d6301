"""The municipality's own prices go in by one command, and every command after uses them."""

import json

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from audits.cli import answers
from audits.demo import command as demo_command
from audits.ramps import command, price_command

PROGRAM = typer.Typer(cls=answers.Commands)
PROGRAM.command("start")(demo_command.start)
PROGRAM.command("design")(command.design)
PROGRAM.command("prices")(price_command.prices_in)
ROOM = ("--rise", 450, "--length", 8000, "--width", 4000)


def answer(*words):
    return CliRunner().invoke(PROGRAM, [str(word) for word in words], env={"JAIDEE_WORKSPACE": ""})


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    assert answer("start", "--workspace", folder, "--actor", "engineer").exit_code == 0
    return folder


def filled_in(path, source, dearer=1):
    book = openpyxl.load_workbook(path)
    for row in book.active.iter_rows(min_row=2):
        row[9].value = source
        for cell in row[4:8] if row[0].value != "overhead_factor" else ():
            cell.value = cell.value * dearer
    book.save(path)


def test_the_table_is_written_filled_in_and_taken_in_and_designs_cost_more(city, tmp_path):
    here, table = ("--workspace", city, "--lang", "en"), tmp_path / "prices.xlsx"
    before = json.loads(answer("design", "KK-001", *ROOM, *here, "--json").stdout)
    assert json.loads(answer("prices", "--template", table, *here, "--json").stdout)["sample"]
    assert answer("prices", "--template", table, *here).exit_code == answers.USAGE
    filled_in(table, "quotation 7/2569", dearer=2)
    taken = json.loads(answer("prices", table, *here, "--actor", "Somsri", "--json").stdout)
    assert (taken["sample"], taken["file"], taken["kept_by"]) == (False, "prices.xlsx", "Somsri")
    # a template that may not be written refuses the prices beside it too
    filled_in(table, "quotation 8/2569", dearer=3)
    assert answer("prices", table, "--template", table, *here, "--actor", "Somsri").exit_code == answers.USAGE
    after = json.loads(answer("design", "KK-001", *ROOM, *here, "--json").stdout)
    assert not after["alternatives"][0]["sample_prices"]
    costs = [each["alternatives"][0]["cost_thb"] for each in (before, after)]
    assert costs[1] == pytest.approx(2 * costs[0], abs=1)  # each total is rounded to the baht
    assert "handed in by Somsri" in answer("prices", *here).stdout


def test_a_table_with_faults_is_refused_and_says_why(city, tmp_path):
    table = tmp_path / "prices.csv"
    table.write_text("code,low_thb\nsteel_kg,1\n", "utf-8")
    refused = answer("prices", table, "--workspace", city, "--lang", "en", "--actor", "Somsri")
    assert refused.exit_code == answers.PROBLEMS
    assert "columns" in refused.stderr


def test_a_table_of_factor_f_is_named_when_it_is_taken_in_and_while_it_stands(city, tmp_path):
    table = tmp_path / "factor_f.csv"
    table.write_text(
        "direct_cost_million_thb,factor_f,advance_pct,retention_pct,interest_pct,vat_pct,dated_on,source\n"
        "0.05,1.3595,0,0,6,7,2026-01-05,Circular 999\n0.15,1.3042,0,0,6,7,2026-01-05,Circular 999\n",
        "utf-8",
    )
    here = ("--workspace", city, "--lang", "en")
    taken = answer("prices", table, *here, "--actor", "Somsri").stdout
    assert "Factor F from factor_f.csv stands from now on (Circular 999)" in " ".join(taken.split())
    assert "18 prices" not in taken
    assert "Factor F: Circular 999 (5 Jan 2026)" in answer("prices", *here).stdout
    assert answer("prices", table, *here, "--actor", "Somsri").exit_code == answers.PROBLEMS
