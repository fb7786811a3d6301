"""The search closes every leaf, or says how far it came, and the tree it leaves proves that to the checker."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies

from audits.plans import branch_and_bound, certificate, certificate_model, certificate_tree
from tests.plans import small_models


def _search(model, budget_thb, floors=None, chosen=0, built=0, excluded=0):
    town = certificate_model.PlanModel(certificate_model.read(certificate.model_text(model)), 8)
    floors = {zone: Fraction(floor) for zone, floor in sorted((floors or {}).items())}
    problem = town.problem("likely", Fraction(budget_thb), floors).under(built, excluded)
    box = certificate_tree.Box(problem, built, excluded, (built, excluded))
    return branch_and_bound.Search(problem, box, list(town.places), list(floors), chosen)


def _verified(search, tree):
    """Return the bound that the walk of the checker gives a tree."""
    places = {name: place for place, name in enumerate(search.names)}
    found = certificate_tree.largest_bound(search.problem, search.box, tree.nodes, places, search.zones)
    return max(found, search.best)


def _best(search):
    """Return the most that any choice is worth, grains; None where none meets the floors."""
    problem, fixes = search.problem, len(search.names)
    worth = []
    for mask in range(1 << fixes):
        if mask & search.box.excluded or search.box.built & ~mask:
            continue
        after = problem.under(mask & ~search.box.built, ~mask & (1 << fixes) - 1)
        floors = zip(problem.floors, after.sure[1:], strict=True)
        if after.budget >= 0 and all(reached >= floor for floor, reached in floors):
            worth.append(after.sure[0])
    return max(worth, default=None)


@given(
    seed=strategies.integers(0, 5_000),
    thousands=strategies.integers(0, 25),
    floor=strategies.sampled_from([0, 0, 1, 4]),
    wish=strategies.integers(0, 3),
)
@settings(derandomize=True, max_examples=120, deadline=None)
def test_the_tree_ends_at_the_best_of_all_choices_and_the_checker_agrees(seed, thousands, floor, wish):
    built, excluded = (1, 0) if wish == 1 else (0, 1) if wish == 2 else (0, 0)
    model = small_models.random_model(seed)
    search = _search(model, 1000 * thousands, {"N": floor} if floor else {}, 0, built, excluded)
    best = _best(search)
    if best is None or search.problem.budget < 0:
        return
    # No choice is known at first, so the search must find one itself.
    search.best = search.problem.sure[0] if not floor else -1
    tree = search.tree(60.0)
    assert tree.bound == search.best == best == _verified(search, tree)
    assert search.problem.benefit(tree.chosen) == best


@pytest.mark.parametrize("weight", [1.0, 0.1234567890123456, 7.033340415652738e-05])
def test_choices_that_are_equally_good_do_not_send_the_search_round(weight):
    twins = 24
    model = small_models.homes([weight] * twins, [[place] for place in range(twins)], [1000.0] * twins)
    search = _search(model, 12_000, chosen=(1 << 12) - 1)
    tree = search.tree(30.0)
    assert tree.bound == search.best == 12 == _verified(search, tree)
    assert tree.programs < 10


def test_half_fixes_that_serve_everybody_do_not_send_the_search_round():
    # Every home needs two of the fixes: one half of each serves all, while whole fixes serve few.
    pairs = list(itertools.combinations(range(8), 2))
    draw = random.Random(3)
    model = small_models.homes([draw.uniform(1, 1.001) for _ in pairs], pairs, [1000.0] * 8)
    search = _search(model, 4_000)
    assert _best(search) == search.tree(60.0).bound


def _hard(fixes=60, homes=200):
    draw = random.Random(4)
    needs = [draw.sample(range(fixes), 4) for _ in range(homes)]
    return small_models.homes(
        [draw.uniform(1, 9) for _ in needs], needs, [float(draw.randint(50, 99)) for _ in range(fixes)]
    )


def test_a_search_that_is_out_of_time_says_honestly_how_far_it_came():
    search = _search(_hard(), 1500)
    root = search.tree(0.0)
    assert root.programs == 1
    assert root.bound > search.best
    assert _verified(search, root) == root.bound
    later = _search(_hard(), 1500)
    tree = later.tree(3.0)
    assert tree.programs > 1
    assert tree.bound < root.bound
    assert _verified(later, tree) == tree.bound


def test_progress_is_the_part_of_the_first_gap_that_is_closed():
    shares = []
    _search(_hard(14, 30), 450).tree(60.0, shares.append)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert all(0 <= share <= 1 for share in shares)


def test_a_solver_that_gives_up_costs_tightness_only(monkeypatch):
    model = small_models.relaxed_town()
    best = _best(_search(model, 9_000))

    def give_up(rows):
        return np.zeros(len(rows.limits)), np.full(len(rows.worth), 0.5)

    monkeypatch.setattr(branch_and_bound.budget_program.Rows, "relaxed", give_up)
    search = _search(model, 9_000)
    tree = search.tree(60.0)
    assert tree.bound == best == _verified(search, tree)
