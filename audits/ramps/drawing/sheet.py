"""Arrange the views of a ramp on a sheet at the largest scale at which they stand clear, and draw them in true size."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from audits import errors, wording
from audits.ramps import geometry, quantities, requirements
from audits.ramps.drawing import elevation, plan_view, section, views
from layers import paper_text, svg

WIDTH_MM, HEIGHT_MM = 400.0, 236.0
"""The part of an A3 sheet that holds the views."""

SCALES = (50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2000)
KERB_SCALES = (20, 25, *SCALES)
SECTION_SCALES = (20, 25, 50)
_INSIDE_MM, _GAP_MM, TITLE_ROOM_MM = 3.0, 9.0, 8.0
_TICK_MM, _OVERSHOOT_MM, _CLEAR_MM = 0.9, 1.2, 1.0
_HALO_MM = 0.35


@dataclass(frozen=True)
class Placed:
    """A view on the sheet, its upper left corner in mm from that of the sheet; its title stands beneath."""

    view: views.View
    left_mm: float
    top_mm: float

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height without the title."""
        left, bottom, right, top = self.view.extent()
        return (right - left) / self.view.scale, (top - bottom) / self.view.scale

    def on_paper(self, point: views.Point) -> views.Point:
        """Return the place of a point of the view on the sheet, mm, y downwards."""
        left, _, _, top = self.view.extent()
        scale = self.view.scale
        return self.left_mm + (point[0] - left) / scale, self.top_mm + (top - point[1]) / scale


def arrange(
    design: geometry.Design, made: requirements.Construction, works: quantities.Works, words: wording.Wording
) -> tuple[Placed, ...]:
    """Arrange the views of a design on the sheet, at 1:50 or the next smaller scale at which they fit.

    A kerb ramp may be drawn larger, and so may the section.

    Raises
    ------
    errors.JaideeError
        If the ramp is too large for any scale.
    """
    small = isinstance(design.space, geometry.KerbSpace) or design.family == geometry.BEVEL
    for scale in KERB_SCALES if small else SCALES:
        for wanted in _sets_of_views(design, made, works, words, scale):
            placed = _on_shelves(wanted)
            if placed is not None:
                return placed
    raise errors.JaideeError(
        f"a ramp of {design.length_mm} × {design.width_mm} mm fits no scale down to 1:{SCALES[-1]}"
    )


def _sets_of_views(
    design: geometry.Design,
    made: requirements.Construction,
    works: quantities.Works,
    words: wording.Wording,
    scale: int,
) -> Iterator[list[views.View]]:
    plan = plan_view.view(design, words, scale)
    rows = elevation.view_rows(design, made, words, scale, WIDTH_MM - 2 * _INSIDE_MM)
    if isinstance(design.space, geometry.KerbSpace) or not design.landings:
        yield [plan, *rows]
        return
    # The section is small and dense: as large as the sheet allows.
    for section_scale in SECTION_SCALES:
        yield [plan, section.view(design, made, works, words, section_scale), *rows]


def _on_shelves(wanted: Sequence[views.View]) -> tuple[Placed, ...] | None:
    """Return the views side by side in rows, in their order; None when they do not fit."""
    placed: list[Placed] = []
    left, top, shelf = _INSIDE_MM, _INSIDE_MM, 0.0
    for view in wanted:
        width, height = Placed(view, 0, 0).size_mm
        if left > _INSIDE_MM and left + width > WIDTH_MM - _INSIDE_MM:
            left, top, shelf = _INSIDE_MM, top + shelf + _GAP_MM, 0.0
        placed.append(Placed(view, left, top))
        left, shelf = left + width + _GAP_MM, max(shelf, height + TITLE_ROOM_MM)
        if left - _GAP_MM > WIDTH_MM - _INSIDE_MM or top + shelf > HEIGHT_MM:
            return None
    return _aligned(placed)


def _aligned(placed: list[Placed]) -> tuple[Placed, ...]:
    """Return views of one row standing on one line, and what is left of the height shared out between the rows."""
    tops = sorted({each.top_mm for each in placed})
    heights = {top: max(each.size_mm[1] for each in placed if each.top_mm == top) for top in tops}
    spare = HEIGHT_MM - tops[-1] - heights[tops[-1]] - TITLE_ROOM_MM
    between = min(spare / max(1, len(tops)), 2 * _GAP_MM)
    return tuple(
        Placed(
            each.view,
            each.left_mm,
            each.top_mm + tops.index(each.top_mm) * between + heights[each.top_mm] - each.size_mm[1],
        )
        for each in placed
    )


def title(view: views.View, words: wording.Wording) -> str:
    """Return the title of a view with its scale."""
    return f"{view.title} · {words.text('Scale 1:{scale}', scale=view.scale)}"


def drawing(
    placed: Sequence[Placed], words: wording.Wording, width_mm: float = WIDTH_MM, height_mm: float = HEIGHT_MM
) -> str:
    """Return views as an SVG of true size, all words as outlines."""
    shapes = svg.Definitions()
    drawn = "".join(_drawn(each, shapes, words) for each in placed)
    return shapes.document(width_mm, height_mm, drawn, unit="mm")


def _drawn(placed: Placed, shapes: svg.Definitions, words: wording.Wording) -> str:
    view, at = placed.view, placed.on_paper
    parts = [_stroke(stroke, at) for stroke in view.strokes]
    parts += [_dimension(each, at, view.scale, shapes) for each in view.dimensions]
    for label in view.labels:
        style = paper_text.Style(label.size_mm, views.weight(label), halo_mm=_HALO_MM)
        parts.append(
            paper_text.text(shapes, label.words, *at(label.at), style, anchor=label.anchor, angle=-label.angle)
        )
    under = placed.top_mm + placed.size_mm[1] + TITLE_ROOM_MM - 2
    style = paper_text.Style(views.TITLE_MM, paper_text.BOLD)
    parts.append(paper_text.text(shapes, title(view, words), placed.left_mm, under, style))
    return "".join(parts)


_OnPaper = Callable[[views.Point], views.Point]


def _stroke(stroke: views.Stroke, at: _OnPaper) -> str:
    layer = views.LAYERS[stroke.layer]
    line = svg.line(map(at, stroke.points), closed=stroke.closed)
    fill = (layer.fill if stroke.closed else "") or "none"
    dashes = {"stroke_dasharray": " ".join(f"{each:g}" for each in layer.dashes)} if layer.dashes else {}
    return svg.path(line, fill=fill, stroke=layer.ink, stroke_width=layer.line_mm, stroke_linejoin="round", **dashes)


def _dimension(dimension: views.Dimension, at: _OnPaper, scale: int, shapes: svg.Definitions) -> str:
    layer = views.LAYERS["dimension"]
    low, high = (at(end) for end in dimension.ends)
    lines = [(low, high)]
    for touched, end in zip(dimension.touched, (low, high), strict=True):
        lines += _extension(at(touched), end)
        tick = (end[0] - _TICK_MM, end[1] + _TICK_MM), (end[0] + _TICK_MM, end[1] - _TICK_MM)
        lines.append(tick)
    drawn = svg.path("".join(map(svg.line, lines)), fill="none", stroke=layer.ink, stroke_width=layer.line_mm)
    figure = str(dimension.value_mm)
    style = paper_text.Style(views.FIGURE_MM, colour=layer.ink, halo_mm=_HALO_MM)
    # A figure wider than its dimension goes to the other side of the line, clear of its neighbour.
    wide = paper_text.width_mm(figure, views.FIGURE_MM) > dimension.value_mm / scale - 0.4
    lift = 0.7 + (views.FIGURE_MM if wide else 0.0)
    x, y = (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
    if dimension.axis == views.HORIZONTAL:
        return drawn + paper_text.text(shapes, figure, x, y - lift, style, anchor=0.5)
    return drawn + paper_text.text(shapes, figure, x - lift, y, style, anchor=0.5, angle=-90)


def _extension(start: views.Point, end: views.Point) -> list[tuple[views.Point, views.Point]]:
    """Return the line from near the thing to just beyond the dimension line, none where they touch."""
    length = math.dist(start, end)
    if length <= _CLEAR_MM:
        return []
    ahead = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    begin = start[0] + _CLEAR_MM * ahead[0], start[1] + _CLEAR_MM * ahead[1]
    beyond = end[0] + _OVERSHOOT_MM * ahead[0], end[1] + _OVERSHOOT_MM * ahead[1]
    return [(begin, beyond)]
