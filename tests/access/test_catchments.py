"""Around the sites: homes near, who passes, the ground from which one comes, and the barriers that trips meet."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from audits import barriers, errors
from audits.access import catchments, site_network, trips
from layers import network, osm, passability, personas, sources
from tests import mapped_town
from tests.layers import osm_town

STEEP, SOUND, UNSEEN = "KK-001.ramp.1", "KK-002.ramp.1", "KK-003.ramp.1"
CODES = ("KK-001", "KK-002", "KK-003")
WHEELCHAIR, BLIND = ("manual_wheelchair",), ("blind",)


def _axes():
    line = shapely.LineString([(102.82, 16.43), (102.84, 16.43)])
    return gpd.GeoDataFrame({"name_th": ["ถนน"], "name_en": ["Street"]}, geometry=[line], crs=sources.WGS84)


def _sites(lat=16.4302):
    places = [shapely.Point(102.822 + 0.007 * number, lat) for number in range(3)]
    columns = {
        "setting": "building",
        "category": "hospital",
        "zone": pd.array([1, 2, 2], dtype="Int64"),
        "position_status": "confirmed",
        "position_accuracy_m": 150.0,
    }
    return gpd.GeoDataFrame(columns, geometry=places, crs=sources.WGS84, index=pd.Index(CODES, name="code"))


@pytest.fixture(scope="module")
def record(town):
    elements = town.elements(STEEP, SOUND, UNSEEN)
    rows = [*town.complete_ramp(STEEP, running_slope_pct=12.0), *town.complete_ramp(SOUND)]
    return town.record(town.measured(*rows), elements, _sites())


@pytest.fixture(scope="module")
def prepare(record):
    def prepare(sites=None, **ground):
        known = record if sites is None else dataclasses.replace(record, sites=sites)
        return trips.prepare(site_network.Walking(network.coarse(_axes()), **ground), known)

    return prepare


@pytest.fixture(scope="module")
def prepared(prepare):
    return prepare()


def test_a_site_is_a_barrier_as_its_elements_are(record):
    assert catchments.site_states(record, WHEELCHAIR).tolist() == ["known", "none", "possible"]
    assert catchments.site_states(record, BLIND)["KK-001"] != "known"
    assert catchments.site_states(record)["KK-001"] == "known"


def test_homes_and_passers_are_counted_on_foot_at_every_site(prepared):
    homes, passers = catchments.homes_near(prepared), catchments.passers(prepared)
    assert list(homes.index) == list(passers.index) == list(CODES)
    assert (homes > 0).all()
    assert passers.sum() == pytest.approx(prepared.homes.total)
    assert (passers <= homes + 1e-9).all()


def test_the_areas_lie_one_in_the_other(prepared):
    areas = catchments.areas(prepared, WHEELCHAIR)
    on_foot, known, unknown = (areas[name] for name in (catchments.ON_FOOT, *barriers.CASES))
    assert not unknown.is_empty
    assert known.difference(on_foot.buffer(0.01)).area == pytest.approx(0, abs=1)
    assert unknown.difference(known.buffer(0.01)).area == pytest.approx(0, abs=1)


def test_a_known_barrier_shuts_the_ground_and_an_unsurveyed_site_has_none(prepared):
    assert catchments.areas(prepared, WHEELCHAIR, ("KK-001",))[barriers.KNOWN_ONLY].is_empty
    assert not catchments.areas(prepared, WHEELCHAIR, ("KK-002",))[barriers.KNOWN_ONLY].is_empty
    assert all(area.is_empty for area in catchments.areas(prepared, WHEELCHAIR, ("KK-003",)).values())


def test_a_barrier_is_listed_with_the_trips_of_the_100_that_meet_it(prepared):
    table = catchments.busiest_barriers(prepared, WHEELCHAIR)
    access = trips.measure(prepared, barriers.KNOWN_ONLY, people=WHEELCHAIR)
    assert table[["element_id", "state"]].to_numpy().tolist() == [[STEEP, barriers.KNOWN]]
    assert table["trips"].tolist() == pytest.approx([access.by("code").loc["KK-001", "on_foot"]])
    # some of them find another place of the kind
    assert table["trips"].sum() > trips.OF_TRIPS - access.of_100 > 0


def test_the_barriers_of_all_groups_count_the_trips_of_each_that_it_stops(prepared):
    together = catchments.busiest_barriers(prepared)
    each = [catchments.busiest_barriers(prepared, (one.persona,)) for one in personas.load()]
    known = [table.loc[table["state"] == barriers.KNOWN, "trips"].sum() for table in (together, *each)]
    assert known[0] == pytest.approx(np.mean(known[1:]))


def test_with_no_surveyed_place_no_barrier_is_listed(town):
    record = town.record(town.measured(), town.elements(STEEP), _sites())
    prepared = trips.prepare(site_network.Walking(network.coarse(_axes())), record)
    assert catchments.busiest_barriers(prepared).empty


def test_a_coarse_map_says_nothing_of_any_way_but_those_to_the_sites(prepared):
    ways = prepared.joined.edges["kind"] != "access"
    assert catchments.unknown_m(prepared, WHEELCHAIR) == pytest.approx(prepared.joined.length_m[ways].sum())


def test_sites_far_from_every_way_are_refused_with_a_reason(prepare):
    with pytest.raises(errors.RefusedError, match="known way"):
        prepare(sites=_sites(lat=16.60))


def test_a_site_without_a_position_is_left_out(prepare):
    sites = _sites()
    sites.loc["KK-003", "geometry"] = None
    assert list(catchments.homes_near(prepare(sites=sites)).index) == ["KK-001", "KK-002"]


def test_residents_are_the_homes_where_they_are_known(prepare):
    where = gpd.GeoSeries.from_xy([102.823], [16.4303], crs=sources.WGS84)
    people = gpd.GeoDataFrame({"residents": [500.0]}, geometry=where)
    assert catchments.homes_near(prepare(population=people)).max() == 500


def test_on_a_base_map_steps_and_kerbs_stand_beside_what_was_audited(town, tmp_path):
    osm.write_base(osm_town.write(tmp_path / "town.osm.pbf"), tmp_path, osm_town.box())
    elements = town.elements(f"{mapped_town.SCHOOL}.ramp.1")
    measured = town.measured(*town.complete_ramp(f"{mapped_town.SCHOOL}.ramp.1"))
    record = town.record(measured, elements, mapped_town.sites())
    prepared = trips.prepare(site_network.Walking(network.from_base(tmp_path)), record)
    table = catchments.busiest_barriers(prepared, WHEELCHAIR)
    mapped = table[table["cause"] != catchments.AUDIT]
    assert set(mapped["cause"]) <= set(catchments.MAPPED)
    assert "steps" in set(mapped["cause"])
    assert (mapped["state"] == barriers.KNOWN).all()
    unknown_m = catchments.unknown_m(prepared, WHEELCHAIR)
    assert 0 < unknown_m <= catchments.unknown_m(prepared) < prepared.joined.length_m.sum()
    assert set(catchments.MAPPED) < set(passability.DECIDED_BY)
