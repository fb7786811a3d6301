"""A table of elements is judged as the record is, on its own index, and every doubtful column is named."""

from __future__ import annotations

import dataclasses
import inspect
import subprocess
import sys
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import audits
from audits import errors
from audits.scoring import frames


def _ramps(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index([f"r{number}" for number in range(len(next(iter(columns.values()))))]))


def test_the_result_is_that_of_the_record(town) -> None:
    """One ramp measured in a record and the same ramp as a row: same verdict, interval and grade."""
    values = {name: value for _, name, value in town.complete_ramp(running_slope_pct=9.0)}
    values.pop("handrail_height_mm")
    recorded = town.audit(town.measured(*(("KK-001.ramp.1", name, value) for name, value in values.items())))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        row = frames.score(pd.DataFrame([values]), _exact(town.book), town.weights, kind="ramp").iloc[0]
    site = recorded.sites.iloc[0]
    assert row["verdict"] == site["verdict"]
    assert (row["score_low"], row["score_high"]) == pytest.approx((site["score_low"], site["score_high"]), abs=1e-4)
    assert row["grade"] == site["grade"]


def _exact(criteria):
    """Return the criteria with instruments that measure without uncertainty, as ``town.measured`` does."""
    exact = {name: dataclasses.replace(one, uncertainty=0.0) for name, one in criteria.instruments.items()}
    return dataclasses.replace(criteria, instruments=exact)


def test_index_crs_and_other_columns_stay() -> None:
    points = gpd.GeoDataFrame(
        {"name": ["a", "b"], "running_slope_pct": [6.0, 20.0]},
        geometry=[shapely.Point(102.8, 16.4), shapely.Point(102.9, 16.5)],
        index=[7, 7],
        crs="EPSG:4326",
    )
    with pytest.warns(UserWarning, match="no criterion uses the columns: name"):
        result = audits.score(points, kind="ramp")
    assert isinstance(result, gpd.GeoDataFrame)
    assert result.crs == points.crs
    assert list(result.index) == [7, 7]
    assert list(result["name"]) == ["a", "b"]
    assert list(result["verdict"]) == ["unknown", "fail"]
    assert "verdict" not in points


def test_nothing_measured_is_unknown_and_never_a_pass() -> None:
    result = audits.score(_ramps(running_slope_pct=[np.nan]), kind="ramp")
    assert result.iloc[0][["verdict", "score_low", "score_high", "grade", "failed"]].tolist() == [
        *("unknown", 0.0, 100.0, "", "")
    ]
    assert "ramp.running_slope" in result.iloc[0]["not_measured"].split(",")


def test_the_kind_may_be_a_column() -> None:
    table = _ramps(kind=["ramp", "kerb_ramp"], running_slope_pct=[30.0, 30.0])
    result = audits.score(table, kind="kind")
    assert [failed.split(".")[0] for failed in result["failed"]] == ["ramp", "kerb_ramp"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"clear_width_cm": [90.0]}, r"column 'clear_width_cm': .*'clear_width_mm'"),
        ({"running_slope_pct": [8.0, "1:12"]}, r"column 'running_slope_pct', row 'r1': '1:12'; accepted: numbers in"),
        ({"running_slope_pct": ["8"]}, r"row 'r0': '8'"),
        ({"clear_width_mm": [900.0, -5.0]}, r"column 'clear_width_mm', row 'r1': -5.0; accepted: numbers in mm from"),
        ({"element_present": [2]}, r"column 'element_present', row 'r0': .*True or False"),
    ],
)
def test_a_wrong_unit_or_value_names_column_row_and_what_is_accepted(columns, message) -> None:
    with pytest.raises(errors.FrameError, match=message):
        audits.score(_ramps(**columns), kind="ramp")


def test_every_fault_is_named_at_once() -> None:
    table = _ramps(clear_width_cm=[90.0], running_slope_pct=["steep"])
    with pytest.raises(errors.FrameError) as raised:
        audits.score(table, kind="ramp")
    assert len(raised.value.faults) == 2


@pytest.mark.parametrize("options", [{"kind": "rampe"}, {"kind": "ramp", "setting": "house"}])
def test_an_unknown_kind_or_setting_says_what_is_accepted(options) -> None:
    with pytest.raises(errors.FrameError, match="neither a column of the table nor one of: "):
        audits.score(_ramps(running_slope_pct=[8.0]), **options)


def test_a_value_usual_in_another_unit_is_warned_about() -> None:
    with pytest.warns(UserWarning, match="running_slope_pct: 1 values outside the usual 1 to 30; is the unit right"):
        audits.score(_ramps(running_slope_pct=[0.08]), kind="ramp")


def test_every_warning_points_at_the_line_that_asked(town) -> None:
    table = _ramps(running_slope_pct=[0.08], name=["a"])
    with pytest.warns(UserWarning) as caught:
        lines = [_line() + 1]
        audits.score(table, kind="ramp")
        lines.append(_line() + 1)
        frames.score(table, town.book, town.weights, kind="ramp")
        lines.append(_line() + 1)
        list(frames.judged(table, frames.Rulebook(town.book), town.weights, kind="ramp"))
    assert [(one.filename, one.lineno) for one in caught] == [(__file__, line) for line in lines for _ in range(2)]


def _line() -> int:
    return inspect.stack()[1].lineno


def test_an_empty_table_stays_empty() -> None:
    assert audits.score(pd.DataFrame({"running_slope_pct": []}), kind="ramp")["verdict"].tolist() == []


def test_the_package_loads_nothing_until_it_is_asked() -> None:
    code = "import audits, sys; print({'numpy', 'pandas', 'geopandas', 'sqlalchemy'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


def test_a_column_that_stands_twice_is_refused() -> None:
    table = pd.DataFrame([[8.0, 9.0]], columns=["running_slope_pct", "running_slope_pct"])
    with pytest.raises(errors.FrameError, match="column 'running_slope_pct': stands twice"):
        audits.score(table, kind="ramp")


def test_an_infinite_value_is_refused() -> None:
    with pytest.raises(errors.FrameError, match="column 'running_slope_pct', row 'r0': inf; accepted"):
        audits.score(_ramps(running_slope_pct=[np.inf]), kind="ramp")
