"""Compare plans over scenarios of barriers and costs, and find the one with the least regret."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from audits import barriers, errors
from audits.plans import budget_plan, budget_program, od_pairs, plan_constraints, planning_model


class Scenario(NamedTuple):
    """A case of :data:`audits.barriers.CASES`, and one of the costs, of ``planning_model.COST_CASES``."""

    barriers: str
    costs: str


SCENARIOS = tuple(Scenario(case, costs) for case in barriers.CASES for costs in planning_model.COST_CASES)


@dataclass(frozen=True)
class RatedPlan:
    """One choice of fixes, rated in every scenario.

    Parameters
    ----------
    planned_for
        The scenarios whose best plan it is; empty for a plan made otherwise.
    chosen
        Names of the fixes.
    benefit
        By scenario, the weight served beyond what is then open; where the money does not pay for all of the choice,
        of the best part that it pays for.
    regret
        By scenario, what the best plan for it would serve more, at most.
    asked
        Whether it is the plan that was asked about.
    """

    planned_for: tuple[Scenario, ...]
    chosen: tuple[str, ...]
    benefit: Mapping[Scenario, float]
    regret: Mapping[Scenario, float]
    asked: bool

    @property
    def greatest(self) -> float:
        """Greatest regret over all scenarios."""
        return max(self.regret.values(), default=0.0)

    @property
    def worst(self) -> Scenario:
        """The scenario with the greatest regret."""
        return max(self.regret, key=lambda scenario: self.regret[scenario])


@dataclass(frozen=True)
class Robustness:
    """Every choice that is best in some scenario, and the plan asked about.

    Parameters
    ----------
    judged
        The plan asked about first, then the others by their greatest regret.
    safest
        The one whose greatest regret is least (minimax regret).
    refused
        The scenarios in which the constraints cannot all be met.
    """

    judged: tuple[RatedPlan, ...]
    safest: RatedPlan
    refused: tuple[Scenario, ...]


def robustness(
    models: Mapping[str, planning_model.Model],
    constraints: plan_constraints.Constraints,
    asked: tuple[str, ...],
    progress: Callable[[int, int], None],
    *,
    limits: budget_program.Limits = budget_plan.LIMITS,
) -> Robustness | None:
    """Return the best plan of every scenario and the plan asked about, each rated in every scenario.

    Where costs turn out higher, the best part of the choice that the budget pays for is built.

    Parameters
    ----------
    models
        By case of :data:`audits.barriers.CASES`, the model of one record; all have the same fixes.
    constraints
        Their cost case does not count.
    asked
        Names of the fixes of the plan asked about.
    progress
        Called with how many steps are done, of how many.

    Returns
    -------
    Robustness or None
        None where the constraints can be met in no scenario.

    Raises
    ------
    ValueError
        When the models do not have the same fixes.
    """
    if len({model.ordered for model in models.values()}) != 1:
        raise ValueError("the models of the cases have different fixes")
    demands = {case: od_pairs.demand(model) for case, model in models.items()}
    best = dict(_best(models, constraints, demands, progress, limits))
    if not best:
        return None
    # put in first, so that it stays the first of the list also where it is the best of some scenario
    choices: dict[tuple[str, ...], list[Scenario]] = {tuple(sorted(asked)): []}
    for scenario, plan in best.items():
        choices.setdefault(plan.chosen, []).append(scenario)
    rating = _Rating(models, constraints, demands, best, limits)
    judged = []
    for done, (chosen, planned_for) in enumerate(choices.items(), 1):
        judged.append(rating.of(chosen, tuple(planned_for), asked=chosen == tuple(sorted(asked))))
        progress(len(SCENARIOS) + round(done * len(SCENARIOS) / len(choices)), 2 * len(SCENARIOS))
    first, *others = judged
    ordered = (first, *sorted(others, key=lambda one: one.greatest))
    refused = tuple(scenario for scenario in SCENARIOS if scenario not in best)
    return Robustness(ordered, min(ordered, key=lambda one: one.greatest), refused)


def _best(
    models: Mapping[str, planning_model.Model],
    constraints: plan_constraints.Constraints,
    demands: Mapping[str, od_pairs.Demand],
    progress: Callable[[int, int], None],
    limits: budget_program.Limits,
) -> Iterator[tuple[Scenario, budget_plan.Plan]]:
    """Yield the best plan of every scenario in which the constraints can be met."""
    for done, scenario in enumerate(SCENARIOS, 1):
        priced, demand = replace(constraints, cost_case=scenario.costs), demands[scenario.barriers]
        with contextlib.suppress(errors.RefusedError):
            yield scenario, budget_plan.plan(models[scenario.barriers], priced, demand=demand, limits=limits)
        progress(done, 2 * len(SCENARIOS))


@dataclass(frozen=True)
class _Rating:
    """Rates choices of fixes against the best plan of each scenario."""

    models: Mapping[str, planning_model.Model]
    constraints: plan_constraints.Constraints
    demands: Mapping[str, od_pairs.Demand]
    best: Mapping[Scenario, budget_plan.Plan]
    limits: budget_program.Limits

    def of(self, chosen: tuple[str, ...], planned_for: tuple[Scenario, ...], *, asked: bool) -> RatedPlan:
        benefit = {scenario: self._benefit(chosen, scenario) for scenario in self.best}
        # against the bound, not the best plan found: nobody may regret more than is stated
        regret = {scenario: max(plan.bound - benefit[scenario], 0.0) for scenario, plan in self.best.items()}
        return RatedPlan(planned_for, chosen, benefit, regret, asked)

    def _benefit(self, chosen: tuple[str, ...], scenario: Scenario) -> float:
        model, demand = self.models[scenario.barriers], self.demands[scenario.barriers]
        budget_thb, built = self.constraints.budget_thb, model.mask(chosen)
        if plan_constraints.cost_thb(model, built, scenario.costs) <= budget_thb + planning_model.ROUNDING:
            return od_pairs.benefit(demand.classes, built)
        # floors and wishes are left out: a part of the plan may miss them, and is built all the same
        never = frozenset(model.bits) - set(chosen)
        part = plan_constraints.Constraints(budget_thb, must_not_build=never, cost_case=scenario.costs)
        return budget_plan.plan(model, part, demand=demand, limits=self.limits).benefit
