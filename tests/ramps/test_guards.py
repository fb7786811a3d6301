"""Posts and bars of a guard stand no farther apart than the drawing says."""

import itertools
import math

from audits.ramps import guards


def test_posts_and_bars_keep_their_distances_on_every_design(designs):
    for edge in {edge for design in designs for edge in design.edges}:
        pieces = [math.dist(a[:2], b[:2]) for a, b in itertools.pairwise(edge.points)]
        counts = [guards.bays(a, b, edge) for a, b in itertools.pairwise(edge.points)]
        assert all(length / count <= edge.post_spacing_mm for length, count in zip(pieces, counts, strict=True))
        free = sum(pieces) - sum(counts) * edge.post_mm - guards.bars(edge) * guards.BAR_MM
        assert free <= (guards.bars(edge) + sum(counts)) * edge.infill_gap_mm
