"""Design ramps that fit a space: several, ranked, or the reason why none fits and what would be enough."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace

from audits import errors, wording
from audits.ramps import (
    bevel,
    candidates,
    geometry,
    kerb_ramp_design,
    layouts,
    nearest,
    requirements,
    setting_out,
    walls,
)
from audits.rules import gazette, model

FAMILY_NAMES = {
    geometry.STRAIGHT: wording.phrase("Straight ramp"),
    geometry.L_SHAPE: wording.phrase("L-shaped ramp"),
    geometry.SWITCHBACK: wording.phrase("Switchback ramp"),
    geometry.BEVEL: wording.phrase("Bevel, no ramp needed"),
}

NOT_POSITIVE = errors.ProblemKind("DESIGN-001", "{value} is not more than 0. Write whole millimetres, such as 450.")
TOO_LARGE = errors.ProblemKind(
    "DESIGN-002", "{value} mm is more than a design can take, {most} mm. Check the figure: write millimetres."
)
UNKNOWN_SIDE = errors.ProblemKind("DESIGN-003", "“{value}” is not a side. Write one of: {accepted}.")
SIDE_BLOCKED = errors.ProblemKind(
    "DESIGN-004", "A wall stands along this side, so nobody can pass. Choose another side, or take the wall away."
)

AT_THE_LIMITS = wording.phrase(
    "There is room only for the limits themselves, such as 1:{one_in}: what is built may measure as borderline. Set "
    "out and check each run while it is cast."
)
OTHER_THAN_GAZETTE = wording.phrase(
    "Somebody found that the gazette says otherwise than the data of this program on: {names}. The design keeps to the "
    "data until their file is changed."
)
# also stands for room that nobody measured
MOST_MM = 100_000
_NEEDED_BY_ALL = ("ramp.running_slope", "ramp.run_length", "ramp.space_before", "ramp.end_squares")


def problems(space: geometry.Space) -> tuple[errors.Problem, ...]:
    """Return everything that is wrong with a space, all at once."""
    found = []
    for name in ("rise_mm", "length_mm", "width_mm"):
        value = getattr(space, name)
        if value <= 0:
            found.append(NOT_POSITIVE.at(name, value=value))
        elif value > MOST_MM:
            found.append(TOO_LARGE.at(name, value=value, most=MOST_MM))
    for name, accepted in (("approach", geometry.APPROACHES), ("exit", geometry.EXITS)):
        side = getattr(space, name)
        if side not in accepted:
            found.append(UNKNOWN_SIDE.at(name, value=side, accepted=", ".join(accepted)))
        elif space.blocked(side):
            found.append(SIDE_BLOCKED.at(name))
    return tuple(found)


def for_space(
    space: geometry.Space | geometry.KerbSpace, criteria: model.Criteria, made: requirements.Construction
) -> tuple[geometry.Design, ...] | geometry.NotFeasible:
    """Return the designs of a ramp or kerb ramp that fit a space under every edition, or why none does.

    First those built to the repair targets, which a survey of what was built finds to pass, cheapest first; then those
    that fit only when built to the limits themselves (see :func:`at_the_limits`), cheapest first. They are truly
    different, four at most: of ramps that lie and are reached alike only the cheapest. A rise that the law allows as a
    threshold gets a bevel.

    Raises
    ------
    errors.RefusedError
        When the space itself is wrong, with all problems.
    errors.CriteriaError
        When a criterion that a design needs is missing or states no limit.
    """
    # the limits first: where they do not fit, nothing gentler does
    legal = _with(space, criteria, made, to_build=False)
    if isinstance(legal, geometry.NotFeasible):
        return legal
    aimed = _with(space, criteria, made, to_build=True)
    sure = () if isinstance(aimed, geometry.NotFeasible) else aimed
    different: dict[tuple[str, bool], geometry.Design] = {}
    for one in (*sure, *legal):
        # A switchback of even legs comes back to the side it started from, one of odd legs leads across.
        different.setdefault((one.family, one.legs % 2 == 0), one)
    return tuple(different.values())


def _with(
    space: geometry.Space | geometry.KerbSpace,
    criteria: model.Criteria,
    made: requirements.Construction,
    *,
    to_build: bool,
) -> tuple[geometry.Design, ...] | geometry.NotFeasible:
    if isinstance(space, geometry.KerbSpace):
        return kerb_ramp_design.alternatives(space, requirements.kerb_ramp(criteria, to_build=to_build), made)
    required = requirements.ramp(criteria, to_build=to_build)
    # a wrong space goes on to the function that refuses it with all its problems
    if space.rise_mm <= requirements.threshold_mm(criteria) and not problems(space):
        return bevel.alternatives(space, required, made)
    return alternatives(space, required, made)


def at_the_limits(design: geometry.Design, criteria: model.Criteria) -> bool:
    """Return whether a design is as steep as the law allows, so that a survey of it may come out borderline."""
    if design.family == geometry.BEVEL:
        return False
    kerb = isinstance(design.space, geometry.KerbSpace)
    aim = (requirements.kerb_ramp if kerb else requirements.ramp)(criteria, to_build=True)
    return design.slope_one_in < aim.slope_one_in


def warnings(design: geometry.Design, criteria: model.Criteria, words: wording.Wording) -> tuple[str, ...]:
    """Return the warnings to the builder of a design, which stand before its conditions, in the reader's language."""
    tight = words.text(AT_THE_LIMITS, one_in=design.slope_one_in) if at_the_limits(design, criteria) else ""
    return tuple(
        each for each in (walls.warning(design, words), tight, _other_than_gazette(design, criteria, words)) if each
    )


def _other_than_gazette(design: geometry.Design, criteria: model.Criteria, words: wording.Wording) -> str:
    kind = "kerb_ramp" if isinstance(design.space, geometry.KerbSpace) else "ramp"
    differing = [
        words.name(one.name)
        for one in criteria.of_element(kind)
        if any(limit.compared is not None and limit.state == gazette.DISPUTED for limit in one.limits)
    ]
    return words.text(OTHER_THAN_GAZETTE, names=", ".join(differing)) if differing else ""


# Plan, works and pages ask for the same ramps after each change of the record, which leaves most spaces as they were:
# the search takes two thirds of the time of pricing all fixes.
@functools.lru_cache(maxsize=4096)
def alternatives(
    space: geometry.Space, required: requirements.RampRequirements, made: requirements.Construction
) -> tuple[geometry.Design, ...] | geometry.NotFeasible:
    """Return the best design of every family and number of legs, cheapest first, or why none fits.

    Raises
    ------
    errors.RefusedError
        When the space itself is wrong, with all problems.
    """
    wrong = problems(space)
    if wrong:
        raise errors.RefusedError(wrong)
    # One of each family and number of legs: mirror images and worse placements of a ramp help no reader.
    best: dict[tuple[str, int], candidates.Candidate] = {}
    for candidate in candidates.fitting(space, required, made):
        kind = (candidate.layout.family, len(candidate.layout.legs))
        if kind not in best or candidate.rank < best[kind].rank:
            best[kind] = candidate
    if not best:
        return _not_feasible(space, required, made)
    ranked = sorted(best.values(), key=lambda candidate: candidate.rank)
    return tuple(setting_out.set_out(one.layout, one.placement, space, required, made) for one in ranked)


def fits(space: geometry.Space, required: requirements.RampRequirements, made: requirements.Construction) -> bool:
    """Return whether any ramp fits."""
    return next(candidates.fitting(space, required, made), None) is not None


def _not_feasible(
    space: geometry.Space, required: requirements.RampRequirements, made: requirements.Construction
) -> geometry.NotFeasible:
    plenty = _plenty_mm(space.rise_mm, required, made)

    def enough(**changed: int) -> bool:
        return fits(replace(space, **changed), required, made)  # type: ignore[arg-type]

    # Bisection needs an answer that only changes once: a rise below 2 mm has no room for two legs, so it stops there.
    length = _least(space.length_mm, plenty, lambda value: enough(length_mm=value))
    width = _least(space.width_mm, plenty, lambda value: enough(width_mm=value))
    # negated, since the search is for the least value: the greatest rise is the least of the negative ones
    lower = _least(1 - space.rise_mm, -2, lambda value: enough(rise_mm=-value))
    changes = (
        ("length_mm", length, space.length_mm),
        ("width_mm", width, space.width_mm),
        ("rise_mm", None if lower is None else -lower, space.rise_mm),
    )
    relaxed = tuple(geometry.Relaxation(of, to, to - was) for of, to, was in changes if to is not None)
    binding = {(True, True): "either", (True, False): "length", (False, True): "width", (False, False): "both"}
    smallest = _smallest(space, required, made, plenty)
    sizes = space.length_mm, space.width_mm
    return geometry.NotFeasible(
        space=space,
        binding=binding[length is not None, width is not None],
        criteria=_criteria_that_take_room(space.rise_mm, required),
        relaxations=relaxed,
        smallest=smallest,
        together=nearest.together(smallest, ("length_mm", "width_mm"), sizes, relaxed),
    )


def _least(low: int, high: int, enough: Callable[[int], bool]) -> int | None:
    """Return the least value from `low` to `high` that is enough, by bisection; None when even `high` is not."""
    if low > high or not enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def _plenty_mm(rise_mm: int, required: requirements.RampRequirements, made: requirements.Construction) -> int:
    """Return a length and width beyond which more room never helps: all runs in line, all legs side by side."""
    sizes = layouts.section(required, made, rise_mm + made.most_legs)
    in_line = layouts.leg_mm(rise_mm + made.most_legs, required, sizes.rest_mm)
    return in_line + (made.most_legs + 4) * (sizes.strip_mm + sizes.end_mm)


def _criteria_that_take_room(rise_mm: int, required: requirements.RampRequirements) -> tuple[str, ...]:
    width = "ramp.clear_width_long" if required.long(rise_mm) else "ramp.clear_width"
    landing = ("ramp.landing_length",) if rise_mm > required.highest_run_mm else ()
    return (*_NEEDED_BY_ALL, *landing, width)


def _smallest(
    space: geometry.Space,
    required: requirements.RampRequirements,
    made: requirements.Construction,
    plenty: int,
) -> tuple[tuple[int, int], ...]:
    """Return the boxes of all layouts that can be reached and left, without those that contain another one.

    Of all L-shapes only the one with the most even legs is among them.
    """
    narrowest = layouts.narrowest_mm(space.rise_mm, required, made, space.obstacle_left + space.obstacle_right)
    widths = {plenty, narrowest} if space.obstacle_left or space.obstacle_right else {plenty}
    roomy = [replace(space, length_mm=plenty, width_mm=width) for width in widths]
    boxes = {candidates.box(each) for one in roomy for each in candidates.placed(one, required, made)}
    kept: list[tuple[int, int]] = []
    # by rising length, so that a box is worth keeping only when it is narrower than all before it
    for length, width in sorted(boxes):
        if not kept or width < kept[-1][1]:
            kept.append((length, width))
    return tuple(kept)


def family_name(design: geometry.Design, words: wording.Wording) -> str:
    """Return the name of the family, with its legs when it is a switchback."""
    name = words.text(FAMILY_NAMES[design.family])
    if design.family != geometry.SWITCHBACK:
        return name
    return words.text("{name} of {legs} legs", name=name, legs=words.number(design.legs))


_REASONS = {
    "length": wording.phrase("The space is too short for a ramp that rises {rise} mm."),
    "width": wording.phrase("The space is too narrow for a ramp that rises {rise} mm."),
    "either": wording.phrase("The space is too small for a ramp that rises {rise} mm."),
    "both": wording.phrase("The space is too short and too narrow for a ramp that rises {rise} mm."),
}
_LOWER = wording.phrase("Here a ramp can rise {value} mm at most, {change} mm less.")
_TOGETHER = {
    "width_mm": wording.phrase(
        "It fits with {length_change} mm more length and {width_change} mm more width: {length} × {width} mm in all."
    ),
    "depth_mm": wording.phrase(
        "It fits with {length_change} mm more length and {width_change} mm more depth: {length} × {width} mm in all."
    ),
}
_RELAXATIONS = {
    "length_mm": wording.phrase("It fits with {change} mm more length: {value} mm in all."),
    "width_mm": wording.phrase("It fits with {change} mm more width: {value} mm in all."),
    "depth_mm": wording.phrase("It fits with {change} mm more depth: {value} mm in all."),
    "rise_mm": _LOWER,
    "kerb_height_mm": _LOWER,
}
_TAKES_TOO = {
    "length_mm": wording.phrase("It takes {needed} mm of width too: measure whether so much is free."),
    "width_mm": wording.phrase("It takes {needed} mm of length too: measure whether so much is free."),
}
_MAY_TAKE = wording.phrase("It may take more room than was measured: measure how much is free.")


def sentences(refused: geometry.NotFeasible, words: wording.Wording) -> tuple[str, ...]:
    """Return in the reader's language why no ramp fits, and then each smallest change that would be enough.

    The nearest change of the space comes first, a lower rise last.
    """
    rise = refused.space.rise_mm if isinstance(refused.space, geometry.Space) else refused.space.kerb_height_mm
    found = [words.text(_REASONS[refused.binding], rise=words.number(rise))]
    if refused.together:
        found.append(_both(refused.together, words))
    for each in sorted(refused.relaxations, key=lambda each: each.change if each.change > 0 else MOST_MM):
        change, value = words.number(abs(each.change)), words.number(each.value)
        sentence = words.text(_RELAXATIONS[each.of], change=change, value=value)
        found.append(f"{sentence} {_takes_too(refused, each, words)}".rstrip())
    return tuple(found)


def room_assumed(refused: geometry.NotFeasible) -> bool:
    """Whether length or width was only assumed to be free, so that no change is enough before it is measured."""
    return MOST_MM in (refused.space.length_mm, getattr(refused.space, "width_mm", 0))


def _takes_too(refused: geometry.NotFeasible, change: geometry.Relaxation, words: wording.Wording) -> str:
    if not room_assumed(refused):
        return ""
    along = 0 if change.of == "length_mm" else 1
    needed = [box[1 - along] for box in refused.smallest if box[along] <= change.value]
    if change.of not in _TAKES_TOO or not needed:
        return words.text(_MAY_TAKE)
    return words.text(_TAKES_TOO[change.of], needed=words.number(min(needed)))


def _both(changes: tuple[geometry.Relaxation, ...], words: wording.Wording) -> str:
    length, width = changes
    figures = {
        "length": length.value,
        "width": width.value,
        "length_change": length.change,
        "width_change": width.change,
    }
    return words.text(_TOGETHER[width.of], **{name: words.number(figure) for name, figure in figures.items()})
