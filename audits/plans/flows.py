"""Walk the model network: shortest paths to the nearest destination, and the weight that each edge carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from audits.plans import planning_model

# scipy's mark of a node without a predecessor
NO_PATH = -9999

Flags = npt.NDArray[np.bool_]
Weights = npt.NDArray[np.float64]


def distances_mm(network: planning_model.Network, category: planning_model.Category, passable: Flags) -> Weights:
    """Return the distance of each node from its nearest destination, shape (nodes,); infinite beyond the limit.

    `passable` has shape (edges,).
    """
    if not category.nodes:
        return np.full(network.nodes, np.inf)
    found: Weights = csgraph.dijkstra(
        _matrix(network, passable), indices=sorted(set(category.nodes)), limit=category.limit_mm, min_only=True
    )
    return found


def _matrix(network: planning_model.Network, passable: Flags) -> sparse.csr_array:
    """Return the passable edges against the direction of walking, millimetres, shape (nodes, nodes)."""
    heads, tails, lengths = network.end[passable], network.start[passable], network.length_mm[passable]
    if not network.directed:
        heads, tails, lengths = np.r_[heads, tails], np.r_[tails, heads], np.r_[lengths, lengths]
    # A sparse matrix adds up entries of one place: of parallel edges only the shortest may enter it.
    order = np.lexsort((lengths, tails, heads))
    heads, tails, lengths = heads[order], tails[order], lengths[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (heads[1:] != heads[:-1]) | (tails[1:] != tails[:-1])
    shape = (network.nodes, network.nodes)
    return sparse.csr_array((lengths[first].astype(np.float64), (heads[first], tails[first])), shape=shape)


def edge_flows(
    model: planning_model.Model, persona: str, passable: Flags, starts: Mapping[str, Flags] | None = None
) -> Iterator[tuple[int, float]]:
    """Yield (edge, weight) for each edge on the shortest paths of a persona, once for each category.

    Everybody takes the shortest path to the nearest destination of each category within its limit. `passable` has
    shape (edges,), and `starts` by category shape (nodes,): who walks; everybody when not given.
    """
    network, shortest = model.network, _shortest_edges(model.network, passable)
    for category in model.categories:
        weights = np.asarray(model.people[persona], dtype=np.float64) * category.value
        if starts is not None:
            weights = np.where(starts[category.name], weights, 0.0)
        for step, weight in _tree_flows(network, category, passable, weights):
            yield shortest[step], weight


def _shortest_edges(network: planning_model.Network, passable: Flags) -> dict[tuple[int, int], int]:
    best: dict[tuple[int, int], int] = {}
    for edge in np.flatnonzero(passable).tolist():
        # of parallel edges the shorter carries the trips, as in the matrix of lengths
        step = (int(network.start[edge]), int(network.end[edge]))
        for walked in (step,) if network.directed else (step, step[::-1]):
            if walked not in best or network.length_mm[edge] < network.length_mm[best[walked]]:
                best[walked] = edge
    return best


def _tree_flows(
    network: planning_model.Network, category: planning_model.Category, passable: Flags, weights: Weights
) -> list[tuple[tuple[int, int], float]]:
    """Return ((from, to), weight) for each step of the tree of shortest paths, the farthest node first."""
    if not category.nodes:
        return []
    distance, before, _ = csgraph.dijkstra(
        _matrix(network, passable),
        indices=sorted(set(category.nodes)),
        limit=category.limit_mm,
        min_only=True,
        return_predecessors=True,
    )
    carried = np.where(np.isfinite(distance), weights, 0.0)
    found = []
    # Each node passes on what it has received, so all nodes behind it come first.
    for node in _leaves_first(distance, before):
        nearer = int(before[node])
        carried[nearer] += carried[node]
        found.append(((int(node), nearer), float(carried[node])))
    return found


def _leaves_first(distance: Weights, before: npt.NDArray[np.int32]) -> list[int]:
    # Sorting by distance would put a node before its leaves where an edge has no length, so hops are counted.
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


def usage(model: planning_model.Model) -> Weights:
    """Return the weight of the trips over edges that need each fix, were there no barriers, shape (fixes,) by bit."""
    used = np.zeros(len(model.ordered))
    for persona in sorted(model.people):
        masks = model.edge_masks(persona)
        passable = np.array([mask is not None for mask in masks], dtype=bool)
        for edge, weight in edge_flows(model, persona, passable):
            for bit in planning_model.bits(masks[edge] or 0):
                used[bit] += weight
    return used


def opened_trips(model: planning_model.Model, chosen: int) -> Weights:
    """Return the weight of the trips that a plan, a mask of fixes, opens over each edge, shape (edges,)."""
    over = np.zeros(len(model.network.start))
    for persona in sorted(model.people):
        today = model.passable(persona, 0)
        closed = {one.name: np.isinf(distances_mm(model.network, one, today)) for one in model.categories}
        for edge, weight in edge_flows(model, persona, model.passable(persona, chosen), closed):
            over[edge] += weight
    return over
