"""Check the answers of one submission against the form and the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from audits import errors, survey
from audits.field import known as known_room
from audits.field.odk import names
from audits.rules import model

NOT_OUR_QUESTION = errors.ProblemKind(
    "ODK-011", "“{name}” is not a question of this form; was it made with another form or for other criteria?"
)
NO_SITE = errors.ProblemKind("ODK-012", "No site is chosen; find out where it was.")
NOT_REGISTERED = errors.ProblemKind(
    "ODK-013",
    "The place “{place}” is not in the register; an engineer registers it first, then settles this record.",
)
UNKNOWN_SITE = errors.ProblemKind("ODK-014", "The site {code} is not in the register; check the list on the phone.")
NO_SURVEYOR = errors.ProblemKind("ODK-015", "Nobody is named who measured; find out who it was.")
UNKNOWN_CHOICE = errors.ProblemKind("ODK-016", "“{written}” is none of the choices; use one of: {choices}.")
NOT_TICKED = errors.ProblemKind(
    "ODK-017", "There are answers about “{kind}”, which is not among what was surveyed; check whether they count."
)
BAD_NUMBER = errors.ProblemKind("ODK-018", "“{written}” is no number of a thing; use 1 to {most}.")

_VISIT = frozenset(
    {
        *names.METADATA,
        *(names.SITE, names.SITE_CHOSEN, names.SITE_ELEMENTS, f"{names.SITE_ELEMENTS}_shown", names.PLACE_NAME),
        *(
            names.SURVEYOR,
            names.PLACE,
            names.PLACE_FOUND,
            names.LOCATED_AT,
            names.SITE_GEOMETRY,
            names.PLACE_AWAY,
            names.PLACE_CONFIRMED,
            names.ELEMENT_KINDS,
            names.NOTE,
            names.CRITERIA_VERSION,
        ),
        *(names.SLOPE_UNIT, names.SLOPE_SIGN, names.SLOPE_INSTRUMENT, names.SLOPE_DEVICE),
        *(names.LENGTH_UNIT, names.LENGTH_SIGN, names.LENGTH_INSTRUMENT, names.LENGTH_DEVICE),
    }
)
# a site and a note are asked by many forms
_OURS_ALONE = frozenset({names.ELEMENT_KINDS, names.SLOPE_UNIT, names.LENGTH_UNIT, names.CRITERIA_VERSION})
_ABOUT_ELEMENT = frozenset({names.NUMBER, names.LABEL, names.PERSON})


def refuse_other_form(leaves: Iterable[str], problem: errors.Problem) -> None:
    """Refuse a file with not one answer that only our form asks for, whatever its version.

    Raises
    ------
    audits.errors.RefusedError
        With the problem given.
    """
    if not any(name in _OURS_ALONE or names.leaf(name).kind for name in leaves):
        raise errors.RefusedError((problem,))


def problems(leaves: Mapping[str, str], where: str, known: known_room.Known) -> Iterator[errors.Problem]:
    """Yield every problem of the answers, by name, but those of their figures; `where` names the submission."""
    yield from _problems_of_visit(leaves, where, known)
    yield from _problems_of_names(leaves, where, known.criteria)
    yield from _problems_of_elements(leaves, where)


def kinds(leaves: Mapping[str, str]) -> list[str]:
    """Return the kinds of element that were chosen or answered about."""
    chosen = {*leaves.get(names.ELEMENT_KINDS, "").split(), *_answered(leaves)}
    return [kind for kind in survey.ELEMENT_KINDS if kind in chosen]


def _answered(leaves: Mapping[str, str]) -> set[str]:
    # the number has a default, so that it alone means nothing
    found = map(names.leaf, leaves)
    return {leaf.kind for leaf in found if leaf.kind and leaf.about != names.NUMBER}


def number(leaves: Mapping[str, str], kind: str) -> str:
    """Return the number of the element among its kind, as written."""
    return leaves.get(names.of_element(kind, names.NUMBER), "1")


def _problems_of_visit(leaves: Mapping[str, str], where: str, known: known_room.Known) -> Iterator[errors.Problem]:
    code = leaves.get(names.SITE, "")
    if not code:
        yield NO_SITE.at(f"{where}, {names.SITE}")
    elif code == names.OTHER_SITE:
        yield NOT_REGISTERED.at(f"{where}, {names.SITE}", place=leaves.get(names.PLACE_NAME, ""))
    elif code not in known.sites.index:
        yield UNKNOWN_SITE.at(f"{where}, {names.SITE}", code=code)
    if names.SURVEYOR not in leaves:
        yield NO_SURVEYOR.at(f"{where}, {names.SURVEYOR}")
    instruments = [*known.criteria.instruments, names.NO_INSTRUMENT]
    for leaf, choices in (
        (names.PLACE_FOUND, survey.PLACES),
        (names.SLOPE_UNIT, (*names.SLOPE_UNITS, names.BY_RISE)),
        (names.LENGTH_UNIT, names.LENGTH_UNITS),
        (names.SLOPE_INSTRUMENT, instruments),
        (names.LENGTH_INSTRUMENT, instruments),
    ):
        yield from _unless_one_of(leaves, leaf, choices, where)
    for kind in leaves.get(names.ELEMENT_KINDS, "").split():
        if kind not in survey.ELEMENT_KINDS:
            place = f"{where}, {names.ELEMENT_KINDS}"
            yield UNKNOWN_CHOICE.at(place, written=kind, choices=", ".join(survey.ELEMENT_KINDS))


def _unless_one_of(
    leaves: Mapping[str, str], name: str, choices: Sequence[str], where: str
) -> Iterator[errors.Problem]:
    if name in leaves and leaves[name] not in choices:
        yield UNKNOWN_CHOICE.at(f"{where}, {name}", written=leaves[name], choices=", ".join(choices))


def _problems_of_names(leaves: Mapping[str, str], where: str, criteria: model.Criteria) -> Iterator[errors.Problem]:
    for name in leaves:
        if name not in _VISIT and not _is_asked(names.leaf(name), criteria):
            yield NOT_OUR_QUESTION.at(where, name=name)
        elif names.leaf(name).part == names.WHY:
            yield from _unless_one_of(leaves, name, survey.NOT_MEASURED_REASONS, where)


def _is_asked(leaf: names.Leaf, criteria: model.Criteria) -> bool:
    if not leaf.kind:
        return False
    if leaf.about == names.PHOTO:
        return leaf.part in map(str, names.PHOTOS)
    if leaf.about in _ABOUT_ELEMENT:
        return not leaf.part
    quantity = criteria.quantities.get(leaf.about)
    if quantity is None or leaf.kind not in quantity.elements:
        return False
    if quantity.unit == "yes_no":
        return leaf.part in ("", names.WHY)
    number, _, beside = leaf.part.partition("_")
    if number in map(str, range(1, quantity.readings + 1)):
        of_slopes = (names.RISE, names.ALONG) if quantity.unit == "percent" else ()
        return beside in ("", names.MEANT, *of_slopes)
    return leaf.part in (names.WHY, names.UNUSUAL)


def _problems_of_elements(leaves: Mapping[str, str], where: str) -> Iterator[errors.Problem]:
    chosen = leaves.get(names.ELEMENT_KINDS, "").split()
    for kind in kinds(leaves):
        if kind not in chosen:
            yield NOT_TICKED.at(where, kind=kind)
        which = number(leaves, kind)
        if which not in map(str, range(1, names.MOST_ELEMENTS_OF_A_KIND + 1)):
            place = f"{where}, {names.of_element(kind, names.NUMBER)}"
            yield BAD_NUMBER.at(place, written=which, most=names.MOST_ELEMENTS_OF_A_KIND)
        person = names.of_element(kind, names.PERSON)
        yield from _unless_one_of(leaves, person, (names.YES, names.NO), where)
