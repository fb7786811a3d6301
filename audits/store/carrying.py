"""Carry a whole record over from one database into an empty one, row by row and unchanged."""

from __future__ import annotations

import sqlalchemy as sa

from audits import errors
from audits.store.db import access_tables, column_types, grants, migrations, schema, triggers

BATCH = 1000


def carry_over(source: sa.Connection, target: sa.Connection) -> int:
    """Lay out an empty database and fill it; who is signed in, and who tried, is of this day and stays behind.

    Parameters
    ----------
    source
        A connection inside a transaction.
    target
        A connection inside a write transaction, of the owner where the database is shared.

    Returns
    -------
    int
        Number of rows carried over.

    Raises
    ------
    audits.errors.StoreError
        When the target holds anything already.
    """
    if migrations.applied(target):
        raise errors.StoreError("there is a record here already; a record moves into an empty place only")
    migrations.MIGRATIONS[0](target)
    tables = [table for table in schema.metadata.sorted_tables if table not in access_tables.PASSING]
    carried = sum(_carry_table(source, target, table) for table in tables)
    triggers.install(target)
    if target.dialect.name == column_types.POSTGRESQL:
        for table in tables:
            _count_on(target, table)
        grants.install(target)
    return carried


def _carry_table(source: sa.Connection, target: sa.Connection, table: sa.Table) -> int:
    carried = 0
    rows = source.execute(sa.select(table).order_by(*table.primary_key)).mappings()
    for batch in rows.partitions(BATCH):
        target.execute(sa.insert(table), [dict(row) for row in batch])
        carried += len(batch)
    return carried


def _count_on(target: sa.Connection, table: sa.Table) -> None:
    """Let the numbers that the database gives to new rows begin after those that were carried over."""
    (key,) = table.primary_key
    last = target.execute(sa.select(sa.func.max(key))).scalar()
    if key.identity is not None and last is not None:
        target.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, key.name), last)))
