"""Describe one view of a ramp as strokes, labels and dimensions, whichever format it is drawn in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from audits import wording
from audits.ramps import geometry
from layers import paper_text, schema

Point = tuple[float, float]

HORIZONTAL, VERTICAL = 0, 1
TEXT_MM, FIGURE_MM, TITLE_MM = 2.5, 2.2, 3.8
FIRST_TRACK_MM, TRACK_MM = 9.0, 5.5


@dataclass(frozen=True)
class Layer:
    """One kind of line.

    Parameters
    ----------
    name
        In CAD: discipline (A architecture, S structure, C ground, G general), then content.
    cad_colour
        AutoCAD colour index.
    line_mm, ink, fill, dashes
        On paper: width, colours (an empty fill for none), lengths of strokes and gaps in mm (none for a full line).
    """

    name: str
    cad_colour: int
    line_mm: float
    ink: str
    fill: str
    dashes: tuple[float, ...]


def _layer(name: str, cad_colour: int, line_mm: float, ink: str, fill: str, dashes_mm: str) -> Layer:
    return Layer(name, cad_colour, line_mm, ink, fill, tuple(map(float, dashes_mm.split())))


LAYERS: Mapping[str, Layer] = {
    layer: _layer(*looks) for layer, *looks in schema.read("drawings/layers.csv").itertuples(index=False)
}


@dataclass(frozen=True)
class Stroke:
    """A line, or an area when it is closed, through points in mm of the real thing, y upwards."""

    layer: str
    points: tuple[Point, ...]
    closed: bool = False


@dataclass(frozen=True)
class Label:
    """Text at a point, `size_mm` high on paper; `anchor` 0 begins, 0.5 centres, 1 ends there; `angle` upwards."""

    words: str
    at: Point
    size_mm: float = TEXT_MM
    anchor: float = 0.5
    angle: float = 0.0
    bold: bool = False


@dataclass(frozen=True)
class Dimension:
    """A length along one axis between two points.

    Parameters
    ----------
    name
        For the table.
    start, end
        Points that it measures between, mm.
    axis
        :data:`HORIZONTAL` or :data:`VERTICAL`.
    line_at
        Position of its line on the other axis, mm.
    """

    name: str
    start: Point
    end: Point
    axis: int
    line_at: float

    @property
    def value_mm(self) -> int:
        """The figure on the drawing."""
        return round(abs(self.end[self.axis] - self.start[self.axis]))

    @property
    def touched(self) -> tuple[Point, Point]:
        """The two points it measures between, smaller coordinate first."""
        low, high = sorted((self.start, self.end), key=lambda point: point[self.axis])
        return low, high

    @property
    def ends(self) -> tuple[Point, Point]:
        """The two ends of its line, smaller coordinate first."""
        low, high = sorted((self.start[self.axis], self.end[self.axis]))
        if self.axis == HORIZONTAL:
            return (low, self.line_at), (high, self.line_at)
        return (self.line_at, low), (self.line_at, high)


@dataclass(frozen=True)
class View:
    """One view: `scale` is the denominator at which its labels stand clear of one another."""

    title: str
    scale: int
    strokes: tuple[Stroke, ...]
    labels: tuple[Label, ...]
    dimensions: tuple[Dimension, ...]

    def extent(self) -> tuple[float, float, float, float]:
        """Return left, bottom, right and top of everything in it, text included, in mm of the real thing."""
        points = [point for stroke in self.strokes for point in stroke.points]
        points += [corner for label in self.labels for corner in self._corners(label)]
        for dimension in self.dimensions:
            around = 1.4 * FIGURE_MM * self.scale
            points += [
                (x + dx, y + dy) for x, y in dimension.ends for dx in (-around, around) for dy in (-around, around)
            ]
        xs, ys = zip(*points, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def middle(self) -> Point:
        """Return the middle of the extent."""
        left, bottom, right, top = self.extent()
        return (left + right) / 2, (bottom + top) / 2

    def _corners(self, label: Label) -> Iterator[Point]:
        width = width_mm(label) * self.scale
        height = label.size_mm * self.scale
        cosine, sine = math.cos(math.radians(label.angle)), math.sin(math.radians(label.angle))
        for along in (-label.anchor * width, (1 - label.anchor) * width):
            for up in (-0.35 * height, height):
                yield label.at[0] + along * cosine - up * sine, label.at[1] + along * sine + up * cosine


def weight(label: Label) -> str:
    """Return the weight of the letters of a label."""
    return paper_text.BOLD if label.bold else paper_text.REGULAR


def width_mm(label: Label) -> float:
    """Return the width of a label on paper."""
    return paper_text.width_mm(label.words, label.size_mm, weight(label))


def slope_text(run: geometry.Run, words: wording.Wording) -> str:
    """Return the slope of a run as ratio and percent."""
    ratio = words.number(run.going_mm / run.rise_mm, 1)
    return f"1:{ratio} ({words.number(100 * run.rise_mm / run.going_mm, 2)}%)"


def level_text(height_mm: float) -> str:
    """Return a height above the foot as a level on a drawing, in metres."""
    return f"±{0:.3f}" if round(height_mm) == 0 else f"{height_mm / 1000:+.3f}"


def middle(points: Iterable[Sequence[float]]) -> Point:
    """Return the mean of some points in plan."""
    xs, ys = zip(*((point[0], point[1]) for point in points), strict=True)
    return sum(xs) / len(xs), sum(ys) / len(ys)
