"""Every choice is judged in every case of barriers and costs, and the safest loses least in its worst."""

from __future__ import annotations

import dataclasses

import pytest

from audits import barriers
from audits.plans import budget_program, plan_constraints, robustness
from tests.plans import small_models

EXACT = budget_program.Limits(gap=0.0)
A, B, STAIR = small_models.KERB_A, small_models.KERB_B, small_models.STAIR


def _robust(model, budget_thb, asked=(), **limits):
    constraints = plan_constraints.Constraints(budget_thb)
    found = robustness.robustness(_cases(model), constraints, asked, lambda *_: None, **limits)
    assert found is not None
    return found


def _case(case, costs="likely"):
    return robustness.Scenario(case, costs)


def _cases(model, closed=frozenset()):
    """Return the model in both cases; edges that need a fix of `closed` are shut in the second."""
    needs = {
        persona: [None if need is not None and need & closed else need for need in column]
        for persona, column in model.network.needs.items()
    }
    shut = dataclasses.replace(model, network=dataclasses.replace(model.network, needs=needs))
    return {barriers.KNOWN_ONLY: model, barriers.ALL_UNKNOWN: shut}


def test_where_both_cases_are_alike_and_costs_are_known_nothing_is_regretted():
    model = small_models.street()
    fixes = tuple(dataclasses.replace(fix, cost=small_models.exactly(fix.cost.likely)) for fix in model.fixes)
    found = _robust(dataclasses.replace(model, fixes=fixes), 60_000.0, (A, B))
    assert found.safest.greatest == pytest.approx(0.0, abs=1e-3)


def test_a_fix_behind_an_unmeasured_barrier_is_regretted_if_that_is_one():
    models = _cases(small_models.street(), frozenset({A}))
    found = robustness.robustness(models, plan_constraints.Constraints(60_000.0), (A, B), lambda *_: None)
    asked = found.judged[0]
    assert asked.benefit[_case("known")] > 0
    assert asked.benefit[_case("all-unknown")] == 0.0


def test_models_with_other_fixes_are_no_two_cases_of_one_record():
    model = small_models.street()
    models = {"known": model, "all-unknown": dataclasses.replace(model, fixes=model.fixes[:2])}
    with pytest.raises(ValueError, match="different fixes"):
        robustness.robustness(models, plan_constraints.Constraints(6e4), (), lambda *_: None)


def test_the_plan_asked_about_stands_first_and_may_be_nothing():
    found = _robust(small_models.street(), 60_000.0, (STAIR,))
    assert found.judged[0].asked
    assert found.judged[0].chosen == (STAIR,)
    assert set(_robust(small_models.street(), 60_000.0).judged[0].benefit.values()) == {0.0}


def test_where_costs_turn_out_higher_the_part_that_can_be_paid_is_counted():
    asked = _robust(small_models.street(), 82_000.0, (A, B, STAIR)).judged[0]
    assert asked.benefit[_case("known")] == 11.0
    # the stair costs 90,000 baht at the high end, and the kerbs alone open four trips
    assert asked.benefit[_case("known", "high")] == 4.0


def test_wishes_that_no_case_can_grant_leave_nothing_to_judge():
    constraints = plan_constraints.Constraints(1_000.0, must_build=frozenset({STAIR}))
    assert robustness.robustness(_cases(small_models.street()), constraints, (), lambda *_: None) is None


def test_wishes_too_dear_in_some_case_are_told():
    constraints = plan_constraints.Constraints(65_000.0, must_build=frozenset({STAIR}))
    found = robustness.robustness(_cases(small_models.street()), constraints, (), lambda *_: None)
    assert {scenario.costs for scenario in found.refused} == {"high"}


@pytest.mark.parametrize("seed", range(12))
def test_regret_is_what_the_best_plan_for_what_is_true_serves_more(seed):
    model = small_models.random_model(seed)
    cases = _cases(model, frozenset({model.ordered[0].fix_id}))
    found = robustness.robustness(cases, plan_constraints.Constraints(8_000.0), (), lambda *_: None, limits=EXACT)
    choices = {
        case: {built: sum(gained.values()) for built, gained in small_models.every_choice(one).items()}
        for case, one in cases.items()
    }
    for one in found.judged:
        for true, regret in one.regret.items():
            gained = choices[true.barriers]
            costs = dict(zip((fix.fix_id for fix in model.ordered), model.costs(true.costs), strict=True))
            paid = [built for built in gained if sum(costs[name] for name in built) <= 8_000.0]
            best = max(gained[built] for built in paid)
            part = max(gained[built] for built in paid if built <= frozenset(one.chosen))
            assert regret == pytest.approx(best - part, abs=1e-6)


def test_each_step_is_told():
    told = []
    robustness.robustness(
        _cases(small_models.street()), plan_constraints.Constraints(6e4), (), lambda *step: told.append(step)
    )
    assert told == sorted(told)
    assert told[-1] == (12, 12)
