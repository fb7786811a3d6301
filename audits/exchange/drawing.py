"""Put shapes and outlined words together to one picture, the same on a screen, in a file and on paper."""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass

from layers import paper_text

INK, PAPER = "#1a1a1a", "#ffffff"


@dataclass(frozen=True)
class Picture:
    """A drawing and the words that stand for it.

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
        """Return it as HTML, a picture of its own since outlines in one page would share their names."""
        packed = base64.b64encode(self.svg.encode()).decode()
        return f'<img class="{style_class}" alt="{html.escape(self.alt)}" src="data:image/svg+xml;base64,{packed}">'


class Drawing:
    """A picture being drawn, in pixels from the upper left corner.

    Parameters
    ----------
    wide
        Width of the whole.
    """

    def __init__(self, wide: float) -> None:
        self.wide = wide
        self._shapes, self._parts = paper_text.Definitions(), list[str]()

    def add(self, markup: str) -> None:
        """Add a shape over those before."""
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
        """Add a line of words; `anchor` 0 begins, 0.5 centres, 1 ends it at the point of the baseline."""
        style = paper_text.Style(size, paper_text.BOLD if bold else paper_text.REGULAR, colour)
        self._parts.append(paper_text.text(self._shapes, words, x, y, style, anchor=anchor))

    def picture(self, high: float, alt: str) -> Picture:
        """Return what was drawn."""
        whole = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.wide:g} {high:g}" width="{self.wide:g}" '
            f'height="{high:g}">{self._shapes.markup()}{"".join(self._parts)}</svg>'
        )
        return Picture(whole, alt)


def width(words: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line of words is."""
    return paper_text.width_mm(words, size, paper_text.BOLD if bold else paper_text.REGULAR)
