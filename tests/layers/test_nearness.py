"""Prove that what stands within a metre is found and nothing else."""

from __future__ import annotations

import pytest

from layers import nearness, positions

LONGITUDE, LATITUDE = 102.82, 16.43
METRE_NORTH = 1 / positions.metres_east_north(0.0, 1.0, LATITUDE)[1]
METRE_EAST = 1 / positions.metres_east_north(1.0, 0.0, LATITUDE)[0]


@pytest.mark.parametrize(("east_m", "north_m", "found"), [(0.0, 0.0, True), (0.6, 0.7, True), (0.8, 0.8, False)])
def test_only_what_is_near_enough_is_found_in_every_direction(east_m: float, north_m: float, found: bool) -> None:
    for east, north in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        near = nearness.Nearness(102.7, 16.3, 1.0)
        near.add("A", LONGITUDE + east * east_m * METRE_EAST, LATITUDE + north * north_m * METRE_NORTH)
        assert (near.within(LONGITUDE, LATITUDE) == "A") is found


def test_the_nearest_is_found_first() -> None:
    near = nearness.Nearness(102.7, 16.3, 10.0)
    near.add("far", LONGITUDE, LATITUDE + 19 * METRE_NORTH)
    near.add("near", LONGITUDE, LATITUDE + 4 * METRE_NORTH)
    assert near.within(LONGITUDE, LATITUDE + 10 * METRE_NORTH) == "near"


def test_many_places_on_one_spot_cost_no_more_than_one() -> None:
    near = nearness.Nearness(102.7, 16.3, 1.0)
    for number in range(20_000):
        near.add(str(number), LONGITUDE, LATITUDE)
    assert near.within(LONGITUDE, LATITUDE) == "0"
