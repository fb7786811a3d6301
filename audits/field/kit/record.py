"""Read one record of the offline kit from its JSON."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema

from audits import errors, survey
from audits.field import answer_sheet, arrivals
from audits.field import known as known_room
from audits.store.surveys import survey_checks

SOURCE = "kit"
FORM = 1

NOT_A_RECORD = errors.ProblemKind(
    "KIT-011", "This is no record of the offline kit, or it was altered on the way; send it from the phone again."
)
BAD_PART = errors.ProblemKind(
    "KIT-012", "The part {part} of the record is not as the kit writes it; send it from the phone again."
)
OTHER_FORM = errors.ProblemKind(
    "KIT-013", "The record was made by another release of the kit ({form}); open the newest kit and send it again."
)
UNKNOWN_QUESTION = errors.ProblemKind(
    "KIT-014", "The criteria here have no question {quantity}; the kit is older or newer than this office."
)
OTHER_WORKSPACE = errors.ProblemKind(
    "KIT-015", "The record was made with the kit of another workspace, such as the demonstration; it is not counted."
)
NOTHING_IN_IT = errors.ProblemKind("KIT-016", "Nothing was answered or photographed in this record.")
NO_INSTANT = errors.ProblemKind("KIT-017", "“{written}” is no instant with its time zone; send the record again.")

Content = Callable[[], bytes]
PhotoSource = Callable[[str], Content | None]

_SHAPE = jsonschema.Draft202012Validator(json.loads((Path(__file__).parent / "record.schema.json").read_text("utf-8")))
_TEXTS = ("survey_id", "site_code", "surveyor", "note", "root_id", "supersedes", "form_version", "workspace")


def record_arrival(raw: str, line: int, photos: PhotoSource, known: known_room.Known) -> arrivals.Arrival:
    """Return one record as it came, with what is wrong with it; nothing is raised.

    Parameters
    ----------
    raw
        Its JSON, as the phone wrote it.
    line
        Its place in the file, from 1.
    photos
        Gives the bytes of a photo by the SHA-256 of what the phone sends, or None when they did not come.
    known
        The register and the criteria.
    """
    where = f"row {line}"
    record = parsed(raw)
    if record is None:
        return arrivals.Arrival(line, raw, problems=(NOT_A_RECORD.at(where),))
    nothing: dict[str, Any] = {
        **dict.fromkeys((*_TEXTS, "observed_at", "place", "located_at"), ""),
        "answers": {},
        "added": [],
        "photos": [],
        "fix": {},
        "place_confirmed": False,
    }
    # what an older kit did not write yet gets its default; what is there is checked as it is
    record = nothing | record
    problems = tuple(_unfit(record, where, known))
    if problems:
        return arrivals.Arrival(line, raw, problems=problems)
    sheet = _sheet(record)
    earlier = known.survey_of(record["supersedes"]) if record["supersedes"] else None
    if earlier is not None:
        answer_sheet.repeating(sheet, earlier, known.criteria, known.devices)
    read = answer_sheet.understood(
        sheet,
        known.elements_at(record["site_code"]),
        known.criteria,
        source=SOURCE,
        now=known.now,
        form_version=record["form_version"],
        devices=known.devices,
    )
    # the first version is its own root, which the record writes as none
    root_id = record["root_id"] if record["root_id"] != record["survey_id"] else ""
    visit = dataclasses.replace(read.survey, photos=(), root_id=root_id)
    attachments = tuple(_attachment(photo, photos) for photo in record["photos"])
    problems = (*_unknown(record, known), *read.problems)
    # that a site is elsewhere, or is not there, is a finding without any measurement
    if not visit.measurements and not attachments and visit.place not in (survey.MOVED, survey.NOT_FOUND):
        problems = (*problems, NOTHING_IN_IT.at(where))
    return arrivals.Arrival(line, raw, visit, attachments, problems, is_place_confirmed=bool(record["place_confirmed"]))


def parsed(raw: str) -> dict[str, Any] | None:
    """Read a record from its JSON; None when it is not one."""
    record = json_object(raw)
    return record if record is not None and "jaidee_record" in record else None


def json_object(raw: str | bytes) -> dict[str, Any] | None:
    """Read an object of strict JSON, without NaN and Infinity; None when it is none."""
    try:
        found = json.loads(raw, parse_constant=_refuse)
    # Too deep, too long a figure, half a surrogate: JSON can be broken in many ways, and none is an error of ours.
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _unfit(record: dict[str, Any], where: str, known: known_room.Known) -> Iterator[errors.Problem]:
    """Yield what in a record is not of the shape that the kit writes."""
    # cut, since a stranger wrote it and it stands in a sentence
    if record["jaidee_record"] != FORM:
        yield OTHER_FORM.at(where, form=str(record["jaidee_record"])[:20])
        return
    # the first fault is enough: a record of another shape is not read any further
    fault = next(_SHAPE.iter_errors(record), None)
    if fault is not None:
        part = str(fault.absolute_path[0])
        yield BAD_PART.at(f"{where}, {part}", part=part)
        return
    strangers = {quantity for answered in record["answers"].values() for quantity in answered}
    for quantity in sorted(strangers - set(known.criteria.quantities)):
        yield UNKNOWN_QUESTION.at(f"{where}, {quantity}", quantity=quantity)
    for name in ("observed_at", "located_at"):
        if not (_has_zone(record[name]) or (name == "located_at" and not record[name])):
            yield NO_INSTANT.at(f"{where}, {name}", written=record[name])


def _has_zone(written: str) -> bool:
    try:
        return dt.datetime.fromisoformat(written).tzinfo is not None
    except ValueError:
        return False


def _unknown(record: dict[str, Any], known: known_room.Known) -> Iterator[errors.Problem]:
    code = record["site_code"]
    if known.workspace_id and record["workspace"] != known.workspace_id:
        yield OTHER_WORKSPACE.at(record["survey_id"])
    if code not in known.sites.index:
        yield survey_checks.UNKNOWN_SITE.at("site_code", code=code)


def _sheet(record: dict[str, Any]) -> answer_sheet.AnswerSheet:
    names = [field.name for field in dataclasses.fields(answer_sheet.AnswerSheet)]
    # carried is never taken from a phone: it would let figures into the record unread
    own = {name: record[name] for name in names if name in record and name not in ("photos", "carried")}
    evidence = [{"sha256": photo["sha256"], "element_id": photo.get("element_id", "")} for photo in record["photos"]]
    fix = {name: float(figure) for name, figure in record["fix"].items()}
    return answer_sheet.AnswerSheet(**{**own, "fix": fix}, photos=evidence)


def _attachment(photo: Mapping[str, Any], photos: PhotoSource) -> arrivals.Attachment:
    return arrivals.Attachment(
        name=photo["sha256"],
        element_id=photo.get("element_id", ""),
        quantity=photo.get("quantity", ""),
        caption=photo.get("caption", ""),
        contains_person=photo.get("contains_person", False),
        content=photos(photo["sha256"]),
    )


def in_order(records: Sequence[arrivals.Arrival]) -> tuple[arrivals.Arrival, ...]:
    """Sort records by their version, so that a correction follows what it corrects."""
    return tuple(sorted(records, key=lambda one: (_version(one.raw), one.line)))


def _version(raw: str) -> int:
    version = (parsed(raw) or {}).get("version", 1)
    return version if isinstance(version, int) else 1
