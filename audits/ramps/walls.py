"""Choose the wall under an open side by the height it holds, and name what only an engineer may design."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
    sorted((WallType(*row) for row in schema.read("ramps/walls.csv").itertuples(index=False)), key=lambda t: t.holds_mm)
)
HIGHEST = TYPES[-1]


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
    for below, kind in itertools.pairwise((None, *TYPES, None)):
        from_ = max(low, below.holds_mm if below else -math.inf)
        to = min(high, kind.holds_mm if kind else math.inf)
        if from_ < to:
            yield kind, length * (to - from_) / (high - low)


def footings_mm3(design: geometry.Design) -> float:
    """Return the concrete of the strip footings beyond the stems, mm³; none under what an engineer must design."""
    return math.fsum(
        length * (kind.footing_width_mm - kind.stem_mm) * kind.footing_mm
        for kind, length in lengths_mm(design).items()
        if kind is not None
    )
