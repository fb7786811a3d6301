from __future__ import annotations

import dataclasses
import io
import pickle

import numpy as np
import pytest

from audits import errors
from audits.planning import budget_plan, plan_process, plan_wishes, towns
from tests.planning import small_towns

WISHES = plan_wishes.Wishes(82_000.0)


def _request(town, wishes=WISHES):
    return plan_process.Request(town, wishes, 8, 60.0, 0.0)


def _answers(request):
    told = io.BytesIO()
    plan_process.answer(request, told)
    told.seek(0)
    messages = []
    while told.tell() < len(told.getvalue()):
        messages.append(pickle.load(told))
    return messages


def test_the_other_process_makes_the_same_plan_and_tells_how_far_it_is():
    told = []
    found = plan_process.plan_apart(small_towns.street(), WISHES, relative_gap=0.0, progress=told.append)
    here = budget_plan.plan(small_towns.street(), WISHES, relative_gap=0.0)
    assert dataclasses.replace(found, seconds=0.0) == dataclasses.replace(here, seconds=0.0)
    assert [progress.stage for progress in told] == list(budget_plan.STAGES)


def test_wishes_refused_in_the_other_process_are_refused_here():
    with pytest.raises(errors.RefusedError) as refused:
        plan_process.plan_apart(small_towns.street(), plan_wishes.Wishes(-1.0))
    assert [problem.kind.code for problem in refused.value.problems] == ["BUDGET-001"]


def test_a_search_stopped_before_its_first_choice_has_no_plan():
    assert plan_process.plan_apart(small_towns.street(), WISHES, cancelled=lambda: True) is None


def _slow_town(homes=500, fixes=150):
    """Return a town whose proof takes minutes."""
    draw = np.random.default_rng(4)
    names = [f"F{number:03}" for number in range(fixes)]
    needs = [frozenset(draw.choice(names, 4, replace=False).tolist()) for _ in range(3 * homes)]
    network = towns.Network(
        homes + 1,
        np.arange(1, homes + 1).repeat(3),
        np.zeros(3 * homes, dtype=int),
        np.full(3 * homes, 100.0),
        {"wheelchair": needs},
    )
    people = {"wheelchair": np.array([0.0, *draw.uniform(1, 9, homes)])}
    listed = tuple(towns.Fix(name, "", "N", towns.Cost.exactly(float(draw.integers(50, 99)))) for name in names)
    return towns.Town(network, (towns.Category("stop", (0,), 400.0),), people, ("N",) * (homes + 1), listed)


def test_a_search_that_is_stopped_gives_its_best_choice_with_the_bound_known():
    told = []
    found = plan_process.plan_apart(
        _slow_town(),
        plan_wishes.Wishes(3500.0),
        progress=told.append,
        cancelled=lambda: bool(told) and told[-1].stage == budget_plan.BOUNDING,
    )
    assert found.status == budget_plan.CANCELLED
    assert 0 < found.benefit < found.bound
    assert found.cost.likely <= 3500.0


def test_a_solver_that_does_not_notice_its_limit_is_ended():
    told = []
    found = plan_process.plan_apart(
        _slow_town(), plan_wishes.Wishes(3500.0), time_limit_s=3.0, grace_s=-2.9, progress=told.append
    )
    assert found.status == budget_plan.TIME_OVER
    assert found.benefit == told[-1].plan.benefit


def test_a_process_that_dies_leaves_what_it_had_found_or_says_so():
    first = budget_plan.plan(small_towns.street(), WISHES)
    some = budget_plan.Progress(budget_plan.PROVING, dataclasses.replace(first, status=budget_plan.TIME_OVER))
    assert plan_process.after_death(some).benefit == first.benefit
    with pytest.raises(errors.JaideeError, match="without an answer"):
        plan_process.after_death(None)


def test_a_torn_answer_ends_the_reading(monkeypatch):
    monkeypatch.setattr(plan_process, "SERVE", "print('not a pickle')")
    with pytest.raises(errors.JaideeError, match="without an answer"):
        plan_process.plan_apart(small_towns.street(), WISHES)


def test_what_is_answered_is_progress_then_the_plan():
    messages = _answers(_request(small_towns.street()))
    assert [type(message) for message in messages] == [budget_plan.Progress] * 3 + [budget_plan.Plan]
    refused = _answers(_request(small_towns.street(), plan_wishes.Wishes(-1.0)))
    assert isinstance(refused[-1], plan_process.Refusal)
