"""Read a file of the offline kit, even shuffled, cut off or sent twice."""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audits import errors
from audits.field import arrivals
from audits.field import known as known_room
from audits.field.kit import record as kit_record

SHOWN = 12
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

NOT_OF_THE_KIT = errors.ProblemKind(
    "KIT-021", "This is no file of the offline kit; choose the file jaidee-….ndjson that the phone wrote."
)
NOTHING_WHOLE = errors.ProblemKind(
    "KIT-022", "Not one line of this file came whole; write it on the phone again and send that."
)
DAMAGED = errors.ProblemKind(
    "KIT-023", "Line {line} was altered on the way and is not taken in; write the file on the phone again."
)
CUT_OFF = errors.ProblemKind(
    "KIT-024", "The file ends inside line {line}; what came before is whole. Write it on the phone again for the rest."
)
NO_CONTENTS = errors.ProblemKind(
    "KIT-025", "The list of contents did not come, so it cannot be checked whether something is missing."
)
RECORDS_MISSING = errors.ProblemKind(
    "KIT-026", "Surveys that the phone wrote and that did not come: {count} ({codes}). Write the file again there."
)
PHOTOS_MISSING = errors.ProblemKind(
    "KIT-027", "Photos that the phone wrote and that did not come: {count}. Write the file again there."
)
TWICE = errors.ProblemKind("KIT-028", "Lines that came more than once: {count}; each was read once.")
NOT_THE_PHOTO = errors.ProblemKind("KIT-029", "The bytes of the photo {name} are not those that the phone wrote.")

_START = re.compile(rb'\s*\{"jaidee_kit":\s*[0-9]+,')
# The phone writes the keys in this order, so that the digest is checked on the bytes, before any JSON is read.
_LINE = re.compile(
    rb'\{"jaidee_kit":1,"kind":"(?P<kind>manifest|record|photo)","sha256":"(?P<sha256>[0-9a-f]{64})","body":(?P<body>.*)\}',
    re.DOTALL,
)
_PHOTO_KIND = b'"kind":"photo"'
# The kind stands within these; the megabytes of a photo behind it are not searched.
_HEAD_BYTES = 60


@dataclass(frozen=True)
class _Span:
    """Where the body of one line is in the file."""

    line: int
    start: int
    end: int


@dataclass
class _Lines:
    """The lines of one file that came whole, by kind, and notices of the others."""

    records: list[_Span] = field(default_factory=list)
    photos: dict[str, _Span] = field(default_factory=dict)
    manifests: list[dict[str, Any]] = field(default_factory=list)
    damaged: list[arrivals.Arrival] = field(default_factory=list)
    notices: list[errors.Problem] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)
    repeated: int = 0


def is_kit(content: bytes) -> bool:
    """Recognise a file of the kit by the first line that came whole."""
    # The first lines may be damaged; any of the next still shows what the file is.
    start = content.removeprefix(BYTE_ORDER_MARK)
    return bool(_START.match(start)) or any(map(_START.match, start[:4096].splitlines()[:8]))


def read(content: bytes, file_name: str, known: known_room.Known) -> arrivals.Delivery:
    """Read a file of the offline kit; photos are decoded when they are asked for, one at a time.

    Parameters
    ----------
    content
        The bytes of the file, or of several one after the other.
    file_name
        As it was sent.
    known
        Register, criteria, devices, and the workspace.

    Returns
    -------
    audits.field.arrivals.Delivery
        Every record whose line came whole, and those whose line was altered, to be held; the notices list what is
        missing by the list of contents.

    Raises
    ------
    audits.errors.RefusedError
        If it is no file of the kit, or no line of it came whole.
    """
    if not is_kit(content):
        raise errors.RefusedError((NOT_OF_THE_KIT.at(file_name),))
    lines = _whole_lines(content, file_name)
    if not (lines.records or lines.photos or lines.manifests or lines.damaged):
        raise errors.RefusedError((NOTHING_WHOLE.at(file_name),))

    def photo(sha256: str) -> kit_record.Content | None:
        span = lines.photos.get(sha256)
        return None if span is None else functools.partial(_photo, content, span, sha256)

    found = [
        kit_record.record_arrival(content[span.start : span.end].decode("utf-8", "replace"), span.line, photo, known)
        for span in lines.records
    ]
    # in a shuffled file a correction may stand before what it corrects
    records = kit_record.in_order([*found, *lines.damaged])
    taken = [one.survey for one in found if one.survey is not None and not one.problems]
    new = arrivals.new_elements(taken, set(known.elements.index), file_name)
    notices = (*lines.notices, *_missing(lines, found, file_name), *new)
    return arrivals.Delivery(file_name, hashlib.sha256(content).hexdigest(), kit_record.SOURCE, records, notices)


def _whole_lines(content: bytes, file_name: str) -> _Lines:
    lines = _Lines()
    for number, (start, end) in enumerate(_spans(content), start=1):
        found = _LINE.fullmatch(content, start, end)
        if (
            found is not None
            and hashlib.sha256(content[found.start("body") : found.end("body")]).hexdigest() == found["sha256"].decode()
        ):
            _sort(lines, content, found, number)
        # only the last line can be cut off; any other was altered on the way
        elif end == len(content):
            lines.notices.append(CUT_OFF.at(file_name, line=number))
        else:
            _refused_line(lines, content[start:end], number)
    if lines.repeated:
        lines.notices.append(TWICE.at(file_name, count=lines.repeated))
    return lines


def _spans(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each line that is not blank begins and ends."""
    start = len(BYTE_ORDER_MARK) if content.startswith(BYTE_ORDER_MARK) else 0
    while start < len(content):
        newline = content.find(b"\n", start)
        end = len(content) if newline < 0 else newline
        # a file that was opened and saved on Windows
        stop = end - 1 if content[start:end].endswith(b"\r") else end
        if content[start : min(stop, start + _HEAD_BYTES)].strip():
            yield start, len(content) if newline < 0 else stop
        start = end + 1


def _sort(lines: _Lines, content: bytes, found: re.Match[bytes], number: int) -> None:
    kind, digest = found["kind"], found["sha256"]
    # a file that was sent twice, or several laid end to end, holds a line twice
    if kind + digest in lines.seen:
        lines.repeated += 1
        return
    lines.seen.add(kind + digest)
    span = _Span(number, found.start("body"), found.end("body"))
    if kind == b"record":
        lines.records.append(span)
        return
    name = _name_of_photo(content, span) if kind == b"photo" else None
    if name is not None:
        lines.photos.setdefault(name, span)
    elif kind == b"manifest":
        lines.manifests.append(kit_record.json_object(content[span.start : span.end]) or {})


def _name_of_photo(content: bytes, span: _Span) -> str | None:
    # the phone writes the digest first, so that no photo is parsed for its name
    head = re.match(rb'\{"sha256":"([0-9a-f]{64})"', content[span.start : span.start + 80])
    return head[1].decode() if head else None


def _refused_line(lines: _Lines, text: bytes, number: int) -> None:
    problem = DAMAGED.at(f"row {number}", line=number)
    if _PHOTO_KIND in text[:_HEAD_BYTES]:
        # A megabyte of letters helps nobody; the record that names the photo reports it missing.
        lines.notices.append(problem)
    else:
        lines.damaged.append(arrivals.Arrival(number, text.decode("utf-8", "replace"), problems=(problem,)))


def _photo(content: bytes, span: _Span, sha256: str) -> bytes:
    """Return the bytes of one photo.

    Raises
    ------
    audits.errors.RefusedError
        If they are not those that the phone named.
    """
    try:
        photo = base64.b64decode(json.loads(content[span.start : span.end])["content"], validate=True)
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError) as fault:
        raise errors.RefusedError((NOT_THE_PHOTO.at(f"row {span.line}", name=sha256),)) from fault
    # the digest of the line says only that it came whole, not that the photo is the one it names
    if hashlib.sha256(photo).hexdigest() != sha256:
        raise errors.RefusedError((NOT_THE_PHOTO.at(f"row {span.line}", name=sha256),))
    return photo


def _missing(lines: _Lines, found: Sequence[arrivals.Arrival], file_name: str) -> Iterator[errors.Problem]:
    """Yield what the lists of contents name and what did not come."""
    if not lines.manifests:
        yield NO_CONTENTS.at(file_name)
    came = {(kit_record.parsed(one.raw) or {}).get("survey_id") for one in found}
    records = {row.get("survey_id"): str(row.get("site_code", "")) for row in _rows(lines.manifests, "records")}
    absent = sorted(code for survey_id, code in records.items() if survey_id not in came)
    if absent:
        codes = ", ".join(absent[:SHOWN]) + (" …" if len(absent) > SHOWN else "")
        yield RECORDS_MISSING.at(file_name, count=len(absent), codes=codes)
    photos = {row.get("sha256") for row in _rows(lines.manifests, "photos")} - set(lines.photos)
    if photos:
        yield PHOTOS_MISSING.at(file_name, count=len(photos))


def _rows(manifests: Sequence[Mapping[str, Any]], part: str) -> Iterator[Mapping[str, Any]]:
    for manifest in manifests:
        rows = manifest.get(part)
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and all(isinstance(each, str) for each in row.values()):
                yield row
