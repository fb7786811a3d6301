"""Find how a layout may lie in its space: which of its sides is entered, which is left, and which lies on a wall."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace

from audits.ramps import geometry

NEAR, END = "near", "end"
# Sides around a layout and around a space, in the same turning sense: a quarter turn of one is a step in the list.
LOCAL_SIDES = (NEAR, geometry.RIGHT, END, geometry.LEFT)
SPACE_SIDES = (geometry.FRONT, geometry.RIGHT, geometry.FAR, geometry.LEFT)

ODD, EVEN = "odd", "even"
# Sides of a layout from which its foot is reached, and through which its top is left: straight on, then sideways.
ENTRIES = {
    ODD: (NEAR, geometry.RIGHT),
    EVEN: (NEAR, geometry.RIGHT),
    geometry.L_SHAPE: (NEAR, geometry.RIGHT),
    geometry.STRAIGHT: (NEAR, geometry.RIGHT, geometry.LEFT),
}
LEAVING = {
    ODD: (END, geometry.LEFT),
    EVEN: (NEAR, geometry.LEFT),
    geometry.L_SHAPE: (geometry.LEFT, END),
    geometry.STRAIGHT: (END, geometry.LEFT),
}


@dataclass(frozen=True)
class Placement:
    """How a layout lies in its space: mirrored or not, then turned by quarters counter-clockwise.

    Parameters
    ----------
    entry_side, exit_side
        Sides of the space.
    straight_on
        Whether the top is left straight on, not sideways.
    leans_on
        The side of the space with the wall that it touches for sure, empty when there is none.
    """

    quarter: int
    mirrored: bool
    entry_side: str
    exit_side: str
    straight_on: bool
    leans_on: str = ""

    @property
    def along_length(self) -> bool:
        """Whether its first leg runs along the length of the space."""
        return self.quarter % 2 == 0


def placements(space: geometry.Space, access: str) -> tuple[Placement, ...]:
    """Return every placement in which a layout joins the side people come from with the side they leave to.

    Each has its best pair of sides: left straight on before sideways, entered straight before sideways. The foot and
    the top lie on different sides, unless the space asks for the same one. Between two walls it leans on either.
    """
    walls = frozenset(side for side in SPACE_SIDES if space.blocked(side))
    return _placements(space.approach, space.exit, walls, access)


# by the few things that decide it: the sizes of a space play no part
@functools.cache
def _placements(approach: str, exit_: str, walls: frozenset[str], access: str) -> tuple[Placement, ...]:
    turns = itertools.product((False, True), range(4))
    found = (_sides(approach, exit_, walls, access, quarter, mirrored) for mirrored, quarter in turns)
    return tuple(each for placement in found if placement is not None for each in _leaning(placement, walls))


def _leaning(placement: Placement, walls: frozenset[str]) -> Iterator[Placement]:
    """Yield a placement against each wall; its top touches the side it is left through, where no wall stands."""
    if not walls or placement.exit_side in (geometry.LEFT, geometry.RIGHT):
        yield placement
        return
    # sorted, as the order of a set of texts differs from process to process
    for wall in sorted(walls):
        yield replace(placement, leans_on=wall)


def _sides(
    approach: str, exit_: str, walls: frozenset[str], access: str, quarter: int, mirrored: bool
) -> Placement | None:
    for leaving in LEAVING[access]:
        exit_side = side_of(leaving, quarter, mirrored)
        if exit_side in walls or exit_ not in (exit_side, geometry.ANY):
            continue
        for entry in ENTRIES[access]:
            entry_side = side_of(entry, quarter, mirrored)
            if entry_side in walls or approach not in (entry_side, geometry.ANY):
                continue
            if entry_side != exit_side or approach == exit_ != geometry.ANY:
                return Placement(quarter, mirrored, entry_side, exit_side, leaving == LEAVING[access][0])
    return None


def local_sides(placement: Placement, sides: Container[str]) -> frozenset[str]:
    """Return the sides of a layout that lie on some sides of its space."""
    turned = {local: side_of(local, placement.quarter, placement.mirrored) for local in LOCAL_SIDES}
    return frozenset(local for local, side in turned.items() if side in sides)


def side_of(local: str, quarter: int, mirrored: bool) -> str:
    """Return the side of the space on which a side of a layout lies once placed."""
    swapped = {geometry.LEFT: geometry.RIGHT, geometry.RIGHT: geometry.LEFT}
    seen = swapped.get(local, local) if mirrored else local
    return SPACE_SIDES[(LOCAL_SIDES.index(seen) + quarter) % 4]
