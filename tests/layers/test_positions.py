"""Prove that two numbers become one place or none."""

from __future__ import annotations

import itertools

import numpy as np
import pyproj
import pytest

from layers import positions

BOX = positions.KHON_KAEN_SURROUNDINGS
GEOD = pyproj.Geod(ellps="WGS84")
LONGITUDE, LATITUDE = 102.823, 16.432


def read(
    first: float, second: float, box: positions.Box = BOX, datum: str = positions.WGS_84
) -> positions.ColumnReadings:
    return positions.read_columns(np.array([first]), np.array([second]), box, datum)


def metres_away(reading: positions.ColumnReadings) -> float:
    return float(GEOD.inv(LONGITUDE, LATITUDE, reading.longitude[0], reading.latitude[0])[2])


def in_system(system: str) -> tuple[float, float]:
    return pyproj.Transformer.from_crs("EPSG:4326", system, always_xy=True).transform(LONGITUDE, LATITUDE)


@pytest.mark.parametrize(
    ("system", "swapped"),
    list(itertools.product(("EPSG:4326", "EPSG:32648", "EPSG:32647", "EPSG:3857"), (False, True))),
)
def test_every_known_way_of_writing_a_place_has_exactly_one_reading(system: str, swapped: bool) -> None:
    east, north = in_system(system)
    first, second = (north, east) if swapped else (east, north)
    reading = read(first, second)
    assert (reading.count[0], reading.system[0], reading.swapped[0]) == (1, system, swapped)
    assert metres_away(reading) < 0.01


@pytest.mark.parametrize("numbers", [(10282.3, 1643.2), (0.0, 0.0), (100.5, 13.75), (float("nan"), 16.4)])
def test_numbers_that_mean_no_place_near_the_city_have_no_reading(numbers: tuple[float, float]) -> None:
    assert read(*numbers).count[0] == 0


def test_numbers_that_could_mean_two_places_have_two_readings() -> None:
    whole_square = positions.Box(10.0, 10.0, 20.0, 20.0)
    assert read(12.0, 15.0, whole_square).count[0] == 2


def test_indian_1975_numbers_read_as_wgs_84_are_half_a_kilometre_off_and_the_caller_can_say_so() -> None:
    east, north = in_system("EPSG:32648")
    as_wgs_84 = read(east, north)
    as_indian = read(east, north, datum=positions.INDIAN_1975)
    assert as_indian.system == ("EPSG:24048",)
    shift = GEOD.inv(as_wgs_84.longitude, as_wgs_84.latitude, as_indian.longitude, as_indian.latitude)[2][0]
    assert 450 < shift < 560


def test_indian_1975_takes_the_thai_shift_and_not_the_one_that_proj_would_choose() -> None:
    east, north = (np.array([value]) for value in in_system("EPSG:32648"))
    longitude, latitude = positions.to_degrees(east, north, "EPSG:24048")
    helmert = pyproj.transformer.TransformerGroup("EPSG:24048", "EPSG:4326", always_xy=True)
    near = [
        GEOD.inv(longitude[0], latitude[0], *operation.transform(east[0], north[0]))[2]
        for operation in helmert.transformers
    ]
    assert min(near) < 3.0
    assert max(near) > 100.0


def test_columns_are_read_row_by_row_as_single_pairs_are() -> None:
    first = np.array([LONGITUDE, LATITUDE, in_system("EPSG:32648")[0], 1.0, np.nan])
    second = np.array([LATITUDE, LONGITUDE, in_system("EPSG:32648")[1], 2.0, LATITUDE])
    columns = positions.read_columns(first, second, BOX)
    assert columns.count.tolist() == [1, 1, 1, 0, 0]
    assert columns.system == ("EPSG:4326", "EPSG:4326", "EPSG:32648", "", "")
    assert columns.swapped.tolist() == [False, True, False, False, False]
    assert np.isnan(columns.longitude[3:]).all()
    np.testing.assert_allclose(columns.longitude[:3], LONGITUDE, atol=1e-7)


def test_a_system_that_does_not_exist_is_not_known() -> None:
    assert positions.known_system("EPSG:2229")
    assert not positions.known_system("EPSG:1")
