"""Check tables against the schemas of the data package, and refuse what breaks them, all faults at once."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from layers import errors, installation

# A field of Table Schema: name, type (string, integer, number or boolean) and constraints (required, unique, enum,
# minimum, maximum, pattern); https://datapackage.org/standard/table-schema/.
Field: TypeAlias = Mapping[str, Any]

_SHAPES = {"integer": r"-?\d+", "number": r"-?\d+(\.\d+)?"}


@functools.cache
def fields(path: str) -> tuple[Field, ...]:
    """Fields of one table of ``data/datapackage.json``, in order.

    Raises
    ------
    ValueError
        If the data package has no table of that path.

    Examples
    --------
    >>> [field["name"] for field in fields("places/communities.csv")]
    ['zone', 'name_th']
    """
    package = json.loads((installation.DATA / "datapackage.json").read_text("utf-8"))
    (found,) = (resource for resource in package["resources"] if resource["path"] == path)
    return tuple(found["schema"]["fields"])


def read(path: str, data: Path = installation.DATA) -> pd.DataFrame:
    """Read a table of the data package, typed and with its columns in order.

    Raises
    ------
    errors.LayerError
        If the file cannot be read or breaks its schema; all faults are named.
    """
    try:
        # as text: a code such as 007 or NA would be a number or nothing before it is checked
        cells = pd.read_csv(data / path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, ValueError) as fault:
        raise errors.LayerError(f"{path}: cannot be read as a UTF-8 table with a header line: {fault}") from fault
    return checked(cells, fields(path), path)


def checked(frame: pd.DataFrame, columns: Sequence[Field], table: str) -> pd.DataFrame:
    """Check a table and give it its types, with its columns in order.

    Parameters
    ----------
    frame
        Cells as text, as read from a CSV file; the first data row stands in line 2.
    columns
        The schema.
    table
        Name of the table, for the message.

    Raises
    ------
    errors.LayerError
        If a column is missing or not known, or a cell breaks its column's constraints; all faults are named.
    """
    named = {str(column["name"]) for column in columns}
    faults = [f"column {name} is missing" for name in sorted(named - set(frame.columns))]
    faults += [f"column {name} is not known" for name in sorted(map(str, set(frame.columns) - named))]
    cells: dict[str, pd.Series[str]] = {name: frame[name] for name in named & set(frame.columns)}
    for column in columns:
        if column["name"] in cells:
            faults += _cell_faults(cells[column["name"]], column)
    if faults:
        raise errors.LayerError(f"{table}: " + "; ".join(faults))
    return pd.DataFrame({column["name"]: _typed(cells[column["name"]], column["type"]) for column in columns})


def _cell_faults(cells: pd.Series[str], column: Field) -> Iterator[str]:
    name, rules, empty = column["name"], column.get("constraints", {}), cells == ""
    for line in _lines(empty & rules.get("required", False)):
        yield f"line {line}, {name}: empty"
    # Line 1 is the header.
    wrong = ~empty & ~cells.map(lambda cell: _keeps(cell, column["type"], rules))
    for line in _lines(wrong):
        yield f"line {line}, {name}: {cells.iloc[line - 2]!r} is not {_wanted(column['type'], rules)}"
    for line in _lines(cells.duplicated() & ~empty & rules.get("unique", False)):
        yield f"line {line}, {name}: {cells.iloc[line - 2]!r} occurs twice"


def _lines(marks: pd.Series[bool]) -> list[int]:
    return [position + 2 for position, mark in enumerate(marks) if mark]


def _keeps(cell: str, kind: str, rules: Mapping[str, Any]) -> bool:
    if kind == "boolean":
        return cell in ("true", "false")
    if kind in _SHAPES:
        low, high = _range(rules)
        return re.fullmatch(_SHAPES[kind], cell) is not None and low <= float(cell) <= high
    return cell in rules.get("enum", [cell]) and re.fullmatch(rules.get("pattern", r".+"), cell) is not None


def _range(rules: Mapping[str, Any]) -> tuple[float, float]:
    return rules.get("minimum", -math.inf), rules.get("maximum", math.inf)


def _wanted(kind: str, rules: Mapping[str, Any]) -> str:
    if kind in _SHAPES:
        low, high = _range(rules)
        return f"one {kind} from {low:g} to {high:g}"
    if kind == "boolean":
        return "true or false"
    if "enum" in rules:
        return "one of " + ", ".join(rules["enum"])
    return f"text like {rules['pattern']}" if "pattern" in rules else "one line of text"


def _typed(cells: pd.Series[str], kind: str) -> pd.Series:
    if kind == "boolean":
        return cells == "true"
    if kind == "integer":
        return cells.astype(int)
    return cells.astype(float) if kind == "number" else cells
