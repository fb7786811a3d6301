"""Rounded parts add up to the rounded whole, and none is moved by a whole unit."""

from __future__ import annotations

import math

import hypothesis
import hypothesis.strategies as st
import pytest

from audits.formats import rounding


@hypothesis.given(st.lists(st.floats(0, 1e6), max_size=30), st.integers(0, 2))
def test_the_parts_add_up_to_the_whole_as_printed(values, digits):
    found = rounding.parts(values, digits)
    unit = 10**digits
    whole = math.floor(round(math.fsum(round(value * unit, 6) for value in values), 6) + 0.5)
    assert round(sum(value * unit for value in found)) == whole
    assert all(abs(part - value) * unit < 1 + 1e-5 for part, value in zip(found, values, strict=True))


def test_a_whole_that_is_printed_elsewhere_is_kept():
    assert sum(rounding.parts([8.87, 8.87], 1, whole=17.8)) == pytest.approx(17.8)
    with pytest.raises(ValueError, match="cannot be rounded"):
        rounding.parts([1.0, 1.0], 0, whole=9.0)


@pytest.mark.parametrize("wrong", [-0.1, math.nan, math.inf])
def test_what_is_no_part_is_refused(wrong):
    with pytest.raises(ValueError, match="finite"):
        rounding.parts([1.0, wrong])


@hypothesis.given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1)), min_size=1, max_size=30), st.integers(0, 2))
def test_no_part_passes_the_rounded_value_of_which_it_is_a_part(pairs, digits):
    all_of_it = [value for value, _ in pairs]
    some = [value * share for value, share in pairs]
    most = rounding.parts(all_of_it, digits)
    found = rounding.parts(some, digits, most=most)
    assert all(part <= cap for part, cap in zip(found, most, strict=True))
    assert sum(found) == pytest.approx(sum(rounding.parts(some, digits)))


def test_a_remainder_goes_where_there_is_room():
    assert rounding.parts([0.4, 0.4, 0.2], most=[0.0, 1.0, 0.0]) == [0.0, 1.0, 0.0]
    with pytest.raises(ValueError, match="at most"):
        rounding.parts([0.4, 0.6], most=[0.0, 0.0])
