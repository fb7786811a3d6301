"""Residents are taken in whole or not at all, and every fault is told at once."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers import base_file, population_file, positions

GOOD = "lat,lon,residents\n16.43,102.83,120\n16.44,102.84,0\n"
TOWN = positions.KHON_KAEN_SURROUNDINGS
SQUARE = shapely.box(102.82, 16.42, 102.83, 16.43)


def _bytes(tmp_path, name, crs="EPSG:4326", **columns):
    frame = gpd.GeoDataFrame(columns, geometry=[SQUARE], crs=crs)
    frame.to_file(tmp_path / name)
    return (tmp_path / name).read_bytes()


def _codes(name, content):
    with pytest.raises(population_file.PopulationError) as refused:
        population_file.checked(name, content, TOWN)
    return [(fault.code, fault.row) for fault in refused.value.faults]


def test_a_table_of_points_is_taken_in_and_read_back(tmp_path):
    population_file.keep(tmp_path, "People.CSV", b"\xef\xbb\xbf" + GOOD.encode(), TOWN)
    people = population_file.read(tmp_path, TOWN)
    assert people["residents"].tolist() == [120, 0]
    assert people.crs == "EPSG:4326"
    assert population_file.path(tmp_path).name == "population.csv"


@pytest.mark.parametrize("name", ["areas.gpkg", "areas.geojson"])
def test_areas_are_taken_in_from_what_gis_programs_write(tmp_path, name):
    content = _bytes(tmp_path, name, residents=["1,250"])
    people = population_file.keep(tmp_path / "work", name, content, TOWN)
    assert people["residents"].tolist() == [1250]
    assert people.geometry.iloc[0].equals(SQUARE)


@pytest.mark.parametrize("area", [positions.Box(98.9, 18.7, 99.1, 18.9), None])
def test_residents_of_another_town_lie_in_its_own_box(tmp_path, area):
    there = "lat,lon,residents\n18.79,98.99,700\n"
    assert population_file.keep(tmp_path, "p.csv", there.encode(), area)["residents"].tolist() == [700]
    assert population_file.read(tmp_path, area)["residents"].tolist() == [700]
    assert _codes("p.csv", there.encode()) == [(population_file.FAR, 1)]


def test_a_newer_file_of_another_kind_takes_the_place_of_the_older(tmp_path):
    population_file.keep(tmp_path / "work", "a.csv", GOOD.encode(), TOWN)
    population_file.keep(tmp_path / "work", "a.geojson", _bytes(tmp_path, "a.geojson", residents=[5]), TOWN)
    assert [file.name for file in (tmp_path / "work").iterdir()] == ["population.geojson"]


def test_a_refused_file_leaves_the_older_one(tmp_path):
    population_file.keep(tmp_path, "a.csv", GOOD.encode(), TOWN)
    with pytest.raises(population_file.PopulationError):
        population_file.keep(tmp_path, "b.csv", GOOD.replace("120", "many").encode(), TOWN)
    assert population_file.path(tmp_path).read_bytes() == GOOD.encode()


def test_all_rows_are_looked_at_before_any_is_refused():
    rows = "lat,lon,residents\n16.43,102.83,-1\n,102.83,5\n13.75,100.5,7\n16.43,102.83,inf\n16.43,102.83,\n"
    assert _codes("p.csv", rows.encode()) == [
        (population_file.BAD_COUNT, 1),
        (population_file.BAD_SHAPE, 2),
        (population_file.FAR, 3),
        (population_file.BAD_COUNT, 4),
        (population_file.BAD_COUNT, 5),
    ]


@pytest.mark.parametrize("written", ["1,5", "1_000", "1,23,456", "-1", ""])
def test_a_figure_that_people_read_otherwise_is_no_number(written):
    assert _codes("p.csv", f'lat,lon,residents\n16.43,102.83,"{written}"\n'.encode()) == [
        (population_file.BAD_COUNT, 1)
    ]


@pytest.mark.parametrize("heading", ["Residents,residents,lat,lon", "residents,lat,Lat,lon"])
def test_a_column_that_stands_twice_is_refused(heading):
    content = f"{heading}\n16,16.43,16.43,102.83\n".encode()
    assert _codes("p.csv", content) == [(population_file.TWICE, 0)]


def test_of_very_many_faults_the_first_are_told_and_the_rest_counted():
    rows = "lat,lon,residents\n" + "16.43,102.83,x\n" * (population_file.MOST_FAULTS + 7)
    assert _codes("p.csv", rows.encode())[-1] == (population_file.MORE, 0)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("p.xlsx", b"", population_file.FOREIGN),
        ("p.csv", b"\xff\xfe\x00", population_file.UNREADABLE),
        ("p.csv", b"", population_file.UNREADABLE),
        ("p.csv", b"north,east,residents\n1,2,3\n", population_file.NO_PLACE),
        ("p.csv", b"lat,lon,people\n16.4,102.8,3\n", population_file.NO_COLUMN),
        ("p.csv", b"lat,lon,residents\n", population_file.EMPTY),
        ("p.gpkg", b"not a database", population_file.UNREADABLE),
        ("p.geojson", b"{}", population_file.UNREADABLE),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_reason(name, content, code):
    assert _codes(name, content) == [(code, 0)]


def test_a_layer_without_a_system_is_refused(tmp_path):
    with pytest.warns(UserWarning, match="crs"):
        content = _bytes(tmp_path, "p.gpkg", crs=None, residents=[1])
    assert _codes("p.gpkg", content) == [(population_file.NO_SYSTEM, 0)]


def test_a_file_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(population_file, "MOST_BYTES", 10)
    assert _codes("p.csv", GOOD.encode()) == [(population_file.TOO_BIG, 0)]


def test_the_file_is_taken_away_once(tmp_path):
    population_file.keep(tmp_path, "p.csv", GOOD.encode(), TOWN)
    assert population_file.changed_at(tmp_path) > 0
    assert population_file.remove(tmp_path)
    assert not population_file.remove(tmp_path)
    assert population_file.read(tmp_path, TOWN) is None
    assert population_file.changed_at(tmp_path) == 0


def test_the_demonstration_counts_the_same_residents(tmp_path):
    population_file.keep(tmp_path, "p.csv", GOOD.encode(), TOWN)
    assert population_file.read(tmp_path / base_file.DEMONSTRATION, TOWN)["residents"].sum() == 120


def test_every_fault_has_a_sentence():
    fault = population_file.Fault(population_file.BAD_COUNT, 3, {"written": "x"})
    assert fault.sentence().startswith("row 3: “x”")
    assert len(population_file.SENTENCES) == len(pd.unique(pd.Series(population_file.SENTENCES.values())))
