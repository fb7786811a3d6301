"""The command makes the base map and takes in residents, or says in one sentence why not."""

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
    assert population_file.read(tmp_path / "work")["residents"].sum() == 1200
    assert command.main(["population", "--remove", *folder]) == 0
    assert population_file.path(tmp_path / "work") is None


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
