"""Draw the plan of a ramp: slabs, edges, rails and tactile strips from above, with slopes, levels and lengths."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import numpy as np
import shapely

from audits import wording
from audits.ramps import geometry, ramp_design, solids
from audits.ramps.drawing import callouts, clear_text, section, views

_OLD_WALL_MM = 200
_DOTS_MM = 75  # between the middles of domes
_LETTER_MM = 3.2
_HATCH_MM = 3.0
_LEAST_AROUND_MM, _MOST_AROUND_MM, _AROUND_SHARE, _LARGER = 600, 2_000, 0.25, 1.5

Interval = tuple[float, float, str]


def view(
    design: geometry.Design,
    words: wording.Wording,
    scale: int,
    standing_mm: tuple[float, float] | None = None,
) -> views.View:
    """Return the plan, in the coordinates of the space, its labels clear at a scale.

    Of the ramp that stands there, of a length and width, only the size was surveyed: it is drawn, hatched for
    demolition, down from the upper floor at the middle of the new top.
    """
    labels = [
        *_run_labels(design, words, scale),
        *_landing_labels(design, words, scale),
        *_side_labels(design, words, scale),
        *_space_labels(design, words, scale),
    ]
    dimensions = [*_chains(design, words, scale), *_clear_widths(design, words)]
    strokes = list(_strokes(design, scale))
    if standing_mm is None or not design.landings:
        return clear_text.view(words.text("Plan"), scale, strokes, labels, dimensions)
    outline = _standing(design, standing_mm)
    strokes.append(views.Stroke("demolition", outline, closed=True))
    # what is demolished is named last, when everything else has its place
    shown = clear_text.view(words.text("Plan"), scale, strokes, labels, dimensions)
    text = words.text("Standing ramp, to be demolished; measure its place")
    return callouts.named(shown, text, views.middle(outline), "demolition")


def _standing(design: geometry.Design, standing_mm: tuple[float, float]) -> tuple[views.Point, ...]:
    """Return the corners of the ramp to be demolished."""
    top, (along, wide) = design.landings[-1], standing_mm
    x, y = views.middle((top.low, top.high))
    left, low, right, high = {
        geometry.FAR: (top.high[0] - along, y - wide / 2, top.high[0], y + wide / 2),
        geometry.FRONT: (top.low[0], y - wide / 2, top.low[0] + along, y + wide / 2),
        geometry.LEFT: (x - wide / 2, top.high[1] - along, x + wide / 2, top.high[1]),
        geometry.RIGHT: (x - wide / 2, top.low[1], x + wide / 2, top.low[1] + along),
    }[design.exit_side]
    return _rectangle(left, low, right, high)


def hatched(shown: views.View) -> views.View:
    """Return a plan with what is to be demolished hatched at 45°, clear of its texts and of what else is called out."""
    outline = next((stroke for stroke in shown.strokes if stroke.layer == "demolition"), None)
    if outline is None:
        return shown
    area = shapely.Polygon(outline.points)
    left, low, right, high = area.bounds
    # the first line would touch nothing but a corner
    starts = np.arange(left - (high - low), right, _HATCH_MM * shown.scale)[1:]
    lines = shapely.MultiLineString([((x, low), (x + high - low, high)) for x in starts])
    boxes = np.array([each.box_mm(shown.scale) for each in (*shown.labels, *shown.figures)]) * shown.scale
    circles = [
        shapely.Polygon(stroke.points) for stroke in shown.strokes if stroke.layer == callouts.LAYER and stroke.closed
    ]
    clear = shapely.union_all([*shapely.box(*boxes.T), *circles])
    clear = clear.buffer(2 * clear_text.PAD_MM * shown.scale, join_style="mitre")
    pieces = shapely.get_parts(lines.intersection(area).difference(clear))
    hatching = (views.Stroke("demolition", tuple(piece.coords)) for piece in pieces)
    return dataclasses.replace(shown, strokes=(*shown.strokes, *hatching))


def _strokes(design: geometry.Design, scale: int) -> Iterator[views.Stroke]:
    yield from _ground(design)
    for landing in design.landings:
        yield _area("landing", landing.outline)
    for run in design.runs:
        yield _area("slab", run.outline)
    for flare in design.flares:
        yield _area("slab", flare.outline)
    for strip in design.tactile_strips:
        yield _area("tactile", strip.outline)
        yield from _dots(strip, scale)
    for wall in solids.walls(design):
        yield _area("edge", wall.outline)
    for rail in design.handrails:
        yield views.Stroke("handrail", tuple((x, y) for x, y, _ in rail.points))
    for run in design.runs:
        yield from _arrow(run, scale)
    for station in section.stations(design):
        for end, sign in _section_ends(station, scale):
            along = tuple(a - sign * 3.0 * scale * b for a, b in zip(end, _across(station), strict=True))
            yield views.Stroke("mark", (end, (along[0], along[1])))
            yield from _looking(end, station, scale)


def _ground(design: geometry.Design) -> Iterator[views.Stroke]:
    space = design.space
    left, _, right, _ = _box(design)
    if isinstance(space, geometry.KerbSpace):
        reach = 0.1 * (right - left)
        yield views.Stroke("ground", ((left - reach, 0), (right + reach, 0)))
        return
    shown = _shown(design)
    left, _, right, _ = shown.bounds
    # Nobody measured a space as large as a design can take: its border would be invented.
    if ramp_design.MOST_MM not in (space.length_mm, space.width_mm):
        border = shapely.box(0, 0, space.length_mm, space.width_mm)
        left, right = max(left, 0), min(right, space.length_mm)
        for piece in shapely.get_parts(shapely.line_merge(border.exterior.intersection(shown))):
            yield views.Stroke("space", tuple(piece.coords))
    if space.obstacle_left:
        beyond = space.width_mm + _OLD_WALL_MM
        yield views.Stroke("existing", _rectangle(left, space.width_mm, right, beyond), closed=True)
    if space.obstacle_right:
        yield views.Stroke("existing", _rectangle(left, -_OLD_WALL_MM, right, 0), closed=True)


def _shown(design: geometry.Design) -> shapely.Polygon:
    """Return the part of the space that is drawn: all of a space little larger than the ramp, else some room round it.

    At a scale at which a large yard finds room, nobody could read the ramp in it.
    """
    left, low, right, high = _box(design)
    space, (long, wide) = design.space, (right - left, high - low)
    little = _LARGER * long + _LEAST_AROUND_MM, _LARGER * wide + _LEAST_AROUND_MM
    if isinstance(space, geometry.Space) and space.length_mm <= little[0] and space.width_mm <= little[1]:
        return shapely.box(0, 0, space.length_mm, space.width_mm)
    more = min(max(_LEAST_AROUND_MM, _AROUND_SHARE * max(long, wide)), _MOST_AROUND_MM)
    return shapely.box(left - more, low - more, right + more, high + more)


def _space_labels(design: geometry.Design, words: wording.Wording, scale: int) -> Iterator[views.Label]:
    """Yield the size of a space that is larger than what is drawn of it."""
    space, shown = design.space, _shown(design)
    if isinstance(space, geometry.KerbSpace) or ramp_design.MOST_MM in (space.length_mm, space.width_mm):
        return
    border = shapely.box(0, 0, space.length_mm, space.width_mm)
    if shown.covers(border):
        return
    left, _, _, top = border.intersection(shown).bounds
    size = {"length": words.number(space.length_mm), "width": words.number(space.width_mm)}
    text = words.text("Free space {length} × {width} mm, part of it shown", **size)
    yield views.Label(text, (left + 2 * scale, top - 4 * scale), anchor=0.0, layer="leader")


def _area(layer: str, outline: tuple[tuple[float, float, float], ...]) -> views.Stroke:
    return views.Stroke(layer, tuple((x, y) for x, y, _ in outline), closed=True)


def _rectangle(left: float, low: float, right: float, high: float) -> tuple[views.Point, ...]:
    return (left, low), (right, low), (right, high), (left, high)


def _box(design: geometry.Design) -> tuple[float, float, float, float]:
    xs, ys = zip(*design.footprint, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _dots(strip: geometry.TactileStrip, scale: int) -> Iterator[views.Stroke]:
    """Yield the domes as squares, fewer at small scales."""
    (left, low), (right, high) = (tuple(f(c[a] for c in strip.outline) for a in (0, 1)) for f in (min, max))
    # Closer than 1.5 mm on paper the domes would run together.
    step = max(_DOTS_MM, 1.5 * scale)
    across, up = (max(1, int((to - start) // step)) for start, to in ((left, right), (low, high)))
    half = step / 6
    for i in range(across):
        for j in range(up):
            x, y = left + (right - left) * (i + 0.5) / across, low + (high - low) * (j + 0.5) / up
            yield views.Stroke("tactile", _rectangle(x - half, y - half, x + half, y + half), closed=True)


def _ahead(run: geometry.Run) -> tuple[views.Point, views.Point, float]:
    """Return the middle of a run's foot, the unit vector of its direction, and its length."""
    start, end = views.middle((run.foot_left, run.foot_right)), views.middle((run.head_left, run.head_right))
    length = math.dist(start, end)
    return start, ((end[0] - start[0]) / length, (end[1] - start[1]) / length), length


def _arrow(run: geometry.Run, scale: int) -> Iterator[views.Stroke]:
    (x, y), (east, north), length = _ahead(run)
    head, half = min(3.0 * scale, length / 4), min(1.0 * scale, length / 12)
    tip = (x + 0.95 * length * east, y + 0.95 * length * north)
    back = (tip[0] - head * east, tip[1] - head * north)
    yield views.Stroke("way", ((x + 0.3 * length * east, y + 0.3 * length * north), back))
    wings = (back[0] - half * north, back[1] + half * east), (back[0] + half * north, back[1] - half * east)
    yield views.Stroke("way", (wings[0], tip, wings[1]), closed=True)


def _across(station: section.Station) -> views.Point:
    """Return the unit vector from right to left as seen by somebody walking up."""
    return -float(station.ahead[1]), float(station.ahead[0])


def _section_ends(station: section.Station, scale: int) -> Iterator[tuple[views.Point, int]]:
    """Yield the outer ends of the two marks of a section, 4.5 mm of paper beyond the slab, 1 left and -1 right."""
    (dx, dy) = _across(station)
    for (x, y), sign, zone in ((station.left, 1, station.zones[0]), (station.right, -1, station.zones[1])):
        beyond = zone + 4.5 * scale
        yield (x + sign * beyond * dx, y + sign * beyond * dy), sign


def _looking(end: views.Point, station: section.Station, scale: int) -> Iterator[views.Stroke]:
    """Yield the arrow at the end of a mark, in the direction of looking: uphill."""
    (x, y), (dx, dy), size = end, station.ahead, 2.0 * scale
    tip, (sx, sy) = (x + dx * size, y + dy * size), _across(station)
    yield views.Stroke("mark", (end, tip))
    half = 0.35 * size
    back = (tip[0] - dx * half * 2, tip[1] - dy * half * 2)
    wings = (back[0] + sx * half, back[1] + sy * half), (back[0] - sx * half, back[1] - sy * half)
    yield views.Stroke("way", (wings[0], tip, wings[1]), closed=True)


def _run_labels(design: geometry.Design, words: wording.Wording, scale: int) -> Iterator[views.Label]:
    for run in design.runs:
        (x, y), (east, north), length = _ahead(run)
        angle = 90.0 if abs(north) > abs(east) else 0.0
        lift = 0.9 * scale
        place = x + 0.6 * length * east - (lift if angle else 0), y + 0.6 * length * north + (0 if angle else lift)
        text = words.text("Run {number}, up {slope}", number=run.number, slope=views.slope_text(run, words))
        short = f"{run.number} · 1:{words.number(run.going_mm / run.rise_mm, 1)}"
        label = views.Label(text, place, angle=angle, shorter=short)
        fits = views.width_mm(label) < 0.62 * length / scale
        yield label if fits else dataclasses.replace(label, words=short, shorter="")
    for station in section.stations(design):
        for (x, y), _ in _section_ends(station, scale):
            back = 1.6 * scale
            at = x - back * station.ahead[0], y - back * station.ahead[1] - 1.1 * scale
            yield views.Label(station.letter, at, _LETTER_MM, bold=True, layer="mark")


def _landing_labels(design: geometry.Design, words: wording.Wording, scale: int) -> Iterator[views.Label]:
    for number, landing in enumerate(design.landings, start=1):
        (low_x, low_y), (high_x, high_y) = _clear_of_strips(landing, design)
        x, y = (low_x + high_x) / 2, (low_y + high_y) / 2
        label = views.Label(
            words.text("Landing {number}", number=words.number(number)), (x, y + 0.6 * scale), bold=True
        )
        narrow = views.width_mm(label) * scale > 0.9 * (high_x - low_x)
        yield dataclasses.replace(label, words=words.number(number)) if narrow else label
        yield views.Label(views.level_text(landing.height_mm), (x, y - 2.4 * scale))


def _clear_of_strips(landing: geometry.Landing, design: geometry.Design) -> tuple[views.Point, views.Point]:
    """Return the corners of the larger part of a landing beside its tactile strips."""
    low, high = list(landing.low[:2]), list(landing.high[:2])
    for strip in design.tactile_strips:
        ends = [(min(c[a] for c in strip.outline), max(c[a] for c in strip.outline)) for a in (0, 1)]
        inside = all(low[a] <= sum(ends[a]) / 2 <= high[a] for a in (0, 1)) and strip.outline[0][2] == landing.height_mm
        if inside:
            # the side as long as the strip is deep lies in the walking direction
            axis = 0 if ends[0][1] - ends[0][0] == strip.depth_mm else 1
            if ends[axis][0] - low[axis] > high[axis] - ends[axis][1]:
                high[axis] = ends[axis][0]
            else:
                low[axis] = ends[axis][1]
    return (low[0], low[1]), (high[0], high[1])


def _side_labels(design: geometry.Design, words: wording.Wording, scale: int) -> Iterator[views.Label]:
    """Yield the names of the ways in and out, just outside the foot and the top."""
    if isinstance(design.space, geometry.KerbSpace):
        left, _, _, _ = _box(design)
        yield views.Label(words.text("Road"), (left, -4.2 * scale), anchor=0)
        return
    if not design.landings:
        return
    named = (
        (design.landings[0], design.entry_side, words.text("Way in")),
        (design.landings[-1], design.exit_side, words.text("Way out")),
    )
    for landing, side, name in named:
        x, y = views.middle((landing.low, landing.high))
        # beyond the far and the right side the height of the letters comes on top: a text stands on its baseline
        beyond = 1.6 * scale
        at, angle = {
            geometry.FRONT: ((landing.low[0] - beyond, y), 90.0),
            geometry.FAR: ((landing.high[0] + beyond + views.TEXT_MM * scale, y), 90.0),
            geometry.LEFT: ((x, landing.high[1] + beyond), 0.0),
            geometry.RIGHT: ((x, landing.low[1] - beyond - views.TEXT_MM * scale), 0.0),
        }[side]
        yield views.Label(name, at, angle=angle, bold=True)


def _clear_widths(design: geometry.Design, words: wording.Wording) -> Iterator[views.Dimension]:
    for run in design.runs:
        (x, y), (east, north), length = _ahead(run)
        name = words.text("Run {number}, clear width", number=words.number(run.number))
        axis = views.VERTICAL if abs(east) > abs(north) else views.HORIZONTAL
        at = (x + 0.22 * length * east, y + 0.22 * length * north)[1 - axis]
        yield views.Dimension(name, run.foot_left[:2], run.foot_right[:2], axis, at)


def _chains(design: geometry.Design, words: wording.Wording, scale: int) -> Iterator[views.Dimension]:
    """Yield the lengths of everything along x below the plan and along y to its right, and the whole outside them."""
    left, low, right, high = _box(design)
    whole = (
        (left, right, words.text("Whole length of the land taken")),
        (low, high, words.text("Whole width of the land taken")),
    )
    for axis, edge, sign in ((views.HORIZONTAL, low, -1), (views.VERTICAL, right, 1)):
        tracks = _tracks([*_intervals(design, words, axis)], whole[axis])
        for track, intervals in enumerate(tracks):
            at = edge + sign * (views.FIRST_TRACK_MM + track * views.TRACK_MM) * scale
            for start, end, name in intervals:
                ends = ((start, edge), (end, edge)) if axis == views.HORIZONTAL else ((edge, start), (edge, end))
                yield views.Dimension(name, *ends, axis, at)


def _intervals(design: geometry.Design, words: wording.Wording, axis: int) -> Iterator[Interval]:
    """Yield the extent of each part along an axis: landings, runs that go that way, and flares."""
    phrases = (
        wording.phrase("Landing {number}, along the length"),
        wording.phrase("Landing {number}, along the width"),
    )
    for number, landing in enumerate(design.landings, start=1):
        yield landing.low[axis], landing.high[axis], words.text(phrases[axis], number=words.number(number))
    for run in design.runs:
        start, end = sorted((run.foot_left[axis], run.head_left[axis]))
        if start != end:
            yield start, end, words.text("Run {number}, going", number=words.number(run.number))
    # flares lie along the kerb, which is the x axis
    if axis == views.HORIZONTAL:
        for number, flare in enumerate(design.flares, start=1):
            along = sorted(x for x, _, _ in flare.outline)
            yield along[0], along[-1], words.text("Flare {number}, along the kerb", number=words.number(number))


def _tracks(intervals: list[Interval], whole: Interval) -> list[list[Interval]]:
    """Return the intervals in rows in which none overlaps another; equal ones once, the whole last."""
    tracks: list[list[Interval]] = []
    # A part as long as the whole is dimensioned once, by the whole.
    seen = {whole[:2]}
    # short ones first: they stand nearest to the plan, and longer ones span them
    for interval in sorted(intervals, key=lambda each: (each[1] - each[0], each[0])):
        if interval[:2] in seen:
            continue
        seen.add(interval[:2])
        for track in tracks:
            if all(interval[1] <= other[0] or interval[0] >= other[1] for other in track):
                track.append(interval)
                break
        else:
            tracks.append([interval])
    return [sorted(track) for track in tracks] + [[whole]]
