"""Describe one view of a ramp as strokes, labels and dimensions, whichever format it is drawn in."""

from __future__ import annotations

import functools
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
TICK_MM, OVERSHOOT_MM, CLEAR_MM = 0.9, 1.2, 1.0


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
    """Text at a point, `size_mm` high on paper; `anchor` 0 begins, 0.5 centres, 1 ends there; `angle` upwards.

    `layer` gives its colour; `shorter` is what stands instead where there is no room for all the words.
    """

    words: str
    at: Point
    size_mm: float = TEXT_MM
    anchor: float = 0.5
    angle: float = 0.0
    bold: bool = False
    layer: str = "text"
    shorter: str = ""

    def box_mm(self, scale: float) -> tuple[float, float, float, float]:
        """Return left, bottom, right and top of its ink on paper, mm, for a view of a scale."""
        run = paper_text.shaped(self.words, weight(self))
        x, y, size = self.at[0] / scale, self.at[1] / scale, self.size_mm
        start, end = (share * run.width * size for share in (-self.anchor, 1 - self.anchor))
        low, high = run.bottom * size, run.top * size
        # texts stand level or upright, at no other angle
        if self.angle:
            return x - high, y + start, x - low, y + end
        return x + start, y + low, x + end, y + high


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

    def lines(self, scale: float) -> Iterator[tuple[Point, Point]]:
        """Yield its line, its extension lines and its ticks at a scale, mm of the real thing."""
        low, high = self.ends
        tick = TICK_MM * scale
        yield low, high
        for touched, (x, y) in zip(self.touched, (low, high), strict=True):
            yield from _extension(touched, (x, y), scale)
            yield (x - tick, y - tick), (x + tick, y + tick)


def _extension(start: Point, end: Point, scale: float) -> Iterator[tuple[Point, Point]]:
    """Yield the line from near the thing to just beyond the dimension line, none where they touch."""
    length = math.dist(start, end)
    if length > CLEAR_MM * scale:
        ahead = (end[0] - start[0]) / length, (end[1] - start[1]) / length
        clear, over = CLEAR_MM * scale, OVERSHOOT_MM * scale
        yield (
            (start[0] + clear * ahead[0], start[1] + clear * ahead[1]),
            (end[0] + over * ahead[0], end[1] + over * ahead[1]),
        )


@dataclass(frozen=True)
class View:
    """One view: `scale` is the denominator at which its labels stand clear of one another.

    `figures` are the values of its dimensions, each where it stands clear of everything else.
    """

    title: str
    scale: int
    strokes: tuple[Stroke, ...]
    labels: tuple[Label, ...]
    dimensions: tuple[Dimension, ...]
    figures: tuple[Label, ...] = ()

    def extent(self) -> tuple[float, float, float, float]:
        """Return left, bottom, right and top of everything in it, text included, in mm of the real thing."""
        return self._extent

    # asked for again and again while sheets are arranged
    @functools.cached_property
    def _extent(self) -> tuple[float, float, float, float]:
        points = [point for stroke in self.strokes for point in stroke.points]
        for label in (*self.labels, *self.figures):
            left, bottom, right, top = (self.scale * each for each in label.box_mm(self.scale))
            points += [(left, bottom), (right, top)]
        # extension lines and ticks reach beyond the ends of a dimension
        over = OVERSHOOT_MM * self.scale
        for dimension in self.dimensions:
            points += [(x + by, y + by) for x, y in dimension.ends for by in (-over, over)]
        xs, ys = zip(*points, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def middle(self) -> Point:
        """Return the middle of the extent."""
        left, bottom, right, top = self.extent()
        return (left + right) / 2, (bottom + top) / 2


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
    # drawings write the level that all others refer to as ±0.000
    return f"±{0:.3f}" if round(height_mm) == 0 else f"{height_mm / 1000:+.3f}"


def middle(points: Iterable[Sequence[float]]) -> Point:
    """Return the mean of some points in plan."""
    xs, ys = zip(*((point[0], point[1]) for point in points), strict=True)
    return sum(xs) / len(xs), sum(ys) / len(ys)
