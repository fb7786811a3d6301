"""Shape text and set it as outlines, so that every program draws Thai marks where they belong."""

from __future__ import annotations

import functools
import hashlib
import math
import re
from dataclasses import dataclass
from importlib import resources
from typing import Any

import uharfbuzz

from layers import svg

REGULAR, BOLD = "Regular", "Bold"
_INK, _HALO = "#1a1a1a", "#ffffff"
# From line to line, in em; and the room round a block.
_LINE, _HAIR_MM = 1.25, 0.15
# Degrees at which text may run down; steeper text runs up.
_STEEPEST_DOWN = 85.0


@dataclass(frozen=True)
class Run:
    """One line of text, shaped; lengths in em, `top` and `bottom` from the baseline upwards.

    Parameters
    ----------
    glyphs
        Glyph number, then where it stands: along the line and above it, in thousandths of an em.
    width
        Advance of the whole line.
    top, bottom
        Edges of the ink.
    """

    glyphs: tuple[tuple[int, int, int], ...]
    width: float
    top: float
    bottom: float


# The same names and codes stand on hundreds of maps of one book.
@functools.lru_cache(maxsize=4096)
def shaped(words: str, weight: str = REGULAR) -> Run:
    """Return a line of text shaped by HarfBuzz with Sarabun; white space of any kind becomes one space."""
    font = _font(weight)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(re.sub(r"\s+", " ", words).strip())
    # script and direction follow from the letters: a name may be Thai or Latin
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    along, glyphs, tops, bottoms = 0, [], [0], [0]
    for info, position in zip(buffer.glyph_infos or (), buffer.glyph_positions or (), strict=True):
        x, y = along + position.x_offset, position.y_offset
        extents = font.get_glyph_extents(info.codepoint)
        # A space has no ink, and would only stretch the box.
        if extents is not None and extents.height:
            glyphs.append((info.codepoint, x, y))
            tops.append(y + extents.y_bearing)
            bottoms.append(y + extents.y_bearing + extents.height)
        along += position.x_advance
    return Run(tuple(glyphs), along / 1000, max(tops) / 1000, min(bottoms) / 1000)


def width_mm(words: str, size_mm: float, weight: str = REGULAR) -> float:
    """Return the width of a line of text."""
    return shaped(words, weight).width * size_mm


def lines_of(words: str, size_mm: float, widest_mm: float) -> tuple[str, ...]:
    """Return a text in one line, or in two of about equal length where it is too wide."""
    words = re.sub(r"\s+", " ", words).strip()
    # a line must not begin with a stroke or a dash
    spaces = [found.start() for found in re.finditer(r" (?![/–-])", words)]
    if width_mm(words, size_mm) <= widest_mm or not spaces:
        return (words,)
    middle = min(spaces, key=lambda space: abs(2 * space + 1 - len(words)))
    return words[:middle], words[middle + 1 :]


@dataclass(frozen=True)
class Style:
    """How a text looks: its size is the em in mm; a halo of 0 mm is none."""

    size_mm: float
    weight: str = REGULAR
    colour: str = _INK
    halo_mm: float = 0.0


def text(
    shapes: svg.Definitions, words: str, x: float, y: float, style: Style, *, anchor: float = 0.0, angle: float = 0.0
) -> str:
    """Return one line of text as outlines.

    Parameters
    ----------
    shapes
        Where the outlines of the letters are kept.
    words
        One line.
    x, y
        The point of the baseline that `anchor` names, mm from the upper left corner.
    style
        Size, weight, colour and halo.
    anchor
        0 the beginning of the line stands at the point, 0.5 its middle, 1 its end.
    angle
        Degrees, clockwise.
    """
    run, scale = shaped(words, style.weight), style.size_mm / 1000
    # Five bytes keep the file short; a book of a few thousand words is far from a collision.
    identifier = f"w{style.weight[0]}{hashlib.blake2b(words.encode(), digest_size=5).hexdigest()}"
    letters, drawn = _word(identifier, words, style.weight)
    for letter, outline in letters:
        shapes.refer(letter, outline)
    word: dict[str, object] = {"href": shapes.refer(identifier, drawn)}
    if anchor:
        word["x"] = -round(anchor * run.width * 1000)
    # The halo lies below the whole word, else it would eat into the letter before.
    halo = ""
    if style.halo_mm:
        width = f"{2 * style.halo_mm / scale:.0f}"
        halo = svg.element("use", **word, stroke=_HALO, stroke_width=width, stroke_linejoin="round")
    turned = f" rotate({angle:.1f})" if angle else ""
    place = f"translate({svg.number(x)} {svg.number(y)}){turned} scale({scale:g})"
    return svg.element("g", halo + svg.element("use", **word), transform=place, fill=style.colour)


def turned_upright(angle: float) -> float:
    """Return an angle, or its opposite, so that text along it is not upside down; one that stands up reads upwards."""
    upright = math.remainder(angle, 180.0)
    return upright - 180.0 if upright > _STEEPEST_DOWN else upright


def block_mm(lines: tuple[str, ...], style: Style) -> tuple[float, float]:
    """Return width and height of the ink of some lines, with a hair of room round it."""
    runs = [shaped(line, style.weight) for line in lines]
    height = runs[0].top - runs[-1].bottom + _LINE * (len(lines) - 1)
    return (
        max(run.width for run in runs) * style.size_mm + 2 * _HAIR_MM,
        height * style.size_mm + 2 * _HAIR_MM,
    )


def block(shapes: svg.Definitions, lines: tuple[str, ...], corner: tuple[float, float], style: Style) -> str:
    """Return some lines of text with the upper left corner of what :func:`block_mm` measured at a point, mm."""
    x, baseline = corner[0] + _HAIR_MM, corner[1] + _HAIR_MM + shaped(lines[0], style.weight).top * style.size_mm
    return "".join(
        text(shapes, line, x, baseline + number * _LINE * style.size_mm, style) for number, line in enumerate(lines)
    )


# the same names and codes stand on hundreds of maps of one book
@functools.lru_cache(maxsize=4096)
def _word(identifier: str, words: str, weight: str) -> tuple[tuple[tuple[str, str], ...], str]:
    """Return the letters of a word, each with its outline, and the word set of them."""
    letters, drawn = {}, []
    for glyph, x, y in shaped(words, weight).glyphs:
        letter = f"{weight[0]}{glyph}"
        letters[letter] = svg.element("path", id=letter, d=_outline(weight, glyph))
        place = {axis: shift for axis, shift in (("x", x), ("y", -y)) if shift}
        drawn.append(svg.element("use", href=f"#{letter}", **place))
    return tuple(letters.items()), svg.element("g", "".join(drawn), id=identifier)


@functools.lru_cache(maxsize=2)
def _font(weight: str) -> Any:
    file = resources.files("fontpkg_sarabun") / f"files/Sarabun-{weight}.ttf"
    face = uharfbuzz.Face(file.read_bytes())
    font = uharfbuzz.Font(face)
    # Thousandths of an em, so that outlines are whole numbers.
    font.scale = (1000, 1000)
    return font


@functools.lru_cache(maxsize=1024)
def _outline(weight: str, glyph: int) -> str:
    """Return a glyph as relative path commands in whole thousandths of an em, the y axis down."""
    pen = _Pen()
    draw = uharfbuzz.DrawFuncs()
    draw.set_move_to_func(lambda x, y, _: pen.move(x, y))
    draw.set_line_to_func(lambda x, y, _: pen.step("l", x, y))
    draw.set_quadratic_to_func(lambda a, b, x, y, _: pen.bend(a, b, x, y))
    draw.set_cubic_to_func(lambda a, b, c, d, x, y, _: pen.step("c", a, b, c, d, x, y))
    draw.set_close_path_func(lambda _: pen.close())
    _font(weight).draw_glyph(glyph, draw)
    return "".join(pen.steps)


class _Pen:
    """Collect the outline that HarfBuzz draws as relative SVG path commands."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self._here = self._begun = (0, 0)

    def move(self, x: float, y: float) -> None:
        self.step("m", x, y)
        self._begun = self._here

    def step(self, letter: str, *points: float) -> None:
        # the y axis of a font points up, that of SVG down
        rounded = [round(value) * (-1) ** place for place, value in enumerate(points)]
        moved = (value - self._here[place % 2] for place, value in enumerate(rounded))
        self.steps.append(letter + " ".join(map(str, moved)).replace(" -", "-"))
        self._here = rounded[-2], rounded[-1]

    def bend(self, a: float, b: float, x: float, y: float) -> None:
        # As a cubic in whole numbers: a PDF has no quadratic curves, and exact thirds make the path long.
        here_x, here_y = self._here[0], -self._here[1]
        first = (here_x + 2 * (a - here_x) / 3, here_y + 2 * (b - here_y) / 3)
        self.step("c", *first, x + 2 * (a - x) / 3, y + 2 * (b - y) / 3, x, y)

    def close(self) -> None:
        self.steps.append("z")
        self._here = self._begun
