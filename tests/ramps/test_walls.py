"""Low walls stand by the arithmetic of their data file, and what is higher is left to an engineer."""

import math

import pytest

from audits import wording
from audits.ramps import geometry, quantities, ramp_design, requirements, solids, walls

SOIL_KN_M3, CONCRETE_KN_M3, CROWD_KPA, FRICTION_DEG = 18.0, 24.0, 5.0, 30.0


@pytest.mark.parametrize("wall", walls.TYPES)
def test_each_wall_stands_by_rankine_with_a_crowd_on_top(wall):
    stem, footing, width = (each / 1000 for each in (wall.stem_mm, wall.footing_mm, wall.footing_width_mm))
    high = (wall.holds_mm + quantities.Works().wall_depth_mm) / 1000
    active = math.tan(math.radians(45 - FRICTION_DEG / 2)) ** 2
    overturning = active * (SOIL_KN_M3 * high**3 / 6 + CROWD_KPA * high**2 / 2)
    above, heel = high - footing, width - stem
    weights = [
        (stem * above * CONCRETE_KN_M3, stem / 2),
        (width * footing * CONCRETE_KN_M3, width / 2),
        (heel * above * SOIL_KN_M3, stem + heel / 2),
    ]
    assert sum(weight * lever for weight, lever in weights) / overturning >= 1.5
    assert wall.holds_mm + quantities.Works().wall_depth_mm <= 1219


def test_walls_are_chosen_by_the_height_of_the_floor():
    assert [getattr(walls.of_height(high), "name", None) for high in (1, 450, 451, 900, 901)] == [
        *("W1", "W1", "W2", "W2", None)
    ]


@pytest.mark.parametrize("rise", [450, 900, 901, 3000])
def test_every_metre_of_wall_is_of_one_type_and_only_a_high_ramp_needs_an_engineer(rise, required):
    made = requirements.Construction()
    design = ramp_design.alternatives(geometry.Space(rise, 30_000, 30_000), required, made)[0]
    lengths = walls.lengths_mm(design)
    assert sum(lengths.values()) == pytest.approx(
        sum(math.dist(*(p[:2] for p in w.inner)) for w in solids.walls(design))
    )
    assert walls.engineer_needed(design) == (rise > 900) == (None in lengths)
    text = walls.warning(design, wording.Wording("en"))
    assert bool(text) == (rise > 900)
    assert not text or ("engineer" in text and "platform lift" in text and "900 mm" in text)


def test_a_kerb_ramp_has_no_walls_and_needs_no_engineer(book):
    design = ramp_design.for_space(geometry.KerbSpace(150, 9_000, 4_000), book, requirements.Construction())[0]
    assert (walls.lengths_mm(design), walls.engineer_needed(design), walls.footings(design)) == ({}, False, ())
