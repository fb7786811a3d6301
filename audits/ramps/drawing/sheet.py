"""Arrange the views of a ramp on a sheet at the largest scale at which they stand clear, and draw them in true size."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from audits import errors, wording
from audits.ramps import geometry, quantities, requirements
from audits.ramps.drawing import callouts, details, elevation, north, plan_view, section, views
from layers import paper_text, svg

WIDTH_MM, HEIGHT_MM = 400.0, 236.0
"""The part of an A3 sheet that holds the views."""

SCALES = (50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2000)
KERB_SCALES = (20, 25, *SCALES)
# Scales of the sections, each with the sheets that it may take beyond those of plan and elevation.
SECTION_SCALES = ((20, 1), (25, 1), (25, 2), (50, 2), (50, 4), (100, 8))
_INSIDE_MM, _GAP_MM, TITLE_ROOM_MM = 4.0, 9.0, 8.0
_SMALLEST_OF_ONE, _MOST_SHEETS = 100, 4
_HALO_MM = 0.35
_FULL_ENOUGH = 0.4


@dataclass(frozen=True)
class Surroundings:
    """What lies about a ramp.

    Parameters
    ----------
    key_plan
        View of the streets about the site; None where its position is not known.
    standing_mm
        Length and width of the ramp that stands there and is to be demolished.
    bearing_deg
        Compass bearing from the front of the space to its far side; None where nobody measured it.
    """

    key_plan: views.View | None = None
    standing_mm: tuple[float, float] | None = None
    bearing_deg: float | None = None


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


Sheet = tuple[Placed, ...]


def scales(design: geometry.Design) -> tuple[int, ...]:
    """Return the scales at which a design may be drawn, largest first; a kerb ramp and a bevel are small things."""
    small = isinstance(design.space, geometry.KerbSpace) or design.family == geometry.BEVEL
    return KERB_SCALES if small else SCALES


def arrange(
    design: geometry.Design,
    made: requirements.Construction,
    works: quantities.Works,
    words: wording.Wording,
    around: Surroundings | None = None,
) -> tuple[Sheet, ...]:
    """Arrange the views of a design on sheets: plan and elevation first, then sections and details.

    Plan and elevation fit on one sheet at 1:50 or the next smaller scale, down to 1:100; what is larger goes on over
    several sheets. A kerb ramp and a bevel may be drawn larger. Sections and details fill the room that is left.

    Raises
    ------
    errors.JaideeError
        If the ramp is too large for any scale.
    """
    around = around or Surroundings()

    def plan(scale: int) -> list[views.View]:
        widest = WIDTH_MM - 2 * _INSIDE_MM
        rows = elevation.view_rows(design, made, works, words, scale, widest)
        key = [around.key_plan] if around.key_plan else []
        return [plan_view.view(design, words, scale, around.standing_mm), *rows, *key]

    def marked(scale: int) -> list[views.View]:
        shown, *others = plan(scale)
        shown = callouts.added(shown, details.places(design, made, works, words))
        shown = north.added(shown, around.bearing_deg, words, WIDTH_MM - 2 * _INSIDE_MM)
        return [plan_view.hatched(shown), *others]

    first, tried = None, scales(design)
    for most, smallest in ((1, _SMALLEST_OF_ONE), (_MOST_SHEETS, tried[-1])):
        # Marks seldom need a smaller scale, and take longer to place than to see that a plan is too large without.
        bare = _scale(plan, tried, most, smallest)
        first = bare and _scale(marked, [each for each in tried if each >= bare], most, smallest)
        if first:
            break
    if first is None:
        raise errors.JaideeError(
            f"a ramp of {design.length_mm} × {design.width_mm} mm fits no scale down to 1:{SCALES[-1]}"
        )
    return _with_sections(design, made, works, words, marked(first))


def _with_sections(
    design: geometry.Design,
    made: requirements.Construction,
    works: quantities.Works,
    words: wording.Wording,
    drawn: list[views.View],
) -> tuple[Sheet, ...]:
    """Return the views with sections and details, at the largest scale of sections that needs few sheets more."""
    made_once = details.all_views(design, made, works, words)
    # High views first leave fewer gaps.
    higher = sorted(made_once, key=lambda view: -Placed(view, 0, 0).size_mm[1])
    few = len(_on_sheets(drawn) or ())
    for scale, more in SECTION_SCALES:
        cut = section.all_views(design, made, works, words, scale)
        all_higher = sorted([*cut, *made_once], key=lambda view: -Placed(view, 0, 0).size_mm[1])
        # which order leaves the fewest gaps depends on the sizes, so several are tried
        tried = ([*cut, *made_once], [*higher, *cut], [*cut[::-1], *higher], all_higher)
        in_order = [*drawn, *cut, *made_once]
        possible = [sheets for order in tried for sheets in _broken(drawn, order, in_order)]
        fewest = min(possible, key=functools.partial(_fullest_first, cut=cut), default=None)
        if fewest is not None and len(fewest) <= few + more:
            return _renumbered(fewest, made_once, words)
    raise errors.JaideeError(f"sections of a ramp that rises {design.rise_mm} mm fit no scale")


def _fullest_first(sheets: Sequence[Sheet], cut: Sequence[views.View]) -> tuple[int, float, int]:
    """Order fewer sheets first, then those of which none is left half empty, then sections in their order."""
    met = [cut.index(each.view) for one in sheets for each in one if each.view in cut]
    return (
        len(sheets),
        # rounded and cut off: a little more on a sheet must not outweigh sections in their order
        -min(_FULL_ENOUGH, *(round(filled(each), 1) for each in sheets)),
        sum(a > b for a, b in itertools.pairwise(met)),
    )


def filled(placed: Sheet) -> float:
    """Return the share of a sheet that its views take with their titles."""
    sizes = (each.size_mm for each in placed)
    return sum(width * (height + TITLE_ROOM_MM) for width, height in sizes) / (WIDTH_MM * HEIGHT_MM)


def _broken(
    drawn: Sequence[views.View], order: Sequence[views.View], in_order: Sequence[views.View]
) -> Iterator[tuple[Sheet, ...]]:
    """Yield views on sheets, filled one after the other, then with a new sheet before any of those in order."""
    for first in (len(order), *range(len(order))):
        sheets, more = _on_sheets([*drawn, *order[:first]], in_order), _on_sheets(order[first:], in_order)
        if sheets is not None and more is not None:
            yield sheets + more


def _renumbered(sheets: Sequence[Sheet], detailed: Sequence[views.View], words: wording.Wording) -> tuple[Sheet, ...]:
    """Number the details as they are met on the sheets, row by row, and call them out so on the plan."""
    met = [each.view for one in sheets for each in one if each.view in detailed]
    called = {str(detailed.index(view) + 1): str(number) for number, view in enumerate(met, start=1)}

    def numbered(placed: Placed) -> Placed:
        view = placed.view
        if view in detailed:
            view = details.renumbered(view, met.index(view) + 1, words)
        return dataclasses.replace(placed, view=callouts.renumbered(view, called))

    return tuple(tuple(map(numbered, one)) for one in sheets)


def _scale(drawn: Callable[[int], list[views.View]], tried: Sequence[int], most: int, smallest: int) -> int | None:
    """Return the largest scale at which views fit on so many sheets, None when none does."""
    for scale in tried:
        sheets = _on_sheets(drawn(scale)) if scale <= smallest else None
        if sheets is not None and len(sheets) <= most:
            return scale
    return None


@dataclass
class _Shelf:
    """One row of views on a sheet: how high it is, and how much of its length is taken."""

    top: float
    height: float
    taken: float
    views: list[views.View]


def _on_sheets(wanted: Sequence[views.View], in_order: Sequence[views.View] = ()) -> tuple[Sheet, ...] | None:
    """Return the views on as few sheets as they need, each in the first row with room; None when one is too large.

    Within a row they stand in the given order, else in that in which they came.
    """
    # by identity: as a key, a view would be hashed with every stroke in it
    rank = {id(view): place for place, view in enumerate(in_order or wanted)}
    sheets: list[list[_Shelf]] = []
    for view in wanted:
        width, height = _width_mm(view), Placed(view, 0, 0).size_mm[1] + TITLE_ROOM_MM
        if width > WIDTH_MM - 2 * _INSIDE_MM or height > HEIGHT_MM - _INSIDE_MM:
            return None
        shelf = _shelf_for(width, height, sheets)
        shelf.views.append(view)
        shelf.taken += width + _GAP_MM
    for shelf in itertools.chain.from_iterable(sheets):
        shelf.views.sort(key=lambda view: rank[id(view)])
    return tuple(_aligned(shelves) for shelves in sheets)


def _shelf_for(width: float, height: float, sheets: list[list[_Shelf]]) -> _Shelf:
    """Return a row with room for a view, a new one on a sheet with room for it, or the first of a new sheet."""
    for shelves in sheets:
        for shelf in shelves:
            if height <= shelf.height and shelf.taken + width <= WIDTH_MM - _INSIDE_MM:
                return shelf
        last = shelves[-1]
        top = last.top + last.height + _GAP_MM
        if top + height <= HEIGHT_MM:
            shelves.append(_Shelf(top, height, _INSIDE_MM, []))
            return shelves[-1]
    sheets.append([_Shelf(_INSIDE_MM, height, _INSIDE_MM, [])])
    return sheets[-1][0]


def _width_mm(view: views.View) -> float:
    return max(Placed(view, 0, 0).size_mm[0], _title_mm(view))


def _title_mm(view: views.View) -> float:
    # The scale, written in every language much alike, is added to the title when it is drawn.
    return paper_text.width_mm(f"{view.title} · Scale 1:{view.scale}", views.TITLE_MM, paper_text.BOLD)


def _aligned(shelves: list[_Shelf]) -> Sheet:
    """Return views of one row standing on one line; what is left of the sheet is shared out between them."""
    spare = HEIGHT_MM - shelves[-1].top - shelves[-1].height
    between = max(0.0, spare) / (len(shelves) + 1)
    found = []
    for number, shelf in enumerate(shelves, start=1):
        beside = max(0.0, WIDTH_MM - _INSIDE_MM - shelf.taken + _GAP_MM) / (len(shelf.views) + 1)
        left = _INSIDE_MM + beside
        for view in shelf.views:
            top = shelf.top + number * between + shelf.height - TITLE_ROOM_MM - Placed(view, 0, 0).size_mm[1]
            found.append(Placed(view, left, top))
            left += _width_mm(view) + _GAP_MM + beside
    return tuple(found)


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
    parts += [_dimension(each, at, view.scale) for each in view.dimensions]
    for label in (*view.figures, *view.labels):
        style = paper_text.Style(label.size_mm, views.weight(label), views.LAYERS[label.layer].ink, halo_mm=_HALO_MM)
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


def _dimension(dimension: views.Dimension, at: _OnPaper, scale: int) -> str:
    layer = views.LAYERS["dimension"]
    lines = "".join(svg.line(map(at, pair)) for pair in dimension.lines(scale))
    return svg.path(lines, fill="none", stroke=layer.ink, stroke_width=layer.line_mm)
