"""Bound a choice of fixes by multipliers, and walk a branch-and-bound tree, in exact arithmetic only."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from audits import errors

# longer than any plan writes; hostile text would take all memory
LONGEST_FRACTION = 120

BAD_MULTIPLIER = errors.ProblemKind(
    "CERT-012", "A multiplier is negative or of nothing in the plan; it proves nothing."
)
BAD_TREE = errors.ProblemKind("CERT-013", "The tree of choices leaves a choice out, or decides a fix twice.")
WRONG_LEAF = errors.ProblemKind(
    "CERT-014", "A leaf of the tree says {given}, but its multipliers or its costs say {found}."
)

Family = tuple[int, ...]
"""The bundles of a class as masks, sorted; bit k is the k-th fix of the model."""
Weights = tuple[Any, ...]
"""What a class weighs, in grains: as a whole, then in each zone with a floor."""


@dataclass(frozen=True)
class Multipliers:
    """Dual values of the relaxed program, all 0 or more.

    Parameters
    ----------
    price
        λ, benefit for a baht.
    unit
        The benefit that `charges` are counted in.
    premiums
        ν_q for each zone with a floor.
    charges
        μ_cf by class and fix.
    """

    price: Fraction
    unit: Fraction
    premiums: Sequence[Fraction]
    charges: Mapping[Family, Mapping[int, Any]]


@dataclass(frozen=True)
class Line:
    """What some multipliers prove, whichever fixes are decided; all in 1 / `scale` grains.

    A fix of slope d adds max(0, d) to the bound while it is open, d once it is built, and 0 once it is not to be
    built; `top` is the bound while every fix is open.
    """

    top: Any
    slopes: Mapping[int, Any]
    scale: int
    costs: Sequence[int]
    price: int

    def slope(self, fix: int) -> Any:
        """Return Σ_c μ_cf - λ cost_f."""
        return self.slopes[fix] if fix in self.slopes else -self.price * self.costs[fix]

    def loss(self, fix: int, built: bool) -> Any:
        """Return by how much the bound falls once a fix is decided."""
        slope = self.slope(fix)
        return max(0, -slope if built else slope)

    def grains(self, value: Any) -> int:
        """Return a bound in whole grains."""
        # The benefit of every choice is a whole number of grains, so a bound may be rounded down to one.
        return int(value // self.scale)


@dataclass(frozen=True)
class Problem:
    """What is left to choose, in whole numbers.

    Maximise Σ_c w_c Σ_{P ∈ F_c} z_cP over x_f ∈ {0, 1} and 0 ≤ z_cP ≤ 1, subject to
    (1) Σ_{P ∈ F_c: f ∈ P} z_cP ≤ x_f for every class c and fix f, (2) Σ_P z_cP ≤ 1 for every class c,
    (3) Σ_f cost_f x_f ≤ B, and (4) Σ_c w_cq Σ_P z_cP ≥ floor_q for every zone q with a floor.

    Parameters
    ----------
    classes
        w_c and w_cq by F_c.
    costs, budget, slack
        In coins; what costs up to `slack` more than the budget is still affordable.
    coin, grain
        Baht for a coin, and benefit for a grain: the benefit of every choice is a whole number of grains.
    floors
        In grains.
    sure
        What the fixes already built serve, as the weights of a class.
    """

    classes: Mapping[Family, Weights]
    costs: Sequence[int]
    budget: int
    slack: int
    coin: Fraction
    grain: Fraction
    floors: Sequence[Fraction]
    sure: Weights

    def cost(self, mask: int) -> int:
        """Return the cost of some fixes, coins."""
        return sum(self.costs[fix] for fix in bits(mask))

    def under(self, built: int, excluded: int) -> Problem:
        """Return the problem once some fixes are built and others never will be.

        What is built leaves the bundles; a bundle is dropped that holds an excluded fix, costs more than the money
        left, or contains another.
        """
        budget, sure = self.budget - self.cost(built), self.sure
        within: dict[int, bool] = {}
        classes: dict[Family, Weights] = {}
        for family, weights in self.classes.items():
            left = [bundle & ~built for bundle in family if not bundle & excluded]
            for rest in left:
                if rest not in within:
                    within[rest] = self.cost(rest) <= budget + self.slack
            reduced = smallest(rest for rest in left if within[rest])
            if reduced == (0,):
                sure = _plus(sure, weights)
            elif reduced:
                classes[reduced] = _plus(classes[reduced], weights) if reduced in classes else weights
        return dataclasses.replace(self, classes=classes, budget=budget, sure=sure)

    def line(self, at: Multipliers) -> Line:
        """Return the bound that multipliers prove, by weak duality.

        For λ, μ, ν ≥ 0 add λ (B - Σ_f cost_f x_f), Σ_cf μ_cf (x_f - Σ_{P ∋ f} z_cP) and
        Σ_q ν_q (Σ_c w_cq Σ_P z_cP - floor_q) to the objective. Where a choice keeps (3), (1) and (4), none of the
        three is negative, so the most that the sum reaches over (2) and 0 ≤ x ≤ 1 bounds every such choice:

        λB + Σ_f max(0, Σ_c μ_cf - λ cost_f) + Σ_c max(0, w_c + Σ_q ν_q w_cq - min_{P ∈ F_c} Σ_{f ∈ P} μ_cf)
        - Σ_q ν_q floor_q.
        """
        unit, price = at.unit / self.grain, at.price * self.coin / self.grain
        scale = math.lcm(unit.denominator, price.denominator)
        unit_n, price_n = int(unit * scale), int(price * scale)
        top: Any = scale * self.sure[0] + price_n * self.budget
        for premium, floor, reached in zip(at.premiums, self.floors, self.sure[1:], strict=True):
            top -= scale * premium * (floor - reached)
        slopes: dict[int, Any] = {}
        for family, weights in self.classes.items():
            worth = scale * (weights[0] + sum(a * b for a, b in zip(at.premiums, weights[1:], strict=True)))
            if charge := at.charges.get(family):
                worth -= unit_n * min(sum(charge.get(fix, 0) for fix in bits(bundle)) for bundle in family)
                for fix, value in charge.items():
                    slopes[fix] = slopes.get(fix, -price_n * self.costs[fix]) + unit_n * value
            top += max(0, worth)
        return Line(top + sum(max(0, slope) for slope in slopes.values()), slopes, scale, self.costs, price_n)

    def benefit(self, built: int) -> int:
        """Return the benefit of a choice, grains."""
        served = (w[0] for family, w in self.classes.items() if any(not bundle & ~built for bundle in family))
        return int(self.sure[0] + sum(served))


def _plus(one: Weights, other: Weights) -> Weights:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def smallest(masks: Iterable[int]) -> Family:
    """Return the masks that contain no other of them, sorted."""
    kept: list[int] = []
    # fewest bits first: a mask can only contain one that comes before it
    for mask in sorted(set(masks), key=int.bit_count):
        if not any(not other & ~mask for other in kept):
            kept.append(mask)
    return tuple(sorted(kept))


@functools.lru_cache(maxsize=1 << 16)
def bits(mask: int) -> tuple[int, ...]:
    """Return the bits of a mask, lowest first."""
    found = []
    while mask:
        found.append((mask & -mask).bit_length() - 1)
        mask &= mask - 1
    return tuple(found)


@dataclass(frozen=True)
class Box:
    """The choices below one node of a tree: `built` and `excluded` are decided, the rest is open.

    `problem` is that of the nearest node above with multipliers, `since` what was decided there, and `lines` are what
    the multipliers on the path prove in this box.
    """

    problem: Problem
    built: int
    excluded: int
    since: tuple[int, int]
    lines: tuple[tuple[Line, Any], ...] = ()

    def reduced(self) -> Problem:
        """Return the problem with everything decided that the box decides."""
        return self.problem.under(self.built & ~self.since[0], self.excluded & ~self.since[1])

    def bounded(self, problem: Problem, line: Line) -> Box:
        """Return the box with multipliers for its reduced problem."""
        lines = (*self.lines, (line, line.top))
        return Box(problem, self.built, self.excluded, (self.built, self.excluded), lines)

    def decide(self, fix: int, built: bool) -> Box:
        """Return the half of the box with a fix built, or not."""
        lines = tuple((line, value - line.loss(fix, built)) for line, value in self.lines)
        more, less = (1 << fix, 0) if built else (0, 1 << fix)
        return Box(self.problem, self.built | more, self.excluded | less, self.since, lines)

    def bound(self) -> int:
        """Return the most that a choice in the box can be worth, grains."""
        return min(line.grains(value) for line, value in self.lines)


def largest_bound(problem: Problem, root: Box, nodes: Sequence[Any], places: Mapping[str, int], zones: Any) -> int:
    """Return the largest bound of the leaves of a tree, grains; at least 0.

    The nodes stand in preorder. A node with a ``fix`` branches on it: first the tree where it is built, then the one
    where it is not. Any other is a leaf, with the ``bound`` that is the smallest of those proved by the multipliers on
    its path, or with the ``cost_thb`` of its built fixes where that is more than the budget. A node may state
    ``multipliers`` for the problem that its choices leave.

    Raises
    ------
    errors.RefusedError
        Where the leaves do not cover every choice once, a leaf says what is not so, or a multiplier proves nothing.
    """
    # the problem is that of the root, whose budget is without what must be built
    pending, largest, money = [root], 0, problem.budget + problem.cost(root.built)
    for node in nodes:
        if not pending:
            raise errors.RefusedError((BAD_TREE.at("tree"),))
        box = pending.pop()
        if "multipliers" in node:
            reduced = box.reduced()
            box = box.bounded(reduced, reduced.line(_multipliers(node["multipliers"], reduced, zones)))
        if "fix" in node:
            fix = places[node["fix"]]
            if (box.built | box.excluded) >> fix & 1:
                raise errors.RefusedError((BAD_TREE.at("tree"),))
            # preorder: the half where it is built comes first, so it is put on the stack last
            pending += [box.decide(fix, built=False), box.decide(fix, built=True)]
        elif "cost_thb" in node:
            cost = problem.cost(box.built)
            if fraction(node["cost_thb"]) != cost * problem.coin or cost <= money + problem.slack:
                found = float(cost * problem.coin)
                raise errors.RefusedError(
                    (WRONG_LEAF.at("tree", given=float(fraction(node["cost_thb"])), found=found),)
                )
        else:
            # with no multipliers on its path nothing bounds this leaf
            if not box.lines:
                raise errors.RefusedError((BAD_MULTIPLIER.at("tree"),))
            bound = box.bound()
            if fraction(node["bound"]) != bound * problem.grain:
                found = float(bound * problem.grain)
                raise errors.RefusedError((WRONG_LEAF.at("tree", given=float(fraction(node["bound"])), found=found),))
            largest = max(largest, bound)
    if pending:
        raise errors.RefusedError((BAD_TREE.at("tree"),))
    return largest


def fraction(written: str) -> Fraction:
    """Return a fraction written as ``a/b``, exactly."""
    # digits, sign and slash only: 1e999999999 is a short text and a number of hundreds of megabytes
    if not isinstance(written, str) or len(written) > LONGEST_FRACTION or not set(written) <= set("-0123456789/"):
        raise ValueError(written)
    return Fraction(written)


def _multipliers(written: Any, problem: Problem, zones: Sequence[str]) -> Multipliers:
    """Read multipliers; ``classes`` holds (class, fix, units), a class by its place among the sorted classes."""
    families, charges = sorted(problem.classes), dict[Family, dict[int, int]]()
    price, unit = fraction(written["price"]), fraction(written["unit"])
    premiums = {zone: fraction(premium) for zone, premium in written["floors"].items()}
    sound = price >= 0 < unit and min(premiums.values(), default=0) >= 0 and set(premiums) <= set(zones)
    for place, fix, units in written["classes"]:
        known = isinstance(units, int) and units >= 0 and 0 <= place < len(families)
        charge = charges.setdefault(families[place], {}) if known else {}
        sound = sound and known and fix not in charge and any(bundle >> fix & 1 for bundle in families[place])
        charge[fix] = units
    if not sound:
        raise errors.RefusedError((BAD_MULTIPLIER.at("tree"),))
    return Multipliers(price, unit, [premiums.get(zone, Fraction(0)) for zone in zones], charges)
