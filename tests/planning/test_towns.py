from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from audits.planning import towns
from tests.planning import small_towns


def _codes(town):
    return [problem.kind.code for problem in towns.problems(town)]


def test_a_sound_town_has_no_problem():
    assert towns.problems(small_towns.street()) == ()


def test_a_fix_has_the_same_bit_in_whatever_order_it_was_given():
    town = small_towns.street()
    turned = dataclasses.replace(town, fixes=town.fixes[::-1])
    assert town.bits == turned.bits == {"A-kerb": 0, "B-kerb": 1, "stair": 2}
    assert town.mask(["stair", "A-kerb"]) == 0b101
    assert town.named(0b101) == ("A-kerb", "stair")


def test_costs_stand_by_bit_in_each_case():
    town = small_towns.street()
    assert town.costs() == (10_000, 12_000, 60_000)
    assert town.costs("low")[2] == 50_000
    assert town.costs("high")[2] == 90_000


def test_what_an_edge_needs_is_a_mask_and_what_nothing_helps_is_none():
    assert small_towns.street().edge_masks("wheelchair") == (0b011, 0b100, 0, None)


def test_lengths_are_used_to_the_millimetre():
    network = dataclasses.replace(small_towns.street().network, length_m=np.array([0.0004, 0.0006, 1.2345, 7.0]))
    assert network.length_mm.tolist() == [0, 1, 1234, 7000]


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"end": np.array([1, 2, 4, 3])}, "TOWN-001", "edge 2"),
        ({"start": np.array([0, -1, 2, 0])}, "TOWN-001", "edge 1"),
        ({"length_m": np.array([1.0, np.nan, 1.0, 1.0])}, "TOWN-002", "edge 1"),
        ({"length_m": np.array([1.0, 1.0, -1.0, 1.0])}, "TOWN-002", "edge 2"),
        ({"length_m": np.array([1.0, 1.0])}, "TOWN-007", "length_m"),
        ({"needs": {"wheelchair": [frozenset({"lift"}), None, None, None]}}, "TOWN-003", "wheelchair"),
        ({"needs": {"wheelchair": [None]}}, "TOWN-007", "needs wheelchair"),
        ({"needs": {}}, "TOWN-007", "needs wheelchair"),
    ],
)
def test_a_network_that_cannot_be_is_told_with_its_place(change, code, where):
    town = small_towns.street()
    wrong = dataclasses.replace(town, network=dataclasses.replace(town.network, **change))
    assert [(problem.kind.code, problem.where) for problem in towns.problems(wrong)] == [(code, where)]


def test_fixes_that_cannot_be_are_all_told_at_once():
    town = small_towns.street()
    wrong = (
        *town.fixes,
        town.fixes[0],
        towns.Fix("x", "", "", towns.Cost(2.0, 1.0, 3.0)),
        towns.Fix("y", "", "", towns.Cost.exactly(-1.0)),
        towns.Fix("z", "", "", towns.Cost.exactly(1.0), barrier="maybe"),
    )
    assert _codes(dataclasses.replace(town, fixes=wrong)) == ["TOWN-006", "TOWN-004", "TOWN-004", "TOWN-008"]


def test_people_and_places_that_cannot_be_are_told():
    town = small_towns.street()
    assert _codes(dataclasses.replace(town, people={"wheelchair": np.array([1.0, -1.0, np.inf, 0.0])})) == [
        "TOWN-005",
        "TOWN-005",
    ]
    assert _codes(dataclasses.replace(town, people={"wheelchair": np.array([1.0])})) == ["TOWN-007"]
    assert _codes(dataclasses.replace(town, zones=("N",))) == ["TOWN-007"]
    stop = town.categories[0]
    assert _codes(dataclasses.replace(town, categories=(stop, stop))) == ["TOWN-006"]
    assert _codes(dataclasses.replace(town, categories=(dataclasses.replace(stop, nodes=(9,), value=-1.0),))) == [
        "TOWN-001",
        "TOWN-005",
    ]


def test_bits_of_a_mask_come_lowest_first():
    assert list(towns.bits(0b1011)) == [0, 1, 3]
    assert list(towns.bits(0)) == []
