"""A sheet lays the ground on paper without stretching it, and its frame, grid and foot say what it shows."""

import re

import numpy as np
import pytest
import shapely

from layers import errors, paper_sheet, svg, utm

SHEET = paper_sheet.Sheet(180, 120, 2500, 268_000.0, 1_817_000.0, "EPSG:32648")


def test_metres_become_millimetres_north_up():
    one, other = SHEET.on_paper(np.array([[268_000.0, 1_817_000.0], [268_025.0, 1_817_050.0]]))
    assert other - one == pytest.approx([10, -20])


def test_the_window_is_what_the_frame_shows():
    west, south, east, north = SHEET.window
    corners = SHEET.on_paper(np.array([[west, north], [east, south]]))
    assert corners.ravel() == pytest.approx(SHEET.frame)


def test_what_lies_beyond_the_window_is_cut_off():
    across, away = SHEET.cut(
        np.array(
            [
                shapely.LineString([(267_000, 1_817_000), (269_000, 1_817_000)]),
                shapely.LineString([(0, 0), (1, 1)]),
            ],
            dtype=object,
        )
    )
    left, _, right, _ = SHEET.frame
    assert across.bounds[::2] == pytest.approx((left, right))
    assert away.is_empty


def test_the_city_lies_where_the_projection_says():
    # The middle of zone 48 is the meridian of 105 degrees, at 500,000 m east.
    ((east, north),) = utm.projected(np.array([[105.0, 0.0]]), "EPSG:32648")
    assert (east, north) == pytest.approx((500_000, 0), abs=1e-6)


def test_the_scale_is_the_largest_round_one_that_leaves_room():
    holding = {"width_mm": 180, "height_mm": 120, "clear_mm": 6}
    width_mm, height_mm = paper_sheet.window_mm(180, 120)
    assert paper_sheet.scale_holding((width_mm - 12) * 2.5, 1, **holding) == 2500
    assert paper_sheet.scale_holding((width_mm - 12) * 2.5 + 0.01, 1, **holding) == 5000
    assert paper_sheet.scale_holding(1, (height_mm - 12) * 10, **holding) == 10_000
    with pytest.raises(errors.LayerError, match="1:1,000,000"):
        paper_sheet.scale_holding(1e7, 1, **holding)


def test_every_cell_of_the_index_has_one_name():
    left, top, right, bottom = SHEET.frame
    places = [(x, y) for x in np.linspace(left, right, 60) for y in np.linspace(top, bottom, 60)]
    cells = {paper_sheet.cell(SHEET, x, y) for x, y in places}
    assert cells == {f"{letter}{number}" for letter in "ABCDEF" for number in (1, 2, 3)}
    assert paper_sheet.cell(SHEET, left, top) == "A1"
    assert paper_sheet.cell(SHEET, right, bottom) == "F3"


def test_a_paper_far_too_wide_still_has_letters_enough():
    wide = paper_sheet.Sheet(2000, 120, 2500, 0, 0, "EPSG:32648")
    assert paper_sheet.cell(wide, wide.frame[2], wide.frame[1]) == "Z1"


def test_grid_numbers_stand_on_all_four_sides():
    shapes = svg.Definitions()
    _, numbers = paper_sheet.grid(shapes, SHEET)
    upright = [float(y) for y in re.findall(r"translate\([\d.]+ ([\d.]+)\) scale", numbers)]
    turned = [float(x) for x in re.findall(r"translate\(([\d.]+) [\d.]+\) rotate\(-90", numbers)]
    _, top, right, bottom = SHEET.frame
    assert {y < top or y > bottom for y in upright} == {True}
    assert {x < 4 or x > right for x in turned} == {True}
    assert len(upright) == 2 * 5
    assert len(turned) == 2 * 3


def test_a_note_too_long_for_the_foot_is_set_smaller():
    signs = {"metres": "m", "kilometres": "km", "north": "N"}

    def sizes(note):
        drawn = paper_sheet.foot(svg.Definitions(), SHEET, notes=[note], **signs)
        return [float(size) for size in re.findall(r"scale\(([\d.]+)\)", drawn)]

    assert min(sizes("x")) == 0.0023
    assert min(sizes("x " * 200)) < 0.001


def test_the_bar_counts_kilometres_where_metres_would_be_many():
    shapes = svg.Definitions()
    small = paper_sheet.Sheet(180, 120, 50_000, 0, 0, "EPSG:32648")
    signs = {"north": "N", "notes": []}
    metres = paper_sheet.foot(shapes, SHEET, metres="m", kilometres="km", **signs)
    assert metres == paper_sheet.foot(shapes, SHEET, metres="m", kilometres="verst", **signs)
    far = paper_sheet.foot(shapes, small, metres="m", kilometres="km", **signs)
    assert far == paper_sheet.foot(shapes, small, metres="ell", kilometres="km", **signs)
