"""Tags are read for what they say, and for nothing more."""

import math

import pytest

from layers import osm_tags


@pytest.mark.parametrize(
    ("written", "metres"),
    [("1.5", 1.5), ("1,5 m", 1.5), ("90 cm", 0.9), ("900mm", 0.9), (" 2 M ", 2.0)],
)
def test_a_length_is_read_with_its_unit(written, metres):
    assert osm_tags.length_m(written) == pytest.approx(metres)


@pytest.mark.parametrize("written", ["", "narrow", "1.5-2", "-1", "5'", "1.5 km"])
def test_a_length_that_cannot_be_read_is_unknown(written):
    assert math.isnan(osm_tags.length_m(written))


@pytest.mark.parametrize(
    ("written", "percent"), [("8%", 8), ("-8.5 %", -8.5), ("1:12", 100 / 12), ("5°", 8.749), ("0%", 0)]
)
def test_an_incline_is_read_in_percent(written, percent):
    assert osm_tags.incline_pct(written) == pytest.approx(percent, abs=1e-3)


@pytest.mark.parametrize("written", ["up", "down", "steep", "", "8", "1:0", "90°"])
def test_an_incline_without_a_figure_is_unknown(written):
    assert math.isnan(osm_tags.incline_pct(written))


def test_a_measured_kerb_is_believed_before_its_class():
    assert osm_tags.kerb_mm({"kerb": "lowered"}) == (0.0, 30.0)
    assert osm_tags.kerb_mm({"kerb": "lowered", "kerb:height": "5 cm"}) == (50.0, 50.0)
    assert osm_tags.kerb_mm({"kerb": "raised"}) == (31.0, math.inf)
    assert all(math.isnan(height) for height in osm_tags.kerb_mm({"kerb": "yes"}))


@pytest.mark.parametrize(
    ("tags", "walked"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "trunk"}, True),
        ({"highway": "trunk", "foot": "no"}, False),
        ({"highway": "trunk", "motorroad": "yes"}, False),
        ({"highway": "motorway"}, False),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "private", "foot": "yes"}, True),
        ({"highway": "cycleway"}, False),
        ({"highway": "cycleway", "foot": "designated"}, True),
        ({"highway": "construction"}, False),
        ({"waterway": "canal"}, False),
    ],
)
def test_one_walks_where_walking_is_allowed(tags, walked):
    assert osm_tags.walkable(tags) is walked


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "steps"}, "steps"),
        ({"highway": "footway", "footway": "crossing"}, "crossing"),
        ({"highway": "path"}, "footway"),
        ({"highway": "tertiary"}, "road_side"),
    ],
)
def test_a_way_is_walked_in_one_of_four_manners(tags, kind):
    assert osm_tags.walking_kind(tags) == kind


@pytest.mark.parametrize(
    ("tags", "category"),
    [
        ({"amenity": "place_of_worship", "religion": "buddhist"}, "temple"),
        ({"amenity": "place_of_worship"}, "worship"),
        ({"public_transport": "platform", "bus": "yes"}, "bus_stop"),
        ({"public_transport": "platform"}, ""),
        ({"amenity": "hospital"}, "hospital"),
        ({"amenity": "bench"}, ""),
    ],
)
def test_a_destination_has_one_category(tags, category):
    assert osm_tags.place(tags) == category


def test_no_building_means_no_building():
    assert osm_tags.area_layer({"building": "no", "leisure": "park"}) == "parks"
    assert osm_tags.area_layer({"building": "yes", "leisure": "park"}) == "buildings"
    assert osm_tags.area_layer({"landuse": "reservoir"}) == "water"
    assert osm_tags.area_layer({"landuse": "forest"}) == ""
