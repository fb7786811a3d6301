"""Time the budget plan of a synthetic city: the proof that a checker verifies, and the frontier of twenty budgets."""

from __future__ import annotations

import json
import random
import resource
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence

import networkx
import numpy as np

from audits.plans import (
    budget_plan,
    certificate,
    certificate_check,
    flows,
    frontier,
    greedy,
    od_pairs,
    plan_constraints,
    planning_model,
    ranking,
    solver_process,
)
from tests.plans import small_models

SIDE, SPACING_M, BLOCK = 100, 68.0, 6
FIXES, SEED = 1_800, 5
BUDGETS_THB, BUDGETS = (1_000_000.0, 2_000_000.0, 5_000_000.0), 20
PLAN_BAR_S, FRONTIER_BAR_S = 20.0, 90.0
TREE_BAR_S, GAP_BAR = 600.0, 5e-4
CATEGORIES = (("bus_stop", 160, 400.0), ("park", 50, 800.0), ("school", 40, 1000.0), ("clinic", 25, 1500.0))


def synthetic_city(side: int = SIDE, fixes: int = FIXES, seed: int = SEED) -> planning_model.Model:
    """Return an invented city: streets in a grid, kerbs without ramps where blocks meet, people and places at random.

    Parameters
    ----------
    side
        Nodes along one side.
    fixes
        Number of candidate fixes: kerb ramps mostly, each used by every crossing that starts at its corner.
    seed
        Of all that is drawn.
    """
    draw = random.Random(seed)
    edges, corners, steps = [], [], []
    for row in range(side):
        for column in range(side):
            for down, right in ((0, 1), (1, 0)):
                if row + down >= side or column + right >= side or draw.random() < 0.2:
                    continue
                ends = (row * side + column, (row + down) * side + column + right)
                across = (column if right else row) % BLOCK == BLOCK - 1
                edges.append((*ends, SPACING_M * draw.uniform(0.8, 1.3), across))
                corners.extend(ends if across else ())
                steps.extend([len(edges) - 1] if draw.random() < 0.03 else [])
    missing = draw.sample(sorted(set(corners)), min(len(set(corners)), fixes * 4 // 5))
    ramp_at = {node: f"K{number:04}" for number, node in enumerate(missing)}
    stairs = draw.sample(steps, min(len(steps), fixes - len(missing)))
    step_on = {edge: f"S{number:04}" for number, edge in enumerate(stairs)}
    needs = [
        frozenset(
            [ramp_at[node] for node in (start, end) if across and node in ramp_at]
            + ([step_on[edge]] if edge in step_on else [])
        )
        for edge, (start, end, _, across) in enumerate(edges)
    ]
    start, end, length_m, _ = zip(*edges, strict=True)
    network = planning_model.Network(
        side * side, np.array(start), np.array(end), np.array(length_m), {"wheelchair": needs}
    )
    zones = tuple(f"Z{4 * (node // side) // side}{4 * (node % side) // side}" for node in range(side * side))
    listed = [
        planning_model.Fix(name, "synthetic", zones[node], _cost(draw, 8_000, 45_000), draw.randint(1, 4))
        for node, name in ramp_at.items()
    ]
    listed += [
        planning_model.Fix(name, "synthetic", zones[start[edge]], _cost(draw, 30_000, 200_000), draw.randint(1, 4))
        for edge, name in step_on.items()
    ]
    places = {name: tuple(draw.sample(range(side * side), count)) for name, count, _ in CATEGORIES}
    categories = tuple(planning_model.Category(name, places[name], limit_m) for name, _, limit_m in CATEGORIES)
    people = np.array([round(draw.expovariate(1.0), 2) for _ in range(side * side)])
    return planning_model.Model(network, categories, {"wheelchair": people}, zones, tuple(listed))


def _cost(draw: random.Random, least_thb: int, most_thb: int) -> planning_model.Cost:
    likely = float(draw.randrange(least_thb, most_thb, 500))
    return planning_model.Cost(0.8 * likely, likely, 1.4 * likely)


def measure_plan(model: planning_model.Model, budget_thb: float) -> None:
    """Print how long a plan takes from nothing, in a process of its own, and how long its proof and the check."""
    constraints = plan_constraints.Constraints(budget_thb)
    started = time.perf_counter()
    plan = solver_process.plan_in_process(model, constraints)
    seconds = time.perf_counter() - started
    assert plan is not None
    demand = od_pairs.demand(model)
    walked = small_models.true_value(model, model.mask(plan.chosen))
    assert abs(walked - plan.base - plan.benefit) < 1e-6 or not plan.complete
    task = plan_constraints.reduce(model, demand, constraints)
    bought = greedy.greedy(task.twins.classes, task.costs_thb, task.budget_thb)
    share = od_pairs.benefit(task.twins.classes, bought) / plan.benefit
    started = time.perf_counter()
    certified = certificate.certify(model, constraints, demand, plan, seconds=TREE_BAR_S)
    proving = time.perf_counter() - started
    started = time.perf_counter()
    verdict = certificate_check.check(certified.text, certified.model)
    checking = time.perf_counter() - started
    assert verdict.holds, verdict.problems
    leaves = sum("fix" not in node for node in json.loads(certified.text)["tree"])
    alone = single_greedy(task.twins.classes, task.costs_thb, task.budget_thb)
    single = od_pairs.benefit(task.twins.classes, alone) / plan.benefit
    rankings = ", ".join(f"{one.rule} {one.share:.2f}" for one in ranking.rankings(model, demand, constraints, plan))
    print(f"budget {budget_thb / 1e6:g} million baht    {plan.status}, gap {plan.gap:.1e}, {len(plan.chosen)} fixes")
    print(f"  all of it              {seconds:.1f} s   (bar: {PLAN_BAR_S:g} s)")
    print(f"  bundle greedy          {share:.4f} of the optimum; one fix after another {single:.4f}")
    print(f"  rankings               {rankings}")
    print(f"  tree                   {leaves:,} leaves, {len(certified.text) / 1e6:.2f} MB, in {proving:.1f} s")
    print(f"  checked in             {checking:.1f} s, with no solver")
    print(f"  checked gap            {verdict.checked_gap:.2e}   (bar: {GAP_BAR:.0e} in {TREE_BAR_S:g} s)")


def single_greedy(classes: Sequence[od_pairs.DemandClass], costs: Mapping[int, float], budget_thb: float) -> int:
    """Return what buying one fix after another chooses, always the one that opens most for its price, as a mask."""
    chosen, left_thb = 0, budget_thb
    while True:
        gains: dict[int, float] = defaultdict(float)
        for one in classes:
            missing = [bundle & ~chosen for bundle in one.bundles]
            if all(missing):
                for bit in {only for only in missing if only & (only - 1) == 0}:
                    gains[bit.bit_length() - 1] += one.weight
        best = max(
            (bit for bit in gains if costs[bit] <= left_thb),
            key=lambda bit: gains[bit] / max(costs[bit], 1.0),
            default=None,
        )
        if best is None:
            return chosen
        chosen, left_thb = chosen | 1 << best, left_thb - costs[best]


def measure_walking(model: planning_model.Model) -> None:
    """Print how long the distances of one category take, beside networkx, with the same answers."""
    network, category = model.network, model.categories[0]
    passable = np.array([need == frozenset() for need in network.needs["wheelchair"]])
    started = time.perf_counter()
    found = flows.distances_mm(network, category, passable)
    ours = time.perf_counter() - started
    graph = networkx.Graph()
    for edge in np.flatnonzero(passable).tolist():
        start, end, length = int(network.start[edge]), int(network.end[edge]), int(network.length_mm[edge])
        if length < graph.get_edge_data(start, end, {"weight": length + 1})["weight"]:
            graph.add_edge(start, end, weight=length)
    places = [node for node in set(category.nodes) if node in graph]
    started = time.perf_counter()
    theirs = networkx.multi_source_dijkstra_path_length(graph, places, cutoff=category.limit_mm)
    seconds = time.perf_counter() - started
    assert all(found[node] == length for node, length in theirs.items())
    assert set(np.flatnonzero(np.isfinite(found))) <= {*theirs, *category.nodes}
    print(
        f"walking one category     {1000 * ours:.1f} ms, networkx {1000 * seconds:.1f} ms: {seconds / ours:.0f} times"
    )


def main() -> None:
    """Measure and print."""
    model = synthetic_city()
    assert small_models.is_sound(model)
    demand = od_pairs.demand(model)
    bundles, edges = sum(len(one.bundles) for one in demand.classes), len(model.network.start)
    print(f"synthetic city           {model.network.nodes:,} nodes, {edges:,} edges, {len(model.fixes):,} fixes")
    print(f"demand                   {len(demand.classes):,} classes, {bundles:,} bundles, complete: {demand.complete}")
    measure_walking(model)
    for budget_thb in BUDGETS_THB:
        measure_plan(model, budget_thb)
    started = time.perf_counter()
    steps = frontier.budgets(model, demand, count=BUDGETS)
    found = frontier.frontier(model, plan_constraints.Constraints(0.0), steps, demand=demand)
    seconds = time.perf_counter() - started
    proven = sum(point.plan.status == budget_plan.SOLVED for point in found.points)
    print(f"frontier                 {proven} of {BUDGETS} proven in {seconds:.0f} s   (bar: {FRONTIER_BAR_S:g} s)")
    if found.knee:
        print(f"knee                     {found.knee.budget_thb / 1e6:.2f} of {steps[-1] / 1e6:.2f} million baht")
    print(
        f"most memory              {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB in this process"
    )


if __name__ == "__main__":
    main()
