"""Hold the contract of each table of the ground, and refuse what breaks it, all faults at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from layers import errors


@dataclass(frozen=True)
class Column:
    """What one column of a table promises.

    Parameters
    ----------
    name
        The column's name; it ends in its unit where it has one.
    kind
        ``text``, ``integer``, ``number`` or ``boolean`` (written ``true`` or ``false``).
    filled
        Whether an empty cell is a fault.
    unique
        Whether a value may stand only once.
    choices
        The accepted values; empty for any.
    low, high
        Accepted range of a number, ends included.
    pattern
        Regular expression that the whole text must match; empty for any.
    """

    name: str
    kind: str = "text"
    filled: bool = True
    unique: bool = False
    choices: tuple[str, ...] = ()
    low: float = float("-inf")
    high: float = float("inf")
    pattern: str = ""


LATITUDE = Column("lat", "number", low=-90, high=90)
LONGITUDE = Column("lon", "number", low=-180, high=180)
ZONE = Column("zone", "integer", low=1, high=4)

PLACES = (
    Column("name_th", unique=True),
    Column("name_en", unique=True),
    Column("category"),
    LATITUDE,
    LONGITUDE,
    Column("precision_m", "number", low=1),
    Column("inside_municipality", "boolean"),
    Column("note_en", filled=False),
)
STREET_AXES = (
    Column("name_th"),
    Column("name_en"),
    Column("part", "integer", low=1),
    Column("vertex", "integer", low=1),
    LATITUDE,
    LONGITUDE,
)
OUTLINE = (Column("vertex", "integer", unique=True, low=1), LATITUDE, LONGITUDE)
COMMUNITIES = (ZONE, Column("name_th", unique=True))
POPULATION = (
    Column("year", "integer", unique=True, low=1900, high=2200),
    Column("residents", "integer", low=0),
    Column("male", "integer", low=0),
    Column("female", "integer", low=0),
    Column("households", "integer", low=0),
)
SITES = (
    Column("code", unique=True, pattern=r"(KK|SP)-\d{3}"),
    Column("kind", choices=("ramp", "space")),
    Column("name_th", unique=True),
    Column("name_en", unique=True),
    Column("category"),
    Column("setting"),
    Column("street_th", filled=False),
    Column("street_en", filled=False),
    ZONE,
    Column("zone_basis", choices=("named", "presumed")),
    Column("position_status", choices=("named", "presumed")),
    Column("position_accuracy_m", "number", low=1),
    Column("position_source"),
    Column("position_note_th"),
    Column("position_note_en"),
    LATITUDE,
    LONGITUDE,
)
ELEMENTS = (
    Column("element_id", unique=True, pattern=r"(KK|SP)-\d{3}\.[a-z_]+\.\d+"),
    Column("site_code", pattern=r"(KK|SP)-\d{3}"),
    Column("kind"),
    Column("label_th"),
    Column("label_en"),
    Column("permitted_on", filled=False, pattern=r"(\d{4}-\d{2}-\d{2})?"),
)


def checked(frame: pd.DataFrame, columns: tuple[Column, ...], table: str) -> pd.DataFrame:
    """Return the table with its columns in order and typed, or refuse it with every fault.

    Parameters
    ----------
    frame
        Cells as text, as read from a CSV file; the first data row stands in line 2.
    columns
        The contract.
    table
        Name of the table, for the message.

    Raises
    ------
    errors.LayerError
        If a column is missing or not known, or a cell breaks its column's promise; all faults are named.
    """
    named = {column.name for column in columns}
    faults = [f"column {name} is missing" for name in sorted(named - set(frame.columns))]
    faults += [f"column {name} is not known" for name in sorted(map(str, set(frame.columns) - named))]
    for column in columns:
        if column.name in frame:
            faults += _cell_faults(frame[column.name], column)
    if faults:
        raise errors.LayerError(f"{table}: " + "; ".join(faults))
    return pd.DataFrame({column.name: _typed(frame[column.name], column) for column in columns})


def _cell_faults(cells: pd.Series[str], column: Column) -> Iterator[str]:
    empty = cells == ""
    for line in _lines(empty & column.filled):
        yield f"line {line}, {column.name}: empty"
    wrong = ~empty & ~cells.map(lambda cell: _keeps(cell, column))
    for line in _lines(wrong):
        yield f"line {line}, {column.name}: {cells.iloc[line - 2]!r} is not {_wanted(column)}"
    for line in _lines(cells.duplicated() & ~empty & column.unique):
        yield f"line {line}, {column.name}: {cells.iloc[line - 2]!r} stands twice"


def _lines(marks: pd.Series[bool]) -> list[int]:
    return [position + 2 for position, mark in enumerate(marks) if mark]


def _keeps(cell: str, column: Column) -> bool:
    if column.kind == "boolean":
        return cell in ("true", "false")
    if column.kind in ("integer", "number"):
        shape = r"-?\d+" if column.kind == "integer" else r"-?\d+(\.\d+)?"
        return re.fullmatch(shape, cell) is not None and column.low <= float(cell) <= column.high
    return (not column.choices or cell in column.choices) and re.fullmatch(column.pattern or r".+", cell) is not None


def _wanted(column: Column) -> str:
    if column.kind in ("integer", "number"):
        return f"one {column.kind} from {column.low:g} to {column.high:g}"
    if column.kind == "boolean":
        return "true or false"
    if column.choices:
        return "one of " + ", ".join(column.choices)
    return f"text like {column.pattern}" if column.pattern else "one line of text"


def _typed(cells: pd.Series[str], column: Column) -> pd.Series:
    if column.kind == "boolean":
        return cells == "true"
    if column.kind == "integer":
        return cells.astype(int)
    return cells.astype(float) if column.kind == "number" else cells
