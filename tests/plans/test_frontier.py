from __future__ import annotations

import dataclasses

import pytest

from audits.plans import budget_plan, frontier, od_pairs, plan_constraints, planning_model
from tests.plans import small_models

A, B, STAIR = small_models.KERB_A, small_models.KERB_B, small_models.STAIR
WISHES = plan_constraints.Constraints(0.0)


def _frontier(model, budgets_thb, constraints=WISHES, **options):
    return frontier.frontier(model, constraints, budgets_thb, demand=od_pairs.demand(model), **options)


def test_each_budget_has_its_plan_the_lowest_first():
    found = _frontier(small_models.street(), [82_000.0, 10_000.0, 22_000.0, 22_000.0])
    assert [(point.budget_thb, point.plan.benefit) for point in found.points] == [
        (10_000, 0),
        (22_000, 4),
        (82_000, 11),
    ]
    assert found.refused == ()


def test_the_knee_is_where_money_begins_to_buy_less():
    found = _frontier(small_models.street(), [22_000.0, 50_000.0, 82_000.0])
    assert found.knee.budget_thb == 22_000.0


def test_a_straight_line_or_nothing_has_no_knee():
    assert _frontier(small_models.street(), [82_000.0]).knee is None
    assert _frontier(small_models.street(), [1_000.0, 2_000.0]).knee is None
    assert _frontier(small_models.street(), [10_000.0, 22_000.0]).knee is None


def test_a_budget_too_small_for_the_wishes_is_named():
    constraints = plan_constraints.Constraints(0.0, must_build=frozenset({STAIR}))
    found = _frontier(small_models.street(), [22_000.0, 60_000.0, 82_000.0], constraints)
    assert found.refused == (22_000.0,)
    assert [point.plan.benefit for point in found.points] == [0.0, 11.0]


def test_budgets_reach_the_cost_of_all_that_helps_anybody():
    model = small_models.street()
    idle = planning_model.Fix("idle", "", "N", small_models.exactly(1e6))
    model = dataclasses.replace(model, fixes=(*model.fixes, idle))
    steps = frontier.budgets(model, od_pairs.demand(model), count=4)
    assert steps == [20_500.0, 41_000.0, 61_500.0, 82_000.0]
    assert len(frontier.budgets(model, od_pairs.demand(model))) == 20


def test_progress_counts_the_budgets():
    told = []
    _frontier(small_models.street(), [1.0, 2.0], progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize("seed", range(25))
def test_the_benefit_never_falls_along_the_frontier(seed):
    model = small_models.random_model(seed)
    demand = od_pairs.demand(model)
    found = _frontier(model, frontier.budgets(model, demand, count=6))
    benefits = [point.plan.benefit for point in found.points]
    assert benefits == sorted(benefits)
    assert benefits[-1] == pytest.approx(sum(one.weight for one in demand.classes), abs=1e-9)


def test_where_time_was_short_the_better_plan_of_less_money_is_kept(monkeypatch):
    model = small_models.street()
    whole = budget_plan.plan

    def forgetful(asked, constraints, **options):
        if constraints.budget_thb < 90_000.0:
            return whole(asked, constraints, **options)
        poor = whole(asked, dataclasses.replace(constraints, budget_thb=22_000.0), **options)
        return dataclasses.replace(poor, bound=12.0)

    monkeypatch.setattr(budget_plan, "plan", forgetful)
    found = _frontier(model, [82_000.0, 95_000.0])
    assert [point.plan.benefit for point in found.points] == [11.0, 11.0]
    assert found.points[1].plan.bound == 12.0
    assert found.points[1].plan.status == budget_plan.TIME_OVER


def test_the_next_money_is_added_to_what_is_built():
    model = small_models.street()
    demand, constraints = od_pairs.demand(model), plan_constraints.Constraints(25_000.0)
    plan = budget_plan.plan(model, constraints, demand=demand)
    found = frontier.more(model, constraints, plan, demand=demand, step_thb=60_000.0)
    assert (found.added, found.gained, found.by_zone) == ((STAIR,), 7.0, {"S": 7.0})
    assert found.most == pytest.approx(7.0, abs=1e-3)
    assert frontier.more(model, constraints, plan, demand=demand, step_thb=50_000.0).added == ()
    assert frontier.more(model, constraints, plan, demand=demand).added == (STAIR,)
