"""Spend the same budget by rankings of scores, to show what a ranking misses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audits import wording
from audits.plans import budget_plan, flows, od_pairs, plan_constraints, planning_model

SEVERITY, SEVERITY_USAGE, SEVERITY_USAGE_PER_BAHT = "severity", "severity_usage", "severity_usage_per_baht"
RULES = {
    SEVERITY: wording.phrase("worst first"),
    SEVERITY_USAGE: wording.phrase("worst and most used first"),
    SEVERITY_USAGE_PER_BAHT: wording.phrase("worst and most used for its price first"),
}


@dataclass(frozen=True)
class Ranking:
    """What a ranking buys.

    Parameters
    ----------
    rule
        One of :data:`RULES`.
    chosen
        Names of the fixes, in the order bought.
    cost_thb
        Of all of them.
    benefit
        The weight served beyond today.
    share
        Of the benefit of the plan it is compared with, 0 to 1; NaN where that is 0.
    stranded
        Fixes that could be left out without anybody losing.
    """

    rule: str
    chosen: tuple[str, ...]
    cost_thb: float
    benefit: float
    share: float
    stranded: tuple[str, ...]


def ranked(model: planning_model.Model, rule: str, used: npt.NDArray[np.float64], case: str = "likely") -> list[int]:
    """Return the bits of the fixes by a rule of :data:`RULES`, the first to be built first.

    `used` has shape (fixes,), from :func:`audits.plans.flows.usage`.
    """
    costs = model.costs(case)

    def score(bit: int) -> float:
        severity = float(model.ordered[bit].severity)
        if rule == SEVERITY:
            return severity
        points = severity * float(used[bit])
        if rule == SEVERITY_USAGE:
            return points
        return points / costs[bit] if costs[bit] > 0 else math.inf

    # ties by the place of the fix, so that the ranking is repeatable
    return sorted(range(len(model.ordered)), key=lambda bit: (-score(bit), bit))


def fill(order: Sequence[int], costs: Sequence[float], budget_thb: float) -> list[int]:
    """Return the bits bought in an order; a fix that the money left cannot buy is skipped."""
    bought = []
    for bit in order:
        if costs[bit] <= budget_thb + planning_model.ROUNDING:
            bought.append(bit)
            budget_thb -= costs[bit]
    return bought


def rankings(
    model: planning_model.Model,
    demand: od_pairs.Demand,
    constraints: plan_constraints.Constraints,
    plan: budget_plan.Plan,
) -> tuple[Ranking, ...]:
    """Return the choice of each ranking with the budget and cost case of a plan, compared with that plan."""
    used, costs = flows.usage(model), model.costs(constraints.cost_case)
    found = []
    for rule in RULES:
        bought = fill(ranked(model, rule, used, constraints.cost_case), costs, constraints.budget_thb)
        mask = sum(1 << bit for bit in bought)
        gained = od_pairs.benefit(demand.classes, mask)
        kept = budget_plan.prune(demand.classes, mask, dict(enumerate(costs)))
        found.append(
            Ranking(
                rule=rule,
                chosen=tuple(model.ordered[bit].fix_id for bit in bought),
                cost_thb=plan_constraints.cost_thb(model, mask, constraints.cost_case),
                benefit=gained,
                share=gained / plan.benefit if plan.benefit > 0 else math.nan,
                stranded=model.named(mask & ~kept),
            )
        )
    return tuple(found)
