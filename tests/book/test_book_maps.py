import dataclasses
import re

import geopandas as gpd
import pytest
import shapely

from audits import terms
from audits.book import book_maps, book_pages, layout
from audits.reports import contents
from layers import ground
from tests.book import conftest


@pytest.fixture(scope="module")
def atlas(in_english, english):
    return book_maps.atlas(in_english, layout.PAPERS["A4"], english)


def row(known, code):
    return next(each for each in known.sites.itertuples() if each.code == code)


@pytest.mark.parametrize(
    ("east", "north", "told"),
    [(0, 5, "to the north"), (5, 5, "to the north-east"), (-5, 0.1, "to the west"), (1, -50, "to the south")],
)
def test_a_direction_is_one_of_eight(english, east, north, told):
    assert book_maps.direction(east, north, english) == told


def test_the_words_of_a_map_name_site_scale_place_and_streets(atlas, in_english):
    alt = atlas.site(row(in_english, "KK-001"))["alt"]
    assert alt.startswith("Map of KK-001 Ramp, City municipality office at 1:")
    assert "accuracy about 130 m" in alt
    assert "Streets: " in alt


def test_a_neighbour_is_told_by_direction_and_distance(atlas, in_english):
    told = [atlas.site(each)["alt"] for each in in_english.sites.itertuples() if each.code != "KK-004"]
    found = [re.search(r"Nearest sites: ([A-Z]{2}-\d+) (\d+) m to the [a-z-]+", alt) for alt in told]
    assert any(found)


def test_the_circle_of_what_is_not_known_fits_on_the_map(atlas, in_english):
    site = row(in_english, "KK-001")
    scale = int(re.search(r"1:([\d,]+)", atlas.site(site)["alt"])[1].replace(",", ""))
    assert 2 * site.position_accuracy_m * 1000 / scale < layout.PAPERS["A4"].site_map_mm


def test_a_site_without_a_place_has_no_map(atlas, in_english):
    assert atlas.site(row(in_english, "KK-004")) is None


def test_an_area_knows_the_square_of_every_site(atlas):
    drawn, cells = atlas.area(list(atlas.marked.index), "All.")
    assert set(cells) == set(atlas.marked.index)
    assert re.fullmatch(r"All\. Scale 1:[\d,]+", drawn["alt"])


def test_pages_and_maps_measure_in_the_same_metres(atlas, in_english, english):
    page = book_pages.page(row(in_english, "KK-001"), None, book_pages.Known(in_english, english))
    east, north = dict(page["facts"])["UTM 48N"].removesuffix(" N").split(" E, ")
    here = atlas.zone("EPSG:32648").metres[atlas.marked.index.get_loc("KK-001")]
    assert (int(east), int(north)) == tuple(round(value) for value in here)


def test_a_place_of_another_town_has_its_own_zone_and_stays_off_the_overview(atlas, in_english, english):
    away = row(in_english, "KK-001")._replace(longitude_deg=98.98529, latitude_deg=18.7877)
    facts = dict(book_pages.page(away, None, book_pages.Known(in_english, english))["facts"])
    assert facts["UTM 47N"] == "498450 E, 2077337 N"
    marked = atlas.marked.copy()
    marked.loc["KK-001", "geometry"] = shapely.Point(98.98529, 18.7877)
    moved = dataclasses.replace(atlas, marked=marked, _zones={})
    assert "at 1:" in moved.site(away)["alt"]
    drawn, cells = moved.area(list(marked.index), "All.")
    assert set(cells) == set(marked.index) - {"KK-001"}
    assert drawn["note"].endswith("Too far away for this map: KK-001")


def test_on_a_base_map_the_book_draws_its_buildings_and_says_whose_map_it_is(record, english, atlas):
    point = record.sites.to_crs("EPSG:32648").geometry["KK-001"]
    square = point.buffer(20, cap_style="square")
    named = {"name_th": ["ทดสอบ"], "name_en": [""]}
    areas = gpd.GeoDataFrame(named, geometry=[square], crs="EPSG:32648")
    line = shapely.LineString([(point.x - 200, point.y + 30), (point.x + 200, point.y + 30)])
    streets = gpd.GeoDataFrame(named | {"highway": ["residential"]}, geometry=[line], crs="EPSG:32648")
    mapped = dataclasses.replace(ground.of(None), streets=streets, buildings=areas, parks=areas, mapped=True)
    made = contents.contents(record, english, options=dataclasses.replace(conftest.OPTIONS, ground=mapped))
    drawn = book_maps.atlas(made, layout.PAPERS["A4"], english)
    assert drawn.credit == terms.MAPPED_CREDIT
    svg, coarse = (each.site(row(made, "KK-001")) for each in (drawn, atlas))
    assert svg["svg"].count('fill-rule="evenodd"') == coarse["svg"].count('fill-rule="evenodd"') + 1
    assert "Streets: ทดสอบ." in svg["alt"]
    assert atlas.credit == terms.GROUND_CREDIT
