"""Read one record of the offline kit, as its JSON came, and say what it reports or why it cannot be taken."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from audits import errors, survey
from audits.field import answer_sheet, answers, arrivals
from audits.field import known as known_room
from audits.store.surveys import survey_checks

SOURCE = "kit"
FORM = 1
LONGEST_TEXT = 4000
MOST_PHOTOS = 500
LENGTH_UNITS, SLOPE_UNITS = ("cm", "mm"), ("percent", "degrees", answers.ONE_IN)

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

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXTS = ("survey_id", "site_code", "surveyor", "note", "root_id", "supersedes", "form_version", "workspace")
_NEEDED = ("survey_id", "site_code", "surveyor", "form_version", "observed_at")


def record_arrival(raw: str, line: int, photos: PhotoSource, known: known_room.Known) -> arrivals.Arrival:
    """Return one record as it came; what is wrong with it is told in its problems, and nothing is raised.

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
    problems = tuple(_unfit(record, where, known))
    if problems:
        return arrivals.Arrival(line, raw, problems=problems)
    read = answer_sheet.understood(
        _sheet(record),
        known.elements_at(record["site_code"]),
        known.book,
        source=SOURCE,
        now=known.now,
        form_version=record["form_version"],
        devices=known.devices,
    )
    root_id = record["root_id"] if record["root_id"] != record["survey_id"] else ""
    visit = dataclasses.replace(read.survey, photos=(), root_id=root_id)
    attachments = tuple(_attachment(photo, photos) for photo in record["photos"])
    problems = (*_unknown(record, known), *read.problems)
    if not visit.measurements and not attachments:
        problems = (*problems, NOTHING_IN_IT.at(where))
    return arrivals.Arrival(line, raw, visit, attachments, problems)


def parsed(raw: str) -> dict[str, Any] | None:
    """Return what the JSON of a record says; None when it is not the JSON of one."""
    try:
        record = json.loads(raw, parse_constant=_refuse)
    # Too deep, too long a figure, half a surrogate: JSON can be broken in many ways, and none is an error of ours.
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and "jaidee_record" in record else None


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _unfit(record: dict[str, Any], where: str, known: known_room.Known) -> Iterator[errors.Problem]:
    """Yield what in a record is not of the shape that the kit writes."""
    if record["jaidee_record"] != FORM:
        yield OTHER_FORM.at(where, form=str(record["jaidee_record"])[:20])
        return
    for part, fits in _shape(record):
        if not fits:
            yield BAD_PART.at(f"{where}, {part}", part=part)
            return
    strangers = {quantity for answered in record["answers"].values() for quantity in answered}
    for quantity in sorted(strangers - set(known.book.quantities)):
        yield UNKNOWN_QUESTION.at(f"{where}, {quantity}", quantity=quantity)
    try:
        has_zone = dt.datetime.fromisoformat(record["observed_at"]).tzinfo is not None
    except ValueError:
        has_zone = False
    if not has_zone:
        yield NO_INSTANT.at(f"{where}, observed_at", written=record["observed_at"])


def _unknown(record: dict[str, Any], known: known_room.Known) -> Iterator[errors.Problem]:
    code = record["site_code"]
    if known.workspace_id and record["workspace"] != known.workspace_id:
        yield OTHER_WORKSPACE.at(record["survey_id"])
    if code not in known.sites.index:
        yield survey_checks.UNKNOWN_SITE.at("site_code", code=code)


def _shape(record: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    for name in _TEXTS:
        yield name, _is_text(record.setdefault(name, ""))
    for name in _NEEDED:
        yield name, _is_text(record.get(name)) and bool(record[name].strip())
    record["root_id"] = record["root_id"] or record["survey_id"]
    yield "answers", _is_map(record.setdefault("answers", {}), lambda one: _is_map(one, _is_answer))
    yield "added", _is_list(record.setdefault("added", []), _is_element)
    yield "photos", _is_list(record.setdefault("photos", []), _is_photo) and len(record["photos"]) <= MOST_PHOTOS
    yield "fix", _is_fix(record.setdefault("fix", {}))
    yield "length_unit", record.setdefault("length_unit", "cm") in LENGTH_UNITS
    yield "slope_unit", record.setdefault("slope_unit", "percent") in SLOPE_UNITS
    yield "instruments", _is_map(record.setdefault("instruments", {}), _is_text)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _is_map(value: object, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, dict) and len(value) <= LONGEST_TEXT and all(fits(one) for one in value.values())


def _is_list(value: object, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and fits(one) for one in value)


def _is_answer(value: object) -> bool:
    if not isinstance(value, dict) or not _is_text(value.setdefault("reason", "")):
        return False
    texts = value.setdefault("texts", [])
    known_reason = value["reason"] in ("", *survey.NOT_MEASURED_REASONS)
    return isinstance(texts, list) and len(texts) <= 20 and all(map(_is_text, texts)) and known_reason


def _is_element(value: dict[str, Any]) -> bool:
    value.setdefault("label", "")
    return set(value) == {"element_id", "kind", "label"} and all(map(_is_text, value.values()))


def _is_photo(value: dict[str, Any]) -> bool:
    texts = all(_is_text(value.setdefault(name, "")) for name in ("element_id", "quantity", "caption"))
    named = isinstance(value.get("sha256"), str) and bool(_SHA256.fullmatch(value["sha256"]))
    return texts and named and isinstance(value.setdefault("contains_person", False), bool)


def _is_fix(value: object) -> bool:
    names = {"latitude", "longitude", "accuracy_m"}
    if not isinstance(value, dict) or not set(value) <= names or ("latitude" in value) != ("longitude" in value):
        return False
    return all(isinstance(one, (int, float)) and not isinstance(one, bool) and _is_small(one) for one in value.values())


def _is_small(figure: float) -> bool:
    # An integer may be too long even to become a float.
    return abs(figure) < 10**9 and math.isfinite(figure)


def _sheet(record: dict[str, Any]) -> answer_sheet.AnswerSheet:
    names = [field.name for field in dataclasses.fields(answer_sheet.AnswerSheet)]
    own = {name: record[name] for name in names if name in record and name != "photos"}
    evidence = [{"sha256": photo["sha256"], "element_id": photo["element_id"]} for photo in record["photos"]]
    fix = {name: float(figure) for name, figure in record["fix"].items()}
    return answer_sheet.AnswerSheet(**{**own, "fix": fix}, photos=evidence)


def _attachment(photo: Mapping[str, Any], photos: PhotoSource) -> arrivals.Attachment:
    return arrivals.Attachment(
        name=photo["sha256"],
        element_id=photo["element_id"],
        quantity=photo["quantity"],
        caption=photo["caption"],
        contains_person=photo["contains_person"],
        content=photos(photo["sha256"]),
    )


def in_order(records: Sequence[arrivals.Arrival]) -> tuple[arrivals.Arrival, ...]:
    """Return records so that an earlier version of one comes before a later one, whatever their order in the file."""
    return tuple(sorted(records, key=lambda one: (_version(one.raw), one.line)))


def _version(raw: str) -> int:
    version = (parsed(raw) or {}).get("version", 1)
    return version if isinstance(version, int) else 1
