"""Choose the fixes that serve most people under a budget, and bound what any other choice could serve."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from audits import errors, wording
from audits.plans import budget_program, greedy, od_pairs, plan_constraints, planning_model

# certificate_check has the same figure of its own, and refuses a plan that claims more
PROOF_GAP = 1e-4
LIMITS = budget_program.Limits()
# Of several choices that serve as many, the cheapest is searched for no longer than this.
CHEAPEST_S = 3.0

SOLVED, TIME_OVER, CANCELLED = "solved", "time_over", "cancelled"
STATUSES = {
    SOLVED: wording.phrase("the solver found no better; see the check"),
    TIME_OVER: wording.phrase(
        "time limit reached: the best choice found, and its largest possible distance from the optimum"
    ),
    CANCELLED: wording.phrase("stopped: the best choice found, and its largest possible distance from the optimum"),
}
READING, BOUNDING, PROVING = "reading", "bounding", "proving"
STAGES = {
    READING: wording.phrase("reading the network"),
    BOUNDING: wording.phrase("computing an upper bound"),
    PROVING: wording.phrase("searching for the best choice"),
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
        The weight served beyond today, and the most that any choice could serve on the paths searched.
    base
        The weight served today.
    cost
        Of the choice, baht.
    status
        A key of :data:`STATUSES`.
    seconds
        Duration of the search.
    served
        The classes that it serves.
    by_zone
        The benefit by zone of the people.
    spent_by_zone
        Baht by zone of the fix, in the cost case of the constraints.
    most_fixes, complete
        How many fixes a path was allowed to need, and whether none was left out for needing more.
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
    spent_by_zone: Mapping[str, float]
    most_fixes: int
    complete: bool

    @property
    def gap(self) -> float:
        """How much more any other plan could serve at most, as a share of the benefit."""
        return gap(self.benefit, self.bound)


@dataclass(frozen=True)
class Progress:
    """How far the search is: a key of :data:`STAGES`, and the best plan so far with the bound known so far."""

    stage: str
    plan: Plan | None = None


def gap(benefit: float, bound: float) -> float:
    """Return (bound - benefit) / benefit; 0 where both are 0, infinite where only the benefit is."""
    open_part = max(bound - benefit, 0.0)
    if benefit > 0:
        return open_part / benefit
    return 0.0 if open_part <= planning_model.ROUNDING else math.inf


def status(benefit: float, bound: float) -> str:
    """Return :data:`SOLVED` where the gap is at most :data:`PROOF_GAP`, else :data:`TIME_OVER`."""
    return SOLVED if gap(benefit, bound) <= PROOF_GAP else TIME_OVER


def plan(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    *,
    demand: od_pairs.Demand | None = None,
    limits: budget_program.Limits = LIMITS,
    progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """Return the plan that maximises the weight served, over all choices that keep to the constraints.

    Objective and constraints are those of :func:`audits.plans.budget_program.program`; only whether a fix is built
    is a whole number. Of the choices that serve as many the cheapest is taken, as far as it is found in
    :data:`CHEAPEST_S` seconds.

    Parameters
    ----------
    model, constraints
        What there is, and what the plan must keep to.
    demand
        From :func:`od_pairs.demand`, where several plans are made of one model.
    limits
        Of the search; past them the plan has an honest gap.
    progress
        Called at each stage with the best plan so far and the bound of the linear relaxation.

    Raises
    ------
    errors.RefusedError
        When the constraints cannot all be met.
    """
    started = time.perf_counter()
    if progress:
        progress(Progress(READING))
    demand = demand or od_pairs.demand(model)
    reduced = plan_constraints.reduce(model, demand, constraints)
    search = _Search(model, constraints, demand, reduced, started, limits.seconds)
    begun = time.perf_counter()
    if progress:
        progress(Progress(BOUNDING, search.first(math.inf)))
        relaxed = search.program().solve(replace(limits, gap=0.0), relaxed=True)
        progress(Progress(PROVING, search.first(relaxed.bound)))
    # bounding and searching share the seconds that the caller allows
    return search.best(replace(limits, seconds=limits.seconds - (time.perf_counter() - begun)))


@dataclass(frozen=True)
class _Search:
    model: planning_model.Model
    constraints: plan_constraints.Constraints
    demand: od_pairs.Demand
    reduced: plan_constraints.ReducedProblem
    started: float
    allowed_s: float

    def program(self) -> budget_program.Program:
        return budget_program.program(self.reduced)

    def best(self, limits: budget_program.Limits) -> Plan:
        found = self.program().solve(limits)
        if found.infeasible:
            raise errors.RefusedError(self._infeasible_floors(limits.seconds))
        # Past the time limit the greedy choice may be the better one, or the only one.
        choices = [choice for choice in (found.chosen, self._greedy()) if choice is not None and self._keeps(choice)]
        if not choices:
            raise errors.RefusedError((NO_TIME_FOR_FLOORS.at("floors", seconds=f"{self.allowed_s:g}"),))
        best = max(choices, key=lambda choice: od_pairs.benefit(self.reduced.twins.classes, choice))
        return self._plan(self._cheapest(best, limits), found.bound)

    def _cheapest(self, best: int, limits: budget_program.Limits) -> int:
        """Return the cheapest choice that serves as much as the best; the best itself where none was found in time."""
        reduced, classes = self.reduced, self.reduced.twins.classes
        # without fixes that serve nobody the cost to beat is lower, and the search shorter
        best = prune(classes, best, reduced.costs_thb)
        benefit, cost_thb = od_pairs.benefit(classes, best), reduced.cost(best)
        limits = replace(limits, seconds=min(limits.seconds, CHEAPEST_S))
        found = budget_program.cheapest(reduced, benefit, cost_thb).solve(limits).chosen
        if found is None or not self._keeps(found) or reduced.cost(found) >= cost_thb:
            return best
        # the solver keeps its rows up to a tolerance only
        return found if od_pairs.benefit(classes, found) >= benefit - planning_model.ROUNDING else best

    def first(self, bound: float) -> Plan | None:
        choice = self._greedy()
        return self._plan(choice, bound) if self._keeps(choice) else None

    def _greedy(self) -> int:
        reduced = self.reduced
        return greedy.greedy(reduced.twins.classes, reduced.costs_thb, reduced.budget_thb, reduced.floors)

    def _keeps(self, choice: int) -> bool:
        # The solver keeps its rows up to a tolerance only, and the greedy choice may miss a floor.
        reduced = self.reduced
        within = reduced.cost(choice) <= reduced.budget_thb + planning_model.ROUNDING
        return within and reduced.meets_floors(choice)

    def _plan(self, choice: int, bound: float) -> Plan:
        classes, twins = self.reduced.twins.classes, self.reduced.twins
        # With money left, an optimal choice may hold fixes that serve nobody.
        kept = prune(classes, choice, self.reduced.costs_thb)
        mask = self.reduced.built | twins.unfold(planning_model.bits(kept))
        reachable = math.fsum(one.weight for one in classes)
        seconds = time.perf_counter() - self.started
        # nothing serves more than all that is left to serve, and without time the bound of the solver is infinite
        most = self.reduced.sure + min(bound, reachable)
        return describe(self.model, self.demand, self.constraints, mask, most, seconds)

    def _infeasible_floors(self, seconds: float) -> tuple[errors.Problem, ...]:
        """Return which floor is too high alone; if none is, that they are too high together."""
        wrong = []
        reached = od_pairs.by(od_pairs.served(self.demand.classes, self.reduced.built), od_pairs.ZONE)
        for zone, floor in self.reduced.floors.items():
            # without the other floors: they would take the money, and a floor that is fine alone would seem too high
            free = budget_program.program(replace(self.reduced, floors={}), zone)
            most = free.solve(budget_program.Limits(seconds, 0.0)).bound
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
    return Plan(
        chosen=model.named(mask),
        benefit=benefit,
        bound=bound,
        base=demand.base,
        cost=planning_model.Cost(
            *(round(plan_constraints.cost_thb(model, mask, case)) for case in planning_model.COST_CASES)
        ),
        status=status(benefit, bound),
        seconds=seconds,
        served=served,
        by_zone=od_pairs.by(served, od_pairs.ZONE),
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
    """Return a choice, a mask, without the fixes that serve nobody, the most expensive examined first; `kept` stays."""
    bundles = [[bundle for bundle in one.bundles if bundle & ~chosen == 0] for one in classes]
    users: dict[int, list[list[int]]] = defaultdict(list)
    for whole in bundles:
        for bit in {bit for bundle in whole for bit in planning_model.bits(bundle)}:
            users[bit].append(whole)
    # the dearest first, since leaving out one fix may make another needed; ties by place, so that it is repeatable
    for bit in sorted(planning_model.bits(chosen & ~kept), key=lambda bit: (-costs_thb[bit], bit)):
        others = [[bundle for bundle in whole if not bundle >> bit & 1] for whole in users[bit]]
        if all(others):
            chosen &= ~(1 << bit)
            for whole, other in zip(users[bit], others, strict=True):
                whole[:] = other
    return chosen
