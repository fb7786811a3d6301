"""A forged tree is refused, however it was forged and sealed again; what the checker accepts is true."""

from __future__ import annotations

import functools
import json
import random

import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies

from audits.plans import budget_plan, certificate, certificate_check, od_pairs, plan_constraints
from tests.plans import small_models

BUDGET_THB = 9_000.0
# Towns whose linear relaxation leaves a gap, so that their trees branch.
SEEDS = (0, 2, 5, 9, 18, 22, 35, 36)


def _town(seed):
    draw = random.Random(seed)
    fixes = 6
    needs = [draw.sample(range(fixes), draw.choice([1, 2, 2])) for _ in range(9)]
    return small_models.homes(
        [float(draw.randint(1, 9)) for _ in needs], needs, [1000.0 * draw.randint(1, 7) for _ in range(fixes)]
    )


@functools.cache
def _made(seed):
    model = _town(seed)
    constraints = plan_constraints.Constraints(BUDGET_THB)
    demand = od_pairs.demand(model)
    plan = budget_plan.plan(model, constraints, demand=demand)
    return certificate.certify(model, constraints, demand, plan, seconds=60.0)


@functools.cache
def _gains(seed):
    model = _town(seed)
    return [
        (small_models.cost_thb(model, built), sum(gained.values()))
        for built, gained in small_models.every_choice(model).items()
    ]


def _sealed(content):
    content.pop("sha256", None)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return json.dumps(
        content | {"sha256": certificate.digest(text)}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def _check(seed, content):
    """Check a forged certificate; whatever is accepted must bound every choice within its budget."""
    verdict = certificate_check.check(_sealed(content), _made(seed).model)
    if verdict.holds:
        best = max(gain for cost, gain in _gains(seed) if cost <= content["budget_thb"])
        assert verdict.proved_bound >= best - 1e-9
        assert verdict.benefit <= best + 1e-9
    else:
        assert verdict.exact_gap is None
        assert verdict.checked_gap is None
    return verdict


def _content(seed):
    return json.loads(_made(seed).text)


def _end(tree, start):
    """Return where the part of a tree in preorder that begins at a place ends."""
    pending, place = 1, start
    while pending:
        pending += 1 if "fix" in tree[place] else -1
        place += 1
    return place


def _some(draw, places):
    assume(places)
    return draw(strategies.sampled_from(places))


def _branches(tree):
    return [place for place, node in enumerate(tree) if "fix" in node]


def _multipliers(tree):
    return [node["multipliers"] for node in tree if "multipliers" in node]


def _forgery(test):
    given_data = given(seed=strategies.sampled_from(SEEDS), data=strategies.data())
    # The first certificate of a town takes longer than the others.
    return settings(derandomize=True, max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))(
        given_data(test)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_towns_have_trees_that_hold_and_leave_no_gap(seed):
    verdict = _check(seed, _content(seed))
    assert (verdict.problems, verdict.exact_gap, verdict.checked_gap) == ((), 0, 0.0)
    assert _branches(_content(seed)["tree"])


@_forgery
def test_a_tree_without_one_of_its_leaves_is_refused(seed, data):
    content = _content(seed)
    leaves = [place for place, node in enumerate(content["tree"]) if "fix" not in node]
    del content["tree"][_some(data.draw, leaves)]
    assert not _check(seed, content).holds


@_forgery
def test_a_tree_without_one_of_its_halves_is_refused(seed, data):
    content = _content(seed)
    tree = content["tree"]
    start = _some(data.draw, _branches(tree))
    middle = _end(tree, start + 1)
    first = data.draw(strategies.booleans())
    del tree[slice(start + 1, middle) if first else slice(middle, _end(tree, middle))]
    assert not _check(seed, content).holds


@_forgery
def test_a_fix_decided_twice_is_refused(seed, data):
    content = _content(seed)
    tree = content["tree"]
    start = _some(data.draw, _branches(tree))
    again = data.draw(strategies.integers(start + 1, _end(tree, start) - 1))
    tree[again:again] = [{"fix": tree[start]["fix"]}, *tree[again : _end(tree, again)]]
    assert not _check(seed, content).holds


@_forgery
def test_a_half_put_in_place_of_the_other_is_refused_or_proves_the_same(seed, data):
    content = _content(seed)
    tree = content["tree"]
    start = _some(data.draw, _branches(tree))
    middle, end = _end(tree, start + 1), _end(tree, _end(tree, start + 1))
    tree[start + 1 : end] = [*tree[middle:end], *tree[start + 1 : middle]]
    _check(seed, content)


@_forgery
def test_a_choice_of_another_fix_is_refused_or_proves_the_same(seed, data):
    content = _content(seed)
    place = _some(data.draw, _branches(content["tree"]))
    content["tree"][place]["fix"] = data.draw(strategies.sampled_from([*sorted(content["costs_thb"]), "lift"]))
    _check(seed, content)


@_forgery
def test_a_negative_multiplier_is_refused(seed, data):
    content = _content(seed)
    stated = _some(data.draw, _multipliers(content["tree"]))
    if stated["classes"] and data.draw(strategies.booleans()):
        _some(data.draw, stated["classes"])[2] = -data.draw(strategies.integers(1, 10**12))
    else:
        stated[data.draw(strategies.sampled_from(["price", "unit"]))] = "-1/1000"
    assert not _check(seed, content).holds


@_forgery
def test_a_multiplier_of_no_class_or_no_fix_of_its_class_is_refused(seed, data):
    content = _content(seed)
    stated = _some(data.draw, [one for one in _multipliers(content["tree"]) if one["classes"]])
    entry = _some(data.draw, stated["classes"])
    entry[data.draw(strategies.integers(0, 1))] = data.draw(strategies.sampled_from([-1, 99, None, "F0"]))
    assert not _check(seed, content).holds


@_forgery
def test_another_multiplier_is_refused_or_proves_the_same(seed, data):
    content = _content(seed)
    stated = _some(data.draw, _multipliers(content["tree"]))
    if stated["classes"] and data.draw(strategies.booleans()):
        _some(data.draw, stated["classes"])[2] = data.draw(strategies.integers(0, 10**13))
    else:
        stated["price"] = f"{data.draw(strategies.integers(0, 10**6))}/{data.draw(strategies.integers(1, 10**6))}"
    _check(seed, content)


@_forgery
def test_a_leaf_with_another_bound_is_refused(seed, data):
    content = _content(seed)
    leaf = _some(data.draw, [node for node in content["tree"] if "bound" in node])
    leaf["bound"] = data.draw(strategies.sampled_from(["0", "1", "-5", "1000000", "7/3"]).filter(leaf["bound"].__ne__))
    assert not _check(seed, content).holds


@_forgery
def test_a_leaf_said_to_cost_too_much_is_refused(seed, data):
    content = _content(seed)
    leaves = [place for place, node in enumerate(content["tree"]) if "bound" in node]
    content["tree"][_some(data.draw, leaves)] = {"cost_thb": str(data.draw(strategies.integers(0, 20_000)))}
    _check(seed, content)


@_forgery
def test_a_raised_objective_is_refused(seed, data):
    content = _content(seed)
    more = data.draw(strategies.floats(0.001, 50.0))
    for figure in data.draw(strategies.sets(strategies.sampled_from(["benefit", "proved_bound", "base"]), min_size=1)):
        content[figure] += more
    assert not _check(seed, content).holds


@_forgery
def test_a_changed_cost_is_refused(seed, data):
    content = _content(seed)
    fix = _some(data.draw, sorted(content["costs_thb"]))
    content["costs_thb"][fix] += data.draw(strategies.sampled_from([-1000.0, -0.01, 0.01, 1000.0]))
    assert not _check(seed, content).holds


@_forgery
def test_another_budget_is_refused_or_bounded_by_the_same_tree(seed, data):
    content = _content(seed)
    content["budget_thb"] = float(data.draw(strategies.integers(0, 30_000)))
    _check(seed, content)


@_forgery
def test_a_plan_without_one_of_its_fixes_is_refused(seed, data):
    content = _content(seed)
    taken = _some(data.draw, content["chosen"])
    content["chosen"].remove(taken)
    assert not _check(seed, content).holds


def test_the_root_of_a_tree_alone_is_accepted_with_an_honest_gap():
    model, constraints = small_models.relaxed_town(), plan_constraints.Constraints(BUDGET_THB)
    demand = od_pairs.demand(model)
    plan = budget_plan.plan(model, constraints, demand=demand)
    made = certificate.certify(model, constraints, demand, plan)
    verdict = certificate_check.check(made.text, made.model)
    assert verdict.holds
    assert verdict.exact_gap is not None
    assert verdict.exact_gap > 0
    assert verdict.checked_gap == pytest.approx(2 / 9)
