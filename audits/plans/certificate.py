"""Write a plan down so that anybody can check it without this program."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

import scipy

from audits.plans import budget_plan, budget_program, od_pairs, plan_constraints, planning_model

MODEL = "jaidee bundle covering 1"
SIGNIFICANT = 12


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


def certificate_text(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    demand: od_pairs.Demand,
    plan: budget_plan.Plan,
) -> str:
    """Return the certificate of a plan as JSON; the same plan gives the same text.

    ``solver_bound`` is only what the solver claims. ``proved_bound`` follows from the ``multipliers`` by weak duality,
    which the checker computes in exact fractions.
    """
    # The checker knows no twins.
    reduced = plan_constraints.reduce(model, demand, constraints, merge_twins=False)
    found = multipliers(reduced)
    proved = max(proved_bound(reduced, found), plan.benefit)
    case = constraints.cost_case
    content = {
        "model": MODEL,
        "solver": f"HiGHS in scipy {scipy.__version__}",
        "town_sha256": digest(model_text(model)),
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
        "multipliers": found.to_json(reduced),
    }
    return _text({**content, "sha256": digest(_text(content))})


def digest(text: str) -> str:
    """Return the SHA-256 of a text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Multipliers:
    """Dual values of the relaxed program, all 0 or more.

    Parameters
    ----------
    budget
        Weight for a baht.
    floors
        By zone, weight for a unit of its floor.
    classes
        For each class, the weight by bit of its bundles: rows (1) of :mod:`audits.plans.budget_program`.
    """

    budget: float
    floors: Mapping[str, float]
    classes: tuple[Mapping[int, float], ...]

    def to_json(self, reduced: plan_constraints.ReducedProblem) -> dict[str, object]:
        """Return them for a certificate; a class with nothing but zeros is left out."""
        bundles = [
            [[list(planning_model.bits(bundle)) for bundle in one.bundles], sorted(charges.items())]
            for one, charges in zip(reduced.twins.classes, self.classes, strict=True)
            if charges
        ]
        return {"budget": self.budget, "floors": dict(self.floors), "bundles": bundles}


def multipliers(reduced: plan_constraints.ReducedProblem) -> Multipliers:
    """Return the multipliers of the relaxed program, every fix by itself, rounded to twelve digits."""
    # Any multipliers prove some bound, so rounding costs tightness only, never truth.
    rows, classes = budget_program.Rows(), reduced.twins.classes
    at = budget_program.add_columns(rows, classes, [one.weight for one in classes])
    charged = budget_program.add_bundles_need_fixes(rows, classes, at)
    budget = budget_program.add_budget(rows, reduced.costs_thb, at, reduced.budget_thb)
    floors = budget_program.add_floors(rows, classes, at, reduced.floors)
    values = [_rounded(value) for value in rows.multipliers()]
    return Multipliers(
        _rounded(values[budget] / budget_program.THOUSAND),
        {zone: values[row] for zone, row in floors.items()},
        tuple({bit: values[row] for bit, row in placed.items() if values[row] > 0} for placed in charged),
    )


def proved_bound(reduced: plan_constraints.ReducedProblem, at: Multipliers) -> float:
    """Return the bound that multipliers prove: the dual objective of the relaxed program, every fix by itself.

    With λ of the budget B, ν_q of the floors and μ_cf of the rows (1), all 0 or more, no choice is worth more than
    λB + Σ_f max(0, Σ_c μ_cf - λ cost_f) + Σ_c max(0, w_c + Σ_q ν_q w_cq - min_{P ∈ F_c} Σ_{f ∈ P} μ_cf)
    - Σ_q ν_q floor_q.
    """
    parts = [reduced.sure, at.budget * reduced.budget_thb]
    parts += [-at.floors[zone] * floor for zone, floor in reduced.floors.items()]
    charged = dict.fromkeys(reduced.twins.members, 0.0)
    for one, charges in zip(reduced.twins.classes, at.classes, strict=True):
        for bit, value in charges.items():
            charged[bit] += value
        zones = od_pairs.by([one], od_pairs.ZONE)
        worth = one.weight + math.fsum(at.floors.get(zone, 0.0) * weight for zone, weight in zones.items())
        least = min(math.fsum(charges.get(bit, 0.0) for bit in planning_model.bits(bundle)) for bundle in one.bundles)
        parts.append(max(0.0, worth - least))
    parts += [max(0.0, value - at.budget * reduced.costs_thb[bit]) for bit, value in charged.items()]
    return math.fsum(parts)


def _rounded(value: float) -> float:
    return max(float(f"{value:.{SIGNIFICANT}g}"), 0.0)


def _share(benefit: float, bound: float) -> float | None:
    # JSON has no infinity.
    share = budget_plan.gap(benefit, bound)
    return share if math.isfinite(share) else None


def _text(content: Mapping[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
