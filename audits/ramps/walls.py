"""Choose the wall under an open side by the height it holds, and name what only an engineer may design."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import shapely
from shapely.geometry import base

from audits import wording
from audits.ramps import geometry, solids
from layers import schema

ENGINEER = wording.phrase(
    "Structure to be designed by an engineer: the floor stands {height} mm above the ground, more than the {holds} mm "
    "that a low wall holds. Consider a platform lift instead."
)


@dataclass(frozen=True)
class WallType:
    """A low wall on a strip footing; lengths in mm.

    Parameters
    ----------
    name
        As on the drawing.
    holds_mm
        Greatest height of the floor above the ground.
    stem_mm, footing_mm, footing_width_mm
        Thickness of the stem, thickness of the footing, and its width, from the outer face inwards.
    """

    name: str
    holds_mm: int
    stem_mm: int
    footing_mm: int
    footing_width_mm: int


# A working assumption, with its sources, in data/README.md.
TYPES: tuple[WallType, ...] = tuple(
    # lightest first, since the first that holds is taken
    sorted((WallType(*row) for row in schema.read("ramps/walls.csv").itertuples(index=False)), key=lambda t: t.holds_mm)
)
HIGHEST = TYPES[-1]
# Lines that meet at a computed height differ in their last digits.
_TOUCHING_MM = 0.1


def of_height(height_mm: float) -> WallType | None:
    """Return the lightest wall that holds a floor so high above the ground; None where an engineer must design it."""
    return next((each for each in TYPES if height_mm <= each.holds_mm), None)


def engineer_needed(design: geometry.Design) -> bool:
    """Return whether part of a ramp stands higher than low walls hold; its fill would thrust on an old wall too."""
    return not isinstance(design.space, geometry.KerbSpace) and design.rise_mm > HIGHEST.holds_mm


def warning(design: geometry.Design, words: wording.Wording) -> str:
    """Return in the reader's language that an engineer must design the structure; empty where low walls hold it."""
    if not engineer_needed(design):
        return ""
    return words.text(ENGINEER, height=words.number(design.rise_mm), holds=words.number(HIGHEST.holds_mm))


def lengths_mm(design: geometry.Design) -> Mapping[WallType | None, float]:
    """Return the length in plan of the walls of each type, mm; under None what an engineer must design.

    A sloping wall changes its type where the floor passes the height that the lighter one holds.
    """
    found: dict[WallType | None, float] = {}
    for wall in solids.walls(design):
        for kind, length in _by_type(*wall.inner):
            found[kind] = found.get(kind, 0.0) + length
    return found


def _by_type(start: solids.Corner, end: solids.Corner) -> Iterator[tuple[WallType | None, float]]:
    length = math.dist(start[:2], end[:2])
    low, high = sorted((start[2], end[2]))
    if low == high:
        yield of_height(high), length
        return
    # None below the lightest is the ground, None above the heaviest is the engineer
    for below, kind in itertools.pairwise((None, *TYPES, None)):
        from_ = max(low, below.holds_mm if below else -math.inf)
        to = min(high, kind.holds_mm if kind else math.inf)
        if from_ < to:
            yield kind, length * (to - from_) / (high - low)


@dataclass(frozen=True)
class Footing:
    """What the strip footings of one type add to their stems, under the floor of the ramp.

    Parameters
    ----------
    kind
        Whose footings.
    outlines
        Strips at floor level, mm.
    plan
        All of them in plan, each place once: on a narrow ramp the footings of both sides meet.
    """

    kind: WallType
    outlines: tuple[solids.Outline, ...]
    plan: base.BaseGeometry


def footings(design: geometry.Design) -> tuple[Footing, ...]:
    """Return the footings of a design by type, the heaviest first; none under what an engineer must design."""
    taken = shapely.union_all([_polygon(wall.outline) for wall in solids.walls(design)])
    found: list[Footing] = []
    # where strips of two types meet, the heavier one is built
    for below, kind in reversed(list(zip((None, *TYPES), TYPES, strict=False))):
        wide = kind.footing_width_mm - kind.stem_mm
        outlines = tuple(
            outline
            for edge in design.edges
            for outline in solids.strips_inside(_between(edge.points, below, kind), edge, design, wide)
        )
        plan = shapely.union_all([_polygon(outline) for outline in outlines]).difference(taken)
        taken = taken.union(plan)
        found.append(Footing(kind, outlines, plan))
    return tuple(each for each in found if each.outlines)


def _polygon(outline: solids.Outline) -> shapely.Polygon:
    return shapely.Polygon([corner[:2] for corner in outline])


def _between(points: tuple[geometry.Point, ...], below: WallType | None, kind: WallType) -> tuple[solids.Corner, ...]:
    """Return the part of a climbing line that one type of wall carries."""
    low = below.holds_mm if below else -math.inf
    kept: list[solids.Corner] = []
    for start, end in itertools.pairwise(points):
        if start[2] == end[2]:
            ends: list[solids.Corner] = [start, end] if low < end[2] <= kind.holds_mm else []
        else:
            ends = [_at(start, end, height) for height in (max(low, start[2]), min(kind.holds_mm, end[2]))]
            ends = ends if ends[0][2] < ends[1][2] else []
        kept += [each for each in ends if each not in kept[-1:]]
    return tuple(kept)


def _at(start: geometry.Point, end: geometry.Point, height: float) -> solids.Corner:
    share = (height - start[2]) / (end[2] - start[2])
    x, y, _ = (a + share * (b - a) for a, b in zip(start, end, strict=True))
    return x, y, height


def footing_sides_mm2(every: tuple[Footing, ...], design: geometry.Design) -> float:
    """Return the upright faces of footings, less those of stems that they hide, mm²; ends of footings count too."""
    stems = shapely.union_all([_polygon(wall.outline) for wall in solids.walls(design)]).buffer(_TOUCHING_MM)
    total = 0.0
    for one in every:
        others = shapely.union_all([each.plan for each in every if each is not one]).buffer(_TOUCHING_MM)
        line = one.plan.boundary
        hidden = line.intersection(stems).length
        total += (line.difference(stems).difference(others).length - hidden) * one.kind.footing_mm
    return total
