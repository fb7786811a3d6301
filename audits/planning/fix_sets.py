"""Find, for every home, the smallest sets of fixes that open a step-free way to where people go."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from audits.planning import planning_model

MOST_FIXES = 8


def minimal(masks: Sequence[int]) -> tuple[int, ...]:
    """Return the masks that contain no other of them, sorted."""
    kept: list[int] = []
    for mask in sorted(set(masks), key=lambda mask: (mask.bit_count(), mask)):
        if not any(other & ~mask == 0 for other in kept):
            kept.append(mask)
    return tuple(sorted(kept))


@dataclass(frozen=True)
class FixSets:
    """The sets of fixes that open a way.

    Parameters
    ----------
    families
        Shape (nodes,): for each node the inclusion-minimal masks; ``(0,)`` where the way is open today, empty where
        there is none.
    complete
        False where a way was left out because it needs more fixes than were asked for.
    """

    families: tuple[tuple[int, ...], ...]
    complete: bool


Ways = list[list[tuple[int, int, int]]]


def ways_back(model: planning_model.Model, persona: str) -> Ways:
    """Return for each node the edges against the direction of walking: (node before, millimetres, mask)."""
    network = model.network
    ways: Ways = [[] for _ in range(network.nodes)]
    edges = zip(network.start, network.end, network.length_mm, model.edge_masks(persona), strict=True)
    for start, end, length_mm, mask in edges:
        if mask is not None:
            ways[int(end)].append((int(start), int(length_mm), mask))
            if not network.directed:
                ways[int(start)].append((int(end), int(length_mm), mask))
    return ways


def fix_sets(ways: Ways, category: planning_model.Category, most_fixes: int = MOST_FIXES) -> FixSets:
    """Return for every node the smallest sets of fixes with which it reaches a destination within the limit.

    Labels (distance, mask) spread from all destinations at once in order of distance. A label is dropped only where
    a nearer one needs a subset of its fixes, so nothing useful is lost; the number of labels of a node has no cap.

    Parameters
    ----------
    ways
        From :func:`ways_back`.
    category
        The destinations and the limit.
    most_fixes
        Ways that need more fixes than this are left out, and ``complete`` says so.
    """
    labels: list[list[int]] = [[] for _ in ways]
    queue = [(0, 0, node) for node in sorted(set(category.nodes))]
    limit_mm, complete = category.limit_mm, True
    while queue:
        distance_mm, mask, node = heapq.heappop(queue)
        if any(other & ~mask == 0 for other in labels[node]):
            continue
        labels[node].append(mask)
        for before, length_mm, need in ways[node]:
            farther_mm, wider = distance_mm + length_mm, mask | need
            if farther_mm > limit_mm or any(other & ~wider == 0 for other in labels[before]):
                continue
            if wider.bit_count() > most_fixes:
                complete = False
            else:
                heapq.heappush(queue, (farther_mm, wider, before))
    return FixSets(tuple(minimal(masks) for masks in labels), complete)
