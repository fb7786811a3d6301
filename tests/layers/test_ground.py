"""Maps stand on the base map as soon as there is one, and take of it only what is near."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers import base_file, ground, osm, positions, web_ground, web_map
from tests.layers import osm_town, small_networks

E, N = osm_town.EAST_M, osm_town.NORTH_M


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    osm.write_base(osm_town.write(folder / "town.osm.pbf"), folder / "work", osm_town.box())
    return folder / "work"


@pytest.fixture(scope="module")
def mapped(workspace):
    return ground.of(workspace)


def _size(**changes):
    whole = {"within_m": 1_000.0, "street_vertices": 1_000, "area_vertices": 1_000, "tolerance_m": 0.0}
    return ground.Size(**(whole | changes))


def _near(mapped, *places, **changes):
    return ground.near(mapped, small_networks.at(*places), _size(**changes))


def test_without_a_base_map_the_ground_is_the_coarse_one(tmp_path):
    coarse = ground.of(tmp_path)
    assert not coarse.mapped
    assert not ground.of(None).mapped
    assert set(coarse.streets["highway"]) == {""}
    assert ground.near(coarse, small_networks.at((0, 0)), _size()) is coarse
    assert ground.changed_at(tmp_path) == 0


def test_with_one_it_has_streets_footways_steps_and_areas(mapped):
    assert mapped.mapped
    assert {"trunk", "footway", "steps", "residential"} <= set(mapped.streets["highway"])
    assert (len(mapped.buildings), len(mapped.water), len(mapped.parks)) == (1, 1, 0)


def test_the_demonstration_stands_on_the_ground_around_it(workspace):
    assert ground.of(workspace / base_file.DEMONSTRATION).mapped
    assert not ground.of(workspace / "other").mapped
    assert ground.changed_at(workspace / base_file.DEMONSTRATION) == ground.changed_at(workspace) > 0


def test_main_streets_stay_and_lesser_ones_only_near_a_site(mapped):
    far = _near(mapped, (5_000, 5_000))
    assert {"trunk"} <= set(far.streets["highway"]) <= ground.EVERYWHERE
    assert far.buildings.empty
    assert "steps" in set(_near(mapped, (200, -30), within_m=20.0).streets["highway"])


def test_no_more_is_kept_than_there_is_room_for_the_nearest_first(mapped):
    squares = [shapely.box(E + 100 * n, N, E + 100 * n + 10, N + 10) for n in range(10)]
    many = gpd.GeoDataFrame({"name_th": [""] * 10}, geometry=squares, crs="EPSG:32648")
    nothing = mapped.water.iloc[:0]
    crowded = ground.Ground(mapped.streets, mapped.outline, mapped.places, many, nothing, nothing, True)
    kept = _near(crowded, (400, 5), area_vertices=16)
    assert kept.buildings.index.tolist() == [3, 4, 5]


def test_without_any_site_nothing_is_near(mapped):
    points = gpd.GeoSeries([None], crs="EPSG:32648")
    assert ground.near(mapped, points, _size()).streets.empty


def test_a_place_of_the_base_map_is_not_counted_beside_the_same_known_place(tmp_path):
    known = ground.destinations(tmp_path)
    bus = known[known["category"] == "bus_terminal"].iloc[0]
    beside = gpd.GeoDataFrame(
        {"name_th": [""] * 3, "name_en": [""] * 3, "category": ["bus_terminal", "bus_terminal", "library"]},
        geometry=[shapely.Point(bus.geometry.x + off, bus.geometry.y) for off in (100, 5_000, 100)],
        crs="EPSG:32648",
    )
    base_file.write({"places": beside}, {"places": "Point"}, {}, tmp_path)
    assert ground.destinations(tmp_path)["category"].tolist()[len(known) :] == ["bus_terminal", "library"]


def test_the_web_map_draws_each_class_of_things_as_one_shape(mapped):
    parts = web_ground.streets(mapped.streets, "#85847a")
    assert [len(shapely.get_parts(shape)) > 0 for shape, _ in parts] == [True, True, True]
    assert len(web_ground.area("buildings", mapped.buildings)) == 1
    assert web_ground.area("parks", mapped.parks) == []
    assert np.allclose(parts[0][0].bounds, osm_town.degrees(100, 0) * 2, atol=0.01)


def test_main_streets_are_named_first_then_the_longest_and_no_others(mapped):
    named = [text for _, text in web_ground.names(mapped.streets, "name_en")]
    assert named == ["Test Road", "Cut Lane"]
    lines = [shapely.LineString([(E, N + n), (E + 100 + n, N + n)]) for n in range(web_ground.MOST_NAMES + 5)]
    texts = [f"S{n}" for n in range(len(lines))]
    columns = {
        "name_th": [""] * len(texts),
        "name_en": texts,
        "highway": ["trunk", *["residential"] * (len(texts) - 1)],
    }
    many = gpd.GeoDataFrame(columns, geometry=lines, crs="EPSG:32648")
    assert [text for _, text in web_ground.names(many, "name_th")] == ["S0", *texts[:5:-1]]


def test_the_coarse_ground_names_streets_again_along_their_way(tmp_path):
    coarse = ground.of(tmp_path)
    named = [text for _, text in web_ground.names(coarse.streets, "name_th")]
    again = list(web_ground.repeated_names(coarse.streets, "name_th"))
    assert set(named) >= {text for _, text in again}
    assert len(named) < len(again) <= web_ground.MOST_REPEATED
    assert all(102 < point.x < 104 for point, _ in again)


def test_landmarks_come_before_lesser_streets_and_repeated_names_last(mapped):
    kinds = [kind for kind, _, _ in web_ground.labels(mapped, "name_th")]
    assert kinds[0] == "street"
    assert kinds.index("place") < kinds.index("area")
    assert [text for kind, _, text in web_ground.labels(mapped, "name_th") if kind == "area"] == ["บึงทดสอบ"]
    first = next(text for kind, _, text in web_ground.labels(mapped, "name_en") if kind == "place")
    assert mapped.places.set_index("name_en")["category"][first] == "bus_terminal"


def _one_site():
    columns = {"code": "A", "label": "A", "colour": "#a4001d", "shape": "square", "glyph": "✕", "hollow": False}
    place = shapely.Point(*osm_town.degrees(0, 0))
    return gpd.GeoDataFrame({name: [value] for name, value in columns.items()}, geometry=[place], crs="EPSG:4326")


def _drawn(mapped, *shades):
    words = web_map.MapWords("en", "t", "+", "-", "N", "© OpenStreetMap contributors", "s", "p", "l")
    return web_map.city_map(_one_site(), mapped, words, shades=shades)


def test_an_area_is_drawn_under_the_sites_and_seen_whole(mapped):
    area = shapely.box(*osm_town.degrees(-900, -900), *osm_town.degrees(900, 900))
    dashed = web_ground.Shade("on_foot", area, "#595959", 0.1, True)
    empty = web_ground.Shade("step_free", shapely.Polygon(), "#00468b", 0.3, False)
    city = _drawn(mapped, dashed, empty)
    names = [child.layer_name for child in city._children.values() if hasattr(child, "layer_name")]
    assert names == ["water", "buildings", "outline", "streets", "labels", "on_foot", "step_free", "sites"]
    style = dashed.parts()[0][1]
    assert (style["dashArray"], style["fillOpacity"]) == ("6 5", 0.1)
    assert empty.parts() == []
    west, south, east, north = area.bounds
    fitted = next(child.bounds for child in city._children.values() if type(child).__name__ == "FitBounds")
    assert np.allclose(fitted, [[south, west], [north, east]])


def test_another_town_is_drawn_on_nothing_rather_than_on_the_streets_of_the_starter_town(tmp_path):
    elsewhere = ground.of(None, positions.Box(98.9, 18.7, 99.1, 18.9))
    assert (len(elsewhere.streets), len(elsewhere.places), len(elsewhere.outline)) == (0, 0, 0)
    assert ground.destinations(tmp_path, positions.Box(98.9, 18.7, 99.1, 18.9)).empty
    here, all_of_it = ground.of(None, positions.KHON_KAEN_SURROUNDINGS), ground.of(None)
    assert (len(here.streets), len(here.places)) == (len(all_of_it.streets), len(all_of_it.places))
