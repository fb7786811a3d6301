"""Measure the flat pieces of a ramp: areas, volumes above the ground, and the walls under its raised edges."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from audits.ramps import geometry

Corner = tuple[float, float, float]
Outline = tuple[Corner, ...]
Line = tuple[Corner, Corner]


def plan_mm2(outline: Outline) -> float:
    """Return the area of a piece as the plan shows it."""
    return math.fsum(_plan_mm2(*triangle) for triangle in _triangles(outline))


def surface_mm2(outline: Outline) -> float:
    """Return the area of a piece along its slope."""
    return math.fsum(_surface_mm2(*triangle) for triangle in _triangles(outline))


def volume_mm3(outline: Outline, raised_mm: float) -> float:
    """Return the volume between a flat, convex piece and level 0, once it is raised by some mm.

    The third coordinate of a corner is its height; what lies below level 0 counts nothing.
    """
    raised = _cut_beyond(tuple((x, y, z + raised_mm) for x, y, z in outline), 2, 0, 1)
    # sorted before they are added: mirrored pieces come to the same float
    return math.fsum(
        _plan_mm2(*triangle) * (sum(sorted(z for *_, z in triangle)) / 3) for triangle in _triangles(raised)
    )


def cut(outline: Outline, low: tuple[float, float], high: tuple[float, float]) -> Outline:
    """Return the part of a piece within a box of the plan, with its heights; empty when there is none."""
    for axis in (0, 1):
        outline = _cut_beyond(outline, axis, low[axis], 1)
        outline = _cut_beyond(outline, axis, high[axis], -1)
    return outline


def _cut_beyond(outline: Outline, axis: int, at: float, sign: int) -> Outline:
    """Return the part where a coordinate is at least `at`, or at most for sign -1 (Sutherland–Hodgman)."""
    kept: list[Corner] = []
    for here, there in zip(outline, outline[1:] + outline[:1], strict=True):
        inside, next_inside = (sign * (corner[axis] - at) for corner in (here, there))
        if inside >= 0:
            kept.append(here)
        # a corner on the border was kept above and must not come twice
        if inside * next_inside < 0:
            share = inside / (inside - next_inside)
            x, y, z = (a + share * (b - a) for a, b in zip(here, there, strict=True))
            kept.append((x, y, z))
    return tuple(kept)


def _triangles(outline: Outline) -> Iterator[tuple[Corner, Corner, Corner]]:
    # a fan of triangles, which covers convex pieces only
    for second, third in itertools.pairwise(outline[1:]):
        yield outline[0], second, third


def _plan_mm2(a: Corner, b: Corner, c: Corner) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def _surface_mm2(a: Corner, b: Corner, c: Corner) -> float:
    p, q, r = (to - start for start, to in zip(a, b, strict=True))
    s, t, u = (to - start for start, to in zip(a, c, strict=True))
    return math.hypot(q * u - r * t, r * s - p * u, p * t - q * s) / 2


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

    outline: Outline
    inner: Line
    outer: Line

    @property
    def box(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The smallest and the greatest x and y."""
        xs, ys, _ = zip(*self.outline, strict=True)
        return (min(xs), min(ys)), (max(xs), max(ys))


def walls(design: geometry.Design) -> tuple[Wall, ...]:
    """Return the walls under all edges of a ramp; a kerb ramp lies in the ground and has none.

    Where an edge bends round the floor the wall fills the corner; where it bends towards its own outer side the next
    piece begins where the outer face of the one before ends. So no part of the plan is taken twice, unless a run is
    shorter than two walls are thick.
    """
    if isinstance(design.space, geometry.KerbSpace):
        return ()
    return tuple(
        wall for edge in design.edges for wall in _along(edge.points, edge.thickness_mm * _floor_side(edge, design))
    )


def strips_inside(
    points: tuple[Corner, ...], edge: geometry.Edge, design: geometry.Design, wide_mm: int
) -> Iterator[Outline]:
    """Yield the strips of floor beside part of an edge, joined without a gap where it bends."""
    yield from (piece.outline for piece in _along(points, -wide_mm * _floor_side(edge, design)))


def below_mm3(outline: Outline, level_mm: float) -> float:
    """Return the volume between a flat, convex piece and a level above it, where it lies below."""
    return volume_mm3(tuple((x, y, -z) for x, y, z in outline), level_mm)


def guard_faces(design: geometry.Design) -> Iterator[Line]:
    """Yield the inner face of every straight piece of guard, at floor level."""
    for edge in design.edges:
        yield from (piece.outer for piece in _along(edge.points, edge.guard_from_mm * _floor_side(edge, design)))


def handrail_on_guard_mm(design: geometry.Design) -> float:
    """Return the true length of handrail that follows an edge, and so hangs on the posts of its guard, mm."""
    rails = [pair for rail in design.handrails for pair in itertools.pairwise(rail.points)]
    edges = [pair for edge in design.edges for pair in itertools.pairwise(edge.points)]
    return math.fsum(_shared_mm(rail, edge) for rail in rails for edge in edges)


def handrail_on_wall_mm(design: geometry.Design) -> float:
    """Return the true length of handrail that follows a wall, and so hangs on brackets in it, mm."""
    return math.fsum(
        math.dist(start, end)
        for rail in design.handrails
        for start, end in itertools.pairwise(rail.points)
        if beside_wall(start, end, design)
    )


def beside_wall(a: geometry.Point, b: geometry.Point, design: geometry.Design) -> bool:
    """Return whether a wall stands so near to a line that no edge with its guard has room between."""
    return to_wall_mm(a, b, design.space) <= max(max(run.left_zone_mm, run.right_zone_mm) for run in design.runs)


def to_wall_mm(a: geometry.Point, b: geometry.Point, space: geometry.Space | geometry.KerbSpace) -> float:
    """Return the distance of a line along the space from the nearer wall at its side; infinite without one."""
    # walls stand along the length of a space: no line across it is beside one
    if isinstance(space, geometry.KerbSpace) or a[1] != b[1]:
        return math.inf
    walls_at = ((space.obstacle_right, a[1]), (space.obstacle_left, space.width_mm - a[1]))
    return min((away for stands, away in walls_at if stands), default=math.inf)


def _shared_mm(one: tuple[geometry.Point, geometry.Point], other: tuple[geometry.Point, geometry.Point]) -> float:
    """Return the length of the first line along which the second, also along an axis, lies in plan."""
    for along, across in ((0, 1), (1, 0)):
        if len({end[across] for end in (*one, *other)}) == 1:
            (low, high), (from_, to) = (sorted(end[along] for end in line) for line in (one, other))
            shared = max(0, min(high, to) - max(low, from_))
            return math.dist(*one) * shared / (high - low) if high > low else 0.0
    return 0.0


def face_mm2(line: Line, raised_mm: float) -> float:
    """Return the area of an upright face from level 0 up to a line of the floor raised by `raised_mm`."""
    (x1, y1, z1), (x2, y2, z2) = line
    return math.hypot(x2 - x1, y2 - y1) * ((z1 + z2) / 2 + raised_mm)


def _along(points: tuple[Corner, ...], across: int) -> Iterator[Wall]:
    """Yield the pieces along a line; `across` is their thickness, positive where the floor lies to the left."""
    pieces, floor_side = list(itertools.pairwise(points)), 1 if across > 0 else -1
    bends = [0, *(_bend(*pair) * floor_side for pair in itertools.pairwise(pieces)), 0]
    for (start, end), before, after in zip(pieces, bends, bends[1:], strict=False):
        yield _wall(start, end, before, after, across)


def _wall(start: Corner, end: Corner, before: int, after: int, across: int) -> Wall:
    """Return one piece; a bend is 1 round the floor, -1 the other way, 0 none; `across` is positive to the right."""
    length, thick = math.dist(start[:2], end[:2]), abs(across)
    ahead = tuple((b - a) / length for a, b in zip(start, end, strict=True))

    def at(along: float, outwards: int) -> Corner:
        x, y, z = (here + along * step for here, step in zip(start, ahead, strict=True))
        return x + outwards * ahead[1], y - outwards * ahead[0], z

    from_, to = max(0, -before) * thick, length + max(0, after) * thick
    return Wall(
        outline=(at(from_, 0), at(to, 0), at(to, across), at(from_, across)),
        inner=(at(0, 0), at(length, 0)),
        outer=(at(-before * thick, across), at(length + after * thick, across)),
    )


def _bend(first: Line, second: Line) -> int:
    """Return 1 where a line bends to the left, -1 to the right, 0 where it goes straight on."""
    (ax, ay, _), (bx, by, _), (cx, cy, _) = *first, second[1]
    turned = (bx - ax) * (cy - by) - (by - ay) * (cx - bx)
    return (turned > 0) - (turned < 0)


def _floor_side(edge: geometry.Edge, design: geometry.Design) -> int:
    """Return 1 when the floor lies to the left of an edge, -1 when to its right, seen on its longest piece."""
    (ax, ay, _), (bx, by, _) = max(itertools.pairwise(edge.points), key=lambda pair: math.dist(*pair))
    length = math.hypot(bx - ax, by - ay)
    # a millimetre to the left of its middle
    beside = (ax + bx) / 2 - (by - ay) / length, (ay + by) / 2 + (bx - ax) / length
    boxes = [(run.foot_left, run.head_right) for run in design.runs]
    boxes += [(landing.clear_low, landing.clear_high) for landing in design.landings]
    return 1 if any(_holds(box, beside) for box in boxes) else -1


def _holds(box: tuple[geometry.Point, geometry.Point], point: tuple[float, float]) -> bool:
    return all(min(a, b) <= at <= max(a, b) for a, b, at in zip(box[0][:2], box[1][:2], point, strict=True))
