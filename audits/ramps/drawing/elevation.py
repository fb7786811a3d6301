"""Draw the unfolded elevation of a ramp: the way from foot to top laid straight, in as many rows as needed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from audits import wording
from audits.ramps import geometry, guards, quantities, requirements, walls
from audits.ramps.drawing import clear_text, views

_ROAD_MM = 600
_BELOW_MM = 350
_LEAST_NAMED_MM = 8.0  # of paper: a shorter stretch of wall has no room for its name


@dataclass(frozen=True)
class Part:
    """One run or landing laid straight, with its heights; an existing footpath at a kerb ramp is not `built`."""

    name: str
    start: float
    end: float
    low: float
    high: float
    run: geometry.Run | None = None
    built: bool = True


def view_rows(
    design: geometry.Design,
    made: requirements.Construction,
    works: quantities.Works,
    words: wording.Wording,
    scale: int,
    widest_mm: float,
) -> tuple[views.View, ...]:
    """Return the elevation in rows, none wider than some mm of paper as far as landings allow."""
    # The level ground at both ends is drawn too.
    rows = _rows(list(parts(design, words)), widest_mm * scale - 2 * _ROAD_MM)
    return tuple(
        _row(row, number, len(rows), design, made, works, words, scale) for number, row in enumerate(rows, start=1)
    )


def parts(design: geometry.Design, words: wording.Wording) -> Iterator[Part]:
    """Yield runs and landings in the order in which they are walked; along a kerb from one end to the other."""
    at = 0.0
    for piece in _in_order(design):
        if isinstance(piece, geometry.Run):
            name = words.text("Run {number}, going", number=words.number(piece.number))
            ends = piece.foot_left[2], piece.head_left[2]
            # along a kerb the first run leads down to the road, and the second up again
            low, high = ends[::-1] if design.family == geometry.PARALLEL and piece.number == 1 else ends
            yield Part(name, at, at + piece.going_mm, low, high, piece)
            at += piece.going_mm
        else:
            # by its place in the design: along a kerb landings are walked in another order than they are numbered
            number = design.landings.index(piece) + 1
            name = words.text("Landing {number}, clear length", number=words.number(number))
            built = not (isinstance(design.space, geometry.KerbSpace) and piece.kind == geometry.TOP)
            yield Part(name, at, at + piece.length_mm, piece.height_mm, piece.height_mm, built=built)
            at += piece.length_mm


def _in_order(design: geometry.Design) -> list[geometry.Run | geometry.Landing]:
    if not isinstance(design.space, geometry.KerbSpace):
        walked: list[geometry.Run | geometry.Landing] = []
        for landing, run in zip(design.landings, design.runs, strict=False):
            walked += [landing, run]
        return [*walked, design.landings[-1]] if design.landings else list(design.runs)
    if design.family == geometry.PARALLEL:
        low, first, last = design.landings
        return [first, design.runs[0], low, design.runs[1], last]
    return [*design.runs, *design.landings]


def _rows(every: list[Part], widest: float) -> list[list[Part]]:
    """Return the parts in rows; a row ends with a landing, so a row is as long as a run and its landing at least."""
    rows: list[list[Part]] = [[]]
    for part in every:
        row = rows[-1]
        together = part.run is None and row and row[-1].run is not None
        if row and not together and _following(part, every).end - row[0].start > widest:
            rows.append([])
        rows[-1].append(part)
    return rows


def _following(part: Part, every: Sequence[Part]) -> Part:
    """Return the landing behind a run, or the part itself."""
    place = every.index(part) + 1
    return every[place] if part.run is not None and place < len(every) else part


def _row(
    row: list[Part],
    number: int,
    rows: int,
    design: geometry.Design,
    made: requirements.Construction,
    works: quantities.Works,
    words: wording.Wording,
    scale: int,
) -> views.View:
    title = words.text("Unfolded elevation")
    if rows > 1:
        title = words.text("Unfolded elevation, part {number} of {all}", number=number, all=rows)
    bottom = min(part.low for part in row) - _BELOW_MM
    # At a kerb the slab lies on its bed in the ground; elsewhere on fill between walls.
    in_ground = isinstance(design.space, geometry.KerbSpace)
    is_bevel = design.family == geometry.BEVEL
    strokes = [
        *(_fillet(row) if is_bevel else _body(row, bottom, made, works.bed_mm if in_ground else None)),
        *_rails(row, design),
        *_level_ground(row, bottom, design),
    ]
    edge_mm = max((edge.height_mm for edge in design.edges), default=0)
    guard_mm = max((edge.guard_height_mm for edge in design.edges), default=0)
    labels = [label for part in row for label in _labels(part, edge_mm, guard_mm, words, scale)]
    if is_bevel:
        name = words.text(quantities.NAMES["fillet_litre"])
        labels.append(views.Label(name, ((row[0].start + row[-1].end) / 2, bottom + 0.4 * _BELOW_MM)))
    if design.edges:
        carried = list(_wall_spans(row))
        labels += _wall_labels(carried, bottom, words, scale)
        strokes += [views.Stroke("joint", ((x, bottom), (x, bottom + 0.8 * _BELOW_MM))) for _, x, _ in carried[1:]]
    dimensions = list(_dimensions(row, bottom, words, scale))
    return clear_text.view(title, scale, strokes, labels, dimensions)


def _wall_spans(row: Iterable[Part]) -> Iterator[tuple[walls.WallType | None, float, float]]:
    """Yield each type of wall along the way with where it begins and ends; a low wall may carry several parts."""
    limits = [each.holds_mm for each in walls.TYPES]
    spans: list[tuple[walls.WallType | None, float, float]] = []
    for part in row:
        # a landing on the ground needs no wall
        if part.run is None and part.low <= 0:
            continue
        climbed, long = part.high - part.low, part.end - part.start
        passed = [at for at in limits if part.low < at < part.high]
        crossed = [part.start + (at - part.low) / climbed * long for at in passed]
        for start, end in itertools.pairwise([part.start, *crossed, part.end]):
            share = ((start + end) / 2 - part.start) / long
            kind = walls.of_height(part.low + share * climbed)
            if spans and spans[-1][0] == kind and spans[-1][2] == start:
                start = spans.pop()[1]
            spans.append((kind, start, end))
    yield from spans


def _wall_labels(
    spans: Iterable[tuple[walls.WallType | None, float, float]], bottom: float, words: wording.Wording, scale: int
) -> Iterator[views.Label]:
    for kind, start, end in spans:
        at = ((start + end) / 2, bottom + 0.4 * _BELOW_MM)
        if kind is None:
            text = words.text("Structure to be designed by an engineer")
            yield views.Label(text, at, bold=True, layer="warning", shorter=words.text("Engineer"))
        elif (end - start) / scale > _LEAST_NAMED_MM:
            yield views.Label(words.text("Wall {name}", name=kind.name), at, shorter=kind.name)


def _floor(row: Iterable[Part]) -> tuple[views.Point, ...]:
    # where two parts meet, both have the same point
    points = [point for part in row for point in ((part.start, part.low), (part.end, part.high))]
    return tuple(dict.fromkeys(points))


def _raised(points: Iterable[views.Point], by: float) -> tuple[views.Point, ...]:
    return tuple((x, z + by) for x, z in points)


def _body(
    row: list[Part], bottom: float, made: requirements.Construction, bed_mm: int | None
) -> Iterator[views.Stroke]:
    """Yield slab and what carries it, a bed or fill; what is there already, the footpath at a kerb, as ground."""
    for built, group in itertools.groupby(row, lambda part: part.built):
        floor = _floor(group)
        under = _raised(floor, -made.slab_thickness_mm)
        ends = ((floor[0][0], bottom), (floor[-1][0], bottom)) if bed_mm is None else _raised(under, -bed_mm)
        if built:
            yield views.Stroke("fill", (*under, *reversed(ends)), closed=True)
            yield views.Stroke("slab", (*floor, *reversed(under)), closed=True)
        else:
            yield views.Stroke("ground", floor)


def _fillet(row: list[Part]) -> Iterator[views.Stroke]:
    """Yield the wedge of a bevel on the floor that is there."""
    floor = _floor(row)
    yield views.Stroke("slab", (*floor, (floor[-1][0], floor[0][1])), closed=True)


def _level_ground(row: list[Part], bottom: float, design: geometry.Design) -> Iterator[views.Stroke]:
    if isinstance(design.space, geometry.KerbSpace):
        if row[0].low == 0:
            yield views.Stroke("ground", ((row[0].start - _ROAD_MM, 0), (row[0].start, 0)))
    elif bottom < 0:
        yield views.Stroke("ground", ((row[0].start - _ROAD_MM, 0), (row[-1].end, 0)))


def _rails(row: list[Part], design: geometry.Design) -> Iterator[views.Stroke]:
    """Yield edge, guard and posts where the design has them, and the handrail as far as it reaches."""
    guarded = [part for part in row if part.run is not None or part.low > 0]
    for edge in design.edges[:1] if guarded else ():
        line = _floor(guarded)
        yield views.Stroke("edge", (*line, *reversed(_raised(line, edge.height_mm))), closed=True)
        yield views.Stroke("guard", _raised(line, edge.guard_height_mm))
        for x, z in _posts(guarded, edge):
            yield views.Stroke("guard", ((x, z), (x, z + edge.guard_height_mm)))
    for rail in design.handrails[:1] if guarded else ():
        yield views.Stroke("handrail", _raised(_along_rail(guarded, design, rail), rail.height_mm))


def _along_rail(guarded: list[Part], design: geometry.Design, rail: geometry.Handrail) -> list[views.Point]:
    """Return the floor under a handrail: level beyond the foot of the first run and the head of the last."""
    line = list(_floor(guarded))
    runs = [part for part in guarded if part.run is not None]
    if runs and runs[0].run is design.runs[0]:
        line.insert(0, (line[0][0] - rail.before_foot_mm, line[0][1]))
    if runs and runs[-1].run is design.runs[-1]:
        head = runs[-1].end
        line = [*(point for point in line if point[0] <= head), (head + rail.past_top_mm, runs[-1].high)]
    return line


def _posts(row: Iterable[Part], edge: geometry.Edge) -> Iterator[views.Point]:
    for part in row:
        count = guards.bays((round(part.start), 0, 0), (round(part.end), 0, 0), edge)
        for step in range(count + 1):
            share = step / count
            yield part.start + share * (part.end - part.start), part.low + share * (part.high - part.low)


def _labels(part: Part, edge_mm: int, guard_mm: int, words: wording.Wording, scale: int) -> Iterator[views.Label]:
    middle, level = (part.start + part.end) / 2, (part.low + part.high) / 2
    if part.run is None:
        above = level + (edge_mm if level else 0) + 0.9 * scale
        yield views.Label(views.level_text(part.low), (middle, above), bold=True)
        return
    text = words.text("Run {number}, up {slope}", number=part.run.number, slope=views.slope_text(part.run, words))
    short = f"{part.run.number} · 1:{words.number(part.run.going_mm / part.run.rise_mm, 1)}"
    label = views.Label(text, (middle, level + guard_mm + 2.6 * scale))
    fits = views.width_mm(label) * scale < part.end - part.start
    yield label if fits else views.Label(short, label.at)


def _dimensions(row: list[Part], bottom: float, words: wording.Wording, scale: int) -> Iterator[views.Dimension]:
    line = bottom - views.FIRST_TRACK_MM * scale * 0.7
    for part in row:
        yield views.Dimension(part.name, (part.start, bottom), (part.end, bottom), views.HORIZONTAL, line)
        if part.run is not None:
            name = words.text("Run {number}, rise", number=words.number(part.run.number))
            head, beside = (part.end, 1.5 * scale) if part.high > part.low else (part.start, -1.5 * scale)
            low, high = sorted((part.low, part.high))
            yield views.Dimension(name, (head, low), (head, high), views.VERTICAL, head + beside)
