"""What was audited overrides what was tagged, and a ramp into a building blocks nobody who walks past."""

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers import errors, network, passability, personas, reach, site_access, sources
from tests.layers import small_networks

MANUAL = personas.load()[0]
RAISED = {"kerb": "raised", "kerb_low_mm": 31.0, "kerb_high_mm": math.inf}


def _states(ways):
    return passability.states(passability.by_cause(ways, MANUAL))


def _passed(ways, low=passability.UNKNOWN):
    """Return the distance from node 0 to the other end of the street, if at least this is known."""
    lengths = reach.graph(len(ways.nodes), ways.ends, ways.length_m, _states(ways) >= low)
    return float(reach.nearest(lengths, np.array([0]))[4])


def test_a_site_splits_its_edge_and_lengths_still_add_up():
    ways = small_networks.street()
    joined = site_access.join(
        ways, small_networks.sites((130, 3), (170, -4)), small_networks.verdicts(S0=True, S1=True)
    )
    assert joined.sites["joined_as"].tolist() == ["gate", "gate"]
    assert joined.sites["distance_m"].tolist() == pytest.approx([3, 4])
    assert sorted(joined.length_m.tolist()) == pytest.approx([30, 30, 40, 100, 100, 100])
    assert _passed(joined) == pytest.approx(400)
    at = joined.nodes.geometry.iloc[joined.sites["node"]]
    assert (at.x - small_networks.EAST_M).tolist() == pytest.approx([130, 170])


@pytest.mark.parametrize(
    ("word", "best", "worst"), [(True, 400, 400), (False, math.inf, math.inf), (None, 400, math.inf)]
)
def test_a_ramp_in_the_way_decides_for_all_who_pass(word, best, worst):
    joined = site_access.join(small_networks.street(), small_networks.sites((130, 3)), small_networks.verdicts(S0=word))
    assert _passed(joined, passability.UNKNOWN) == pytest.approx(best)
    assert _passed(joined, passability.PASSES) == pytest.approx(worst)


def test_a_site_that_the_audit_does_not_know_is_unknown():
    joined = site_access.join(small_networks.street(), small_networks.sites((130, 3)), small_networks.verdicts())
    assert _passed(joined, passability.UNKNOWN) == pytest.approx(400)
    assert math.isinf(_passed(joined, passability.PASSES))


def test_a_persona_that_was_not_judged_is_unknown():
    joined = site_access.join(
        small_networks.street(), small_networks.sites((130, 3)), small_networks.verdicts(S0=False)
    )
    blind = next(persona for persona in personas.load() if persona.persona == "blind")
    assert set(passability.by_cause(joined, blind)["audit"]) == {passability.PASSES, passability.UNKNOWN}


def test_a_ramp_beside_the_way_blocks_only_the_way_in():
    sites = small_networks.sites((130, 20), in_the_way=False)
    joined = site_access.join(small_networks.street(), sites, small_networks.verdicts(S0=False))
    site = joined.sites.loc["S0"]
    assert site["joined_as"] == "access"
    assert joined.edges.loc[site["access_edge"], ["kind", "length_m"]].tolist() == ["access", pytest.approx(20)]
    assert _passed(joined, passability.PASSES) == pytest.approx(400)
    assert _states(joined)[site["access_edge"]] == passability.BLOCKED


def test_a_presumed_position_never_stands_in_the_way():
    sites = small_networks.sites((130, 3), accuracy_m=250.0)
    joined = site_access.join(small_networks.street(), sites, small_networks.verdicts(S0=False))
    assert joined.sites["joined_as"].tolist() == ["access"]
    assert _passed(joined, passability.PASSES) == pytest.approx(400)


def _kerbed(kerb):
    edges = [(0, 1, small_networks.PASSABLE), (1, 2, small_networks.PASSABLE | {"kind": "crossing"})]
    edges += [(2, 3, small_networks.PASSABLE), (3, 4, small_networks.PASSABLE)]
    flush = {"kerb": "flush", "kerb_low_mm": 0.0, "kerb_high_mm": 0.0}
    return small_networks.drawn([(100 * n, 0) for n in range(5)], edges, {1: kerb, 2: flush})


@pytest.mark.parametrize("kerb", [RAISED, {}, {"kerb": "lowered", "kerb_low_mm": 0.0, "kerb_high_mm": 30.0}])
@pytest.mark.parametrize(("word", "metres"), [(True, 400), (False, math.inf)])
def test_an_audited_kerb_ramp_overrides_the_tag_of_its_kerb(kerb, word, metres):
    joined = site_access.join(_kerbed(kerb), small_networks.sites((93, 2)), small_networks.verdicts(S0=word))
    assert joined.sites.loc["S0", ["joined_as", "node", "gate_node"]].tolist() == ["kerb", 1, 1]
    assert len(joined.edges) == 4
    assert _passed(joined, passability.PASSES) == pytest.approx(metres)


def test_of_two_kerb_ramps_at_one_kerb_the_blocked_one_counts():
    sites = small_networks.sites((93, 2), (95, 2))
    joined = site_access.join(_kerbed({}), sites, small_networks.verdicts(S0=True, S1=False))
    assert math.isinf(_passed(joined))


def test_a_kerb_ramp_too_far_from_a_kerb_is_a_place_of_its_own():
    joined = site_access.join(_kerbed(RAISED), small_networks.sites((60, 2)), small_networks.verdicts(S0=True))
    assert joined.sites["joined_as"].tolist() == ["gate"]
    assert math.isinf(_passed(joined))


def test_a_site_far_from_every_way_is_not_joined_and_says_how_far():
    ways = small_networks.street()
    joined = site_access.join(ways, small_networks.sites((130, 51)), small_networks.verdicts(S0=True))
    assert joined.sites.loc["S0", ["joined_as", "node"]].tolist() == ["far", -1]
    assert joined.sites.loc["S0", "distance_m"] == pytest.approx(51)
    assert len(joined.edges) == len(ways.edges)


def test_sites_at_one_place_or_at_an_end_share_its_node():
    sites = small_networks.sites((130, 3), (130, -3), (400, 5))
    joined = site_access.join(small_networks.street(), sites, small_networks.verdicts(S0=True, S1=True, S2=True))
    assert joined.sites["node"].tolist() == [5, 5, 4]
    assert len(joined.edges) == 5


def test_the_nodes_of_sites_are_nobody_s_home():
    sites = small_networks.sites((130, 3), (170, 30), in_the_way=[True, False])
    joined = site_access.join(small_networks.street(), sites, small_networks.verdicts(S0=False, S1=False))
    node, _ = network.nearest_nodes(joined, small_networks.at((131, 3), (171, 31)))
    assert set(node).isdisjoint(joined.sites["node"])


def test_in_the_coarse_network_every_site_gets_a_way_of_its_own():
    sites = sources.starter_sites().assign(in_the_way=True)
    joined = site_access.join(network.coarse(sources.street_axes()), sites, small_networks.verdicts(), within_m=600)
    assert set(joined.sites["joined_as"]) <= {"access", "far"}
    assert (joined.sites["joined_as"] == "access").sum() > 100
    ends = shapely.get_point(joined.edges.geometry.to_numpy(), -1)
    assert (shapely.distance(ends, joined.nodes.geometry.to_numpy()[joined.ends[:, 1]]) < 1e-6).all()


def test_every_fault_of_the_sites_is_said_at_once():
    sites = small_networks.sites((130, 3), (1, 1))
    sites["code"] = "KK-001"
    sites = sites.set_geometry(gpd.GeoSeries([shapely.Point(), None], crs="EPSG:32648"))
    with pytest.raises(errors.LayerError, match="KK-001 occurs twice; KK-001 has no point; KK-001 has no point"):
        site_access.join(small_networks.street(), sites, small_networks.verdicts())
    with pytest.raises(errors.LayerError, match="missing columns in_the_way"):
        site_access.join(small_networks.street(), sites.drop(columns="in_the_way"), small_networks.verdicts())


def test_sites_are_joined_once():
    joined = site_access.join(small_networks.street(), small_networks.sites((130, 3)), small_networks.verdicts())
    with pytest.raises(errors.LayerError, match="has sites already"):
        site_access.join(joined, small_networks.sites((130, 3)), small_networks.verdicts())
