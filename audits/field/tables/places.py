"""Read the positions of the rows of a table, with notices of how the figures were read."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from audits import errors
from audits.field import position_checks
from audits.field.tables import degrees, headers
from audits.field.tables import rows as rows_room
from audits.formats import cells
from layers import positions

NOT_HERE = errors.ProblemKind(
    "PLACE-001",
    "{first}, {second} is not in the box {box} in any usual system; check the figures, or give the box of the town",
)
UNCLEAR_PLACE = errors.ProblemKind("PLACE-002", "{first}, {second} may mean {count} places; say which system it is")
NOT_A_PAIR = errors.ProblemKind("PLACE-003", "“{written}” is not a pair of coordinates such as 16.43, 102.83")

READ_AS = errors.ProblemKind("PLACE-N01", "positions read as {system}: {count}; check one of them on the map")
READ_SWAPPED = errors.ProblemKind(
    "PLACE-N02",
    "positions with latitude and longitude in each other's place, read the other way round ({system}): {count} (rows "
    "{lines}); check one of them on the map",
)
ELSEWHERE = errors.ProblemKind(
    "PLACE-N04",
    "positions outside the box {box}: {count}; if the table is of another town, give its box (command line: "
    "--box={suggested})",
)
DATUM_ASSUMED = errors.ProblemKind(
    "PLACE-N03",
    "UTM figures were taken as WGS 84; if they are Indian 1975 they land about 500 m off: say so"
    " (command line: --datum indian_1975)",
)


_LINES_SHOWN = 8
# beside each zone in which maps of Indian 1975 were made, the one of WGS 84
_HAS_INDIAN_1975 = frozenset(f"EPSG:326{zone}" for zone in positions.INDIAN_1975_ZONES.values())
# a province and more
_MOST_DEGREES = 2.0


@dataclass(frozen=True)
class Places:
    """The places of the rows: degrees of WGS 84, shape (rows,), NaN where there is none; `crs` that of most figures."""

    longitude: positions.Numbers
    latitude: positions.Numbers
    notices: tuple[errors.Problem, ...]
    crs: str = ""


def read(rows: Sequence[rows_room.Row], system: str, box: positions.Box, datum: str, file_name: str) -> Places:
    """Read where each row is: from its geometry, from two columns, or from one column with both numbers.

    Parameters
    ----------
    rows
        The rows; take what is wrong with their places.
    system
        Reference system of the figures, such as ``EPSG:32648``; empty to try the usual ones.
    box
        Where the places must be.
    datum
        One of :data:`layers.positions.DATUMS`, of UTM figures.
    file_name
        For the notices.
    """
    first, second = np.array([_pair(row) for row in rows], dtype=float).reshape(-1, 2).T
    if system in ("", positions.GEOGRAPHIC):
        read = positions.read_columns(first, second, box, datum)
    else:
        read = positions.in_system(first, second, box, system)
    written = np.isfinite(first) & np.isfinite(second)
    # A receiver without a fix; no town lies there.
    nowhere = np.maximum(np.abs(first), np.abs(second)) < position_checks.NULL_ISLAND_DEGREES
    for index in np.flatnonzero(written & (read.count != 1)).tolist():
        kind = UNCLEAR_PLACE if read.count[index] else NOT_HERE
        pair = {"first": f"{first[index]:.15g}", "second": f"{second[index]:.15g}"}
        rows[index].refuse(kind, **pair, count=int(read.count[index]), box=_written(box))
    outside = written & ~nowhere & (read.count == 0)
    notices = (
        *_place_notices(read, [row.line for row in rows], datum, system, file_name),
        *_elsewhere(first[outside], second[outside], system, box, file_name),
    )
    systems = collections.Counter(name for name in read.system if name)
    return Places(read.longitude, read.latitude, notices, systems.most_common(1)[0][0] if systems else "")


def _written(box: positions.Box) -> str:
    return ",".join(f"{side:.6g}" for side in (box.west, box.south, box.east, box.north))


def _elsewhere(
    first: positions.Numbers, second: positions.Numbers, system: str, box: positions.Box, file_name: str
) -> Iterator[errors.Problem]:
    """Yield a notice with the box that would hold the positions outside, when they are those of one town."""
    if not len(first):
        return
    if system not in ("", positions.GEOGRAPHIC):
        first, second = positions.to_degrees(first, second, system)
    # no latitude is above 90, so the figures stand the other way round
    elif np.median(np.abs(second)) > 90:
        first, second = second, first
    # outwards to hundredths of a degree, so that every position lies inside
    west, east = np.floor(first.min() * 100 - 1) / 100, np.ceil(first.max() * 100 + 1) / 100
    south, north = np.floor(second.min() * 100 - 1) / 100, np.ceil(second.max() * 100 + 1) / 100
    is_one_town = east - west <= _MOST_DEGREES and north - south <= _MOST_DEGREES
    if is_one_town and -180 <= west < east <= 180 and -90 <= south < north <= 90:
        suggested = _written(positions.Box(west, south, east, north))
        yield ELSEWHERE.at(file_name, count=len(first), box=_written(box), suggested=suggested)


def _pair(row: rows_room.Row) -> tuple[float, float]:
    """Return the coordinates of a row, its geometry first, the one that goes east first; NaN where there is none."""
    if row.point is not None:
        return row.point
    layout = row.layout
    east, north, both = layout.of("east"), layout.of("north"), layout.of("place")
    if east is not None and north is not None:
        is_written = any(use.value(row.cells) is not None for use in (east, north))
        return (_of_columns(row, east), _of_columns(row, north)) if is_written else (np.nan, np.nan)
    if both is not None and (text := both.text(row.cells)):
        parts = degrees.pair(text)
        if len(parts) == 2:
            # a pair is mostly written latitude first; the other order is found as well
            return _coordinate(row, parts[1]), _coordinate(row, parts[0])
        row.refuse(NOT_A_PAIR, both.column, written=text)
    return (np.nan, np.nan)


def _of_columns(row: rows_room.Row, use: headers.Use) -> float:
    """Return one coordinate of a row, with the minutes, seconds and side that have columns of their own."""
    layout = row.layout
    minutes, seconds, side = (layout.of(f"{use.meaning}_{part}") for part in ("minutes", "seconds", "side"))
    # seconds mean nothing without minutes
    if minutes is None and side is None:
        return _coordinate(row, use.value(row.cells))
    figures = [None if one is None else one.value(row.cells) for one in (use, minutes, seconds)]
    parts = [None if one is None else _coordinate(row, one) for one in figures]
    if any(np.isnan(part) for part in parts if part is not None):
        return np.nan
    angle = degrees.joined(parts[0], parts[1], parts[2], layout.text(f"{use.meaning}_side", row.cells))
    if isinstance(angle, errors.ProblemKind):
        row.refuse(angle, use.column, written=" ".join(cells.written(one) for one in figures if one is not None))
        return np.nan
    return angle


def _coordinate(row: rows_room.Row, value: object) -> float:
    angle = degrees.read(value) if isinstance(value, str) else None
    figure = cells.number("" if value is None else value) if angle is None else angle
    if isinstance(figure, errors.ProblemKind):
        row.refuse(figure, written=cells.written(value))
        return np.nan
    return figure


def _place_notices(
    read: positions.ColumnReadings, lines: Sequence[int], datum: str, system: str, file_name: str
) -> Iterator[errors.Problem]:
    ways: dict[tuple[str, bool], list[int]] = {}
    for line, name, swapped in zip(lines, read.system, read.swapped.tolist(), strict=True):
        ways.setdefault((name, swapped), []).append(line)
    for (name, swapped), found in ways.items():
        if name and (name != positions.GEOGRAPHIC or swapped):
            shown = ", ".join(map(str, found[:_LINES_SHOWN])) + (" …" if len(found) > _LINES_SHOWN else "")
            yield (READ_SWAPPED if swapped else READ_AS).at(file_name, count=len(found), system=name, lines=shown)
    if datum == positions.WGS_84 and not system and _HAS_INDIAN_1975.intersection(read.system):
        yield DATUM_ASSUMED.at(file_name)
