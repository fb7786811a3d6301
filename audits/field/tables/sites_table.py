"""Read the sites in the rows of a table, and hold what is double, misplaced or unclear."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from audits import errors, survey
from audits.field.tables import headers, places, surveys_table, vocabulary
from audits.formats import cells, days, tables
from layers import distance, positions

SAME_PLACE_M = 1.0
VISIT_REACH_M = 100.0
PROPOSED_PREFIX = "IM"
LONGEST_CODE = 64
UNSTATED_SETTING = "municipal_footpath"

SITE_COLUMNS = (
    *("kind", "name_th", "name_en", "category", "setting", "street_th", "street_en", "zone", "zone_basis"),
    *("position_status", "position_accuracy_m", "position_source", "position_note"),
)
ELEMENT_COLUMNS = ("site_code", "kind", "label", "permitted_on", "source")

NO_PLACE = errors.ProblemKind("SITE-001", "the site is new and has no position; add its coordinates")
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

PROPOSED_CODES = errors.ProblemKind("SITE-N01", "sites without a code: {count}; proposed are {first} to {last}")
KIND_ASSUMED = errors.ProblemKind("SITE-N02", "sites that do not say their kind: {count}; taken as ramps")
SETTING_ASSUMED = errors.ProblemKind(
    "SITE-N03", "sites without a setting: {count}; taken as municipal footpath, where most limits apply by analogy"
)

_THAI_LETTER = re.compile(r"[ก-๙]")


@dataclass(frozen=True)
class HeldLine:
    """A row that is not taken in, with everything that is wrong."""

    line: int
    cells: Mapping[str, object]
    problems: tuple[errors.Problem, ...]


@dataclass(frozen=True)
class SitesPreview:
    """What a table says of sites, before anything is written.

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


@dataclass
class _Site:
    line: int
    code: str
    name_th: str
    name_en: str
    longitude: float
    latitude: float
    accuracy_m: float = 0.0
    is_new: bool = False
    measured: bool = False
    fields: dict[str, object] = field(default_factory=dict)


class _Known:
    """The sites known so far: the register's, and those accepted from the file."""

    def __init__(self, register: gpd.GeoDataFrame, box: positions.Box) -> None:
        self.by_code: dict[str, _Site] = {}
        self.near = distance.Nearness(box.west, box.south, SAME_PLACE_M)
        points = register.geometry
        columns = zip(register.index, register["name_th"], register["name_en"], points, strict=True)
        accuracies = register["position_accuracy_m"].fillna(0.0)
        for (code, name_th, name_en, point), accuracy in zip(columns, accuracies, strict=True):
            longitude, latitude = (np.nan, np.nan) if point is None or point.is_empty else (point.x, point.y)
            self.add(_Site(0, str(code), str(name_th), str(name_en), longitude, latitude, float(accuracy)))

    def add(self, site: _Site) -> None:
        self.by_code[site.code] = site
        if np.isfinite(site.longitude):
            self.near.add(site.code, site.longitude, site.latitude)


def sites(
    table: tables.Table,
    layout: headers.Layout,
    where: places.Places,
    rows: Mapping[int, surveys_table.Visit],
    register: gpd.GeoDataFrame,
    numbers: surveys_table.ElementNumbers,
    today: dt.date,
    box: positions.Box,
    file_name: str,
    problems: dict[int, list[errors.Problem]],
) -> SitesPreview:
    """Decide for every row which site it is: new, known and the same, or none that can be taken.

    Parameters
    ----------
    table, layout, where, rows
        The table, what its columns mean, its places and its measurements.
    register
        The sites known: index ``code``, points in EPSG:4326.
    numbers
        The numbers of the elements; takes those of new sites.
    today
        No permit is later.
    box, file_name
        For the search by place, and for the notices.
    problems
        Holds what is wrong already, by line; takes what else is found.
    """
    known = _Known(register, layout.box or box)
    read = [_site(row, index, layout, where, today, problems) for index, row in enumerate(table.rows)]
    free = _free_codes({site.code for site in read} | set(known.by_code))
    lines: dict[int, str] = {}
    same: dict[str, None] = {}
    proposed: list[str] = []
    for site in read:
        site.measured = bool(rows[site.line].survey.measurements)
        if problems.get(site.line):
            continue
        match = _match(site, known)
        if isinstance(match, errors.Problem):
            problems.setdefault(site.line, []).append(match)
            continue
        if match is None:
            if not site.code:
                site.code = next(free)
                proposed.append(site.code)
            site.is_new = True
            known.add(site)
        elif match.line == 0:
            same[match.code] = None
        lines[site.line] = site.code if match is None else match.code
    new = [site for site in known.by_code.values() if site.is_new]
    notices = (*where.notices, *_notices(new, proposed, file_name))
    return SitesPreview(_frame(new, file_name), _elements(new, numbers), tuple(same), lines, notices)


def _site(
    row: tables.Row,
    index: int,
    layout: headers.Layout,
    where: places.Places,
    today: dt.date,
    problems: dict[int, list[errors.Problem]],
) -> _Site:
    found = problems.setdefault(row.line, [])
    if row.line in where.problems:
        found.append(where.problems[row.line])
    code = layout.text("code", row.cells)
    if len(code) > LONGEST_CODE or not code.isprintable():
        found.append(BAD_CODE.at(f"row {row.line}", written=code[:LONGEST_CODE]))
    name_th, name_en = _names(row, layout)
    fields = dict(_fields(row, layout, found))
    fields["permitted_on"] = _permit(row, layout, today, found)
    fields["label"] = layout.text("element_label", row.cells)
    fields["element_kind"] = vocabulary.ELEMENT_KINDS.get(layout.text("element_kind", row.cells).casefold(), "")
    place = (float(where.longitude[index]), float(where.latitude[index]))
    return _Site(row.line, code, name_th, name_en, *place, fields=fields)


def _names(row: tables.Row, layout: headers.Layout) -> tuple[str, str]:
    name_th, name_en, name = (layout.text(meaning, row.cells) for meaning in ("name_th", "name_en", "name"))
    if name and _THAI_LETTER.search(name):
        name_th = name_th or name
    elif name:
        name_en = name_en or name
    return name_th, name_en


def _fields(row: tables.Row, layout: headers.Layout, problems: list[errors.Problem]) -> Iterator[tuple[str, object]]:
    where = f"row {row.line}"
    for meaning in ("category", "street_th", "street_en", "note"):
        yield meaning, layout.text(meaning, row.cells)
    kind, setting, zone = (layout.text(meaning, row.cells) for meaning in ("kind", "setting", "zone"))
    if kind and kind.casefold() not in vocabulary.SITE_KINDS:
        problems.append(UNKNOWN_KIND.at(where, written=kind))
    yield "kind", vocabulary.SITE_KINDS.get(kind.casefold(), "")
    if setting and setting.casefold() not in vocabulary.SETTINGS:
        problems.append(UNKNOWN_SETTING.at(where, written=setting, settings=", ".join(survey.SETTINGS)))
    yield "setting", vocabulary.SETTINGS.get(setting.casefold(), "")
    number = re.fullmatch(r"(?:เขต|zone)? ?([0-9]{1,3})", cells.clean(zone).casefold())
    if zone and number is None:
        problems.append(NOT_A_ZONE.at(where, written=zone))
    yield "zone", int(number[1]) if number else None


def _permit(row: tables.Row, layout: headers.Layout, today: dt.date, problems: list[errors.Problem]) -> dt.date | None:
    use = layout.of("permitted_on")
    value = use.value(row.cells) if use is not None else None
    if use is None or value is None:
        return None
    day = days.day(value, today, use.written_as)
    if isinstance(day, errors.ProblemKind):
        problems.append(day.at(f"row {row.line}, {use.column}", written=cells.written(value)))
        return None
    return day


def _match(site: _Site, known: _Known) -> _Site | errors.Problem | None:
    """Return the known site that a row is, None when it is new, or the problem that keeps it out."""
    at = f"row {site.line}"
    has_place = bool(np.isfinite(site.longitude))
    nearest = known.near.within(site.longitude, site.latitude) if has_place else None
    other = known.by_code.get(site.code or (nearest or ""))
    if other is None:
        if not has_place:
            return NO_PLACE.at(at)
        return None if nearest is None else TOO_CLOSE.at(at, code=nearest)
    if _names_differ(site, other):
        if not site.code:
            return TOO_CLOSE.at(at, code=other.code)
        return OTHER_NAME.at(at, code=other.code, name=other.name_th or other.name_en)
    if other.line and not site.measured:
        return SAME_CODE.at(at, code=other.code, line=other.line) if site.code else TOO_CLOSE.at(at, code=other.code)
    if has_place and np.isfinite(other.longitude):
        metres = distance.metres_between(site.longitude, site.latitude, other.longitude, other.latitude)
        reach = max(VISIT_REACH_M, other.accuracy_m) if site.measured else SAME_PLACE_M
        if metres > reach:
            return OTHER_PLACE.at(at, code=other.code, metres=f"{metres:,.0f}" if metres >= 10 else f"{metres:.1f}")
    return other


def _names_differ(site: _Site, other: _Site) -> bool:
    pairs = ((site.name_th, other.name_th), (site.name_en, other.name_en))
    return any(name and kept and kept not in (other.code, name) for name, kept in pairs)


def _free_codes(used: set[str]) -> Iterator[str]:
    codes = (f"{PROPOSED_PREFIX}-{number:03d}" for number in itertools.count(1))
    return (code for code in codes if code not in used)


def _notices(new: list[_Site], proposed: list[str], file_name: str) -> Iterator[errors.Problem]:
    if proposed:
        yield PROPOSED_CODES.at(file_name, count=len(proposed), first=proposed[0], last=proposed[-1])
    for name, kind in (("kind", KIND_ASSUMED), ("setting", SETTING_ASSUMED)):
        unstated = sum(not site.fields[name] for site in new)
        if unstated:
            yield kind.at(file_name, count=unstated)


def _frame(new: list[_Site], file_name: str) -> gpd.GeoDataFrame:
    records = [
        {
            "kind": site.fields["kind"] or "ramp",
            "name_th": site.name_th or site.name_en or site.code,
            "name_en": site.name_en or site.name_th or site.code,
            "category": site.fields["category"],
            "setting": site.fields["setting"] or UNSTATED_SETTING,
            "street_th": site.fields["street_th"],
            "street_en": site.fields["street_en"],
            "zone": site.fields["zone"],
            "zone_basis": "named" if site.fields["zone"] is not None else "",
            "position_status": "imported",
            "position_accuracy_m": None,
            "position_source": file_name,
            "position_note": site.fields["note"],
        }
        for site in new
    ]
    frame = pd.DataFrame(records, columns=list(SITE_COLUMNS), index=pd.Index([site.code for site in new], name="code"))
    frame = frame.astype({"zone": "Int64", "position_accuracy_m": "float64"})
    points = gpd.points_from_xy([site.longitude for site in new], [site.latitude for site in new])
    return gpd.GeoDataFrame(frame, geometry=points, crs=positions.GEOGRAPHIC)


def _elements(new: list[_Site], numbers: surveys_table.ElementNumbers) -> pd.DataFrame:
    records = {}
    for site in new:
        kind = str(site.fields["element_kind"]) or ("ramp" if (site.fields["kind"] or "ramp") == "ramp" else "")
        if kind:
            element = numbers.element(site.code, kind, str(site.fields["label"]))
            permitted_on = site.fields["permitted_on"]
            records[element.element_id] = (site.code, kind, element.label, permitted_on, "import")
    frame = pd.DataFrame.from_dict(records, orient="index", columns=list(ELEMENT_COLUMNS)).astype(object)
    return frame.rename_axis("element_id")
