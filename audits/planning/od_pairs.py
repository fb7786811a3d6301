"""Merge the people whose way depends on the same fixes, and count whom a choice of fixes serves."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from audits.planning import fix_sets, planning_model

Group = tuple[str, str, str]
ZONE, CATEGORY, PERSONA = 0, 1, 2


@dataclass(frozen=True)
class DemandClass:
    """Ways that open with the same bundles of fixes.

    Parameters
    ----------
    bundles
        Masks; any one of them, built whole, serves the class.
    weight
        Of all its ways together.
    shares
        The weight of each (zone, category, persona) in it.
    """

    bundles: tuple[int, ...]
    weight: float
    shares: Mapping[Group, float]


@dataclass(frozen=True)
class Demand:
    """What people need, merged.

    Parameters
    ----------
    classes
        Sorted by their bundles.
    open_today, out_of_reach
        The weight of each (zone, category, persona) that needs no fix, and that no set of fixes serves.
    most_fixes, complete
        How many fixes a way was allowed to need, and whether none was left out for needing more.
    """

    classes: tuple[DemandClass, ...]
    open_today: Mapping[Group, float]
    out_of_reach: Mapping[Group, float]
    most_fixes: int
    complete: bool

    @property
    def base(self) -> float:
        """Return the weight that is served today."""
        return math.fsum(self.open_today.values())


def demand(model: planning_model.Model, most_fixes: int = fix_sets.MOST_FIXES) -> Demand:
    """Return what the people of a town need.

    Every node, category and persona with a weight is one way; the ways that the same minimal fix sets open are one
    class. Merging them contracts the parts of the network that are step-free already and changes no answer.
    """
    merged: dict[tuple[int, ...], dict[Group, list[float]]] = defaultdict(lambda: defaultdict(list))
    complete = True
    for persona, category, found in _families(model, most_fixes):
        complete = complete and found.complete
        for node, family in enumerate(found.families):
            weight = float(model.people[persona][node]) * category.value
            if weight > 0:
                merged[family][model.zones[node], category.name, persona].append(weight)
    shares = {family: _summed(groups) for family, groups in merged.items()}
    open_today, out_of_reach = shares.pop((0,), {}), shares.pop((), {})
    classes = tuple(
        DemandClass(family, math.fsum(groups.values()), groups) for family, groups in sorted(shares.items())
    )
    return Demand(classes, open_today, out_of_reach, most_fixes, complete)


def _families(
    model: planning_model.Model, most_fixes: int
) -> Iterator[tuple[str, planning_model.Category, fix_sets.FixSets]]:
    """Yield the fix sets of every persona and category; personas with the same barriers are looked at once."""
    known: dict[tuple[int | None, ...], list[fix_sets.FixSets]] = {}
    categories = sorted(model.categories, key=lambda category: category.name)
    for persona in sorted(model.people):
        masks = model.edge_masks(persona)
        if masks not in known:
            ways = fix_sets.ways_back(model, persona)
            known[masks] = [fix_sets.fix_sets(ways, category, most_fixes) for category in categories]
        for category, found in zip(categories, known[masks], strict=True):
            yield persona, category, found


def _summed(groups: Mapping[Group, list[float]]) -> dict[Group, float]:
    return {group: math.fsum(weights) for group, weights in sorted(groups.items())}


def with_built(classes: Sequence[DemandClass], built: int, ruled_out: int = 0) -> tuple[DemandClass, ...]:
    """Return the classes still to be served when some fixes stand already and others will not be built.

    Parameters
    ----------
    classes
        As they are without these decisions.
    built, ruled_out
        Masks; what is built leaves the bundles, and a bundle with something ruled out is no way any more.
    """
    left = ([bundle & ~built for bundle in one.bundles if bundle & ruled_out == 0] for one in classes)
    families = ((fix_sets.minimal(bundles), one.shares) for bundles, one in zip(left, classes, strict=True))
    return _merged((family, shares) for family, shares in families if family != (0,))


def _merged(ways: Iterable[tuple[tuple[int, ...], Mapping[Group, float]]]) -> tuple[DemandClass, ...]:
    """Return one class for each family that is not empty."""
    merged: dict[tuple[int, ...], dict[Group, list[float]]] = defaultdict(lambda: defaultdict(list))
    for family, shares in ways:
        if family:
            for group, weight in shares.items():
                merged[family][group].append(weight)
    summed = {family: _summed(groups) for family, groups in merged.items()}
    return tuple(DemandClass(family, math.fsum(groups.values()), groups) for family, groups in sorted(summed.items()))


def affordable(classes: Iterable[DemandClass], cost: Mapping[int, float], budget_thb: float) -> tuple[DemandClass, ...]:
    """Return the classes with the bundles that alone cost no more than the budget."""

    def within(bundle: int) -> bool:
        return math.fsum(cost[bit] for bit in planning_model.bits(bundle)) <= budget_thb + planning_model.ROUNDING

    return _merged((tuple(filter(within, one.bundles)), one.shares) for one in classes)


@dataclass(frozen=True)
class Twins:
    """Classes in which fixes that always come together are one.

    Parameters
    ----------
    classes
        Their bundles hold the lowest bit of each set of twins only.
    members
        For each such bit, the mask of the twins.
    """

    classes: tuple[DemandClass, ...]
    members: Mapping[int, int]

    def cost(self, costs: Sequence[float]) -> dict[int, float]:
        """Return what each set of twins costs, from the costs by bit."""
        return {bit: math.fsum(costs[one] for one in planning_model.bits(mask)) for bit, mask in self.members.items()}

    def unfold(self, chosen: Iterable[int]) -> int:
        """Return the mask of all twins of the chosen bits."""
        mask = 0
        for bit in chosen:
            mask |= self.members[bit]
        return mask


def twins(classes: Sequence[DemandClass]) -> Twins:
    """Merge the fixes that stand in exactly the same bundles, such as the two kerb ramps of one crossing."""
    places: dict[int, list[int]] = defaultdict(list)
    for place, bundle in enumerate(sorted({bundle for one in classes for bundle in one.bundles})):
        for bit in planning_model.bits(bundle):
            places[bit].append(place)
    together: dict[tuple[int, ...], int] = defaultdict(int)
    for bit in sorted(places):
        together[tuple(places[bit])] |= 1 << bit
    members = {next(planning_model.bits(mask)): mask for mask in together.values()}
    kept = sum(1 << bit for bit in members)
    merged = (
        DemandClass(tuple(sorted(bundle & kept for bundle in one.bundles)), one.weight, one.shares) for one in classes
    )
    return Twins(tuple(merged), members)


def apart(classes: Sequence[DemandClass]) -> Twins:
    """Return the classes with every fix by itself."""
    used = {bit for one in classes for bundle in one.bundles for bit in planning_model.bits(bundle)}
    return Twins(tuple(classes), {bit: 1 << bit for bit in sorted(used)})


def as_if_open(demand: Demand, absent: int) -> Demand:
    """Return what people need if some barriers, the mask of their fixes, are not there."""
    merged: dict[Group, list[float]] = defaultdict(list)
    for shares in (demand.open_today, *(one.shares for one in served(demand.classes, absent))):
        for group, weight in shares.items():
            merged[group].append(weight)
    return replace(demand, classes=with_built(demand.classes, absent), open_today=_summed(merged))


def served(classes: Iterable[DemandClass], chosen: int) -> tuple[DemandClass, ...]:
    """Return the classes that a choice of fixes, a mask, serves."""
    return tuple(one for one in classes if any(bundle & ~chosen == 0 for bundle in one.bundles))


def benefit(classes: Iterable[DemandClass], chosen: int) -> float:
    """Return the weight that a choice of fixes serves beyond what is open today."""
    return math.fsum(one.weight for one in served(classes, chosen))


def by(classes: Iterable[DemandClass], part: int) -> dict[str, float]:
    """Return the weight of each zone, category or persona, whichever `part` of the group is asked for."""
    weights: dict[str, list[float]] = defaultdict(list)
    for one in classes:
        for group, weight in one.shares.items():
            weights[group[part]].append(weight)
    return {name: math.fsum(values) for name, values in sorted(weights.items())}


def distances_mm(
    network: planning_model.Network, category: planning_model.Category, passable: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return how far each node is from its nearest destination over the passable edges.

    Parameters
    ----------
    passable
        Shape (edges,).

    Returns
    -------
    ndarray of shape (nodes,)
        Millimetres; infinite beyond the limit. Of parallel edges the shortest counts.
    """
    if not category.nodes:
        return np.full(network.nodes, np.inf)
    found: npt.NDArray[np.float64] = csgraph.dijkstra(
        walking_matrix(network, passable),
        directed=True,
        indices=sorted(set(category.nodes)),
        limit=category.limit_mm,
        min_only=True,
    )
    return found


def walking_matrix(network: planning_model.Network, passable: npt.NDArray[np.bool_]) -> sparse.csr_array:
    """Return the passable edges against the direction of walking, millimetres, as a sparse matrix (nodes, nodes).

    A sparse matrix adds up parallel edges, so the shortest is taken first.
    """
    heads, tails, lengths = network.end[passable], network.start[passable], network.length_mm[passable]
    if not network.directed:
        heads, tails, lengths = np.r_[heads, tails], np.r_[tails, heads], np.r_[lengths, lengths]
    order = np.lexsort((lengths, tails, heads))
    heads, tails, lengths = heads[order], tails[order], lengths[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (heads[1:] != heads[:-1]) | (tails[1:] != tails[:-1])
    shape = (network.nodes, network.nodes)
    return sparse.csr_array((lengths[first].astype(np.float64), (heads[first], tails[first])), shape=shape)
