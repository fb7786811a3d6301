"""A plan comes with its rankings, other budgets and a certificate that the small checker accepts."""

from __future__ import annotations

import pytest

from audits import errors
from audits.plans import budget_plan, certificate, plan_constraints, solved_plan, solver_process
from tests.plans import small_models

WISHES = plan_constraints.Constraints(82_000.0)


def _worked(constraints=WISHES, cancelled=lambda: False):
    told = []
    found = solved_plan.solve(
        small_models.street(),
        constraints,
        progress=lambda stage, share: told.append((stage, share)),
        cancelled=cancelled,
    )
    return found, told


def test_everything_is_worked_out_and_told_in_order():
    found, told = _worked()
    assert found.plan.status == budget_plan.SOLVED
    assert found.verdict.holds
    assert (found.exact_gap, found.checked_gap) == (0, 0.0)
    assert len(found.rankings) == 3
    assert found.beside.curve.points
    assert found.beside.more.gained >= 0
    assert found.beside.constraint_costs == ()
    assert list(dict.fromkeys(stage for stage, _ in told)) == list(solved_plan.STAGES)
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert max(shares) <= 1


def test_stopped_at_once_there_is_no_plan():
    assert _worked(cancelled=lambda: True)[0] is None


def _part_proved(cancelled):
    told = []
    return solved_plan.solve(
        small_models.relaxed_town(),
        plan_constraints.Constraints(9_000.0),
        progress=lambda stage, _: told.append(stage),
        cancelled=lambda: cancelled(told),
    )


def test_a_plan_whose_proof_is_stopped_has_the_gap_of_its_relaxation():
    found = _part_proved(lambda told: told[-1:] == [solved_plan.CERTIFYING])
    assert found.verdict.holds
    assert found.checked_gap == pytest.approx(2 / 9)
    assert _part_proved(lambda told: False).checked_gap == 0.0


def test_a_proof_that_dies_leaves_the_plan_with_the_gap_of_its_relaxation(monkeypatch):
    run = solver_process.run

    def die(function, *arguments, **options):
        if function is certificate.certify:
            raise solver_process.DiedError(solver_process.DIED)
        return run(function, *arguments, **options)

    monkeypatch.setattr(solver_process, "run", die)
    assert _part_proved(lambda told: False).checked_gap == pytest.approx(2 / 9)


def test_a_comparison_that_dies_leaves_the_plan(monkeypatch):
    run = solver_process.run

    def die(function, *arguments, **options):
        if function is solved_plan.sensitivity:
            raise solver_process.DiedError(solver_process.DIED)
        return run(function, *arguments, **options)

    monkeypatch.setattr(solver_process, "run", die)
    found, _ = _worked()
    assert (found.verdict.holds, found.beside) == (True, None)


def test_wishes_that_cannot_be_are_refused():
    with pytest.raises(errors.RefusedError):
        _worked(plan_constraints.Constraints(-1.0))


def test_a_fix_of_the_plan_is_worth_what_is_lost_without_it():
    found, _ = _worked()
    model = small_models.street()
    lost = {fix_id: solved_plan.marginal_benefit(found.plan, model, fix_id) for fix_id in found.plan.chosen}
    assert lost
    assert all(0 < value <= found.plan.benefit for value in lost.values())


def test_each_wish_has_its_price():
    found, _ = _worked(plan_constraints.Constraints(60_000.0, must_build=frozenset({small_models.STAIR})))
    (price,) = found.beside.constraint_costs
    assert (price.name, price.kind) == (small_models.STAIR, "must_build")
    # the stair alone opens nothing, and the money for the kerbs is gone
    assert price.least == pytest.approx(4.0, abs=1e-3)


def test_the_years_build_on_one_another_in_a_process_of_their_own():
    model, told = small_models.street(), []
    found = solver_process.run(
        *(solved_plan.by_years, model, WISHES, (25_000.0, 60_000.0)),
        progress=lambda *step: told.append(step),
        cancelled=lambda: False,
    )
    assert [stage.built for stage in found.stages] == [
        (small_models.KERB_A, small_models.KERB_B),
        (small_models.STAIR,),
    ]
    assert told == [(0, 1)]


def test_what_another_process_refuses_is_refused_here():
    with pytest.raises(errors.RefusedError):
        solver_process.run(
            *(solved_plan.by_years, small_models.street(), WISHES, ()),
            progress=lambda *_: None,
            cancelled=lambda: False,
        )


def test_an_errand_that_is_stopped_brings_nothing_back():
    model = small_models.street()
    found = solver_process.run(
        *(solved_plan.rate_scenarios, model, WISHES, ()), progress=lambda *_: None, cancelled=lambda: True
    )
    assert found is None
