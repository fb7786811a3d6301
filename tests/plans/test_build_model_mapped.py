"""On a real base map kerbs and gates stand in everybody's way, and mending them opens what lies behind."""

from __future__ import annotations

import pytest

from audits import barriers, wording
from audits.access import access_text, site_network
from audits.plans import build_model
from audits.ramps import price_books
from layers import base_file, network, osm
from tests import mapped_town
from tests.layers import osm_town
from tests.plans import small_models

KERB_RAMP, RAMP = f"{mapped_town.KERB}.kerb_ramp.1", f"{mapped_town.SCHOOL}.ramp.1"
STEEP_KERB = ((KERB_RAMP, "running_slope_pct", 20.0),)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mapped")
    osm.write_base(osm_town.write(folder / "town.osm.pbf"), folder, osm_town.box())
    return folder


@pytest.fixture(scope="module")
def assembled(town, folder):
    def assemble(*measured, **options):
        sites, elements = mapped_town.sites(), town.elements(KERB_RAMP, RAMP)
        rows = town.measured(*measured) if measured else town.measured(*town.complete_ramp(RAMP))
        return build_model.build(
            site_network.read(folder, None),
            town.record(rows, elements, sites),
            price_books.sample(),
            **options,
        )

    return assemble


def _edges(record, persona, fix):
    """Return the kinds of the edges that need a fix."""
    needs = record.model.network.needs[persona]
    return [edge for edge, need in enumerate(needs) if need and fix in need]


def test_the_town_stands_on_the_base_map(assembled):
    record = assembled(*STEEP_KERB)
    assert not record.coarse
    assert small_models.is_sound(record.model)
    assert access_text.network(record.prepared, wording.Wording("en")).startswith(access_text.MAPPED)
    assert record.joined == 2


def test_a_kerb_in_the_way_is_needed_by_those_who_cross_it_and_by_nobody_else(assembled, folder):
    record = assembled(*STEEP_KERB)
    assert KERB_RAMP in record.fixes
    crossed = _edges(record, "manual_wheelchair", KERB_RAMP)
    ways = network.from_base(folder)
    assert crossed
    # the fix stands on the crossing that meets the pavement there, not on the pavement itself
    ends = {int(record.model.network.start[edge]) for edge in crossed} | {
        int(record.model.network.end[edge]) for edge in crossed
    }
    kerb = ways.nodes.index[ways.nodes["osm_id"] == "node/22"]
    assert set(kerb) <= ends
    assert len(crossed) == 1


def test_a_measured_barrier_at_the_door_stands_on_the_way_in_only(assembled, town):
    record = assembled(*town.complete_ramp(RAMP, running_slope_pct=12.0))
    assert len(_edges(record, "manual_wheelchair", RAMP)) == 1
    today = small_models.true_value(record.model, 0)
    assert small_models.true_value(record.model, record.model.mask([RAMP])) > today


def test_an_unmeasured_kerb_shuts_the_way_only_if_everything_unknown_is_a_barrier(assembled):
    known, unknown = (assembled(case=case) for case in barriers.CASES)
    assert KERB_RAMP not in {**known.fixes, **unknown.fixes}
    shut = [record.model.network.needs["manual_wheelchair"].count(None) for record in (known, unknown)]
    assert shut[0] < shut[1]


def test_a_gate_without_a_kerb_near_is_needed_by_all_who_pass_it(town, folder):
    sites = mapped_town.sites()
    sites.loc[mapped_town.KERB, "geometry"] = mapped_town.sites().geometry[mapped_town.SCHOOL]
    elements, rows = town.elements(KERB_RAMP), town.measured(*STEEP_KERB)
    record = build_model.build(
        site_network.read(folder, None),
        town.record(rows, elements, sites),
        price_books.sample(),
    )
    # the pavement on either side, and the way in to the school that begins there
    assert len(_edges(record, "manual_wheelchair", KERB_RAMP)) == 3


def test_the_demonstration_plans_on_the_same_base(folder):
    beside = folder / base_file.DEMONSTRATION
    walking = site_network.read(beside, None)
    assert not walking.network.coarse
    assert len(walking.buildings) == 1
