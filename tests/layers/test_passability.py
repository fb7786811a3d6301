"""What is known decides, what is not known stays unknown."""

import dataclasses
import math

import numpy as np
import pytest

from layers import network, passability, personas, sources
from tests.layers import small_networks

PASSES, UNKNOWN, BLOCKED = passability.PASSES, passability.UNKNOWN, passability.BLOCKED
PERSONAS = {persona.persona: persona for persona in personas.load()}
MANUAL = PERSONAS["manual_wheelchair"]


def _edge(persona=MANUAL, cause=None, **known):
    causes = passability.by_cause(small_networks.street(2, **known), persona)
    return int(passability.states(causes)[0]) if cause is None else int(causes[cause].iloc[0])


def test_a_way_known_to_be_good_passes_everyone():
    assert {name: _edge(persona) for name, persona in PERSONAS.items()} == dict.fromkeys(PERSONAS, PASSES)


def test_a_way_of_which_nothing_is_known_is_unknown_to_who_rolls():
    nothing = {"surface": "", "width_m": math.nan, "incline_pct": math.nan}
    assert _edge(**nothing) == UNKNOWN
    assert _edge(PERSONAS["blind"], **nothing) == PASSES


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({"incline_pct": 8.0}, PASSES),
        ({"incline_pct": -8.0}, PASSES),
        ({"incline_pct": 8.1}, BLOCKED),
        ({"incline_pct": -12.0}, BLOCKED),
        ({"width_m": 0.9}, PASSES),
        ({"width_m": 0.89}, BLOCKED),
        ({"surface": "sand"}, BLOCKED),
        ({"surface": "sett"}, UNKNOWN),
        ({"surface": "moon dust"}, UNKNOWN),
        ({"surface": "sett", "smoothness": "intermediate"}, PASSES),
        ({"surface": "asphalt", "smoothness": "bad"}, BLOCKED),
        ({"kind": "steps"}, BLOCKED),
        ({"kind": "steps", "ramp": "yes"}, UNKNOWN),
        ({"kind": "steps", "ramp": "wheelchair"}, PASSES),
        ({"wheelchair": "no"}, BLOCKED),
        ({"wheelchair": "yes", "surface": "", "incline_pct": math.nan}, PASSES),
        ({"wheelchair": "yes", "incline_pct": 20.0}, BLOCKED),
        ({"wheelchair": "limited", "surface": ""}, UNKNOWN),
        ({"kind": "road_side", "highway": "residential", "width_m": math.nan}, PASSES),
        ({"kind": "road_side", "highway": "trunk", "sidewalk": "both"}, PASSES),
        ({"kind": "road_side", "highway": "trunk", "sidewalk": "both", "width_m": math.nan}, UNKNOWN),
        ({"kind": "road_side", "highway": "trunk"}, UNKNOWN),
        ({"kind": "road_side", "highway": "trunk", "sidewalk": "no"}, UNKNOWN),
    ],
)
def test_a_manual_wheelchair_is_held_to_its_limits(known, state):
    assert _edge(**known) == state


def test_a_powered_wheelchair_climbs_what_a_manual_one_does_not():
    assert _edge(PERSONAS["powered_wheelchair"], incline_pct=12.0) == PASSES
    assert _edge(incline_pct=12.0) == BLOCKED


@pytest.mark.parametrize(("rail", "state"), [("yes", PASSES), ("no", BLOCKED), ("", UNKNOWN)])
def test_a_walking_aid_climbs_steps_with_a_handrail(rail, state):
    assert _edge(PERSONAS["walking_aid"], kind="steps", handrail=rail) == state


def _crossing(persona=MANUAL, **kerb):
    """A pavement, a crossing and the pavement opposite; the kerb is that of node 1."""
    edges = [(0, 1, small_networks.PASSABLE), (1, 2, small_networks.PASSABLE | {"kind": "crossing"})]
    edges += [(2, 3, small_networks.PASSABLE)]
    flush = {"kerb": "flush", "kerb_low_mm": 0.0, "kerb_high_mm": 0.0, "tactile_paving": "yes"}
    ways = small_networks.drawn([(0, 0), (50, 0), (60, 0), (99, 0)], edges, {1: kerb, 2: flush})
    return passability.states(passability.by_cause(ways, persona)).tolist()


@pytest.mark.parametrize(
    ("kerb", "state"),
    [
        ({}, UNKNOWN),
        ({"kerb": "yes"}, UNKNOWN),
        ({"kerb": "lowered", "kerb_low_mm": 0.0, "kerb_high_mm": 30.0}, PASSES),
        ({"kerb": "raised", "kerb_low_mm": 31.0, "kerb_high_mm": math.inf}, BLOCKED),
        ({"kerb_low_mm": 40.0, "kerb_high_mm": 40.0}, BLOCKED),
    ],
)
def test_only_the_crossing_goes_over_the_kerb(kerb, state):
    assert _crossing(**kerb) == [PASSES, state, PASSES]


@pytest.mark.parametrize(
    ("tactile", "high", "state"),
    [("yes", 0.0, PASSES), ("no", 0.0, BLOCKED), ("", 0.0, UNKNOWN), ("no", math.inf, PASSES)],
)
def test_a_blind_person_needs_tactile_paving_where_the_kerb_cannot_be_felt(tactile, high, state):
    kerb = {"tactile_paving": tactile, "kerb": "x", "kerb_low_mm": 31.0 if high else 0.0, "kerb_high_mm": high}
    assert _crossing(PERSONAS["blind"], **kerb)[1] == state


def test_a_footway_that_meets_a_road_goes_over_an_unknown_kerb():
    edges = [
        (0, 1, small_networks.PASSABLE),
        (1, 2, {"kind": "road_side", "highway": "residential", "incline_pct": 0.0}),
    ]
    ways = small_networks.drawn([(0, 0), (50, 0), (50, 90)], edges)
    assert passability.carriers(ways).tolist() == [[False, True], [False, False]]


def test_two_roads_that_meet_have_no_kerb_between_them():
    road = {"kind": "road_side", "highway": "residential"}
    ways = small_networks.drawn([(0, 0), (50, 0), (99, 0)], [(0, 1, road), (1, 2, road)], {1: {"kerb": "raised"}})
    assert not passability.carriers(ways).any()


@pytest.mark.parametrize(
    ("barrier", "width_m", "state"),
    [
        ("stile", math.nan, BLOCKED),
        ("bollard", math.nan, UNKNOWN),
        ("bollard", 1.2, PASSES),
        ("cycle_barrier", 0.6, BLOCKED),
        ("entrance", math.nan, PASSES),
    ],
)
def test_a_barrier_is_judged_by_its_kind_and_width(barrier, width_m, state):
    ways = small_networks.street(3)
    ways.nodes.loc[1, "barrier"] = barrier
    ways.nodes.loc[1, "width_m"] = width_m
    assert passability.states(passability.by_cause(ways, MANUAL)).tolist() == [state, state]
    assert passability.states(passability.by_cause(ways, PERSONAS["blind"])).tolist() == [PASSES, PASSES]


def test_what_is_not_doubted_passes_and_what_is_blocked_stays_blocked():
    ways = small_networks.street(2, incline_pct=math.nan)
    causes = passability.by_cause(ways, MANUAL)
    assert passability.states(causes).tolist() == [UNKNOWN]
    assert passability.states(causes, ("kerb", "audit")).tolist() == [PASSES]
    steep = passability.by_cause(small_networks.street(2, incline_pct=30.0), MANUAL)
    assert passability.states(steep, ("kerb",)).tolist() == [BLOCKED]


def test_in_a_coarse_network_nothing_is_known():
    coarse = network.coarse(sources.street_axes())
    assert set(passability.states(passability.by_cause(coarse, MANUAL))) == {UNKNOWN}


@pytest.mark.parametrize("seed", range(5))
def test_a_stricter_persona_never_passes_more(seed):
    chance = np.random.default_rng(seed)
    ways = small_networks.street(60)
    ways.edges["incline_pct"] = chance.choice([math.nan, 0.0, 5.0, 10.0, 20.0], 59)
    ways.edges["width_m"] = chance.choice([math.nan, 0.5, 1.0, 2.0], 59)
    ways.edges["surface"] = chance.choice(["", "asphalt", "sett", "sand"], 59)
    ways.edges["kind"] = chance.choice(["footway", "steps", "crossing", "road_side"], 59)
    strict = dataclasses.replace(MANUAL, steepest_pct=4.0, narrowest_m=1.5, roughest=1, highest_kerb_mm=0.0)
    loose = passability.states(passability.by_cause(ways, MANUAL))
    assert (passability.states(passability.by_cause(ways, strict)) <= loose).all()


def test_the_personas_of_the_data_have_limits_with_sources():
    assert list(PERSONAS) == ["manual_wheelchair", "powered_wheelchair", "walking_aid", "blind", "pram"]
    assert (MANUAL.steepest_pct, MANUAL.highest_kerb_mm, MANUAL.narrowest_m, MANUAL.roughest) == (8.0, 30.0, 0.9, 2)
    assert math.isinf(PERSONAS["blind"].steepest_pct)
    assert all(persona.source_en for persona in PERSONAS.values())
