"""The web map asks the network for nothing, keeps names inert, and can be used without a mouse."""

import dataclasses
import re

import geopandas as gpd
import pytest
from streamlit_folium import generate_leaflet_string

from layers import errors, sources, web_assets, web_map
from tests import chromium as browser

MAP = "window[document.querySelector('.folium-map').id]"
HOSTILE = "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>'\"{{7*7}}<!--"
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
LOOKS = [
    ("#a4001d", "square", "✕"),
    ("#0b5d1e", "circle", "✓"),
    ("#595959", "triangle", "?"),
    ("#7a4d00", "diamond", "±"),
    ("#00468b", "hexagon", "–"),
]
WORDS = web_map.MapWords(
    language="th",
    title="แผนที่ทางลาด",
    zoom_in="ขยาย",
    zoom_out="ย่อ",
    north="ทิศเหนืออยู่ด้านบน",
    attribution="เขตตำบล: OCHA <COD-AB> / RTSD",
    skip="ข้ามแผนที่ไปยังตาราง",
    panel="ตารางสถานที่",
    legend_title="สัญลักษณ์",
    legend=(web_map.LegendEntry("ไม่ผ่าน <b>", "#a4001d", "square", "✕", name="ไม่ผ่าน"),),
    group="{n} แห่ง: {parts} กด Enter เพื่อขยาย",
    group_part="{name} {n}",
)
# One spot of the city, and how many degrees of longitude a metre is there.
SPOT, METRE = (102.835, 16.43), 1 / 106_700


def marked(sites):
    count = len(sites)
    looks = [LOOKS[number % 5] for number in range(count)]
    return gpd.GeoDataFrame(
        {
            "code": list(sites["code"]),
            "label": [f"{site.code} {site.name_th}" for site in sites.itertuples()],
            "colour": [look[0] for look in looks],
            "shape": [look[1] for look in looks],
            "glyph": [look[2] for look in looks],
            "hollow": [number % 3 > 0 for number in range(count)],
        },
        geometry=list(sites.geometry),
        crs="EPSG:4326",
    )


@pytest.fixture(scope="module")
def base():
    return web_map.Base(sources.street_axes(), sources.outline(), sources.places())


@pytest.fixture(scope="module")
def ramps():
    register = sources.starter_sites()
    return marked(register[register["kind"] == "ramp"])


def beside(sites, *metres):
    """Return one site for each distance east of the spot."""
    apart = gpd.points_from_xy([SPOT[0] + each * METRE for each in metres], [SPOT[1]] * len(metres))
    return sites.head(len(metres)).set_geometry(apart, crs="EPSG:4326")


def held(page):
    """Return how many sites the page shows, by themselves and in groups."""
    counts = page.locator(".jaidee-group").evaluate_all("all => all.map((one) => parseInt(one.textContent))")
    return page.locator(".jaidee-site").count() + sum(counts)


def focused(page):
    return page.evaluate("[document.activeElement.className, document.activeElement.getAttribute('aria-label')]")


def zoom_to(page, zoom):
    page.evaluate(f"{MAP}.setView([{SPOT[1]}, {SPOT[0]}], {zoom})")


@pytest.fixture(scope="module")
def static_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    web_assets.prepare(folder)
    return folder


@pytest.fixture(scope="module")
def opened(chromium, static_folder, tmp_path_factory):
    """Open a map as an exported file; return the page and every address that was asked for."""
    folder = tmp_path_factory.mktemp("exports")
    contexts = []

    def open_file(city, size="desk", script=""):
        panel = "<h2>ตาราง</h2><p><a href='#panel'>ตาราง</a></p>"
        text = web_map.export_html(
            city, title=f"แผนที่ {HOSTILE}", language="th", panel_html=panel, script=script, static_folder=static_folder
        )
        path = folder / f"map{len(contexts)}.html"
        path.write_text(text, encoding="utf-8")
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        contexts.append(context)
        page, asked, complaints = context.new_page(), [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(path.as_uri())
        page.wait_for_selector(".jaidee-north")
        page.evaluate("document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 100)))")
        assert complaints == []
        return page, [url for url in asked if not url.startswith("data:") and url != path.as_uri()]

    yield open_file
    for context in contexts:
        context.close()


def city(base, sites, **options):
    return web_map.city_map(sites, base, WORDS, **options)


def html_of(drawn):
    return drawn.get_root().render()


def references(text):
    return re.findall(r"""(?:src|href|url)\s*(?:=|\()\s*["']?([^"')>\s]+)""", text)


def test_all_85_sites_stand_in_one_layer(base, ramps):
    text = html_of(city(base, ramps))
    assert text.count('pointToLayer": jaidee.marker') == 1
    assert len(re.findall(r'"code": "KK-\d{3}"', text)) == 85


def test_the_map_refers_only_to_our_own_assets(base, ramps):
    text = html_of(city(base, ramps))
    assert references(text)
    assert all(address.startswith(web_map.ASSETS) for address in references(text))
    assert "http" not in text.replace("http-equiv", "")


def test_online_tiles_come_only_when_asked_for(base, ramps):
    assert "tile.openstreetmap.org" in html_of(city(base, ramps, online_tiles=True))


def test_a_map_with_online_tiles_is_not_exported(base, ramps):
    with pytest.raises(errors.LayerError, match="online tiles"):
        web_map.export_html(city(base, ramps, online_tiles=True), title="", language="th", panel_html="")


def test_every_fault_of_the_markers_is_named_at_once(base, ramps):
    wrong = ramps.head(3).assign(colour=["red", "url(//x)", "#123456"], shape=["circle", "star", "circle"])
    with pytest.raises(errors.LayerError, match=r"KK-001: colour 'red'.*KK-002: colour.*KK-002: shape 'star'"):
        city(base, wrong)


def test_a_missing_column_is_named(base, ramps):
    with pytest.raises(errors.LayerError, match="missing columns hollow"):
        city(base, ramps.drop(columns="hollow"))


def test_a_map_without_sites_shows_the_municipality(base, ramps, opened):
    page, asked = opened(city(base, ramps.head(0)))
    assert asked == []
    assert page.locator(".jaidee-site").count() == 0
    assert page.locator("path.leaflet-interactive").count() == 0


def test_a_map_of_one_site_shows_it_with_its_streets(base, ramps, opened):
    page, _ = opened(city(base, ramps.head(1)))
    assert page.locator(".jaidee-site").count() == 1
    assert page.evaluate(f"{MAP}.getZoom()") == 17


def test_the_same_sites_give_the_same_file(base, ramps, static_folder):
    texts = {
        web_map.export_html(city(base, ramps), title="a", language="th", panel_html="", static_folder=static_folder)
        for _ in range(2)
    }
    assert len(texts) == 1


def test_the_exported_file_holds_everything_and_forbids_the_rest(base, ramps, static_folder):
    text = web_map.export_html(city(base, ramps), title="a", language="th", panel_html="", static_folder=static_folder)
    assert "default-src 'none'" in text
    assert "@import" not in text
    styles = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    assert all(address.startswith(("data:", "#")) for address in re.findall(r"url\(([^)]+)\)", styles))
    assert "<link" not in text
    assert not re.search(r"<script[^>]+src", text)
    assert len(text) < 600_000


def test_hostile_names_are_inert(base, ramps, opened):
    places = base.places.assign(name_th=HOSTILE)
    hostile = ramps.head(4).assign(label=HOSTILE, code=[f"{HOSTILE}{number}" for number in range(4)])
    words = dataclasses.replace(WORDS, title=HOSTILE, attribution=HOSTILE, legend_title=HOSTILE, skip=HOSTILE)
    page, asked = opened(web_map.city_map(hostile, web_map.Base(base.streets, base.outline, places), words))
    assert asked == []
    assert page.evaluate("window.broken === undefined")
    assert page.locator(".jaidee-site").count() == 4
    assert page.locator(".jaidee-site").first.get_attribute("aria-label") == HOSTILE
    assert page.locator(".skip").text_content() == HOSTILE
    assert page.locator(".leaflet-control-attribution").text_content() == HOSTILE
    assert page.locator(".jaidee-legend summary").text_content() == HOSTILE
    assert set(page.locator(".jaidee-label-place").all_text_contents()) == {HOSTILE}
    page.locator(".jaidee-site").first.hover()
    assert page.locator(".jaidee-tooltip").inner_text() == HOSTILE
    assert page.evaluate("window.broken === undefined")
    assert page.locator("img").count() == 0


def test_a_hostile_name_is_inert_in_a_group(base, ramps, opened):
    legend = (web_map.LegendEntry("", "#a4001d", "square", "✕", name=HOSTILE),)
    words = dataclasses.replace(WORDS, group="{parts}", group_part="{name}", legend=legend)
    crowd = beside(ramps, 0, 20, 900).assign(colour="#a4001d", shape="square", glyph="✕")
    page, _ = opened(web_map.city_map(crowd, base, words))
    zoom_to(page, 14)
    page.locator(".jaidee-group").hover()
    assert page.locator(".jaidee-group").get_attribute("aria-label") == HOSTILE
    assert page.locator(".jaidee-tooltip").inner_text() == HOSTILE
    assert page.evaluate("window.broken === undefined")


@pytest.mark.parametrize("size", SIZES)
def test_the_exported_file_asks_for_nothing_and_has_no_axe_violation(base, ramps, opened, size):
    page, asked = opened(city(base, ramps), size)
    assert asked == []
    assert held(page) == 85
    assert browser.violations(page, [*browser.WCAG, "best-practice"]) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("zoom", [12, 13.5, 15, 19])
def test_no_symbol_covers_another_or_hides_under_a_control(base, ramps, opened, size, zoom):
    page, _ = opened(city(base, ramps), size)
    zoom_to(page, zoom)
    boxes = page.evaluate(
        "Array.from(document.querySelectorAll('.jaidee-site, .jaidee-group, .leaflet-control'), (element) =>"
        " ({...element.getBoundingClientRect().toJSON(), ours: !element.matches('.leaflet-control')}))"
        f".filter((box) => box.width && box.right < {SIZES[size][0]})"
    )
    assert any(box["ours"] for box in boxes)
    assert min(box["height"] for box in boxes if box["ours"]) >= 24
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            apart_x = max(one["left"], other["left"]) - min(one["right"], other["right"])
            apart_y = max(one["top"], other["top"]) - min(one["bottom"], other["bottom"])
            assert max(apart_x, apart_y) >= -0.1 or not (one["ours"] or other["ours"])


@pytest.mark.parametrize("size", SIZES)
def test_no_line_leads_farther_than_sixty_pixels(base, opened, size):
    page, _ = opened(city(base, marked(sources.starter_sites())), size)
    for zoom in (12, 14, 16):
        zoom_to(page, zoom)
        assert held(page) > 0
        lengths = page.locator(".jaidee-lines line").evaluate_all(
            "all => all.map((line) => Math.hypot(line.x1.baseVal.value - line.x2.baseVal.value,"
            " line.y1.baseVal.value - line.y2.baseVal.value))"
        )
        assert max(lengths, default=0) <= 60


def test_sites_that_crowd_together_become_one_group_that_names_the_worst_first(base, ramps, opened):
    page, _ = opened(city(base, beside(ramps, 0, 20, 40, 60, 900)))
    zoom_to(page, 14)
    group = page.locator(".jaidee-group")
    assert group.count() == 1
    assert group.text_content().startswith("4")
    assert group.get_attribute("aria-label") == "4 แห่ง: ไม่ผ่าน 1, ± 1, ? 1, ✓ 1 กด Enter เพื่อขยาย"
    assert page.locator(".jaidee-site").count() == 1
    box = group.bounding_box()
    assert min(box["width"], box["height"]) >= 30


def test_the_order_of_the_signs_can_be_chosen(base, ramps, opened):
    page, _ = opened(city(base, beside(ramps, 0, 20, 900), worst_first=("✓", "✕")))
    zoom_to(page, 14)
    assert page.locator(".jaidee-group").get_attribute("aria-label") == "2 แห่ง: ✓ 1, ไม่ผ่าน 1 กด Enter เพื่อขยาย"


def test_a_group_stands_at_the_mean_of_its_places(base, ramps, opened):
    page, _ = opened(city(base, beside(ramps, 0, 0, 30, 900)))
    zoom_to(page, 14)
    mean = page.evaluate(f"{MAP}.latLngToContainerPoint([{SPOT[1]}, {SPOT[0] + 10 * METRE}])")
    frame, box = page.locator(".folium-map").bounding_box(), page.locator(".jaidee-group").bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(frame["x"] + mean["x"], abs=1)
    assert box["y"] + box["height"] / 2 == pytest.approx(frame["y"] + mean["y"], abs=1)


def test_a_click_on_a_group_zooms_in_to_its_sites_and_chooses_none(base, ramps, opened):
    listen = 'document.addEventListener("jaidee:chosen", () => { window.heard = 1; });'
    page, _ = opened(city(base, beside(ramps, 0, 20, 40, 60, 900)), script=listen)
    zoom_to(page, 14)
    page.locator(".jaidee-group").click()
    assert page.locator(".jaidee-group").count() == 0
    assert page.evaluate(f"{MAP}.getZoom()") > 16
    assert page.evaluate("window.heard === undefined")


def test_dragging_the_map_by_a_group_does_not_enter_it(base, ramps, opened):
    page, _ = opened(city(base, beside(ramps, 0, 20, 900)))
    zoom_to(page, 14)
    box = page.locator(".jaidee-group").bounding_box()
    page.mouse.move(box["x"] + 18, box["y"] + 18)
    page.mouse.down()
    page.mouse.move(box["x"] + 98, box["y"] + 78, steps=4)
    page.mouse.up()
    assert page.evaluate(f"{MAP}.getZoom()") == 14
    assert page.locator(".jaidee-group").bounding_box()["x"] > box["x"] + 60


def test_sites_that_no_zoom_parts_stand_side_by_side(base, ramps, opened):
    page, _ = opened(city(base, beside(ramps, 0, 0, 0, 900)))
    zoom_to(page, 13)
    assert page.locator(".jaidee-site").count() == 4
    assert page.locator(".jaidee-group").count() == 0
    assert page.locator(".jaidee-lines line").count() >= 2


def test_many_sites_at_one_place_are_all_reached_at_the_largest_zoom(base, ramps, opened):
    page, _ = opened(city(base, beside(ramps, *[0] * 30)))
    assert page.locator(".jaidee-group").get_attribute("aria-label").startswith("30 ")
    page.locator(".jaidee-group").click()
    assert page.evaluate(f"{MAP}.getZoom()") == 19
    assert page.locator(".jaidee-site").count() == 30


def test_the_chosen_site_is_never_in_a_group(base, ramps, opened):
    page, _ = opened(city(base, beside(ramps, 0, 20, 40, 60, 900)))
    assert page.evaluate("jaidee.show('KK-002')")
    zoom_to(page, 13)
    assert page.locator(".jaidee-site[aria-pressed=true]").get_attribute("aria-label").startswith("KK-002")
    assert page.locator(".jaidee-group").get_attribute("aria-label").startswith("3 ")
    ring, group = (page.locator(f".jaidee-{name}").bounding_box() for name in ("ring", "group"))
    apart = [
        abs(ring[axis] + ring[side] / 2 - group[axis] - group[side] / 2)
        for axis, side in (("x", "width"), ("y", "height"))
    ]
    assert 40 <= max(apart) <= 60


def test_a_site_taken_off_the_map_leaves_its_group(base, ramps, opened):
    page, _ = opened(city(base, beside(ramps, 0, 20, 40, 900)))
    zoom_to(page, 14)
    page.evaluate(f"{MAP}.removeLayer({MAP}.jaidee.layers.get('KK-001'))")
    page.wait_for_function("document.querySelector('.jaidee-group').textContent.startsWith('2')")
    page.evaluate(f"{MAP}.addLayer({MAP}.jaidee.layers.get('KK-001'))")
    page.wait_for_function("document.querySelector('.jaidee-group').textContent.startsWith('3')")


def test_a_site_is_reached_through_a_group_and_chosen_without_a_mouse(base, ramps, opened):
    listen = 'document.addEventListener("jaidee:chosen", (event) => { window.heard = event.detail.code; });'
    page, _ = opened(city(base, beside(ramps, 0, 20, 40, 60, 900)), script=listen)
    zoom_to(page, 14)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert "jaidee-group" in focused(page)[0]
    page.keyboard.press("Enter")
    assert focused(page)[1] == ramps["label"].iloc[0]
    page.keyboard.press("Tab")
    assert focused(page)[1] == ramps["label"].iloc[1]
    page.keyboard.press("Enter")
    assert page.evaluate("window.heard") == "KK-002"
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.evaluate("window.heard") == "KK-003"
    assert page.locator(".jaidee-site[aria-pressed=true]").count() == 1
    assert page.locator(".jaidee-ring").count() == 1


def test_the_focus_goes_with_its_site_into_a_group(base, ramps, opened):
    page, _ = opened(city(base, beside(ramps, 0, 20, 900)))
    zoom_to(page, 18)
    for _ in range(4):
        page.keyboard.press("Tab")
    assert focused(page)[1] == ramps["label"].iloc[1]
    zoom_to(page, 13)
    assert "jaidee-group" in focused(page)[0]


def test_the_focus_may_move_the_map_while_it_is_drawn(base, ramps, opened):
    page, _ = opened(city(base, beside(ramps, 0, 20, -496)))
    page.add_style_tag(content=".jaidee-legend { width: 300px; height: 300px; max-width: none !important; }")
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    zoom_to(page, 14)
    for _ in range(3):
        page.keyboard.press("Tab")
    assert "jaidee-group" in focused(page)[0]
    # The group's first site comes to lie beneath the legend; its focus moves the map and so draws it a second time.
    page.evaluate(
        f"(() => {{ const map = {MAP}, by = map.getSize().divideBy(2).subtract([150, 150]);"
        f" const spot = map.project([{SPOT[1]}, {SPOT[0]}], 18);"
        " map.setView(map.unproject(spot.subtract(by), 18), 18); })()"
    )
    assert focused(page)[1] == ramps["label"].iloc[0]
    assert faults == []
    assert page.evaluate(f"{MAP}.getCenter().lng") == pytest.approx(SPOT[0], abs=METRE)


def test_a_site_beneath_a_control_comes_forth_when_it_is_focused(base, ramps, opened):
    page, _ = opened(city(base, beside(ramps, 0, 900)))
    zoom_to(page, 16)
    legend = page.locator(".jaidee-legend").bounding_box()
    frame = page.locator(".folium-map").bounding_box()
    page.add_style_tag(content=".jaidee-legend { width: 300px; height: 300px; max-width: none !important; }")
    by = (frame["width"] / 2 - 150, frame["height"] / 2 - 150)
    page.evaluate(f"{MAP}.panBy([-{by[0]}, -{by[1]}], {{animate: false}})")
    assert legend["width"] < 300
    under = (
        "(() => { const box = document.querySelector('.jaidee-site').getBoundingClientRect(); return Boolean("
        "document.elementFromPoint(box.left + 12, box.top + 12).closest('.leaflet-control')); })()"
    )
    assert page.evaluate(under)
    for _ in range(3):
        page.keyboard.press("Tab")
    assert focused(page)[1] == ramps["label"].iloc[0]
    assert not page.evaluate(under)


def test_the_skip_link_leads_past_the_map(base, ramps, opened):
    page, _ = opened(city(base, ramps))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'panel'")


def test_the_table_can_show_a_site_on_the_map(base, ramps, opened):
    page, _ = opened(city(base, ramps))
    assert page.evaluate("jaidee.show('KK-040')")
    assert page.locator(".jaidee-site[aria-pressed=true]").get_attribute("aria-label").startswith("KK-040")
    assert not page.evaluate("jaidee.show('KK-999')")


def test_the_page_names_itself_and_its_map(base, ramps, opened):
    page, _ = opened(city(base, ramps))
    assert page.evaluate("document.documentElement.lang") == "th"
    assert page.get_by_role("region", name=WORDS.title).count() == 1
    assert page.get_by_role("heading", level=1).inner_text() == f"แผนที่ {HOSTILE}"
    assert page.get_by_role("button", name="ขยาย", exact=True).count() == 1
    assert page.locator(".leaflet-control-attribution").inner_text() == WORDS.attribution
    assert page.locator(".jaidee-legend li").inner_text() == "ไม่ผ่าน <b>"
    assert page.evaluate("document.fonts.check('16px Sarabun', 'ทางลาด')")
    assert not page.evaluate("document.querySelector('meta[name=viewport]').content.includes('scalable')")


def test_thousands_of_sites_are_groups_too(base, ramps, opened):
    codes = [f"S-{number}" for number in range(3_000)]
    many = ramps.iloc[[number % 85 for number in range(3_000)]].assign(code=codes)
    page, asked = opened(city(base, many))
    assert asked == []
    assert held(page) == 3_000
    assert page.locator(".jaidee-site, .jaidee-group").count() < 100
    assert page.evaluate("jaidee.show('S-2999')")
    page.wait_for_selector(".jaidee-site[aria-pressed=true]")
    assert page.locator(".jaidee-ring").count() == 1


def test_the_ring_marks_the_chosen_site(base, ramps, opened):
    drawn = city(base, ramps)
    point = ramps.geometry.iloc[6]
    web_map.selection_layer("KK-007", point.x, point.y).add_to(drawn)
    page, _ = opened(drawn)
    assert page.locator(".jaidee-ring").count() == 1
    assert page.locator(".jaidee-site[aria-pressed=true]").get_attribute("aria-label").startswith("KK-007")


def test_an_empty_map_has_our_scripts_and_no_tiles():
    text = html_of(web_map.empty_map())
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
    drawn = city(base, ramps)
    drawn.get_root().render()
    script = generate_leaflet_string(drawn, base_id="div")
    assert not re.search(r"_0{20}", script)
    for name in set(re.findall(r"geo_json_\w+?(?=\.addTo)", script)):
        assert f"var {name} = " in script
