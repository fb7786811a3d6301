"""The data files are read whole, typed and in WGS 84."""

import shutil

import pytest

from layers import errors, schema, sources


@pytest.mark.parametrize("read", [sources.places, sources.street_axes, sources.outline, sources.starter_sites])
def test_every_layer_is_in_wgs84_around_khon_kaen(read):
    layer = read()
    assert layer.crs == "EPSG:4326"
    west, south, east, north = layer.total_bounds
    assert 102.7 < west < east < 102.95
    assert 16.35 < south < north < 16.52


def test_there_are_65_places_of_which_58_inside():
    places = sources.places()
    assert len(places) == 65
    assert places["inside_municipality"].sum() == 58


def test_the_streets_are_eleven_lines():
    axes = sources.street_axes()
    assert axes["name_en"].nunique() == 11
    assert set(axes.geom_type) == {"LineString"}
    assert axes.to_crs("EPSG:32648").length.min() > 500


def test_the_outline_is_one_valid_polygon():
    polygon = sources.outline().geometry.iloc[0]
    assert polygon.is_valid
    assert polygon.geom_type == "Polygon"


def test_the_95_communities_lie_in_four_zones():
    communities = schema.read("places/communities.csv")
    assert communities["zone"].value_counts().sort_index().tolist() == [17, 28, 31, 19]


def test_men_and_women_add_up_to_the_residents_of_each_year():
    population = schema.read("places/population.csv")
    assert (population["male"] + population["female"] == population["residents"]).all()


def test_a_missing_file_is_said_by_its_name(tmp_path):
    with pytest.raises(errors.LayerError, match=r"places/places\.csv: cannot be read"):
        sources.places(tmp_path)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "places").mkdir()
    text = (sources.DATA / "places" / "communities.csv").read_text(encoding="utf-8")
    (tmp_path / "places" / "communities.csv").write_bytes(text.encode("cp874"))
    with pytest.raises(errors.LayerError, match="UTF-8"):
        schema.read("places/communities.csv", tmp_path)


def test_a_street_of_one_vertex_is_refused(tmp_path):
    shutil.copytree(sources.DATA / "places", tmp_path / "places")
    path = tmp_path / "places" / "street_axes.csv"
    path.write_text(path.read_text(encoding="utf-8") + "ถนนสั้น,Short Rd,1,1,16.43,102.83\n", encoding="utf-8")
    with pytest.raises(errors.LayerError, match="fewer than two vertices: Short Rd part 1"):
        sources.street_axes(tmp_path)
