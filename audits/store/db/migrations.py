"""Bring a store to the newest layout, each step recorded in the transaction that takes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa

from audits import errors
from audits.store.db import access_tables, column_types, geopackage, grants, latest_view, postgres, schema, triggers


def m001_initial(records: sa.Connection) -> None:
    """Create every table of the newest layout and what a GIS finds them by: a new record needs no later step."""
    shared = records.dialect.name == column_types.POSTGRESQL
    if shared:
        postgres.prepare(records)
    schema.metadata.create_all(records)
    if not shared:
        geopackage.install(records)
    latest_view.create(records)


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


def m004_returned_is_not_surveyed(records: sa.Connection) -> None:
    """Show a site whose only survey was returned as not surveyed."""
    latest_view.create(records)


MIGRATIONS: tuple[Callable[[sa.Connection], None], ...] = (
    m001_initial,
    m002_review_and_field,
    m003_shared_and_built,
    m004_returned_is_not_surveyed,
)

# tables that PostGIS and QGIS put beside ours
_OTHERS = frozenset({"spatial_ref_sys", "layer_styles", "qgis_projects"})


def applied(records: sa.Connection) -> int:
    """Return the number of the last step taken; 0 for an empty file or database.

    Raises
    ------
    audits.errors.StoreError
        When there are tables and none of them is ours.
    """
    names = set(sa.inspect(records).get_table_names()) - _OTHERS
    if not names:
        return 0
    if not {schema.migration.name, schema.ledger.name} <= names:
        raise errors.StoreError("these are the tables of another program; choose another workspace or database")
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
    if before and records.dialect.name == column_types.POSTGRESQL:
        postgres.may_lay_out(records)
    for number, step in enumerate(MIGRATIONS[before:], start=before + 1):
        if before or number == 1:
            step(records)
        records.execute(sa.insert(schema.migration).values(number=number, name=step.__name__, applied_at=now))
    triggers.install(records)
    if records.dialect.name == column_types.POSTGRESQL:
        grants.install(records)
