import itertools

import pytest
import shapely

from audits.planning import geometry, kerb_ramp_design, ramp_design, requirements, walls
from tests.planning import conftest

MADE = requirements.Construction()


def boxes(design):
    return [shapely.box(*wall.box[0], *wall.box[1]) for wall in walls.under_edges(design)]


@pytest.mark.parametrize("space", [each for each in conftest.lot_of_spaces(5, 60, 1500) if each.rise_mm >= 50])
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
    assert walls.face_mm2(((0, 0, 0), (30, 40, 10)), 5) == pytest.approx(50 * 10)


def test_a_kerb_ramp_lies_in_the_ground_and_has_no_walls(book):
    space = geometry.KerbSpace(150, 9000, 4000)
    design = kerb_ramp_design.alternatives(space, requirements.kerb_ramp(book), MADE)[0]
    assert walls.under_edges(design) == ()
