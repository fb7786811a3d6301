"""Find everything in a survey that the store cannot accept."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import NamedTuple

import sqlalchemy as sa

from audits import errors, survey
from audits.store.db import column_types, schema

EARLIEST_YEAR = 1900
# Years of the Buddhist calendar run 543 ahead: the year 2568 is 2025.
LATEST_YEAR = 2400
STATUSES = ("final", "void")

EMPTY = errors.ProblemKind("STORE-101", "This must not be empty; fill it in and send again.")
UNSTORABLE_TEXT = errors.ProblemKind("STORE-102", "The text holds a character that cannot be kept; type it again.")
NO_ZONE = errors.ProblemKind(
    "STORE-103", "The time {written} has no time zone; write it with its zone, such as +07:00."
)
IMPOSSIBLE_YEAR = errors.ProblemKind("STORE-104", "The year {year} cannot be right; write the year of the visit A.D.")
UNKNOWN_STATUS = errors.ProblemKind("STORE-105", "The status {status} is not known; use final or void.")
VOID_OF_NOTHING = errors.ProblemKind("STORE-106", "Say which survey is withdrawn.")
NOT_FINITE = errors.ProblemKind("STORE-107", "{value} is not a number that can be kept; measure or type it again.")
NEGATIVE = errors.ProblemKind("STORE-108", "{value} must not be negative.")
HALF_POSITION = errors.ProblemKind("STORE-109", "Give latitude and longitude together, or neither.")
OFF_THE_EARTH = errors.ProblemKind("STORE-110", "{value} is outside {lowest} to {highest} degrees.")
UNKNOWN_PLACE = errors.ProblemKind("STORE-116", "{place} says nothing of the place; use one of: {places}.")
MOVED_WHERE = errors.ProblemKind("STORE-117", "The site is reported elsewhere, without a position; take it there.")
MEASURED_WHERE = errors.ProblemKind(
    "STORE-118", "The site was looked for and not found, and yet something was measured; change what is wrong."
)
UNKNOWN_KIND = errors.ProblemKind("STORE-111", "The kind of element {kind} is not known; use one of: {kinds}.")
TWICE = errors.ProblemKind("STORE-112", "This comes twice in one survey; keep one, or number the readings 1, 2, 3.")
BAD_READING = errors.ProblemKind("STORE-113", "The reading number {reading} must be 1 or more.")
REASON_MISSING = errors.ProblemKind("STORE-114", "There is no value and no reason; choose one of: {reasons}.")
REASON_TOO_MANY = errors.ProblemKind("STORE-115", "There is a value and also a reason why not; keep one of them.")
UNKNOWN_SITE = errors.ProblemKind(
    "STORE-121", "The site {code} is not in the register; check the code or add the site."
)
UNKNOWN_SURVEY = errors.ProblemKind("STORE-122", "The survey {survey_id}, which this one corrects, is not here.")
OTHER_SITE = errors.ProblemKind("STORE-123", "The survey {survey_id}, which this one corrects, is of site {code}.")
CORRECTED_BEFORE = errors.ProblemKind(
    "STORE-124", "The survey {survey_id} has been corrected already, by {newer}; correct that one."
)
ELEMENT_ELSEWHERE = errors.ProblemKind("STORE-125", "The element {element_id} belongs to site {code}.")
ELEMENT_OTHER_KIND = errors.ProblemKind(
    "STORE-126", "The element {element_id} is registered as {kind}; give the new thing a number of its own."
)
UNKNOWN_ELEMENT = errors.ProblemKind(
    "STORE-127", "The element {element_id} is neither in this survey nor registered at this site."
)
UNKNOWN_PHOTO = errors.ProblemKind("STORE-128", "The photo {sha256} has not arrived; send the photo first.")

# Built once, as those of :mod:`audits.store.surveys.submit`.
_SITE = sa.select(sa.literal(1)).where(schema.site.c.code == sa.bindparam("code")).limit(1)
_ELEMENTS = sa.select(schema.element.c.element_id, schema.element.c.site_code, schema.element.c.kind).where(
    schema.element.c.element_id.in_(sa.bindparam("ids", expanding=True))
)


class Registered(NamedTuple):
    """Site and kind of an element in the register."""

    site_code: str
    kind: str


def of_itself(sent: survey.Survey) -> tuple[errors.Problem, ...]:
    """Return the problems of a survey by itself."""
    return (
        *_texts(sent),
        *_instant_and_status(sent),
        *_position(sent),
        *_elements(sent),
        *_measurements(sent),
    )


def against_store(records: sa.Connection, sent: survey.Survey) -> tuple[errors.Problem, ...]:
    """Return the conflicts of a valid survey with the register, the surveys and the photos in the store."""
    if records.execute(_SITE, {"code": sent.site_code}).first() is None:
        # at a site that nobody knows there is nothing else to compare
        return (UNKNOWN_SITE.at("site_code", code=sent.site_code),)
    of_elements = against_elements(registered(records, elements_of(sent)), sent)
    return (*_correction(records, sent), *of_elements, *_known_photos(records, sent))


def unstorable(record: object, where: str = "") -> Iterator[errors.Problem]:
    """Yield a problem for each text in a record, a dataclass, that the store cannot keep."""
    for place, text in _every_text(where, record):
        if not column_types.is_storable(text):
            yield UNSTORABLE_TEXT.at(place)


def _texts(sent: survey.Survey) -> Iterator[errors.Problem]:
    for name in ("survey_id", "site_code", "surveyor", "source", "form_version"):
        if not str(getattr(sent, name)).strip():
            yield EMPTY.at(name)
    yield from unstorable(sent)


def _every_text(where: str, part: object) -> Iterator[tuple[str, str]]:
    if isinstance(part, str):
        yield where, part
    elif isinstance(part, tuple):
        for number, item in enumerate(part, start=1):
            yield from _every_text(f"{where} {number}", item)
    elif is_dataclass(part):
        for name in [one.name for one in fields(part)]:
            value = getattr(part, name)
            # The path is long to build: only for what holds texts.
            if isinstance(value, (str, tuple)):
                yield from _every_text(f"{where}.{name}" if where else name, value)


def _instant_and_status(sent: survey.Survey) -> Iterator[errors.Problem]:
    if sent.observed_at.tzinfo is None:
        yield NO_ZONE.at("observed_at", written=sent.observed_at.isoformat())
    if not EARLIEST_YEAR <= sent.observed_at.year < LATEST_YEAR:
        yield IMPOSSIBLE_YEAR.at("observed_at", year=sent.observed_at.year)
    if sent.status not in STATUSES:
        yield UNKNOWN_STATUS.at("status", status=sent.status)
    if sent.status == "void" and not sent.supersedes:
        yield VOID_OF_NOTHING.at("supersedes")


def _position(sent: survey.Survey) -> Iterator[errors.Problem]:
    if (sent.latitude is None) != (sent.longitude is None):
        yield HALF_POSITION.at("latitude, longitude")
    for where, degrees, highest in (("latitude", sent.latitude, 90), ("longitude", sent.longitude, 180)):
        # NaN fails the comparison too
        if degrees is not None and not -highest <= degrees <= highest:
            yield OFF_THE_EARTH.at(where, value=degrees, lowest=-highest, highest=highest)
    if sent.accuracy_m is not None:
        yield from _size("accuracy_m", sent.accuracy_m)
    if sent.located_at is not None and sent.located_at.tzinfo is None:
        yield NO_ZONE.at("located_at", written=sent.located_at.isoformat())
    if sent.place not in ("", *survey.PLACES):
        yield UNKNOWN_PLACE.at("place", place=sent.place, places=", ".join(survey.PLACES))
    elif sent.place == survey.MOVED and sent.latitude is None:
        yield MOVED_WHERE.at("place")
    elif sent.place == survey.NOT_FOUND and any(one.value is not None for one in sent.measurements):
        yield MEASURED_WHERE.at("place")


def _size(where: str, value: float) -> Iterator[errors.Problem]:
    if not math.isfinite(value):
        yield NOT_FINITE.at(where, value=value)
    elif value < 0:
        yield NEGATIVE.at(where, value=value)


def _elements(sent: survey.Survey) -> Iterator[errors.Problem]:
    for element in sent.elements:
        if not element.element_id.strip():
            yield EMPTY.at("elements, element_id")
        if element.kind not in survey.ELEMENT_KINDS:
            yield UNKNOWN_KIND.at(element.element_id, kind=element.kind, kinds=", ".join(survey.ELEMENT_KINDS))
    for element_id, times in Counter(element.element_id for element in sent.elements).items():
        if times > 1:
            yield TWICE.at(element_id)


def _measurements(sent: survey.Survey) -> Iterator[errors.Problem]:
    keys = Counter((one.element_id, one.quantity, one.reading) for one in sent.measurements)
    for (element_id, quantity, reading), times in keys.items():
        if times > 1:
            yield TWICE.at(f"{element_id}, {quantity}, {reading}")
    for one in sent.measurements:
        yield from _measurement(f"{one.element_id}, {one.quantity}", one)


def _measurement(where: str, one: survey.Measurement) -> Iterator[errors.Problem]:
    if not one.quantity.strip():
        yield EMPTY.at(where)
    if one.value is not None and not math.isfinite(one.value):
        yield NOT_FINITE.at(where, value=one.value)
    yield from _size(f"{where}, uncertainty", one.uncertainty)
    if one.reading < 1:
        yield BAD_READING.at(where, reading=one.reading)
    if one.value is None and one.not_measured_because not in survey.NOT_MEASURED_REASONS:
        yield REASON_MISSING.at(where, reasons=", ".join(survey.NOT_MEASURED_REASONS))
    if one.value is not None and one.not_measured_because:
        yield REASON_TOO_MANY.at(where)


def _correction(records: sa.Connection, sent: survey.Survey) -> Iterator[errors.Problem]:
    if not sent.supersedes:
        return
    columns = schema.survey.c
    code = records.execute(sa.select(columns.site_code).where(columns.survey_id == sent.supersedes)).scalar()
    newer = records.execute(sa.select(columns.survey_id).where(columns.supersedes == sent.supersedes)).scalar()
    if code is None:
        yield UNKNOWN_SURVEY.at("supersedes", survey_id=sent.supersedes)
    elif code != sent.site_code and not sent.root_id:
        yield OTHER_SITE.at("supersedes", survey_id=sent.supersedes, code=code)
    elif newer is not None:
        yield CORRECTED_BEFORE.at("supersedes", survey_id=sent.supersedes, newer=newer)


def elements_of(sent: survey.Survey) -> set[str]:
    """Ids of every element that a survey names, measures or shows."""
    # a photo of the whole site names no element
    measured = {one.element_id for one in sent.measurements} | {photo.element_id for photo in sent.photos} - {""}
    return {element.element_id for element in sent.elements} | measured


def photos_of(sent: survey.Survey) -> set[str]:
    """SHA-256 of every photo of a survey."""
    # an answer without a photo has an empty name for it
    return {photo.sha256 for photo in sent.photos} | {one.photo_sha256 for one in sent.measurements} - {""}


def registered(records: sa.Connection, element_ids: Iterable[str]) -> dict[str, Registered]:
    """Site and kind of those elements that are in the register."""
    rows = records.execute(_ELEMENTS, {"ids": list(element_ids)})
    return {row.element_id: Registered(row.site_code, row.kind) for row in rows}


def against_elements(known: Mapping[str, Registered], sent: survey.Survey) -> Iterator[errors.Problem]:
    """Yield the conflicts of a survey with the elements in the register, from :func:`registered`."""
    named = {element.element_id for element in sent.elements}
    for element_id in sorted(elements_of(sent)):
        if element_id in known and known[element_id].site_code != sent.site_code:
            yield ELEMENT_ELSEWHERE.at(element_id, element_id=element_id, code=known[element_id].site_code)
        if element_id not in known and element_id not in named:
            yield UNKNOWN_ELEMENT.at(element_id, element_id=element_id)
    for element in sent.elements:
        if element.element_id in known and known[element.element_id].kind != element.kind:
            kind = known[element.element_id].kind
            yield ELEMENT_OTHER_KIND.at(element.element_id, element_id=element.element_id, kind=kind)


def _known_photos(records: sa.Connection, sent: survey.Survey) -> Iterator[errors.Problem]:
    shown = photos_of(sent)
    if not shown:
        return
    columns = schema.photo.c
    known = set(records.execute(sa.select(columns.sha256).where(columns.sha256.in_(shown))).scalars())
    for sha256 in sorted(shown - known):
        yield UNKNOWN_PHOTO.at(sha256 or "photos", sha256=sha256)
