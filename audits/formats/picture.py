"""Compose shapes and outlined text to one picture, the same on a screen, in a file and on paper."""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass

from layers import paper_text, svg

INK, PAPER = "#1a1a1a", "#ffffff"


@dataclass(frozen=True)
class Picture:
    """A drawing and its alternative text.

    Parameters
    ----------
    svg
        Self-contained; letters are outlines, so no font is needed.
    alt
        What it shows.
    """

    svg: str
    alt: str

    def tag(self, style_class: str) -> str:
        """Return it as an HTML image; inline, outlines of two drawings in one page would share their ids."""
        packed = base64.b64encode(self.svg.encode()).decode()
        return f'<img class="{style_class}" alt="{html.escape(self.alt)}" src="data:image/svg+xml;base64,{packed}">'


class Drawing:
    """A picture being drawn, in pixels from the upper left corner.

    Parameters
    ----------
    width
        Of the whole.
    """

    def __init__(self, width: float) -> None:
        self.width = width
        self._shapes, self._parts = svg.Definitions(), list[str]()

    def add(self, markup: str) -> None:
        """Add an element over those before."""
        self._parts.append(markup)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: float = 0.0,
        bold: bool = False,
        size: float = 15.0,
        colour: str = INK,
    ) -> None:
        """Add a line of text; `anchor` 0 begins, 0.5 centres, 1 ends it at the point of the baseline."""
        style = paper_text.Style(size, paper_text.BOLD if bold else paper_text.REGULAR, colour)
        self._parts.append(paper_text.text(self._shapes, words, x, y, style, anchor=anchor))

    def picture(self, height: float, alt: str) -> Picture:
        """Return the finished drawing."""
        return Picture(self._shapes.document(self.width, height, "".join(self._parts)), alt)


def width(words: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text, px."""
    return paper_text.width_mm(words, size, paper_text.BOLD if bold else paper_text.REGULAR)
