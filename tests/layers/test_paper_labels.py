"""Labels find the room that is left: never over what was taken, rather not over a line, never beyond the frame."""

import math

import numpy as np
import pytest
import shapely

from layers import paper_labels

FRAME = (0.0, 0.0, 100.0, 80.0)
SIZE = (8.0, 2.0)


def room(*lines):
    return paper_labels.Room(FRAME, np.array([shapely.LineString(line) for line in lines], dtype=object))


def test_a_label_stands_to_the_right_where_all_is_free():
    left, top, right, bottom = room().beside(50, 40, 2, *SIZE)
    assert (left, right) == (52, 60)
    assert (top + bottom) / 2 == 40


def test_a_label_rather_stands_where_it_crosses_no_line():
    _, _, right, _ = room([(55, 0), (55, 80)]).beside(50, 40, 2, *SIZE)
    assert right <= 50


def test_a_label_goes_elsewhere_when_its_place_is_taken():
    taken = room()
    first, second = (taken.beside(50, 40, 2, *SIZE) for _ in range(2))
    assert not shapely.box(*first).intersects(shapely.box(*second))


def test_a_label_near_the_frame_stays_within():
    assert room().beside(97, 40, 2, *SIZE)[2] <= 97


def test_a_label_that_may_cross_nothing_is_left_out():
    lines = [[(x, 0), (x, 80)] for x in range(30, 70, 2)]
    assert room(*lines).beside(50, 40, 2, *SIZE, most_crossed=1) is None
    assert room(*lines).beside(50, 40, 2, *SIZE) is not None


def test_eight_labels_fit_round_a_point_and_the_ninth_goes_away_with_a_line():
    crowd = room()
    near = [crowd.beside(50, 40, 10, *SIZE) for _ in range(8)]
    assert len(set(near)) == 8
    assert crowd.beside(50, 40, 10, *SIZE) is None
    spot = crowd.away(50, 40, 10, *SIZE)
    (x, y), end = spot.leader
    assert math.hypot(x - 50, y - 40) == pytest.approx(10)
    assert shapely.box(*spot.box).distance(shapely.Point(end)) == pytest.approx(0, abs=1e-9)
    assert not any(shapely.box(*spot.box).overlaps(shapely.box(*box)) for box in near)
    assert not any(shapely.LineString(spot.leader).crosses(shapely.box(*box)) for box in near)


def test_where_all_is_taken_there_is_no_room():
    full = room()
    full.take(FRAME)
    assert full.beside(50, 40, 2, *SIZE) is None
    assert full.away(50, 40, 2, *SIZE) is None


def test_a_sign_stands_at_its_place_gives_way_or_stays_all_the_same():
    signs = room()
    first, second = (signs.shifted(50, 40, 2) for _ in range(2))
    assert first == (48, 38, 52, 42)
    assert not shapely.box(*first).overlaps(shapely.box(*second))
    signs.take(FRAME)
    assert signs.shifted(50, 40, 2) == first


def test_a_text_lies_along_the_straight_of_a_line_nearest_to_its_middle():
    bent = shapely.LineString([(0, 0), (0, 10), (50, 10)])
    places = list(paper_labels.along_line(bent, 20))
    assert all(y == pytest.approx(10, abs=4) for _, y, _ in places)
    middles = [bent.project(shapely.Point(x, y)) for x, y, _ in places]
    assert abs(middles[0] - 30) < 1
    assert places[0][2] == pytest.approx(0)
    assert list(paper_labels.along_line(bent, 70)) == []


@pytest.mark.parametrize("angle", [0, 30, 90, -60])
def test_the_boxes_of_a_slanted_text_cover_it(angle):
    boxes = shapely.union_all([shapely.box(*box) for box in paper_labels.slanted(50, 40, angle, 20, 3)])
    east, south = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    for along in (-10, -3, 0, 7, 10):
        for across in (-1.5, 1.5):
            corner = shapely.Point(50 + east * along - south * across, 40 + south * along + east * across)
            assert boxes.distance(corner) < 1e-9


def test_a_slanted_text_crosses_what_runs_through_it_and_not_what_runs_beside():
    lines = room([(0, 0), (80, 80)])
    assert lines.crosses(40, 40, 45, 20, 2)
    assert not lines.crosses(42, 38, 45, 20, 2)
    assert lines.crosses(42, 38, -45, 20, 2)
