"""Draw section A–A of a ramp: what stands beside the way and what carries it, in the middle of the first run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from audits import wording
from audits.paper import ramp_views as views
from audits.planning import geometry, quantities, requirements

_GROUND_MM, _OLD_WALL_MM = 250, 150
_CORNERS_OF_A_ROUND = 16


@dataclass(frozen=True)
class _Side:
    """One side of the way: `at` is its inner face, `out` is -1 to the left and 1 to the right."""

    at: float
    out: int
    edge: geometry.Edge | None
    rail: geometry.Handrail | None

    def beyond(self, distance: float) -> float:
        """Return the place so far outside the inner face."""
        return self.at + self.out * distance


def view(
    design: geometry.Design,
    made: requirements.Construction,
    works: quantities.Works,
    words: wording.Wording,
    scale: int,
) -> views.View:
    """Return the section as seen by whoever walks up; x from the left inner face, height from the foot."""
    run = design.runs[0]
    floor = (run.foot_left[2] + run.head_left[2]) / 2
    rails = {rail.side: rail for rail in design.handrails}
    left = _Side(0.0, -1, _edge_beside(design, run.foot_left, run.head_left), rails.get(geometry.LEFT))
    right = _Side(
        run.clear_width_mm, 1, _edge_beside(design, run.foot_right, run.head_right), rails.get(geometry.RIGHT)
    )
    sides = (left, right)
    strokes = [*_carried(sides, floor, run.side_zone_mm, made, works)]
    for side in sides:
        strokes += _beside(side, floor, run.side_zone_mm, works)
    dimensions = list(_dimensions(sides, floor, run, made, works, words, scale))
    labels = [views.Label(views.level_words(floor), (run.clear_width_mm / 2, floor + 1.0 * scale), bold=True)]
    return views.View(words.text("Section A–A"), scale, tuple(strokes), tuple(labels), tuple(dimensions))


def _edge_beside(design: geometry.Design, foot: geometry.Point, head: geometry.Point) -> geometry.Edge | None:
    return next((edge for edge in design.edges if foot in edge.points and head in edge.points), None)


def _rectangle(x1: float, z1: float, x2: float, z2: float) -> tuple[views.Point, ...]:
    return (x1, z1), (x2, z1), (x2, z2), (x1, z2)


def _carried(
    sides: tuple[_Side, _Side], floor: float, zone: float, made: requirements.Construction, works: quantities.Works
) -> Iterator[views.Stroke]:
    left, right = (side.beyond(zone) for side in sides)
    under = floor - made.slab_thickness_mm
    formation = min(-works.paving_mm, under - works.bed_mm)
    yield views.Stroke("fill", _rectangle(left, formation, right, under), closed=True)
    for side in sides:
        if side.edge is not None:
            outside = side.beyond(side.edge.thickness_mm)
            yield views.Stroke("wall", _rectangle(side.at, -works.wall_depth_mm, outside, under), closed=True)
    yield views.Stroke("slab", _rectangle(left, under, right, floor), closed=True)


def _beside(side: _Side, floor: float, zone: float, works: quantities.Works) -> Iterator[views.Stroke]:
    if side.edge is None:
        top = floor + 1200
        old = _rectangle(side.beyond(zone), -works.wall_depth_mm, side.beyond(zone + _OLD_WALL_MM), top)
        yield views.Stroke("existing", old, closed=True)
    else:
        edge = side.edge
        outside, middle = side.beyond(edge.thickness_mm), side.beyond(edge.thickness_mm / 2)
        yield views.Stroke("ground", ((outside, 0), (side.beyond(edge.thickness_mm + _GROUND_MM), 0)))
        yield views.Stroke("edge", _rectangle(side.at, floor, outside, floor + edge.height_mm), closed=True)
        yield views.Stroke("guard", ((middle, floor + edge.height_mm), (middle, floor + edge.guard_height_mm)))
    if side.rail is not None:
        rail = side.rail
        middle, height = side.beyond(rail.diameter_mm / 2), floor + rail.height_mm - rail.diameter_mm / 2
        fixed = side.beyond(zone if side.edge is None else side.edge.thickness_mm / 2)
        yield views.Stroke("guard", ((fixed, height), (middle, height)))
        yield views.Stroke("handrail", _round((middle, height), rail.diameter_mm / 2), closed=True)


def _round(middle: views.Point, radius: float) -> tuple[views.Point, ...]:
    turns = (2 * math.pi * step / _CORNERS_OF_A_ROUND for step in range(_CORNERS_OF_A_ROUND))
    return tuple((middle[0] + radius * math.cos(turn), middle[1] + radius * math.sin(turn)) for turn in turns)


def _dimensions(
    sides: tuple[_Side, _Side],
    floor: float,
    run: geometry.Run,
    made: requirements.Construction,
    works: quantities.Works,
    words: wording.Wording,
    scale: int,
) -> Iterator[views.Dimension]:
    left, right = sides
    zone = run.side_zone_mm
    first, step = views.FIRST_TRACK_MM * scale, views.TRACK_MM * scale
    below = -works.wall_depth_mm
    across = (
        (words.text("Room for edge and rail, left"), left.beyond(zone), left.at, 0),
        (words.text("Clear width"), left.at, right.at, 0),
        (words.text("Room for edge and rail, right"), right.at, right.beyond(zone), 0),
        (words.text("Slab, whole width"), left.beyond(zone), right.beyond(zone), 1),
    )
    for name, start, end, track in across:
        line = below - 0.7 * first - track * step
        yield views.Dimension(name, (start, below), (end, below), views.HORIZONTAL, line)
    yield from _heights(left, right, floor, made, works, words, first, step)


def _heights(
    left: _Side,
    right: _Side,
    floor: float,
    made: requirements.Construction,
    works: quantities.Works,
    words: wording.Wording,
    first: float,
    step: float,
) -> Iterator[views.Dimension]:
    """Yield what rises above the floor on the right, and what goes down from it on the left."""
    edge = right.edge or left.edge
    rail = right.rail or left.rail
    outer_right, outer_left = right.beyond(_GROUND_MM), left.beyond(_GROUND_MM)
    raised = [(words.text("Handrail, top above the floor"), rail.height_mm)] if rail else []
    if edge is not None:
        raised = [(words.text("Edge above the floor"), edge.height_mm), *raised]
        raised += [(words.text("Guard above the floor"), edge.guard_height_mm)]
    for track, (name, height) in enumerate(raised):
        line = outer_right + 0.6 * first + track * step
        yield views.Dimension(name, (right.at, floor), (right.at, floor + height), views.VERTICAL, line)
    lowered = [(words.text("Slab, thickness"), floor - made.slab_thickness_mm, floor, 0)]
    if edge is not None:
        lowered += [(words.text("Wall, depth below the ground"), -works.wall_depth_mm, 0.0, 0)]
    lowered += [(words.text("Floor above the ground"), 0.0, floor, 1)]
    for name, low, high, track in lowered:
        line = outer_left - 0.6 * first - track * step
        yield views.Dimension(name, (left.at, low), (left.at, high), views.VERTICAL, line)
