"""The transition plan names duty, inventory, works by year and requests, with the figures of the pages."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from pathlib import Path

import docx
import pytest
import shapely
from typer.testing import CliRunner

from audits import __main__ as program
from audits import record as records
from audits.formats import typesetting
from audits.plans import planning_model, site_fixes
from audits.ramps import price_books
from audits.rules import model
from audits.store.db import connection, workspace
from audits.store.register import changes
from audits.store.requests import requests
from audits.transition import other_works, transition_plan
from tests import spoken


def _run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(program.application, ["transition-plan", *arguments])
    return done.exit_code, done.stdout


@pytest.fixture
def place(demonstration_folder: Path, tmp_path: Path) -> workspace.Workspace:
    copied = workspace.Workspace(Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))).demonstration
    with connection.open_store(copied) as store:
        asked = requests.Request("ขอราวจับ", dt.date(2026, 3, 2), "letter", "KK-001")
        request_id, _ = requests.add(store, asked, "malee")
        requests.change(store, request_id, requests.REFUSED, "malee", reason="ที่เอกชน")
    return copied


def test_it_is_written_with_the_works_of_each_year_and_what_was_answered(
    place: workspace.Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "plan.pdf"
    folder = ("--workspace", str(place.folder), "--json", "--lang", "en")
    code, stdout = _run(str(file), "--years", "300000,200000", *folder)
    receipt = json.loads(stdout)
    assert (code, len(receipt["sections"])) == (0, 9)
    assert receipt["requests"]["refused"] == 1
    # what a year leaves is there in the next
    first, both = receipt["years"][0]["cost_thb"], sum(year["cost_thb"] for year in receipt["years"])
    assert 0 < first <= 300_000
    assert first <= both <= 500_000
    assert receipt["years"][0]["works"]
    assert any(year["other_works"] for year in receipt["years"]), "money that opens no trip mends what the law asks for"
    assert typesetting.pages(file.read_bytes()) >= 3
    assert _run(str(tmp_path / "plan.odt"), *folder)[0] == 2


def test_a_barrier_too_far_from_every_way_is_planned_also_where_it_is_the_only_one(
    place: workspace.Workspace, tmp_path: Path, book: model.Criteria, weights: model.Weights
) -> None:
    with connection.open_store(place) as store:
        only, *others = site_fixes.fixes(records.read(store, book, weights), price_books.sample())
        for one in others:
            changes.change_element(store, one.fix.fix_id, {"retired": True}, "malee", "gone")
        far = shapely.Point(102.85, 16.46)
        changes.report_position(store, only.site_code, "confirmed", "malee", "seen there", far, 5.0)
    file = tmp_path / "plan.docx"
    said = ("--workspace", str(place.folder), "--json", "--lang", "en")
    code, stdout = _run(str(file), "--years", "300000", *said)
    assert (code, json.loads(stdout)["years"][0]["other_works"]) == (0, [only.fix.fix_id])
    written = [each.text for each in docx.Document(str(file)).paragraphs]
    assert transition_plan.TOO_FAR.format(n=1, fixes=only.fix.fix_id) in written
    assert transition_plan.NOTHING not in written
    assert any(re.search(r"\d:[0-9a-f]{16}\b", each) for each in written), "the head, as its check wants it"


def test_what_is_bold_is_bold_in_thai_too(place: workspace.Workspace, tmp_path: Path) -> None:
    file = tmp_path / "plan.docx"
    assert _run(str(file), "--workspace", str(place.folder), "--lang", "th")[0] == 0
    document = docx.Document(str(file))
    cells = [cell for table in document.tables for cell in table.rows[0].cells]
    paragraphs = [*document.paragraphs, *(one for cell in cells for one in cell.paragraphs)]
    bold = [run.font for one in paragraphs for run in one.runs if run.bold]
    assert bold
    # Word takes the weight of a complex script, such as Thai, from a property of its own
    assert all(font.cs_bold for font in bold)


@pytest.mark.parametrize(
    ("spent", "yearly", "costs", "expected"),
    [
        ((80, 0), (100, 0), {"A": 20, "B": 20}, (("A",), ())),
        ((0, 150), (100, 100), {"A": 60, "B": 50}, (("B",), ())),
        ((100, 0), (100, 100), {"A": 60, "B": 50}, ((), ("A",))),
        ((0,), (100,), {"C": 100, "B": 100}, (("B",),)),
        ((0, 0), (10, 10), {"A": 20}, ((), ("A",))),
        ((0,), (10,), {"A": 11}, ((),)),
    ],
)
def test_money_left_mends_the_best_ranked_sites_and_takes_nothing_from_a_later_year(spent, yearly, costs, expected):
    fixes = {}
    for name, cost in costs.items():
        fix = planning_model.Fix(name, "", "1", planning_model.Cost(cost, cost, cost))
        fixes[name] = site_fixes.RecordFix(fix, name, "", "", (), "", None)
    assert other_works.by_year(spent, yearly, fixes, {"A": 1, "B": 2}) == expected


def test_the_word_document_says_what_the_pdf_says(place: workspace.Workspace, tmp_path: Path) -> None:
    pdf, word = tmp_path / "plan.pdf", tmp_path / "plan.docx"
    for file in (pdf, word):
        assert _run(str(file), "--years", "300000", "--workspace", str(place.folder), "--content", "th")[0] == 0
    document = docx.Document(str(word))
    written = [each.text for each in document.paragraphs]
    written += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    printed = _without_spaces("".join(spoken.pages(pdf.read_bytes(), furniture=True)))
    missing = [text for text in written if _without_spaces(text) not in printed]
    # the title is written apart from the town in print
    assert missing == [document.paragraphs[0].text]
    assert document.core_properties.language == "th-TH"
    assert [each.style.name for each in document.paragraphs].count("Heading 1") == 9
    assert all(table.rows[0]._tr.xpath("w:trPr/w:tblHeader") for table in document.tables)


def _without_spaces(text: str) -> str:
    return "".join(text.split())
