"""Solve a plan with everything shown beside it: rankings, other budgets, the certificate and its check."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from audits import wording
from audits.plans import (
    budget_plan,
    budget_program,
    certificate,
    certificate_check,
    constraint_costs,
    frontier,
    od_pairs,
    plan_constraints,
    planning_model,
    ranking,
    robustness,
    solver_process,
    staging,
)

# short: twenty budgets, the next million and every wish are each searched
FRONTIER_LIMITS = budget_program.Limits(3.0)
YEARS_LIMITS = budget_program.Limits(60.0)
SCENARIO_LIMITS = budget_program.Limits(10.0)
CERTIFYING, COMPARING, CHECKING = "certifying", "comparing", "checking"
STAGES = {
    **budget_plan.STAGES,
    CERTIFYING: wording.phrase("proving that no other choice does better"),
    COMPARING: wording.phrase("comparing with rankings and other budgets"),
    CHECKING: wording.phrase("checking the certificate"),
}


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """How a plan depends on its budget and its constraints.

    Parameters
    ----------
    curve, more
        What other budgets buy, and what the next million baht adds.
    constraint_costs
        What each constraint costs.
    """

    curve: frontier.Frontier
    more: frontier.More
    constraint_costs: tuple[constraint_costs.ConstraintCost, ...]


@dataclass(frozen=True, eq=False)
class SolvedPlan:
    """A plan and what is shown beside it.

    Parameters
    ----------
    plan
        The plan.
    rankings
        What rankings buy with the same money; they ignore the constraints.
    beside
        The sensitivity of the plan; None where the search was stopped or died.
    out_of_reach
        The weight that no set of fixes serves: no destination near enough, or a barrier that cannot be mended.
    cheapest_more_thb
        What the cheapest set of fixes costs that opens a trip more; None where no other fix opens any.
    certificate, model
        Both as JSON text.
    verdict
        Of the certificate check; :func:`audits.plans.certificate_check.certainty` puts it into words.
    """

    plan: budget_plan.Plan
    rankings: tuple[ranking.Ranking, ...]
    beside: Sensitivity | None
    out_of_reach: float
    cheapest_more_thb: int | None
    certificate: str
    model: str
    verdict: certificate_check.Verdict

    @property
    def exact_gap(self) -> Fraction | None:
        """How much more any other choice for the money could serve, as a share: what the check proved, exactly."""
        return self.verdict.exact_gap

    @property
    def checked_gap(self) -> float | None:
        """The exact gap as a number."""
        return self.verdict.checked_gap


def solve(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    *,
    progress: Callable[[str, float], None],
    cancelled: Callable[[], bool],
    limits: budget_program.Limits = budget_plan.LIMITS,
) -> SolvedPlan | None:
    """Return the plan with all that is shown beside it; None where it was stopped before there was a first choice.

    Parameters
    ----------
    model, constraints, limits
        As for :func:`audits.plans.budget_plan.plan`; the search for the proof may take as long again.
    progress
        Called with the stage, a key of :data:`STAGES`, and the share that is done, 0 to 1.
    cancelled
        Called several times a second; once it returns True, what is found so far is returned.

    Raises
    ------
    errors.RefusedError
        When the constraints cannot all be met.
    errors.JaideeError
        When the search died before there was a first choice.
    """

    def report(stage: str, part: float = 0.0) -> None:
        progress(stage, (list(STAGES).index(stage) + part) / len(STAGES))

    plan = solver_process.plan_in_process(
        model, constraints, limits=limits, progress=lambda now: report(now.stage), cancelled=cancelled
    )
    if plan is None:
        return None
    report(CERTIFYING)
    # as many fixes on a path as the plan searched: the proof is of the same trips
    demand = od_pairs.demand(model, plan.most_fixes)
    certified = _certified(
        *(model, constraints, demand, plan, limits),
        progress=lambda share: report(CERTIFYING, share),
        cancelled=cancelled,
    )
    plan = certified.plan
    report(COMPARING)
    rankings = ranking.rankings(model, demand, constraints, plan)
    beside = None
    # a comparison that died must not take the plan along
    with contextlib.suppress(solver_process.DiedError):
        beside = solver_process.run(
            *(sensitivity, model, constraints, demand, plan),
            progress=lambda done, of: report(COMPARING, done / max(of, 1)),
            cancelled=cancelled,
        )
    report(CHECKING)
    return SolvedPlan(
        plan=plan,
        rankings=rankings,
        beside=beside,
        out_of_reach=math.fsum(demand.out_of_reach.values()),
        cheapest_more_thb=_cheapest_more_thb(model, constraints, demand, plan),
        certificate=certified.text,
        model=certified.model,
        verdict=certificate_check.check(certified.text, certified.model),
    )


def _certified(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    demand: od_pairs.Demand,
    plan: budget_plan.Plan,
    limits: budget_program.Limits,
    *,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> certificate.Certified:
    """Return the plan with the certificate of another process, or of the root of the tree only where it ended early."""
    found = None
    # a proof that died costs tightness alone: the root of the tree bounds the plan as well
    with contextlib.suppress(solver_process.DiedError):
        found = solver_process.run(
            *(certificate.certify, model, constraints, demand, plan),
            seconds=limits.seconds,
            progress=progress,
            cancelled=cancelled,
        )
    return found or certificate.certify(model, constraints, demand, plan)


def _cheapest_more_thb(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    demand: od_pairs.Demand,
    plan: budget_plan.Plan,
) -> int | None:
    built, never = model.mask(plan.chosen), model.mask(sorted(constraints.must_not_build))
    left = od_pairs.with_built(demand.classes, built, never)
    costs = (plan_constraints.cost_thb(model, one, constraints.cost_case) for each in left for one in each.bundles)
    return min((round(cost_thb) for cost_thb in costs), default=None)


def sensitivity(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    demand: od_pairs.Demand,
    plan: budget_plan.Plan,
    progress: Callable[[int, int], None],
) -> Sensitivity:
    """Return the best plan of other budgets and the cost of each constraint.

    `progress` is called with how many budgets are done, of how many.
    """
    steps = frontier.budgets(model, demand, constraints.cost_case)
    limits = FRONTIER_LIMITS
    return Sensitivity(
        frontier.frontier(model, constraints, steps, demand=demand, limits=limits, progress=progress),
        frontier.more(model, constraints, plan, demand=demand, limits=limits),
        constraint_costs.of_each(model, constraints, demand=demand, with_all=plan, limits=limits),
    )


def by_years(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    yearly_thb: tuple[float, ...],
    progress: Callable[[int, int], None],
) -> staging.Staging:
    """Return the plan by years, the money of each year given in baht; see :func:`audits.plans.staging.staged`."""
    progress(0, 1)
    demand = od_pairs.demand(model)
    return staging.staged(model, constraints, yearly_thb, demand=demand, limits=YEARS_LIMITS)


def rate_scenarios(
    models: Mapping[str, planning_model.Model],
    constraints: plan_constraints.Constraints,
    asked: tuple[str, ...],
    progress: Callable[[int, int], None],
) -> robustness.Robustness | None:
    """Return how a plan fares in every scenario; see :func:`audits.plans.robustness.robustness`."""
    return robustness.robustness(models, constraints, asked, progress, limits=SCENARIO_LIMITS)


def marginal_benefit(plan: budget_plan.Plan, model: planning_model.Model, fix_id: str) -> float:
    """Return the weight that a plan would lose without one of its fixes."""
    without = model.mask(plan.chosen) & ~model.mask([fix_id])
    return plan.benefit - math.fsum(one.weight for one in od_pairs.served(plan.served, without))
