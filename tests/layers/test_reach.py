"""Reach agrees with what can be checked by hand or by brute force, and never shrinks when a barrier goes."""

import math

import numpy as np
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


def _distances(lengths, origins, limit_m=np.inf):
    return np.array([reach.nearest(lengths, np.array([origin]), limit_m) for origin in origins])


@pytest.mark.parametrize("seed", range(25))
def test_distances_are_those_of_brute_force(seed):
    ways, states = small_networks.chance_network(seed)
    everyone = np.arange(len(ways.nodes))
    for usable in (states >= 0, states == 1, np.ones(len(states), bool)):
        found = _distances(_lengths(ways, usable), everyone)
        assert found == pytest.approx(_floyd_warshall(ways, usable))


def test_of_parallel_ways_the_shortest_counts_whatever_their_order():
    ends = np.array([[0, 1], [1, 0], [0, 1]])
    for lengths in ([5.0, 3.0, 9.0], [9.0, 5.0, 3.0]):
        made = reach.graph(2, ends, np.array(lengths))
        assert reach.nearest(made, np.array([0])).tolist() == [0.0, 3.0]


def test_an_edge_without_length_still_joins():
    made = reach.graph(3, np.array([[0, 1], [1, 2]]), np.array([0.0, 7.0]))
    assert reach.nearest(made, np.array([0])).tolist() == [0.0, 0.0, 7.0]


@pytest.mark.parametrize("length", [-1.0, math.nan, math.inf])
def test_a_length_that_cannot_be_walked_is_refused(length):
    with pytest.raises(errors.LayerError, match="finite and 0 or more"):
        reach.graph(2, np.array([[0, 1]]), np.array([length]))


def test_the_limit_itself_is_within_reach():
    found = reach.nearest(_lengths(STREET), np.array([0]), limit_m=200.0)
    assert found.tolist() == [0, 100, 200, math.inf, math.inf]
    people = reach.people_within(_lengths(STREET), np.array([0]), np.ones(5), (200.0, 199.9))
    assert people.tolist() == [[3, 2]]


def test_the_nearest_of_several_origins_counts():
    assert reach.nearest(_lengths(STREET), np.array([0, 4])).tolist() == [0, 100, 200, 100, 0]
    assert np.isinf(reach.nearest(_lengths(STREET), np.array([], int))).all()


@pytest.mark.parametrize("seed", range(15))
def test_the_worst_case_lies_within_the_best_and_that_within_walking(seed):
    ways, states = small_networks.chance_network(seed, nodes=40, edges=60)
    everyone = np.arange(len(ways.nodes))
    graphs = (_lengths(ways, usable) for usable in (None, states >= passability.UNKNOWN, states == passability.PASSES))
    foot, best, worst = (_distances(each, everyone) for each in graphs)
    assert (foot <= best).all()
    assert (best <= worst).all()


@pytest.mark.parametrize("seed", range(15))
def test_taking_a_barrier_away_never_reduces_reach(seed):
    ways, states = small_networks.chance_network(seed, nodes=30, edges=45)
    blocked = np.flatnonzero(states == passability.BLOCKED)
    people = np.random.default_rng(seed).uniform(0, 9, 30)

    def within(states):
        return reach.people_within(_lengths(ways, states == passability.PASSES), np.arange(30), people, (250.0,))

    for edge in blocked[:5]:
        freed = states.copy()
        freed[edge] = passability.PASSES
        assert (within(freed) >= within(states) - 1e-9).all()


def test_nobody_comes_to_a_site_that_is_not_joined():
    people = np.array([1.0, 2, 4, 8, 16])
    assert reach.people_within(_lengths(STREET), np.array([-1, 0]), people, (400.0,)).tolist() == [[0], [31]]


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
