"""The order of the sites leaves the house as a table that says what it rests on and runs nothing."""

import csv
import datetime as dt
import io

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from audits import priority
from audits.export import priority_table

WEIGHTS = dict.fromkeys(priority.COMPONENTS, 1.0)
_UNRANKED = ["C", "'=9", "2", "12.35", "1.5", "26.5"]
HEADINGS = ["Measure first", "Name", "Zone", "Points of location", "Points of requests", "Minutes"]
NOTES = ["", "=1+1", "Working values"]


@pytest.fixture(scope="module")
def made(english):
    codes = ["A", "B"]
    sites = gpd.GeoDataFrame(
        {"name_th": ["ก", "=2+3"], "name_en": ["", ""], "zone": pd.array([1, None], dtype="Int64")},
        geometry=gpd.points_from_xy([102.83, 102.84], [16.43, 16.43]),
        index=codes,
    )
    low, high = (pd.DataFrame(dict.fromkeys(WEIGHTS, pair), index=codes) for pair in ((0.2, 0.4), (0.3, 1.0)))
    parts = priority.Components(low, high)
    official = priority.scores(parts, WEIGHTS)
    own = priority.scores(parts, WEIGHTS | {"school": 0.0})
    return priority_table.table(sites, official, own, parts, WEIGHTS, english)


@pytest.fixture(scope="module")
def never(english):
    sites = gpd.GeoDataFrame(
        {"name_th": ["=9"], "name_en": [""], "zone": pd.array([2], dtype="Int64")},
        geometry=gpd.points_from_xy([102.83], [16.43]),
        index=["C"],
    )
    listed = pd.DataFrame({"location": [12.346], "requests": [1.5], "minutes": [26.5]}, index=["C"])
    return priority_table.first(sites, listed, english)


def test_the_official_order_leads_and_the_other_stands_beside(made):
    assert made["Code"].tolist() == ["B", "A"]
    assert made["Official rank"].tolist() == made["Rank, own weights"].tolist() == [1, 2]
    points = [made.filter(like=f"points, {end}").sum(axis=1).round(0).tolist() for end in ("lowest", "highest")]
    assert points == [[40, 20], [100, 30]]


def test_the_csv_opens_with_thai_and_no_cell_is_a_formula(made, never):
    content = priority_table.csv_file(made, never, NOTES)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 1 + 2 + 1 + 2 + 1 + 2
    assert not any(cell.startswith("=") for row in rows for cell in row)
    assert rows[-1] == ["Working values"]
    assert rows[1][2] == ""
    assert [rows[4], rows[5]] == [HEADINGS, _UNRANKED]


def test_the_workbook_holds_numbers_and_is_the_same_each_time(made, never, english):
    day = dt.date(2026, 3, 5)
    content = priority_table.workbook(made, never, NOTES, day, english)
    assert content == priority_table.workbook(made, never, NOTES, day, english)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [cell.value for cell in book["Measure first"][2]] == ["C", "=9", 2, 12.35, 1.5, 26.5]
    sheet = book.active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(number for number, row in enumerate(rows) if row[0] == "Code")
    assert rows[head + 1][0] == "B"
    assert all(isinstance(value, int | float) for value in rows[head + 2][3:8])
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
