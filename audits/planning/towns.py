"""Describe a town as a plan sees it: where one can walk, where people live and go, what can be built."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audits import errors

ROUNDING = 1e-6
CERTAIN, LIKELY, UNLIKELY = "certain", "likely", "unlikely"
COST_CASES = ("low", "likely", "high")

NO_SUCH_NODE = errors.ProblemKind("TOWN-001", "There is no node {node}; the network has nodes 0 to {last}.")
BAD_LENGTH = errors.ProblemKind("TOWN-002", "A length of {length} m cannot be walked; write 0 or more.")
UNKNOWN_FIX = errors.ProblemKind("TOWN-003", "The fix {fix} is not in the list of fixes; add it or take it out.")
BAD_COST = errors.ProblemKind(
    "TOWN-004", "Costs must be 0 or more, the low at most the likely, the likely at most the high."
)
BAD_WEIGHT = errors.ProblemKind("TOWN-005", "The weight {weight} is not a number of 0 or more.")
TWICE = errors.ProblemKind("TOWN-006", "The name {name} is used twice; give each its own.")
BAD_SIZE = errors.ProblemKind("TOWN-007", "There are {given} values where {expected} are needed; give one for each.")
BAD_STATE = errors.ProblemKind(
    "TOWN-008", "The state {state} of a barrier is not known; write certain, likely or unlikely."
)


@dataclass(frozen=True)
class Cost:
    """What a fix may cost, in baht: low ≤ likely ≤ high."""

    low: float
    likely: float
    high: float

    @classmethod
    def exactly(cls, cost_thb: float) -> Cost:
        """Return a cost that is known."""
        return cls(cost_thb, cost_thb, cost_thb)


@dataclass(frozen=True)
class Fix:
    """One thing that can be built.

    Parameters
    ----------
    fix_id, label, zone
        Its name, what it is, and the zone where the money is spent.
    cost
        In baht.
    severity
        1 to 4, of what it mends; only rankings use it.
    barrier
        Whether what it mends is there: ``certain``, ``likely`` or ``unlikely`` (not measured yet).
    """

    fix_id: str
    label: str
    zone: str
    cost: Cost
    severity: int = 1
    barrier: str = CERTAIN


@dataclass(frozen=True, eq=False)
class Network:
    """A walking network as plain arrays.

    Parameters
    ----------
    nodes
        Number of nodes, named 0 to ``nodes - 1``.
    start, end
        Shape (edges,): the nodes that each edge joins.
    length_m
        Shape (edges,), metres; used to the millimetre.
    needs
        For each persona, shape (edges,): the fixes that must all be built before the edge can be passed; empty where
        it can be passed today, None where nothing helps.
    directed
        True where each edge leads from `start` to `end` only.
    """

    nodes: int
    start: npt.NDArray[np.intp]
    end: npt.NDArray[np.intp]
    length_m: npt.NDArray[np.float64]
    needs: Mapping[str, Sequence[frozenset[str] | None]]
    directed: bool = False

    @functools.cached_property
    def length_mm(self) -> npt.NDArray[np.int64]:
        """Return the lengths in whole millimetres, shape (edges,): sums of them are exact in any order."""
        return np.rint(np.asarray(self.length_m, dtype=np.float64) * 1000).astype(np.int64)


@dataclass(frozen=True)
class Category:
    """A kind of destination.

    Parameters
    ----------
    name
        Such as ``bus_stop``.
    nodes
        Where its destinations are.
    limit_m
        The longest way that still counts, metres.
    value
        What one person's way there is worth.
    """

    name: str
    nodes: tuple[int, ...]
    limit_m: float
    value: float = 1.0

    @property
    def limit_mm(self) -> int:
        """Return the limit in whole millimetres."""
        return round(self.limit_m * 1000)


@dataclass(frozen=True, eq=False)
class Town:
    """All that a plan is made from.

    Parameters
    ----------
    network
        The walking network.
    categories
        Where people go.
    people
        For each persona of the network, shape (nodes,): the weight of the people who start there.
    zones
        Shape (nodes,): the zone where each node lies.
    fixes
        What can be built.
    """

    network: Network
    categories: tuple[Category, ...]
    people: Mapping[str, npt.NDArray[np.float64]]
    zones: tuple[str, ...]
    fixes: tuple[Fix, ...]

    @functools.cached_property
    def ordered(self) -> tuple[Fix, ...]:
        """Return the fixes by name: the bit of a fix in a mask is its place here, whatever the order given."""
        return tuple(sorted(self.fixes, key=lambda fix: fix.fix_id))

    @functools.cached_property
    def bits(self) -> dict[str, int]:
        """Return the bit of each fix."""
        return {fix.fix_id: place for place, fix in enumerate(self.ordered)}

    def mask(self, fix_ids: Sequence[str] | frozenset[str]) -> int:
        """Return the mask of some fixes."""
        return functools.reduce(int.__or__, (1 << self.bits[fix_id] for fix_id in fix_ids), 0)

    def named(self, mask: int) -> tuple[str, ...]:
        """Return the names of the fixes in a mask, sorted."""
        return tuple(self.ordered[bit].fix_id for bit in bits(mask))

    def costs(self, case: str = "likely") -> tuple[float, ...]:
        """Return the costs by bit, baht, in the ``low``, ``likely`` or ``high`` case."""
        return tuple(float(getattr(fix.cost, case)) for fix in self.ordered)

    def edge_masks(self, persona: str) -> tuple[int | None, ...]:
        """Return what each edge needs for a persona as masks, shape (edges,); None where nothing helps."""
        known: dict[frozenset[str] | None, int | None] = {None: None}
        for need in self.network.needs[persona]:
            if need not in known:
                known[need] = self.mask(need or frozenset())
        return tuple(known[need] for need in self.network.needs[persona])


def bits(mask: int) -> Iterator[int]:
    """Yield the bits of a mask, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def problems(town: Town) -> tuple[errors.Problem, ...]:
    """Return everything that is wrong with a town, all at once."""
    return (*_network_problems(town), *_fix_problems(town), *_people_problems(town))


def _network_problems(town: Town) -> Iterator[errors.Problem]:
    network, last = town.network, town.network.nodes - 1
    edges = len(network.start)
    sized: list[tuple[str, Sized]] = [("end", network.end), ("length_m", network.length_m)]
    sized += [(f"needs {persona}", needs) for persona, needs in network.needs.items()]
    for where, values in sized:
        if len(values) != edges:
            yield BAD_SIZE.at(where, given=len(values), expected=edges)
    ends = [(f"edge {row}", int(node)) for side in (network.start, network.end) for row, node in enumerate(side)]
    ends += [(category.name, node) for category in town.categories for node in category.nodes]
    for where, node in ends:
        if not 0 <= node <= last:
            yield NO_SUCH_NODE.at(where, node=node, last=last)
    lengths = [(f"edge {row}", float(length)) for row, length in enumerate(network.length_m)]
    for where, length in [*lengths, *((category.name, category.limit_m) for category in town.categories)]:
        if not _counts(length):
            yield BAD_LENGTH.at(where, length=length)


def _fix_problems(town: Town) -> Iterator[errors.Problem]:
    known = {fix.fix_id for fix in town.fixes}
    names = [fix.fix_id for fix in town.fixes]
    categories = [category.name for category in town.categories]
    for name in sorted({name for name in names if names.count(name) > 1} if len(known) < len(names) else ()):
        yield TWICE.at("fixes", name=name)
    for name in sorted({name for name in categories if categories.count(name) > 1}):
        yield TWICE.at("categories", name=name)
    for fix in town.fixes:
        cost = (fix.cost.low, fix.cost.likely, fix.cost.high)
        if not all(map(_counts, cost)) or list(cost) != sorted(cost):
            yield BAD_COST.at(fix.fix_id)
        if fix.barrier not in (CERTAIN, LIKELY, UNLIKELY):
            yield BAD_STATE.at(fix.fix_id, state=fix.barrier)
    for persona, needs in town.network.needs.items():
        for fix_id in sorted(frozenset().union(*(need for need in needs if need)) - known):
            yield UNKNOWN_FIX.at(persona, fix=fix_id)


def _people_problems(town: Town) -> Iterator[errors.Problem]:
    nodes = town.network.nodes
    if len(town.zones) != nodes:
        yield BAD_SIZE.at("zones", given=len(town.zones), expected=nodes)
    for persona, weights in town.people.items():
        if len(weights) != nodes:
            yield BAD_SIZE.at(f"people {persona}", given=len(weights), expected=nodes)
        if persona not in town.network.needs:
            yield BAD_SIZE.at(f"needs {persona}", given=0, expected=len(town.network.start))
        for node, weight in enumerate(weights):
            if not _counts(float(weight)):
                yield BAD_WEIGHT.at(f"people {persona}, node {node}", weight=float(weight))
    for category in town.categories:
        if not _counts(category.value):
            yield BAD_WEIGHT.at(category.name, weight=category.value)


def _counts(value: float) -> bool:
    return math.isfinite(value) and value >= 0
