from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from audits.plans import budget_plan, flows, od_pairs, plan_constraints, planning_model, ranking
from tests.plans import small_models

A, B, STAIR = small_models.KERB_A, small_models.KERB_B, small_models.STAIR


def _rankings(model, budget_thb):
    demand, constraints = od_pairs.demand(model), plan_constraints.Constraints(budget_thb)
    plan = budget_plan.plan(model, constraints, demand=demand)
    return {one.rule: one for one in ranking.rankings(model, demand, constraints, plan)}, plan


def test_usage_is_the_people_whose_shortest_way_needs_the_fix():
    assert flows.usage(small_models.street()).tolist() == [11.0, 11.0, 7.0]


def test_people_beyond_the_limit_use_nothing_and_nobody_walks_where_nothing_helps():
    model = small_models.street()
    far = dataclasses.replace(model, categories=(dataclasses.replace(model.categories[0], limit_m=2000.0),))
    assert flows.usage(far).tolist() == [16.0, 16.0, 12.0]
    nowhere = dataclasses.replace(model, categories=(dataclasses.replace(model.categories[0], nodes=()),))
    assert flows.usage(nowhere).tolist() == [0.0, 0.0, 0.0]


def test_the_shorter_of_parallel_edges_is_used():
    needs = {"wheelchair": [frozenset({A}), frozenset({B})]}
    model = small_models.street()
    network = planning_model.Network(4, np.array([0, 1]), np.array([1, 0]), np.array([90.0, 80.0]), needs)
    assert flows.usage(dataclasses.replace(model, network=network)).tolist() == [0.0, 4.0, 0.0]


def test_edges_of_no_length_carry_their_people_on():
    model = small_models.street()
    network = dataclasses.replace(model.network, length_m=np.array([0.0, 0.0, 0.0, 0.0]))
    assert flows.usage(dataclasses.replace(model, network=network)).tolist() == [16.0, 16.0, 12.0]


@pytest.mark.parametrize("seed", range(40))
def test_everybody_whose_way_has_a_barrier_is_counted_at_the_last_edge(seed):
    model = small_models.random_model(seed)
    used = flows.usage(model)
    assert (used >= 0).all()
    reachable = sum(small_models.walked(model, frozenset(fix.fix_id for fix in model.fixes)).values())
    assert used.max() <= reachable * len(model.network.start)


def test_each_rule_has_its_order():
    model, used = small_models.street(), np.array([11.0, 11.0, 7.0])
    assert ranking.ranked(model, ranking.SEVERITY, used) == [2, 0, 1]
    assert ranking.ranked(model, ranking.SEVERITY_USAGE, used) == [0, 1, 2]
    assert ranking.ranked(model, ranking.SEVERITY_USAGE_PER_BAHT, np.array([1.0, 11.0, 7.0])) == [1, 2, 0]


def test_what_costs_nothing_comes_first_by_price():
    model = small_models.street()
    free = dataclasses.replace(
        model, fixes=(dataclasses.replace(model.fixes[0], cost=small_models.exactly(0.0)), *model.fixes[1:])
    )
    assert ranking.ranked(free, ranking.SEVERITY_USAGE_PER_BAHT, np.array([11.0, 11.0, 1.0]))[0] == 2


def test_what_the_rest_of_the_money_cannot_buy_is_passed_over():
    assert ranking.fill([2, 0, 1], (10.0, 12.0, 60.0), 71.0) == [2, 0]
    assert ranking.fill([2, 0, 1], (10.0, 12.0, 60.0), 25.0) == [0, 1]
    assert ranking.fill([2, 0, 1], (10.0, 12.0, 60.0), 5.0) == []


def test_worst_first_strands_the_money_where_a_plan_serves():
    found, plan = _rankings(small_models.street(), 60_000.0)
    assert plan.benefit == 4.0
    worst = found[ranking.SEVERITY]
    assert (worst.chosen, worst.cost_thb, worst.benefit, worst.share, worst.stranded) == (
        (STAIR,),
        60_000,
        0,
        0,
        (STAIR,),
    )
    used = found[ranking.SEVERITY_USAGE]
    assert (used.chosen, used.benefit, used.share, used.stranded) == ((A, B), 4.0, 1.0, ())


def test_a_share_of_nothing_is_no_number():
    found, _ = _rankings(small_models.street(), 0.0)
    assert all(math.isnan(one.share) for one in found.values())


@pytest.mark.parametrize("seed", range(40))
def test_no_ranking_beats_the_plan_or_the_budget(seed):
    budget_thb = 1000.0 * (3 + seed % 15)
    found, plan = _rankings(small_models.random_model(seed), budget_thb)
    for one in found.values():
        assert one.benefit <= plan.benefit + 1e-9
        assert one.cost_thb <= budget_thb
        assert set(one.stranded) <= set(one.chosen)
