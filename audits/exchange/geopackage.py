"""Write the tables as one GeoPackage 1.3 that QGIS opens styled and named in the reader's language."""

from __future__ import annotations

import math
import re
import sqlite3
import struct
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from audits import wording
from audits.exchange import columns, qgis_style
from audits.exchange import contents as contents_room

APPLICATION_ID = 0x47504B47
USER_VERSION = 10300
SITE = "site"

_WGS84 = 4326
# GDAL reads these types and silently leaves out columns of others.
_TYPES = {
    columns.TEXT: "TEXT",
    columns.WHOLE: "INTEGER",
    columns.NUMBER: "DOUBLE",
    columns.YES_NO: "BOOLEAN",
    columns.DAY: "DATE",
}
_SCHEMA_EXTENSION = "http://www.geopackage.org/spec121/#extension_schema"

_CORE_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER, FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL UNIQUE, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  PRIMARY KEY (table_name, column_name), FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
"""

_FURTHER_TABLES = """
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL, UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
  description TEXT, mime_type TEXT, constraint_name TEXT, PRIMARY KEY (table_name, column_name),
  UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
  min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT, f_table_schema TEXT,
  f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
  description TEXT, owner TEXT, ui TEXT, update_time DATETIME);
"""


def write(contents: contents_room.Contents, words: wording.Wording, path: Path) -> None:
    """Write a GeoPackage.

    Parameters
    ----------
    contents
        What to write.
    words
        The reader's language, for the names of columns; the styles come in Thai, the default, and in English.
    path
        File to write; replaced if it is there.
    """
    path.write_bytes(packed(contents, words))


def packed(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return a GeoPackage: layers ``site`` (points), ``finding``, ``element``, ``measure_next`` and ``about``."""
    with closing(sqlite3.connect(":memory:")) as file:
        begin(file)
        file.executescript(_FURTHER_TABLES)
        _add_schema_extension(file)
        changed = f"{contents.made.exported_on.isoformat()}T00:00:00.000Z"
        mark = contents.about.get("demonstration", "")
        for name, (table, wanted) in contents.tables(words).items():
            _add_table(file, name, table, wanted)
            _register(file, name, "features" if name == SITE else "attributes", mark, changed)
            _add_titles(file, name, wanted, words)
            _add_styles(file, name, wanted, changed)
        _register_points(file, contents.sites)
        _register(file, "layer_styles", "attributes", mark, changed)
        file.commit()
        return file.serialize()


def begin(file: sqlite3.Connection) -> None:
    """Make an empty SQLite file a GeoPackage 1.3: its mark, its core tables, its reference systems."""
    file.execute(f"PRAGMA application_id={APPLICATION_ID}")
    file.execute(f"PRAGMA user_version={USER_VERSION}")
    file.executescript(_CORE_TABLES)
    wgs84 = pyproj.CRS.from_epsg(_WGS84).to_wkt("WKT1_GDAL")
    systems = (
        ("Undefined cartesian SRS", -1, "NONE", -1, "undefined"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
        ("WGS 84 geodetic", _WGS84, "EPSG", _WGS84, wgs84),
    )
    file.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)", systems)


def _add_schema_extension(file: sqlite3.Connection) -> None:
    rows = [(name, "gpkg_schema", _SCHEMA_EXTENSION) for name in ("gpkg_data_columns", "gpkg_data_column_constraints")]
    file.executemany("INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, 'read-write')", rows)


def _add_table(file: sqlite3.Connection, name: str, table: pd.DataFrame, wanted: Sequence[columns.Column]) -> None:
    fields = [f'"{_identifier(column.name)}" {_TYPES[column.kind]}' for column in wanted]
    point = ["geom POINT"] if name == SITE else []
    file.execute(f"CREATE TABLE {name} (fid INTEGER PRIMARY KEY, {', '.join([*point, *fields])})")
    cells = [columns.plain(table[column.name], column.kind) for column in wanted]
    points = [[_blob(point) for point in table.geometry]] if name == SITE else []
    places = ", ".join("?" * (len(cells) + len(points)))
    names = ", ".join(["geom"] * len(points) + [f'"{column.name}"' for column in wanted])
    # Identifiers are checked words; every value is bound.
    file.executemany(f"INSERT INTO {name} ({names}) VALUES ({places})", zip(*points, *cells, strict=True))  # noqa: S608


def _identifier(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"{name!r} is not a column id; lower-case letters, digits and underscores are accepted")
    return name


def _blob(point: shapely.Point | None) -> bytes | None:
    """Return a point as the format stores it: a header without envelope, then well-known binary."""
    if point is None or point.is_empty:
        return None
    header = struct.pack("<2sBBi", b"GP", 0, 1, _WGS84)
    return header + shapely.to_wkb(point, byte_order=1, flavor="iso")


def _register(file: sqlite3.Connection, name: str, kind: str, description: str, changed: str) -> None:
    file.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES (?, ?, ?, ?, ?)",
        (name, kind, name, description, changed),
    )


def _register_points(file: sqlite3.Connection, sites: gpd.GeoDataFrame) -> None:
    file.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', ?, 0, 0)", (SITE, _WGS84))
    edges = [None if math.isnan(edge) else float(edge) for edge in sites.total_bounds]
    file.execute(
        "UPDATE gpkg_contents SET srs_id=?, min_x=?, min_y=?, max_x=?, max_y=? WHERE table_name=?",
        (_WGS84, *edges, SITE),
    )


def _add_titles(file: sqlite3.Connection, name: str, wanted: Sequence[columns.Column], words: wording.Wording) -> None:
    for column in wanted:
        coded = f"{name}_{column.name}" if column.words else None
        row = (name, column.name, column.name, column.heading(words), coded)
        file.execute(
            "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, constraint_name) "
            "VALUES (?, ?, ?, ?, ?)",
            row,
        )
        file.executemany(
            "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description) "
            "VALUES (?, 'enum', ?, ?)",
            [(coded, value, column.said(value, words)) for value in column.words],
        )


def _add_styles(file: sqlite3.Connection, name: str, wanted: Sequence[columns.Column], changed: str) -> None:
    for language in wording.LANGUAGES:
        style = qgis_style.qml(wanted, wording.Wording(language), points=name == SITE)
        file.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, update_time) VALUES ('', '', ?, ?, ?, ?, '', ?, ?)",
            (name, "geom" if name == SITE else "", language, style, language == wording.LANGUAGES[0], changed),
        )
