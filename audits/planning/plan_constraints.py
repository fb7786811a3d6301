"""Say what a plan must keep to, and what that leaves to decide."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from audits import errors
from audits.planning import od_pairs, planning_model

BAD_BUDGET = errors.ProblemKind("BUDGET-001", "A budget of {budget} baht cannot be spent; write 0 or more.")
UNKNOWN_WISH = errors.ProblemKind("BUDGET-002", "The fix {fix} is not in the list of fixes; take it out of the wishes.")
BOTH_WISHES = errors.ProblemKind("BUDGET-003", "The fix {fix} is both to be built and not to be built; choose one.")
WISHES_TOO_DEAR = errors.ProblemKind(
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
class Wishes:
    """What a plan must keep to.

    Parameters
    ----------
    budget_thb
        The money at hand, baht.
    must_build, must_not_build
        Names of fixes.
    floors
        The weight that people of a zone must gain beyond today.
    cost_case
        Which costs are planned with: ``low``, ``likely`` or ``high``.
    """

    budget_thb: float
    must_build: frozenset[str] = frozenset()
    must_not_build: frozenset[str] = frozenset()
    floors: Mapping[str, float] = field(default_factory=dict)
    cost_case: str = "likely"


def problems(town: planning_model.Town, wishes: Wishes) -> tuple[errors.Problem, ...]:
    """Return everything that is wrong with some wishes, all at once."""
    return tuple(_problems(town, wishes))


def _problems(town: planning_model.Town, wishes: Wishes) -> Iterator[errors.Problem]:
    if not (math.isfinite(wishes.budget_thb) and wishes.budget_thb >= 0):
        yield BAD_BUDGET.at("budget", budget=wishes.budget_thb)
    if wishes.cost_case not in planning_model.COST_CASES:
        yield NO_SUCH_COST.at("cost", case=wishes.cost_case)
    for fix_id in sorted((wishes.must_build | wishes.must_not_build) - set(town.bits)):
        yield UNKNOWN_WISH.at("wishes", fix=fix_id)
    for fix_id in sorted(wishes.must_build & wishes.must_not_build):
        yield BOTH_WISHES.at("wishes", fix=fix_id)
    if wishes.cost_case in planning_model.COST_CASES and wishes.must_build <= set(town.bits):
        needed_thb = cost_thb(town, town.mask(wishes.must_build), wishes.cost_case)
        if needed_thb > max(wishes.budget_thb, 0.0) + planning_model.ROUNDING:
            yield WISHES_TOO_DEAR.at("wishes", cost=needed_thb, budget=wishes.budget_thb)
    for zone, floor in sorted(wishes.floors.items()):
        if zone not in town.zones:
            yield UNKNOWN_ZONE.at(zone, zone=zone)
        if not (math.isfinite(floor) and floor >= 0):
            yield BAD_FLOOR.at(zone, floor=floor)


def cost_thb(town: planning_model.Town, mask: int, case: str) -> float:
    """Return what some fixes, a mask, cost in a cost case, baht."""
    costs = town.costs(case)
    return math.fsum(costs[bit] for bit in planning_model.bits(mask))


@dataclass(frozen=True)
class Task:
    """What is left to decide once the wishes are granted.

    Parameters
    ----------
    twins
        The classes still to be served, with affordable bundles only.
    costs_thb
        The cost of each set of twins.
    budget_thb
        The money left.
    floors
        What each zone must still gain.
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


def task(town: planning_model.Town, demand: od_pairs.Demand, wishes: Wishes, merge_twins: bool = True) -> Task:
    """Return the decision that the wishes leave open.

    Parameters
    ----------
    town, demand, wishes
        What there is, what people need, what the plan must keep to.
    merge_twins
        False to keep every fix by itself.

    Raises
    ------
    errors.RefusedError
        Wishes that contradict each other, the town or the budget.
    """
    if wrong := problems(town, wishes):
        raise errors.RefusedError(wrong)
    built, ruled_out = town.mask(wishes.must_build), town.mask(wishes.must_not_build)
    costs = town.costs(wishes.cost_case)
    left_thb = wishes.budget_thb - cost_thb(town, built, wishes.cost_case)
    open_classes = od_pairs.with_built(demand.classes, built, ruled_out)
    within = od_pairs.affordable(open_classes, dict(enumerate(costs)), left_thb)
    twins = od_pairs.twins(within) if merge_twins else od_pairs.apart(within)
    reached = od_pairs.by(od_pairs.served(demand.classes, built), od_pairs.ZONE)
    floors = {zone: floor - reached.get(zone, 0.0) for zone, floor in sorted(wishes.floors.items())}
    floors = {zone: floor for zone, floor in floors.items() if floor > planning_model.ROUNDING}
    sure = od_pairs.benefit(demand.classes, built)
    return Task(twins, twins.cost(costs), left_thb, floors, built, sure)
