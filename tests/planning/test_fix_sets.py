from __future__ import annotations

import dataclasses

import pytest

from audits.planning import od_pairs
from tests.planning import small_models


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
