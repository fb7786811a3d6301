"""Draw small towns at random, and judge every choice of their fixes the long way."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence

import numpy as np

from audits.plans import flows, planning_model

KERB_A, KERB_B, STAIR = "A-kerb", "B-kerb", "stair"


def exactly(cost_thb: int) -> planning_model.Cost:
    """Return a cost that is known."""
    return planning_model.Cost(cost_thb, cost_thb, cost_thb)


def random_model(seed: int, most_fixes: int = 6) -> planning_model.Model:
    """Return a town of 5 to 12 nodes, 2 personas, 2 categories, 2 zones and up to 6 fixes; parallel edges and all."""
    draw = random.Random(seed)
    nodes, count = draw.randint(5, 12), draw.randint(2, most_fixes)
    fixes = tuple(
        planning_model.Fix(
            f"F{number}",
            f"fix {number}",
            draw.choice("NS"),
            planning_model.Cost(900 * price, 1000 * price, 1500 * price),
            draw.randint(1, 4),
        )
        for number in range(count)
        for price in [draw.randint(1, 9)]
    )
    names = [fix.fix_id for fix in fixes]
    edges = [(*draw.sample(range(nodes), 2), draw.choice([0.0, draw.uniform(50, 400)])) for _ in range(2 * nodes)]
    needs = {persona: [_need(draw, names) for _ in edges] for persona in ("pram", "wheelchair")}
    start, end, length_m = map(np.array, zip(*edges, strict=True))
    network = planning_model.Network(nodes, start, end, length_m, needs, directed=seed % 5 == 0)
    categories = (
        planning_model.Category("bus_stop", tuple(draw.sample(range(nodes), 2)), 600.0, 1.0),
        planning_model.Category("park", (draw.randrange(nodes),), 900.0, 0.5),
    )
    people = {persona: np.array([float(draw.randint(0, 9)) for _ in range(nodes)]) for persona in needs}
    return planning_model.Model(network, categories, people, tuple(draw.choice("NS") for _ in range(nodes)), fixes)


def _need(draw: random.Random, names: list[str]) -> frozenset[str] | None:
    some = frozenset(draw.sample(names, draw.randint(1, min(3, len(names)))))
    return draw.choice([frozenset(), None, some, some, some, some])


def street() -> planning_model.Model:
    """Return a street of four nodes: a bus stop at 0, then a crossing with two kerbs, a stair, and a path of 1.2 km."""
    needs = [frozenset({KERB_A, KERB_B}), frozenset({STAIR}), frozenset(), None]
    network = planning_model.Network(
        4, np.array([0, 1, 2, 0]), np.array([1, 2, 3, 3]), np.array([100.0, 50.0, 1200.0, 10.0]), {"wheelchair": needs}
    )
    fixes = (
        planning_model.Fix(STAIR, "ramp beside the stair", "S", planning_model.Cost(50_000, 60_000, 90_000), 4),
        planning_model.Fix(KERB_B, "kerb ramp", "N", exactly(12_000), 3),
        planning_model.Fix(KERB_A, "kerb ramp", "N", exactly(10_000), 3),
    )
    people = {"wheelchair": np.array([1.0, 4.0, 7.0, 5.0])}
    stop = planning_model.Category("bus_stop", (0,), 400.0)
    return planning_model.Model(network, (stop,), people, ("N", "N", "S", "S"), fixes)


def shuffled(model: planning_model.Model, seed: int) -> planning_model.Model:
    """Return the same town with its fixes, edges, categories and personas in another order."""
    draw = random.Random(seed)
    network = model.network
    order = draw.sample(range(len(network.start)), len(network.start))
    needs = {persona: [network.needs[persona][edge] for edge in order] for persona in reversed(network.needs)}
    edges = (network.start[order], network.end[order], network.length_m[order])
    return planning_model.Model(
        planning_model.Network(network.nodes, *edges, needs, network.directed),
        model.categories[::-1],
        dict(reversed(model.people.items())),
        model.zones,
        tuple(draw.sample(model.fixes, len(model.fixes))),
    )


def homes(weights: Sequence[float], needs: Sequence[Sequence[int]], costs_thb: Sequence[float]) -> planning_model.Model:
    """Return a town in which each home stands alone at the stop, behind some fixes."""
    names = [f"F{place:02}" for place in range(len(costs_thb))]
    count = len(weights)
    network = planning_model.Network(
        count + 1,
        np.arange(1, count + 1),
        np.zeros(count, dtype=int),
        np.full(count, 100.0),
        {"wheelchair": [frozenset(names[place] for place in need) for need in needs]},
    )
    fixes = tuple(planning_model.Fix(name, "", "N", exactly(cost)) for name, cost in zip(names, costs_thb, strict=True))
    people = {"wheelchair": np.array([0.0, *weights])}
    stop = planning_model.Category("stop", (0,), 400.0)
    return planning_model.Model(network, (stop,), people, ("N",) * (count + 1), fixes)


def relaxed_town() -> planning_model.Model:
    """Return a town whose best choice for 9,000 baht serves 9, while the linear relaxation serves 11."""
    return homes([9.0, 5.0], [[0], [1]], [9_000.0, 3_000.0])


def walked(model: planning_model.Model, built: frozenset[str]) -> dict[str, float]:
    """Return the weight of each zone that is served with some fixes, by relaxing every edge until nothing changes."""
    network, served = model.network, dict.fromkeys(model.zones, 0.0)
    for persona, people in model.people.items():
        ways = []
        for start, end, length_m, need in zip(
            network.start, network.end, network.length_m, network.needs[persona], strict=True
        ):
            if need is not None and need <= built:
                ways.append((start, end, round(length_m * 1000)))
                ways.extend([] if network.directed else [(end, start, round(length_m * 1000))])
        for category in model.categories:
            distance = [0 if node in category.nodes else math.inf for node in range(network.nodes)]
            changed = True
            while changed:
                changed = False
                for start, end, length_mm in ways:
                    if distance[end] + length_mm < distance[start]:
                        distance[start] = distance[end] + length_mm
                        changed = True
            for node, one in enumerate(distance):
                if one <= category.limit_m * 1000:
                    served[model.zones[node]] += people[node] * category.value
    return served


def every_choice(model: planning_model.Model) -> dict[frozenset[str], dict[str, float]]:
    """Return the gain of each zone beyond today for every subset of the fixes."""
    today = walked(model, frozenset())
    names = sorted(fix.fix_id for fix in model.fixes)
    subsets = itertools.chain.from_iterable(itertools.combinations(names, size) for size in range(len(names) + 1))
    return {
        frozenset(subset): {zone: weight - today[zone] for zone, weight in walked(model, frozenset(subset)).items()}
        for subset in subsets
    }


def cost_thb(model: planning_model.Model, built: frozenset[str]) -> float:
    """Return the likely cost of some fixes."""
    return sum(fix.cost.likely for fix in model.fixes if fix.fix_id in built)


def true_value(model: planning_model.Model, chosen: int) -> float:
    """Return the weight served with a choice of fixes, what is open today in it: plain Dijkstra, no bundles."""
    weights: list[float] = []
    for persona, people in sorted(model.people.items()):
        masks = model.edge_masks(persona)
        passable = np.fromiter((mask is not None and mask & ~chosen == 0 for mask in masks), bool, len(masks))
        for category in model.categories:
            reached = np.isfinite(flows.distances_mm(model.network, category, passable))
            weights.extend(float(weight) * category.value for weight in np.asarray(people)[reached])
    return math.fsum(weights)


def is_sound(model: planning_model.Model) -> bool:
    """Return whether nodes, sizes, costs, names and weights of a town agree with each other."""
    network, names = model.network, [fix.fix_id for fix in model.fixes]
    ends = [*network.start.tolist(), *network.end.tolist(), *(node for one in model.categories for node in one.nodes)]
    sized = [network.end, network.length_m, *network.needs.values()]
    needed = frozenset().union(*(need for needs in network.needs.values() for need in needs if need))
    costs = [(fix.cost.low, fix.cost.likely, fix.cost.high) for fix in model.fixes]
    weights = np.concatenate([np.asarray(people) for people in model.people.values()])
    return (
        all(0 <= node < network.nodes for node in ends)
        and all(len(values) == len(network.start) for values in sized)
        and bool(np.all(np.isfinite(network.length_m) & (network.length_m >= 0)))
        and len(set(names)) == len(names)
        and needed <= set(names)
        and all(0 <= low <= likely <= high < math.inf for low, likely, high in costs)
        and len(model.zones) == network.nodes
        and set(model.people) <= set(network.needs)
        and all(len(people) == network.nodes for people in model.people.values())
        and bool(np.all(np.isfinite(weights) & (weights >= 0)))
        and len({one.name for one in model.categories}) == len(model.categories)
    )
