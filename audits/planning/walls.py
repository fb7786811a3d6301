"""Set out the walls that stand under the raised edges of a ramp, as rectangles in plan that do not overlap."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from audits.planning import geometry, prisms

Line = tuple[prisms.Corner, prisms.Corner]


@dataclass(frozen=True)
class Wall:
    """One straight piece of wall.

    Parameters
    ----------
    outline
        Its four corners in plan, in order, at floor level, mm.
    inner, outer
        Ends of its faces towards the floor and away from it, at floor level.
    """

    outline: prisms.Outline
    inner: Line
    outer: Line

    @property
    def box(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the smallest and the greatest x and y."""
        xs, ys, _ = zip(*self.outline, strict=True)
        return (min(xs), min(ys)), (max(xs), max(ys))


def under_edges(design: geometry.Design) -> tuple[Wall, ...]:
    """Return the walls under all edges of a ramp; a kerb ramp lies in the ground and has none.

    Where an edge bends round the floor the wall fills the corner; where it bends towards its own outer side the next
    piece begins where the outer face of the one before ends. So no part of the plan is taken twice, unless a run is
    shorter than two walls are thick.
    """
    if isinstance(design.space, geometry.KerbSpace):
        return ()
    return tuple(wall for edge in design.edges for wall in _along(edge, _floor_side(edge, design)))


def face_mm2(line: Line, raised_mm: float) -> float:
    """Return the area of an upright face from level 0 up to a line of the floor raised by `raised_mm`."""
    (x1, y1, z1), (x2, y2, z2) = line
    return math.hypot(x2 - x1, y2 - y1) * ((z1 + z2) / 2 + raised_mm)


def _along(edge: geometry.Edge, floor_side: int) -> Iterator[Wall]:
    pieces = list(itertools.pairwise(edge.points))
    bends = [0, *(_bend(*pair) * floor_side for pair in itertools.pairwise(pieces)), 0]
    for (start, end), before, after in zip(pieces, bends, bends[1:], strict=False):
        yield _wall(start, end, before, after, edge.thickness_mm * floor_side)


def _wall(start: geometry.Point, end: geometry.Point, before: int, after: int, across: int) -> Wall:
    """Return one piece; a bend is 1 round the floor, -1 the other way, 0 none; `across` is positive to the right."""
    length, thick = math.dist(start[:2], end[:2]), abs(across)
    ahead = tuple((b - a) / length for a, b in zip(start, end, strict=True))

    def at(along: float, outwards: int) -> prisms.Corner:
        x, y, z = (here + along * step for here, step in zip(start, ahead, strict=True))
        return x + outwards * ahead[1], y - outwards * ahead[0], z

    from_, to = max(0, -before) * thick, length + max(0, after) * thick
    return Wall(
        outline=(at(from_, 0), at(to, 0), at(to, across), at(from_, across)),
        inner=(at(0, 0), at(length, 0)),
        outer=(at(-before * thick, across), at(length + after * thick, across)),
    )


def _bend(first: tuple[geometry.Point, geometry.Point], second: tuple[geometry.Point, geometry.Point]) -> int:
    """Return 1 where a line bends to the left, -1 to the right, 0 where it goes straight on."""
    (ax, ay, _), (bx, by, _), (cx, cy, _) = *first, second[1]
    turned = (bx - ax) * (cy - by) - (by - ay) * (cx - bx)
    return (turned > 0) - (turned < 0)


def _floor_side(edge: geometry.Edge, design: geometry.Design) -> int:
    """Return 1 when the floor lies to the left of an edge, -1 when to its right, seen on its longest piece."""
    (ax, ay, _), (bx, by, _) = max(itertools.pairwise(edge.points), key=lambda pair: math.dist(*pair))
    length = math.hypot(bx - ax, by - ay)
    beside = (ax + bx) / 2 - (by - ay) / length, (ay + by) / 2 + (bx - ax) / length
    return 1 if any(_holds(box, beside) for box in _clear_boxes(design)) else -1


def _clear_boxes(design: geometry.Design) -> Iterator[tuple[geometry.Point, geometry.Point]]:
    for run in design.runs:
        yield run.foot_left, run.head_right
    for landing in design.landings:
        yield landing.clear_low, landing.clear_high


def _holds(box: tuple[geometry.Point, geometry.Point], point: tuple[float, float]) -> bool:
    return all(min(a, b) <= at <= max(a, b) for a, b, at in zip(box[0][:2], box[1][:2], point, strict=True))
