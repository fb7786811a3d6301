"""A plan is kept with its certificate and its town, and says what happened to the record since."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from audits import errors, roles
from audits.plans import budget_plan as planner
from audits.plans import certificate, certificate_check, kept_plans, od_pairs, plan_constraints
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.register import municipal_choices
from audits.store.surveys import read
from audits.store.works import designs, plans
from audits.works import contracts, fix_states
from tests.plans import small_models

NOON = dt.datetime(2026, 3, 3, 5, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module", name="papers")
def _papers():
    town = small_models.street()
    wishes, demand = plan_constraints.Constraints(82_000.0), od_pairs.demand(town)
    made = planner.plan(town, wishes, demand=demand)
    return certificate.certify(town, wishes, demand, made).text, certificate.model_text(town)


def save(store: connection.Store, papers: tuple[str, str], title: str = " งบปี 2570 ", actor: str = "engineer") -> str:
    return kept_plans.save(store, title, *papers, actor, saved_at=NOON)


def test_a_plan_comes_back_whole_and_its_proof_still_holds(store: connection.Store, papers: tuple[str, str]) -> None:
    before = str(read.head(store))
    plan_id = save(store, papers)
    kept = plans.one(store, plan_id)
    assert (kept.certificate, kept.model) == papers
    assert (kept.plan_id, kept.title, kept.saved_by, kept.saved_at) == ("plan.1", "งบปี 2570", "engineer", NOON)
    assert kept.head == before
    assert kept.entries_since == 0
    assert certificate_check.check(kept.certificate, kept.model).holds
    assert verify.verify(store).problems == ()


def test_the_newest_plan_is_listed_first(store: connection.Store, papers: tuple[str, str]) -> None:
    save(store, papers)
    save(store, papers, "another")
    listed = plans.listed(store)
    assert list(listed["plan_id"]) == ["plan.2", "plan.1"]
    assert tuple(listed.columns) == tuple(plans.COLUMNS)
    assert listed["saved_at"].iloc[0] == pd.Timestamp(NOON)


def test_only_what_can_change_a_plan_makes_the_record_move_on(store: connection.Store, papers: tuple[str, str]) -> None:
    plan_id = save(store, papers)
    save(store, papers, "another")
    designs.save(store, "KK-001", "ramp", {"family": "straight"}, "engineer", saved_at=NOON)
    assert plans.one(store, plan_id).entries_since == 0
    municipal_choices.choose(store, "privacy_contact", "the clerk", "engineer", NOON)
    municipal_choices.choose(store, "photo_months", "24", "engineer", NOON)
    assert plans.one(store, plan_id).entries_since == 0
    municipal_choices.choose(store, "prices", "others", "engineer", NOON)
    assert plans.one(store, plan_id).entries_since == 1
    # the price of this design is that of its fix from now on
    designs.save(store, "KK-001", "ramp", {"family": "straight"}, "engineer", element_id="KK-001.ramp.1", saved_at=NOON)
    assert plans.one(store, plan_id).entries_since == 2


def test_works_built_without_a_contract_leave_the_plan(store: connection.Store, papers: tuple[str, str]) -> None:
    plan_id, ramp = save(store, papers), "KK-001.ramp.1"
    for minutes, step in enumerate((fix_states.PLANNED, fix_states.BUILT)):
        at = NOON + dt.timedelta(minutes=minutes)
        fix_states.record(store, ramp, step, NOON.date(), "engineer", recorded_at=at)
    assert plans.one(store, plan_id).entries_since == 1


def test_a_contract_changes_what_a_plan_would_buy(store: connection.Store, papers: tuple[str, str]) -> None:
    plan_id, ramp = save(store, papers), "KK-001.ramp.1"
    fix_states.record(store, ramp, fix_states.PLANNED, NOON.date(), "engineer", recorded_at=NOON)
    assert plans.one(store, plan_id).entries_since == 0
    signed = {"contractor": "หจก. ขอนแก่นก่อสร้าง", "number": "1", "signed_on": NOON.date(), "price": "1000"}
    when = {"due_on": NOON.date(), "defects_months": "24", "committee": "นายช่างโยธา", "estimate_thb": 1000}
    contracts.sign(store, ramp, "engineer", today=NOON.date(), recorded_at=NOON, **signed, **when)
    assert plans.one(store, plan_id).entries_since == 1


def test_everything_missing_is_said_at_once(store: connection.Store, papers: tuple[str, str]) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        save(store, (papers[0].replace('"chosen":["', '"chosen":["X'), papers[1]), " ", " ")
    kinds = [problem.kind for problem in refused.value.problems]
    assert kinds[:2] == [plans.NO_TITLE, plans.NO_AUTHOR]
    assert kept_plans.BROKEN in kinds
    assert plans.listed(store).empty


def test_a_plan_that_is_not_there_is_refused(store: connection.Store) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        plans.one(store, "plan.9")
    assert refused.value.problems[0].kind == plans.UNKNOWN_PLAN


def test_without_its_file_the_town_is_empty_and_the_plan_still_read(
    store: connection.Store, papers: tuple[str, str]
) -> None:
    plan_id = save(store, papers)
    for path in (store.workspace.folder / "plans").iterdir():
        path.write_bytes(b"spoilt")
    assert plans.one(store, plan_id).model == ""


def test_a_council_member_may_not_keep_plans(store: connection.Store, papers: tuple[str, str]) -> None:
    with pytest.raises(errors.NotAllowedError):
        save(store.for_role(roles.COUNCIL), papers)
    assert plans.listed(store).empty
