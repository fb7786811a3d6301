"""Set a layout out in its space: every corner, rail, edge and strip as a point in three dimensions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from audits.ramps import geometry, layouts, placements, requirements, solids

_Points = list[geometry.Point]
_Line = tuple[geometry.Point, ...]
_Place = Callable[[geometry.Point], geometry.Point]


def _two_sides() -> dict[str, _Points]:
    return {geometry.LEFT: [], geometry.RIGHT: []}


@dataclass
class _Walk:
    """What is met on the way up, as placed in the space; sides and legs are those of the layout before mirroring."""

    layout: layouts.Layout
    required: requirements.RampRequirements
    place: _Place
    runs: list[geometry.Run] = field(default_factory=list)
    landings: list[geometry.Landing] = field(default_factory=list)
    strips: list[geometry.TactileStrip] = field(default_factory=list)
    borders: dict[str, _Points] = field(default_factory=_two_sides)
    top_borders: dict[str, _Points] = field(default_factory=_two_sides)
    rail_starts: dict[str, _Points] = field(default_factory=_two_sides)
    rail_ends: dict[str, _Points] = field(default_factory=_two_sides)
    height: int = 0

    def at(self, leg: _Leg, along: int, left: int) -> geometry.Point:
        """Place the point so far along a leg and so far left of its right-hand border, at the height reached."""
        (u, v), (du, dv) = leg.border, leg.ahead
        return self.place((u + du * along - dv * left, v + dv * along + du * left, self.height))

    def line(self, leg: _Leg, *points: geometry.PlanPoint) -> _Points:
        return [self.at(leg, along, left) for along, left in points]

    def box(self, leg: _Leg, along: tuple[int, int], across: tuple[int, int]) -> tuple[geometry.Point, geometry.Point]:
        """Return the corners with the smallest and the greatest x and y."""
        (x, y, z), (to_x, to_y, _) = self.line(leg, *zip(along, across, strict=True))
        return (min(x, to_x), min(y, to_y), z), (max(x, to_x), max(y, to_y), z)

    def leg_mm(self, rises: tuple[int, ...]) -> int:
        return sum(rises) * self.required.slope_one_in + (len(rises) - 1) * self.layout.section.rest_mm


@dataclass(frozen=True)
class _Leg:
    """Where a leg starts and where it heads: `border` is the right-hand corner of its strip at the start.

    Across the strip follow its right zone, the square and its left zone.
    """

    border: geometry.PlanPoint
    ahead: geometry.PlanPoint
    sizes: layouts.Section
    zones: tuple[int, int]

    @property
    def right(self) -> int:
        return self.zones[0]

    @property
    def inner(self) -> int:
        return self.zones[0] + self.sizes.square_mm

    @property
    def strip(self) -> int:
        return self.inner + self.zones[1]

    @property
    def run(self) -> tuple[int, int]:
        """The right and the left border of the clear width of its runs."""
        return self.right + self.sizes.inset_mm, self.inner - self.sizes.inset_mm

    @property
    def run_zones(self) -> tuple[int, int]:
        right, left = (self.sizes.beside_run_mm(zone) for zone in self.zones)
        return right, left


def set_out(
    layout: layouts.Layout,
    placement: placements.Placement,
    space: geometry.Space,
    required: requirements.RampRequirements,
    made: requirements.Construction,
) -> geometry.Design:
    """Return the design of a layout as placed in the space, in whole mm."""
    walk = _Walk(layout, required, _placer(layout, placement, space))
    _climb_all(walk, placement.mirrored)
    # A mirrored layout turns right where it turned left, and its left border is on the right.
    sides = (geometry.RIGHT, geometry.LEFT) if placement.mirrored else (geometry.LEFT, geometry.RIGHT)

    def by_side(lines: Mapping[str, _Points]) -> dict[str, _Line]:
        return {side: _straightened(points) for side, points in zip(sides, lines.values(), strict=True)}

    rails = by_side(walk.rail_starts), by_side(walk.borders), by_side(walk.rail_ends)
    borders = by_side({side: points + walk.top_borders[side] for side, points in walk.borders.items()})
    footprint = tuple(point[:2] for point in _straightened(map(walk.place, _outline(layout))))
    return geometry.Design(
        family=layout.family,
        legs=len(layout.legs),
        turn="" if len(layout.legs) == 1 else sides[0],
        space=space,
        slope_one_in=required.slope_one_in,
        runs=tuple(walk.runs),
        landings=tuple(walk.landings),
        clear_width_mm=min(run.clear_width_mm for run in walk.runs),
        handrails=tuple(_handrails(rails, layout, space, required, made)),
        edges=tuple(_edges(borders, layout.section.zone_mm, space, required, made)),
        tactile_strips=tuple(walk.strips),
        flares=(),
        # mirrored, it turns clockwise until it is read backwards
        footprint=footprint[::-1] if placement.mirrored else footprint,
        entry_side=placement.entry_side,
        exit_side=placement.exit_side,
        cost_proxy=layout.cost_proxy,
    )


def _climb_all(walk: _Walk, mirrored: bool) -> None:
    layout, legs = walk.layout, list(_legs(walk))
    _foot(walk, legs[0])
    # equal legs may climb some millimetres too high together: as many of the last climb one less
    lowered = len(legs) - layout.missing_mm
    for number, (leg, rises) in enumerate(zip(legs, layout.legs, strict=True)):
        _climb(walk, leg, rises, number >= lowered, mirrored)
        if number + 1 == len(legs):
            _top(walk, leg)
        elif layout.family == geometry.L_SHAPE:
            _corner(walk, leg, legs[number + 1], walk.leg_mm(rises))
        else:
            _about_turn(walk, leg, legs[number + 1], walk.leg_mm(rises), number % 2 == 0)


def _legs(walk: _Walk) -> Iterator[_Leg]:
    layout, near, first = walk.layout, walk.layout.near_mm, walk.leg_mm(walk.layout.legs[0])
    strips = [layout.strip_mm(number) for number in range(len(layout.legs))]
    for number, beyond in enumerate(itertools.accumulate(strips)):
        border, ahead = (near, beyond - strips[number]), (1, 0)
        if number and layout.family == geometry.L_SHAPE:
            border, ahead = (near + first + strips[1], strips[0]), (0, 1)
        elif number % 2:
            border, ahead = (near + first, beyond), (-1, 0)
        yield _Leg(border, ahead, layout.section, layout.zones_mm(number))


def _climb(walk: _Walk, leg: _Leg, rises: tuple[int, ...], lowered: bool, mirrored: bool) -> None:
    (right, left), zones, rest, along = leg.run, leg.run_zones, leg.sizes.rest_mm, 0
    for number, rise in enumerate(rises):
        if number:
            _landing(walk, geometry.REST, leg, (along, along + rest), (right, left), zones)
            along += rest
        foot = walk.line(leg, (along, left), (along, right))
        along += rise * walk.required.slope_one_in
        walk.height += rise - (1 if lowered and number == 0 else 0)
        head = walk.line(leg, (along, left), (along, right))
        walk.borders[geometry.LEFT] += [foot[0], head[0]]
        walk.borders[geometry.RIGHT] += [foot[1], head[1]]
        if mirrored:
            foot, head = foot[::-1], head[::-1]
        seen = zones if mirrored else zones[::-1]
        walk.runs.append(geometry.Run(len(walk.runs) + 1, foot[0], foot[1], head[0], head[1], *seen))


def _landing(
    walk: _Walk,
    kind: str,
    leg: _Leg,
    along: tuple[int, int],
    across: tuple[int, int],
    zones: tuple[int, int],
    end_zone: int = 0,
) -> None:
    """Note a landing that is clear from `along` and `across` of the leg on, with zones beside and beyond it."""
    slab = walk.box(leg, (along[0], along[1] + end_zone), (across[0] - zones[0], across[1] + zones[1]))
    walk.landings.append(geometry.Landing(kind, *slab, *walk.box(leg, along, across), along[1] - along[0]))


def _foot(walk: _Walk, first: _Leg) -> None:
    near, strip = walk.layout.near_mm, first.strip
    level, required = replace(first, border=(0, 0)), walk.required
    _landing(walk, geometry.FOOT, level, (0, near), (0, strip), (0, 0))
    # Straight on from the rails of the first run, so that a hand finds them without a step aside.
    for side, across in _rail_lines(first):
        walk.rail_starts[side] += walk.line(level, (near - required.handrail_extension_mm, across), (near, across))
    to = near - required.tactile_offset_mm
    _strip(walk, geometry.FOOT, level, (to - required.tactile_depth_mm, to), (0, strip))


def _strip(walk: _Walk, place: str, leg: _Leg, along: tuple[int, int], across: tuple[int, int]) -> None:
    (near, far), (low, high) = along, across
    a, b, c, d = walk.line(leg, (near, low), (far, low), (far, high), (near, high))
    strip = geometry.TactileStrip(place, (a, b, c, d), far - near, high - low, walk.required.tactile_offset_mm)
    walk.strips.append(strip)


def _corner(walk: _Walk, leg: _Leg, second: _Leg, at: int) -> None:
    inset, strip = leg.sizes.inset_mm, leg.strip
    near, far = at + second.zones[1], at + second.strip - second.right
    slab = walk.box(leg, (at, at + second.strip), (0, strip))
    clear = walk.box(leg, (near, far), (leg.right, leg.inner))
    walk.landings.append(geometry.Landing(geometry.CORNER, *slab, *clear, leg.sizes.square_mm))
    left = (at, leg.inner), (near, leg.inner), (near, strip), (near + inset, strip)
    right = (at, leg.right), (far, leg.right), (far, strip), (far - inset, strip)
    walk.borders[geometry.LEFT] += walk.line(leg, *left)
    walk.borders[geometry.RIGHT] += walk.line(leg, *right)


def _about_turn(walk: _Walk, leg: _Leg, second: _Leg, at: int, to_left: bool) -> None:
    """Turn about at the end of a leg; the inner sides of the two legs join by themselves."""
    beyond = leg.sizes.zone_at(placements.END if to_left else placements.NEAR)
    to = at + (walk.layout.far_mm if to_left else walk.layout.near_mm) - beyond
    right, left = (leg.right, second.right) if to_left else (second.zones[1], leg.zones[1])
    start, end = (0, leg.strip + second.strip) if to_left else (-second.strip, leg.strip)
    low, high = start + right, end - left
    _landing(walk, geometry.TURN, leg, (at, to), (low, high), (right, left), beyond)
    around = [(at, low), (to, low), (to, high), (at, high)]
    outer, points = (geometry.RIGHT, around) if to_left else (geometry.LEFT, around[::-1])
    walk.borders[outer] += walk.line(leg, *points)


def _top(walk: _Walk, leg: _Leg) -> None:
    layout, required = walk.layout, walk.required
    at, zone, inner, strip = walk.leg_mm(layout.legs[-1]), leg.right, leg.inner, leg.strip
    to = at + layout.top_mm
    low, high = zone, inner
    if layout.beside_mm:
        leaving_left = layout.access in (geometry.STRAIGHT, placements.ODD)
        low, high = (zone, strip) if leaving_left else (0, inner)
        closed = geometry.RIGHT if leaving_left else geometry.LEFT
        beside, across = (zone, strip) if leaving_left else (inner, 0)
        walk.top_borders[closed] += walk.line(leg, (at, beside), (to, beside), (to, across))
    else:
        walk.top_borders[geometry.RIGHT] += walk.line(leg, (at, zone), (to, zone))
        walk.top_borders[geometry.LEFT] += walk.line(leg, (at, inner), (to, inner))
    for side, beside in _rail_lines(leg):
        walk.rail_ends[side] += walk.line(leg, (at, beside), (at + required.handrail_extension_mm, beside))
    slab = walk.box(leg, (at, to + layout.beside_mm), (0, strip))
    walk.landings.append(geometry.Landing(geometry.TOP, *slab, *walk.box(leg, (at, to), (low, high)), to - at))
    from_ = at + required.tactile_offset_mm
    _strip(walk, geometry.TOP, leg, (from_, from_ + required.tactile_depth_mm), (low, high))


def _rail_lines(leg: _Leg) -> Iterator[tuple[str, int]]:
    """Yield each side of a run with the distance of its rail from the right-hand border of the strip."""
    right, left = leg.run
    yield geometry.LEFT, left
    yield geometry.RIGHT, right


def _outline(layout: layouts.Layout) -> _Points:
    length, width = layout.length_mm, layout.width_mm
    if layout.family == geometry.L_SHAPE:
        strip, turn = layout.strip_mm(0), length - layout.strip_mm(1)
        return [(0, 0, 0), (length, 0, 0), (length, width, 0), (turn, width, 0), (turn, strip, 0), (0, strip, 0)]
    return [(0, 0, 0), (length, 0, 0), (length, width, 0), (0, width, 0)]


def _placer(layout: layouts.Layout, placement: placements.Placement, space: geometry.Space) -> _Place:
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


def _corner_of(extent: tuple[int, int], placement: placements.Placement, space: geometry.Space) -> tuple[int, int]:
    """Return where the box starts: its top touches the side it is left through; it leans on a wall if there is one."""
    free_x, free_y = space.length_mm - extent[0], space.width_mm - extent[1]
    if placement.exit_side in (geometry.LEFT, geometry.RIGHT):
        return 0, free_y if placement.exit_side == geometry.LEFT else 0
    dx = free_x if placement.exit_side == geometry.FAR else 0
    leans_on = placement.leans_on or (geometry.LEFT if placement.mirrored else geometry.RIGHT)
    return dx, free_y if leans_on == geometry.LEFT else 0


def _straightened(points: Iterable[geometry.Point]) -> _Line:
    """Leave out the points that repeat or lie between their neighbours on a line."""
    kept: _Points = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and _in_line(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _in_line(a: geometry.Point, b: geometry.Point, c: geometry.Point) -> bool:
    # exact, as all coordinates are whole; a line that turns back on itself does not go straight on
    (p, q, r), (s, t, u) = ((b[i] - a[i] for i in range(3)), (c[i] - b[i] for i in range(3)))
    return (q * u == r * t) and (r * s == p * u) and (p * t == q * s) and p * s + q * t + r * u > 0


def _handrails(
    lines: tuple[Mapping[str, _Line], ...],
    layout: layouts.Layout,
    space: geometry.Space,
    required: requirements.RampRequirements,
    made: requirements.Construction,
) -> Iterator[geometry.Handrail]:
    """Yield the rails on both sides where they are needed: they reach level and straight beyond foot and head."""
    if not required.with_handrails(sum(map(sum, layout.legs))):
        return
    reach, zone, diameter = required.handrail_extension_mm, layout.section.zone_mm, required.rail_mm(made)
    for side in (geometry.LEFT, geometry.RIGHT):
        start, border, end = (line[side] for line in lines)
        points = _straightened([*start, *border, *end])
        to_wall = min(solids.to_wall_mm(a, b, space) for a, b in itertools.pairwise(points))
        walled = to_wall <= zone
        gap = round(to_wall) - diameter if walled else 0
        yield geometry.Handrail(side, points, required.handrail_height_mm, diameter, reach, reach, walled, gap)


def _edges(
    borders: Mapping[str, _Line],
    zone: int,
    space: geometry.Space,
    required: requirements.RampRequirements,
    made: requirements.Construction,
) -> Iterator[geometry.Edge]:
    """Yield an edge with its guard along every side that is open; a side along a wall needs none.

    The guard stands behind the handrail as far as a wall would, so that a hand has the same room everywhere.
    """
    behind = required.rail_mm(made) + required.wall_gap_mm
    guard = made.guard_height_mm, behind, made.guard_post_mm, made.post_spacing_mm, made.infill_gap_mm
    for side in (geometry.LEFT, geometry.RIGHT):
        pairs = itertools.pairwise(borders[side])
        for walled, part in itertools.groupby(pairs, lambda pair: _along_wall(pair[0], pair[1], zone, space)):
            if not walled:
                chain = list(part)
                points = (chain[0][0], *(end for _, end in chain))
                yield geometry.Edge(points, required.edge_height_mm, zone, *guard)


def _along_wall(a: geometry.Point, b: geometry.Point, zone: int, space: geometry.Space) -> bool:
    """Return whether a wall closes a side: an edge has no room before it."""
    return solids.to_wall_mm(a, b, space) <= zone
