"""Lay every layout into a space in every placement, and rank them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from audits.ramps import geometry, layouts, placements, requirements


@dataclass(frozen=True)
class Candidate:
    """A layout in one placement of its space."""

    layout: layouts.Layout
    placement: placements.Placement

    @property
    def rank(self) -> tuple[int | list[str], ...]:
        """Sort key: cheapest, smallest, fewest legs, longest along walls first; alike but mirrored come last."""
        layout, placement = self.layout, self.placement
        # sorted, as sets compare by inclusion, which is no order to rank by
        area, walled = layout.length_mm * layout.width_mm, sorted(layout.section.walled)
        alike = placement.mirrored, placement.quarter
        return layout.cost_proxy, area, len(layout.legs), -layout.on_walls_mm, walled, *alike


def fitting(
    space: geometry.Space, required: requirements.RampRequirements, made: requirements.Construction
) -> Iterator[Candidate]:
    """Yield every layout in every placement that fits, mirror images included."""
    for one in placed(space, required, made):
        length, width = box(one)
        if length <= space.length_mm and width <= space.width_mm:
            yield one


def placed(
    space: geometry.Space, required: requirements.RampRequirements, made: requirements.Construction
) -> Iterator[Candidate]:
    """Yield the layouts for a space in every placement, also some that are too long."""
    for access in placements.ENTRIES:
        for placement in placements.placements(space, access):
            filled = _filling(space, placement, required, made) if access == geometry.STRAIGHT else None
            for layout in [filled] if filled else _layouts(access, space, placement, required, made):
                yield Candidate(layout, placement)


def _filling(
    space: geometry.Space,
    placement: placements.Placement,
    required: requirements.RampRequirements,
    made: requirements.Construction,
) -> layouts.Layout | None:
    """Return the ramp that fills the width up to the walls at its sides, where it does not just lean on one."""
    walls_at = [side for side in (geometry.LEFT, geometry.RIGHT) if space.blocked(side)]
    if not placement.along_length or not walls_at or placement.leans_on == "".join(walls_at):
        return None
    beside, walled = not placement.straight_on, placements.local_sides(placement, walls_at)
    return layouts.filling(space.rise_mm, space.width_mm, required, made, beside, walled)


def box(one: Candidate) -> tuple[int, int]:
    """Length and width that a placed layout takes of its space, in mm."""
    box = (one.layout.length_mm, one.layout.width_mm)
    return box if one.placement.along_length else box[::-1]


def _layouts(
    access: str,
    space: geometry.Space,
    placement: placements.Placement,
    required: requirements.RampRequirements,
    made: requirements.Construction,
) -> Iterator[layouts.Layout]:
    """Yield the layouts reached and left in one way that are not much too wide for the space."""
    room = (space.length_mm, space.width_mm)
    room = room if placement.along_length else room[::-1]
    how = (
        required,
        made,
        not placement.straight_on,
        placements.local_sides(placement, {placement.leans_on}),
    )
    if access == geometry.L_SHAPE:
        found = layouts.l_shape(space.rise_mm, room, *how)
        if found is not None:
            yield found
        return
    for legs in _numbers_of_legs(access, space.rise_mm, room[1], required, made):
        found = layouts.in_strips(space.rise_mm, legs, *how)
        if found is not None:
            yield found


def _numbers_of_legs(
    access: str,
    rise_mm: int,
    width_mm: int,
    required: requirements.RampRequirements,
    made: requirements.Construction,
) -> range:
    if access == geometry.STRAIGHT:
        return range(1, 2)
    sizes = layouts.section(required, made, rise_mm)
    # each leg climbs a millimetre at least, and a wall takes less of the width than an open edge does
    most = min(rise_mm, made.most_legs, (width_mm + sizes.zone_mm - sizes.wall_zone_mm) // sizes.strip_mm)
    # an even number of legs leads back to the side of the foot, an odd one to the side opposite
    return range(2 if access == placements.EVEN else 3, most + 1, 2)
