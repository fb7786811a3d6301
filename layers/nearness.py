"""Find what stands within a few metres of a place while places are still being added."""

from __future__ import annotations

import math

from layers import positions


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
        """Return the name of a place near enough, the nearest first, or None."""
        column, row = self._cell(longitude, latitude)
        around = [(column + east, row + north) for east in (-1, 0, 1) for north in (-1, 0, 1)]
        found = [
            (positions.metres_between(longitude, latitude, east, north), name)
            for cell in around
            for name, east, north in self._cells.get(cell, ())
        ]
        metres, name = min(found, default=(math.inf, ""))
        return name if metres <= self._within_m else None

    def _cell(self, longitude: float, latitude: float) -> tuple[int, int]:
        west, south = self._corner
        east_m, north_m = positions.metres_east_north(longitude - west, latitude - south, latitude)
        return math.floor(east_m / self._within_m), math.floor(north_m / self._within_m)
