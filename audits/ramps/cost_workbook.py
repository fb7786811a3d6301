"""Write an estimate as an Excel workbook that recalculates: change an amount or a price and the totals follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter
from xlsxwriter import utility
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from audits import wording
from audits.formats import xlsx
from audits.ramps import (
    assumptions,
    cost,
    cost_forms,
    factor_f,
    geometry,
    mending,
    prices,
    quantities,
    requirements,
    site_design,
    walls,
)

phrase = wording.phrase

PRICE_SHEET, FACTOR_SHEET = "Prices", "Factor F"
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
UNCOUNTED = phrase(
    "That part is priced as a wall without a footing: the sum is too low until the engineer has designed it."
)
_SUMS = phrase("Sum"), phrase("Factor F, for overheads, interest, profit and VAT"), phrase("Cost of construction")
_TOP, _FIRST_PRICE, _FIRST_COST, _AMOUNT = 5, 3, 6, 2
# rows and columns are counted from 0; 9 is the number by which Excel knows A4
_PRICE_TOP, _PRICE_LOW, _LABOUR, _ENDS, _A4 = 1, 4, 7, range(3), 9
_DRAWING = phrase("Drawing number")
_ASSUMED = phrase("Assumption"), phrase("Value"), phrase("Unit")
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
    owner: str = "",
    drawing: str = "",
    home: bool = False,
    design: geometry.Design | None = None,
    parts: mending.Parts | None = None,
    grounds: site_design.Grounds = site_design.Grounds(),  # noqa: B008 - it never changes
) -> bytes:
    """Return an estimate with live formulas, headed in Thai and English; the same estimate makes the same bytes.

    Beside it stand the forms of :mod:`audits.ramps.cost_forms`, whose amounts follow those of the estimate.

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
    owner
        The municipality whose work it is.
    drawing
        Number of the drawing that is estimated.
    home
        Whether it is for a home, so that others sign.
    design
        What is estimated; where an engineer must design part of it, that stands in red above every sum.
    parts
        The parts that the plan counts in place of this estimate.
    grounds
        What the design rests on; what must be known of it stands in red above every sum, as do `parts`.
    """
    # each sheet is signed and passed on by itself
    above = [_cautions(design, parts, grounds, words) for words in _LANGUAGES]

    def fill(file: xlsxwriter.Workbook) -> None:
        looks = formats(file)
        names = ["Estimate", *cost_forms.SHEETS, PRICE_SHEET, "Assumptions", *[FACTOR_SHEET] * (book.table is not None)]
        sheets = {name: file.add_worksheet(name) for name in names}
        _write_estimate(sheets["Estimate"], found, book, looks)
        write_prices(sheets[PRICE_SHEET], book, looks)
        _write_assumptions(sheets["Assumptions"], assumptions.of(made, works, design), looks)
        if book.table is not None:
            write_factors(sheets[FACTOR_SHEET], book.table, looks)
        signed = tuple(cost_forms.signature_lines(home))
        head = cost_forms.Head(title, owner, made_on, found.sample, signed, above[0], drawing)
        cost_forms.write(sheets, found, book.table, head, _referred(found, book), looks)
        for name, sheet in sheets.items():
            finish(sheet, _TITLES.get(name, name), found.sample)
        _write_head(sheets["Estimate"], title, made_on, drawing, looks, sample=found.sample)
        cost_forms.write_warning(sheets["Estimate"], 3, len(_HEADINGS), "\n".join(filter(None, above)), looks)

    return xlsx.workbook(made_on, fill)


def price_table(book: prices.PriceBook) -> bytes:
    """Return the prices as a workbook to fill in and to send back, read by :func:`audits.ramps.price_books.read`."""

    def fill(file: xlsxwriter.Workbook) -> None:
        sheet = file.add_worksheet(PRICE_SHEET)
        write_prices(sheet, book, formats(file))
        finish(sheet, _TITLES[PRICE_SHEET], book.sample)

    # dated by its newest price and not by the clock: the same prices make the same bytes
    return xlsx.workbook(max(price.dated_on for price in book.prices.values()), fill)


def formats(file: xlsxwriter.Workbook) -> Formats:
    """Add the formats of cells, by what they hold."""
    looks: dict[str, dict[str, object]] = {
        "text": {},
        "title": {"bold": True, "font_size": 18, "text_wrap": False},
        "line": {"text_wrap": False},
        "mark": {"bold": True, "font_color": "#A4001D", "text_wrap": False},
        "warning": {"bold": True, "font_color": "#A4001D"},
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


def _cautions(
    design: geometry.Design | None, parts: mending.Parts | None, grounds: site_design.Grounds, words: wording.Wording
) -> str:
    """Return a line for each thing that must be known before the sum counts."""
    warning = walls.warning(design, words) if design else ""
    lines = (
        *grounds.cautions(words),
        f"{warning} {words.text(UNCOUNTED)}" if warning else "",
        mending.beside_a_bill(parts, words) if parts else "",
    )
    return "\n".join(filter(None, lines))


def _write_head(sheet: Worksheet, title: str, made_on: dt.date, drawing: str, looks: Formats, *, sample: bool) -> None:
    xlsx.write(sheet, 0, 0, title, looks["title"])
    xlsx.write(sheet, 1, 0, " / ".join(words.day(made_on) for words in _LANGUAGES), looks["text"])
    if drawing:
        named = " / ".join(words.text(_DRAWING) for words in _LANGUAGES)
        xlsx.write(sheet, 1, 2, f"{named}: {drawing}", looks["line"])
    if sample:
        xlsx.write(sheet, 2, 0, " / ".join(words.text(prices.SAMPLE) for words in _LANGUAGES), looks["mark"])


def _referred(found: cost.Estimate, book: prices.PriceBook) -> cost_forms.Cells:
    rows, places = price_rows(book), range(_TOP, _TOP + len(found.lines))
    return cost_forms.Cells(
        amounts=[f"Estimate!{utility.xl_rowcol_to_cell(row, _AMOUNT, True, True)}" for row in places],
        prices=[(prices_in(rows[line.code])[1], labour_in(rows[line.code])) for line in found.lines],
        factor=f"Estimate!{utility.xl_rowcol_to_cell(_TOP + len(found.lines) + 1, _FIRST_COST + 1, True, True)}",
    )


def factor_formula(direct: str, table: factor_f.Table) -> str:
    """Return the formula of Factor F on a cell with a sum, between the rows of the sheet that has the table."""
    last = _PRICE_TOP + len(table.rows)
    costs, factors = (f"'{FACTOR_SHEET}'!${column}${_PRICE_TOP + 1}:${column}${last}" for column in "AB")
    # a single row has no interval to interpolate in
    if len(table.rows) == 1:
        return f"INDEX({factors},1)"
    # Held within the table, so that beyond its ends the factor is that of the end.
    within = f"MIN(MAX({direct},MIN({costs})),MAX({costs}))"
    # the last row begins no interval: at the upper end the one before it is used
    at = f"MIN(MATCH({within},{costs},1),{len(table.rows) - 1})"
    b, c, d, e = (f"INDEX({of},{at}{step})" for of in (costs, factors) for step in ("", "+1"))
    return f"ROUND({d}-({d}-{e})*({within}-{b})/({c}-{b}),4)"


def write_factors(sheet: Worksheet, table: factor_f.Table, looks: Formats) -> None:
    """Write the table that :func:`factor_formula` reads, the cells to change in yellow."""
    headings = _both(phrase("Direct cost (THB)")), "Factor F", *factor_f.CONDITIONS.values()
    xlsx.write_row(sheet, 0, headings, looks["heading"])
    for row, (amount, factor) in enumerate(table.rows, start=_PRICE_TOP):
        xlsx.write(sheet, row, 0, float(amount), looks["to_change"])
        xlsx.write(sheet, row, 1, float(factor), looks["factor_to_change"])
    for column, name in enumerate(factor_f.CONDITIONS, start=2):
        xlsx.write(sheet, _PRICE_TOP, column, float(table.conditions[name]), looks["text"])
    xlsx.write_row(sheet, _PRICE_TOP + len(table.rows) + 1, (table.source, table.dated_on.isoformat()), looks["line"])
    xlsx.set_widths(sheet, 20, 14, *[16] * 4)


def _write_estimate(sheet: Worksheet, found: cost.Estimate, book: prices.PriceBook, looks: Formats) -> None:
    row_of = price_rows(book)
    xlsx.write_row(sheet, _TOP - 1, map(_both, _HEADINGS), looks["heading"])
    for row, line in enumerate(found.lines, start=_TOP):
        unit = quantities.UNITS[quantities.unit(line.code)]
        of_unit = [cell(row, _FIRST_PRICE + end) for end in _ENDS]
        products = products_of(cell(row, _AMOUNT), of_unit, labour_in(row_of[line.code]))
        xlsx.write_row(sheet, row, (f"{line.price.name.th}\n{line.price.name.en}", _both(unit)), looks["text"])
        xlsx.write(sheet, row, _AMOUNT, float(line.amount), looks["to_change"])
        write_span(sheet, (row, _FIRST_PRICE), prices_in(row_of[line.code]), line.price.thb, looks["baht"])
        write_span(sheet, (row, _FIRST_COST), products, line.thb, looks["baht"])
    last = _TOP + len(found.lines)
    for row, name in enumerate(_SUMS, start=last):
        xlsx.write(sheet, row, 0, _both(name), looks["heading"])
    columns = [_FIRST_COST + end for end in _ENDS]
    # without lines the range would hold the cell of the sum itself
    sums = [f"SUM({cell(_TOP, column)}:{cell(last - 1, column)})" for column in columns] if found.lines else ["0"] * 3
    totals = [f"ROUND({cell(last, column)}*{cell(last + 1, column)},0)" for column in columns]
    write_span(sheet, (last, _FIRST_COST), sums, found.direct_thb, looks["total"])
    factors = prices_in(row_of[prices.FACTOR])
    if book.table is not None:
        factors = [factor_formula(cell(last, column), book.table) for column in columns]
    write_span(sheet, (last + 1, _FIRST_COST), factors, found.factor.thb, looks["factor"])
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


def labour_in(row: int) -> str:
    """Return the cell of the labour in a row of the price sheet; empty, it counts as 0."""
    return f"{PRICE_SHEET}!{utility.xl_rowcol_to_cell(row, _LABOUR, True, True)}"


def products_of(amount: str, of_unit: Sequence[str], labour: str) -> list[str]:
    """Return the formulas of an amount at its low, likely and high price: material and labour, as on ปร.4."""
    return [f"ROUND({amount}*({each}-{labour}),2)+ROUND({amount}*{labour},2)" for each in of_unit]


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
        labour = None if price.labour_thb is None else float(price.labour_thb)
        xlsx.write(sheet, row, _LABOUR, labour, looks["text" if is_factor else "to_change"])
        xlsx.write(sheet, row, _LABOUR + 1, xlsx.instant(price.dated_on), looks["day"])
        xlsx.write(sheet, row, _LABOUR + 2, price.source, looks["text"])
    xlsx.set_widths(sheet, 18, 40, 40, *[14] * 6, 34)
    sheet.freeze_panes(1, 1)


def _write_assumptions(sheet: Worksheet, assumed: Iterable[tuple[str, str, float]], looks: Formats) -> None:
    xlsx.write_row(sheet, 0, map(_both, _ASSUMED), looks["heading"])
    for row, (name, why, value) in enumerate(assumed, start=1):
        (shown, thai_unit), (_, unit) = (assumptions.value_and_unit(name, value, words) for words in _LANGUAGES)
        # a unit that both languages write alike stands once
        units = "\n".join(dict.fromkeys((thai_unit, unit)))
        xlsx.write_row(sheet, row, (_both(why), shown, units), looks["text"])
    sheet.set_column(0, 0, 80)
    sheet.freeze_panes(1, 1)


def finish(sheet: Worksheet, name: str, sample: bool) -> None:
    """Set a sheet for A4 with its name, and the mark of sample prices, above every page."""
    # Excel allows a header of 255 characters: the mark stands there in one language only.
    thai = _LANGUAGES[0]
    mark = thai.text(prices.SAMPLE) if sample else ""
    title = " / ".join(dict.fromkeys((thai.text(name), name)))
    sheet.set_header(f"&L{title}&R{mark}")
    sheet.set_footer("&R&P / &N")
    sheet.set_landscape()
    sheet.set_paper(_A4)
    # one page wide, and as many high as the rows need
    sheet.fit_to_pages(1, 0)
