"""Residents find a place by its name, once, and what they write is known again."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from audits import wording
from audits.reports import known_places
from audits.store.db import connection, workspace
from audits.store.register import presumed_pairs, register

PLACES = {"ตลาดบางลำภู · เขต 2 · SP-036": "SP-036", "ศาลา จุดที่ 1 · KK-1": "KK-1", "ศาลา จุดที่ 1 · KK-2": "KK-2"}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ตลาดบางลำภู · เขต 2 · SP-036", "SP-036"),
        (" ตลาดบางลำภู ", "SP-036"),
        ("sp-036", "SP-036"),
        ("ศาลา จุดที่ 1 · KK-2", "KK-2"),
        # two have the name, and nobody knows which one is meant
        ("ศาลา จุดที่ 1", ""),
        ("หน้าตลาดบางลำภู", ""),
        ("", ""),
    ],
)
def test_a_place_is_known_by_what_can_only_be_its_own(written: str, code: str) -> None:
    assert known_places.code(written, PLACES) == code


def test_a_ramp_that_stands_at_a_space_too_is_listed_under_the_space_alone() -> None:
    rows = [
        ("KK-1", "ramp", "ทางลาด ตลาด", shapely.Point(102.83, 16.43)),
        ("KK-2", "ramp", "ทางลาด วัด", shapely.Point(102.84, 16.43)),
        ("KK-3", "ramp", "ทางลาด ที่ว่าการอำเภอ", shapely.Point(102.85, 16.43)),
        ("KK-4", "ramp", "ทางลาด หลังสถานี", shapely.Point(102.86, 16.43)),
        ("SP-1", "space", "ตลาด", shapely.Point(102.83, 16.43)),
        ("SP-2", "space", "วัด", shapely.Point(102.84, 16.43)),
        ("SP-3", "space", "วิทยาลัย", shapely.Point(102.85, 16.43)),
        ("SP-4", "space", "สถานี", shapely.Point(102.86, 16.43)),
    ]
    sites = gpd.GeoDataFrame(rows, columns=["code", "kind", "name_th", "geometry"], crs="EPSG:4326").set_index("code")
    sites["name_en"] = ""
    named = [(f"{code}.ramp.1", code, "ramp") for code in sites.index] + [("KK-2.stair.1", "KK-2", "stair")]
    elements = pd.DataFrame(named, columns=["element_id", "site_code", "kind"]).set_index("element_id")
    joined = {"SP-4.ramp.1": "KK-4.ramp.1"}
    pairs = presumed_pairs.find(sites, elements, joined, ())
    assert len(pairs) == 3
    # at the second stands a stair of its own, and the third is known by another name than the space beside it
    assert known_places.repeated(sites, elements, joined, pairs) == {"KK-1", "KK-4"}


def test_places_stand_in_the_order_of_a_reader_with_the_street_or_zone_that_the_name_leaves_out(
    laid_out_file: Path, tmp_path: Path
) -> None:
    road = "ถนนหน้าเมือง"
    folder = Path(shutil.copytree(laid_out_file, tmp_path / "work"))
    with connection.open_store(workspace.Workspace(folder)) as store:
        for name, street, zone in (
            ("เสาธง", road, 2),
            (f"{road} จุดที่ 10", road, 1),
            (f"{road} จุดที่ 9", road, 1),
            ("แยกวัด", "", None),
        ):
            values = {"name_th": name, "street_th": street, "zone": zone, "setting": "municipal_footpath"}
            register.add_site(store, "space", values, "malee", "test")
        assert list(known_places.labels(store, wording.Wording("th"))) == [
            "ถนนหน้าเมือง จุดที่ 9 · เขต 1 · SP-003",
            "ถนนหน้าเมือง จุดที่ 10 · เขต 1 · SP-002",
            "แยกวัด · SP-004",
            "เสาธง · ถนนหน้าเมือง · SP-001",
        ]
