"""State what a plan must keep to, and reduce the choice to what that leaves open."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from audits import errors
from audits.plans import od_pairs, planning_model

BAD_BUDGET = errors.ProblemKind("BUDGET-001", "A budget of {budget} baht cannot be spent; write 0 or more.")
UNKNOWN_FIX = errors.ProblemKind("BUDGET-002", "The fix {fix} is not in the list of fixes; take it out of the wishes.")
CONTRADICTION = errors.ProblemKind("BUDGET-003", "The fix {fix} is both to be built and not to be built; choose one.")
TOO_EXPENSIVE = errors.ProblemKind(
    "BUDGET-004", "What must be built costs {cost} baht, more than the budget of {budget} baht; raise it or wish less."
)
UNKNOWN_ZONE = errors.ProblemKind("BUDGET-005", "Nobody lives in the zone {zone}; take its floor out.")
BAD_FLOOR = errors.ProblemKind("BUDGET-006", "A floor of {floor} is not a number of 0 or more.")
FLOOR_TOO_HIGH = errors.ProblemKind(
    "BUDGET-007", "The zone cannot gain more than {most} with this budget, but its floor is {floor}; lower it."
)
FLOORS_TOGETHER = errors.ProblemKind(
    "BUDGET-008", "Each floor can be met alone but not all of them with this budget; lower one or raise the budget."
)
NO_SUCH_COST = errors.ProblemKind("BUDGET-009", "The cost {case} is not known; write low, likely or high.")


@dataclass(frozen=True)
class Constraints:
    """What a plan must keep to.

    Parameters
    ----------
    budget_thb
        The money at hand, baht.
    must_build, must_not_build
        Names of fixes.
    floors
        By zone, the weight that its people must gain beyond today.
    cost_case
        Costs to plan with, one of :data:`planning_model.COST_CASES`.
    """

    budget_thb: float
    must_build: frozenset[str] = frozenset()
    must_not_build: frozenset[str] = frozenset()
    floors: Mapping[str, float] = field(default_factory=dict)
    cost_case: str = "likely"


def problems(model: planning_model.Model, constraints: Constraints) -> tuple[errors.Problem, ...]:
    """Return everything that is wrong with some constraints, all at once."""
    return tuple(_problems(model, constraints))


def _problems(model: planning_model.Model, constraints: Constraints) -> Iterator[errors.Problem]:
    must, never = constraints.must_build, constraints.must_not_build
    if not (math.isfinite(constraints.budget_thb) and constraints.budget_thb >= 0):
        yield BAD_BUDGET.at("budget", budget=constraints.budget_thb)
    if constraints.cost_case not in planning_model.COST_CASES:
        yield NO_SUCH_COST.at("cost", case=constraints.cost_case)
    for fix_id in sorted((must | never) - set(model.bits)):
        yield UNKNOWN_FIX.at("wishes", fix=fix_id)
    for fix_id in sorted(must & never):
        yield CONTRADICTION.at("wishes", fix=fix_id)
    if constraints.cost_case in planning_model.COST_CASES and must <= set(model.bits):
        needed_thb = cost_thb(model, model.mask(must), constraints.cost_case)
        # a negative budget is named above as a fault of its own
        if needed_thb > max(constraints.budget_thb, 0.0) + planning_model.ROUNDING:
            yield TOO_EXPENSIVE.at("wishes", cost=needed_thb, budget=constraints.budget_thb)
    for zone, floor in sorted(constraints.floors.items()):
        if zone not in model.zones:
            yield UNKNOWN_ZONE.at(zone, zone=zone)
        if not (math.isfinite(floor) and floor >= 0):
            yield BAD_FLOOR.at(zone, floor=floor)


def cost_thb(model: planning_model.Model, mask: int, case: str) -> float:
    """Return the cost of some fixes, a mask, in a cost case, baht."""
    costs = model.costs(case)
    return math.fsum(costs[bit] for bit in planning_model.bits(mask))


@dataclass(frozen=True)
class ReducedProblem:
    """What is left to decide once the constraints on single fixes are met.

    Parameters
    ----------
    twins
        The classes still to be served, with affordable bundles only.
    costs_thb
        The cost of each set of twins.
    budget_thb
        The money left.
    floors
        By zone, what it must still gain.
    built
        The mask of what must be built.
    sure
        The benefit of what must be built.
    """

    twins: od_pairs.Twins
    costs_thb: Mapping[int, float]
    budget_thb: float
    floors: Mapping[str, float]
    built: int
    sure: float

    def cost(self, choice: int) -> float:
        """Return the cost of a choice, a mask of sets of twins, in baht."""
        return math.fsum(self.costs_thb[bit] for bit in planning_model.bits(choice))

    def meets_floors(self, choice: int) -> bool:
        """Return whether a choice reaches every floor, up to rounding."""
        gained = od_pairs.by(od_pairs.served(self.twins.classes, choice), od_pairs.ZONE)
        return all(gained.get(zone, 0.0) >= floor - planning_model.ROUNDING for zone, floor in self.floors.items())


def reduce(model: planning_model.Model, demand: od_pairs.Demand, constraints: Constraints) -> ReducedProblem:
    """Return the choice that the constraints leave open.

    Raises
    ------
    errors.RefusedError
        When the constraints contradict each other, the model or the budget.
    """
    if wrong := problems(model, constraints):
        raise errors.RefusedError(wrong)
    built, ruled_out = model.mask(constraints.must_build), model.mask(constraints.must_not_build)
    costs = model.costs(constraints.cost_case)
    left_thb = constraints.budget_thb - cost_thb(model, built, constraints.cost_case)
    open_classes = od_pairs.with_built(demand.classes, built, ruled_out)
    twins = od_pairs.twins(od_pairs.affordable(open_classes, dict(enumerate(costs)), left_thb))
    reached = od_pairs.by(od_pairs.served(demand.classes, built), od_pairs.ZONE)
    floors = {zone: floor - reached.get(zone, 0.0) for zone, floor in sorted(constraints.floors.items())}
    floors = {zone: floor for zone, floor in floors.items() if floor > planning_model.ROUNDING}
    sure = od_pairs.benefit(demand.classes, built)
    return ReducedProblem(twins, twins.cost(costs), left_thb, floors, built, sure)
