"""Bring a store to the newest layout, each step recorded in its own transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from audits import errors
from audits.formats import geopackage
from audits.store.db import column_types, element_tables, grants, postgres, request_tables, schema, triggers

_STYLE = Path(__file__).with_name("site_latest.qml")

OTHER_TABLES = errors.ProblemKind(
    "STORE-808", "These are the tables of another program; choose another workspace or database."
)
NEWER_LAYOUT = errors.ProblemKind(
    "STORE-809",
    "The store has layout {layout}, and this program knows layouts up to {known}. Update the program, then open it "
    "again.",
)


def m001_initial(records: sa.Connection) -> None:
    """Create every table of the newest layout, and what a GIS finds them by: a new record needs no later step."""
    shared = records.dialect.name == column_types.POSTGRESQL
    if shared:
        postgres.prepare(records)
    schema.metadata.create_all(records)
    if not shared:
        _install_geopackage(records)
    schema.create_latest_view(records)


def m002_review_and_field(records: sa.Connection) -> None:
    """Add versions of surveys, photos that arrive later, reviews, devices and designs."""
    # Columns are added, never tables rebuilt: a rebuilt table loses its triggers in SQLite without a word. NOT NULL
    # needs a default there, also for rows of before.
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
        register_layer(records, table)


def m003_shared_and_built(records: sa.Connection) -> None:
    """Add accounts, plans, steps of fixes, erasures and settings."""
    added = (schema.account, schema.plan, schema.fix_step, schema.photo_erasure, schema.setting)
    # the tables of signing in are no layers: a GIS has no business with them
    schema.metadata.create_all(records, tables=(*added, schema.signed_in, schema.sign_in_failure))
    for table in added:
        register_layer(records, table)


def m004_returned_is_not_surveyed(records: sa.Connection) -> None:
    """Show a site whose only survey was returned as not surveyed."""
    schema.create_latest_view(records)


def m005_law_compared(records: sa.Connection) -> None:
    """Add comparisons of limits with the Royal Gazette."""
    schema.metadata.create_all(records, tables=(schema.limit_comparison,))
    register_layer(records, schema.limit_comparison)


def m006_same_elements(records: sa.Connection) -> None:
    """Add statements of which elements are one physical thing."""
    schema.metadata.create_all(records, tables=(element_tables.same,))
    register_layer(records, element_tables.same)


def m007_place_of_visit(records: sa.Connection) -> None:
    """Add what a visit found out about the place, and when its position was taken."""
    # an instant is DATETIME text in a file and a timestamp with time zone in PostgreSQL
    text, instant = (schema.survey.c[name].type.compile(records.dialect) for name in ("place", "located_at"))
    records.exec_driver_sql(f"ALTER TABLE survey ADD COLUMN place {text} NOT NULL DEFAULT ''")
    records.exec_driver_sql(f"ALTER TABLE survey ADD COLUMN located_at {instant}")


def m008_contracts(records: sa.Connection) -> None:
    """Add contracts of fixes, their progress and their payments."""
    added = (schema.fix_contract, schema.fix_progress, schema.fix_payment)
    schema.metadata.create_all(records, tables=added)
    for table in added:
        register_layer(records, table)


def m009_sign_in_success(records: sa.Connection) -> None:
    """Add from where each account signed in, so that guesses from elsewhere do not keep its owner out."""
    schema.metadata.create_all(records, tables=(schema.sign_in_success,))


def m010_requests(records: sa.Connection) -> None:
    """Add what residents ask for, and what became of it."""
    added = (request_tables.request, request_tables.step)
    schema.metadata.create_all(records, tables=added)
    for table in added:
        register_layer(records, table)


def m011_unread_requests(records: sa.Connection) -> None:
    """Add what the public form took in and nobody has read."""
    schema.metadata.create_all(records, tables=(request_tables.unread,))


def m012_rebuilt_elements(records: sa.Connection) -> None:
    """Add the days on which elements were rebuilt whole."""
    schema.metadata.create_all(records, tables=(element_tables.rebuilt,))
    register_layer(records, element_tables.rebuilt)


# A store knows by number how far it is: a step is added at the end, never moved or taken out.
MIGRATIONS: tuple[Callable[[sa.Connection], None], ...] = (
    m001_initial,
    m002_review_and_field,
    m003_shared_and_built,
    m004_returned_is_not_surveyed,
    m005_law_compared,
    m006_same_elements,
    m007_place_of_visit,
    m008_contracts,
    m009_sign_in_success,
    m010_requests,
    m011_unread_requests,
    m012_rebuilt_elements,
)

# tables that PostGIS and QGIS add
_OTHERS = frozenset({"spatial_ref_sys", "layer_styles", "qgis_projects"})


def applied(records: sa.Connection) -> int:
    """Return the number of the last step; 0 for an empty file or database.

    Raises
    ------
    audits.errors.StoreError
        When there are tables of another program only.
    """
    names = set(sa.inspect(records).get_table_names()) - _OTHERS
    if not names:
        return 0
    if not {schema.migration.name, schema.ledger.name} <= names:
        raise errors.StoreError(OTHER_TABLES.at(""))
    return int(records.execute(sa.select(sa.func.coalesce(sa.func.max(schema.migration.c.number), 0))).scalar_one())


def pending(records: sa.Connection) -> bool:
    """Whether steps remain.

    Raises
    ------
    audits.errors.StoreError
        When a newer program wrote the file.
    """
    number = applied(records)
    if number > len(MIGRATIONS):
        raise errors.StoreError(NEWER_LAYOUT.at("", layout=number, known=len(MIGRATIONS)))
    return number < len(MIGRATIONS)


def migrate(records: sa.Connection, now: dt.datetime) -> None:
    """Run the steps that remain and record each with the instant `now`, then recreate every trigger.

    The first step creates a new record in the newest layout; the others are then only recorded. A step that fails
    leaves nothing behind, since all run in the caller's transaction.
    """
    before = applied(records)
    if before and records.dialect.name == column_types.POSTGRESQL:
        postgres.check_may_create(records)
    for number, step in enumerate(MIGRATIONS[before:], start=before + 1):
        # In a new record the first step has made what the later ones would add.
        if before or number == 1:
            step(records)
        records.execute(sa.insert(schema.migration).values(number=number, name=step.__name__, applied_at=now))
    # after the steps: the tables that they add need triggers too
    triggers.install(records)
    if records.dialect.name == column_types.POSTGRESQL:
        grants.install(records)


def _install_geopackage(records: sa.Connection) -> None:
    """Add the tables and the map style that make the file a GeoPackage, so that QGIS and GDAL open it as it is."""
    for statement in (*geopackage.core_tables(stamped=True), geopackage.layer_styles(stamped=True)):
        records.exec_driver_sql(statement)
    for system in geopackage.REFERENCE_SYSTEMS:
        records.exec_driver_sql("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)", system)
    for table in schema.metadata.sorted_tables:
        if table not in schema.TRANSIENT:
            register_layer(records, table)
    _add_layer(records, schema.LATEST_VIEW, has_points=True)
    _add_layer(records, "layer_styles", has_points=False)
    style = "".join(map(str.strip, _STYLE.read_text("utf-8").splitlines()))
    records.exec_driver_sql(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
        "styleQML, useAsDefault) VALUES ('', '', ?, 'geom', 'surveyed', ?, 1)",
        (schema.LATEST_VIEW, style),
    )


def register_layer(records: sa.Connection, table: sa.Table) -> None:
    """List a table of the store as a layer of the GeoPackage; a shared database has no such list."""
    if records.dialect.name != column_types.POSTGRESQL:
        _add_layer(records, table.name, any(isinstance(column.type, column_types.Point) for column in table.columns))


def _add_layer(records: sa.Connection, name: str, has_points: bool) -> None:
    records.exec_driver_sql(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)",
        (name, "features" if has_points else "attributes", name, geopackage.WGS84 if has_points else None),
    )
    if has_points:
        records.exec_driver_sql(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', ?, 0, 0)", (name, geopackage.WGS84)
        )
