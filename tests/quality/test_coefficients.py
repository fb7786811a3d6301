from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import wording
from audits.quality import coefficients

# Fleiss, Statistical Methods for Rates and Proportions: diagnoses of 100 patients by two raters
FLEISS = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
# Shrout & Fleiss 1979, table 2: six things rated by four judges
SHROUT_AND_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]

TABLES = st.integers(2, 4).flatmap(
    lambda size: st.lists(st.lists(st.integers(0, 30), min_size=size, max_size=size), min_size=size, max_size=size)
)
RATINGS = st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=2, max_size=30)


def by_hand(table):
    size = sum(map(sum, table))
    kinds = range(len(table))
    expected = sum(sum(table[kind]) * sum(row[kind] for row in table) for kind in kinds) / size**2
    return (sum(table[kind][kind] for kind in kinds) / size - expected) / (1 - expected)


def mean_squares(table):
    """Add up the analysis of variance cell by cell."""
    things, ratings = len(table), len(table[0])
    grand = sum(map(sum, table)) / (things * ratings)
    rows = [sum(row) / ratings for row in table]
    columns = [sum(row[column] for row in table) / things for column in range(ratings)]
    between = sum(ratings * (row - grand) ** 2 for row in rows) / (things - 1)
    raters = sum(things * (column - grand) ** 2 for column in columns) / (ratings - 1)
    rest = 0.0
    for row in range(things):
        for column in range(ratings):
            rest += (table[row][column] - rows[row] - columns[column] + grand) ** 2
    return between, raters, rest / ((things - 1) * (ratings - 1))


def test_kappa_and_its_interval_are_those_of_the_textbook() -> None:
    found = coefficients.kappa(FLEISS)
    assert found.value == pytest.approx(0.68, abs=0.005)
    assert (found.high - found.value) / 1.96 == pytest.approx(0.087, abs=0.001)
    assert found.value - found.low == pytest.approx(found.high - found.value)


def test_half_of_the_agreement_beyond_chance_is_a_kappa_of_four_tenths() -> None:
    assert coefficients.kappa([[20, 5], [10, 15]]).value == pytest.approx(0.4)


@given(TABLES)
def test_kappa_is_what_it_is_by_hand_and_keeps_its_interval(table) -> None:
    numbers = np.array(table)
    used = (numbers.sum(axis=0) + numbers.sum(axis=1)) > 0
    if used.sum() < 2:
        return
    found = coefficients.kappa(numbers)
    assert found.value == pytest.approx(by_hand(table))
    assert -1 <= found.value <= 1
    if not math.isnan(found.low):
        assert -1 <= found.low <= found.value <= found.high <= 1
    swapped = coefficients.kappa(numbers.T)
    assert (swapped.value, swapped.low) == pytest.approx((found.value, found.low), nan_ok=True)


@given(TABLES)
def test_the_error_of_kappa_is_that_of_the_delta_method(table) -> None:
    share = (np.array(table, dtype=float) + 1) / (np.array(table) + 1).sum()
    slope = np.zeros_like(share)
    for cell in np.ndindex(share.shape):
        step = np.zeros_like(share)
        step[cell] = 1e-6
        slope[cell] = (_of_shares(share + step) - _of_shares(share - step)) / 2e-6
    variance = (share * slope**2).sum() - (share * slope).sum() ** 2
    found = coefficients.kappa(share * 10_000)
    assert found.high - found.value == pytest.approx(1.959964 * math.sqrt(variance / 10_000), rel=1e-3)


def _of_shares(share):
    expected = (share.sum(axis=1) * share.sum(axis=0)).sum()
    return (np.trace(share) - expected) / (1 - expected)


def test_where_all_answers_are_one_kappa_is_not_defined() -> None:
    assert math.isnan(coefficients.kappa([[7]]).value)
    assert math.isnan(coefficients.kappa([[7, 0], [0, 0]]).value)


def test_where_nobody_differs_kappa_is_one_and_claims_no_interval() -> None:
    found = coefficients.kappa([[4, 0], [0, 3]])
    assert found.value == pytest.approx(1)
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_answers_are_counted_by_first_and_second() -> None:
    first, second = np.array(["fail", "pass", "pass"]), np.array(["pass", "pass", "borderline"])
    assert coefficients.crossed(first, second).tolist() == [[0, 0, 0], [0, 0, 1], [1, 0, 1]]


@pytest.mark.parametrize(
    ("agreed", "pairs", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_the_published_one(agreed, pairs, low, high) -> None:
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, score method."""
    found = coefficients.share_interval(agreed, pairs)
    assert (found.value, found.low, found.high) == pytest.approx((agreed / pairs, low, high), abs=5e-5)


def test_intraclass_correlation_is_that_of_shrout_and_fleiss() -> None:
    assert coefficients.intraclass(SHROUT_AND_FLEISS) == pytest.approx(0.29, abs=0.005)


@given(RATINGS)
def test_intraclass_correlation_is_what_it_is_by_hand(pairs) -> None:
    found = coefficients.intraclass(pairs)
    between, raters, rest = mean_squares(pairs)
    whole = between + rest + 2 * (raters - rest) / len(pairs)
    if whole < 1e-9:
        assert math.isnan(found)
        return
    assert found == pytest.approx((between - rest) / whole)
    assert found <= 1 + 1e-12
    assert coefficients.intraclass([pair[::-1] for pair in pairs]) == pytest.approx(found)
    assert coefficients.intraclass(pairs[::-1]) == pytest.approx(found)
    assert coefficients.intraclass(np.array(pairs) * 25.4 + 1000) == pytest.approx(found, abs=1e-9)


@given(st.lists(st.floats(0.1, 1e5), min_size=2, max_size=30, unique_by=lambda value: round(value, 3)))
def test_identical_figures_agree_wholly(values) -> None:
    assert coefficients.intraclass([(value, value) for value in values]) == pytest.approx(1)


def test_a_constant_difference_lowers_absolute_agreement() -> None:
    values = np.arange(10.0)
    assert coefficients.intraclass(np.column_stack([values, values + 3])) < 0.8


@pytest.mark.parametrize("truth", [0.3, 0.8])
def test_the_interval_of_pairs_covers_the_truth_19_times_of_20(truth) -> None:
    chance, covered = np.random.default_rng(7), 0
    for _ in range(2000):
        things = chance.normal(0, math.sqrt(truth), (20, 1))
        table = things + chance.normal(0, math.sqrt(1 - truth), (20, 2))
        found = coefficients.pairs_interval(coefficients.intraclass(table), 20)
        covered += found.low <= truth <= found.high
    assert 0.93 <= covered / 2000 <= 0.97


@pytest.mark.parametrize("value", [-1.4, -1.0, -0.5, 0.0, 0.9, 0.9999999999])
def test_an_interval_holds_its_value(value) -> None:
    found = coefficients.pairs_interval(value, 8)
    assert found.low <= value <= found.high <= 1


def test_no_interval_is_claimed_where_no_pair_differs() -> None:
    assert math.isnan(coefficients.pairs_interval(1.0, 8).low)


@pytest.mark.parametrize(
    ("freedom", "stated", "state"),
    [
        # 1.96 divided by the root of chi-square (97.5 %) over its degrees of freedom: 20.483 for 10, 12.833 for 5
        (10, 1.36, coefficients.TOO_SMALL),
        (10, 1.38, coefficients.MAY_BE_SMALL),
        (5, 1.21, coefficients.TOO_SMALL),
        (5, 1.24, coefficients.MAY_BE_SMALL),
        (5, 1.95, coefficients.MAY_BE_SMALL),
        (5, 1.96, coefficients.HOLDS),
    ],
)
def test_a_guard_band_is_too_small_only_when_chance_cannot_explain_the_spread(freedom, stated, state) -> None:
    assert coefficients.guard_state(1.0, freedom, stated) == state


def test_counts_that_never_differ_need_no_guard_band() -> None:
    assert coefficients.guard_state(0.0, 5, 0.0) == coefficients.HOLDS
    assert coefficients.guard_state(0.5, 5, 0.0) == coefficients.TOO_SMALL


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (-0.3, "poor"),
        (0.0, "slight"),
        (0.2, "slight"),
        (0.21, "fair"),
        (0.41, "moderate"),
        (0.6, "moderate"),
        (0.61, "substantial"),
        (0.81, "almost perfect"),
        (1.0, "almost perfect"),
    ],
)
def test_kappa_is_told_in_the_words_of_landis_and_koch(value, word) -> None:
    assert coefficients.band(value, coefficients.KAPPA_BANDS) == f"{word} agreement"


@pytest.mark.parametrize(
    ("value", "word"),
    [(-0.2, "poor"), (0.49, "poor"), (0.5, "moderate"), (0.75, "good"), (0.9, "good"), (0.91, "excellent")],
)
def test_intraclass_correlation_is_told_in_the_words_of_koo_and_li(value, word) -> None:
    assert coefficients.band(value, coefficients.INTRACLASS_BANDS) == f"{word} agreement"


def test_every_band_has_its_own_thai_word() -> None:
    thai = wording.Wording("th")
    for bands in (coefficients.KAPPA_BANDS, coefficients.INTRACLASS_BANDS):
        assert len({thai.text(phrase) for _, phrase in bands}) == len(bands)
