"""Buy bundle after bundle, always the one that serves most for its price."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from audits.plans import od_pairs, planning_model

CLOSE = 1e-9


class Purchase:
    """A choice of fixes that grows.

    Whole bundles are bought, for two kerb ramps of one crossing are worth nothing alone. A purchase may raise the gain
    of other bundles: those it touches are priced again.

    Parameters
    ----------
    classes
        Whom fixes serve.
    costs_thb
        The cost of each bit.
    chosen
        What is built already, as a mask.
    """

    def __init__(
        self, classes: Sequence[od_pairs.DemandClass], costs_thb: Mapping[int, float], chosen: int = 0
    ) -> None:
        self.classes, self.costs_thb, self.chosen = classes, costs_thb, chosen
        self._users: dict[int, list[int]] = defaultdict(list)
        for place, one in enumerate(classes):
            for bundle in one.bundles:
                self._users[bundle].append(place)
        self._of_bit: dict[int, list[int]] = defaultdict(list)
        for bundle in sorted(self._users):
            for bit in planning_model.bits(bundle):
                self._of_bit[bit].append(bundle)
        self._served = {place for bundle, users in self._users.items() if bundle & ~chosen == 0 for place in users}

    def price_thb(self, bundle: int) -> float:
        """Return the cost of the part of a bundle that is not built yet."""
        return math.fsum(self.costs_thb[bit] for bit in planning_model.bits(bundle & ~self.chosen))

    def buy(self, weights: Sequence[float], budget_thb: float, enough: float = math.inf) -> float:
        """Buy until nothing affordable gains anything, or the gain is enough; return the money left, baht.

        `weights` are what serving each class is worth now.
        """
        heap = [entry for bundle in sorted(self._users) for entry in self._entry(bundle, weights)]
        heapq.heapify(heap)
        gained = 0.0
        # a floor is a sum of floats: what is short by less is reached
        while heap and gained < enough - CLOSE:
            worth, bundle = heapq.heappop(heap)
            price = self.price_thb(bundle)
            # dropped for good: the money only falls, and a bundle whose price falls is put back as a touched one
            if price > budget_thb + planning_model.ROUNDING:
                continue
            # Lazy queue: an entry may be out of date, so it is compared with its gain of now.
            fresh = self._entry(bundle, weights)
            if fresh and fresh[0][0] > worth + CLOSE * abs(worth):
                heapq.heappush(heap, fresh[0])
            elif fresh:
                gained += self.gain(bundle, weights)
                budget_thb -= price
                for touched in self._take(bundle):
                    for entry in self._entry(touched, weights):
                        heapq.heappush(heap, entry)
        return budget_thb

    def gain(self, bundle: int, weights: Sequence[float]) -> float:
        """Return the weight that buying a bundle would newly serve."""
        return math.fsum(weights[place] for place in self._opened(bundle))

    def _opened(self, bundle: int) -> set[int]:
        with_it = self.chosen | bundle
        opened = {
            place
            for bit in planning_model.bits(bundle & ~self.chosen)
            for other in self._of_bit[bit]
            if other & ~with_it == 0
            for place in self._users[other]
        }
        return opened - self._served

    def _entry(self, bundle: int, weights: Sequence[float]) -> list[tuple[float, int]]:
        gain = self.gain(bundle, weights)
        if gain <= 0:
            return []
        price = self.price_thb(bundle)
        # what costs nothing comes before everything, and nothing is divided by 0
        return [(-gain / price if price > 0 else -math.inf, bundle)]

    def _take(self, bundle: int) -> set[int]:
        """Buy a bundle and return the bundles whose gain or price may have improved."""
        new = bundle & ~self.chosen
        self._served |= self._opened(bundle)
        self.chosen |= bundle
        nearer = {other for bit in planning_model.bits(new) for other in self._of_bit[bit]}
        left = {bit for other in nearer for bit in planning_model.bits(other & ~self.chosen)}
        return {other for bit in left for other in self._of_bit[bit]}


def greedy(
    classes: Sequence[od_pairs.DemandClass],
    costs_thb: Mapping[int, float],
    budget_thb: float,
    floors: Mapping[str, float] | None = None,
) -> int:
    """Return a good choice of fixes within the budget, as a mask.

    Floors are bought first, and not always met: the caller checks.

    Notes
    -----
    Best gain per baht over bundles with a lazy queue. Where every class needs a single fix it is the modified greedy
    of Tang et al., arXiv 2008.05391, so the best single bundle is tried as well.
    """
    purchase = Purchase(classes, costs_thb)
    left = buy_floors(purchase, floors or {}, budget_thb)
    purchase.buy([one.weight for one in classes], left)
    # A single bundle may miss the floors that the purchase has met.
    if floors:
        return purchase.chosen
    single = _best_single(classes, costs_thb, budget_thb)
    return max(purchase.chosen, single, key=lambda chosen: od_pairs.benefit(classes, chosen))


def buy_floors(purchase: Purchase, floors: Mapping[str, float], budget_thb: float) -> float:
    """Buy for each zone in turn until its floor is met or nothing helps it; return the money left, baht."""
    for zone, floor in sorted(floors.items()):
        in_zone = [od_pairs.by([one], od_pairs.ZONE).get(zone, 0.0) for one in purchase.classes]
        reached = od_pairs.by(od_pairs.served(purchase.classes, purchase.chosen), od_pairs.ZONE)
        budget_thb = purchase.buy(in_zone, budget_thb, floor - reached.get(zone, 0.0))
    return budget_thb


def _best_single(classes: Sequence[od_pairs.DemandClass], costs_thb: Mapping[int, float], budget_thb: float) -> int:
    purchase, weights = Purchase(classes, costs_thb), [one.weight for one in classes]
    bundles = sorted({bundle for one in classes for bundle in one.bundles})
    within = [bundle for bundle in bundles if purchase.price_thb(bundle) <= budget_thb + planning_model.ROUNDING]
    return max(within, key=lambda bundle: purchase.gain(bundle, weights), default=0)
