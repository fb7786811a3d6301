"""Recognise what the columns of a table mean, from their Thai and English headers."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from audits import errors
from audits.field import doubts
from audits.field.tables import vocabulary
from audits.formats import cells
from audits.rules import model
from layers import positions

QUANTITY = "quantity"

SECOND_COLUMN = errors.ProblemKind(
    "HEADER-N01", "column “{column}” means the same as “{first}”; it was left out, remove one of them if it matters"
)

CUT_COLUMN = errors.ProblemKind(
    "HEADER-N02", "a shapefile keeps 10 letters of a header; read as {meaning}: check its unit, or write a profile"
)

# What dBASE keeps of the name of a field.
LONGEST_IN_SHAPEFILE = 10
MISSING = frozenset({"", "-", "–", "—", "n/a", "na", "null", "ไม่ระบุ", "ไม่ทราบ", "ไม่ได้วัด", "ไม่มีข้อมูล"})

_UNIT_ENDINGS = ("_pct", "_mm", "_m", "_count", "_deg", "_lux")
_TRAILING_UNIT = re.compile(r"(.*?) ?[(\[]([^()\[\]]*)[)\]]")
_UNIT_BEHIND = re.compile(r"(.*?)[ ,]+([^ ,]+)")
_READING = re.compile(r"(.*?) ?(?:#|ครั้งที่ ?|reading )([0-9]{1,2})")
_THAI_LETTER = re.compile(r"[ก-๙]")


@dataclass(frozen=True)
class Use:
    """What one column of a table is used for.

    Parameters
    ----------
    column
        Its header.
    meaning
        Such as ``code``, ``north`` or ``observed_on``; :data:`QUANTITY` for a measured column.
    quantity
        Id in the catalogue, of a measured column.
    unit
        Unit of a bare figure, such as ``cm``; empty when every cell must carry its own.
    reading
        1, 2, 3 … for several columns of one quantity.
    codes
        What a written code stands for, such as ``Y`` for ``yes``; keys in lower case.
    missing
        What is written, in lower case, where there is nothing.
    written_as
        Format of the days, when the table states one.
    turned
        What a profile makes of a value that is no code, such as the amount of a signed slope; None to leave it.
    """

    column: str
    meaning: str
    quantity: str = ""
    unit: str = ""
    reading: int = 1
    codes: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = MISSING
    written_as: str = ""
    turned: Callable[[object], object] | None = None

    def value(self, row: Mapping[str, object]) -> object:
        """Return the cell of one row, codes replaced; None when nothing is written there."""
        cell = row.get(self.column)
        if cell is None:
            return None
        plain_cell = cells.clean(cell).casefold()
        if plain_cell in self.missing:
            return None
        # asked for every cell of a table, and most columns have neither codes nor markers of their own
        if not self.codes and len(self.missing) == len(MISSING):
            return self.turned(cell) if self.turned else cell
        as_number = number_code(plain_cell)
        if as_number in self.missing:
            return None
        coded = self.codes.get(plain_cell, self.codes.get(as_number))
        return coded or (self.turned(cell) if self.turned else cell)

    def text(self, row: Mapping[str, object]) -> str:
        """Return the cell of one row as trimmed text; empty when nothing is written there."""
        value = self.value(row)
        return "" if value is None else cells.one_spelling(" ".join(cells.written(value).split()))


def number_code(written: str) -> str:
    """Return a code as the shortest number in single precision, so that 0.1 is 0.10000000149011612 and -9 is -9.00.

    A code that is no number comes back as it is; whole numbers keep all their figures.

    Examples
    --------
    >>> [number_code(code) for code in ("-9.00", "0.10000000149011612", "016777217", "Y")]
    ['-9', '0.1', '16777217', 'Y']
    """
    figure = cells.number(written)
    if isinstance(figure, errors.ProblemKind):
        return written
    return str(int(figure)) if figure.is_integer() else str(np.float32(figure))


@dataclass(frozen=True)
class Layout:
    """How a whole table is read.

    Parameters
    ----------
    uses
        The columns understood, in the order of the table.
    unused
        The columns that mean nothing here.
    constants
        What holds for every row, by meaning, such as ``surveyor``.
    crs
        Reference system of the coordinates when it is stated; empty to try the usual ones.
    box
        Where the places must be, when it is stated.
    notices
        What the reader should know.
    """

    uses: tuple[Use, ...]
    unused: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    crs: str = ""
    box: positions.Box | None = None
    notices: tuple[errors.Problem, ...] = ()

    def of(self, meaning: str) -> Use | None:
        """Find the column with a meaning, or None."""
        return next((use for use in self.uses if use.meaning == meaning), None)

    def text(self, meaning: str, row: Mapping[str, object]) -> str:
        """Return the text of a row for a meaning, else the constant, else nothing."""
        use = self.of(meaning)
        written = use.text(row) if use is not None else ""
        return written or self.constants.get(meaning, "")

    @property
    def measured(self) -> tuple[Use, ...]:
        """Return the columns that hold measurements."""
        return tuple(use for use in self.uses if use.meaning == QUANTITY)


def recognise(columns: Sequence[str], criteria: model.Criteria, *, cut: bool = False) -> Layout:
    """Recognise columns by their headers: the register's words, and each quantity by id or by name in Thai or English.

    Parameters
    ----------
    columns
        The headers; a unit may stand behind in brackets, as in ``ความกว้างสุทธิ (ซม.)``, and ``#2`` or ``ครั้งที่ 2``
        marks a second reading.
    criteria
        The criteria, for their quantities.
    cut
        The file cuts its headers, as a shapefile does: one of full length is also read as the one id that it begins.

    Returns
    -------
    Layout
        Columns that are not recognised are listed as unused, never dropped silently.
    """
    names = quantity_names(criteria)
    uses: dict[tuple[str, str, int], Use] = {}
    unused, notices = [], []
    for column in columns:
        use = _recognised(column, names, criteria)
        if use is None and cut and (whole := _completed(column, criteria)):
            use = replace(whole, column=column)
            notices.append(CUT_COLUMN.at(column, meaning=whole.column))
        if use is None:
            unused.append(column)
            continue
        first = uses.setdefault((use.meaning, use.quantity, use.reading), use)
        if first is not use:
            unused.append(column)
            notices.append(SECOND_COLUMN.at(column, column=column, first=first.column))
    return Layout(tuple(uses.values()), tuple(unused), notices=tuple(notices))


def _completed(column: str, criteria: model.Criteria) -> Use | None:
    """Find the one quantity, or the one other column, whose id begins with a header of full length."""
    # a shorter header was not cut
    if len(column) != LONGEST_IN_SHAPEFILE:
        return None
    ids = {name: Use(name, QUANTITY, name, one.unit) for name, one in criteria.quantities.items()}
    ids |= {meaning: Use(meaning, meaning) for meaning in vocabulary.MEANINGS.values()}
    found = [use for name, use in ids.items() if name.startswith(column.casefold())]
    # of two that begin alike nobody can say which one was cut
    return found[0] if len(found) == 1 else None


def counter(criteria: model.Criteria) -> Callable[[Sequence[str]], int]:
    """Make a counter of the meanings in a row of headers, which finds the row and the sheet that have them."""
    names = quantity_names(criteria)

    @functools.cache
    def meaning(header: str) -> tuple[str, str, int] | None:
        use = _recognised(header, names, criteria) if header else None
        return None if use is None else (use.meaning, use.quantity, use.reading)

    return lambda columns: len({meaning(column) for column in columns} - {None})


def plain(header: str) -> str:
    """Return a header in lower case, with single blanks for underscores, dots and dashes."""
    return " ".join(re.sub(r"[\s_./:-]+", " ", cells.clean(cells.one_spelling(header)).casefold()).split())


def quantity_names(criteria: model.Criteria) -> dict[str, tuple[str, str]]:
    """Return plain header to (quantity id, unit): by id with its unit, by id without it, by name or question.

    The names of its criteria stand for a quantity too, since every list of results prints them. A name that two
    quantities share means neither, unless it is the name of one of them.
    """
    found: dict[str, set[tuple[str, str]]] = {}
    printed: dict[str, set[tuple[str, str]]] = {}
    for quantity_id, quantity in criteria.quantities.items():
        needs_unit = quantity.unit in ("percent", *cells.MILLIMETRES)
        stem = next((quantity_id.removesuffix(end) for end in _UNIT_ENDINGS if quantity_id.endswith(end)), quantity_id)
        # only the id itself ends in its unit; under a name a bare figure may be in any
        unit = "" if needs_unit else quantity.unit
        found.setdefault(plain(quantity_id), set()).add((quantity_id, quantity.unit))
        for name in {plain(stem), plain(quantity.name.th), plain(quantity.name.en)} - {plain(quantity_id)}:
            found.setdefault(name, set()).add((quantity_id, unit))
        criteria_names = [one.name for one in criteria.criteria.values() if one.quantity.quantity_id == quantity_id]
        for one in (quantity.question, *criteria_names):
            for written in {plain(one.th), plain(one.en)}:
                printed.setdefault(written, set()).add((quantity_id, unit))
    # where both know a name, that of a quantity goes before that of a criterion
    return {name: next(iter(meant)) for name, meant in (printed | found).items() if len(meant) == 1}


def unit_fits(unit: str, quantity: model.Quantity) -> bool:
    """Check that figures in a unit can be turned into the unit of a quantity."""
    if quantity.unit == "percent":
        return unit in (*cells.SLOPE_UNITS, doubts.ONE_IN)
    return unit in cells.MILLIMETRES if quantity.unit in cells.MILLIMETRES else unit in ("", quantity.unit)


def _part_of_position(column: str) -> str:
    """Return the meaning of a column with a part of a coordinate, such as its minutes; empty for any other."""
    *words, last = re.sub(r"[()\[\]]", " ", plain(column)).split() or [""]
    meaning, part = vocabulary.MEANINGS.get(" ".join(words), ""), vocabulary.POSITION_PARTS.get(last, "")
    if not part or meaning not in ("north", "east"):
        return ""
    return meaning if part == "degrees" else f"{meaning}_{part}"


def _recognised(column: str, names: Mapping[str, tuple[str, str]], criteria: model.Criteria) -> Use | None:
    meaning = vocabulary.MEANINGS.get(plain(column)) or _part_of_position(column)
    if meaning:
        return Use(column, _in_language(meaning, column))
    # one spelling, since the same Thai word can be typed as several orders of signs
    bare, reading = cells.clean(cells.one_spelling(column)), 1
    if numbered := _READING.fullmatch(bare):
        bare, reading = numbered[1], int(numbered[2])
    # the whole header first, since a name may itself end in brackets or in a word that is a unit too
    meant = names.get(plain(bare))
    if meant is not None:
        return Use(column, QUANTITY, meant[0], meant[1], reading)
    with_unit = _TRAILING_UNIT.fullmatch(bare) or _UNIT_BEHIND.fullmatch(bare)
    if with_unit is None:
        return None
    # ซ.ม. is ซม.
    bracket = with_unit[2].casefold().replace(".", "").strip()
    if plain(with_unit[1]) in vocabulary.MEANINGS:
        return Use(column, _in_language(vocabulary.MEANINGS[plain(with_unit[1])], column))
    meant, unit = names.get(plain(with_unit[1])), vocabulary.UNITS.get(bracket)
    if meant is None or unit is None or not unit_fits(unit, criteria.quantities[meant[0]]):
        return None
    return Use(column, QUANTITY, meant[0], unit, reading)


def _in_language(meaning: str, column: str) -> str:
    return "name_th" if meaning == "name" and _THAI_LETTER.search(column) else meaning
