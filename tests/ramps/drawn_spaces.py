"""Draw spaces by lot, and set out every ramp that fits one."""

import random

from audits.ramps import candidates, geometry, ramp_design, setting_out

# Between two walls, wide enough for handrails on them and too narrow for guards.
PASSAGES = [geometry.Space(rise, 30_000, 1_740, obstacle_left=True, obstacle_right=True) for rise in (150, 641, 1_500)]


def lot_of_spaces(seed, count, most_rise_mm=2_500, most_mm=20_000):
    """Return spaces drawn by lot with every kind of wall, approach and exit, and passages; none that is refused."""
    draw, spaces = random.Random(seed), []
    while len(spaces) < count:
        sizes = draw.randint(1, most_rise_mm), draw.randint(1_000, most_mm), draw.randint(1_000, most_mm)
        walls = draw.random() < 0.3, draw.random() < 0.3
        space = geometry.Space(*sizes, *walls, draw.choice(geometry.APPROACHES), draw.choice(geometry.EXITS))
        if not ramp_design.problems(space):
            spaces.append(space)
    return [*spaces, *PASSAGES]


def every_design(space, required, made):
    """Return every layout in every placement that fits, unranked: also mirror images of one another."""
    found = candidates.fitting(space, required, made)
    return [setting_out.set_out(one.layout, one.placement, space, required, made) for one in found]
