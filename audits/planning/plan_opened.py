"""Show along which streets the ways lead that a plan opens."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from audits.planning import od_pairs, planning_model, ranking


def opened_ways(model: planning_model.Model, chosen: int) -> npt.NDArray[np.float64]:
    """Return how much of the weight that a plan opens walks over each edge.

    Everybody who had no step-free way takes the shortest one to the nearest goal of each category within its limit.

    Parameters
    ----------
    town
        The town.
    chosen
        The fixes of the plan, a mask.

    Returns
    -------
    ndarray of shape (edges,)
        0 where no way opened leads along.
    """
    network, over = model.network, np.zeros(len(model.network.start))
    for persona, people in sorted(model.people.items()):
        masks = model.edge_masks(persona)
        today = np.fromiter((mask == 0 for mask in masks), bool, len(masks))
        then = np.fromiter((mask is not None and mask & ~chosen == 0 for mask in masks), bool, len(masks))
        shortest = ranking.shortest_edges(network, then)
        for category in model.categories:
            without = ~np.isfinite(od_pairs.distances_mm(network, category, today))
            weights = np.where(without, np.asarray(people, dtype=np.float64) * category.value, 0.0)
            for edge, weight in ranking.flows(network, category, then, weights, shortest):
                over[edge] += weight
    return over
