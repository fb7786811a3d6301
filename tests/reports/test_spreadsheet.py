"""Spreadsheets show the tables in words and never run what a name says."""

import csv
import io
import zipfile

import openpyxl
import pytest

from audits import terms
from audits.reports import columns, spreadsheet


def table(archive, name):
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        text = files.read(f"{name}.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def zipped(exported, thai):
    return spreadsheet.csv_files(exported, thai)


@pytest.fixture(scope="module")
def book(exported, thai):
    return openpyxl.load_workbook(io.BytesIO(spreadsheet.workbook(exported, thai)))


def test_csv_files_begin_with_a_byte_order_mark(zipped):
    with zipfile.ZipFile(io.BytesIO(zipped)) as files:
        starts = {files.read(name)[:3] for name in files.namelist()}
    assert starts == {b"\xef\xbb\xbf"}


def test_csv_keeps_numbers_and_makes_formulas_harmless(zipped):
    sites = {row["code"]: row for row in table(zipped, "site")}
    assert sites["KK-002"]["position_note"].startswith("'=HYPERLINK")
    margins = {row["criterion"]: row["margin"] for row in table(zipped, "finding") if row["site_code"] == "KK-001"}
    assert float(margins["ramp.running_slope"]) < 0


def test_csv_says_what_it_rests_on_and_what_its_columns_mean(zipped, exported):
    about = {row["item"]: row["text"] for row in table(zipped, "about")}
    assert about == dict(exported.about)
    meanings = {(row["table"], row["column"]): row["title"] for row in table(zipped, "columns")}
    assert meanings["site", "latitude_deg"] == "ละติจูด (องศา, WGS 84)"


def test_the_workbook_holds_no_formula_and_no_link(book, exported):
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
    assert sum(sheet.max_row for sheet in book) > len(exported.findings)


def test_every_sheet_has_a_frozen_heading_and_a_filter(book):
    assert len(book.sheetnames) == 6
    for sheet in book:
        assert sheet.freeze_panes == "B3"
        assert sheet.auto_filter.ref.startswith("A2:")


def test_a_verdict_is_a_sign_and_a_word_on_its_colour(book, thai):
    sheet = book[thai.text("Sites")]
    headings = [cell.value for cell in sheet[2]]
    cell = sheet.cell(3, headings.index(thai.text("Verdict")) + 1)
    assert cell.value == f"✕ {thai.text(terms.VERDICT['fail'])}"
    assert cell.fill.fgColor.rgb == "FFA4001D"


def test_days_are_days(book, thai):
    sheet = book[thai.text("Sites")]
    position = [column.name for column in columns.of("site")].index("last_surveyed_on")
    assert sheet.cell(3, position + 1).is_date


def test_a_demonstration_is_marked_on_every_sheet_and_in_every_csv_name(demonstrated, thai):
    mark = demonstrated.about["demonstration"]
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet.workbook(demonstrated, thai)))
    assert all(mark in sheet["A1"].value for sheet in book)
    with zipfile.ZipFile(io.BytesIO(spreadsheet.csv_files(demonstrated, thai))) as files:
        assert all(name.startswith("demonstration-") for name in files.namelist())


def test_a_large_workbook_written_row_by_row_holds_the_same_cells_and_widths(book, exported, thai, monkeypatch):
    monkeypatch.setattr(spreadsheet, "_MOST_ROWS_IN_MEMORY", 1)
    monkeypatch.setattr(spreadsheet, "_ROWS_AT_A_TIME", 3)
    large = openpyxl.load_workbook(io.BytesIO(spreadsheet.workbook(exported, thai)))
    assert large.sheetnames == book.sheetnames
    for one, other in zip(book, large, strict=True):
        assert list(one.values) == list(other.values)
        assert {name: each.width for name, each in one.column_dimensions.items()} == {
            name: each.width for name, each in other.column_dimensions.items()
        }
