"""Add the north arrow to the plan of a ramp, in the first free place from its upper left corner."""

from __future__ import annotations

import dataclasses
import itertools
import math

from audits import wording
from audits.ramps.drawing import clear_text, section, views

_RADIUS_MM, _ROOM_MM, _STEP_MM = 4.0, 7.5, 5.0
_BUILT = ("slab", "landing", "existing")


def added(plan: views.View, bearing_deg: float | None, words: wording.Wording, widest_mm: float) -> views.View:
    """Return the plan with its north arrow.

    Parameters
    ----------
    plan
        In the coordinates of the space: x leads from the front to the far side.
    bearing_deg
        Compass bearing of that direction, degrees clockwise from north. None leaves the circle empty for whoever
        measures it on site: no direction is assumed.
    widest_mm
        Width on paper that the plan may take.
    """
    scale = plan.scale
    text = words.text("N: measure on site") if bearing_deg is None else words.text("N")
    label = views.Label(text, (0.0, 0.0), bold=True, layer="mark")
    x, y = (at * scale for at in _free_place(plan, max(_ROOM_MM, views.width_mm(label) / 2 + 1), widest_mm))
    strokes = [views.Stroke("title", section.round_(x, y, _RADIUS_MM * scale), closed=True)]
    at = x, y - (_ROOM_MM - 0.4) * scale
    if bearing_deg is not None:
        strokes += _needle(x, y, bearing_deg, scale)
        beyond = _on_circle(x, y, bearing_deg, 5.6 * scale)
        at = beyond[0], beyond[1] - 0.4 * views.TEXT_MM * scale
    label = dataclasses.replace(label, at=at)
    return dataclasses.replace(plan, strokes=(*plan.strokes, *strokes), labels=(*plan.labels, label))


def _needle(x: float, y: float, bearing_deg: float, scale: int) -> list[views.Stroke]:
    tip, back = (_on_circle(x, y, bearing_deg, sign * _RADIUS_MM * scale) for sign in (1, -1))
    wings = [_on_circle(x, y, bearing_deg + by, _RADIUS_MM * scale) for by in (150, 210)]
    return [views.Stroke("title", (back, tip)), views.Stroke("way", (wings[0], tip, wings[1], (x, y)), closed=True)]


def _on_circle(x: float, y: float, bearing_deg: float, radius: float) -> views.Point:
    """Return a point of a circle about a place, towards north for a bearing of 0 and beyond it anticlockwise."""
    # Turned anticlockwise by the bearing from x, along which one looks, lies north.
    turned = math.radians(bearing_deg)
    return x + radius * math.cos(turned), y + radius * math.sin(turned)


def _free_place(plan: views.View, half_mm: float, widest_mm: float) -> views.Point:
    """Return the middle of the first free place off the ramp, mm of paper; else to the right of it or above it."""
    left, bottom, right, top = (side / plan.scale for side in plan.extent())
    built = [_box(stroke, plan.scale) for stroke in plan.strokes if stroke.layer in _BUILT]
    down, across = (
        int(max(0.0, room) // _STEP_MM) for room in (top - bottom - 2 * _ROOM_MM, right - left - 2 * half_mm)
    )
    places = [
        (left + half_mm + column * _STEP_MM, top - _ROOM_MM - row * _STEP_MM)
        for row, column in itertools.product(range(down + 1), range(across + 1))
    ]
    off = [(x, y) for x, y in places if not any(a < x < c and b < y < d for a, b, c, d in built)]
    boxes = [(x - half_mm, y - _ROOM_MM, x + half_mm, y + _ROOM_MM) for x, y in off]
    found = next(clear_text.first_free(boxes, *clear_text.occupied(plan)), None)
    if found is not None:
        return off[found]
    if right - left + 2 * half_mm <= widest_mm:
        return right + half_mm, max(top - _ROOM_MM, bottom + _ROOM_MM)
    return left + half_mm, top + _ROOM_MM


def _box(stroke: views.Stroke, scale: int) -> tuple[float, float, float, float]:
    xs, ys = zip(*stroke.points, strict=True)
    return min(xs) / scale, min(ys) / scale, max(xs) / scale, max(ys) / scale
