"""Describe price books: low, likely and high price of each quantity, its labour, day and source, and Factor F."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from audits import errors, wording
from audits.formats import cells, days
from audits.ramps import factor_f, quantities
from audits.rules import model

FACTOR = "overhead_factor"
"""Code of the row that holds Factor F, for overheads, interest, profit and VAT, until a table of it is handed in."""

SAMPLE = wording.phrase("Sample prices: replace them with the municipality's own before using any amount")
SAMPLE_SOURCE = "ราคาตัวอย่าง / sample price"
"""Source of a price that nobody has looked up."""

COLUMNS: Mapping[str, str] = {
    "code": "รหัส",
    "name_th": "รายการ",
    "name_en": "รายการภาษาอังกฤษ",
    "unit": "หน่วย",
    "low_thb": "ต่ำ (บาท)",
    "likely_thb": "น่าจะเป็น (บาท)",
    "high_thb": "สูง (บาท)",
    "labour_thb": "ค่าแรงในราคาที่น่าจะเป็น (บาท)",
    "dated_on": "ราคา ณ วันที่",
    "source": "ที่มา",
}
"""The columns of a price table, each with its heading in Thai; either heads the column, or both, id in brackets."""

NO_COLUMN = errors.ProblemKind("PRICE-001", "the columns {columns} are missing; take the sample table as a pattern")
UNKNOWN_CODE = errors.ProblemKind("PRICE-002", "“{written}” is no item of the bill; use one of: {accepted}")
TWICE = errors.ProblemKind("PRICE-003", "“{code}” has a price in row {line} already; keep one of them")
NOT_MONEY = errors.ProblemKind("PRICE-004", "“{written}” is not an amount; write baht as a figure, such as 1250.50")
NEGATIVE_PRICE = errors.ProblemKind("PRICE-005", "{written} is less than 0; a price is 0 or more")
NOT_RISING = errors.ProblemKind("PRICE-006", "{low}, {likely} and {high} do not rise; write low, likely, high")
OTHER_UNIT = errors.ProblemKind("PRICE-007", "“{written}” is not the unit of this item; give the price for {unit}")
NO_PRICE = errors.ProblemKind("PRICE-008", "no price for {codes}; add a row for each")
NO_SOURCE = errors.ProblemKind("PRICE-009", "nothing says where the price is from; write a quotation or a price list")
NO_NAME = errors.ProblemKind("PRICE-010", "the item has no name; write one in Thai")
FACTOR_BELOW_ONE = errors.ProblemKind("PRICE-011", "{written} is less than 1; write the factor itself, such as 1.28")
MORE_LABOUR = errors.ProblemKind(
    "PRICE-014", "labour of {written} is more than the likely price {likely}; write the part of it that is labour"
)

YOUNGER: Mapping[str, str] = {
    "handrail_on_guard_m": "handrail_m",
    "handrail_on_wall_m": "handrail_m",
    "lean_concrete_m3": "concrete_m3",
}
"""Items that older price tables do not have, each with the dearer item whose price it takes there."""
RARE = ("fillet_litre", "platform_lift_lump")
"""Items that a price table may leave out; then the sample price stands for them, and what needs it is marked so."""
_OPTIONAL = ("name_en", "labour_thb")

_MONEY = ("low_thb", "likely_thb", "high_thb")
_SATANG, _FACTOR_STEP = Decimal("0.01"), Decimal("0.0001")
_CODES = (*quantities.NAMES, FACTOR)
_IDS = {heading: name for name, heading in COLUMNS.items()}
_ID_IN_BRACKETS = re.compile(r".*\(([a-z_]+)\)")
# m² and m2 are one unit
_UNIT_SIGNS = str.maketrans("²³", "23")
_UNIT_WORDS = {
    "m3": ("ลบ.ม.", "ลบม"),
    "m2": ("ตร.ม.", "ตรม"),
    "m": ("ม.", "เมตร"),
    "kg": ("กก.", "กิโลกรัม"),
    "litre": ("ลิตร", "ล."),
    "lump": ("เหมา", "เหมารวม", "ชุด"),
}


class Span(NamedTuple):
    """A sum of money, or a factor: lowest, most likely and highest value."""

    low: Decimal
    likely: Decimal
    high: Decimal


@dataclass(frozen=True)
class Price:
    """The price of one unit of an item.

    Parameters
    ----------
    code
        A key of :data:`audits.ramps.quantities.NAMES`, or :data:`FACTOR`.
    name
        In the price list.
    thb
        Baht for a unit; for the factor a pure number.
    dated_on
        Day of the price.
    source
        Where it was taken from; :data:`SAMPLE_SOURCE` for a sample.
    labour_thb
        The labour in the likely price, the rest of which is material; None where the table does not part them.
    """

    code: str
    name: model.Name
    thb: Span
    dated_on: dt.date
    source: str
    labour_thb: Decimal | None = None

    @property
    def sample(self) -> bool:
        """Whether nobody has looked this price up."""
        return self.source == SAMPLE_SOURCE


@dataclass(frozen=True)
class PriceBook:
    """Prices of all quantities of a bill, by code, and the factor on their sum.

    With a `table` of Factor F the factor follows from the sum, and `factor` is not used.
    """

    prices: Mapping[str, Price]
    factor: Price
    table: factor_f.Table | None = None

    @property
    def sample(self) -> bool:
        """Whether any price but a rare one is a sample, so that every amount is one."""
        of_factor = self.table.source if self.table else self.factor.source
        return of_factor == SAMPLE_SOURCE or any(
            price.sample for price in self.prices.values() if price.code not in RARE
        )

    def factor_for(self, direct_thb: Span) -> Price:
        """Return Factor F on a sum of money, for its low, its likely and its high end."""
        if self.table is None:
            return self.factor
        factors = Span(*map(self.table.factor, direct_thb))
        return replace(self.factor, thb=factors, dated_on=self.table.dated_on, source=self.table.source)


def read(columns: Sequence[str], rows: Iterable[tuple[int, Mapping[str, object]]], today: dt.date) -> PriceBook:
    """Return the price book in a table.

    Parameters
    ----------
    columns
        Headings, see :data:`COLUMNS`; others are ignored.
    rows
        Row number in the file, and the cells by heading.
    today
        The last day a price may be of.

    Raises
    ------
    errors.RefusedError
        With every problem of the table.
    """
    heading_of = {_column(heading): heading for heading in columns}
    missing = [name for name in COLUMNS if name not in heading_of and name not in _OPTIONAL]
    if missing:
        raise errors.RefusedError((NO_COLUMN.at("row 1", columns=", ".join(missing)),))
    problems: list[errors.Problem] = []
    found: dict[str, Price] = {}
    lines: dict[str, int] = {}
    for line, cells_of_row in rows:
        row = {name: cells_of_row.get(heading) for name, heading in heading_of.items() if name in COLUMNS}
        code = cells.clean(row["code"])
        if code in lines:
            problems.append(TWICE.at(_at(line, "code"), code=code, line=lines[code]))
            continue
        # noted before it is read, so that a row with a fault is not reported as missing too
        lines[code] = line
        price = _price(line, code, row, today, problems)
        if price is not None:
            found[code] = price
    for code, priced_as in YOUNGER.items():
        # a row that is there and has a fault is reported, not replaced
        if code not in lines and priced_as in found:
            found[code] = replace(found[priced_as], code=code)
    absent = [code for code in _CODES if code not in lines and code not in (*YOUNGER, *RARE)]
    if absent:
        problems.append(NO_PRICE.at("code", codes=", ".join(absent)))
    if problems:
        raise errors.RefusedError(tuple(problems))
    return PriceBook({code: found[code] for code in quantities.NAMES if code in found}, found[FACTOR])


def _price(
    line: int, code: str, row: Mapping[str, object], today: dt.date, problems: list[errors.Problem]
) -> Price | None:
    """Return the price of one row, or None with its faults added to the problems."""
    before = len(problems)
    if code not in _CODES:
        problems.append(UNKNOWN_CODE.at(_at(line, "code"), written=code, accepted=", ".join(_CODES)))
        return None
    name_th, name_en = (cells.clean(row.get(column)) for column in ("name_th", "name_en"))
    if not name_th:
        problems.append(NO_NAME.at(_at(line, "name_th")))
    if code != FACTOR and not _same_unit(cells.clean(row["unit"]), quantities.unit(code)):
        unit = quantities.unit(code)
        problems.append(OTHER_UNIT.at(_at(line, "unit"), written=cells.clean(row["unit"]), unit=unit))
    span = _span(line, code, row, problems)
    labour = _labour(line, code, row, span, problems)
    dated_on = days.day(row["dated_on"], today)
    if isinstance(dated_on, errors.ProblemKind):
        problems.append(dated_on.at(_at(line, "dated_on"), written=cells.written(row["dated_on"])))
    source = cells.clean(row["source"])
    if not source:
        problems.append(NO_SOURCE.at(_at(line, "source")))
    if len(problems) > before or span is None or isinstance(dated_on, errors.ProblemKind):
        return None
    # an older table need not have English names
    return Price(code, model.Name(name_th, name_en or name_th), span, dated_on, source, labour)


def _labour(
    line: int, code: str, row: Mapping[str, object], span: Span | None, problems: list[errors.Problem]
) -> Decimal | None:
    written = row.get("labour_thb")
    if code == FACTOR or not cells.clean(written):
        return None
    labour = _amount(line, "labour_thb", code, written, problems)
    if labour is not None and span is not None and labour > span.likely:
        problems.append(MORE_LABOUR.at(_at(line, "labour_thb"), written=labour, likely=span.likely))
    return labour


def _span(line: int, code: str, row: Mapping[str, object], problems: list[errors.Problem]) -> Span | None:
    amounts = [_amount(line, column, code, row[column], problems) for column in _MONEY]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(_MONEY):
        return None
    if known != sorted(known):
        low, likely, high = known
        problems.append(NOT_RISING.at(_at(line, "likely_thb"), low=low, likely=likely, high=high))
    return Span(*known)


def _amount(line: int, column: str, code: str, value: object, problems: list[errors.Problem]) -> Decimal | None:
    number, shown = cells.number(value), cells.written(value)
    if isinstance(number, errors.ProblemKind):
        problems.append(NOT_MONEY.at(_at(line, column), written=shown))
        return None
    least, wrong = (1, FACTOR_BELOW_ONE) if code == FACTOR else (0, NEGATIVE_PRICE)
    if number < least:
        problems.append(wrong.at(_at(line, column), written=shown))
        return None
    return Decimal(repr(number)).quantize(_FACTOR_STEP if code == FACTOR else _SATANG, ROUND_HALF_UP)


def _column(heading: str) -> str:
    """Return the id of a column from its heading: the id, its Thai heading, or the id in brackets at the end."""
    text = cells.clean(heading)
    found = _ID_IN_BRACKETS.fullmatch(text)
    return found[1] if found else _IDS.get(text, text)


def _same_unit(written: str, unit: str) -> bool:
    plain = written.translate(_UNIT_SIGNS).replace(" ", "").casefold()
    return plain == unit or plain in _UNIT_WORDS[unit]


def _at(line: int, column: str) -> str:
    return f"row {line}, {column}"
