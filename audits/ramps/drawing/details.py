"""Draw the details of a ramp: guard and handrail, a bay of the guard, tactile strip, joint and reinforcement."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Sequence

from audits import wording
from audits.ramps import geometry, guards, quantities, requirements, walls
from audits.ramps.drawing import clear_text, section, views

SCALE, SMALL_SCALE = 10, 20
_PLATE_MM, _PLATE_THICK_MM, _FILLER_MM, _DOWEL_MM, _COVER_MM, _DOME_MM, _TILE_MM = 100, 6, 12, 400, 40, 5, 20
_TEXT_STEP_MM = 4.6


def all_views(
    design: geometry.Design, made: requirements.Construction, works: quantities.Works, words: wording.Wording
) -> list[views.View]:
    """Return the details that a design needs; a bevel needs none."""
    drawn = [draw for _, draw in _wanted(design, made, works, words)]
    return [draw(words.text("Detail {number}", number=number)) for number, draw in enumerate(drawn, start=1)]


def places(
    design: geometry.Design, made: requirements.Construction, works: quantities.Works, words: wording.Wording
) -> list[views.Point]:
    """Return where in the plan each detail is met, in the order of :func:`all_views`."""
    return [place for place, _ in _wanted(design, made, works, words)]


def _wanted(
    design: geometry.Design, made: requirements.Construction, works: quantities.Works, words: wording.Wording
) -> Iterator[tuple[views.Point, Callable[[str], views.View]]]:
    if design.family == geometry.BEVEL:
        return
    if design.edges:
        edge = design.edges[0]
        # the longest piece has room for the callouts of both
        long = max(itertools.pairwise(edge.points), key=lambda pair: math.dist(*pair))
        yield _between(long, 0.35), lambda name: _guard(design, made, words, name)
        yield _between(long, 0.65), lambda name: _bay(edge, words, name)
    walled = next((rail for rail in design.handrails if rail.beside_wall), None)
    if walled is not None:
        along = max(itertools.pairwise(walled.points), key=lambda pair: math.dist(*pair))
        yield _between(along, 0.5), lambda name: _on_wall(walled, made, words, name)
    if design.tactile_strips:
        at = views.middle(design.tactile_strips[0].outline)
        yield at, lambda name: _tactile(design, made, words, name)
    run = design.runs[-1]
    yield _between((run.head_left, run.head_right), 0.25), lambda name: _joint(made, works, words, name)
    if design.edges:
        high = max(itertools.pairwise(design.edges[-1].points), key=lambda pair: pair[0][2] + pair[1][2])
        yield _between(high, 0.5), lambda name: _reinforcement(design, made, works, words, name)


def _between(ends: tuple[geometry.Point, geometry.Point], share: float) -> views.Point:
    (x, y, _), (to_x, to_y, _) = ends
    return x + share * (to_x - x), y + share * (to_y - y)


def renumbered(view: views.View, number: int, words: wording.Wording) -> views.View:
    """Return a detail under another number, so that they follow one another on the sheets."""
    _, _, subject = view.title.partition(": ")
    return dataclasses.replace(view, title=f"{words.text('Detail {number}', number=number)}: {subject}")


def _box(x1: float, z1: float, x2: float, z2: float) -> tuple[views.Point, ...]:
    return (x1, z1), (x2, z1), (x2, z2), (x1, z2)


def _leaders(
    notes: Sequence[tuple[str, views.Point]], x: float, top: float, scale: int, *, beside: bool = True
) -> tuple[list[views.Stroke], list[views.Label]]:
    """Return notes under one another from a height downwards, each with a line to what it names, and beside it."""
    strokes, labels = [], []
    z = top + _TEXT_STEP_MM * scale
    # from the highest point downwards, so that the lines do not cross
    for text, point in sorted(notes, key=lambda note: -note[1][1]) if beside else notes:
        z -= _TEXT_STEP_MM * scale
        z = min(z, point[1] + _TEXT_STEP_MM * scale) if beside else z
        strokes.append(views.Stroke("leader", (point, (x - 2.5 * scale, z), (x - 0.8 * scale, z))))
        labels.append(views.Label(text, (x, z - 0.8 * scale), anchor=0.0))
    return strokes, labels


def _guard(design: geometry.Design, made: requirements.Construction, words: wording.Wording, name: str) -> views.View:
    edge, rail, text, number = design.edges[0], next(iter(design.handrails), None), words.text, words.number
    slab, guard, post = made.slab_thickness_mm, edge.guard_from_mm, edge.guard_from_mm + edge.post_mm
    plate = post + 10 - _PLATE_MM, edge.height_mm - _PLATE_THICK_MM, post + 10, edge.height_mm
    strokes = [
        views.Stroke("slab", _box(-350, -slab, edge.thickness_mm, 0), closed=True),
        views.Stroke("wall", _box(0, -slab - 200, edge.thickness_mm, -slab), closed=True),
        views.Stroke("edge", _box(0, 0, edge.thickness_mm, edge.height_mm), closed=True),
        views.Stroke("steel", _box(*plate), closed=True),
        views.Stroke("guard", _box(guard, edge.height_mm, post, edge.guard_height_mm), closed=True),
    ]
    notes: list[tuple[str, views.Point]] = [
        (
            text("Post, square {side} mm, at most {gap} mm apart", side=edge.post_mm, gap=number(edge.post_spacing_mm)),
            (post, edge.guard_height_mm - 90),
        ),
        (
            text("Bars Ø{bar} mm, gaps at most {gap} mm", bar=guards.BAR_MM, gap=edge.infill_gap_mm),
            (post, edge.guard_height_mm - 320),
        ),
        (text("Plate {side} × {side} × {thick} mm, cast in", side=_PLATE_MM, thick=_PLATE_THICK_MM), plate[2:]),
        (text("Wheel guard, cast with the slab"), (edge.thickness_mm, edge.height_mm / 2)),
    ]
    wide = [
        (text("Wheel guard, width"), 0.0, edge.thickness_mm, 1),
        (text("Guard behind the edge's face"), 0.0, guard, 0),
    ]
    high = [(text("Edge above the floor"), edge.height_mm), (text("Guard above the floor"), edge.guard_height_mm)]
    if rail is not None:
        middle, radius = rail.height_mm - rail.diameter_mm / 2, rail.diameter_mm / 2
        low = middle - 2 * radius
        strokes.append(views.Stroke("guard", ((guard, low), (radius, low), (radius, middle - radius))))
        strokes.append(views.Stroke("handrail", section.round_(radius, middle, radius), closed=True))
        pipe = text("Handrail Ø{size} mm, round and smooth, bracket from below", size=rail.diameter_mm)
        notes.insert(0, (pipe, (radius, middle)))
        high.insert(1, (text("Handrail, top above the floor"), rail.height_mm))
        wide[1] = (text("Room for the hand behind the handrail"), float(rail.diameter_mm), guard, 0)
    drawn, labels = _leaders(notes, edge.thickness_mm + 130, edge.guard_height_mm + 10, SCALE)
    below = -slab - 200
    dimensions = [
        views.Dimension(name, (a, below), (b, below), views.HORIZONTAL, below - (6 + track * 5.5) * SCALE)
        for name, a, b, track in wide
    ]
    dimensions += [
        views.Dimension(name, (0, 0), (0, z), views.VERTICAL, -(9 + track * views.TRACK_MM) * SCALE)
        for track, (name, z) in enumerate(high)
    ]
    return clear_text.view(f"{name}: {text('guard and handrail')}", SCALE, [*strokes, *drawn], labels, dimensions)


def _on_wall(rail: geometry.Handrail, made: requirements.Construction, words: wording.Wording, name: str) -> views.View:
    text, slab, radius = words.text, made.slab_thickness_mm, rail.diameter_mm / 2
    face, middle = rail.diameter_mm + rail.wall_gap_mm, rail.height_mm - rail.diameter_mm / 2
    low = middle - 2 * radius
    strokes = [
        views.Stroke("slab", _box(-350, -slab, face, 0), closed=True),
        views.Stroke("existing", _box(face, -slab, face + 150, rail.height_mm + 150), closed=True),
        views.Stroke("guard", ((face, low), (radius, low), (radius, middle - radius))),
        views.Stroke("handrail", section.round_(radius, middle, radius), closed=True),
    ]
    spacing = words.number(made.post_spacing_mm)
    notes = [
        (text("Handrail Ø{size} mm, round and smooth, bracket from below", size=rail.diameter_mm), (radius, middle)),
        (text("Bracket fixed into the wall, at most {gap} mm apart", gap=spacing), (face - 10, low)),
    ]
    drawn, labels = _leaders(notes, face + 280, rail.height_mm + 40, SCALE)
    dimensions = [
        views.Dimension(
            text("Room for the hand behind the handrail"),
            (rail.diameter_mm, -slab),
            (face, -slab),
            views.HORIZONTAL,
            -slab - 60,
        ),
        views.Dimension(
            text("Handrail, top above the floor"), (0, 0), (0, rail.height_mm), views.VERTICAL, -9.0 * SCALE
        ),
    ]
    return clear_text.view(f"{name}: {text('handrail on the wall')}", SCALE, [*strokes, *drawn], labels, dimensions)


def _bay(edge: geometry.Edge, words: wording.Wording, name: str) -> views.View:
    spacing, side, low, high = edge.post_spacing_mm, edge.post_mm, edge.height_mm, edge.guard_height_mm
    strokes = [views.Stroke("edge", _box(-200, 0, spacing + 200, low), closed=True)]
    strokes += [
        views.Stroke("guard", _box(x - side / 2, low, x + side / 2, high - side), closed=True) for x in (0, spacing)
    ]
    top, bottom = (
        _box(-200, high - side, spacing + 200, high),
        _box(-200, low + 60, spacing + 200, low + 60 + guards.BAR_MM),
    )
    strokes += [views.Stroke("guard", rail, closed=True) for rail in (top, bottom)]
    # the same edge along another line, so that drawing and bill count its bars in one way
    piece = geometry.Edge(((0, 0, 0), (spacing, 0, 0)), *list(vars(edge).values())[1:])
    count, free = guards.bars(piece), spacing - side
    gap = (free - count * guards.BAR_MM) / (count + 1)
    for number in range(count):
        x = side / 2 + gap + number * (gap + guards.BAR_MM) + guards.BAR_MM / 2
        strokes.append(views.Stroke("guard", ((x, low + 60 + guards.BAR_MM), (x, high - side))))
    text = words.text
    dimensions = [
        views.Dimension(text("Posts, middle to middle, at most"), (0, 0), (spacing, 0), views.HORIZONTAL, -180),
        views.Dimension(
            text("Top of the guard above the floor"), (spacing, 0), (spacing, high), views.VERTICAL, spacing + 330
        ),
        views.Dimension(
            text("Bottom of the infill above the wheel guard"),
            (spacing, low),
            (spacing, low + 60),
            views.VERTICAL,
            spacing + 450,
        ),
    ]
    note = text("Gap between bars at most {gap} mm", gap=edge.infill_gap_mm)
    labels = [views.Label(note, (spacing / 2, high + 1.5 * SMALL_SCALE))]
    return clear_text.view(f"{name}: {text('bay of the guard')}", SMALL_SCALE, strokes, labels, dimensions)


def _tactile(design: geometry.Design, made: requirements.Construction, words: wording.Wording, name: str) -> views.View:
    strip, text, slab = design.tactile_strips[0], words.text, made.slab_thickness_mm
    near, far, ramp = -strip.offset_mm, -strip.offset_mm - strip.depth_mm, 400
    rise = ramp / design.slope_one_in
    floor: tuple[views.Point, ...]
    if strip.offset_mm:
        floor = ((far - 200, 0), (0, 0), (ramp, rise), (ramp, rise - slab), (0, -slab), (far - 200, -slab))
    else:
        floor = ((far - 200, 0), (0, 0), (0, -slab), (far - 200, -slab))
    strokes = [
        views.Stroke("slab", floor, closed=True),
        views.Stroke("tactile", _box(far, -_TILE_MM, near, 0), closed=True),
    ]
    count = max(1, strip.depth_mm // 60)
    for number in range(count):
        x = far + (number + 0.5) * strip.depth_mm / count
        strokes.append(views.Stroke("tactile", _box(x - 12, 0, x + 12, _DOME_MM), closed=True))
    notes = [
        (
            text("Tactile tiles with domes {high} mm high, in a colour that contrasts", high=_DOME_MM),
            (near - 30, -_TILE_MM / 2),
        )
    ]
    drawn, labels = _leaders(notes, near + 60, 90, SCALE, beside=False)
    dimensions = [
        views.Dimension(text("Tactile strip, depth"), (far, -slab), (near, -slab), views.HORIZONTAL, -slab - 60)
    ]
    if strip.offset_mm:
        dimensions.append(
            views.Dimension(text("Tactile strip to the ramp"), (near, -slab), (0, -slab), views.HORIZONTAL, -slab - 60)
        )
    return clear_text.view(f"{name}: {text('tactile strip')}", SCALE, [*strokes, *drawn], labels, dimensions)


def _joint(made: requirements.Construction, works: quantities.Works, words: wording.Wording, name: str) -> views.View:
    slab, text, half = made.slab_thickness_mm, words.text, _FILLER_MM / 2
    middle, radius = -slab / 2, 6.0
    strokes = [
        views.Stroke("fill", _box(-400, -slab - works.bed_mm, 400, -slab), closed=True),
        views.Stroke("slab", _box(-400, -slab, -half, 0), closed=True),
        views.Stroke("slab", _box(half, -slab, 400, 0), closed=True),
        views.Stroke("joint", _box(-half, -slab, half, -15), closed=True),
        views.Stroke("steel", _box(-_DOWEL_MM / 2, middle - radius, _DOWEL_MM / 2, middle + radius), closed=True),
    ]
    notes = [
        (text("Sealant, flush with the floor"), (0.0, -7.0)),
        (text("Filler {wide} mm, where run and landing meet and at old work", wide=_FILLER_MM), (0.0, -25.0)),
        (text("Dowel Ø12 mm, {long} mm long, every 300 mm, one half sleeved", long=_DOWEL_MM), (150.0, middle)),
    ]
    drawn, labels = _leaders(notes, 60, 190, SCALE, beside=False)
    dimensions = [
        views.Dimension(text("Slab, thickness"), (-400, -slab), (-400, 0), views.VERTICAL, -470),
        views.Dimension(text("Bed, thickness"), (-400, -slab - works.bed_mm), (-400, -slab), views.VERTICAL, -530),
    ]
    return clear_text.view(f"{name}: {text('joint')}", SCALE, [*strokes, *drawn], labels, dimensions)


def _reinforcement(
    design: geometry.Design, made: requirements.Construction, works: quantities.Works, words: wording.Wording, name: str
) -> views.View:
    # what is higher than every type is left to the engineer: the largest is drawn, as typical
    kind = walls.of_height(design.rise_mm) or walls.HIGHEST
    floor, depth, slab, text = (
        min(design.rise_mm, kind.holds_mm),
        -works.wall_depth_mm,
        made.slab_thickness_mm,
        words.text,
    )
    inward, on = kind.stem_mm - kind.footing_width_mm, depth + kind.footing_mm
    strokes = [
        views.Stroke("ground", ((kind.stem_mm, 0), (kind.stem_mm + 90, 0))),
        views.Stroke("lean", _box(inward, depth - works.lean_concrete_mm, kind.stem_mm, depth), closed=True),
        views.Stroke("wall", _box(inward, depth, kind.stem_mm, on), closed=True),
        views.Stroke("wall", _box(0, on, kind.stem_mm, floor - slab), closed=True),
        views.Stroke("slab", _box(inward - 200, floor - slab, kind.stem_mm, floor), closed=True),
        views.Stroke("edge", _box(0, floor, kind.stem_mm, floor + design.edges[0].height_mm), closed=True),
        *_bars(works, kind, floor, slab, design.edges[0].height_mm, inward, depth),
    ]
    mesh = text("Bars Ø{bar} mm every {gap} mm, both ways", bar=works.bar_diameter_mm, gap=works.bar_spacing_mm)
    notes = [
        (mesh, (inward - 100, floor - slab / 2)),
        (text("Upright bars go on into the wheel guard"), (_COVER_MM, floor - slab - 60)),
        (text("Cover of the bars {cover} mm", cover=_COVER_MM), (kind.stem_mm, on + 40)),
        (text("Lean concrete {thick} mm", thick=works.lean_concrete_mm), (kind.stem_mm, depth - 20)),
    ]
    right = kind.stem_mm + 160
    drawn, labels = _leaders(notes, right, floor + 40, SMALL_SCALE)
    warning = text("Typical, to be checked by the engineer")
    labels.append(views.Label(warning, (right, floor + 210), anchor=0.0, bold=True, layer="warning"))
    return clear_text.view(
        f"{name}: {text('reinforcement, wall {name}', name=kind.name)}", SMALL_SCALE, [*strokes, *drawn], labels, []
    )


def _bars(
    works: quantities.Works, kind: walls.WallType, floor: float, slab: float, edge: float, inward: float, depth: float
) -> Iterator[views.Stroke]:
    """Yield one mesh in slab, stem and footing: bars along the drawing as lines, those across it as dots."""
    cover, gap = _COVER_MM, works.bar_spacing_mm
    level, low = floor - slab / 2, depth + cover
    yield views.Stroke("steel", ((inward - 200, level), (kind.stem_mm - cover, level)))
    yield views.Stroke("steel", ((cover, floor + edge - cover), (cover, low)))
    yield views.Stroke("steel", ((inward + cover, low), (kind.stem_mm - cover, low)))
    # thinner, it would not show at this scale
    dot = max(works.bar_diameter_mm, 12) / 2
    along: list[views.Point] = [
        (x, level - 2 * dot) for x in range(round(inward - 150), round(kind.stem_mm - cover), gap)
    ]
    along += [(x, low + 2 * dot) for x in range(round(inward + cover + 20), round(kind.stem_mm - cover), gap)]
    along += [(cover + 2 * dot, z) for z in range(round(low + 60), round(floor), gap)]
    for x, z in along:
        yield views.Stroke("steel", section.round_(x, z, dot), closed=True)
