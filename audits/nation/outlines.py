"""Outline each municipality by its own boundary, or else by the hull of its elements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyproj
import shapely

from audits.nation import boundaries

DEGREES = boundaries.DEGREES
COLUMN = "outline"
Areas = Mapping[tuple[str, str], shapely.Geometry | None]
GEO = {
    "version": "1.0.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}},
}
# About 10 m: an outline names no single element.
DECIMALS = 4

# A point in well-known binary, little-endian.
_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])
_POINT_BYTES = {"min": _POINT.itemsize, "max": _POINT.itemsize}


class Outlines:
    """The convex hull of each municipality's elements, in degrees of WGS 84."""

    def __init__(self) -> None:
        self._of: dict[str, Any] = {}

    def add(
        self, names: Sequence[str], codes: npt.NDArray[np.integer[Any]], points: npt.NDArray[np.float64] | None
    ) -> None:
        """Add the elements of some rows.

        Parameters
        ----------
        names
            Municipalities.
        codes
            Shape (points,): position of each point's municipality in `names`.
        points
            Shape (points, 2): degrees, NaN where a position is not known; None for a file without any.
        """
        if points is None:
            return
        whole = np.isfinite(points).all(axis=1)
        points, mine = points[whole], codes[whole]
        # sorted once: to select the points of each municipality would read all of them as often
        order = np.argsort(mine, kind="stable")
        found, first = np.unique(mine[order], return_index=True)
        for code, part in zip(found.tolist(), np.split(points[order], first[1:]) if len(found) else (), strict=True):
            hull = shapely.convex_hull(shapely.multipoints(part))
            known = self._of.get(names[code])
            # the hull of hulls is that of all points, and none of them need be kept
            self._of[names[code]] = hull if known is None else shapely.convex_hull(shapely.union(known, hull))

    def beside(self, records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Add the outline of each municipality to its record, as well-known text; empty where no position is known."""
        return [{**one, COLUMN: _written(self._of.get(str(one["municipality"])))} for one in records]


def positions(table: pa.Table, column: str) -> npt.NDArray[np.float64] | None:
    """Read the position of each row in degrees, of a line or an area a point on it, NaN where there is none.

    None where the file does not say how positions are written.
    """
    described = json.loads((table.schema.metadata or {}).get(b"geo", b"{}")).get("columns", {}).get(column, {})
    if described.get("encoding") != "WKB":
        return None
    points = _plain_points(table[column])
    if points is None:
        shapes = gpd.GeoSeries(shapely.from_wkb(table[column].to_numpy(), on_invalid="ignore"))
        # what is missing has no coordinates, and comes back as NaN
        points = shapes.representative_point().get_coordinates().reindex(shapes.index).to_numpy()
    crs = described.get("crs")
    if crs is not None and (read := pyproj.CRS.from_user_input(crs)) != DEGREES:
        # the longitude first, as GeoParquet writes it, whatever the axes of the system
        points = np.column_stack(pyproj.Transformer.from_crs(read, DEGREES, always_xy=True).transform(*points.T))
    return points


def _plain_points(column: pa.ChunkedArray) -> npt.NDArray[np.float64] | None:
    """Read points of 21 bytes each at once, a tenth of the time; None where something else is among them."""
    whole = column.combine_chunks().cast(pa.binary())
    if whole.null_count or not len(whole) or pc.min_max(pc.binary_length(whole)).as_py() != _POINT_BYTES:
        return None
    written = np.frombuffer(whole.buffers()[2], _POINT, len(whole), whole.offset * _POINT.itemsize)
    if (written["order"] != 1).any() or (written["type"] != 1).any():
        return None
    return np.column_stack((written["x"], written["y"]))


def hulls(records: Iterable[Mapping[str, Any]]) -> Areas:
    """Join the hulls of each municipality's elements.

    Parameters
    ----------
    records
        ``province``, ``municipality`` and ``outline``, also several of one municipality.

    Returns
    -------
    dict
        Areas in degrees of WGS 84 by province and municipality; None where no position is known.
    """
    parts: dict[tuple[str, str], list[shapely.Geometry]] = {}
    for one in records:
        parts.setdefault((str(one["province"]), str(one["municipality"])), []).extend(
            [shapely.from_wkt(one[COLUMN])] if one.get(COLUMN) else []
        )
    return {key: shapely.convex_hull(shapely.union_all(many)) if many else None for key, many in parts.items()}


def misplaced(around: Areas, areas: boundaries.Areas) -> list[tuple[str, str]]:
    """List the municipalities whose elements all lie outside the area that is given for them.

    Such an area is in another coordinate system than its file says, or the record is that of another place.

    Parameters
    ----------
    around
        From :func:`hulls`.
    areas
        From :func:`audits.nation.boundaries.read`.
    """
    known = {key: hull for key, hull in around.items() if hull is not None and key in areas}
    return [key for key, hull in known.items() if shapely.disjoint(hull, areas[key])]


def of_places(around: Areas, areas: boundaries.Areas) -> pd.Series[Any]:
    """Outline each municipality by the area that is given for it, else by the hull of its elements.

    Returns
    -------
    pandas.Series
        Areas in degrees of WGS 84 by province and municipality; None where nothing is known.
    """
    given = {key: area for key, area in areas.items() if key not in misplaced(around, areas)}
    return pd.Series({key: given.get(key, hull) for key, hull in around.items()}, dtype=object)


def _written(shape: shapely.Geometry | None) -> str:
    if shape is None:
        return ""
    # in one order of its points, so that the same area is the same text
    return str(shapely.to_wkt(shapely.normalize(shape), rounding_precision=DECIMALS))
