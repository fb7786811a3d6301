"""What is set out hangs together: whoever walks up meets no gap, no overlap and nothing in the way."""

from __future__ import annotations

import itertools

import pytest
import shapely

from audits.ramps import design_check, geometry
from tests.ramps import drawn_spaces


def _polygon(points):
    return shapely.Polygon([point[:2] for point in points])


def _mirrored(design):
    """Return what can be seen of a design in a mirror along the length of its space."""

    def swap(point):
        return (point[0], design.space.width_mm - point[1], *point[2:])

    runs = frozenset(frozenset(map(swap, run.outline)) for run in design.runs)
    rails = frozenset(frozenset(map(swap, rail.points)) for rail in design.handrails)
    edges = frozenset(frozenset(map(swap, edge.points)) for edge in design.edges)
    landings = frozenset(frozenset(map(swap, landing.outline)) for landing in design.landings)
    return design.family, design.cost_proxy, runs, rails, edges, landings


def _seen(design):
    return (
        design.family,
        design.cost_proxy,
        frozenset(frozenset(run.outline) for run in design.runs),
        frozenset(frozenset(rail.points) for rail in design.handrails),
        frozenset(frozenset(edge.points) for edge in design.edges),
        frozenset(frozenset(landing.outline) for landing in design.landings),
    )


def _lies_on(a, b, p, q):
    line = shapely.LineString([p[:2], q[:2]])
    return p[2] <= a[2] and b[2] <= q[2] and line.covers(shapely.LineString([a[:2], b[:2]]))


def test_the_lot_holds_every_family_and_every_way_of_leaving(designs):
    assert {design.family for design in designs} == {geometry.STRAIGHT, geometry.L_SHAPE, geometry.SWITCHBACK}
    assert {design.exit_side for design in designs} == {"front", "far", "left", "right"}
    assert {design.turn for design in designs} == {"", "left", "right"}
    assert max(len(design.runs) for design in designs) > 4
    assert any(rail.beside_wall for design in designs for rail in design.handrails)


def test_everything_lies_within_the_space(designs):
    for design in designs:
        space = shapely.box(0, 0, design.space.length_mm, design.space.width_mm)
        footprint = _polygon(design.footprint)
        assert space.covers(footprint)
        parts = [_polygon(part.outline) for part in (*design.runs, *design.landings, *design.tactile_strips)]
        assert all(footprint.covers(part) for part in parts)


def test_the_top_touches_the_side_it_is_left_through(designs):
    for design in designs:
        (x, y, _), (to_x, to_y, _) = design.landings[-1].low, design.landings[-1].high
        touched = {"front": x == 0, "far": to_x == design.space.length_mm}
        touched |= {"right": y == 0, "left": to_y == design.space.width_mm}
        assert touched[design.exit_side]


def test_slabs_do_not_overlap(designs):
    for design in designs:
        parts = [_polygon(part.outline) for part in (*design.runs, *design.landings)]
        assert shapely.union_all(parts).area == pytest.approx(sum(part.area for part in parts))


def test_every_run_begins_and_ends_on_its_landings_at_their_height(designs):
    for design in designs:
        assert len(design.landings) == len(design.runs) + 1
        for run, below, above in zip(design.runs, design.landings, design.landings[1:], strict=False):
            for landing, ends in ((below, (run.foot_left, run.foot_right)), (above, (run.head_left, run.head_right))):
                assert {point[2] for point in ends} == {landing.height_mm}
                line = shapely.LineString([point[:2] for point in ends])
                assert _polygon(landing.outline).boundary.covers(line)
        assert design.landings[0].height_mm == 0
        assert design.landings[-1].height_mm == design.space.rise_mm


def test_left_is_left_of_whoever_walks_up(designs):
    for design in designs:
        for run in design.runs:
            (ax, ay, _), (bx, by, _), (cx, cy, _) = run.foot_right, run.foot_left, run.head_right
            assert (cx - ax) * (by - ay) - (cy - ay) * (bx - ax) > 0


def test_no_rail_and_no_edge_stands_in_the_clear_way(designs):
    for design in designs:
        clear = [_polygon((run.foot_left, run.foot_right, run.head_right, run.head_left)) for run in design.runs]
        clear += [shapely.box(*one.clear_low[:2], *one.clear_high[:2]) for one in design.landings[1:-1]]
        clear = [way.buffer(-0.5) for way in clear]
        zone = max(design.runs[0].left_zone_mm, design.runs[0].right_zone_mm) + 0.5
        for one in (design.landings[0], design.landings[-1]):
            clear.append(shapely.box(*one.clear_low[:2], *one.clear_high[:2]).buffer(-zone))
        inner = [shapely.LineString([point[:2] for point in rail.points[1:-1]]) for rail in design.handrails]
        for drawn in (*inner, *(shapely.LineString([point[:2] for point in edge.points]) for edge in design.edges)):
            assert not any(drawn.intersects(way) for way in clear)


def test_rails_reach_straight_on_beyond_the_first_and_the_last_run(designs, required):
    for design in designs:
        first, last, reach = design.runs[0], design.runs[-1], required.handrail_extension_mm
        for rail in design.handrails:
            foot, head = (getattr(run, f"{end}_{rail.side}") for run, end in ((first, "foot"), (last, "head")))
            for end, from_, back in ((rail.points[0], foot, first), (rail.points[-1], head, last)):
                sign = -1 if from_ is foot else 1
                ahead = [
                    sign * reach * (b - a) // back.going_mm
                    for a, b in zip(back.foot_left[:2], back.head_left[:2], strict=True)
                ]
                assert [b - a for a, b in zip(from_, end, strict=True)] == [*ahead, 0]
            assert (rail.before_foot_mm, rail.past_top_mm) == (reach, reach)


def test_a_hand_has_its_room_from_walls_guards_and_other_rails(designs, required):
    for design in designs:
        assert min(design_check.hand_gaps(design), default=required.wall_gap_mm) >= required.wall_gap_mm


def test_rails_and_edges_lie_on_the_floor(designs):
    for design in designs:
        heights = {0, *(landing.height_mm for landing in design.landings)}
        for line in (*design.handrails, *design.edges):
            assert {point[2] for point in line.points} <= heights
            for (ax, ay, az), (bx, by, bz) in itertools.pairwise(line.points):
                assert az == bz or abs(bz - az) * 12 <= abs(bx - ax) + abs(by - ay)


def test_an_edge_guards_every_side_that_no_wall_closes(designs, made):
    walled = 0
    for design in designs:
        walls = set(range(made.edge_thickness_mm + 1)) if design.space.obstacle_right else set()
        if design.space.obstacle_left:
            walls |= {design.space.width_mm - away for away in range(made.edge_thickness_mm + 1)}
        pieces = [pair for edge in design.edges for pair in itertools.pairwise(edge.points)]
        assert not any(a[1] == b[1] and a[1] in walls for a, b in pieces)
        for run in design.runs:
            for a, b in ((run.foot_left, run.head_left), (run.foot_right, run.head_right)):
                closed = a[1] == b[1] and a[1] in walls
                walled += closed
                assert closed != any(_lies_on(a, b, p, q) for p, q in pieces)
    assert walled > 0


def test_footprints_turn_counter_clockwise(designs):
    assert all(_polygon(design.footprint).exterior.is_ccw for design in designs)


def test_mirrored_walls_mirror_the_designs(required, made):
    swap = {geometry.LEFT: geometry.RIGHT, geometry.RIGHT: geometry.LEFT}
    compared = 0
    for space in drawn_spaces.lot_of_spaces(5, 25, most_rise_mm=1_200, most_mm=14_000):
        other = geometry.Space(
            *(space.rise_mm, space.length_mm, space.width_mm, space.obstacle_right, space.obstacle_left),
            *(swap.get(space.approach, space.approach), swap.get(space.exit, space.exit)),
        )
        ours = {_mirrored(design) for design in drawn_spaces.every_design(space, required, made)}
        theirs = {_seen(design) for design in drawn_spaces.every_design(other, required, made)}
        assert ours == theirs
        compared += len(ours)
    assert compared > 50
