"""Choose the UTM zone in which metres are measured: the one place that decides it."""

from __future__ import annotations

import functools

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

DEGREES = "EPSG:4326"
# Nothing is measured there, and yet a reference system must be named.
_WITHOUT_DATA = "EPSG:32648"
_NORTH, _SOUTH, _ZONES = 32600, 32700, 60
_FARTHEST_DEG = 10.0


def crs_at(longitude: float, latitude: float) -> str:
    """Reference system of WGS 84 / UTM that holds a place in degrees of WGS 84.

    Examples
    --------
    >>> crs_at(102.83, 16.43), crs_at(98.98, 18.79), crs_at(2.35, 48.86), crs_at(180.0, -17.0)
    ('EPSG:32648', 'EPSG:32647', 'EPSG:32631', 'EPSG:32760')
    """
    # 180° east is the edge of the last zone, not the first of another
    zone = min(int((longitude + 180) // 6) + 1, _ZONES)
    return f"EPSG:{(_NORTH if latitude >= 0 else _SOUTH) + zone}"


def crs_of(shapes: gpd.GeoSeries | gpd.GeoDataFrame) -> str:
    """Reference system of the zone in which most of some shapes lie; Khon Kaen's where there is none.

    Parameters
    ----------
    shapes
        Any CRS; those that are measured in a UTM zone already stay in it. Missing and empty ones do not count.
    """
    if shapes.crs is not None and _zone_of(str(shapes.crs)):
        return str(shapes.crs)
    geometry = shapes.geometry.to_numpy()
    known = shapes.geometry[~(shapely.is_missing(geometry) | shapely.is_empty(geometry))]
    if known.empty:
        return _WITHOUT_DATA
    # The median, since one stray position would draw the middle of the bounds into another zone.
    middles = shapely.get_coordinates(shapely.centroid(known.to_crs(DEGREES).to_numpy()))
    longitude, latitude = np.median(middles, axis=0)
    return crs_at(float(longitude), float(latitude))


def name(crs: str) -> str:
    """Name of a zone as maps print it.

    Examples
    --------
    >>> name("EPSG:32648"), name("EPSG:32760")
    ('48N', '60S')
    """
    zone = _zone_of(crs)
    return f"{abs(zone)}{'N' if zone > 0 else 'S'}"


def projected(lonlat: npt.NDArray[np.float64], crs: str) -> npt.NDArray[np.float64]:
    """Project positions in degrees of WGS 84, shape (n, 2), to metres of a zone, shape (n, 2)."""
    return np.column_stack(_projection(crs).transform(lonlat[:, 0], lonlat[:, 1]))


def measured(frame: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    """Project a frame, without the rows more than 10° east or west of the zone, where its metres mean nothing."""
    if str(frame.crs) == crs:
        return frame
    bounds = frame.to_crs(DEGREES).bounds
    away = (bounds[["minx", "maxx"]] - (abs(_zone_of(crs)) * 6 - 183)).abs().max(axis=1)
    # Rows without a shape are nowhere, and stay.
    return frame[~(away > _FARTHEST_DEG)].to_crs(crs)


@functools.lru_cache(maxsize=8)
def _projection(crs: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(DEGREES, crs, always_xy=True)


def _zone_of(crs: str) -> int:
    """Number of a zone, negative in the south; 0 for any other reference system."""
    code = int(crs.removeprefix("EPSG:")) if crs.removeprefix("EPSG:").isdigit() else 0
    if _NORTH < code <= _NORTH + _ZONES:
        return code - _NORTH
    return _SOUTH - code if _SOUTH < code <= _SOUTH + _ZONES else 0
