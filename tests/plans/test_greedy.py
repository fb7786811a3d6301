from __future__ import annotations

import math

import pytest

from audits.plans import greedy, od_pairs
from tests import seeds
from tests.plans import small_models


def _class(weight, *bundles, zone="N"):
    return od_pairs.DemandClass(bundles, weight, {(zone, "park", "wheelchair"): weight})


def test_two_fixes_that_are_worth_nothing_alone_are_bought_together():
    classes = [_class(10.0, 0b011), _class(3.0, 0b100)]
    assert greedy.greedy(classes, {0: 1.0, 1: 1.0, 2: 1.0}, 2.0) == 0b011


def test_a_bundle_that_a_purchase_made_cheaper_is_looked_at_again():
    classes = [_class(10.0, 0b0001), _class(1.0, 0b0011), _class(2.0, 0b0100)]
    assert greedy.greedy(classes, {0: 5.0, 1: 1.0, 2: 4.0}, 6.0) == 0b0011


def test_a_bundle_that_completes_another_class_counts_it():
    classes = [_class(1.0, 0b001), _class(1.0, 0b010), _class(5.0, 0b011), _class(2.4, 0b100)]
    assert greedy.greedy(classes, {0: 1.0, 1: 1.0, 2: 1.0}, 2.0) == 0b011


def test_one_large_bundle_beats_the_small_ones_that_shut_it_out():
    classes = [_class(2.0, 0b01), _class(10.0, 0b10)]
    assert greedy.greedy(classes, {0: 1.0, 1: 10.0}, 10.0) == 0b10


def test_what_costs_nothing_is_bought_first_and_what_serves_nobody_never():
    classes = [_class(0.5, 0b001), _class(9.0, 0b010)]
    assert greedy.greedy(classes, {0: 0.0, 1: 3.0, 2: 0.0}, 3.0) == 0b011


def test_a_zone_below_its_floor_is_served_first_and_only_up_to_it():
    classes = [_class(9.0, 0b001), _class(1.0, 0b010, zone="S"), _class(1.0, 0b100, zone="S")]
    costs = {0: 2.0, 1: 2.0, 2: 2.0}
    assert greedy.greedy(classes, costs, 4.0) & 0b001
    chosen = greedy.greedy(classes, costs, 4.0, {"S": 1.0})
    assert chosen & 0b001
    assert od_pairs.by(od_pairs.served(classes, chosen), od_pairs.ZONE) == {"N": 9.0, "S": 1.0}
    assert greedy.greedy(classes, costs, 2.0, {"S": 1.0}) == 0b010


def test_money_left_is_told():
    purchase = greedy.Purchase([_class(1.0, 0b1)], {0: 2.0})
    assert purchase.buy([1.0], 5.0) == 3.0
    assert purchase.buy([1.0], 3.0) == 3.0
    assert purchase.chosen == 0b1


def test_what_stands_already_is_not_paid_again():
    purchase = greedy.Purchase([_class(1.0, 0b11)], {0: 2.0, 1: 1.0}, chosen=0b01)
    assert purchase.price_thb(0b11) == 1.0
    assert purchase.buy([1.0], 1.0) == 0.0
    assert purchase.chosen == 0b11


@pytest.mark.parametrize("seed", seeds.some(range(100)))
def test_a_greedy_choice_can_be_paid_and_nothing_more_can_be_bought_with_the_rest(seed):
    model = small_models.random_model(seed)
    classes = od_pairs.demand(model).classes
    costs = dict(enumerate(model.costs()))
    budget_thb = 1000.0 * (2 + seed % 17)
    chosen = greedy.greedy(classes, costs, budget_thb)
    spent = math.fsum(costs[bit] for bit in costs if chosen >> bit & 1)
    assert spent <= budget_thb
    best_single = max(
        (
            od_pairs.benefit(classes, bundle)
            for one in classes
            for bundle in one.bundles
            if small_models.cost_thb(model, frozenset(model.named(bundle))) <= budget_thb
        ),
        default=0.0,
    )
    assert od_pairs.benefit(classes, chosen) >= best_single
