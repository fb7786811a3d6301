"""The bill of quantities agrees with volumes summed up cell by cell, without any of its formulas."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
import shapely
from shapely.ops import substring

from audits.ramps import assumptions, geometry, kerb_ramp_design, quantities, ramp_design, requirements, walls

MADE = requirements.Construction()
WORKS = quantities.Works()
SPACES = {
    "straight": geometry.Space(450, 12000, 2000),
    "low": geometry.Space(120, 5000, 2000),
    "sideways": geometry.Space(450, 12000, 2000, approach="left", exit="left"),
    "by_a_wall": geometry.Space(900, 9500, 4500, obstacle_left=True),
    "leaning": geometry.Space(600, 14000, 2000, obstacle_right=True),
    "l_shape": geometry.Space(700, 9000, 9000, obstacle_left=True, approach="front", exit="right"),
    "three_legs": geometry.Space(450, 6000, 5100, approach="front", exit="far"),
    "two_runs_in_line": geometry.Space(900, 18000, 2000),
}
WITHOUT_LEGS_BACK_TO_BACK = ("straight", "low", "sideways", "l_shape", "two_runs_in_line")
CELL_MM = 10


def ramp(book, name):
    return ramp_design.alternatives(SPACES[name], requirements.ramp(book), MADE)[0]


def kerb_ramps(book):
    space = geometry.KerbSpace(150, 9000, 4000, walked_across=False)
    return kerb_ramp_design.alternatives(space, requirements.kerb_ramp(book), MADE)


def polygon(outline):
    return shapely.Polygon([(x, y) for x, y, _ in outline])


def plane(outline):
    """Return the coefficients of z over a flat outline, by least squares."""
    points = np.array(outline, float)
    return np.linalg.lstsq(np.column_stack([points[:, :2], np.ones(len(points))]), points[:, 2], rcond=None)[0]


def clear_pieces(design):
    runs = [polygon((run.foot_left, run.foot_right, run.head_right, run.head_left)) for run in design.runs]
    return runs + [shapely.box(*landing.clear_low[:2], *landing.clear_high[:2]) for landing in design.landings]


class Cells:
    """Squares of 10 mm over a design, each with its floor, its slope and whether it is slab or wall."""

    def __init__(self, design):
        at_kerb = isinstance(design.space, geometry.KerbSpace)
        floors = [run.outline for run in design.runs] + [flare.outline for flare in design.flares]
        floors += [each.outline for each in design.landings if not (at_kerb and each.kind == geometry.TOP)]
        left, low, right, high = shapely.union_all([polygon(each) for each in floors]).buffer(200).bounds
        xs = np.arange(left, right, CELL_MM) + CELL_MM / 2
        ys = np.arange(low, high, CELL_MM) + CELL_MM / 2
        self.shape = ys.size, xs.size
        self.x, self.y = (each.ravel() for each in np.meshgrid(xs, ys))
        self.floor, self.steep = np.full(self.x.size, np.nan), np.ones(self.x.size)
        for outline in floors:
            a, b, c = plane(outline)
            inside = shapely.contains_xy(polygon(outline), self.x, self.y)
            self.floor[inside] = (a * self.x + b * self.y + c)[inside]
            self.steep[inside] = math.hypot(1, a, b)
        self.slab = ~np.isnan(self.floor)
        self.wall, self.wall_floor = np.zeros(self.x.size, bool), np.zeros(self.x.size)
        self.strips = {}
        for edge in () if at_kerb else design.edges:
            self._build_wall(edge, design)
        self.footing_mm = np.zeros(self.x.size)
        for edge in () if at_kerb else design.edges:
            self._build_footing(edge)
        self.ground = design.space.kerb_height_mm if at_kerb else 0

    def walked_on(self, design):
        """Return which squares lie between the edges, and so get a finish."""
        free = shapely.union_all([*clear_pieces(design), *(polygon(flare.outline) for flare in design.flares)])
        return self.slab & shapely.contains_xy(free, self.x, self.y)

    def _build_wall(self, edge, design):
        clear = clear_pieces(design)
        line = shapely.LineString([(x, y) for x, y, _ in edge.points])
        sides = [
            shapely.buffer(line, sign * edge.thickness_mm, single_sided=True, join_style="mitre") for sign in (1, -1)
        ]
        free = shapely.union_all(clear).buffer(1)
        strip = min(sides, key=lambda side: side.intersection(free).area)
        inside = np.flatnonzero(shapely.contains_xy(strip, self.x, self.y))
        points = shapely.points(self.x[inside], self.y[inside])
        along = shapely.line_locate_point(line, points)
        kept, heights = np.unique(
            [shapely.line_locate_point(line, shapely.Point(p[:2])) for p in edge.points], return_index=True
        )
        self.strips[edge] = strip
        self.wall[inside] = True
        self.wall_floor[inside] = np.interp(along, kept, [edge.points[i][2] for i in heights])

    def _build_footing(self, edge):
        """Lay the footing of the wall under an edge: as wide as its type says, below the floor beside that wall."""
        line = shapely.LineString([(x, y) for x, y, _ in edge.points])
        steps = np.arange(0, line.length + 0.5)
        ends = np.cumsum([0, *(math.dist(a[:2], b[:2]) for a, b in itertools.pairwise(edge.points))])
        heights = np.interp(steps, ends, [z for *_, z in edge.points])
        lighter = np.array([-1, *(kind.holds_mm for kind in walls.TYPES[:-1])])
        for above, kind in zip(lighter, walls.TYPES, strict=True):
            carried = steps[(above < heights) & (heights <= kind.holds_mm)]
            if carried.size < 2:
                continue
            part = substring(line, carried[0], carried[-1])
            wide = kind.footing_width_mm - kind.stem_mm
            reached = shapely.buffer(part, wide, cap_style="flat", join_style="mitre")
            near = np.flatnonzero(self.slab & ~self.wall & shapely.contains_xy(reached, self.x, self.y))
            ways = shapely.shortest_line(shapely.points(self.x[near], self.y[near]), part)
            strip = self.strips[edge].buffer(-1, join_style="mitre")
            self.footing_mm[near[~shapely.intersects(ways, strip)]] = kind.footing_mm

    def footing_sides_mm2(self):
        """Return the upright faces of the footings less the feet of stems that they hide."""
        footing, wall = (each.reshape(self.shape) for each in (self.footing_mm, self.wall))
        found = 0.0
        for axis, step in itertools.product((0, 1), (1, -1)):
            beside, walled = (np.roll(each, step, axis) for each in (footing, wall))
            found += footing[(beside == 0) & ~walled].sum() - footing[walled].sum()
        return found * CELL_MM

    def total(self, values, where):
        return float(np.where(where, values, 0).sum()) * CELL_MM**2


def summed(design):
    """Return volumes in m³ from the cells."""
    cells = Cells(design)
    upright = MADE.slab_thickness_mm * cells.steep
    paved = cells.ground - WORKS.paving_mm
    formation = np.minimum(paved, cells.floor - upright - WORKS.bed_mm)
    under_walls = np.where(cells.slab, formation, paved)
    fill = cells.floor - upright - formation
    wall_top = np.where(cells.slab, cells.floor - upright, cells.wall_floor)
    depth = -WORKS.wall_depth_mm
    trench = depth - WORKS.lean_concrete_mm
    founded, refilled = cells.footing_mm > 0, formation - (depth + cells.footing_mm)
    dug = cells.total(paved - formation, cells.slab) + cells.total(under_walls - trench, cells.wall | founded)
    built = cells.slab | cells.wall
    return {
        "demolition_m3": cells.total(np.full(cells.x.size, WORKS.paving_mm), built) / 1e9,
        "excavation_m3": 1.30 * dug / 1e9,
        "fill_m3": 1.25 * (cells.total(fill, cells.slab & ~cells.wall) + cells.total(refilled, founded)) / 1e9,
        "lean_concrete_m3": cells.total(np.full(cells.x.size, WORKS.lean_concrete_mm), cells.wall | founded) / 1e9,
        "concrete_m3": (
            cells.total(upright, cells.slab)
            + cells.total(wall_top - depth, cells.wall)
            + cells.total(cells.footing_mm, founded)
        )
        / 1e9,
        "surface_m2": cells.total(cells.steep, cells.walked_on(design)) / 1e6,
    }


@pytest.mark.parametrize("name", SPACES)
def test_volumes_of_a_ramp_agree_with_cells_within_half_a_percent(book, name):
    design = ramp(book, name)
    found = quantities.bill(design, MADE, WORKS)
    for code, expected in summed(design).items():
        assert found[code] == pytest.approx(expected, rel=0.005), code


@pytest.mark.parametrize(("rise", "leaves"), [(1, "far"), (13, "left"), (20, "far"), (20, "front")])
def test_a_bevel_is_billed_as_the_wedge_that_cells_add_up_and_as_nothing_else(book, rise, leaves):
    (design,) = ramp_design.for_space(geometry.Space(rise, 4000, 3000, exit=leaves), book, MADE)
    found = quantities.bill(design, MADE, WORKS)
    (run,) = design.runs
    (x0, y0, _), (x1, y1, _) = run.foot_right, run.head_left
    along = 0 if run.foot_left[0] == run.foot_right[0] else 1
    steps = 1000
    heights = [(step + 0.5) / steps * run.rise_mm for step in range(steps)]
    area = abs(x1 - x0) * abs(y1 - y0)
    going = abs((x1 - x0, y1 - y0)[along])
    expected = {
        "fillet_litre": sum(heights) / steps * area / 1e6,
        "surface_m2": area / going * math.hypot(going, run.rise_mm) / 1e6,
    }
    assert {code for code, amount in found.items() if amount} == set(expected)
    for code, amount in expected.items():
        assert found[code] == pytest.approx(amount, rel=0.005), code


def test_a_bevel_in_the_place_of_an_old_ramp_breaks_that_up_first(book):
    (design,) = ramp_design.for_space(geometry.Space(20, 4000, 3000), book, MADE)
    found = quantities.bill(design, MADE, quantities.Works(old_structure_m3=0.4, old_fill_m3=0.1))
    assert (found["demolition_m3"], found["excavation_m3"]) == (0.4, 0.1)


def test_volumes_of_kerb_ramps_agree_with_cells_within_half_a_percent(book):
    designs = kerb_ramps(book)
    assert len(designs) == 3
    for design in designs:
        found = quantities.bill(design, MADE, WORKS)
        for code, expected in summed(design).items():
            assert found[code] == pytest.approx(expected, rel=0.005), (design.family, code)


@pytest.mark.parametrize("name", WITHOUT_LEGS_BACK_TO_BACK)
def test_formwork_is_both_faces_of_the_walls_measured_on_lines_set_off_by_another_library(book, name):
    """The inner face follows the edge, the outer face the line a wall's thickness outside it."""
    design = ramp(book, name)
    expected = 0.0
    for edge in design.edges:
        line = shapely.LineString([(x, y) for x, y, _ in edge.points])
        outer = max(
            (line.offset_curve(sign * edge.thickness_mm, join_style="mitre") for sign in (1, -1)),
            key=lambda each: each.distance(middle_of_clear(design, edge)),
        )
        expected += face(line, edge, line, MADE.slab_thickness_mm) + face(outer, edge, line, 0)
        expected += sum(edge.thickness_mm * (z + WORKS.wall_depth_mm) for *_, z in (edge.points[0], edge.points[-1]))
    expected += Cells(design).footing_sides_mm2()
    assert quantities.bill(design, MADE, WORKS)["formwork_m2"] == pytest.approx(expected / 1e6, rel=0.005)


def middle_of_clear(design, edge):
    """Return a point of the floor beside the longest piece of an edge."""
    pairs = zip(edge.points, edge.points[1:], strict=False)
    a, b = max(pairs, key=lambda pair: math.dist(*pair))
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    return min((each.centroid for each in clear_pieces(design)), key=lambda point: point.distance(shapely.Point(x, y)))


def face(line, edge, inner, lowered):
    """Return the area above the foot of the wall along a line whose heights are those of the edge beside it."""
    steps = np.arange(5, line.length, 10)
    points = [line.interpolate(step) for step in steps]
    along = [inner.project(shapely.Point(x, y)) for x, y, _ in edge.points]
    order = np.argsort(along, kind="stable")
    heights = np.interp([inner.project(p) for p in points], np.array(along)[order], np.array(edge.points)[order, 2])
    return float((heights + WORKS.wall_depth_mm - lowered).sum()) * 10


@pytest.mark.parametrize("name", SPACES)
def test_lengths_are_those_of_a_tape_laid_along_the_slope(book, name):
    design = ramp(book, name)
    found = quantities.bill(design, MADE, WORKS)
    edges = sum(math.dist(a, b) for edge in design.edges for a, b in zip(edge.points, edge.points[1:], strict=False))
    rails = sum(
        math.dist(a, b) for rail in design.handrails for a, b in zip(rail.points, rail.points[1:], strict=False)
    )
    assert found["edge_m"] == found["guard_m"] == pytest.approx(edges / 1000, rel=1e-9)
    hung = found["handrail_on_guard_m"] + found["handrail_on_wall_m"]
    assert found["handrail_m"] + hung == pytest.approx(rails / 1000, rel=1e-9)
    assert found["tactile_m2"] == pytest.approx(sum(s.depth_mm * s.width_mm for s in design.tactile_strips) / 1e6)
    assert found["kerb_m"] == 0


@pytest.mark.parametrize("name", SPACES)
def test_a_handrail_beside_a_guard_is_fixed_to_its_posts_and_buys_none_of_its_own(book, name):
    design = ramp(book, name)
    rails = shapely.union_all([shapely.LineString([p[:2] for p in rail.points]) for rail in design.handrails])
    guards = shapely.union_all([shapely.LineString([p[:2] for p in edge.points]) for edge in design.edges])
    shared = rails.intersection(guards.buffer(1)).length / 1000
    found = quantities.bill(design, MADE, WORKS)
    # In plan a sloping rail is shorter than it is: by 0.35 % at 1:12.
    assert found["handrail_on_guard_m"] == pytest.approx(shared, rel=0.005)
    alone = quantities.without_guard(found)
    on_wall = found["handrail_on_wall_m"]
    assert alone["handrail_m"] + on_wall == pytest.approx(design.handrail_mm / 1000, rel=1e-9)
    assert alone["handrail_on_guard_m"] == 0


def test_a_handrail_along_a_wall_hangs_on_brackets_and_buys_no_posts(book):
    """In a passage it hangs on a wall from end to end; beside one wall only what follows that wall does."""
    between = geometry.Space(641, 14000, 1740, obstacle_left=True, obstacle_right=True)
    passage = ramp_design.alternatives(between, requirements.ramp(book), MADE)[0]
    found = quantities.bill(passage, MADE, WORKS)
    assert found["handrail_m"] == found["handrail_on_guard_m"] == 0
    assert found["handrail_on_wall_m"] == pytest.approx(passage.handrail_mm / 1000, rel=1e-9)
    beside = ramp(book, "by_a_wall")
    wall = shapely.LineString([(0, beside.space.width_mm), (beside.space.length_mm, beside.space.width_mm)])
    rails = shapely.union_all([shapely.LineString([p[:2] for p in rail.points]) for rail in beside.handrails])
    hung = quantities.bill(beside, MADE, WORKS)["handrail_on_wall_m"]
    assert hung == pytest.approx(rails.intersection(wall.buffer(200, cap_style="flat")).length / 1000, rel=0.05)


def test_the_finish_leaves_out_what_is_cast_under_the_edges(book):
    """A finish 900 mm wide on a slab 1,100 mm wide: the edges stand on 200 mm that nobody walks on."""
    design = ramp(book, "low")
    widths = {run.clear_width_mm for run in design.runs}
    clear_m2 = sum(width * run.slope_length_mm for run, width in zip(design.runs, widths, strict=True)) / 1e6
    slab_m2 = sum(math.dist(*run.outline[:2]) * run.slope_length_mm for run in design.runs) / 1e6
    landings_m2 = sum(
        (each.clear_high[0] - each.clear_low[0]) * (each.clear_high[1] - each.clear_low[1]) for each in design.landings
    )
    assert quantities.bill(design, MADE, WORKS)["surface_m2"] == pytest.approx(clear_m2 + landings_m2 / 1e6)
    assert clear_m2 < slab_m2


def test_steel_is_the_mesh_of_every_square_metre_with_its_laps(book):
    design = kerb_ramps(book)[0]
    found = quantities.bill(design, MADE, quantities.Works(laps_share=0.0))
    bars_a_metre_both_ways = 2 * 1000 / WORKS.bar_spacing_mm
    bar_kg_per_m = math.pi * (WORKS.bar_diameter_mm / 2000) ** 2 * 7850
    assert found["steel_kg"] == pytest.approx(found["surface_m2"] * bars_a_metre_both_ways * bar_kg_per_m)
    assert quantities.bill(design, MADE, quantities.Works(laps_share=0.1))["steel_kg"] == pytest.approx(
        1.1 * found["steel_kg"]
    )


def test_walls_and_footings_take_the_same_mesh_as_slabs(book):
    design = ramp(book, "straight")
    found = quantities.bill(design, MADE, WORKS)
    without_edges = dataclasses.replace(design, edges=())
    slab = quantities.bill(without_edges, MADE, WORKS)
    per_m2 = slab["steel_kg"] / (slab["concrete_m3"] * 1000 / MADE.slab_thickness_mm)
    line = sum(
        math.dist(a[:2], b[:2]) * ((a[2] + b[2]) / 2 + WORKS.wall_depth_mm)
        for edge in design.edges
        for a, b in zip(edge.points, edge.points[1:], strict=False)
    )
    footings = CELL_MM**2 * np.count_nonzero(Cells(design).footing_mm)
    assert found["steel_kg"] == pytest.approx(slab["steel_kg"] + per_m2 * (line + footings) / 1e6, rel=0.005)


def test_the_kerb_is_set_anew_where_it_is_lowered_and_where_a_side_stands_upright(book):
    by_family = {design.family: quantities.bill(design, MADE, WORKS)["kerb_m"] for design in kerb_ramps(book)}
    slope = math.hypot(1.8, 0.15)
    assert by_family == {
        geometry.FLARED: pytest.approx(1.2 + 2 * 1.5),
        geometry.RETURNED: pytest.approx(1.2 + 2 * slope),
        geometry.PARALLEL: pytest.approx(2 * 1.8 + 1.5 + 2 * slope + 1.5),
    }


def test_an_old_ramp_is_broken_up_and_its_fill_dug_out(book):
    """3 m long, 1 m wide and 0.3 m high it is a wedge of 0.448 m³, of which 0.36 m³ are slab."""
    design = ramp(book, "straight")
    old, new = (
        quantities.bill(design, MADE, works) for works in (quantities.breaking_up(3000, 1000, 300, MADE), WORKS)
    )
    assert old["demolition_m3"] - new["demolition_m3"] == pytest.approx(0.36)
    assert old["excavation_m3"] - new["excavation_m3"] == pytest.approx(math.sqrt(3.0**2 - 0.3**2) * 0.15 - 0.36)
    assert {code for code in old if old[code] != new[code]} == {"demolition_m3", "excavation_m3"}


def test_a_flat_old_slab_has_no_fill_to_dig_out():
    assert quantities.breaking_up(2000, 1000, 0, MADE) == quantities.Works(old_structure_m3=0.24)


def test_walls_that_end_above_the_slab_are_refused(book):
    with pytest.raises(ValueError, match="160 mm deep"):
        quantities.bill(ramp(book, "straight"), MADE, quantities.Works(wall_depth_mm=160))


def test_every_quantity_has_a_name_and_a_unit_that_is_known(book):
    assert list(quantities.NAMES) == list(quantities.bill(ramp(book, "straight"), MADE, WORKS))
    assert {quantities.unit(code) for code in quantities.NAMES} == set(quantities.UNITS)


def test_what_is_assumed_is_said_but_for_what_only_ranks():
    said = {name: value for name, _, value in assumptions.of(MADE, WORKS)}
    assert said["slab_thickness_mm"] == MADE.slab_thickness_mm
    assert said["wall_depth_mm"] == WORKS.wall_depth_mm
    assert {field.name for field in dataclasses.fields(WORKS)} <= set(said)
    assert "rail_as_concrete_mm2" not in said
