"""The workbook recalculates to the same totals, follows a changed price, and runs nothing that a name says."""

import datetime as dt
import io
import re
import zipfile
from decimal import ROUND_HALF_UP, Decimal

import openpyxl
import pytest

from audits import wording
from audits.ramps import cost, cost_workbook, geometry, price_books, prices, quantities, ramp_design, requirements

DAY = dt.date(2026, 3, 5)
MADE, WORKS = requirements.Construction(), quantities.Works()
SAMPLE = price_books.sample()
HOSTILE = '=HYPERLINK("http://example.org","KK-001")'
CENT = Decimal("0.01")


@pytest.fixture(scope="module", name="found")
def _found(book):
    design = ramp_design.alternatives(geometry.Space(900, 9500, 4500), requirements.ramp(book), MADE)[0]
    return cost.estimate(quantities.bill(design, MADE, WORKS), SAMPLE)


@pytest.fixture(scope="module", name="file")
def _file(found):
    return cost_workbook.workbook(found, SAMPLE, MADE, WORKS, title=HOSTILE, made_on=DAY)


def opened(file, **options):
    return openpyxl.load_workbook(io.BytesIO(file), **options)


class Calculator:
    """Work out what a spreadsheet would: products, sums and rounding, in decimals."""

    def __init__(self, book):
        self.book = book

    def value(self, sheet, place):
        cell = self.book[sheet][place.replace("$", "")]
        if cell.data_type != "f":
            return Decimal(repr(cell.value))
        return self.formula(sheet, cell.value.removeprefix("="))

    def formula(self, sheet, text):
        if rounded := re.fullmatch(r"ROUND\(([A-Z]+\d+)\*([A-Z]+\d+),([02])\)", text):
            product = self.value(sheet, rounded[1]) * self.value(sheet, rounded[2])
            return product.quantize(CENT if rounded[3] == "2" else Decimal(1), ROUND_HALF_UP)
        if summed := re.fullmatch(r"SUM\(([A-Z]+)(\d+):\1(\d+)\)", text):
            return sum(self.value(sheet, f"{summed[1]}{row}") for row in range(int(summed[2]), int(summed[3]) + 1))
        sheet_and_place = re.fullmatch(r"(\w+)!(\$[A-Z]+\$\d+)", text)
        assert sheet_and_place, text
        return self.value(*sheet_and_place.groups())


def totals(book):
    calculator, sheet = Calculator(book), book["Estimate"]
    last = sheet.max_row
    return [calculator.value("Estimate", f"{column}{last}") for column in "GHI"]


def test_the_formulas_come_to_the_same_totals(file, found):
    assert totals(opened(file)) == list(found.total_thb)


def test_every_amount_of_money_is_a_formula_and_shows_the_value_it_has_now(file, found):
    book, shown = opened(file), opened(file, data_only=True)
    calculator = Calculator(book)
    formulas = [cell for row in book["Estimate"].iter_rows() for cell in row if cell.data_type == "f"]
    assert len(formulas) == 6 * len(found.lines) + 9
    for cell in formulas:
        now = Decimal(repr(shown["Estimate"][cell.coordinate].value))
        assert now == calculator.value("Estimate", cell.coordinate)


def test_a_changed_price_and_a_changed_amount_change_the_total(file, found):
    book = opened(file)
    row = next(each.row for each in book["Prices"]["A"] if each.value == "handrail_m")
    book["Prices"].cell(row, 6).value *= 2
    assert totals(book)[1] > found.total_thb.likely
    assert totals(book)[::2] == list(found.total_thb)[::2]
    book["Estimate"]["C5"].value = 1000
    assert all(now > was for now, was in zip(totals(book), found.total_thb, strict=True))


def test_a_title_that_looks_like_a_formula_stays_a_title(file):
    cell = opened(file)["Estimate"]["A1"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (HOSTILE, "s", None)


def test_names_in_the_price_list_are_never_run(found):
    price = SAMPLE.prices["steel_kg"]
    hostile = prices.Price(price.code, type(price.name)("=1+1", "@SUM(A1)"), price.thb, price.dated_on, "+cmd|' /C'!A0")
    book = prices.PriceBook({**SAMPLE.prices, "steel_kg": hostile}, SAMPLE.factor)
    estimate = cost.estimate(dict.fromkeys(quantities.NAMES, 1.0), book)
    written = opened(cost_workbook.workbook(estimate, book, MADE, WORKS, title="x", made_on=DAY))
    hostile_cells = [
        cell
        for sheet in written
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and ("1+1" in cell.value or "cmd" in cell.value)
    ]
    assert len(hostile_cells) == 3
    assert {cell.data_type for cell in hostile_cells} == {"s"}


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_headings_stand_in_both_languages(file, language):
    words = wording.Wording(language)
    headings = [cell.value for cell in opened(file)["Estimate"][4]]
    for phrase in ("Item", "Unit", "Amount", "Price, likely (THB)", "Cost, high (THB)"):
        assert any(words.text(phrase) in heading.split("\n") for heading in headings)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_sample_prices_are_marked_in_the_sheet_and_on_every_printed_page(file, language):
    mark = wording.Wording(language).text(prices.SAMPLE)
    book = opened(file)
    assert mark in book["Estimate"]["A3"].value
    if language == "th":
        assert all(mark in sheet.oddHeader.right.text for sheet in book)


def test_prices_of_the_municipality_bear_no_mark(found):
    own = {
        code: prices.Price(code, price.name, price.thb, price.dated_on, "ใบเสนอราคา")
        for code, price in {**SAMPLE.prices, prices.FACTOR: SAMPLE.factor}.items()
    }
    factor = own.pop(prices.FACTOR)
    book = prices.PriceBook(own, factor)
    estimate = cost.estimate(dict.fromkeys(quantities.NAMES, 1.0), book)
    written = opened(cost_workbook.workbook(estimate, book, MADE, WORKS, title="x", made_on=DAY))
    assert written["Estimate"]["A3"].value is None
    assert not any("ตัวอย่าง" in (sheet.oddHeader.right.text or "") for sheet in written)


def test_assumptions_stand_with_their_values(file):
    rows = {row[0]: row[1] for row in opened(file)["Assumptions"].iter_rows(values_only=True)}
    assert rows["slab_thickness_mm"] == MADE.slab_thickness_mm
    assert rows["laps_share"] == WORKS.laps_share


def test_an_estimate_of_nothing_is_a_workbook_too():
    nothing = cost.estimate(dict.fromkeys(quantities.NAMES, 0.0), SAMPLE)
    written = opened(cost_workbook.workbook(nothing, SAMPLE, MADE, WORKS, title="x", made_on=DAY), data_only=True)
    assert [written["Estimate"].cell(written["Estimate"].max_row, column).value for column in (7, 8, 9)] == [0, 0, 0]


def test_the_same_estimate_makes_the_same_bytes(file, found):
    assert cost_workbook.workbook(found, SAMPLE, MADE, WORKS, title=HOSTILE, made_on=DAY) == file
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert parts.testzip() is None
