"""Plan each whole million baht once, so that a council can compare all budgets."""

from __future__ import annotations

import math
from dataclasses import dataclass

from audits.plans import (
    budget_plan,
    budget_program,
    build_model,
    certificate,
    certificate_check,
    frontier,
    od_pairs,
    plan_constraints,
)
from audits.ramps import prices

MOST_MILLIONS = 20
LIMITS = budget_program.Limits(10.0)
SMALLEST_GAP = 1e-6


@dataclass(frozen=True)
class Point:
    """The plan of one budget.

    Parameters
    ----------
    budget_thb
        The budget, a whole million.
    plan
        The best plan found for it.
    checked_gap
        How much more any other choice for the money can serve, as a share of the benefit, proved by the independent
        checker; None where it proves nothing.
    knee
        Whether money buys clearly less beyond this budget.
    """

    budget_thb: float
    plan: budget_plan.Plan
    checked_gap: float | None
    knee: bool


@dataclass(frozen=True, eq=False)
class Money:
    """The best plan of each budget, on likely costs.

    Parameters
    ----------
    record
        The planning model, with its fixes and assumptions.
    points
        A plan for each whole million baht from one upwards; empty where no fix opens a trip for anybody.
    sample
        Whether the prices are sample prices.
    """

    record: build_model.RecordModel
    points: tuple[Point, ...]
    sample: bool

    @property
    def next_million(self) -> Point | None:
        """The plan for the first million baht; None where there is nothing to buy."""
        return self.points[0] if self.points else None


def solve(record: build_model.RecordModel, book: prices.PriceBook, limits: budget_program.Limits = LIMITS) -> Money:
    """Return the best plan of each whole million baht, up to the cost of every fix or :data:`MOST_MILLIONS`.

    `book` holds the prices that the costs were taken from; `limits` are those of each budget.
    """
    if not record.fixes:
        return Money(record, (), book.sample)
    demand = od_pairs.demand(record.model)
    whole_thb = frontier.budgets(record.model, demand, count=1)[0]
    millions = min(math.ceil(whole_thb / frontier.MILLION_THB), MOST_MILLIONS)
    budgets_thb = [frontier.MILLION_THB * (number + 1) for number in range(millions)]
    constraints = plan_constraints.Constraints(frontier.MILLION_THB)
    curve = frontier.frontier(record.model, constraints, budgets_thb, demand=demand, limits=limits)
    model_text = certificate.model_text(record.model)
    points = (
        Point(each.budget_thb, each.plan, _checked_gap(record, demand, each, model_text), each is curve.knee)
        for each in curve.points
    )
    return Money(record, tuple(points), book.sample)


def _checked_gap(
    record: build_model.RecordModel, demand: od_pairs.Demand, point: frontier.Point, model_text: str
) -> float | None:
    constraints = plan_constraints.Constraints(point.budget_thb)
    written = certificate.certificate_text(record.model, constraints, demand, point.plan)
    verdict = certificate_check.check(written, model_text)
    # Where paths were left out of the search, nothing is proved about all choices.
    if not (verdict.holds and verdict.complete):
        return None
    gap = budget_plan.gap(verdict.benefit, verdict.proved_bound)
    # The two are rounded to floats: being equal does not prove that the gap is 0.
    return max(gap, SMALLEST_GAP) if math.isfinite(gap) else None
