"""Whatever is measured in metres is measured in the zone of its own town."""

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from layers import osm, osm_network, positions, utm

TOWNS = {
    "Khon Kaen": (102.83, 16.43, "48N"),
    "Chiang Mai": (98.98, 18.79, "47N"),
    "Phuket": (98.39, 7.88, "47N"),
    "Paris": (2.35, 48.86, "31N"),
    "Quito": (-78.47, -0.18, "17S"),
    "Sydney": (151.21, -33.87, "56S"),
    "at the edge of a zone": (102.001, 16.0, "48N"),
    "Suva": (178.44, -18.14, "60S"),
}
GEOD = pyproj.Geod(ellps="WGS84")


@pytest.mark.parametrize(("longitude", "latitude", "zone"), TOWNS.values(), ids=TOWNS)
def test_a_way_in_any_town_is_as_long_as_on_the_ellipsoid(longitude, latitude, zone):
    random = np.random.default_rng(0)
    steps = np.array([longitude, latitude]) + random.uniform(-0.02, 0.02, (60, 2))
    way = osm_network.Run("way/1", {"highway": "footway"}, tuple(range(60)), tuple(map(tuple, steps)))
    box = positions.Box(longitude - 0.02, latitude - 0.02, longitude + 0.02, latitude + 0.02)
    _, edges = osm_network.cut([way], {}, box.metres)
    assert edges["length_m"].sum() == pytest.approx(GEOD.line_length(*steps.T), rel=0.001)
    assert utm.name(str(edges.crs)) == zone == utm.name(utm.crs_of(edges.to_crs(4326)))


def test_a_footway_of_paris_is_read_at_its_length(tmp_path):
    file = tmp_path / "paris.osm"
    file.write_text(
        '<osm version="0.6"><node id="1" version="1" lat="48.86" lon="2.35"/>'
        '<node id="2" version="1" lat="48.86" lon="2.3636"/>'
        '<way id="9" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="footway"/></way></osm>'
    )
    edges = osm.read(file, positions.Box(2.34, 48.85, 2.37, 48.87)).layers["walk_edges"]
    assert edges["length_m"].sum() == pytest.approx(998, abs=1)


def test_one_stray_position_does_not_move_the_zone():
    points = [shapely.Point(98.98, 18.79)] * 3 + [shapely.Point(-40, 10), shapely.Point(), None]
    assert utm.crs_of(gpd.GeoSeries(points, crs=4326)) == "EPSG:32647"


def test_what_lies_on_another_continent_has_no_metres_here():
    places = gpd.GeoDataFrame(geometry=[shapely.Point(2.35, 48.86), shapely.Point(102.83, 16.43)], crs=4326)
    assert list(utm.measured(places, "EPSG:32631").index) == [0]


def test_figures_in_the_zone_of_the_box_are_read():
    box = positions.Box(2.2, 48.8, 2.5, 48.9)
    east, north = utm.projected(np.array([[2.35, 48.86]]), "EPSG:32631")[0]
    found = positions.read_columns(np.array([east]), np.array([north]), box)
    assert found.system == ("EPSG:32631",)
    assert found.longitude[0] == pytest.approx(2.35, abs=1e-6)
