"""Call the details of a ramp out on its plan: a number in a circle, and a line to what it shows."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from audits.ramps.drawing import clear_text, section, views

LAYER = "callout"
_RADIUS_MM, _TURNS = 2.3, 24
_FAR_MM = range(6, 90, 2)


def added(plan: views.View, places: Sequence[views.Point]) -> views.View:
    """Return the plan with each place called out by its number from 1 on, where a circle stands clear of everything.

    A place about which nothing is free is not called out.
    """
    scale, (lines, texts) = plan.scale, clear_text.occupied(plan)
    strokes, labels = list(plan.strokes), list(plan.labels)
    for number, place in enumerate(places, start=1):
        x, y = (at / scale for at in place)
        middle = _free_place((x, y), (_RADIUS_MM, _RADIUS_MM), lines, texts)
        if middle is None:
            continue
        # the line ends at the circle
        share = 1 - _RADIUS_MM / math.dist(middle, (x, y))
        end = x + share * (middle[0] - x), y + share * (middle[1] - y)
        # the next number keeps clear of this one too
        lines = np.vstack([lines, [x, y, *end]])
        texts = np.vstack([texts, _box(middle, (_RADIUS_MM, _RADIUS_MM))])
        a, b = (at * scale for at in middle)
        strokes.append(views.Stroke(LAYER, section.round_(a, b, _RADIUS_MM * scale), closed=True))
        strokes.append(views.Stroke(LAYER, (place, (end[0] * scale, end[1] * scale))))
        # a text stands on its baseline: lowered, the figure is in the middle of its circle
        labels.append(views.Label(str(number), (a, b - 0.35 * views.TEXT_MM * scale), bold=True, layer=LAYER))
    return dataclasses.replace(plan, strokes=tuple(strokes), labels=tuple(labels))


def named(plan: views.View, text: str, place: views.Point, layer: str) -> views.View:
    """Return the plan with a text in the nearest free place to what it names, and a line between."""
    scale, (lines, texts) = plan.scale, clear_text.occupied(plan)
    label = views.Label(text, (0.0, 0.0), layer=layer)
    left, low, right, high = label.box_mm(scale)
    half = (right - left) / 2, (high - low) / 2
    x, y = (at / scale for at in place)
    middle = _free_place((x, y), half, lines, texts) or (x, y)
    label = dataclasses.replace(label, at=(middle[0] * scale, (middle[1] - (low + high) / 2) * scale))
    # The line leads towards the middle of the text and ends short of its box.
    across, up = middle[0] - x, middle[1] - y
    share = max(
        0.0, 1 - min((size + 1) / abs(by) if by else math.inf for size, by in zip(half, (across, up), strict=True))
    )
    end = ((x + share * across) * scale, (y + share * up) * scale)
    leader = views.Stroke("leader", (place, end))
    return dataclasses.replace(plan, strokes=(*plan.strokes, leader), labels=(*plan.labels, label))


def renumbered(view: views.View, numbers: Mapping[str, str]) -> views.View:
    """Return a view with the details on it called out by other numbers."""
    labels = (
        dataclasses.replace(each, words=numbers[each.words]) if each.layer == LAYER else each for each in view.labels
    )
    return dataclasses.replace(view, labels=tuple(labels))


def _free_place(
    place: views.Point, half: views.Point, lines: npt.NDArray[np.float64], texts: npt.NDArray[np.float64]
) -> views.Point | None:
    """Return the middle, mm of paper, of the nearest free box that a line reaches without crossing a text.

    `half` is half the width and half the height of the box.
    """
    # half a step off the axes, along which nearly every line of a ramp runs
    turns = 2 * np.pi * (np.arange(_TURNS) + 0.5) / _TURNS
    # ring by ring outwards, so that the first free place is the nearest
    middles = [(place[0] + far * math.cos(turn), place[1] + far * math.sin(turn)) for far in _FAR_MM for turn in turns]
    taken = shapely.buffer(shapely.box(*texts.T), clear_text.PAD_MM)
    # the cheap test of boxes first; the line is tried only for what is free
    for found in clear_text.first_free([_box(middle, half) for middle in middles], lines, texts):
        if not shapely.intersects(taken, shapely.LineString([place, middles[found]])).any():
            return middles[found]
    return None


def _box(middle: views.Point, half: views.Point) -> tuple[float, float, float, float]:
    (x, y), (across, up) = middle, half
    return x - across, y - up, x + across, y + up
