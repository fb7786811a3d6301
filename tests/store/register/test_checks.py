import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from audits import errors
from audits.store.register import checks


def kinds(sites: gpd.GeoDataFrame, elements: pd.DataFrame) -> list[errors.ProblemKind]:
    return [problem.kind for problem in checks.of_frames(sites, elements)]


def test_a_sound_list_has_no_problems(new_sites: gpd.GeoDataFrame, new_elements: pd.DataFrame) -> None:
    assert kinds(new_sites, new_elements) == []


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("kind", "bridge", checks.UNKNOWN_WORD),
        ("setting", "", checks.UNKNOWN_WORD),
        ("zone_basis", "guess", checks.UNKNOWN_WORD),
        ("position_status", "somewhere", checks.UNKNOWN_WORD),
        ("name_th", None, checks.NOT_A_TEXT),
        ("position_accuracy_m", -5.0, checks.BAD_ACCURACY),
        ("position_accuracy_m", math.inf, checks.BAD_ACCURACY),
        ("geometry", shapely.Point(1_000, 1_000), checks.NOT_A_POINT),
        ("geometry", shapely.LineString([(102, 16), (103, 16)]), checks.NOT_A_POINT),
    ],
)
def test_each_fault_of_a_site_is_found(
    new_sites: gpd.GeoDataFrame, new_elements: pd.DataFrame, column: str, value: object, kind: errors.ProblemKind
) -> None:
    new_sites[column] = np.array([value, new_sites[column].iloc[1]], dtype=object)
    assert kinds(new_sites.set_geometry("geometry", crs=4326), new_elements) == [kind]


def test_missing_and_unknown_columns_are_named(new_sites: gpd.GeoDataFrame, new_elements: pd.DataFrame) -> None:
    found = kinds(new_sites.rename(columns={"street_th": "road"}), new_elements.drop(columns="label"))
    assert found == [
        checks.MISSING_COLUMN,
        checks.UNKNOWN_COLUMN,
        checks.MISSING_COLUMN,
    ]


def test_codes_that_are_empty_or_come_twice_are_found(new_sites: gpd.GeoDataFrame, new_elements: pd.DataFrame) -> None:
    assert kinds(new_sites.rename(index={"SP-001": "KK-001"}), new_elements) == [checks.TWICE]
    assert kinds(new_sites, new_elements.rename(index={"SP-001.path.1": " "})) == [checks.EMPTY_CODE]


def test_points_without_a_coordinate_system_are_refused(
    new_sites: gpd.GeoDataFrame, new_elements: pd.DataFrame
) -> None:
    assert kinds(new_sites.set_crs(None, allow_override=True), new_elements) == [checks.NO_CRS]


def test_an_unknown_kind_or_source_of_an_element_is_found(new_elements: pd.DataFrame) -> None:
    new_elements["kind"] = ["escalator", "path"]
    new_elements["source"] = ["register", "rumour"]
    found = checks.of_elements(new_elements)
    assert [problem.where for problem in found] == ["KK-001.ramp.1, kind", "SP-001.path.1, source"]
