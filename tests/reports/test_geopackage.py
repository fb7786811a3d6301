"""The GeoPackage is read back by GDAL with every layer, column, type, style and name."""

import sqlite3
from contextlib import closing
from xml.etree import ElementTree

import geopandas as gpd
import pyogrio
import pytest

from audits import terms, wording
from audits.formats import geopackage as gpkg
from audits.reports import geopackage
from layers import symbols


@pytest.fixture(scope="module")
def path(exported, thai, tmp_path_factory):
    target = tmp_path_factory.mktemp("gpkg") / "jaidee.gpkg"
    target.write_bytes(geopackage.packed(exported, thai))
    return target


def rows(path, query):
    with closing(sqlite3.connect(path)) as file:
        return file.execute(query).fetchall()


def test_gdal_finds_every_layer(path):
    layers = dict(pyogrio.list_layers(path).tolist())
    assert layers["site"] == "Point"
    assert set(layers) >= {"site", "finding", "element", "measure_next", "about"}


def test_gdal_reads_every_column_and_row(path, exported, thai):
    for name, (table, wanted) in exported.tables(thai).items():
        read = pyogrio.read_dataframe(path, layer=name)
        assert list(read.columns.drop("geometry", errors="ignore")) == [column.name for column in wanted]
        assert len(read) == len(table)


def test_positions_come_back_and_an_unknown_one_stays_unknown(path, exported):
    read = gpd.read_file(path, layer="site").set_index("code")
    assert read.crs == "EPSG:4326"
    assert read.geometry["KK-001"].equals(exported.sites.geometry.iloc[0])
    assert read.geometry["KK-004"] is None


def test_days_numbers_and_yes_or_no_keep_their_type(path):
    info = pyogrio.read_info(path, layer="finding")
    types = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert types["observed_on"].startswith("datetime64")
    assert types["edition_assumed"] == "bool"
    assert types["margin"] == "float64"
    assert rows(path, "SELECT DISTINCT observed_on FROM finding WHERE observed_on IS NOT NULL") == [("2026-03-03",)]


def test_the_file_is_a_sound_geopackage_1_3(path):
    assert rows(path, "PRAGMA application_id") == [(gpkg.APPLICATION_ID,)]
    assert rows(path, "PRAGMA user_version") == [(10300,)]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []
    bounds = rows(path, "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'site'")[0]
    assert 102 < bounds[0] < bounds[2] < 103 and 16 < bounds[1] < bounds[3] < 17


def test_columns_are_named_in_the_readers_language(path, thai):
    titles = dict(rows(path, "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'site'"))
    assert titles["latitude_deg"] == "ละติจูด (องศา, WGS 84)"
    coded = dict(
        rows(path, "SELECT value, description FROM gpkg_data_column_constraints WHERE constraint_name = 'site_verdict'")
    )
    assert coded == {key: thai.text(phrase) for key, phrase in terms.VERDICT.items()}


def test_the_thai_style_is_the_default_and_draws_verdicts_by_shape_and_colour(path):
    styles = rows(path, "SELECT styleName, useAsDefault, styleQML FROM layer_styles WHERE f_table_name = 'site'")
    assert {name: default for name, default, _ in styles} == {"th": 1, "en": 0}
    style = ElementTree.fromstring(next(qml for name, _, qml in styles if name == "th"))
    labels = {each.get("value"): each.get("label") for each in style.iter("category")}
    thai = wording.Wording("th")
    assert labels["fail"] == f"✕ {thai.text(terms.VERDICT['fail'])}"
    shapes = {each.get("value") for each in style.iter("Option") if each.get("name") == "name"}
    assert shapes == {symbols.OF_VERDICT[verdict].shape for verdict in labels}
    aliases = {each.get("field"): each.get("name") for each in style.iter("alias")}
    assert aliases["name_th"] == "ชื่อภาษาไทย"


def test_a_demonstration_is_marked_in_every_layer(demonstrated, thai, tmp_path):
    target = tmp_path / "demonstration.gpkg"
    target.write_bytes(geopackage.packed(demonstrated, thai))
    descriptions = {text for (text,) in rows(target, "SELECT description FROM gpkg_contents")}
    assert descriptions == {demonstrated.about["demonstration"]}


def test_hostile_text_comes_back_as_it_was(path, record):
    read = gpd.read_file(path, layer="site").set_index("code")
    assert read.loc["KK-003", "name_th"] == record.sites.loc["KK-003", "name_th"]
