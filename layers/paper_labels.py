"""Find room for labels on a map, so that none covers another, a sign or the frame."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Box = tuple[float, float, float, float]
"""Left, top, right, bottom; mm on paper, y down."""

# In the order in which cartographers like them: to the right, to the left, then the corners, then above and below.
_DIRECTIONS = (0, 180, -45, 45, -135, 135, -90, 90)
_FAR_DIRECTIONS = (*_DIRECTIONS, -22, 22, -158, 158, -68, 68, -112, 112)
_FAR_MM = (2.0, 3.5, 5.0, 7.0, 9.0, 12.0, 15.0, 19.0)
# How far a sign may give way, in units of its radius.
_SHIFTS = (1.0, 1.5, 2.0, 2.5, 3.0)
# About the size of a label, so that a box is compared with few others.
_CELL_MM = 6.0
# One crossed line weighs as much as the last of eight directions; distance decides among places away.
_CROSSING_COST, _DIRECTION_COST, _DISTANCE_COST = 3.0, 0.4, 2.0
_LEADER_HALF_WIDTH_MM = 0.25


@dataclass(frozen=True)
class Spot:
    """Room that was found away from its place: its box, and the line that leads to it."""

    box: Box
    leader: tuple[tuple[float, float], tuple[float, float]]


class Room:
    """What is still free within a frame.

    Parameters
    ----------
    frame
        Nothing may reach beyond it.
    lines
        Streets and other lines on paper: a label may cross them, but rather not.
    """

    def __init__(self, frame: Box, lines: npt.NDArray[np.object_]) -> None:
        self._frame = frame
        self._lines = shapely.STRtree(lines)
        self._cells: dict[tuple[int, int], list[Box]] = {}

    def take(self, box: Box) -> None:
        """Mark a box as taken."""
        for cell in _cells(box):
            self._cells.setdefault(cell, []).append(box)

    def is_free(self, box: Box) -> bool:
        """Test that a box lies within the frame and covers nothing taken."""
        left, top, right, bottom = self._frame
        inside = box[0] >= left and box[1] >= top and box[2] <= right and box[3] <= bottom
        return inside and not any(_cover(box, other) for cell in _cells(box) for other in self._cells.get(cell, ()))

    def beside(
        self, x: float, y: float, clear_mm: float, width: float, height: float, *, most_crossed: float = math.inf
    ) -> Box | None:
        """Take room for a label beside a point: of eight places the free one that crosses fewest lines.

        Parameters
        ----------
        x, y, clear_mm
            The point, and the radius round it that stays clear.
        width, height
            Of the label.
        most_crossed
            Number of lines it may cross.

        Returns
        -------
        tuple or None
            None where there is no room.
        """
        boxes = [_beside(x, y, clear_mm, angle, width, height) for angle in _DIRECTIONS]
        crossed = self._crossings(boxes)
        costs = crossed * _CROSSING_COST + np.arange(len(boxes)) * _DIRECTION_COST
        for place in np.argsort(costs, kind="stable"):
            if crossed[place] <= most_crossed and self.is_free(boxes[place]):
                chosen: Box = boxes[place]
                self.take(chosen)
                return chosen
        return None

    def away(self, x: float, y: float, clear_mm: float, width: float, height: float) -> Spot | None:
        """Take room for a label some way off a point, and for the line that leads to it."""
        tried = [(step, angle) for step in _FAR_MM for angle in _FAR_DIRECTIONS]
        boxes = [_beside(x, y, clear_mm + step, angle, width, height) for step, angle in tried]
        costs = self._crossings(boxes) + np.array([step for step, _ in tried]) * _DISTANCE_COST
        for place in np.argsort(costs, kind="stable"):
            angle = math.radians(tried[place][1])
            begin = x + math.cos(angle) * clear_mm, y + math.sin(angle) * clear_mm
            leader = begin, _nearest(begin, boxes[place])
            steps = list(_along(*leader))
            if self.is_free(boxes[place]) and all(self.is_free(step) for step in steps):
                for box in (boxes[place], *steps):
                    self.take(box)
                return Spot(boxes[place], leader)
        return None

    def shifted(self, x: float, y: float, radius_mm: float) -> Box:
        """Take room for a sign at its point, or as near as there is room, or at its point all the same."""
        around = (
            (x + math.cos(math.radians(angle)) * away, y + math.sin(math.radians(angle)) * away)
            for away in (radius_mm * part for part in _SHIFTS)
            for angle in range(0, 360, 30)
        )
        # A sign is never left out: where all is taken it covers another.
        boxes = (_round(east, south, radius_mm) for east, south in ((x, y), *around))
        box = next((box for box in boxes if self.is_free(box)), _round(x, y, radius_mm))
        self.take(box)
        return box

    def crosses(self, x: float, y: float, angle: float, length: float, height: float) -> bool:
        """Test whether a slanted text with its middle at a point crosses a line."""
        east, south = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        sides = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (length / 2, height / 2)
        corners = (x, y) + sides @ np.array(((east, south), (-south, east)))
        return bool(self._lines.query(shapely.Polygon(corners), predicate="intersects").size)

    def _crossings(self, boxes: list[Box]) -> npt.NDArray[np.float64]:
        areas = shapely.box(*np.array(boxes).T)
        hits = self._lines.query(areas, predicate="intersects")[0]
        return np.bincount(hits, minlength=len(boxes)).astype(float)


def along_line(line: shapely.LineString, length: float, step_mm: float = 1.5) -> Iterator[tuple[float, float, float]]:
    """Yield the places for a text along a line, nearest to the middle of the line first.

    Parameters
    ----------
    line
        On paper, mm.
    length
        Of the text, mm; only stretches that bend by less than 2 % of it are yielded.
    step_mm
        Distance between places.

    Yields
    ------
    tuple of float
        x, y in mm and the angle in degrees, clockwise, in (-180, 180].
    """
    spare = line.length - length
    if spare < 0:
        return
    begins = np.linspace(0, spare, max(int(spare / step_mm), 0) + 1)
    # Stable, so that of two places equally far from the middle every machine takes the same.
    begins = begins[np.argsort(np.abs(begins - spare / 2), kind="stable")]
    ends = [shapely.get_coordinates(shapely.line_interpolate_point(line, begins + part)) for part in (0, length)]
    for (x0, y0), (x1, y1) in zip(*ends, strict=True):
        if math.hypot(x1 - x0, y1 - y0) >= 0.98 * length:
            yield (x0 + x1) / 2, (y0 + y1) / 2, math.degrees(math.atan2(y1 - y0, x1 - x0))


def slanted(x: float, y: float, angle: float, length: float, height: float) -> list[Box]:
    """Return boxes that together cover a slanted text with its middle at a point."""
    count = max(math.ceil(length / height), 1)
    part = length / count
    east, south = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    half_width = abs(east) * part / 2 + abs(south) * height / 2
    half_height = abs(south) * part / 2 + abs(east) * height / 2
    boxes = []
    for number in range(count):
        along = (number - (count - 1) / 2) * part
        middle_x, middle_y = x + along * east, y + along * south
        boxes.append((middle_x - half_width, middle_y - half_height, middle_x + half_width, middle_y + half_height))
    return boxes


def _beside(x: float, y: float, reach: float, angle: float, width: float, height: float) -> Box:
    east, south = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    # A label at a corner touches the clear circle with its corner, one at a side with the middle of its side.
    middle_x = x + east * reach + width / 2 * max(-1.0, min(1.0, 1.42 * east))
    middle_y = y + south * reach + height / 2 * max(-1.0, min(1.0, 1.42 * south))
    return middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2


def _round(x: float, y: float, radius: float) -> Box:
    return x - radius, y - radius, x + radius, y + radius


def _nearest(point: tuple[float, float], box: Box) -> tuple[float, float]:
    return max(box[0], min(point[0], box[2])), max(box[1], min(point[1], box[3]))


def _along(begin: tuple[float, float], end: tuple[float, float]) -> Iterator[Box]:
    """Yield small boxes along a line, leaving out its ends, which touch what they join."""
    length = math.hypot(end[0] - begin[0], end[1] - begin[1])
    count = max(int(length / 0.6), 1)
    for number in range(1, count):
        part = number / count
        x, y = (one + (other - one) * part for one, other in zip(begin, end, strict=True))
        yield _round(x, y, _LEADER_HALF_WIDTH_MM)


def _cover(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = (math.floor(edge / _CELL_MM) for edge in box)
    for column in range(left, right + 1):
        for row in range(top, bottom + 1):
            yield column, row
