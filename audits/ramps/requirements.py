"""Read from the criteria what a design must meet under every edition of the law."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from audits import errors, wording
from audits.rules import editions, model

_ROUNDING = 1e-6


@dataclass(frozen=True)
class Construction:
    """What no criterion states and a drawing needs: assumptions for the engineer to set; see :data:`ASSUMPTIONS`.

    Parameters
    ----------
    slab_thickness_mm, edge_thickness_mm, guard_height_mm, guard_post_mm, handrail_diameter_mm
        Sizes of what is built; posts are square.
    post_spacing_mm, infill_gap_mm
        Greatest distance between the middles of posts, and between the bars that fill a guard.
    rail_as_concrete_mm2
        Concrete, in mm³, that costs as much as one millimetre of rail; used to rank only.
    most_legs
        Of a switchback.
    """

    slab_thickness_mm: int = 120
    edge_thickness_mm: int = 150
    guard_height_mm: int = 900
    guard_post_mm: int = 40
    post_spacing_mm: int = 1_200
    infill_gap_mm: int = 100
    handrail_diameter_mm: int = 38
    rail_as_concrete_mm2: int = 500_000
    most_legs: int = 10


ASSUMPTIONS: Mapping[str, str] = {
    "slab_thickness_mm": wording.phrase("Slab on compacted fill for foot traffic; the engineer checks the ground"),
    "edge_thickness_mm": wording.phrase(
        "Wheel guard cast with the slab, thick enough for posts that leave the hand free"
    ),
    "guard_height_mm": wording.phrase("No criterion in the record states the height of a guard"),
    "guard_post_mm": wording.phrase("Square hollow section of a trade size; the engineer checks it and its fixing"),
    "post_spacing_mm": wording.phrase("Posts of guard and handrail, middle to middle, at most; usual practice"),
    "infill_gap_mm": wording.phrase(
        "Between the bars of a guard, at most, so that no child slips through (IBC 1015.4: a ball of 4 in)"
    ),
    "handrail_diameter_mm": wording.phrase("Pipe of a trade size within the range that the criteria allow"),
    "rail_as_concrete_mm2": wording.phrase("To rank: a metre of rail counts as half a cubic metre of concrete"),
    "most_legs": wording.phrase("With more legs than this a lift is the better answer"),
}


@dataclass(frozen=True)
class RampRequirements:
    """What a ramp must meet; lengths in mm, runs measured along their slope.

    Parameters
    ----------
    slope_one_in
        Whole number n of the steepest slope allowed, 1:n.
    longest_run_mm
        Of one run.
    clear_width_short_mm, clear_width_long_mm, long_from_mm
        Clear width, and from which total length of all runs the second one is asked for.
    landing_mm, space_before_mm, end_square_mm
        Length of a landing; level length before the ramp; smaller side of the square at both ends.
    edge_height_mm, handrail_height_mm, handrail_diameter_mm, handrail_extension_mm, wall_gap_mm
        Of edge and rail; the diameter is the pair of smallest and greatest.
    handrails_from_mm
        Total length from which rails stand on both sides.
    tactile_depth_mm, tactile_offset_mm
        Of the strips at foot and top.
    unreconciled
        Ids of criteria whose editions no one value satisfies, so that the newest is followed.
    """

    slope_one_in: int
    longest_run_mm: int
    clear_width_short_mm: int
    clear_width_long_mm: int
    long_from_mm: int
    landing_mm: int
    space_before_mm: int
    end_square_mm: int
    edge_height_mm: int
    handrails_from_mm: int
    handrail_height_mm: int
    handrail_diameter_mm: tuple[int, int]
    handrail_extension_mm: int
    wall_gap_mm: int
    tactile_depth_mm: int
    tactile_offset_mm: int
    unreconciled: tuple[str, ...]

    @property
    def highest_run_mm(self) -> int:
        """Greatest rise r of one run: its length along the slope is r √(1 + n²) (Pythagoras)."""
        # in whole numbers: a float root may round a run up to one that is too long
        return math.isqrt(self.longest_run_mm**2 // (1 + self.slope_one_in**2))

    def long(self, rise_mm: int) -> bool:
        """Return whether runs that climb `rise_mm` in all are a long ramp."""
        return rise_mm >= self.least_rise_mm(self.long_from_mm)

    def with_handrails(self, rise_mm: int) -> bool:
        """Return whether runs that climb `rise_mm` in all need rails on both sides."""
        return rise_mm >= self.least_rise_mm(self.handrails_from_mm)

    def clear_width_mm(self, rise_mm: int) -> int:
        """Return the clear width required of runs that climb `rise_mm` in all."""
        return self.clear_width_long_mm if self.long(rise_mm) else self.clear_width_short_mm

    def least_rise_mm(self, length_mm: int) -> int:
        """Return the least rise whose runs are together at least `length_mm` along their slope (Pythagoras)."""
        # the greatest rise that stays below the length, in whole numbers; one more reaches it
        below = math.isqrt(max(0, length_mm**2 - 1) // (1 + self.slope_one_in**2))
        return below + 1 if length_mm > 0 else 0

    def rail_mm(self, made: Construction) -> int:
        """Return the diameter of the handrail: that of the construction, within the range that the criteria allow."""
        smallest, greatest = self.handrail_diameter_mm
        return min(max(made.handrail_diameter_mm, smallest), greatest)


@dataclass(frozen=True)
class KerbRampRequirements:
    """What a kerb ramp must meet; lengths in mm.

    Parameters
    ----------
    slope_one_in, flare_one_in
        Whole numbers of the steepest slopes allowed, of the ramp and of its flared sides along the kerb.
    clear_width_mm, top_space_mm
        Width of the ramp; level length at its top.
    tactile_depth_mm, island_tactile_depth_mm
        Depth of the warning at the kerb, by analogy with that of a ramp; at a refuge island.
    unreconciled
        See :class:`RampRequirements`.
    """

    slope_one_in: int
    flare_one_in: int
    clear_width_mm: int
    top_space_mm: int
    tactile_depth_mm: int
    island_tactile_depth_mm: int
    unreconciled: tuple[str, ...]


def ramp(criteria: model.Criteria, *, to_build: bool = False) -> RampRequirements:
    """Return the requirements that satisfy every edition for a ramp.

    Parameters
    ----------
    criteria
        Criteria with their limits and repair targets.
    to_build
        Take the values to build to, which pass when they are measured, instead of the limits themselves.

    Raises
    ------
    errors.CriteriaError
        When a criterion that a design needs is missing, is not scored or states its limit the other way round.
    """
    read = _Reader(criteria, to_build)
    width_short = read.at_least("ramp.clear_width")
    return RampRequirements(
        slope_one_in=read.one_in("ramp.running_slope"),
        longest_run_mm=read.at_most("ramp.run_length"),
        clear_width_short_mm=width_short,
        # a long ramp is never narrower than a short one, whatever its own limit leaves open
        clear_width_long_mm=max(width_short, read.at_least("ramp.clear_width_long")),
        long_from_mm=read.from_value("ramp.clear_width_long", "ramp_length_total_mm"),
        landing_mm=read.at_least("ramp.landing_length"),
        space_before_mm=read.at_least("ramp.space_before"),
        end_square_mm=read.at_least("ramp.end_squares"),
        edge_height_mm=read.at_least("ramp.raised_edge"),
        handrails_from_mm=read.from_value("ramp.handrails_both_sides", "ramp_length_total_mm"),
        handrail_height_mm=read.aim("ramp.handrail_height"),
        handrail_diameter_mm=read.between("ramp.handrail_diameter"),
        handrail_extension_mm=read.at_least("ramp.handrail_extension"),
        wall_gap_mm=read.at_least("ramp.handrail_wall_gap"),
        tactile_depth_mm=read.at_least("ramp.tactile_depth"),
        tactile_offset_mm=read.at_least("ramp.tactile_offset"),
        unreconciled=tuple(read.unreconciled),
    )


def kerb_ramp(criteria: model.Criteria, *, to_build: bool = False) -> KerbRampRequirements:
    """Return the requirements that satisfy every edition for a kerb ramp; `to_build` as for :func:`ramp`.

    Raises
    ------
    errors.CriteriaError
        As for :func:`ramp`.
    """
    read = _Reader(criteria, to_build)
    return KerbRampRequirements(
        slope_one_in=read.one_in("kerb_ramp.running_slope"),
        flare_one_in=read.one_in("kerb_ramp.flare_slope"),
        clear_width_mm=read.at_least("kerb_ramp.clear_width"),
        top_space_mm=read.at_least("kerb_ramp.top_space"),
        tactile_depth_mm=read.at_least("ramp.tactile_depth"),
        island_tactile_depth_mm=read.at_least("kerb_ramp.island_tactile"),
        unreconciled=tuple(read.unreconciled),
    )


def threshold_mm(criteria: model.Criteria) -> int:
    """Return the greatest rise that every edition allows as a threshold, which a bevel takes instead of a ramp.

    Raises
    ------
    errors.CriteriaError
        As for :func:`ramp`.
    """
    return _Reader(criteria, to_build=False).at_most("entrance.threshold_height")


class _Reader:
    """Reads values that satisfy every edition, and notes the criteria for which there is none."""

    def __init__(self, criteria: model.Criteria, to_build: bool) -> None:
        self._book, self._to_build = criteria, to_build
        self.unreconciled: dict[str, None] = {}

    def one_in(self, criterion_id: str) -> int:
        """Return n of the steepest slope 1:n that the limit in percent allows."""
        _, steepest_pct = self._bounds(criterion_id)
        if not 0 < steepest_pct < math.inf:
            raise errors.CriteriaError(f"{criterion_id}: a design needs a greatest slope, found {steepest_pct} %")
        # 100 / (100 / n) may come out just above n in floating point: that must not ask for 1:(n + 1).
        return math.ceil(100 / steepest_pct - _ROUNDING)

    def at_least(self, criterion_id: str) -> int:
        """Return the smallest whole millimetre allowed."""
        lower, _ = self._bounds(criterion_id)
        if not math.isfinite(lower):
            raise errors.CriteriaError(f"{criterion_id}: a design needs a least value and there is none")
        return math.ceil(lower - _ROUNDING)

    def aim(self, criterion_id: str) -> int:
        """Return the value to build to, in whole millimetres: one that passes when it is measured."""
        criterion = self._book.criteria.get(criterion_id)
        if criterion is None or not criterion.targets:
            raise errors.CriteriaError(f"{criterion_id}: a design needs this criterion and a repair target")
        # for the note on editions that cannot be reconciled; what is built is the target
        self._bounds(criterion_id)
        return round(criterion.targets[0].value)

    def at_most(self, criterion_id: str) -> int:
        """Return the greatest whole millimetre allowed."""
        _, upper = self._bounds(criterion_id)
        if not math.isfinite(upper):
            raise errors.CriteriaError(f"{criterion_id}: a design needs a greatest value and there is none")
        return math.floor(upper + _ROUNDING)

    def between(self, criterion_id: str) -> tuple[int, int]:
        """Return the smallest and the greatest whole millimetre allowed; the engineer chooses a trade size between."""
        lower, upper = self._limits(criterion_id)
        return math.ceil(lower - _ROUNDING), math.floor(upper + _ROUNDING)

    def from_value(self, criterion_id: str, quantity_id: str) -> int:
        """Return from which value of another quantity the criterion applies."""
        for condition in self._target(criterion_id).conditions:
            if condition.quantity.quantity_id == quantity_id and condition.operator == "at_least":
                # rounded down: the criterion applies a little earlier, never later
                return math.floor(condition.value)
        # without such a condition it applies to every ramp
        return 0

    def _target(self, criterion_id: str) -> editions.Target:
        criterion = self._book.criteria.get(criterion_id)
        target = editions.repair_target(criterion) if criterion is not None else None
        if target is None:
            raise errors.CriteriaError(f"{criterion_id}: a design needs this criterion and a limit that is judged by")
        return target

    def _limits(self, criterion_id: str) -> tuple[float, float]:
        target = self._target(criterion_id)
        if not target.satisfies_all:
            self.unreconciled[criterion_id] = None
        return target.lower, target.upper

    def _bounds(self, criterion_id: str) -> tuple[float, float]:
        """Return the limits, or the value to build to in the place of the limit that it keeps clear of."""
        lower, upper = self._limits(criterion_id)
        targets = self._book.criteria[criterion_id].targets
        if not self._to_build or not targets:
            return lower, upper
        value = targets[0].value
        return (value, upper) if math.isfinite(lower) else (lower, value)
