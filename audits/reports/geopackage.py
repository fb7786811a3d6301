"""Write the tables as one GeoPackage 1.3 that QGIS opens styled and named in the reader's language."""

from __future__ import annotations

import datetime as dt
import math
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from audits import wording
from audits.formats import geopackage as gpkg
from audits.reports import columns, qgis_style
from audits.reports import contents as contents_room

SITE, POINT, LINESTRING = "site", "POINT", "LINESTRING"

# GDAL reads these types and silently leaves out columns of others.
_TYPES = {
    columns.TEXT: "TEXT",
    columns.WHOLE: "INTEGER",
    columns.NUMBER: "DOUBLE",
    columns.YES_NO: "BOOLEAN",
    columns.DAY: "DATE",
}
_SCHEMA_EXTENSION = "http://www.geopackage.org/spec121/#extension_schema"

_FURTHER_TABLES = """
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL, UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
  description TEXT, mime_type TEXT, constraint_name TEXT, PRIMARY KEY (table_name, column_name),
  UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
  min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  UNIQUE (constraint_name, constraint_type, value));
"""


@dataclass(frozen=True)
class Layer:
    """One table of a GeoPackage.

    Parameters
    ----------
    name
        Of the table.
    table
        With `geometry` in EPSG:4326 where `shape` is given.
    wanted
        Its columns.
    shape
        ``POINT`` or ``LINESTRING``; empty for a table without geometry.
    styles
        QGIS styles by language.
    """

    name: str
    table: pd.DataFrame
    wanted: Sequence[columns.Column]
    shape: str = ""
    styles: Mapping[str, str] = field(default_factory=dict)


def packed(contents: contents_room.Contents, words: wording.Wording) -> bytes:
    """Return a GeoPackage: layers ``site`` (points), ``finding``, ``element``, ``measure_next`` and ``about``."""
    layers = [
        Layer(name, table, wanted, POINT if name == SITE else "", _styles(wanted, points=name == SITE))
        for name, (table, wanted) in contents.tables(words).items()
    ]
    return packed_layers(layers, words, contents.options.exported_on, contents.about.get("demonstration", ""))


def packed_layers(layers: Iterable[Layer], words: wording.Wording, made_on: dt.date, mark: str) -> bytes:
    """Return a GeoPackage of any layers, each with its titles and its styles.

    Parameters
    ----------
    layers
        In the order in which QGIS lists them.
    words
        The reader's language, for the titles of columns.
    made_on
        Day written into the file.
    mark
        Of a demonstration; empty otherwise.
    """
    # in memory: the bytes go into an answer or an archive, and no half-written file is left behind
    with closing(sqlite3.connect(":memory:")) as file:
        gpkg.begin(file)
        file.executescript(_FURTHER_TABLES)
        # without the hour of day, so that the same record makes the same bytes
        file.execute(gpkg.layer_styles(stamped=False))
        _add_schema_extension(file)
        changed = f"{made_on.isoformat()}T00:00:00.000Z"
        for layer in layers:
            _add_table(file, layer)
            _register(file, layer.name, "features" if layer.shape else "attributes", mark, changed)
            _register_geometry(file, layer)
            _add_titles(file, layer.name, layer.wanted, words)
            _add_styles(file, layer, changed)
        _register(file, "layer_styles", "attributes", mark, changed)
        file.commit()
        return file.serialize()


def _add_schema_extension(file: sqlite3.Connection) -> None:
    rows = [(name, "gpkg_schema", _SCHEMA_EXTENSION) for name in ("gpkg_data_columns", "gpkg_data_column_constraints")]
    file.executemany("INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, 'read-write')", rows)


def _add_table(file: sqlite3.Connection, layer: Layer) -> None:
    fields = [f'"{_identifier(column.name)}" {_TYPES[column.kind]}' for column in layer.wanted]
    drawn = [f"geom {layer.shape}"] if layer.shape else []
    file.execute(f"CREATE TABLE {layer.name} (fid INTEGER PRIMARY KEY, {', '.join([*drawn, *fields])})")
    cells = [columns.plain(layer.table[column.name], column.kind) for column in layer.wanted]
    shapes = [[_encoded(shape) for shape in layer.table["geometry"]]] if layer.shape else []
    places = ", ".join("?" * (len(cells) + len(shapes)))
    names = ", ".join(["geom"] * len(shapes) + [f'"{column.name}"' for column in layer.wanted])
    # Identifiers are checked words; every value is bound.
    file.executemany(f"INSERT INTO {layer.name} ({names}) VALUES ({places})", zip(*shapes, *cells, strict=True))  # noqa: S608


def _identifier(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"{name!r} is not a column id; lower-case letters, digits and underscores are accepted")
    return name


def _encoded(shape: BaseGeometry | None) -> bytes | None:
    return None if shape is None or shape.is_empty else gpkg.encode(shape)


def _register(file: sqlite3.Connection, name: str, kind: str, description: str, changed: str) -> None:
    file.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES (?, ?, ?, ?, ?)",
        (name, kind, name, description, changed),
    )


def _register_geometry(file: sqlite3.Connection, layer: Layer) -> None:
    if not layer.shape:
        return
    row = (layer.name, layer.shape, gpkg.WGS84)
    file.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", row)
    bounds = shapely.total_bounds(layer.table["geometry"].to_numpy())
    # bounds of nothing are NaN, which the format writes as NULL
    edges = [None if math.isnan(edge) else float(edge) for edge in bounds]
    file.execute(
        "UPDATE gpkg_contents SET srs_id=?, min_x=?, min_y=?, max_x=?, max_y=? WHERE table_name=?",
        (gpkg.WGS84, *edges, layer.name),
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
            [(coded, value, column.shown(value, words)) for value in column.words],
        )


def _styles(wanted: Sequence[columns.Column], *, points: bool) -> Mapping[str, str]:
    return {name: qgis_style.qml(wanted, wording.Wording(name), points=points) for name in wording.LANGUAGES}


def _add_styles(file: sqlite3.Connection, layer: Layer, changed: str) -> None:
    for language, style in layer.styles.items():
        file.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, update_time) VALUES ('', '', ?, ?, ?, ?, '', ?, ?)",
            (layer.name, "geom" if layer.shape else "", language, style, language == wording.LANGUAGES[0], changed),
        )
