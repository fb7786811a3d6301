"""Measure a design on its drawing as a surveyor would on site, and judge it by every edition of the law."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from audits import survey, wording
from audits.ramps import geometry, solids
from audits.rules import model
from audits.scoring import findings
from audits.scoring import run as audit

COMPARATOR = "comparator"
THRESHOLD = "entrance"
HAND_GAP, BESIDE_WALL = "handrail_wall_gap_mm", "handrail_beside_wall"

Range = tuple[float, float]


@dataclass(frozen=True)
class Judged:
    """The verdict of one limit on a design, one of :data:`audits.scoring.findings.VERDICTS`."""

    rule: findings.Rule
    verdict: str


@dataclass(frozen=True)
class Check:
    """The verdicts of the law on a design.

    Parameters
    ----------
    readings
        By quantity id, the lowest and the highest value on the drawing.
    judged
        One for every limit in force under any Thai edition in any setting, of quantities that a drawing shows.
    conditions
        Criteria that a drawing cannot decide, such as slipping: conditions of the design, to be met on site.
    """

    readings: Mapping[str, Range]
    judged: tuple[Judged, ...]
    conditions: tuple[model.Criterion, ...]

    @property
    def failures(self) -> tuple[Judged, ...]:
        """Verdicts that do not pass, of what the drawing shows."""
        return tuple(one for one in self.judged if one.verdict not in ("pass", "not_applicable"))


def check(design: geometry.Design, criteria: model.Criteria) -> Check:
    """Judge a design by all limits of its kind under any edition and in any setting."""
    return judged_by(design, rules_of(criteria, THRESHOLD if design.family == geometry.BEVEL else element_kind(design)))


def judged_by(design: geometry.Design, rules: Sequence[findings.Rule]) -> Check:
    """Judge a design by rules from :func:`rules_of`, looked up once for many designs."""
    # Measured on the drawing, not taken from the design: an error of the geometry then fails a limit.
    drawn = readings(design)
    exact = {name: _reading(low, high) for name, (low, high) in drawn.items()}
    # A hand needs the same room beside a guard or another rail as beside a wall.
    beside = exact | {BESIDE_WALL: _reading(1.0, 1.0)}
    by_hand = [rule.criterion.quantity.quantity_id == HAND_GAP for rule in rules]
    verdicts = findings.verdicts(findings.outcomes(rules, exact, 1))[:, 0]
    gaps = findings.verdicts(findings.outcomes(rules, beside, 1))[:, 0] if any(by_hand) else verdicts
    judged, conditions = [], {}
    for rule, verdict in zip(rules, np.where(by_hand, gaps, verdicts), strict=True):
        name = findings.VERDICTS[verdict]
        if rule.criterion.quantity.quantity_id in drawn:
            judged.append(Judged(rule, name))
        elif name != "not_applicable" and design.family != geometry.BEVEL:
            conditions[rule.criterion.criterion_id] = rule.criterion
    return Check(drawn, tuple(judged), tuple(conditions.values()))


def clauses(criterion: model.Criterion, words: wording.Wording) -> tuple[str, ...]:
    """Return the clauses that ask for a requirement, each once with its source, in the reader's language."""
    return tuple(dict.fromkeys(_clause(limit, words) for limit in criterion.limits))


def condition_sentence(criterion: model.Criterion, words: wording.Wording) -> str:
    """Return one condition of a design in the reader's language, with the clauses that ask for it."""
    what = f"{words.name(criterion.name)} ({', '.join(clauses(criterion, words))})"
    return words.text("To be made and checked on site: {what}", what=what)


def notes(found: Check, words: wording.Wording) -> tuple[str, ...]:
    """Return the clauses that the drawing meets, by source, and then its conditions, in the reader's language."""
    # dictionaries as ordered sets: each clause and each name once, in the order of the criteria
    met: dict[str, dict[str, dict[str, None]]] = {}
    for one in found.judged:
        if one.verdict == "pass":
            limit, name = one.rule.limit, words.name(one.rule.criterion.name)
            clauses = met.setdefault(words.name(limit.source.short), {})
            clauses.setdefault(words.name(limit.clause), {})[name] = None
    listed = {
        source: "; ".join(f"{clause} {', '.join(names)}".strip() for clause, names in clauses.items())
        for source, clauses in met.items()
    }
    meets = (words.text("Meets {source}: {what}", source=source, what=what) for source, what in listed.items())
    return *meets, *(condition_sentence(one, words) for one in found.conditions)


def _clause(limit: model.Limit, words: wording.Wording) -> str:
    return f"{words.name(limit.source.short)} {words.name(limit.clause)}".strip()


def element_kind(design: geometry.Design) -> str:
    """Return the kind of element that a design builds."""
    return "kerb_ramp" if isinstance(design.space, geometry.KerbSpace) else "ramp"


def readings(design: geometry.Design) -> dict[str, Range]:
    """Measure everything that the drawing shows, from its points and not from the figures it was designed with."""
    space = design.space
    if isinstance(space, geometry.KerbSpace):
        shown = _of_kerb_ramp(design, space)
    else:
        shown = _of_bevel(design) if design.family == geometry.BEVEL else _of_ramp(design, space)
    return {survey.ELEMENT_PRESENT: (1.0, 1.0)} | dict(shown)


def _reading(low: float, high: float) -> findings.Readings:
    return findings.Readings(np.array([low]), np.array([high]), np.zeros(1))


def rules_of(criteria: model.Criteria, kind: str) -> tuple[findings.Rule, ...]:
    """Return each limit on a kind of element that some Thai edition puts in force in some setting, once."""
    # a source to compare with binds nobody here
    thai = [source_id for source_id, source in criteria.sources.items() if source.kind != COMPARATOR]
    found: dict[tuple[str, int], findings.Rule] = {}
    # whoever grants the permit may go by any of them, so that a design must satisfy all
    for edition, setting in itertools.product([audit.BY_PERMIT_DATE, *thai], survey.SETTINGS):
        for rule in audit.rules_for(criteria, kind, None, setting, edition)[0]:
            found.setdefault((rule.criterion.criterion_id, id(rule.limit)), rule)
    return tuple(found.values())


def _of_ramp(design: geometry.Design, space: geometry.Space) -> Iterator[tuple[str, Range]]:
    # along the slope, as a tape lies
    slope_lengths = [math.dist(run.foot_left, run.head_left) for run in design.runs]
    yield "running_slope_pct", _range(_slopes_pct(design.runs))
    yield "ramp_length_total_mm", _one(math.fsum(slope_lengths))
    yield "longest_run_length_mm", _one(max(slope_lengths))
    yield "runs_count", _one(len(design.runs))
    yield "clear_width_mm", _one(min([*_widths(design.runs), *(min(_sides(one)) for one in design.landings)]))
    ends = design.landings[0], design.landings[-1]
    before, after = _level_before(design.runs[0], ends[0]), _level_after(design.runs[-1], ends[1])
    yield "space_before_ramp_length_mm", _one(min(before, after))
    yield "end_square_smaller_side_mm", _one(min(min(_sides(one)) for one in ends))
    yield "landing_length_mm", _one(min(_landing_lengths(design)))
    yield "between_storeys", _one(space.between_storeys)
    yield from _of_sides(design)
    yield from _of_rails(design, space)
    yield from _of_strips(design)


def _of_bevel(design: geometry.Design) -> Iterator[tuple[str, Range]]:
    """Read a bevel as the threshold of a door, the only place where the law speaks of so small a rise."""
    (run,) = design.runs
    high = run.head_left[2] - run.foot_left[2]
    for name, stands in (("door_present", True), ("door_exempt", False), ("threshold_present", True)):
        yield name, _one(stands)
    yield "threshold_height_mm", _one(high)
    yield "threshold_edge_angle_deg", _one(math.degrees(math.atan2(high, _plan(run.foot_left, run.head_left))))


def _one(value: float) -> Range:
    return float(value), float(value)


def _range(values: Iterable[float]) -> Range:
    found = list(values)
    return float(min(found)), float(max(found))


def _plan(a: geometry.Point, b: geometry.Point) -> float:
    return math.dist(a[:2], b[:2])


def _slopes_pct(runs: tuple[geometry.Run, ...]) -> list[float]:
    # along both sides, since an error in the drawing may tilt a run
    lines = [line for run in runs for line in ((run.foot_left, run.head_left), (run.foot_right, run.head_right))]
    return [100 * (head[2] - foot[2]) / _plan(foot, head) for foot, head in lines]


def _widths(runs: tuple[geometry.Run, ...]) -> Iterator[float]:
    for run in runs:
        yield from (_plan(run.foot_left, run.foot_right), _plan(run.head_left, run.head_right))


def _sides(landing: geometry.Landing) -> tuple[int, int]:
    (x, y, _), (to_x, to_y, _) = landing.clear_low, landing.clear_high
    return to_x - x, to_y - y


def _heading(run: geometry.Run) -> tuple[float, float]:
    (x, y, _), (to_x, to_y, _) = run.foot_left, run.head_left
    going = _plan(run.foot_left, run.head_left)
    return (to_x - x) / going, (to_y - y) / going


def _reach(from_: geometry.Point, points: Iterable[geometry.Point], heading: tuple[float, float]) -> float:
    """Return the distance of the farthest point ahead of a place."""
    return max((x - from_[0]) * heading[0] + (y - from_[1]) * heading[1] for x, y, _ in points)


def _level_before(run: geometry.Run, landing: geometry.Landing) -> float:
    dx, dy = _heading(run)
    return _level(run.foot_left, landing, (-dx, -dy))


def _level_after(run: geometry.Run, landing: geometry.Landing) -> float:
    return _level(run.head_left, landing, _heading(run))


def _level(end: geometry.Point, landing: geometry.Landing, outward: tuple[float, float]) -> float:
    """Return the free level length from the end of a run; a landing that begins later counts with its own length."""
    corners = (landing.clear_low, landing.clear_high)
    return min(_reach(end, corners, outward), _extent(corners, outward))


def _landing_lengths(design: geometry.Design) -> Iterator[float]:
    """Yield the length of each landing: between the runs where these are in line, else its shorter side."""
    yield from (min(_sides(one)) for one in design.landings if one.kind != geometry.REST)
    # not strict: behind the last run there is no other one
    for before, landing, after in zip(design.runs, design.landings[1:], design.runs[1:], strict=False):
        if landing.kind == geometry.REST:
            yield _plan(before.head_left, after.foot_left)


def _run_sides(design: geometry.Design) -> Iterator[tuple[str, geometry.Point, geometry.Point]]:
    for run in design.runs:
        yield geometry.LEFT, run.foot_left, run.head_left
        yield geometry.RIGHT, run.foot_right, run.head_right


def _covered(a: geometry.Point, b: geometry.Point, points: tuple[geometry.Point, ...]) -> bool:
    """Return whether the line from a to b lies on one straight piece of a line through points."""
    return any(_on(a, p, q) and _on(b, p, q) for p, q in itertools.pairwise(points))


def _on(point: geometry.Point, p: geometry.Point, q: geometry.Point) -> bool:
    # the lengths are square roots: their sum is that of the whole only up to rounding
    return math.isclose(math.dist(p, point) + math.dist(point, q), math.dist(p, q), rel_tol=1e-12)


def _of_sides(design: geometry.Design) -> Iterator[tuple[str, Range]]:
    open_ = [(a, b) for _, a, b in _run_sides(design) if not solids.beside_wall(a, b, design)]
    guarded = all(any(_covered(a, b, edge.points) for edge in design.edges) for a, b in open_)
    yield "side_open", _one(bool(open_))
    yield "guard_present", _one(bool(design.edges) and guarded)
    # an edge that leaves one open side free counts as none
    yield "raised_edge_height_mm", _range([edge.height_mm for edge in design.edges] if guarded and open_ else [0])


def _of_rails(design: geometry.Design, space: geometry.Space) -> Iterator[tuple[str, Range]]:
    rails = {rail.side: rail for rail in design.handrails}
    whole = {side: side in rails for side in (geometry.LEFT, geometry.RIGHT)}
    for side, a, b in _run_sides(design):
        whole[side] = whole[side] and _covered(a, b, rails[side].points)
    yield "handrail_present", _one(bool(rails))
    yield "handrails_both_sides", _one(all(whole.values()))
    if not rails:
        return
    yield "handrail_continuous", _one(all(whole[side] for side in rails))
    yield "handrail_height_mm", _range(rail.height_mm for rail in rails.values())
    yield "handrail_diameter_mm", _range(rail.diameter_mm for rail in rails.values())
    yield "handrail_extension_mm", _one(min(_extensions(design)))
    # the line of a rail is its face towards the way: the pipe lies between it and the wall
    gaps = [
        solids.to_wall_mm(a, b, space) - rail.diameter_mm
        for rail in rails.values()
        for a, b in itertools.pairwise(rail.points)
        if solids.beside_wall(a, b, design)
    ]
    yield BESIDE_WALL, _one(bool(gaps))
    yield HAND_GAP, _range([*gaps, *hand_gaps(design)])


_Piece = tuple[Sequence[float], Sequence[float]]


def hand_gaps(design: geometry.Design) -> Iterator[float]:
    """Yield the least room in plan, mm, from the outer face of each piece of rail to the guards and the other rails."""
    pieces = [
        (rail, number, pair) for rail in design.handrails for number, pair in enumerate(itertools.pairwise(rail.points))
    ]
    guards = list(solids.guard_faces(design))
    for rail, number, piece in pieces:
        yield from (_apart(piece, face) - rail.diameter_mm for face in guards)
        for other, place, neighbour in pieces:
            # Round a bend a rail comes near itself, and no hand reaches between.
            if other is not rail or place > number + 2:
                yield _apart(piece, neighbour) - rail.diameter_mm - other.diameter_mm


def _apart(one: _Piece, other: _Piece) -> float:
    """Return the distance in plan of two lines, each along an axis."""
    axes = (0, 1)
    between = [max(min(p[i] for p in a) - max(p[i] for p in b) for a, b in ((one, other), (other, one))) for i in axes]
    return math.hypot(*(max(0.0, each) for each in between))


def _extensions(design: geometry.Design) -> Iterator[float]:
    first, last = design.runs[0], design.runs[-1]
    dx, dy = _heading(first)
    for rail in design.handrails:
        foot = first.foot_left if rail.side == geometry.LEFT else first.foot_right
        head = last.head_left if rail.side == geometry.LEFT else last.head_right
        yield _reach(foot, rail.points[:1], (-dx, -dy))
        yield _reach(head, _from(head, rail.points), _heading(last))


def _from(head: geometry.Point, points: tuple[geometry.Point, ...]) -> tuple[geometry.Point, ...]:
    """Return the head and the points that follow it along a line."""
    for number, (p, q) in enumerate(itertools.pairwise(points)):
        if _on(head, p, q) and head != q:
            return (head, *points[number + 1 :])
    return (head,)


def _of_strips(design: geometry.Design) -> Iterator[tuple[str, Range]]:
    places = {strip.place for strip in design.tactile_strips}
    yield "tactile_strip_present", _one(places == {geometry.FOOT, geometry.TOP})
    if not places:
        return
    offsets, depths, full = [], [], True
    for strip in design.tactile_strips:
        at_foot = strip.place == geometry.FOOT
        run, landing = (design.runs[0], design.landings[0]) if at_foot else (design.runs[-1], design.landings[-1])
        line, (dx, dy) = (run.foot_left if at_foot else run.head_left), _heading(run)
        outward, inward = ((-dx, -dy), (dx, dy)) if at_foot else ((dx, dy), (-dx, -dy))
        farthest, nearest = _reach(line, strip.outline, outward), -_reach(line, strip.outline, inward)
        offsets.append(nearest)
        depths.append(farthest - nearest)
        # along an axis, so that swapping turns it by a right angle; which way does not matter to an extent
        across = (dy, dx)
        full &= _extent(strip.outline, across) >= _extent((landing.clear_low, landing.clear_high), across)
    yield "tactile_strip_depth_mm", _range(depths)
    yield "tactile_strip_offset_mm", _range(offsets)
    yield "tactile_strip_full_width", _one(full)


def _extent(points: Iterable[geometry.Point], direction: tuple[float, float]) -> float:
    along = [x * direction[0] + y * direction[1] for x, y, _ in points]
    return max(along) - min(along)


def _of_kerb_ramp(design: geometry.Design, space: geometry.KerbSpace) -> Iterator[tuple[str, Range]]:
    yield "running_slope_pct", _range(_slopes_pct(design.runs))
    yield "clear_width_mm", _one(min(_widths(design.runs)))
    yield "flare_present", _one(bool(design.flares))
    if design.flares:
        yield "flare_slope_pct", _range(_flare_slope_pct(flare) for flare in design.flares)
    yield "tactile_strip_present", _one(any(_at_kerb(strip) for strip in design.tactile_strips))
    yield "tactile_strip_depth_mm", _range(_extent(strip.outline, (0, 1)) for strip in design.tactile_strips)
    yield "at_refuge_island", _one(space.at_refuge_island)
    tops = [landing for landing in design.landings if landing.kind == geometry.TOP]
    yield "top_space_length_mm", _one(min(_level_after(run, top) for run, top in zip(design.runs, tops, strict=True)))


def _flare_slope_pct(flare: geometry.Flare) -> float:
    """Return the slope along the kerb line, where y = 0, in percent."""
    a, b = (point for point in flare.outline if point[1] == 0)
    return 100 * abs(a[2] - b[2]) / abs(a[0] - b[0])


def _at_kerb(strip: geometry.TactileStrip) -> bool:
    return min(y for _, y, _ in strip.outline) == 0
