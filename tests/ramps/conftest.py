"""Give every test of the designer what the real criteria ask, and spaces drawn by lot."""

from __future__ import annotations

import pytest

from audits.ramps import requirements
from audits.rules import files
from tests.ramps import drawn_spaces


@pytest.fixture(scope="session", name="required")
def _required():
    return requirements.ramp(files.load_criteria())


@pytest.fixture(scope="session", name="made")
def _made():
    return requirements.Construction()


@pytest.fixture(scope="session", name="designs")
def _designs(required, made):
    """Return designs of every family, in every placement that some space drawn by lot allows."""
    found = []
    for space in drawn_spaces.lot_of_spaces(11, 60):
        every = drawn_spaces.every_design(space, required, made)
        found += every[:: max(1, len(every) // 6)]
    return found
