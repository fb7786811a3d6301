"""Write a plan down so that anybody can check it without this program."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import scipy

from audits.plans import (
    branch_and_bound,
    budget_plan,
    certificate_model,
    certificate_tree,
    od_pairs,
    plan_constraints,
    planning_model,
)

# names the format: a checker refuses one that it does not know
MODEL = "jaidee bundle covering 2"


def model_text(model: planning_model.Model) -> str:
    """Return a model as JSON: the same text for the same model, in whatever order its fixes and edges were given.

    Lengths are whole millimetres, costs baht; an edge is ``[start, end, millimetres, needs…]`` with one entry for each
    persona: null where nothing helps, else the places of its fixes in ``fixes``.
    """
    network = model.network
    personas = sorted(network.needs)
    needs = [
        [None if mask is None else list(planning_model.bits(mask)) for mask in model.edge_masks(persona)]
        for persona in personas
    ]
    edges = [
        [int(start), int(end), int(length_mm), *need]
        for start, end, length_mm, *need in zip(network.start, network.end, network.length_mm, *needs, strict=True)
    ]
    return _text(
        {
            "nodes": network.nodes,
            "directed": network.directed,
            "personas": personas,
            # Sorted, so that the digest does not depend on the order in which a base map lists its ways.
            "edges": sorted(edges, key=json.dumps),
            "categories": [
                {"name": one.name, "nodes": sorted(set(one.nodes)), "limit_mm": one.limit_mm, "value": float(one.value)}
                for one in sorted(model.categories, key=lambda one: one.name)
            ],
            "people": {persona: [float(weight) for weight in people] for persona, people in model.people.items()},
            "zones": list(model.zones),
            "fixes": [
                {
                    "fix_id": fix.fix_id,
                    "label": fix.label,
                    "zone": fix.zone,
                    "severity": fix.severity,
                    "cost_thb": {case: float(getattr(fix.cost, case)) for case in planning_model.COST_CASES},
                }
                for fix in model.ordered
            ],
        }
    )


@dataclass(frozen=True)
class Certified:
    """A plan with its certificate and its model, both as JSON text.

    The plan is the one given, or a better one where the search came across it; its bound is the smaller of the
    solver's and that of the tree.
    """

    plan: budget_plan.Plan
    text: str
    model: str


def certify(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    demand: od_pairs.Demand,
    plan: budget_plan.Plan,
    *,
    seconds: float = 0.0,
    progress: Callable[[float], None] | None = None,
) -> Certified:
    """Return the certificate of a plan; the same plan gives the same text, unless the time was too short.

    ``tree`` proves ``proved_bound``: see :func:`audits.plans.certificate_tree.largest_bound`, with which the checker
    verifies it in exact fractions. ``solver_bound`` is only what the solver claims.

    Parameters
    ----------
    model, constraints, demand
        What the plan was made of.
    plan
        The best choice known.
    seconds
        How long to search the tree; after 0 seconds it has its root only, and proves the linear relaxation.
    progress
        Called with the share of the first gap that is closed.
    """
    written = model_text(model)
    # the tree is made from the text, not from the planner's arrays, since the text is what a checker walks
    walked = certificate_model.walked(written, plan.most_fixes)
    zones = sorted(constraints.floors)
    # by its decimal digits, as JSON carries it: the binary number behind 0.1 would be another floor to the checker
    floors = {zone: Fraction(repr(float(constraints.floors[zone]))) for zone in zones}
    built, excluded = walked.mask(sorted(constraints.must_build)), walked.mask(sorted(constraints.must_not_build))
    whole = walked.problem(constraints.cost_case, Fraction(repr(float(constraints.budget_thb))), floors)
    problem = whole.under(built, excluded)
    search = branch_and_bound.Search(
        problem,
        certificate_tree.Box(problem, built, excluded, (built, excluded)),
        [fix.fix_id for fix in model.ordered],
        zones,
        model.mask(plan.chosen),
    )
    tree = search.tree(seconds, progress)
    proved = float(tree.bound * problem.grain)
    chosen = tree.chosen
    if chosen != model.mask(plan.chosen):
        costs = dict(enumerate(model.costs(constraints.cost_case)))
        chosen = budget_plan.prune(demand.classes, chosen, costs, kept=built)
    found = budget_plan.describe(model, demand, constraints, chosen, min(plan.bound, proved), plan.seconds)
    if plan.status == budget_plan.CANCELLED and found.status != budget_plan.SOLVED:
        found = replace(found, status=plan.status)
    text = _certificate(model, constraints, found, written, tree, max(proved, found.benefit))
    return Certified(found, text, written)


def _certificate(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    plan: budget_plan.Plan,
    written: str,
    tree: branch_and_bound.Tree,
    proved: float,
) -> str:
    case = constraints.cost_case
    content = {
        "model": MODEL,
        "solver": f"HiGHS in scipy {scipy.__version__}",
        "town_sha256": digest(written),
        "cost_case": case,
        "costs_thb": {fix.fix_id: cost for fix, cost in zip(model.ordered, model.costs(case), strict=True)},
        "budget_thb": float(constraints.budget_thb),
        "must_build": sorted(constraints.must_build),
        "must_not_build": sorted(constraints.must_not_build),
        "floors": {zone: float(floor) for zone, floor in constraints.floors.items()},
        "most_fixes": plan.most_fixes,
        "complete": plan.complete,
        "chosen": list(plan.chosen),
        "cost_thb": plan_constraints.cost_thb(model, model.mask(plan.chosen), case),
        "base": plan.base,
        "benefit": plan.benefit,
        "by_zone": dict(plan.by_zone),
        "proved_bound": proved,
        "proved_gap": _share(plan.benefit, proved),
        "solver_bound": plan.bound,
        "solver_gap": _share(plan.benefit, plan.bound),
        "status": plan.status,
        "tree": tree.nodes,
    }
    return _text({**content, "sha256": digest(_text(content))})


def digest(text: str) -> str:
    """Return the SHA-256 of a text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _share(benefit: float, bound: float) -> float | None:
    # JSON has no infinity.
    share = budget_plan.gap(benefit, bound)
    return share if math.isfinite(share) else None


def _text(content: Mapping[str, object]) -> str:
    # one way to write it and no other: the digests are of this text; NaN and infinity are no JSON
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
