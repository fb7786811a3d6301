"""Describe a submission of the phone form as its server wrote it."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from audits import errors, wording
from audits.field.odk import names

REJECTED = errors.ProblemKind(
    "ODK-001", "The submission was rejected on its server; an engineer decides whether it counts."
)
NO_ID = errors.ProblemKind(
    "ODK-002", "The submission has no id of its own, so that it might count twice; export it again with all columns."
)
NOT_A_SUBMISSION = errors.ProblemKind("ODK-003", "This entry is not a submission; export the data again.")

NOT_JSON = errors.ProblemKind("ODK-061", "This is no JSON of submissions, or it is cut off; download it again.")

LARGEST_JSON_BYTES = 200 * 2**20
# Wide enough for a clock that was never set and for the Buddhist era, which are named when they arrive.
EARLIEST_YEAR, LATEST_YEAR = 1900, 2700

_PLAIN_FIGURE = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

Content = Callable[[], bytes]
Read = tuple[list["Submission"], tuple[errors.Problem, ...]]


@dataclass(frozen=True)
class Submission:
    """One submission as it came.

    Parameters
    ----------
    line
        Its place in the file, from 1; for a server, a number that stays its own.
    where
        How problems name it, such as ``row 3``.
    raw
        All of it as JSON.
    survey_id
        Id of this version; empty when it has none.
    root_id
        Id that all its versions share; empty where only the record can say, by `edited`.
    leaves
        What was answered, by the names of :mod:`audits.field.odk.names` without groups; empty texts left out.
    attachments
        The files that came with it, by the names that it gives them.
    submitted_at
        Instant at which the server took it in; None where unknown.
    form_version
        Version of the form that asked.
    edited
        Id of the version that this one replaces, where it is named.
    faults
        What already forbids to take it in.
    """

    line: int
    where: str
    raw: str
    survey_id: str
    root_id: str
    leaves: Mapping[str, str]
    attachments: Mapping[str, Content] = field(default_factory=lambda: MappingProxyType({}))
    submitted_at: dt.datetime | None = None
    form_version: str = ""
    edited: str = ""
    faults: tuple[errors.ProblemKind, ...] = ()


def not_one(line: int, row: object) -> Submission:
    """Describe an entry that is no submission, to be held."""
    return Submission(line, f"row {line}", as_json(row), "", "", {}, faults=(NOT_A_SUBMISSION,))


def of_row(
    line: int,
    row: Mapping[str, object],
    leaves: Mapping[str, str],
    ids: tuple[str, str],
    *,
    taken_in: object,
    version: object,
    is_rejected: bool,
    edited: str = "",
    attachments: Mapping[str, Content] = MappingProxyType({}),
) -> Submission:
    """Describe one row of a server's export.

    Parameters
    ----------
    line, row, leaves
        Its place in the file, all of it, and its answers.
    ids
        Survey id and root id.
    taken_in, version, is_rejected
        What the server notes of it: an ISO 8601 instant, in UTC without a zone; the form's version; the review.
    edited, attachments
        As in :class:`Submission`.
    """
    faults = (NO_ID,) * (not ids[0]) + (REJECTED,) * is_rejected
    submitted_at = instant(text(taken_in), dt.UTC)
    return Submission(
        line, f"row {line}", as_json(row), *ids, leaves, attachments, submitted_at, str(version or ""), edited, faults
    )


def from_json(content: bytes | str, file_name: str) -> object:
    """Parse JSON, its numbers as the texts that were written.

    Raises
    ------
    audits.errors.RefusedError
        If it is too large, damaged, or nested beyond reason.
    """
    try:
        # before it is parsed, since the objects take many times the bytes of the text
        if len(content) > LARGEST_JSON_BYTES:
            raise ValueError(len(content))
        return json.loads(content, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise errors.RefusedError((NOT_JSON.at(file_name),)) from error


def as_json(record: object) -> str:
    """Return a record as one line of JSON, to be kept when it is held."""
    # a workbook gives days and times, which JSON does not know
    return json.dumps(record, ensure_ascii=False, default=str)


def text(value: object) -> str:
    """Return an answer as every export gives it: ``8.3`` for 8.30, no blanks at the ends, empty for none."""
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    # exports differ in the line ends that they write
    written = "\n".join(str(value).splitlines()).strip()
    # One export keeps the zeros that were typed, the next drops them, and a spreadsheet adds its own.
    return f"{Decimal(written).normalize():f}" if _PLAIN_FIGURE.fullmatch(written) else written


def answers(row: Mapping[str, object]) -> dict[str, str]:
    """Return the answers that are filled in, as texts; as figures only where the form asks for them."""
    leaves = {}
    for name, value in row.items():
        written = "" if value is None else str(value).strip()
        keeps = names.leaf(name).about in _KEPT_AS_WRITTEN and not isinstance(value, float)
        filled = "\n".join(written.splitlines()) if keeps else text(value)
        if filled:
            leaves[name] = filled
    return leaves


# A name, a note and a code of a device stay as they are: 007 is not 7.
_KEPT_AS_WRITTEN = frozenset(
    {names.SURVEYOR, names.NOTE, names.PLACE_NAME, names.LABEL, names.SLOPE_DEVICE, names.LENGTH_DEVICE, names.SITE}
    | {names.CRITERIA_VERSION}
)


def photo_names(leaves: Mapping[str, str]) -> list[str]:
    """Return the names of the photos that answers speak of."""
    return [name for leaf, name in leaves.items() if names.leaf(leaf).about == names.PHOTO]


def instance_id(written: object) -> str:
    """Return an instance id in the one form that all exports can be brought to, such as ``uuid:6b2e…``."""
    found = str(written or "").strip()
    # one export writes the prefix, another leaves it out
    return f"uuid:{found}" if _UUID.fullmatch(found) else found


def instant(written: str, zone: dt.tzinfo | None = None) -> dt.datetime | None:
    """Return an ISO 8601 instant, in `zone` when it names none, or else in the town's; None when it cannot be one."""
    try:
        found = dt.datetime.fromisoformat(written)
    except ValueError:
        return None
    if not EARLIEST_YEAR <= found.year < LATEST_YEAR:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone or wording.local_zone())


def position(point: object) -> str:
    """Return a GeoJSON point as an XForm writes it: latitude, longitude, altitude, accuracy; else as :func:`text`."""
    if not (isinstance(point, dict) and isinstance(point.get("coordinates"), list)):
        return text(point)
    # GeoJSON names the longitude first, an XForm the latitude
    along, up, *height = [*point["coordinates"], "", ""][:3]
    properties = point.get("properties")
    accuracy = properties.get("accuracy") if isinstance(properties, dict) else None
    return " ".join(str(part) for part in (up, along, height[0] or 0, accuracy or 0))
