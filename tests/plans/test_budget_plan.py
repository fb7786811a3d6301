from __future__ import annotations

import ast
import dataclasses
import math
import random
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies

from audits import errors
from audits.plans import (
    budget_plan,
    budget_program,
    constraint_costs,
    greedy,
    od_pairs,
    plan_constraints,
    planning_model,
)
from tests import seeds
from tests.plans import small_models

EXACT = budget_program.Limits(gap=0.0)
A, B, STAIR = small_models.KERB_A, small_models.KERB_B, small_models.STAIR


def _plan(model, constraints, limits=EXACT, **options):
    return budget_plan.plan(model, constraints, limits=limits, **options)


def _by_persona(plan):
    return od_pairs.by(plan.served, od_pairs.PERSONA)


def _best(model, constraints):
    """Return the most that any subset gains while keeping to the wishes, and the least that this costs; else None."""
    found = [
        (sum(gained.values()), small_models.cost_thb(model, built))
        for built, gained in small_models.every_choice(model).items()
        if small_models.cost_thb(model, built) <= constraints.budget_thb
        and constraints.must_build <= built
        and not constraints.must_not_build & built
        and all(gained[zone] >= floor - 1e-9 for zone, floor in constraints.floors.items())
    ]
    most = max((gain for gain, _ in found), default=None)
    return most, min((cost_thb for gain, cost_thb in found if gain > most - 1e-9), default=None)


def _random_wishes(model, seed):
    draw = random.Random(seed)
    names = draw.sample(sorted(fix.fix_id for fix in model.fixes), len(model.fixes))
    wanted = frozenset(names[: draw.choice([0, 0, 1])])
    unwanted = frozenset(names[1 : 1 + draw.choice([0, 0, 1])])
    zones = sorted(set(model.zones))
    floors = {draw.choice(zones): float(draw.randint(1, 12))} if draw.random() < 0.8 else {}
    return plan_constraints.Constraints(1000.0 * draw.randint(0, 30), wanted, unwanted, floors)


@pytest.mark.parametrize("seed", seeds.some(range(200)))
def test_no_subset_of_the_fixes_beats_the_plan(seed):
    model = small_models.random_model(seed)
    constraints = plan_constraints.Constraints(1000.0 * random.Random(seed).randint(0, 30))
    found = _plan(model, constraints)
    most, least_thb = _best(model, constraints)
    assert found.benefit == pytest.approx(most, abs=1e-9)
    assert found.status == budget_plan.SOLVED
    assert found.cost.likely == least_thb
    assert found.cost.likely == small_models.cost_thb(model, frozenset(found.chosen)) <= constraints.budget_thb
    assert small_models.true_value(model, model.mask(found.chosen)) == pytest.approx(found.base + found.benefit)


@pytest.mark.parametrize("seed", seeds.some(range(1000, 1200)))
def test_no_subset_that_keeps_to_the_wishes_beats_the_plan(seed):
    model = small_models.random_model(seed)
    constraints = _random_wishes(model, seed)
    best, least_thb = _best(model, constraints)
    if best is None:
        with pytest.raises(errors.RefusedError):
            _plan(model, constraints)
        return
    found = _plan(model, constraints)
    assert found.benefit == pytest.approx(best, abs=1e-9)
    assert found.cost.likely == least_thb
    assert constraints.must_build <= set(found.chosen)
    assert not constraints.must_not_build & set(found.chosen)
    assert all(found.by_zone.get(zone, 0.0) >= floor - 1e-6 for zone, floor in constraints.floors.items())


def test_random_wishes_are_granted_and_refused_both():
    answers = []
    for seed in seeds.some(range(1000, 1200)):
        model = small_models.random_model(seed)
        answers.append(_best(model, _random_wishes(model, seed))[0] is None)
    assert 0.1 < sum(answers) / len(answers) < 0.9


@hypothesis.settings(derandomize=True)
@hypothesis.given(
    seed=strategies.integers(0, 10_000), budget=strategies.integers(0, 30), more=strategies.integers(0, 10)
)
def test_more_money_never_serves_less(seed, budget, more):
    model = small_models.random_model(seed)
    demand = od_pairs.demand(model)
    less, rich = (
        _plan(model, plan_constraints.Constraints(1000.0 * money), demand=demand) for money in (budget, budget + more)
    )
    assert less.benefit <= rich.benefit + 1e-9


@hypothesis.settings(derandomize=True)
@hypothesis.given(seed=strategies.integers(0, 10_000), budget=strategies.integers(0, 30))
def test_the_order_in_which_a_town_is_written_changes_nothing(seed, budget):
    model = small_models.random_model(seed)
    constraints = plan_constraints.Constraints(1000.0 * budget)
    plans = [
        dataclasses.replace(_plan(one, constraints), seconds=0.0) for one in (model, small_models.shuffled(model, seed))
    ]
    assert plans[0] == plans[1]


def test_a_plan_tells_whom_it_serves_and_what_it_spends():
    found = _plan(small_models.street(), plan_constraints.Constraints(85_000.0))
    assert found.chosen == (A, B, STAIR)
    assert (found.base, found.benefit, found.gap) == (1.0, 11.0, pytest.approx(0.0, abs=1e-9))
    assert found.cost == planning_model.Cost(72_000.0, 82_000.0, 112_000.0)
    assert found.by_zone == {"N": 4.0, "S": 7.0}
    assert found.spent_by_zone == {"N": 22_000.0, "S": 60_000.0}
    assert [one.weight for one in found.served] == [4.0, 7.0]
    assert (found.most_fixes, found.complete) == (8, True)


def test_the_cost_case_decides_what_can_be_paid():
    likely = _plan(small_models.street(), plan_constraints.Constraints(85_000.0))
    high = _plan(small_models.street(), plan_constraints.Constraints(85_000.0, cost_case="high"))
    assert likely.benefit == 11.0
    assert high.benefit == 4.0


def test_nothing_is_built_that_serves_nobody():
    assert _plan(small_models.street(), plan_constraints.Constraints(60_000.0)).chosen == (A, B)
    assert _plan(small_models.street(), plan_constraints.Constraints(0.0)).chosen == ()


def test_a_fix_that_must_be_built_is_built_even_where_it_serves_nobody():
    found = _plan(small_models.street(), plan_constraints.Constraints(60_000.0, must_build=frozenset({STAIR})))
    assert (found.chosen, found.benefit) == ((STAIR,), 0.0)


def test_people_count_by_persona_and_share_the_fixes():
    model = small_models.street()
    needs = model.network.needs["wheelchair"]
    network = dataclasses.replace(model.network, needs={"wheelchair": needs, "pram": [frozenset(), *needs[1:]]})
    both = dataclasses.replace(model, network=network, people=model.people | {"pram": np.array([0.0, 0.0, 3.0, 0.0])})
    found = _plan(both, plan_constraints.Constraints(82_000.0))
    assert _by_persona(found) == {"pram": 3.0, "wheelchair": 11.0}
    assert _by_persona(_plan(both, plan_constraints.Constraints(60_000.0))) == {"wheelchair": 4.0}


def test_each_wish_has_its_price():
    model = small_models.street()
    demand = od_pairs.demand(model)
    constraints = plan_constraints.Constraints(70_000.0, must_build=frozenset({STAIR}), must_not_build=frozenset({A}))
    with_all = _plan(model, constraints, demand=demand)
    free = {
        price.name: price for price in constraint_costs.of_each(model, constraints, demand=demand, with_all=with_all)
    }
    assert [(price.kind, price.least, price.most) for price in free.values()] == [
        ("must_build", 0.0, pytest.approx(0.0, abs=1e-6)),
        ("must_not_build", 0.0, pytest.approx(0.0, abs=1e-6)),
    ]
    constraints = plan_constraints.Constraints(82_000.0, must_not_build=frozenset({STAIR}), must_build=frozenset({A}))
    with_all = _plan(model, constraints, demand=demand)
    dear = {
        price.name: price for price in constraint_costs.of_each(model, constraints, demand=demand, with_all=with_all)
    }
    assert dear[STAIR].least == pytest.approx(7.0, abs=1e-3)
    assert dear[STAIR].most == pytest.approx(7.0, abs=1e-3)
    assert dear[A].most == pytest.approx(0.0, abs=1e-6)


def test_where_no_plan_without_a_wish_is_found_in_time_its_price_is_a_wide_interval(monkeypatch):
    model = small_models.street()
    demand = od_pairs.demand(model)
    constraints = plan_constraints.Constraints(82_000.0, must_not_build=frozenset({STAIR}))
    with_all = _plan(model, constraints, demand=demand)

    def refuse(*_, **_more):
        raise errors.RefusedError((budget_plan.NO_TIME_FOR_FLOORS.at("floors", seconds="3"),))

    monkeypatch.setattr(budget_plan, "plan", refuse)
    (price,) = constraint_costs.of_each(model, constraints, demand=demand, with_all=with_all)
    assert (price.least, price.most) == (0.0, 7.0)


@pytest.mark.parametrize("seed", seeds.some(range(1000, 1060)))
def test_a_wish_costs_what_the_best_plan_without_it_gains_more(seed):
    model = small_models.random_model(seed)
    constraints = _random_wishes(model, seed)
    best, _ = _best(model, constraints)
    if best is None:
        assert plan_constraints.problems(model, constraints) or constraints.floors
        return
    demand = od_pairs.demand(model)
    found = constraint_costs.of_each(
        model,
        constraints,
        demand=demand,
        with_all=_plan(model, constraints, demand=demand),
        limits=EXACT,
    )
    assert len(found) == len(constraints.must_build) + len(constraints.must_not_build) + len(constraints.floors)
    for price in found:
        without = dataclasses.replace(
            constraints,
            must_build=constraints.must_build - {price.name},
            must_not_build=constraints.must_not_build - {price.name},
            floors={zone: floor for zone, floor in constraints.floors.items() if zone != price.name},
        )
        assert price.least - 1e-6 <= _best(model, without)[0] - best <= price.most + 1e-6


def test_a_floor_too_high_says_how_much_can_be_had():
    constraints = plan_constraints.Constraints(82_000.0, floors={"N": 5.0, "S": 7.0})
    with pytest.raises(errors.RefusedError) as refused:
        _plan(small_models.street(), constraints)
    (problem,) = refused.value.problems
    assert (problem.kind.code, problem.where) == ("BUDGET-007", "N")
    assert problem.values == {"most": pytest.approx(4.0), "floor": 5.0}


def test_floors_that_can_be_met_only_one_at_a_time_are_refused_together():
    model = small_models.street()
    apart = [frozenset({A, B}), frozenset({STAIR}), frozenset(), frozenset()]
    network = dataclasses.replace(model.network, needs={"wheelchair": apart})
    constraints = plan_constraints.Constraints(60_000.0, floors={"N": 4.0, "S": 7.0})
    ring = dataclasses.replace(
        model, network=dataclasses.replace(network, start=np.array([0, 0, 2, 0]), end=np.array([1, 2, 3, 3]))
    )
    with pytest.raises(errors.RefusedError) as refused:
        _plan(ring, constraints)
    assert [problem.kind.code for problem in refused.value.problems] == ["BUDGET-008"]


def _wide_town(fixes=120):
    """Return a town whose proof takes longer than a hundredth of a second."""
    draw = random.Random(1)
    names = [f"F{number:03}" for number in range(fixes)]
    listed = tuple(
        planning_model.Fix(name, "", "N", small_models.exactly(float(draw.randint(50, 99)))) for name in names
    )
    homes = 400
    needs = [frozenset(draw.sample(names, 3)) for _ in range(2 * homes)]
    start = np.arange(1, homes + 1).repeat(2)
    network = planning_model.Network(
        homes + 1, start, np.zeros(2 * homes, dtype=int), np.full(2 * homes, 100.0), {"wheelchair": needs}
    )
    people = {"wheelchair": np.array([0.0, *(draw.uniform(1, 9) for _ in range(homes))])}
    stop = planning_model.Category("bus_stop", (0,), 400.0)
    return planning_model.Model(network, (stop,), people, ("N",) * (homes + 1), listed)


def test_past_the_time_limit_the_plan_has_an_honest_gap():
    found = _plan(_wide_town(), plan_constraints.Constraints(3000.0), limits=budget_program.Limits(0.0, 0.0))
    assert found.status == budget_plan.TIME_OVER
    assert 0 < found.benefit < found.bound < math.inf
    assert found.gap == (found.bound - found.benefit) / found.benefit > budget_plan.PROOF_GAP
    assert found.cost.likely <= 3000.0


def test_past_the_time_limit_a_floor_that_was_not_met_is_told():
    wide = _wide_town()
    best = {"N": sum(wide.people["wheelchair"])}
    with pytest.raises(errors.RefusedError) as refused:
        _plan(wide, plan_constraints.Constraints(3000.0, floors=best), limits=budget_program.Limits(0.0, 0.0))
    assert refused.value.problems[0].kind.code in {"BUDGET-007", "BUDGET-010"}


def test_the_seconds_in_a_refusal_are_those_allowed(monkeypatch):
    nothing = budget_program.Choice(None, math.inf, infeasible=False)
    monkeypatch.setattr(budget_program.Program, "solve", lambda *_, **_more: nothing)
    monkeypatch.setattr(greedy, "greedy", lambda *_: 0)
    constraints = plan_constraints.Constraints(82_000.0, floors={"S": 7.0})
    with pytest.raises(errors.RefusedError) as refused:
        _plan(small_models.street(), constraints, limits=budget_program.Limits(2.5), progress=lambda _: None)
    assert "was found in 2.5 s;" in refused.value.problems[0].sentence()


def test_progress_brings_a_first_choice_then_a_bound():
    told = []
    found = _plan(small_models.street(), plan_constraints.Constraints(82_000.0), progress=told.append)
    assert [progress.stage for progress in told] == list(budget_plan.STAGES)
    assert told[0].plan is None
    assert told[1].plan.benefit <= found.benefit <= told[2].plan.bound <= told[1].plan.bound
    assert found.bound <= told[2].plan.bound + 1e-9


def test_the_gap_is_a_share_of_the_benefit():
    assert budget_plan.gap(10.0, 11.0) == pytest.approx(0.1)
    assert budget_plan.gap(10.0, 9.9) == 0.0
    assert budget_plan.gap(0.0, 0.0) == 0.0
    assert budget_plan.gap(0.0, 1.0) == math.inf


def test_a_fix_without_which_nobody_loses_is_left_out_the_dearest_first():
    classes = od_pairs.demand(small_models.street()).classes
    costs = {0: 1.0, 1: 1.0, 2: 5.0}
    assert budget_plan.prune(classes[:1], 0b111, costs) == 0b011
    assert budget_plan.prune(classes[:1], 0b111, costs, kept=0b100) == 0b111
    assert budget_plan.prune(classes, 0b101, costs) == 0
    either = [od_pairs.DemandClass((0b001, 0b100), 1.0, {})]
    assert budget_plan.prune(either, 0b101, costs) == 0b001


def test_no_part_of_planning_imports_a_solver_that_quarrels_with_another():
    for path in (Path(budget_plan.__file__).parent).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {"highspy", "ortools", "pulp", "pyomo"}
