"""Draw section A–A of a ramp: what stands beside the way and what carries it, in the middle of the first run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from audits import wording
from audits.ramps import geometry, quantities, requirements
from audits.ramps.drawing import views

_GROUND_MM, _OLD_WALL_MM, _OLD_WALL_HEIGHT_MM = 250, 150, 1200
_CORNERS_OF_A_ROUND = 16


@dataclass(frozen=True)
class _Side:
    """One side of the way: `at` is its inner face, `out` is -1 to the left and 1 to the right."""

    at: float
    out: int
    edge: geometry.Edge | None
    rail: geometry.Handrail | None

    def beyond(self, distance: float) -> float:
        return self.at + self.out * distance


@dataclass(frozen=True)
class _Section:
    """The section across the middle of the first run: its two sides, floor height, and assumptions."""

    run: geometry.Run
    sides: tuple[_Side, _Side]
    floor: float
    made: requirements.Construction
    works: quantities.Works

    @property
    def slab_bottom(self) -> float:
        return self.floor - self.made.slab_thickness_mm


def view(
    design: geometry.Design,
    made: requirements.Construction,
    works: quantities.Works,
    words: wording.Wording,
    scale: int,
) -> views.View:
    """Return the section as seen by a person who walks up; x from the left inner face, height from the foot."""
    run = design.runs[0]
    floor = (run.foot_left[2] + run.head_left[2]) / 2
    rails = {rail.side: rail for rail in design.handrails}
    left_edge, right_edge = _edge_beside(design, run, "left"), _edge_beside(design, run, "right")
    left = _Side(0.0, -1, left_edge, rails.get(geometry.LEFT))
    right = _Side(run.clear_width_mm, 1, right_edge, rails.get(geometry.RIGHT))
    section = _Section(run, (left, right), floor, made, works)
    strokes = [*_carried(section), *_beside(section, left), *_beside(section, right)]
    dimensions = [*_widths(section, words, scale), *_heights(section, words, scale)]
    labels = [views.Label(views.level_text(floor), (run.clear_width_mm / 2, floor + 1.0 * scale), bold=True)]
    return views.View(words.text("Section A–A"), scale, tuple(strokes), tuple(labels), tuple(dimensions))


def _edge_beside(design: geometry.Design, run: geometry.Run, side: str) -> geometry.Edge | None:
    ends = {getattr(run, f"foot_{side}"), getattr(run, f"head_{side}")}
    return next((edge for edge in design.edges if ends <= set(edge.points)), None)


def _rectangle(x1: float, z1: float, x2: float, z2: float) -> tuple[views.Point, ...]:
    return (x1, z1), (x2, z1), (x2, z2), (x1, z2)


def _carried(section: _Section) -> Iterator[views.Stroke]:
    """Yield the fill, the walls under the edges, and the slab."""
    left, right = (side.beyond(section.run.side_zone_mm) for side in section.sides)
    under = section.slab_bottom
    formation = min(-section.works.paving_mm, under - section.works.bed_mm)
    yield views.Stroke("fill", _rectangle(left, formation, right, under), closed=True)
    for side in section.sides:
        if side.edge is not None:
            outside = side.beyond(side.edge.thickness_mm)
            wall = _rectangle(side.at, -section.works.wall_depth_mm, outside, under)
            yield views.Stroke("wall", wall, closed=True)
    yield views.Stroke("slab", _rectangle(left, under, right, section.floor), closed=True)


def _beside(section: _Section, side: _Side) -> Iterator[views.Stroke]:
    """Yield an existing wall, or edge and guard, and the rail on one side."""
    floor, zone, edge = section.floor, section.run.side_zone_mm, side.edge
    if edge is None:
        foot = -section.works.wall_depth_mm
        wall = _rectangle(side.beyond(zone), foot, side.beyond(zone + _OLD_WALL_MM), floor + _OLD_WALL_HEIGHT_MM)
        yield views.Stroke("existing", wall, closed=True)
        fixed = side.beyond(zone)
    else:
        outside, fixed = side.beyond(edge.thickness_mm), side.beyond(edge.thickness_mm / 2)
        yield views.Stroke("ground", ((outside, 0), (side.beyond(edge.thickness_mm + _GROUND_MM), 0)))
        yield views.Stroke("edge", _rectangle(side.at, floor, outside, floor + edge.height_mm), closed=True)
        yield views.Stroke("guard", ((fixed, floor + edge.height_mm), (fixed, floor + edge.guard_height_mm)))
    if side.rail is not None:
        rail = side.rail
        middle, height = side.beyond(rail.diameter_mm / 2), floor + rail.height_mm - rail.diameter_mm / 2
        yield views.Stroke("guard", ((fixed, height), (middle, height)))
        yield views.Stroke("handrail", _round((middle, height), rail.diameter_mm / 2), closed=True)


def _round(middle: views.Point, radius: float) -> tuple[views.Point, ...]:
    turns = (2 * math.pi * step / _CORNERS_OF_A_ROUND for step in range(_CORNERS_OF_A_ROUND))
    return tuple((middle[0] + radius * math.cos(turn), middle[1] + radius * math.sin(turn)) for turn in turns)


def _widths(section: _Section, words: wording.Wording, scale: int) -> Iterator[views.Dimension]:
    left, right = section.sides
    zone, below = section.run.side_zone_mm, -section.works.wall_depth_mm
    across = (
        (words.text("Room for edge and rail, left"), left.beyond(zone), left.at, 0),
        (words.text("Clear width"), left.at, right.at, 0),
        (words.text("Room for edge and rail, right"), right.at, right.beyond(zone), 0),
        (words.text("Slab, whole width"), left.beyond(zone), right.beyond(zone), 1),
    )
    for name, start, end, track in across:
        line = below - (0.7 * views.FIRST_TRACK_MM + track * views.TRACK_MM) * scale
        yield views.Dimension(name, (start, below), (end, below), views.HORIZONTAL, line)


def _heights(section: _Section, words: wording.Wording, scale: int) -> Iterator[views.Dimension]:
    """Yield what rises above the floor on the right, and what goes down from it on the left."""
    left, right = section.sides
    floor, text = section.floor, words.text
    edge, rail = right.edge or left.edge, right.rail or left.rail
    raised = [(text("Handrail, top above the floor"), rail.height_mm)] if rail else []
    lowered = [(text("Slab, thickness"), section.slab_bottom, floor, 0)]
    if edge is not None:
        raised = [(text("Edge above the floor"), edge.height_mm), *raised]
        raised.append((text("Guard above the floor"), edge.guard_height_mm))
        lowered.append((text("Wall, depth below the ground"), -section.works.wall_depth_mm, 0.0, 0))
    lowered.append((text("Floor above the ground"), 0.0, floor, 1))
    first, step = 0.6 * views.FIRST_TRACK_MM * scale, views.TRACK_MM * scale
    for track, (name, height) in enumerate(raised):
        line = right.beyond(_GROUND_MM) + first + track * step
        yield views.Dimension(name, (right.at, floor), (right.at, floor + height), views.VERTICAL, line)
    for name, low, high, track in lowered:
        line = left.beyond(_GROUND_MM) - first - track * step
        yield views.Dimension(name, (left.at, low), (left.at, high), views.VERTICAL, line)
