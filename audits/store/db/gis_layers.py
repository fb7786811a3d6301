"""Make the file of a store a GeoPackage, so that QGIS and GDAL open it as it is."""

from __future__ import annotations

import sqlalchemy as sa

from audits.formats import geopackage
from audits.store.db import column_types, schema

_STYLE = (
    '<!DOCTYPE qgis><qgis version="3.22"><renderer-v2 type="RuleRenderer" symbollevels="0"><rules>'
    '<rule filter="survey_id IS NOT NULL" label="surveyed / สำรวจแล้ว" symbol="0"/>'
    '<rule filter="survey_id IS NULL" label="not surveyed / ยังไม่สำรวจ" symbol="1"/></rules><symbols>'
    '<symbol type="marker" name="0"><layer class="SimpleMarker" enabled="1" pass="0" locked="0">'
    '<prop k="name" v="circle"/><prop k="color" v="0,90,156,255"/><prop k="outline_color" v="0,0,0,255"/>'
    '<prop k="size" v="3"/></layer></symbol>'
    '<symbol type="marker" name="1"><layer class="SimpleMarker" enabled="1" pass="0" locked="0">'
    '<prop k="name" v="diamond"/><prop k="color" v="255,255,255,255"/><prop k="outline_color" v="0,0,0,255"/>'
    '<prop k="size" v="3"/></layer></symbol></symbols></renderer-v2></qgis>'
)


def install(records: sa.Connection) -> None:
    """Add the tables and the map style that make the file a GeoPackage, after the store's own tables."""
    for statement in (*geopackage.core_tables(stamped=True), geopackage.layer_styles(stamped=True)):
        records.exec_driver_sql(statement)
    for system in geopackage.REFERENCE_SYSTEMS:
        records.exec_driver_sql("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)", system)
    for table in schema.metadata.sorted_tables:
        if table not in schema.TRANSIENT:
            register(records, table)
    _register(records, schema.LATEST_VIEW, has_points=True)
    _register(records, "layer_styles", has_points=False)
    records.exec_driver_sql(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
        "styleQML, useAsDefault) VALUES ('', '', ?, 'geom', 'surveyed', ?, 1)",
        (schema.LATEST_VIEW, _STYLE),
    )


def register(records: sa.Connection, table: sa.Table) -> None:
    """List a table of the store as a layer of the GeoPackage; a shared database has no such list."""
    if records.dialect.name != column_types.POSTGRESQL:
        _register(records, table.name, any(isinstance(column.type, column_types.Point) for column in table.columns))


def _register(records: sa.Connection, name: str, has_points: bool) -> None:
    records.exec_driver_sql(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)",
        (name, "features" if has_points else "attributes", name, geopackage.WGS84 if has_points else None),
    )
    if has_points:
        records.exec_driver_sql(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', ?, 0, 0)", (name, geopackage.WGS84)
        )
