"""Count what a guard is made of: posts, and bars between them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from audits.ramps import geometry

BAR_MM = 12


def bays(start: geometry.Point, end: geometry.Point, edge: geometry.Edge) -> int:
    """Return the number of equal bays of one straight piece; posts stand upright, so lengths count in plan."""
    return max(1, math.ceil(math.dist(start[:2], end[:2]) / edge.post_spacing_mm))


def bars(edge: geometry.Edge) -> int:
    """Return the number of upright bars of the infill, no wider apart than allowed, posts not counted."""
    return sum(count * bays(*piece, edge) for piece, count in _bars_of_a_bay(edge))


def _bars_of_a_bay(edge: geometry.Edge) -> Iterator[tuple[tuple[geometry.Point, geometry.Point], int]]:
    for a, b in itertools.pairwise(edge.points):
        free = math.dist(a[:2], b[:2]) / bays(a, b, edge) - edge.post_mm
        # n bars leave n + 1 gaps.
        yield (a, b), max(0, math.ceil((free - edge.infill_gap_mm) / (edge.infill_gap_mm + BAR_MM)))
