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
    demand_classes,
    frontier,
    plan_process,
    plan_wishes,
    ranking,
    towns,
)

FRONTIER_LIMIT_S = 3.0
COMPARING, CHECKING = "comparing", "checking"
STAGES = {
    **budget_plan.STAGES,
    COMPARING: wording.phrase("comparing with rankings and other budgets"),
    CHECKING: wording.phrase("writing the certificate and checking it"),
}


@dataclass(frozen=True, eq=False)
class Worked:
    """A plan and what is shown beside it.

    Parameters
    ----------
    plan
        The plan.
    rankings
        What rankings buy with the same money; they are not bound by wishes.
    curve, more
        What other budgets buy, and what the next million baht adds; None where the search was stopped.
    out_of_reach
        The weight that no set of fixes serves: no goal near enough.
    certificate, town
        Both as JSON text.
    verdict
        What the small checker says of them.
    """

    plan: budget_plan.Plan
    rankings: tuple[ranking.Ranking, ...]
    curve: frontier.Frontier | None
    more: frontier.More | None
    out_of_reach: float
    certificate: str
    town: str
    verdict: certificate_check.Verdict


def work_out(
    town: towns.Town,
    wishes: plan_wishes.Wishes,
    *,
    say: Callable[[str, float], None],
    cancelled: Callable[[], bool],
    time_limit_s: float = budget_plan.TIME_LIMIT_S,
) -> Worked | None:
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
    plan = plan_process.plan_apart(
        town,
        wishes,
        time_limit_s=time_limit_s,
        progress=lambda told: say(told.stage, order.index(told.stage) / len(order)),
        cancelled=cancelled,
    )
    if plan is None:
        return None
    say(COMPARING, order.index(COMPARING) / len(order))
    demand = demand_classes.demand(town, plan.most_fixes)
    rankings = ranking.rankings(town, demand, wishes, plan)
    curve, more = (None, None) if cancelled() else _other_budgets(town, wishes, demand, plan, say)
    say(CHECKING, order.index(CHECKING) / len(order))
    written, of_town = certificate.certificate_text(town, wishes, demand, plan), certificate.town_text(town)
    return Worked(
        plan=plan,
        rankings=rankings,
        curve=curve,
        more=more,
        out_of_reach=math.fsum(demand.out_of_reach.values()),
        certificate=written,
        town=of_town,
        verdict=certificate_check.check(written, of_town),
    )


def _other_budgets(
    town: towns.Town,
    wishes: plan_wishes.Wishes,
    demand: demand_classes.Demand,
    plan: budget_plan.Plan,
    say: Callable[[str, float], None],
) -> tuple[frontier.Frontier, frontier.More]:
    order = list(STAGES)
    curve = frontier.frontier(
        town,
        wishes,
        frontier.budgets(town, demand, wishes.cost_case),
        demand=demand,
        time_limit_s=FRONTIER_LIMIT_S,
        progress=lambda done, of: say(COMPARING, (order.index(COMPARING) + done / max(of, 1)) / len(order)),
    )
    return curve, frontier.more(town, wishes, plan, demand=demand, time_limit_s=FRONTIER_LIMIT_S)


def needed_by(plan: budget_plan.Plan, town: towns.Town, fix_id: str) -> float:
    """Return the weight that a plan would lose without one of its fixes."""
    without = town.mask(plan.chosen) & ~town.mask([fix_id])
    return plan.benefit - math.fsum(one.weight for one in demand_classes.served(plan.served, without))
