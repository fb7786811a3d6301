"""Find everything in new sites and elements, and in changes of them, that the register cannot accept."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import geopandas as gpd
import pandas as pd
import shapely
import sqlalchemy as sa

from audits import errors, survey
from audits.store.db import column_types, schema

SITE_COLUMNS = (
    "kind",
    "name_th",
    "name_en",
    "category",
    "setting",
    "street_th",
    "street_en",
    "zone",
    "zone_basis",
    "position_status",
    "position_accuracy_m",
    "position_source",
    "position_note",
)

CHANGEABLE = (
    *("name_th", "name_en", "category", "setting", "street_th", "street_en", "zone"),
    *("position_status", "position_accuracy_m", "geom", "retired"),
)
CHANGEABLE_OF_ELEMENT = ("label", "permitted_on", "retired")

ELEMENT_COLUMNS = ("site_code", "kind", "label", "permitted_on", "source")

_WORDS = {
    "kind": ("ramp", "space"),
    "setting": survey.SETTINGS,
    "zone_basis": ("named", "presumed", ""),
    "position_status": survey.POSITION_STATUSES,
}
_ELEMENT_WORDS = {"kind": survey.ELEMENT_KINDS, "source": ("register", "survey", "import")}
_MAY_BE_MISSING = ("zone", "position_accuracy_m", "permitted_on")

NO_REASON = errors.ProblemKind("STORE-201", "Say why; the reason is kept with the change.")
UNSTORABLE_REASON = errors.ProblemKind("STORE-202", "The reason holds a character that cannot be kept; type it again.")
MISSING_COLUMN = errors.ProblemKind("STORE-203", "The column {column} is missing.")
UNKNOWN_COLUMN = errors.ProblemKind("STORE-204", "The register has no column {column}; leave it out.")
UNKNOWN_WORD = errors.ProblemKind("STORE-205", "{word} is not known here; use one of: {words}.")
NOT_A_TEXT = errors.ProblemKind("STORE-206", "A text is expected, not {value}.")
EMPTY_CODE = errors.ProblemKind("STORE-207", "The code is empty; every site and element needs its own.")
TWICE = errors.ProblemKind("STORE-208", "The code {code} comes twice in the same list.")
REGISTERED_BEFORE = errors.ProblemKind("STORE-209", "{code} is in the register already.")
NO_SUCH_SITE = errors.ProblemKind("STORE-210", "The site {code} is neither in this list nor in the register.")
NO_CRS = errors.ProblemKind("STORE-211", "The points have no coordinate system; say which one they are in.")
NOT_A_POINT = errors.ProblemKind("STORE-212", "A site is a point in degrees, or nothing when nobody knows.")
BAD_ACCURACY = errors.ProblemKind("STORE-213", "The accuracy {value} must be a number of metres, 0 or more.")
NOT_REGISTERED = errors.ProblemKind("STORE-214", "{name} is not in the register.")
CHANGED_MEANWHILE = errors.ProblemKind(
    "STORE-215", "Someone else changed {name} meanwhile; look at it again, then save."
)
NOTHING_CHANGED = errors.ProblemKind("STORE-216", "Nothing was changed; change something, then save.")
NO_NAME = errors.ProblemKind("STORE-217", "Give the Thai name; every sheet and map shows it.")
BAD_ZONE = errors.ProblemKind("STORE-218", "The zone {value} is not one; write a whole number from 1, or leave it out.")
UNSTORABLE_TEXT = errors.ProblemKind("STORE-219", "The text holds a character that cannot be kept; type it again.")
BAD_DAY = errors.ProblemKind("STORE-220", "{value} is not a day.")


def refuse(problems: Sequence[errors.Problem]) -> None:
    """Refuse when there is any problem.

    Raises
    ------
    audits.errors.RefusedError
        With all of them.
    """
    if problems:
        raise errors.RefusedError(tuple(problems))


def of_reason(reason: str) -> tuple[errors.Problem, ...]:
    """Return the problems of the reason given for a change."""
    if not reason.strip():
        return (NO_REASON.at("reason"),)
    if not column_types.is_storable(reason):
        return (UNSTORABLE_REASON.at("reason"),)
    return ()


def of_frames(sites: gpd.GeoDataFrame, elements: pd.DataFrame) -> tuple[errors.Problem, ...]:
    """Return the problems of new sites and elements by themselves.

    Sites have the index ``code``, the columns :data:`SITE_COLUMNS` and points; elements the index ``element_id`` and
    the columns :data:`ELEMENT_COLUMNS`.
    """
    # an empty frame may have no geometry column, and asking for one raises
    places = sites.drop(columns=sites.geometry.name) if len(sites.columns) else sites
    columns = tuple(_columns(places, SITE_COLUMNS, "sites"))
    # without its columns there are no cells to look at
    return (
        *(columns or (*_words(places, _WORDS), *_codes(places), *_accuracies(places))),
        *_points(sites),
        *of_elements(elements),
    )


def of_elements(elements: pd.DataFrame) -> tuple[errors.Problem, ...]:
    """Return the problems of new elements by themselves."""
    columns = tuple(_columns(elements, ELEMENT_COLUMNS, "elements"))
    return columns or (*_words(elements, _ELEMENT_WORDS), *_codes(elements))


def of_position(
    code: str, status: str, point: shapely.Point | None, accuracy_m: float | None
) -> tuple[errors.Problem, ...]:
    """Return the problems of a report on the position of a site."""
    unknown = () if status in survey.POSITION_STATUSES else (_unknown(code, "position_status", status),)
    impossible = () if point is None or _is_on_earth(point) else (NOT_A_POINT.at(code),)
    return (*unknown, *impossible, *_fault_of_value(code, "position_accuracy_m", accuracy_m))


def of_changes(
    name: str, changes: Mapping[str, object], changeable: tuple[str, ...] = CHANGEABLE
) -> tuple[errors.Problem, ...]:
    """Return the problems of changes of a site or an element, by names of columns that may change."""
    return tuple(_faults(name, changes, changeable))


def of_kind(kind: str) -> tuple[errors.Problem, ...]:
    """Return the problems of the kind of a new site."""
    return () if kind in _WORDS["kind"] else (_unknown("kind", "kind", kind),)


def _faults(code: str, changes: Mapping[str, object], changeable: tuple[str, ...]) -> Iterator[errors.Problem]:
    if not changes:
        yield NOTHING_CHANGED.at(code)
    for name, value in changes.items():
        where = f"{code}, {name}"
        if name not in changeable:
            yield UNKNOWN_COLUMN.at(where, column=name)
        elif name in _OTHER_THAN_TEXT:
            yield from _fault_of_value(where, name, value)
        elif not isinstance(value, str):
            yield NOT_A_TEXT.at(where, value=value)
        elif not column_types.is_storable(value):
            yield UNSTORABLE_TEXT.at(where)
        elif name in _WORDS and value not in _WORDS[name]:
            yield _unknown(where, name, value)
        elif name == "name_th" and not value.strip():
            yield NO_NAME.at(where)


def _unknown(where: str, name: str, word: str) -> errors.Problem:
    return UNKNOWN_WORD.at(where, word=word or "''", words=", ".join(_WORDS[name]))


_OTHER_THAN_TEXT = ("zone", "geom", "position_accuracy_m", "permitted_on", "retired")


def _fault_of_value(where: str, name: str, value: object) -> Iterator[errors.Problem]:
    if name == "retired":
        if not isinstance(value, bool):
            yield UNKNOWN_WORD.at(where, word=value, words="True, False")
    elif value is None:
        return
    # True would pass for the zone 1
    elif name == "zone" and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        yield BAD_ZONE.at(where, value=value)
    elif name == "geom" and not (isinstance(value, shapely.Geometry) and _is_on_earth(value)):
        yield NOT_A_POINT.at(where)
    # a datetime is a date to isinstance
    elif name == "permitted_on" and (not isinstance(value, dt.date) or isinstance(value, dt.datetime)):
        yield BAD_DAY.at(where, value=value)
    elif name == "position_accuracy_m" and not (isinstance(value, int | float) and math.isfinite(value) and value >= 0):
        yield BAD_ACCURACY.at(where, value=value)


def against_store(
    records: sa.Connection, site_rows: Sequence[Mapping[str, object]], element_rows: Sequence[Mapping[str, object]]
) -> tuple[errors.Problem, ...]:
    """Return which new rows are registered already, and which elements name an unknown site."""
    known_sites = set(records.execute(sa.select(schema.site.c.code)).scalars())
    known_elements = set(records.execute(sa.select(schema.element.c.element_id)).scalars())
    new_sites = {str(row["code"]) for row in site_rows}
    new_elements = {str(row["element_id"]) for row in element_rows}
    nowhere = {str(row["site_code"]) for row in element_rows} - new_sites - known_sites
    return (
        *(REGISTERED_BEFORE.at(code, code=code) for code in sorted(new_sites & known_sites)),
        *(REGISTERED_BEFORE.at(code, code=code) for code in sorted(new_elements & known_elements)),
        *(NO_SUCH_SITE.at(code, code=code) for code in sorted(nowhere)),
    )


def _columns(frame: pd.DataFrame, wanted: Iterable[str], where: str) -> Iterator[errors.Problem]:
    wanted = tuple(wanted)
    for name in wanted:
        if name not in frame.columns:
            yield MISSING_COLUMN.at(where, column=name)
    for name in frame.columns:
        if name not in wanted:
            yield UNKNOWN_COLUMN.at(where, column=name)


def _words(frame: pd.DataFrame, closed: Mapping[str, tuple[str, ...]]) -> Iterator[errors.Problem]:
    for name in frame.columns:
        if name in _MAY_BE_MISSING:
            continue
        for code, value in frame[name].items():
            where = f"{code}, {name}"
            if not isinstance(value, str):
                yield NOT_A_TEXT.at(where, value=value)
            elif name in closed and value not in closed[name]:
                yield UNKNOWN_WORD.at(where, word=value or "''", words=", ".join(word or "''" for word in closed[name]))


def _codes(frame: pd.DataFrame) -> Iterator[errors.Problem]:
    for code in frame.index:
        if not isinstance(code, str) or not code.strip():
            yield EMPTY_CODE.at(str(code))
    for code in frame.index[frame.index.duplicated()].unique():
        yield TWICE.at(str(code), code=code)


def _accuracies(sites: pd.DataFrame) -> Iterator[errors.Problem]:
    accuracy = pd.to_numeric(sites["position_accuracy_m"], errors="coerce")
    wrong = (sites["position_accuracy_m"].notna() & accuracy.isna()) | (accuracy < 0) | (accuracy == math.inf)
    for code in sites.index[wrong]:
        yield BAD_ACCURACY.at(f"{code}, position_accuracy_m", value=sites.loc[code, "position_accuracy_m"])


def _points(sites: gpd.GeoDataFrame) -> Iterator[errors.Problem]:
    if len(sites) == 0:
        return
    if sites.crs is None:
        yield NO_CRS.at("sites")
        return
    # A position may be unknown; a point that is given must be on the earth.
    for code, point in sites.geometry.to_crs(column_types.WGS84).items():
        if point is not None and not point.is_empty and not _is_on_earth(point):
            yield NOT_A_POINT.at(f"{code}, geometry")


def _is_on_earth(point: shapely.Geometry) -> bool:
    return isinstance(point, shapely.Point) and not point.is_empty and abs(point.x) <= 180 and abs(point.y) <= 90
