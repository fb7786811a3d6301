"""Read submissions from ODK Central: OData JSON, and the CSV zip with its photos."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from audits import errors
from audits.field import arrivals
from audits.field.odk import flat_tables, leaf_checks, names, submissions
from audits.formats import archive

SOURCE = "odk"
LARGEST_TABLE_BYTES = 50 * 2**20
LARGEST_PHOTO_BYTES = 50 * 2**20

OTHER_FORM = errors.ProblemKind(
    "ODK-071", "None of the questions of our form is in this file; export the form “{ours}”."
)
DAMAGED_ZIP = errors.ProblemKind("ODK-041", "The zip file is damaged or cut off; download it again.")
TOO_MUCH = errors.ProblemKind(
    "ODK-042", "The zip file unpacks to {megabytes} MB in {entries} parts, too much to be submissions."
)
NO_TABLE = errors.ProblemKind("ODK-043", "The zip file has no table of submissions; download “all data” as CSV zip.")
NOT_CENTRAL = errors.ProblemKind("ODK-072", "This JSON has no submissions of ODK Central; download it again.")

DELETED = errors.ProblemKind("ODK-N11", "deleted on the server and left out: {count}")
SHARED_PHOTO = errors.ProblemKind("ODK-N12", "photos named by several submissions, which may be of either: {photos}")

GUARD = archive.Guard(
    damaged=DAMAGED_ZIP,
    too_much=TOO_MUCH,
    outside=DAMAGED_ZIP,
    most_packed_bytes=500 * 2**20,
    most_unpacked_bytes=2**30,
    most_entries=20_000,
    # a table of hundreds of columns, most of them empty, packs better than any bomb; it is small all the same
    always_allowed_bytes=LARGEST_TABLE_BYTES,
)

_POSITION = ("Latitude", "Longitude", "Altitude", "Accuracy")
_SEPARATOR = "-"
_TABLE_COLUMNS = frozenset(
    {"SubmissionDate", "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected", "Status"}
    | {"ReviewState", "DeviceID", "Edits", "FormVersion", "DeletedAt", "instanceID", "instanceName"}
)


def read_odata(content: bytes, file_name: str) -> submissions.Read:
    """Return the submissions of an OData document, and notices.

    Raises
    ------
    audits.errors.RefusedError
        If it is no JSON, no OData of submissions, or of another form.
    """
    document = submissions.from_json(content, file_name)
    rows = document.get("value") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise errors.RefusedError((NOT_CENTRAL.at(file_name),))
    return from_odata(rows, file_name)


def from_odata(rows: Sequence[object], file_name: str) -> submissions.Read:
    """Return the submissions of the rows of OData as Central gives them, numbers as texts, and notices.

    Raises
    ------
    audits.errors.RefusedError
        If the rows are of another form.
    """
    sent, deleted = [], 0
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            sent.append(submissions.not_one(number, row))
        elif _part(row, "__system").get("deletedAt"):
            deleted += 1
        else:
            sent.append(_from_row(row, number))
    # an export without submissions is of no other form either
    if sent:
        leaf_checks.refuse_other_form((leaf for one in sent for leaf in one.leaves), _other_form(file_name))
    return sent, (DELETED.at(file_name, count=deleted),) if deleted else ()


def _other_form(file_name: str) -> errors.Problem:
    return OTHER_FORM.at(file_name, ours=names.FORM_ID)


def _part(row: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = row.get(name)
    return part if isinstance(part, dict) else {}


def _from_row(row: Mapping[str, object], number: int) -> submissions.Submission:
    system = _part(row, "__system")
    root_id = submissions.instance_id(row.get("__id"))
    survey_id = submissions.instance_id(_part(row, "meta").get("instanceID")) or root_id
    return submissions.of_row(
        number,
        row,
        submissions.answers(dict(_flat({key: value for key, value in row.items() if key not in _APART}))),
        (survey_id, root_id or survey_id),
        taken_in=system.get("submissionDate"),
        version=system.get("formVersion"),
        is_rejected=system.get("reviewState") == _REJECTED,
    )


_APART = frozenset({"__id", "__system", "meta"})
_REJECTED = "rejected"


def _flat(row: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the answers of a row without its groups."""
    # a list, not recursion: a file may nest its groups as deep as it likes
    waiting = list(row.items())
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict) and "coordinates" not in value:
            waiting += [(str(key), inner) for key, inner in value.items()]
        elif "@odata" not in name:
            yield name, submissions.position(value) if isinstance(value, dict) else value


def read_zip(content: bytes, file_name: str) -> submissions.Read:
    """Return the submissions of a CSV zip, their photos with them.

    Raises
    ------
    audits.errors.RefusedError
        If it is damaged, a bomb, has no table, or is of another form.
    """
    parts = archive.opened(content, file_name, GUARD)
    roots = [name for name in parts.entries if name.casefold().endswith(".csv") and "/" not in name]
    if not roots:
        raise errors.RefusedError((NO_TABLE.at(file_name),))
    # the tables of repeats are named after that of the form
    table = parts.read_whole(min(roots, key=len), LARGEST_TABLE_BYTES)
    media = {
        PurePosixPath(name).name: functools.partial(parts.read_whole, name, LARGEST_PHOTO_BYTES)
        for name in parts.entries
        if name.startswith("media/")
    }
    return read_csv(table, file_name, media)


def read_csv(
    content: bytes, file_name: str, media: Mapping[str, submissions.Content] | None = None
) -> submissions.Read:
    """Return the submissions of the table of a CSV export; `media` are the photos that came with it, by name.

    Raises
    ------
    audits.errors.RefusedError
        If it is no table, or of another form.
    """
    table = flat_tables.read_csv(content, file_name)
    columns = {header: header.rpartition(_SEPARATOR)[2] for header in table.headers if _is_answer(header)}
    if table.headers:
        leaf_checks.refuse_other_form(columns.values(), _other_form(file_name))
    read = [(line, row, _answers_of(row, columns)) for line, row in table.rows]
    came = media or {}
    alike = arrivals.by_folded_name(came)
    named = [
        {
            # a card or a server may have changed the case of a name
            name: name if name in came else alike.get(arrivals.folded(name), "")
            for name in submissions.photo_names(leaves)
        }
        for _, _, leaves in read
    ]
    claims = Counter(name for each in named for name in set(each.values()) if name)
    shared = sorted(name for name, times in claims.items() if times > 1)
    sent = [
        _from_cells(line, row, leaves, {name: came[own] for name, own in each.items() if own and own not in shared})
        for (line, row, leaves), each in zip(read, named, strict=True)
    ]
    ambiguous = (SHARED_PHOTO.at(file_name, photos=", ".join(shared)),) if shared else ()
    return sent, (*table.notices, *ambiguous)


def _is_answer(header: str) -> bool:
    in_meta = header.startswith("meta-") or header in _TABLE_COLUMNS
    # a choice of several may have one more column for each of its choices
    return not in_meta and "/" not in header


def _answers_of(row: Mapping[str, object], columns: Mapping[str, str]) -> dict[str, str]:
    found = {leaf: row[header] for header, leaf in columns.items() if leaf not in _POSITION and header in row}
    if flat_tables.BEYOND in row:
        found[flat_tables.BEYOND] = row[flat_tables.BEYOND]
    # Central splits a position into columns whose names no question of the form has
    parts = {leaf: str(row.get(header, "")) for header, leaf in columns.items() if leaf in _POSITION}
    if parts.get(_POSITION[0]):
        found[names.PLACE] = " ".join(parts.get(part) or "0" for part in _POSITION)
    return submissions.answers(found)


def _from_cells(
    line: int, row: Mapping[str, object], leaves: Mapping[str, str], photos: Mapping[str, submissions.Content]
) -> submissions.Submission:
    root_id = submissions.instance_id(row.get("KEY"))
    survey_id = submissions.instance_id(row.get("meta-instanceID") or row.get("instanceID")) or root_id
    return submissions.of_row(
        line,
        row,
        leaves,
        (survey_id, root_id or survey_id),
        taken_in=row.get("SubmissionDate"),
        version=row.get("FormVersion"),
        is_rejected=row.get("ReviewState") == _REJECTED,
        attachments=photos,
    )
