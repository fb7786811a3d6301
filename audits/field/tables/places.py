"""Read where the rows of a table are, and say how the figures were read."""

from __future__ import annotations

import collections
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from audits import errors
from audits.field.tables import headers
from audits.formats import cells, tables
from layers import positions

NOT_HERE = errors.ProblemKind(
    "PLACE-001", "{first}, {second} is no place near the municipality in any usual system; check the figures"
)
UNCLEAR_PLACE = errors.ProblemKind("PLACE-002", "{first}, {second} may mean {count} places; say which system it is")
NOT_A_PAIR = errors.ProblemKind("PLACE-003", "“{written}” is not a pair of coordinates such as 16.43, 102.83")

READ_AS = errors.ProblemKind("PLACE-N01", "positions read as {system}: {count}; check one of them on the map")
READ_SWAPPED = errors.ProblemKind(
    "PLACE-N02", "positions with north before east, read as {system}: {count}; check one of them on the map"
)
DATUM_ASSUMED = errors.ProblemKind(
    "PLACE-N03", "UTM figures were taken as WGS 84; if they are Indian 1975 they land about 500 m off: say so"
)


@dataclass(frozen=True)
class Places:
    """The places of the rows: degrees of WGS 84, shape (n,), NaN where there is none, and what is wrong by line."""

    longitude: positions.Numbers
    latitude: positions.Numbers
    problems: Mapping[int, errors.Problem]
    notices: tuple[errors.Problem, ...]


def read(table: tables.Table, layout: headers.Layout, box: positions.Box, datum: str, file_name: str) -> Places:
    """Read where each row is: from its geometry, from two columns, or from one column with both numbers.

    Parameters
    ----------
    table, layout
        The table and what its columns mean.
    box
        Where the places must be; the layout's own box goes first.
    datum
        One of :data:`layers.positions.DATUMS`, of UTM figures.
    file_name
        For the notices.
    """
    problems: dict[int, errors.Problem] = {}
    pairs = [_pair(row, layout, problems) for row in table.rows]
    first, second = (np.array([pair[side] for pair in pairs], dtype=float) for side in (0, 1))
    system = layout.crs or (table.crs if table.has_points else "")
    box = layout.box or box
    if system in ("", positions.GEOGRAPHIC):
        read = positions.read_columns(first, second, box, datum)
    else:
        read = positions.in_system(first, second, box, system)
    written = np.isfinite(first) & np.isfinite(second)
    for index in np.flatnonzero(written & (read.count != 1)):
        row, values = table.rows[index], {"first": f"{first[index]:.15g}", "second": f"{second[index]:.15g}"}
        kind = UNCLEAR_PLACE if read.count[index] else NOT_HERE
        problems[row.line] = kind.at(f"row {row.line}", **values, count=int(read.count[index]))
    return Places(read.longitude, read.latitude, problems, tuple(_place_notices(read, datum, system, file_name)))


def _pair(row: tables.Row, layout: headers.Layout, problems: dict[int, errors.Problem]) -> tuple[float, float]:
    east, north, both = layout.of("east"), layout.of("north"), layout.of("place")
    if east is not None and north is not None:
        written = (east.value(row.cells), north.value(row.cells))
    elif both is not None and (text := both.text(row.cells)):
        parts = re.split(r"\s*[,;/ ]\s*", cells.clean(text).strip("()[] "))
        if len(parts) != 2:
            problems[row.line] = NOT_A_PAIR.at(f"row {row.line}, {both.column}", written=text)
            return (np.nan, np.nan)
        written = (parts[1], parts[0])
    else:
        written = (None, None)
    if written == (None, None):
        return row.point or (np.nan, np.nan)
    numbers = [_coordinate(value) for value in written]
    for value, figure in zip(written, numbers, strict=True):
        if isinstance(figure, errors.ProblemKind):
            problems[row.line] = figure.at(f"row {row.line}", written=cells.written(value))
    first, second = (np.nan if isinstance(figure, errors.ProblemKind) else figure for figure in numbers)
    return (first, second)


def _coordinate(value: object) -> float | errors.ProblemKind:
    return cells.number("" if value is None else value)


def _place_notices(read: positions.ColumnReadings, datum: str, system: str, file_name: str) -> Iterator[errors.Problem]:
    ways = collections.Counter(zip(read.system, read.swapped.tolist(), strict=True))
    for (name, swapped), count in ways.items():
        if name and (name != positions.GEOGRAPHIC or swapped):
            yield (READ_SWAPPED if swapped else READ_AS).at(file_name, count=count, system=name)
    if datum == positions.WGS_84 and not system and any(name.startswith("EPSG:326") for name in read.system):
        yield DATUM_ASSUMED.at(file_name)
