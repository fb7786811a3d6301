"""Record the decisions of engineers on surveys: approved, or returned with a note."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from audits import errors
from audits.store.audit_log import events
from audits.store.db import column_types, connection, schema

ACTION = "survey.review"
SUBMITTED, APPROVED, RETURNED = "submitted", "approved", "returned"

# Among the notes on single answers, which are named "element|quantity".
PHOTOS = "photos"
WHOLE = ""

UNKNOWN_SURVEY = errors.ProblemKind("STORE-501", "The survey {survey_id} is not here.")
CORRECTED = errors.ProblemKind(
    "STORE-502", "The survey was corrected by {newer} meanwhile; look at the correction instead."
)
NO_NOTE = errors.ProblemKind("STORE-503", "Say why it is returned, or what to measure again.")
WITHDRAWN = errors.ProblemKind("STORE-504", "The survey was withdrawn; there is nothing to decide.")


def approve(
    store: connection.Store, survey_ids: Sequence[str], actor: str, decided_at: dt.datetime | None = None
) -> tuple[errors.Problem, ...]:
    """Approve surveys; those approved already are left alone.

    Returns
    -------
    tuple of errors.Problem
        Why some of them cannot be approved; the others are approved.

    Raises
    ------
    audits.errors.NotAllowedError
        When this role may not decide on surveys.
    """
    problems: list[errors.Problem] = []
    moment = column_types.instant(decided_at)
    with connection.writing(store) as records:
        for survey_id in survey_ids:
            found = _undecidable(records, survey_id)
            if found is not None:
                problems.append(found)
            elif _decision_on(records, survey_id) != APPROVED:
                _decide(records, survey_id, APPROVED, "", {}, actor, moment)
    return tuple(problems)


def give_back(
    store: connection.Store,
    survey_id: str,
    note: str,
    answer_notes: Mapping[str, str],
    actor: str,
    decided_at: dt.datetime | None = None,
    *,
    photos: Collection[str] | None = None,
) -> None:
    """Return a survey to its surveyor; its figures no longer count, until it is corrected or approved.

    The note says what is wrong with the whole, `answer_notes` with single answers, by ``element_id|quantity``; `photos`
    names what is to be photographed again, the whole as :data:`WHOLE`, and is None where nobody was asked about photos.

    Raises
    ------
    audits.errors.RefusedError
        Without any note, or when the survey is unknown, withdrawn or corrected.
    """
    notes = {key: text.strip() for key, text in answer_notes.items() if text.strip()}
    if not note.strip() and not notes and not photos:
        raise errors.RefusedError((NO_NOTE.at("note"),))
    with connection.writing(store) as records:
        found = _undecidable(records, survey_id)
        if found is not None:
            raise errors.RefusedError((found,))
        asked: dict[str, str | list[str]] = {**notes, **({} if photos is None else {PHOTOS: sorted(photos)})}
        _decide(records, survey_id, RETURNED, note.strip(), asked, actor, decided_at)


def asked_for(answer_notes: str) -> tuple[dict[str, str], frozenset[str] | None]:
    """Read what a return asks for: the notes on single answers, and what is to be photographed again.

    Parameters
    ----------
    answer_notes
        JSON, as :func:`audits.store.surveys.read.surveys` gives it; may be empty.

    Returns
    -------
    tuple
        The photos are None in a return from before they were asked for apart; there the words of its notes decide.

    Examples
    --------
    >>> asked_for('{"KK-001.ramp.1|clear_width_mm": "again"}')
    ({'KK-001.ramp.1|clear_width_mm': 'again'}, None)
    """
    found = json.loads(answer_notes or "{}")
    photos = found.pop(PHOTOS, None)
    return found, None if photos is None else frozenset(photos)


def _decision_on(records: sa.Connection, survey_id: str) -> str:
    """Return the latest decision on a survey, :data:`SUBMITTED` when there is none."""
    columns = schema.review.c
    query = sa.select(columns.decision).where(columns.survey_id == survey_id).order_by(columns.fid.desc()).limit(1)
    return str(records.execute(query).scalar() or SUBMITTED)


def _undecidable(records: sa.Connection, survey_id: str) -> errors.Problem | None:
    columns = schema.survey.c
    status = records.execute(sa.select(columns.status).where(columns.survey_id == survey_id)).scalar()
    if status is None:
        return UNKNOWN_SURVEY.at(survey_id, survey_id=survey_id)
    if status == "void":
        return WITHDRAWN.at(survey_id)
    # People know a survey by the number of its receipt.
    newer = records.execute(sa.select(columns.receipt_number).where(columns.supersedes == survey_id)).scalar()
    return None if newer is None else CORRECTED.at(survey_id, newer=newer)


def _decide(
    records: sa.Connection,
    survey_id: str,
    decision: str,
    note: str,
    answer_notes: Mapping[str, str | list[str]],
    actor: str,
    at: dt.datetime | None,
) -> None:
    values = {
        "survey_id": survey_id,
        "decision": decision,
        "note": note,
        # sorted, so that the same notes are the same text in the audit log
        "answer_notes": json.dumps(dict(sorted(answer_notes.items())), ensure_ascii=False),
    }
    events.add(records, ACTION, values, actor, at)
