"""A file of OpenStreetMap becomes layers in metres, whole or not at all."""

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from layers import base_file, errors, osm
from tests.layers import osm_town


@pytest.fixture(scope="module", name="file")
def _file(tmp_path_factory):
    return osm_town.write(tmp_path_factory.mktemp("osm") / "town.osm.pbf")


@pytest.fixture(scope="module", name="ground")
def _ground(file):
    return osm.read(file, osm_town.box())


def _of(ground, layer, osm_id):
    frame = ground.layers[layer]
    return frame[frame["osm_id"] == osm_id]


def test_every_layer_is_in_utm_48_and_says_where_it_comes_from(ground):
    assert {frame.crs.to_string() for frame in ground.layers.values()} == {"EPSG:32648"}
    assert ground.about["attribution"] == "© OpenStreetMap contributors, ODbL"
    assert ground.about["source_file"] == "town.osm.pbf"


def test_coordinates_are_right_to_the_decimetre(ground):
    road = _of(ground, "streets", "way/101").geometry.iloc[0]
    expected = np.array([(osm_town.EAST_M + east, osm_town.NORTH_M) for east in (0, 100, 200)])
    assert shapely.get_coordinates(road) == pytest.approx(expected, abs=0.05)


def test_a_thing_lies_in_the_layer_of_its_tags(ground):
    assert set(ground.layers["footways"]["osm_id"]) == {"way/102", "way/103", "way/104", "way/114"}
    assert ground.layers["steps"][["step_count", "handrail"]].to_numpy().tolist() == [["12", "no"]]
    assert ground.layers["crossings"]["osm_id"].tolist() == ["node/2"]
    assert ground.layers["kerbs"][["kerb", "kerb_high_mm"]].to_numpy().tolist() == [
        ["lowered", 30.0],
        ["raised", float("inf")],
    ]
    assert ground.layers["buildings"][["building", "levels"]].to_numpy().tolist() == [["school", "2"]]
    assert dict(ground.layers["places"][["osm_id", "category"]].to_numpy()) == {
        "node/51": "bus_stop",
        "way/106": "school",
    }


def test_thai_and_english_names_are_told_apart(ground):
    road = _of(ground, "streets", "way/101").iloc[0]
    assert (road["name_th"], road["name_en"]) == ("ถนนทดสอบ", "Test Road")
    school = _of(ground, "places", "way/106").iloc[0]
    assert (school["name_th"], school["name_en"]) == ("", "Test School")
    lake = ground.layers["water"].iloc[0]
    assert (lake["name_th"], lake["name_en"]) == ("บึงทดสอบ", "")


def test_a_lake_keeps_its_island(ground):
    lake = ground.layers["water"].geometry.iloc[0]
    assert lake.area == pytest.approx(80 * 70 - 20 * 20, rel=1e-4)


def test_no_line_is_drawn_across_missing_nodes(ground):
    parts = _of(ground, "streets", "way/110")
    assert sorted(parts.length.round(1)) == [50.0, 50.0]
    assert ground.about["ways_with_missing_nodes"] == "2"


def test_a_part_of_a_cut_way_outside_the_box_is_left_out(file):
    west = osm.read(file, osm_town.box(-100, -100, 90, 300))
    assert _of(west, "streets", "way/110").length.round(1).tolist() == [50.0]
    assert (west.layers["walk_edges"]["osm_id"] == "way/110").sum() == 1


def test_an_area_that_cannot_be_closed_is_left_out_and_counted(ground):
    assert ground.layers["parks"].empty
    assert ground.about["areas_left_out"] == "2"


def test_what_lies_far_off_is_left_out(ground):
    assert _of(ground, "streets", "way/109").empty


def test_a_way_that_crosses_the_box_without_a_node_in_it_is_kept(file):
    small = osm.read(file, osm_town.box(40, -5, 60, 5))
    assert small.layers["streets"]["osm_id"].tolist() == ["way/101"]
    assert small.layers["footways"].empty


def test_xml_says_the_same_as_pbf(ground, tmp_path):
    other = osm.read(osm_town.write(tmp_path / "town.osm"), osm_town.box())
    for name, frame in ground.layers.items():
        pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(other.layers[name]))


def test_the_base_is_one_geopackage_with_attribution_in_every_layer(file, ground, tmp_path):
    osm.write_base(file, tmp_path / "base", osm_town.box())
    assert [path.name for path in (tmp_path / "base").iterdir()] == ["base.gpkg"]
    written = pyogrio.list_layers(base_file.path(tmp_path / "base"))
    assert {name for name, _ in written} == {*ground.layers, "about"}
    described = pyogrio.read_dataframe(
        base_file.path(tmp_path / "base"),
        sql="SELECT description FROM gpkg_contents WHERE data_type = 'features'",
        sql_dialect="SQLITE",
    )
    assert set(described["description"]) == {base_file.ATTRIBUTION}


def test_what_is_written_is_what_is_read(file, ground, tmp_path):
    osm.write_base(file, tmp_path, osm_town.box())
    assert base_file.about(tmp_path) == ground.about
    for name, frame in ground.layers.items():
        back = base_file.read(tmp_path, name)
        assert back.crs == frame.crs
        assert back.drop(columns="geometry").astype(str).to_numpy().tolist() == (
            frame.drop(columns="geometry").astype(str).to_numpy().tolist()
        )
        assert shapely.equals_exact(back.geometry.to_numpy(), frame.geometry.to_numpy(), 1e-6).all()


def test_a_second_run_replaces_the_base(file, tmp_path):
    osm.write_base(file, tmp_path, osm_town.box())
    osm.write_base(file, tmp_path, osm_town.box(40, -5, 60, 5))
    assert len(base_file.read(tmp_path, "footways")) == 0
    assert len(base_file.read(tmp_path, "streets")) == 1


def test_a_failed_run_leaves_the_old_base_as_it_was(file, tmp_path):
    osm.write_base(file, tmp_path, osm_town.box())
    before = base_file.path(tmp_path).read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(file.read_bytes()[:-50])
    with pytest.raises(errors.LayerError, match=r"cut\.osm\.pbf: cannot be read to its end"):
        osm.write_base(cut, tmp_path, osm_town.box())
    assert base_file.path(tmp_path).read_bytes() == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("text.osm.pbf", b"this is text, not a map\n" * 50, "not of OpenStreetMap; download it again"),
        ("page.osm", b"<html><body>Not found</body></html>", "Unknown top-level element: html"),
        ("empty.osm.pbf", b"", "the file is empty"),
        ("roads.shp", b"1234", r"not a file of OpenStreetMap by its name; accepted: \.osm\.pbf"),
    ],
)
def test_a_foreign_file_is_refused_in_one_sentence(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(errors.LayerError, match=said):
        osm.read(tmp_path / name, osm_town.box())


def test_a_missing_file_is_said_by_its_name(tmp_path):
    with pytest.raises(errors.LayerError, match=r"none\.osm\.pbf: there is no such file"):
        osm.read(tmp_path / "none.osm.pbf", osm_town.box())


def test_a_box_with_nothing_in_it_is_said(file):
    with pytest.raises(errors.LayerError, match="no street or footway lies in the box"):
        osm.read(file, osm_town.box(3_000, 3_000, 3_500, 3_500))


@pytest.mark.parametrize("edges", [(300, 0, 0, 300), (0, 0, 0, 0), (float("nan"), 0, 300, 300)])
def test_an_empty_box_is_refused(file, edges):
    west, south, east, north = edges
    box = osm_town.positions.Box(102 + west / 1e5, 16 + south / 1e5, 102 + east / 1e5, 16 + north / 1e5)
    with pytest.raises(errors.LayerError, match="is empty or not on the earth"):
        osm.read(file, box)


def test_the_box_of_the_city_holds_its_outline_with_two_kilometres_around_it():
    box = osm.city_box()
    bare = osm.city_box(margin_m=0)
    assert bare.south - box.south == pytest.approx(2_000 / 110_650, abs=5e-4)
    assert box.east - bare.east == pytest.approx(2_000 / 106_700, abs=5e-4)


def test_another_town_wants_the_map_of_its_own_box():
    there = osm_town.positions.Box(98.9, 18.7, 99.1, 18.9)
    assert osm.town_box(there) == there
    assert osm.town_box(osm_town.positions.KHON_KAEN_SURROUNDINGS) == osm.town_box(None) == osm.city_box()


def test_a_base_that_is_not_there_says_how_to_make_one(tmp_path):
    with pytest.raises(errors.LayerError, match=r"there is no base map; make one with: python -m layers base"):
        base_file.read(tmp_path, "streets")


def test_a_base_that_is_no_geopackage_is_said(tmp_path):
    base_file.path(tmp_path).write_text("text")
    with pytest.raises(errors.LayerError, match="layer streets cannot be read; make the base map again"):
        base_file.read(tmp_path, "streets")


def test_a_layer_that_is_not_there_is_said(file, tmp_path):
    osm.write_base(file, tmp_path, osm_town.box())
    with pytest.raises(errors.LayerError, match="layer trees cannot be read"):
        base_file.read(tmp_path, "trees")


def test_a_folder_that_is_a_file_is_refused(file, tmp_path):
    (tmp_path / "base").write_text("a file")
    with pytest.raises(errors.LayerError, match="the base map could not be written"):
        osm.write_base(file, tmp_path / "base", osm_town.box())


def test_the_reader_says_how_far_it_is(file, monkeypatch):
    told = []
    monkeypatch.setattr(osm, "_STEP", 5)
    osm.read(file, osm_town.box(), progress=lambda looked, kept: told.append((looked, kept)))
    assert [looked for looked, _ in told] == list(range(5, 5 * len(told) + 1, 5))
    assert [kept for _, kept in told] == sorted(kept for _, kept in told)
