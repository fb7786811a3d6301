"""Workbooks keep the type of each value, run nothing, and come out the same every time."""

import datetime as dt
import io

import openpyxl
import pandas as pd

from audits.formats import xlsx

DAY = dt.date(2026, 3, 5)


def made(values):
    return xlsx.workbook(DAY, lambda file: xlsx.write_row(file.add_worksheet("A"), 0, values))


def cells(content):
    return next(openpyxl.load_workbook(io.BytesIO(content))["A"].iter_rows())


def test_a_value_keeps_its_type_and_a_text_never_becomes_a_formula_or_a_link():
    row = cells(made(["=1+1", "http://example.org", "007", 1.5, None, 2]))
    assert [cell.value for cell in row] == ["=1+1", "http://example.org", "007", 1.5, None, 2]
    assert [cell.data_type for cell in row[:3]] == ["s", "s", "s"]
    assert row[1].hyperlink is None


def test_a_missing_value_of_any_kind_is_an_empty_cell():
    assert [cell.value for cell in cells(made([float("nan"), pd.NA, pd.NaT, "end"]))][:3] == [None, None, None]


def test_a_text_too_long_for_excel_is_cut_and_says_so():
    (cell,) = cells(made(["ก" * 40_000]))
    assert len(cell.value) == 32_767
    assert cell.value.endswith("…")


def test_the_same_values_make_the_same_bytes():
    assert made(["a", 1]) == made(["a", 1])
