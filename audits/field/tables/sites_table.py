"""Match the rows of a table to sites, and hold what is double, misplaced or unclear."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from audits import errors, survey
from audits.field import position_checks
from audits.field.tables import (
    alike_sites,
    element_numbers,
    near_codes,
    places,
    surveys_table,
    visit_places,
    vocabulary,
)
from audits.field.tables import rows as rows_room
from audits.formats import cells
from layers import distance, positions

SAME_PLACE_M = 1.0
PROPOSED_PREFIX = "IM"
LONGEST_CODE = 64
UNSTATED_SETTING = "municipal_footpath"

SITE_COLUMNS = (
    *("kind", "name_th", "name_en", "category", "setting", "street_th", "street_en", "zone", "zone_basis"),
    *("position_status", "position_accuracy_m", "position_source", "position_note"),
)
ELEMENT_COLUMNS = ("site_code", "kind", "label", "permitted_on", "source")

NO_PLACE = errors.ProblemKind(
    "SITE-001",
    "{code} is not in the register; correct the code if it is a typing error, or add the coordinates and have an "
    "engineer bring in the table, who may register new sites",
)
NO_CODE = errors.ProblemKind("SITE-012", "the row has neither the code of a site nor a position; write the code")
NO_POSITION = errors.ProblemKind("SITE-013", "the site has no position; add its coordinates")
SAME_CODE = errors.ProblemKind("SITE-002", "the code {code} stands in row {line} too; give each site its own")
OTHER_NAME = errors.ProblemKind("SITE-003", "{code} is registered with the name “{name}”; check the code or the name")
OTHER_PLACE = errors.ProblemKind(
    "SITE-004", "{code} is registered {metres} m away; check the coordinates, or report the position at the site"
)
TOO_CLOSE = errors.ProblemKind("SITE-005", "{code} stands at the same place, within 1 m; give its code")
UNKNOWN_KIND = errors.ProblemKind("SITE-006", "“{written}” is no kind of site; write ramp or space")
UNKNOWN_SETTING = errors.ProblemKind("SITE-007", "“{written}” is no setting; use one of: {settings}")
NOT_A_ZONE = errors.ProblemKind("SITE-008", "“{written}” is no zone; write its number, such as 2")
BAD_CODE = errors.ProblemKind("SITE-009", "the code “{written}” is too long or has a sign that cannot be printed")
ALIKE_CODE = errors.ProblemKind(
    "SITE-010", "“{written}” is not registered, {code} is; write {code}, or give the new site another code"
)
NEARLY_REGISTERED = errors.ProblemKind(
    "SITE-011",
    "“{written}” is not in the register, and {code} is {metres} m away; write {code}, or give the new site a name of "
    "its own",
)

NEW_SITE = errors.ProblemKind(
    "SITE-N07",
    "{code} is not in the register; when an engineer brings the table in, it is registered anew at {latitude}, "
    "{longitude}; correct the code if it is a typing error",
)
MORE_NEW_SITES = errors.ProblemKind(
    "SITE-N08",
    "more sites that are not in the register, which an engineer registers anew: {count}; check their codes: {sites}",
)
PROPOSED_CODES = errors.ProblemKind("SITE-N01", "sites without a code: {count}; proposed are {first} to {last}")
KIND_ASSUMED = errors.ProblemKind("SITE-N02", "sites that do not say their kind: {count}; taken as ramps")
SETTING_ASSUMED = errors.ProblemKind(
    "SITE-N03", "sites without a setting: {count}; taken as municipal footpath, where most limits apply by analogy"
)

# Each in a sentence of its own, and the others in one.
_NEW_SITES_ANNOUNCED, _MORE_NAMED = 8, 100

_THAI_LETTER = re.compile(r"[ก-๙]")


@dataclass(frozen=True)
class SitesPreview:
    """The sites of a table, before anything is written.

    Parameters
    ----------
    sites
        New sites: index ``code``, columns :data:`SITE_COLUMNS`, points in EPSG:4326.
    elements
        Their elements: index ``element_id``, columns :data:`ELEMENT_COLUMNS`.
    same
        Codes that the register has already, with the same name and place.
    lines
        Site code of each line that was accepted.
    notices
        What the reader should know.
    """

    sites: gpd.GeoDataFrame
    elements: pd.DataFrame
    same: tuple[str, ...]
    lines: Mapping[int, str]
    notices: tuple[errors.Problem, ...]


@dataclass(slots=True)
class _Site:
    """A site of the file, by its line, or of the register, whose line is 0."""

    line: int
    code: str
    name_th: str
    name_en: str
    longitude: float
    latitude: float
    accuracy_m: float = 0.0
    measured: bool = False
    fields: dict[str, object] = field(default_factory=dict)


class _Known:
    """The sites known so far: the register's, and those accepted from the file."""

    def __init__(self, register: gpd.GeoDataFrame, box: positions.Box) -> None:
        self.by_code: dict[str, _Site] = {}
        self.registered: dict[str, _Site] = {}
        self.near = distance.Nearness(box.west, box.south, SAME_PLACE_M)
        self.beside = distance.Nearness(box.west, box.south, alike_sites.NEAR_M)
        points = register.geometry
        columns = zip(register.index, register["name_th"], register["name_en"], points, strict=True)
        accuracies = register["position_accuracy_m"].fillna(0.0)
        for (code, name_th, name_en, point), accuracy in zip(columns, accuracies, strict=True):
            longitude, latitude = (np.nan, np.nan) if point is None or point.is_empty else (point.x, point.y)
            self.add(_Site(0, str(code), str(name_th), str(name_en), longitude, latitude, float(accuracy)))

    def add(self, site: _Site) -> None:
        self.by_code[site.code] = site
        if not site.line:
            self.registered[alike_sites.form_of_code(site.code)] = site
            if np.isfinite(site.longitude):
                self.beside.add(site.code, site.longitude, site.latitude)
        if np.isfinite(site.longitude):
            self.near.add(site.code, site.longitude, site.latitude)

    def meant(self, site: _Site) -> tuple[float, _Site] | None:
        """Metres to the registered site that a new one may be by its place, and that site; None for no such site.

        It stands where the registered one does, or a visit of it is within reach of one whose code is mistyped so.
        A name of its own says that it is another.
        """
        codes = [self.beside.within(site.longitude, site.latitude)]
        codes += self.nearly_one_code.near(site.code) if site.measured else []
        others = [self.by_code[code] for code in codes if code is not None]
        found = [
            (distance.metres_between(site.longitude, site.latitude, other.longitude, other.latitude), other)
            for other in others
            if np.isfinite(other.longitude) and _may_be_one(site, other) and not _own_name(site, other)
        ]
        return min(found, key=lambda pair: pair[0], default=None)

    @functools.cached_property
    def nearly_one_code(self) -> near_codes.NearCodes:
        """The codes of the register, to be found by a mistyped one."""
        return near_codes.NearCodes(site.code for site in self.registered.values())


def sites(
    rows: Sequence[rows_room.Row],
    where: places.Places,
    visits: Mapping[int, surveys_table.Visit],
    register: gpd.GeoDataFrame,
    numbers: element_numbers.ElementNumbers,
    today: dt.date,
    box: positions.Box,
    file_name: str,
) -> SitesPreview:
    """Decide for every row which site it is: new, known and the same, or none that can be taken.

    Parameters
    ----------
    rows
        The rows; take what is wrong with their sites.
    where, visits
        Their places and their measurements.
    register
        The sites known: index ``code``, points in EPSG:4326.
    numbers
        The numbers of the elements; takes those of new sites.
    today
        No permit is later.
    box, file_name
        For the search by place, and for the notices.
    """
    known = _Known(register, box)
    coordinates = zip(where.longitude.tolist(), where.latitude.tolist(), strict=True)
    read = [_site(row, place, visits, today) for row, place in zip(rows, coordinates, strict=True)]
    # all rows are read by now: a code that is proposed must not be one that a later row gives
    free = _free_codes({site.code for site in read} | set(known.by_code))
    lines: dict[int, str] = {}
    same: dict[str, None] = {}
    proposed: list[str] = []
    for row, site in zip(rows, read, strict=True):
        match = None if row.problems else _match(row, site, known)
        if row.problems:
            continue
        if match is None:
            if not site.code:
                site.code = next(free)
                proposed.append(site.code)
            known.add(site)
        elif match.line == 0:
            same[match.code] = None
        lines[row.line] = site.code if match is None else match.code
    new = [site for site in known.by_code.values() if site.line]
    alike = alike_sites.notices(known.by_code.values(), file_name)
    # in an empty register every site is new, which needs no notice each
    announced = _announced(new, proposed, file_name) if len(register) else ()
    notices = (*where.notices, *announced, *_notices(new, proposed, file_name), *alike)
    return SitesPreview(_frame(new, file_name), _elements(new, numbers), tuple(same), lines, notices)


def _site(
    row: rows_room.Row, place: tuple[float, float], visits: Mapping[int, surveys_table.Visit], today: dt.date
) -> _Site:
    code = row.written("code")
    if len(code) > LONGEST_CODE or not code.isprintable():
        row.refuse(BAD_CODE, written=code[:LONGEST_CODE])
    name_th, name_en, name = (row.written(meaning) for meaning in ("name_th", "name_en", "name"))
    if _THAI_LETTER.search(name):
        name_th = name_th or name
    else:
        name_en = name_en or name
    zone = row.written("zone")
    number = re.fullmatch(r"(?:เขต|zone)? ?([0-9]{1,3})", cells.clean(zone).casefold())
    settings = ", ".join(survey.SETTINGS)
    fields: dict[str, object] = {
        **{meaning: row.written(meaning) for meaning in ("category", "street_th", "street_en", "note")},
        "kind": row.word("kind", vocabulary.SITE_KINDS, UNKNOWN_KIND),
        "setting": row.word("setting", vocabulary.SETTINGS, UNKNOWN_SETTING, settings=settings),
        "zone": int(number[1]) if number else None,
        "label": row.written("element_label"),
        "element_kind": vocabulary.element(row.written("element_kind"))[0],
    }
    if zone and number is None:
        row.refuse(NOT_A_ZONE, written=zone)
    fields["permitted_on"] = row.day("permitted_on", today)
    measured = bool(visits[row.line].survey.measurements)
    return _Site(row.line, code, name_th, name_en, *place, measured=measured, fields=fields)


def _match(row: rows_room.Row, site: _Site, known: _Known) -> _Site | None:
    """Return the known site that a row is; None when it is new, or when a problem keeps it out."""
    has_place = bool(np.isfinite(site.longitude))
    nearest = known.near.within(site.longitude, site.latitude) if has_place else None
    # a code decides whatever stands near; only a row without one is known by its place
    other = known.by_code.get(site.code or (nearest or ""))
    if other is None:
        alike = known.registered.get(alike_sites.form_of_code(site.code))
        if alike is not None and _may_be_one(site, alike):
            row.refuse(ALIKE_CODE, written=site.code, code=alike.code)
        elif not has_place:
            row.refuse((NO_PLACE if site.code else NO_CODE) if known.registered else NO_POSITION, code=site.code)
        elif site.code and (meant := known.meant(site)):
            metres, other_site = meant
            row.refuse(NEARLY_REGISTERED, written=site.code, code=other_site.code, metres=f"{metres:,.0f}")
    elif _names_differ(site, other) and site.code:
        row.refuse(OTHER_NAME, code=other.code, name=other.name_th or other.name_en)
    elif _names_differ(site, other) or (other.line and not site.measured and not site.code):
        row.refuse(TOO_CLOSE, code=other.code)
    elif other.line and not site.measured:
        row.refuse(SAME_CODE, code=other.code, line=other.line)
    # A row that answers for the place is compared at the door, as a visit on any channel.
    elif has_place and np.isfinite(other.longitude) and not visit_places.answer(row):
        metres = distance.metres_between(site.longitude, site.latitude, other.longitude, other.latitude)
        # a visit is made somewhere near the site; a row of a register gives the very place
        if metres > (max(position_checks.REACH_M, other.accuracy_m) if site.measured else SAME_PLACE_M):
            row.refuse(OTHER_PLACE, code=other.code, metres=f"{metres:,.0f}" if metres >= 10 else f"{metres:.1f}")
    # refused or not: why it is refused stands in the problems of the row
    return other


def _may_be_one(site: _Site, other: _Site) -> bool:
    """Whether two sites may be one by their places: nobody knows one of them, or a visit of one reaches the other."""
    if not np.isfinite(site.longitude) or not np.isfinite(other.longitude):
        return True
    metres = distance.metres_between(site.longitude, site.latitude, other.longitude, other.latitude)
    return metres <= max(position_checks.REACH_M, other.accuracy_m)


def _own_name(site: _Site, other: _Site) -> bool:
    return any(name and name not in (other.name_th, other.name_en) for name in (site.name_th, site.name_en))


def _names_differ(site: _Site, other: _Site) -> bool:
    pairs = ((site.name_th, other.name_th), (site.name_en, other.name_en))
    return any(name and kept and kept not in (other.code, name) for name, kept in pairs)


def _free_codes(used: set[str]) -> Iterator[str]:
    codes = (f"{PROPOSED_PREFIX}-{number:03d}" for number in itertools.count(1))
    return (code for code in codes if code not in used)


def _announced(new: Sequence[_Site], proposed: Sequence[str], file_name: str) -> Iterator[errors.Problem]:
    """Yield a notice of each new site whose code the table gives, since a typing error would make one too."""
    named = [site for site in new if site.code not in proposed]
    for site in named[:_NEW_SITES_ANNOUNCED]:
        place = {"latitude": f"{site.latitude:.5f}", "longitude": f"{site.longitude:.5f}"}
        yield NEW_SITE.at(f"row {site.line}", code=site.code, **place)
    more = named[_NEW_SITES_ANNOUNCED:]
    if more:
        shown = ", ".join(f"{site.code} ({site.line})" for site in more[:_MORE_NAMED])
        shown += " …" if len(more) > _MORE_NAMED else ""
        yield MORE_NEW_SITES.at(file_name, count=len(more), sites=shown)


def _notices(new: list[_Site], proposed: list[str], file_name: str) -> Iterator[errors.Problem]:
    if proposed:
        yield PROPOSED_CODES.at(file_name, count=len(proposed), first=proposed[0], last=proposed[-1])
    for name, kind in (("kind", KIND_ASSUMED), ("setting", SETTING_ASSUMED)):
        unstated = sum(not site.fields[name] for site in new)
        if unstated:
            yield kind.at(file_name, count=unstated)


def _frame(new: list[_Site], file_name: str) -> gpd.GeoDataFrame:
    frame = pd.DataFrame([site.fields for site in new], index=pd.Index([site.code for site in new], name="code"))
    frame = frame.reindex(columns=list(SITE_COLUMNS)).assign(
        kind=[str(site.fields["kind"] or "ramp") for site in new],
        # no site is without a name: that of the other language stands in, else the code
        name_th=[site.name_th or site.name_en or site.code for site in new],
        name_en=[site.name_en or site.name_th or site.code for site in new],
        setting=[str(site.fields["setting"] or UNSTATED_SETTING) for site in new],
        zone_basis=["named" if site.fields["zone"] is not None else "" for site in new],
        position_status="imported",
        position_accuracy_m=np.nan,
        position_source=file_name,
        position_note=[str(site.fields["note"]) for site in new],
    )
    frame = frame.astype({"zone": "Int64", "position_accuracy_m": "float64"})
    points = gpd.points_from_xy([site.longitude for site in new], [site.latitude for site in new])
    return gpd.GeoDataFrame(frame, geometry=points, crs=positions.GEOGRAPHIC)


def _elements(new: list[_Site], numbers: element_numbers.ElementNumbers) -> pd.DataFrame:
    ids, records = list[str](), list[tuple[object, ...]]()
    for site in new:
        kind = str(site.fields["element_kind"]) or ("ramp" if (site.fields["kind"] or "ramp") == "ramp" else "")
        if kind:
            element = numbers.element(site.code, kind, str(site.fields["label"]))
            permitted_on = site.fields["permitted_on"]
            ids.append(element.element_id)
            records.append((site.code, kind, element.label, permitted_on, "import"))
    return pd.DataFrame(records, pd.Index(ids, name="element_id"), ELEMENT_COLUMNS, dtype=object)
