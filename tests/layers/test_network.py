"""The walking network joins what can be walked, and says when it is coarse."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from scipy.sparse import csgraph

from layers import base_file, errors, network, osm, osm_network, reach, sources
from tests.layers import osm_town, small_networks


@pytest.fixture(scope="module", name="base")
def _base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    osm.write_base(osm_town.write(folder / "town.osm.pbf"), folder, osm_town.box())
    return folder


@pytest.fixture(scope="module", name="town")
def _town(base):
    return network.from_base(base)


def _node(ways, osm_id):
    return int(ways.nodes.index[ways.nodes["osm_id"] == osm_id][0])


def _parts(ways):
    lengths = reach.graph(len(ways.nodes), ways.ends, ways.length_m)
    return csgraph.connected_components(lengths, directed=False)


def test_ways_are_cut_where_they_meet_and_at_kerbs(town):
    cuts = {way: (town.edges["osm_id"] == f"way/{way}").sum() for way in (101, 102, 103, 104, 110)}
    assert cuts == {101: 2, 102: 2, 103: 2, 104: 2, 110: 2}


def test_motorways_private_ways_and_ways_out_of_the_box_are_not_walked(town):
    assert {"way/112", "way/113", "way/109"}.isdisjoint(town.edges["osm_id"])


def test_edges_keep_their_tags_and_nodes_theirs(town):
    pavement = town.edges[town.edges["osm_id"] == "way/102"].iloc[0]
    assert (pavement["kind"], pavement["surface"]) == ("footway", "concrete")
    assert (pavement["width_m"], pavement["incline_pct"]) == (1.5, 2.0)
    kerb = town.nodes.loc[_node(town, "node/12")]
    assert (kerb["kerb"], kerb["tactile_paving"], kerb["kerb_high_mm"]) == ("lowered", "yes", 30.0)
    assert set(town.edges["kind"]) == {"footway", "crossing", "steps", "road_side"}


def test_lengths_are_those_of_the_ground(town):
    steps = town.edges[town.edges["kind"] == "steps"]
    assert steps["length_m"].tolist() == pytest.approx([20.0], abs=0.05)
    assert town.length_m == pytest.approx(town.edges.length.to_numpy())


def test_every_edge_runs_from_its_start_to_its_end(town):
    for side, place in ((0, 0), (1, -1)):
        ends = shapely.get_point(town.edges.geometry.to_numpy(), place)
        assert (shapely.distance(ends, town.nodes.geometry.to_numpy()[town.ends[:, side]]) == 0).all()


def test_a_cut_way_stays_in_two_parts(town):
    parts, of = _parts(town)
    assert parts == 3
    assert of[_node(town, "node/61")] != of[_node(town, "node/65")]


def test_a_long_way_is_cut_at_its_own_vertices():
    places = tuple((102.83 + number * 0.0004, 16.43) for number in range(6))
    run = osm_network.Run("way/1", {"highway": "footway"}, (1, 2, 3, 4, 5, 6), places)
    nodes, edges = osm_network.cut([run], {}, "EPSG:32648")
    assert (len(nodes), len(edges)) == (4, 3)
    assert edges["length_m"].max() < osm_network.LONGEST_M
    whole = shapely.LineString(places)
    assert edges["length_m"].sum() == pytest.approx(
        gpd.GeoSeries([whole], crs="EPSG:4326").to_crs("EPSG:32648").length.iloc[0]
    )


def test_a_kerb_in_the_middle_of_a_way_cuts_it():
    places = tuple((102.83 + number * 0.0002, 16.43) for number in range(3))
    run = osm_network.Run("way/1", {"highway": "footway"}, (1, 2, 3), places)
    nodes, edges = osm_network.cut([run], {2: {"kerb": "lowered"}}, "EPSG:32648")
    assert len(edges) == 2
    assert nodes["kerb"].tolist() == ["", "lowered", ""]


def test_a_node_written_twice_in_a_row_makes_no_edge():
    run = osm_network.Run(
        "way/1", {"highway": "footway"}, (1, 1, 2), ((102.83, 16.43), (102.83, 16.43), (102.831, 16.43))
    )
    _, edges = osm_network.cut([run], {}, "EPSG:32648")
    assert len(edges) == 1


def test_pavements_tagged_side_by_side_are_read_as_one_word():
    tags = {"highway": "primary", "sidewalk:left": "yes", "sidewalk:right": "no", "width": "12"}
    run = osm_network.Run("way/1", tags, (1, 2), ((102.83, 16.43), (102.831, 16.43)))
    _, edges = osm_network.cut([run], {}, "EPSG:32648")
    assert edges["sidewalk"].tolist() == ["yes"]
    assert edges["width_m"].isna().all()


def test_edges_that_name_no_node_are_refused(base, tmp_path):
    layers = {name: base_file.read(base, name) for name in ("walk_nodes", "walk_edges")}
    layers["walk_edges"].loc[0, "end"] = 99
    base_file.write(layers, osm.SHAPES, {}, tmp_path)
    with pytest.raises(errors.LayerError, match="edges name nodes that are not there"):
        network.from_base(tmp_path)


def test_the_axes_of_main_streets_make_one_coarse_network_that_says_so():
    coarse = network.coarse(sources.street_axes())
    assert coarse.coarse
    assert coarse.statement.startswith("Coarse network")
    assert _parts(coarse)[0] == 1
    assert coarse.length_m.max() <= network.COARSE_STEP_M
    axes = sources.street_axes().to_crs("EPSG:32648").length.sum()
    assert coarse.length_m.sum() == pytest.approx(axes, rel=0.01)


def test_axes_are_joined_where_they_cross_or_nearly_meet():
    lines = [((0, 0), (300, 0)), ((100, -100), (100, 100)), ((200, 40), (200, 200)), ((200, 300), (300, 300))]
    shifted = [shapely.LineString([(e + 268_000, n + 1_817_000) for e, n in line]) for line in lines]
    frame = gpd.GeoDataFrame({"name_th": list("กขคง"), "name_en": list("ABCD")}, geometry=shifted, crs="EPSG:32648")
    coarse = network.coarse(frame)
    parts, _ = _parts(coarse)
    assert parts == 2
    assert coarse.length_m.sum() == pytest.approx(300 + 200 + 160 + 40 + 100)
    assert set(coarse.edges["name_en"]) == set("ABCD")


def test_without_axes_there_is_no_coarse_network():
    with pytest.raises(errors.LayerError, match="at least one street axis"):
        network.coarse(sources.street_axes().iloc[:0])


def test_the_nearest_node_is_found_in_any_coordinates():
    ways = small_networks.street()
    points = small_networks.at((190, 30), (0, 0))
    node, off = network.nearest_nodes(ways, points.to_crs("EPSG:4326"))
    assert node.tolist() == [2, 0]
    assert off == pytest.approx([10 * 10**0.5, 0], abs=1e-3)


def test_no_points_have_no_nearest_nodes():
    node, off = network.nearest_nodes(small_networks.street(), small_networks.at())
    assert (len(node), len(off)) == (0, 0)


def test_columns_are_the_same_from_a_base_and_from_axes(town):
    coarse = network.coarse(sources.street_axes())
    assert sorted(coarse.edges.columns) == sorted(town.edges.columns)
    assert sorted(coarse.nodes.columns) == sorted(town.nodes.columns)
    assert isinstance(town.sites, pd.DataFrame)
