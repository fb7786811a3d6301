"""Measure distances, people and ground within a walk on a network of edges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse
import scipy.sparse.csgraph
import shapely
import shapely.ops

from layers import errors, network

LIMITS_M = (400.0, 800.0)
# Half the width of what counts as served beside a way.
BESIDE_M = 30.0

Graph: TypeAlias = Any
Marks = npt.NDArray[np.bool_]
Distances = npt.NDArray[np.float64]
Nodes = npt.NDArray[np.intp]

# origins searched at once: each takes a row as long as the city has nodes
_CHUNK = 32


def graph(nodes: int, ends: Nodes, length_m: Distances, usable: Marks | None = None) -> Graph:
    """Build a symmetric matrix from edges; of parallel edges the shortest counts.

    Parameters
    ----------
    nodes
        How many there are.
    ends
        Start and end of each edge, shape (edges, 2).
    length_m
        Shape (edges,), 0 or more.
    usable
        Shape (edges,): the edges that count; all when not given.

    Raises
    ------
    errors.LayerError
        If a length is negative or not finite.
    """
    if not (np.isfinite(length_m) & (length_m >= 0)).all():
        raise errors.LayerError("lengths of edges must be finite and 0 or more")
    kept = np.ones(len(ends), bool) if usable is None else usable
    both = np.concatenate([ends[kept], ends[kept][:, ::-1]])
    length = np.tile(length_m[kept], 2)
    order = np.lexsort((length, both[:, 1], both[:, 0]))
    both, length = both[order], length[order]
    # A sparse matrix adds up entries that occur twice; the first of each pair is the shortest.
    first = np.ones(len(both), bool)
    first[1:] = (both[1:] != both[:-1]).any(axis=1)
    rows, columns = both[first].T
    return scipy.sparse.csr_array((length[first], (rows, columns)), shape=(nodes, nodes))


def nearest(lengths: Graph, origins: Nodes, limit_m: float = np.inf) -> Distances:
    """Distance in metres of each node to the nearest origin, shape (nodes,); infinite beyond the limit."""
    if not len(origins):
        return np.full(lengths.shape[0], np.inf)
    near: Distances = scipy.sparse.csgraph.dijkstra(lengths, indices=origins, limit=limit_m, min_only=True)
    return near


def nearest_origin(lengths: Graph, origins: Nodes, limit_m: float = np.inf) -> tuple[Distances, Nodes]:
    """Distance in metres of each node to the nearest origin, and that origin, both of shape (nodes,).

    The distance is infinite beyond the limit, where the origin is negative.
    """
    if not len(origins):
        return np.full(lengths.shape[0], np.inf), np.full(lengths.shape[0], -1, np.intp)
    near, _, origin = scipy.sparse.csgraph.dijkstra(
        lengths, indices=origins, limit=limit_m, min_only=True, return_predecessors=True
    )
    return near, np.where(np.isfinite(near), origin, -1).astype(np.intp)


def people_within(lengths: Graph, origins: Nodes, people: Distances, limits_m: Sequence[float] = LIMITS_M) -> Distances:
    """Number of people within each limit of each origin, shape (origins, limits).

    Parameters
    ----------
    lengths
        As from :func:`graph`.
    origins
        Nodes, shape (origins,); nobody reaches a negative one.
    people
        Weight of each node, shape (nodes,).
    limits_m
        In metres.
    """
    within = np.zeros((len(origins), len(limits_m)))
    known = np.flatnonzero(origins >= 0)
    for rows, block in _searched(lengths, origins[known], max(limits_m)):
        # Few nodes of a city lie within a walk: counting those is far faster than multiplying matrices.
        origin, node = np.nonzero(np.isfinite(block))
        off, weight = block[origin, node], people[node]
        for column, limit in enumerate(limits_m):
            near = off <= limit
            within[known[rows], column] = np.bincount(origin[near], weight[near], minlength=len(block))
    return within


def service_area(
    walking: network.Network, usable: Marks, distance_m: Distances, limit_m: float, beside_m: float = BESIDE_M
) -> shapely.Geometry:
    """Area within a walk: the ways reached, cut exactly where the distance ends, and a strip beside them.

    Parameters
    ----------
    walking
        The network.
    usable
        Shape (edges,): the edges that count.
    distance_m
        Shape (nodes,): from the origin, as from :func:`nearest`.
    limit_m
        The walk, in metres.
    beside_m
        Half the width of the strip, in metres.

    Returns
    -------
    shapely.Geometry
        Polygon or MultiPolygon, EPSG:32648; empty where the origin reaches nothing.
    """
    parts = reached_parts(walking, usable, distance_m, limit_m)
    return shapely.union_all(shapely.buffer(np.array(parts, dtype=object), beside_m, quad_segs=4))


def reached_parts(
    walking: network.Network, usable: Marks, distance_m: Distances, limit_m: float
) -> list[shapely.Geometry]:
    """Parts of the edges within a walk; parameters as for :func:`service_area`."""
    # what is left of the walk at each end of an edge; nothing where the end is not reached
    left = np.clip(limit_m - distance_m[walking.ends], 0, None)
    touched = np.flatnonzero(usable & (left.max(axis=1, initial=0) > 0))
    length, lines = walking.length_m, walking.edges.geometry.to_numpy()
    # walked from both ends, the two parts meet
    whole = left.sum(axis=1) >= length
    parts: list[shapely.Geometry] = list(lines[touched[whole[touched]]])
    for edge in touched[~whole[touched]]:
        start, end = left[edge] / length[edge]
        if start > 0:
            parts.append(shapely.ops.substring(lines[edge], 0, start, normalized=True))
        if end > 0:
            parts.append(shapely.ops.substring(lines[edge], 1 - end, 1, normalized=True))
    return parts


def usage(walking: network.Network, lengths: Graph, origins: Nodes, people: Distances, limit_m: float) -> Distances:
    """Number of people that pass each edge on the shortest way to their nearest origin, shape (edges,).

    Parameters
    ----------
    walking
        The network.
    lengths
        Of all who walk there, as from :func:`graph`.
    origins
        Nodes that people go to.
    people
        Weight of each node, shape (nodes,).
    limit_m
        People who live farther off do not walk, in metres.
    """
    passed = np.zeros(len(walking.edges))
    if not len(origins):
        return passed
    off, before, _ = scipy.sparse.csgraph.dijkstra(
        lengths, indices=origins, limit=limit_m, min_only=True, return_predecessors=True
    )
    walked = np.flatnonzero(np.isfinite(off) & (before >= 0))
    through = _through(np.where(np.isfinite(off), people, 0.0), before, walked)
    edge = _shortest_between(walking, walked, before[walked])
    np.add.at(passed, edge, through[walked])
    return passed


def _through(people: Distances, before: Nodes, walked: Nodes) -> Distances:
    """Number of people that start at each node or pass it on the tree of shortest ways."""
    # Ties in distance do not say which node comes first; the number of steps does, found by doubling them.
    ahead = np.arange(len(people))
    ahead[walked] = before[walked]
    steps = np.zeros(len(people), np.intp)
    steps[walked] = 1
    while (steps[ahead] > 0).any():
        steps, ahead = steps + steps[ahead], ahead[ahead]
    through = people.copy()
    farthest_first = walked[np.argsort(-steps[walked], kind="stable")]
    ends = np.flatnonzero(np.diff(steps[farthest_first], append=-1))
    for level in np.split(farthest_first, ends + 1):
        np.add.at(through, before[level], through[level])
    return through


def _shortest_between(walking: network.Network, one: Nodes, other: Nodes) -> Nodes:
    """Shortest edge between each two nodes that have one."""
    ends, nodes = np.sort(walking.ends, axis=1), len(walking.nodes)
    order = np.lexsort((walking.length_m, ends[:, 1], ends[:, 0]))
    keys = (ends[:, 0] * nodes + ends[:, 1])[order]
    wanted = np.minimum(one, other) * nodes + np.maximum(one, other)
    # of parallel edges the shortest stands first, and the search finds the first
    found: Nodes = order[np.searchsorted(keys, wanted)]
    return found


def _searched(lengths: Graph, origins: Nodes, limit_m: float) -> Iterator[tuple[slice, Distances]]:
    for start in range(0, len(origins), _CHUNK):
        rows = slice(start, min(start + _CHUNK, len(origins)))
        yield rows, scipy.sparse.csgraph.dijkstra(lengths, indices=origins[rows], limit=limit_m)
