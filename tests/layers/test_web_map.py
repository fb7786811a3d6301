"""The web map asks the network for nothing, keeps names inert, and can be read."""

import dataclasses
import re

import pytest
from streamlit_folium import generate_leaflet_string

from layers import errors, web_assets, web_map
from tests import chromium as browser
from tests.layers import maps


def references(text):
    return re.findall(r"""(?:src|href|url)\s*(?:=|\()\s*["']?([^"')>\s]+)""", text)


def test_all_85_sites_stand_in_one_layer(base, ramps):
    text = maps.html_of(maps.city(base, ramps))
    assert text.count('pointToLayer": jaidee.marker') == 1
    assert len(re.findall(r'"code": "KK-\d{3}"', text)) == 85


def test_the_map_refers_only_to_our_own_assets(base, ramps):
    text = maps.html_of(maps.city(base, ramps))
    assert references(text)
    assert all(address.startswith(web_map.ASSETS) for address in references(text))
    assert "http" not in text.replace("http-equiv", "")


def test_online_tiles_come_only_when_asked_for(base, ramps):
    assert "tile.openstreetmap.org" in maps.html_of(maps.city(base, ramps, online_tiles=True))


def test_a_map_with_online_tiles_is_not_exported(base, ramps):
    with pytest.raises(errors.LayerError, match="online tiles"):
        web_map.export_html(maps.city(base, ramps, online_tiles=True), title="", language="th", panel_html="")


def test_every_fault_of_the_markers_is_named_at_once(base, ramps):
    wrong = ramps.head(3).assign(colour=["red", "url(//x)", "#123456"], shape=["circle", "star", "circle"])
    with pytest.raises(errors.LayerError, match=r"KK-001: colour 'red'.*KK-002: colour.*KK-002: shape 'star'"):
        maps.city(base, wrong)


def test_a_missing_column_is_named(base, ramps):
    with pytest.raises(errors.LayerError, match="missing columns hollow"):
        maps.city(base, ramps.drop(columns="hollow"))


def test_a_map_without_sites_shows_the_municipality(base, ramps, opened):
    page, asked = opened(maps.city(base, ramps.head(0)))
    assert asked == []
    assert page.locator(".jaidee-site").count() == 0
    assert page.locator("path.leaflet-interactive").count() == 0


def test_a_map_of_one_site_shows_it_with_its_streets(base, ramps, opened):
    page, _ = opened(maps.city(base, ramps.head(1)))
    assert page.locator(".jaidee-site").count() == 1
    assert page.evaluate(f"{maps.MAP}.getZoom()") == 17


def test_the_first_view_holds_the_whole_outline_where_the_sites_lie_all_over_it(base, ramps):
    whole = base.outline.total_bounds
    ((south, west), (north, east)) = web_map._bounds(web_map._in_view(ramps.geometry, base.outline))
    assert (west <= whole[0], south <= whole[1], east >= whole[2], north >= whole[3]) == (True,) * 4
    few = ramps.geometry.head(2)
    assert web_map._in_view(few, base.outline).equals(few)


def test_the_same_sites_give_the_same_file(base, ramps, static_folder):
    texts = {
        web_map.export_html(
            maps.city(base, ramps), title="a", language="th", panel_html="", static_folder=static_folder
        )
        for _ in range(2)
    }
    assert len(texts) == 1


def test_the_exported_file_holds_everything_and_forbids_the_rest(base, ramps, static_folder):
    text = web_map.export_html(
        maps.city(base, ramps), title="a", language="th", panel_html="", static_folder=static_folder
    )
    assert "default-src 'none'" in text
    assert "@import" not in text
    styles = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    assert all(address.startswith(("data:", "#")) for address in re.findall(r"url\(([^)]+)\)", styles))
    assert "<link" not in text
    assert not re.search(r"<script[^>]+src", text)
    assert len(text) < 600_000


def test_hostile_names_are_inert(base, ramps, opened):
    places = base.places.assign(name_th=maps.HOSTILE)
    hostile = ramps.head(4).assign(label=maps.HOSTILE, code=[f"{maps.HOSTILE}{number}" for number in range(4)])
    words = dataclasses.replace(
        maps.WORDS,
        title=maps.HOSTILE,
        attribution=maps.HOSTILE,
        legend_title=maps.HOSTILE,
        skip=maps.HOSTILE,
    )
    page, asked = opened(web_map.city_map(hostile, dataclasses.replace(base, places=places), words))
    assert asked == []
    assert page.evaluate("window.broken === undefined")
    assert page.locator(".jaidee-site").count() == 4
    assert page.locator(".jaidee-site").first.get_attribute("aria-label") == maps.HOSTILE
    assert page.locator(".skip").text_content() == maps.HOSTILE
    assert page.locator(".leaflet-control-attribution").text_content() == maps.HOSTILE
    assert page.locator(".jaidee-legend summary").text_content() == maps.HOSTILE
    assert set(page.locator(".jaidee-label-place").all_text_contents()) == {maps.HOSTILE}
    page.locator(".jaidee-site").first.hover()
    assert page.locator(".jaidee-tooltip").inner_text() == maps.HOSTILE
    assert page.evaluate("window.broken === undefined")
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("size", maps.SIZES)
def test_the_exported_file_asks_for_nothing_and_has_no_axe_violation(base, ramps, opened, size):
    page, asked = opened(maps.city(base, ramps), size)
    assert asked == []
    assert maps.held(page) == 85
    assert browser.violations(page, [*browser.WCAG, "best-practice"]) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_ring_marks_the_chosen_site(base, ramps, opened):
    drawn = maps.city(base, ramps)
    point = ramps.geometry.iloc[6]
    web_map.selection_layer("KK-007", point.x, point.y).add_to(drawn)
    page, _ = opened(drawn)
    assert page.locator(".jaidee-ring").count() == 1
    assert page.locator(".jaidee-site[aria-pressed=true]").get_attribute("aria-label").startswith("KK-007")


def test_an_empty_map_has_our_scripts_and_no_tiles():
    text = maps.html_of(web_map.empty_map())
    assert "map.js" in text
    assert "tileLayer" not in text


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_ground_can_be_told_from_the_paper():
    assert contrast(web_map.STREET, web_map.PAPER) >= 3
    assert contrast(web_map.OUTLINE, web_map.PAPER) >= 3


@pytest.mark.parametrize("name", ["map.css", "export.css"])
def test_every_text_colour_of_our_styles_can_be_read_on_the_paper(name):
    style = (web_assets.STATIC / name).read_text(encoding="utf-8")
    colours = re.findall(r"(?<![-\w])color: (#[0-9a-f]{6})", style)
    assert colours
    assert min(contrast(colour, web_map.PAPER) for colour in colours) >= 4.5


def test_the_map_component_can_rename_every_layer(base, ramps):
    drawn = maps.city(base, ramps)
    drawn.get_root().render()
    script = generate_leaflet_string(drawn, base_id="div")
    assert not re.search(r"_0{20}", script)
    for name in set(re.findall(r"geo_json_\w+?(?=\.addTo)", script)):
        assert f"var {name} = " in script


def test_a_map_fitted_before_its_frame_had_a_width_is_fitted_anew(base, ramps, opened):
    page, _ = opened(maps.city(base, ramps))
    page.evaluate("window.drawn = Object.values(window).find((value) => value instanceof L.Map)")
    whole = page.evaluate("drawn.getZoom()")
    observed = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(f"drawn.getContainer().style.setProperty('width', '0', 'important'), {observed}")
    narrow = page.evaluate("drawn.fitBounds(drawn.jaidee.fitted.bounds, drawn.jaidee.fitted.options).getZoom()")
    again = page.evaluate(f"drawn.getContainer().style.removeProperty('width'), {observed}.then(() => drawn.getZoom())")
    assert narrow != whole == again
