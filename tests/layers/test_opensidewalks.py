"""An OpenSidewalks dataset becomes a walking network with its figures and kerbs."""

import json
import zipfile

import networkx
import numpy as np
import pyproj
import pytest
from scipy.sparse import csgraph

from audits.export import opensidewalks_network
from layers import __main__ as command
from layers import base_file, errors, network, opensidewalks, osm, reach
from tests.layers import osm_town

WEST, SOUTH = 102.83, 16.43
STEP = 0.001
GEOD = pyproj.Geod(ellps="WGS84")


def _point(name, across, up, **fields):
    place = [round(WEST + across * STEP, 7), round(SOUTH + up * STEP, 7)]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": place},
        "properties": {"_id": name, **fields},
    }


NODES = [
    _point("a", 0, 0),
    _point("b", 1, 0, barrier="kerb", kerb="lowered", tactile_paving="yes"),
    _point("c", 2, 0, barrier="kerb", kerb="raised"),
    _point("d", 2, 1),
    _point("e", 0, 1),
]
PLACES = {node["properties"]["_id"]: node["geometry"]["coordinates"] for node in NODES}


def _edge(start, end, *between, **fields):
    places = [PLACES[start], *between, PLACES[end]]
    properties = {"_id": f"{start}{end}", "_u_id": start, "_v_id": end, **fields}
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": places}, "properties": properties}


EDGES = [
    _edge("a", "b", highway="footway", footway="sidewalk", incline=0.05, width=1.5, surface="concrete"),
    _edge("b", "c", highway="footway", footway="crossing", **{"crossing:markings": "zebra"}),
    _edge("c", "d", highway="steps", step_count=12, incline=-0.4),
    _edge("d", "e", [WEST + 0.001, SOUTH + 0.0015], highway="footway", name="ทางทดสอบ"),
    _edge("e", "a", highway="residential"),
    _edge("a", "d", highway="footway", foot="no"),
    _edge("b", "e"),
]
BUILDING = {
    "type": "Feature",
    "geometry": {"type": "Polygon", "coordinates": [[PLACES[name] for name in "abea"]]},
    "properties": {"_id": "house", "building": "school"},
}


def _collection(features):
    source = {"name": "Town of Test"}
    return json.dumps({"type": "FeatureCollection", "dataSource": source, "features": features})


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    file = tmp_path_factory.mktemp("osw") / "town.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, features in (("nodes", NODES), ("edges", EDGES), ("polygons", [BUILDING])):
            archive.writestr(f"town/opensidewalks.{name}.geojson", _collection(features))
    return file


@pytest.fixture(scope="module")
def ways(dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    assert command.main(["base", str(dataset), "--into", str(folder)]) == 0
    return network.from_base(folder)


def _from(ways, name):
    return ways.edges.loc[ways.edges["osm_id"] == name]


def test_incline_is_a_fraction_and_width_in_metres(ways):
    assert _from(ways, "ab")[["incline_pct", "width_m"]].iloc[0].tolist() == [5.0, 1.5]
    assert _from(ways, "cd")["incline_pct"].tolist() == [-40.0]
    assert np.isnan(_from(ways, "bc")[["incline_pct", "width_m"]].astype(float)).all(axis=None)


def test_edges_keep_their_kind_and_those_closed_to_people_on_foot_are_left_out(ways):
    kinds = {name: _from(ways, name)["kind"].iloc[0] for name in ("ab", "bc", "cd", "ea", "be")}
    assert kinds == {"ab": "footway", "bc": "crossing", "cd": "steps", "ea": "road_side", "be": "footway"}
    assert _from(ways, "ad").empty


def test_kerbs_are_nodes_with_what_their_class_says_of_the_height(ways):
    nodes = ways.nodes.set_index("osm_id")
    assert nodes.loc["b", ["kerb", "tactile_paving", "kerb_high_mm"]].tolist() == ["lowered", "yes", 30.0]
    assert nodes.loc["c", "kerb_low_mm"] == 31.0
    assert nodes.loc["a", "kerb"] == ""


def test_the_network_names_its_source(ways):
    assert (ways.source, ways.coarse, ways.statement) == ("opensidewalks", False, network.OPENSIDEWALKS_STATEMENT)


def test_the_base_map_has_streets_buildings_kerbs_and_the_attribution_of_the_dataset(dataset, tmp_path):
    opensidewalks.write_base([dataset], tmp_path)
    counts = {
        name: len(base_file.read(tmp_path, name)) for name in ("streets", "footways", "steps", "buildings", "kerbs")
    }
    assert counts == {"streets": 1, "footways": 4, "steps": 1, "buildings": 1, "kerbs": 2}
    assert base_file.about(tmp_path)["attribution"] == "Town of Test"


def test_routes_agree_with_networkx(ways):
    graph = networkx.Graph()
    for edge in EDGES:
        if edge["properties"].get("foot") != "no":
            length = GEOD.line_length(*zip(*edge["geometry"]["coordinates"], strict=True))
            graph.add_edge(edge["properties"]["_u_id"], edge["properties"]["_v_id"], weight=length)
    ours = csgraph.dijkstra(reach.graph(len(ways.nodes), ways.ends, ways.length_m), directed=False)
    number = {name: place for place, name in enumerate(ways.nodes["osm_id"])}
    for start, lengths in networkx.all_pairs_dijkstra_path_length(graph):
        for end, length in lengths.items():
            # A UTM zone is true to scale within 0.1 %.
            assert ours[number[start], number[end]] == pytest.approx(length, rel=1e-3)


def test_a_file_of_edges_alone_is_a_network_too(tmp_path):
    file = tmp_path / "edges.geojson"
    file.write_text(_collection(EDGES), encoding="utf-8")
    assert len(opensidewalks.read([file]).layers["walk_nodes"]) >= len(NODES)


def test_a_kerb_beside_all_edges_is_kept(tmp_path):
    edges, kerbs = tmp_path / "edges.geojson", tmp_path / "nodes.geojson"
    edges.write_text(_collection(EDGES[:1]), encoding="utf-8")
    kerbs.write_text(_collection([_point("far", 5, 3, barrier="kerb", kerb="lowered")]), encoding="utf-8")
    assert len(opensidewalks.read([edges, kerbs]).layers["kerbs"]) == 1


def test_a_network_of_openstreetmap_comes_back_from_a_dataset_as_it_was(tmp_path):
    osm.write_base(osm_town.write(tmp_path / "town.osm.pbf"), tmp_path, osm_town.box())
    before = network.from_base(tmp_path)
    nodes, edges = opensidewalks_network.features(before)
    with zipfile.ZipFile(tmp_path / "town.zip", "w") as archive:
        archive.writestr("opensidewalks.nodes.geojson", _collection(nodes))
        archive.writestr("opensidewalks.edges.geojson", _collection(edges))
    opensidewalks.write_base([tmp_path / "town.zip"], tmp_path)
    after = network.from_base(tmp_path)
    assert len(after.nodes) == len(before.nodes)
    same = ["kind", "surface", "incline_pct"]
    assert after.edges[same].equals(before.edges[same])
    assert after.length_m == pytest.approx(before.length_m, abs=0.05)
    assert sorted(after.nodes["kerb"]) == sorted(before.nodes["kerb"])


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("x.zip", b"PK damaged", "cannot be read as a ZIP archive"),
        ("x.geojson", b"{", "is not JSON"),
        ("x.geojson", b'{"type": "FeatureCollection"}', "no features are in it"),
        ("x.geojson", _collection(NODES).encode(), "holds no edge"),
    ],
)
def test_a_file_that_is_no_dataset_is_refused_with_the_reason(name, content, fault, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(errors.LayerError, match=fault):
        opensidewalks.read([tmp_path / name])
