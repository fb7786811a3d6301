"""Ramps at homes are numbers of a year; a small one is hidden from the public, and nothing else is kept."""

from concurrent import futures

import pytest

from audits import errors
from audits.store.db import connection
from audits.works import home_ramps


def test_a_year_can_be_entered_and_entered_anew(store: connection.Store) -> None:
    assert home_ramps.every(store) == {}
    home_ramps.keep(store, 2568, 12, 340_000, "engineer")
    home_ramps.keep(store, 2569, 4, 120_000, "engineer")
    home_ramps.keep(store, 2568, 13, 350_000, "engineer")
    assert home_ramps.every(store) == {2569: home_ramps.Year(4, 120_000), 2568: home_ramps.Year(13, 350_000)}


def test_two_offices_that_enter_years_at_once_lose_none(store: connection.Store) -> None:
    years = range(2560, 2568)
    with futures.ThreadPoolExecutor(len(years)) as pool:
        list(pool.map(lambda year: home_ramps.keep(store, year, 5, 1000, "engineer"), years))
    assert set(home_ramps.every(store)) == set(years)


def test_the_public_sees_neither_number_of_a_year_with_few() -> None:
    years = {year: home_ramps.Year(count, 1000 * count) for year, count in ((2569, 0), (2568, 4), (2567, 5))}
    hidden = home_ramps.Year(None, None)
    assert home_ramps.shown(years) == {**years, 2568: hidden}


def test_impossible_numbers_are_refused_together(store: connection.Store) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        home_ramps.keep(store, 2026, -1, -5, "engineer")
    assert [each.where for each in refused.value.problems] == ["count", "paid", "year"]
    assert home_ramps.every(store) == {}
