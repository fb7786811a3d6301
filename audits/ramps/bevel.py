"""Design the bevel that takes the place of a ramp where the rise is no more than a threshold may have."""

from __future__ import annotations

from audits.ramps import geometry, requirements

FAMILY = geometry.BEVEL
STEEPEST_ONE_IN = 2
"""Of a bevel: ADA 303.3; the 45° of the Thai rule would be a bump for small wheels."""


def alternatives(
    space: geometry.Space, required: requirements.RampRequirements, made: requirements.Construction
) -> tuple[geometry.Design, ...] | geometry.NotFeasible:
    """Return the gentlest bevel that the space has room for, no gentler than a ramp, or why none fits."""
    far = _top_side(space)
    along_x = far in (geometry.FAR, geometry.FRONT)
    room, across = (space.length_mm, space.width_mm) if along_x else (space.width_mm, space.length_mm)
    # whole millimetres per millimetre, rounded down: the bevel never grows longer than the room
    one_in = min(required.slope_one_in, room // space.rise_mm)
    width = min(across, required.end_square_mm)
    if one_in < STEEPEST_ONE_IN or width < required.clear_width_short_mm:
        return _not_feasible(space, required, along_x=along_x)
    return (_designed(space, far, (one_in * space.rise_mm, width), (room, across), one_in, made),)


def _top_side(space: geometry.Space) -> str:
    if space.exit != geometry.ANY:
        return space.exit
    facing = {geometry.LEFT: geometry.RIGHT, geometry.RIGHT: geometry.LEFT}.get(space.approach, geometry.FAR)
    return geometry.FAR if space.blocked(facing) else facing


def _designed(
    space: geometry.Space,
    far: str,
    size: tuple[int, int],
    room: tuple[int, int],
    one_in: int,
    made: requirements.Construction,
) -> geometry.Design:
    (going, width), beside = size, (room[1] - size[1]) // 2

    # u leads up the slope and v to the left of whoever walks up, whichever side the top is on
    def place(ahead: int, left: int, height: int) -> geometry.Point:
        u, v = room[0] - going + ahead, beside + left
        x, y = {
            geometry.FAR: (u, v),
            geometry.FRONT: (space.length_mm - u, space.width_mm - v),
            geometry.LEFT: (space.length_mm - v, u),
            geometry.RIGHT: (v, space.width_mm - u),
        }[far]
        return x, y, height

    foot, head = (
        (place(0, width, 0), place(0, 0, 0)),
        (place(going, width, space.rise_mm), place(going, 0, space.rise_mm)),
    )
    near = {
        geometry.FAR: geometry.FRONT,
        geometry.FRONT: geometry.FAR,
        geometry.LEFT: geometry.RIGHT,
        geometry.RIGHT: geometry.LEFT,
    }[far]
    return geometry.Design(
        family=FAMILY,
        legs=1,
        turn="",
        space=space,
        slope_one_in=one_in,
        runs=(geometry.Run(1, *foot, *head, 0, 0),),
        landings=(),
        clear_width_mm=width,
        handrails=(),
        edges=(),
        tactile_strips=(),
        flares=(),
        # counter-clockwise, as every footprint
        footprint=tuple(point[:2] for point in (foot[1], head[1], head[0], foot[0])),
        entry_side=near,
        exit_side=far,
        cost_proxy=going * width * made.slab_thickness_mm,
    )


def _not_feasible(
    space: geometry.Space, required: requirements.RampRequirements, *, along_x: bool
) -> geometry.NotFeasible:
    along, across = ("length_mm", "width_mm") if along_x else ("width_mm", "length_mm")
    # the steepest bevel that may be built takes the least length
    needs = {along: STEEPEST_ONE_IN * space.rise_mm, across: required.clear_width_short_mm}
    grown = {name: max(0, needs[name] - getattr(space, name)) for name in ("length_mm", "width_mm")}
    changes = [geometry.Relaxation(name, getattr(space, name) + by, by) for name, by in grown.items() if by]
    binding = {1: {"length_mm": "length", "width_mm": "width"}[changes[0].of], 2: "both"}[len(changes)]
    box = space.length_mm + grown["length_mm"], space.width_mm + grown["width_mm"]
    # one change alone helps only where the other size suffices already
    alone = tuple(changes) if len(changes) == 1 else ()
    together = tuple(changes) if len(changes) == 2 else ()
    return geometry.NotFeasible(
        space, binding, ("ramp.clear_width", "entrance.threshold_bevel"), alone, (box,), together
    )
