"""Provide the real criteria and a register of two sites."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from audits.field.tables import sites_table
from audits.rules import files, model
from audits.store.db import connection, workspace
from tests.field import sent


@pytest.fixture(scope="session")
def book() -> model.Criteria:
    return files.load_criteria()


@pytest.fixture
def register() -> gpd.GeoDataFrame:
    """Return a ramp site whose place is sure, and a space whose place nobody knows."""
    empty = dict.fromkeys(sites_table.SITE_COLUMNS, "") | {"zone": pd.NA, "position_accuracy_m": float("nan")}
    rows = [
        empty | {"kind": "ramp", "name_th": "สถานีรถไฟ", "name_en": "Railway station"},
        empty | {"kind": "space", "name_th": "ลานหน้าเมือง", "name_en": "City square"},
    ]
    points = [shapely.Point(102.8231, 16.4251), None]
    index = pd.Index(["KK-001", "SP-001"], name="code")
    return gpd.GeoDataFrame(rows, index=index, geometry=points, crs="EPSG:4326")


@pytest.fixture
def elements() -> pd.DataFrame:
    columns = {"site_code": "KK-001", "kind": "ramp", "label": "", "permitted_on": None, "source": "register"}
    return pd.DataFrame([columns], index=pd.Index(["KK-001.ramp.1"], name="element_id"))


@pytest.fixture
def store(place: workspace.Workspace) -> Iterator[connection.Store]:
    """Return a store with a ramp whose place is confirmed to 5 m and a space whose place is presumed."""
    with connection.open_store(place) as opened:
        sent.add_site(opened, "KK-001", "ramp", "confirmed", 5.0)
        sent.add_site(opened, "SP-001", "space", "presumed", 300.0)
        yield opened
