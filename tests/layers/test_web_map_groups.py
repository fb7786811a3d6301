"""Sites that would cover one another become a group that names them."""

import dataclasses

import pytest
import shapely

from layers import sources, web_map
from tests.layers import maps


def test_a_hostile_name_is_inert_in_a_group(base, ramps, opened):
    legend = (web_map.LegendEntry("", "#a4001d", "square", "✕", name=maps.HOSTILE),)
    words = dataclasses.replace(maps.WORDS, group="{parts}", group_part="{name}", legend=legend)
    crowd = maps.beside(ramps, 0, 20, 900).assign(colour="#a4001d", shape="square", glyph="✕")
    page, _ = opened(web_map.city_map(crowd, base, words))
    maps.zoom_to(page, 14)
    page.locator(".jaidee-group").hover()
    assert page.locator(".jaidee-group").get_attribute("aria-label") == maps.HOSTILE
    assert page.locator(".jaidee-tooltip").inner_text() == maps.HOSTILE
    assert page.evaluate("window.broken === undefined")


@pytest.mark.parametrize("size", maps.SIZES)
@pytest.mark.parametrize("zoom", [12, 13.5, 15, 19])
def test_no_symbol_or_label_covers_another_or_hides_under_a_control(base, ramps, opened, size, zoom):
    page, _ = opened(maps.city(base, ramps), size)
    maps.zoom_to(page, zoom)
    boxes = maps.boxes(page, maps.SIZES[size][0])
    # the closest view of one spot may hold no name at all
    wanted = {"symbol"} if zoom == 19 else {"symbol", "label"}
    assert wanted <= {box["kind"] for box in boxes}
    assert min(box["height"] for box in boxes if box["kind"] == "symbol") >= 24
    assert maps.covering(boxes) == []


def test_where_two_labels_do_not_fit_the_more_important_one_stays(base, ramps, opened):
    places = base.places.iloc[[0, 0, 0]].assign(
        name_th=["ตลาด", "สถานีขนส่ง", "โรงเรียน"], category=["market", "bus_terminal", "school"]
    )
    spot = shapely.Point(maps.SPOT)
    crowd = dataclasses.replace(base, streets=base.streets.iloc[:0], places=places.set_geometry([spot] * 3))
    page, _ = opened(maps.city(crowd, maps.beside(ramps, 900)))
    maps.zoom_to(page, 16)
    seen = page.locator(".jaidee-label").evaluate_all(
        "all => all.filter((one) => one.style.visibility === 'visible').map((one) => one.textContent)"
    )
    assert seen == ["สถานีขนส่ง"]


@pytest.mark.parametrize("size", maps.SIZES)
def test_no_line_leads_farther_than_sixty_pixels(base, opened, size):
    page, _ = opened(maps.city(base, maps.marked(sources.starter_sites())), size)
    for zoom in (12, 14, 16):
        maps.zoom_to(page, zoom)
        assert maps.held(page) > 0
        lengths = page.locator(".jaidee-lines line").evaluate_all(
            "all => all.map((line) => Math.hypot(line.x1.baseVal.value - line.x2.baseVal.value,"
            " line.y1.baseVal.value - line.y2.baseVal.value))"
        )
        assert max(lengths, default=0) <= 60


def test_sites_that_crowd_together_become_one_group_that_names_the_worst_first(base, ramps, opened):
    page, _ = opened(maps.city(base, maps.beside(ramps, 0, 20, 40, 60, 900)))
    maps.zoom_to(page, 14)
    group = page.locator(".jaidee-group")
    assert group.count() == 1
    assert group.text_content().startswith("4")
    assert group.get_attribute("aria-label") == "4 แห่ง: ไม่ผ่าน 1, ± 1, ? 1, ✓ 1 กด Enter เพื่อขยาย"
    assert page.locator(".jaidee-site").count() == 1
    box = group.bounding_box()
    assert min(box["width"], box["height"]) >= 30


def test_the_order_of_the_signs_can_be_chosen(base, ramps, opened):
    page, _ = opened(maps.city(base, maps.beside(ramps, 0, 20, 900), worst_first=("✓", "✕")))
    maps.zoom_to(page, 14)
    assert page.locator(".jaidee-group").get_attribute("aria-label") == "2 แห่ง: ✓ 1, ไม่ผ่าน 1 กด Enter เพื่อขยาย"


def test_a_group_stands_at_the_mean_of_its_places(base, ramps, opened):
    page, _ = opened(maps.city(base, maps.beside(ramps, 0, 0, 30, 900)))
    maps.zoom_to(page, 14)
    mean = page.evaluate(f"{maps.MAP}.latLngToContainerPoint([{maps.SPOT[1]}, {maps.SPOT[0] + 10 * maps.METRE}])")
    frame, box = page.locator(".folium-map").bounding_box(), page.locator(".jaidee-group").bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(frame["x"] + mean["x"], abs=1)
    assert box["y"] + box["height"] / 2 == pytest.approx(frame["y"] + mean["y"], abs=1)


def test_a_click_on_a_group_zooms_in_to_its_sites_and_chooses_none(base, ramps, opened):
    listen = 'document.addEventListener("jaidee:chosen", () => { window.heard = 1; });'
    page, _ = opened(maps.city(base, maps.beside(ramps, 0, 20, 40, 60, 900)), script=listen)
    maps.zoom_to(page, 14)
    page.locator(".jaidee-group").click()
    assert page.locator(".jaidee-group").count() == 0
    assert page.evaluate(f"{maps.MAP}.getZoom()") > 16
    assert page.evaluate("window.heard === undefined")


def test_dragging_the_map_by_a_group_does_not_enter_it(base, ramps, opened):
    page, _ = opened(maps.city(base, maps.beside(ramps, 0, 20, 900)))
    maps.zoom_to(page, 14)
    box = page.locator(".jaidee-group").bounding_box()
    page.mouse.move(box["x"] + 18, box["y"] + 18)
    page.mouse.down()
    page.mouse.move(box["x"] + 98, box["y"] + 78, steps=4)
    page.mouse.up()
    assert page.evaluate(f"{maps.MAP}.getZoom()") == 14
    assert page.locator(".jaidee-group").bounding_box()["x"] > box["x"] + 60


def test_sites_that_no_zoom_parts_stand_side_by_side(base, ramps, opened):
    page, _ = opened(maps.city(base, maps.beside(ramps, 0, 0, 0, 900)))
    maps.zoom_to(page, 13)
    assert page.locator(".jaidee-site").count() == 4
    assert page.locator(".jaidee-group").count() == 0
    assert page.locator(".jaidee-lines line").count() >= 2


def test_many_sites_at_one_place_are_all_reached_at_the_largest_zoom(base, ramps, opened):
    page, _ = opened(maps.city(base, maps.beside(ramps, *[0] * 30)))
    assert page.locator(".jaidee-group").get_attribute("aria-label").startswith("30 ")
    page.locator(".jaidee-group").click()
    assert page.evaluate(f"{maps.MAP}.getZoom()") == 19
    assert page.locator(".jaidee-site").count() == 30


def test_the_chosen_site_is_never_in_a_group(base, ramps, opened):
    page, _ = opened(maps.city(base, maps.beside(ramps, 0, 20, 40, 60, 900)))
    assert page.evaluate("jaidee.show('KK-002')")
    maps.zoom_to(page, 13)
    assert page.locator(".jaidee-site[aria-pressed=true]").get_attribute("aria-label").startswith("KK-002")
    assert page.locator(".jaidee-group").get_attribute("aria-label").startswith("3 ")
    ring, group = (page.locator(f".jaidee-{name}").bounding_box() for name in ("ring", "group"))
    apart = [
        abs(ring[axis] + ring[side] / 2 - group[axis] - group[side] / 2)
        for axis, side in (("x", "width"), ("y", "height"))
    ]
    assert 40 <= max(apart) <= 60


def test_a_site_taken_off_the_map_leaves_its_group(base, ramps, opened):
    page, _ = opened(maps.city(base, maps.beside(ramps, 0, 20, 40, 900)))
    maps.zoom_to(page, 14)
    page.evaluate(f"{maps.MAP}.removeLayer({maps.MAP}.jaidee.layers.get('KK-001'))")
    page.wait_for_function("document.querySelector('.jaidee-group').textContent.startsWith('2')")
    page.evaluate(f"{maps.MAP}.addLayer({maps.MAP}.jaidee.layers.get('KK-001'))")
    page.wait_for_function("document.querySelector('.jaidee-group').textContent.startsWith('3')")


def test_thousands_of_sites_are_groups_too(base, ramps, opened):
    codes = [f"S-{number}" for number in range(3_000)]
    many = ramps.iloc[[number % 85 for number in range(3_000)]].assign(code=codes)
    page, asked = opened(maps.city(base, many))
    assert asked == []
    assert maps.held(page) == 3_000
    assert page.locator(".jaidee-site, .jaidee-group").count() < 100
    assert page.evaluate("jaidee.show('S-2999')")
    page.wait_for_selector(".jaidee-site[aria-pressed=true]")
    assert page.locator(".jaidee-ring").count() == 1
