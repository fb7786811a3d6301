"""Draw the web map of the tests, and look at it in a page."""

import itertools

import geopandas as gpd

from layers import web_map

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


def city(base, sites, **options):
    return web_map.city_map(sites, base, WORDS, **options)


def boxes(page, width):
    """Return every symbol, control and label that is seen in a page or frame, with its kind and its box."""
    found = page.evaluate(
        "Array.from(document.querySelectorAll('.jaidee-site, .jaidee-group, .jaidee-label, .leaflet-control'),"
        " (element) => ({...element.getBoundingClientRect().toJSON(), name: element.textContent,"
        " kind: ['label', 'control'].find((kind) => element.matches(`.jaidee-${kind}, .leaflet-${kind}`)) || 'symbol',"
        " seen: getComputedStyle(element).visibility === 'visible'}))"
    )
    return [box for box in found if box["seen"] and box["width"] and box["right"] < width]


def covering(found):
    """Return the pairs of boxes that cover one another; controls may, since Leaflet stacks them."""
    pairs = []
    for one, other in itertools.combinations(found, 2):
        apart_x = max(one["left"], other["left"]) - min(one["right"], other["right"])
        apart_y = max(one["top"], other["top"]) - min(one["bottom"], other["bottom"])
        if max(apart_x, apart_y) < -0.1 and {one["kind"], other["kind"]} != {"control"}:
            pairs.append((one["name"], other["name"]))
    return pairs


def html_of(drawn):
    return drawn.get_root().render()
