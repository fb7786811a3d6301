"""The web map can be used without a mouse."""

import pytest

from tests.layers import maps


def test_a_site_is_reached_through_a_group_and_chosen_without_a_mouse(base, ramps, opened):
    listen = 'document.addEventListener("jaidee:chosen", (event) => { window.heard = event.detail.code; });'
    page, _ = opened(maps.city(base, maps.beside(ramps, 0, 20, 40, 60, 900)), script=listen)
    maps.zoom_to(page, 14)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert "jaidee-group" in maps.focused(page)[0]
    page.keyboard.press("Enter")
    assert maps.focused(page)[1] == ramps["label"].iloc[0]
    page.keyboard.press("Tab")
    assert maps.focused(page)[1] == ramps["label"].iloc[1]
    page.keyboard.press("Enter")
    assert page.evaluate("window.heard") == "KK-002"
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.evaluate("window.heard") == "KK-003"
    assert page.locator(".jaidee-site[aria-pressed=true]").count() == 1
    assert page.locator(".jaidee-ring").count() == 1


def test_the_focus_goes_with_its_site_into_a_group(base, ramps, opened):
    page, _ = opened(maps.city(base, maps.beside(ramps, 0, 20, 900)))
    maps.zoom_to(page, 18)
    for _ in range(4):
        page.keyboard.press("Tab")
    assert maps.focused(page)[1] == ramps["label"].iloc[1]
    maps.zoom_to(page, 13)
    assert "jaidee-group" in maps.focused(page)[0]


def test_the_focus_may_move_the_map_while_it_is_drawn(base, ramps, opened):
    page, _ = opened(maps.city(base, maps.beside(ramps, 0, 20, -496)))
    page.add_style_tag(content=".jaidee-legend { width: 300px; height: 300px; max-width: none !important; }")
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    maps.zoom_to(page, 14)
    for _ in range(3):
        page.keyboard.press("Tab")
    assert "jaidee-group" in maps.focused(page)[0]
    # The group's first site comes to lie beneath the legend; its focus moves the map and so draws it a second time.
    page.evaluate(
        f"(() => {{ const map = {maps.MAP}, by = map.getSize().divideBy(2).subtract([150, 150]);"
        f" const spot = map.project([{maps.SPOT[1]}, {maps.SPOT[0]}], 18);"
        " map.setView(map.unproject(spot.subtract(by), 18), 18); })()"
    )
    assert maps.focused(page)[1] == ramps["label"].iloc[0]
    assert faults == []
    assert page.evaluate(f"{maps.MAP}.getCenter().lng") == pytest.approx(maps.SPOT[0], abs=maps.METRE)


def test_a_site_beneath_a_control_comes_forth_when_it_is_focused(base, ramps, opened):
    page, _ = opened(maps.city(base, maps.beside(ramps, 0, 900)))
    maps.zoom_to(page, 16)
    legend = page.locator(".jaidee-legend").bounding_box()
    frame = page.locator(".folium-map").bounding_box()
    page.add_style_tag(content=".jaidee-legend { width: 300px; height: 300px; max-width: none !important; }")
    by = (frame["width"] / 2 - 150, frame["height"] / 2 - 150)
    page.evaluate(f"{maps.MAP}.panBy([-{by[0]}, -{by[1]}], {{animate: false}})")
    assert legend["width"] < 300
    under = (
        "(() => { const box = document.querySelector('.jaidee-site').getBoundingClientRect(); return Boolean("
        "document.elementFromPoint(box.left + 12, box.top + 12).closest('.leaflet-control')); })()"
    )
    assert page.evaluate(under)
    for _ in range(3):
        page.keyboard.press("Tab")
    assert maps.focused(page)[1] == ramps["label"].iloc[0]
    assert not page.evaluate(under)


def test_the_skip_link_leads_past_the_map(base, ramps, opened):
    page, _ = opened(maps.city(base, ramps))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'panel'")


def test_the_table_can_show_a_site_on_the_map(base, ramps, opened):
    page, _ = opened(maps.city(base, ramps))
    assert page.evaluate("jaidee.show('KK-040')")
    assert page.locator(".jaidee-site[aria-pressed=true]").get_attribute("aria-label").startswith("KK-040")
    assert not page.evaluate("jaidee.show('KK-999')")


def test_the_page_names_itself_and_its_map(base, ramps, opened):
    page, _ = opened(maps.city(base, ramps))
    assert page.evaluate("document.documentElement.lang") == "th"
    assert page.get_by_role("region", name=maps.WORDS.title).count() == 1
    assert page.get_by_role("heading", level=1).inner_text() == f"แผนที่ {maps.HOSTILE}"
    assert page.get_by_role("button", name="ขยาย", exact=True).count() == 1
    assert page.locator(".leaflet-control-attribution").inner_text() == maps.WORDS.attribution
    assert page.locator(".jaidee-legend li").inner_text() == "ไม่ผ่าน <b>"
    assert page.evaluate("document.fonts.check('16px Sarabun', 'ทางลาด')")
    assert not page.evaluate("document.querySelector('meta[name=viewport]').content.includes('scalable')")
