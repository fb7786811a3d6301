"""Work a plan out with everything that is shown beside it: rankings, other budgets, certificate and its check."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from audits import wording
from audits.planning import (
    budget_plan,
    certificate,
    certificate_check,
    frontier,
    od_pairs,
    plan_constraints,
    planning_model,
    ranking,
    robustness,
    solver_process,
    staging,
)

FRONTIER_LIMIT_S = 3.0
YEARS_LIMIT_S = 60.0
SCENARIO_LIMIT_S = 10.0
COMPARING, CHECKING = "comparing", "checking"
STAGES = {
    **budget_plan.STAGES,
    COMPARING: wording.phrase("comparing with rankings and other budgets"),
    CHECKING: wording.phrase("writing the certificate and checking it"),
}


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What is looked at once the plan is known.

    Parameters
    ----------
    curve, more
        What other budgets buy, and what the next million baht adds.
    wish_prices
        What each wish costs.
    """

    curve: frontier.Frontier
    more: frontier.More
    wish_prices: tuple[budget_plan.ConstraintCost, ...]


@dataclass(frozen=True, eq=False)
class SolvedPlan:
    """A plan and what is shown beside it.

    Parameters
    ----------
    plan
        The plan.
    rankings
        What rankings buy with the same money; they are not bound by wishes.
    beside
        What other budgets buy and what each wish costs; None where the search was stopped.
    out_of_reach
        The weight that no set of fixes serves: no goal near enough.
    certificate, town
        Both as JSON text.
    verdict
        What the small checker says of them.
    """

    plan: budget_plan.Plan
    rankings: tuple[ranking.Ranking, ...]
    beside: Sensitivity | None
    out_of_reach: float
    certificate: str
    model: str
    verdict: certificate_check.Verdict


def solve(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    *,
    progress: Callable[[str, float], None],
    cancelled: Callable[[], bool],
    time_limit_s: float = budget_plan.TIME_LIMIT_S,
) -> SolvedPlan | None:
    """Return the plan with all that is shown beside it; None where it was stopped before there was a first choice.

    Parameters
    ----------
    town, wishes, time_limit_s
        As for :func:`audits.planning.budget_plan.plan`.
    say
        Told the stage, one of :data:`STAGES`, and the share that is done, 0 to 1.
    cancelled
        Asked whether to stop; what is found so far is returned.

    Raises
    ------
    errors.RefusedError
        Wishes that cannot all be granted.
    errors.JaideeError
        The search died before there was a first choice.
    """
    order = list(STAGES)
    plan = solver_process.plan_in_process(
        model,
        constraints,
        time_limit_s=time_limit_s,
        progress=lambda told: progress(told.stage, order.index(told.stage) / len(order)),
        cancelled=cancelled,
    )
    if plan is None:
        return None
    progress(COMPARING, order.index(COMPARING) / len(order))
    demand = od_pairs.demand(model, plan.most_fixes)
    rankings = ranking.rankings(model, demand, constraints, plan)
    share = order.index(COMPARING)
    beside = solver_process.run(
        sensitivity,
        *(model, constraints, demand, plan),
        progress=lambda done, of: progress(COMPARING, (share + done / max(of, 1)) / len(order)),
        cancelled=cancelled,
    )
    progress(CHECKING, order.index(CHECKING) / len(order))
    written, of_town = certificate.certificate_text(model, constraints, demand, plan), certificate.model_text(model)
    return SolvedPlan(
        plan=plan,
        rankings=rankings,
        beside=beside,
        out_of_reach=math.fsum(demand.out_of_reach.values()),
        certificate=written,
        model=of_town,
        verdict=certificate_check.check(written, of_town),
    )


def sensitivity(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    demand: od_pairs.Demand,
    plan: budget_plan.Plan,
    progress: Callable[[int, int], None],
) -> Sensitivity:
    """Return what other budgets buy and what each wish costs.

    Parameters
    ----------
    town, wishes, demand, plan
        The plan, and all that it was made from.
    say
        Told how many budgets are done, of how many.
    """
    steps = frontier.budgets(model, demand, constraints.cost_case)
    limit_s = {"time_limit_s": FRONTIER_LIMIT_S}
    return Sensitivity(
        frontier.frontier(model, constraints, steps, demand=demand, progress=progress, **limit_s),
        frontier.more(model, constraints, plan, demand=demand, **limit_s),
        budget_plan.constraint_costs(model, constraints, demand=demand, with_all=plan, **limit_s),
    )


def by_years(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    yearly_thb: tuple[float, ...],
    progress: Callable[[int, int], None],
) -> staging.Staging:
    """Return the plan by years, the money of each year given.

    Raises
    ------
    errors.RefusedError
        Wishes that cannot all be granted.
    """
    progress(0, 1)
    demand = od_pairs.demand(model)
    return staging.staged(model, constraints, yearly_thb, demand=demand, time_limit_s=YEARS_LIMIT_S)


def rate_scenarios(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    asked: tuple[str, ...],
    progress: Callable[[int, int], None],
) -> robustness.Robustness | None:
    """Return what the plan is worth if barriers or costs are not what they seem; see :mod:`robustness`."""
    return robustness.robustness(model, constraints, asked, progress, time_limit_s=SCENARIO_LIMIT_S)


def marginal_benefit(plan: budget_plan.Plan, model: planning_model.Model, fix_id: str) -> float:
    """Return the weight that a plan would lose without one of its fixes."""
    without = model.mask(plan.chosen) & ~model.mask([fix_id])
    return plan.benefit - math.fsum(one.weight for one in od_pairs.served(plan.served, without))
