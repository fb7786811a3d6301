"""The kit is one page: everything written into it, small, and allowed to run nothing and reach nobody else."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
import html.parser
import json
import random
import re
import xml.etree.ElementTree as ET

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from PIL import Image

from audits import errors, survey, wording
from audits.demo import seed
from audits.field.kit import page as kit_page
from layers import ground
from tests import made_records

MOST_BYTES_PACKED = 300_000


class Reader(html.parser.HTMLParser):
    """Collect the elements of a page and what stands in scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.inside = [], {}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._open = dict(attributes).get("id", tag) if tag in ("script", "style") else ""

    def handle_endtag(self, tag):
        self._open = ""

    def handle_data(self, data):
        if self._open:
            self.inside.setdefault(self._open, []).append(data)


@pytest.fixture(name="packed", scope="module")
def _packed(book, weights):
    sites = seed.starter_sites()
    elements = seed.starter_elements().drop("KK-002.ramp.1")
    elements.loc["KK-001.ramp.1", ["label", "permitted_on"]] = ["</script><b>", pd.Timestamp("2010-05-01")]
    devices = pd.DataFrame(
        {"instrument_id": ["digital_level"], "uncertainty": [0.07], "valid_until": [pd.Timestamp("2027-01-31")]},
        index=["L-03"],
    )
    record = made_records.record_of(sites, elements, None, book, weights)
    return kit_page.pack(record, devices, kit_page.Origin("w", address="https://kk.example.go.th"))


@pytest.fixture(name="page", scope="module")
def _page(packed):
    return kit_page.render(packed)


@pytest.fixture(name="read", scope="module")
def _read(page):
    return Reader(page.decode())


def test_every_site_and_element_is_in_it(packed, read):
    told = json.loads(read.inside["kit-data"][0])
    assert told == json.loads(json.dumps(packed))
    assert len(told["sites"]) == len(seed.starter_sites())
    one, two = told["sites"][:2]
    assert (one["code"], one["en"]) == ("KK-001", "Ramp, City municipality office")
    element = {"id": "KK-001.ramp.1", "kind": "ramp", "label": "</script><b>", "permitted_on": "2010-05-01"}
    assert one["elements"] == [element]
    assert two["elements"] == []
    assert told["devices"] == {"digital_level/L-03": {"uncertainty": 0.07, "valid_until": "2027-01-31"}}
    assert len(told["ground"]["streets"]) == 11


def test_a_site_without_a_place_and_zone_is_packed_too(book, weights):
    sites = seed.starter_sites().loc[["KK-001"]]
    sites.loc["KK-001", "zone"] = pd.NA
    sites = sites.set_geometry([None], crs=4326)
    none = seed.starter_elements().iloc[:0]
    devices = pd.DataFrame(columns=["instrument_id", "uncertainty", "valid_until"])
    record = made_records.record_of(sites, none, None, book, weights)
    packed = kit_page.pack(record, devices, kit_page.Origin("w"))
    site = packed["sites"][0]
    assert (site["surveyed_on"], site["due_on"]) == ("", "")
    last = record.audit.sites.assign(last_surveyed_on=_visits("KK-001")["observed_at"].to_numpy())
    audit = dataclasses.replace(record.audit, sites=last.astype({"last_surveyed_on": "datetime64[ns, UTC]"}))
    surveyed = kit_page.pack(dataclasses.replace(record, audit=audit), devices, kit_page.Origin("w"))["sites"][0]
    assert (surveyed["surveyed_on"], surveyed["due_on"]) == ("2026-03-03", "2027-03-03")
    assert (site["lat"], site["lon"], site["zone"], site["elements"]) == (None, None, None, [])
    assert kit_page.render(packed)


def test_a_site_with_most_questions_open_says_how_many_are_answered(book, weights):
    sites, elements = seed.starter_sites().loc[["KK-001", "KK-002"]], seed.starter_elements()
    record = made_records.record_of(
        sites, elements.loc[elements["site_code"].isin(sites.index)], None, book, weights, surveys=_visits("KK-001")
    )
    devices = pd.DataFrame(columns=["instrument_id", "uncertainty", "valid_until"])
    first, second = kit_page.pack(record, devices, kit_page.Origin("w"))["sites"]
    assert first["begun"]["done"] == 0 < first["begun"]["all"]
    assert "begun" not in second, "nobody was there yet"


def _visits(code):
    return pd.DataFrame({"site_code": [code], "place": [""], "observed_at": [pd.Timestamp("2026-03-02T20:00Z")]})


def test_the_number_of_a_retired_element_is_never_given_again(book, weights):
    sites = seed.starter_sites().loc[["KK-001", "KK-002"]]
    none = seed.starter_elements().iloc[:0]
    gone = frozenset({"KK-001.ramp.2", "KK-001.ramp.10", "KK-001.sign.1", "KK-001.stair.north"})
    record = dataclasses.replace(made_records.record_of(sites, none, None, book, weights), retired=gone)
    devices = pd.DataFrame(columns=["instrument_id", "uncertainty", "valid_until"])
    first, second = kit_page.pack(record, devices, kit_page.Origin("w"))["sites"]
    assert first["retired"] == {"ramp": 10, "sign": 1, "stair": 0}
    assert "retired" not in second


def test_the_page_stays_small(page):
    assert len(gzip.compress(page, 9)) < MOST_BYTES_PACKED


def test_nothing_in_it_is_fetched_from_anywhere(page, read):
    for tag, attributes in read.elements:
        assert "src" not in attributes, tag
        assert attributes.get("href", "#").startswith(("#", "data:")), tag
        assert not any(name.startswith("on") for name in attributes), tag
        assert "style" not in attributes, tag
    addresses = set(re.findall(rb"https?://[\w./-]+", page))
    # the last one is a link, which asks nobody before it is tapped
    known = {b"https://kk.example.go.th", b"http://www.w3.org/2000/svg", b"https://www.google.com/maps/dir/"}
    assert addresses <= known


def test_its_policy_names_every_script_in_it_and_no_other(page, read):
    policy = dict(part.split(" ", 1) for part in kit_page.policy_of(page).split("; "))
    scripts = [each["text"] for each in re.finditer(r"<script>(?P<text>.*?)</script>", page.decode(), re.DOTALL)]
    assert len(scripts) == len(kit_page.SCRIPTS)
    own = {f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in scripts}
    assert set(policy["script-src"].split()) == own
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["connect-src"] == "'self' https://kk.example.go.th"
    assert "unsafe" not in kit_page.policy_of(page)


def test_the_scripts_build_no_code_and_no_markup_from_texts():
    for name in (*kit_page.SCRIPTS, "sw"):
        script = (kit_page.FOLDER / f"{name}.js").read_text("utf-8")
        assert not re.search(
            r"\beval\(|new Function|insertAdjacentHTML|document\.write|(inner|outer)HTML\s*=[^=]", script
        )
        assert '"use strict"' in script


def test_every_phrase_that_the_scripts_say_is_packed_and_none_in_vain():
    text = "\n".join((kit_page.FOLDER / f"{name}.js").read_text("utf-8") for name in kit_page.SCRIPTS)
    literal = set(re.findall(r'"([a-z_]+)"', text))
    states = {f"state_{state}" for state in re.findall(r"(\w+): \"[^\"]\"", text)}
    assert set(re.findall(r'\bsay\("([a-z_]+)"', text)) <= set(kit_page.WORDS)
    assert set(kit_page.WORDS) <= literal | states
    assert {f"state_{each}" for each in ("none", "draft", "phone", "sent", "accepted", "held", "returned")} <= states


def test_both_languages_are_in_it(packed):
    names = packed["rules"]["names"]
    thai, english = names[packed["rules"]["words"]["finish"]]
    assert (thai, english) == (wording.Wording("th").text(kit_page.WORDS["finish"]), "Finish this survey")
    assert thai != english
    assert set(packed["rules"]["kinds"]) == set(survey.ELEMENT_KINDS)


def test_the_same_register_gives_the_same_bytes(packed, page):
    assert kit_page.render(packed) == page


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("", ""),
        (" https://kk.example.go.th/ ", "https://kk.example.go.th"),
        ("http://192.168.1.7:8501/field/kit", "http://192.168.1.7:8501"),
    ],
)
def test_an_address_is_kept_without_its_path(written, address):
    assert kit_page.known_address(written) == address


@pytest.mark.parametrize(
    "written", ["kk.example.go.th", "ftp://a", "https://", "https://a b", "https://a;x", "https://u@a"]
)
def test_what_is_no_address_is_refused(written):
    with pytest.raises(errors.RefusedError) as refused:
        kit_page.known_address(written)
    assert refused.value.problems[0].kind is kit_page.NO_ADDRESS


@pytest.mark.parametrize("side", [192, 512])
def test_the_icon_is_a_picture_of_its_own(side):
    image = Image.open(kit_page.FOLDER / f"icon-{side}.png")
    assert (image.size, image.mode) == ((side, side), "RGB")
    assert image.getpixel((0, 0)) == (0, 87, 75)
    assert image.getpixel((round(0.8 * side), round(0.75 * side))) == (255, 255, 255)
    assert ET.parse(kit_page.FOLDER / "icon.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"


def _crowded():
    """Return a base map that is denser than any city: 120 buildings and as many lanes round every site."""
    chance, shapes, lanes = random.Random(3), [], []
    for point in seed.starter_sites().to_crs("EPSG:32648").geometry:
        for _ in range(120):
            east, north = point.x + chance.uniform(-190, 190), point.y + chance.uniform(-190, 190)
            shapes.append(shapely.box(east, north, east + chance.uniform(5, 30), north + chance.uniform(5, 30)))
            lanes.append(shapely.LineString([(east, north), (east + chance.uniform(5, 90), north + 40)]))
    named = {"name_th": [""] * len(shapes), "name_en": [""] * len(shapes)}
    areas = gpd.GeoDataFrame(named, geometry=shapes, crs="EPSG:32648")
    streets = gpd.GeoDataFrame(named | {"highway": ["residential"] * len(lanes)}, geometry=lanes, crs="EPSG:32648")
    coarse = ground.of(None)
    return dataclasses.replace(coarse, streets=streets, buildings=areas, water=areas.iloc[:1], mapped=True)


def test_a_kit_on_a_dense_base_map_stays_small_and_says_whose_map_it_is(book, weights, packed):
    record = made_records.record_of(seed.starter_sites(), seed.starter_elements(), None, book, weights)
    made = kit_page.pack(record, pd.DataFrame(columns=["instrument_id"]), kit_page.Origin("w"), _crowded())
    ground_of_kit = made["ground"]
    assert len(ground_of_kit["buildings"]) > 1_000
    assert all(street["lesser"] for street in ground_of_kit["streets"])
    assert "OpenStreetMap contributors" in ground_of_kit["credit"]["th"]
    assert len(gzip.compress(kit_page.render(made), 9)) <= MOST_BYTES_PACKED
    assert "credit" not in packed["ground"]
