"""Write an estimate as an Excel workbook that recalculates: change an amount or a price and the totals follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import xlsxwriter
from xlsxwriter import utility
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from audits import wording
from audits.formats import xlsx
from audits.ramps import cost, prices, quantities, requirements

phrase = wording.phrase

PRICE_SHEET = "Prices"
_TITLES = {
    "Estimate": phrase("Estimate"),
    PRICE_SHEET: phrase("Unit prices"),
    "Assumptions": phrase("Assumptions"),
}
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
_SUMS = phrase("Sum"), phrase("Factor for overheads, profit and tax"), phrase("Total")
_TOP, _FIRST_PRICE, _FIRST_COST, _AMOUNT = 4, 3, 6, 2
_PRICE_TOP, _PRICE_LOW, _ENDS, _A4 = 1, 4, range(3), 9
_ASSUMED = phrase("Assumption"), phrase("Value"), phrase("Why")
_LANGUAGES = tuple(wording.Wording(language) for language in wording.LANGUAGES)
_FONT = xlsx.FONT | {"text_wrap": True}
_BAHT: dict[str, object] = {"num_format": "#,##0.00"}
_TO_CHANGE: dict[str, object] = {"bg_color": "#FFF7D6", "border": 1}

Formats = Mapping[str, Format]


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

    def fill(file: xlsxwriter.Workbook) -> None:
        looks = formats(file)
        sheets = {name: file.add_worksheet(name) for name in _TITLES}
        _write_estimate(sheets["Estimate"], found, price_rows(book), looks)
        write_prices(sheets[PRICE_SHEET], book, looks)
        _write_assumptions(sheets["Assumptions"], made, works, looks)
        for name, sheet in sheets.items():
            finish(sheet, _TITLES[name], found.sample)
        _write_head(sheets["Estimate"], title, made_on, found.sample, looks)

    return xlsx.workbook(made_on, fill)


def price_table(book: prices.PriceBook) -> bytes:
    """Return the prices as a workbook to fill in and to send back, read by :func:`audits.ramps.price_books.read`."""

    def fill(file: xlsxwriter.Workbook) -> None:
        sheet = file.add_worksheet(PRICE_SHEET)
        write_prices(sheet, book, formats(file))
        finish(sheet, _TITLES[PRICE_SHEET], book.sample)

    return xlsx.workbook(max(price.dated_on for price in book.prices.values()), fill)


def formats(file: xlsxwriter.Workbook) -> Formats:
    """Add the formats of cells, by what they hold."""
    looks: dict[str, dict[str, object]] = {
        "text": {},
        "title": {"bold": True, "font_size": 18, "text_wrap": False},
        "mark": {"bold": True, "font_color": "#A4001D", "text_wrap": False},
        "heading": xlsx.HEADING,
        "to_change": _BAHT | _TO_CHANGE,
        "baht": _BAHT,
        "total": _BAHT | {"bold": True, "top": 1},
        "factor": {"num_format": "0.0000"},
        "factor_to_change": {"num_format": "0.0000", **_TO_CHANGE},
        "day": {"num_format": "yyyy-mm-dd", "align": "left"},
    }
    return {name: file.add_format(_FONT | look) for name, look in looks.items()}


def _both(english: str) -> str:
    """Return a phrase in Thai and below it in English."""
    return "\n".join(words.text(english) for words in _LANGUAGES)


def price_rows(book: prices.PriceBook) -> Mapping[str, int]:
    """Return the row of each code in the price sheet."""
    return {code: row for row, code in enumerate((*book.prices, prices.FACTOR), start=_PRICE_TOP)}


def _write_head(sheet: Worksheet, title: str, made_on: dt.date, sample: bool, looks: Formats) -> None:
    xlsx.write(sheet, 0, 0, title, looks["title"])
    xlsx.write(sheet, 1, 0, " / ".join(words.day(made_on) for words in _LANGUAGES), looks["text"])
    if sample:
        xlsx.write(sheet, 2, 0, " / ".join(words.text(prices.SAMPLE) for words in _LANGUAGES), looks["mark"])


def _write_estimate(sheet: Worksheet, found: cost.Estimate, row_of: Mapping[str, int], looks: Formats) -> None:
    xlsx.write_row(sheet, _TOP - 1, map(_both, _HEADINGS), looks["heading"])
    for row, line in enumerate(found.lines, start=_TOP):
        unit = quantities.UNITS[quantities.unit(line.code)]
        products = [f"ROUND({cell(row, _AMOUNT)}*{cell(row, _FIRST_PRICE + end)},2)" for end in _ENDS]
        xlsx.write_row(sheet, row, (f"{line.price.name.th}\n{line.price.name.en}", _both(unit)), looks["text"])
        xlsx.write(sheet, row, _AMOUNT, float(line.amount), looks["to_change"])
        write_span(sheet, (row, _FIRST_PRICE), prices_in(row_of[line.code]), line.price.thb, looks["baht"])
        write_span(sheet, (row, _FIRST_COST), products, line.thb, looks["baht"])
    last = _TOP + len(found.lines)
    for row, name in enumerate(_SUMS, start=last):
        xlsx.write(sheet, row, 0, _both(name), looks["heading"])
    columns = [_FIRST_COST + end for end in _ENDS]
    sums = [f"SUM({cell(_TOP, column)}:{cell(last - 1, column)})" for column in columns] if found.lines else ["0"] * 3
    totals = [f"ROUND({cell(last, column)}*{cell(last + 1, column)},0)" for column in columns]
    write_span(sheet, (last, _FIRST_COST), sums, found.direct_thb, looks["total"])
    write_span(sheet, (last + 1, _FIRST_COST), prices_in(row_of[prices.FACTOR]), found.factor.thb, looks["factor"])
    write_span(sheet, (last + 2, _FIRST_COST), totals, found.total_thb, looks["total"])
    xlsx.set_widths(sheet, 44, *[15] * (len(_HEADINGS) - 1))
    sheet.freeze_panes(_TOP, 1)


def write_span(
    sheet: Worksheet, at: tuple[int, int], formulas: Sequence[str], values: Sequence[object], look: Format
) -> None:
    """Write formulas for the low, the likely and the high value side by side.

    Each comes with the value it has now, for programs that do not calculate.
    """
    for end, (formula, value) in enumerate(zip(formulas, values, strict=True)):
        # Prices are decimals; by way of their text they become the float that Excel shows.
        now = value if isinstance(value, int) else float(str(value))
        sheet.write_formula(at[0], at[1] + end, f"={formula}", look, now)


def cell(row: int, column: int) -> str:
    """Return the name of a cell, such as ``B3``."""
    return str(utility.xl_rowcol_to_cell(row, column))


def prices_in(row: int) -> list[str]:
    """Return the cells of the low, the likely and the high price in a row of the price sheet."""
    return [f"{PRICE_SHEET}!{utility.xl_rowcol_to_cell(row, _PRICE_LOW + end, True, True)}" for end in _ENDS]


def write_prices(sheet: Worksheet, book: prices.PriceBook, looks: Formats) -> None:
    """Write the price table, the cells to change in yellow."""
    xlsx.write_row(sheet, 0, (f"{heading} ({name})" for name, heading in prices.COLUMNS.items()), looks["heading"])
    rows = price_rows(book)
    for price in (*book.prices.values(), book.factor):
        row, is_factor = rows[price.code], price.code == prices.FACTOR
        unit = "" if is_factor else quantities.unit(price.code)
        xlsx.write_row(sheet, row, (price.code, price.name.th, price.name.en, unit), looks["text"])
        for end, amount in enumerate(price.thb):
            look = looks["factor_to_change" if is_factor else "to_change"]
            xlsx.write(sheet, row, _PRICE_LOW + end, float(amount), look)
        xlsx.write(sheet, row, _PRICE_LOW + 3, xlsx.instant(price.dated_on), looks["day"])
        xlsx.write(sheet, row, _PRICE_LOW + 4, price.source, looks["text"])
    xlsx.set_widths(sheet, 18, 40, 40, *[14] * 5, 34)
    sheet.freeze_panes(1, 1)


def _write_assumptions(
    sheet: Worksheet, made: requirements.Construction, works: quantities.Works, looks: Formats
) -> None:
    xlsx.write_row(sheet, 0, map(_both, _ASSUMED), looks["heading"])
    for row, (name, why, value) in enumerate(quantities.assumed(made, works), start=1):
        xlsx.write_row(sheet, row, (name, value, _both(why)), looks["text"])
    sheet.set_column(0, 0, 26)
    sheet.set_column(2, 2, 80)
    sheet.freeze_panes(1, 1)


def finish(sheet: Worksheet, name: str, sample: bool) -> None:
    """Set a sheet for A4 with its name, and the mark of sample prices, above every page."""
    # Excel allows a header of 255 characters: the mark stands there in one language only.
    thai = _LANGUAGES[0]
    mark = thai.text(prices.SAMPLE) if sample else ""
    sheet.set_header(f"&L{thai.text(name)} / {name}&R{mark}")
    sheet.set_footer("&R&P / &N")
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
