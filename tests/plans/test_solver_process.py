from __future__ import annotations

import dataclasses
import functools
import io
import pickle

import numpy as np
import pytest

from audits import errors
from audits.plans import budget_plan, budget_program, plan_constraints, planning_model, solver_process
from tests.plans import small_models

EXACT = budget_program.Limits(gap=0.0)
WISHES = plan_constraints.Constraints(82_000.0)


def _call(model, constraints=WISHES):
    return budget_plan.plan, (model, constraints), {}


def _answers(call):
    told = io.BytesIO()
    solver_process.answer(call, told)
    told.seek(0)
    messages = []
    while told.tell() < len(told.getvalue()):
        messages.append(pickle.load(told))
    return messages


def test_the_other_process_makes_the_same_plan_and_tells_how_far_it_is():
    told = []
    found = solver_process.plan_in_process(small_models.street(), WISHES, limits=EXACT, progress=told.append)
    here = budget_plan.plan(small_models.street(), WISHES, limits=EXACT)
    assert dataclasses.replace(found, seconds=0.0) == dataclasses.replace(here, seconds=0.0)
    assert [progress.stage for progress in told] == list(budget_plan.STAGES)


def test_wishes_refused_in_the_other_process_are_refused_here():
    with pytest.raises(errors.RefusedError) as refused:
        solver_process.plan_in_process(small_models.street(), plan_constraints.Constraints(-1.0))
    assert [problem.kind.code for problem in refused.value.problems] == ["BUDGET-001"]


def test_a_search_stopped_before_its_first_choice_has_no_plan():
    assert solver_process.plan_in_process(small_models.street(), WISHES, cancelled=lambda: True) is None


def _slow_model(homes=500, fixes=150):
    """Return a town whose proof takes minutes."""
    draw = np.random.default_rng(4)
    names = [f"F{number:03}" for number in range(fixes)]
    needs = [frozenset(draw.choice(names, 4, replace=False).tolist()) for _ in range(3 * homes)]
    network = planning_model.Network(
        homes + 1,
        np.arange(1, homes + 1).repeat(3),
        np.zeros(3 * homes, dtype=int),
        np.full(3 * homes, 100.0),
        {"wheelchair": needs},
    )
    people = {"wheelchair": np.array([0.0, *draw.uniform(1, 9, homes)])}
    listed = tuple(
        planning_model.Fix(name, "", "N", small_models.exactly(float(draw.integers(50, 99)))) for name in names
    )
    return planning_model.Model(
        network, (planning_model.Category("stop", (0,), 400.0),), people, ("N",) * (homes + 1), listed
    )


def test_a_search_that_is_stopped_gives_its_best_choice_with_the_bound_known():
    told = []
    found = solver_process.plan_in_process(
        _slow_model(),
        plan_constraints.Constraints(3500.0),
        progress=told.append,
        cancelled=lambda: bool(told) and told[-1].stage == budget_plan.BOUNDING,
    )
    assert found.status == budget_plan.CANCELLED
    assert 0 < found.benefit < found.bound
    assert found.cost.likely <= 3500.0


def test_a_solver_that_does_not_notice_its_limit_is_ended():
    told = []
    found = solver_process.plan_in_process(
        _slow_model(),
        plan_constraints.Constraints(3500.0),
        limits=budget_program.Limits(3.0),
        grace_s=-2.9,
        progress=told.append,
    )
    assert found.status == budget_plan.TIME_OVER
    assert found.benefit == told[-1].plan.benefit


def test_a_process_that_dies_leaves_what_it_had_found_or_says_so(monkeypatch):
    first = dataclasses.replace(budget_plan.plan(small_models.street(), WISHES), status=budget_plan.TIME_OVER)

    def die(*_, progress, found, **__):
        progress(budget_plan.Progress(budget_plan.PROVING, found))
        raise solver_process.DiedError(solver_process.DIED)

    monkeypatch.setattr(solver_process, "run", functools.partial(die, found=first))
    assert solver_process.plan_in_process(small_models.street(), WISHES) == first
    monkeypatch.setattr(solver_process, "run", functools.partial(die, found=None))
    with pytest.raises(errors.JaideeError, match="without an answer"):
        solver_process.plan_in_process(small_models.street(), WISHES)


def test_a_torn_answer_ends_the_reading(monkeypatch):
    monkeypatch.setattr(solver_process, "SERVE", "print('not a pickle')")
    with pytest.raises(errors.JaideeError, match="without an answer"):
        solver_process.plan_in_process(small_models.street(), WISHES)


def test_what_is_answered_is_progress_then_the_plan():
    messages = _answers(_call(small_models.street()))
    assert [kind for kind, _ in messages] == [solver_process.STEP] * 3 + [solver_process.OUTCOME]
    assert isinstance(messages[-1][1], budget_plan.Plan)
    refused = _answers(_call(small_models.street(), plan_constraints.Constraints(-1.0)))
    assert refused[-1][0] == solver_process.REFUSAL
