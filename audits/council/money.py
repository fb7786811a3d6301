"""Plan each whole million baht once, so that a council can compare all budgets."""

from __future__ import annotations

import math
from dataclasses import dataclass

from audits import barriers
from audits.access import trips
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
# short: up to twenty budgets are searched one after the other, and each is certified
LIMITS = budget_program.Limits(10.0)


@dataclass(frozen=True)
class Point:
    """The plan of one budget.

    Parameters
    ----------
    budget_thb
        The budget, a whole million.
    plan
        The best plan found for it.
    verdict
        Of the independent check of its certificate.
    knee
        Whether money buys clearly less beyond this budget.
    """

    budget_thb: float
    plan: budget_plan.Plan
    verdict: certificate_check.Verdict
    knee: bool


@dataclass(frozen=True, eq=False)
class Money:
    """The best plan of each budget, on likely costs: money on top of what is promised, which counts as built.

    Parameters
    ----------
    record
        The planning model, with its fixes and assumptions; all that is promised is committed in it, whatever it costs.
    points
        A plan for each whole million baht from one upwards; empty where no fix opens a trip for anybody.
    sample
        Whether the prices are sample prices.
    if_unknown
        Trips of 100 that can be made step-free today if everything unknown is a barrier.
    """

    record: build_model.RecordModel
    points: tuple[Point, ...]
    sample: bool
    if_unknown: float

    @property
    def next_million(self) -> Point | None:
        """The plan for the first million baht; None where there is nothing to buy."""
        return self.points[0] if self.points else None


def solve(
    record: build_model.RecordModel,
    book: prices.PriceBook,
    limits: budget_program.Limits = LIMITS,
) -> Money:
    """Return the best plan of each whole million baht, up to the cost of every fix or :data:`MOST_MILLIONS`.

    `record` was built with :func:`audits.access.committed_works.promised_or_further`; `book` holds the prices that the
    costs were taken from; `limits` are those of each budget.
    """
    if_unknown = trips.measure(record.prepared, barriers.ALL_UNKNOWN).of_100
    if not record.fixes:
        return Money(record, (), book.sample, if_unknown)
    demand = od_pairs.demand(record.model)
    # a single step, which is the cost of every fix that opens a trip
    whole_thb = frontier.budgets(record.model, demand, count=1)[0]
    millions = min(math.ceil(whole_thb / frontier.MILLION_THB), MOST_MILLIONS)
    budgets_thb = [frontier.MILLION_THB * (number + 1) for number in range(millions)]
    # its budget gives way to each of the list
    constraints = plan_constraints.Constraints(frontier.MILLION_THB)
    curve = frontier.frontier(record.model, constraints, budgets_thb, demand=demand, limits=limits)
    points = (_point(record, demand, each, limits, knee=each is curve.knee) for each in curve.points)
    return Money(record, tuple(points), book.sample, if_unknown)


def _point(
    record: build_model.RecordModel,
    demand: od_pairs.Demand,
    found: frontier.Point,
    limits: budget_program.Limits,
    *,
    knee: bool,
) -> Point:
    constraints = plan_constraints.Constraints(found.budget_thb)
    certified = certificate.certify(record.model, constraints, demand, found.plan, seconds=limits.seconds)
    # The search for the certificate may come across a better plan.
    return Point(found.budget_thb, certified.plan, certificate_check.check(certified.text, certified.model), knee)
