"""Show what more money buys: the best plan of each budget, and what the next million adds to a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from audits import errors
from audits.plans import budget_plan, budget_program, od_pairs, plan_constraints, planning_model

BUDGETS = 20
MILLION_THB = 1_000_000.0


@dataclass(frozen=True)
class Point:
    """The best plan of one budget, baht."""

    budget_thb: float
    plan: budget_plan.Plan


@dataclass(frozen=True)
class Frontier:
    """What each budget buys.

    Parameters
    ----------
    points
        By budget, the lowest first; the benefit never falls.
    refused
        The budgets with which the constraints cannot all be met.
    """

    points: tuple[Point, ...]
    refused: tuple[float, ...]

    @property
    def knee(self) -> Point | None:
        """The point after which money buys clearly less; None where the curve is a straight line or shorter.

        The point farthest above the straight line from nothing to the last point, both axes from 0 to 1: Satopää,
        Albrecht, Irwin & Raghavan, Finding a "Kneedle" in a Haystack, ICDCS Workshops 2011, without its smoothing.
        """
        if len(self.points) < 2 or self.points[-1].plan.benefit <= 0 or self.points[-1].budget_thb <= 0:
            return None
        last = self.points[-1]

        def height(point: Point) -> float:
            return point.plan.benefit / last.plan.benefit - point.budget_thb / last.budget_thb

        # of equals the first, which costs less
        highest = max(self.points, key=height)
        return highest if height(highest) > planning_model.ROUNDING else None


def budgets(
    model: planning_model.Model, demand: od_pairs.Demand, case: str = "likely", count: int = BUDGETS
) -> list[float]:
    """Return budgets in even steps up to the cost of every fix that opens a trip for anybody, baht."""
    useful = 0
    for one in demand.classes:
        for bundle in one.bundles:
            useful |= bundle
    whole_thb = plan_constraints.cost_thb(model, useful, case)
    return [whole_thb * (step + 1) / count for step in range(count)]


def frontier(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    budgets_thb: Sequence[float],
    *,
    demand: od_pairs.Demand,
    limits: budget_program.Limits = budget_plan.LIMITS,
    progress: Callable[[int, int], None] | None = None,
) -> Frontier:
    """Return the best plan of each budget, baht, in any order; the budget of the constraints does not count.

    `limits` hold for each budget; `progress` is called with how many budgets are done, of how many.
    """
    points, refused = list[Point](), list[float]()
    ordered = sorted(set(budgets_thb))
    for done, budget_thb in enumerate(ordered, 1):
        within = replace(constraints, budget_thb=budget_thb)
        try:
            found = budget_plan.plan(model, within, demand=demand, limits=limits)
        except errors.RefusedError:
            refused.append(budget_thb)
        else:
            # Where the time was short, the plan of less money may be the better one, and it is affordable as well.
            if points and points[-1].plan.benefit > found.benefit:
                better = model.mask(points[-1].plan.chosen)
                found = budget_plan.describe(model, demand, within, better, found.bound, found.seconds)
            points.append(Point(budget_thb, found))
        if progress:
            progress(done, len(ordered))
    return Frontier(tuple(points), tuple(refused))


@dataclass(frozen=True)
class More:
    """What more money adds to a plan that is kept.

    Parameters
    ----------
    added
        The fixes it buys.
    gained, most
        The additional weight served, and what it could be at most.
    by_zone
        The gain of each zone.
    """

    added: tuple[str, ...]
    gained: float
    most: float
    by_zone: Mapping[str, float]


def more(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    plan: budget_plan.Plan,
    *,
    demand: od_pairs.Demand,
    step_thb: float = MILLION_THB,
    limits: budget_program.Limits = budget_plan.LIMITS,
) -> More:
    """Return the gain of the next million baht, or of another step, once a plan is built.

    What the plan left of its budget may be spent too.
    """
    # what is built stays, so that the gain is that of the money on top
    kept = replace(constraints, budget_thb=constraints.budget_thb + step_thb, must_build=frozenset(plan.chosen))
    then = budget_plan.plan(model, kept, demand=demand, limits=limits)
    zones = {zone: weight - plan.by_zone.get(zone, 0.0) for zone, weight in then.by_zone.items()}
    added = tuple(fix_id for fix_id in then.chosen if fix_id not in set(plan.chosen))
    gains = {zone: gain for zone, gain in zones.items() if gain > planning_model.ROUNDING}
    return More(added, then.benefit - plan.benefit, then.bound - plan.benefit, gains)
