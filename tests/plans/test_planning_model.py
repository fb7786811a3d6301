from __future__ import annotations

import dataclasses

import numpy as np

from audits.plans import planning_model
from tests.plans import small_models


def test_a_fix_has_the_same_bit_in_whatever_order_it_was_given():
    model = small_models.street()
    turned = dataclasses.replace(model, fixes=model.fixes[::-1])
    assert model.bits == turned.bits == {"A-kerb": 0, "B-kerb": 1, "stair": 2}
    assert model.mask(["stair", "A-kerb"]) == 0b101
    assert model.named(0b101) == ("A-kerb", "stair")


def test_costs_stand_by_bit_in_each_case():
    model = small_models.street()
    assert model.costs() == (10_000, 12_000, 60_000)
    assert model.costs("low")[2] == 50_000
    assert model.costs("high")[2] == 90_000


def test_what_an_edge_needs_is_a_mask_and_what_nothing_helps_is_none():
    assert small_models.street().edge_masks("wheelchair") == (0b011, 0b100, 0, None)


def test_lengths_are_used_to_the_millimetre():
    network = dataclasses.replace(small_models.street().network, length_m=np.array([0.0004, 0.0006, 1.2345, 7.0]))
    assert network.length_mm.tolist() == [0, 1, 1234, 7000]


def test_bits_of_a_mask_come_lowest_first():
    assert list(planning_model.bits(0b1011)) == [0, 1, 3]
    assert list(planning_model.bits(0)) == []
