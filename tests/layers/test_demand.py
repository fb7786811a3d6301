"""People stand where they live, nobody is lost, and where nothing is known that is said."""

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers import demand, errors, site_access
from tests.layers import small_networks

E, N = small_networks.EAST_M, small_networks.NORTH_M


def _squares(*squares, **columns):
    """Return squares, each given by its middle and its side in metres."""
    shapes = [
        shapely.box(E + e - side / 2, N + n - side / 2, E + e + side / 2, N + n + side / 2) for e, n, side in squares
    ]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:32648")


def _area(west, south, east, north):
    return shapely.box(E + west, N + south, E + east, N + north)


def _people(shapes, residents):
    return gpd.GeoDataFrame({"residents": residents}, geometry=shapes, crs="EPSG:32648")


def test_residents_go_to_buildings_by_floor_area():
    homes = _squares((0, 20, 10), (100, 20, 10), (400, 20, 10), levels=["1", "3", ""])
    given = demand.residents(small_networks.street(), _people([_area(-50, 0, 150, 50)], [100]), homes)
    assert given.weights.tolist() == pytest.approx([25, 75, 0, 0, 0])
    assert (given.equal, given.total) == (False, pytest.approx(100))


def test_a_school_takes_residents_only_where_there_is_no_home():
    homes = _squares((0, 20, 10), (100, 20, 10), building=["school", "house"])
    both = demand.residents(small_networks.street(), _people([_area(-50, 0, 150, 50)], [100]), homes)
    alone = demand.residents(small_networks.street(), _people([_area(-50, 0, 50, 50)], [100]), homes)
    assert both.weights.tolist() == pytest.approx([0, 100, 0, 0, 0])
    assert alone.weights.tolist() == pytest.approx([100, 0, 0, 0, 0])


def test_an_area_without_buildings_spreads_along_its_ways():
    given = demand.residents(small_networks.street(), _people([_area(-10, -50, 210, 50)], [80]))
    assert given.weights.tolist() == pytest.approx([20, 40, 20, 0, 0])


def test_an_area_without_buildings_and_ways_gives_to_the_nearest_node():
    given = demand.residents(small_networks.street(), _people([_area(280, 200, 330, 250)], [7]))
    assert given.weights.tolist() == [0, 0, 0, 7, 0]


def test_residents_as_points_go_to_the_nearest_node_in_any_coordinates():
    people = _people([shapely.Point(E + 90, N), shapely.Point(E + 290, N + 9)], [3, 4]).to_crs("EPSG:4326")
    given = demand.residents(small_networks.street(), people)
    assert given.weights.tolist() == [0, 3, 0, 4, 0]


@pytest.mark.parametrize("seed", range(10))
def test_the_total_is_kept_whatever_the_map(seed):
    chance = np.random.default_rng(seed)
    ways, _ = small_networks.chance_network(seed)
    homes = _squares(
        *((*chance.uniform(0, 500, 2), 8) for _ in range(30)), levels=chance.choice(["", "2", "x", "-1"], 30)
    )
    corners = chance.uniform(-100, 450, (9, 2))
    areas = [_area(west, south, west + 120, south + 120) for west, south in corners]
    counts = chance.uniform(0, 900, 10)
    people = _people([*areas, shapely.Point(E, N)], counts)
    for buildings in (homes, None, homes.iloc[:0]):
        given = demand.residents(ways, people, buildings)
        assert given.total == pytest.approx(counts.sum(), rel=1e-12)
        assert (given.weights >= 0).all()


def test_without_population_every_home_counts_the_same_and_it_is_said():
    homes = _squares(
        (0, 20, 10), (10, 20, 50), (400, 20, 10), (400, 30, 10), building=["yes", "yes", "house", "school"]
    )
    given = demand.equal(small_networks.street(), homes)
    assert given.weights.tolist() == [2, 0, 0, 0, 1]
    assert given.equal
    assert "every building counts the same" in given.statement


def test_without_population_and_buildings_every_metre_counts_the_same_and_it_is_said():
    for buildings in (None, _squares()):
        given = demand.equal(small_networks.street(), buildings)
        assert given.weights.tolist() == [50, 100, 100, 100, 50]
        assert "every metre of way counts the same" in given.statement


def test_the_way_to_a_site_is_nobody_s_home():
    sites = small_networks.sites((130, 20), in_the_way=False)
    joined = site_access.join(small_networks.street(), sites, small_networks.verdicts(S0=True))
    weights = demand.equal(joined).weights
    assert weights[joined.sites.loc["S0", "node"]] == 0
    assert weights.sum() == pytest.approx(400)


def test_every_fault_of_the_population_is_said_at_once():
    shapes = [shapely.Point(E, N), None, shapely.LineString([(E, N), (E + 1, N)]), shapely.Point(E, N)]
    with pytest.raises(errors.LayerError) as refused:
        demand.residents(small_networks.street(), _people(shapes, [-1, 2, 3, math.inf]))
    for said in (
        "row 0: residents is missing, negative",
        "row 1: no shape",
        "row 2: LineString",
        "row 3: residents is not",
    ):
        assert said in str(refused.value)
    with pytest.raises(errors.LayerError, match="no column residents; it has people, geometry"):
        people = _people([shapely.Point(E, N)], [1]).rename(columns={"residents": "people"})
        demand.residents(small_networks.street(), people)
