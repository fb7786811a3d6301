"""A ramp and a space that share a name or lie side by side may be one thing, until somebody decides."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from audits.store.register import presumed_pairs
from layers import sources

KK, SP = "KK-001.ramp.1", "SP-001.ramp.1"


def _sites(**names: str) -> gpd.GeoDataFrame:
    """Sites on a line, 1 km apart, by code and Thai name."""
    index = pd.Index([code.replace("_", "-") for code in names], name="code")
    kinds = ["ramp" if code.startswith("KK") else "space" for code in index]
    points = [shapely.Point(102.83 + 0.01 * number, 16.43) for number in range(len(index))]
    columns = {"kind": kinds, "name_th": list(names.values()), "name_en": ""}
    return gpd.GeoDataFrame(columns, index=index, geometry=points, crs=sources.WGS84)


def _elements(*element_ids: str) -> pd.DataFrame:
    index = pd.Index(element_ids, name="element_id")
    return pd.DataFrame({"site_code": index.str[:6], "kind": index.str.split(".").str[1]}, index=index)


def _found(sites, elements, joined=None, apart=()):
    return list(presumed_pairs.find(sites, elements, joined or {}, apart).index)


def test_a_ramp_is_presumed_to_be_that_of_the_space_whose_name_it_bears() -> None:
    elements = _elements(KK, SP, "SP-001.path.1", "SP-002.ramp.1")
    assert _found(_sites(KK_001="ทางลาด ศาลากลาง", SP_001="ศาลากลาง", SP_002="ตลาด"), elements) == [(KK, SP)]


def test_sites_side_by_side_are_presumed_to_be_one_place() -> None:
    sites = _sites(KK_001="ก", SP_001="ข")
    assert _found(sites, _elements(KK, SP)) == []
    sites.geometry = [shapely.Point(102.83, 16.43), shapely.Point(102.8302, 16.43)]
    assert _found(sites, _elements(KK, SP)) == [(KK, SP)]
    sites.geometry = [shapely.Point(102.83, 16.43), shapely.Point(102.8304, 16.43)]
    assert _found(sites, _elements(KK, SP)) == []


def test_a_site_without_name_or_position_is_like_no_other() -> None:
    sites = _sites(KK_001="", SP_001="")
    sites.geometry = [None, None]
    assert _found(sites, _elements(KK, SP)) == []


def test_what_is_decided_is_presumed_no_more() -> None:
    sites = _sites(KK_001="ทางลาด ศาลากลาง", SP_001="ศาลากลาง")
    assert _found(sites, _elements(KK, SP), joined={SP: KK}) == []
    assert _found(sites, _elements(KK, SP), apart=[frozenset((KK, SP))]) == []


def test_the_starter_register_has_nineteen_ramps_that_bear_the_name_of_a_space() -> None:
    sites, elements = sources.starter_sites().set_index("code"), sources.starter_elements().set_index("element_id")
    found = presumed_pairs.find(sites, elements, {}, ())
    assert set(found["kind"]) == {"ramp"}
    assert len(found) == 19
    assert (found["site_code"].str[:2] == "KK").all()
    assert (found["other_site"].str[:2] == "SP").all()
