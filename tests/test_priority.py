"""Priority is condition plus place: what is worse never goes later, and what is not known stays open."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from audits import barriers, priority, wording
from audits.rules import files
from audits.scoring import run

NAMES = list(priority.COMPONENTS)
METRES = "EPSG:32648"
EAST_M, NORTH_M = 268_000.0, 1_817_000.0
WEIGHTS = dict.fromkeys(NAMES, 1.0)

_share = st.floats(0, 1, allow_nan=False)
_weight = st.floats(0, 10, allow_nan=False)


def _points(*metres):
    return gpd.GeoSeries([shapely.Point(EAST_M + east, NORTH_M) for east in metres], crs=METRES)


def _parts(low, high=None):
    codes = [f"S{number}" for number in range(len(low))]
    frames = (pd.DataFrame(rows, columns=NAMES, index=codes) for rows in (low, low if high is None else high))
    return priority.Components(*frames)


@st.composite
def _drawn(draw):
    rows = draw(st.integers(2, 6))
    ends = np.array(draw(st.lists(_share, min_size=rows * 16, max_size=rows * 16))).reshape(2, rows, 8)
    weights = dict(zip(NAMES, draw(st.lists(_weight, min_size=8, max_size=8)), strict=True))
    return _parts(ends.min(axis=0), ends.max(axis=0)), weights | {priority.CONDITION: draw(st.floats(0.5, 10))}


@given(_drawn(), st.integers(0, 5), _share)
def test_a_worse_condition_never_lowers_a_priority_or_puts_it_later(drawn, place, more):
    parts, weights = drawn
    place %= len(parts.low)
    before = priority.scores(parts, weights).iloc[place]
    low, high = parts.low.copy(), parts.high.copy()
    low.iloc[place, 0] = low.iloc[place, 0] + (1 - low.iloc[place, 0]) * more
    high.iloc[place, 0] = max(high.iloc[place, 0], low.iloc[place, 0])
    after = priority.scores(priority.Components(low, high), weights).iloc[place]
    assert (after[["low", "high", "middle"]] >= before[["low", "high", "middle"]] - 1e-9).all()
    assert (after[["rank", "rank_best", "rank_worst"]] <= before[["rank", "rank_best", "rank_worst"]]).all()


@given(_drawn())
def test_the_rank_lies_between_the_best_and_the_worst_and_so_does_any_way_it_may_come_out(drawn):
    parts, weights = drawn
    ranked = priority.scores(parts, weights)
    assert (ranked["rank_best"] <= ranked["rank"]).all()
    assert (ranked["rank"] <= ranked["rank_worst"]).all()
    chance = np.random.default_rng(1)
    for _ in range(5):
        share = chance.random(len(ranked))
        outcome = np.round(ranked["low"] + (ranked["high"] - ranked["low"]) * share, 9)
        rank = 1 + (outcome.to_numpy()[None, :] > outcome.to_numpy()[:, None] + 1e-6).sum(axis=1)
        assert (ranked["rank_best"].to_numpy() <= rank).all()
        assert (rank <= ranked["rank_worst"].to_numpy()).all()


@given(_drawn())
def test_contributions_add_up_to_the_priority(drawn):
    parts, weights = drawn
    ranked, each = priority.scores(parts, weights), priority.contributions(parts, weights)
    assert np.allclose(each.low.sum(axis=1), ranked["low"])
    assert np.allclose(each.high.sum(axis=1), ranked["high"])
    assert ranked[["low", "high"]].to_numpy().max() <= 100 + 1e-9


def test_equal_sites_share_a_rank():
    ranked = priority.scores(_parts([[0.5] * 8, [0.5] * 8, [0.1] * 8]), WEIGHTS)
    assert ranked["rank"].tolist() == [1, 1, 3]
    assert ranked["rank_worst"].tolist() == [1, 1, 3]


def test_weights_that_are_all_nothing_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        priority.scores(_parts([[0.5] * 8]), dict.fromkeys(NAMES, 0.0))


def test_near_is_an_interval_as_wide_as_the_position_is_unsure():
    points, places = _points(0, 500, 600, 900), _points(100)
    low, high = priority.near(points, pd.Series([0.0, 0.0, 100.0, np.nan]), places)
    assert low.tolist() == pytest.approx([1.0, 1.0, 0.5, 0.0])
    assert high.tolist() == pytest.approx([1.0, 1.0, 1.0, 1.0])


def test_a_site_without_a_position_may_be_anywhere():
    points = gpd.GeoSeries([None, shapely.Point(EAST_M, NORTH_M)], crs=METRES)
    low, high = priority.near(points, pd.Series([5.0, 5.0]), _points(0))
    assert (low.tolist(), high.tolist()) == ([0.0, 1.0], [1.0, 1.0])


def test_where_no_such_place_is_known_nothing_is_near():
    low, high = priority.near(_points(0), pd.Series([5.0]), _points())
    assert (low.tolist(), high.tolist()) == ([0.0], [0.0])


def _sites(*codes):
    table = {"position_accuracy_m": 1.0}
    return gpd.GeoDataFrame(table, geometry=_points(*range(len(codes))).to_numpy(), crs=METRES, index=codes)


def test_who_is_not_joined_to_any_way_may_be_passed_by_nobody_or_by_most():
    places = gpd.GeoDataFrame({"category": ["hospital"]}, geometry=_points(0).to_numpy(), crs=METRES)
    audited = pd.DataFrame({"score_low": [40.0, 0.0], "score_high": [60.0, 100.0]}, index=["A", "B"])
    audited["last_surveyed_on"] = pd.to_datetime(["2026-03-02", None])
    audited["standing"] = [run.APPROVED, run.NOT_SURVEYED]
    counted = pd.Series({"A": 30.0})
    parts = priority.components(_sites("A", "B"), audited, places, counted, counted)
    assert parts.low.loc["A", priority.CONDITION] == pytest.approx(0.4)
    assert parts.high.loc["A", priority.CONDITION] == pytest.approx(0.6)
    assert (parts.low.loc["B", priority.PEOPLE], parts.high.loc["B", priority.PEOPLE]) == (0.0, 1.0)
    assert parts.low.loc["A", "health"] == 1.0
    assert parts.high.loc["A", "school"] == 0.0
    assert parts.unsurveyed == ("B",)


def test_a_site_whose_survey_waits_for_approval_has_no_rank_and_is_not_called_unsurveyed():
    places = gpd.GeoDataFrame({"category": []}, geometry=[], crs=METRES)
    audited = pd.DataFrame({"score_low": [40.0, 0.0], "score_high": [60.0, 100.0]}, index=["A", "B"])
    audited["last_surveyed_on"] = pd.to_datetime(["2026-03-02", None])
    audited["standing"] = [run.APPROVED, run.WAITING]
    parts = priority.components(_sites("A", "B"), audited, places, pd.Series(dtype=float), pd.Series(dtype=float))
    assert (parts.unsurveyed, parts.waiting) == ((), ("B",))
    assert priority.scores(parts, WEIGHTS).index.tolist() == ["A"]
    assert priority.contributions(parts, WEIGHTS).waiting == ("B",)
    (sentence,) = priority.waits(parts, wording.Wording("en"))
    assert sentence == "1 site was surveyed, but its survey waits for approval: no rank until then"


def test_only_surveyed_sites_have_a_rank_and_the_others_do_not_widen_it():
    low, high = [[0.4] * 8, [0.2] * 8, [0.0] * 8], [[0.4] * 8, [0.2] * 8, [1.0] * 8]
    parts = dataclasses.replace(_parts(low, high), unsurveyed=("S2",))
    ranked = priority.scores(parts, WEIGHTS)
    assert ranked.index.tolist() == ["S0", "S1"]
    assert ranked[["rank_best", "rank", "rank_worst"]].to_numpy().tolist() == [[1, 1, 1], [2, 2, 2]]


def test_what_nobody_surveyed_is_measured_first_where_most_people_come_with_its_minutes(town):
    measured = town.measured(("KK-001.ramp.1", "running_slope_pct", 5.0))
    elements = town.elements("KK-001.ramp.1", "KK-002.ramp.1", "KK-003.ramp.1", "KK-004.toilet.1")
    record = town.record(measured, elements)
    codes = ["KK-001", "KK-002", "KK-003", "KK-004"]
    rows = [[0.5] * 8, [1.0, *[0.1] * 6, 0.0], [0.0, *[0.3] * 6, 0.0], [*[0.0] * 7, 0.5]]
    shares = pd.DataFrame(rows, columns=NAMES, index=codes)
    parts = priority.Components(shares, shares, unsurveyed=("KK-002", "KK-003", "KK-004"))
    first = priority.measure_first(record, parts, WEIGHTS)
    assert first.index.tolist() == ["KK-003", "KK-002", "KK-004"]
    assert first["location"].tolist() == pytest.approx([100 * 1.8 / 8, 100 * 0.6 / 8, 0.0])
    assert first["requests"].tolist() == pytest.approx([0.0, 0.0, 100 * 0.5 / 8])
    asked = barriers.measure_first(record).groupby("site_code")["minutes"].sum()
    assert first["minutes"].tolist()[:2] == [asked["KK-003"], asked["KK-002"]]
    assert pd.isna(first["minutes"]["KK-004"])


def test_a_failure_more_never_lowers_the_condition(town):
    worse = town.audit(town.measured(*town.complete_ramp(running_slope_pct=12.0))).sites
    sound = town.audit(town.measured(*town.complete_ramp())).sites
    nothing = gpd.GeoDataFrame({"category": []}, geometry=[], crs=METRES)
    nobody = pd.Series(dtype=float)
    before, after = (
        priority.components(_sites("KK-001"), audited, nothing, nobody, nobody) for audited in (sound, worse)
    )
    assert after.low.loc["KK-001", priority.CONDITION] > before.low.loc["KK-001", priority.CONDITION]


def test_requests_count_relative_to_the_site_with_most_and_not_at_all_without_any(town):
    audited = town.audit(town.measured(*town.complete_ramp())).sites
    nothing, nobody = gpd.GeoDataFrame({"category": []}, geometry=[], crs=METRES), pd.Series(dtype=float)
    sites, given = _sites("KK-001", "KK-002"), (nothing, nobody, nobody)
    none = priority.components(sites, audited.reindex(sites.index), *given)
    some = priority.components(sites, audited.reindex(sites.index), *given, pd.Series({"KK-001": 3.0, "KK-999": 4.0}))
    assert some.low[priority.REQUESTS].tolist() == [0.75, 0.0]
    every = dict.fromkeys(NAMES, 1.0)
    assert priority.contributions(some, every).low.loc["KK-001", priority.REQUESTS] == pytest.approx(75 / 8)
    without = priority.contributions(none, every)
    assert without.high.loc["KK-002", priority.PEOPLE] == pytest.approx(100 / 7)


def test_weights_written_before_there_were_requests_do_not_count_them(tmp_path):
    text = files.WEIGHTS.read_text("utf-8").replace(", requests: 3}", "}")
    (tmp_path / "weights.yaml").write_text(text, "utf-8")
    assert list(files.load_weights(tmp_path / "weights.yaml").priority.items())[-1] == (priority.REQUESTS, 0.0)


def test_every_component_has_an_official_weight_and_a_source(weights):
    assert list(weights.priority) == list(priority.COMPONENTS) == list(priority.SOURCES)


def test_weights_written_before_there_was_a_priority_take_the_program_s(tmp_path, weights):
    text = files.WEIGHTS.read_text("utf-8").split("# Working values")[0]
    (tmp_path / "weights.yaml").write_text(text, "utf-8")
    assert files.load_weights(tmp_path / "weights.yaml").priority == weights.priority
