"""Draw how to measure: where the level lies, where the tape begins and ends, one drawing for each way of measuring."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from audits import wording
from audits.paper import measuring_drawings, pencil
from audits.rules import model

WIDTH_MM, HEIGHT_MM = 80, 46


@dataclass(frozen=True)
class Way:
    """One way of measuring.

    Parameters
    ----------
    name
        English phrase.
    shows
        English phrase: what the drawing shows, for those who cannot see it and as its caption.
    drawn
        Draws it on :data:`WIDTH_MM` × :data:`HEIGHT_MM`, y downwards.
    """

    name: str
    shows: str
    drawn: Callable[[pencil.Pencil], None]

    def svg(self) -> str:
        """Return the drawing; it holds no text, so that it speaks every language."""
        hand = pencil.Pencil()
        self.drawn(hand)
        return hand.svg(WIDTH_MM, HEIGHT_MM)


def way_of(quantity: model.Quantity) -> str:
    """Return the key in :data:`WAYS` of how a quantity is measured: by its kind, then by the words of its id.

    Parameters
    ----------
    quantity
        Any quantity of the criteria.
    """
    if quantity.kind != "length":
        return quantity.kind
    return next((way for way, words in _LENGTHS if words.search(quantity.quantity_id)), "length")


_LENGTHS = tuple(
    (way, re.compile(words))
    for way, words in (
        ("diameter", "_diameter_"),
        ("opening", "_opening_"),
        ("fixing", "_above_fixing_"),
        ("gap", "_gap_"),
        ("knee", "knee_space"),
        ("headroom", "headroom"),
        ("step", "raised_edge|level_difference|threshold_height|_rise_|riser"),
        ("tread", "tread"),
        ("nosing", "nosing"),
        ("circle", "turning_circle"),
        ("symbol", "(symbol|sign)_smaller_side"),
        ("square", "_smaller_side_"),
        ("strip", "strip_|warning_distance"),
        ("from_wall", "_projection_|_from_wall_|_to_wall_"),
        ("extension", "_extension_"),
        ("bar", "bar_length"),
        ("height", "_height_"),
        ("width", "_width_"),
    )
)


phrase = wording.phrase

WAYS = {
    "slope": Way(
        phrase("Slope"),
        phrase("A level lies on the sloping surface, along the way one goes, and reads its angle to the level."),
        measuring_drawings.slope,
    ),
    "width": Way(
        phrase("Clear width"),
        phrase("A tape goes straight across, from inner face to inner face of the rails, at the narrowest place."),
        measuring_drawings.width,
    ),
    "length": Way(
        phrase("Length"),
        phrase("A tape lies along the surface from its beginning to its end, on a slope along the slope."),
        measuring_drawings.length,
    ),
    "height": Way(
        phrase("Height above the floor"),
        phrase("A tape stands upright on the floor and reaches up to the edge that is asked for."),
        measuring_drawings.height,
    ),
    "step": Way(
        phrase("Small height or edge"),
        phrase("A tape stands on the lower floor against the edge and reaches up to the upper floor."),
        measuring_drawings.step,
    ),
    "headroom": Way(
        phrase("Headroom"),
        phrase("A tape goes straight up from the floor to the lowest thing overhead, taller than a person beside it."),
        measuring_drawings.headroom,
    ),
    "gap": Way(
        phrase("Clear gap"),
        phrase("A tape goes from the face of the wall to the nearest face of the rail: the free space between them."),
        measuring_drawings.gap,
    ),
    "fixing": Way(
        phrase("Height above the fixing"),
        phrase("A tape goes from the point where the bracket holds the rail straight up to the top of the rail."),
        measuring_drawings.fixing,
    ),
    "diameter": Way(
        phrase("Diameter"),
        phrase("The jaws of a calliper close on a round bar, seen from its end; the span between them is read."),
        measuring_drawings.diameter,
    ),
    "opening": Way(
        phrase("Width of an opening"),
        phrase("Between two bars of a grating the free opening is measured, from edge to edge."),
        measuring_drawings.opening,
    ),
    "from_wall": Way(
        phrase("Distance out from the wall"),
        phrase("A tape goes from the wall straight out to the thing, to its edge or its middle as is asked."),
        measuring_drawings.from_wall,
    ),
    "extension": Way(
        phrase("Rail beyond the end"),
        phrase("A tape lies level along the rail, from the end of the slope to the end of the rail beyond it."),
        measuring_drawings.extension,
    ),
    "knee": Way(
        phrase("Space under a counter"),
        phrase("Under a counter: one tape up from the floor to its underside, one in from its edge to the panel."),
        measuring_drawings.knee,
    ),
    "bar": Way(
        phrase("Length of a bar"),
        phrase("A tape lies along a bar fixed to a wall, from one end of the bar to the other."),
        measuring_drawings.bar,
    ),
    "strip": Way(
        phrase("Depth and distance of a warning strip"),
        phrase(
            "Seen from above: one tape across the strip of dots in the way one goes, one from the strip to the edge."
        ),
        measuring_drawings.strip,
    ),
    "square": Way(
        phrase("Free space on the floor"),
        phrase("Seen from above: two tapes cross on the free floor before an opening, and the shorter one is written."),
        measuring_drawings.square,
    ),
    "circle": Way(
        phrase("Turning circle"),
        phrase("Seen from above: the largest circle that fits on the free floor of a room, and its diameter."),
        measuring_drawings.circle,
    ),
    "symbol": Way(
        phrase("Side of a sign"),
        phrase("A sign with a symbol; its width and its height are measured, and the shorter one is written."),
        measuring_drawings.symbol,
    ),
    "tread": Way(
        phrase("Depth of a tread"),
        phrase("A stair from the side: the tape lies level, from the edge of one step to the edge of the next."),
        measuring_drawings.tread,
    ),
    "nosing": Way(
        phrase("Overlap of a nosing"),
        phrase(
            "The front edge of a step reaches out over the step below; the level distance between them is measured."
        ),
        measuring_drawings.nosing,
    ),
    "angle": Way(
        phrase("Angle of an edge"),
        phrase("An angle gauge lies on the bevelled edge; the angle to the level floor is read."),
        measuring_drawings.angle,
    ),
    "count": Way(
        phrase("Count"),
        phrase("Three things in a row are counted: one, two, three."),
        measuring_drawings.count,
    ),
    "light": Way(
        phrase("Light"),
        phrase("A light meter lies on the floor below a lamp, its sensor upwards."),
        measuring_drawings.lux,
    ),
    "yes_no": Way(
        phrase("Look and answer"),
        phrase("An eye looks at two boxes, one ticked and one crossed: the answer is yes or no."),
        measuring_drawings.yes_no,
    ),
}
