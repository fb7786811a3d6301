"""Multipliers bound every choice in exact fractions, and a tree of choices covers each of them once."""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies

from audits import errors
from audits.plans import certificate, certificate_model, certificate_tree
from tests.plans import small_models

NOTHING = {"price": "0", "unit": "1", "floors": {}, "classes": []}
PLACES = {small_models.KERB_A: 0, small_models.KERB_B: 1, small_models.STAIR: 2}


def _problem(model, budget_thb, floors=None):
    town = certificate_model.PlanModel(certificate_model.read(certificate.model_text(model)), 8)
    return town.problem(
        "likely", Fraction(budget_thb), {zone: Fraction(floor) for zone, floor in (floors or {}).items()}
    )


def _walk(problem, nodes):
    box = certificate_tree.Box(problem, 0, 0, (0, 0))
    return certificate_tree.largest_bound(problem, box, nodes, PLACES, [])


def _refusals(problem, nodes):
    with pytest.raises(errors.RefusedError) as refused:
        _walk(problem, nodes)
    return [problem.kind.code for problem in refused.value.problems]


def _choices(problem):
    """Yield (choice, benefit in grains) for every choice within the budget that meets the floors."""
    for mask in range(1 << len(problem.costs)):
        after = problem.under(mask, ~mask & (1 << len(problem.costs)) - 1)
        if after.budget >= 0 and all(
            reached >= floor for floor, reached in zip(problem.floors, after.sure[1:], strict=True)
        ):
            yield mask, after.sure[0]


def test_a_problem_is_written_in_whole_coins_and_grains():
    problem = _problem(small_models.street(), 82_000)
    assert (problem.coin, problem.costs, problem.budget) == (2_000, [5, 6, 30], 41)
    assert (problem.grain, problem.classes) == (1, {(0b011,): (4,), (0b111,): (7,)})
    assert problem.benefit(0b011) == 4


@given(
    seed=strategies.integers(0, 5_000),
    thousands=strategies.integers(0, 30),
    masks=strategies.lists(strategies.integers(0, 63), min_size=4, max_size=4),
)
@settings(derandomize=True, max_examples=150)
def test_deciding_in_two_steps_leaves_the_same_problem_as_in_one(seed, thousands, masks):
    problem = _problem(small_models.random_model(seed), 1000 * thousands, {"N": 1})
    every = (1 << len(problem.costs)) - 1
    first, then = masks[0] & every, masks[1] & every & ~masks[0]
    out, last = masks[2] & every & ~(first | then), masks[3] & every & ~(first | then)
    if problem.under(first | then, 0).budget < 0:
        return
    assert problem.under(first, out).under(then, last & ~out) == problem.under(first | then, out | last)


@given(
    seed=strategies.integers(0, 5_000),
    thousands=strategies.integers(0, 30),
    draw=strategies.randoms(use_true_random=False),
)
@settings(derandomize=True, max_examples=200)
def test_any_multipliers_bound_every_choice_of_every_box(seed, thousands, draw):
    problem = _problem(small_models.random_model(seed), 1000 * thousands, {"N": draw.randint(0, 4)})
    at = certificate_tree.Multipliers(
        Fraction(draw.randint(0, 9), draw.randint(500, 5_000)),
        Fraction(1, draw.randint(1, 7)),
        [Fraction(draw.randint(0, 3), 2)],
        {
            family: {fix: draw.randint(0, 30) for bundle in family for fix in certificate_tree.bits(bundle)}
            for family in problem.classes
        },
    )
    box = certificate_tree.Box(problem, 0, 0, (0, 0)).bounded(problem, problem.line(at))
    for fix in range(len(problem.costs)):
        inside = [benefit for mask, benefit in _choices(problem) if not box.built & ~mask and not box.excluded & mask]
        assert box.bound() >= max(inside, default=box.bound())
        box = box.decide(fix, built=draw.random() < 0.5)


def test_a_bound_is_the_dual_objective():
    problem = _problem(small_models.street(), 22_000).under(0, 0)
    charges = {(0b011,): {0: Fraction(40, 22), 1: Fraction(48, 22)}}
    line = problem.line(certificate_tree.Multipliers(Fraction(4, 22_000), Fraction(1), [], charges))
    assert Fraction(line.top, line.scale) == 4
    dear = problem.line(certificate_tree.Multipliers(Fraction(0), Fraction(1), [], {(0b011,): {0: 9}}))
    assert Fraction(dear.top, dear.scale) == 9


def test_a_bound_is_rounded_down_to_what_a_choice_can_be_worth():
    problem = _problem(small_models.street(), 22_000).under(0, 0)
    line = problem.line(certificate_tree.Multipliers(Fraction(41, 220_000), Fraction(1, 10), [], {}))
    assert Fraction(line.top, line.scale) == Fraction(81, 10)
    assert line.grains(line.top) == 8


def test_a_tree_that_branches_on_every_fix_covers_every_choice():
    problem = _problem(small_models.street(), 82_000)
    nodes = []
    for built in itertools.product((True, False), repeat=3):
        nodes += [{"fix": fix} for fix in list(PLACES)[_shared(built) :]]
        worth = 11 if all(built) else 4 if built[0] and built[1] else 0
        nodes.append({"bound": str(worth), "multipliers": NOTHING})
    assert _walk(problem, nodes) == 11
    assert _refusals(problem, nodes[:-1]) == ["CERT-013"]
    assert _refusals(problem, [*nodes, nodes[-1]]) == ["CERT-013"]


def _shared(built):
    """Return how many branches a choice shares with the choice before it in preorder."""
    return 0 if all(built) else max(place for place, one in enumerate(built) if not one) + 1


def test_a_fix_is_decided_once_on_a_path():
    leaf = {"bound": "11", "multipliers": NOTHING}
    twice = [{"fix": small_models.KERB_A}, {"fix": small_models.KERB_A}, leaf, leaf, leaf]
    assert _refusals(_problem(small_models.street(), 82_000), twice) == ["CERT-013"]


def test_a_leaf_that_costs_more_than_the_budget_needs_no_multipliers():
    problem = _problem(small_models.street(), 15_000)
    nodes = [
        {"fix": small_models.KERB_A},
        {"fix": small_models.KERB_B},
        {"cost_thb": "22000"},
        {"bound": "0", "multipliers": NOTHING},
        {"bound": "0", "multipliers": NOTHING},
    ]
    assert _walk(problem, nodes) == 0
    assert _refusals(problem, [*nodes[:2], {"cost_thb": "22001"}, *nodes[3:]]) == ["CERT-014"]
    assert _refusals(_problem(small_models.street(), 22_000), nodes) == ["CERT-014"]


@pytest.mark.parametrize(
    "multipliers",
    [
        NOTHING | {"price": "-1/2"},
        NOTHING | {"unit": "0"},
        NOTHING | {"unit": "-1"},
        NOTHING | {"floors": {"W": "1"}},
        NOTHING | {"classes": [[0, 0, -1]]},
        NOTHING | {"classes": [[2, 0, 1]]},
        NOTHING | {"classes": [[-1, 0, 1]]},
        NOTHING | {"classes": [[0, 2, 1]]},
        NOTHING | {"classes": [[0, 0, 0.5]]},
        NOTHING | {"classes": [[0, 0, 1], [0, 0, 2]]},
    ],
)
def test_multipliers_that_prove_nothing_are_refused(multipliers):
    problem = _problem(small_models.street(), 82_000)
    assert _refusals(problem, [{"bound": "11", "multipliers": multipliers}]) == ["CERT-012"]


@pytest.mark.parametrize("written", ["0.5", "1e9", "½", "1/0", "", "1" * 200, 1, None])
def test_a_fraction_is_written_with_two_whole_numbers(written):
    with pytest.raises((ValueError, ZeroDivisionError)):
        certificate_tree.fraction(written)


def test_only_what_contains_no_other_is_kept():
    draw = random.Random(1)
    for _ in range(50):
        masks = [draw.randrange(1, 64) for _ in range(6)]
        kept = [one for one in set(masks) if not any(other != one and not other & ~one for other in masks)]
        assert certificate_tree.smallest(masks) == tuple(sorted(kept))


def test_a_tree_is_plain_json():
    leaf = {"bound": "11", "multipliers": NOTHING}
    assert _walk(_problem(small_models.street(), 82_000), json.loads(json.dumps([leaf]))) == 11
