"""Find the ramp that a measured place can take, or what is assumed where its room is known only in part."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from audits import wording
from audits.ramps import geometry, measured_space, ramp_design, requirements, walls
from audits.rules import model

phrase = wording.phrase

DESIGNED, CALCULATED, FOR_RISE = "designed", "designed_for_calculated_rise", "designed_for_rise"
RISE_ALONE, MOVED, LIFT = "designed_for_rise_alone", "moved", "platform_lift"
BASES: Mapping[str, str] = {
    DESIGNED: phrase("designed for its measured place"),
    CALCULATED: phrase(
        "designed for its place and for a rise that is calculated from length and slope; it cannot be bought yet: "
        "level the rise"
    ),
    # Both are too short for a straight ramp: what was measured beside it tells them apart.
    FOR_RISE: phrase(
        "designed for its rise: the ramp that stands there was measured and not what is free around it, so one may "
        "fit; it cannot be bought yet: measure the free length and width"
    ),
    RISE_ALONE: phrase(
        "designed for its rise; what of the free length and width was not given is taken to be enough, so it cannot be "
        "bought yet: measure it"
    ),
    MOVED: phrase(
        "walls on both sides were measured and no ramp fits in the clear width between them or their handrails: "
        "measure from wall to wall first; the one drawn and priced, with breaking up the old one, lies beside the "
        "walls or at a second entrance, and cannot be bought before the room there is measured"
    ),
    LIFT: phrase("a platform lift as a lump sum; no ramp fits between its walls, and it would rise too high elsewhere"),
}
"""From the surest."""
ON_THE_RISE = (CALCULATED, FOR_RISE, MOVED, LIFT)
"""Those that rest on a rise which nobody confirmed, unless a survey levelled it."""

NEW_RAMP_HERE = phrase("A new ramp here: {basis}")
"""Before each of :data:`BASES` at a design: where parts mend the ramp that stands, they rest on something else."""
NOT_GIVEN = phrase("Not given and assumed: {what}.")

# A ramp that rises more has walls that an engineer must design; beside a lift it is then rarely the better buy.
LIFT_FROM_MM = walls.HIGHEST.holds_mm
_ROOM = ("length_mm", "width_mm")


@dataclass(frozen=True)
class Fitted:
    """The ramps for a place, best first, and one of :data:`BASES`; no ramp where a lift takes its place.

    `not_given` are English phrases of what is assumed of a place of which a person gave all that is known.
    """

    designs: tuple[geometry.Design, ...]
    basis: str
    not_given: tuple[str, ...] = ()


class Measured(NamedTuple):
    """The space of a ramp as a survey gives it, None without a rise.

    `at_least` names the lengths that are only bounds; `calculated` says that nobody levelled the rise.
    """

    space: geometry.Space | None
    at_least: frozenset[str] = frozenset()
    calculated: bool = False

    @property
    def basis_of_parts(self) -> str:
        """Name the basis of parts: rails, edges and surfaces go where the ramp stands; only a new one needs room."""
        return CALCULATED if self.calculated else DESIGNED


@dataclass(frozen=True)
class Grounds:
    """What a design rests on, which page, drawing and workbook state alike.

    Parameters
    ----------
    basis
        Of :data:`BASES`.
    to_level_mm
        The rise where a survey only lets calculate it; 0 where a person gave it.
    not_given
        As of :class:`Fitted`.
    is_provisional
        Whether the survey whose measurements it takes still awaits an engineer's review.
    """

    basis: str = DESIGNED
    to_level_mm: int = 0
    not_given: tuple[str, ...] = ()
    is_provisional: bool = False

    @property
    def has_room(self) -> bool:
        """Whether the ramp fits the room that is known."""
        return self.basis in (DESIGNED, CALCULATED)

    @property
    def in_place(self) -> bool:
        """Whether the ramp lies where the surveyed one stands."""
        return self.basis != MOVED

    def cautions(self, words: wording.Wording) -> tuple[str, ...]:
        """Return in the reader's language what must be known before anything is bought."""
        found = [] if self.basis == DESIGNED else [words.text(NEW_RAMP_HERE, basis=words.text(BASES[self.basis]))]
        if self.not_given:
            found.append(words.text(NOT_GIVEN, what=", ".join(map(words.text, self.not_given))))
        if self.to_level_mm and self.basis != CALCULATED:
            found.append(words.text(measured_space.TO_LEVEL, rise=words.number(self.to_level_mm)))
        if self.is_provisional:
            found.append(words.text("The survey that it rests on awaits an engineer's review."))
        # a sentence of its own here; elsewhere it stands behind a figure
        return tuple(each[0].upper() + each[1:] for each in found)


def fitted(
    space: geometry.Space | geometry.KerbSpace,
    at_least: Collection[str],
    criteria: model.Criteria,
    made: requirements.Construction,
    *,
    calculated: bool = False,
    stands: bool = True,
) -> Fitted | geometry.NotFeasible:
    """Return the ramps for a space, or for the room it may have, or why none fits in what is measured.

    Parameters
    ----------
    space
        Of a ramp, lengths that nobody measured are 0.
    at_least
        Which of ``length_mm`` and ``width_mm`` are only known to be free, and may be more; not measured ones too.
    criteria, made
        See :func:`audits.ramps.ramp_design.for_space`.
    calculated
        Whether the rise is the one that a survey only lets calculate.
    stands
        Whether a ramp of the register stands there, which surveys measure; else a person gave all that is known.

    Raises
    ------
    audits.errors.RefusedError
        When the space itself is wrong, with all problems.
    """
    # 0 is a length that nobody measured, in which no ramp can be looked for
    if not any(getattr(space, name) == 0 for name in at_least):
        found = ramp_design.for_space(space, criteria, made)
        if not isinstance(found, geometry.NotFeasible):
            return Fitted(found, CALCULATED if calculated else DESIGNED)
        if not at_least or isinstance(space, geometry.KerbSpace):
            return found
    if isinstance(space, geometry.KerbSpace):
        raise TypeError("the room of a kerb ramp is measured, never a bound")
    return _with_room(space, at_least, criteria, made, stands=stands)


def _not_given(space: geometry.Space, at_least: Collection[str]) -> tuple[str, ...]:
    anywhere = space.approach == geometry.ANY and space.exit == geometry.ANY
    assumed = {
        phrase("free length enough for it"): "length_mm" in at_least,
        phrase("free width enough for it"): "width_mm" in at_least,
        phrase("no wall along it"): not (space.obstacle_left or space.obstacle_right),
        phrase("a way in and out on any side"): anywhere,
        phrase("it joins no two storeys of a building"): not space.between_storeys,
    }
    return tuple(name for name, is_assumed in assumed.items() if is_assumed)


def _with_room(
    space: geometry.Space,
    at_least: Collection[str],
    criteria: model.Criteria,
    made: requirements.Construction,
    *,
    stands: bool,
) -> Fitted | geometry.NotFeasible:
    walled = space.obstacle_left and space.obstacle_right and bool(space.width_mm)
    most = ramp_design.MOST_MM
    length_mm = most if "length_mm" in at_least else space.length_mm
    # between two walls there is no more width to be had
    width_mm = most if "width_mm" in at_least and not walled else space.width_mm
    with_room = replace(space, length_mm=length_mm, width_mm=width_mm)
    found = ramp_design.for_space(with_room, criteria, made)
    if not isinstance(found, geometry.NotFeasible):
        return Fitted(found, FOR_RISE) if stands else Fitted(found, RISE_ALONE, _not_given(space, at_least))
    # an old ramp may move; what is planned between walls has no other place
    if not (walled and stands):
        return found
    if space.rise_mm > LIFT_FROM_MM:
        return Fitted((), LIFT)
    anywhere = geometry.Space(space.rise_mm, most, most)
    found = ramp_design.for_space(anywhere, criteria, made)
    return found if isinstance(found, geometry.NotFeasible) else Fitted(found, MOVED)


def measured(taken: Mapping[str, measured_space.Taken]) -> Measured:
    """Return the space of a ramp as a survey gives it."""
    values = {name: one.value for name, one in taken.items()}
    rise_mm = values.get("rise_mm", 0)
    # a reading beyond what a design takes is no reading
    if not 0 < rise_mm <= ramp_design.MOST_MM:
        return Measured(None)
    length_mm, width_mm = (values.get(name, 0) for name in _ROOM)
    space = geometry.Space(
        rise_mm,
        length_mm if length_mm <= ramp_design.MOST_MM else 0,
        width_mm if width_mm <= ramp_design.MOST_MM else 0,
        bool(values.get("obstacle_left")),
        bool(values.get("obstacle_right")),
        between_storeys=bool(values.get("between_storeys")),
    )
    bounds = frozenset(
        name for name in _ROOM if not getattr(space, name) or taken[name].basis == measured_space.AT_LEAST
    )
    return Measured(space, bounds, measured_space.never_levelled(rise_mm, taken))
