"""Keep instants and points in the forms that a GeoPackage asks for."""

from __future__ import annotations

import datetime as dt
import struct
from typing import Any

import shapely
import sqlalchemy as sa

from audits import errors

WGS84 = 4326
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
    """A point in EPSG:4326, kept as GeoPackage binary."""

    impl = sa.LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Declare the column as ``POINT``."""
        return dialect.type_descriptor(_Declared("POINT"))

    def process_bind_param(self, value: shapely.Point | None, dialect: sa.Dialect) -> bytes | None:  # noqa: ARG002
        """Return the point as GeoPackage binary."""
        return None if value is None else to_geopackage(value)

    def process_result_value(self, value: bytes | None, dialect: sa.Dialect) -> shapely.Point | None:  # noqa: ARG002
        """Return the point that GeoPackage binary holds."""
        return None if value is None else from_geopackage(value)


class Utc(sa.types.TypeDecorator[dt.datetime]):
    """An instant in UTC to the millisecond, kept as ISO 8601 text with its zone written."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Declare the column as ``DATETIME``."""
        return dialect.type_descriptor(_Declared("DATETIME"))

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        """Return the instant as text.

        Raises
        ------
        audits.errors.StoreError
            For an instant without a zone: nobody can say later which instant it was.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise errors.StoreError(f"{value.isoformat()}: an instant needs a time zone")
        return value.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Return the instant; text without a zone, as a GIS may write it, is taken as UTC."""
        if value is None:
            return None
        instant = dt.datetime.fromisoformat(value)
        return instant.astimezone(dt.UTC) if instant.tzinfo else instant.replace(tzinfo=dt.UTC)


def to_geopackage(point: shapely.Point) -> bytes:
    """Return a point as GeoPackage binary: an eight-byte header and ISO WKB (OGC 12-128r19, clause 2.1.3)."""
    flags = _LITTLE_ENDIAN | (_EMPTY if point.is_empty else 0)
    header = struct.pack(_HEADER, b"GP", 0, flags, WGS84)
    return header + shapely.to_wkb(point, byte_order=1, flavor="iso")


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
