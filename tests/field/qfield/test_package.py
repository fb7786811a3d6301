"""The package is one folder with a project and a sound GeoPackage that GDAL opens, and nothing private."""

import io
import sqlite3
import zipfile
from contextlib import closing

import geopandas as gpd
import pyogrio
import pytest

from audits.field.qfield import layout, package


@pytest.fixture
def path(table_file, tmp_path):
    target = tmp_path / "field.gpkg"
    target.write_bytes(table_file)
    return target


def rows(path, query):
    with closing(sqlite3.connect(path)) as file:
        return file.execute(query).fetchall()


def test_the_folder_is_named_by_the_trip(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert sorted(archive.namelist()) == ["jaidee-trip-1/field.gpkg", "jaidee-trip-1/jaidee.qgz"]
        assert archive.testzip() is None


def test_packed_twice_is_the_same_byte_for_byte(contents, thai, packed):
    assert package.packed(contents, thai, trip="trip-1") == packed
    assert package.packed(contents, thai, trip="trip-2") != packed


@pytest.mark.parametrize("trip", ["", "../x", "a/b", "Trip", "เที่ยว", "a" * 41, "-a"])
def test_a_trip_that_is_no_folder_name_is_refused(contents, thai, trip):
    with pytest.raises(ValueError, match="names no trip"):
        package.packed(contents, thai, trip=trip)


def test_gdal_opens_both_layers_and_the_lists(path, contents, book, thai):
    assert dict(pyogrio.list_layers(path).tolist()) == {"field_survey": "Point", "site": "Point", "value_list": None}
    survey = pyogrio.read_info(path, layer="field_survey")
    assert list(survey["fields"]) == [one.name for one in layout.fields(book, thai)]
    assert (survey["features"], survey["crs"]) == (0, "EPSG:4326")
    types = dict(zip(survey["fields"], survey["dtypes"], strict=True))
    assert types["observed_at"].startswith("datetime64")
    assert (types["clear_width_cm"], types["runs_count"], types["photo_has_person"]) == ("float64", "int32", "bool")
    sites = gpd.read_file(path, layer="site").set_index("code")
    assert list(sites.index) == list(contents.sites["code"])
    assert sites.geometry["KK-001"].equals(contents.sites.geometry.iloc[0])
    assert sites.geometry["KK-004"] is None


def test_a_site_says_its_name_verdict_and_what_to_measure_next(path, contents):
    site = gpd.read_file(path, layer="site").set_index("code").loc["KK-001"]
    assert site["label"] == f"KK-001 {contents.sites['name_th'].iloc[0]}"
    assert site["verdict"] == "fail"
    assert site["position_status"] == contents.sites["position_status"].iloc[0]
    mine = contents.next_measurements.loc[contents.next_measurements["site_code"] == "KK-001"]
    wanted = [f"{one.element_id}: {one.quantity_name_th}" for one in mine.itertuples()][: package.SUGGESTIONS]
    assert site["measure_next"].splitlines() == wanted


def test_the_file_is_a_sound_geopackage_without_a_log(path):
    assert rows(path, "PRAGMA application_id") == [(0x47504B47,)]
    assert rows(path, "PRAGMA user_version") == [(10300,)]
    assert rows(path, "PRAGMA journal_mode") == [("delete",)]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []


def test_nothing_private_is_in_it(path, packed, make_contents, thai):
    tables = {name for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {name for name in tables if not name.startswith(("gpkg_", "sqlite_"))} == {
        "field_survey",
        "site",
        "value_list",
    }
    said = "\n".join(str(row) for name in tables for row in rows(path, f"SELECT * FROM {name}"))
    assert "ผู้สำรวจ" not in said
    assert not [word for word in ("0a1b2c", "ledger", "sha256", "photo_sha", "password") if word in said.casefold()]
    assert "score" not in " ".join(rows(path, "SELECT sql FROM sqlite_master WHERE name = 'site'")[0])


def test_it_says_which_criteria_asked(path, book):
    said = rows(path, "SELECT description FROM gpkg_contents WHERE table_name = 'field_survey'")
    assert said == [(f"criteria {book.version}",)]


def test_only_the_chosen_sites_are_packed(make_contents, thai, tmp_path):
    packed = package.packed(make_contents(thai, codes=["SP-001"]), thai, trip="t")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(tmp_path)
    assert rows(tmp_path / "jaidee-t" / "field.gpkg", "SELECT code FROM site") == [("SP-001",)]


def test_sites_without_any_position_still_open_on_the_town(make_contents, thai):
    packed = package.packed(make_contents(thai, codes=["KK-004"]), thai, trip="t")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        inner = archive.read("jaidee-t/jaidee.qgz")
    with zipfile.ZipFile(io.BytesIO(inner)) as archive:
        assert b"nan" not in archive.read("jaidee.qgs").partition(b"</mapcanvas>")[0].partition(b"<extent>")[2]


def test_a_demonstration_says_so_wherever_it_is_opened(make_contents, thai, tmp_path):
    packed = package.packed(make_contents(thai, demonstration=True), thai, trip="t")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(tmp_path)
    with zipfile.ZipFile(tmp_path / "jaidee-t" / "jaidee.qgz") as archive:
        assert thai.text("Demonstration data") in archive.read("jaidee.qgs").decode()
    marks = rows(tmp_path / "jaidee-t" / "field.gpkg", "SELECT DISTINCT demonstration FROM site")
    assert "Demonstration data" in marks[0][0]
