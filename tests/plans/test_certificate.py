from __future__ import annotations

import dataclasses
import json

import pytest

from audits.plans import budget_plan, budget_program, certificate, od_pairs, plan_constraints
from tests.plans import small_models

EXACT = budget_program.Limits(gap=0.0)
WISHES = plan_constraints.Constraints(60_000.0, floors={"N": 2.0})


def _certificate(model, constraints=WISHES, seconds=60.0):
    demand = od_pairs.demand(model)
    plan = budget_plan.plan(model, constraints, demand=demand, limits=EXACT)
    made = certificate.certify(model, constraints, demand, plan, seconds=seconds)
    return made.text, made.plan


def test_a_certificate_says_what_was_chosen_and_how_good_it_is():
    model = small_models.street()
    text, plan = _certificate(model)
    told = json.loads(text)
    assert told["model"] == certificate.MODEL
    assert told["chosen"] == ["A-kerb", "B-kerb"]
    assert told["costs_thb"] == {"A-kerb": 10_000.0, "B-kerb": 12_000.0, "stair": 60_000.0}
    assert (told["budget_thb"], told["cost_thb"], told["floors"]) == (60_000.0, 22_000.0, {"N": 2.0})
    assert (told["base"], told["benefit"], told["by_zone"]) == (1.0, 4.0, {"N": 4.0})
    assert (told["solver_bound"], told["status"]) == (plan.bound, "solved")
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


def test_after_no_time_the_certificate_proves_the_linear_relaxation():
    model = small_models.relaxed_town()
    root, _ = _certificate(model, plan_constraints.Constraints(9_000.0), seconds=0.0)
    whole, _ = _certificate(model, plan_constraints.Constraints(9_000.0))
    root, whole = json.loads(root), json.loads(whole)
    assert (root["benefit"], root["proved_bound"], root["proved_gap"]) == (9.0, 11.0, pytest.approx(2 / 9))
    assert (whole["benefit"], whole["proved_bound"], whole["proved_gap"]) == (9.0, 9.0, 0.0)


def test_a_better_choice_that_the_search_comes_across_replaces_the_plan():
    model, constraints = small_models.street(), plan_constraints.Constraints(82_000.0)
    demand = od_pairs.demand(model)
    poor = budget_plan.describe(model, demand, constraints, model.mask([small_models.KERB_A]), 99.0, 1.0)
    found = certificate.certify(model, constraints, demand, poor, seconds=60.0)
    assert (found.plan.benefit, found.plan.bound, found.plan.status) == (11.0, 11.0, budget_plan.SOLVED)
    assert json.loads(found.text)["chosen"] == list(found.plan.chosen) == ["A-kerb", "B-kerb", "stair"]


def test_a_search_that_was_stopped_stays_stopped_unless_the_tree_closes_the_gap():
    model, constraints = small_models.relaxed_town(), plan_constraints.Constraints(9_000.0)
    demand = od_pairs.demand(model)
    best = budget_plan.plan(model, constraints, demand=demand, limits=EXACT)
    stopped = dataclasses.replace(best, bound=20.0, status=budget_plan.CANCELLED)
    assert certificate.certify(model, constraints, demand, stopped).plan.status == budget_plan.CANCELLED
    closed = certificate.certify(model, constraints, demand, stopped, seconds=60.0)
    assert closed.plan.status == budget_plan.SOLVED
