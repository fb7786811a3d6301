"""The trips that a plan opens are found again along the streets, and no others."""

from __future__ import annotations

import pytest

from audits.plans import flows
from tests.plans import small_models


def test_nothing_built_opens_nothing():
    assert flows.opened_trips(small_models.street(), 0).tolist() == [0.0, 0.0, 0.0, 0.0]


def test_everybody_beyond_a_mended_crossing_walks_over_it():
    model = small_models.street()
    both = model.mask([small_models.KERB_A, small_models.KERB_B, small_models.STAIR])
    assert flows.opened_trips(model, both).tolist() == [11.0, 7.0, 0.0, 0.0]


@pytest.mark.parametrize("seed", range(10))
def test_no_street_carries_more_than_all_that_is_opened(seed):
    model = small_models.random_model(seed)
    everything = model.mask([fix.fix_id for fix in model.fixes])
    opened = small_models.true_value(model, everything) - small_models.true_value(model, 0)
    over = flows.opened_trips(model, everything)
    assert over.max() <= opened + 1e-9
    assert (over.sum() > 0) == (opened > 1e-9)
