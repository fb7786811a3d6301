"""Describe a designed ramp: runs, landings, rails and edges, in whole millimetres and three dimensions."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

Point = tuple[int, int, int]
PlanPoint = tuple[int, int]

FRONT, FAR, LEFT, RIGHT, ANY = "front", "far", "left", "right", "any"
APPROACHES = (FRONT, LEFT, RIGHT, ANY)
EXITS = (FAR, LEFT, RIGHT, FRONT, ANY)

STRAIGHT, L_SHAPE, SWITCHBACK = "straight", "l_shape", "switchback"
BEVEL = "bevel"
FLARED, RETURNED, PARALLEL = "perpendicular_flared", "perpendicular_returned", "parallel"

FOOT, REST, TURN, CORNER, TOP = "foot", "rest", "turn", "corner", "top"


@dataclass(frozen=True)
class Space:
    """The free rectangle in which a ramp may stand.

    Parameters
    ----------
    rise_mm
        From the lower floor to the upper floor.
    length_mm, width_mm
        Along x and along y. The front is x = 0, the far side x = `length_mm`; seen from the front, y = `width_mm` is on
        the left and y = 0 on the right.
    obstacle_left, obstacle_right
        Whether a wall stands along that whole side: it blocks the way, and a ramp beside it is not open there.
    approach
        Side from which people come to the foot: ``front``, ``left``, ``right`` or ``any``.
    exit
        Side through which they leave at the top, where the upper floor lies: ``far``, ``left``, ``right``, ``front`` or
        ``any``.
    between_storeys
        Whether the ramp joins two storeys.
    """

    rise_mm: int
    length_mm: int
    width_mm: int
    obstacle_left: bool = False
    obstacle_right: bool = False
    approach: str = ANY
    exit: str = ANY
    between_storeys: bool = False

    def blocked(self, side: str) -> bool:
        """Return whether nobody can pass through one side."""
        return (side == LEFT and self.obstacle_left) or (side == RIGHT and self.obstacle_right)


@dataclass(frozen=True)
class KerbSpace:
    """The footpath at a kerb that is to be ramped.

    Parameters
    ----------
    kerb_height_mm
        From the road to the footpath.
    length_mm
        Free length along the kerb: x runs along it, the road lies at y < 0.
    depth_mm
        Level depth from the kerb line, y = 0, to the first obstacle or the inner edge of the footpath.
    walked_across
        Whether people walk across the ramp along the footpath, so that its sides must be flared.
    at_refuge_island
        Whether people wait there halfway across the road.
    """

    kerb_height_mm: int
    length_mm: int
    depth_mm: int
    walked_across: bool = True
    at_refuge_island: bool = False


@dataclass(frozen=True)
class Run:
    """One sloping surface.

    Parameters
    ----------
    number
        1, 2, 3 … in walking order from the foot.
    foot_left, foot_right, head_left, head_right
        Corners of the clear width, left and right as seen by somebody walking up.
    left_zone_mm, right_zone_mm
        How far the slab reaches beyond the clear width on either side: for edge and guard, or as far as a wall.
    """

    number: int
    foot_left: Point
    foot_right: Point
    head_left: Point
    head_right: Point
    left_zone_mm: int
    right_zone_mm: int

    @property
    def going_mm(self) -> int:
        """Horizontal length."""
        return abs(self.head_left[0] - self.foot_left[0]) + abs(self.head_left[1] - self.foot_left[1])

    @property
    def rise_mm(self) -> int:
        """Height climbed."""
        return self.head_left[2] - self.foot_left[2]

    @property
    def slope_length_mm(self) -> float:
        """Length along the slope, as a tape lying on it measures."""
        return math.hypot(self.going_mm, self.rise_mm)

    @property
    def clear_width_mm(self) -> int:
        """Width between the inner faces of edges and rails."""
        return abs(self.foot_left[0] - self.foot_right[0]) + abs(self.foot_left[1] - self.foot_right[1])

    @property
    def outline(self) -> tuple[Point, Point, Point, Point]:
        """Corners of the slab, side zones included: foot right, foot left, head left, head right."""
        (ax, ay, foot), (bx, by, _) = self.foot_left, self.foot_right
        (cx, cy, head), (dx, dy, _) = self.head_left, self.head_right
        width, zones = self.clear_width_mm, (self.left_zone_mm, self.right_zone_mm)
        (x, y), (u, v) = (((ax - bx) * zone // width, (ay - by) * zone // width) for zone in zones)
        return (bx - u, by - v, foot), (ax + x, ay + y, foot), (cx + x, cy + y, head), (dx - u, dy - v, head)


@dataclass(frozen=True)
class Landing:
    """One level rectangle.

    Parameters
    ----------
    kind
        ``foot``, ``rest`` (between two runs in line), ``turn`` (about turn), ``corner`` (quarter turn) or ``top``.
    low, high
        Opposite corners of the slab, smallest and greatest x and y.
    clear_low, clear_high
        Opposite corners of the free rectangle between edges and rails.
    length_mm
        Free length in the walking direction in which it is entered.
    """

    kind: str
    low: Point
    high: Point
    clear_low: Point
    clear_high: Point
    length_mm: int

    @property
    def height_mm(self) -> int:
        """Height above the foot."""
        return self.low[2]

    @property
    def outline(self) -> tuple[Point, Point, Point, Point]:
        """Corners of the slab, counter-clockwise from the lowest x and y."""
        (x, y, z), (to_x, to_y, _) = self.low, self.high
        return self.low, (to_x, y, z), self.high, (x, to_y, z)


@dataclass(frozen=True)
class Handrail:
    """One rail: `points` follow its inner face at floor level; its top is `height_mm` above them all along.

    Parameters
    ----------
    side
        ``left`` or ``right`` as seen by somebody walking up.
    before_foot_mm, past_top_mm
        How far it runs on level floor before the first run begins and after the last run ends.
    beside_wall
        Whether part of it runs along a wall; then `wall_gap_mm` is free between them, else 0.
    """

    side: str
    points: tuple[Point, ...]
    height_mm: int
    diameter_mm: int
    before_foot_mm: int
    past_top_mm: int
    beside_wall: bool
    wall_gap_mm: int

    @property
    def length_mm(self) -> float:
        """True length, slopes included."""
        return length_of(self.points)


@dataclass(frozen=True)
class Edge:
    """One raised edge with the guard on it: `points` follow its inner face at floor level, on an open side.

    Parameters
    ----------
    height_mm, thickness_mm
        Of the edge; it stands outside its inner face.
    guard_height_mm
        Top of the guard above the floor.
    guard_from_mm, post_mm
        Distance of the guard's inner face from that of the edge, and the side of its square posts.
    post_spacing_mm, infill_gap_mm
        Greatest distance between the middles of posts, and between the bars of the infill.
    """

    points: tuple[Point, ...]
    height_mm: int
    thickness_mm: int
    guard_height_mm: int
    guard_from_mm: int
    post_mm: int
    post_spacing_mm: int
    infill_gap_mm: int

    @property
    def length_mm(self) -> float:
        """True length, slopes included."""
        return length_of(self.points)


@dataclass(frozen=True)
class TactileStrip:
    """One strip of tactile surface across the way.

    Parameters
    ----------
    place
        ``foot`` or ``top``; ``kerb`` on a kerb ramp.
    outline
        Four corners, in order.
    depth_mm
        In the walking direction.
    width_mm
        Across the way.
    offset_mm
        From its nearer edge to where the ramp begins; on a kerb ramp from the kerb line.
    """

    place: str
    outline: tuple[Point, Point, Point, Point]
    depth_mm: int
    width_mm: int
    offset_mm: int


@dataclass(frozen=True)
class Flare:
    """One flared side of a kerb ramp: a triangle of `outline`, rising `rise_mm` over `along_kerb_mm`."""

    outline: tuple[Point, Point, Point]
    along_kerb_mm: int
    rise_mm: int


@dataclass(frozen=True)
class Design:
    """A ramp that fits its space, set out in the coordinates of the space, z = 0 at the foot.

    Parameters
    ----------
    family
        ``straight``, ``l_shape``, ``switchback``; ``bevel`` of a rise that the law allows as a threshold;
        ``perpendicular_flared``, ``perpendicular_returned``, ``parallel``.
    legs
        Strips in line: 1 for a straight ramp, 2 for an L, 2 and more for a switchback.
    turn
        ``left``, ``right`` or empty: the first turn on the way up.
    space
        What it was designed for.
    slope_one_in
        Of the steepest run: 12 is 1:12.
    runs, landings
        In walking order from the foot; a ramp begins and ends with a landing. A kerb ramp begins on the road: its
        landings are the level spaces at its top, and before them the one at its foot when two runs go down to it. A
        bevel has no landing.
    clear_width_mm
        Of the narrowest run.
    footprint
        Corners of the land taken, counter-clockwise, the first not repeated.
    entry_side, exit_side
        Sides of the space through which its foot and its top are reached.
    cost_proxy
        Cubic millimetres of concrete, with rails counted as concrete; to rank by, not to pay by.
    """

    family: str
    legs: int
    turn: str
    space: Space | KerbSpace
    slope_one_in: int
    runs: tuple[Run, ...]
    landings: tuple[Landing, ...]
    clear_width_mm: int
    handrails: tuple[Handrail, ...]
    edges: tuple[Edge, ...]
    tactile_strips: tuple[TactileStrip, ...]
    flares: tuple[Flare, ...]
    footprint: tuple[PlanPoint, ...]
    entry_side: str
    exit_side: str
    cost_proxy: int

    @property
    def going_mm(self) -> int:
        """Horizontal length of all runs."""
        return sum(run.going_mm for run in self.runs)

    @property
    def total_length_mm(self) -> float:
        """Length of all runs along their slopes, without landings."""
        return math.fsum(run.slope_length_mm for run in self.runs)

    @property
    def rise_mm(self) -> int:
        """Height climbed from the lowest to the highest floor."""
        return max(run.head_left[2] for run in self.runs) - min(run.foot_left[2] for run in self.runs)

    @property
    def length_mm(self) -> int:
        """Extent of the footprint along x."""
        return max(x for x, _ in self.footprint) - min(x for x, _ in self.footprint)

    @property
    def width_mm(self) -> int:
        """Extent of the footprint along y."""
        return max(y for _, y in self.footprint) - min(y for _, y in self.footprint)

    @property
    def footprint_mm2(self) -> int:
        """Area of the footprint."""
        ring = itertools.pairwise((*self.footprint, self.footprint[0]))
        return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in ring)) // 2

    @property
    def handrail_mm(self) -> float:
        """True length of all handrails."""
        return math.fsum(rail.length_mm for rail in self.handrails)


@dataclass(frozen=True)
class Relaxation:
    """The smallest change of a space in which a ramp fits; one millimetre less does not.

    Parameters
    ----------
    of
        ``length_mm``, ``width_mm`` or ``rise_mm``; on a kerb ``depth_mm`` or ``kerb_height_mm``.
    value
        What it must become.
    change
        By how much it grows; negative for a rise to be lowered.
    """

    of: str
    value: int
    change: int


@dataclass(frozen=True)
class NotFeasible:
    """Why no ramp fits.

    Parameters
    ----------
    space
        What was asked.
    binding
        ``length``, ``width`` (on a kerb the depth), ``either`` (more of one of them is enough) or ``both`` (more of one
        alone is not).
    criteria
        Ids of the criteria that need the room.
    relaxations
        The smallest changes, each enough by itself.
    smallest
        Smallest sufficient pairs of length and width, none of which is inside another; shortest first.
    together
        The smallest change of both sizes at once; empty where one size alone may change by less.
    """

    space: Space | KerbSpace
    binding: str
    criteria: tuple[str, ...]
    relaxations: tuple[Relaxation, ...]
    smallest: tuple[tuple[int, int], ...]
    together: tuple[Relaxation, ...] = ()


def length_of(points: tuple[Point, ...]) -> float:
    """Return the length of a line in three dimensions."""
    return math.fsum(math.dist(a, b) for a, b in itertools.pairwise(points))
