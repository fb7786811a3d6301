"""Where sites are, measured on the ellipsoid and in metres."""

import geopandas as gpd
import pytest

from layers import sites


@pytest.fixture
def three():
    points = gpd.points_from_xy([102.83, 102.83, 102.84], [16.43, 16.4302, 16.43])
    return gpd.GeoDataFrame({"code": ["A", "B", "C"], "zone": [1, 2, 2]}, geometry=points, crs="EPSG:4326")


def test_the_nearest_sites_come_nearest_first_with_their_distance(three):
    found = sites.nearest(three, 102.8401, 16.43, 2)
    assert found["code"].tolist() == ["C", "A"]
    assert found["distance_m"].tolist() == pytest.approx([10.68, 1078.9], rel=0.01)


def test_one_minute_of_latitude_is_one_nautical_mile_nearly(three):
    assert sites.nearest(three, 102.83, 16.43 + 1 / 60, 3)["distance_m"].max() == pytest.approx(2130, rel=0.01)
    alone = sites.nearest(three[three["code"] == "A"], 102.83, 16.43 + 1 / 60, 1)
    assert alone["distance_m"].iloc[0] == pytest.approx(1844.4, abs=0.5)


def test_asking_for_more_than_there_are_returns_all(three):
    assert len(sites.nearest(three, 102.8, 16.4, 99)) == 3


def test_nothing_is_nearest_to_no_sites(three):
    assert sites.nearest(three.iloc[:0], 102.8, 16.4, 3).empty


def test_a_pair_too_close_is_returned_once(three):
    pairs = sites.duplicates_within(three, 40)
    assert pairs[["code", "other_code"]].to_numpy().tolist() == [["A", "B"]]
    assert pairs["distance_m"].iloc[0] == pytest.approx(22.1, abs=0.1)


def test_no_pair_is_closer_than_itself(three):
    assert sites.duplicates_within(three, 20).empty
