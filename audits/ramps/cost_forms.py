"""Write an estimate in the forms of Thai public works: ปร.4 items, ปร.5 sum with Factor F, ปร.6 summary."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import bahttext
from xlsxwriter import utility
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from audits import wording
from audits.formats import xlsx
from audits.ramps import cost, factor_f, prices, quantities
from layers import installation

FORMS: Mapping[str, Any] = json.loads((installation.DATA / "prices" / "forms.json").read_text("utf-8"))
HOME_SIGNATURES = wording.phrase("Architect ………………………… Physiotherapist ………………………… Care manager ………………………… Day ……/……/……")
"""Lines to sign on the drawing of a ramp at a home."""
ITEMS, WITH_FACTOR, SUMMARY = SHEETS = "ปร.4", "ปร.5", "ปร.6"

_THAI = wording.Wording("th")
_HEADINGS, _FIRST = 6, 7
_COST, _LABOUR_SUM, _MATERIAL_SUM = 8, 7, 5
_NOTHING = Decimal()
_LINES_PT = 40
"""Height of a caution, which takes up to two lines of print."""


@dataclass(frozen=True)
class Head:
    """What stands above every form: the work, whose it is, its drawing and the day; in red what must be known first."""

    title: str
    owner: str
    made_on: dt.date
    sample: bool
    signatures: tuple[str, ...] = tuple(FORMS["signatures"])
    beware: str = ""
    drawing: str = ""


@dataclass(frozen=True)
class Cells:
    """Cells of other sheets that the forms refer to, as formulas write them.

    `amounts` and `prices` are in the order of the lines, a price as its likely and its labour cell.
    """

    amounts: Sequence[str]
    prices: Sequence[tuple[str, str]]
    factor: str


def write(
    sheets: Mapping[str, Worksheet],
    found: cost.Estimate,
    table: factor_f.Table | None,
    head: Head,
    cells: Cells,
    looks: Mapping[str, Format],
) -> None:
    """Write the three forms; ``sheets`` is keyed by :data:`SHEETS`."""
    direct = _items(sheets[ITEMS], found, head, cells, looks)
    total = _with_factor(sheets[WITH_FACTOR], found, table, head, (direct, cells.factor), looks)
    _summary(sheets[SUMMARY], found, head, total, looks)


def in_words(baht: Decimal) -> str:
    """Return an amount of money in Thai words, as ``หนึ่งร้อยบาทถ้วน``."""
    return str(bahttext.bahttext(float(baht)))


def _items(sheet: Worksheet, found: cost.Estimate, head: Head, cells: Cells, looks: Mapping[str, Format]) -> str:
    """Write ปร.4 and return the cell of its sum."""
    form = FORMS["items"]
    _head(sheet, form, head, looks)
    for number, line in enumerate(found.lines):
        row, (likely, labour) = _FIRST + number, cells.prices[number]
        # a price that does not part labour counts as material, and the remark says so
        of_labour, unit_labour = line.labour_thb or _NOTHING, line.price.labour_thb or _NOTHING
        xlsx.write_row(sheet, row, (number + 1, line.price.name.th), looks["text"])
        _formula(sheet, row, 2, cells.amounts[number], line.amount, looks["baht"])
        xlsx.write(sheet, row, 3, _THAI.text(quantities.UNITS[quantities.unit(line.code)]), looks["text"])
        # material is what labour leaves of the price, so that a changed price still adds up
        _formula(sheet, row, 4, f"{likely}-{labour}", line.price.thb.likely - unit_labour, looks["baht"])
        _formula(
            sheet, row, _MATERIAL_SUM, f"ROUND(C{row + 1}*E{row + 1},2)", line.thb.likely - of_labour, looks["baht"]
        )
        _formula(sheet, row, 6, f"{labour}+0", unit_labour, looks["baht"])
        _formula(sheet, row, _LABOUR_SUM, f"ROUND(C{row + 1}*G{row + 1},2)", of_labour, looks["baht"])
        _formula(sheet, row, _COST, f"F{row + 1}+H{row + 1}", line.thb.likely, looks["baht"])
        xlsx.write(sheet, row, 9, _remark(line.price), looks["text"])
    last = _FIRST + len(found.lines)
    xlsx.write(sheet, last, 1, form["sum"], looks["heading"])
    all_labour = sum((line.labour_thb or _NOTHING for line in found.lines), _NOTHING)
    material = found.direct_thb.likely - all_labour
    sums = {_MATERIAL_SUM: material, _LABOUR_SUM: all_labour, _COST: found.direct_thb.likely}
    for column, value in sums.items():
        name = utility.xl_col_to_name(column)
        # without lines the range would turn round and hold the cell of the sum itself
        formula = f"SUM({name}{_FIRST + 1}:{name}{last})" if found.lines else "0"
        _formula(sheet, last, column, formula, value, looks["total"])
    _signatures(sheet, last + 2, head, looks)
    xlsx.set_widths(sheet, 8, 46, 12, 10, *[15] * 5, 26)
    return f"'{ITEMS}'!$I${last + 1}"


def _remark(price: prices.Price) -> str:
    form = FORMS["items"]
    parts = (
        form["sample"] if price.sample else price.source,
        "" if price.labour_thb is not None else form["not_parted"],
    )
    return " · ".join(filter(None, parts))


def _with_factor(
    sheet: Worksheet,
    found: cost.Estimate,
    table: factor_f.Table | None,
    head: Head,
    cells: tuple[str, str],
    looks: Mapping[str, Format],
) -> str:
    """Write ปร.5 and return the cell of its sum."""
    form, row = FORMS["with_factor"], _FIRST
    _head(sheet, form, head, looks)
    xlsx.write_row(sheet, row, (1, head.title), looks["text"])
    _formula(sheet, row, 2, cells[0], found.direct_thb.likely, looks["baht"])
    _formula(sheet, row, 3, cells[1], found.factor.thb.likely, looks["factor"])
    # Whole baht already here, so that ปร.6, plan and list of works state the same amount.
    _formula(sheet, row, 4, f"ROUND(C{row + 1}*D{row + 1},0)", found.total_thb.likely, looks["baht"])
    xlsx.write(sheet, row, 5, FORMS["items"]["sample"] if found.factor.sample else "", looks["text"])
    xlsx.write(sheet, row + 1, 1, form["sum"], looks["heading"])
    _formula(sheet, row + 1, 4, f"SUM(E{row + 1}:E{row + 1})", found.total_thb.likely, looks["total"])
    xlsx.write(sheet, row + 3, 1, form["conditions"], looks["heading"])
    for place, (name, heading) in enumerate(factor_f.CONDITIONS.items(), start=row + 4):
        xlsx.write(sheet, place, 1, heading, looks["text"])
        xlsx.write(sheet, place, 2, float(table.conditions[name]) if table else form["unknown"], looks["text"])
    after = row + 4 + len(factor_f.CONDITIONS)
    source = f"{found.factor.source} ({_THAI.day(found.factor.dated_on)})"
    xlsx.write(sheet, after, 1, f"{form['source']}: {source}", looks["text"])
    _signatures(sheet, after + 2, head, looks)
    xlsx.set_widths(sheet, 8, 56, 18, 12, 18, 22)
    return f"'{WITH_FACTOR}'!$E${row + 2}"


def _summary(sheet: Worksheet, found: cost.Estimate, head: Head, total: str, looks: Mapping[str, Format]) -> None:
    form, row, amount = FORMS["summary"], _FIRST, found.total_thb.likely
    _head(sheet, form, head, looks)
    xlsx.write_row(sheet, row, (1, head.title), looks["text"])
    _formula(sheet, row, 2, total, amount, looks["baht"])
    xlsx.write(sheet, row, 3, FORMS["items"]["sample"] if found.sample else "", looks["text"])
    xlsx.write(sheet, row + 1, 1, form["sum"], looks["heading"])
    _formula(sheet, row + 1, 2, f"SUM(C{row + 1}:C{row + 1})", amount, looks["total"])
    xlsx.write(sheet, row + 2, 1, form["in_words"], looks["heading"])
    # with the words themselves as value, for programs that do not calculate
    sheet.write_formula(row + 2, 2, f"=BAHTTEXT(C{row + 2})", looks["text"], in_words(amount))
    _signatures(sheet, row + 4, head, looks)
    xlsx.set_widths(sheet, 8, 56, 44, 22)


def _head(sheet: Worksheet, form: Mapping[str, Any], head: Head, looks: Mapping[str, Format]) -> None:
    xlsx.write(sheet, 0, 0, form["title"], looks["title"])
    names = FORMS["head"]
    xlsx.write(sheet, 1, 0, f"{names['project']}  {head.title}", looks["line"])
    xlsx.write(sheet, 2, 0, f"{names['owner']}  {head.owner}", looks["line"])
    drawing = f"    {names['drawing']}  {head.drawing}" if head.drawing else ""
    xlsx.write(sheet, 3, 0, f"{names['made_on']}  {_THAI.day(head.made_on)}{drawing}", looks["line"])
    if head.sample:
        xlsx.write(sheet, 4, 0, _THAI.text(prices.SAMPLE), looks["mark"])
    write_warning(sheet, 5, len(form["columns"]), head.beware, looks)
    xlsx.write_row(sheet, _HEADINGS, form["columns"], looks["heading"])
    sheet.freeze_panes(_FIRST, 2)
    sheet.repeat_rows(_HEADINGS)


def write_warning(sheet: Worksheet, row: int, columns: int, warning: str, looks: Mapping[str, Format]) -> None:
    """Write a warning across the columns of a table; nothing where there is none."""
    if warning.strip():
        sheet.merge_range(row, 0, row, columns - 1, warning, looks["warning"])
        # A merged cell does not grow with its text.
        sheet.set_row(row, max(80, _LINES_PT * len(warning.splitlines())))


def _signatures(sheet: Worksheet, row: int, head: Head, looks: Mapping[str, Format]) -> None:
    for place, who in enumerate(head.signatures):
        line = f"{who} ลงชื่อ ………………………………… (…………………………………) วันที่ ……/……/……"
        xlsx.write(sheet, row + 2 * place, 1, line, looks["line"])


def _formula(sheet: Worksheet, row: int, column: int, formula: str, value: Decimal, look: Format) -> None:
    sheet.write_formula(row, column, f"={formula}", look, float(value))


def signature_lines(home: bool) -> Iterable[str]:
    """Return who signs: of public works, or of a ramp at a home."""
    return tuple(FORMS["home_signatures" if home else "signatures"])
