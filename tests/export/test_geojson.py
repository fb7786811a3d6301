"""The GeoJSON follows RFC 7946 and nests every finding in its site."""

import json

import geopandas as gpd
import pytest

from audits.export import geojson


@pytest.fixture(scope="module")
def written(exported):
    return geojson.packed(exported)


def test_every_site_is_a_feature_with_its_findings(written, exported):
    read = json.loads(written)
    assert read["type"] == "FeatureCollection"
    assert [feature["id"] for feature in read["features"]] == list(exported.sites["code"])
    counts = exported.findings["site_code"].value_counts()
    for feature in read["features"]:
        assert len(feature["properties"]["findings"]) == counts[feature["id"]]


def test_coordinates_are_longitude_then_latitude_with_six_decimals(written):
    features = {feature["id"]: feature for feature in json.loads(written)["features"]}
    assert features["KK-001"]["geometry"] == {"type": "Point", "coordinates": [102.82957, 16.43046]}
    assert features["KK-004"]["geometry"] is None


def test_what_the_file_rests_on_is_a_foreign_member(written, exported):
    assert json.loads(written)["jaidee"] == dict(exported.about)


def test_text_is_utf_8_and_not_escaped(written, record):
    assert record.sites.loc["KK-001", "name_th"] in written.decode("utf-8")


def test_missing_values_are_null(written):
    assert b"NaN" not in written
    unmeasured = json.loads(written)["features"][4]["properties"]["findings"][0]
    assert unmeasured["measured_lowest"] is None


def test_gdal_reads_it(written, tmp_path):
    path = tmp_path / "sites.geojson"
    path.write_bytes(written)
    assert len(gpd.read_file(path)) == 6


def test_a_demonstration_is_marked_in_every_feature_and_beside_them(demonstrated):
    read = json.loads(geojson.packed(demonstrated))
    mark = demonstrated.about["demonstration"]
    assert read["jaidee"]["demonstration"] == mark
    assert {feature["properties"]["demonstration"] for feature in read["features"]} == {mark}
