"""Spend the same budget by a ranking of scores, to see what a ranking misses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csgraph

from audits import wording
from audits.planning import budget_plan, od_pairs, plan_constraints, planning_model

SEVERITY, SEVERITY_USAGE, SEVERITY_USAGE_PER_BAHT = "severity", "severity_usage", "severity_usage_per_baht"
RULES = {
    SEVERITY: wording.phrase("worst first"),
    SEVERITY_USAGE: wording.phrase("worst and most used first"),
    SEVERITY_USAGE_PER_BAHT: wording.phrase("worst and most used for its price first"),
}
NO_PATH = -9999


@dataclass(frozen=True)
class Ranking:
    """What a ranking buys.

    Parameters
    ----------
    rule
        One of :data:`RULES`.
    chosen
        Names of the fixes, in the order bought.
    cost_thb
        Of all of them.
    benefit
        The weight served beyond today.
    share
        Of the benefit of the plan that it is compared with, 0 to 1; NaN where that is 0.
    stranded
        The fixes that could be left out without anybody losing.
    """

    rule: str
    chosen: tuple[str, ...]
    cost_thb: float
    benefit: float
    share: float
    stranded: tuple[str, ...]


def usage(model: planning_model.Model) -> npt.NDArray[np.float64]:
    """Return how many people's ways each fix stands in, were there no barriers.

    Everybody takes the shortest way to the nearest destination of each category within its limit.

    Returns
    -------
    ndarray of shape (fixes,)
        By bit: the weight of the ways over edges that need the fix.
    """
    used = np.zeros(len(model.ordered))
    for persona, people in sorted(model.people.items()):
        masks = model.edge_masks(persona)
        passable = np.array([mask is not None for mask in masks], dtype=bool)
        shortest = shortest_edges(model.network, passable)
        for category in model.categories:
            weights = np.asarray(people, dtype=np.float64) * category.value
            for edge, weight in flows(model.network, category, passable, weights, shortest):
                for bit in planning_model.bits(masks[edge] or 0):
                    used[bit] += weight
    return used


def shortest_edges(network: planning_model.Network, passable: npt.NDArray[np.bool_]) -> dict[tuple[int, int], int]:
    """Return the shortest passable edge for each step (from, to)."""
    best: dict[tuple[int, int], int] = {}
    for edge in np.flatnonzero(passable).tolist():
        step = (int(network.start[edge]), int(network.end[edge]))
        for way in (step,) if network.directed else (step, step[::-1]):
            if way not in best or network.length_mm[edge] < network.length_mm[best[way]]:
                best[way] = edge
    return best


def flows(
    network: planning_model.Network,
    category: planning_model.Category,
    passable: npt.NDArray[np.bool_],
    weights: npt.NDArray[np.float64],
    shortest: Mapping[tuple[int, int], int],
) -> list[tuple[int, float]]:
    """Return (edge, weight that walks over it) on the tree of shortest ways, the farthest node first."""
    if not category.nodes:
        return []
    matrix = od_pairs.walking_matrix(network, passable)
    places = sorted(set(category.nodes))
    distance, before, _ = csgraph.dijkstra(
        matrix, indices=places, limit=category.limit_mm, min_only=True, return_predecessors=True
    )
    carried = np.where(np.isfinite(distance), weights, 0.0)
    found = []
    for node in _leaves_first(distance, before):
        nearer = int(before[node])
        carried[nearer] += carried[node]
        found.append((shortest[int(node), nearer], float(carried[node])))
    return found


def _leaves_first(distance: npt.NDArray[np.float64], before: npt.NDArray[np.int32]) -> list[int]:
    """Return the nodes with a way, each before the node that it walks to; lengths of 0 do not confuse it."""
    hops: dict[int, int] = {}
    for node in np.flatnonzero(np.isfinite(distance) & (before != NO_PATH)).tolist():
        chain = [node]
        while before[chain[-1]] != NO_PATH and chain[-1] not in hops:
            chain.append(int(before[chain[-1]]))
        depth = hops.get(chain[-1], 0)
        for one in reversed(chain[:-1]):
            depth += 1
            hops[one] = depth
    return sorted(hops, key=lambda node: (-hops[node], node))


def ranked(model: planning_model.Model, rule: str, used: npt.NDArray[np.float64], case: str = "likely") -> list[int]:
    """Return the bits of the fixes by a rule of :data:`RULES`, the first to be built first.

    Parameters
    ----------
    used
        Shape (fixes,), from :func:`usage`.
    case
        The cost case of the price.
    """
    costs = model.costs(case)

    def score(bit: int) -> float:
        severity = float(model.ordered[bit].severity)
        if rule == SEVERITY:
            return severity
        points = severity * float(used[bit])
        if rule == SEVERITY_USAGE:
            return points
        return points / costs[bit] if costs[bit] > 0 else math.inf

    return sorted(range(len(model.ordered)), key=lambda bit: (-score(bit), bit))


def fill(order: Sequence[int], costs: Sequence[float], budget_thb: float) -> list[int]:
    """Return the bits bought in an order; what the money left cannot buy is passed over."""
    bought = []
    for bit in order:
        if costs[bit] <= budget_thb + planning_model.ROUNDING:
            bought.append(bit)
            budget_thb -= costs[bit]
    return bought


def rankings(
    model: planning_model.Model,
    demand: od_pairs.Demand,
    constraints: plan_constraints.Constraints,
    plan: budget_plan.Plan,
) -> tuple[Ranking, ...]:
    """Return what each ranking buys with the budget of a plan, beside the plan.

    Parameters
    ----------
    town, demand, wishes
        Of the plan; only the budget and the cost case of the wishes count.
    plan
        What it is compared with.
    """
    used, costs = usage(model), model.costs(constraints.cost_case)
    found = []
    for rule in RULES:
        bought = fill(ranked(model, rule, used, constraints.cost_case), costs, constraints.budget_thb)
        mask = sum(1 << bit for bit in bought)
        gained = od_pairs.benefit(demand.classes, mask)
        kept = budget_plan.prune(demand.classes, mask, dict(enumerate(costs)))
        found.append(
            Ranking(
                rule=rule,
                chosen=tuple(model.ordered[bit].fix_id for bit in bought),
                cost_thb=plan_constraints.cost_thb(model, mask, constraints.cost_case),
                benefit=gained,
                share=gained / plan.benefit if plan.benefit > 0 else math.nan,
                stranded=model.named(mask & ~kept),
            )
        )
    return tuple(found)
