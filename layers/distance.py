"""Measure distances between places in degrees, and find what stands nearest."""

from __future__ import annotations

import math
from typing import TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
from scipy import spatial

Numbers = TypeVar("Numbers", float, npt.NDArray[np.float64])

_WGS84 = pyproj.Geod(ellps="WGS84")
# Mean radius of the earth, IUGG.
_METRES_PER_DEGREE = math.radians(1.0) * 6_371_008.8
_AXIS_M, _ECCENTRICITY_SQUARED = _WGS84.a, _WGS84.es


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
    """Convert a small step in degrees to metres eastwards and northwards, by the radii of WGS 84 at a latitude."""
    with np.errstate(over="ignore", invalid="ignore"):  # of a place that cannot be on earth: infinitely far
        return _across_along(degrees_east, degrees_north, latitude)


def _across_along(degrees_east: Numbers, degrees_north: Numbers, latitude: Numbers) -> tuple[Numbers, Numbers]:
    flat = 1 - _ECCENTRICITY_SQUARED * np.sin(np.radians(latitude)) ** 2
    across: Numbers = np.radians(degrees_east) * np.cos(np.radians(latitude)) * _AXIS_M / np.sqrt(flat)
    along: Numbers = np.radians(degrees_north) * _AXIS_M * (1 - _ECCENTRICITY_SQUARED) / flat**1.5
    return across, along


def metres_between(longitude: Numbers, latitude: Numbers, other_longitude: Numbers, other_latitude: Numbers) -> Numbers:
    """Distance of two places of one city in metres, on WGS 84; NaN where a place is not known.

    The offline kit measures in the same way (`metresBetween` in ``static/kit/map.js``).

    Examples
    --------
    >>> round(float(metres_between(102.83, 16.43, 102.83, 16.44)))
    1107
    """
    middle = (latitude + other_latitude) / 2
    east, north = metres_east_north(longitude - other_longitude, latitude - other_latitude, middle)
    distance: Numbers = np.hypot(east, north)
    return distance


def close_pairs(
    longitude: npt.NDArray[np.float64],
    latitude: npt.NDArray[np.float64],
    other_m: npt.NDArray[np.float64],
    within_m: float,
    most: int,
) -> npt.NDArray[np.int64]:
    """Pairs of places near each other, along straight lines through the earth and along one more axis.

    Parameters
    ----------
    longitude, latitude
        Degrees of WGS 84, shape (n,).
    other_m
        The other axis, such as time, in a unit in which `within_m` is near too, shape (n,).
    within_m
        How near is near, along each axis.
    most
        Of one place at most so many are looked at, itself among them, the nearest ones: many may be at one point.

    Returns
    -------
    numpy.ndarray
        Positions of the pairs, shape (m, 2), the lower one first.
    """
    east, north = np.radians(longitude), np.radians(latitude)
    along = np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)
    space = np.column_stack([*(axis * math.degrees(_METRES_PER_DEGREE) for axis in along), other_m])
    _, near = spatial.KDTree(space).query(space, k=most, p=np.inf, distance_upper_bound=within_m)
    pairs = np.column_stack([np.repeat(np.arange(len(space)), most), near.ravel()])
    # Where there are fewer neighbours the tree answers with the number of places.
    found: npt.NDArray[np.int64] = np.unique(np.sort(pairs[near.ravel() < len(space)], axis=1), axis=0)
    return found[found[:, 0] < found[:, 1]]


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
        # a cell is as wide as near is, so whatever is near lies in the cell or in one beside it
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
