"""Keep instants and points in the forms that a GeoPackage, and PostGIS, ask for."""

from __future__ import annotations

import datetime as dt
import struct
from typing import Any

import shapely
import sqlalchemy as sa

from audits import errors

WGS84 = 4326
POSTGRESQL = "postgresql"
_HEADER = "<2sBBi"
_HEADER_BYTES = struct.calcsize(_HEADER)
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_LITTLE_ENDIAN = 0x01
_EMPTY = 0x10


class _Declared(sa.types.UserDefinedType[Any]):
    """A column whose declared type is one that GDAL can read; any other type is silently dropped there."""

    cache_ok = True

    def __init__(self, declared: str) -> None:
        self.declared = declared

    def get_col_spec(self, **_: Any) -> str:
        return self.declared


class Point(sa.types.TypeDecorator[shapely.Point]):
    """A point in EPSG:4326, kept as GeoPackage binary, or as ``geometry(Point,4326)`` in PostGIS."""

    impl = sa.LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Declare the column as ``POINT``, or as PostGIS names it."""
        shared = dialect.name == POSTGRESQL
        return dialect.type_descriptor(_Declared(f"geometry(Point,{WGS84})" if shared else "POINT"))

    def process_bind_param(self, value: shapely.Point | None, dialect: sa.Dialect) -> bytes | str | None:
        """Return the point as GeoPackage binary, or as EWKB in hexadecimal."""
        if value is None:
            return None
        return to_postgis(value) if dialect.name == POSTGRESQL else to_geopackage(value)

    def process_result_value(self, value: bytes | str | None, dialect: sa.Dialect) -> shapely.Point | None:  # noqa: ARG002
        """Return the point that was kept."""
        if value is None:
            return None
        return from_geopackage(value) if isinstance(value, bytes) else from_postgis(value)


class Utc(sa.types.TypeDecorator[dt.datetime]):
    """An instant in UTC to the millisecond, kept as ISO 8601 text with its zone written, or as PostgreSQL keeps it."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Declare the column as ``DATETIME``, or as a timestamp with time zone."""
        if dialect.name == POSTGRESQL:
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(_Declared("DATETIME"))

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> str | dt.datetime | None:
        """Return the instant as text, or cut to the millisecond.

        Raises
        ------
        audits.errors.StoreError
            For an instant without a zone: nobody can say later which instant it was.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise errors.StoreError(f"{value.isoformat()}: an instant needs a time zone")
        instant = value.astimezone(dt.UTC)
        if dialect.name == POSTGRESQL:
            return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
        return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def process_result_value(self, value: str | dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Return the instant; text without a zone, as a GIS may write it, is taken as UTC."""
        if value is None:
            return None
        instant = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
        return instant.astimezone(dt.UTC) if instant.tzinfo else instant.replace(tzinfo=dt.UTC)


def instant(given: dt.datetime | None) -> dt.datetime:
    """Return the instant given, or now, in UTC to the millisecond that the store keeps."""
    moment = (given or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_geopackage(point: shapely.Point) -> bytes:
    """Return a point as GeoPackage binary: an eight-byte header and ISO WKB (OGC 12-128r19, clause 2.1.3)."""
    flags = _LITTLE_ENDIAN | (_EMPTY if point.is_empty else 0)
    header = struct.pack(_HEADER, b"GP", 0, flags, WGS84)
    return header + shapely.to_wkb(point, byte_order=1, flavor="iso")


def to_postgis(point: shapely.Point) -> str:
    """Return a point as EWKB in hexadecimal, the form in which PostGIS takes and gives geometries as text."""
    return str(shapely.to_wkb(shapely.set_srid(point, WGS84), hex=True, include_srid=True))


def from_postgis(content: str) -> shapely.Point:
    """Return the point that EWKB in hexadecimal holds; PostGIS itself keeps anything else out of the column."""
    point = shapely.from_wkb(content)
    return shapely.Point() if point.is_empty else shapely.Point(*point.coords[0])


def from_geopackage(content: bytes) -> shapely.Point:
    """Return the point that GeoPackage binary holds.

    Raises
    ------
    audits.errors.StoreError
        When the bytes are not GeoPackage binary of a point.
    """
    if len(content) < _HEADER_BYTES or content[:2] != b"GP":
        raise errors.StoreError(f"a geometry begins with {content[:2]!r}; GeoPackage binary begins with b'GP'")
    envelope = _ENVELOPE_BYTES[min(content[3] >> 1 & 7, 4)]
    geometry = shapely.from_wkb(content[_HEADER_BYTES + envelope :])
    if not isinstance(geometry, shapely.Point):
        raise errors.StoreError(f"a geometry is a {geometry.geom_type}; a point is expected")
    return geometry
