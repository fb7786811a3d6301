import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from audits import barriers, errors, roles, survey
from audits import record as records
from audits.ramps import price_books
from audits.rules import model
from audits.store.audit_log import events
from audits.store.db import connection, schema
from audits.store.integrity import verify
from audits.store.register import changes, register, same_elements
from audits.store.surveys import reviews, submit
from audits.store.works import designs, fix_steps
from audits.works import acceptance, fix_states, site_changes, works_table

Builder = Callable[..., survey.Survey]
RAMP = "KK-001.ramp.1"
BEFORE, BUILT, AFTER, ACCEPTED = (dt.date(2026, month, 2) for month in (3, 4, 5, 6))
LATE = dt.datetime(2026, 7, 1, 5, 0, tzinfo=dt.UTC)


def step(store: connection.Store, name: str, day: dt.date = BUILT, fix_id: str = RAMP, **options: Any) -> None:
    fix_states.record(store, fix_id, name, day, "engineer", recorded_at=LATE, **options)


def codes(refused: pytest.ExceptionInfo[errors.RefusedError]) -> list[str]:
    return [problem.kind.code for problem in refused.value.problems]


@pytest.fixture
def visit(store: connection.Store, a_survey: Builder, town: Any) -> Callable[..., str]:
    """Return what takes in a survey of the ramp on a day, good but for the changes, approved unless set otherwise."""

    def take(day: dt.date, approved: bool = True, without: str = "", **changes: float) -> str:
        rows = [row for row in town.complete_ramp(RAMP, **changes) if row[1] != without]
        visit = a_survey(
            survey_id=f"uuid:{day}",
            observed_at=dt.datetime.combine(day, dt.time(3), dt.UTC),
            elements=(survey.Element(RAMP, "ramp"),),
            measurements=tuple(survey.Measurement(*row) for row in rows),
        )
        assert submit.submit(store, visit, "somchai", received_at=LATE).problems == ()
        if approved:
            reviews.approve(store, [visit.survey_id], "engineer", LATE)
        return visit.survey_id

    return take


@pytest.fixture
def accept(
    store: connection.Store, book: model.Criteria, weights: model.Weights
) -> Callable[..., acceptance.Inspection]:
    def do(survey_id: str, day: dt.date = ACCEPTED, **options: Any) -> acceptance.Inspection:
        return acceptance.accept(store, RAMP, survey_id, day, "engineer", book, weights, recorded_at=LATE, **options)

    return do


def test_each_step_is_a_row_with_its_day_and_its_references(store: connection.Store) -> None:
    design = designs.save(store, "KK-001", "หน้าอาคาร", {"kind": "ramp"}, "engineer", element_id=RAMP)
    step(store, fix_states.PLANNED, BEFORE, note="  งบปี 2570 ")
    step(store, fix_states.DESIGNED, BUILT, design_id=design)
    rows = fix_steps.every(store)
    assert tuple(rows.columns) == fix_steps.COLUMNS
    assert rows["step"].tolist() == [fix_states.PLANNED, fix_states.DESIGNED]
    assert rows["happened_on"].tolist() == [BEFORE, BUILT]
    assert rows["note"].tolist() == ["งบปี 2570", ""]
    assert rows["design_id"].tolist() == ["", design]
    assert fix_steps.designs(store).loc[RAMP, "title"] == "หน้าอาคาร"
    assert fix_steps.every(store, "SP-001").empty
    assert verify.verify(store).problems == ()


def test_a_step_is_never_taken_back_nor_dated_before_the_last_nor_in_the_future(store: connection.Store) -> None:
    step(store, fix_states.BUILT, AFTER)
    with pytest.raises(errors.RefusedError) as refused:
        step(store, fix_states.PLANNED, BEFORE)
    assert codes(refused) == ["WORKS-001", "WORKS-002"]
    with pytest.raises(errors.RefusedError) as refused:
        step(store, fix_states.DROPPED, dt.date(2026, 7, 2), note="fell down")
    assert codes(refused) == ["WORKS-003"]
    assert len(fix_steps.every(store)) == 1


def test_what_was_dropped_with_a_reason_may_be_planned_anew(store: connection.Store) -> None:
    step(store, fix_states.PLANNED, BEFORE)
    with pytest.raises(errors.RefusedError) as refused:
        step(store, fix_states.DROPPED)
    assert codes(refused) == ["STORE-606"]
    step(store, fix_states.DROPPED, note="the building is sold")
    step(store, fix_states.PLANNED, AFTER)
    assert fix_states.follow(fix_steps.every(store), ACCEPTED).loc[RAMP, "state"] == fix_states.PLANNED


@pytest.mark.parametrize(
    ("name", "options", "code"),
    [
        (fix_states.PLANNED, {"fix_id": "KK-099.ramp.1"}, "STORE-214"),
        (fix_states.PLANNED, {"plan_id": "plan.9"}, "STORE-603"),
        (fix_states.DESIGNED, {"design_id": "SP-001.design.1"}, "STORE-604"),
        (fix_states.DESIGNED, {}, "STORE-605"),
        (fix_states.ACCEPTED, {}, "STORE-607"),
        ("painted", {}, "STORE-602"),
    ],
)
def test_what_names_nothing_in_the_record_is_refused(
    store: connection.Store, name: str, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        step(store, name, **options)
    assert codes(refused) == [code]
    assert fix_steps.every(store).empty


def test_nobody_records_a_step_without_a_name(store: connection.Store) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        fix_states.record(store, RAMP, fix_states.PLANNED, BUILT, "  ")
    assert codes(refused) == ["STORE-601"]


def test_only_who_may_judge_may_record_a_step(store: connection.Store) -> None:
    # a database that guards itself by roles refuses before the ledger does
    with pytest.raises((errors.NotAllowedError, errors.StoreError)):
        step(store.for_role(roles.TECHNICIAN), fix_states.PLANNED)
    step(store.for_role(roles.ENGINEER), fix_states.PLANNED)


def test_a_ramp_that_failed_is_accepted_when_an_approved_survey_shows_it_mended(
    store: connection.Store, visit: Callable[..., str], accept: Callable[..., acceptance.Inspection]
) -> None:
    visit(BEFORE, running_slope_pct=14.0, clear_width_mm=700.0)
    step(store, fix_states.BUILT)
    found = accept(visit(AFTER))
    assert set(found.to_mend) == {"ramp.running_slope", "ramp.clear_width"}
    (row,) = fix_steps.every(store).tail(1).to_dict("records")
    assert (row["step"], row["survey_id"], row["happened_on"]) == (fix_states.ACCEPTED, f"uuid:{AFTER}", ACCEPTED)
    assert verify.verify(store).problems == ()


def test_a_survey_that_shows_it_still_failing_is_refused_with_everything_left_to_do(
    store: connection.Store, visit: Callable[..., str], accept: Callable[..., acceptance.Inspection]
) -> None:
    visit(BEFORE, running_slope_pct=14.0, clear_width_mm=700.0)
    step(store, fix_states.BUILT)
    later = visit(AFTER, running_slope_pct=12.0, without="clear_width_mm")
    with pytest.raises(errors.RefusedError) as refused:
        accept(later, names={"ramp.running_slope": "ความลาด"})
    found = [(one.kind.code, one.values["criterion"]) for one in refused.value.problems]
    assert found == [("WORKS-004", "ความลาด"), ("WORKS-005", "ramp.clear_width")]
    assert fix_steps.every(store)["step"].tolist() == [fix_states.BUILT]


def test_a_ramp_built_exactly_to_the_limit_is_borderline_and_accepted(
    store: connection.Store, visit: Callable[..., str], accept: Callable[..., acceptance.Inspection]
) -> None:
    visit(BEFORE, running_slope_pct=14.0)
    step(store, fix_states.BUILT)
    found = accept(visit(AFTER, running_slope_pct=100 / 12))
    assert (found.failing, found.unmeasured) == ((), ())


def test_a_ramp_that_nobody_had_measured_is_accepted_once_it_is_measured_whole(
    store: connection.Store, visit: Callable[..., str], accept: Callable[..., acceptance.Inspection]
) -> None:
    step(store, fix_states.BUILT)
    found = accept(visit(AFTER))
    assert "ramp.running_slope" in found.to_mend


def test_what_was_built_anew_is_accepted_only_once_all_that_is_grave_is_measured(
    store: connection.Store, visit: Callable[..., str], accept: Callable[..., acceptance.Inspection]
) -> None:
    visit(BEFORE, running_slope_pct=14.0)
    step(store, fix_states.BUILT, rebuilt=True)
    # the width of the ramp that is gone was good, and says nothing of the new one
    part = visit(AFTER, without="clear_width_mm")
    with pytest.raises(errors.RefusedError) as refused:
        accept(part)
    found = [(one.kind.code, one.values["criterion"]) for one in refused.value.problems]
    assert ("WORKS-005", "ramp.clear_width") in found
    assert {code for code, _ in found} == {"WORKS-005"}
    whole = accept(visit(ACCEPTED))
    assert (whole.is_new, whole.failing, whole.unmeasured) == (True, (), ())
    assert {"ramp.running_slope", "ramp.clear_width"} <= set(whole.to_mend)


def test_no_way_opens_and_no_price_is_lost_before_what_was_built_anew_is_surveyed(
    store: connection.Store, visit: Callable[..., str], book: model.Criteria, weights: model.Weights
) -> None:
    visit(BEFORE, running_slope_pct=14.0)
    before = records.read(store, book, weights)
    step(store, fix_states.BUILT, rebuilt=True)
    now = records.read(store, book, weights)
    assert (barriers.by_element(now).loc[RAMP] == barriers.POSSIBLE).any()
    assert not (barriers.by_element(now).loc[RAMP] == barriers.KNOWN).any()
    until = barriers.until_surveyed(now)
    assert barriers.by_element(until).loc[RAMP].tolist() == barriers.by_element(before).loc[RAMP].tolist()
    costs = [works_table.gather(store, one, price_books.sample(), ACCEPTED).cost_thb(RAMP) for one in (before, now)]
    assert costs[0] == costs[1] is not None
    visit(AFTER)
    after = records.read(store, book, weights)
    assert barriers.until_surveyed(after).audit.sites.equals(after.audit.sites)
    assert not (barriers.by_element(after).loc[RAMP] == barriers.KNOWN).any()


def test_nothing_is_accepted_by_a_survey_that_is_not_official_or_too_old_or_of_something_else(
    store: connection.Store,
    visit: Callable[..., str],
    accept: Callable[..., acceptance.Inspection],
    a_survey: Builder,
) -> None:
    old, waiting = visit(BEFORE), visit(AFTER, approved=False)
    path = a_survey(survey_id="uuid:path", elements=a_survey().elements[1:], measurements=a_survey().measurements[3:])
    submit.submit(store, path, "somchai", received_at=LATE)
    reviews.approve(store, ["uuid:path"], "engineer", LATE)
    step(store, fix_states.BUILT)
    for survey_id, code in ((waiting, "STORE-608"), ("uuid:gone", "STORE-608"), ("uuid:path", "STORE-609")):
        with pytest.raises(errors.RefusedError) as refused:
            accept(survey_id)
        assert codes(refused) == [code]
    with pytest.raises(errors.RefusedError) as refused:
        accept(old)
    assert codes(refused) == ["STORE-610"]
    reviews.approve(store, [waiting], "engineer", LATE)
    with pytest.raises(errors.RefusedError) as refused:
        accept(waiting, day=BUILT)
    assert codes(refused) == ["STORE-611"]


def test_nothing_is_accepted_that_was_not_built(
    store: connection.Store, visit: Callable[..., str], accept: Callable[..., acceptance.Inspection]
) -> None:
    survey_id = visit(BEFORE)
    with pytest.raises(errors.RefusedError) as refused:
        accept(survey_id)
    assert codes(refused) == ["WORKS-001"]
    assert fix_steps.every(store).empty


def test_the_state_before_is_what_was_seen_until_the_day_before(
    store: connection.Store, visit: Callable[..., str]
) -> None:
    visit(BEFORE, running_slope_pct=14.0)
    visit(BUILT)
    known = site_changes.measured_before(store, {"KK-001": BUILT})
    assert set(known["survey_id"]) == {f"uuid:{BEFORE}"}
    assert site_changes.measured_before(store, {}).empty


def test_a_step_put_in_from_outside_is_found_out(store: connection.Store, intruder: Any) -> None:
    step(store, fix_states.PLANNED)
    intruder.execute("UPDATE fix_step SET happened_on = '2020-01-01'")
    kinds = {problem.kind for problem in verify.verify(store).problems}
    assert events.ROW_ALTERED in kinds


def test_a_step_stays_as_it_was_recorded(store: connection.Store) -> None:
    step(store, fix_states.PLANNED)
    with pytest.raises(errors.StoreError), connection.writing(store) as records:
        records.execute(sa.delete(schema.fix_step))
    assert fix_steps.every(store)["step"].tolist() == [fix_states.PLANNED]


@pytest.fixture
def other_record(store: connection.Store) -> str:
    """Return the second record of the ramp, at a space, joined to the first."""
    code = register.add_site(store, "space", {"name_th": "สวน", "setting": "park"}, "engineer", "seen", LATE)
    element_id = register.add_element(store, code, "ramp", "", "engineer", "seen", added_at=LATE)
    same_elements.join(store, RAMP, element_id, "engineer", "one ramp", LATE)
    return element_id


def test_what_was_built_under_one_record_of_a_thing_is_built_under_both(
    store: connection.Store, other_record: str, book: model.Criteria, weights: model.Weights
) -> None:
    step(store, "built", fix_id=other_record)
    with pytest.raises(errors.RefusedError) as refused:
        step(store, "planned", AFTER)
    assert codes(refused) == ["WORKS-001"]
    found = records.read(store, book, weights)
    works = works_table.gather(store, found, price_books.sample(), AFTER)
    assert list(works.table.index) == [RAMP]
    assert works.table.loc[RAMP, ["site", "state", "built_on"]].tolist() == ["KK-001", "built", BUILT]


def test_a_joined_ramp_is_accepted_by_a_survey_of_its_other_record(
    store: connection.Store, other_record: str, visit: Callable[..., str], book: model.Criteria, weights: model.Weights
) -> None:
    visit(BEFORE, running_slope_pct=12.0)
    step(store, "built", fix_id=other_record)
    after = visit(AFTER)
    acceptance.accept(store, other_record, after, ACCEPTED, "engineer", book, weights, recorded_at=LATE)
    assert fix_states.state(fix_steps.of_fix(store, RAMP)).state == fix_states.ACCEPTED
    assert verify.verify(store).problems == ()


def test_a_retired_record_takes_its_steps_along(store: connection.Store, other_record: str) -> None:
    step(store, "built", fix_id=other_record)
    changes.change_element(store, other_record, {"retired": True}, "engineer", "recorded twice", changed_at=LATE)
    assert fix_states.state(fix_steps.of_fix(store, RAMP)).state == fix_states.FOUND


def test_answers_from_before_it_was_built_anew_no_longer_count_until_the_step_is_dropped(
    store: connection.Store, visit: Callable[..., str], book: model.Criteria, weights: model.Weights
) -> None:
    visit(BEFORE)
    visit(BUILT, without="clear_width_mm")
    read = functools.partial(records.read, store, book, weights)
    known = read().measured
    assert (RAMP, "clear_width_mm") in known
    step(store, fix_states.BUILT, BUILT, rebuilt=True)
    now = read()
    assert now.measured == known - {(RAMP, "clear_width_mm")}
    assert len(now.history) > len(now.measurements)
    assert now.rebuilt == {RAMP: BUILT}
    # on the day before, the old ramp stood
    then = read(as_of=BUILT - dt.timedelta(days=1))
    assert ((RAMP, "clear_width_mm") in then.measured, then.rebuilt) == (True, {})
    step(store, fix_states.DROPPED, AFTER, note="recorded at the wrong ramp")
    assert read().measured == known
    assert verify.verify(store).problems == ()


def test_what_was_mended_in_parts_keeps_its_answers(
    store: connection.Store, visit: Callable[..., str], book: model.Criteria, weights: model.Weights
) -> None:
    visit(BEFORE)
    step(store, fix_states.PLANNED, BEFORE, rebuilt=True)
    step(store, fix_states.BUILT, BUILT)
    assert records.read(store, book, weights).rebuilt == {}
    assert (RAMP, "clear_width_mm") in records.read(store, book, weights).measured


def test_what_is_one_thing_with_it_was_built_anew_too(
    store: connection.Store, visit: Callable[..., str], book: model.Criteria, weights: model.Weights
) -> None:
    other = register.add_element(store, "SP-001", "ramp", "", "engineer", "seen")
    same_elements.join(store, other, RAMP, "engineer", "seen")
    visit(BEFORE)
    assert {RAMP, other} <= set(records.read(store, book, weights).governing["element_id"])
    step(store, fix_states.BUILT, BUILT, fix_id=other, rebuilt=True)
    assert records.read(store, book, weights).governing.empty
