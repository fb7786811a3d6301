"""Find measurements among the columns of a table that were not understood."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from audits.field.tables import headers, vocabulary
from audits.formats import cells

# enough to know a column by
_LOOKED_AT = 200
_COUNTED = ("count", "yes_no")
_UNIT = re.compile(r".*?(?:[(\[ _,]+)([^()\[\] _,]+)[)\]]?")


def measured(rows: Sequence[Mapping[str, object]], unused: Sequence[str], *, surveyed: bool) -> tuple[str, ...]:
    """Return the unused columns that look like measurements.

    Parameters
    ----------
    rows
        Cells by header.
    unused
        The headers that mean nothing here.
    surveyed
        The table is one of a survey: a column of plain numbers is a measurement too, unless it numbers the rows.
    """
    return tuple(column for column in unused if _looks_measured(column, rows[:_LOOKED_AT], surveyed))


def _looks_measured(column: str, rows: Sequence[Mapping[str, object]], surveyed: bool) -> bool:
    filled = [row[column] for row in rows if cells.clean(row.get(column)).casefold() not in headers.MISSING]
    if not filled:
        return False
    figures = [figure for figure in map(cells.number, filled) if isinstance(figure, float)]
    with_unit = sum(_has_unit(cell) for cell in filled)
    # more than half, since a few cells of any column may look so
    if 2 * with_unit > len(filled) or (2 * len(figures) > len(filled) and unit_of_header(column)):
        return True
    return surveyed and 2 * len(figures) > len(filled) and not _numbers_the_rows(figures)


def unit_of_header(column: str) -> str:
    """Return the unit of slope or length that a header ends in, such as ``in`` of ``WIDTH_IN``; empty without."""
    found = _UNIT.fullmatch(cells.clean(column).casefold())
    unit = vocabulary.UNITS.get(found[1].replace(".", ""), "") if found else ""
    return "" if unit in _COUNTED else unit


def _has_unit(cell: object) -> bool:
    """Recognise a slope or a length that carries its unit, such as ``1:12`` or ``90 cm``."""
    if isinstance(cells.number(cell), float):
        return False
    return isinstance(cells.slope_pct(cell), float) or isinstance(cells.length_mm(cell), float)


def _numbers_the_rows(figures: Sequence[float]) -> bool:
    whole = all(figure.is_integer() for figure in figures)
    # Two figures may rise by chance.
    enough = len(figures) > 2 or figures[0] <= 1
    return whole and enough and len(set(figures)) == len(figures) and list(figures) == sorted(figures)
