"""Collect what the record holds about one of its users, for that person to read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from audits import errors, roles, survey
from audits.store.audit_log import events
from audits.store.db import connection, request_tables, schema
from audits.store.surveys import rebuild

NOTHING_HELD = errors.ProblemKind("STORE-595", "Nothing is held under this name; write it as it stands in the surveys.")

# columns that hold the name of a person
_NAMED = (
    (schema.account, "username"),
    (schema.account, "display_name"),
    (schema.technician, "name"),
    (schema.calibration, "recorded_by"),
    (schema.review, "decided_by"),
    (schema.settlement, "settled_by"),
    (schema.photo, "kept_by"),
    (schema.photo_mark, "marked_by"),
    (schema.photo_erasure, "erased_by"),
    (schema.design, "saved_by"),
    (schema.plan, "saved_by"),
    (schema.fix_step, "recorded_by"),
    # a sole trader is a person
    (schema.fix_contract, "contractor"),
    (schema.fix_contract, "recorded_by"),
    (schema.fix_progress, "recorded_by"),
    (schema.fix_payment, "recorded_by"),
    (request_tables.request, "recorded_by"),
    (request_tables.step, "recorded_by"),
    (schema.limit_comparison, "compared_by"),
    (schema.same_element, "recorded_by"),
    (schema.import_batch, "held_by"),
    (schema.signed_in, "username"),
    (schema.sign_in_success, "username"),
)


def collect(store: connection.Store, name: str) -> dict[str, Any]:
    """Return everything that a person did or that describes them, without secrets.

    Returns
    -------
    dict
        ``name``, ``surveys`` (complete), ``ledger`` (entries of the audit log: number, instant, action and entity), and
        a list of rows for each table that has the name: all plain JSON.

    Raises
    ------
    audits.errors.RefusedError
        When the name is nowhere in the record.
    audits.errors.NotAllowedError
        When this role may not see accounts.
    """
    roles.require_view(store.role, "accounts")
    with connection.reading(store) as records:
        columns = schema.survey.c
        mine = sa.select(columns.survey_id).where(columns.surveyor == name).order_by(columns.fid)
        visits = rebuild.surveys(records, list(records.execute(mine).scalars()))
        found: dict[str, Any] = {"surveys": [json.loads(survey.canonical(visit)) for visit in visits]}
        found["ledger"] = _entries(records, name)
        for table, column in _NAMED:
            rows = records.execute(table.select().where(table.c[column] == name)).mappings()
            found[table.name] = _merged(found.get(table.name, []), [_without_secrets(row) for row in rows])
    # under another spelling there may be much: better refused than an empty answer
    if not any(found.values()):
        raise errors.RefusedError((NOTHING_HELD.at(name),))
    return {"name": name, **{table: rows for table, rows in found.items() if rows}}


def files(found: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the collected data as one JSON file a kind, by file name."""
    return {
        f"{name}.json": json.dumps(rows, ensure_ascii=False, indent=1).encode()
        for name, rows in found.items()
        if name != "name"
    }


def _entries(records: sa.Connection, name: str) -> list[dict[str, Any]]:
    columns = schema.ledger.c
    query = sa.select(columns.sequence, columns.happened_at, columns.action, columns.entity, columns.entity_id)
    return [
        _without_secrets(row)
        for row in records.execute(query.where(columns.actor == name).order_by(columns.sequence)).mappings()
    ]


def _merged(before: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # a row may name the same person in two columns
    return [*before, *(row for row in new if row not in before)]


def _without_secrets(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row as plain JSON."""
    secret = ("secret", "token")
    return {name: events.plain(value) for name, value in row.items() if name != "fid" and not name.startswith(secret)}
