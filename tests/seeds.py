"""Choose how many seeds and drawn examples a run tries: few on a push, all of them by ``tests/soak/run``."""

from __future__ import annotations

import os
from collections.abc import Sequence

import hypothesis

SOAK = os.environ.get("JAIDEE_TESTS") == "soak"
FEW = 40

# a busy machine is no fault of the code, and nothing is written beside the tests
hypothesis.settings.register_profile("push", max_examples=FEW, deadline=None, database=None)
hypothesis.settings.register_profile("soak", max_examples=500, deadline=None, database=None)


def some(every: Sequence[int]) -> Sequence[int]:
    """Return the first 40 seeds, in a soak all of them: consecutive ones differ most in what they draw."""
    return every if SOAK else every[:FEW]
