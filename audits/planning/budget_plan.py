"""Choose the fixes that serve most people under a budget, and prove how good the choice is."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from audits import errors, wording
from audits.planning import budget_program, fix_sets, greedy, od_pairs, plan_constraints, planning_model

PROOF_GAP = 1e-4
SOLVER_GAP = 1e-6
TIME_LIMIT_S = 120.0

PROVEN, TIME_OVER, CANCELLED = "proven", "time_over", "cancelled"
STATUSES = {
    PROVEN: wording.phrase("proven: no other choice serves noticeably more"),
    TIME_OVER: wording.phrase("time was over: the best choice found, and how far from the best it can be at most"),
    CANCELLED: wording.phrase("stopped: the best choice found, and how far from the best it can be at most"),
}
READING, BOUNDING, PROVING = "reading", "bounding", "proving"
STAGES = {
    READING: wording.phrase("looking for ways"),
    BOUNDING: wording.phrase("reckoning what is possible at most"),
    PROVING: wording.phrase("searching for the best choice and its proof"),
}

NO_TIME_FOR_FLOORS = errors.ProblemKind(
    "BUDGET-010", "No choice that meets every floor was found in {seconds} s; allow more time or lower a floor."
)


@dataclass(frozen=True)
class Plan:
    """A choice of fixes and how good it is.

    Parameters
    ----------
    chosen
        Names of the fixes, sorted.
    benefit, bound
        The weight served beyond today, and the most that any choice could serve (of the ways looked at).
    base
        The weight served today, kept apart.
    cost
        What the choice costs, baht.
    status
        :data:`PROVEN`, :data:`TIME_OVER` or :data:`CANCELLED`; :data:`STATUSES` has the words.
    seconds
        How long it took.
    served
        The classes that it serves.
    by_zone, by_category, by_persona
        The benefit parted.
    spent_by_zone
        Baht, by the zone of the fix, in the cost case of the wishes.
    most_fixes, complete
        How many fixes a way was allowed to need, and whether none was left out for needing more.
    """

    chosen: tuple[str, ...]
    benefit: float
    bound: float
    base: float
    cost: planning_model.Cost
    status: str
    seconds: float
    served: tuple[od_pairs.DemandClass, ...]
    by_zone: Mapping[str, float]
    by_category: Mapping[str, float]
    by_persona: Mapping[str, float]
    spent_by_zone: Mapping[str, float]
    most_fixes: int
    complete: bool

    @property
    def gap(self) -> float:
        """Return how much more than this plan any other could serve at most, as a share of its benefit."""
        return gap(self.benefit, self.bound)


@dataclass(frozen=True)
class Progress:
    """How far the search is.

    Parameters
    ----------
    stage
        One of :data:`STAGES`.
    plan
        The best choice so far with the bound known so far; None before there is one.
    """

    stage: str
    plan: Plan | None = None


@dataclass(frozen=True)
class ConstraintCost:
    """What one wish costs in benefit.

    Parameters
    ----------
    wish
        The name of the fix or zone.
    kind
        ``must_build``, ``must_not_build`` or ``floor``.
    least, most
        The benefit lost to it, all other wishes kept; the two differ by what is not proved.
    """

    wish: str
    kind: str
    least: float
    most: float


def gap(benefit: float, bound: float) -> float:
    """Return (bound - benefit) / benefit; 0 where both are 0, infinite where only the benefit is."""
    open_part = max(bound - benefit, 0.0)
    if benefit > 0:
        return open_part / benefit
    return 0.0 if open_part <= planning_model.ROUNDING else math.inf


def plan(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    *,
    demand: od_pairs.Demand | None = None,
    most_fixes: int = fix_sets.MOST_FIXES,
    time_limit_s: float = TIME_LIMIT_S,
    relative_gap: float = SOLVER_GAP,
    progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """Return the best plan: it maximises the weight served, over all choices that keep to the wishes.

    Objective and constraints are named in :mod:`audits.planning.budget_program`. Only whether a fix is built is whole;
    HiGHS closes the gap.

    Parameters
    ----------
    town, wishes
        What there is, and what the plan must keep to.
    demand
        From :func:`od_pairs.demand`, where several plans are made of one town.
    most_fixes
        A way may need this many fixes at most; used where `demand` is not given.
    time_limit_s
        For the search; when it is over, the plan has an honest gap.
    relative_gap
        Where the solver may stop.
    progress
        Told of each stage and of the best plan so far, with the bound of the relaxed program.

    Raises
    ------
    errors.RefusedError
        Wishes that cannot all be granted.
    """
    say = progress or (lambda _: None)
    started = time.perf_counter()
    say(Progress(READING))
    demand = demand or od_pairs.demand(model, most_fixes)
    search = _Search(model, constraints, demand, plan_constraints.reduce(model, demand, constraints), started)
    begun = time.perf_counter()
    if progress:
        say(Progress(BOUNDING, search.first(math.inf)))
        say(Progress(PROVING, search.first(search.relaxed_bound(time_limit_s))))
    return search.best(time_limit_s - (time.perf_counter() - begun), relative_gap)


@dataclass(frozen=True)
class _Search:
    model: planning_model.Model
    constraints: plan_constraints.Constraints
    demand: od_pairs.Demand
    task: plan_constraints.ReducedProblem
    started: float

    def best(self, time_limit_s: float, relative_gap: float) -> Plan:
        program = budget_program.of_task(self.task)
        found = program.solve(time_limit_s, relative_gap)
        if found.infeasible:
            raise errors.RefusedError(self._infeasible_floors(time_limit_s))
        choices = [choice for choice in (found.chosen, self._greedy()) if choice is not None and self._keeps(choice)]
        if not choices:
            raise errors.RefusedError((NO_TIME_FOR_FLOORS.at("floors", seconds=time_limit_s),))
        best = max(choices, key=lambda choice: od_pairs.benefit(self.task.twins.classes, choice))
        return self._plan(best, found.bound)

    def first(self, bound: float) -> Plan | None:
        choice = self._greedy()
        return self._plan(choice, bound) if self._keeps(choice) else None

    def relaxed_bound(self, time_limit_s: float) -> float:
        return budget_program.of_task(self.task).solve(time_limit_s, 0.0, relaxed=True).bound

    def _greedy(self) -> int:
        task = self.task
        return greedy.greedy(task.twins.classes, task.costs_thb, task.budget_thb, task.floors)

    def _keeps(self, choice: int) -> bool:
        """Say whether a choice keeps to the budget and the floors, to the last rounding."""
        task = self.task
        cost_thb = math.fsum(task.costs_thb[bit] for bit in planning_model.bits(choice))
        gained = od_pairs.by(od_pairs.served(task.twins.classes, choice), od_pairs.ZONE)
        return cost_thb <= task.budget_thb + planning_model.ROUNDING and all(
            gained.get(zone, 0.0) >= floor - planning_model.ROUNDING for zone, floor in task.floors.items()
        )

    def _plan(self, choice: int, bound: float) -> Plan:
        kept = prune(self.task.twins.classes, choice, self.task.costs_thb)
        mask = self.task.built | self.task.twins.unfold(planning_model.bits(kept))
        reachable = math.fsum(one.weight for one in self.task.twins.classes)
        seconds = time.perf_counter() - self.started
        most = self.task.sure + min(bound, reachable)
        return describe(self.model, self.demand, self.constraints, mask, most, seconds)

    def _infeasible_floors(self, time_limit_s: float) -> tuple[errors.Problem, ...]:
        """Return which floor is too high alone; if none is, that they are too high together."""
        wrong = []
        reached = od_pairs.by(od_pairs.served(self.demand.classes, self.task.built), od_pairs.ZONE)
        for zone, floor in self.task.floors.items():
            most = budget_program.of_task(replace(self.task, floors={}), zone).solve(time_limit_s, 0.0).bound
            if most < floor - planning_model.ROUNDING:
                full = {"most": most + reached.get(zone, 0.0), "floor": self.constraints.floors[zone]}
                wrong.append(plan_constraints.FLOOR_TOO_HIGH.at(zone, **full))
        return tuple(wrong) or (plan_constraints.FLOORS_TOGETHER.at("floors"),)


def describe(
    model: planning_model.Model,
    demand: od_pairs.Demand,
    constraints: plan_constraints.Constraints,
    mask: int,
    bound: float,
    seconds: float,
) -> Plan:
    """Return a choice of fixes, a mask, as a plan with all its figures; the bound is never below the benefit."""
    served = od_pairs.served(demand.classes, mask)
    benefit = math.fsum(one.weight for one in served)
    bound = max(bound, benefit)
    parts = (od_pairs.ZONE, od_pairs.CATEGORY, od_pairs.PERSONA)
    by_zone, by_category, by_persona = (od_pairs.by(served, part) for part in parts)
    return Plan(
        chosen=model.named(mask),
        benefit=benefit,
        bound=bound,
        base=demand.base,
        cost=planning_model.Cost(*(plan_constraints.cost_thb(model, mask, case) for case in planning_model.COST_CASES)),
        status=PROVEN if gap(benefit, bound) <= PROOF_GAP else TIME_OVER,
        seconds=seconds,
        served=served,
        by_zone=by_zone,
        by_category=by_category,
        by_persona=by_persona,
        spent_by_zone=_spent_by_zone(model, mask, constraints.cost_case),
        most_fixes=demand.most_fixes,
        complete=demand.complete,
    )


def _spent_by_zone(model: planning_model.Model, mask: int, case: str) -> dict[str, float]:
    spent: dict[str, list[float]] = defaultdict(list)
    costs = model.costs(case)
    for bit in planning_model.bits(mask):
        spent[model.ordered[bit].zone].append(costs[bit])
    return {zone: math.fsum(costs_thb) for zone, costs_thb in sorted(spent.items())}


def prune(classes: Iterable[od_pairs.DemandClass], chosen: int, costs_thb: Mapping[int, float], kept: int = 0) -> int:
    """Return a choice without the fixes that serve nobody, the dearest looked at first.

    Parameters
    ----------
    classes
        Whom fixes serve.
    chosen
        The choice, as a mask.
    costs_thb
        The cost of each bit.
    kept
        A mask that is never left out.
    """
    bundles = [[bundle for bundle in one.bundles if bundle & ~chosen == 0] for one in classes]
    users: dict[int, list[list[int]]] = defaultdict(list)
    for whole in bundles:
        for bit in {bit for bundle in whole for bit in planning_model.bits(bundle)}:
            users[bit].append(whole)
    for bit in sorted(planning_model.bits(chosen & ~kept), key=lambda bit: (-costs_thb[bit], bit)):
        others = [[bundle for bundle in whole if not bundle >> bit & 1] for whole in users[bit]]
        if all(others):
            chosen &= ~(1 << bit)
            for whole, other in zip(users[bit], others, strict=True):
                whole[:] = other
    return chosen


def constraint_costs(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    *,
    demand: od_pairs.Demand,
    with_all: Plan,
    time_limit_s: float = TIME_LIMIT_S,
    relative_gap: float = SOLVER_GAP,
) -> tuple[ConstraintCost, ...]:
    """Return what each wish costs: the benefit of the best plan without it, less that of the plan with all of them.

    Parameters
    ----------
    town, wishes, demand
        As for :func:`plan`.
    with_all
        The plan with all wishes.
    time_limit_s, relative_gap
        For each wish.
    """
    found = []
    for wish, kind, without in _each_left_out(constraints):
        free = plan(model, without, demand=demand, time_limit_s=time_limit_s, relative_gap=relative_gap)
        least = max(free.benefit - with_all.bound, 0.0)
        found.append(ConstraintCost(wish, kind, least, max(free.bound - with_all.benefit, least)))
    return tuple(found)


def _each_left_out(
    constraints: plan_constraints.Constraints,
) -> Iterable[tuple[str, str, plan_constraints.Constraints]]:
    for fix_id in sorted(constraints.must_build):
        yield fix_id, "must_build", replace(constraints, must_build=constraints.must_build - {fix_id})
    for fix_id in sorted(constraints.must_not_build):
        yield fix_id, "must_not_build", replace(constraints, must_not_build=constraints.must_not_build - {fix_id})
    for zone in sorted(constraints.floors):
        rest = {other: floor for other, floor in constraints.floors.items() if other != zone}
        yield zone, "floor", replace(constraints, floors=rest)
