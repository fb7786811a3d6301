"""Define the symbols of sites: colour, shape and sign together, never colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from layers import schema


@dataclass(frozen=True)
class Symbol:
    """Symbol of a site; the colour has a contrast of at least 4.5 to 1 with white."""

    colour: str
    shape: str
    glyph: str


_TABLE = schema.read("drawings/symbols.csv")
OF_VERDICT, OF_GRADE, OF_CHANGE, OF_BARRIER = (
    {value: Symbol(*looks) for of, value, *looks in _TABLE.itertuples(index=False) if of == kind}
    for kind in ("verdict", "grade", "change", "barrier")
)
