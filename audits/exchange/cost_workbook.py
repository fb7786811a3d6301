"""Write an estimate as an Excel workbook that recalculates: change an amount or a price and the totals follow."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence

import xlsxwriter
from xlsxwriter import utility

from audits import wording
from audits.planning import cost, prices, quantities, requirements

phrase = wording.phrase

_ESTIMATE, _PRICES, _ASSUMPTIONS = phrase("Estimate"), phrase("Unit prices"), phrase("Assumptions")
PRICE_SHEET = "Prices"
_HEADINGS = (
    phrase("Item"),
    phrase("Unit"),
    phrase("Amount"),
    phrase("Price, low (THB)"),
    phrase("Price, likely (THB)"),
    phrase("Price, high (THB)"),
    phrase("Cost, low (THB)"),
    phrase("Cost, likely (THB)"),
    phrase("Cost, high (THB)"),
)
_SUM, _FACTOR, _TOTAL = phrase("Sum"), phrase("Factor for overheads, profit and tax"), phrase("Total")
_TOP, _FIRST_PRICE, _FIRST_COST, _AMOUNT = 4, 3, 6, 2
_PRICE_TOP, _PRICE_LOW, _ENDS, _A4 = 1, 4, range(3), 9
_VALUE_NAME, _VALUE, _WHY = phrase("Assumption"), phrase("Value"), phrase("Why")
_LANGUAGES = tuple(wording.Wording(language) for language in wording.LANGUAGES)
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FONT = {"font_name": "TH Sarabun New", "font_size": 14, "valign": "top", "text_wrap": True}
_BAHT = "#,##0.00"

Formats = Mapping[str, xlsxwriter.format.Format]


def workbook(
    found: cost.Estimate,
    book: prices.PriceBook,
    made: requirements.Construction,
    works: quantities.Works,
    *,
    title: str,
    made_on: dt.date,
) -> bytes:
    """Return an estimate with live formulas, headed in Thai and English; the same estimate makes the same bytes.

    Parameters
    ----------
    found, book
        The estimate and the prices it was made with.
    made, works
        The assumptions behind its amounts.
    title
        What is estimated; a person's words, never run as a formula.
    made_on
        Day written on it.
    """
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, OPTIONS) as file:
        file.set_properties({"title": "Jaidee", "created": dt.datetime(made_on.year, made_on.month, made_on.day)})  # noqa: DTZ001
        looks = looks_of(file)
        sheet = file.add_worksheet("Estimate")
        price_sheet, other = file.add_worksheet(PRICE_SHEET), file.add_worksheet("Assumptions")
        _write_estimate(sheet, found, price_rows(book), looks)
        write_prices(price_sheet, book, looks)
        _write_assumptions(other, made, works, looks)
        for each, name in ((sheet, _ESTIMATE), (price_sheet, _PRICES), (other, _ASSUMPTIONS)):
            finish(each, name, found.sample)
        _head(sheet, title, made_on, found.sample, looks)
    return written.getvalue()


def price_table(book: prices.PriceBook) -> bytes:
    """Return the prices as a workbook to fill in and to send back, read by :func:`audits.planning.price_books.read`."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, OPTIONS) as file:
        day = max(price.dated_on for price in book.prices.values())
        file.set_properties({"title": "Jaidee", "created": dt.datetime(day.year, day.month, day.day)})  # noqa: DTZ001
        sheet = file.add_worksheet(PRICE_SHEET)
        write_prices(sheet, book, looks_of(file))
        finish(sheet, _PRICES, book.sample)
    return written.getvalue()


def looks_of(file: xlsxwriter.Workbook) -> Formats:
    """Return the looks of cells, by what they hold."""
    return {
        "text": file.add_format(FONT),
        "title": file.add_format(FONT | {"bold": True, "font_size": 18, "text_wrap": False}),
        "mark": file.add_format(FONT | {"bold": True, "font_color": "#A4001D", "text_wrap": False}),
        "heading": file.add_format(FONT | {"bold": True, "bg_color": "#E6E6E6", "bottom": 1}),
        "amount": file.add_format(FONT | {"num_format": _BAHT, "bg_color": "#FFF7D6", "border": 1}),
        "price": file.add_format(FONT | {"num_format": _BAHT, "bg_color": "#FFF7D6", "border": 1}),
        "baht": file.add_format(FONT | {"num_format": _BAHT}),
        "total": file.add_format(FONT | {"num_format": _BAHT, "bold": True, "top": 1}),
        "factor": file.add_format(FONT | {"num_format": "0.0000"}),
        "factor_to_change": file.add_format(FONT | {"num_format": "0.0000", "bg_color": "#FFF7D6", "border": 1}),
        "day": file.add_format(FONT | {"num_format": "yyyy-mm-dd", "align": "left"}),
    }


def _both(english: str) -> str:
    """Return a phrase in Thai and below it in English."""
    return "\n".join(words.text(english) for words in _LANGUAGES)


def price_rows(book: prices.PriceBook) -> Mapping[str, int]:
    """Return in which row of the price sheet each code stands."""
    return {code: row for row, code in enumerate((*book.prices, prices.FACTOR), start=_PRICE_TOP)}


def _head(sheet: xlsxwriter.worksheet.Worksheet, title: str, made_on: dt.date, sample: bool, looks: Formats) -> None:
    sheet.write_string(0, 0, title, looks["title"])
    sheet.write_string(1, 0, " / ".join(words.day(made_on) for words in _LANGUAGES), looks["text"])
    if sample:
        sheet.write_string(2, 0, " / ".join(words.text(prices.SAMPLE) for words in _LANGUAGES), looks["mark"])


def _write_estimate(
    sheet: xlsxwriter.worksheet.Worksheet, found: cost.Estimate, row_of: Mapping[str, int], looks: Formats
) -> None:
    for column, heading in enumerate(_HEADINGS):
        sheet.write_string(_TOP - 1, column, _both(heading), looks["heading"])
    for row, line in enumerate(found.lines, start=_TOP):
        unit = quantities.UNITS[quantities.unit(line.code)]
        products = [f"ROUND({cell(row, _AMOUNT)}*{cell(row, _FIRST_PRICE + end)},2)" for end in _ENDS]
        sheet.write_string(row, 0, f"{line.price.name.th}\n{line.price.name.en}", looks["text"])
        sheet.write_string(row, 1, _both(unit), looks["text"])
        sheet.write_number(row, _AMOUNT, float(line.amount), looks["amount"])
        _formulas(sheet, (row, _FIRST_PRICE), prices_in(row_of[line.code]), line.price.thb, looks["baht"])
        _formulas(sheet, (row, _FIRST_COST), products, line.thb, looks["baht"])
    last = _TOP + len(found.lines)
    for row, name in enumerate((_SUM, _FACTOR, _TOTAL), start=last):
        sheet.write_string(row, 0, _both(name), looks["heading"])
    columns = [_FIRST_COST + end for end in _ENDS]
    sums = [f"SUM({cell(_TOP, column)}:{cell(last - 1, column)})" for column in columns] if found.lines else ["0"] * 3
    totals = [f"ROUND({cell(last, column)}*{cell(last + 1, column)},2)" for column in columns]
    _formulas(sheet, (last, _FIRST_COST), sums, found.direct_thb, looks["total"])
    _formulas(sheet, (last + 1, _FIRST_COST), prices_in(row_of[prices.FACTOR]), found.factor.thb, looks["factor"])
    _formulas(sheet, (last + 2, _FIRST_COST), totals, found.total_thb, looks["total"])
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, len(_HEADINGS) - 1, 15)
    sheet.freeze_panes(_TOP, 1)


def _formulas(
    sheet: xlsxwriter.worksheet.Worksheet,
    at: tuple[int, int],
    formulas: Sequence[str],
    values: prices.Span,
    look: xlsxwriter.format.Format,
) -> None:
    """Write three formulas side by side, each with the value it has now, for programs that do not calculate."""
    for end, (formula, value) in enumerate(zip(formulas, values, strict=True)):
        sheet.write_formula(at[0], at[1] + end, f"={formula}", look, float(value))


def cell(row: int, column: int) -> str:
    """Return the name of a cell, such as ``B3``."""
    return str(utility.xl_rowcol_to_cell(row, column))


def prices_in(row: int) -> list[str]:
    """Return the cells of the low, the likely and the high price in a row of the price sheet."""
    return [f"{PRICE_SHEET}!{utility.xl_rowcol_to_cell(row, _PRICE_LOW + end, True, True)}" for end in _ENDS]


def write_prices(sheet: xlsxwriter.worksheet.Worksheet, book: prices.PriceBook, looks: Formats) -> None:
    """Write the price table, the cells to change in yellow."""
    for column, (name, heading) in enumerate(prices.COLUMNS.items()):
        sheet.write_string(0, column, f"{heading} ({name})", looks["heading"])
    rows = price_rows(book)
    for price in (*book.prices.values(), book.factor):
        row, is_factor = rows[price.code], price.code == prices.FACTOR
        unit = "" if is_factor else quantities.unit(price.code)
        for column, text in enumerate((price.code, price.name.th, price.name.en, unit)):
            sheet.write_string(row, column, text, looks["text"])
        for end, amount in enumerate(price.thb):
            look = looks["factor_to_change" if is_factor else "price"]
            sheet.write_number(row, _PRICE_LOW + end, float(amount), look)
        day = dt.datetime(price.dated_on.year, price.dated_on.month, price.dated_on.day)  # noqa: DTZ001
        sheet.write_datetime(row, _PRICE_LOW + 3, day, looks["day"])
        sheet.write_string(row, _PRICE_LOW + 4, price.source, looks["text"])
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 2, 40)
    sheet.set_column(3, 7, 14)
    sheet.set_column(8, 8, 34)
    sheet.freeze_panes(1, 1)


def _write_assumptions(
    sheet: xlsxwriter.worksheet.Worksheet, made: requirements.Construction, works: quantities.Works, looks: Formats
) -> None:
    for column, heading in enumerate((_VALUE_NAME, _VALUE, _WHY)):
        sheet.write_string(0, column, _both(heading), looks["heading"])
    for row, (name, why, value) in enumerate(quantities.assumed(made, works), start=1):
        sheet.write_string(row, 0, name, looks["text"])
        sheet.write_number(row, 1, value, looks["text"])
        sheet.write_string(row, 2, _both(why), looks["text"])
    sheet.set_column(0, 0, 26)
    sheet.set_column(2, 2, 80)
    sheet.freeze_panes(1, 1)


def finish(sheet: xlsxwriter.worksheet.Worksheet, name: str, sample: bool) -> None:
    """Set a sheet for A4 with its name, and the mark of sample prices, above every page."""
    thai = _LANGUAGES[0]
    mark = thai.text(prices.SAMPLE) if sample else ""
    sheet.set_header(f"&L{thai.text(name)} / {name}&R{mark}")
    sheet.set_footer("&R&P / &N")
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
