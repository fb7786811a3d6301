"""Read submissions from KoboToolbox: JSON of its API, CSV and XLSX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from audits import errors
from audits.field.odk import flat_tables, leaf_checks, names, submissions

SOURCE = "kobo"

NOT_KOBO = errors.ProblemKind("ODK-081", "This has no submissions of KoboToolbox; download it again.")
LABELS = errors.ProblemKind(
    "ODK-082",
    "The columns are named by labels or belong to another form; export again with “XML values and headers”.",
)

EDITS_UNSEEN = errors.ProblemKind(
    "ODK-N21",
    "this export does not show which submissions were edited; one edited after it was taken in comes as a new visit. "
    "The server's JSON shows them",
)

_INSTANCE, _ROOT, _EDITED = "meta/instanceID", "meta/rootUuid", "meta/deprecatedID"
_UUID, _TAKEN_IN, _VERSION, _VALIDATION = "_uuid", "_submission_time", "__version__", "_validation_status"
_APART = ("_", "meta/", "formhub/")
_POSITION = ("latitude", "longitude", "altitude", "precision")
_NOT_APPROVED = ("validation_status_not_approved", "Not approved")


def read_json(content: bytes, file_name: str) -> submissions.Read:
    """Return the submissions of the API's JSON, a page or a bare list, and notices.

    Raises
    ------
    audits.errors.RefusedError
        If it is no JSON, no list of submissions, or of another form.
    """
    document = submissions.from_json(content, file_name)
    rows = document.get("results") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise errors.RefusedError((NOT_KOBO.at(file_name),))
    return from_rows(rows, file_name)


def from_rows(rows: Sequence[object], file_name: str) -> submissions.Read:
    """Return the submissions of the API's rows, one each, numbers as texts; no notices.

    Raises
    ------
    audits.errors.RefusedError
        If the rows are of another form.
    """
    sent = [
        _submission(number, row) if isinstance(row, dict) else submissions.not_one(number, row)
        for number, row in enumerate(rows, start=1)
    ]
    if sent:
        leaf_checks.refuse_other_form((leaf for one in sent for leaf in one.leaves), LABELS.at(file_name))
    return sent, ()


def read_table(table: flat_tables.FlatTable, file_name: str) -> submissions.Read:
    """Return the submissions of a CSV or XLSX export with XML values and headers, and notices.

    Raises
    ------
    audits.errors.RefusedError
        If its headers are labels, or it has no ids.
    """
    leaf_checks.refuse_other_form(map(_leaf, table.headers), LABELS.at(file_name))
    if _UUID not in table.headers and _INSTANCE not in table.headers:
        raise errors.RefusedError((NOT_KOBO.at(file_name),))
    sent = [_submission(line, row) for line, row in table.rows]
    names_edits = {_ROOT, _EDITED} & set(table.headers)
    return sent, table.notices if names_edits else (*table.notices, EDITS_UNSEEN.at(file_name))


def _submission(line: int, row: Mapping[str, object]) -> submissions.Submission:
    survey_id = submissions.instance_id(row.get(_INSTANCE)) or submissions.instance_id(row.get(_UUID))
    validation = row.get(_VALIDATION)
    # JSON gives an object, the tables the words that a reader sees
    status = validation.get("uid") if isinstance(validation, dict) else validation
    return submissions.of_row(
        line,
        row,
        submissions.answers(_answers(row)),
        (survey_id, submissions.instance_id(row.get(_ROOT))),
        taken_in=row.get(_TAKEN_IN),
        version=row.get(_VERSION),
        is_rejected=status in _NOT_APPROVED,
        edited=submissions.instance_id(row.get(_EDITED)),
    )


def _leaf(header: str) -> str:
    return header.rpartition("/")[2]


def _answers(row: Mapping[str, object]) -> dict[str, object]:
    found = {_leaf(key): value for key, value in row.items() if _is_answer(key)}
    # exported with a column for each choice, a file does not hold the answer itself
    if names.ELEMENT_KINDS not in found:
        found[names.ELEMENT_KINDS] = " ".join(
            _leaf(key) for key, value in row.items() if _is_choice(key) and submissions.text(value) in ("1", "True")
        )
    if not submissions.text(found.get(names.PLACE)):
        found[names.PLACE] = _position(row)
    return found


def _is_answer(key: str) -> bool:
    return not key.startswith(_APART) and not _leaf(key).startswith("_") and not _is_choice(key)


def _is_choice(key: str) -> bool:
    """Recognise a column of one choice among several, such as ``element_kinds/ramp``."""
    return PurePosixPath(key).parent.name == names.ELEMENT_KINDS


def _position(row: Mapping[str, object]) -> str:
    parts = {_leaf(key): submissions.text(value) for key, value in row.items()}
    split = [parts.get(f"_{names.PLACE}_{part}", "") for part in _POSITION]
    if split[0] and split[1]:
        return " ".join(part or "0" for part in split)
    located = row.get("_geolocation")
    if isinstance(located, list) and len(located) == 2 and all(part is not None for part in located):
        return " ".join(map(str, located))
    return ""
