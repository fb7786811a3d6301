"""Take material prices from the Ministry of Commerce's monthly list of a province into a price book."""

from __future__ import annotations

import datetime as dt
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from audits import errors
from audits.formats import cells, days
from audits.ramps import prices
from layers import schema

# The columns of index-api.tpso.go.th/OpenApi/CmiPrice/Month, which the table of the website and its CSV keep. Prices
# come without VAT (priceCur; priceVAT is 1.07 of it), as the forms want them: VAT comes in by Factor F.
COLUMNS = ("commodityCode", "commodityNameTH", "unitName", "curMonth", "curYear", "priceCur")
PROVINCE = "typeName"

NOTHING_FOUND = errors.ProblemKind("PRICE-015", "the list has none of the materials of the bill: {wanted}")
NO_LABOUR = errors.ProblemKind(
    "PRICE-016", "the labour of “{code}” is not known; hand in a price table with labour_thb first, then the list"
)
NO_MONTH = errors.ProblemKind("PRICE-017", "{month}/{year} is no month up to now; write the year as 2569")

_ITEMS = schema.read("prices/province_items.csv").to_dict("records")
_BUDDHIST_ERA, _SATANG = 543, Decimal("0.01")


def is_list(columns: Iterable[str]) -> bool:
    """Return whether the headings are those of the ministry's list."""
    return set(COLUMNS) <= {cells.clean(column) for column in columns}


def taken(
    columns: Sequence[str], rows: Iterable[tuple[int, Mapping[str, object]]], book: prices.PriceBook, today: dt.date
) -> prices.PriceBook:
    """Return the book with the materials of a list at their new prices, each with its labour as before.

    Of several makes the cheapest, the median and the dearest become low, likely and high.

    Parameters
    ----------
    columns, rows
        Headings; row number in the file, and the cells by heading.
    book
        The prices in force, which say what is labour.
    today
        The last day that the list may be of.

    Raises
    ------
    errors.RefusedError
        When the list has none of the materials, or with every problem of its rows.
    """
    heading_of = {cells.clean(heading): heading for heading in columns}
    problems: list[errors.Problem] = []
    found: dict[str, list[tuple[Decimal, dt.date, str]]] = {}
    for line, written in rows:
        row = {name: written.get(heading) for name, heading in heading_of.items()}
        for item in _ITEMS:
            unit = cells.clean(row["unitName"])
            # a material is listed in several units; how many make one of ours is known for this one
            if unit == item["unit"] and re.search(item["commodity"], cells.clean(row["commodityNameTH"])):
                # only rows of the bill are read: faults of the hundreds of other rows do not matter here
                price, day = _price(line, row, item["units_each"], problems), _month(line, row, today, problems)
                if price is not None and day is not None:
                    found.setdefault(item["code"], []).append((price, day, _source(row, day)))
    problems += [NO_LABOUR.at(code, code=code) for code in found if book.prices[code].labour_thb is None]
    if not found and not problems:
        problems.append(NOTHING_FOUND.at("commodityNameTH", wanted=", ".join({item["code"]: None for item in _ITEMS})))
    if problems:
        raise errors.RefusedError(tuple(problems))
    return replace(
        book, prices={**book.prices, **{code: _new(book.prices[code], each) for code, each in found.items()}}
    )


def _new(before: prices.Price, makes: list[tuple[Decimal, dt.date, str]]) -> prices.Price:
    materials, labour = sorted(price for price, _, _ in makes), before.labour_thb or Decimal()
    ends = materials[0], Decimal(statistics.median(materials)).quantize(_SATANG, ROUND_HALF_UP), materials[-1]
    _, day, source = max(makes, key=lambda make: make[1])
    return replace(before, thb=prices.Span(*(end + labour for end in ends)), dated_on=day, source=source)


def _source(row: Mapping[str, object], day: dt.date) -> str:
    place = cells.clean(row.get(PROVINCE, ""))
    month = f"{day.month}/{day.year + _BUDDHIST_ERA}"
    return " ".join(filter(None, ("กระทรวงพาณิชย์ ราคาวัสดุก่อสร้าง", place, month, cells.clean(row["commodityCode"]))))


def _price(line: int, row: Mapping[str, object], units_each: int, problems: list[errors.Problem]) -> Decimal | None:
    number = cells.number(row["priceCur"])
    if isinstance(number, errors.ProblemKind) or number <= 0:
        problems.append(prices.NOT_MONEY.at(f"row {line}, priceCur", written=cells.written(row["priceCur"])))
        return None
    return (Decimal(repr(number)) / units_each).quantize(_SATANG, ROUND_HALF_UP)


def _month(line: int, row: Mapping[str, object], today: dt.date, problems: list[errors.Problem]) -> dt.date | None:
    # a workbook may hold 9 as 9.0
    month, year = (cells.written(row[name]).split(".")[0] for name in ("curMonth", "curYear"))
    found = days.day(f"1/{month}/{year}", today)
    if isinstance(found, errors.ProblemKind):
        problems.append(NO_MONTH.at(f"row {line}, curMonth", month=month, year=year))
        return None
    return found
