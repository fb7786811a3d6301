from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from audits.plans import flows, od_pairs, planning_model
from tests import seeds
from tests.plans import small_models


def test_what_is_open_today_and_what_nothing_opens_stand_apart():
    found = od_pairs.demand(small_models.street())
    assert found.open_today == {("N", "bus_stop", "wheelchair"): 1.0}
    assert found.out_of_reach == {("S", "bus_stop", "wheelchair"): 5.0}
    assert [(one.bundles, one.weight) for one in found.classes] == [((0b011,), 4.0), ((0b111,), 7.0)]
    assert found.base == 1.0


def test_people_with_the_same_fix_sets_are_one_class_and_keep_their_names():
    model = small_models.street()
    both = dataclasses.replace(
        model,
        network=dataclasses.replace(
            model.network, needs=dict.fromkeys(("pram", "wheelchair"), model.network.needs["wheelchair"])
        ),
        people={"pram": np.array([0.0, 2.0, 0.0, 0.0]), **model.people},
    )
    crossing = od_pairs.demand(both).classes[0]
    assert crossing.weight == 6.0
    assert od_pairs.by([crossing], od_pairs.PERSONA) == {"pram": 2.0, "wheelchair": 4.0}


def test_the_weight_of_a_way_is_people_times_the_value_of_the_place():
    model = small_models.street()
    dear = dataclasses.replace(model, categories=(dataclasses.replace(model.categories[0], value=2.5),))
    assert od_pairs.demand(dear).classes[0].weight == 10.0


@pytest.mark.parametrize("seed", seeds.some(range(60)))
def test_bundles_and_walking_agree_on_every_choice(seed):
    model = small_models.random_model(seed)
    found = od_pairs.demand(model)
    for built, gained in small_models.every_choice(model).items():
        mask = model.mask(built)
        value = sum(gained.values())
        assert od_pairs.benefit(found.classes, mask) == pytest.approx(value, abs=1e-9)
        zones = od_pairs.by(od_pairs.served(found.classes, mask), od_pairs.ZONE)
        assert {zone: weight for zone, weight in gained.items() if weight > 1e-9} == pytest.approx(zones, abs=1e-9)
    assert small_models.true_value(model, mask) == pytest.approx(found.base + value, abs=1e-9)
    assert small_models.true_value(model, 0) == pytest.approx(found.base, abs=1e-9)


def test_of_parallel_edges_the_shortest_counts_and_they_are_not_added_up():
    needs = {"wheelchair": [frozenset(), frozenset()]}
    network = planning_model.Network(2, np.array([0, 1]), np.array([1, 0]), np.array([300.0, 200.0]), needs)
    stop = planning_model.Category("bus_stop", (0,), 400.0)
    reached = flows.distances_mm(network, stop, np.array([True, True]))
    assert reached.tolist() == [0, 200_000]
    assert flows.distances_mm(network, stop, np.array([True, False])).tolist() == [0, 300_000]


def test_an_edge_of_no_length_can_be_walked():
    network = planning_model.Network(2, np.array([0]), np.array([1]), np.array([0.0]), {"wheelchair": [frozenset()]})
    reached = flows.distances_mm(network, planning_model.Category("bus_stop", (0,), 10.0), np.array([True]))
    assert reached.tolist() == [0, 0]


@pytest.mark.parametrize("seed", range(30))
def test_what_stands_and_what_is_ruled_out_change_what_is_left_to_gain(seed):
    model = small_models.random_model(seed)
    classes = od_pairs.demand(model).classes
    whole = (1 << len(model.fixes)) - 1
    built, ruled_out = 0b01, 0b10
    left = od_pairs.with_built(classes, built, ruled_out)
    for choice in range(whole + 1):
        if choice & (built | ruled_out) == 0:
            gained = od_pairs.benefit(classes, choice | built) - od_pairs.benefit(classes, built)
            assert od_pairs.benefit(left, choice) == pytest.approx(gained, abs=1e-9)


@pytest.mark.parametrize("seed", range(30))
def test_twins_cost_and_serve_together_what_they_did_apart(seed):
    model = small_models.random_model(seed)
    classes = od_pairs.demand(model).classes
    merged = od_pairs.twins(classes)
    costs = merged.cost(model.costs())
    for choice in range(1 << len(model.fixes)):
        chosen = [bit for bit in planning_model.bits(choice) if bit in merged.members]
        unfolded = merged.unfold(chosen)
        assert od_pairs.benefit(merged.classes, choice) == pytest.approx(od_pairs.benefit(classes, unfolded))
        assert sum(costs[bit] for bit in chosen) == pytest.approx(
            small_models.cost_thb(model, frozenset(model.named(unfolded)))
        )


def test_the_two_kerbs_of_a_crossing_are_twins():
    merged = od_pairs.twins(od_pairs.demand(small_models.street()).classes)
    assert merged.members == {0: 0b011, 2: 0b100}
    assert [one.bundles for one in merged.classes] == [(0b001,), (0b101,)]


def test_a_bundle_dearer_than_the_budget_is_no_choice():
    model = small_models.street()
    classes = od_pairs.demand(model).classes
    cost = dict(enumerate(model.costs()))
    assert [one.weight for one in od_pairs.affordable(classes, cost, 22_000.0)] == [4.0]
    assert od_pairs.affordable(classes, cost, 21_999.0) == ()


def test_classes_that_differ_only_in_what_cannot_be_paid_become_one():
    classes = [od_pairs.DemandClass(family, 1.0, {("N", "", ""): 1.0}) for family in ((0b01,), (0b01, 0b10))]
    (one,) = od_pairs.affordable(classes, {0: 1.0, 1: 9.0}, 5.0)
    assert (one.bundles, one.weight) == ((0b01,), 2.0)


def test_personas_with_the_same_barriers_have_the_same_fix_sets():
    model = small_models.random_model(3)
    same = dataclasses.replace(model.network, needs=dict.fromkeys(model.network.needs, model.network.needs["pram"]))
    people = dict.fromkeys(model.people, model.people["pram"])
    found = od_pairs.demand(dataclasses.replace(model, network=same, people=people), od_pairs.MOST_FIXES)
    for one in found.classes:
        pram, wheelchair = od_pairs.by([one], od_pairs.PERSONA).values()
        assert pram == wheelchair


def _sets(model, **changes):
    category = dataclasses.replace(model.categories[0], **changes)
    return od_pairs.fix_sets(od_pairs.edges_into(model, "wheelchair"), category)


def test_each_node_knows_the_fixes_between_it_and_the_stop():
    found = _sets(small_models.street())
    assert found.families == ((0,), (0b011,), (0b111,), ())
    assert found.complete


def test_the_limit_of_a_way_is_kept_to_the_millimetre():
    model = small_models.street()
    assert _sets(model, limit_m=1350.0).families[3] == (0b111,)
    assert _sets(model, limit_m=1349.999).families[3] == ()


def test_a_longer_way_with_fewer_fixes_is_kept_beside_the_shorter_one():
    model = small_models.street()
    network = dataclasses.replace(
        model.network,
        needs={"wheelchair": [frozenset({"stair"}), frozenset({"A-kerb"}), frozenset(), frozenset({"B-kerb"})]},
    )
    found = _sets(dataclasses.replace(model, network=network), limit_m=2000.0)
    assert found.families[1] == (0b011, 0b100)


def test_a_way_with_more_fixes_than_asked_for_is_left_out_and_that_is_said():
    model = small_models.street()
    edges = od_pairs.edges_into(model, "wheelchair")
    found = od_pairs.fix_sets(edges, model.categories[0], most_fixes=2)
    assert found.families == ((0,), (0b011,), (), ())
    assert not found.complete


def test_a_one_way_edge_is_walked_one_way():
    model = small_models.street()
    away = dataclasses.replace(model, network=dataclasses.replace(model.network, directed=True))
    assert _sets(away).families == ((0,), (), (), ())
    turned = dataclasses.replace(away.network, start=model.network.end, end=model.network.start)
    assert _sets(dataclasses.replace(model, network=turned)).families[1] == (0b011,)


def test_no_destination_serves_nobody():
    assert _sets(small_models.street(), nodes=()).families == ((), (), (), ())


@pytest.mark.parametrize("seed", range(40))
def test_every_set_opens_the_way_and_no_smaller_one_does(seed):
    model = small_models.random_model(seed)
    category = model.categories[0]
    for persona in model.people:
        found = od_pairs.fix_sets(od_pairs.edges_into(model, persona), category)
        for node, family in enumerate(found.families):
            assert od_pairs.minimal(family) == family
            alone = dataclasses.replace(
                model,
                people={persona: [float(place == node) for place in range(model.network.nodes)]},
                categories=(dataclasses.replace(category, value=1.0),),
            )
            for built in small_models.every_choice(model):
                opens = any(mask & ~model.mask(built) == 0 for mask in family)
                assert sum(small_models.walked(alone, built).values()) == opens


def test_only_the_smallest_masks_are_kept():
    assert od_pairs.minimal([0b111, 0b011, 0b100, 0b011]) == (0b011, 0b100)
    assert od_pairs.minimal([0, 0b1]) == (0,)
    assert od_pairs.minimal([]) == ()
