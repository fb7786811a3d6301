"""The ways that a plan opens are found again along the streets, and no others."""

from __future__ import annotations

import pytest

from audits.planning import plan_opened
from tests.planning import small_models


def test_nothing_built_opens_nothing():
    assert plan_opened.opened_ways(small_models.street(), 0).tolist() == [0.0, 0.0, 0.0, 0.0]


def test_everybody_beyond_a_mended_crossing_walks_over_it():
    town = small_models.street()
    both = town.mask([small_models.KERB_A, small_models.KERB_B, small_models.STAIR])
    assert plan_opened.opened_ways(town, both).tolist() == [11.0, 7.0, 0.0, 0.0]


@pytest.mark.parametrize("seed", range(10))
def test_no_street_carries_more_than_all_that_is_opened(seed):
    town = small_models.random_town(seed)
    everything = town.mask([fix.fix_id for fix in town.fixes])
    opened = small_models.true_value(town, everything) - small_models.true_value(town, 0)
    over = plan_opened.opened_ways(town, everything)
    assert over.max() <= opened + 1e-9
    assert (over.sum() > 0) == (opened > 1e-9)
