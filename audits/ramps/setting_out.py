"""Set a layout out in its space: every corner, rail, edge and strip as a point in three dimensions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from audits.ramps import geometry, layouts, requirements

_Points = list[geometry.Point]
_Line = tuple[geometry.Point, ...]
_Place = Callable[[geometry.Point], geometry.Point]


def _two_sides() -> dict[str, _Points]:
    return {geometry.LEFT: [], geometry.RIGHT: []}


@dataclass
class _Walk:
    """What is met on the way up, in the coordinates of the layout: u along its first leg, v to the left of it."""

    runs: list[geometry.Run] = field(default_factory=list)
    landings: list[geometry.Landing] = field(default_factory=list)
    strips: list[geometry.TactileStrip] = field(default_factory=list)
    borders: dict[str, _Points] = field(default_factory=_two_sides)
    rail_starts: dict[str, _Points] = field(default_factory=_two_sides)
    rail_ends: dict[str, _Points] = field(default_factory=_two_sides)
    height: int = 0


@dataclass(frozen=True)
class _Leg:
    """Where a leg starts and where it heads: `border` is the right-hand corner of its strip at the start."""

    border: geometry.PlanPoint
    ahead: geometry.PlanPoint

    def at(self, along: int, left: int, height: int) -> geometry.Point:
        """Return the point so far along the leg and so far left of its right-hand border."""
        (u, v), (du, dv) = self.border, self.ahead
        return u + du * along - dv * left, v + dv * along + du * left, height


def set_out(
    layout: layouts.Layout,
    placement: layouts.Placement,
    space: geometry.Space,
    required: requirements.RampRequirements,
    made: requirements.Construction,
) -> geometry.Design:
    """Return the design of a layout as placed in the space."""
    walk, place = _walk(layout, required), _placer(layout, placement, space)
    # A mirrored layout turns right where it turned left, and its left border is on the right.
    sides = (geometry.RIGHT, geometry.LEFT) if placement.mirrored else (geometry.LEFT, geometry.RIGHT)

    def by_side(lines: Mapping[str, _Points]) -> dict[str, _Line]:
        return {side: _placed(lines[local], place) for side, local in zip(sides, lines, strict=True)}

    borders = by_side(walk.borders)
    rails = by_side(walk.rail_starts), borders, by_side(walk.rail_ends)
    runs = tuple(_placed_run(run, place, placement.mirrored) for run in walk.runs)
    footprint = tuple(point[:2] for point in _placed(_outline(layout), place))
    return geometry.Design(
        family=layout.family,
        legs=len(layout.legs),
        turn="" if len(layout.legs) == 1 else sides[0],
        space=space,
        slope_one_in=required.slope_one_in,
        runs=runs,
        landings=tuple(_placed_landing(landing, place) for landing in walk.landings),
        clear_width_mm=min(run.clear_width_mm for run in runs),
        handrails=tuple(_handrails(rails, layout, space, required, made)),
        edges=tuple(_edges(borders, layout.section.zone_mm, space, required, made)),
        tactile_strips=tuple(_placed_strip(strip, place) for strip in walk.strips),
        flares=(),
        footprint=footprint[::-1] if placement.mirrored else footprint,
        entry_side=placement.entry_side,
        exit_side=placement.exit_side,
        cost_proxy=layout.cost_proxy,
    )


def _walk(layout: layouts.Layout, required: requirements.RampRequirements) -> _Walk:
    walk, sizes = _Walk(), layout.section
    legs = list(_legs(layout, required))
    _foot(walk, layout, required)
    lowered = len(legs) - layout.missing_mm
    for number, (leg, rises) in enumerate(zip(legs, layout.legs, strict=True)):
        _climb(walk, leg, rises, number >= lowered, sizes, required)
        if number + 1 == len(legs):
            _top(walk, leg, layout, required)
        elif layout.family == geometry.L_SHAPE:
            _corner(walk, leg, _length(rises, sizes, required), sizes)
        else:
            depth = layout.near_mm if number % 2 else layout.far_mm
            _about_turn(walk, leg, _length(rises, sizes, required), depth, number % 2 == 0, sizes)
    return walk


def _legs(layout: layouts.Layout, required: requirements.RampRequirements) -> Iterator[_Leg]:
    strip, near = layout.section.strip_mm, layout.near_mm
    first = _length(layout.legs[0], layout.section, required)
    if layout.family == geometry.L_SHAPE:
        yield _Leg((near, 0), (1, 0))
        yield _Leg((near + first + strip, strip), (0, 1))
        return
    for number in range(len(layout.legs)):
        up = number % 2 == 0
        yield _Leg((near, number * strip), (1, 0)) if up else _Leg((near + first, (number + 1) * strip), (-1, 0))


def _length(rises: tuple[int, ...], sizes: layouts.Section, required: requirements.RampRequirements) -> int:
    return sum(rises) * required.slope_one_in + (len(rises) - 1) * sizes.rest_mm


def _climb(
    walk: _Walk,
    leg: _Leg,
    rises: tuple[int, ...],
    lowered: bool,
    sizes: layouts.Section,
    required: requirements.RampRequirements,
) -> None:
    right = sizes.zone_mm + sizes.inset_mm
    left, along = right + sizes.clear_mm, 0
    for number, rise in enumerate(rises):
        if number:
            _landing(walk, geometry.REST, leg, (along, along + sizes.rest_mm), (right, left), sizes.zone_mm)
            along += sizes.rest_mm
        foot = [leg.at(along, side, walk.height) for side in (left, right)]
        along += rise * required.slope_one_in
        walk.height += rise - (1 if lowered and number == 0 else 0)
        head = [leg.at(along, side, walk.height) for side in (left, right)]
        walk.runs.append(geometry.Run(len(walk.runs) + 1, foot[0], foot[1], head[0], head[1], sizes.zone_mm))
        walk.borders[geometry.LEFT] += [foot[0], head[0]]
        walk.borders[geometry.RIGHT] += [foot[1], head[1]]


def _landing(
    walk: _Walk, kind: str, leg: _Leg, along: tuple[int, int], across: tuple[int, int], zone: int, end_zone: int = 0
) -> None:
    """Note a landing that is clear from `along` and `across` of the leg on, with zones beside and beyond it."""
    clear = _box(leg.at(along[0], across[0], walk.height), leg.at(along[1], across[1], walk.height))
    far = leg.at(along[1] + end_zone, across[1] + zone, walk.height)
    slab = _box(leg.at(along[0], across[0] - zone, walk.height), far)
    walk.landings.append(geometry.Landing(kind, *slab, *clear, along[1] - along[0]))


def _foot(walk: _Walk, layout: layouts.Layout, required: requirements.RampRequirements) -> None:
    near, strip, zone = layout.near_mm, layout.section.strip_mm, layout.section.zone_mm
    level, from_ = _Leg((0, 0), (1, 0)), near - required.handrail_extension_mm
    _landing(walk, geometry.FOOT, level, (0, near), (0, strip), 0)
    for side, across in ((geometry.LEFT, strip - zone), (geometry.RIGHT, zone)):
        walk.rail_starts[side] += [level.at(from_, across, 0), level.at(near, across, 0)]
    to = near - required.tactile_offset_mm
    _strip(walk, geometry.FOOT, level, (to - required.tactile_depth_mm, to), (0, strip), required)


def _strip(
    walk: _Walk,
    place: str,
    leg: _Leg,
    along: tuple[int, int],
    across: tuple[int, int],
    required: requirements.RampRequirements,
) -> None:
    corners = [leg.at(a, b, walk.height) for a, b in zip((*along, *along[::-1]), sorted(across * 2), strict=True)]
    depth, width = along[1] - along[0], across[1] - across[0]
    outline = (corners[0], corners[1], corners[2], corners[3])
    walk.strips.append(geometry.TactileStrip(place, outline, depth, width, required.tactile_offset_mm))


def _corner(walk: _Walk, leg: _Leg, at: int, sizes: layouts.Section) -> None:
    zone, inner, strip, inset = sizes.zone_mm, sizes.zone_mm + sizes.square_mm, sizes.strip_mm, sizes.inset_mm
    height = walk.height
    clear = _box(leg.at(at + zone, zone, height), leg.at(at + inner, inner, height))
    slab = _box(leg.at(at, 0, height), leg.at(at + strip, strip, height))
    walk.landings.append(geometry.Landing(geometry.CORNER, *slab, *clear, sizes.square_mm))
    around = {
        geometry.LEFT: [(at, inner), (at + zone, inner), (at + zone, strip), (at + zone + inset, strip)],
        geometry.RIGHT: [(at, zone), (at + inner, zone), (at + inner, strip), (at + inner - inset, strip)],
    }
    for side, points in around.items():
        walk.borders[side] += [leg.at(along, left, height) for along, left in points]


def _about_turn(walk: _Walk, leg: _Leg, at: int, depth: int, to_left: bool, sizes: layouts.Section) -> None:
    """Turn about at the end of a leg; the inner sides of the two legs join by themselves."""
    zone, strip, height = sizes.zone_mm, sizes.strip_mm, walk.height
    to = at + depth - zone
    low, high = (zone, 2 * strip - zone) if to_left else (zone - strip, strip - zone)
    _landing(walk, geometry.TURN, leg, (at, to), (low, high), zone, zone)
    around = [(at, low), (to, low), (to, high), (at, high)]
    outer, points = (geometry.RIGHT, around) if to_left else (geometry.LEFT, around[::-1])
    walk.borders[outer] += [leg.at(along, left, height) for along, left in points]


def _top(walk: _Walk, leg: _Leg, layout: layouts.Layout, required: requirements.RampRequirements) -> None:
    sizes, height = layout.section, walk.height
    at = _length(layout.legs[-1], sizes, required)
    zone, inner, strip = sizes.zone_mm, sizes.zone_mm + sizes.square_mm, sizes.strip_mm
    to = at + layout.top_mm
    low, high = zone, inner
    if layout.beside_mm:
        leaving_left = layout.access in (geometry.STRAIGHT, layouts.ODD)
        low, high = (zone, strip) if leaving_left else (0, inner)
        closed, open_ = (geometry.RIGHT, geometry.LEFT) if leaving_left else (geometry.LEFT, geometry.RIGHT)
        beside, across = (zone, strip) if leaving_left else (inner, 0)
        walk.borders[closed] += [leg.at(at, beside, height), leg.at(to, beside, height), leg.at(to, across, height)]
        outer, past = inner if leaving_left else zone, at + required.handrail_extension_mm
        walk.rail_ends[open_] += [leg.at(at, outer, height), leg.at(past, outer, height)]
    else:
        walk.borders[geometry.RIGHT] += [leg.at(at, zone, height), leg.at(to, zone, height)]
        walk.borders[geometry.LEFT] += [leg.at(at, inner, height), leg.at(to, inner, height)]
    slab = _box(leg.at(at, 0, height), leg.at(to + layout.beside_mm, strip, height))
    clear = _box(leg.at(at, low, height), leg.at(to, high, height))
    walk.landings.append(geometry.Landing(geometry.TOP, *slab, *clear, to - at))
    from_ = at + required.tactile_offset_mm
    _strip(walk, geometry.TOP, leg, (from_, from_ + required.tactile_depth_mm), (low, high), required)


def _box(a: geometry.Point, b: geometry.Point) -> tuple[geometry.Point, geometry.Point]:
    return (min(a[0], b[0]), min(a[1], b[1]), a[2]), (max(a[0], b[0]), max(a[1], b[1]), a[2])


def _outline(layout: layouts.Layout) -> _Points:
    length, width, strip = layout.length_mm, layout.width_mm, layout.section.strip_mm
    if layout.family == geometry.L_SHAPE:
        turn = length - strip
        return [(0, 0, 0), (length, 0, 0), (length, width, 0), (turn, width, 0), (turn, strip, 0), (0, strip, 0)]
    return [(0, 0, 0), (length, 0, 0), (length, width, 0), (0, width, 0)]


def _placer(layout: layouts.Layout, placement: layouts.Placement, space: geometry.Space) -> _Place:
    """Return the function that moves a point of the layout to its place in the space."""
    long, wide = layout.length_mm, layout.width_mm
    extent = (long, wide) if placement.along_length else (wide, long)
    dx, dy = _corner_of(extent, placement, space)

    def place(point: geometry.Point) -> geometry.Point:
        u, v, z = point
        v = wide - v if placement.mirrored else v
        x, y = ((u, v), (wide - v, u), (long - u, wide - v), (v, long - u))[placement.quarter]
        return x + dx, y + dy, z

    return place


def _corner_of(extent: tuple[int, int], placement: layouts.Placement, space: geometry.Space) -> tuple[int, int]:
    """Return where the box starts: its top touches the side it is left through; it leans on a wall if there is one."""
    free_x, free_y = space.length_mm - extent[0], space.width_mm - extent[1]
    if placement.exit_side in (geometry.LEFT, geometry.RIGHT):
        return 0, free_y if placement.exit_side == geometry.LEFT else 0
    dx = free_x if placement.exit_side == geometry.FAR else 0
    if space.obstacle_left != space.obstacle_right:
        return dx, free_y if space.obstacle_left else 0
    return dx, free_y if placement.mirrored else 0


def _placed(points: _Points, place: _Place) -> _Line:
    """Return the points in the space, without those that repeat or lie between their neighbours on a line."""
    kept: _Points = []
    for point in map(place, points):
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and _in_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _in_line(a: geometry.Point, b: geometry.Point, c: geometry.Point) -> bool:
    (p, q, r), (s, t, u) = ((b[i] - a[i] for i in range(3)), (c[i] - b[i] for i in range(3)))
    return (q * u == r * t) and (r * s == p * u) and (p * t == q * s) and p * s + q * t + r * u > 0


def _placed_run(run: geometry.Run, place: _Place, mirrored: bool) -> geometry.Run:
    foot, head = [place(run.foot_left), place(run.foot_right)], [place(run.head_left), place(run.head_right)]
    if mirrored:
        foot, head = foot[::-1], head[::-1]
    return geometry.Run(run.number, foot[0], foot[1], head[0], head[1], run.side_zone_mm)


def _placed_landing(landing: geometry.Landing, place: _Place) -> geometry.Landing:
    slab = _box(place(landing.low), place(landing.high))
    clear = _box(place(landing.clear_low), place(landing.clear_high))
    return geometry.Landing(landing.kind, *slab, *clear, landing.length_mm)


def _placed_strip(strip: geometry.TactileStrip, place: _Place) -> geometry.TactileStrip:
    a, b, c, d = (place(corner) for corner in strip.outline)
    return geometry.TactileStrip(strip.place, (a, b, c, d), strip.depth_mm, strip.width_mm, strip.offset_mm)


def _handrails(
    lines: tuple[Mapping[str, _Line], ...],
    layout: layouts.Layout,
    space: geometry.Space,
    required: requirements.RampRequirements,
    made: requirements.Construction,
) -> Iterator[geometry.Handrail]:
    """Yield the rails on both sides where they are needed: they reach level beyond the foot and along the top."""
    if not required.with_handrails(sum(map(sum, layout.legs))):
        return
    reach, zone, diameter = required.handrail_extension_mm, layout.section.zone_mm, required.rail_mm(made)
    for side in (geometry.LEFT, geometry.RIGHT):
        start, border, end = (line[side] for line in lines)
        points = _placed([*start, *border, *end], lambda point: point)
        walled = any(_along_wall(a, b, zone, space) for a, b in itertools.pairwise(points))
        past = reach if end else layout.top_mm
        gap = zone - diameter if walled else 0
        yield geometry.Handrail(side, points, required.handrail_height_mm, diameter, reach, past, walled, gap)


def _edges(
    borders: Mapping[str, _Line],
    zone: int,
    space: geometry.Space,
    required: requirements.RampRequirements,
    made: requirements.Construction,
) -> Iterator[geometry.Edge]:
    """Yield an edge with its guard along every side that is open; a side along a wall needs none."""
    for side in (geometry.LEFT, geometry.RIGHT):
        pairs = itertools.pairwise(borders[side])
        for walled, part in itertools.groupby(pairs, lambda pair: _along_wall(pair[0], pair[1], zone, space)):
            if not walled:
                chain = list(part)
                points = (chain[0][0], *(end for _, end in chain))
                yield geometry.Edge(points, required.edge_height_mm, made.edge_thickness_mm, made.guard_height_mm)


def _along_wall(a: geometry.Point, b: geometry.Point, zone: int, space: geometry.Space) -> bool:
    if a[1] != b[1]:
        return False
    return (space.obstacle_left and a[1] == space.width_mm - zone) or (space.obstacle_right and a[1] == zone)
