"""Group trips by the sets of fixes that open them, and add up the weight that a choice of fixes serves."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from audits.plans import planning_model

# each fix more on a path multiplies the sets to be kept; a certificate says when trips were left out
MOST_FIXES = 8

Group = tuple[str, str, str]
ZONE, CATEGORY, PERSONA = 0, 1, 2
Edges = list[list[tuple[int, int, int]]]


@dataclass(frozen=True)
class FixSets:
    """Smallest sets of fixes that open a trip.

    Parameters
    ----------
    families
        Shape (nodes,): the inclusion-minimal masks of each node; ``(0,)`` where the trip is open today, empty where
        no set of fixes opens it.
    complete
        False where a path was left out because it needs too many fixes.
    """

    families: tuple[tuple[int, ...], ...]
    complete: bool


@dataclass(frozen=True)
class DemandClass:
    """Origin–destination pairs that open with the same bundles of fixes.

    Parameters
    ----------
    bundles
        Masks; any one of them, built whole, serves the class.
    weight
        Of all its trips together.
    shares
        Weight by (zone, category, persona).
    """

    bundles: tuple[int, ...]
    weight: float
    shares: Mapping[Group, float]


@dataclass(frozen=True)
class Demand:
    """All trips of a model, in classes.

    Parameters
    ----------
    classes
        Sorted by their bundles.
    open_today, out_of_reach
        Weight by (zone, category, persona) that needs no fix, and that no set of fixes serves.
    most_fixes, complete
        How many fixes a path was allowed to need, and whether none was left out for needing more.
    """

    classes: tuple[DemandClass, ...]
    open_today: Mapping[Group, float]
    out_of_reach: Mapping[Group, float]
    most_fixes: int
    complete: bool

    @property
    def base(self) -> float:
        """Weight served today."""
        return math.fsum(self.open_today.values())


def minimal(masks: Sequence[int]) -> tuple[int, ...]:
    """Return the masks that contain no other of them, sorted."""
    kept: list[int] = []
    for mask in sorted(set(masks), key=lambda mask: (mask.bit_count(), mask)):
        if not any(other & ~mask == 0 for other in kept):
            kept.append(mask)
    return tuple(sorted(kept))


def edges_into(model: planning_model.Model, persona: str) -> Edges:
    """Return by node the edges that lead to it: (node before, millimetres, mask of the fixes needed)."""
    network = model.network
    found: Edges = [[] for _ in range(network.nodes)]
    edges = zip(network.start, network.end, network.length_mm, model.edge_masks(persona), strict=True)
    for start, end, length_mm, mask in edges:
        if mask is not None:
            found[int(end)].append((int(start), int(length_mm), mask))
            if not network.directed:
                found[int(start)].append((int(end), int(length_mm), mask))
    return found


def fix_sets(edges: Edges, category: planning_model.Category, most_fixes: int = MOST_FIXES) -> FixSets:
    """Return for every node the smallest sets of fixes with which it reaches a destination within the limit.

    Labels (distance, mask) spread from all destinations at once in order of distance. A label is dropped only where a
    nearer one needs a subset of its fixes, so no useful path is lost; paths of more than `most_fixes` are left out.
    """
    # The labels of a node have no cap: a cap loses paths without a sign, even some that are step-free today.
    labels: list[list[int]] = [[] for _ in edges]
    # the mask before the node: of one distance a subset is the smaller number, and so comes first
    queue = [(0, 0, node) for node in sorted(set(category.nodes))]
    limit_mm, complete = category.limit_mm, True
    while queue:
        distance_mm, mask, node = heapq.heappop(queue)
        if any(other & ~mask == 0 for other in labels[node]):
            continue
        labels[node].append(mask)
        for before, length_mm, need in edges[node]:
            farther_mm, wider = distance_mm + length_mm, mask | need
            if farther_mm > limit_mm or any(other & ~wider == 0 for other in labels[before]):
                continue
            if wider.bit_count() > most_fixes:
                complete = False
            else:
                heapq.heappush(queue, (farther_mm, wider, before))
    return FixSets(tuple(minimal(masks) for masks in labels), complete)


def demand(model: planning_model.Model, most_fixes: int = MOST_FIXES) -> Demand:
    """Return the trips of a model.

    Every node, category and persona with a weight is one trip; trips that the same minimal fix sets open are one
    class. Merging them contracts the parts of the network that are step-free already and changes no result.
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


def _families(model: planning_model.Model, most_fixes: int) -> Iterator[tuple[str, planning_model.Category, FixSets]]:
    # Personas with the same barriers are searched once.
    known: dict[tuple[int | None, ...], list[FixSets]] = {}
    categories = sorted(model.categories, key=lambda category: category.name)
    for persona in sorted(model.people):
        masks = model.edge_masks(persona)
        if masks not in known:
            edges = edges_into(model, persona)
            known[masks] = [fix_sets(edges, category, most_fixes) for category in categories]
        for category, found in zip(categories, known[masks], strict=True):
            yield persona, category, found


def _summed(groups: Mapping[Group, list[float]]) -> dict[Group, float]:
    # Exact sums do not depend on the order of nodes, so the same model always has the same certificate.
    return {group: math.fsum(weights) for group, weights in sorted(groups.items())}


def with_built(classes: Sequence[DemandClass], built: int, ruled_out: int = 0) -> tuple[DemandClass, ...]:
    """Return the classes left to serve when some fixes, a mask, are built already and others never will be.

    What is built leaves the bundles; a bundle with something ruled out is dropped.
    """
    left = ([bundle & ~built for bundle in one.bundles if bundle & ruled_out == 0] for one in classes)
    families = ((minimal(bundles), one.shares) for bundles, one in zip(left, classes, strict=True))
    # what is built already serves these
    return _merged((family, shares) for family, shares in families if family != (0,))


def _merged(trips: Iterable[tuple[tuple[int, ...], Mapping[Group, float]]]) -> tuple[DemandClass, ...]:
    merged: dict[tuple[int, ...], dict[Group, list[float]]] = defaultdict(lambda: defaultdict(list))
    for family, shares in trips:
        # nothing that may be built opens these
        if family:
            for group, weight in shares.items():
                merged[family][group].append(weight)
    summed = {family: _summed(groups) for family, groups in merged.items()}
    return tuple(DemandClass(family, math.fsum(groups.values()), groups) for family, groups in sorted(summed.items()))


def affordable(classes: Iterable[DemandClass], cost: Mapping[int, float], budget_thb: float) -> tuple[DemandClass, ...]:
    """Return the classes with only those bundles that alone cost no more than the budget."""

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
        By such bit, the mask of the twins.
    """

    classes: tuple[DemandClass, ...]
    members: Mapping[int, int]

    def cost(self, costs: Sequence[float]) -> dict[int, float]:
        """Return the cost of each set of twins, from the costs by bit."""
        return {bit: math.fsum(costs[one] for one in planning_model.bits(mask)) for bit, mask in self.members.items()}

    def unfold(self, chosen: Iterable[int]) -> int:
        """Return the mask of all twins of the chosen bits."""
        mask = 0
        for bit in chosen:
            mask |= self.members[bit]
        return mask


def twins(classes: Sequence[DemandClass]) -> Twins:
    """Merge the fixes that occur in exactly the same bundles, such as the two kerb ramps of one crossing."""
    # None of them is worth anything without the others, and on real networks a third of the columns disappears.
    places: dict[int, list[int]] = defaultdict(list)
    for place, bundle in enumerate(sorted({bundle for one in classes for bundle in one.bundles})):
        for bit in planning_model.bits(bundle):
            places[bit].append(place)
    together: dict[tuple[int, ...], int] = defaultdict(int)
    for bit in sorted(places):
        together[tuple(places[bit])] |= 1 << bit
    members = {next(planning_model.bits(mask)): mask for mask in together.values()}
    kept = sum(1 << bit for bit in members)
    merged = (replace(one, bundles=tuple(sorted(bundle & kept for bundle in one.bundles))) for one in classes)
    return Twins(tuple(merged), members)


def served(classes: Iterable[DemandClass], chosen: int) -> tuple[DemandClass, ...]:
    """Return the classes that a choice of fixes, a mask, serves."""
    return tuple(one for one in classes if any(bundle & ~chosen == 0 for bundle in one.bundles))


def benefit(classes: Iterable[DemandClass], chosen: int) -> float:
    """Return the weight that a choice of fixes serves beyond what is open today."""
    return math.fsum(one.weight for one in served(classes, chosen))


def by(classes: Iterable[DemandClass], part: int) -> dict[str, float]:
    """Return the weight by zone, category or persona: `part` is the place in the group."""
    weights: dict[str, list[float]] = defaultdict(list)
    for one in classes:
        for group, weight in one.shares.items():
            weights[group[part]].append(weight)
    return {name: math.fsum(values) for name, values in sorted(weights.items())}
