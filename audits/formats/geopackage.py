"""Encode geometries and lay out the system tables of a GeoPackage 1.3 (OGC 12-128r17)."""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

APPLICATION_ID = 0x47504B47
USER_VERSION = 10300
WGS84 = 4326

REFERENCE_SYSTEMS = (
    ("Undefined cartesian SRS", -1, "NONE", -1, "undefined"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
    (
        *("WGS 84 geodetic", WGS84, "EPSG", WGS84),
        'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
        'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
        'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]',
    ),
)

# The text of these statements is part of every file written: changed, an export is no longer the same to the byte.
_TABLES = Path(__file__).with_suffix(".sql")

_NOW = " DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))"
# 8 bytes: magic, version, flags, reference system
_HEADER_BYTES = 8
_LITTLE_ENDIAN, _EMPTY = 0x01, 0x10
# by the envelope indicator in bits 1 to 3 of the flags
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)


def core_tables(*, stamped: bool) -> tuple[str, ...]:
    """Return the statements that create the tables every GeoPackage needs.

    Parameters
    ----------
    stamped
        Let the database itself write when a table last changed, for a file that grows; an export says so itself,
        so that the same content gives the same bytes.
    """
    return _statements(stamped)[:-1]


def layer_styles(*, stamped: bool) -> str:
    """Return the statement that creates the table in which QGIS keeps styles; `stamped` as in :func:`core_tables`."""
    return _statements(stamped)[-1]


def _statements(stamped: bool) -> tuple[str, ...]:
    text = _TABLES.read_text("utf-8").removesuffix("\n")
    return tuple(text.format(now=_NOW if stamped else "").split(";\n"))


def begin(file: sqlite3.Connection) -> None:
    """Make an empty SQLite file a GeoPackage: its mark, its core tables, its reference systems."""
    file.execute(f"PRAGMA application_id={APPLICATION_ID}")
    file.execute(f"PRAGMA user_version={USER_VERSION}")
    for statement in core_tables(stamped=False):
        file.execute(statement)
    file.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)", REFERENCE_SYSTEMS)


def encode(geometry: BaseGeometry) -> bytes:
    """Return a geometry in WGS 84 as GeoPackage binary without envelope (clause 2.1.3)."""
    flags = _LITTLE_ENDIAN | (_EMPTY if geometry.is_empty else 0)
    header = struct.pack("<2sBBi", b"GP", 0, flags, WGS84)
    return header + shapely.to_wkb(geometry, byte_order=1, flavor="iso")


def decode(content: bytes) -> tuple[BaseGeometry, int]:
    """Return the geometry in GeoPackage binary, and the number of its reference system.

    Raises
    ------
    ValueError
        When the bytes are not GeoPackage binary.
    """
    if len(content) < _HEADER_BYTES or content[:2] != b"GP":
        raise ValueError(f"a geometry begins with {content[:2]!r}; GeoPackage binary begins with b'GP'")
    flags = content[3]
    envelope = flags >> 1 & 7
    if envelope >= len(_ENVELOPE_BYTES):
        raise ValueError(f"envelope of kind {envelope}; 0 to 4 are accepted")
    (system,) = struct.unpack_from("<i" if flags & _LITTLE_ENDIAN else ">i", content, 4)
    try:
        return shapely.from_wkb(content[_HEADER_BYTES + _ENVELOPE_BYTES[envelope] :]), system
    except shapely.errors.GEOSException as error:
        raise ValueError(str(error)) from error
