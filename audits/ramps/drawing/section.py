"""Draw the sections across a ramp: at its lowest and its highest place, and where each kind of wall is highest."""

from __future__ import annotations

import itertools
import math
import string
from collections.abc import Iterator
from dataclasses import dataclass

from audits import wording
from audits.ramps import geometry, quantities, requirements, walls
from audits.ramps.drawing import clear_text, views

_GROUND_MM, _OLD_WALL_MM, _OLD_WALL_HEIGHT_MM = 250, 150, 1200
_CORNERS_OF_A_ROUND = 16
_LOWEST = 0.1
"""Share of the first run at which the lowest section is cut: at its very foot there is nothing to show."""


@dataclass(frozen=True)
class Station:
    """A place where the ramp is cut across.

    Parameters
    ----------
    letter
        Of the section: A is A–A.
    left, right
        Ends of the clear width as seen by somebody walking up, in plan.
    floor
        Height of the floor above the ground, mm.
    ahead
        Direction of walking: a step along x and along y.
    zones
        How far the slab reaches beyond the clear width, left and right.
    """

    letter: str
    left: views.Point
    right: views.Point
    floor: float
    ahead: tuple[int, int]
    zones: tuple[int, int]


@dataclass(frozen=True)
class _Side:
    """One side of the way: `at` is its inner face, `out` is -1 to the left and 1 to the right; the zone beside it."""

    at: float
    out: int
    zone: int
    edge: geometry.Edge | None
    rail: geometry.Handrail | None
    walled: bool

    def beyond(self, distance: float) -> float:
        return self.at + self.out * distance

    @property
    def outer(self) -> float:
        return self.beyond(self.zone)


@dataclass(frozen=True)
class _Section:
    """The section at a station: its two sides, and assumptions."""

    station: Station
    sides: tuple[_Side, _Side]
    made: requirements.Construction
    works: quantities.Works

    @property
    def floor(self) -> float:
        return self.station.floor

    @property
    def slab_bottom(self) -> float:
        return self.floor - self.made.slab_thickness_mm

    @property
    def wall(self) -> walls.WallType | None:
        return walls.of_height(self.floor)


def stations(design: geometry.Design) -> tuple[Station, ...]:
    """Return where a ramp is cut: lowest, then where each lighter wall is highest, and on the top landing.

    A kerb ramp lies in the ground and a bevel on the floor: neither is cut.
    """
    if isinstance(design.space, geometry.KerbSpace) or not design.landings:
        return ()
    heights = [_LOWEST * design.runs[0].rise_mm]
    heights += [each.holds_mm for each in walls.TYPES if heights[0] < each.holds_mm < design.rise_mm]
    places = [_on_run(design, height) for height in heights]
    places.append(_across(design.landings[-1], design.runs[-1]))
    return tuple(Station(letter, *place) for letter, place in zip(string.ascii_uppercase, places, strict=False))


_Place = tuple[views.Point, views.Point, float, tuple[int, int], tuple[int, int]]


def _on_run(design: geometry.Design, height: float) -> _Place:
    # runs climb one after the other, so the first that reaches a height crosses it
    run = next(each for each in design.runs if each.head_left[2] >= height)
    share = (height - run.foot_left[2]) / run.rise_mm
    left, right = (
        (foot[0] + share * (head[0] - foot[0]), foot[1] + share * (head[1] - foot[1]))
        for foot, head in ((run.foot_left, run.head_left), (run.foot_right, run.head_right))
    )
    return left, right, height, _heading(run), (run.left_zone_mm, run.right_zone_mm)


def _across(landing: geometry.Landing, run: geometry.Run) -> _Place:
    (x, y, z), (to_x, to_y, _) = landing.clear_low, landing.clear_high
    dx, dy = _heading(run)
    ends: tuple[views.Point, views.Point] = ((x + to_x) / 2, to_y), ((x + to_x) / 2, y)
    zones = landing.high[1] - to_y, y - landing.low[1]
    if dy:
        ends = (x, (y + to_y) / 2), (to_x, (y + to_y) / 2)
        zones = x - landing.low[0], landing.high[0] - to_x
    left, right = ends if dx + dy > 0 else ends[::-1]
    return left, right, z, (dx, dy), zones if dx + dy > 0 else zones[::-1]


def _heading(run: geometry.Run) -> tuple[int, int]:
    dx, dy = (b - a for a, b in zip(run.foot_left[:2], run.head_left[:2], strict=True))
    return (dx > 0) - (dx < 0), (dy > 0) - (dy < 0)


def all_views(
    design: geometry.Design,
    made: requirements.Construction,
    works: quantities.Works,
    words: wording.Wording,
    scale: int,
) -> list[views.View]:
    """Return the sections as seen by a person who walks up; x from the left inner face, height from the foot."""
    return [_view(_cut(each, design, made, works), words, scale) for each in stations(design)]


def _cut(
    station: Station, design: geometry.Design, made: requirements.Construction, works: quantities.Works
) -> _Section:
    rails = {rail.side: rail for rail in design.handrails}
    sides = []
    for name, at, out, zone, end in (
        (geometry.LEFT, 0.0, -1, station.zones[0], station.left),
        (geometry.RIGHT, math.dist(station.left, station.right), 1, station.zones[1], station.right),
    ):
        edge = next((each for each in design.edges if _beside(end, each.points)), None)
        rail = rails.get(name)
        shown = rail if rail is not None and _beside(end, rail.points) else None
        sides.append(_Side(at, out, zone, edge, shown, edge is None and _old_wall(end, zone, design.space)))
    return _Section(station, (sides[0], sides[1]), made, works)


def _beside(end: views.Point, points: tuple[geometry.Point, ...]) -> bool:
    """Return whether a line passes through a place in plan."""
    # with a tolerance: corners are whole millimetres, a place on a slope is not
    return any(
        math.isclose(math.dist(a[:2], end) + math.dist(end, b[:2]), math.dist(a[:2], b[:2]), abs_tol=1e-6)
        for a, b in itertools.pairwise(points)
    )


def _old_wall(end: views.Point, zone: int, space: geometry.Space | geometry.KerbSpace) -> bool:
    if isinstance(space, geometry.KerbSpace):
        return False
    beside_left = space.obstacle_left and math.isclose(end[1], space.width_mm - zone)
    return beside_left or (space.obstacle_right and math.isclose(end[1], zone))


def _view(section: _Section, words: wording.Wording, scale: int) -> views.View:
    left, right = section.sides
    strokes = [*_carried(section), *_beside_way(section, left), *_beside_way(section, right)]
    dimensions = [*_widths(section, words, scale), *_heights(section, words, scale)]
    letter = section.station.letter
    title = words.text("Section {letter}–{letter}", letter=letter)
    return clear_text.view(title, scale, strokes, _labels(section, words, scale), dimensions)


def _labels(section: _Section, words: wording.Wording, scale: int) -> Iterator[views.Label]:
    middle, floor = (section.sides[0].at + section.sides[1].at) / 2, section.floor
    yield views.Label(views.level_text(floor), (middle, floor + 1.0 * scale), bold=True)
    if not any(side.edge for side in section.sides):
        return
    if section.wall is None:
        text = words.text("Structure to be designed by an engineer")
        yield views.Label(text, (middle, floor + 9.0 * scale), bold=True, layer="warning")
    else:
        text = words.text("Wall {name}", name=section.wall.name)
        yield views.Label(text, (middle, -section.works.wall_depth_mm / 2), layer="text")


def _rectangle(x1: float, z1: float, x2: float, z2: float) -> tuple[views.Point, ...]:
    return (x1, z1), (x2, z1), (x2, z2), (x1, z2)


def _carried(section: _Section) -> Iterator[views.Stroke]:
    """Yield the fill, the walls under the edges on their footings, and the slab."""
    left, right = (side.outer for side in section.sides)
    under, depth, kind = section.slab_bottom, -section.works.wall_depth_mm, section.wall
    # digging ends below the paving that is broken up, or below the bed where that is lower
    formation = min(-section.works.paving_mm, under - section.works.bed_mm)
    yield views.Stroke("fill", _rectangle(left, formation, right, under), closed=True)
    yield views.Stroke("fill", _rectangle(left, under - section.works.bed_mm, right, under), closed=True)
    for side in section.sides:
        if side.edge is not None:
            outside, on = side.beyond(side.edge.thickness_mm), depth + (kind.footing_mm if kind else 0)
            inward = outside - side.out * (kind.footing_width_mm if kind else side.edge.thickness_mm)
            yield views.Stroke("lean", _rectangle(inward, depth - section.works.lean_concrete_mm, outside, depth), True)
            if kind is not None:
                yield views.Stroke("wall", _rectangle(inward, depth, outside, on), closed=True)
            yield views.Stroke("wall", _rectangle(side.at, on, outside, under), closed=True)
    # last, since what is drawn later covers what is under it
    yield views.Stroke("slab", _rectangle(left, under, right, section.floor), closed=True)


def _beside_way(section: _Section, side: _Side) -> Iterator[views.Stroke]:
    """Yield an existing wall, the floor that goes on, or edge and guard; and the rail on one side."""
    floor, zone, edge, fixed = section.floor, side.zone, side.edge, side.outer
    if edge is not None:
        outside, inner = side.beyond(edge.thickness_mm), side.beyond(edge.guard_from_mm)
        yield views.Stroke("ground", ((outside, 0), (side.beyond(edge.thickness_mm + _GROUND_MM), 0)))
        yield views.Stroke("edge", _rectangle(side.at, floor, outside, floor + edge.height_mm), closed=True)
        post = side.beyond(edge.guard_from_mm + edge.post_mm)
        guard = _rectangle(inner, floor + edge.height_mm, post, floor + edge.guard_height_mm)
        yield views.Stroke("guard", guard, closed=True)
        fixed = inner
    elif side.walled:
        foot = -section.works.wall_depth_mm
        wall = _rectangle(fixed, foot, side.beyond(zone + _OLD_WALL_MM), floor + _OLD_WALL_HEIGHT_MM)
        yield views.Stroke("existing", wall, closed=True)
    else:
        # People leave here: the upper floor goes on.
        yield views.Stroke("ground", ((fixed, floor), (side.beyond(zone + _GROUND_MM), floor)))
    if side.rail is not None:
        rail = side.rail
        middle, height = side.beyond(rail.diameter_mm / 2), floor + rail.height_mm - rail.diameter_mm / 2
        below = height - rail.diameter_mm
        yield views.Stroke("guard", ((fixed, below), (middle, below), (middle, height - rail.diameter_mm / 2)))
        yield views.Stroke("handrail", round_(middle, height, rail.diameter_mm / 2), closed=True)


def round_(x: float, y: float, radius: float) -> tuple[views.Point, ...]:
    """Return the corners of a circle as drawn."""
    turns = (2 * math.pi * step / _CORNERS_OF_A_ROUND for step in range(_CORNERS_OF_A_ROUND))
    return tuple((x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns)


def _widths(section: _Section, words: wording.Wording, scale: int) -> Iterator[views.Dimension]:
    left, right = section.sides
    below = -section.works.wall_depth_mm - section.works.lean_concrete_mm
    across = [
        (words.text("Room for edge and rail, left"), left.outer, left.at, 0),
        (words.text("Clear width"), left.at, right.at, 0),
        (words.text("Room for edge and rail, right"), right.at, right.outer, 0),
        (words.text("Slab, whole width"), left.outer, right.outer, 2),
    ]
    if section.wall is not None and right.edge is not None:
        outside = right.beyond(right.edge.thickness_mm)
        across.append((words.text("Footing, width"), outside - section.wall.footing_width_mm, outside, 1))
    # beside a wall or an open landing a zone may be 0 wide: nothing to measure
    for name, start, end, track in (each for each in across if each[1] != each[2]):
        line = below - (0.7 * views.FIRST_TRACK_MM + track * views.TRACK_MM) * scale
        yield views.Dimension(name, (start, below), (end, below), views.HORIZONTAL, line)


def _heights(section: _Section, words: wording.Wording, scale: int) -> Iterator[views.Dimension]:
    """Yield what rises above the floor on the right, and what goes down from it on the left."""
    left, right = section.sides
    floor, text, depth = section.floor, words.text, -section.works.wall_depth_mm
    edge, rail = right.edge or left.edge, right.rail or left.rail
    raised = [(text("Handrail, top above the floor"), rail.height_mm)] if rail else []
    lowered = [(text("Slab, thickness"), section.slab_bottom, floor, 0)]
    if edge is not None:
        raised = [(text("Edge above the floor"), edge.height_mm), *raised]
        raised.append((text("Guard above the floor"), edge.guard_height_mm))
        lowered.append((text("Wall, depth below the ground"), depth, 0.0, 0))
        if section.wall is not None:
            lowered.append((text("Footing, thickness"), depth, depth + section.wall.footing_mm, 1))
        lowered.append((text("Lean concrete, thickness"), depth - section.works.lean_concrete_mm, depth, 1))
    lowered.append((text("Floor above the ground"), 0.0, floor, 2))
    first, step = 0.6 * views.FIRST_TRACK_MM * scale, views.TRACK_MM * scale
    for track, (name, height) in enumerate(raised):
        line = right.beyond(_GROUND_MM) + first + track * step
        yield views.Dimension(name, (right.at, floor), (right.at, floor + height), views.VERTICAL, line)
    for name, low, high, track in lowered:
        line = left.beyond(_GROUND_MM) - first - track * step
        yield views.Dimension(name, (left.at, low), (left.at, high), views.VERTICAL, line)
