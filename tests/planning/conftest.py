"""Give every test of the designer what the real criteria ask, and spaces drawn by lot."""

from __future__ import annotations

import random

import pytest

from audits.ramps import geometry, ramp_design, requirements, setting_out
from audits.rules import files


@pytest.fixture(scope="session", name="required")
def _required():
    return requirements.ramp(files.load_criteria())


@pytest.fixture(scope="session", name="made")
def _made():
    return requirements.Construction()


def lot_of_spaces(seed, count, most_rise_mm=2_500, most_mm=20_000):
    """Return spaces drawn by lot with every kind of wall, approach and exit; none that is refused."""
    draw, spaces = random.Random(seed), []
    while len(spaces) < count:
        sizes = draw.randint(1, most_rise_mm), draw.randint(1_000, most_mm), draw.randint(1_000, most_mm)
        walls = draw.random() < 0.3, draw.random() < 0.3
        space = geometry.Space(*sizes, *walls, draw.choice(geometry.APPROACHES), draw.choice(geometry.EXITS))
        if not ramp_design.problems(space):
            spaces.append(space)
    return spaces


def every_design(space, required, made):
    """Return every layout in every placement that fits, unranked: also mirror images of one another."""
    found = ramp_design.candidates(space, required, made)
    return [setting_out.set_out(one.layout, one.placement, space, required, made) for one in found]


@pytest.fixture(scope="session", name="designs")
def _designs(required, made):
    """Return designs of every family, in every placement that some space drawn by lot allows."""
    found = []
    for space in lot_of_spaces(11, 60):
        every = every_design(space, required, made)
        found += every[:: max(1, len(every) // 6)]
    return found
