"""Thai stands right on paper: marks over their letters, ำ with its own width, the ink where its box says."""

import re

import pytest

from layers import paper_text, svg


def outlines(words, **options):
    shapes = svg.Definitions()
    return paper_text.text(shapes, words, 0, 0, paper_text.Style(1000), **options), shapes.markup()


def glyphs(words):
    return paper_text.shaped(words).glyphs


def test_sara_am_keeps_its_width():
    whole = paper_text.width_mm("น้ำมัน", 10)
    assert whole == pytest.approx(paper_text.width_mm("น้ำ", 10) + paper_text.width_mm("มัน", 10), abs=0.01)
    assert paper_text.width_mm("นำ", 10) > paper_text.width_mm("น", 10) + 3


def test_a_tone_mark_has_no_width_and_rises_over_a_vowel():
    assert paper_text.width_mm("ปั๊", 10) == pytest.approx(paper_text.width_mm("ป", 10))
    assert paper_text.shaped("ปั๊").top > paper_text.shaped("ป๊").top > paper_text.shaped("ป").top


def test_a_vowel_below_reaches_below_the_line():
    assert paper_text.shaped("กู").bottom < -0.15
    assert paper_text.shaped("กา").bottom > -0.05


def test_every_letter_is_defined_once():
    markup, defined = outlines("KK-001 KK-002")
    assert markup.count("<use") == 1
    assert len(re.findall(r'id="R\d+"', defined)) == 5
    assert len(glyphs("KK-001 KK-002")) == 12


def test_the_outline_of_a_letter_closes_where_it_began():
    _, defined = outlines("o")
    for ring in re.findall(r"m(-?\d+ ?-?\d+)([^z]*)z", re.search(r' d="([^"]+)"', defined)[1]):
        steps = re.findall(r"([lc])([^lc]*)", ring[1])
        ends = [list(map(int, re.findall(r"-?\d+", step)))[-2:] for _, step in steps]
        assert [sum(axis) for axis in zip(*ends, strict=True)] == [0, 0]


def test_a_halo_draws_the_word_a_second_time_below():
    shapes = svg.Definitions()
    drawn = paper_text.text(shapes, "KK", 1, 2, paper_text.Style(2, halo_mm=0.3))
    assert [("stroke" in use) for use in re.findall("<use[^>]*>", drawn)] == [True, False]


def test_anchor_and_angle_place_the_line():
    markup, _ = outlines("KK", anchor=1.0, angle=30.0)
    assert "rotate(30.0)" in markup
    assert f'x="-{paper_text.shaped("KK").width * 1000:.0f}"' in markup


def test_bold_and_regular_are_different_letters():
    shapes = svg.Definitions()
    for weight in (paper_text.REGULAR, paper_text.BOLD):
        paper_text.text(shapes, "K", 0, 0, paper_text.Style(2, weight))
    assert len(set(re.findall(r' d="([^"]+)"', shapes.markup()))) == 2


def test_a_long_name_is_broken_at_the_space_nearest_its_middle():
    assert paper_text.lines_of("Bueng Kaen Nakhon pump station", 2.2, 20) == ("Bueng Kaen Nakhon", "pump station")
    assert paper_text.lines_of("Bueng Kaen Nakhon pump station", 2.2, 60) == ("Bueng Kaen Nakhon pump station",)
    assert paper_text.lines_of("สำนักงานเทศบาลนครขอนแก่น", 2.2, 10) == ("สำนักงานเทศบาลนครขอนแก่น",)


def test_a_line_never_begins_with_a_stroke():
    assert paper_text.lines_of("ทางเข้า / ศูนย์", 2.2, 3) == ("ทางเข้า /", "ศูนย์")


def test_white_space_of_any_kind_becomes_one_space():
    assert paper_text.shaped("a\n\t b ") == paper_text.shaped("a b")


@pytest.mark.parametrize(
    ("angle", "upright"), [(0, 0), (170, -10), (-170, 10), (90, -90), (-90, -90), (88, -92), (-60, -60)]
)
def test_text_along_a_line_is_never_upside_down(angle, upright):
    assert paper_text.turned_upright(angle) == pytest.approx(upright)


def test_two_lines_are_taller_than_one():
    style = paper_text.Style(2)
    (_, one), (_, two) = paper_text.block_mm(("ab",), style), paper_text.block_mm(("ab", "ab"), style)
    assert two == pytest.approx(one + 2.5)
    assert paper_text.block(svg.Definitions(), ("ab", "cd"), (0, 0), style).count("<g ") == 2
