"""Every choice is judged in every case of barriers and costs, and the safest loses least in its worst."""

from __future__ import annotations

import dataclasses

import pytest

from audits.plans import budget_program, plan_constraints, planning_model, robustness
from tests.plans import small_models

EXACT = budget_program.Limits(gap=0.0)
A, B, STAIR = small_models.KERB_A, small_models.KERB_B, small_models.STAIR


def _robust(model, budget_thb, asked=(), **limits):
    found = robustness.robustness(model, plan_constraints.Constraints(budget_thb), asked, lambda *_: None, **limits)
    assert found is not None
    return found


def _case(barriers, costs="likely"):
    return robustness.Scenario(barriers, costs)


def _doubtful():
    model = small_models.street()
    kerbs = [
        dataclasses.replace(fix, barrier=planning_model.UNLIKELY if "kerb" in fix.fix_id else planning_model.CERTAIN)
        for fix in model.fixes
    ]
    return dataclasses.replace(model, fixes=tuple(kerbs))


def test_where_all_is_certain_and_cheap_nothing_is_regretted():
    model = small_models.street()
    fixes = tuple(
        dataclasses.replace(fix, barrier=planning_model.CERTAIN, cost=small_models.exactly(fix.cost.likely))
        for fix in model.fixes
    )
    found = _robust(dataclasses.replace(model, fixes=fixes), 60_000.0, (A, B))
    assert len(found.judged) == 1
    assert found.safest.greatest == pytest.approx(0.0, abs=1e-3)
    assert found.look_first == ()


def test_a_plan_for_barriers_that_are_not_there_is_regretted():
    found = _robust(_doubtful(), 60_000.0)
    by_case = {scenario: one for one in found.judged for scenario in one.planned_for}
    assert by_case[_case("worst")].chosen == (A, B)
    assert by_case[_case("best")].chosen == (STAIR,)
    assert by_case[_case("worst")].regret[_case("best")] == pytest.approx(7.0, abs=1e-3)
    assert by_case[_case("best")].regret[_case("worst")] == pytest.approx(4.0, abs=1e-3)
    assert found.look_first == (A, B)


def test_the_plan_asked_about_stands_first_and_may_be_nothing():
    found = _robust(_doubtful(), 60_000.0, (STAIR,))
    assert found.judged[0].asked
    assert found.judged[0].chosen == (STAIR,)
    nothing = _robust(_doubtful(), 60_000.0).judged[0]
    assert nothing.chosen == ()
    # where no barrier but the stair is certain and the stair is too dear, nothing is the best plan
    assert set(nothing.planned_for) == {_case("likely", "high"), _case("best", "high")}
    assert set(nothing.benefit.values()) == {0.0}


def test_where_costs_turn_out_higher_the_part_that_can_be_paid_is_counted():
    found = _robust(_doubtful(), 60_000.0, (STAIR,))
    asked = found.judged[0]
    # the stair costs 90,000 baht at the high end
    assert asked.benefit[_case("best", "high")] == 0.0
    assert asked.benefit[_case("best")] == 7.0


def test_wishes_that_no_case_can_grant_leave_nothing_to_judge():
    constraints = plan_constraints.Constraints(1_000.0, must_build=frozenset({STAIR}))
    assert robustness.robustness(small_models.street(), constraints, (), lambda *_: None) is None


def test_wishes_too_dear_in_some_case_are_told():
    constraints = plan_constraints.Constraints(65_000.0, must_build=frozenset({STAIR}))
    found = robustness.robustness(small_models.street(), constraints, (), lambda *_: None)
    assert {scenario.costs for scenario in found.refused} == {"high"}


@pytest.mark.parametrize("seed", range(12))
def test_regret_is_what_the_best_plan_for_what_is_true_serves_more(seed):
    model = small_models.random_model(seed)
    found = _robust(model, 8_000.0, limits=EXACT)
    choices = {built: sum(gained.values()) for built, gained in small_models.every_choice(model).items()}
    for one in found.judged:
        for true, regret in one.regret.items():
            absent = frozenset(model.named(robustness.absent(model, true.barriers)))
            costs = dict(zip((fix.fix_id for fix in model.ordered), model.costs(true.costs), strict=True))
            paid = [built for built in choices if sum(costs[name] for name in built) <= 8_000.0]
            best = max(choices[built | absent] for built in paid)
            mine = frozenset(one.chosen) - absent
            part = max(choices[built | absent] for built in paid if built <= mine)
            assert regret == pytest.approx(best - part, abs=1e-6)


def test_each_step_is_told():
    told = []
    robustness.robustness(small_models.street(), plan_constraints.Constraints(6e4), (), lambda *step: told.append(step))
    assert told == sorted(told)
    assert told[-1] == (18, 18)
