import re
import xml.etree.ElementTree as ElementTree

import pytest

from audits.reports import measuring_figures

WIDTH_MM, HEIGHT_MM = 80, 46
WAYS = measuring_figures.ways()


def test_every_quantity_of_the_catalogue_is_drawn(book):
    assert {measuring_figures.way_of(quantity) for quantity in book.quantities.values()} <= set(WAYS)


def test_every_drawn_way_but_light_is_asked_for_today(book):
    used = {measuring_figures.way_of(quantity) for quantity in book.quantities.values()}
    assert set(WAYS) - used == {"light"}


@pytest.mark.parametrize(
    ("quantity", "way"),
    [
        ("running_slope_pct", "slope"),
        ("flare_slope_pct", "slope"),
        ("cross_slope_pct", "cross_slope"),
        ("counter_slope_pct", "counter_slope"),
        ("bottom_lip_height_mm", "step"),
        ("highest_button_height_mm", "height"),
        ("turning_space_smaller_side_mm", "square"),
        ("clear_width_mm", "width"),
        ("handrail_height_mm", "height"),
        ("raised_edge_height_mm", "step"),
        ("handrail_diameter_mm", "diameter"),
        ("handrail_wall_gap_mm", "gap"),
        ("longest_run_length_mm", "length"),
        ("ramp_length_total_mm", "length"),
        ("space_before_ramp_length_mm", "level_space"),
        ("top_space_length_mm", "level_space"),
        ("landing_length_mm", "level_space"),
        ("headroom_mm", "headroom"),
        ("turning_circle_mm", "circle"),
        ("tactile_strip_depth_mm", "strip"),
        ("handrail_present", "yes_no"),
        ("runs_count", "count"),
        ("edge_angle_deg", "angle"),
    ],
)
def test_a_quantity_is_drawn_as_it_is_measured(book, quantity, way):
    assert measuring_figures.way_of(book.quantities[quantity]) == way


@pytest.mark.parametrize("way", WAYS)
def test_a_drawing_is_whole_without_words_and_inside_its_frame(way):
    drawing = ElementTree.fromstring(WAYS[way].svg)
    paths = [each.get("d") for each in drawing]
    assert len(paths) >= 3
    assert all(each.tag.endswith("path") for each in drawing)
    for path in paths:
        for east, south in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path):
            assert 0 <= float(east) <= WIDTH_MM
            assert 0 <= float(south) <= HEIGHT_MM


@pytest.mark.parametrize("way", WAYS)
def test_what_is_measured_stands_out_without_colour(way):
    svg = WAYS[way].svg
    accent = [float(width) for width in re.findall(r'stroke="#0b3d91" stroke-width="([\d.]+)"', svg)]
    assert max(accent) > 0.6


def test_no_two_ways_look_alike():
    assert len({way.svg for way in WAYS.values()}) == len(WAYS)
