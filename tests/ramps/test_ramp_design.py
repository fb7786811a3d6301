"""The designer finds what trying everything finds, and says exactly what would do where nothing fits."""

from __future__ import annotations

import dataclasses
import itertools
import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from audits import errors, wording
from audits.ramps import cost, design_check, geometry, layouts, price_books, quantities, ramp_design, requirements
from audits.rules import files
from tests.ramps import drawn_spaces

BOOK = files.load_criteria()
REQUIRED, MADE = requirements.ramp(BOOK), requirements.Construction()
ENGLISH, THAI = wording.Wording("en"), wording.Wording("th")

SPACES = st.builds(
    geometry.Space,
    rise_mm=st.integers(2, 1_800),
    length_mm=st.integers(1_500, 16_000),
    width_mm=st.integers(1_500, 16_000),
    obstacle_left=st.booleans(),
    obstacle_right=st.booleans(),
    approach=st.sampled_from(geometry.APPROACHES),
    exit=st.sampled_from(geometry.EXITS),
).filter(lambda space: not ramp_design.problems(space))


def _designs(space):
    return ramp_design.alternatives(space, REQUIRED, MADE)


def _cost(space):
    found = _designs(space)
    return None if isinstance(found, geometry.NotFeasible) else found[0].cost_proxy


def _counted_one_by_one(rise, sizes):
    """Return the length of a leg by its rise, and the cost of slab and guarded sides."""

    def leg(height):
        pieces, parts = [], height
        while parts > 0:
            step = min(parts, REQUIRED.highest_run_mm)
            pieces += [step * REQUIRED.slope_one_in, sizes.rest_mm]
            parts -= step
        return sum(pieces[:-1])

    def cost(slab, guarded):
        edges = guarded * MADE.edge_thickness_mm * REQUIRED.edge_height_mm
        rails = guarded + (2 * REQUIRED.handrail_extension_mm if REQUIRED.with_handrails(rise) else 0)
        return slab * MADE.slab_thickness_mm + edges + rails * MADE.rail_as_concrete_mm2

    return leg, cost


def _boxes_by_trying(rise, sizes):
    """Return (length, width, cost) of every straight ramp, L and switchback that is left straight on.

    Written out anew in the simplest way: pieces are laid one behind another and added up, every split is tried.
    """
    strip, end, zone = sizes.strip_mm, sizes.end_mm, sizes.zone_mm
    turn = sizes.square_mm + zone
    leg, cost = _counted_one_by_one(rise, sizes)
    yield end + leg(rise) + end, strip, cost(2 * end * strip + leg(rise) * sizes.run_mm, 2 * leg(rise) + 2 * end)
    for first in range(1, rise):
        a, b = leg(first), leg(rise - first)
        slab = strip * (end + strip + end) + sizes.run_mm * (a + b)
        yield end + a + strip, strip + b + end, cost(slab, 2 * (a + b) + 2 * strip + 2 * end)
    for legs in range(2, 5):
        if rise % legs == 0:
            middle = leg(rise // legs)
            near, far = (max(end, turn) if legs > 2 else end), max(turn, end)
            slab = legs * strip * (near + far) + legs * sizes.run_mm * middle
            guarded = 2 * legs * middle + (legs - 1) * 2 * (strip + turn) + 2 * end
            yield near + middle + far, legs * strip, cost(slab, guarded)


@pytest.mark.parametrize("rise", [12, 120, 480, 504, 1_008])
def test_the_cheapest_design_is_the_cheapest_of_all_that_fit(rise):
    every = list(_boxes_by_trying(rise, layouts.section(REQUIRED, MADE, rise)))
    every += [(width, length, cost) for length, width, cost in every]
    made = dataclasses.replace(MADE, most_legs=4)
    for length, width in itertools.product(range(3_000, 21_000, 1_530), range(1_500, 11_000, 1_210)):
        costs = [cost for a, b, cost in every if a <= length and b <= width]
        found = ramp_design.alternatives(geometry.Space(rise, length, width), REQUIRED, made)
        if costs:
            assert found[0].cost_proxy == min(costs)
        else:
            assert isinstance(found, geometry.NotFeasible)
            lengths = [a for a, b, _ in every if b <= width]
            said = {each.of: each.value for each in found.relaxations}
            assert said.get("length_mm") == min(lengths, default=None)


def _boxes_along_a_wall(rise, sizes):
    """Return (length, width, cost, most) of every ramp from the front to the far side that leans on one long wall.

    What lies on the wall needs neither edge nor guard. An L is split as evenly as it can be, also where more of it
    would lie on the wall: at most it costs as much as with no leg on it.
    """
    strip, end, zone, run = sizes.strip_mm, sizes.end_mm, sizes.zone_mm, sizes.run_mm
    saved = zone - sizes.wall_zone_mm
    leg, cost = _counted_one_by_one(rise, sizes)
    for first in range(1, rise):
        a, b = leg(first), leg(rise - first)
        slab, guarded = strip * (2 * end + strip) + run * (a + b), 2 * (a + b) + 2 * strip
        costs = [cost(slab, guarded + 2 * end - on_wall) for on_wall in (strip + b + end, strip + end)]
        yield strip + b + end, end + a + strip - saved, *costs
        slab_beside = slab + strip * zone
        beside = guarded + end + strip
        costs = [cost(slab_beside, beside - on_wall) for on_wall in (a + strip, strip)]
        yield end + a + strip, strip + b + end + zone - saved, *costs
        slab_beside -= strip * saved
        yield end + a + strip, strip + b + end + zone - saved, *[cost(slab_beside, beside - strip)] * 2
    for legs in range(1, 5):
        if rise % legs:
            continue
        middle, turned = leg(rise // legs), 2 * (legs - 1) * (strip + sizes.square_mm + zone)
        turns_near, turns_far = legs > 2, legs > 1
        for near_saved, far_saved in ((0, 0), (saved, 0), (0, saved)):
            turn = [sizes.square_mm + zone - less for less in (near_saved, far_saved)]
            near, far = max(end, turn[0] * turns_near), max(end * (legs % 2), turn[1] * turns_far)
            slab = legs * (strip * (near + far) + run * middle)
            if legs % 2 and not near_saved and not far_saved:
                guarded = 2 * legs * middle + turned + 2 * end - (middle + far)
                yield near + middle + far, legs * strip - saved, *[cost(slab, guarded)] * 2
            near = max(near, (end + zone - near_saved) * (legs % 2 == 0))
            far = max(far, (end + zone - far_saved) * (legs % 2))
            slab = legs * (strip * (near + far) + run * middle)
            on_wall = strip * ((legs - 1) * (near_saved > 0) + legs * (far_saved > 0))
            guarded = 2 * legs * middle + turned + end + strip - on_wall
            yield legs * strip, near + middle + far, *[cost(slab, guarded)] * 2


@pytest.mark.parametrize("rise", [12, 120, 504])
@pytest.mark.parametrize("wall", ["obstacle_left", "obstacle_right"])
def test_along_a_wall_too_the_cheapest_design_is_the_cheapest_of_all_that_fit(rise, wall):
    every = list(_boxes_along_a_wall(rise, layouts.section(REQUIRED, MADE, rise)))
    made = dataclasses.replace(MADE, most_legs=4)
    ways = {wall: True, "approach": geometry.FRONT, "exit": geometry.FAR}
    for length, width in itertools.product(range(3_000, 14_000, 1_530), (1_737, 1_738, *range(1_799, 9_000, 1_210))):
        fitting = [costs for a, b, *costs in every if a <= length and b <= width]
        found = ramp_design.alternatives(geometry.Space(rise, length, width, **ways), REQUIRED, made)
        if not fitting:
            assert isinstance(found, geometry.NotFeasible)
            continue
        least, most = (min(costs) for costs in zip(*fitting, strict=True))
        assert least <= found[0].cost_proxy <= most
        assert found[0].family == geometry.L_SHAPE or found[0].cost_proxy == least


@given(SPACES, st.integers(0, 6_000), st.integers(0, 6_000))
def test_more_room_never_costs_more(space, longer, wider):
    # a wall within reach spares a guard, which a wider space then asks for
    space = dataclasses.replace(space, obstacle_left=False, obstacle_right=False)
    roomier = dataclasses.replace(space, length_mm=space.length_mm + longer, width_mm=space.width_mm + wider)
    cost = _cost(space)
    assert cost is None or _cost(roomier) <= cost


@given(SPACES, st.integers(1, 400))
def test_a_greater_rise_never_costs_less(space, more):
    higher = _cost(dataclasses.replace(space, rise_mm=space.rise_mm + more))
    assert higher is None or higher >= _cost(space)


@given(SPACES)
def test_every_design_climbs_the_rise_in_runs_within_the_limits(space):
    found = _designs(space)
    for design in () if isinstance(found, geometry.NotFeasible) else found:
        assert sum(run.rise_mm for run in design.runs) == space.rise_mm
        assert all(run.slope_length_mm <= REQUIRED.longest_run_mm for run in design.runs)
        assert all(run.going_mm >= run.rise_mm * REQUIRED.slope_one_in > 0 for run in design.runs)
        assert len(design.landings) == len(design.runs) + 1
        assert max(x for x, _ in design.footprint) <= space.length_mm
        assert max(y for _, y in design.footprint) <= space.width_mm
        assert min(itertools.chain(*design.footprint)) >= 0


@given(SPACES)
def test_a_relaxation_is_enough_and_one_millimetre_less_is_not(space):
    found = _designs(space)
    for each in found.relaxations if isinstance(found, geometry.NotFeasible) else ():
        short = 1 if each.of != "rise_mm" else -1
        enough = dataclasses.replace(space, **{each.of: each.value})
        not_quite = dataclasses.replace(space, **{each.of: each.value - short})
        assert ramp_design.fits(enough, REQUIRED, MADE)
        assert not ramp_design.fits(not_quite, REQUIRED, MADE)
        assert getattr(space, each.of) + each.change == each.value


@given(SPACES)
def test_the_smallest_spaces_are_enough(space):
    found = _designs(space)
    if isinstance(found, geometry.NotFeasible):
        if found.together:
            sizes = {each.of: each.value for each in found.together}
            assert ramp_design.fits(dataclasses.replace(space, **sizes), REQUIRED, MADE)
            alone = [each.change for each in found.relaxations if each.of in sizes]
            assert sum(each.change for each in found.together) < min(alone, default=math.inf)
        for length, width in found.smallest:
            assert ramp_design.fits(dataclasses.replace(space, length_mm=length, width_mm=width), REQUIRED, MADE)
        for one, other in itertools.permutations(found.smallest, 2):
            assert one[0] > other[0] or one[1] > other[1]


def _walls(count):
    return {"obstacle_left": count > 0, "obstacle_right": count > 1}


@pytest.mark.parametrize("rise", [120, 641, 1_500])
@pytest.mark.parametrize("walls", [0, 1, 2])
def test_each_wall_takes_from_the_width_what_edge_and_guard_need_more_than_a_hand(rise, walls):
    """Edge and guard need a zone on an open side; along a wall the handrail and the room for a hand are enough."""
    rail = REQUIRED.wall_gap_mm + REQUIRED.rail_mm(MADE)
    usual = layouts.section(REQUIRED, MADE, rise)
    least = usual.square_mm + walls * rail + (2 - walls) * usual.zone_mm
    narrow = geometry.Space(rise, 40_000, least - 1, **_walls(walls), exit=geometry.FAR)
    refused = _designs(narrow)
    assert [(each.of, each.value) for each in refused.relaxations if each.of == "width_mm"] == [("width_mm", least)]
    assert least in [width for _, width in refused.smallest]
    (design,) = _designs(dataclasses.replace(narrow, width_mm=least))
    assert design.width_mm == least
    assert {each.wall_gap_mm for each in design.handrails if each.beside_wall} <= {REQUIRED.wall_gap_mm}
    assert design_check.check(design, BOOK).failures == ()


@pytest.mark.parametrize("rise", [120, 641, 1_500])
def test_between_two_walls_the_handrails_hang_on_them_and_the_ramp_fills_the_width(rise):
    rail = REQUIRED.wall_gap_mm + REQUIRED.rail_mm(MADE)
    usual = layouts.section(REQUIRED, MADE, rise)
    for width in (usual.square_mm + 2 * rail, usual.strip_mm - rail, usual.strip_mm - 1):
        (design,) = _designs(geometry.Space(rise, 40_000, width, **_walls(2)))
        assert (design.width_mm, design.clear_width_mm, design.edges) == (width, width - 2 * rail, ())
        assert {each.wall_gap_mm for each in design.handrails} <= {REQUIRED.wall_gap_mm}
        assert design_check.check(design, BOOK).failures == ()
        assert quantities.bill(design, MADE, quantities.Works())["guard_m"] == 0


@pytest.mark.parametrize("rise", [120, 641, 1_500])
def test_a_passage_wide_enough_for_guards_is_filled_too_while_that_costs_less(rise):
    usual = layouts.section(REQUIRED, MADE, rise).strip_mm
    priced = {}
    for width in (usual - 1, usual, usual + 400, usual + 1_500, 20_000):
        straight = _designs(geometry.Space(rise, 40_000, width, **_walls(2), exit=geometry.FAR))[0]
        assert straight.family == geometry.STRAIGHT
        bill = quantities.bill(straight, MADE, quantities.Works())
        priced[width] = cost.estimate(bill, price_books.sample()).total_thb.likely
        assert (bill["guard_m"] == 0) == (straight.width_mm == width) == (width < 20_000)
    assert list(priced.values()) == sorted(priced.values())
    assert priced[usual] < 1.01 * float(priced[usual - 1])


def test_a_ramp_left_sideways_fills_the_width_up_to_the_wall_across(required, made):
    sizes = layouts.section(required, made, 641)
    least = sizes.strip_mm - sizes.zone_mm + sizes.wall_zone_mm
    space = geometry.Space(641, 40_000, least, obstacle_right=True, approach=geometry.FRONT, exit=geometry.LEFT)
    (design,) = ramp_design.alternatives(space, required, made)
    assert (design.exit_side, design.width_mm) == (geometry.LEFT, least)
    assert {(run.left_zone_mm, run.right_zone_mm) for run in design.runs} == {(sizes.zone_mm, sizes.wall_zone_mm)}
    narrower = dataclasses.replace(space, width_mm=least - 1)
    assert isinstance(ramp_design.alternatives(narrower, required, made), geometry.NotFeasible)


def _seen_from(space):
    found = _designs(space)
    if isinstance(found, geometry.NotFeasible):
        return found.binding, found.relaxations, found.smallest
    bills = [quantities.bill(each, MADE, quantities.Works()) for each in found]
    priced = [{code: round(amount, 9) for code, amount in bill.items()} for bill in bills]
    failed = [[each.rule.criterion.criterion_id for each in design_check.check(one, BOOK).failures] for one in found]
    return priced, failed, [each.cost_proxy for each in found]


@settings(max_examples=25)
@given(SPACES)
def test_which_side_a_wall_is_on_changes_neither_bill_nor_verdict(space):
    swap = {geometry.LEFT: geometry.RIGHT, geometry.RIGHT: geometry.LEFT}
    mirrored = dataclasses.replace(
        space,
        obstacle_left=space.obstacle_right,
        obstacle_right=space.obstacle_left,
        approach=swap.get(space.approach, space.approach),
        exit=swap.get(space.exit, space.exit),
    )
    assume(_is_longer_than_its_walls_are_thick(space))
    assert _seen_from(mirrored) == _seen_from(space)


def _is_longer_than_its_walls_are_thick(space):
    """Whether the walls at the ends of each run are apart: where they meet, their order counts (`solids.walls`)."""
    found = _designs(space)
    if isinstance(found, geometry.NotFeasible):
        return True
    return all(
        math.dist(run.foot_left, run.head_left) >= 2 * edge.thickness_mm
        for each in found
        for run in each.runs
        for edge in each.edges
    )


def _least_width(rise, length, walls, leave):
    sides = {"obstacle_right": walls > 0, "obstacle_left": walls > 1}
    space = geometry.Space(rise, length, 1, **sides, approach=geometry.FRONT, exit=leave)
    found = _designs(space)
    return {each.of: each.value for each in found.relaxations}.get("width_mm", math.inf)


@given(st.integers(21, 900), st.integers(4_000, 20_000), st.sampled_from((geometry.FAR, geometry.FRONT)))
def test_the_more_walls_the_less_width_a_ramp_needs(rise, length, leave):
    open_, one, two = (_least_width(rise, length, walls, leave) for walls in (0, 1, 2))
    assert open_ >= one >= two


def test_the_lot_is_refused_for_every_reason():
    reasons = set()
    for space in [*drawn_spaces.lot_of_spaces(2, 120), geometry.Space(450, 1_000, 1_000)]:
        found = _designs(space)
        reasons |= {found.binding} if isinstance(found, geometry.NotFeasible) else {"none"}
    assert reasons == {"length", "width", "either", "both", "none"}


def test_alternatives_are_of_different_kinds_and_cheapest_first():
    found = _designs(geometry.Space(450, 12_000, 12_000))
    kinds = [(design.family, design.legs) for design in found]
    assert len(set(kinds)) == len(kinds) > 4
    assert [design.cost_proxy for design in found] == sorted(design.cost_proxy for design in found)
    assert kinds[0] == (geometry.STRAIGHT, 1)


@pytest.mark.parametrize("wall", ["obstacle_left", "obstacle_right"])
def test_what_a_wall_spares_counts_in_the_ranking(wall):
    """The L lies on the wall and the straight ramp, left over its side, does not: it costs a fifth less."""
    space = geometry.Space(663, 12_935, 16_549, exit=geometry.FAR, **{wall: True})
    found = ramp_design.alternatives(space, requirements.ramp(BOOK, to_build=True), MADE)
    bills = [quantities.bill(each, MADE, quantities.Works()) for each in found]
    priced = [cost.estimate(bill, price_books.sample()).total_thb.likely for bill in bills]
    assert found[0].family == geometry.L_SHAPE
    assert priced[0] == min(priced)


def test_a_limit_of_legs_is_kept(required, made):
    few = dataclasses.replace(made, most_legs=3)
    found = ramp_design.alternatives(geometry.Space(450, 12_000, 12_000), required, few)
    assert max(design.legs for design in found) == 3


def test_a_run_of_six_metres_in_plan_is_too_long_along_its_slope(required, made):
    design = ramp_design.alternatives(geometry.Space(500, 30_000, 2_000), required, made)[0]
    assert len(design.runs) == 2


def test_front_to_far_takes_an_odd_number_of_legs(required, made):
    space = geometry.Space(900, 9_000, 9_000, approach=geometry.FRONT, exit=geometry.FAR)
    along = [each for each in ramp_design.alternatives(space, required, made) if each.family == geometry.SWITCHBACK]
    assert along
    assert all((design.entry_side, design.exit_side) == ("front", "far") for design in along)


def test_a_gentler_slope_makes_a_longer_ramp(required, made):
    gentler = dataclasses.replace(required, slope_one_in=20)
    design = ramp_design.alternatives(geometry.Space(300, 20_000, 2_000), gentler, made)[0]
    assert (design.slope_one_in, design.going_mm) == (20, 6_000)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"rise_mm": 0}, ["DESIGN-001"]),
        ({"rise_mm": -5, "length_mm": 0, "width_mm": 200_000}, ["DESIGN-001", "DESIGN-001", "DESIGN-002"]),
        ({"approach": "far"}, ["DESIGN-003"]),
        ({"exit": "up", "approach": ""}, ["DESIGN-003", "DESIGN-003"]),
        ({"exit": "left", "obstacle_left": True}, ["DESIGN-004"]),
        ({"approach": "right", "obstacle_right": True}, ["DESIGN-004"]),
    ],
)
def test_a_wrong_space_is_refused_with_all_its_problems(changes, codes):
    space = dataclasses.replace(geometry.Space(450, 9_000, 5_000), **changes)
    with pytest.raises(errors.RefusedError) as refused:
        _designs(space)
    assert [problem.kind.code for problem in refused.value.problems] == codes
    assert {problem.where for problem in refused.value.problems} == set(changes) - {"obstacle_left", "obstacle_right"}


def test_families_have_names_in_both_languages():
    names = [ramp_design.family_name(design, ENGLISH) for design in _designs(geometry.Space(450, 12_000, 5_200))[:4]]
    kinds = ["Straight ramp", "L-shaped ramp", "Switchback ramp of 2 legs", "Switchback ramp of 3 legs"]
    assert names == kinds
    assert ramp_design.family_name(_designs(geometry.Space(450, 6_000, 5_000))[0], THAI) == "ทางลาดพับกลับ 2 ช่วง"


def test_a_refusal_says_why_and_what_would_do():
    refused = _designs(geometry.Space(450, 5_000, 3_000))
    assert refused.binding == "either"
    assert ramp_design.sentences(refused, ENGLISH) == (
        "The space is too small for a ramp that rises 450 mm.",
        "It fits with 850 mm more length and 600 mm more width: 5,850 × 3,600 mm in all.",
        "It fits with 2,850 mm more width: 5,850 mm in all.",
        "It fits with 3,400 mm more length: 8,400 mm in all.",
        "Here a ramp can rise 166 mm at most, 284 mm less.",
    )


def test_a_refusal_without_a_single_remedy_names_the_least_growth_of_both_sizes():
    refused = _designs(geometry.Space(450, 1_000, 1_000))
    said = ramp_design.sentences(refused, ENGLISH)
    assert said[0] == "The space is too short and too narrow for a ramp that rises 450 mm."
    assert said[1] == "It fits with 2,600 mm more length and 4,850 mm more width: 3,600 × 5,850 mm in all."
    assert len(said) == 2


def test_a_refusal_names_the_criteria_that_take_the_room():
    short, long = _designs(geometry.Space(150, 1_000, 1_000)), _designs(geometry.Space(900, 1_000, 1_000))
    assert "ramp.clear_width" in short.criteria
    assert "ramp.clear_width_long" in long.criteria
    assert set(short.criteria) | set(long.criteria) <= set(BOOK.criteria)


def test_between_two_walls_a_ramp_leads_from_front_to_far_or_turns_back():
    walled = geometry.Space(450, 30_000, 30_000, True, True, geometry.FRONT, geometry.FRONT)
    assert not isinstance(_designs(walled), geometry.NotFeasible)
    blocked = dataclasses.replace(walled, approach=geometry.ANY, exit=geometry.ANY)
    assert {(one.entry_side, one.exit_side) for one in _designs(blocked)} <= {("front", "far"), ("far", "front")}
