"""Ask what a plan is worth if barriers or costs are not what they seem, and which plan loses least."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from audits import errors
from audits.planning import budget_plan, frontier, od_pairs, plan_constraints, planning_model


class Scenario(NamedTuple):
    """What may be true: a case of the barriers, of :data:`frontier.CASES`, and one of :data:`planning_model.COST_CASES`."""

    barriers: str
    costs: str


SCENARIOS = tuple(Scenario(barriers, costs) for barriers in frontier.CASES for costs in planning_model.COST_CASES)


@dataclass(frozen=True)
class RatedPlan:
    """One choice of fixes, judged in every scenario.

    Parameters
    ----------
    planned_for
        The scenarios whose best plan it is; empty for a plan made otherwise.
    chosen
        Names of the fixes.
    benefit
        By scenario, the weight served beyond what is then open; where the money does not pay for all of the choice,
        of its best part that it pays for.
    regret
        By scenario, what the best plan for it would serve more, at most.
    unpaid
        The scenarios in which the money does not pay for all of it.
    asked
        Whether it is the plan that was asked about.
    """

    planned_for: tuple[Scenario, ...]
    chosen: tuple[str, ...]
    benefit: Mapping[Scenario, float]
    regret: Mapping[Scenario, float]
    unpaid: tuple[Scenario, ...]
    asked: bool

    @property
    def greatest(self) -> float:
        """Return what it loses at most, whatever is true."""
        return max(self.regret.values(), default=0.0)

    @property
    def worst(self) -> Scenario:
        """Return the scenario in which it loses most."""
        return max(self.regret, key=lambda scenario: self.regret[scenario])


@dataclass(frozen=True)
class Robustness:
    """Every choice that is best in some scenario, and the plan asked about.

    Parameters
    ----------
    judged
        The plan asked about first, then the others by what they lose at most.
    safest
        The one that loses least in its worst scenario.
    refused
        The scenarios in which the wishes cannot all be granted.
    look_first
        The fixes whose barrier is not certain and on which the choices differ: worth a visit before anything is built.
    """

    judged: tuple[RatedPlan, ...]
    safest: RatedPlan
    refused: tuple[Scenario, ...]
    look_first: tuple[str, ...]


def robustness(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    asked: tuple[str, ...],
    say: Callable[[int, int], None],
    *,
    time_limit_s: float = budget_plan.TIME_LIMIT_S,
    relative_gap: float = budget_plan.SOLVER_GAP,
) -> Robustness | None:
    """Return the best plan of every scenario and the plan asked about, each judged in every scenario.

    A barrier that turns out not to be there needs no fix, and the money saved on it is not spent again; where costs
    turn out higher, the best part of the choice that the budget pays for is built.

    Parameters
    ----------
    town
        With every barrier that may be there, so that each case can be told from the others.
    wishes
        The cost case of the wishes does not count.
    asked
        Names of the fixes of the plan asked about.
    say
        Told how many steps are done, of how many.
    time_limit_s, relative_gap
        For each search.

    Returns
    -------
    Robustness or None
        None where the wishes can be granted in no scenario.
    """
    whole = od_pairs.demand(model)
    needed = {case: od_pairs.as_if_open(whole, absent(model, case)) for case in frontier.CASES}
    limits = time_limit_s, relative_gap
    best = dict(_best(model, constraints, needed, say, limits))
    if not best:
        return None
    choices: dict[tuple[str, ...], list[Scenario]] = {tuple(sorted(asked)): []}
    for scenario, plan in best.items():
        choices.setdefault(plan.chosen, []).append(scenario)
    judge = _Judge(model, constraints, needed, best, limits)
    judged = []
    for done, (chosen, planned_for) in enumerate(choices.items(), 1):
        judged.append(judge.judged(chosen, tuple(planned_for), asked=chosen == tuple(sorted(asked))))
        say(len(SCENARIOS) + round(done * len(SCENARIOS) / len(choices)), 2 * len(SCENARIOS))
    first, *others = judged
    ordered = (first, *sorted(others, key=lambda one: one.greatest))
    refused = tuple(scenario for scenario in SCENARIOS if scenario not in best)
    return Robustness(ordered, min(ordered, key=lambda one: one.greatest), refused, _look_first(model, ordered))


def _best(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    needed: Mapping[str, od_pairs.Demand],
    say: Callable[[int, int], None],
    limits: tuple[float, float],
) -> Iterator[tuple[Scenario, budget_plan.Plan]]:
    """Yield the best plan of every scenario in which the wishes can be granted."""
    limit_s, gap = limits
    for done, scenario in enumerate(SCENARIOS, 1):
        asked, demand = replace(constraints, cost_case=scenario.costs), needed[scenario.barriers]
        with contextlib.suppress(errors.RefusedError):
            yield scenario, budget_plan.plan(model, asked, demand=demand, time_limit_s=limit_s, relative_gap=gap)
        say(done, 2 * len(SCENARIOS))


@dataclass(frozen=True)
class _Judge:
    """Judges choices of fixes by the best plan of each scenario."""

    model: planning_model.Model
    constraints: plan_constraints.Constraints
    needed: Mapping[str, od_pairs.Demand]
    best: Mapping[Scenario, budget_plan.Plan]
    limits: tuple[float, float]

    def judged(self, chosen: tuple[str, ...], planned_for: tuple[Scenario, ...], *, asked: bool) -> RatedPlan:
        """Return one choice with what it is worth in every scenario."""
        unpaid = tuple(scenario for scenario in self.best if not self._paid(chosen, scenario))
        benefit = {scenario: self._benefit(chosen, scenario, scenario in unpaid) for scenario in self.best}
        regret = {scenario: max(plan.bound - benefit[scenario], 0.0) for scenario, plan in self.best.items()}
        return RatedPlan(planned_for, chosen, benefit, regret, unpaid, asked)

    def _paid(self, chosen: tuple[str, ...], scenario: Scenario) -> bool:
        cost_thb = plan_constraints.cost_thb(self.model, self._to_build(chosen, scenario), scenario.costs)
        return cost_thb <= self.constraints.budget_thb + planning_model.ROUNDING

    def _to_build(self, chosen: tuple[str, ...], scenario: Scenario) -> int:
        """Return the mask of what is left of a choice once the barriers that are not there need no fix."""
        return self.model.mask(chosen) & ~absent(self.model, scenario.barriers)

    def _benefit(self, chosen: tuple[str, ...], scenario: Scenario, unpaid: bool) -> float:
        needed = self.needed[scenario.barriers]
        if not unpaid:
            return od_pairs.benefit(needed.classes, self.model.mask(chosen))
        within = set(self.model.named(self._to_build(chosen, scenario)))
        part = plan_constraints.Constraints(
            self.constraints.budget_thb,
            must_not_build=frozenset(self.model.bits) - within,
            cost_case=scenario.costs,
        )
        limit_s, gap = self.limits
        found = budget_plan.plan(self.model, part, demand=needed, time_limit_s=limit_s, relative_gap=gap)
        return found.benefit


def absent(model: planning_model.Model, case: str) -> int:
    """Return the mask of the fixes whose barrier is not there in a case of :data:`frontier.CASES`."""
    return model.mask([fix.fix_id for fix in model.ordered if fix.barrier in frontier.ABSENT_BARRIERS[case]])


def _look_first(model: planning_model.Model, judged: tuple[RatedPlan, ...]) -> tuple[str, ...]:
    chosen = [frozenset(one.chosen) for one in judged]
    differing = frozenset().union(*chosen) - chosen[0].intersection(*chosen)
    return tuple(
        fix.fix_id for fix in model.ordered if fix.fix_id in differing and fix.barrier != planning_model.CERTAIN
    )
