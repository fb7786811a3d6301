"""Write a plan as an Excel workbook that recalculates: change a price, an amount or the budget and all follows."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import xlsxwriter
from xlsxwriter import utility

from audits import wording
from audits.exchange import columns, cost_workbook, plan_about, plan_contents
from audits.planning import prices, quantities, requirements

phrase = wording.phrase

_FIXES, _BILL, _TOP = "Fixes", "Bill", 1
_COSTS = ("cost_low_thb", "cost_likely_thb", "cost_high_thb")
_TITLES = {
    "Budget": phrase("Budget table"),
    _FIXES: phrase("Fixes of the plan"),
    _BILL: phrase("Bill of quantities of every fix"),
    cost_workbook.PRICE_SHEET: phrase("Unit prices"),
    "About": phrase("About this plan"),
}
_BILL_HEADINGS = (
    phrase("Fix"),
    phrase("Item"),
    phrase("Unit"),
    phrase("Amount"),
    phrase("Cost, low (THB)"),
    phrase("Cost, likely (THB)"),
    phrase("Cost, high (THB)"),
)
_AMOUNT, _FIRST_COST = 3, 4
_MONEY_HEADINGS = (phrase("Cost, low (THB)"), phrase("Cost, likely (THB)"), phrase("Cost, high (THB)"))


@dataclass(frozen=True, eq=False)
class _Book:
    """What every sheet is written from."""

    subject: plan_contents.Subject
    words: wording.Wording
    fixes: gpd.GeoDataFrame
    looks: cost_workbook.Formats

    def head(self, sheet: xlsxwriter.worksheet.Worksheet, row: int, headings: Sequence[str]) -> None:
        """Write headings; phrases are translated already."""
        for column, heading in enumerate(headings):
            sheet.write_string(row, column, heading, self.looks["heading"])

    @property
    def last(self) -> int:
        """Return the last row of the fixes."""
        return max(_TOP + len(self.fixes) - 1, _TOP)


def workbook(subject: plan_contents.Subject, words: wording.Wording) -> bytes:
    """Return a workbook with live formulas; the same plan makes the same bytes.

    Parameters
    ----------
    subject
        The plan.
    words
        The reader's language.
    """
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, cost_workbook.OPTIONS) as file:
        day = subject.made_on
        file.set_properties({"title": "Jaidee", "created": dt.datetime(day.year, day.month, day.day)})  # noqa: DTZ001
        book = _Book(subject, words, plan_contents.fixes(subject, words), cost_workbook.looks_of(file))
        sheets = {name: file.add_worksheet(name) for name in _TITLES}
        _budget(book, sheets["Budget"])
        _fixes(book, sheets[_FIXES])
        _bill(book, sheets[_BILL])
        cost_workbook.write_prices(sheets[cost_workbook.PRICE_SHEET], subject.price_book, book.looks)
        _about(book, sheets["About"])
        for name, sheet in sheets.items():
            cost_workbook.finish(sheet, _TITLES[name], subject.price_book.sample)
    return written.getvalue()


def _fixes(book: _Book, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    wanted = plan_contents.FIXES
    names = [column.name for column in wanted]
    book.head(sheet, 0, [column.heading(book.words) for column in wanted])
    for position, column in enumerate(wanted):
        if column.name in _COSTS:
            continue
        for row, value in enumerate(columns.plain(book.fixes[column.name], column.kind), start=_TOP):
            _write(book, sheet, (row, position), value, column)
    first = names.index(_COSTS[0])
    factor = cost_workbook.prices_in(cost_workbook.price_rows(book.subject.price_book)[prices.FACTOR])
    for row, fix in enumerate(book.fixes.itertuples(), start=_TOP):
        for end, name in enumerate(_COSTS):
            column = utility.xl_col_to_name(_FIRST_COST + end)
            own = utility.xl_rowcol_to_cell(row, 0, col_abs=True)
            total = f"SUMIFS({_BILL}!${column}:${column},{_BILL}!$A:$A,{own})"
            formula = f"=ROUND({total}*{factor[end]},2)"
            sheet.write_formula(row, first + end, formula, book.looks["baht"], float(getattr(fix, name)))
    sheet.set_column(0, len(wanted) - 1, 16)
    for name, width in (("site_name", 34), ("what", 30), ("reason", 60)):
        sheet.set_column(names.index(name), names.index(name), width)
    sheet.freeze_panes(_TOP, 1)
    sheet.autofilter(0, 0, book.last, len(wanted) - 1)


def _write(
    book: _Book, sheet: xlsxwriter.worksheet.Worksheet, at: tuple[int, int], value: object, column: columns.Column
) -> None:
    look = book.looks["baht" if column.kind == columns.NUMBER else "text"]
    if isinstance(value, bool):
        sheet.write_string(*at, book.words.text("yes") if value else book.words.text("no"), look)
    elif isinstance(value, int | float):
        sheet.write_number(*at, value, look)
    elif isinstance(value, str):
        sheet.write_string(*at, column.said(value, book.words), look)


def _bill(book: _Book, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    book.head(sheet, 0, [book.words.text(heading) for heading in _BILL_HEADINGS])
    rows, row = cost_workbook.price_rows(book.subject.price_book), 1
    for fix_id in book.fixes["fix_id"]:
        for line in book.subject.model.fixes[fix_id].estimate.lines:
            unit = book.words.text(quantities.UNITS[quantities.unit(line.code)])
            for column, said in enumerate((fix_id, book.words.name(line.price.name), unit)):
                sheet.write_string(row, column, said, book.looks["text"])
            sheet.write_number(row, _AMOUNT, float(line.amount), book.looks["amount"])
            for end, price in enumerate(cost_workbook.prices_in(rows[line.code])):
                formula = f"=ROUND({cost_workbook.cell(row, _AMOUNT)}*{price},2)"
                sheet.write_formula(row, _FIRST_COST + end, formula, book.looks["baht"], float(line.thb[end]))
            row += 1
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 46)
    sheet.set_column(2, 6, 14)
    sheet.freeze_panes(1, 1)


def _budget(book: _Book, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    text, subject = book.words.text, book.subject
    sheet.write_string(0, 0, plan_about.lead(subject, book.words), book.looks["title"])
    marks = [subject.mark(book.words), text(prices.SAMPLE) if subject.price_book.sample else ""]
    sheet.write_string(1, 0, " · ".join(mark for mark in marks if mark), book.looks["mark"])
    money = [text(heading) for heading in _MONEY_HEADINGS]
    book.head(sheet, 3, ["", text("Number of fixes"), *money])
    yes = _range(book, "in_plan"), f'"{text("yes")}"'
    in_plan = book.fixes["in_plan"].to_numpy(dtype=bool)
    sheet.write_string(4, 0, text("Budget (baht)"), book.looks["text"])
    for end in range(3):
        sheet.write_number(4, 2 + end, subject.wishes.budget_thb, book.looks["price"])
    _sums(book, sheet, 5, text("Cost of the plan"), yes, in_plan)
    sheet.write_string(6, 0, text("Left of the budget"), book.looks["heading"])
    for end, name in enumerate(_COSTS):
        left = subject.wishes.budget_thb - float(book.fixes.loc[in_plan, name].sum())
        budget, spent = (cost_workbook.cell(row, 2 + end) for row in (4, 5))
        sheet.write_formula(6, 2 + end, f"={budget}-{spent}", book.looks["total"], left)
    row = 8
    for name, heading in (("zone", text("Zone of the fix")), ("year", text("Year of the plan by years"))):
        values = sorted(book.fixes[name].dropna().unique())
        if not values:
            continue
        book.head(sheet, row, [heading, text("Number of fixes"), *money])
        for value in values:
            row += 1
            own, counted = cost_workbook.cell(row, 0), (book.fixes[name] == value).fillna(False).to_numpy(dtype=bool)
            wanted = (_range(book, name), own) if name == "year" else (*yes, _range(book, name), own)
            _sums(book, sheet, row, value, wanted, counted if name == "year" else counted & in_plan)
        row += 2
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 4, 18)


def _sums(
    book: _Book,
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    name: object,
    wanted: Sequence[str],
    counted: Sequence[bool],
) -> None:
    """Write how many fixes there are of a kind, and what they cost, as formulas with the value they have now."""
    if isinstance(name, str):
        sheet.write_string(row, 0, name, book.looks["text"])
    else:
        sheet.write_number(row, 0, int(str(name)), book.looks["text"])
    criteria = ",".join(wanted)
    mine = book.fixes.loc[counted]
    sheet.write_formula(row, 1, f"=COUNTIFS({criteria})", book.looks["text"], len(mine))
    for end, column in enumerate(_COSTS):
        formula = f"=SUMIFS({_range(book, column)},{criteria})"
        sheet.write_formula(row, 2 + end, formula, book.looks["baht"], float(mine[column].sum()))


def _range(book: _Book, name: str) -> str:
    column = [each.name for each in plan_contents.FIXES].index(name)
    return f"{_FIXES}!{utility.xl_range_abs(_TOP, column, book.last, column)}"


def _about(book: _Book, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    words = book.words
    book.head(sheet, 0, [column.heading(words) for column in plan_contents.ABOUT])
    assumed: Mapping[str, str] = {
        name: f"{words.number(value)} – {words.text(why)}"
        for name, why, value in quantities.assumed(requirements.Construction(), quantities.Works())
    }
    for row, (item, said) in enumerate((*plan_about.lines(book.subject, words), *assumed.items()), start=1):
        sheet.write_string(row, 0, item, book.looks["text"])
        sheet.write_string(row, 1, said, book.looks["text"])
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 110)
    sheet.freeze_panes(1, 0)
