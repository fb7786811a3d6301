from __future__ import annotations

import json

import pytest

from audits.plans import budget_plan, budget_program, certificate, od_pairs, plan_constraints
from tests import seeds
from tests.plans import small_models

EXACT = budget_program.Limits(gap=0.0)
WISHES = plan_constraints.Constraints(60_000.0, floors={"N": 2.0})


def _certificate(model, constraints=WISHES):
    demand = od_pairs.demand(model)
    plan = budget_plan.plan(model, constraints, demand=demand, limits=EXACT)
    return certificate.certificate_text(model, constraints, demand, plan), plan


def test_a_certificate_says_what_was_chosen_and_how_good_it_is():
    model = small_models.street()
    text, plan = _certificate(model)
    told = json.loads(text)
    assert told["model"] == certificate.MODEL
    assert told["chosen"] == ["A-kerb", "B-kerb"]
    assert told["costs_thb"] == {"A-kerb": 10_000.0, "B-kerb": 12_000.0, "stair": 60_000.0}
    assert (told["budget_thb"], told["cost_thb"], told["floors"]) == (60_000.0, 22_000.0, {"N": 2.0})
    assert (told["base"], told["benefit"], told["by_zone"]) == (1.0, 4.0, {"N": 4.0})
    assert (told["solver_bound"], told["status"]) == (plan.bound, "proven")
    assert told["town_sha256"] == certificate.digest(certificate.model_text(model))
    seal = told.pop("sha256")
    plain = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert certificate.digest(plain) == seal


def test_the_same_plan_gives_the_same_certificate_letter_by_letter():
    for seed in range(20):
        model = small_models.random_model(seed)
        constraints = plan_constraints.Constraints(9_000.0)
        assert _certificate(model, constraints)[0] == _certificate(small_models.shuffled(model, seed), constraints)[0]


def test_a_town_reads_the_same_in_whatever_order_it_was_written():
    model = small_models.random_model(7)
    text = certificate.model_text(model)
    assert text == certificate.model_text(small_models.shuffled(model, 1))
    assert text != certificate.model_text(small_models.random_model(8))
    told = json.loads(text)
    assert len(told["edges"]) == len(model.network.start)
    assert [fix["fix_id"] for fix in told["fixes"]] == sorted(fix.fix_id for fix in model.fixes)


@pytest.mark.parametrize("seed", seeds.some(range(60)))
def test_the_multipliers_prove_a_bound_that_no_choice_exceeds(seed):
    model = small_models.random_model(seed)
    demand = od_pairs.demand(model)
    constraints = plan_constraints.Constraints(1000.0 * (2 + seed % 20), must_build=frozenset())
    reduced = plan_constraints.reduce(model, demand, constraints, merge_twins=False)
    proved = certificate.proved_bound(reduced, certificate.multipliers(reduced))
    best = budget_plan.plan(model, constraints, demand=demand, limits=EXACT)
    assert proved >= best.benefit - 1e-6
    nothing = certificate.Multipliers(0.0, {}, tuple({} for _ in reduced.twins.classes))
    assert proved <= certificate.proved_bound(reduced, nothing) + 1e-6
    assert certificate.proved_bound(reduced, nothing) == pytest.approx(sum(one.weight for one in reduced.twins.classes))


def test_any_multipliers_prove_a_bound_even_bad_ones():
    model = small_models.street()
    reduced = plan_constraints.reduce(
        model, od_pairs.demand(model), plan_constraints.Constraints(22_000.0), merge_twins=False
    )
    bad = certificate.Multipliers(0.01, {}, ({0: 1.0, 1: 50.0},))
    assert certificate.proved_bound(reduced, bad) >= 4.0
    good = certificate.Multipliers(4.0 / 22_000, {}, ({0: 40.0 / 22, 1: 48.0 / 22},))
    assert certificate.proved_bound(reduced, good) == pytest.approx(4.0)


def test_classes_without_a_multiplier_are_not_written():
    model = small_models.street()
    reduced = plan_constraints.reduce(
        model, od_pairs.demand(model), plan_constraints.Constraints(82_000.0), merge_twins=False
    )
    assert certificate.Multipliers(0.0, {}, ({}, {2: 1.0})).to_json(reduced) == {
        "budget": 0.0,
        "floors": {},
        "bundles": [[[[0, 1, 2]], [(2, 1.0)]]],
    }
