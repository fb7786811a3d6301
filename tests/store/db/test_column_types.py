import datetime as dt

import pytest
import shapely
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from audits import errors
from audits.formats import geopackage
from audits.store.db import column_types, schema

READ_BY_GDAL = {"TEXT", "INTEGER", "DOUBLE", "BOOLEAN", "DATE", "DATETIME", "BLOB", "POINT"}


@pytest.mark.parametrize("table", schema.metadata.sorted_tables, ids=str)
def test_every_column_is_of_a_type_that_gdal_reads(table: sa.Table) -> None:
    declared = {column.type.compile(dialect=sqlite.dialect()) for column in table.columns}
    assert declared <= READ_BY_GDAL


POINTS = [shapely.Point(102.8, 16.4), shapely.Point(-0.1, 1e-17), shapely.Point()]
DIALECTS = [sqlite.dialect(), postgresql.dialect()]


@pytest.mark.parametrize("point", POINTS, ids=str)
@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_point_comes_back_as_it_was(point: shapely.Point, dialect: sa.Dialect) -> None:
    stored = column_types.Point().process_bind_param(point, dialect)
    assert column_types.Point().process_result_value(stored, dialect) == point


def test_postgis_is_sent_the_reference_system() -> None:
    stored = column_types.Point().process_bind_param(shapely.Point(0, 0), postgresql.dialect())
    assert stored.startswith("0101000020E6100000")


@pytest.mark.parametrize("content", [b"", b"GP", b"XX" + bytes(30)])
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(errors.StoreError, match="GeoPackage binary"):
        column_types.Point().process_result_value(content, sqlite.dialect())


def test_a_line_is_refused_where_a_point_is_expected() -> None:
    line = geopackage.encode(shapely.LineString([(0, 0), (1, 1)]))
    with pytest.raises(errors.StoreError, match="LineString"):
        column_types.Point().process_result_value(line, sqlite.dialect())


def test_an_instant_is_kept_in_utc_with_its_zone_written() -> None:
    noon = dt.datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    text = column_types.Utc().process_bind_param(noon, sqlite.dialect())
    assert text == "2026-03-02T05:00:00.123Z"
    assert column_types.Utc().process_result_value(text, sqlite.dialect()) == noon.replace(microsecond=123000)


def test_an_instant_is_cut_to_the_millisecond_for_postgres_too() -> None:
    noon = dt.datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    kept = column_types.Utc().process_bind_param(noon, postgresql.dialect())
    assert kept == dt.datetime(2026, 3, 2, 5, 0, 0, 123000, tzinfo=dt.UTC)
    assert column_types.Utc().process_result_value(kept, postgresql.dialect()) == kept


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(errors.StoreError, match="time zone"):
        column_types.Utc().process_bind_param(dt.datetime(2026, 3, 2), sqlite.dialect())  # noqa: DTZ001


def test_an_instant_that_a_gis_wrote_without_a_zone_is_utc() -> None:
    read = column_types.Utc().process_result_value("2026-03-02T05:00:00", sqlite.dialect())
    assert read == dt.datetime(2026, 3, 2, 5, tzinfo=dt.UTC)
