"""Reach agrees with what can be checked by hand or by brute force, and never shrinks when a barrier goes."""

import math

import numpy as np
import pandas as pd
import pytest

from layers import errors, passability, reach
from tests.layers import small_networks

STREET = small_networks.street()


def _lengths(ways, usable=None):
    return reach.graph(len(ways.nodes), ways.ends, ways.length_m, usable)


def _floyd_warshall(ways, usable):
    """Return all distances by the three loops of the textbook, sharing no code with the search."""
    nodes = len(ways.nodes)
    best = [[0.0 if row == column else math.inf for column in range(nodes)] for row in range(nodes)]
    for (start, end), length, used in zip(ways.ends, ways.length_m, usable, strict=True):
        if used:
            best[start][end] = best[end][start] = min(best[start][end], float(length))
    for through in range(nodes):
        for row in range(nodes):
            for column in range(nodes):
                best[row][column] = min(best[row][column], best[row][through] + best[through][column])
    return np.array(best)


@pytest.mark.parametrize("seed", range(25))
def test_distances_are_those_of_brute_force(seed):
    ways, states = small_networks.chance_network(seed)
    everyone = np.arange(len(ways.nodes))
    for usable in (states >= 0, states == 1, np.ones(len(states), bool)):
        found = reach.distances(_lengths(ways, usable), everyone, everyone)
        assert found == pytest.approx(_floyd_warshall(ways, usable))


@pytest.mark.parametrize("seed", range(10))
def test_the_side_searched_from_changes_nothing(seed):
    ways, _ = small_networks.chance_network(seed, nodes=90, edges=160)
    lengths, few, many = _lengths(ways), np.array([3, 1]), np.arange(80)
    from_few = reach.distances(lengths, few, many)
    assert from_few.shape == (2, 80)
    assert reach.distances(lengths, many, few) == pytest.approx(from_few.T)


def test_of_parallel_ways_the_shortest_counts_whatever_their_order():
    ends = np.array([[0, 1], [1, 0], [0, 1]])
    for lengths in ([5.0, 3.0, 9.0], [9.0, 5.0, 3.0]):
        made = reach.graph(2, ends, np.array(lengths))
        assert reach.distances(made, np.array([0]), np.array([1])).tolist() == [[3.0]]


def test_an_edge_without_length_still_joins():
    made = reach.graph(3, np.array([[0, 1], [1, 2]]), np.array([0.0, 7.0]))
    assert reach.distances(made, np.array([0]), np.array([2])).tolist() == [[7.0]]


@pytest.mark.parametrize("length", [-1.0, math.nan, math.inf])
def test_a_length_that_cannot_be_walked_is_refused(length):
    with pytest.raises(errors.LayerError, match="finite and 0 or more"):
        reach.graph(2, np.array([[0, 1]]), np.array([length]))


def test_the_limit_itself_is_within_reach():
    found = reach.distances(_lengths(STREET), np.array([0]), np.arange(5), limit_m=200.0)
    assert found.tolist() == [[0, 100, 200, math.inf, math.inf]]
    people = reach.people_within(_lengths(STREET), np.array([0]), np.ones(5), (200.0, 199.9))
    assert people.tolist() == [[3, 2]]


def test_the_nearest_of_several_origins_counts():
    assert reach.nearest(_lengths(STREET), np.array([0, 4])).tolist() == [0, 100, 200, 100, 0]
    assert np.isinf(reach.nearest(_lengths(STREET), np.array([], int))).all()


def _compared(states, origins=(0,), people=(1, 2, 4, 8, 16), limits=(200.0, 400.0), **places):
    ways = reach.ways_of(STREET, np.array(states, np.int8))
    nodes = pd.Series(origins, index=[f"S{number}" for number in range(len(origins))])
    destinations = {name: np.array(at) for name, at in places.items()}
    return reach.by_site(ways, nodes, np.array(people, float), destinations, limits)


def test_the_share_is_step_free_over_on_foot_as_an_interval():
    table = _compared([1, 0, -1, 1], bus_stop=[1, 2, 2, 4])
    row = table.loc[("S0", 400.0)]
    assert row[["people_on_foot", "people_best", "people_worst"]].tolist() == [31, 7, 3]
    assert (row["share_low"], row["share_high"]) == (3 / 31, 7 / 31)
    assert row[["bus_stop_on_foot", "bus_stop_best", "bus_stop_worst"]].tolist() == [4, 3, 1]
    near = table.loc[("S0", 200.0)]
    assert (near["share_low"], near["share_high"]) == (3 / 7, 1.0)


def test_a_site_without_people_in_reach_has_no_share():
    row = _compared([1, 1, 1, 1], people=(0, 0, 0, 0, 9)).loc[("S0", 200.0)]
    assert row["people_on_foot"] == 0
    assert np.isnan(row["share_low"])


def test_a_site_that_is_not_joined_has_no_figures():
    table = _compared([1, 1, 1, 1], origins=(-1, 0), bus_stop=[1])
    assert table.loc["S0"].isna().all(axis=None)
    assert table.loc[("S1", 400.0), "people_on_foot"] == 31


def test_nobody_is_counted_twice_in_a_zone():
    ways = reach.ways_of(STREET, np.array([1, 1, 0, -1], np.int8))
    sites = pd.Series({"A": 0, "B": 1, "C": 4, "D": -1})
    zones = pd.Series({"A": 1, "B": 1, "C": 2, "D": 2})
    table = reach.by_zone(ways, sites, zones, np.array([1.0, 2, 4, 8, 16]), (200.0,))
    assert table.loc[(1, 200.0)].to_dict() == {
        **{"sites": 2, "people_on_foot": 15, "people_best": 15, "people_worst": 7},
        **{"share_low": 7 / 15, "share_high": 1.0},
    }
    assert table.loc[(2, 200.0), ["sites", "people_on_foot", "people_worst"]].tolist() == [1, 28, 16]


def test_a_zone_whose_sites_are_not_joined_reaches_nobody():
    ways = reach.ways_of(STREET, np.ones(4, np.int8))
    table = reach.by_zone(ways, pd.Series({"D": -1}), pd.Series({"D": 3}), np.ones(5), (200.0,))
    assert table.loc[(3, 200.0), ["sites", "people_on_foot"]].tolist() == [0, 0]
    assert np.isnan(table.loc[(3, 200.0), "share_high"])


@pytest.mark.parametrize("seed", range(15))
def test_the_worst_case_lies_within_the_best_and_that_within_walking(seed):
    ways, states = small_networks.chance_network(seed, nodes=40, edges=60)
    three = reach.ways_of(ways, states)
    everyone = np.arange(len(ways.nodes))
    foot, best, worst = (reach.distances(each, everyone, everyone) for each in (three.on_foot, three.best, three.worst))
    assert (foot <= best).all()
    assert (best <= worst).all()


@pytest.mark.parametrize("seed", range(15))
def test_taking_a_barrier_away_never_reduces_reach(seed):
    ways, states = small_networks.chance_network(seed, nodes=30, edges=45)
    blocked = np.flatnonzero(states == passability.BLOCKED)
    sites = pd.Series(range(30), index=[f"S{number}" for number in range(30)])
    people = np.random.default_rng(seed).uniform(0, 9, 30)
    shares = ["people_best", "people_worst", "share_low", "share_high"]
    before = reach.by_site(reach.ways_of(ways, states), sites, people, {}, (250.0,))[shares]
    for edge in blocked[:5]:
        freed = states.copy()
        freed[edge] = passability.PASSES
        after = reach.by_site(reach.ways_of(ways, freed), sites, people, {}, (250.0,))[shares]
        assert (after.to_numpy() >= before.to_numpy() - 1e-9).all()


def _area(limit_m, usable=(True,) * 4, origin=0, beside_m=30.0):
    used = np.array(usable)
    off = reach.nearest(_lengths(STREET, used), np.array([origin]))
    return reach.service_area(STREET, used, off, limit_m, beside_m)


def test_the_service_area_ends_exactly_where_the_walk_does():
    area = _area(250.0)
    west, south, east, north = area.bounds
    assert (west, east) == pytest.approx((small_networks.EAST_M - 30, small_networks.EAST_M + 280))
    assert (south, north) == pytest.approx((small_networks.NORTH_M - 30, small_networks.NORTH_M + 30))
    strip, caps = 250 * 60, math.pi * 30**2
    assert area.area == pytest.approx(strip + caps, rel=0.005)


def test_the_service_area_stops_at_a_barrier():
    assert _area(400.0, (True, False, True, True)).bounds[2] == pytest.approx(small_networks.EAST_M + 130)


def test_a_place_with_no_way_out_serves_no_ground():
    assert _area(400.0, (False,) * 4).is_empty


def test_an_edge_reached_from_both_ends_is_cut_in_its_middle():
    ring = small_networks.drawn([(0, 0), (100, 0), (50, 100)], [(0, 1), (1, 2), (2, 0)])
    off = reach.nearest(_lengths(ring), np.array([2]))
    parts = reach.reached_parts(ring, np.ones(3, bool), off, off[0] + 20)
    assert sum(part.length for part in parts) == pytest.approx(2 * off[0] + 40)
    whole = reach.reached_parts(ring, np.ones(3, bool), off, off[0] + 50)
    assert sum(part.length for part in whole) == pytest.approx(2 * off[0] + 100)


@pytest.mark.parametrize("seed", range(8))
def test_the_parts_add_up_to_what_is_left_of_the_walk_at_each_end(seed):
    ways, states = small_networks.chance_network(seed, nodes=20, edges=34)
    ways.edges["length_m"] = ways.edges.length
    usable = states >= 0
    off = reach.nearest(_lengths(ways, usable), ways.ends[np.flatnonzero(usable)[0]])
    expected = sum(
        min(length, max(0.0, 300 - off[start]) + max(0.0, 300 - off[end]))
        for (start, end), length, used in zip(ways.ends, ways.length_m, usable, strict=True)
        if used
    )
    parts = reach.reached_parts(ways, usable, off, 300.0)
    assert sum(part.length for part in parts) == pytest.approx(expected)
    assert expected > 0


@pytest.mark.parametrize("seed", range(15))
def test_everybody_s_steps_add_up_to_their_distances(seed):
    ways, _ = small_networks.chance_network(seed)
    lengths, people = _lengths(ways), np.arange(1.0, len(ways.nodes) + 1)
    passed = reach.usage(ways, lengths, np.array([0, 1]), people, 300.0)
    off = reach.nearest(lengths, np.array([0, 1]), 300.0)
    walked = people * np.where(np.isfinite(off), off, 0)
    assert float(passed @ ways.length_m) == pytest.approx(walked.sum())


def test_who_lives_farther_along_a_street_passes_all_of_it():
    lengths = _lengths(STREET)
    assert reach.usage(STREET, lengths, np.array([0]), np.ones(5), 800.0).tolist() == [4, 3, 2, 1]
    assert reach.usage(STREET, lengths, np.array([0]), np.ones(5), 250.0).tolist() == [2, 1, 0, 0]
    assert reach.usage(STREET, lengths, np.array([], np.intp), np.ones(5), 800.0).tolist() == [0, 0, 0, 0]
