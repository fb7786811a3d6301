"""Compute the room that each layout of a ramp takes, and its cost relative to the others."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass

from audits.ramps import geometry, placements, requirements

# A slab costs so many times its concrete with the bed and fill below it: with the sample prices a ramp that fills a
# passage of up to about 4.4 m costs less than one with a guard in it.
_SLAB_WITH_BED = 1.4


@dataclass(frozen=True)
class Section:
    """Sizes across and along the way that all legs of a layout share, in mm.

    Parameters
    ----------
    clear_mm
        Clear width of the runs.
    square_mm
        Side of the clear square at corners and turns, and clear width of foot and top.
    zone_mm, wall_zone_mm
        Beside the clear width: for edge, guard and rail on an open side; for rail and hand along a wall.
    end_mm, rest_mm
        Length of foot and top; length of a landing between two runs in line.
    walled
        Sides of the layout that lie on a wall.
    """

    clear_mm: int
    square_mm: int
    zone_mm: int
    wall_zone_mm: int
    end_mm: int
    rest_mm: int
    walled: frozenset[str] = frozenset()

    @property
    def strip_mm(self) -> int:
        """Width of the strip that a leg takes where no wall stands."""
        return self.square_mm + 2 * self.zone_mm

    @property
    def run_mm(self) -> int:
        """Width of the slab of a run where no wall stands."""
        return self.clear_mm + 2 * self.zone_mm

    def zone_at(self, side: str) -> int:
        """Return the zone on one side of the layout."""
        return self.wall_zone_mm if side in self.walled else self.zone_mm

    def beside_run_mm(self, zone_mm: int) -> int:
        """Return how far the slab of a run reaches: up to a wall only where no edge has room between."""
        return min(self.zone_mm, zone_mm + self.inset_mm)

    @property
    def inset_mm(self) -> int:
        """How much narrower than its strip a run is on each side."""
        return (self.square_mm - self.clear_mm) // 2


@dataclass(frozen=True)
class Layout:
    """One arrangement of legs, before it is set out: it climbs along its first leg, and turns left.

    Parameters
    ----------
    legs
        By leg, the rises of its runs in mm; the rise decides the length of a run.
    missing_mm
        How much the legs together climb too high: as many of the last legs climb 1 mm less.
    near_mm, far_mm
        Depth of the landings at the two ends of a switchback or a straight ramp; of foot and top of an L.
    beside_mm
        Depth added to the top because it is left sideways, 0 when it is left straight on.
    length_mm, width_mm
        Of the box: along the first leg and across it.
    slab_mm2, guarded_mm
        The slab in plan, and its sides with edge and guard, as where no wall stands.
    cost_proxy
        See :class:`audits.ramps.geometry.Design`; what lies on a wall needs neither edge nor guard.
    """

    family: str
    legs: tuple[tuple[int, ...], ...]
    missing_mm: int
    section: Section
    near_mm: int
    far_mm: int
    beside_mm: int
    length_mm: int
    width_mm: int
    slab_mm2: int
    guarded_mm: int
    cost_proxy: int = 0

    @property
    def access(self) -> str:
        """How it is reached and left: a key of :data:`audits.ramps.placements.ENTRIES`."""
        if self.family == geometry.SWITCHBACK:
            return placements.EVEN if len(self.legs) % 2 == 0 else placements.ODD
        return self.family

    def zones_mm(self, leg: int) -> tuple[int, int]:
        """Return the zones right and left of a leg as seen by somebody walking up it; 0 is the first leg."""
        sizes, last = self.section, len(self.legs) - 1
        if self.family == geometry.L_SHAPE:
            return sizes.zone_at(placements.END if leg else geometry.RIGHT), sizes.zone_mm
        right = sizes.zone_at(geometry.RIGHT) if leg == 0 else sizes.zone_mm
        left = sizes.zone_at(geometry.LEFT) if leg == last else sizes.zone_mm
        return (right, left) if leg % 2 == 0 else (left, right)

    def strip_mm(self, leg: int) -> int:
        """Return the width of the strip that a leg takes."""
        return self.section.square_mm + sum(self.zones_mm(leg))

    @property
    def on_walls_mm(self) -> int:
        """Length of its sides that lie on walls, beyond the foot; they need no edge and no guard."""
        return sum(self._on_wall_mm(side) for side in self.section.walled)

    def _on_wall_mm(self, side: str) -> int:
        # the foot and the top of an L touch its near and its left side with their ends only
        if self.family == geometry.L_SHAPE and side in (placements.NEAR, geometry.LEFT):
            return self.section.strip_mm * (side == geometry.LEFT and self.beside_mm > 0)
        along = {placements.NEAR: self.width_mm - self.strip_mm(0), placements.END: self.width_mm}
        return along.get(side, self.length_mm - self.near_mm)

    @property
    def top_mm(self) -> int:
        """Free length of the top."""
        at_far_end = self.family == geometry.L_SHAPE or len(self.legs) % 2 == 1
        return (self.far_mm if at_far_end else self.near_mm) - self.beside_mm


def section(
    required: requirements.RampRequirements,
    made: requirements.Construction,
    rise_mm: int,
    walled: frozenset[str] = frozenset(),
) -> Section:
    """Return the sizes of a layout whose runs climb `rise_mm` in all."""
    clear = required.clear_width_mm(rise_mm)
    square = max(clear, required.end_square_mm, required.landing_mm)
    along_wall = required.wall_gap_mm + required.rail_mm(made)
    return Section(
        clear_mm=clear,
        # Run and square share a middle line: their difference must be even in whole millimetres.
        square_mm=square + (square - clear) % 2,
        zone_mm=max(made.edge_thickness_mm, along_wall + made.guard_post_mm),
        wall_zone_mm=along_wall,
        end_mm=max(required.space_before_mm, required.landing_mm, required.end_square_mm),
        rest_mm=required.landing_mm,
        walled=walled,
    )


def equal_runs(rise_mm: int, highest_mm: int) -> tuple[int, ...]:
    """Return the fewest rises of at most `highest_mm` that add up, as equal as whole millimetres allow."""
    count = -(-rise_mm // highest_mm)
    each, over = divmod(rise_mm, count)
    return (each + 1,) * over + (each,) * (count - over)


def leg_mm(rise_mm: int, required: requirements.RampRequirements, rest_mm: int) -> int:
    """Return the length of one leg in line, with the landings between its runs."""
    return rise_mm * required.slope_one_in + (-(-rise_mm // required.highest_run_mm) - 1) * rest_mm


def climb_mm(room_mm: int, required: requirements.RampRequirements, rest_mm: int) -> int:
    """Return the greatest rise of one leg in `room_mm`: the inverse of :func:`leg_mm`."""
    highest, one_in = required.highest_run_mm, required.slope_one_in
    run_and_rest = highest * one_in + rest_mm
    whole = max(0, (room_mm + rest_mm) // run_and_rest)
    return whole * highest + max(0, room_mm - whole * run_and_rest) // one_in


# a search asks for each in every turn and mirror image, and the least room that suffices for each length tried
@functools.lru_cache(maxsize=16384)
def in_strips(
    rise_mm: int,
    legs: int,
    required: requirements.RampRequirements,
    made: requirements.Construction,
    beside: bool,
    walled: frozenset[str] = frozenset(),
) -> Layout | None:
    """Return the straight ramp (1 leg) or the switchback of so many equal legs; None when the rise is too small.

    Every leg has the same length, so that turns are square; the excess of whole millimetres is taken off the last legs.
    """
    if rise_mm < legs:
        return None
    each = -(-rise_mm // legs)
    sizes = section(required, made, each * legs, walled)
    turn = {side: sizes.square_mm + sizes.zone_at(side) for side in (placements.NEAR, placements.END)}
    beside_mm = sizes.zone_at(placements.END if legs % 2 == 1 else placements.NEAR) if beside else 0
    top = sizes.end_mm + beside_mm
    # the near end holds the foot, every second turn, and the top where legs are even in number
    near = max(sizes.end_mm, turn[placements.NEAR] if legs > 2 else 0, top if legs % 2 == 0 else 0)
    far = max(turn[placements.END] if legs > 1 else 0, top if legs % 2 == 1 else 0)
    middle = leg_mm(each, required, sizes.rest_mm)
    slab = legs * (sizes.strip_mm * (near + far) + sizes.run_mm * middle)
    open_turn = sizes.square_mm + sizes.zone_mm
    guarded = 2 * legs * middle + 2 * (legs - 1) * (sizes.strip_mm + open_turn) + _guarded_top(sizes, beside)
    layout = Layout(
        family=geometry.STRAIGHT if legs == 1 else geometry.SWITCHBACK,
        legs=(equal_runs(each, required.highest_run_mm),) * legs,
        missing_mm=each * legs - rise_mm,
        section=sizes,
        near_mm=near,
        far_mm=far,
        beside_mm=beside_mm,
        length_mm=near + middle + far,
        width_mm=legs * sizes.strip_mm - _saved_mm(sizes, geometry.LEFT, geometry.RIGHT),
        slab_mm2=slab,
        guarded_mm=guarded,
    )
    return _costed(layout, each * legs, required, made)


def _saved_mm(sizes: Section, *sides: str) -> int:
    """Return how much less room a layout takes because some sides lie on a wall."""
    return sum(sizes.zone_mm - sizes.zone_at(side) for side in sides)


def filling(
    rise_mm: int,
    width_mm: int,
    required: requirements.RampRequirements,
    made: requirements.Construction,
    beside: bool,
    walled: frozenset[str],
) -> Layout | None:
    """Return the straight ramp that fills a width up to the walls at its sides, on which its handrails hang.

    None where the width is too small, or where the usual ramp has room in it and costs less, although it needs an edge
    and a guard on a side that would lie on a wall.
    """
    usual = in_strips(rise_mm, 1, required, made, beside)
    if usual is None or (width_mm >= usual.width_mm and not _is_filled_for_less(usual, width_mm, walled, made)):
        return None
    filled = dataclasses.replace(usual.section, walled=walled)
    clear = width_mm - filled.zone_at(geometry.LEFT) - filled.zone_at(geometry.RIGHT)
    if clear < usual.section.square_mm:
        return None
    filled = dataclasses.replace(filled, clear_mm=clear, square_mm=clear)
    slab = usual.slab_mm2 + (width_mm - usual.width_mm) * usual.length_mm
    layout = dataclasses.replace(usual, section=filled, width_mm=width_mm, slab_mm2=slab)
    return _costed(layout, rise_mm, required, made)


def _is_filled_for_less(usual: Layout, width_mm: int, walled: frozenset[str], made: requirements.Construction) -> bool:
    """Whether a wider slab between two walls costs less than the guard on the side that the usual ramp leaves open."""
    if not {geometry.LEFT, geometry.RIGHT} <= walled:
        return False
    along = usual.length_mm - usual.near_mm
    slab = (width_mm - usual.width_mm) * usual.length_mm * made.slab_thickness_mm
    return slab * _SLAB_WITH_BED < along * made.rail_as_concrete_mm2


def narrowest_mm(
    rise_mm: int, required: requirements.RampRequirements, made: requirements.Construction, walls: int
) -> int:
    """Return the least width in which a straight ramp fits between so many walls."""
    sizes = section(required, made, rise_mm)
    return sizes.strip_mm - walls * (sizes.zone_mm - sizes.wall_zone_mm)


def l_shape(
    rise_mm: int,
    room: tuple[int, int],
    required: requirements.RampRequirements,
    made: requirements.Construction,
    beside: bool,
    walled: frozenset[str] = frozenset(),
) -> Layout | None:
    """Return the L with the fewest runs whose legs fit a room of length and width; None when none fits."""
    sizes = section(required, made, rise_mm, walled)
    strips = [sizes.strip_mm - _saved_mm(sizes, side) for side in (geometry.RIGHT, placements.END)]
    first_most = climb_mm(room[0] - sizes.end_mm - strips[1], required, sizes.rest_mm)
    beside_mm = sizes.zone_at(geometry.LEFT) if beside else 0
    top = sizes.end_mm + beside_mm
    second_most = climb_mm(room[1] - strips[0] - top, required, sizes.rest_mm)
    split = _split(rise_mm, first_most, second_most, required.highest_run_mm)
    if split is None:
        return None
    legs = tuple(equal_runs(rise, required.highest_run_mm) for rise in (split, rise_mm - split))
    lengths = [leg_mm(sum(leg), required, sizes.rest_mm) for leg in legs]
    slab = sizes.strip_mm * (sizes.end_mm + sizes.strip_mm + top) + sizes.run_mm * sum(lengths)
    guarded = 2 * sum(lengths) + 2 * sizes.strip_mm + _guarded_top(sizes, beside)
    layout = Layout(
        family=geometry.L_SHAPE,
        legs=legs,
        missing_mm=0,
        section=sizes,
        near_mm=sizes.end_mm,
        far_mm=top,
        beside_mm=beside_mm,
        length_mm=sizes.end_mm + lengths[0] + strips[1],
        width_mm=strips[0] + lengths[1] + top,
        slab_mm2=slab,
        guarded_mm=guarded,
    )
    return _costed(layout, rise_mm, required, made)


def _split(rise_mm: int, first_most: int, second_most: int, highest_mm: int) -> int | None:
    """Return the rise of the first leg: within both rooms, with as few runs and as even as possible."""
    # each leg climbs a millimetre at least
    low, high = max(1, rise_mm - second_most), min(rise_mm - 1, first_most)
    if low > high:
        return None
    # A split near a multiple of the highest run needs no more runs than one leg would; any other may need one more.
    fewest = -(-rise_mm // highest_mm)
    runs = -(-low // highest_mm)
    from_, to = max(low, rise_mm - (fewest - runs) * highest_mm), min(high, runs * highest_mm)
    if runs < fewest and from_ <= to:
        return min(max(rise_mm * runs // fewest, from_), to)
    return min(max(rise_mm // 2, low), high)


def _guarded_top(sizes: Section, beside: bool) -> int:
    return sizes.end_mm + sizes.strip_mm if beside else 2 * sizes.end_mm


def _costed(
    layout: Layout, climb_mm_: int, required: requirements.RampRequirements, made: requirements.Construction
) -> Layout:
    guarded_mm = layout.guarded_mm - layout.on_walls_mm
    return dataclasses.replace(layout, cost_proxy=cost_proxy(layout.slab_mm2, guarded_mm, climb_mm_, required, made))


def cost_proxy(
    slab_mm2: int,
    guarded_mm: int,
    climb_mm_: int,
    required: requirements.RampRequirements,
    made: requirements.Construction,
) -> int:
    """Return concrete of slab and edges, and rails counted as concrete, in mm³.

    The slab is measured in plan, as wide as where no wall stands, like the sides with edge and guard; the rise of all
    runs decides whether handrails reach beyond the foot.
    """
    reach = 2 * required.handrail_extension_mm if required.with_handrails(climb_mm_) else 0
    edges = guarded_mm * made.edge_thickness_mm * required.edge_height_mm
    return slab_mm2 * made.slab_thickness_mm + edges + (guarded_mm + reach) * made.rail_as_concrete_mm2
