"""Move the texts of a view to the nearest places where they touch no line and no other text."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from audits.ramps.drawing import views

PAD_MM = 0.3
_FIGURE_GAP_MM = 0.7
_AT_ONCE = 24
# a millimetre on every side, which is more than the pad
_ROUND = np.array([-1.0, -1.0, 1.0, 1.0])
_NEAR, _ALONG, _FAR = (8.0, 7.0, 1.0, 0.5), (26.0, 3.0, 1.0, 0.5), (34.0, 26.0, 2.0, 1.0)
# Ways to move on paper: reach across and up, step across and up; a step up keeps a text beside its line for longer.
_Array = npt.NDArray[np.float64]


def view(
    title: str,
    scale: int,
    strokes: Sequence[views.Stroke],
    labels: Iterable[views.Label],
    dimensions: Sequence[views.Dimension],
) -> views.View:
    """Return a view whose figures and labels stand clear at its scale, as far as there is room near them."""
    lines = _lines(strokes, dimensions, scale)
    boxes: list[tuple[float, float, float, float]] = []
    # figures first: a label gives way to a dimension, not the other way round
    figures = [_placed(_figure(each, scale), lines, boxes, scale) for each in dimensions]
    placed = [_placed(each, lines, boxes, scale) for each in labels]
    return views.View(title, scale, tuple(strokes), tuple(placed), tuple(dimensions), tuple(figures))


def occupied(view: views.View) -> tuple[_Array, _Array]:
    """Return on the paper of a view, mm, its lines as rows of two ends, and the boxes of its texts."""
    texts = [each.box_mm(view.scale) for each in (*view.figures, *view.labels)]
    return _lines(view.strokes, view.dimensions, view.scale), np.array(texts, dtype=float).reshape(-1, 4)


def first_free(boxes_mm: Sequence[Sequence[float]], lines: _Array, texts: _Array) -> Iterator[int]:
    """Yield the places of the boxes, left, bottom, right and top, that touch no line and no text, in their order."""
    boxes = np.array(boxes_mm, dtype=float).reshape(-1, 4)
    # few at a time: the window about them stays small, and the first free one ends the search
    for start in range(0, len(boxes), _AT_ONCE):
        some = boxes[start : start + _AT_ONCE]
        window = np.hstack([some[:, :2].min(axis=0), some[:, 2:].max(axis=0)]) + _ROUND
        near = lines[_overlap(_bounds(lines), window)]
        yield from (start + int(each) for each in np.flatnonzero(~_hit(some, near, texts)))


def crossed(view: views.View) -> list[tuple[str, str]]:
    """Return each text of a view that touches a line or another text, with what it touches."""
    lines = _lines(view.strokes, view.dimensions, view.scale)
    texts = [*view.figures, *view.labels]
    boxes = [each.box_mm(view.scale) for each in texts]
    found = [
        (text.words, "a line")
        for text, box in zip(texts, boxes, strict=True)
        if _hit(np.array([box]), lines, np.empty((0, 4)), pad=0.0)[0]
    ]
    for (one, a), (other, b) in itertools.combinations(zip(texts, boxes, strict=True), 2):
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
            found.append((one.words, other.words))
    return found


def _lines(strokes: Iterable[views.Stroke], dimensions: Iterable[views.Dimension], scale: int) -> _Array:
    found = [pair for stroke in strokes for pair in _sides(stroke)]
    found += [pair for each in dimensions for pair in each.lines(scale)]
    # four columns also where there is no line at all
    return np.array(found, dtype=float).reshape(-1, 4) / scale


def _sides(stroke: views.Stroke) -> Iterator[tuple[views.Point, views.Point]]:
    yield from itertools.pairwise((*stroke.points, stroke.points[0]) if stroke.closed else stroke.points)


def _figure(dimension: views.Dimension, scale: int) -> views.Label:
    (x1, y1), (x2, y2) = dimension.ends
    x, y, lift = (x1 + x2) / 2, (y1 + y2) / 2, _FIGURE_GAP_MM * scale
    level = dimension.axis == views.HORIZONTAL
    at, angle = ((x, y + lift), 0.0) if level else ((x - lift, y), 90.0)
    return views.Label(str(dimension.value_mm), at, views.FIGURE_MM, angle=angle, layer="dimension")


def _placed(
    label: views.Label, lines: _Array, boxes: list[tuple[float, float, float, float]], scale: int
) -> views.Label:
    # a text that stands upright has its line upright too
    along = (_ALONG[1], _ALONG[0], *_ALONG[2:]) if label.angle else _ALONG
    short = [dataclasses.replace(label, words=label.shorter, shorter="")] if label.shorter else []
    for candidate in (label, *short):
        box = np.array(candidate.box_mm(scale))
        # All the words a little farther along the line they stand on are better than few of them.
        for reach in (_NEAR, along) if candidate.shorter else (_NEAR, _FAR):
            moved = _nearest(box, lines, np.array(boxes).reshape(-1, 4), reach)
            if moved is not None:
                boxes.append(tuple(box + np.tile(moved, 2)))
                x, y = (here + float(by) * scale for here, by in zip(label.at, moved, strict=True))
                found: views.Label = dataclasses.replace(candidate, at=(x, y))
                return found
    # nothing is free: it stays where it is, and later texts keep clear of it
    boxes.append(label.box_mm(scale))
    return label


def _nearest(box: _Array, lines: _Array, boxes: _Array, reach: tuple[float, float, float, float]) -> _Array | None:
    """Return the shortest way by which a box stands clear, None within this reach."""
    across, up, step_across, step_up = reach
    if not _hit(box[None], lines, boxes)[0]:
        return np.zeros(2)
    # only what the text could reach is compared, which is a small share of a sheet
    window = box + _ROUND * [across + 1, up + 1, across + 1, up + 1]
    near_lines = lines[_overlap(_bounds(lines), window)] if len(lines) else lines
    near_boxes = boxes[_overlap(boxes, window)] if len(boxes) else boxes
    ways = np.array(
        list(itertools.product(np.arange(-across, across + 0.1, step_across), np.arange(-up, up + 0.1, step_up)))
    )
    # stable: of ways equally long the same one is taken on every machine
    ways = ways[np.argsort(np.hypot(*ways.T), kind="stable")]
    # in portions, nearest first: the farther ones are seldom needed
    for some in np.array_split(ways, max(1, len(ways) // 150)):
        free = ~_hit(box + np.tile(some, (1, 2)), near_lines, near_boxes)
        if free.any():
            return np.asarray(some[free.argmax()])
    return None


def _bounds(lines: _Array) -> _Array:
    ends = lines.reshape(-1, 2, 2)
    return np.hstack([ends.min(axis=1), ends.max(axis=1)])


def _overlap(boxes: _Array, window: _Array) -> npt.NDArray[np.bool_]:
    return np.asarray(
        (boxes[:, 0] < window[2]) & (boxes[:, 2] > window[0]) & (boxes[:, 1] < window[3]) & (boxes[:, 3] > window[1])
    )


def _hit(found: _Array, lines: _Array, boxes: _Array, pad: float = PAD_MM) -> npt.NDArray[np.bool_]:
    """Return for each of some boxes whether it touches a line or another box (separating axes)."""
    grown = found + np.array([-pad, -pad, pad, pad])
    low, high = grown[:, None, :2], grown[:, None, 2:]
    hit = np.zeros(len(found), dtype=bool)
    if len(boxes):
        hit |= ((low < boxes[None, :, 2:]) & (high > boxes[None, :, :2])).all(axis=2).any(axis=1)
    if len(lines):
        bounds = _bounds(lines)[None]
        near = ((low <= bounds[:, :, 2:]) & (high >= bounds[:, :, :2])).all(axis=2)
        along = lines[:, 2:] - lines[:, :2]
        normal = np.stack([-along[:, 1], along[:, 0]], axis=1)[None]
        off = np.abs((normal * ((low + high) / 2 - lines[None, :, :2])).sum(axis=2))
        half = (np.abs(normal) * (high - low) / 2).sum(axis=2)
        hit |= (near & (off <= half)).any(axis=1)
    return hit
