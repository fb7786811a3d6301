"""Spread a plan over years, each year keeping what the years before built."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from audits import errors
from audits.plans import budget_plan, budget_program, greedy, od_pairs, plan_constraints, planning_model

NO_YEAR = errors.ProblemKind("STAGE-001", "There is no year to plan for; give the money of one year at least.")
BAD_YEAR = errors.ProblemKind("STAGE-002", "Money of {budget} baht in a year cannot be spent; write 0 or more.")
NO_STAGES = errors.ProblemKind(
    "STAGE-003", "No plan by years that meets every floor was found in {seconds} s; allow more time or lower a floor."
)


@dataclass(frozen=True)
class Stage:
    """One year of a plan.

    Parameters
    ----------
    year
        1 for the first.
    built
        Names of the fixes built in this year.
    cost_thb
        Of these, baht, in the cost case of the constraints.
    benefit
        The weight served beyond today from this year on.
    unstaged_bound
        The most that any choice could serve with the money up to this year, were there no years before.
    """

    year: int
    built: tuple[str, ...]
    cost_thb: float
    benefit: float
    unstaged_bound: float


@dataclass(frozen=True)
class Staging:
    """A plan by years.

    Parameters
    ----------
    stages
        One a year.
    benefit, bound
        The sum of the benefits of all years, and the most that any plan by years could reach.
    status
        As of :class:`budget_plan.Plan`.
    seconds
        Duration of the search.
    """

    stages: tuple[Stage, ...]
    benefit: float
    bound: float
    status: str
    seconds: float

    @property
    def gap(self) -> float:
        """How much more any other plan by years could reach at most, as a share of the benefit."""
        return budget_plan.gap(self.benefit, self.bound)


def problems(
    model: planning_model.Model, constraints: plan_constraints.Constraints, yearly_thb: Sequence[float]
) -> tuple[errors.Problem, ...]:
    """Return everything that is wrong with a plan by years, all at once."""
    wrong = [
        BAD_YEAR.at(f"year {year}", budget=budget_thb)
        for year, budget_thb in enumerate(yearly_thb, 1)
        if not (math.isfinite(budget_thb) and budget_thb >= 0)
    ]
    if not yearly_thb:
        wrong.append(NO_YEAR.at("years"))
    # the budget of the first year, in which everything that must be built is built
    return tuple(wrong) or plan_constraints.problems(model, replace(constraints, budget_thb=yearly_thb[0]))


def staged(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    yearly_thb: Sequence[float],
    *,
    demand: od_pairs.Demand,
    limits: budget_program.Limits = budget_plan.LIMITS,
) -> Staging:
    """Return the plan by years that serves most, all years counted alike.

    Money left goes to the next year; what must be built is built in the first year; floors hold in the last. The
    budget of the constraints does not count. Where the time is too short, greedy purchases year by year stand in,
    with the bound of the years taken one by one.

    Raises
    ------
    errors.RefusedError
        When the constraints cannot all be met.
    """
    started = time.perf_counter()
    if wrong := problems(model, constraints, yearly_thb):
        raise errors.RefusedError(wrong)
    totals_thb = list(itertools.accumulate(yearly_thb))
    reduced = plan_constraints.reduce(model, demand, replace(constraints, budget_thb=totals_thb[-1]))
    # what must be built is paid in the first year, and so gone from the money of every year
    left_thb = [total - (totals_thb[-1] - reduced.budget_thb) for total in totals_thb]
    alone = _years_alone(model, constraints, totals_thb, demand, limits)
    found, bound = nested(reduced, left_thb, limits)
    # The plan of the last year is the best end to work towards, where the years together are too hard to solve.
    last = _twin_bits(reduced, model.mask(alone[-1].chosen))
    choices = [found, _year_by_year(reduced, left_thb), _year_by_year(reduced, left_thb, within=last)]
    kept = [choice for choice in choices if choice and _keeps(reduced, left_thb, choice)]
    if not kept:
        raise errors.RefusedError((NO_STAGES.at("floors", seconds=f"{limits.seconds:g}"),))
    best = max(kept, key=lambda choice: math.fsum(od_pairs.benefit(reduced.twins.classes, mask) for mask in choice))
    # No plan by years serves more in a year than that year alone could: a bound that needs no solution of the whole.
    most = min(len(totals_thb) * reduced.sure + bound, math.fsum(plan.bound for plan in alone))
    bounds = [plan.bound for plan in alone]
    stages = _stages(model, demand, reduced, _pruned(reduced, best), constraints.cost_case, bounds)
    benefit = math.fsum(stage.benefit for stage in stages)
    most = max(most, benefit)
    return Staging(stages, benefit, most, budget_plan.status(benefit, most), time.perf_counter() - started)


def _years_alone(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    totals_thb: Sequence[float],
    demand: od_pairs.Demand,
    limits: budget_program.Limits,
) -> list[budget_plan.Plan]:
    """Return the best plan for the money up to each year, were nothing built yet; floors hold in the last."""
    free = [replace(constraints, budget_thb=total, floors={}) for total in totals_thb]
    # floors are promises for the end; early years may not have the money for them
    free[-1] = replace(free[-1], floors=constraints.floors)
    return [budget_plan.plan(model, one, demand=demand, limits=limits) for one in free]


def nested(
    reduced: plan_constraints.ReducedProblem, left_thb: Sequence[float], limits: budget_program.Limits
) -> tuple[list[int] | None, float]:
    """Return the mask of each year that HiGHS finds, None where it had no time, and its bound.

    Maximise Σ_t Σ_c w_c Σ_P z_tcP subject to, for each year t, (1) bundles need their fixes, (2) a class is served
    once and (3) the money up to t, without what must be built; (4) the floors in the last year; and (5) what is built
    stays built.
    """
    rows, classes = budget_program.Rows(), reduced.twins.classes
    years: list[budget_program.Columns] = []
    for money_thb in left_thb:
        classes = od_pairs.affordable(reduced.twins.classes, reduced.costs_thb, money_thb)
        at = budget_program.add_columns(rows, classes, [one.weight for one in classes])
        budget_program.add_bundles_need_fixes(rows, classes, at)
        budget_program.add_budget(rows, reduced.costs_thb, at, money_thb)
        years.append(at)
    budget_program.add_floors(rows, classes, years[-1], reduced.floors)
    for earlier, later in itertools.pairwise(years):
        budget_program.add_stays_built(rows, earlier, later)
    found = rows.solve(limits)
    if found.values is None:
        return None, found.bound
    return [budget_program.built(found.values, at.fixes) for at in years], found.bound


def _twin_bits(reduced: plan_constraints.ReducedProblem, mask: int) -> int:
    return sum(1 << bit for bit, members in reduced.twins.members.items() if members & ~mask == 0)


def _year_by_year(
    reduced: plan_constraints.ReducedProblem, left_thb: Sequence[float], within: int | None = None
) -> list[int]:
    """Return the greedy choice of each year, of the fixes `within` only; zones below their floor first."""
    classes = reduced.twins.classes
    if within is not None:
        ruled_out = sum(1 << bit for bit in reduced.twins.members) & ~within
        classes = od_pairs.with_built(classes, 0, ruled_out)
    purchase = greedy.Purchase(classes, reduced.costs_thb)
    chosen, spent_thb = [], 0.0
    for money_thb in left_thb:
        left = greedy.buy_floors(purchase, reduced.floors, money_thb - spent_thb)
        spent_thb = money_thb - purchase.buy([one.weight for one in classes], left)
        chosen.append(purchase.chosen)
    return chosen


def _keeps(reduced: plan_constraints.ReducedProblem, left_thb: Sequence[float], choice: Sequence[int]) -> bool:
    """Return whether each year can be paid, keeps what is built, and the last meets the floors."""
    paid = all(
        reduced.cost(mask) <= money_thb + planning_model.ROUNDING
        for mask, money_thb in zip(choice, left_thb, strict=True)
    )
    stays = all(earlier & ~later == 0 for earlier, later in itertools.pairwise(choice))
    return paid and stays and reduced.meets_floors(choice[-1])


def _pruned(reduced: plan_constraints.ReducedProblem, choice: Sequence[int]) -> list[int]:
    """Return each year without the fixes that serve nobody yet: they wait for the year that needs them."""
    kept: list[int] = []
    for mask in choice:
        before = kept[-1] if kept else 0
        kept.append(budget_plan.prune(reduced.twins.classes, mask, reduced.costs_thb, kept=before))
    return kept


def _stages(
    model: planning_model.Model,
    demand: od_pairs.Demand,
    reduced: plan_constraints.ReducedProblem,
    choice: Sequence[int],
    case: str,
    bounds: Sequence[float],
) -> tuple[Stage, ...]:
    built = [reduced.built | reduced.twins.unfold(planning_model.bits(mask)) for mask in choice]
    return tuple(
        Stage(
            year=year,
            built=model.named(now & ~before),
            cost_thb=plan_constraints.cost_thb(model, now & ~before, case),
            benefit=od_pairs.benefit(demand.classes, now),
            unstaged_bound=bound,
        )
        # the list of what stood before is one longer
        for year, (before, now, bound) in enumerate(zip([0, *built], built, bounds, strict=False), 1)
    )
