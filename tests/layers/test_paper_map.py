"""A paper map is true to scale, its labels keep clear of one another, and the same input gives the same bytes."""

import itertools
import re
import xml.etree.ElementTree as ET

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers import errors, paper_labels, paper_map, paper_sheet, paper_sites, sources, symbols, utm
from layers import svg as writer

FAIL = symbols.OF_VERDICT["fail"]
SPOT = (102.835, 16.43)
CRS = "EPSG:32648"
TEXT = paper_map.MapText(
    "th",
    "น",
    "ม.",
    "กม.",
    "มาตราส่วน 1:{scale}",
    "เส้นกริดทุก {spacing} ม.",
    "อาจคลาดเคลื่อน ±{metres} ม.",
    "แนวถนนโดยประมาณ",
)
ENGLISH = paper_map.MapText("en", "N", "m", "km", "Scale 1:{scale}")
PAPER = {"width_mm": 180, "height_mm": 120}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def ground():
    return paper_map.ground(sources.street_axes(), sources.places(), sources.outline(), crs=CRS)


@pytest.fixture(scope="module")
def register():
    sites = sources.starter_sites()
    looks = list(symbols.OF_VERDICT.values())
    chosen = [looks[number % 5] for number in range(len(sites))]
    return gpd.GeoDataFrame(
        {
            "code": sites["code"],
            "colour": [look.colour for look in chosen],
            "shape": [look.shape for look in chosen],
            "glyph": [look.glyph for look in chosen],
            "hollow": [number % 2 == 0 for number in range(len(sites))],
        },
        geometry=sites.geometry,
        crs="EPSG:4326",
    )


def drawn_site(ground, register, number=0, text=TEXT, **options):
    site = register.iloc[number]
    look = symbols.Symbol(site["colour"], site["shape"], site["glyph"])
    options = {**PAPER, "scale": 2500, "code": site["code"], "text": text} | options
    return paper_map.site_map(
        ground, (site.geometry.x, site.geometry.y), look, bool(site["hollow"]), register, **options
    )


def signs_of(svg):
    """Return the middle of each sign on paper, in the order of drawing."""
    found = re.findall(r'<use href="#sign-[^"]+" transform="translate\(([-\d.]+) ([-\d.]+)\)', svg)
    return np.array(found, dtype=float)


def moved(spot, east_m, north_m):
    back = gpd.GeoSeries(gpd.points_from_xy(*utm.projected(np.array([spot]), CRS).T), crs=CRS)
    place = back.translate(east_m, north_m).to_crs("EPSG:4326").iloc[0]
    return place.x, place.y


def one_street(start, end, **columns):
    line = shapely.LineString([start, end])
    values = {"name_th": ["ถนนทดลอง"], "name_en": ["Trial Rd"]} | columns
    return gpd.GeoDataFrame(values, geometry=[line], crs="EPSG:4326")


def test_a_hundred_metres_are_forty_millimetres_at_1_to_2500(register):
    east = moved(SPOT, 100, 0)
    row = register.head(1).assign(code="KK-999", geometry=[shapely.Point(east)])
    svg = paper_map.site_map(
        paper_map.ground(None, None, None, crs=CRS), SPOT, FAIL, False, row, scale=2500, text=ENGLISH, **PAPER
    )
    neighbour, site = signs_of(svg)
    assert neighbour[0] - site[0] == pytest.approx(40, abs=0.01)
    assert neighbour[1] == pytest.approx(site[1], abs=0.01)


def test_the_site_stands_in_the_middle_of_the_window(ground, register):
    left, top, right, bottom = paper_sheet.Sheet(180, 120, 2500, 0, 0, CRS).frame
    svg = drawn_site(ground, register)
    assert signs_of(svg)[-1] == pytest.approx([(left + right) / 2, (top + bottom) / 2])


@pytest.mark.parametrize("scale", [1000, 2500, 10000])
def test_the_scale_bar_is_as_long_as_it_says(ground, register, scale):
    svg = drawn_site(ground, register, scale=scale)
    parts = [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)" height="1.5"', svg)]
    assert len(parts) == 4
    metres = sum(parts) * scale / 1000
    assert f"{metres:.0f}"[0] in "125"
    assert set(f"{metres:.0f}"[1:]) <= {"0"}


def test_grid_lines_stand_on_round_coordinates():
    sheet = paper_sheet.Sheet(180, 120, 2500, 268_250.0, 1_817_800.0, CRS)
    lines, _ = paper_sheet.grid(writer.Definitions(), sheet)
    xs = [float(x) for x in re.findall(r"M([\d.]+) 4V", lines)]
    west = sheet.window[0]
    eastings = [west + (x - sheet.frame[0]) * 2.5 for x in xs]
    assert eastings == pytest.approx([268_100, 268_200, 268_300, 268_400], abs=0.03)


@pytest.mark.parametrize(
    ("scale", "step"), [(500, 50), (1000, 100), (2500, 100), (5000, 200), (10_000, 500), (50_000, 2000)]
)
def test_the_grid_grows_wider_as_the_scale_grows_smaller(scale, step):
    assert paper_sheet.grid_step_m(scale) == step


def test_the_accuracy_circle_is_true_to_scale(register):
    bare = paper_map.ground(None, None, None, crs=CRS)
    svg = paper_map.site_map(bare, SPOT, FAIL, True, register.head(0), scale=2500, text=ENGLISH, accuracy_m=50, **PAPER)
    dashed = re.search(r'<path d="([^"]+)"[^>]*stroke-dasharray="2 1.2"', svg)[1]
    xs = [float(x) for x in re.findall(r"[ML]([\d.]+) [\d.]+", dashed)]
    assert max(xs) - min(xs) == pytest.approx(2 * 50 / 2.5, abs=0.02)


def test_a_circle_outside_the_window_is_still_told_in_words(ground, register):
    beyond = drawn_site(ground, register, accuracy_m=5000)
    assert 'stroke-dasharray="2 1.2"' not in beyond
    assert beyond != drawn_site(ground, register)


def test_the_scale_that_shows_the_circle_shows_all_of_it():
    scale = paper_map.scale_showing(130, **PAPER)
    assert scale == 5000 or 2 * 130 / scale * 1000 <= min(paper_sheet.window_mm(180, 120))
    assert paper_map.scale_showing(1, **PAPER) == 1000
    assert paper_map.scale_showing(1, **PAPER, largest=500) == 500


@pytest.mark.parametrize("text", [TEXT, ENGLISH], ids=["th", "en"])
def test_no_text_is_left_to_the_reader_of_the_file(ground, register, text):
    svg = drawn_site(ground, register, text=text)
    assert "<text" not in svg
    assert re.search("[ก-๛]", svg) is None
    assert len(svg) < 50_000


def test_every_reference_is_defined(ground, register):
    for svg in (drawn_site(ground, register), paper_map.area_map(ground, register, **PAPER, text=TEXT).svg):
        root = ET.fromstring(svg)
        defined = {node.get("id") for node in root.iter() if node.get("id")}
        used = {node.get("href")[1:] for node in root.iter(f"{SVG}use")}
        assert used == defined


def test_the_same_input_gives_the_same_bytes(ground, register):
    again = paper_map.ground(sources.street_axes(), sources.places(), sources.outline(), crs=CRS)
    assert drawn_site(ground, register, 7) == drawn_site(again, register, 7)
    one, other = (paper_map.area_map(each, register, **PAPER, text=TEXT) for each in (ground, again))
    assert one == other


def test_english_maps_bear_english_names(ground, register):
    assert drawn_site(ground, register, 15, ENGLISH) != drawn_site(ground, register, 15)


def test_the_overview_holds_every_site_at_the_largest_scale_that_does(ground, register):
    area = paper_map.area_map(ground, register, width_mm=180, height_mm=240, text=TEXT)
    assert area.scale_denominator == 40_000
    assert set(area.cells) == set(register["code"])
    tall = np.ptp(utm.projected(shapely.get_coordinates(register.geometry.to_numpy()), CRS)[:, 1])
    larger = paper_sheet.SCALES[paper_sheet.SCALES.index(40_000) - 1]
    assert tall / larger * 1000 > paper_sheet.window_mm(180, 240)[1] - 12


def test_cells_count_from_the_upper_left_corner(register):
    corners = [moved(SPOT, east, north) for east, north in ((-500, 300), (500, 300), (-500, -300), (500, -300))]
    four = register.head(4).assign(geometry=[shapely.Point(corner) for corner in corners])
    area = paper_map.area_map(paper_map.ground(None, None, None, crs=CRS), four, **PAPER, text=ENGLISH)
    letters, numbers = zip(*((cell[0], cell[1:]) for cell in area.cells.values()), strict=True)
    assert letters[0] == letters[2] < letters[1] == letters[3]
    assert numbers[0] == numbers[1] < numbers[2] == numbers[3]


def test_sites_at_one_place_each_have_a_sign_and_a_code(register):
    crowd = register.head(4).assign(geometry=[shapely.Point(SPOT)] * 4)
    area = paper_map.area_map(paper_map.ground(None, None, None, crs=CRS), crowd, **PAPER, text=ENGLISH)
    assert area.scale_denominator == 500
    assert area.without_label == ()
    places = signs_of(area.svg)
    assert min(np.hypot(*(one - other)) for one, other in itertools.combinations(places, 2)) > 4


def test_a_crowd_too_dense_is_told_by_code(ground, register):
    area = paper_map.area_map(ground, register, width_mm=60, height_mm=70, text=TEXT)
    assert 0 < len(area.without_label) < len(register)
    assert set(area.without_label) <= set(area.cells)


def test_codes_keep_clear_of_signs_of_one_another_and_of_the_frame(register):
    sheet = paper_sheet.Sheet(180, 240, 40_000, 269_577, 1_818_848, CRS)
    room = paper_labels.Room(sheet.frame, np.array([], dtype=object))
    marks = paper_sites.marks(register, sheet)
    standing = paper_sites.stand(room, marks, 1.3)
    placed = paper_sites.place_codes(room, standing, 1.3, {})
    assert len(placed) > 0.85 * len(marks) > 100
    boxes = shapely.box(*np.array([one.box for one in placed]).T)
    first, second = shapely.STRtree(boxes).query(boxes, predicate="overlaps")
    assert len(first) == len(second) == 0
    assert shapely.box(*sheet.frame).contains(boxes).all()
    for one in standing:
        assert not shapely.Point(one.x, one.y).buffer(1.3).intersects(boxes).any()


def test_a_route_is_numbered_and_joined_in_its_order(ground, register):
    few = register.head(5)
    order = list(few["code"].iloc[[3, 0, 4]])
    plain, routed = (paper_map.area_map(ground, few, **PAPER, text=TEXT, route=way) for way in (None, order))
    back = paper_map.area_map(ground, few, **PAPER, text=TEXT, route=order[::-1])
    legs = re.search(r'<path d="([^"]+)"[^>]*stroke-dasharray="2 1"', routed.svg)[1]
    assert legs.count("M") == 2
    assert routed.svg.count('rx="1.5"') == 3
    assert 'stroke-dasharray="2 1"' not in plain.svg
    assert back.svg != routed.svg
    assert routed.cells == plain.cells


def test_a_route_over_a_site_that_is_not_there_is_refused_by_name(ground, register):
    with pytest.raises(errors.LayerError, match="KK-404"):
        paper_map.area_map(ground, register.head(2), **PAPER, text=TEXT, route=["KK-001", "KK-404"])


def test_a_map_of_no_place_is_refused(ground, register):
    nowhere = register.head(2).assign(geometry=[None, shapely.Point()])
    with pytest.raises(errors.LayerError, match="no site"):
        paper_map.area_map(ground, nowhere, **PAPER, text=TEXT)


def test_a_site_without_a_place_is_left_off_the_map(ground, register):
    some = register.head(3).assign(geometry=[None, *register.geometry.iloc[1:3]])
    assert list(paper_map.area_map(ground, some, **PAPER, text=TEXT).cells) == ["KK-002", "KK-003"]
    assert "<svg" in drawn_site(ground, some, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width_mm": 20}, "at least 50 mm"),
        ({"scale": 0}, "scale more than 0"),
        ({"neighbours": gpd.GeoDataFrame({"code": []}, geometry=[], crs="EPSG:4326")}, "colour, shape, glyph, hollow"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(ground, register, change, message):
    options = {"neighbours": register, "scale": 2500, **PAPER} | change
    neighbours = options.pop("neighbours")
    with pytest.raises(errors.LayerError, match=message):
        paper_map.site_map(ground, SPOT, FAIL, False, neighbours, text=TEXT, **options)


def test_sites_in_metres_are_refused(ground, register):
    with pytest.raises(errors.LayerError, match="EPSG:4326"):
        paper_map.area_map(ground, register.to_crs("EPSG:32648"), **PAPER, text=TEXT)


def test_sites_too_far_apart_for_any_scale_are_refused(ground, register):
    far = register.head(2).assign(geometry=[shapely.Point(100, 5), shapely.Point(105, 20)])
    with pytest.raises(errors.LayerError, match="1:1,000,000"):
        paper_map.area_map(ground, far, **PAPER, text=TEXT)


def test_a_layer_without_crs_is_refused():
    with pytest.raises(errors.LayerError, match="no CRS"):
        paper_map.ground(gpd.GeoDataFrame({"name_th": ["ก"]}, geometry=[shapely.Point(0, 0)]), None, None, crs=CRS)


def test_richer_ground_is_drawn_where_there_is_some(register):
    west, east = moved(SPOT, -200, 30), moved(SPOT, 200, 30)
    house = gpd.GeoDataFrame(geometry=[shapely.Point(SPOT).buffer(0.0003)], crs="EPSG:4326")
    options = {"scale": 2500, "text": ENGLISH, **PAPER}

    def drawn(highway, **more):
        streets = one_street(west, east, highway=[highway])
        base = paper_map.ground(streets, None, None, **more, crs=CRS)
        return paper_map.site_map(base, SPOT, FAIL, False, register.head(0), **options)

    assert "#d9d5cc" in drawn("residential", buildings=house)
    assert "#cfe4ef" in drawn("residential", water=house)
    assert "#d9d5cc" not in drawn("residential")
    widths = [
        max(map(float, re.findall(r'stroke="#efeadd" stroke-width="([\d.]+)"', drawn(each))))
        for each in ("trunk", "secondary", "tertiary", "residential")
    ]
    assert widths == sorted(set(widths), reverse=True)
    assert 'stroke-dasharray="1 .6"' in drawn("footway")


def test_lesser_streets_are_left_out_of_small_scales(register):
    streets = one_street(moved(SPOT, -3000, 0), moved(SPOT, 3000, 0), highway=["residential"])
    base = paper_map.ground(streets, None, None, crs=CRS)
    near, far = (
        paper_map.site_map(base, SPOT, FAIL, False, register.head(0), scale=scale, text=ENGLISH, **PAPER)
        for scale in (10_000, 25_000)
    )
    assert "#efeadd" in near
    assert "#efeadd" not in far


def test_a_hollow_sign_differs_by_more_than_colour(ground, register):
    def sign(hollow):
        svg = paper_map.site_map(ground, SPOT, FAIL, hollow, register.head(0), scale=2500, text=ENGLISH, **PAPER)
        return re.search(r'<g id="sign-[^"]+">(.*?)</g>', svg)[1]

    assert "stroke-dasharray" in sign(True)
    assert "stroke-dasharray" not in sign(False)


def test_every_verdict_and_grade_has_its_own_outline_or_glyph(register):
    looks = [*symbols.OF_VERDICT.values(), *symbols.OF_GRADE.values()]
    drawn = set()
    for look in set(looks):
        svg = paper_map.site_map(
            paper_map.ground(None, None, None, crs=CRS),
            SPOT,
            look,
            False,
            register.head(0),
            scale=2500,
            text=ENGLISH,
            **PAPER,
        )
        drawn.add(re.sub("#[0-9a-f]{6}", "", re.search(r'<g id="sign-[^"]+">(.*?)</g>\s*(?:<g id|</defs>)', svg)[1]))
    assert len(drawn) == len(set(looks))


def test_an_unknown_shape_is_refused(ground, register):
    with pytest.raises(errors.LayerError, match="'star'"):
        paper_map.site_map(
            ground, SPOT, symbols.Symbol("#000000", "star", "?"), False, register, scale=2500, text=TEXT, **PAPER
        )
