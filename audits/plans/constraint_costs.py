"""Find what each wish of a plan costs: what must be built, what must not, and the least that a zone must gain."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from audits import errors
from audits.plans import budget_plan, budget_program, od_pairs, plan_constraints, planning_model


@dataclass(frozen=True)
class ConstraintCost:
    """What one constraint costs in benefit.

    Parameters
    ----------
    name
        Of the fix or zone.
    kind
        ``must_build``, ``must_not_build`` or ``floor``.
    least, most
        The benefit lost to it, all other constraints kept; the two differ by what is not proved.
    """

    name: str
    kind: str
    least: float
    most: float


def of_each(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    *,
    demand: od_pairs.Demand,
    with_all: budget_plan.Plan,
    limits: budget_program.Limits = budget_plan.LIMITS,
) -> tuple[ConstraintCost, ...]:
    """Return the cost of each constraint: the benefit of the best plan without it, less that of the plan with all."""
    found = []
    for name, kind, without in _each_left_out(constraints):
        free = _without(model, without, demand, with_all, limits)
        # Both plans are known up to their gaps only, so the difference is an interval.
        least = max(free.benefit - with_all.bound, 0.0)
        found.append(ConstraintCost(name, kind, least, max(free.bound - with_all.benefit, least)))
    return tuple(found)


def _without(
    model: planning_model.Model,
    without: plan_constraints.Constraints,
    demand: od_pairs.Demand,
    with_all: budget_plan.Plan,
    limits: budget_program.Limits,
) -> budget_plan.Plan:
    """Return the best plan without a constraint; that with all, which keeps to the rest, where none was found."""
    try:
        return budget_plan.plan(model, without, demand=demand, limits=limits)
    except errors.RefusedError:
        # nothing serves more than all that fixes can open
        return replace(with_all, bound=math.fsum(one.weight for one in demand.classes))


def _each_left_out(
    constraints: plan_constraints.Constraints,
) -> Iterator[tuple[str, str, plan_constraints.Constraints]]:
    for fix_id in sorted(constraints.must_build):
        yield fix_id, "must_build", replace(constraints, must_build=constraints.must_build - {fix_id})
    for fix_id in sorted(constraints.must_not_build):
        yield fix_id, "must_not_build", replace(constraints, must_not_build=constraints.must_not_build - {fix_id})
    for zone in sorted(constraints.floors):
        rest = {other: floor for other, floor in constraints.floors.items() if other != zone}
        yield zone, "floor", replace(constraints, floors=rest)
