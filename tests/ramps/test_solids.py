import itertools
import random

import pytest
import shapely

from audits.ramps import geometry, kerb_ramp_design, ramp_design, requirements, solids
from tests.ramps import drawn_spaces

MADE = requirements.Construction()
SQUARE = ((0.0, 0.0, 0.0), (4.0, 0.0, 0.0), (4.0, 4.0, 4.0), (0.0, 4.0, 4.0))


def boxes(design):
    return [shapely.box(*wall.box[0], *wall.box[1]) for wall in solids.walls(design)]


@pytest.mark.parametrize("space", [each for each in drawn_spaces.lot_of_spaces(5, 60, 1500) if each.rise_mm >= 50])
def test_walls_of_runs_longer_than_two_walls_are_thick_stand_outside_the_way_and_never_in_one_another(space, required):
    designs = ramp_design.alternatives(space, required, MADE)
    for design in () if isinstance(designs, geometry.NotFeasible) else designs:
        if min(run.going_mm for run in design.runs) < 2 * MADE.edge_thickness_mm:
            continue
        found = boxes(design)
        assert all(a.intersection(b).area == pytest.approx(0) for a, b in itertools.combinations(found, 2))
        clear = [shapely.box(*landing.clear_low[:2], *landing.clear_high[:2]) for landing in design.landings]
        clear += [shapely.box(*run.foot_left[:2], *run.head_right[:2]) for run in design.runs]
        assert shapely.union_all(found).intersection(shapely.union_all(clear)).area == pytest.approx(0)
        land = shapely.Polygon(design.footprint).buffer(1e-6)
        assert all(land.contains(each) for each in found)


def test_a_wall_fills_the_corner_where_its_edge_bends_round_the_floor(required):
    design = ramp_design.alternatives(geometry.Space(450, 6000, 5000), required, MADE)[0]
    assert design.family == geometry.SWITCHBACK
    walled = shapely.union_all(boxes(design))
    turn = next(landing for landing in design.landings if landing.kind == geometry.TURN)
    ring = shapely.box(*turn.low[:2], *turn.high[:2]).difference(shapely.box(*turn.clear_low[:2], *turn.clear_high[:2]))
    assert ring.difference(walled).area == pytest.approx(0)


def test_a_face_is_its_length_times_its_mean_height():
    assert solids.face_mm2(((0, 0, 0), (30, 40, 10)), 5) == pytest.approx(50 * 10)


def test_a_kerb_ramp_lies_in_the_ground_and_has_no_walls(book):
    space = geometry.KerbSpace(150, 9000, 4000)
    design = kerb_ramp_design.alternatives(space, requirements.kerb_ramp(book), MADE)[0]
    assert solids.walls(design) == ()


def test_areas_of_a_tilted_square():
    assert solids.plan_mm2(SQUARE) == pytest.approx(16)
    assert solids.surface_mm2(SQUARE) == pytest.approx(16 * 2**0.5)


@pytest.mark.parametrize(
    ("raised", "volume"),
    [(0, 4 * 8), (1, 4 * 12), (-4, 0), (-5, 0), (-2, 4 * 2), (-3, 4 * 0.5), (2, 4 * 16)],
)
def test_only_what_stands_above_zero_counts(raised, volume):
    assert solids.volume_mm3(SQUARE, raised) == pytest.approx(volume)


def test_a_triangle_cut_anywhere_agrees_with_a_sum_over_small_pieces():
    chance = random.Random(7)
    for _ in range(30):
        heights = [chance.uniform(-3, 3) for _ in range(3)]
        triangle = tuple((x, y, z) for (x, y), z in zip(((0, 0), (3, 0.5), (1, 2)), heights, strict=True))
        n = 120
        pieces = [(i + 1 / 3 + up, j + 1 / 3 + up) for i in range(n) for j in range(n - i) for up in (0, 1 / 3)]
        pieces = [(i / n, j / n) for i, j in pieces if i + j < n]
        mean = sum(max(0, (1 - s - t) * heights[0] + s * heights[1] + t * heights[2]) for s, t in pieces) / len(pieces)
        assert solids.volume_mm3(triangle, 0) == pytest.approx(solids.plan_mm2(triangle) * mean, abs=2e-3)


def test_a_piece_cut_at_a_box_keeps_its_heights():
    cut = solids.cut(SQUARE, (1, 1), (9, 2))
    assert sorted(cut) == [(1, 1, 1), (1, 2, 2), (4, 1, 1), (4, 2, 2)]
    assert solids.cut(SQUARE, (5, 5), (9, 9)) == ()
