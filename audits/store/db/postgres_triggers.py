"""Keep the tables of a shared record append-only by triggers, whoever connects to the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from audits.store.db import schema

REFUSE, KEEP_CHAIN, CLOSED = "jaidee_refuse", "jaidee_keep_chain", "ledger_closed"
_ALWAYS = "A"


@dataclass(frozen=True)
class Guard:
    """A trigger as the catalogue of PostgreSQL describes it, with the body of the function it runs.

    `definition` is in the form of ``pg_get_triggerdef``; `fires` is ``A`` when it fires in replication sessions too.
    """

    definition: str
    fires: str
    function: str
    with_rights_of_owner: bool


def _body(file_name: str, **values: str) -> str:
    # An installed function must equal this text: changed, every record reports its guards as altered.
    return Path(__file__).with_name(file_name).read_text("utf-8").rstrip().format(**values)


_FUNCTIONS = {
    REFUSE: "BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END",
    KEEP_CHAIN: _body("keep_chain.sql", genesis=schema.GENESIS),
}


def expected() -> dict[str, Guard]:
    """Return every trigger that an intact record has, by name."""
    keepers = _keepers()
    functions = {**_FUNCTIONS, **keepers}
    return {
        name: Guard(f"CREATE TRIGGER {name} {rest}", _ALWAYS, functions[function], function in keepers)
        for name, function, rest in _every()
    }


def install(records: sa.Connection) -> None:
    """Create or replace every function and trigger, in a transaction of the owner."""
    for name, body in _FUNCTIONS.items():
        records.exec_driver_sql(_function(name, body, ""))
    for name, body in _keepers().items():
        # With the owner's rights, so that nobody else needs the right to write history.
        records.exec_driver_sql(_function(name, body, "SECURITY DEFINER"))
    for name, guard in expected().items():
        table = guard.definition.partition(" ON ")[2].partition(" ")[0]
        records.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        records.exec_driver_sql(guard.definition)
        # Also in a session that replicates, where triggers do not fire by default.
        records.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def missing(records: sa.Connection) -> tuple[str, ...]:
    """Return the names of triggers that are missing, disabled, or differ from :func:`expected`."""
    rows = records.exec_driver_sql(
        "SELECT tgname::text AS name, pg_get_triggerdef(pg_trigger.oid) AS definition, tgenabled::text AS fires, "
        "prosrc AS function, prosecdef AS with_rights_of_owner "
        "FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal"
    )
    found = {row.name: Guard(*row[1:]) for row in rows}
    return tuple(name for name, guard in expected().items() if found.get(name) != guard)


def close(records: sa.Connection, quoted: str) -> None:
    """Refuse every later entry of the audit log with a sentence whose quotation marks are doubled."""
    records.exec_driver_sql(
        f"CREATE TRIGGER {CLOSED} BEFORE INSERT ON ledger FOR EACH STATEMENT EXECUTE FUNCTION {REFUSE}('{quoted}')"
    )


def _every() -> Iterator[tuple[str, str, str]]:
    """Yield the name of each trigger, the name of its function, and the rest of the statement that creates it."""
    for table in schema.APPEND_ONLY:
        # TRUNCATE fires no trigger for DELETE
        for event in ("UPDATE", "DELETE", "TRUNCATE"):
            yield _refusing(table, event, f"{table.name} only grows")
    for table, _, _ in schema.KEPT_WITH_HISTORY:
        for event in ("DELETE", "TRUNCATE"):
            yield _refusing(table, event, f"retire a {table.name}, never delete it")
        row = f"BEFORE UPDATE ON public.{table.name} FOR EACH ROW EXECUTE FUNCTION {_keeper(table)}()"
        yield f"{table.name}_keep_old", _keeper(table), row
    yield (
        "ledger_keep_chain",
        KEEP_CHAIN,
        f"BEFORE INSERT ON public.ledger FOR EACH ROW EXECUTE FUNCTION {KEEP_CHAIN}()",
    )


def _refusing(table: sa.Table, event: str, sentence: str) -> tuple[str, str, str]:
    when = f"BEFORE {event} ON public.{table.name} FOR EACH STATEMENT EXECUTE FUNCTION {REFUSE}('{sentence}')"
    return f"{table.name}_no_{event.lower()}", REFUSE, when


def _keepers() -> dict[str, str]:
    return {_keeper(table): _keep_old(table, history, key) for table, history, key in schema.KEPT_WITH_HISTORY}


def _keeper(table: sa.Table) -> str:
    return f"jaidee_keep_{table.name}"


def _keep_old(table: sa.Table, history: sa.Table, key: str) -> str:
    names = [column.name for column in table.columns]
    old = ", ".join(f"OLD.{name}" for name in names)
    return _body("keep_old.sql", table=table.name, history=history.name, key=key, names=", ".join(names), old=old)


def _function(name: str, body: str, rights: str) -> str:
    # The path is fixed: a function with the owner's rights must not meet a caller's table of the same name.
    return (
        f"CREATE OR REPLACE FUNCTION public.{name}() RETURNS trigger LANGUAGE plpgsql {rights} "
        f"SET search_path = public, pg_temp AS $jaidee${body}$jaidee$"
    )
