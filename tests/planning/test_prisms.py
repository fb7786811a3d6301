import random

import pytest

from audits.planning import prisms

SQUARE = ((0.0, 0.0, 0.0), (4.0, 0.0, 0.0), (4.0, 4.0, 4.0), (0.0, 4.0, 4.0))


def test_areas_of_a_tilted_square():
    assert prisms.plan_mm2(SQUARE) == pytest.approx(16)
    assert prisms.surface_mm2(SQUARE) == pytest.approx(16 * 2**0.5)


@pytest.mark.parametrize(
    ("raised", "volume"),
    [(0, 4 * 8), (1, 4 * 12), (-4, 0), (-5, 0), (-2, 4 * 2), (-3, 4 * 0.5), (2, 4 * 16)],
)
def test_only_what_stands_above_zero_counts(raised, volume):
    assert prisms.volume_mm3(SQUARE, raised) == pytest.approx(volume)


def test_a_triangle_cut_anywhere_agrees_with_a_sum_over_small_pieces():
    chance = random.Random(7)
    for _ in range(30):
        heights = [chance.uniform(-3, 3) for _ in range(3)]
        triangle = tuple((x, y, z) for (x, y), z in zip(((0, 0), (3, 0.5), (1, 2)), heights, strict=True))
        n = 120
        pieces = [(i + 1 / 3 + up, j + 1 / 3 + up) for i in range(n) for j in range(n - i) for up in (0, 1 / 3)]
        pieces = [(i / n, j / n) for i, j in pieces if i + j < n]
        mean = sum(max(0, (1 - s - t) * heights[0] + s * heights[1] + t * heights[2]) for s, t in pieces) / len(pieces)
        assert prisms.volume_mm3(triangle, 0) == pytest.approx(prisms.plan_mm2(triangle) * mean, abs=2e-3)


def test_a_piece_cut_at_a_box_keeps_its_heights():
    cut = prisms.cut(SQUARE, (1, 1), (9, 2))
    assert sorted(cut) == [(1, 1, 1), (1, 2, 2), (4, 1, 1), (4, 2, 2)]
    assert prisms.cut(SQUARE, (5, 5), (9, 9)) == ()
