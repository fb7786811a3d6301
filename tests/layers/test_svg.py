"""SVG is written short, and a shape that is used again is kept once."""

import pytest

from layers import svg


@pytest.mark.parametrize(("value", "written"), [(1.0, "1"), (-0.001, "0"), (123.456, "123.46"), (0.5, "0.5")])
def test_lengths_are_written_to_a_hundredth(value, written):
    assert svg.number(value) == written


def test_an_element_rounds_lengths_and_names_its_attributes_as_svg_does():
    assert svg.element("circle", cx=1.234, r=".5", stroke_width=2) == '<circle cx="1.23" r=".5" stroke-width="2"/>'
    assert svg.element("g", "<a/>", id="x") == '<g id="x"><a/></g>'


def test_a_path_along_nothing_is_nothing():
    assert svg.path("", fill="none") == ""
    assert svg.path(svg.line([(0, 0), (1.005, 2)], closed=True), fill="none") == '<path d="M0 0L1 2Z" fill="none"/>'


def test_a_shape_is_kept_once_and_shapes_stand_in_the_order_of_their_names():
    shapes = svg.Definitions()
    assert [shapes.refer(name, f'<g id="{name}"/>') for name in ("b", "a", "b")] == ["#b", "#a", "#b"]
    document = shapes.document(10.5, 20, "<use/>", unit="mm")
    assert document == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10.5 20" width="10.5mm" height="20mm">'
        '<defs><g id="a"/><g id="b"/></defs><use/></svg>'
    )
