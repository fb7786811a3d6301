"""Settle a conflict: receive the other content as a correction of what is here."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import sqlalchemy as sa

from audits import errors, roles, survey
from audits.store.db import column_types, connection, schema
from audits.store.surveys import quarantine, submit

NOT_A_SURVEY = errors.ProblemKind(
    "STORE-561", "This held row is not a whole survey; mend its cause and send its file again, or dismiss it."
)


def take_conflict(
    store: connection.Store, batch_id: int, line: int, actor: str, note: str = "", at: dt.datetime | None = None
) -> submit.Receipt:
    """Receive a survey that was held because its id was known with other content, as a correction of that one.

    Raises
    ------
    audits.errors.RefusedError
        When the row is no survey in conflict, was settled before, or the survey does not fit the register any more.
    audits.errors.NotAllowedError
        When this role may not decide on what others sent.
    """
    roles.require(store.role, quarantine.DECIDING)
    moment = column_types.instant(at)
    with connection.writing(store) as records:
        held = schema.held_row.c
        query = sa.select(held.raw).where(held.batch_id == batch_id, held.line == line)
        visit = _survey(str(records.execute(query).scalar() or ""), f"{batch_id}, {line}")
        root = visit.root_id or visit.survey_id
        name = f"{survey.content_sha256(visit)} {batch_id}"
        taken = replace(visit, survey_id=f"uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name)}", root_id=root, supersedes="")
        receipt = submit.submit_within(records, taken, actor, moment)
        if receipt.problems:
            raise errors.RefusedError(receipt.problems)
        quarantine.settle_within(records, batch_id, line, quarantine.TAKEN_IN, note, actor, moment)
    return receipt


def _survey(raw: str, where: str) -> survey.Survey:
    try:
        return survey.parsed(raw)
    except (ValueError, KeyError, TypeError) as error:
        raise errors.RefusedError((NOT_A_SURVEY.at(where),)) from error
