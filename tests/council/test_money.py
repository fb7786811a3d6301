"""What each million buys is the proven plan of that budget, and never less than what less money buys."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from audits.council import money
from audits.plans import budget_plan, budget_program, frontier, od_pairs, plan_constraints
from audits.ramps import price_books
from tests.council import made_answers


@pytest.fixture(scope="module")
def bought(demonstration_folder):
    return made_answers.answers(demonstration_folder).money


def test_the_next_million_is_the_plan_of_a_million(bought):
    plan = budget_plan.plan(
        bought.record.model,
        plan_constraints.Constraints(frontier.MILLION_THB),
        demand=od_pairs.demand(bought.record.model),
        limits=budget_program.Limits(30.0),
    )
    assert bought.next_million.plan.benefit == pytest.approx(plan.benefit)
    assert bought.next_million.plan.status == budget_plan.SOLVED


def test_every_plan_costs_no_more_than_its_whole_millions(bought):
    budgets = [point.budget_thb for point in bought.curve.points]
    assert budgets == [frontier.MILLION_THB * (number + 1) for number in range(len(budgets))]
    assert all(point.plan.cost.likely <= point.budget_thb for point in bought.curve.points)
    (whole_thb,) = frontier.budgets(bought.record.model, od_pairs.demand(bought.record.model), count=1)
    assert whole_thb <= budgets[-1] < whole_thb + frontier.MILLION_THB


def test_more_money_never_opens_less(bought):
    for less, more in itertools.pairwise(bought.curve.points):
        assert more.plan.benefit >= less.plan.benefit


def test_the_knee_is_one_of_the_budgets(bought):
    assert bought.curve.knee in bought.curve.points


def test_a_record_without_barriers_has_nothing_to_buy(bought):
    empty = dataclasses.replace(bought.record, fixes={})
    found = money.solve(empty, price_books.sample())
    assert found.next_million is None
    assert found.curve.points == ()
