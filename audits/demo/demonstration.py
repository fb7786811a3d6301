"""Build the demonstration: the starter register with invented surveys, the same on every computer."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd
import shapely

from audits import errors, survey, wording
from audits.demo import seed, values
from audits.rules import model
from audits.store.audit_log import hash_chain
from audits.store.db import connection
from audits.store.register import changes, devices
from audits.store.surveys import read, reviews, submit

ACTOR = "ระบบสาธิต"
ENGINEER = "วิศวกรสาธิต"
NOTE = "ข้อมูลสาธิต"
SURVEYORS = tuple(f"ช่างสาธิต {number}" for number in range(1, 7))

FIRST_DAY = dt.date(2025, 1, 6)
LAST_DAY = dt.date(2026, 10, 30)
BEGUN_AT = dt.datetime(2025, 1, 3, 9, 0, tzinfo=wording.BANGKOK)
CLOSED_AT = dt.datetime(2026, 10, 31, 9, 0, tzinfo=wording.BANGKOK)

_SEED = "jaidee demonstration"
# early enough for a second visit a hundred days later within the period
_FIRST_VISIT_UNTIL = dt.date(2026, 6, 30)
_SHARE_VISITED = {"ramp": 0.75, "space": 0.5}
_SHARE_ABSENT = {"parking": 0.2, "toilet": 0.15, "information": 0.3, "stair": 0.2}
_SHARE_SECOND_SURVEYOR, _SHARE_SECOND_RAMP = 0.1, 0.15
_SHARE_REPEATED, _SHARE_REPAIRED = 0.35, 0.6
_SHARE_CONFIRMED, _SHARE_DATED = 0.35, 0.25
_RAMP = "ramp_or_lift_present"
_SHARES_MISSED = (0.0, 0.05, 0.12, 0.35)
_BUILDERS = tuple(values.Builder(skill) for skill in (0.99, 0.9, 0.75, 0.55))
_BUILDER_SHARES = (0.25, 0.35, 0.25, 0.15)
_METRES_PER_DEGREE = 111_000.0
_LEFT_TO_REVIEW = 12
_DEVICES = (
    ("L-01", "digital_level", 0.2, dt.date(2026, 3, 2)),
    ("L-02", "digital_level", 0.3, dt.date(2025, 6, 16)),
    ("T-01", "tape_measure", 2.0, dt.date(2026, 3, 2)),
)

NOT_A_DEMONSTRATION = "{folder} holds a city's record; invented surveys go only into a demonstration workspace"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Summary:
    """Numbers of sites, sites visited, surveys and surveys added now, and the head of the audit log."""

    sites: int
    visited: int
    surveys: int
    added: int
    head: hash_chain.Head


@dataclass(frozen=True)
class _Thing:
    """One element of a site with its invented state; `found` is only *not present* when it is not there."""

    element: survey.Element
    found: values.Found


def build(store: connection.Store, criteria: model.Criteria, *, progress: Progress | None = None) -> Summary:
    """Fill a demonstration store; what is there already stays, so building again adds nothing.

    Parameters
    ----------
    store
        An open store of the kind *demonstration*.
    criteria
        The criteria.
    progress
        Called with the number of surveys put in and their total.

    Returns
    -------
    Summary
        The same on every computer for the same criteria.

    Raises
    ------
    audits.errors.WorkspaceError
        When the store is a city's record.
    audits.errors.StoreError
        When the store refuses an invented survey.
    """
    if connection.kind(store) != "demonstration":
        raise errors.WorkspaceError(NOT_A_DEMONSTRATION.format(folder=store.workspace.folder))
    if read.sites(store).empty:
        seed.with_starter_register(store, ACTOR, BEGUN_AT)
    known = set(read.surveys(store)["survey_id"])
    sites, elements = seed.starter_sites(), seed.starter_elements()
    invented = visits(sites, elements, criteria)
    new = [visit for visit in invented if visit.survey_id not in known]
    for done, visit in enumerate(new, start=1):
        _submit(store, visit)
        if progress is not None:
            progress(done, len(new))
    _date_elements(store, invented)
    _confirm_positions(store, invented)
    _review(store)
    _calibrate(store, criteria)
    visited = {visit.site_code for visit in invented}
    return Summary(len(sites), len(visited), len(invented), len(new), read.head(store))


def visits(sites: gpd.GeoDataFrame, elements: pd.DataFrame, criteria: model.Criteria) -> tuple[survey.Survey, ...]:
    """Invent every survey of the demonstration, in the order of the visits.

    Parameters
    ----------
    sites
        Index ``code``; column ``kind``; points EPSG:4326.
    elements
        Index ``element_id``; columns ``site_code``, ``kind``.
    criteria
        The criteria.
    """
    result: list[survey.Survey] = []
    for code in _visited(sites):
        expected = elements.loc[elements["site_code"] == code, "kind"]
        result += _visits_of_site(code, sites.loc[code], expected, criteria)
    result += _correction(result)
    # stable: a correction bears the instant of what it corrects, and must come after it
    return tuple(sorted(_one_looked_for_in_vain(result), key=lambda visit: visit.observed_at))


def _visited(sites: gpd.GeoDataFrame) -> Iterator[str]:
    for kind, part in sites.groupby("kind"):
        shuffled = sorted(map(str, part.index), key=lambda code: _chance(f"visited {code}").random())
        yield from sorted(shuffled[: round(len(shuffled) * _SHARE_VISITED[str(kind)])])


def _chance(name: str) -> random.Random:
    # A generator for each site: adding or leaving out one changes no other.
    return random.Random(f"{_SEED} {name}")  # noqa: S311 - an invented city, not a secret


def _visits_of_site(
    code: str, site: pd.Series, expected: pd.Series[str], criteria: model.Criteria
) -> Iterator[survey.Survey]:
    chance = _chance(code)
    builder = chance.choices(_BUILDERS, _BUILDER_SHARES)[0]
    things = [_thing(str(element_id), kind, builder, criteria, chance) for element_id, kind in expected.items()]
    if site["kind"] == "space" and chance.random() < _SHARE_SECOND_RAMP:
        things.append(_thing(f"{code}.ramp.2", "ramp", builder, criteria, chance, label="ด้านหลัง (สาธิต)"))
    things = _with_their_ramp(things)
    surveyor, other = chance.sample(SURVEYORS, 2)
    first = _instant(FIRST_DAY, _FIRST_VISIT_UNTIL, chance)
    yield _visit(code, site.geometry, things, surveyor, first, criteria, chance)
    if chance.random() < _SHARE_SECOND_SURVEYOR:
        later = first + dt.timedelta(minutes=chance.randint(40, 150))
        yield _visit(code, site.geometry, things, other, later, criteria, chance, "วัดซ้ำวันเดียวกันโดยช่างอีกคน")
    if chance.random() < _SHARE_REPEATED:
        repaired = chance.random() < _SHARE_REPAIRED
        worker = values.REPAIR if repaired else values.DECAY
        changed = _with_their_ramp([_changed(thing, worker, criteria, chance) for thing in things])
        again = _instant(first.date() + dt.timedelta(days=100), LAST_DAY, chance)
        note = "หลังซ่อม" if repaired else "ทรุดโทรมกว่าครั้งก่อน"
        yield _visit(code, site.geometry, changed, other, again, criteria, chance, note)


def _thing(
    element_id: str,
    kind: str,
    builder: values.Builder,
    criteria: model.Criteria,
    chance: random.Random,
    label: str = "",
) -> _Thing:
    element = survey.Element(element_id, kind, label)
    if chance.random() < _SHARE_ABSENT.get(kind, 0.0):
        return _Thing(element, {survey.ELEMENT_PRESENT: 0.0})
    return _Thing(element, values.built(kind, builder, criteria, chance))


def _with_their_ramp(things: list[_Thing]) -> list[_Thing]:
    """Let nothing lack a ramp at a site whose own ramp was measured."""
    if not any(thing.element.kind == "ramp" and thing.found[survey.ELEMENT_PRESENT] for thing in things):
        return things
    return [replace(one, found=one.found | {_RAMP: 1.0}) if _RAMP in one.found else one for one in things]


def _changed(thing: _Thing, worker: values.Builder, criteria: model.Criteria, chance: random.Random) -> _Thing:
    if not thing.found[survey.ELEMENT_PRESENT]:
        return thing
    return replace(thing, found=values.built(thing.element.kind, worker, criteria, chance, thing.found))


def _instant(first: dt.date, last: dt.date, chance: random.Random) -> dt.datetime:
    """Draw an instant in office hours of a working day."""
    day = first + dt.timedelta(days=chance.randint(0, (last - first).days))
    # Backwards, so that the last day of the period is never exceeded.
    while day.weekday() >= 5:
        day -= dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(8 + chance.randint(0, 6), chance.randint(0, 59)), wording.BANGKOK)


def _visit(
    code: str,
    point: shapely.Point,
    things: Sequence[_Thing],
    surveyor: str,
    observed_at: dt.datetime,
    criteria: model.Criteria,
    chance: random.Random,
    remark: str = "",
) -> survey.Survey:
    missed = chance.choice(_SHARES_MISSED)
    measurements = [
        reading
        for thing in things
        for reading in values.read(thing.element.element_id, thing.found, criteria, chance, missed)
    ]
    return survey.Survey(
        survey_id=_survey_id(code, observed_at, surveyor),
        site_code=code,
        surveyor=surveyor,
        observed_at=observed_at,
        source="demonstration",
        form_version=criteria.version,
        elements=tuple(thing.element for thing in things),
        measurements=tuple(measurements),
        note=f"{NOTE}: {remark}" if remark else NOTE,
        latitude=round(point.y + _offset(chance), 6),
        longitude=round(point.x + _offset(chance), 6),
        accuracy_m=float(chance.randint(3, 12)),
    )


def _survey_id(*parts: object) -> str:
    # from what it names and not at random: building again finds the surveys that are there
    return f"uuid:{uuid.uuid5(uuid.NAMESPACE_OID, ' '.join((_SEED, *map(str, parts))))}"


def _offset(chance: random.Random) -> float:
    return chance.uniform(-20, 20) / _METRES_PER_DEGREE


def _correction(made: list[survey.Survey]) -> list[survey.Survey]:
    """Let one surveyor write centimetres for millimetres, and make the survey that corrects it."""
    for position, visit in enumerate(made):
        for number, one in enumerate(visit.measurements):
            if one.quantity == "clear_width_mm" and one.value is not None:
                centimetres = float(round(one.value / 10))
                slip = replace(one, value=centimetres, as_written=f"{centimetres:g}")
                wrong = (*visit.measurements[:number], slip, *visit.measurements[number + 1 :])
                made[position] = replace(visit, measurements=wrong)
                note = f"{NOTE}: แก้ความกว้างที่เขียนเป็นเซนติเมตร"
                return [
                    replace(visit, survey_id=_survey_id(visit.survey_id, note), supersedes=visit.survey_id, note=note)
                ]
    return []


def _one_looked_for_in_vain(made: list[survey.Survey]) -> list[survey.Survey]:
    """Let the last ramp site visited be one at which the surveyor finds no ramp."""
    code = max(visit.site_code for visit in made if len(visit.elements) == 1)
    visit = next(visit for visit in made if visit.site_code == code)
    gone = survey.Measurement(visit.elements[0].element_id, survey.ELEMENT_PRESENT, 0.0, "ไม่ใช่", "eye")
    vain = replace(visit, measurements=(gone,), note=f"{NOTE}: หาไม่พบ")
    return [other for other in made if other.site_code != code] + [vain]


def _submit(store: connection.Store, visit: survey.Survey) -> None:
    receipt = submit.submit(store, visit, visit.surveyor, received_at=visit.observed_at + dt.timedelta(hours=3))
    if receipt.problems:
        raise errors.StoreError(f"{visit.survey_id}: {'; '.join(one.sentence() for one in receipt.problems)}")


def _date_elements(store: connection.Store, invented: Sequence[survey.Survey]) -> None:
    """Give some visited elements a permit date, so that both editions of the law are at work."""
    visited = {element.element_id for visit in invented for element in visit.elements}
    dated = read.elements(store)["permitted_on"]
    for element_id in sorted(visited):
        chance = _chance(f"permit {element_id}")
        # what is set stays, so that building again changes nothing
        if pd.isna(dated[element_id]) and chance.random() < _SHARE_DATED:
            day = dt.date(chance.randint(1998, 2024), chance.randint(1, 12), chance.randint(1, 28))
            changes.set_permit(store, element_id, day, ACTOR, f"{NOTE}: วันอนุญาต", set_at=CLOSED_AT)


def _confirm_positions(store: connection.Store, invented: Sequence[survey.Survey]) -> None:
    """Let some visits confirm where the site is, and one say that it was not found."""
    status = read.sites(store)["position_status"]
    for visit in invented:
        code, vain = visit.site_code, len(visit.measurements) == 1
        settled = status[code] in ("confirmed", "not_found")
        if settled or not (vain or _chance(f"position {code}").random() < _SHARE_CONFIRMED):
            continue
        status[code] = "not_found" if vain else "confirmed"
        reason = f"{NOTE}: {'หาไม่พบที่จุดนี้' if vain else 'ช่างยืนยันตำแหน่ง'}"
        point = None if vain else _standpoint(visit)
        accuracy_m = None if vain else visit.accuracy_m
        changes.report_position(store, code, status[code], ACTOR, reason, point, accuracy_m, reported_at=CLOSED_AT)


def _review(store: connection.Store) -> None:
    """Let an engineer approve the older surveys and return one with a note; the newest await review."""
    standing = read.standing(read.surveys(store))
    ordered = list(standing.sort_values(["observed_at", "survey_id"])["survey_id"])
    # what was decided stays: building again decides nothing anew
    undecided = set(standing.loc[standing["review"] == reviews.SUBMITTED, "survey_id"])
    reviews.approve(store, [one for one in ordered[:-_LEFT_TO_REVIEW] if one in undecided], ENGINEER, CLOSED_AT)
    returned = ordered[-_LEFT_TO_REVIEW]
    if returned in undecided:
        first = read.survey(store, returned).measurements[0]
        note = {f"{first.element_id}|{first.quantity}": f"{NOTE}: โปรดดูซ้ำที่จุดสำรวจ"}
        reviews.give_back(store, returned, f"{NOTE}: ภาพไม่ชัด", note, ENGINEER, CLOSED_AT)


def _calibrate(store: connection.Store, criteria: model.Criteria) -> None:
    # a calibration has no id of its own by which it would be known again
    if not devices.calibrations(store).empty:
        return
    for code, instrument, uncertainty, first in _DEVICES:
        devices.calibrate(
            store,
            code,
            instrument,
            uncertainty=uncertainty,
            calibrated_on=first,
            valid_until=first + dt.timedelta(days=365),
            criteria=criteria,
            actor=ENGINEER,
            note=NOTE,
            recorded_at=CLOSED_AT,
        )


def _standpoint(visit: survey.Survey) -> shapely.Point | None:
    if visit.longitude is None or visit.latitude is None:
        return None
    return shapely.Point(visit.longitude, visit.latitude)
