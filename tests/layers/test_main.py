"""The command makes the base map and takes in residents, or says in one sentence why not."""

import json

import pytest

from layers import __main__ as command
from layers import base_file, population_file
from tests.layers import osm_town


def _box():
    box = osm_town.box()
    return f"--box={box.west},{box.south},{box.east},{box.north}"


def test_the_command_writes_the_base_and_says_what_is_in_it(tmp_path, capsys):
    file = osm_town.write(tmp_path / "town.osm.pbf")
    assert command.main(["base", str(file), _box(), "--into", str(tmp_path / "base")]) == 0
    said = capsys.readouterr().out
    assert "© OpenStreetMap contributors, ODbL" in said
    assert "count_footways: 4" in said
    assert len(base_file.read(tmp_path / "base", "footways")) == 4


def test_the_base_lies_in_the_workspace_that_the_environment_names(tmp_path, monkeypatch):
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(tmp_path / "work"))
    assert command.main(["base", str(osm_town.write(tmp_path / "town.osm.pbf")), _box()]) == 0
    assert base_file.path(tmp_path / "work").is_file()


def test_a_file_of_another_place_is_refused_with_the_city_s_box(tmp_path, capsys):
    file = osm_town.write(tmp_path / "far.osm.pbf", ways={1: ([52, 53], {"building": "yes"})}, relations={})
    assert command.main(["base", str(file), "--into", str(tmp_path)]) == 1
    assert "no street or footway lies in the box 102.7" in capsys.readouterr().err


def test_a_box_that_is_not_four_numbers_is_refused(tmp_path, capsys):
    assert command.main(["base", str(tmp_path / "x.osm.pbf"), "--box", "1,2,three,4", "--into", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("--box 1,2,three,4: write four numbers")


def test_residents_are_taken_in_and_taken_away(tmp_path, capsys):
    file = tmp_path / "people.csv"
    file.write_text("lat,lon,residents\n16.43,102.83,1200\n", "utf-8")
    folder = ["--workspace", str(tmp_path / "work")]
    assert command.main(["population", str(file), *folder]) == 0
    assert "1,200 residents at 1 places" in capsys.readouterr().out
    assert population_file.read(tmp_path / "work", None)["residents"].sum() == 1200
    assert command.main(["population", "--remove", *folder]) == 0
    assert population_file.path(tmp_path / "work") is None


def test_residents_of_another_town_are_taken_in_within_its_box(tmp_path, capsys):
    file = tmp_path / "people.csv"
    file.write_text("lat,lon,residents\n18.79,98.99,700\n", "utf-8")
    asked = ["population", str(file), "--workspace", str(tmp_path / "work")]
    assert command.main(asked) == 1
    assert "row 1: lies outside the town's box 102.7,16.3,102.98,16.58" in capsys.readouterr().err
    assert command.main([*asked, "--box", "98.9,18.7,99.1,18.9"]) == 0
    assert "700 residents at 1 places" in capsys.readouterr().out


def test_residents_with_faults_are_refused_with_every_one(tmp_path, capsys):
    file = tmp_path / "people.csv"
    file.write_text("lat,lon,residents\n16.43,102.83,many\n1,1,5\n", "utf-8")
    assert command.main(["population", str(file), "--workspace", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "row 1: “many” is not a number" in said
    assert "row 2: lies outside" in said


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    assert command.main(["population", str(tmp_path / "none.csv"), "--workspace", str(tmp_path)]) == 1
    assert "none.csv: cannot be read" in capsys.readouterr().err


def test_edges_of_opensidewalks_are_ways_their_inclines_fractions(tmp_path, capsys):
    ends = [[102.83, 16.43], [102.8312, 16.43], [102.8312, 16.4312]]
    lines = [
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": properties}
        for line, properties in (
            (ends[:2], {"_id": "1", "highway": "footway", "footway": "sidewalk", "incline": -0.017, "width": 1.5}),
            (ends[1:], {"_id": "2", "highway": "steps", "ext:note": "a"}),
        )
    ]
    kerb = {"_id": "3", "barrier": "kerb", "kerb": "lowered"}
    points = [{"type": "Feature", "geometry": {"type": "Point", "coordinates": ends[1]}, "properties": kerb}]
    for name, features in (("edges", lines), ("kerbs", points)):
        (tmp_path / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    files = [str(tmp_path / f"{name}.geojson") for name in ("edges", "kerbs")]
    assert command.main(["base", *files, "--into", str(tmp_path)]) == 0
    edges = base_file.read(tmp_path, "walk_edges").set_index("kind")
    assert edges.loc["footway", "incline_pct"] == pytest.approx(-1.7)
    assert edges.loc["footway", "width_m"] == 1.5
    assert edges.loc["footway", "length_m"] == pytest.approx(128.2, abs=0.3)
    nodes = base_file.read(tmp_path, "walk_nodes")
    assert (len(nodes), nodes["kerb"].tolist().count("lowered")) == (3, 1)
    (tmp_path / "list.geojson").write_text('{"type": "FeatureCollection", "features": [{"geometry": 3}]}')
    assert command.main(["base", str(tmp_path / "list.geojson"), "--into", str(tmp_path)]) == 1
    assert "feature 1 is none of OpenSidewalks" in capsys.readouterr().err
