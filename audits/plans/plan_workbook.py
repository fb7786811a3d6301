"""Write a plan as an Excel workbook that recalculates: change a price, an amount or the budget and all follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import xlsxwriter
from xlsxwriter import utility
from xlsxwriter.worksheet import Worksheet

from audits import wording
from audits.formats import xlsx
from audits.plans import plan_about, plan_contents
from audits.ramps import assumptions, cost_workbook, prices, quantities, requirements
from audits.reports import columns

phrase = wording.phrase

# names of sheets stand in formulas, so they are the same in every language; titles are translated
_FIXES, _BILL, _TOP = "Fixes", "Bill", 1
_COSTS = ("cost_low_thb", "cost_likely_thb", "cost_high_thb")
_TITLES = {
    "Budget": phrase("Budget table"),
    _FIXES: phrase("Fixes of the plan"),
    _BILL: phrase("Bill of quantities of every fix"),
    cost_workbook.PRICE_SHEET: phrase("Unit prices"),
    "About": phrase("About this plan"),
}
_MONEY = phrase("Cost, low (THB)"), phrase("Cost, likely (THB)"), phrase("Cost, high (THB)")
_BILL_HEADINGS = (phrase("Fix"), phrase("Item"), phrase("Unit"), phrase("Amount"), *_MONEY)
_AMOUNT, _FIRST_COST = 3, 4
# No assumptions of all fixes: each old ramp has its own, from its surveyed dimensions.
_OF_ITS_PLACE = ("old_structure_m3", "old_fill_m3")
_NAMES = [column.name for column in plan_contents.FIXES]


@dataclass(frozen=True, eq=False)
class _Book:
    """What every sheet is written from."""

    subject: plan_contents.Subject
    words: wording.Wording
    fixes: gpd.GeoDataFrame
    looks: cost_workbook.Formats

    @property
    def last(self) -> int:
        """The last row of the fixes."""
        # without a fix one empty row is named: a range that ends above its start would be none
        return max(_TOP + len(self.fixes) - 1, _TOP)

    def range(self, name: str) -> str:
        """Return the cells of a column of the fixes, as formulas name them."""
        column = _NAMES.index(name)
        return f"{_FIXES}!{utility.xl_range_abs(_TOP, column, self.last, column)}"


def workbook(subject: plan_contents.Subject, words: wording.Wording) -> bytes:
    """Return a workbook with live formulas; the same plan makes the same bytes."""

    def fill(file: xlsxwriter.Workbook) -> None:
        book = _Book(subject, words, plan_contents.fixes(subject, words), cost_workbook.formats(file))
        sheets = {name: file.add_worksheet(name) for name in _TITLES}
        _budget(book, sheets["Budget"])
        _fixes(book, sheets[_FIXES])
        _bill(book, sheets[_BILL])
        cost_workbook.write_prices(sheets[cost_workbook.PRICE_SHEET], subject.price_book, book.looks)
        if subject.price_book.table is not None:
            cost_workbook.write_factors(
                file.add_worksheet(cost_workbook.FACTOR_SHEET), subject.price_book.table, book.looks
            )
        _about(book, sheets["About"])
        for name, sheet in sheets.items():
            cost_workbook.finish(sheet, _TITLES[name], subject.price_book.sample)

    return xlsx.workbook(subject.made_on, fill)


def _fixes(book: _Book, sheet: Worksheet) -> None:
    wanted = plan_contents.FIXES
    xlsx.write_row(sheet, 0, (column.heading(book.words) for column in wanted), book.looks["heading"])
    for position, column in enumerate(wanted):
        if column.name not in _COSTS:
            look = book.looks["baht" if column.kind == columns.NUMBER else "text"]
            for row, value in enumerate(columns.plain(book.fixes[column.name], column.kind), start=_TOP):
                if value is not None:
                    xlsx.write(sheet, row, position, _shown(value, column, book.words), look)
    table = book.subject.price_book.table
    common = cost_workbook.prices_in(cost_workbook.price_rows(book.subject.price_book)[prices.FACTOR])
    for row, fix in enumerate(book.fixes.itertuples(), start=_TOP):
        own = utility.xl_rowcol_to_cell(row, 0, col_abs=True)
        # Columns E to G of the bill are its low, likely and high cost.
        sums = [f"SUMIFS({_BILL}!${name}:${name},{_BILL}!$A:$A,{own})" for name in "EFG"]
        factor = common if table is None else [cost_workbook.factor_formula(total, table) for total in sums]
        formulas = [f"ROUND({total}*{each},0)" for total, each in zip(sums, factor, strict=True)]
        values = [getattr(fix, name) for name in _COSTS]
        cost_workbook.write_span(sheet, (row, _NAMES.index(_COSTS[0])), formulas, values, book.looks["baht"])
    sheet.set_column(0, len(wanted) - 1, 16)
    for name, width in (("site_name", 34), ("what", 30), ("reason", 60)):
        sheet.set_column(_NAMES.index(name), _NAMES.index(name), width)
    sheet.freeze_panes(_TOP, 1)
    sheet.autofilter(0, 0, book.last, len(wanted) - 1)


def _shown(value: object, column: columns.Column, words: wording.Wording) -> object:
    if isinstance(value, bool):
        return words.text("yes") if value else words.text("no")
    return column.shown(value, words) if isinstance(value, str) else value


def _bill(book: _Book, sheet: Worksheet) -> None:
    xlsx.write_row(sheet, 0, map(book.words.text, _BILL_HEADINGS), book.looks["heading"])
    rows, row = cost_workbook.price_rows(book.subject.price_book), 1
    for fix_id in book.fixes["fix_id"]:
        for line in book.subject.model.fixes[fix_id].estimate.lines:
            unit = book.words.text(quantities.UNITS[quantities.unit(line.code)])
            xlsx.write_row(sheet, row, (fix_id, book.words.name(line.price.name), unit), book.looks["text"])
            xlsx.write(sheet, row, _AMOUNT, float(line.amount), book.looks["to_change"])
            each, labour = cost_workbook.prices_in(rows[line.code]), cost_workbook.labour_in(rows[line.code])
            formulas = cost_workbook.products_of(cost_workbook.cell(row, _AMOUNT), each, labour)
            cost_workbook.write_span(sheet, (row, _FIRST_COST), formulas, line.thb, book.looks["baht"])
            row += 1
    xlsx.set_widths(sheet, 24, 46, *[14] * 5)
    sheet.freeze_panes(1, 1)


def _budget(book: _Book, sheet: Worksheet) -> None:
    text, subject, looks = book.words.text, book.subject, book.looks
    xlsx.write(sheet, 0, 0, plan_about.lead(subject, book.words), looks["title"])
    marks = [subject.mark(book.words), text(prices.SAMPLE) if subject.price_book.sample else ""]
    xlsx.write(sheet, 1, 0, " · ".join(filter(None, marks)), looks["mark"])
    money = [text("Number of fixes"), *map(text, _MONEY)]
    xlsx.write_row(sheet, 3, ("", *money), looks["heading"])
    # the cells hold the reader's word for yes, so the formula has to ask for that word
    yes = book.range("in_plan"), f'"{text("yes")}"'
    in_plan = book.fixes["in_plan"].to_numpy(dtype=bool)
    xlsx.write(sheet, 4, 0, text("Budget (baht)"), looks["text"])
    for end in range(3):
        xlsx.write(sheet, 4, 2 + end, subject.wishes.budget_thb, looks["to_change"])
    _sums(book, sheet, 5, text("Cost of the plan"), yes, in_plan)
    xlsx.write(sheet, 6, 0, text("Left of the budget"), looks["heading"])
    left = [f"{cost_workbook.cell(4, 2 + end)}-{cost_workbook.cell(5, 2 + end)}" for end in range(3)]
    # what the formulas come to now, for programs that show a file without calculating
    values = [subject.wishes.budget_thb - float(book.fixes.loc[in_plan, name].sum()) for name in _COSTS]
    cost_workbook.write_span(sheet, (6, 2), left, values, looks["total"])
    row = 8
    for name, heading in (("zone", text("Zone of the fix")), ("year", text("Year of the plan by years"))):
        groups = sorted(book.fixes[name].dropna().unique())
        if not groups:
            continue
        xlsx.write_row(sheet, row, (heading, *money), looks["heading"])
        for group in groups:
            row += 1
            # a fix without a year compares as NA, which is neither true nor false
            counted = (book.fixes[name] == group).fillna(False).to_numpy(dtype=bool)
            # Years count the fixes of the plan by years, in the plan of this budget or not.
            wanted = [book.range(name), cost_workbook.cell(row, 0)]
            if name == "zone":
                wanted, counted = [*yes, *wanted], counted & in_plan
            _sums(book, sheet, row, group, wanted, counted)
        row += 2
    xlsx.set_widths(sheet, 34, *[18] * 4)


def _sums(
    book: _Book, sheet: Worksheet, row: int, name: object, wanted: Sequence[str], counted: Sequence[bool]
) -> None:
    """Write how many fixes meet some criteria, and what they cost, as formulas with the value they have now."""
    xlsx.write(sheet, row, 0, name, book.looks["text"])
    criteria, mine = ",".join(wanted), book.fixes.loc[counted]
    cost_workbook.write_span(sheet, (row, 1), [f"COUNTIFS({criteria})"], [len(mine)], book.looks["text"])
    formulas = [f"SUMIFS({book.range(column)},{criteria})" for column in _COSTS]
    costs = [mine[column].sum() for column in _COSTS]
    cost_workbook.write_span(sheet, (row, 2), formulas, costs, book.looks["baht"])


def _about(book: _Book, sheet: Worksheet) -> None:
    words = book.words
    xlsx.write_row(sheet, 0, (column.heading(words) for column in plan_contents.ABOUT), book.looks["heading"])
    assumed = [
        (words.text("Assumed for typical sizes"), f"{words.text(why)}: {assumptions.value_text(name, value, words)}")
        for name, why, value in assumptions.of(requirements.Construction(), quantities.Works())
        if name not in _OF_ITS_PLACE
    ]
    for row, line in enumerate((*plan_about.lines(book.subject, words), *assumed), start=1):
        xlsx.write_row(sheet, row, line, book.looks["text"])
    xlsx.set_widths(sheet, 40, 110)
    sheet.freeze_panes(1, 0)
