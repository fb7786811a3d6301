"""Prove that map features become rows with one point each."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from audits import errors
from audits.formats import tables

POINT = {"type": "Point", "coordinates": [102.82, 16.43]}


def geojson(*geometries: object, **more: object) -> bytes:
    features = [{"type": "Feature", "properties": {"code": f"A{n}"}, "geometry": g} for n, g in enumerate(geometries)]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def codes(table: tables.Table) -> set[str]:
    return {notice.kind.code for notice in table.notices}


def refusal(content: bytes) -> list[str]:
    with pytest.raises(errors.RefusedError) as refused:
        tables.read(content, "sites.gpkg")
    return [problem.kind.code for problem in refused.value.problems]


def test_geojson_gives_rows_with_points() -> None:
    table = tables.read(geojson(POINT), "sites.geojson")
    assert (table.kind, table.columns, table.has_points) == ("GeoJSON", ("code",), True)
    assert table.rows[0].point == (102.82, 16.43)


def test_heights_areas_and_missing_geometry_are_told_and_not_dropped() -> None:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}
    high = {"type": "Point", "coordinates": [102.82, 16.43, 160.0]}
    table = tables.read(geojson(high, square, None, {"type": "Point", "coordinates": []}), "sites.geojson")
    assert [row.point is None for row in table.rows] == [False, False, True, True]
    assert shapely.Point(table.rows[1].point).within(shapely.box(0, 0, 2, 2))
    assert codes(table) == {"MAP-N02", "MAP-N03", "MAP-N04"}


def test_the_system_that_an_old_writer_names_is_kept() -> None:
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32648"}}
    assert tables.read(geojson(POINT, crs=named), "sites.geojson").crs == "EPSG:32648"
    assert tables.read(geojson(POINT), "sites.geojson").crs == ""


@pytest.mark.parametrize("text", ['{"type": "FeatureCollection", "features": [', "[" * 100_000, '{"a": ' * 50_000])
def test_broken_json_is_refused(text: str) -> None:
    assert refusal(text.encode()) == ["MAP-001"]


@pytest.mark.parametrize(
    "text", ["[1, 2]", '{"features": 3}', '{"features": [1]}', '{"features": [{"properties": 5}]}']
)
def test_json_without_features_is_refused(text: str) -> None:
    assert refusal(text.encode()) == ["MAP-002"]


def test_a_strange_geometry_is_no_geometry() -> None:
    strange = (
        {"type": "Circle"},
        {"type": "Point", "coordinates": ["a", "b"]},
        {"type": "Polygon", "coordinates": 1},
        7,
    )
    assert all(row.point is None for row in tables.read(geojson(*strange), "sites.geojson").rows)


def test_the_layer_of_points_is_taken_from_a_geopackage_and_named(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    areas = gpd.GeoDataFrame({"zone": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:32648")
    areas.to_file(path, layer="zones", engine="pyogrio")
    sites = gpd.GeoDataFrame({"code": ["A", None]}, geometry=[shapely.Point(268000, 1817000), None], crs="EPSG:32648")
    sites.to_file(path, layer="sites", engine="pyogrio")
    table = tables.read(path.read_bytes(), "two.gpkg")
    assert (table.kind, table.crs) == ("GeoPackage", "EPSG:32648")
    assert table.rows[0].point == (268000.0, 1817000.0)
    assert table.rows[1].cells["code"] is None
    assert codes(table) == {"MAP-N01", "MAP-N04"}


def test_a_column_that_the_reader_cannot_take_is_told(tmp_path: Path) -> None:
    path = tmp_path / "odd.gpkg"
    gpd.GeoDataFrame({"code": ["A"]}, geometry=[shapely.Point(102.8, 16.4)], crs=4326).to_file(path, engine="pyogrio")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("ALTER TABLE odd ADD COLUMN price NUMERIC(8,2)")
        database.commit()
    table = tables.read(path.read_bytes(), "odd.gpkg")
    assert "price" not in table.columns
    assert codes(table) == {"MAP-N05"}


def test_a_database_that_is_no_geopackage_is_refused() -> None:
    assert refusal(b"SQLite format 3\x00" + b"\x00" * 4000) == ["MAP-003"]
