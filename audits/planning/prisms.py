"""Integrate heights over flat pieces of a plan: the arithmetic of volumes under sloping floors."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

Corner = tuple[float, float, float]
Outline = tuple[Corner, ...]


def plan_mm2(outline: Outline) -> float:
    """Return the area of a piece as the plan shows it."""
    return math.fsum(_plan_mm2(*triangle) for triangle in _triangles(outline))


def surface_mm2(outline: Outline) -> float:
    """Return the area of a piece along its slope."""
    return math.fsum(_surface_mm2(*triangle) for triangle in _triangles(outline))


def volume_mm3(outline: Outline, raised_mm: float) -> float:
    """Return the volume between a flat piece and level 0, once it is raised; what lies below level 0 counts nothing.

    Parameters
    ----------
    outline
        Corners of a flat, convex piece in order, mm; the third coordinate is the height.
    raised_mm
        Added to every height; negative lowers.
    """
    return math.fsum(
        _plan_mm2(*triangle) * _mean_above_zero(*sorted(z + raised_mm for *_, z in triangle))
        for triangle in _triangles(outline)
    )


def cut(outline: Outline, low: tuple[float, float], high: tuple[float, float]) -> Outline:
    """Return what of a piece lies within a box of the plan, with its heights; empty when nothing does."""
    for axis in (0, 1):
        outline = _cut_beyond(outline, axis, low[axis], 1)
        outline = _cut_beyond(outline, axis, high[axis], -1)
    return outline


def _cut_beyond(outline: Outline, axis: int, at: float, sign: int) -> Outline:
    kept: list[Corner] = []
    for here, there in zip(outline, outline[1:] + outline[:1], strict=True):
        inside, next_inside = (sign * (corner[axis] - at) for corner in (here, there))
        if inside >= 0:
            kept.append(here)
        if inside * next_inside < 0:
            share = inside / (inside - next_inside)
            x, y, z = (a + share * (b - a) for a, b in zip(here, there, strict=True))
            kept.append((x, y, z))
    return tuple(kept)


def _triangles(outline: Outline) -> Iterator[tuple[Corner, Corner, Corner]]:
    for second, third in itertools.pairwise(outline[1:]):
        yield outline[0], second, third


def _plan_mm2(a: Corner, b: Corner, c: Corner) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def _surface_mm2(a: Corner, b: Corner, c: Corner) -> float:
    p, q, r = (to - start for start, to in zip(a, b, strict=True))
    s, t, u = (to - start for start, to in zip(a, c, strict=True))
    return math.hypot(q * u - r * t, r * s - p * u, p * t - q * s) / 2


def _mean_above_zero(low: float, middle: float, high: float) -> float:
    """Return the mean over a triangle of the part above zero of a height linear in it, from its three corners.

    Where the height keeps the sign of one corner alone is a smaller triangle, cut off at that corner: its share of the
    area is the product of the shares cut off its two sides, and its mean a third of the height of that corner.
    """
    if low >= 0:
        return (low + middle + high) / 3
    if high <= 0:
        return 0.0
    if middle <= 0:
        return high * (high / (high - low)) * (high / (high - middle)) / 3
    return (low + middle + high) / 3 - low * (low / (low - middle)) * (low / (low - high)) / 3
