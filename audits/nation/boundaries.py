"""Read the areas of municipalities that the keeper of a nation gives, and refuse a file that has none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyogrio.errors
import shapely

from audits import errors
from audits.nation import partitions

KEYS = ("province", "municipality")
DEGREES = "EPSG:4326"
Areas = dict[tuple[str, str], shapely.Geometry]

UNREADABLE = errors.ProblemKind(
    "NATION-010",
    "The boundaries cannot be read; save them again as GeoPackage, GeoJSON or GeoParquet, one area a municipality.",
)
NO_COLUMN = errors.ProblemKind(
    "NATION-011", "The boundaries have no column {columns}; each area needs its province and its municipality."
)
NO_AREA = errors.ProblemKind(
    "NATION-012",
    "{count} rows of the boundaries are no named area on the earth, the first is row {row}; correct them or leave "
    "them out. A GeoJSON without a coordinate system is read in degrees, longitude first.",
)
NO_SYSTEM = errors.ProblemKind(
    "NATION-013", "The boundaries do not say in which coordinate system they are; save them with one."
)


def read(folder: Path) -> Areas:
    """Read the file of boundaries in a nation's folder; several areas of one municipality are one.

    Returns
    -------
    dict
        Areas in degrees of WGS 84, by province and municipality; empty without one of
        :data:`audits.nation.partitions.BOUNDARIES`.

    Raises
    ------
    audits.errors.RefusedError
        When it cannot be read, lacks a column or its coordinate system, or has rows without a name or an area.
    """
    path = next((folder / name for name in partitions.BOUNDARIES if (folder / name).is_file()), None)
    if path is None:
        return {}
    try:
        table = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    except (ValueError, OSError, pa.ArrowException, pyogrio.errors.DataSourceError) as fault:
        raise errors.RefusedError((UNREADABLE.at(path.name),)) from fault
    if problems := tuple(_faults(table, path.name)):
        raise errors.RefusedError(problems)
    # checked in degrees: there metres that were taken for degrees lie off the earth
    areas = table.to_crs(DEGREES)
    if problem := _misplaced(areas, path.name):
        raise errors.RefusedError((problem,))
    shapes: dict[tuple[str, str], list[shapely.Geometry]] = {}
    names = (areas[key].astype(str).str.strip() for key in KEYS)
    # a ring that crosses itself would make the union fail
    for key, shape in zip(zip(*names, strict=True), shapely.make_valid(areas.geometry.to_numpy()), strict=True):
        shapes.setdefault(key, []).append(shape)
    return {key: shapely.union_all(many) for key, many in shapes.items()}


def _faults(table: gpd.GeoDataFrame, name: str) -> Iterator[errors.Problem]:
    missing = [key for key in KEYS if key not in table.columns]
    if missing:
        yield NO_COLUMN.at(name, columns=", ".join(missing))
    # a table of plain attributes, such as a CSV under another name
    if not isinstance(table, gpd.GeoDataFrame):
        yield UNREADABLE.at(name)
    elif table.crs is None:
        yield NO_SYSTEM.at(name)


def _misplaced(areas: gpd.GeoDataFrame, name: str) -> errors.Problem | None:
    bounds = areas.bounds
    on_earth = (bounds["minx"] >= -180) & (bounds["maxx"] <= 180) & (bounds["miny"] >= -90) & (bounds["maxy"] <= 90)
    is_area = areas.geom_type.isin(("Polygon", "MultiPolygon")) & ~areas.is_empty
    is_named = areas[list(KEYS)].notna().all(axis=1)
    # a row without a shape has bounds of NaN, which lie within nothing
    wrong = np.flatnonzero(~(on_earth & is_area & is_named))
    return NO_AREA.at(name, count=len(wrong), row=int(wrong[0]) + 1) if len(wrong) else None
