"""Draw the sign of a site on paper, distinct by shape and glyph as well as by colour."""

from __future__ import annotations

from layers import errors, paper_text, svg, symbols

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
