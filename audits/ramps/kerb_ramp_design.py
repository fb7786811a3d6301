"""Design kerb ramps that fit a footpath: across it with flared or upright sides, or along the kerb."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from audits import errors, wording
from audits.ramps import geometry, nearest, requirements

FAMILY_NAMES = {
    geometry.FLARED: wording.phrase("Kerb ramp across the footpath, sides flared"),
    geometry.RETURNED: wording.phrase("Kerb ramp across the footpath, sides upright"),
    geometry.PARALLEL: wording.phrase("Kerb ramp along the kerb, down from both sides"),
}

KERB_NOT_POSITIVE = errors.ProblemKind(
    "DESIGN-005", "{value} is not more than 0. Write whole millimetres, such as 150."
)

_CRITERIA = ("kerb_ramp.running_slope", "kerb_ramp.clear_width", "kerb_ramp.top_space")


@dataclass(frozen=True)
class _Need:
    """Needs of one family: `length_mm` along the kerb, `depth_mm` across the footpath, `slab_mm2` to be built."""

    family: str
    length_mm: int
    depth_mm: int
    slab_mm2: int


def problems(space: geometry.KerbSpace) -> tuple[errors.Problem, ...]:
    """Return everything that is wrong with a space, all at once."""
    names = ("kerb_height_mm", "length_mm", "depth_mm")
    values = {name: getattr(space, name) for name in names}
    return tuple(KERB_NOT_POSITIVE.at(name, value=value) for name, value in values.items() if value <= 0)


def alternatives(
    space: geometry.KerbSpace, required: requirements.KerbRampRequirements, made: requirements.Construction
) -> tuple[geometry.Design, ...] | geometry.NotFeasible:
    """Return every family that fits, cheapest first, or why none does.

    Raises
    ------
    errors.RefusedError
        When the space itself is wrong, with all problems.
    """
    wrong = problems(space)
    if wrong:
        raise errors.RefusedError(wrong)
    fitting = [need for need in _needs(space, required) if _fits(need, space)]
    if not fitting:
        return _not_feasible(space, required)
    fitting.sort(key=lambda need: (need.slab_mm2, need.length_mm * need.depth_mm))
    return tuple(_designed(need, space, required, made) for need in fitting)


def _fits(need: _Need, space: geometry.KerbSpace) -> bool:
    return need.length_mm <= space.length_mm and need.depth_mm <= space.depth_mm


def _needs(space: geometry.KerbSpace, required: requirements.KerbRampRequirements) -> Iterator[_Need]:
    """Yield the needs of each family allowed at this kerb."""
    going = space.kerb_height_mm * required.slope_one_in
    flare = space.kerb_height_mm * required.flare_one_in
    width, top = required.clear_width_mm, required.top_space_mm
    yield _Need(geometry.FLARED, width + 2 * flare, going + top, going * (width + flare))
    # People who walk across the ramp would stumble over upright sides.
    if not space.walked_across:
        yield _Need(geometry.RETURNED, width, going + top, going * width)
    low = _low_landing_mm(required)
    yield _Need(geometry.PARALLEL, 2 * (going + top) + low, width, (2 * going + low) * width)


def _low_landing_mm(required: requirements.KerbRampRequirements) -> int:
    """Return the length of the landing at road level."""
    # No criterion states it, so it takes that of the space at the top.
    return max(required.clear_width_mm, required.top_space_mm)


def _not_feasible(space: geometry.KerbSpace, required: requirements.KerbRampRequirements) -> geometry.NotFeasible:
    needs = list(_needs(space, required))
    length = min((need.length_mm for need in needs if need.depth_mm <= space.depth_mm), default=None)
    depth = min((need.depth_mm for need in needs if need.length_mm <= space.length_mm), default=None)
    kerb = _highest_kerb_mm(space, required)
    changes = (
        ("length_mm", length, space.length_mm),
        ("depth_mm", depth, space.depth_mm),
        ("kerb_height_mm", kerb or None, space.kerb_height_mm),
    )
    binding = {(True, True): "either", (True, False): "length", (False, True): "width", (False, False): "both"}
    boxes = sorted({(need.length_mm, need.depth_mm) for need in needs})
    smallest = [box for box in boxes if not any(o != box and o[0] <= box[0] and o[1] <= box[1] for o in boxes)]
    relaxed = tuple(geometry.Relaxation(of, to, to - was) for of, to, was in changes if to is not None)
    # flares take room along the kerb only: where the depth is short they bind nothing
    flares = () if space.depth_mm < needs[0].depth_mm else ("kerb_ramp.flare_slope",)
    return geometry.NotFeasible(
        space=space,
        binding=binding[length is not None, depth is not None],
        criteria=(*_CRITERIA, *flares),
        relaxations=relaxed,
        smallest=tuple(smallest),
        together=nearest.together(smallest, ("length_mm", "depth_mm"), (space.length_mm, space.depth_mm), relaxed),
    )


def _highest_kerb_mm(space: geometry.KerbSpace, required: requirements.KerbRampRequirements) -> int:
    """Return the greatest kerb height for which some family fits, 0 when there is none."""
    width, top, one_in = required.clear_width_mm, required.top_space_mm, required.slope_one_in
    across = (space.depth_mm - top) // one_in
    flared = min(across, (space.length_mm - width) // (2 * required.flare_one_in))
    returned = across if not space.walked_across and space.length_mm >= width else 0
    along = (space.length_mm - 2 * top - _low_landing_mm(required)) // (2 * one_in) if space.depth_mm >= width else 0
    return max(0, flared, returned, along)


def _designed(
    need: _Need,
    space: geometry.KerbSpace,
    required: requirements.KerbRampRequirements,
    made: requirements.Construction,
) -> geometry.Design:
    """Return the design, in the middle of the free length."""
    from_x = (space.length_mm - need.length_mm) // 2
    depth = required.island_tactile_depth_mm if space.at_refuge_island else required.tactile_depth_mm
    along = need.family == geometry.PARALLEL
    runs, landings = _along(from_x, space, required) if along else _across(need, from_x, space, required)
    to_x, to_y = from_x + need.length_mm, need.depth_mm
    return geometry.Design(
        family=need.family,
        legs=len(runs),
        turn="",
        space=space,
        slope_one_in=required.slope_one_in,
        runs=runs,
        landings=landings,
        clear_width_mm=required.clear_width_mm,
        handrails=(),
        edges=(),
        tactile_strips=(_warning(landings[0] if along else runs[0], depth, required),),
        flares=_flares(runs[0], from_x, to_x) if need.family == geometry.FLARED else (),
        footprint=((from_x, 0), (to_x, 0), (to_x, to_y), (from_x, to_y)),
        entry_side=geometry.FRONT,
        exit_side=geometry.FAR,
        cost_proxy=need.slab_mm2 * made.slab_thickness_mm,
    )


_Parts = tuple[tuple[geometry.Run, ...], tuple[geometry.Landing, ...]]


def _across(need: _Need, from_x: int, space: geometry.KerbSpace, required: requirements.KerbRampRequirements) -> _Parts:
    width, high = required.clear_width_mm, space.kerb_height_mm
    left = from_x + (need.length_mm - width) // 2
    right, head = left + width, high * required.slope_one_in
    run = geometry.Run(1, (left, 0, 0), (right, 0, 0), (left, head, high), (right, head, high), 0, 0)
    return (run,), (_level(geometry.TOP, (left, head), (right, need.depth_mm), high, required.top_space_mm),)


def _along(from_x: int, space: geometry.KerbSpace, required: requirements.KerbRampRequirements) -> _Parts:
    width, high, top = required.clear_width_mm, space.kerb_height_mm, required.top_space_mm
    going = high * required.slope_one_in
    first, low = from_x + top, from_x + top + going
    up = low + _low_landing_mm(required)
    last = up + going
    runs = (
        geometry.Run(1, (low, 0, 0), (low, width, 0), (first, 0, high), (first, width, high), 0, 0),
        geometry.Run(2, (up, width, 0), (up, 0, 0), (last, width, high), (last, 0, high), 0, 0),
    )
    landings = (
        _level(geometry.FOOT, (low, 0), (up, width), 0, up - low),
        _level(geometry.TOP, (from_x, 0), (first, width), high, top),
        _level(geometry.TOP, (last, 0), (last + top, width), high, top),
    )
    return runs, landings


def _level(kind: str, low: geometry.PlanPoint, high: geometry.PlanPoint, height: int, length: int) -> geometry.Landing:
    corners = (*low, height), (*high, height)
    return geometry.Landing(kind, *corners, *corners, length)


def _warning(
    at: geometry.Run | geometry.Landing, depth: int, required: requirements.KerbRampRequirements
) -> geometry.TactileStrip:
    """Return the warning along the kerb line, over the whole width; on a run it climbs with it."""
    if isinstance(at, geometry.Run):
        # at a low kerb the strip may be longer than the run: it goes on at the height of the top
        left, right, height = at.foot_left[0], at.foot_right[0], min(depth // required.slope_one_in, at.rise_mm)
    else:
        left, right, height = at.low[0], at.high[0], 0
    outline = ((left, 0, 0), (right, 0, 0), (right, depth, height), (left, depth, height))
    return geometry.TactileStrip("kerb", outline, depth, right - left, 0)


def _flares(run: geometry.Run, from_x: int, to_x: int) -> tuple[geometry.Flare, ...]:
    high = run.head_left[2]
    left = ((from_x, 0, high), run.foot_left, run.head_left)
    right = (run.foot_right, (to_x, 0, high), run.head_right)
    wide = run.foot_left[0] - from_x
    return geometry.Flare(left, wide, high), geometry.Flare(right, wide, high)
