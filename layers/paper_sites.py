"""Place the signs and codes of sites on a paper map, and the line of a day's route."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from layers import errors, paper_labels, paper_sheet, paper_text, svg, symbols, utm

LARGEST_MM, SMALLEST_MM = 2.2, 1.3
# So few sites find room even where they crowd, and keep signs that are easily read.
_FEW, _SMALLEST_OF_FEW_MM = 12, 2.0
_OWN_MM, _OWN_RING_MM, _OWN_CLEAR_MM = 3.0, 5.1, 6.2
_GAP_MM = 0.4
_COLUMNS = ("code", "colour", "shape", "glyph", "hollow")
_CODE = paper_text.Style(2.1, halo_mm=0.35)
_OWN_CODE = paper_text.Style(2.9, paper_text.BOLD, halo_mm=0.45)
_TURN = paper_text.Style(2.1, paper_text.BOLD, "#ffffff")
_BADGE_MM = 3.0
_ROUTE = "#00468b"
_LEADER = {"fill": "none", "stroke": "#1a1a1a", "stroke_width": ".18"}

# Corners and strokes in units of the sign's radius; the shapes are those of the web map.
_CORNERS = {
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "triangle": ((0.0, -1.15), (1.2, 0.95), (-1.2, 0.95)),
    "diamond": ((0.0, -1.1), (1.1, 0.0), (0.0, 1.1), (-1.1, 0.0)),
    "hexagon": ((-0.55, -0.95), (0.55, -0.95), (1.1, 0.0), (0.55, 0.95), (-0.55, 0.95), (-1.1, 0.0)),
}
SHAPES = ("circle", *_CORNERS)
_STROKES = {
    "✓": "M-.5 .02-.15 .42 .5-.4",
    "✕": "M-.4-.4 .4 .4M.4-.4-.4 .4",
    "±": "M-.42-.14H.42M0-.54V.26M-.42 .52H.42",
    "–": "M-.45 0H.45",
}
_MIDDLE_OF_TRIANGLE = 0.3

REACH = 1.25
"""How far a sign with its halo reaches from its place, in units of its radius."""


@dataclass(frozen=True)
class Mark:
    """One site with its sign and its place on paper, mm."""

    code: str
    symbol: symbols.Symbol
    hollow: bool
    x: float
    y: float


@dataclass(frozen=True)
class Standing:
    """Place of a sign on paper, mm: that of its site unless it had to give way."""

    mark: Mark
    x: float
    y: float


def check(sites: gpd.GeoDataFrame) -> None:
    """Refuse sites that cannot be drawn.

    Raises
    ------
    errors.LayerError
        If a column is missing or the CRS is not EPSG:4326.
    """
    missing = [name for name in _COLUMNS if name not in sites]
    if missing:
        raise errors.LayerError(f"sites of the paper map: missing columns {', '.join(missing)}")
    if str(sites.crs) != utm.DEGREES:
        raise errors.LayerError(f"sites of the paper map: their CRS is {sites.crs}, and it must be {utm.DEGREES}")


def marks(sites: gpd.GeoDataFrame, sheet: paper_sheet.Sheet) -> tuple[Mark, ...]:
    """Return the sites that lie within the frame of a sheet, in their order."""
    placed = paper_sheet.known(sites)
    points = sheet.on_paper(utm.projected(shapely.get_coordinates(sites.geometry.to_numpy()[placed]), sheet.crs))
    left, top, right, bottom = sheet.frame
    inside = (points >= (left, top)).all(axis=1) & (points <= (right, bottom)).all(axis=1)
    columns = [sites[name].to_numpy()[placed][inside] for name in _COLUMNS]
    return tuple(
        Mark(str(code), symbols.Symbol(colour, shape, glyph), bool(hollow), float(x), float(y))
        for code, colour, shape, glyph, hollow, (x, y) in zip(*columns, points[inside], strict=True)
    )


def own(shapes: svg.Definitions, room: paper_labels.Room, mark: Mark) -> str:
    """Return the sign of the site that the map is about, in a ring, with its code if it has one.

    Raises
    ------
    errors.LayerError
        If the shape of its symbol is not one of :data:`SHAPES`.
    """
    room.take((mark.x - _OWN_CLEAR_MM, mark.y - _OWN_CLEAR_MM, mark.x + _OWN_CLEAR_MM, mark.y + _OWN_CLEAR_MM))
    ring = {"cx": mark.x, "cy": mark.y, "r": _OWN_RING_MM, "fill": "none"}
    drawn = svg.element("circle", **ring, stroke="#ffffff", stroke_width="1.2")
    drawn += svg.element("circle", **ring, stroke="#1a1a1a", stroke_width=".5")
    drawn += sign(shapes, mark.symbol, mark.hollow, mark.x, mark.y, _OWN_MM)
    if mark.code:
        size = paper_text.block_mm((mark.code,), _OWN_CODE)
        box = room.beside(mark.x, mark.y, _OWN_CLEAR_MM, *size)
        drawn += paper_text.block(shapes, (mark.code,), box[:2], _OWN_CODE) if box else ""
    return drawn


def stand(room: paper_labels.Room, drawn: Sequence[Mark], radius_mm: float) -> tuple[Standing, ...]:
    """Return the place of each sign: its own, or a little beside it where it would cover another."""
    reach = radius_mm * REACH
    boxes = [room.shifted(mark.x, mark.y, reach) for mark in drawn]
    return tuple(
        Standing(mark, (left + right) / 2, (top + bottom) / 2)
        for mark, (left, top, right, bottom) in zip(drawn, boxes, strict=True)
    )


def signs(shapes: svg.Definitions, standing: Sequence[Standing], radius_mm: float) -> str:
    """Return the signs, and for each that had to give way a line from it to a dot at its true place.

    Raises
    ------
    errors.LayerError
        If the shape of a symbol is not one of :data:`SHAPES`.
    """
    shifted = [one for one in standing if (one.x, one.y) != (one.mark.x, one.mark.y)]
    leaders = [
        _leader(((one.mark.x, one.mark.y), (one.x, one.y)))
        + svg.element("circle", cx=one.mark.x, cy=one.mark.y, r=".45", fill="#1a1a1a")
        for one in shifted
    ]
    bodies = [sign(shapes, one.mark.symbol, one.mark.hollow, one.x, one.y, radius_mm) for one in standing]
    return "".join((*leaders, *bodies))


@dataclass(frozen=True)
class Code:
    """Place of a site's code on paper: its box, and the line from the sign to it, if any."""

    code: str
    box: paper_labels.Box
    leader: tuple[tuple[float, float], tuple[float, float]] | None


def place_codes(
    room: paper_labels.Room, standing: Sequence[Standing], radius_mm: float, turns: Mapping[str, int]
) -> tuple[Code, ...]:
    """Take room for the codes beside the signs, or some way off with a line; a code without room is left out.

    Parameters
    ----------
    room
        The map so far.
    standing, radius_mm
        The signs.
    turns
        Number of a site in the day's route, by code, which stands before the code.
    """
    clear = radius_mm * REACH + _GAP_MM
    found = []
    for one in standing:
        size = _label_mm(one.mark.code, turns.get(one.mark.code))
        box = room.beside(one.x, one.y, clear, *size)
        spot = None if box else room.away(one.x, one.y, clear, *size)
        if box:
            found.append(Code(one.mark.code, box, None))
        elif spot:
            found.append(Code(one.mark.code, spot.box, spot.leader))
    return tuple(found)


def codes(shapes: svg.Definitions, placed: Sequence[Code], turns: Mapping[str, int]) -> str:
    """Return the codes, each with its turn in the route if it has one."""
    leaders = [_leader(one.leader) for one in placed if one.leader]
    return "".join((*leaders, *(_label(shapes, one.code, turns.get(one.code), one.box) for one in placed)))


def radius_mm(drawn: Sequence[Mark]) -> float:
    """Return a radius at which four of five signs keep clear of their nearest neighbour, within what can be read."""
    if len(drawn) < 2:
        return LARGEST_MM
    places = np.array([(mark.x, mark.y) for mark in drawn])
    apart = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    # A fifth may touch: a few pairs at one place would otherwise make every sign unreadable.
    close = float(np.quantile(apart.min(axis=1), 0.2))
    smallest = _SMALLEST_OF_FEW_MM if len(drawn) <= _FEW else SMALLEST_MM
    return round(min(max(close / 2 / REACH, smallest), LARGEST_MM), 2)


def legs(stops: Sequence[Mark]) -> npt.NDArray[np.object_]:
    """Return the legs of a route on paper, straight from site to site."""
    lines = [shapely.LineString([(begin.x, begin.y), (end.x, end.y)]) for begin, end in itertools.pairwise(stops)]
    return np.array(lines, dtype=object)


def route_line(stops: Sequence[Mark], radius_mm: float) -> str:
    """Return the legs of a route, straight from site to site, with an arrow on each that is long enough."""
    paths, arrows = [], []
    for begin, end in itertools.pairwise(stops):
        paths.append(svg.line(((begin.x, begin.y), (end.x, end.y))))
        east, south = end.x - begin.x, end.y - begin.y
        # On a shorter leg the arrow would lie under the signs at its ends.
        if math.hypot(east, south) > 2 * radius_mm + 4:
            middle = f"{svg.number((begin.x + end.x) / 2)} {svg.number((begin.y + end.y) / 2)}"
            turned = f"translate({middle}) rotate({math.degrees(math.atan2(south, east)):.1f})"
            arrows.append(svg.path("M1.5 0L-1-1.1L-1 1.1Z", transform=turned))
    if not paths:
        return ""
    line = "".join(paths)
    halo = svg.path(line, fill="none", stroke="#ffffff", stroke_width="1.3")
    dashes = svg.path(line, fill="none", stroke=_ROUTE, stroke_width=".5", stroke_dasharray="2 1")
    return halo + dashes + svg.element("g", "".join(arrows), fill=_ROUTE)


def _label(shapes: svg.Definitions, code: str, turn: int | None, box: paper_labels.Box) -> str:
    badge, middle = _badge_mm(turn), (box[1] + box[3]) / 2
    _, height = paper_text.block_mm((code,), _CODE)
    words = paper_text.block(shapes, (code,), (box[0] + badge, middle - height / 2), _CODE)
    if turn is None:
        return words
    width, radius = badge - 0.3, _BADGE_MM / 2
    top = middle - radius
    plate = svg.element("rect", x=box[0], y=top, width=width, height=_BADGE_MM, rx=radius, fill=_ROUTE)
    number = paper_text.text(shapes, str(turn), box[0] + width / 2, middle + 0.75, _TURN, anchor=0.5)
    return plate + number + words


def _label_mm(code: str, turn: int | None) -> tuple[float, float]:
    width, height = paper_text.block_mm((code,), _CODE)
    return width + _badge_mm(turn), height if turn is None else max(height, _BADGE_MM)


def _badge_mm(turn: int | None) -> float:
    """Return the width of the plate behind a turn, with the gap after it."""
    if turn is None:
        return 0.0
    return max(_BADGE_MM, paper_text.width_mm(str(turn), _TURN.size_mm, _TURN.weight) + 1.4) + 0.3


def _leader(ends: tuple[tuple[float, float], tuple[float, float]]) -> str:
    return svg.path(svg.line(ends), **_LEADER)


def sign(shapes: svg.Definitions, symbol: symbols.Symbol, hollow: bool, x: float, y: float, radius_mm: float) -> str:
    """Return the sign of a site with its middle at a point, mm from the upper left corner.

    Parameters
    ----------
    shapes
        Keeps the sign, written once for all sites that bear it.
    symbol, hollow
        Colour, shape and glyph; hollow and dashed where the position is not confirmed.
    x, y, radius_mm
        Middle and radius without the halo.

    Raises
    ------
    errors.LayerError
        If the shape is not one of :data:`SHAPES`.
    """
    # The glyph is named by its code points: an identifier holds no signs.
    named = "-".join(f"{ord(letter):x}" for letter in symbol.glyph)
    identifier = f"sign-{symbol.shape}-{symbol.colour[1:]}-{named}{'-hollow' if hollow else ''}"
    markup = svg.element("g", _drawn(shapes, symbol, hollow), id=identifier)
    place = f"translate({svg.number(x)} {svg.number(y)}) scale({radius_mm:g})"
    return svg.element("use", href=shapes.refer(identifier, markup), transform=place)


def _drawn(shapes: svg.Definitions, symbol: symbols.Symbol, hollow: bool) -> str:
    outline = _outline(symbol.shape)
    fill, ink = ("#ffffff", symbol.colour) if hollow else (symbol.colour, "#ffffff")
    edge = {"stroke_width": ".16", "stroke_dasharray": ".4 .16"} if hollow else {"stroke_width": ".1"}
    halo = svg.path(outline, fill="#ffffff", stroke="#ffffff", stroke_width=".5", stroke_linejoin="round")
    body = svg.path(outline, fill=fill, stroke=symbol.colour, **edge)
    return halo + body + _glyph(shapes, symbol, ink)


def _outline(shape: str) -> str:
    if shape not in SHAPES:
        raise errors.LayerError(f"sign of the paper map: shape {shape!r} is not one of {', '.join(SHAPES)}")
    if shape == "circle":
        return "M-1 0A1 1 0 0 1 1 0A1 1 0 0 1-1 0Z"
    return svg.line(_CORNERS[shape], closed=True)


def _glyph(shapes: svg.Definitions, symbol: symbols.Symbol, ink: str) -> str:
    down = _MIDDLE_OF_TRIANGLE if symbol.shape == "triangle" else 0.0
    if symbol.glyph in _STROKES:
        moved = {"transform": f"translate(0 {down})"} if down else {}
        return svg.path(_STROKES[symbol.glyph], fill="none", stroke=ink, stroke_width=".26", **moved)
    size = 1.5 if len(symbol.glyph) == 1 else 1.05
    style = paper_text.Style(size, paper_text.BOLD, ink)
    return paper_text.text(shapes, symbol.glyph, 0, down + 0.355 * size, style, anchor=0.5)
