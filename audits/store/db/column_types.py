"""Convert instants and points to the types that a GeoPackage, and PostGIS, store."""

from __future__ import annotations

import datetime as dt
from typing import Any

import shapely
import sqlalchemy as sa

from audits import errors
from audits.formats import geopackage

WGS84 = geopackage.WGS84
POSTGRESQL = "postgresql"


class _Declared(sa.types.UserDefinedType[Any]):
    """A column whose declared type is one that GDAL can read; any other type is silently dropped there."""

    cache_ok = True

    def __init__(self, declared: str) -> None:
        self.declared = declared

    def get_col_spec(self, **_: Any) -> str:
        return self.declared


class Point(sa.types.TypeDecorator[shapely.Point]):
    """A point in EPSG:4326, stored as GeoPackage binary, or as ``geometry(Point,4326)`` in PostGIS."""

    impl = sa.LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Declare the column as ``POINT``, or as PostGIS names it."""
        shared = dialect.name == POSTGRESQL
        return dialect.type_descriptor(_Declared(f"geometry(Point,{WGS84})" if shared else "POINT"))

    def process_bind_param(self, value: shapely.Point | None, dialect: sa.Dialect) -> bytes | str | None:
        """Convert a point to GeoPackage binary, or to EWKB in hexadecimal, the text form of PostGIS."""
        if value is None:
            return None
        if dialect.name == POSTGRESQL:
            return str(shapely.to_wkb(shapely.set_srid(value, WGS84), hex=True, include_srid=True))
        return geopackage.encode(value)

    def process_result_value(self, value: bytes | str | None, dialect: sa.Dialect) -> shapely.Point | None:  # noqa: ARG002
        """Convert a stored value back to a point.

        Raises
        ------
        audits.errors.StoreError
            When a file holds anything but a point; PostGIS itself keeps that out of the column.
        """
        if value is None:
            return None
        if isinstance(value, str):
            point = shapely.from_wkb(value)
            # built anew: a point read from EWKB carries an SRID, one read from a file does not
            return shapely.Point() if point.is_empty else shapely.Point(*point.coords[0])
        try:
            geometry, _ = geopackage.decode(value)
        except ValueError as error:
            raise errors.StoreError(str(error)) from error
        if not isinstance(geometry, shapely.Point):
            raise errors.StoreError(f"a geometry is a {geometry.geom_type}; a point is expected")
        return geometry


class Utc(sa.types.TypeDecorator[dt.datetime]):
    """An instant in UTC to the millisecond, stored as ISO 8601 text with its zone, or as a PostgreSQL timestamp."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Declare the column as ``DATETIME``, or as a timestamp with time zone."""
        if dialect.name == POSTGRESQL:
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(_Declared("DATETIME"))

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> str | dt.datetime | None:
        """Convert an instant to text, or cut it to the millisecond.

        Raises
        ------
        audits.errors.StoreError
            For an instant without a zone: nobody can say later which instant it was.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise errors.StoreError(f"{value.isoformat()}: an instant needs a time zone")
        if dialect.name == POSTGRESQL:
            return instant(value)
        # as the GeoPackage specification writes a DATETIME; SQLAlchemy's own form has a blank and no zone
        return value.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def process_result_value(self, value: str | dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Convert a stored value back to an instant; text without a zone, as a GIS may write it, is UTC."""
        if value is None:
            return None
        stored = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
        return stored.astimezone(dt.UTC) if stored.tzinfo else stored.replace(tzinfo=dt.UTC)


def instant(given: dt.datetime | None) -> dt.datetime:
    """Return the instant given, or now, in UTC to the millisecond that the store keeps."""
    moment = (given or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    # cut, as isoformat does, so that a row and the digest of its entry name the same instant
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def is_storable(text: str) -> bool:
    """Whether either database can store a text: PostgreSQL refuses NUL, and UTF-8 half a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
