from __future__ import annotations

import pytest

from audits import errors
from audits.plans import od_pairs, plan_constraints
from tests.plans import small_models

A, B, STAIR = small_models.KERB_A, small_models.KERB_B, small_models.STAIR


def _constraints(budget_thb=100_000.0, **constraints):
    return plan_constraints.Constraints(budget_thb, **constraints)


@pytest.mark.parametrize(
    ("constraints", "codes"),
    [
        (_constraints(), []),
        (_constraints(-1.0), ["BUDGET-001"]),
        (_constraints(float("nan")), ["BUDGET-001"]),
        (_constraints(must_build=frozenset({"lift"}), must_not_build=frozenset({"moat"})), ["BUDGET-002"] * 2),
        (_constraints(must_build=frozenset({A}), must_not_build=frozenset({A})), ["BUDGET-003"]),
        (_constraints(59_999.0, must_build=frozenset({STAIR})), ["BUDGET-004"]),
        (_constraints(60_000.0, must_build=frozenset({STAIR})), []),
        (_constraints(60_000.0, must_build=frozenset({STAIR}), cost_case="high"), ["BUDGET-004"]),
        (_constraints(floors={"W": 1.0}), ["BUDGET-005"]),
        (_constraints(floors={"N": -1.0, "S": float("inf")}), ["BUDGET-006"] * 2),
        (_constraints(cost_case="cheap"), ["BUDGET-009"]),
        (_constraints(-1.0, floors={"W": -1.0}), ["BUDGET-001", "BUDGET-005", "BUDGET-006"]),
    ],
)
def test_wishes_that_cannot_be_are_all_told_at_once(constraints, codes):
    assert [problem.kind.code for problem in plan_constraints.problems(small_models.street(), constraints)] == codes


def test_a_task_is_refused_with_its_problems():
    model = small_models.street()
    with pytest.raises(errors.RefusedError) as refused:
        plan_constraints.reduce(model, od_pairs.demand(model), _constraints(-1.0))
    assert [problem.kind.code for problem in refused.value.problems] == ["BUDGET-001"]


def test_granted_wishes_leave_less_money_and_less_to_gain():
    model = small_models.street()
    constraints = _constraints(82_000.0, must_build=frozenset({A, B}), floors={"N": 3.0, "S": 7.0})
    left = plan_constraints.reduce(model, od_pairs.demand(model), constraints)
    assert (left.budget_thb, left.built, left.sure) == (60_000.0, 0b011, 4.0)
    assert [(one.bundles, one.weight) for one in left.twins.classes] == [((0b100,), 7.0)]
    assert left.floors == {"S": 7.0}


def test_twins_are_one_fix_with_the_cost_of_both():
    model = small_models.street()
    left = plan_constraints.reduce(model, od_pairs.demand(model), _constraints())
    assert left.twins.members == {0: 0b011, 2: 0b100}
    assert left.costs_thb == {0: 22_000.0, 2: 60_000.0}


def test_the_cost_of_some_fixes_is_that_of_the_case():
    model = small_models.street()
    assert [plan_constraints.cost_thb(model, 0b101, case) for case in ("low", "likely", "high")] == [
        60_000,
        70_000,
        100_000,
    ]
