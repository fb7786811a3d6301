"""Describe what a plan is made from: the walking network, where people live and go, and what can be built."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# of a baht or of a trip: far less than anything printed, and far more than sums of floats lose
ROUNDING = 1e-6
COST_CASES = ("low", "likely", "high")


@dataclass(frozen=True)
class Cost:
    """What a fix may cost, in whole baht: low ≤ likely ≤ high."""

    # Whole baht add up to the same total on every page and in every file.
    low: int
    likely: int
    high: int


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
        1 to 4, of what it mends; used by rankings only.
    """

    fix_id: str
    label: str
    zone: str
    cost: Cost
    severity: int = 1


@dataclass(frozen=True, eq=False)
class Network:
    """A walking network as plain arrays.

    Parameters
    ----------
    nodes
        Number of nodes, numbered 0 to ``nodes - 1``.
    start, end
        Shape (edges,): the nodes that each edge joins.
    length_m
        Shape (edges,), metres; used to the millimetre.
    needs
        By persona, shape (edges,): the fixes that must all be built before the edge can be passed; empty where it can
        be passed today, None where nothing helps.
    directed
        Whether each edge leads from `start` to `end` only.
    """

    nodes: int
    start: npt.NDArray[np.intp]
    end: npt.NDArray[np.intp]
    length_m: npt.NDArray[np.float64]
    needs: Mapping[str, Sequence[frozenset[str] | None]]
    directed: bool = False

    @functools.cached_property
    def length_mm(self) -> npt.NDArray[np.int64]:
        """Lengths in whole millimetres, shape (edges,)."""
        # Whole numbers add up to the same sum in any order; the certificate check depends on it.
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
        Longest walk that counts, metres.
    value
        Weight of one person's trip there.
    """

    name: str
    nodes: tuple[int, ...]
    limit_m: float
    value: float = 1.0

    @property
    def limit_mm(self) -> int:
        """The limit in whole millimetres."""
        return round(self.limit_m * 1000)


@dataclass(frozen=True, eq=False)
class Model:
    """Input of the planner.

    Parameters
    ----------
    network
        The walking network.
    categories
        Where people go.
    people
        By persona of the network, shape (nodes,): the weight of the people who start there.
    zones
        Shape (nodes,): the zone of each node.
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
        """Fixes sorted by name; the place of a fix here is its bit in every mask."""
        return tuple(sorted(self.fixes, key=lambda fix: fix.fix_id))

    @functools.cached_property
    def bits(self) -> dict[str, int]:
        """Bit of each fix, by its name."""
        return {fix.fix_id: place for place, fix in enumerate(self.ordered)}

    def mask(self, fix_ids: Sequence[str] | frozenset[str]) -> int:
        """Return the mask of some fixes."""
        return functools.reduce(int.__or__, (1 << self.bits[fix_id] for fix_id in fix_ids), 0)

    def named(self, mask: int) -> tuple[str, ...]:
        """Return the names of the fixes in a mask, sorted."""
        return tuple(self.ordered[bit].fix_id for bit in bits(mask))

    def costs(self, case: str = "likely") -> tuple[float, ...]:
        """Return the costs by bit, baht, in one of :data:`COST_CASES`."""
        return tuple(float(getattr(fix.cost, case)) for fix in self.ordered)

    def edge_masks(self, persona: str) -> tuple[int | None, ...]:
        """Return the fixes each edge needs for a persona as masks, shape (edges,); None where nothing helps."""
        # a network has thousands of edges and few sets of fixes
        known: dict[frozenset[str] | None, int | None] = {None: None}
        for need in self.network.needs[persona]:
            if need not in known:
                known[need] = self.mask(need or frozenset())
        return tuple(known[need] for need in self.network.needs[persona])

    def passable(self, persona: str, built: int) -> npt.NDArray[np.bool_]:
        """Return the edges a persona can pass once the fixes of a mask are built, shape (edges,)."""
        masks = self.edge_masks(persona)
        return np.fromiter((mask is not None and mask & ~built == 0 for mask in masks), bool, len(masks))


def bits(mask: int) -> Iterator[int]:
    """Yield the bits of a mask, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
