"""Plan each whole million baht once, so that a council can compare all budgets."""

from __future__ import annotations

import math
from dataclasses import dataclass

from audits.plans import budget_program, build_model, frontier, od_pairs, plan_constraints
from audits.ramps import prices

MOST_MILLIONS = 20
LIMITS = budget_program.Limits(10.0)


@dataclass(frozen=True, eq=False)
class Money:
    """The best plan of each budget, on likely costs.

    Parameters
    ----------
    record
        The planning model, with its fixes and assumptions.
    curve
        A plan for each whole million baht from one upwards; empty where no fix opens a trip for anybody.
    open_today
        Trips of a thousand that are open today.
    sample
        Whether the prices are sample prices.
    """

    record: build_model.RecordModel
    curve: frontier.Frontier
    open_today: float
    sample: bool

    @property
    def next_million(self) -> frontier.Point | None:
        """The plan for the first million baht; None where there is nothing to buy."""
        return self.curve.points[0] if self.curve.points else None


def solve(record: build_model.RecordModel, book: prices.PriceBook, limits: budget_program.Limits = LIMITS) -> Money:
    """Return the best plan of each whole million baht, up to the cost of every fix or :data:`MOST_MILLIONS`.

    `book` holds the prices that the costs were taken from; `limits` are those of each budget.
    """
    if not record.fixes:
        return Money(record, frontier.Frontier((), ()), 0.0, book.sample)
    demand = od_pairs.demand(record.model)
    whole_thb = frontier.budgets(record.model, demand, count=1)[0]
    millions = min(math.ceil(whole_thb / frontier.MILLION_THB), MOST_MILLIONS)
    budgets_thb = [frontier.MILLION_THB * (number + 1) for number in range(millions)]
    constraints = plan_constraints.Constraints(frontier.MILLION_THB)
    curve = frontier.frontier(record.model, constraints, budgets_thb, demand=demand, limits=limits)
    return Money(record, curve, demand.base, book.sample)
