"""Days of visits hold every site once, keep to their hours, and do not depend on the order of the table."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from audits.book import routes
from layers import sources

ROUNDING = 1e-6
minutes = st.floats(0, 500, allow_nan=False)
spots = st.tuples(st.floats(102.78, 102.88), st.floats(16.38, 16.48))
towns = st.lists(st.tuples(st.one_of(st.none(), spots), minutes), max_size=25)


def table(town):
    codes = [f"KK-{number:03d}" for number in range(1, len(town) + 1)]
    points = [None if spot is None else shapely.Point(spot) for spot, _ in town]
    sites = gpd.GeoDataFrame(geometry=gpd.GeoSeries(points, index=codes, crs="EPSG:4326"))
    return sites, dict(zip(codes, (each for _, each in town), strict=True))


def in_a_row(*metres):
    """Return sites on a line of the grid, so many metres from its beginning."""
    points = gpd.GeoSeries([shapely.Point(268_000 + east, 1_817_000) for east in metres], crs="EPSG:32648")
    return gpd.GeoDataFrame(geometry=points.set_axis([f"KK-{number:03d}" for number in range(1, len(metres) + 1)]))


@pytest.fixture(scope="module")
def register():
    return sources.starter_sites().set_index("code")


@given(towns, st.booleans())
def test_every_site_is_visited_once_or_told_to_be_without_a_position(town, walking):
    sites, minutes_at = table(town)
    found = routes.day_routes(sites, minutes_at=minutes_at, walking=walking)
    visited = [code for day in found.days for code in day.codes]
    assert sorted([*visited, *found.without_position]) == sorted(sites.index)
    assert set(found.without_position) == {code for code, point in sites.geometry.items() if point is None}
    assert [day.number for day in found.days] == list(range(1, len(found.days) + 1))


@given(towns, st.booleans(), st.floats(30, 600))
def test_no_day_is_over_its_hours_unless_one_site_alone_is(town, walking, day_minutes):
    sites, minutes_at = table(town)
    for day in routes.day_routes(sites, minutes_at=minutes_at, day_minutes=day_minutes, walking=walking).days:
        if len(day.codes) > 1:
            assert day.minutes <= day_minutes + ROUNDING
            assert not walking or day.distance_m <= routes.LONGEST_WALK_M + ROUNDING
        else:
            assert day.distance_m == 0


@given(towns, st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_the_table_does_not_matter(town, chance, walking):
    sites, minutes_at = table(town)
    shuffled = sites.iloc[chance.sample(range(len(sites)), len(sites))]
    one, other = (routes.day_routes(each, minutes_at=minutes_at, walking=walking) for each in (sites, shuffled))
    assert one == other


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000)), min_size=1, max_size=14), st.data())
def test_two_opt_never_makes_a_path_longer_and_loses_nothing(places, data):
    apart = np.array(places)[:, None, :] - np.array(places)[None, :, :]
    distances = np.hypot(apart[..., 0], apart[..., 1])
    order = data.draw(st.permutations(range(len(places))))
    better = routes.two_opt(order, distances)
    assert sorted(better) == sorted(order)
    assert routes.length_m(better, distances) <= routes.length_m(order, distances) + ROUNDING


def test_two_opt_undoes_a_crossing():
    east = np.array([0.0, 100.0, 200.0, 300.0])
    assert routes.two_opt((0, 2, 1, 3), np.abs(east[:, None] - east[None, :])) == (0, 1, 2, 3)


def test_a_path_starts_at_the_outermost_place():
    east = np.array([0.0, 10.0, 20.0, 90.0])
    assert routes.nearest_first(np.abs(east[:, None] - east[None, :])) == (3, 2, 1, 0)


def test_a_day_by_car_adds_the_way_and_the_parking():
    found = routes.day_routes(in_a_row(0, 1000, 3000), minutes_at={"KK-001": 10, "KK-002": 20, "KK-003": 30})
    (day,) = found.days
    assert day.distance_m == pytest.approx(3000 * 1.3, rel=1e-6)
    assert day.minutes == pytest.approx(60 + 3 * 5 + 3.9 / 20 * 60)


def test_a_day_on_foot_adds_the_way_alone():
    found = routes.day_routes(in_a_row(0, 1000), minutes_at={"KK-001": 10, "KK-002": 20}, walking=True)
    (day,) = found.days
    assert day.minutes == pytest.approx(30 + 1.3 / 4 * 60)


def test_a_walk_is_cut_where_it_would_be_too_long():
    minutes_at = dict.fromkeys(["KK-001", "KK-002", "KK-003", "KK-004"], 10)
    apart = in_a_row(0, 200, 3400, 3600)
    on_foot = routes.day_routes(apart, minutes_at=minutes_at, walking=True)
    assert [set(day.codes) for day in on_foot.days] in (
        [{"KK-001", "KK-002"}, {"KK-003", "KK-004"}],
        [{"KK-003", "KK-004"}, {"KK-001", "KK-002"}],
    )
    assert len(routes.day_routes(apart, minutes_at=minutes_at).days) == 1


def test_a_site_longer_than_a_day_has_a_day_of_its_own():
    found = routes.day_routes(in_a_row(0, 10), minutes_at={"KK-001": 900, "KK-002": 10})
    assert sorted(day.codes for day in found.days) == [("KK-001",), ("KK-002",)]


def test_the_days_of_the_register_are_few_and_short(register):
    found = routes.day_routes(register, minutes_at=dict.fromkeys(register.index, 35.0))
    least = np.ceil(len(register) * 40 / 360)
    assert len(found.days) <= least + 3
    apart = sum(day.distance_m for day in found.days) / len(register)
    assert apart < 500


def test_no_sites_make_no_days(register):
    assert routes.day_routes(register.head(0), minutes_at={}) == routes.Routes((), ())


@pytest.mark.parametrize("wrong", [{}, {"KK-001": -1.0}, {"KK-001": float("nan")}])
def test_minutes_missing_or_senseless_are_refused_by_code(wrong):
    with pytest.raises(ValueError, match="KK-001"):
        routes.day_routes(in_a_row(0), minutes_at=wrong)


def test_a_code_that_stands_twice_is_refused():
    twice = in_a_row(0, 5).rename(index={"KK-002": "KK-001"})
    with pytest.raises(ValueError, match="KK-001"):
        routes.day_routes(twice, minutes_at={"KK-001": 1.0})
