"""Read the submissions that KoboToolbox hands out: JSON of its API, CSV and XLSX."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from audits import errors
from audits.field.odk import flat_tables, json_files, leaf_checks, names, submissions

SOURCE = "kobo"

NOT_KOBO = errors.ProblemKind("ODK-081", "This has no submissions of KoboToolbox; download it again.")
LABELS = errors.ProblemKind(
    "ODK-082",
    "The columns are named by labels or belong to another form; export again with “XML values and headers”.",
)

EDITS_UNSEEN = errors.ProblemKind(
    "ODK-N21",
    "this export does not tell which submissions were edited; one edited after it was taken in comes as a new visit. "
    "The JSON of the server tells",
)

Read = tuple[list[submissions.Submission], tuple[errors.Problem, ...]]
Fetch = Callable[[Mapping[str, object], Mapping[str, str]], Mapping[str, submissions.Content]]

_INSTANCE, _ROOT, _EDITED = "meta/instanceID", "meta/rootUuid", "meta/deprecatedID"
_UUID, _TAKEN_IN, _VERSION, _VALIDATION = "_uuid", "_submission_time", "__version__", "_validation_status"
_APART = ("_", "meta/", "formhub/")
_POSITION = ("latitude", "longitude", "altitude", "precision")
_NOT_APPROVED = ("validation_status_not_approved", "Not approved")


def nothing_came(_row: Mapping[str, object], _leaves: Mapping[str, str]) -> Mapping[str, submissions.Content]:
    """Return that no photo came."""
    return {}


def read_json(content: bytes, file_name: str, root_of: submissions.RootOf = str) -> Read:
    """Return the submissions of the API's JSON, a page or a bare list, and notices.

    Raises
    ------
    audits.errors.RefusedError
        When it is no JSON, no list of submissions, or of another form.
    """
    document = json_files.read(content, file_name)
    rows = document.get("results") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise errors.RefusedError((NOT_KOBO.at(file_name),))
    return from_rows(rows, file_name, root_of)


def from_rows(
    rows: Sequence[object],
    file_name: str,
    root_of: submissions.RootOf = str,
    fetch: Fetch = nothing_came,
    *,
    by_id: bool = False,
) -> Read:
    """Return the submissions of the API's rows, and notices.

    Parameters
    ----------
    rows
        As KoboToolbox gives them, numbers as texts.
    file_name
        For problems.
    root_of
        See :class:`audits.field.odk.submissions.Known`.
    fetch
        Gives the photos there are, from the row and its answers.
    by_id
        Number the submissions as the server does, not by their place in the file.
    """
    sent = []
    for number, row in enumerate(rows, start=1):
        where = f"row {number}"
        if not isinstance(row, dict):
            problem = submissions.NOT_A_SUBMISSION.at(where)
            sent.append(submissions.Submission(number, where, json_files.written(row), "", "", {}, problems=(problem,)))
            continue
        own_number = str(row.get("_id", ""))
        line = int(own_number) if by_id and own_number.isdecimal() and len(own_number) < 18 else number
        sent.append(_submission(line, f"row {line}", row, root_of, fetch))
    _refuse_labels((leaf for one in sent for leaf in one.leaves), bool(sent), file_name)
    return sent, ()


def read_csv(content: bytes, file_name: str, root_of: submissions.RootOf = str) -> Read:
    """Return the submissions of a CSV export with XML values and headers.

    Raises
    ------
    audits.errors.RefusedError
        When it is no table, or its headers are labels.
    """
    return _from_table(flat_tables.read_csv(content, file_name), file_name, root_of)


def read_xlsx(content: bytes, file_name: str, root_of: submissions.RootOf = str) -> Read:
    """Return the submissions of an XLSX export with XML values and headers.

    Raises
    ------
    audits.errors.RefusedError
        When it is no workbook, or its headers are labels.
    """
    return _from_table(flat_tables.read_xlsx(content, file_name), file_name, root_of)


def _from_table(table: flat_tables.FlatTable, file_name: str, root_of: submissions.RootOf) -> Read:
    _refuse_labels((_leaf(header) for header in table.headers), True, file_name)
    if _UUID not in table.headers and _INSTANCE not in table.headers:
        raise errors.RefusedError((NOT_KOBO.at(file_name),))
    sent = [_submission(line, f"row {line}", row, root_of, nothing_came) for line, row in table.rows]
    tells_edits = {_ROOT, _EDITED} & set(table.headers)
    return sent, table.notices if tells_edits else (*table.notices, EDITS_UNSEEN.at(file_name))


def _refuse_labels(leaves: Iterator[str], filled: bool, file_name: str) -> None:
    if filled and not any(leaf_checks.is_asked_by_ours(leaf) for leaf in leaves):
        raise errors.RefusedError((LABELS.at(file_name),))


def _submission(
    line: int, where: str, row: Mapping[str, object], root_of: submissions.RootOf, fetch: Fetch
) -> submissions.Submission:
    survey_id = submissions.instance_id(row.get(_INSTANCE)) or submissions.instance_id(row.get(_UUID))
    earlier = submissions.instance_id(row.get(_EDITED))
    leaves = submissions.answers(_answers(row))
    return submissions.Submission(
        line,
        where,
        json_files.written(row),
        survey_id,
        submissions.instance_id(row.get(_ROOT)) or root_of(earlier or survey_id),
        leaves,
        fetch(row, leaves),
        submissions.instant(submissions.text(row.get(_TAKEN_IN)), dt.UTC),
        str(row.get(_VERSION) or ""),
        tuple(_problems(where, survey_id, row.get(_VALIDATION))),
    )


def _problems(where: str, survey_id: str, validation: object) -> Iterator[errors.Problem]:
    if not survey_id:
        yield submissions.NO_ID.at(where)
    status = validation.get("uid") if isinstance(validation, dict) else validation
    if status in _NOT_APPROVED:
        yield submissions.REJECTED.at(where)


def _leaf(header: str) -> str:
    return header.rpartition("/")[2]


def _answers(row: Mapping[str, object]) -> dict[str, object]:
    told = {_leaf(key): value for key, value in row.items() if _is_answer(key)}
    if names.ELEMENT_KINDS not in told:
        told[names.ELEMENT_KINDS] = " ".join(
            _leaf(key) for key, value in row.items() if _is_choice(key) and submissions.text(value) in ("1", "True")
        )
    if not submissions.text(told.get(names.PLACE)):
        told[names.PLACE] = _position(row)
    return told


def _is_answer(key: str) -> bool:
    return not key.startswith(_APART) and not _leaf(key).startswith("_") and not _is_choice(key)


def _is_choice(key: str) -> bool:
    """Return whether a column is one choice of a question with several, such as ``element_kinds/ramp``."""
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
