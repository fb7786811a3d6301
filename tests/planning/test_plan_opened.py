"""The ways that a plan opens are found again along the streets, and no others."""

from __future__ import annotations

import pytest

from audits.planning import plan_opened
from tests.planning import small_towns


def test_nothing_built_opens_nothing():
    assert plan_opened.opened_ways(small_towns.street(), 0).tolist() == [0.0, 0.0, 0.0, 0.0]


def test_everybody_beyond_a_mended_crossing_walks_over_it():
    town = small_towns.street()
    both = town.mask([small_towns.KERB_A, small_towns.KERB_B, small_towns.STAIR])
    assert plan_opened.opened_ways(town, both).tolist() == [11.0, 7.0, 0.0, 0.0]


@pytest.mark.parametrize("seed", range(10))
def test_no_street_carries_more_than_all_that_is_opened(seed):
    town = small_towns.random_town(seed)
    everything = town.mask([fix.fix_id for fix in town.fixes])
    opened = small_towns.true_value(town, everything) - small_towns.true_value(town, 0)
    over = plan_opened.opened_ways(town, everything)
    assert over.max() <= opened + 1e-9
    assert (over.sum() > 0) == (opened > 1e-9)
