"""Tests of the names of sites and elements."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import pandas as pd

from app_pages.parts.shared import record_names
from audits import wording
from tests import made_records

SITES = pd.DataFrame(
    {"name_th": ["ศาลากลาง", "สวน"], "name_en": ["City hall", None]}, index=pd.Index(["A-001", "A-002"], name="code")
)
ELEMENTS = pd.DataFrame(
    {"site_code": ["A-001", "A-002"], "kind": ["ramp", "parking"], "label": ["หน้าอาคาร", None]},
    index=pd.Index(["A-001.ramp.1", "A-002.parking.2"], name="element_id"),
)


def _names(language: str, key: str = "1", sites: pd.DataFrame = SITES) -> record_names.Names:
    record = made_records.record_of(gpd.GeoDataFrame(sites), ELEMENTS, audit=None, key=key)
    return record_names.of(SimpleNamespace(words=wording.Wording(language)), record)  # type: ignore[arg-type]


def test_each_language_has_its_own_names() -> None:
    thai, english = _names("th"), _names("en")
    assert (thai.fix("A-001.ramp.1"), english.fix("A-001.ramp.1")) == (
        "A-001 ศาลากลาง · ทางลาด 1 · หน้าอาคาร",
        "A-001 City hall · ramp 1 · หน้าอาคาร",
    )
    assert english.fix("A-002.parking.2") == f"A-002 สวน · {english.elements['A-002.parking.2']}"


def test_a_site_that_the_record_does_not_have_is_its_code() -> None:
    assert _names("en").site("Z-999") == "Z-999"


def test_a_record_that_changed_has_new_names() -> None:
    assert _names("en", "2").site("A-001") == "A-001 City hall"
    renamed = SITES.assign(name_en=["Town hall", None])
    assert _names("en", "3", renamed).site("A-001") == "A-001 Town hall"
