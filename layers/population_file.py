"""Store the residents by place as one file of the workspace, checked row by row."""

from __future__ import annotations

import io
import math
import os
import re
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio.errors
import shapely

from layers import base_file, errors, positions, sources

NAME = "population"
COLUMN = "residents"
ENDINGS = (".gpkg", ".geojson", ".csv")
SHAPES = ("Point", "Polygon", "MultiPolygon")
MOST_BYTES = 50_000_000
MOST_FAULTS = 50
_NUMBER = re.compile(r"(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")

FOREIGN, TOO_BIG, UNREADABLE, EMPTY = "foreign", "too_big", "unreadable", "empty"
NO_COLUMN, TWICE, NO_PLACE, NO_SYSTEM = "no_column", "twice", "no_place", "no_system"
BAD_COUNT, BAD_SHAPE, FAR, MORE = "bad_count", "bad_shape", "far", "more"
SENTENCES = {
    FOREIGN: "not a file of residents by its name; accepted: {accepted}",
    TOO_BIG: "larger than {most} MB; leave out columns and places outside the municipality",
    UNREADABLE: "cannot be read as its name says; save it again as GeoPackage, GeoJSON or CSV in UTF-8",
    EMPTY: "has no rows",
    NO_COLUMN: "has no column {column}, the number of residents; its columns are: {columns}",
    TWICE: "has the column {column} twice; keep one of them",
    NO_PLACE: "a CSV file needs the columns lat and lon in degrees beside {column}; its columns are: {columns}",
    NO_SYSTEM: "does not say in which coordinate system its places are; save it with one",
    BAD_COUNT: "“{written}” is not a number of residents of 0 or more",
    BAD_SHAPE: "{shape} is no place of residents; points and areas are accepted",
    FAR: "lies outside the town's box {box}; check the coordinates, or the box",
    MORE: "{count} more rows have faults; correct these first",
}


@dataclass(frozen=True)
class Fault:
    """One fault: its code, the row counted from 1 (0 for the whole file), and the values of its sentence."""

    code: str
    row: int
    values: dict[str, object]

    def sentence(self) -> str:
        """Message in English."""
        message = SENTENCES[self.code].format(**self.values)
        return f"row {self.row}: {message}" if self.row else message


class PopulationError(errors.LayerError):
    """A file of residents that was refused, with every fault found."""

    def __init__(self, name: str, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__(f"{name}: " + "; ".join(fault.sentence() for fault in faults))


def path(workspace: Path) -> Path | None:
    """Path of the population file that a workspace uses; None where there is none."""
    folders = base_file.folders(workspace)
    return next((file for folder in folders for file in _files(folder) if file.is_file()), None)


def changed_at(workspace: Path) -> int:
    """Time at which the population file of a workspace was written, in nanoseconds; 0 without one."""
    file = path(workspace)
    return 0 if file is None else file.stat().st_mtime_ns


def read(workspace: Path, area: positions.Box | None) -> gpd.GeoDataFrame | None:
    """Read the residents of a workspace by place, EPSG:4326, column `residents`; None where there is no file.

    Parameters
    ----------
    workspace
        Its folder.
    area
        As for :func:`checked`.

    Raises
    ------
    PopulationError
        If the file was changed since it was imported and has faults now.
    """
    file = path(workspace)
    return None if file is None else checked(file.name, file.read_bytes(), area)


def keep(workspace: Path, name: str, content: bytes, area: positions.Box | None) -> gpd.GeoDataFrame:
    """Check a file of residents and store it in the workspace, in place of an older one.

    Parameters
    ----------
    workspace
        A folder; made when it is not there.
    name
        As its author named it; its ending says what it is.
    content
        Of the file.
    area
        As for :func:`checked`.

    Raises
    ------
    PopulationError
        With all faults; an older file stays as it was.
    errors.LayerError
        If the folder cannot be written.
    """
    people = checked(name, content, area)
    target = workspace / f"{NAME}{_ending(name)}"
    try:
        _write(target, content)
        # the other kinds go once the new file stands: a crash leaves one too many, never none
        for other in _files(workspace):
            if other != target:
                other.unlink(missing_ok=True)
    except OSError as fault:
        raise errors.LayerError(f"{target}: could not be written; is the folder writable? ({fault})") from fault
    return people


def remove(workspace: Path) -> bool:
    """Delete the population file of a workspace; False when there was none."""
    own = [file for file in _files(workspace) if file.is_file()]
    for file in own:
        file.unlink()
    return bool(own)


def checked(name: str, content: bytes, area: positions.Box | None) -> gpd.GeoDataFrame:
    """Read the residents of a file by place, EPSG:4326, column `residents`.

    Parameters
    ----------
    name, content
        As for :func:`keep`.
    area
        Where the town lies, and its residents must; anywhere when None.

    Raises
    ------
    PopulationError
        With every fault found.
    """
    if _ending(name) not in ENDINGS:
        raise _refused(name, FOREIGN, accepted=", ".join(ENDINGS))
    if len(content) > MOST_BYTES:
        raise _refused(name, TOO_BIG, most=MOST_BYTES // 1_000_000)
    frame = _table(name, content) if _ending(name) == ".csv" else _layer(name, content)
    columns = ", ".join(str(column) for column in frame.columns if column != "geometry")
    if COLUMN not in frame:
        raise _refused(name, NO_COLUMN, column=COLUMN, columns=columns)
    if frame.empty:
        raise _refused(name, EMPTY)
    if frame.crs is None:
        raise _refused(name, NO_SYSTEM)
    frame = frame.to_crs(sources.WGS84)
    faults = list(_faults(frame, area))
    if len(faults) > MOST_FAULTS:
        faults = [*faults[:MOST_FAULTS], Fault(MORE, 0, {"count": len(faults) - MOST_FAULTS})]
    if faults:
        raise PopulationError(name, tuple(faults))
    # only now: a fault names what was written
    counts = [_count(written) for written in frame[COLUMN]]
    return gpd.GeoDataFrame({COLUMN: counts}, geometry=frame.geometry.to_numpy(), crs=frame.crs)


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{uuid.uuid4().hex}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        # Renaming alone may leave an empty file after a power cut.
        os.fsync(file.fileno())
    part.replace(target)


def _files(folder: Path) -> tuple[Path, ...]:
    return tuple(folder / f"{NAME}{ending}" for ending in ENDINGS)


def _ending(name: str) -> str:
    return Path(name).suffix.lower()


def _refused(name: str, code: str, **values: object) -> PopulationError:
    return PopulationError(name, (Fault(code, 0, values),))


def _table(name: str, content: bytes) -> gpd.GeoDataFrame:
    try:
        # cells as they were written, so that a fault can be shown; Excel puts a byte order mark before a CSV
        table = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str, keep_default_na=False)
    except (ValueError, UnicodeDecodeError) as fault:
        raise _refused(name, UNREADABLE) from fault
    table.columns = table.columns.str.strip().str.lower()
    again = table.columns[table.columns.duplicated()]
    if len(again):
        raise _refused(name, TWICE, column=again[0])
    if not {"lat", "lon"} <= set(table.columns):
        raise _refused(name, NO_PLACE, column=COLUMN, columns=", ".join(table.columns))
    degrees = table[["lon", "lat"]].apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)
    points = [shapely.Point(*pair) if np.isfinite(pair).all() else None for pair in degrees]
    return gpd.GeoDataFrame(table, geometry=points, crs=sources.WGS84)


def _layer(name: str, content: bytes) -> gpd.GeoDataFrame:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{NAME}{_ending(name)}"
        file.write_bytes(content)
        try:
            read = pyogrio.read_dataframe(file)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as fault:
            raise _refused(name, UNREADABLE) from fault
    if not isinstance(read, gpd.GeoDataFrame):
        raise _refused(name, UNREADABLE)
    return read


def _faults(frame: gpd.GeoDataFrame, area: positions.Box | None) -> Iterator[Fault]:
    around = area and shapely.box(area.west, area.south, area.east, area.north)
    for row, (written, shape) in enumerate(zip(frame[COLUMN], frame.geometry, strict=True), 1):
        if math.isnan(_count(written)):
            yield Fault(BAD_COUNT, row, {"written": written})
        kind = "nothing" if shape is None or shape.is_empty else shape.geom_type
        if kind not in SHAPES:
            yield Fault(BAD_SHAPE, row, {"shape": kind})
        elif around is not None and not shape.intersects(around):
            yield Fault(FAR, row, {"box": area})


def _count(written: object) -> float:
    """Number of residents; NaN where the text is not one."""
    # spreadsheets write 1,234 into CSV; 1,5 is no such number, and Python alone reads 1_000
    if isinstance(written, str) and not _NUMBER.fullmatch(written.strip()):
        return math.nan
    try:
        number = float(str(written).replace(",", ""))
    except ValueError:
        return math.nan
    return number if math.isfinite(number) and number >= 0 else math.nan
