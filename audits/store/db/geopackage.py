"""Make the store a GeoPackage, so that QGIS and GDAL open it as it is."""

from __future__ import annotations

import sqlalchemy as sa

from audits.store.db import access_tables, column_types, latest_view, schema

APPLICATION_ID = 0x47504B47
USER_VERSION = 10300

_WGS84_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],'
    'AUTHORITY["EPSG","4326"]]'
)

_TABLES = (
    "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, "
    "organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, "
    "description TEXT)",
    "CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, "
    "identifier TEXT UNIQUE, "
    "description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), "
    "min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER, "
    "CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))",
    "CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, "
    "geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, "
    "CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name), "
    "CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name), "
    "CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))",
    "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT, "
    "f_table_schema TEXT, f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, "
    "useAsDefault BOOLEAN, description TEXT, owner TEXT, ui TEXT, "
    "update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))",
)

_RULES = (
    ("survey_id IS NOT NULL", "surveyed / สำรวจแล้ว", "circle", "0,90,156,255"),
    ("survey_id IS NULL", "not surveyed / ยังไม่สำรวจ", "diamond", "255,255,255,255"),
)


def install(records: sa.Connection) -> None:
    """Add the tables and the map style that make the file a GeoPackage.

    Parameters
    ----------
    records
        A connection inside a write transaction, after the store's own tables.
    """
    for statement in _TABLES:
        records.exec_driver_sql(statement)
    _add_reference_systems(records)
    for table in schema.metadata.sorted_tables:
        if table not in access_tables.PASSING:
            register(records, table)
    _register(records, latest_view.NAME, has_points=True)
    _register(records, "layer_styles", has_points=False)
    records.exec_driver_sql(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
        "styleQML, useAsDefault) VALUES ('', '', 'site_latest', 'geom', 'surveyed', ?, 1)",
        (_style(),),
    )


def _add_reference_systems(records: sa.Connection) -> None:
    systems = (
        ("Undefined cartesian SRS", -1, "NONE", -1, "undefined"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
        ("WGS 84 geodetic", column_types.WGS84, "EPSG", column_types.WGS84, _WGS84_WKT),
    )
    for system in systems:
        records.exec_driver_sql("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)", system)


def register(records: sa.Connection, table: sa.Table) -> None:
    """Tell the GeoPackage of one table of the store; a shared database needs nobody to be told."""
    if records.dialect.name == column_types.POSTGRESQL:
        return
    _register(records, table.name, any(isinstance(column.type, column_types.Point) for column in table.columns))


def _register(records: sa.Connection, name: str, has_points: bool) -> None:
    records.exec_driver_sql(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)",
        (name, "features" if has_points else "attributes", name, column_types.WGS84 if has_points else None),
    )
    if has_points:
        records.exec_driver_sql(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', ?, 0, 0)", (name, column_types.WGS84)
        )


def _style() -> str:
    rules = "".join(
        f'<rule filter="{condition}" label="{label}" symbol="{number}"/>'
        for number, (condition, label, _, _) in enumerate(_RULES)
    )
    symbols = "".join(
        f'<symbol type="marker" name="{number}"><layer class="SimpleMarker" enabled="1" pass="0" locked="0">'
        f'<prop k="name" v="{shape}"/><prop k="color" v="{colour}"/><prop k="outline_color" v="0,0,0,255"/>'
        f'<prop k="size" v="3"/></layer></symbol>'
        for number, (_, _, shape, colour) in enumerate(_RULES)
    )
    return (
        '<!DOCTYPE qgis><qgis version="3.22"><renderer-v2 type="RuleRenderer" symbollevels="0">'
        f"<rules>{rules}</rules><symbols>{symbols}</symbols></renderer-v2></qgis>"
    )
