"""The charts say in shades, hatching and numbers what the tables say, and nothing in them can break out."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ElementTree

import pytest

from audits import wording
from audits.council import charts, figures, site_map
from audits.formats import picture
from layers import ground
from tests.council import made_answers

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def answers(demonstration_folder):
    return made_answers.answers(demonstration_folder)


def rectangles(markup, fill):
    drawn = (
        ElementTree.fromstring(f"<svg>{markup}</svg>")
        if not markup.startswith("<svg")
        else ElementTree.fromstring(markup)
    )
    found = [each for each in drawn.iter() if each.tag.endswith("rect") and each.get("fill") == fill]
    return [float(each.get("width")) for each in found if each.get("stroke")]


def test_each_bar_is_as_long_as_its_share_of_the_sites(answers):
    drawn = charts.zones(answers.ramps, wording.Wording("en")).svg
    failing = rectangles(drawn, charts.FAIL)[1:]
    shares = [each.failing_least for each in (*answers.ramps.zones.values(), answers.ramps.whole) if each.failed]
    assert failing == pytest.approx([share * (charts.WIDE - 1) for share in shares], abs=0.06)


def test_what_is_not_known_is_hatched_and_what_fails_is_dark():
    assert "<path" in charts.shade("unknown", 0, 0, 40, 20)
    assert "<path" not in charts.shade("fail", 0, 0, 40, 20)
    assert "<path" not in charts.shade("pass", 0, 0, 40, 20)


@pytest.mark.parametrize("size", [(40.0, 26.0), (3.0, 26.0), (300.0, 26.0), (20.0, 200.0), (0.4, 0.4)])
def test_no_line_of_the_hatching_leaves_its_shade(size):
    wide, high = size
    drawn = charts.shade("unknown", 10, 5, wide, high)
    ends = re.findall(r"[ML]([\d.]+) ([\d.]+)", drawn)
    for x, y in ends:
        assert 10 - 0.06 <= float(x) <= 10 + wide + 0.06
        assert 5 - 0.06 <= float(y) <= 5 + high + 0.06


def test_the_columns_of_every_day_reach_the_same_height(answers):
    drawn = charts.history(answers.history, wording.Wording("th")).svg
    found = ElementTree.fromstring(drawn)
    heights: dict[str, float] = {}
    for each in found.iter(f"{SVG}rect"):
        heights[each.get("x")] = heights.get(each.get("x"), 0.0) + float(each.get("height"))
    assert len(heights) == len(answers.history)
    assert list(heights.values()) == pytest.approx([190.0] * len(heights), abs=0.2)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_no_text_of_the_history_leaves_the_sheet(answers, monkeypatch, language):
    written = []
    draw = picture.Drawing.text

    def noted(sheet, x, y, text, *, size=15, **look):
        left = x - look.get("anchor", 0) * picture.width(text, size)
        written.append((left, left + picture.width(text, size), y - size))
        return draw(sheet, x, y, text, size=size, **look)

    monkeypatch.setattr(picture.Drawing, "text", noted)
    charts.history(answers.history, wording.Wording(language))
    assert min(left for left, _, _ in written) >= 0
    assert max(right for _, right, _ in written) <= charts.WIDE
    assert min(top for _, _, top in written) >= 0


def test_the_line_of_the_budgets_rises_with_what_they_open(answers):
    drawn = ElementTree.fromstring(charts.budgets(answers.money, wording.Wording("en"), chosen=2).svg)
    heights = [float(each.get("cy")) for each in drawn.iter(f"{SVG}circle")]
    assert len(heights) == len(answers.money.points)
    assert heights == sorted(heights, reverse=True)
    filled = [each.get("fill") for each in drawn.iter(f"{SVG}circle")]
    assert [number for number, fill in enumerate(filled, 1) if fill == charts.LINE] == [2]


def test_nothing_known_at_all_can_be_drawn(answers):
    nobody = figures.figures(answers.record.audit.sites.iloc[:0])
    empty = figures.Where(**{**vars(answers.ramps), "zones": {}, "whole": nobody})
    drawn = charts.zones(empty, wording.Wording("th"))
    assert ElementTree.fromstring(drawn.svg).tag == f"{SVG}svg"


def test_letters_are_outlines_so_that_thai_stands_right_without_a_font(answers):
    for language in wording.LANGUAGES:
        drawn = charts.zones(answers.ramps, wording.Wording(language)).svg
        assert "<text" not in drawn
        assert "<use" in drawn


def test_a_picture_says_in_words_what_it_shows_and_escapes_them():
    tag = picture.Picture("<svg/>", 'a "b" <c>').tag("chart")
    assert 'alt="a &quot;b&quot; &lt;c&gt;"' in tag
    assert base64.b64decode(re.search('base64,([^"]+)', tag)[1]) == b"<svg/>"


def test_the_map_has_a_sign_for_each_site_that_has_a_place(answers):
    sites, verdicts = answers.record.sites.copy(), answers.record.audit.sites["verdict"]
    lost = sites.index[0]
    sites.loc[lost, "geometry"] = None
    drawn = site_map.drawn(sites, verdicts, ground.of(None), wording.Wording("en"))
    signs = [
        each for each in ElementTree.fromstring(drawn.svg).iter() if each.tag.split("}")[1] in ("circle", "polygon")
    ]
    assert len(signs) == len(sites) - 1
    failing = int((verdicts.drop(lost) == "fail").sum())
    assert drawn.alt.startswith(f"Map of {len(sites) - 1} sites:")
    assert f"{failing} fail" in drawn.alt


def test_a_map_of_no_place_is_none(answers):
    nowhere = answers.record.sites.head(2).copy()
    nowhere["geometry"] = None
    verdicts = answers.record.audit.sites["verdict"]
    assert site_map.drawn(nowhere, verdicts, ground.of(None), wording.Wording("en")) is None
