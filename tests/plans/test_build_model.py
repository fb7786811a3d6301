"""The record becomes a town: sites are goals at the end of their own way in, and fixes stand on that way."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from audits import barriers, errors, wording
from audits.access import site_network, trips
from audits.plans import budget_plan, build_model, od_pairs, plan_assumptions, plan_constraints
from audits.ramps import price_books
from layers import network, sources
from tests.plans import small_models

STEEP, SOUND, UNSEEN = "KK-001.ramp.1", "KK-002.ramp.1", "KK-003.ramp.1"
CODES = ("KK-001", "KK-002", "KK-003")


def _axes():
    line = shapely.LineString([(102.82, 16.43), (102.84, 16.43)])
    columns = {"name_th": ["ถนน"], "name_en": ["Street"], "part": [1]}
    return gpd.GeoDataFrame(columns, geometry=[line], crs=sources.WGS84)


def _sites(lat=16.4302, category="hospital"):
    places = [shapely.Point(102.822 + 0.007 * number, lat) for number in range(3)]
    columns = {
        "setting": "building",
        "category": category,
        "zone": pd.array([1, 2, None], dtype="Int64"),
        "position_status": ["confirmed", "presumed", "presumed"],
        "position_accuracy_m": 150.0,
    }
    return gpd.GeoDataFrame(columns, geometry=places, crs=sources.WGS84, index=pd.Index(CODES, name="code"))


@pytest.fixture(scope="module")
def assembled(town):
    def assemble(sites=None, elements=None, **options):
        sites = _sites() if sites is None else sites
        elements = town.elements(STEEP, SOUND, UNSEEN) if elements is None else elements
        rows = [*town.complete_ramp(STEEP, running_slope_pct=12.0), *town.complete_ramp(SOUND)]
        measured = town.measured(*rows)
        record = town.record(measured, elements, sites)
        return build_model.build(site_network.Walking(network.coarse(_axes())), record, price_books.sample(), **options)

    return assemble


def test_the_model_is_sound_and_the_trips_on_foot_are_a_hundred(assembled):
    record = assembled()
    assert small_models.is_sound(record.model)
    assert record.access.trips["on_foot"].sum() == pytest.approx(trips.OF_TRIPS)
    assert record.coarse


@pytest.mark.parametrize("case", barriers.CASES)
def test_what_the_plan_serves_today_is_the_access_of_today(assembled, case):
    record = assembled(case=case, weights={"manual_wheelchair": 3.0, "pram": 1.0, "blind": 0.5})
    assert od_pairs.demand(record.model).base == pytest.approx(record.access.of_100)


def test_mending_the_steep_ramp_opens_ways_for_who_rolls_only(assembled):
    record = assembled()
    assert list(record.fixes) == [STEEP]
    needs = record.model.network.needs
    assert frozenset({STEEP}) in needs["manual_wheelchair"]
    assert set(needs["blind"]) == {frozenset()}
    gain = small_models.true_value(record.model, record.model.mask([STEEP])) - small_models.true_value(record.model, 0)
    assert gain > 0


def test_a_place_that_nobody_surveyed_is_no_goal_and_has_no_fix(assembled):
    for case in barriers.CASES:
        record = assembled(case=case)
        assert record.goals == 2
        assert list(record.fixes) == [STEEP]


def test_what_nobody_measured_at_a_surveyed_place_is_a_barrier_in_one_case_only(town, assembled):
    def access(case):
        elements = town.elements(STEEP, SOUND, "KK-002.path.1")
        return assembled(case=case, elements=elements).access.by("code")["step_free"]

    assert access(barriers.KNOWN_ONLY)["KK-002"] > 0
    rolls = access(barriers.ALL_UNKNOWN)["KK-002"]
    assert rolls < access(barriers.KNOWN_ONLY)["KK-002"]


def test_each_case_says_what_it_makes_of_the_unmeasured(assembled):
    for case, statement in build_model.UNKNOWN.items():
        assert statement in assembled(case=case).statements


def test_a_group_that_does_not_count_is_not_in_the_town(assembled):
    record = assembled(weights={"blind": 0.0, "pram": 2.0})
    assert "blind" not in record.model.people
    pram, cane = record.model.people["pram"], record.model.people["walking_aid"]
    assert np.allclose(pram, 2 * cane)


def test_zones_are_those_of_the_nearest_site_that_has_one(assembled):
    assert set(assembled().model.zones) == {"1", "2"}


def test_positions_not_confirmed_are_counted(assembled):
    record = assembled()
    assert (record.joined, record.presumed) == (3, 2)


def test_sites_far_from_every_way_are_refused_with_a_reason(assembled):
    with pytest.raises(errors.RefusedError, match="known way"):
        assembled(_sites(lat=16.60))


def test_the_same_record_is_the_same_town(assembled):
    assert assembled().sha256 == assembled().sha256
    assert assembled().sha256 != assembled(case=barriers.ALL_UNKNOWN).sha256


def test_without_a_base_map_the_network_is_coarse(tmp_path):
    walking = site_network.read(tmp_path, None)
    assert walking.network.coarse
    assert walking.buildings is None


def test_works_under_contract_are_open_and_never_bought(assembled):
    before, record = assembled(), assembled(committed=(STEEP, SOUND, "no such thing"))
    assert (set(before.fixes), before.committed) == ({STEEP}, ())
    assert (record.fixes, record.committed) == ({}, (STEEP,))  # what is sound has no works to count
    assert small_models.true_value(record.model, 0) == pytest.approx(small_models.true_value(before.model, 1))
    # What nobody has surveyed since is no less a barrier today.
    assert record.access.of_100 == pytest.approx(before.access.of_100)
    assert record.of_100_committed == pytest.approx(small_models.true_value(record.model, 0))
    assert record.of_100_committed > record.access.of_100
    stated = [plan_assumptions.sentences(one, wording.Wording("en"), sample=True) for one in (before, record)]
    counted = "1 work under contract or built is counted as done and not paid from this budget."
    assert [counted in each for each in stated] == [False, True]


def test_works_under_contract_are_not_left_out_where_no_way_leads(assembled):
    sites = _sites()
    sites.loc["KK-001", "geometry"] = shapely.Point(102.822, 16.60)
    assert [set(assembled(sites, committed=each).apart) for each in ((), (STEEP,))] == [{STEEP}, set()]


def test_a_presumed_pair_is_bought_twice_and_named(town):
    ramps = STEEP, "KK-002.ramp.1"
    rows = [row for ramp in ramps for row in town.complete_ramp(ramp, running_slope_pct=12.0)]
    sites = _sites().loc[["KK-001", "KK-002"]]
    record = town.record(town.measured(*rows), town.elements(*ramps), sites, presumed=(ramps, (STEEP, UNSEEN)))
    made = build_model.build(site_network.Walking(network.coarse(_axes())), record, price_books.sample())
    assert set(made.fixes) == set(ramps)
    assert made.presumed_pairs == (ramps,)


def test_a_joined_pair_is_bought_once_and_opens_both_sites(town):
    ramps = STEEP, "KK-002.ramp.1"
    record = town.record(
        town.measured(*town.complete_ramp(STEEP, running_slope_pct=12.0)),
        town.elements(*ramps),
        _sites().loc[["KK-001", "KK-002"]],
        joined={ramps[1]: ramps[0]},
    )
    made = build_model.build(site_network.Walking(network.coarse(_axes())), record, price_books.sample())
    assert list(made.fixes) == [STEEP]
    assert made.presumed_pairs == ()
    assert set(made.access.by("code")["step_free"].index) == {"KK-001", "KK-002"}
    closed = [edge for edge, need in enumerate(made.model.network.needs["manual_wheelchair"]) if need]
    assert len(closed) == 2
    assert {made.model.network.needs["manual_wheelchair"][edge] for edge in closed} == {frozenset({STEEP})}
    solved = budget_plan.plan(made.model, plan_constraints.Constraints(made.fixes[STEEP].fix.cost.likely))
    assert solved.chosen == (STEEP,)
    assert small_models.true_value(made.model, made.model.mask([STEEP])) == pytest.approx(trips.OF_TRIPS)
