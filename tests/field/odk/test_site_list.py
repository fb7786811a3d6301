from __future__ import annotations

import csv
import io
import re

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from audits import wording
from audits.demo import seed
from audits.field.odk import site_list

THAI = wording.Wording("th")


def _read(written: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written.decode())))


@pytest.fixture
def two_sites():
    columns = {
        "name_th": ["สถานีรถไฟ", "ลานเมือง"],
        "name_en": ["Railway station", ""],
        "position_accuracy_m": [130.0, None],
    }
    points = [shapely.Point(102.8231, 16.4251), None]
    return gpd.GeoDataFrame(columns, index=pd.Index(["KK-001", "SP-001"], name="code"), geometry=points, crs=4326)


@pytest.fixture
def elements():
    columns = {"site_code": ["KK-001", "KK-001"], "kind": ["ramp", "ramp"], "label": ["", "ฝั่งเหนือ"]}
    return pd.DataFrame(columns, index=pd.Index(["KK-001.ramp.1", "KK-001.ramp.2"], name="element_id"))


def test_the_list_holds_every_site_and_one_row_for_any_other_place(ramp_sites):
    written = site_list.sites_csv(ramp_sites, seed.starter_elements(), THAI)
    rows = _read(written)
    assert [row["name"] for row in rows] == [*ramp_sites.index, "other"]
    assert site_list.count(written) == 85


def test_its_headers_are_names_of_xml_elements(two_sites, elements):
    header = site_list.sites_csv(two_sites, elements, THAI).decode().splitlines()[0]
    assert header == "name,code,label,name_en,geometry,site_elements"
    assert all(re.fullmatch("[A-Za-z_][A-Za-z0-9_.-]*", column) for column in header.split(","))


def test_a_site_tells_its_position_and_what_the_register_knows_of_it(two_sites, elements):
    row = _read(site_list.sites_csv(two_sites, elements, THAI))[0]
    assert row["label"] == "KK-001 สถานีรถไฟ"
    assert row["geometry"] == "16.425100 102.823100 0 130"
    assert row["site_elements"] == "ทางลาด 1; ทางลาด 2 ฝั่งเหนือ"


def test_a_map_shows_only_what_has_a_position_and_the_list_shows_all(two_sites, elements):
    assert [row["name"] for row in _read(site_list.sites_csv(two_sites, elements, THAI))] == [
        "KK-001",
        "SP-001",
        "other",
    ]
    on_map = _read(site_list.sites_csv(two_sites, elements, THAI, with_map=True))
    assert [row["name"] for row in on_map] == ["KK-001"]


def test_the_labels_speak_the_readers_language_where_a_name_is_known(two_sites, elements, english):
    labels = [row["label"] for row in _read(site_list.sites_csv(two_sites, elements, english))]
    assert labels == ["KK-001 Railway station", "SP-001 ลานเมือง", "another place, not in this list"]


def test_a_name_like_a_formula_is_made_harmless(two_sites, elements):
    two_sites["name_en"] = ["=HYPERLINK(1)", ""]
    assert _read(site_list.sites_csv(two_sites, elements, THAI))[0]["name_en"] == "'=HYPERLINK(1)"
