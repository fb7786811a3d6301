"""Plan each whole million baht once, so that a council can compare all budgets."""

from __future__ import annotations

import functools
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
    """The best plan of each budget, on likely costs.

    Parameters
    ----------
    record
        The planning model, with its fixes and assumptions.
    points
        A plan for each whole million baht from one upwards; empty where no fix opens a trip for anybody.
    sample
        Whether the prices are sample prices.
    if_unknown
        Trips of 100 that can be made step-free today if everything unknown is a barrier.
    promised
        Fixes that stand in a plan that was taken over, from :func:`audits.access.committed_works.promised`.
    demand
        The trips that the plans were made for; None where there is nothing to buy.
    """

    record: build_model.RecordModel
    points: tuple[Point, ...]
    sample: bool
    if_unknown: float
    promised: frozenset[str] = frozenset()
    demand: od_pairs.Demand | None = None

    @property
    def next_million(self) -> Point | None:
        """The plan for the first million baht; None where there is nothing to buy."""
        return self.points[0] if self.points else None

    @property
    def after_promised(self) -> Point | None:
        """The plan for what is promised and a million more, or for all the money that opens trips.

        None where it opens no further trip than the promised fixes.
        """
        promised_thb = sum(self.record.fixes[one].fix.cost.likely for one in self._promised_here)
        enough = (each for each in self.points if each.budget_thb >= promised_thb + frontier.MILLION_THB)
        found = next(enough, self.points[-1] if self.points else None)
        return None if found is None or set(found.plan.chosen) <= self.promised else found

    @property
    def _promised_here(self) -> frozenset[str]:
        return self.promised & set(self.record.fixes)

    @functools.cached_property
    def promised_plan(self) -> budget_plan.Plan | None:
        """The promised fixes as a plan, where all that the next million buys is among them; else None."""
        first, model = self.next_million, self.record.model
        if self.demand is None or first is None or not first.plan.chosen or not set(first.plan.chosen) <= self.promised:
            return None
        # what is promised is promised, whatever it costs together
        asked = plan_constraints.Constraints(math.inf)
        return budget_plan.describe(model, self.demand, asked, model.mask(self._promised_here), 0.0, 0.0)


def solve(
    record: build_model.RecordModel,
    book: prices.PriceBook,
    limits: budget_program.Limits = LIMITS,
    promised: frozenset[str] = frozenset(),
) -> Money:
    """Return the best plan of each whole million baht, up to the cost of every fix or :data:`MOST_MILLIONS`.

    `book` holds the prices that the costs were taken from; `limits` are those of each budget; `promised` is kept beside
    them.
    """
    if_unknown = trips.measure(record.prepared, barriers.ALL_UNKNOWN).of_100
    if not record.fixes:
        return Money(record, (), book.sample, if_unknown, promised)
    demand = od_pairs.demand(record.model)
    # a single step, which is the cost of every fix that opens a trip
    whole_thb = frontier.budgets(record.model, demand, count=1)[0]
    millions = min(math.ceil(whole_thb / frontier.MILLION_THB), MOST_MILLIONS)
    budgets_thb = [frontier.MILLION_THB * (number + 1) for number in range(millions)]
    # its budget gives way to each of the list
    constraints = plan_constraints.Constraints(frontier.MILLION_THB)
    curve = frontier.frontier(record.model, constraints, budgets_thb, demand=demand, limits=limits)
    points = (_point(record, demand, each, limits, knee=each is curve.knee) for each in curve.points)
    return Money(record, tuple(points), book.sample, if_unknown, promised, demand)


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
