"""Search the tree of choices until no leaf can beat the plan, for the certificate."""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from audits.plans import budget_program, certificate_tree, od_pairs

MOST_PROGRAMS = 3_000
WHOLE = 1e-6
PRECISION = 1e-12
PENALTY = 1_000.0


@dataclass
class Node:
    """A node of the tree: a leaf until it is branched on.

    Parameters
    ----------
    box
        The choices below it; None once they are those of its halves.
    lines_of
        The nodes that state the multipliers of the lines of its box, in the same order.
    written
        Its own multipliers, as the certificate states them.
    fix
        What it branches on: a place in the model.
    halves
        With the fix built, and without.
    used
        Whether a leaf has its bound from the multipliers stated here.
    bound
        The most that a choice below it can be worth, grains.
    too_dear
        Whether its built fixes cost more than the budget.
    """

    box: certificate_tree.Box | None
    lines_of: tuple[Node, ...] = ()
    written: dict[str, Any] | None = None
    fix: int | None = None
    halves: tuple[Node, ...] = ()
    used: bool = False
    bound: int = 0
    too_dear: bool = False


@dataclass(frozen=True)
class Tree:
    """A tree and the best choice that the search came across.

    Parameters
    ----------
    nodes
        In preorder, as :func:`audits.plans.certificate_tree.largest_bound` reads them.
    chosen
        The best choice, a mask.
    bound
        The largest bound of the leaves, grains; never below the benefit of `chosen`.
    programs
        How many linear programs were solved.
    """

    nodes: tuple[Mapping[str, Any], ...]
    chosen: int
    bound: int
    programs: int


@dataclass
class Search:
    """A best-first search: always the leaf with the largest bound is bounded anew by its linear program, and halved.

    Every fix whose other half is closed by the multipliers at hand is decided at once, as by its reduced cost; of the
    others the one nearest to one half is branched on. Each step decides a fix, so the search ends, also where many
    choices are equally good.

    Parameters
    ----------
    problem
        What the wishes leave open.
    box
        With what they decide.
    names
        Of the fixes, by place.
    zones
        Those with a floor, in the order of the floors.
    chosen
        The best choice known, a mask.
    """

    problem: certificate_tree.Problem
    box: certificate_tree.Box
    names: Sequence[str]
    zones: Sequence[str]
    chosen: int
    programs: int = 0
    best: int = field(init=False)

    def __post_init__(self) -> None:
        self.best = self.problem.benefit(self.chosen)

    def tree(self, seconds: float, progress: Callable[[float], None] | None = None) -> Tree:
        """Return the tree when every leaf is closed, or after some seconds; the root is always bounded.

        `progress` is called with the share of the first gap that is closed, 0 to 1.
        """
        # the counter stands before the node in the queue: nodes have no order, and a heap compares equal bounds further
        started, tiebreak = time.perf_counter(), itertools.count(1)
        root = Node(self.box)
        self._state(root, self.problem, _nothing(self.problem))
        queue, leaves, first = [(-root.bound, 0, root)], list[Node](), None
        while queue and -queue[0][0] > self.best:
            late = time.perf_counter() - started > seconds or self.programs >= MOST_PROGRAMS
            if self.programs and late:
                break
            node = heapq.heappop(queue)[2]
            for half in self._branch(node, leaves):
                # Of equal bounds the deepest first: it is nearest to a choice.
                heapq.heappush(queue, (-half.bound, -next(tiebreak), half))
            gap = max(-queue[0][0] - self.best, 0) if queue else 0
            # one grain at least: the share of the gap that is closed divides by it
            first = max(gap, 1) if first is None else first
            if progress:
                progress(1 - min(gap / first, 1))
        leaves += [node for _, _, node in queue]
        bound = max((leaf.bound for leaf in leaves), default=0)
        return Tree(tuple(self._preorder(root, leaves)), self.chosen, max(bound, self.best), self.programs)

    def _branch(self, node: Node, leaves: list[Node]) -> list[Node]:
        """Bound a node by its linear program, and return the leaves that are still open below it."""
        box = _of(node)
        # a box whose money is overspent needs no linear program to be closed
        problem = box.reduced()
        if not problem.classes or problem.budget < 0:
            self._last(node, leaves)
            return []
        at, shares = _relaxed(problem, self.zones)
        self.programs += 1
        line = self._state(node, problem, at)
        # tried before the bound is looked at: a better choice may close this very node
        self._try(problem, box, shares)
        if node.bound <= self.best:
            leaves.append(node)
            return []
        # a fix whose one half is closed is decided: the node goes on as the half that may still win
        for fix in shares:
            loss = abs(line.slope(fix))
            if line.grains(line.top - loss) <= self.best:
                built, other = _halve(node, fix)
                node, closed = (built, other) if line.slope(fix) > 0 else (other, built)
                leaves.append(closed)
        left = [fix for fix in shares if not (_of(node).built | _of(node).excluded) >> fix & 1]
        if not left:
            self._last(node, leaves)
            return []
        # of equals the one with the lower place, so that the same plan always gets the same tree
        half = min(left, key=lambda fix: (abs(shares[fix] - 0.5), fix))
        halves = _halve(node, half)
        leaves += [one for one in halves if one.bound <= self.best]
        return [one for one in halves if one.bound > self.best]

    def _last(self, node: Node, leaves: list[Node]) -> None:
        """Bound a node in which every useful fix is decided by what it serves."""
        leaves.append(node)
        problem = _of(node).reduced()
        # Within the tolerance of the checker a choice counts as affordable.
        if problem.budget < -problem.slack:
            node.too_dear, node.bound = True, 0
            return
        self._state(node, problem, _nothing(problem))
        if any(floor > reached for floor, reached in zip(problem.floors, problem.sure[1:], strict=True)):
            self._state(node, problem, _short(problem, self.best))
        else:
            self._keep(_of(node).built)

    def _state(self, node: Node, problem: certificate_tree.Problem, at: certificate_tree.Multipliers) -> Any:
        """State multipliers at a node, in place of those that it states already; return their line."""
        line, box = problem.line(at), _of(node)
        if node.written is not None:
            box = certificate_tree.Box(problem, box.built, box.excluded, box.since, box.lines[:-1])
            node.lines_of = node.lines_of[:-1]
        node.box = box.bounded(problem, line)
        node.lines_of = (*node.lines_of, node)
        node.written = _written(at, problem, self.zones)
        node.bound = node.box.bound()
        return line

    def _try(self, problem: certificate_tree.Problem, box: certificate_tree.Box, shares: Mapping[int, float]) -> None:
        """Keep the choice of a linear program whose variables are whole, where it is better and keeps to the wishes."""
        if all(min(share, 1 - share) < WHOLE for share in shares.values()):
            more = sum(1 << fix for fix, share in shares.items() if share > 0.5)
            after = problem.under(more, 0)
            floors = zip(problem.floors, after.sure[1:], strict=True)
            # the program answers in floating point; budget and floors are asked again in whole numbers
            if after.budget >= 0 and all(reached >= floor for floor, reached in floors):
                self._keep(box.built | more)

    def _keep(self, built: int) -> None:
        benefit = self.problem.benefit(built)
        if benefit > self.best:
            self.best, self.chosen = benefit, built

    def _preorder(self, root: Node, leaves: Iterable[Node]) -> Iterable[Mapping[str, Any]]:
        # Multipliers are written only where a leaf has its bound from them.
        for leaf in leaves:
            if not leaf.too_dear:
                values = [line.grains(value) for line, value in _of(leaf).lines]
                leaf.lines_of[values.index(leaf.bound)].used = True
        # a list, not recursion: a tree grows as deep as fixes are decided, deeper than Python calls itself
        pending = [root]
        while pending:
            node = pending.pop()
            stated = {"multipliers": node.written} if node.used else {}
            if node.too_dear:
                yield {"cost_thb": str(self.problem.cost(_of(node).built) * self.problem.coin)}
            elif node.fix is None:
                yield {**stated, "bound": str(node.bound * self.problem.grain)}
            else:
                yield {**stated, "fix": self.names[node.fix]}
                pending += reversed(node.halves)


def _of(node: Node) -> certificate_tree.Box:
    if node.box is None:
        raise ValueError(node)
    return node.box


def _halve(node: Node, fix: int) -> tuple[Node, Node]:
    box = _of(node)
    built, other = (Node(box.decide(fix, built), node.lines_of) for built in (True, False))
    for half in (built, other):
        half.bound = _of(half).bound()
    node.fix, node.halves, node.box = fix, (built, other), None
    return built, other


def _nothing(problem: certificate_tree.Problem) -> certificate_tree.Multipliers:
    """Return multipliers of 0, which prove that no choice serves more than everything that is left to serve."""
    return certificate_tree.Multipliers(Fraction(0), problem.grain, [Fraction(0) for _ in problem.floors], {})


def _short(problem: certificate_tree.Problem, best: int) -> certificate_tree.Multipliers:
    """Return multipliers that prove that a floor is out of reach where nothing is left to serve."""
    missing = [floor - reached for floor, reached in zip(problem.floors, problem.sure[1:], strict=True)]
    most = missing.index(max(missing))
    enough = Fraction(math.ceil(max(problem.sure[0] - best, 0) / missing[most]) + 1)
    premiums = [enough if place == most else Fraction(0) for place in range(len(missing))]
    return certificate_tree.Multipliers(Fraction(0), problem.grain, premiums, {})


def _relaxed(
    problem: certificate_tree.Problem, zones: Sequence[str]
) -> tuple[certificate_tree.Multipliers, dict[int, float]]:
    """Return multipliers of the linear relaxation, rounded, and the share of each fix that it builds."""
    # sorted: the certificate names a class by its place among the sorted ones
    families = sorted(problem.classes)
    classes = [
        od_pairs.DemandClass(family, float(whole * problem.grain), _shares(parts, zones, problem.grain))
        for family in families
        for whole, *parts in [problem.classes[family]]
    ]
    rows = budget_program.Rows()
    at = budget_program.add_columns(rows, classes, [one.weight for one in classes])
    placed = budget_program.add_bundles_need_fixes(rows, classes, at)
    costs = {fix: float(cost * problem.coin) for fix, cost in enumerate(problem.costs)}
    budget = budget_program.add_budget(rows, costs, at, float(problem.budget * problem.coin))
    missing = {
        zone: float((floor - reached) * problem.grain)
        for zone, floor, reached in zip(zones, problem.floors, problem.sure[1:], strict=True)
        if floor > reached
    }
    floors = budget_program.add_floors(rows, classes, at, missing)
    # What is missing may be bought at a high price: the program has always an answer, and where a floor is out of
    # reach its multipliers prove that.
    for zone, row in floors.items():
        rows.relax(row, missing[zone], PENALTY)
    values, shares = rows.relaxed()
    unit = _power_of_ten(PRECISION * math.fsum(one.weight for one in classes))
    # any multipliers of 0 or more prove a bound, so they may be rounded: a short fraction is read and checked faster
    charges = {
        family: {fix: units for fix, row in places.items() if (units := round(values[row] / float(unit))) > 0}
        for family, places in zip(families, placed, strict=True)
    }
    # the price is multiplied by costs in baht, so its rounding weighs more than that of a charge
    finer = unit / 10**7
    price = round(values[budget] / budget_program.THOUSAND / float(finer)) * finer
    premiums = [
        Fraction(round(values[floors[zone]] * 10**9), 10**9) if zone in floors else Fraction(0) for zone in zones
    ]
    stated = {family: charge for family, charge in charges.items() if charge}
    return (
        certificate_tree.Multipliers(price, unit, premiums, stated),
        {fix: float(shares[column]) for fix, column in at.fixes.items()},
    )


def _shares(parts: Sequence[Any], zones: Sequence[str], grain: Fraction) -> dict[od_pairs.Group, float]:
    return {(zone, "", ""): float(part * grain) for zone, part in zip(zones, parts, strict=True)}


def _power_of_ten(amount: float) -> Fraction:
    return Fraction(10) ** math.floor(math.log10(amount))


def _written(
    at: certificate_tree.Multipliers, problem: certificate_tree.Problem, zones: Sequence[str]
) -> dict[str, Any]:
    places = {family: place for place, family in enumerate(sorted(problem.classes))}
    return {
        "price": str(at.price),
        "unit": str(at.unit),
        "floors": {zone: str(premium) for zone, premium in zip(zones, at.premiums, strict=True) if premium},
        "classes": [
            [places[family], fix, units]
            for family, charge in sorted(at.charges.items())
            for fix, units in sorted(charge.items())
        ],
    }
