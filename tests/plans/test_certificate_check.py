from __future__ import annotations

import ast
import dataclasses
import json
import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from audits import errors, wording
from audits.plans import (
    budget_plan,
    budget_program,
    certificate,
    certificate_check,
    certificate_model,
    certificate_tree,
    od_pairs,
    plan_constraints,
    planning_model,
)
from tests import seeds
from tests.plans import small_models

EXACT = budget_program.Limits(gap=0.0)
A, B, STAIR = small_models.KERB_A, small_models.KERB_B, small_models.STAIR
WISHES = plan_constraints.Constraints(
    75_000.0, must_build=frozenset({A}), must_not_build=frozenset({STAIR}), floors={"N": 2.0}
)


def _papers(model, constraints, most_fixes=8):
    demand = od_pairs.demand(model, most_fixes)
    plan = budget_plan.plan(model, constraints, demand=demand, limits=EXACT)
    made = certificate.certify(model, constraints, demand, plan, seconds=60.0)
    return made.text, made.model


def _text(content):
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _forged(text, **changes):
    """Return a certificate with other content and a fresh seal, as a forger would write it."""
    told = json.loads(text) | changes
    del told["sha256"]
    return _text(told | {"sha256": certificate.digest(_text(told))})


def _codes(papers):
    return {problem.kind.code for problem in certificate_check.check(*papers).problems}


def test_a_true_certificate_holds():
    found = certificate_check.check(*_papers(small_models.street(), WISHES))
    assert found.holds
    assert (found.benefit, found.cost_thb, found.complete) == (4.0, 22_000.0, True)
    assert found.proved_bound == pytest.approx(4.0)
    assert found.solver_bound == pytest.approx(4.0)


def test_a_certificate_holds_where_a_node_lies_at_no_distance_from_another():
    model = small_models.street()
    need = [frozenset({A, B}), frozenset({A}), frozenset(), frozenset({STAIR})]
    ends = np.array([0, 0, 2, 1]), np.array([1, 2, 1, 3])
    network = planning_model.Network(4, *ends, np.array([10.0, 10.0, 0.0, 5.0]), {"wheelchair": need})
    found = certificate_check.check(*_papers(dataclasses.replace(model, network=network), WISHES, most_fixes=2))
    assert (found.holds, found.complete) == (True, True)


def test_more_nodes_than_zones_are_no_model():
    text, model = _papers(small_models.street(), WISHES)
    assert _codes((text, model.replace('"nodes":4', '"nodes":300000000'))) == {"CERT-001"}


@pytest.mark.parametrize("seed", seeds.some(range(150)))
def test_every_true_certificate_holds_and_proves_a_true_bound(seed):
    model = small_models.random_model(seed)
    draw = random.Random(seed)
    names = draw.sample(sorted(fix.fix_id for fix in model.fixes), len(model.fixes))
    constraints = plan_constraints.Constraints(
        1000.0 * draw.randint(0, 25),
        frozenset(names[: draw.choice([0, 0, 1])]),
        frozenset(names[1 : draw.choice([1, 2])]),
        {draw.choice(model.zones): draw.choice([0.0, 1.0, 3.0])},
    )
    try:
        papers = _papers(model, constraints)
    except errors.RefusedError:
        papers = _papers(model, plan_constraints.Constraints(constraints.budget_thb))
    found = certificate_check.check(*papers)
    assert found.problems == ()
    assert found.proved_bound == found.benefit
    assert found.exact_gap == 0
    built = frozenset(json.loads(papers[0])["chosen"])
    assert found.benefit == pytest.approx(sum(small_models.every_choice(model)[built].values()), abs=1e-9)


def test_paths_that_serve_less_than_walking_prove_nothing(monkeypatch):
    papers = _papers(small_models.street(), WISHES)
    monkeypatch.setattr(certificate_model.PlanModel, "gained", lambda town, chosen: {"N": Fraction(3)})
    assert _codes(papers) == {"CERT-010"}


def test_a_way_left_out_is_admitted():
    papers = _papers(small_models.street(), plan_constraints.Constraints(82_000.0), most_fixes=2)
    found = certificate_check.check(*papers)
    assert found.holds
    assert not found.complete
    assert _codes((_forged(papers[0], complete=True), papers[1])) == {"CERT-010"}


def test_a_way_left_out_is_not_counted_though_it_opens():
    constraints = plan_constraints.Constraints(82_000.0, must_build=frozenset({A, B, STAIR}))
    found = certificate_check.check(*_papers(small_models.street(), constraints, most_fixes=2))
    assert (found.problems, found.benefit) == ((), 4.0)
    assert certificate_check.check(*_papers(small_models.street(), constraints)).benefit == 11.0


NOTHING = {"price": "0", "unit": "1", "floors": {}, "classes": []}
FORGERIES = [
    ({"model": "another 2"}, {"CERT-002"}),
    ({"town_sha256": "0" * 64}, {"CERT-003"}),
    ({"cost_case": "high"}, {"CERT-005"}),
    ({"cost_case": "cheap"}, {"CERT-001"}),
    ({"costs_thb": {A: 1.0, B: 12_000.0, STAIR: 60_000.0}}, {"CERT-005"}),
    ({"costs_thb": {A: 10_000.0, B: 12_000.0}}, {"CERT-005"}),
    ({"budget_thb": 20_000.0}, {"CERT-007"}),
    ({"must_build": [A, STAIR]}, {"CERT-008"}),
    ({"must_build": ["lift"]}, {"CERT-001"}),
    ({"must_not_build": [B]}, {"CERT-008"}),
    ({"floors": {"N": 4.5}}, {"CERT-009"}),
    ({"floors": {"N": 2.0, "S": 1.0}}, {"CERT-009"}),
    ({"most_fixes": 1}, {"CERT-010"}),
    ({"complete": False}, {"CERT-010"}),
    ({"chosen": [A]}, {"CERT-010"}),
    ({"chosen": [A, A, B]}, {"CERT-006"}),
    ({"chosen": [A, B, "lift"]}, {"CERT-006"}),
    ({"chosen": [A, B, STAIR]}, {"CERT-007", "CERT-008"}),
    ({"cost_thb": 21_999.0}, {"CERT-010"}),
    ({"base": 2.0}, {"CERT-010"}),
    ({"benefit": 5.0}, {"CERT-010"}),
    ({"by_zone": {"N": 3.0, "S": 1.0}}, {"CERT-010"}),
    ({"by_zone": {}}, {"CERT-010"}),
    ({"proved_bound": 3.9}, {"CERT-010"}),
    ({"proved_bound": 5.0}, {"CERT-010"}),
    ({"proved_gap": 0.1}, {"CERT-010"}),
    ({"proved_gap": None}, {"CERT-010"}),
    ({"solver_bound": 3.0}, {"CERT-011"}),
    ({"solver_bound": 9.0}, {"CERT-010"}),
    ({"solver_gap": 0.1}, {"CERT-010"}),
    ({"status": "time_over"}, {"CERT-010"}),
    ({"status": "proven"}, {"CERT-010"}),
    ({"tree": []}, {"CERT-013"}),
    ({"tree": [{"bound": "4"}]}, {"CERT-012"}),
    ({"tree": [{"bound": "5", "multipliers": NOTHING}]}, {"CERT-014"}),
    ({"tree": [{"cost_thb": "10000"}]}, {"CERT-014"}),
]


@pytest.mark.parametrize(("changes", "codes"), FORGERIES, ids=range(len(FORGERIES)))
def test_a_forged_certificate_is_refused_though_its_seal_is_fresh(changes, codes):
    text, model = _papers(small_models.street(), WISHES)
    assert codes <= _codes((_forged(text, **changes), model))


def test_every_field_of_a_certificate_is_forged_above_but_the_name_of_the_solver():
    text, _ = _papers(small_models.street(), WISHES)
    assert set(json.loads(text)) - {"sha256", "solver"} == {field for changes, _ in FORGERIES for field in changes}


@pytest.mark.parametrize("field", sorted(json.loads(_papers(small_models.street(), WISHES)[0])))
def test_a_change_without_a_fresh_seal_is_seen_in_every_field(field):
    text, model = _papers(small_models.street(), WISHES)
    told = json.loads(text)
    told[field] = [told[field], 1]
    assert _codes((_text(told), model)) & {"CERT-001", "CERT-004"}
    del told[field]
    assert _codes((_text(told), model)) & {"CERT-001", "CERT-004"}


def test_another_town_is_refused():
    text, model = _papers(small_models.street(), WISHES)
    told = json.loads(model)
    told["edges"][0][2] += 1
    assert _codes((text, _text(told))) == {"CERT-003"}
    assert _codes((text, _papers(small_models.random_model(1), plan_constraints.Constraints(0.0))[1])) & {
        "CERT-001",
        "CERT-003",
    }


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", "{", '{"model": NaN}', '{"budget_thb": 1e999999999}', "[" * 5000, '{"model": "\\ud800"}'],
)
def test_what_is_no_certificate_is_refused_in_words(text):
    papers = _papers(small_models.street(), WISHES)
    assert _codes((text, papers[1])) == {"CERT-001"}
    assert _codes((papers[0], text)) & {"CERT-001", "CERT-003"}


def test_nodes_that_are_not_there_are_refused_in_words():
    text, model = _papers(small_models.street(), WISHES)
    for change in ({"edges": [[-1, 1, 100, []]]}, {"edges": [[0, 9, 100, []]]}, {"people": {"bicycle": [1.0]}}):
        other = _text(json.loads(model) | change)
        sealed = _forged(text, town_sha256=certificate.digest(other))
        assert _codes((sealed, other)) == {"CERT-001"}
    minus = json.loads(model)
    minus["categories"][0]["nodes"] = [-1]
    assert _codes((_forged(text, town_sha256=certificate.digest(_text(minus))), _text(minus))) == {"CERT-001"}


def test_the_checker_uses_nothing_of_the_planner_and_no_library():
    checker = certificate_check, certificate_model, certificate_tree
    nodes = [node for one in checker for node in ast.walk(ast.parse(Path(one.__file__).read_text("utf-8")))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    ours = {f"{node.module}.{alias.name}" for node in parts for alias in node.names if "audits" in node.module}
    modules = {node.module for node in parts}
    # The words are imported for their type only.
    assert ours == {
        "audits.errors",
        "audits.wording",
        "audits.plans.certificate_model",
        "audits.plans.certificate_tree",
    }
    assert names == {"dataclasses", "functools", "hashlib", "heapq", "json", "math", "sys"}
    assert modules == {
        "__future__",
        "audits",
        "audits.plans",
        "collections",
        "collections.abc",
        "dataclasses",
        "fractions",
        "pathlib",
        "typing",
    }


def _before():
    """Return a certificate and its town as they were written before certificates had a tree."""
    kept = json.loads(Path(__file__).with_name("certificate_before.json").read_text("utf-8"))
    return kept["certificate"], kept["town"]


def test_a_certificate_of_the_format_before_holds_with_the_gap_of_its_relaxation():
    found = certificate_check.check(*_before())
    assert (found.problems, found.exact_gap) == ((), Fraction(2, 9))
    assert (found.benefit, found.proved_bound, found.solver_bound) == (9.0, 11.0, 9.0)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"model": certificate.MODEL}, {"CERT-001"}),
        ({"status": "solved"}, {"CERT-010"}),
        ({"multipliers": {"budget": -1.0, "floors": {}, "bundles": []}}, {"CERT-012"}),
        ({"multipliers": {"budget": 0.001, "floors": {}, "bundles": []}}, {"CERT-010"}),
        ({"multipliers": {"budget": 0.0, "floors": {"W": 0.0}, "bundles": []}}, {"CERT-012"}),
        ({"multipliers": {"budget": 0.0, "floors": {}, "bundles": [[[[7]], [[7, 1.0]]]]}}, {"CERT-012"}),
        ({"multipliers": {"budget": 0.0, "floors": {}, "bundles": [[[[0]], [[0, -1.0]]]]}}, {"CERT-012"}),
        ({"multipliers": {"budget": 0.0, "floors": {}, "bundles": [[[[0]], [[0, 99.0]]]]}}, {"CERT-010"}),
    ],
)
def test_a_forged_certificate_of_the_format_before_is_refused(changes, codes):
    text, town = _before()
    assert codes <= _codes((_forged(text, **changes), town))


@pytest.mark.parametrize(
    ("gap", "english", "thai"),
    [
        (Fraction(0), "no other choice for this money does better", "ไม่มีทางเลือกอื่นที่ดีกว่า"),
        (Fraction(1, 10**15), "at most 0.0001 % better", "ไม่เกิน 0.0001 %"),
        (Fraction(12_345, 10**6), "at most 1.2345 % better", "ไม่เกิน 1.2345 %"),
        (None, "opens more than 3 trips", "ไม่มีทางเลือกอื่นที่เปิดได้เกิน 3 เที่ยวเดินทาง"),
    ],
)
def test_the_words_claim_what_is_proved_and_no_more(gap, english, thai):
    verdict = certificate_check.Verdict((), proved_bound=3.0, complete=True, exact_gap=gap)
    assert english in certificate_check.certainty(verdict, wording.Wording("en"))
    assert thai in certificate_check.certainty(verdict, wording.Wording("th"))
    assert (verdict.checked_gap == 0) == (gap == 0)


def test_the_words_say_what_was_left_out_and_what_does_not_hold():
    english = wording.Wording("en")
    part = certificate_check.Verdict((), complete=False, exact_gap=Fraction(0))
    assert certificate_check.certainty(part, english).endswith("are left out)")
    refused = certificate_check.Verdict((certificate_check.ALTERED.at("sha256"),))
    assert certificate_check.certainty(refused, english).startswith("not proved")


def test_checker_and_planner_write_the_same_model():
    assert certificate_check.MODEL == certificate.MODEL
    assert certificate_check.SOLVED[certificate.MODEL] == budget_plan.SOLVED


def test_files_are_checked_by_hand(tmp_path, capsys):
    text, model = _papers(small_models.street(), WISHES)
    (tmp_path / "town.json").write_text(model, "utf-8")
    (tmp_path / "true.json").write_text(text, "utf-8")
    (tmp_path / "forged.json").write_text(_forged(text, benefit=5.0), "utf-8")
    assert certificate_check.main([str(tmp_path / "true.json"), str(tmp_path / "town.json")]) == 0
    assert "the solver says, not checked here" in capsys.readouterr().out
    assert certificate_check.main([str(tmp_path / "forged.json"), str(tmp_path / "town.json")]) == 1
    assert "benefit: The certificate says 5.0, but it is 4.0." in capsys.readouterr().out
