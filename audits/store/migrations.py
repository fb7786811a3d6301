"""Bring a store to the newest layout, each step recorded in the transaction that takes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa

from audits import errors
from audits.store import access_tables, geopackage, schema, triggers


def m001_initial(records: sa.Connection) -> None:
    """Create every table of the newest layout and the GeoPackage around them: a new file needs no later step."""
    schema.metadata.create_all(records)
    geopackage.install(records)


def m002_review_and_field(records: sa.Connection) -> None:
    """Add what returns from the field and what engineers decide: versions, photos, reviews, devices, designs."""
    records.exec_driver_sql("ALTER TABLE survey ADD COLUMN root_id TEXT NOT NULL DEFAULT ''")
    records.exec_driver_sql("CREATE INDEX ix_survey_root_id ON survey (root_id)")
    records.exec_driver_sql("ALTER TABLE survey_photo ADD COLUMN quantity TEXT NOT NULL DEFAULT ''")
    records.exec_driver_sql("ALTER TABLE survey_photo ADD COLUMN contains_person BOOLEAN NOT NULL DEFAULT 0")
    added = (
        *(schema.attached_photo, schema.awaited_photo, schema.photo_source, schema.photo_mark),
        *(schema.review, schema.settlement, schema.calibration, schema.technician),
        schema.design,
    )
    schema.metadata.create_all(records, tables=added)
    for table in added:
        geopackage.register(records, table)


def m003_shared_and_built(records: sa.Connection) -> None:
    """Add who may use the record, what was planned and built, and what was erased."""
    added = (access_tables.account, schema.plan, schema.fix_step, schema.photo_erasure, access_tables.setting)
    schema.metadata.create_all(records, tables=(*added, *access_tables.PASSING))
    for table in added:
        geopackage.register(records, table)


MIGRATIONS: tuple[Callable[[sa.Connection], None], ...] = (
    m001_initial,
    m002_review_and_field,
    m003_shared_and_built,
)


def applied(records: sa.Connection) -> int:
    """Return the number of the last step taken; 0 for an empty file.

    Raises
    ------
    audits.errors.StoreError
        When the file has tables and none of them is ours.
    """
    names = set(records.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
    if not names:
        return 0
    if not {schema.migration.name, schema.ledger.name} <= names:
        raise errors.StoreError("the file holds the tables of another program; choose another workspace")
    return int(records.execute(sa.select(sa.func.coalesce(sa.func.max(schema.migration.c.number), 0))).scalar_one())


def pending(records: sa.Connection) -> bool:
    """Return whether steps remain to be taken.

    Raises
    ------
    audits.errors.StoreError
        When a newer program wrote the file.
    """
    number = applied(records)
    if number > len(MIGRATIONS):
        raise errors.StoreError(
            f"the store has layout {number} and this program knows layouts up to {len(MIGRATIONS)}; "
            "update the program, then open it again"
        )
    return number < len(MIGRATIONS)


def migrate(records: sa.Connection, now: dt.datetime) -> None:
    """Take the steps that remain, then put every trigger back.

    The first step lays out a new file whole; the others are then only recorded.

    Parameters
    ----------
    records
        A connection inside a write transaction: a step that fails leaves nothing behind.
    now
        Instant recorded with each step.
    """
    before = applied(records)
    for number, step in enumerate(MIGRATIONS[before:], start=before + 1):
        if before or number == 1:
            step(records)
        records.execute(sa.insert(schema.migration).values(number=number, name=step.__name__, applied_at=now))
    triggers.install(records)
