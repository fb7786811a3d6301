from __future__ import annotations

import numpy as np
import pytest

from audits.plans import budget_program, od_pairs, plan_constraints
from tests.plans import small_models

LIMITS = budget_program.Limits(10.0, 0.0)


def _class(weight, *bundles):
    return od_pairs.DemandClass(bundles, weight, {("N", "park", "wheelchair"): weight})


def _reduced(budget_thb, **constraints):
    model = small_models.street()
    return plan_constraints.reduce(
        model, od_pairs.demand(model), plan_constraints.Constraints(budget_thb, **constraints)
    )


def test_each_fix_of_a_class_has_one_row_for_all_bundles_that_need_it():
    rows = budget_program.Rows()
    classes = [_class(5.0, 0b011, 0b101)]
    at = budget_program.add_columns(rows, classes, [5.0])
    placed = budget_program.add_bundles_need_fixes(rows, classes, at)
    assert (at.fixes, at.bundles) == ({0: 0, 1: 1, 2: 2}, ((3, 4),))
    matrix = rows.matrix().toarray()
    assert matrix[placed[0][0]].tolist() == [-1, 0, 0, 1, 1]
    assert matrix[placed[0][1]].tolist() == [0, -1, 0, 1, 0]
    assert matrix.shape == (3, 5)
    assert rows.limits == [0, 0, 0]


def test_a_class_whose_bundles_share_nothing_is_still_served_once():
    rows = budget_program.Rows()
    classes = [_class(5.0, 0b01, 0b10)]
    budget_program.add_bundles_need_fixes(rows, classes, budget_program.add_columns(rows, classes, [5.0]))
    assert rows.matrix().toarray()[-1].tolist() == [0, 0, 1, 1]
    assert rows.limits == [0, 0, 1]
    assert rows.solve(LIMITS).bound == pytest.approx(5.0)


def test_the_program_of_a_street_buys_the_crossing_before_the_stair():
    assert budget_program.program(_reduced(22_000.0)).solve(LIMITS).chosen == 0b001
    found = budget_program.program(_reduced(82_000.0)).solve(LIMITS)
    assert (found.chosen, found.bound, found.infeasible) == (0b101, pytest.approx(11.0), False)


def test_the_relaxed_bound_is_never_below_the_proved_one():
    relaxed = budget_program.program(_reduced(81_000.0)).solve(LIMITS, relaxed=True)
    whole = budget_program.program(_reduced(81_000.0)).solve(LIMITS)
    assert whole.bound == pytest.approx(4.0)
    assert relaxed.bound > whole.bound - 1e-9


def test_a_floor_that_cannot_be_met_is_told():
    assert budget_program.program(_reduced(82_000.0, floors={"S": 7.5})).solve(LIMITS).infeasible
    assert budget_program.program(_reduced(82_000.0, floors={"S": 7.0})).solve(LIMITS).chosen == 0b101
    assert budget_program.program(_reduced(0.0, floors={"S": 7.0})).solve(LIMITS).infeasible


def test_the_most_that_one_zone_can_gain_is_asked_alone():
    assert budget_program.program(_reduced(82_000.0), zone="S").solve(LIMITS).bound == pytest.approx(7.0)
    assert budget_program.program(_reduced(82_000.0), zone="N").solve(LIMITS).bound == pytest.approx(4.0)


def test_nothing_to_decide_is_decided_at_once():
    assert budget_program.program(_reduced(0.0)).solve(LIMITS) == budget_program.Choice(0, 0.0, False)
    assert [values.tolist() for values in budget_program.Rows().relaxed()] == [[], []]


def test_multipliers_are_never_negative_and_prove_the_relaxed_bound():
    rows = budget_program.program(_reduced(50_000.0)).rows
    found, values = rows.relaxed()
    assert found.shape == (len(rows.limits),)
    assert np.array(rows.worth) @ values == pytest.approx(rows.solve(LIMITS, relaxed=True).bound)
    assert (found >= 0).all()
    charges = np.array(rows.worth) - rows.matrix().T @ found
    proved = found @ np.array(rows.limits) + np.maximum(charges, 0).sum()
    assert proved == pytest.approx(rows.solve(LIMITS, relaxed=True).bound)
