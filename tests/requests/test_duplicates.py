"""Requests near each other in alike words are proposed as one; nothing is merged."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import pandas as pd
import pytest

from audits import wording
from audits.requests import counts, duplicates
from audits.store.requests import requests

SITES = gpd.GeoDataFrame(
    {"retired": [False, False]},
    geometry=gpd.points_from_xy([102.8340, 102.8400], [16.4320, 16.4400], crs="EPSG:4326"),
    index=["KK-001", "KK-002"],
)
# 0.0001 degrees are 11 m
ROWS = (
    ("R-1", "ทางลาดหน้าตลาดชันเกินไป", "", 102.8341, 16.4321, "new"),
    ("R-2", "ทางลาดตลาด ชันมาก", "KK-001", None, None, "joined"),
    ("R-3", "ขอห้องน้ำสาธารณะ", "", 102.8341, 16.4321, "new"),
    ("R-4", "ทางลาดหน้าตลาดชันเกินไป", "", 102.8345, 16.4321, "new"),
    ("R-5", "ทางลาดหน้าตลาดชันเกินไป", "", 102.8341, 16.4321, "refused"),
    ("R-6", "ทางลาดหน้าตลาดชัน", "KK-001", 102.9, 16.5, "in_plan"),
)


@pytest.fixture
def asked() -> pd.DataFrame:
    names = ["request_id", "text", "site_code", "longitude", "latitude", "state"]
    table = pd.DataFrame(list(ROWS), columns=names)
    return table.assign(received_on=dt.date(2026, 3, 2), longitude=table["longitude"].astype(float))


def test_pairs_are_near_alike_and_open(asked: pd.DataFrame) -> None:
    found = duplicates.find(asked, SITES)
    assert {(row.request_id, row.other_id) for row in found.itertuples()} == {("R-1", "R-2"), ("R-2", "R-6")}
    assert found.set_index("other_id")["metres"].to_dict() == {"R-2": pytest.approx(15.4, abs=0.3), "R-6": 0.0}
    assert duplicates.find(asked.iloc[:0], SITES).empty


def test_the_site_within_30_m_is_found() -> None:
    assert duplicates.nearest_site(102.8341, 16.4321, SITES) == "KK-001"
    assert duplicates.nearest_site(102.8350, 16.4321, SITES) == ""


def test_counts_are_of_requests_and_open_ones_at_sites(asked: pd.DataFrame) -> None:
    assert counts.at_sites(asked).to_dict() == {"KK-001": 2.0}
    numbers = counts.by_state(asked)
    assert numbers == {"new": 3, "joined": 1, "in_plan": 1, "built": 0, "refused": 1, "same": 0}
    assert requests.REFUSED in " ".join(counts.sentences(numbers, wording.Wording("en")))
