"""Distances on the ellipsoid and in metres, and what stands within one."""

import geopandas as gpd
import pytest

from layers import distance

LONGITUDE, LATITUDE = 102.82, 16.43
METRE_NORTH = 1 / distance.metres_east_north(0.0, 1.0, LATITUDE)[1]
METRE_EAST = 1 / distance.metres_east_north(1.0, 0.0, LATITUDE)[0]


@pytest.fixture
def three():
    points = gpd.points_from_xy([102.83, 102.83, 102.84], [16.43, 16.4302, 16.43])
    return gpd.GeoDataFrame({"code": ["A", "B", "C"], "zone": [1, 2, 2]}, geometry=points, crs="EPSG:4326")


def test_the_nearest_sites_come_nearest_first_with_their_distance(three):
    found = distance.nearest(three, 102.8401, 16.43, 2)
    assert found["code"].tolist() == ["C", "A"]
    assert found["distance_m"].tolist() == pytest.approx([10.68, 1078.9], rel=0.01)


def test_one_minute_of_latitude_is_one_nautical_mile_nearly(three):
    assert distance.nearest(three, 102.83, 16.43 + 1 / 60, 3)["distance_m"].max() == pytest.approx(2130, rel=0.01)
    alone = distance.nearest(three[three["code"] == "A"], 102.83, 16.43 + 1 / 60, 1)
    assert alone["distance_m"].iloc[0] == pytest.approx(1844.4, abs=0.5)


def test_a_distance_between_two_places_of_a_city_is_that_of_the_geodesic(three):
    far = distance.nearest(three, 102.7, 16.3, 3)
    for place, metres in zip(far.geometry, far["distance_m"], strict=True):
        assert distance.metres_between(102.7, 16.3, place.x, place.y) == pytest.approx(metres, rel=1e-5)


def test_asking_for_more_than_there_are_returns_all(three):
    assert len(distance.nearest(three, 102.8, 16.4, 99)) == 3


def test_nothing_is_nearest_to_no_sites(three):
    assert distance.nearest(three.iloc[:0], 102.8, 16.4, 3).empty


@pytest.mark.parametrize(("east_m", "north_m", "found"), [(0.0, 0.0, True), (0.6, 0.7, True), (0.8, 0.8, False)])
def test_only_what_is_near_enough_is_found_in_every_direction(east_m: float, north_m: float, found: bool) -> None:
    for east, north in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        near = distance.Nearness(102.7, 16.3, 1.0)
        near.add("A", LONGITUDE + east * east_m * METRE_EAST, LATITUDE + north * north_m * METRE_NORTH)
        assert (near.within(LONGITUDE, LATITUDE) == "A") is found


def test_the_nearest_is_found_first() -> None:
    near = distance.Nearness(102.7, 16.3, 10.0)
    near.add("far", LONGITUDE, LATITUDE + 19 * METRE_NORTH)
    near.add("near", LONGITUDE, LATITUDE + 4 * METRE_NORTH)
    assert near.within(LONGITUDE, LATITUDE + 10 * METRE_NORTH) == "near"


def test_many_places_on_one_spot_cost_no_more_than_one() -> None:
    near = distance.Nearness(102.7, 16.3, 1.0)
    for number in range(20_000):
        near.add(str(number), LONGITUDE, LATITUDE)
    assert near.within(LONGITUDE, LATITUDE) == "0"
