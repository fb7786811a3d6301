"""Say of very many spaces at once whether a ramp fits, which is the cheapest, and how long a space it needs."""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from audits.planning import ramp_geometry as geometry
from audits.planning import ramp_layouts as layouts
from audits.planning import requirements

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FAMILIES = (geometry.STRAIGHT, geometry.L_SHAPE, geometry.SWITCHBACK)
NONE = -1
_STRAIGHT, _L_SHAPE, _SWITCHBACK = range(3)
_FAR_AWAY = np.int64(2**62)
# so many rows that the columns worked on stay in the processor's cache
_ROWS = 16_384
_NO_WAY, _BESIDE, _STRAIGHT_ON = range(3)


@dataclass(frozen=True)
class Spaces:
    """Free rectangles as columns, all of shape (spaces,); see :class:`audits.planning.ramp_geometry.Space`.

    Parameters
    ----------
    rise_mm, length_mm, width_mm
        Whole millimetres.
    obstacle_left, obstacle_right
        Whether a wall stands there.
    approach, exit
        Places in :data:`audits.planning.ramp_geometry.APPROACHES` and ``EXITS``.
    """

    rise_mm: Integers
    length_mm: Integers
    width_mm: Integers
    obstacle_left: Flags
    obstacle_right: Flags
    approach: Integers
    exit: Integers


@dataclass(frozen=True)
class ManyDesigns:
    """The answers, all of shape (spaces,).

    Parameters
    ----------
    family
        Place in :data:`FAMILIES` of the cheapest design; :data:`NONE` where none fits.
    legs
        Of the cheapest design; 0 where none fits.
    cost_proxy
        Of the cheapest design, see :class:`audits.planning.ramp_geometry.Design`; -1 where none fits.
    least_length_mm
        The shortest space of the same width in which some ramp fits; -1 where no length is enough.
    """

    family: npt.NDArray[np.int8]
    legs: npt.NDArray[np.int8]
    cost_proxy: Integers
    least_length_mm: Integers

    @property
    def feasible(self) -> Flags:
        """Tell where a ramp fits."""
        result: Flags = self.family != NONE
        return result


@dataclass(frozen=True)
class _Sizes:
    """Sizes across the way, per space: they depend on whether the ramp is long."""

    strip: Integers
    run: Integers
    turn: Integers


class _Best:
    """The cheapest design of each space so far, and the least length at which any fits."""

    def __init__(self, spaces: Spaces) -> None:
        size = len(spaces.rise_mm)
        self._spaces = spaces
        self.cost = np.full(size, _FAR_AWAY)
        self.area = np.full(size, _FAR_AWAY)
        self.least = np.full(size, _FAR_AWAY)
        self.family = np.full(size, NONE, dtype=np.int8)
        self.legs = np.zeros(size, dtype=np.int8)

    def offer(self, possible: Flags, box: tuple[Integers, Integers], cost: Integers, family: int, legs: int) -> None:
        """Take a design of an extent along length and width where it is possible, fits and is cheaper."""
        narrow = possible & (box[1] <= self._spaces.width_mm)
        self.need(narrow, box[0])
        fits = narrow & (box[0] <= self._spaces.length_mm)
        fits &= cost <= self.cost
        rows = np.flatnonzero(fits)
        area = box[0][rows] * box[1][rows]
        better = (cost[rows] < self.cost[rows]) | (area < self.area[rows])
        rows, area = rows[better], area[better]
        self.cost[rows], self.area[rows], self.family[rows], self.legs[rows] = cost[rows], area, family, legs

    def need(self, possible: Flags, length: Integers) -> None:
        """Take a length that would be enough."""
        np.minimum(self.least, length, out=self.least, where=possible)


def best(spaces: Spaces, required: requirements.RampRequirements, made: requirements.Construction) -> ManyDesigns:
    """Return the cheapest design of each space, the same as :func:`audits.planning.ramp_design.alternatives` finds.

    Parameters
    ----------
    spaces
        A space whose figures are not positive, or whose approach or exit is walled off, has no design.
    required, made
        As for one design.
    """
    starts = range(0, max(1, len(spaces.rise_mm)), _ROWS)
    parts = [_best_of_few(_rows(spaces, start), required, made) for start in starts]
    return ManyDesigns(
        family=np.concatenate([part.family for part in parts]),
        legs=np.concatenate([part.legs for part in parts]),
        cost_proxy=np.concatenate([part.cost_proxy for part in parts]),
        least_length_mm=np.concatenate([part.least_length_mm for part in parts]),
    )


def _rows(spaces: Spaces, start: int) -> Spaces:
    return Spaces(**{each.name: getattr(spaces, each.name)[start : start + _ROWS] for each in fields(Spaces)})


def _best_of_few(
    spaces: Spaces, required: requirements.RampRequirements, made: requirements.Construction
) -> ManyDesigns:
    found = _Best(spaces)
    ways = _ways(spaces)
    sound = (spaces.rise_mm > 0) & (spaces.length_mm > 0) & (spaces.width_mm > 0)
    _offer_strips(found, spaces, ways, sound, required, made)
    _offer_l_shapes(found, spaces, ways, sound, required, made)
    none = found.family == NONE
    return ManyDesigns(
        family=found.family,
        legs=found.legs,
        cost_proxy=np.where(none, -1, found.cost),
        least_length_mm=np.where(found.least == _FAR_AWAY, -1, found.least),
    )


def _offer_strips(
    found: _Best,
    spaces: Spaces,
    ways: npt.NDArray[np.int8],
    sound: Flags,
    required: requirements.RampRequirements,
    made: requirements.Construction,
) -> None:
    """Offer straight ramps and switchbacks; compare :func:`audits.planning.ramp_layouts.in_strips`."""
    short = layouts.section(required, made, 0)
    end, zone, rest = short.end_mm, short.zone_mm, short.rest_mm
    for legs in range(1, made.most_legs + 1):
        each = -(-spaces.rise_mm // legs)
        sizes = _sizes(required, made, each * legs)
        middle = each * required.slope_one_in + (-(-each // required.highest_run_mm) - 1) * rest
        reach = _reach(required, each * legs)
        across = legs * sizes.strip
        enough = sound & (spaces.rise_mm >= legs)
        access = _access(legs)
        for along_length in (True, False):
            for beside in (False, True):
                way = ways[:, access, int(along_length)] == (_BESIDE if beside else _STRAIGHT_ON)
                possible = enough & way
                if not possible.any():
                    continue
                top = end + zone if beside else end
                near, far = _depths(legs, end, sizes.turn, top)
                slab = across * (near + far) + legs * sizes.run * middle
                guarded = 2 * legs * middle + 2 * (legs - 1) * (sizes.strip + sizes.turn)
                guarded += end + (sizes.strip if beside else end)
                cost = _cost(slab, guarded, reach, required, made)
                box = (near + middle + far, across)
                family = _STRAIGHT if legs == 1 else _SWITCHBACK
                found.offer(possible, box if along_length else box[::-1], cost, family, legs)


def _depths(legs: int, end: int, turn: Integers, top: int) -> tuple[Integers, Integers]:
    near = np.full_like(turn, max(end, top) if legs % 2 == 0 else end)
    far = np.full_like(turn, top if legs % 2 else 0)
    return np.maximum(near, turn) if legs > 2 else near, np.maximum(far, turn) if legs > 1 else far


def _offer_l_shapes(
    found: _Best,
    spaces: Spaces,
    ways: npt.NDArray[np.int8],
    sound: Flags,
    required: requirements.RampRequirements,
    made: requirements.Construction,
) -> None:
    """Offer L-shapes; compare :func:`audits.planning.ramp_layouts.l_shape`."""
    rise, sizes = spaces.rise_mm, _sizes(required, made, spaces.rise_mm)
    short = layouts.section(required, made, 0)
    end, zone, rest = short.end_mm, short.zone_mm, short.rest_mm
    reach = _reach(required, rise)
    access = list(layouts.ENTRIES).index(geometry.L_SHAPE)
    for along_length in (True, False):
        room = (spaces.length_mm, spaces.width_mm) if along_length else (spaces.width_mm, spaces.length_mm)
        for beside in (False, True):
            way = ways[:, access, int(along_length)] == (_BESIDE if beside else _STRAIGHT_ON)
            top = end + zone if beside else end
            first = _climb(room[0] - end - sizes.strip, required, rest)
            second = _climb(room[1] - sizes.strip - top, required, rest)
            across, levels = (second, end) if along_length else (first, top)
            left = np.maximum(rise - across, 1)
            possible = sound & way & (rise >= 2)
            found.need(possible & (across >= 1), levels + sizes.strip + _leg(left, required, rest))
            split, fits = _split(rise, first, second, required.highest_run_mm)
            lengths = (_leg(split, required, rest), _leg(rise - split, required, rest))
            slab = sizes.strip * (end + sizes.strip + top) + sizes.run * (lengths[0] + lengths[1])
            guarded = 2 * (lengths[0] + lengths[1]) + 2 * sizes.strip + end + (sizes.strip if beside else end)
            cost = _cost(slab, guarded, reach, required, made)
            box = (end + lengths[0] + sizes.strip, sizes.strip + lengths[1] + top)
            found.offer(possible & fits, box if along_length else box[::-1], cost, _L_SHAPE, 2)


def _split(rise: Integers, first: Integers, second: Integers, highest: int) -> tuple[Integers, Flags]:
    """Return the rise of the first leg, and where there is one; compare ``ramp_layouts._split``."""
    low, high = np.maximum(1, rise - second), np.minimum(rise - 1, first)
    fewest, runs = -(-rise // highest), -(-low // highest)
    from_, to = np.maximum(low, rise - (fewest - runs) * highest), np.minimum(high, runs * highest)
    few = (runs < fewest) & (from_ <= to)
    even = np.minimum(np.maximum(rise * runs // np.maximum(fewest, 1), from_), to)
    halved = np.minimum(np.maximum(rise // 2, low), high)
    return np.where(few, even, halved), low <= high


def _leg(rise: Integers, required: requirements.RampRequirements, rest: int) -> Integers:
    return rise * required.slope_one_in + (-(-rise // required.highest_run_mm) - 1) * rest


def _climb(room: Integers, required: requirements.RampRequirements, rest: int) -> Integers:
    highest, one_in = required.highest_run_mm, required.slope_one_in
    block = highest * one_in + rest
    whole = np.maximum(0, (room + rest) // block)
    result: Integers = whole * highest + np.maximum(0, room - whole * block) // one_in
    return result


def _sizes(required: requirements.RampRequirements, made: requirements.Construction, climbed: Integers) -> _Sizes:
    from_ = required.least_rise_mm(required.long_from_mm)
    long = climbed >= from_
    two = layouts.section(required, made, from_ - 1), layouts.section(required, made, from_)

    def chosen(short: int, wide: int) -> Integers:
        return np.where(long, np.int64(wide), np.int64(short))

    return _Sizes(
        strip=chosen(two[0].strip_mm, two[1].strip_mm),
        run=chosen(two[0].run_mm, two[1].run_mm),
        turn=chosen(two[0].square_mm + two[0].zone_mm, two[1].square_mm + two[1].zone_mm),
    )


def _reach(required: requirements.RampRequirements, climbed: Integers) -> Integers:
    from_ = required.least_rise_mm(required.handrails_from_mm)
    return np.where(climbed >= from_, np.int64(2 * required.handrail_extension_mm), np.int64(0))


def _cost(
    slab: Integers,
    guarded: Integers,
    reach: Integers,
    required: requirements.RampRequirements,
    made: requirements.Construction,
) -> Integers:
    edge, rail = made.edge_thickness_mm * required.edge_height_mm, made.rail_as_concrete_mm2
    return slab * made.slab_thickness_mm + guarded * (edge + rail) + reach * rail


def _access(legs: int) -> int:
    name = geometry.STRAIGHT if legs == 1 else layouts.ODD if legs % 2 else layouts.EVEN
    return list(layouts.ENTRIES).index(name)


def _ways(spaces: Spaces) -> npt.NDArray[np.int8]:
    """Return how a layout of each access can be reached and left, shape (spaces, accesses, along the length or not)."""
    walls = spaces.obstacle_left * 2 + spaces.obstacle_right
    result: npt.NDArray[np.int8] = _table_of_ways()[spaces.approach, spaces.exit, walls]
    return result


@functools.cache
def _table_of_ways() -> npt.NDArray[np.int8]:
    """Return the best way of every kind of space, from :func:`audits.planning.ramp_layouts.placements`."""
    shape = (len(geometry.APPROACHES), len(geometry.EXITS), 4, len(layouts.ENTRIES), 2)
    table = np.full(shape, _NO_WAY, dtype=np.int8)
    for approach, exit_, walls, access, _ in np.ndindex(shape):
        left, right = divmod(walls, 2)
        sides = geometry.APPROACHES[approach], geometry.EXITS[exit_]
        space = geometry.Space(1, 1, 1, bool(left), bool(right), *sides)
        for placement in layouts.placements(space, list(layouts.ENTRIES)[access]):
            cell = (approach, exit_, walls, access, int(placement.along_length))
            table[cell] = max(table[cell], _STRAIGHT_ON if placement.straight_on else _BESIDE)
    return table
