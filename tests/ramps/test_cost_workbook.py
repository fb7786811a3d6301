"""The workbook recalculates to the same totals, follows a changed price, and runs nothing that a name says."""

import dataclasses
import datetime as dt
import io
import re
import zipfile
from decimal import ROUND_HALF_UP, Decimal

import openpyxl
import pytest

from audits import wording
from audits.ramps import (
    cost,
    cost_forms,
    cost_workbook,
    factor_f,
    geometry,
    interventions,
    mending,
    price_books,
    prices,
    quantities,
    ramp_design,
    requirements,
    site_design,
    walls,
)

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
    """Work out what a spreadsheet would, in decimals; an empty cell counts as 0."""

    _PLACE = re.compile(r"(?:(?:'([^']+)'|(\w+))!)?\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?(?![\w(])|(\d+\.?\d*)")

    def __init__(self, book):
        self.book = book

    def value(self, sheet, place):
        cell = self.book[sheet][place.replace("$", "")]
        if cell.data_type != "f":
            return Decimal(repr(cell.value or 0))
        return self.formula(sheet, cell.value.removeprefix("="))

    def formula(self, sheet, text):
        names = {name: getattr(self, f"_{name.lower()}") for name in ("ROUND", "INDEX", "MATCH")}
        names |= {"SUM": sum, "MIN": lambda *each: min(flat(each)), "MAX": lambda *each: max(flat(each))}
        names |= {"BAHTTEXT": cost_forms.in_words, "cell": lambda where, at: self.value(where, at), "Decimal": Decimal}
        names |= {"cells": lambda where, *ends: [self.value(where, at) for at in between(*ends)]}
        return eval(self._PLACE.sub(lambda found: self._python(sheet, found), text), {}, names)

    def _python(self, sheet, found):
        quoted, plain, column, row, to_column, to_row, number = found.groups()
        if number:
            return f"Decimal('{number}')"
        where = repr(quoted or plain or sheet)
        return f"cells({where},'{column}{row}','{to_column}{to_row}')" if to_row else f"cell({where},'{column}{row}')"

    def _round(self, value, places):
        return value.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)

    def _index(self, values, position):
        return values[int(position) - 1]

    def _match(self, wanted, values, _):
        return Decimal(sum(value <= wanted for value in values))


def flat(values):
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def between(first, last):
    """Return the places of a column between two of its cells."""
    (column, low), (_, high) = (re.fullmatch(r"([A-Z]+)(\d+)", at).groups() for at in (first, last))
    return [f"{column}{row}" for row in range(int(low), int(high) + 1)]


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


TABLE = factor_f.Table(
    tuple(
        (Decimal(cost), Decimal(factor)) for cost, factor in (("50000", "1.35"), ("100000", "1.33"), ("500000", "1.3"))
    ),
    {name: Decimal(7) for name in factor_f.CONDITIONS},
    DAY,
    "หนังสือเวียนที่ใช้ทดสอบ",
)


@pytest.mark.parametrize("table", [None, TABLE])
def test_the_forms_come_to_the_one_amount_with_live_formulas(book, table):
    priced = dataclasses.replace(SAMPLE, table=table)
    for rise, length, width in ((450, 12000, 2000), (900, 9500, 4500), (60, 5000, 2000)):
        design = ramp_design.alternatives(geometry.Space(rise, length, width), requirements.ramp(book), MADE)[0]
        estimate = cost.estimate(quantities.bill(design, MADE, WORKS), priced)
        written = cost_workbook.workbook(estimate, priced, MADE, WORKS, title="KK-001", made_on=DAY)
        live, shown = opened(written), opened(written, data_only=True)
        calculator = Calculator(live)
        for name in cost_forms.SHEETS:
            for cell in (cell for row in live[name].iter_rows() for cell in row if cell.data_type == "f"):
                now = shown[name][cell.coordinate].value
                assert calculator.value(name, cell.coordinate) == (now if isinstance(now, str) else Decimal(repr(now)))
        assert totals(live) == list(estimate.total_thb)
        last = [row for row in shown[cost_forms.ITEMS].iter_rows(min_row=8, values_only=True) if row[8] is not None][-1]
        assert Decimal(repr(last[5])) + Decimal(repr(last[7])) == Decimal(repr(last[8])) == estimate.direct_thb.likely
        assert shown[cost_forms.WITH_FACTOR]["E9"].value == shown[cost_forms.SUMMARY]["C9"].value
        assert shown[cost_forms.SUMMARY]["C9"].value == estimate.total_thb.likely
        assert shown[cost_forms.SUMMARY]["C10"].value == cost_forms.in_words(estimate.total_thb.likely)


def test_the_forms_have_the_columns_of_the_offices_and_a_day_of_the_buddhist_era(file):
    written = opened(file, data_only=True)
    assert [name for name in written.sheetnames if name.startswith("ปร.")] == ["ปร.4", "ปร.5", "ปร.6"]
    for name, form in zip(cost_forms.SHEETS, ("items", "with_factor", "summary"), strict=True):
        headings = [cell.value for cell in written[name][7] if cell.value]
        assert headings == cost_forms.FORMS[form]["columns"]
        assert "5 มี.ค. 2569" in written[name]["A4"].value
        assert "ราคาตัวอย่าง" in written[name]["A5"].value


@pytest.mark.parametrize(
    ("baht", "words"),
    [
        ("21", "ยี่สิบเอ็ดบาทถ้วน"),
        ("101011", "หนึ่งแสนหนึ่งพันสิบเอ็ดบาทถ้วน"),
        ("1000001.25", "หนึ่งล้านเอ็ดบาทยี่สิบห้าสตางค์"),
    ],
)
def test_an_amount_is_written_in_thai_words(baht, words):
    assert cost_forms.in_words(Decimal(baht)) == words


def test_a_price_that_does_not_part_labour_says_so(found):
    whole = {code: dataclasses.replace(price, labour_thb=None) for code, price in SAMPLE.prices.items()}
    book = dataclasses.replace(SAMPLE, prices=whole)
    estimate = cost.estimate(dict.fromkeys(quantities.NAMES, 1.0), book)
    written = opened(cost_workbook.workbook(estimate, book, MADE, WORKS, title="x", made_on=DAY), data_only=True)
    rows = list(written[cost_forms.ITEMS].iter_rows(min_row=8, max_row=7 + len(estimate.lines), values_only=True))
    assert all(row[7] == 0 and row[8] == row[5] and cost_forms.FORMS["items"]["not_parted"] in row[9] for row in rows)


def test_a_changed_price_and_a_changed_amount_change_the_total(file, found):
    book = opened(file)
    row = next(each.row for each in book["Prices"]["A"] if each.value == "handrail_m")
    book["Prices"].cell(row, 6).value *= 2
    assert totals(book)[1] > found.total_thb.likely
    assert totals(book)[::2] == list(found.total_thb)[::2]
    book["Estimate"]["C6"].value = 1000
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
    assert len(hostile_cells) == 5
    assert {cell.data_type for cell in hostile_cells} == {"s"}


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_headings_stand_in_both_languages(file, language):
    words = wording.Wording(language)
    headings = [cell.value for cell in opened(file)["Estimate"][5]]
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
    rows = {row[0]: row[1:] for row in opened(file)["Assumptions"].iter_rows(values_only=True)}
    why = requirements.ASSUMPTIONS["slab_thickness_mm"], quantities.ASSUMPTIONS["laps_share"]
    slab, laps = ("\n".join(wording.Wording(one).text(each) for one in wording.LANGUAGES) for each in why)
    assert rows[slab] == (MADE.slab_thickness_mm, "มม.\nmm")
    assert rows[laps] == (round(100 * WORKS.laps_share), "%")
    assert not any("_" in str(name) for name in rows), "a reader knows no names of the code"


def test_an_estimate_of_nothing_is_a_workbook_too():
    nothing = cost.estimate(dict.fromkeys(quantities.NAMES, 0.0), SAMPLE)
    written = opened(cost_workbook.workbook(nothing, SAMPLE, MADE, WORKS, title="x", made_on=DAY), data_only=True)
    assert [written["Estimate"].cell(written["Estimate"].max_row, column).value for column in (7, 8, 9)] == [0, 0, 0]


def test_the_same_estimate_makes_the_same_bytes(file, found):
    assert cost_workbook.workbook(found, SAMPLE, MADE, WORKS, title=HOSTILE, made_on=DAY) == file
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert parts.testzip() is None


def test_the_first_sheet_names_the_parts_that_the_plan_counts_in_its_place(found, thai, english):
    part = mending.Parts(interventions.REPAIR, found)
    written = cost_workbook.workbook(found, SAMPLE, MADE, WORKS, title="x", made_on=DAY, parts=part)
    above = str(opened(written)["Estimate"]["A4"].value)
    for words in (thai, english):
        assert mending.beside_a_bill(part, words) in above
        assert words.number(found.total_thb.likely, 0) in above


def test_each_sheet_that_is_signed_says_why_its_sum_does_not_count_yet(found, thai):
    part = mending.Parts(interventions.REPAIR, found)
    about = {"title": "x", "made_on": DAY}
    for given, caution in (
        ({"parts": part}, mending.beside_a_bill(part, thai)),
        ({"grounds": site_design.Grounds(site_design.MOVED)}, thai.text(site_design.BASES[site_design.MOVED])),
        ({"grounds": site_design.Grounds(to_level_mm=641)}, "ระดับต่าง 641 มม."),
    ):
        written = opened(cost_workbook.workbook(found, SAMPLE, MADE, WORKS, **about, **given))
        plain = opened(cost_workbook.workbook(found, SAMPLE, MADE, WORKS, **about))
        for name in ("Estimate", *cost_forms.SHEETS):
            assert caution in _red(written[name]), name
            assert caution not in _red(plain[name]), name


def _red(sheet):
    """What stands in red above the table."""
    return " ".join(
        str(cell.value)
        for (cell, *_) in sheet.iter_rows(max_row=6)
        if cell.value and cell.font.color and cell.font.color.rgb == "FFA4001D"
    )


def test_what_an_engineer_must_design_stands_in_red_above_every_sum(book, thai, english):
    for rise, needed in ((900, False), (901, True)):
        design = ramp_design.alternatives(geometry.Space(rise, 30_000, 30_000), requirements.ramp(book), MADE)[0]
        estimate = cost.estimate(quantities.bill(design, MADE, WORKS), SAMPLE)
        written = opened(cost_workbook.workbook(estimate, SAMPLE, MADE, WORKS, title="x", made_on=DAY, design=design))
        for name in ("Estimate", *cost_forms.SHEETS):
            red = _red(written[name])
            assert (walls.warning(design, thai) + " " + thai.text(cost_workbook.UNCOUNTED) in red) == needed, name
        assert (english.text(cost_workbook.UNCOUNTED) in str(written["Estimate"]["A4"].value)) == needed
