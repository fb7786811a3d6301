import datetime as dt
import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.works import fix_states
from tests.works import made_works


def test_a_fix_stands_where_its_last_step_left_it_with_the_day_of_each() -> None:
    told = made_works.steps(
        (fix_states.PLANNED, made_works.DAY), (fix_states.BUILT, made_works.LATER), plan_id="plan.1"
    )
    row = fix_states.follow(told, made_works.TODAY).loc[made_works.RAMP]
    assert (row["state"], row["since"], row["planned_on"], row["built_on"]) == (
        fix_states.BUILT,
        made_works.LATER,
        made_works.DAY,
        made_works.LATER,
    )
    assert (row["designed_on"], row["accepted_on"], row["plan_id"]) == (None, None, "plan.1")


def test_what_was_built_is_overdue_only_after_the_last_day_for_its_acceptance() -> None:
    told = made_works.steps((fix_states.BUILT, made_works.DAY))
    last = made_works.DAY + dt.timedelta(days=fix_states.ACCEPT_WITHIN_DAYS)
    assert fix_states.follow(told, last).loc[made_works.RAMP, ["accept_by", "overdue"]].tolist() == [last, False]
    assert fix_states.follow(told, last + dt.timedelta(days=1)).loc[made_works.RAMP, "overdue"]
    accepted = made_works.steps((fix_states.BUILT, made_works.DAY), (fix_states.ACCEPTED, made_works.LATER))
    assert fix_states.follow(accepted, dt.date(2030, 1, 1)).loc[made_works.RAMP, ["accept_by", "overdue"]].tolist() == [
        None,
        False,
    ]


def test_a_fix_planned_anew_begins_a_new_round_without_the_days_of_the_old_one() -> None:
    told = made_works.steps(
        (fix_states.BUILT, made_works.DAY),
        (fix_states.ACCEPTED, made_works.DAY),
        (fix_states.PLANNED, made_works.LATER),
        design_id="",
    )
    row = fix_states.follow(told, made_works.TODAY).loc[made_works.RAMP]
    assert (row["state"], row["built_on"], row["planned_on"]) == (fix_states.PLANNED, None, made_works.LATER)


def test_no_step_at_all_is_an_empty_list_with_the_same_columns() -> None:
    nothing = fix_states.follow(made_works.steps((fix_states.PLANNED, made_works.DAY)).iloc[:0], made_works.TODAY)
    assert nothing.empty
    assert tuple(nothing.columns) == fix_states.COLUMNS


@given(st.lists(st.sampled_from(fix_states.STEPS), max_size=8))
def test_whatever_is_tried_a_fix_never_goes_back_but_from_its_end_to_a_new_plan(tried: list[str]) -> None:
    order = {
        fix_states.FOUND: 0,
        fix_states.PLANNED: 1,
        fix_states.DESIGNED: 2,
        fix_states.BUILT: 3,
        fix_states.ACCEPTED: 4,
        fix_states.DROPPED: 5,
    }
    state, taken = fix_states.FOUND, [fix_states.FOUND]
    for step in tried:
        if not fix_states.misstep(made_works.RAMP, state, None, step, made_works.DAY, made_works.DAY):
            state = step
            taken.append(step)
    for before, after in itertools.pairwise(taken):
        ended = before in (fix_states.ACCEPTED, fix_states.DROPPED)
        assert (after == fix_states.PLANNED) if ended else (order[after] > order[before])
        assert after != fix_states.ACCEPTED or before == fix_states.BUILT
        assert after != fix_states.DROPPED or before != fix_states.FOUND


@pytest.mark.parametrize(
    ("state", "since", "step", "day", "codes"),
    [
        (fix_states.BUILT, made_works.DAY, fix_states.PLANNED, made_works.LATER, ["WORKS-001"]),
        (fix_states.FOUND, None, fix_states.ACCEPTED, made_works.LATER, ["WORKS-001"]),
        (fix_states.PLANNED, made_works.LATER, fix_states.BUILT, made_works.DAY, ["WORKS-002"]),
        (fix_states.PLANNED, made_works.DAY, fix_states.BUILT, made_works.TODAY + dt.timedelta(days=1), ["WORKS-003"]),
        (fix_states.ACCEPTED, made_works.LATER, fix_states.BUILT, made_works.DAY, ["WORKS-001", "WORKS-002"]),
        (fix_states.DROPPED, made_works.DAY, fix_states.PLANNED, made_works.DAY, []),
    ],
)
def test_an_impossible_step_is_told_with_every_reason(
    state: str, since: dt.date | None, step: str, day: dt.date, codes: list[str]
) -> None:
    assert [
        problem.kind.code for problem in fix_states.misstep(made_works.RAMP, state, since, step, day, made_works.TODAY)
    ] == codes


def test_a_site_is_due_again_a_fixed_time_after_its_last_survey_in_bangkok() -> None:
    seen = pd.Series(pd.to_datetime(["2026-03-01T20:00:00Z", None, "2024-01-01T03:00:00Z"]), index=["a", "b", "c"])
    due = fix_states.resurveys(seen, made_works.TODAY)
    assert due.index.tolist() == ["c", "a", "b"]
    assert due.loc["a"].tolist() == [
        made_works.DAY,
        made_works.DAY + dt.timedelta(days=fix_states.RESURVEY_AFTER_DAYS),
        False,
    ]
    assert due.loc["c", "overdue"]
    assert due.loc["b"].tolist() == [None, None, False]


def test_what_was_built_since_the_last_survey_is_due_by_the_day_of_its_acceptance() -> None:
    built = made_works.steps((fix_states.BUILT, made_works.LATER))
    standing = fix_states.follow(built, made_works.TODAY)
    for seen, due_on in (
        ("2026-03-01", made_works.LATER + dt.timedelta(days=fix_states.ACCEPT_WITHIN_DAYS)),
        ("2026-04-02", made_works.LATER + dt.timedelta(days=fix_states.RESURVEY_AFTER_DAYS)),
        (None, None),
    ):
        last = pd.Series(pd.to_datetime([seen], utc=True), index=["KK-001"])
        assert fix_states.resurveys(last, made_works.TODAY, standing)["due_on"].tolist() == [due_on]
