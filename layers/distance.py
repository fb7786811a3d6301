"""Measure distances between places in degrees, and find what stands nearest."""

from __future__ import annotations

import math
from typing import TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj

Numbers = TypeVar("Numbers", float, npt.NDArray[np.float64])

_WGS84 = pyproj.Geod(ellps="WGS84")
# Mean radius of the earth, IUGG.
_METRES_PER_DEGREE = math.radians(1.0) * 6_371_008.8


def nearest(sites: gpd.GeoDataFrame, longitude: float, latitude: float, count: int) -> gpd.GeoDataFrame:
    """Sort sites by their distance from a point, the nearest first.

    Parameters
    ----------
    sites
        Points, EPSG:4326.
    longitude, latitude
        The point in WGS 84 degrees.
    count
        How many at most.

    Returns
    -------
    geopandas.GeoDataFrame
        The sites with `distance_m`, the length of the geodesic on the WGS 84 ellipsoid (Karney 2013, in PROJ);
        sites at one distance keep their order.
    """
    here = np.full(len(sites), longitude), np.full(len(sites), latitude)
    _, _, distances = _WGS84.inv(*here, sites.geometry.x.to_numpy(), sites.geometry.y.to_numpy())
    measured = sites.assign(distance_m=distances)
    return measured.sort_values("distance_m", kind="stable").head(count)


def metres_east_north(degrees_east: Numbers, degrees_north: Numbers, latitude: Numbers) -> tuple[Numbers, Numbers]:
    """Convert a small step in degrees to metres eastwards and northwards, on a sphere."""
    east: Numbers = degrees_east * _METRES_PER_DEGREE * np.cos(np.radians(latitude))
    return east, degrees_north * _METRES_PER_DEGREE


def metres_between(longitude: Numbers, latitude: Numbers, other_longitude: Numbers, other_latitude: Numbers) -> Numbers:
    """Distance of two places of one city in metres, within 0.6 % of the ellipsoid; NaN where a place is not known.

    Examples
    --------
    >>> round(float(metres_between(102.83, 16.43, 102.83, 16.44)))
    1112
    """
    middle = (latitude + other_latitude) / 2
    east, north = metres_east_north(longitude - other_longitude, latitude - other_latitude, middle)
    distance: Numbers = np.hypot(east, north)
    return distance


def on_sphere_m(longitude: npt.NDArray[np.float64], latitude: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Places in space, shape (n, 3) in metres from the middle of a sphere, for trees that search by straight lines."""
    east, north = np.radians(longitude), np.radians(latitude)
    along = np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
    return along * math.degrees(_METRES_PER_DEGREE)


class Nearness:
    """Places by square cells, so that a table of any length is searched in one pass.

    Parameters
    ----------
    west, south
        A corner of the area, degrees of WGS 84.
    within_m
        How near is near, in metres.
    """

    def __init__(self, west: float, south: float, within_m: float) -> None:
        self._corner = (west, south)
        self._within_m = within_m
        self._cells: dict[tuple[int, int], list[tuple[str, float, float]]] = {}

    def add(self, name: str, longitude: float, latitude: float) -> None:
        """Add a place, unless one stands there already: the first keeps it."""
        if self.within(longitude, latitude) is None:
            self._cells.setdefault(self._cell(longitude, latitude), []).append((name, longitude, latitude))

    def within(self, longitude: float, latitude: float) -> str | None:
        """Name of the nearest place that is near enough, or None."""
        column, row = self._cell(longitude, latitude)
        around = [(column + east, row + north) for east in (-1, 0, 1) for north in (-1, 0, 1)]
        found = [
            (metres_between(longitude, latitude, east, north), name)
            for cell in around
            for name, east, north in self._cells.get(cell, ())
        ]
        metres, name = min(found, default=(math.inf, ""))
        return name if metres <= self._within_m else None

    def _cell(self, longitude: float, latitude: float) -> tuple[int, int]:
        west, south = self._corner
        east_m, north_m = metres_east_north(longitude - west, latitude - south, latitude)
        return math.floor(east_m / self._within_m), math.floor(north_m / self._within_m)
