"""Keep the tables append-only by triggers, whatever program opens the database."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from audits.store.db import column_types, postgres_triggers, schema

CLOSED = postgres_triggers.CLOSED


@functools.cache
def expected() -> Mapping[str, str]:
    """Return the statement of every trigger that an intact file has, by name."""
    return {name: f"CREATE TRIGGER {name} {body}" for name, body in _every()}


def install(records: sa.Connection) -> None:
    """Create or replace every trigger, in the caller's write transaction."""
    if records.dialect.name == column_types.POSTGRESQL:
        postgres_triggers.install(records)
        return
    for name, statement in expected().items():
        records.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        records.exec_driver_sql(statement)


def missing(records: sa.Connection) -> tuple[str, ...]:
    """Return the names of triggers that are missing or differ from :func:`expected`."""
    if records.dialect.name == column_types.POSTGRESQL:
        return postgres_triggers.missing(records)
    # SQLite keeps the statement to the letter: with another wording here every existing file reports altered guards.
    rows = records.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    found: Mapping[str, str] = {row.name: row.sql for row in rows}
    return tuple(name for name, statement in expected().items() if found.get(name) != statement)


def close(records: sa.Connection, sentence: str) -> None:
    """Refuse every later event: a record that was migrated must not grow in two places.

    Parameters
    ----------
    records
        A connection of the owner, inside a write transaction.
    sentence
        The error message for every later writer.
    """
    quoted = sentence.replace("'", "''")
    if records.dialect.name == column_types.POSTGRESQL:
        postgres_triggers.close(records, quoted)
    else:
        records.exec_driver_sql(f"CREATE TRIGGER {CLOSED} {_abort('BEFORE INSERT ON ledger', quoted)}")


def closed(records: sa.Connection) -> str:
    """Return the sentence that :func:`close` was given, or the empty text for a record that is still at work."""
    if records.dialect.name == column_types.POSTGRESQL:
        query = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = '{name}' AND NOT tgisinternal"
    else:
        query = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = '{name}'"
    statement = records.exec_driver_sql(query.format(name=CLOSED)).scalar() or ""
    # the only text in the statement, with its quotes doubled
    sentence = re.search(r"'((?:[^']|'')*)'", statement)
    return sentence[1].replace("''", "'") if sentence else ""


def _every() -> Iterator[tuple[str, str]]:
    for table in schema.APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            when = f"BEFORE {event} ON {table.name}"
            yield f"{table.name}_no_{event.lower()}", _abort(when, f"{table.name} only grows")
        yield _no_replace(table)
    for table, history, key in schema.KEPT_WITH_HISTORY:
        yield _no_replace(table)
        when = f"BEFORE DELETE ON {table.name}"
        yield f"{table.name}_no_delete", _abort(when, f"retire a {table.name}, never delete it")
        yield _keep_identity(table, key)
        yield _keep_version(table)
        yield _keep_old(table, history)
    yield _keep_chain()


def _abort(when: str, sentence: str, condition: str = "") -> str:
    return f"{when} BEGIN SELECT RAISE(ABORT, '{sentence}'){condition}; END"


def _no_replace(table: sa.Table) -> tuple[str, str]:
    # INSERT OR REPLACE deletes without firing delete triggers unless each program sets recursive_triggers.
    keys = [[column.name for column in table.primary_key]]
    keys += [
        [column.name for column in constraint.columns]
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    ]
    # sorted, since the constraints of a table are a set and the text must be the same in every process
    clashes = [" AND ".join(f"{name} = NEW.{name}" for name in key) for key in sorted(keys)]
    exists = " OR ".join(f"EXISTS (SELECT 1 FROM {table.name} WHERE {clash})" for clash in clashes)  # noqa: S608
    sentence = f"{table.name} has such a row already"
    return f"{table.name}_no_replace", _abort(f"BEFORE INSERT ON {table.name}", sentence, f" WHERE {exists}")


def _keep_identity(table: sa.Table, key: str) -> tuple[str, str]:
    # IS NOT, since a comparison with NULL by <> is neither true nor false
    condition = f" WHERE NEW.fid IS NOT OLD.fid OR NEW.{key} IS NOT OLD.{key}"
    body = _abort(f"BEFORE UPDATE ON {table.name}", f"{table.name}.{key} never changes", condition)
    return f"{table.name}_keep_identity", body


def _keep_version(table: sa.Table) -> tuple[str, str]:
    # The same version comes from a GIS that writes whole rows, the next one from the trigger that keeps the old row.
    condition = " WHERE NEW.version NOT IN (OLD.version, OLD.version + 1)"
    body = _abort(f"BEFORE UPDATE OF version ON {table.name}", f"{table.name}.version counts by one", condition)
    return f"{table.name}_keep_version", body


def _keep_old(table: sa.Table, history: sa.Table) -> tuple[str, str]:
    names = [column.name for column in table.columns]
    old = ", ".join(f"OLD.{name}" for name in names)
    # All columns but the version, which the trigger itself changes.
    others = ", ".join(name for name in names if name != "version")
    archive = f"INSERT INTO {history.name} ({', '.join(names)}) SELECT {old}"
    count = f"UPDATE {table.name} SET version = OLD.version + 1 WHERE fid = OLD.fid"  # noqa: S608
    return f"{table.name}_keep_old", f"AFTER UPDATE OF {others} ON {table.name} BEGIN {archive}; {count}; END"


def _keep_chain() -> tuple[str, str]:
    next_one = "(SELECT coalesce(max(sequence), 0) + 1 FROM ledger)"
    last = "(SELECT digest FROM ledger ORDER BY sequence DESC LIMIT 1)"
    condition = f" WHERE NEW.sequence <> {next_one} OR NEW.previous <> coalesce({last}, '{schema.GENESIS}')"
    return "ledger_keep_chain", _abort("BEFORE INSERT ON ledger", "the ledger grows at its end only", condition)
