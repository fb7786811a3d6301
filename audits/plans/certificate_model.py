"""Walk the model of a certificate in whole millimetres and exact weights: no array, no part of the planner."""

from __future__ import annotations

import functools
import heapq
import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from audits.plans import certificate_tree

LONGEST_NUMBER, MOST_TENS = 40, 300
# twice the planner's rounding: its sums are in floating point, and what it keeps must not be refused here
TOLERANCE = Fraction(2, 1_000_000)

Served = dict[str, Fraction]
Arcs = list[list[tuple[int, int, int]]]
"""By node the edges that lead to it: (node before, millimetres, mask of the fixes needed)."""


def read(text: str) -> Any:
    """Return JSON with every number exactly as written."""
    return json.loads(text, parse_float=_number, parse_constant=_number)


def _number(written: str) -> Fraction:
    # No plan needs more digits than this, and a large power of ten would take all memory.
    if len(written) > LONGEST_NUMBER or abs(int(written.lower().partition("e")[2] or 0)) > MOST_TENS:
        raise ValueError(written)
    return Fraction(written)


class PlanModel:
    """A planning model as :func:`audits.plans.certificate.model_text` writes it, already read.

    Parameters
    ----------
    content
        From :func:`read`.
    most_fixes
        How many fixes a path may need; paths that need more are left out.
    """

    def __init__(self, content: Any, most_fixes: int) -> None:
        self.content, self.most_fixes, self.left_out = content, most_fixes, False
        self.places: dict[str, int] = {fix["fix_id"]: place for place, fix in enumerate(content["fixes"])}
        # a node for each zone that is written: a number alone may ask for more memory than there is
        if content["nodes"] != len(content["zones"]):
            raise ValueError(content["nodes"])
        known: dict[tuple[int | None, ...], Arcs] = {}
        self.arcs = [self._arcs(3 + place, known) for place in range(len(content["personas"]))]

    def _arcs(self, column: int, known: dict[tuple[int | None, ...], Arcs]) -> Arcs:
        """Return the edges of a persona; personas with the same barriers share them."""
        needs = tuple(
            # a set: a fix that is listed twice must not add up to the bit of another
            None if edge[column] is None else sum(1 << fix for fix in set(edge[column]))
            for edge in self.content["edges"]
        )
        if needs in known:
            return known[needs]
        arcs: Arcs = [[] for _ in range(self.content["nodes"])]
        for edge, need in zip(self.content["edges"], needs, strict=True):
            start, end, length_mm = edge[:3]
            # a negative node would count from the end of the list, and with a negative length the search is not sound
            if start < 0 or end < 0 or length_mm < 0:
                raise ValueError(edge)
            if need is not None:
                arcs[end].append((start, length_mm, need))
                if not self.content["directed"]:
                    arcs[start].append((end, length_mm, need))
        known[needs] = arcs
        return arcs

    def costs(self, case: str) -> list[Any]:
        """Return the cost of every fix, baht."""
        return [fix["cost_thb"][case] for fix in self.content["fixes"]]

    def mask(self, fix_ids: Sequence[str]) -> int:
        """Return the mask of some fixes."""
        # a set, for the same reason as the needs of an edge
        return sum(1 << self.places[fix_id] for fix_id in set(fix_ids))

    @functools.cached_property
    def people(self) -> list[tuple[Arcs, Any, list[Fraction]]]:
        """(edges, category, weight of each node) for every persona and category."""
        found: list[tuple[Arcs, Any, list[Fraction]]] = []
        for persona, weights in sorted(self.content["people"].items()):
            arcs = self.arcs[self.content["personas"].index(persona)]
            for category in self.content["categories"]:
                value: Fraction = category["value"]
                # a negative place would count from the end of the list
                if min(category["nodes"], default=0) < 0:
                    raise ValueError(category["name"])
                found.append((arcs, category, [weight * value for weight in weights]))
        return found

    def served(self, chosen: int) -> Served:
        """Return the weight of each zone that walks step-free with some fixes, a mask: Dijkstra, node by node."""
        zones: Served = defaultdict(Fraction)
        for arcs, category, weights in self.people:
            nearest: dict[int, int] = {}
            queue = [(0, node) for node in category["nodes"]]
            heapq.heapify(queue)
            while queue:
                distance, node = heapq.heappop(queue)
                if node in nearest:
                    continue
                nearest[node] = distance
                zones[self.content["zones"][node]] += weights[node]
                for before, length_mm, need in arcs[node]:
                    if distance + length_mm <= category["limit_mm"] and not need & ~chosen and before not in nearest:
                        heapq.heappush(queue, (distance + length_mm, before))
        return zones

    @functools.cached_property
    def families(self) -> dict[certificate_tree.Family, Served]:
        """The bundles of the trips, with the weight of each zone; trips open today or beyond reach are left out."""
        found: dict[certificate_tree.Family, Served] = defaultdict(lambda: defaultdict(Fraction))
        known: dict[tuple[int, str], list[certificate_tree.Family]] = {}
        for arcs, category, weights in self.people:
            # personas that share their edges share the object, so that its identity is a key
            at = id(arcs), category["name"]
            if at not in known:
                known[at] = [certificate_tree.smallest(masks) for masks in self._sets(arcs, category)]
            for node, family in enumerate(known[at]):
                if weights[node] > 0 and family and family != (0,):
                    found[family][self.content["zones"][node]] += weights[node]
        return found

    def _sets(self, arcs: Arcs, category: Any) -> list[list[int]]:
        """Return by node the masks of the fixes on its paths, each with no part of it that is nearer."""
        sets: list[list[int]] = [[] for _ in arcs]
        # the fixes before the node, as the planner does: of one distance, part of a set is the smaller number
        queue = [(0, 0, node) for node in sorted(set(category["nodes"]))]
        while queue:
            distance, fixes, node = heapq.heappop(queue)
            if any(not known & ~fixes for known in sets[node]):
                continue
            sets[node].append(fixes)
            for before, length_mm, need in arcs[node]:
                wider, farther = fixes | need, distance + length_mm
                if farther > category["limit_mm"] or any(not known & ~wider for known in sets[before]):
                    continue
                if wider.bit_count() > self.most_fixes:
                    self.left_out = True
                else:
                    heapq.heappush(queue, (farther, wider, before))
        return sets

    def gained(self, chosen: int) -> Served:
        """Return the weight of each zone that a choice opens on paths that need no more than `most_fixes`."""
        gained: Served = defaultdict(Fraction)
        for family, zones in self.families.items():
            if any(not bundle & ~chosen for bundle in family):
                for zone, weight in zones.items():
                    gained[zone] += weight
        return gained

    def problem(self, case: str, budget_thb: Any, floors: Mapping[str, Any]) -> certificate_tree.Problem:
        """Return the choice as whole numbers, nothing decided yet; the floors in the order of their zones."""
        weights = {family: sum(zones.values(), Fraction(0)) for family, zones in self.families.items()}
        grain = _measure(list(weights.values()))
        costs = self.costs(case)
        coin = _measure([Fraction(cost) for cost in (*costs, budget_thb)])
        return certificate_tree.Problem(
            classes={
                family: (int(weight / grain), *(self.families[family].get(zone, 0) / grain for zone in sorted(floors)))
                for family, weight in weights.items()
            },
            costs=[int(cost / coin) for cost in costs],
            budget=int(budget_thb / coin),
            slack=int(TOLERANCE / 2 / coin),
            coin=coin,
            grain=grain,
            floors=[floors[zone] / grain for zone in sorted(floors)],
            sure=(0, *(Fraction(0) for _ in floors)),
        )


@functools.lru_cache(maxsize=1)
def walked(text: str, most_fixes: int) -> PlanModel:
    """Return the model of a text; certificate and check of each budget ask for the same one in turn."""
    return PlanModel(read(text), most_fixes)


def _measure(amounts: Sequence[Fraction]) -> Fraction:
    """Return the largest fraction of which all amounts are whole multiples; 1 where all are 0."""
    whole = math.lcm(*(amount.denominator for amount in amounts))
    return Fraction(math.gcd(*(int(amount * whole) for amount in amounts)), whole) or Fraction(1)
