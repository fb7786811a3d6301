"""Divide sites into days of visits, each a short way from site to site."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from layers import utm

Distances = npt.NDArray[np.float64]

DETOUR = 1.3
"""Metres of way for a metre as the crow flies: our assumption, as long as no street network is loaded."""

WALKING_KM_H, DRIVING_KM_H = 4.0, 20.0
PARKING_MINUTES = 5.0
LONGEST_WALK_M = 4_000.0
"""Speeds, minutes to park at each site, and the longest walk of a day: our assumptions for a hot city street."""

_SHORTER_M = 1e-6


@dataclass(frozen=True)
class Day:
    """One day of visits.

    Parameters
    ----------
    number
        From 1.
    codes
        The sites in the order of the visits.
    distance_m
        From the first site to the last; the way there and home is not counted.
    minutes
        Measuring, travelling and, by car, parking.
    """

    number: int
    codes: tuple[str, ...]
    distance_m: float
    minutes: float


@dataclass(frozen=True)
class Routes:
    """The days, and the sites that no way leads to because their position is not known."""

    days: tuple[Day, ...]
    without_position: tuple[str, ...]


@dataclass(frozen=True)
class _Limits:
    minutes_at: npt.NDArray[np.float64]
    day_minutes: float
    walking: bool

    def minutes(self, order: Sequence[int], distance_m: float) -> float:
        going = distance_m / 1000 / (WALKING_KM_H if self.walking else DRIVING_KM_H) * 60
        parking = 0.0 if self.walking else PARKING_MINUTES * len(order)
        return float(self.minutes_at[list(order)].sum()) + going + parking

    def hold(self, order: Sequence[int], distance_m: float) -> bool:
        short = not self.walking or distance_m <= LONGEST_WALK_M
        return short and self.minutes(order, distance_m) <= self.day_minutes


def day_routes(
    sites: gpd.GeoDataFrame, *, minutes_at: Mapping[str, float], day_minutes: float = 360.0, walking: bool = False
) -> Routes:
    """Put every site into one day, in an order that keeps the way short, in as few days as that order allows.

    One path through all sites (nearest neighbour, then 2-opt) is cut into days by dynamic programming, which is best
    for that path (Beasley 1983, "Route first, cluster second methods for vehicle routing"); each day is then shortened
    by 2-opt. The result is good, not proven best. Distances are straight in their UTM zone, times :data:`DETOUR`.

    Parameters
    ----------
    sites
        Points with their codes as index, each once; any CRS. A site without a point is listed apart.
    minutes_at
        Minutes of work at each site, by code; not negative.
    day_minutes
        How long a day may be. A site that alone takes longer has a day of its own.
    walking
        On foot, and no farther than :data:`LONGEST_WALK_M` a day; otherwise by car, with minutes to park at each site.

    Raises
    ------
    ValueError
        If a code stands twice, a site has no minutes or minutes that are not 0 or more.
    """
    # the order of the table must not change the days
    ordered = sites.sort_index()
    _check(ordered, minutes_at)
    points = ordered.geometry.to_numpy()
    lost = shapely.is_missing(points) | shapely.is_empty(points)
    placed = ordered[~lost]
    codes = [str(code) for code in placed.index]
    without = tuple(str(code) for code in ordered.index[lost])
    if not codes:
        return Routes((), without)
    distances = _distances(shapely.get_coordinates(placed.geometry.to_crs(utm.crs_of(placed)).to_numpy()))
    limits = _Limits(np.array([float(minutes_at[code]) for code in codes]), day_minutes, walking)
    tour = two_opt(nearest_first(distances), distances)
    orders = [two_opt(order, distances) for order in _cut(tour, distances, limits)]
    days = (_day(number, order, codes, distances, limits) for number, order in enumerate(orders, 1))
    return Routes(tuple(days), without)


def nearest_first(distances: Distances) -> tuple[int, ...]:
    """Return a path through all places, from the one farthest from all others always to the nearest one left.

    Parameters
    ----------
    distances
        Shape (n, n), symmetric.
    """
    here = int(np.argmax(distances.sum(axis=1)))
    path, left = [here], np.ones(len(distances), dtype=bool)
    left[here] = False
    while left.any():
        here = int(np.argmin(np.where(left, distances[here], np.inf)))
        path.append(here)
        left[here] = False
    return tuple(path)


def two_opt(order: Sequence[int], distances: Distances) -> tuple[int, ...]:
    """Return a path through the same places that reversing no single stretch makes shorter.

    Parameters
    ----------
    order
        Places as rows of `distances`; both ends are free.
    distances
        Shape (n, n), symmetric.
    """
    path = np.array(order, dtype=int)
    better = len(path) > 2
    while better:
        better = False
        for first in range(len(path) - 1):
            gains = _gains(path, first, distances)
            last = int(np.argmax(gains))
            # a gain of rounding alone would turn a stretch to and fro for ever
            if gains[last] > _SHORTER_M:
                stretch = slice(first, first + last + 2)
                path[stretch] = path[stretch][::-1]
                better = True
    return tuple(int(place) for place in path)


def length_m(order: Sequence[int], distances: Distances) -> float:
    """Return the length of a path."""
    return math.fsum(float(distances[one, other]) for one, other in itertools.pairwise(order))


def _gains(path: npt.NDArray[np.intp], first: int, distances: Distances) -> Distances:
    """Return the saving of reversing the stretch from `first` to each later place; a free end has no leg to change."""
    lasts = path[first + 1 :]
    # a row for the end of the path, which has no leg behind it: its saving is set to 0 below
    after = np.append(path[first + 2 :], -1)
    before_saved = distances[path[first - 1], path[first]] - distances[path[first - 1], lasts] if first else 0.0
    after_saved = distances[lasts, after] - distances[path[first], after]
    after_saved[-1] = 0.0
    return np.asarray(before_saved + after_saved)


def _cut(tour: Sequence[int], distances: Distances, limits: _Limits) -> list[tuple[int, ...]]:
    """Cut a path into the fewest days that hold, and among those the ones with the shortest way."""
    # Best so far for the first so many places: days, metres, and where the last day begins.
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]
    for end in range(1, len(tour) + 1):
        # a site that alone is too long for a day gets a day all the same
        begins = [(end - 1, 0.0)]
        distance = 0.0
        for begin in range(end - 2, -1, -1):
            distance += float(distances[tour[begin], tour[begin + 1]])
            # a longer stretch takes longer still, so the search ends here
            if not limits.hold(tour[begin:end], distance):
                break
            begins.append((begin, distance))
        # fewest days first, then the shortest way
        best.append(min((best[begin][0] + 1, best[begin][1] + metres, begin) for begin, metres in begins))
    days, end = [], len(tour)
    while end:
        begin = best[end][2]
        days.append(tuple(tour[begin:end]))
        end = begin
    return days[::-1]


def _day(number: int, order: Sequence[int], codes: Sequence[str], distances: Distances, limits: _Limits) -> Day:
    distance = length_m(order, distances)
    return Day(number, tuple(codes[place] for place in order), distance, limits.minutes(order, distance))


def _distances(places: npt.NDArray[np.float64]) -> Distances:
    apart = places[:, None, :] - places[None, :, :]
    return np.asarray(np.hypot(apart[..., 0], apart[..., 1]) * DETOUR)


def _check(sites: gpd.GeoDataFrame, minutes_at: Mapping[str, float]) -> None:
    twice = sorted(set(map(str, sites.index[sites.index.duplicated()])))
    # negated, so that NaN counts as missing
    bad = [str(code) for code in sites.index if not minutes_at.get(code, math.nan) >= 0]
    if twice or bad:
        raise ValueError(f"sites of the day routes: twice {twice}; minutes missing or below 0 {bad}")
