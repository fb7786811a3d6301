"""Reach of a record: step-free is never more than on foot, what is not known stays between two ends."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from audits import errors
from audits.access import persona_reach, site_network
from layers import network, osm, personas, sources
from tests import mapped_town
from tests.layers import osm_town

STEEP, SOUND, UNSEEN = "KK-001.ramp.1", "KK-002.ramp.1", "KK-003.ramp.1"
CODES = ("KK-001", "KK-002", "KK-003")
WALK_M = 800.0
PERSONAS = {one.persona: one for one in personas.load()}


def _axes():
    line = shapely.LineString([(102.82, 16.43), (102.84, 16.43)])
    return gpd.GeoDataFrame({"name_th": ["ถนน"], "name_en": ["Street"]}, geometry=[line], crs=sources.WGS84)


def _sites(lat=16.4302):
    places = [shapely.Point(102.822 + 0.007 * number, lat) for number in range(3)]
    columns = {
        "setting": "building",
        "category": "hospital",
        "zone": pd.array([1, 2, 2], dtype="Int64"),
        "position_accuracy_m": 150.0,
    }
    return gpd.GeoDataFrame(columns, geometry=places, crs=sources.WGS84, index=pd.Index(CODES, name="code"))


def _places():
    points = gpd.points_from_xy([102.823, 102.9], [16.4303, 16.43])
    return gpd.GeoDataFrame({"category": ["market", "market"]}, geometry=points, crs=sources.WGS84)


@pytest.fixture(scope="module")
def record(town):
    elements = town.elements(STEEP, SOUND, UNSEEN)
    rows = [*town.complete_ramp(STEEP, running_slope_pct=12.0), *town.complete_ramp(SOUND)]
    return town.record(town.measured(*rows), elements, _sites())


@pytest.fixture(scope="module")
def worked_out(record):
    def work_out(persona="manual_wheelchair", sites=None, **ground):
        known = record if sites is None else dataclasses.replace(record, sites=sites)
        walking = site_network.Walking(network.coarse(_axes()), **ground)
        return persona_reach.analyse(walking, known, PERSONAS[persona], _places())

    return work_out


@pytest.fixture(scope="module")
def found(worked_out):
    return worked_out()


def test_the_audit_speaks_to_each_persona_in_its_own_way(worked_out, found):
    assert found.verdicts.tolist() == ["fail", "pass", "not_surveyed"]
    assert worked_out("blind").verdicts.tolist()[0] == "pass"
    assert list(found.surveyed) == ["KK-001", "KK-002"]


@pytest.mark.parametrize("persona", list(PERSONAS))
@pytest.mark.parametrize("limit_m", [400.0, 800.0])
def test_worst_is_at_most_best_and_best_at_most_on_foot(worked_out, persona, limit_m):
    found = worked_out(persona)
    for table in (
        persona_reach.by_site(found, limit_m),
        persona_reach.by_zone(found, _sites()["zone"], limit_m),
    ):
        assert (table["people_worst"] <= table["people_best"]).all()
        assert (table["people_best"] <= table["people_on_foot"]).all()
        assert (table["people_likely"].dropna() <= table["people_on_foot"][table["people_likely"].notna()]).all()


def test_a_measured_barrier_shuts_out_and_what_nobody_measured_is_not_known(found):
    table = persona_reach.by_site(found, WALK_M)
    assert table.loc["KK-001", ["share_worst", "share_likely", "share_best"]].tolist() == [0, 0, 0]
    assert table.loc["KK-002", "share_likely"] == table.loc["KK-002", "share_best"] == 1
    assert np.isnan(table.loc["KK-003", "share_likely"])
    assert table.loc["KK-003", "share_best"] == 1


def test_who_lives_near_two_sites_is_counted_once(found):
    sites, zones = persona_reach.by_site(found, WALK_M), persona_reach.by_zone(found, _sites()["zone"], WALK_M)
    assert zones.loc["2", "people_on_foot"] < sites.loc[["KK-002", "KK-003"], "people_on_foot"].sum()
    assert zones.loc[persona_reach.CITY, "people_on_foot"] <= found.people.total
    assert zones.loc[persona_reach.CITY, ["sites", "surveyed"]].tolist() == [3, 2]


def test_the_likely_share_rests_on_the_surveyed_sites_only(found):
    zone = persona_reach.by_zone(found, _sites()["zone"], WALK_M).loc["2"]
    assert zone["share_likely"] == zone["people_likely"] / zone["people_on_foot_likely"] == 1


def test_destinations_near_no_way_are_left_out(found):
    market = persona_reach.destinations(found, pd.Index(CODES), WALK_M).loc["market"]
    assert (market["places"], market["on_foot"], market["worst"]) == (1, 1, 0)


def test_the_barrier_most_people_pass_is_named_with_its_site(found):
    table = persona_reach.busiest_barriers(found, WALK_M)
    first = table.iloc[0]
    assert (first["code"], first["cause"], bool(first["certain"])) == ("KK-001", "audit", True)
    passers = persona_reach.passers(found, WALK_M)
    assert first["people"] == pytest.approx(passers["KK-001"])
    assert table["certain"].is_monotonic_decreasing


def test_lifting_a_cause_never_takes_reach_away(found):
    table = persona_reach.by_cause(found, WALK_M)
    assert (table["gained"] >= 0).all()
    assert table.loc["audit", "share_without"] == pytest.approx(1)


def test_the_areas_lie_one_in_the_other(found):
    on_foot, step_free = persona_reach.areas(found, pd.Index(CODES), persona_reach.BEST, WALK_M)
    assert not step_free.is_empty
    assert step_free.difference(on_foot.buffer(0.01)).area == pytest.approx(0, abs=1)


def test_every_figure_says_what_it_rests_on(worked_out, found):
    said = [phrase for phrase, _ in found.statements]
    assert {persona_reach.COARSE, persona_reach.EQUAL, persona_reach.LIKELY_SET} <= set(said)
    people = gpd.GeoDataFrame({"residents": [500.0]}, geometry=_places().geometry.iloc[:1])
    counted = worked_out(population=people)
    assert counted.people.total == 500
    assert persona_reach.PEOPLE in [phrase for phrase, _ in counted.statements]


def test_sites_far_from_every_way_are_refused_with_a_reason(worked_out):
    with pytest.raises(errors.RefusedError, match="known way"):
        worked_out(sites=_sites(lat=16.60))


def test_a_site_without_a_position_is_left_out(worked_out):
    sites = _sites()
    sites.loc["KK-003", "geometry"] = None
    assert list(persona_reach.by_site(worked_out(sites=sites), WALK_M).index) == ["KK-001", "KK-002"]


def test_on_a_base_map_kerbs_and_steps_cut_the_way(town, tmp_path):
    osm.write_base(osm_town.write(tmp_path / "town.osm.pbf"), tmp_path, osm_town.box())
    elements = town.elements(f"{mapped_town.SCHOOL}.ramp.1")
    measured = town.measured(*town.complete_ramp(f"{mapped_town.SCHOOL}.ramp.1"))
    found = persona_reach.analyse(
        site_network.Walking(network.from_base(tmp_path)),
        town.record(measured, elements, mapped_town.sites()),
        PERSONAS["manual_wheelchair"],
        mapped_town.places(("school", (40, 60)), ("school", (5_000, 0))),
    )
    assert not found.walking.coarse
    barriers = persona_reach.busiest_barriers(found, WALK_M)
    assert "steps" in set(barriers["cause"])
    assert found.unknown.loc["any", "unknown_m"] > 0
    assert persona_reach.destinations(found, found.verdicts.index, WALK_M).loc["school", "places"] == 1
