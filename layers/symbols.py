"""Define the symbols of sites: colour, shape and sign together, never colour alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Symbol:
    """Symbol of a site; the colour has a contrast of at least 4.5 to 1 with white."""

    colour: str
    shape: str
    glyph: str


OF_VERDICT = {
    "pass": Symbol("#0b5d1e", "circle", "✓"),
    "fail": Symbol("#a4001d", "square", "✕"),
    "borderline": Symbol("#7a4d00", "diamond", "±"),
    "unknown": Symbol("#595959", "triangle", "?"),
    "not_applicable": Symbol("#595959", "hexagon", "–"),
}

OF_GRADE = {
    "A": Symbol("#0b5d1e", "circle", "A"),
    "B": Symbol("#00574b", "hexagon", "B"),
    "C": Symbol("#7a4d00", "diamond", "C"),
    "D": Symbol("#a4001d", "square", "D"),
    "": Symbol("#595959", "triangle", "?"),
}

OF_CHANGE = {
    "worse": Symbol("#a4001d", "square", "▼"),
    "likely_worse": Symbol("#a4001d", "diamond", "▽"),
    "unclear": Symbol("#595959", "triangle", "?"),
    "same": Symbol("#595959", "hexagon", "="),
    "likely_better": Symbol("#00574b", "diamond", "△"),
    "better": Symbol("#0b5d1e", "circle", "▲"),
    "": Symbol("#6b6b6b", "circle", "·"),
}
