from __future__ import annotations

import itertools

import pytest

from audits import errors
from audits.plans import budget_plan, budget_program, od_pairs, plan_constraints, staging
from tests import seeds
from tests.plans import small_models

EXACT = budget_program.Limits(gap=0.0)
A, B, STAIR = small_models.KERB_A, small_models.KERB_B, small_models.STAIR
NO_WISH = plan_constraints.Constraints(0.0)


def _staged(model, yearly_thb, constraints=NO_WISH, **options):
    demand = od_pairs.demand(model)
    return staging.staged(model, constraints, yearly_thb, demand=demand, limits=EXACT, **options)


def _best(model, yearly_thb):
    """Return the greatest sum of benefits of any nested choices, by trying all."""
    choices = {built: sum(gained.values()) for built, gained in small_models.every_choice(model).items()}
    best = dict.fromkeys([frozenset()], 0.0)
    for money in itertools.accumulate(yearly_thb):
        paid = [built for built in choices if small_models.cost_thb(model, built) <= money]
        best = {
            built: choices[built] + max(value for before, value in best.items() if before <= built) for built in paid
        }
    return max(best.values())


@pytest.mark.parametrize("seed", seeds.some(range(60)))
def test_no_nested_choice_beats_the_plan_by_years(seed):
    model = small_models.random_model(seed, most_fixes=5)
    yearly_thb = [4000.0, 1000.0 * (seed % 7), 5000.0]
    found = _staged(model, yearly_thb)
    assert found.benefit == pytest.approx(_best(model, yearly_thb), abs=1e-6)
    assert found.status == budget_plan.SOLVED
    spent = itertools.accumulate(stage.cost_thb for stage in found.stages)
    assert all(cost <= money for cost, money in zip(spent, itertools.accumulate(yearly_thb), strict=True))


def test_money_left_goes_to_the_next_year():
    found = _staged(small_models.street(), [30_000.0, 0.0, 52_000.0])
    assert [(stage.year, stage.built, stage.cost_thb, stage.benefit) for stage in found.stages] == [
        (1, (A, B), 22_000.0, 4.0),
        (2, (), 0.0, 4.0),
        (3, (STAIR,), 60_000.0, 11.0),
    ]
    assert found.benefit == 19.0
    assert [stage.unstaged_bound for stage in found.stages] == pytest.approx([4.0, 4.0, 11.0])


def test_what_must_be_built_is_built_in_the_first_year():
    constraints = plan_constraints.Constraints(0.0, must_build=frozenset({STAIR}))
    found = _staged(small_models.street(), [60_000.0, 22_000.0], constraints)
    assert [stage.built for stage in found.stages] == [(STAIR,), (A, B)]
    with pytest.raises(errors.RefusedError) as refused:
        _staged(small_models.street(), [50_000.0, 32_000.0], constraints)
    assert [problem.kind.code for problem in refused.value.problems] == ["BUDGET-004"]


def test_floors_hold_in_the_last_year():
    model = small_models.street()
    found = _staged(model, [22_000.0, 60_000.0], plan_constraints.Constraints(0.0, floors={"S": 7.0}))
    assert found.stages[-1].benefit == 11.0
    with pytest.raises(errors.RefusedError) as refused:
        _staged(model, [22_000.0, 59_000.0], plan_constraints.Constraints(0.0, floors={"S": 7.0}))
    assert [problem.kind.code for problem in refused.value.problems] == ["BUDGET-007"]


def test_without_time_greedy_years_stand_in_and_the_bound_still_holds(monkeypatch):
    def no_time(reduced, left_thb, limits):
        return None, float("inf")

    monkeypatch.setattr(staging, "nested", no_time)
    for seed in range(30):
        model = small_models.random_model(seed, most_fixes=5)
        yearly_thb = [4000.0, 3000.0]
        found = _staged(model, yearly_thb)
        best = _best(model, yearly_thb)
        assert found.benefit <= best + 1e-9 <= found.bound + 1e-6
        assert (found.status == budget_plan.SOLVED) == (found.gap <= budget_plan.PROOF_GAP)


def test_years_that_cannot_be_are_all_told():
    codes = [
        problem.kind.code for problem in staging.problems(small_models.street(), NO_WISH, [-1.0, 5.0, float("nan")])
    ]
    assert codes == ["STAGE-002", "STAGE-002"]
    with pytest.raises(errors.RefusedError) as refused:
        _staged(small_models.street(), [])
    assert [problem.kind.code for problem in refused.value.problems] == ["STAGE-001"]
