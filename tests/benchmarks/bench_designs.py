"""Time the design of ramps for 100,000 spaces at once, and of single ramps with their geometry and check."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from audits.planning import design_check, many_designs, ramp_design, requirements
from audits.planning import ramp_geometry as geometry
from audits.rules import files

SPACES, SINGLE, ROUNDS, SEED = 100_000, 300, 5, 7
BAR_SECONDS = 0.2


def invented_spaces(size: int) -> many_designs.Spaces:
    """Return spaces drawn by lot: rises up to 2.5 m, sides of 1 to 20 m, walls, approaches and exits of every kind."""
    draw = np.random.default_rng(SEED)
    return many_designs.Spaces(
        rise_mm=draw.integers(1, 2_500, size),
        length_mm=draw.integers(1_000, 20_000, size),
        width_mm=draw.integers(1_000, 20_000, size),
        obstacle_left=draw.random(size) < 0.3,
        obstacle_right=draw.random(size) < 0.3,
        approach=draw.integers(0, len(geometry.APPROACHES), size),
        exit=draw.integers(0, len(geometry.EXITS), size),
    )


def fastest(work: Callable[[], object]) -> tuple[float, float]:
    """Return the least wall time and the least processor time of some rounds, in seconds."""
    walls, processors = [], []
    for _ in range(ROUNDS):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return min(walls), min(processors)


def main() -> None:
    """Print the figures beside the bar; the answers of both ways are compared."""
    book = files.load_criteria()
    required, made = requirements.ramp(book), requirements.Construction()
    spaces = invented_spaces(SPACES)
    wall, processor = fastest(lambda: many_designs.best(spaces, required, made))
    print(f"{SPACES:,} spaces at once: {wall:.3f} s wall, {processor:.3f} s processor (bar {BAR_SECONDS} s)")
    many = many_designs.best(spaces, required, made)
    print(f"  a ramp fits in {many.feasible.mean():.0%} of them")
    compared, started, checking = 0, time.perf_counter(), 0.0
    for row in range(SINGLE):
        sides = geometry.APPROACHES[spaces.approach[row]], geometry.EXITS[spaces.exit[row]]
        walls = bool(spaces.obstacle_left[row]), bool(spaces.obstacle_right[row])
        sizes = int(spaces.rise_mm[row]), int(spaces.length_mm[row]), int(spaces.width_mm[row])
        space = geometry.Space(*sizes, *walls, *sides)
        if ramp_design.problems(space):
            continue
        found = ramp_design.alternatives(space, required, made)
        compared += 1
        if isinstance(found, geometry.NotFeasible):
            assert not many.feasible[row]
            continue
        assert found[0].cost_proxy == many.cost_proxy[row]
        before = time.perf_counter()
        assert design_check.check(found[0], book).passes
        checking += time.perf_counter() - before
    each = (time.perf_counter() - started - checking) / compared
    print(f"one space with all alternatives set out: {each * 1000:.1f} ms (no bar); same answers in {compared}")


if __name__ == "__main__":
    main()
