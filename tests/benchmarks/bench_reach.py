"""Time walking distances and service areas on a synthetic city of the size of Khon Kaen."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from layers import reach

SIDE, SPACING_M, SEED = 123, 55.0, 5
ORIGINS, TARGETS, SITES = 1_000, 200, 85
DISTANCES_BAR_S, CATCHMENTS_BAR_S = 0.5, 0.05


def synthetic_city(side: int = SIDE, seed: int = SEED) -> tuple[int, np.ndarray, np.ndarray]:
    """Return nodes, ends and lengths in metres of an invented city: a grid from which streets have been taken."""
    draw = np.random.default_rng(seed)
    number = np.arange(side * side).reshape(side, side)
    across = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    along = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    ends = np.concatenate([across, along])
    ends = ends[draw.random(len(ends)) < 0.67]
    return side * side, ends, SPACING_M * draw.uniform(0.8, 1.3, len(ends))


def best_of(runs: int, work: Callable[[], object]) -> float:
    """Return the processor seconds of the fastest of some runs; all of it runs on one core."""
    taken = []
    for _ in range(runs):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def main() -> None:
    """Print each figure beside its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    nodes, ends, length_m = synthetic_city()
    draw = np.random.default_rng(SEED)
    origins, targets, sites = (draw.choice(nodes, count, replace=False) for count in (ORIGINS, TARGETS, SITES))
    people = draw.exponential(1.0, nodes)
    lengths = reach.graph(nodes, ends, length_m)
    print(f"{nodes:,} nodes, {len(ends):,} edges")
    made = best_of(runs, lambda: reach.graph(nodes, ends, length_m))
    print(f"matrix: {made * 1000:.0f} ms")
    far = best_of(runs, lambda: [reach.nearest(lengths, np.array([target]))[origins] for target in targets])
    print(f"{ORIGINS:,} x {TARGETS} distances: {far:.2f} s (bar {DISTANCES_BAR_S} s)")
    near = best_of(runs, lambda: reach.people_within(lengths, sites, people))
    print(f"people within 400 and 800 m of {SITES} sites: {near * 1000:.0f} ms (bar {CATCHMENTS_BAR_S * 1000:.0f} ms)")
    print(f"union of {SITES} sites: {best_of(runs, lambda: reach.nearest(lengths, sites, 800.0)) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
