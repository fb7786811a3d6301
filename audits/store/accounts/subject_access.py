"""Collect what the record holds about one of its users, for that person to read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import shapely
import sqlalchemy as sa

from audits import errors, roles, survey
from audits.store.accounts import accounts
from audits.store.audit_log import events
from audits.store.db import connection, schema
from audits.store.surveys import rebuild

NOTHING_HELD = errors.ProblemKind("STORE-595", "Nothing is held under this name; write it as it stands in the surveys.")

# columns that hold the name of a person, besides those that say who wrote a row; a sole trader is a person
_NAMES = ("username", "display_name", "position_source", "contractor", "committee")
# such a row is of another person: that an account or a secret was given stands in the audit log of who gave it
_OF_OTHERS = (schema.account.c.set_by, schema.technician.c.set_by)
NAMED = (
    schema.technician.c.name,
    *(
        column
        for table in schema.metadata.sorted_tables
        for column in table.columns
        if (column.name in _NAMES or column.name.endswith("_by")) and column not in set(_OF_OTHERS)
    ),
)


def collect(store: connection.Store, name: str) -> dict[str, Any]:
    """Return everything that a person did or that describes them, without secrets.

    Returns
    -------
    dict
        ``name``, ``surveys`` (complete), ``ledger`` (entries of the audit log by and about them: number, instant,
        action and entity), and a list of rows for each table that has the name: all plain JSON.

    Raises
    ------
    audits.errors.RefusedError
        When the name is nowhere in the record.
    audits.errors.NotAllowedError
        When this role may not see accounts.
    """
    roles.require_view(store.role, "accounts")
    # in a shared database not even an administrator may read who is signed in
    with connection.reading(accounts.as_program(store)) as records:
        columns = schema.survey.c
        mine = sa.select(columns.survey_id).where(columns.surveyor == name).order_by(columns.fid)
        visits = rebuild.surveys(records, list(records.execute(mine).scalars()))
        found: dict[str, Any] = {"surveys": [json.loads(survey.canonical(visit)) for visit in visits]}
        found["ledger"] = _entries(records, name)
        for column in NAMED:
            rows = records.execute(column.table.select().where(_is_named(column, name))).mappings()
            held = found.get(column.table.name, [])
            found[column.table.name] = _merged(held, [_without_secrets(row) for row in rows])
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


def _is_named(column: sa.Column[Any], name: str) -> sa.ColumnElement[bool]:
    # a committee is several people in one text, with their offices
    return column.contains(name, autoescape=True) if column.name == "committee" else column == name


def _entries(records: sa.Connection, name: str) -> list[dict[str, Any]]:
    columns = schema.ledger.c
    query = sa.select(columns.sequence, columns.happened_at, columns.action, columns.entity, columns.entity_id)
    # what others did with the account or the secret of the person, too
    about = sa.and_(columns.entity.in_((schema.account.name, schema.technician.name)), columns.entity_id == name)
    found = records.execute(query.where(sa.or_(columns.actor == name, about)).order_by(columns.sequence))
    return [_without_secrets(row) for row in found.mappings()]


def _merged(before: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # a row may name the same person in two columns
    return [*before, *(row for row in new if row not in before)]


def _without_secrets(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row as plain JSON."""
    secret = ("secret", "token")
    return {name: _plain(value) for name, value in row.items() if "fid" not in name and not name.startswith(secret)}


def _plain(value: Any) -> Any:
    return [value.x, value.y] if isinstance(value, shapely.Point) else events.plain(value)
