"""What a base map reports is shown apart from what was audited."""

from layers import osm, reported, sources
from tests.layers import osm_town


def test_kerbs_and_footways_with_tags_are_reported_and_the_others_are_not(tmp_path):
    osm.write_base(osm_town.write(tmp_path / "town.osm.pbf"), tmp_path, osm_town.box())
    found = reported.read(tmp_path)
    kerbs = found.loc[found["kind"] == "kerbs", "tags"]
    assert sorted(kerbs) == ["kerb=lowered; tactile_paving=yes", "kerb=raised"]
    # Two pavements have figures; the crossing and the path to the road have none.
    assert list(found.loc[found["kind"] == "footways", "tags"]) == ["surface=concrete; width_m=1.5; incline_pct=2"] * 2


def test_reported_things_are_drawn_dashed_in_degrees(tmp_path):
    osm.write_base(osm_town.write(tmp_path / "town.osm.pbf"), tmp_path, osm_town.box())
    shades = reported.shades(reported.read(tmp_path))
    assert [(shade.name, shade.dashed) for shade in shades] == [("kerbs", True), ("footways", True)]
    box = osm_town.box()
    assert all(box.west < shade.area.centroid.x < box.east for shade in shades)


def test_without_a_base_map_nothing_is_reported(tmp_path):
    found = reported.read(tmp_path)
    assert found.empty and found.crs == sources.WGS84
    assert reported.shades(found) == ()
