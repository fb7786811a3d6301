"""A QGIS style names fields and draws verdicts; the drawing is checked here as XML, not in QGIS."""

from xml.etree import ElementTree

from audits.reports import columns, qgis_style
from layers import symbols


def test_a_table_without_points_has_names_and_no_drawing(words):
    style = ElementTree.fromstring(qgis_style.qml(columns.ELEMENTS, words, points=False))
    assert style.find("renderer-v2") is None
    assert [each.get("name") for each in style.iter("alias")] == [each.heading(words) for each in columns.ELEMENTS]


def test_every_category_has_its_symbol_in_its_colour(words):
    style = ElementTree.fromstring(qgis_style.qml(columns.ELEMENTS, words, points=True))
    drawn = {each.get("name"): each for each in style.iter("symbol")}
    categories = list(style.iter("category"))
    assert len(categories) == len(drawn) == 4
    for category in categories:
        options = {each.get("name"): each.get("value") for each in drawn[category.get("symbol")].iter("Option")}
        red, green, blue = (int(part) for part in options["color"].split(",")[:3])
        assert f"#{red:02x}{green:02x}{blue:02x}" == symbols.OF_VERDICT[category.get("value")].colour
