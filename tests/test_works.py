import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.works import acceptance, fix_states, site_changes

DAY = dt.date(2026, 3, 2)
LATER = dt.date(2026, 4, 2)
TODAY = dt.date(2026, 8, 1)
RAMP = "KK-001.ramp.1"


def steps(*told: tuple[str, dt.date], fix_id: str = RAMP, **references: str) -> pd.DataFrame:
    rows = [
        {"fix_id": fix_id, "site_code": fix_id[:6], "element_id": fix_id, "step": step, "happened_on": day}
        | {"plan_id": "", "design_id": "", "survey_id": ""}
        | references
        for step, day in told
    ]
    return pd.DataFrame(rows)


def test_a_fix_stands_where_its_last_step_left_it_with_the_day_of_each() -> None:
    told = steps((fix_states.PLANNED, DAY), (fix_states.BUILT, LATER), plan_id="plan.1")
    row = fix_states.follow(told, TODAY).loc[RAMP]
    assert (row["state"], row["since"], row["planned_on"], row["built_on"]) == (fix_states.BUILT, LATER, DAY, LATER)
    assert (row["designed_on"], row["accepted_on"], row["plan_id"]) == (None, None, "plan.1")


def test_what_was_built_is_overdue_only_after_the_last_day_for_its_acceptance() -> None:
    told = steps((fix_states.BUILT, DAY))
    last = DAY + dt.timedelta(days=fix_states.ACCEPT_WITHIN_DAYS)
    assert fix_states.follow(told, last).loc[RAMP, ["accept_by", "overdue"]].tolist() == [last, False]
    assert fix_states.follow(told, last + dt.timedelta(days=1)).loc[RAMP, "overdue"]
    accepted = steps((fix_states.BUILT, DAY), (fix_states.ACCEPTED, LATER))
    assert fix_states.follow(accepted, dt.date(2030, 1, 1)).loc[RAMP, ["accept_by", "overdue"]].tolist() == [
        None,
        False,
    ]


def test_a_fix_planned_anew_begins_a_new_round_without_the_days_of_the_old_one() -> None:
    told = steps((fix_states.BUILT, DAY), (fix_states.ACCEPTED, DAY), (fix_states.PLANNED, LATER), design_id="")
    row = fix_states.follow(told, TODAY).loc[RAMP]
    assert (row["state"], row["built_on"], row["planned_on"]) == (fix_states.PLANNED, None, LATER)


def test_no_step_at_all_is_an_empty_list_with_the_same_columns() -> None:
    nothing = fix_states.follow(steps((fix_states.PLANNED, DAY)).iloc[:0], TODAY)
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
        if not fix_states.misstep(RAMP, state, None, step, DAY, DAY):
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
        (fix_states.BUILT, DAY, fix_states.PLANNED, LATER, ["WORKS-001"]),
        (fix_states.FOUND, None, fix_states.ACCEPTED, LATER, ["WORKS-001"]),
        (fix_states.PLANNED, LATER, fix_states.BUILT, DAY, ["WORKS-002"]),
        (fix_states.PLANNED, DAY, fix_states.BUILT, TODAY + dt.timedelta(days=1), ["WORKS-003"]),
        (fix_states.ACCEPTED, LATER, fix_states.BUILT, DAY, ["WORKS-001", "WORKS-002"]),
        (fix_states.DROPPED, DAY, fix_states.PLANNED, DAY, []),
    ],
)
def test_an_impossible_step_is_told_with_every_reason(
    state: str, since: dt.date | None, step: str, day: dt.date, codes: list[str]
) -> None:
    assert [problem.kind.code for problem in fix_states.misstep(RAMP, state, since, step, day, TODAY)] == codes


def findings(**verdicts: str) -> pd.DataFrame:
    severity = {"slope": 4, "width": 3, "rail": 2, "sign": 1}
    rows = [
        {"element_id": RAMP, "site_code": "KK-001", "criterion": name, "verdict": said, "severity": severity[name]}
        for name, said in verdicts.items()
    ]
    return pd.DataFrame(rows)


def test_everything_that_failed_or_was_borderline_must_be_mended_and_nothing_else() -> None:
    before = findings(slope="fail", width="unknown", rail="borderline", sign="pass")
    found = acceptance.inspect(before, findings(slope="pass", width="fail", rail="borderline", sign="fail"))
    assert found == acceptance.Inspection(("rail", "slope"), (), (), ("rail",))
    assert found.problems(RAMP, {}) == ()


def test_what_still_fails_and_what_was_not_measured_keeps_a_fix_from_being_accepted() -> None:
    before = findings(slope="fail", width="fail", rail="pass")
    found = acceptance.inspect(before, findings(slope="fail", width="unknown", rail="fail"))
    problems = found.problems(RAMP, {"slope": "Running slope"})
    assert [(one.kind.code, one.values["criterion"]) for one in problems] == [
        ("WORKS-004", "Running slope"),
        ("WORKS-005", "width"),
    ]


def test_where_nothing_grave_was_known_what_nobody_had_measured_must_be_measured() -> None:
    before = findings(slope="unknown", width="unknown", rail="unknown", sign="fail")
    found = acceptance.inspect(before, findings(slope="pass", width="unknown", rail="unknown", sign="pass"))
    assert found == acceptance.Inspection(("sign", "slope", "width"), (), ("width",), ())


def scored(**intervals: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(intervals, orient="index", columns=["score_low", "score_high"])


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ((20, 40), (60, 80), site_changes.BETTER),
        ((20, 40), (40, 80), site_changes.BETTER),
        ((20, 60), (40, 80), site_changes.LIKELY_BETTER),
        ((20, 60), (30, 60), site_changes.LIKELY_BETTER),
        ((20, 60), (20, 60), site_changes.SAME),
        ((20, 60), (30, 50), site_changes.UNCLEAR),
        ((40, 80), (20, 60), site_changes.LIKELY_WORSE),
        ((60, 80), (20, 40), site_changes.WORSE),
        ((np.nan, np.nan), (20, 40), site_changes.UNCLEAR),
    ],
)
def test_a_change_is_called_certain_only_when_the_intervals_do_not_overlap(
    before: tuple[float, float], after: tuple[float, float], change: str
) -> None:
    assert site_changes.compare(scored(a=before), scored(a=after, other=(0, 1)))["change"].to_dict() == {"a": change}


ends = st.floats(0, 100)


@given(st.tuples(ends, ends).map(sorted), st.tuples(ends, ends).map(sorted))
def test_looking_the_other_way_round_turns_better_into_worse(before: list[float], after: list[float]) -> None:
    mirror = dict(zip(site_changes.CHANGES, reversed(site_changes.CHANGES), strict=True)) | {
        site_changes.SAME: site_changes.SAME,
        site_changes.UNCLEAR: site_changes.UNCLEAR,
    }
    one, other = scored(a=(before[0], before[1])), scored(a=(after[0], after[1]))
    assert site_changes.compare(other, one)["change"]["a"] == mirror[site_changes.compare(one, other)["change"]["a"]]


def test_the_findings_that_changed_come_with_both_verdicts_the_gravest_first() -> None:
    before = findings(sign="fail", slope="fail", width="pass")
    changed = site_changes.changed_findings(before, findings(sign="pass", slope="pass", width="pass"), "KK-001")
    assert changed["criterion"].tolist() == ["slope", "sign"]
    assert changed[["verdict_before", "verdict_after"]].to_numpy().tolist() == [["fail", "pass"]] * 2


def test_a_site_is_compared_with_the_day_before_its_first_accepted_fix_was_built() -> None:
    other = "KK-001.path.1"
    told = pd.concat(
        [
            steps((fix_states.BUILT, LATER), (fix_states.ACCEPTED, LATER)),
            steps((fix_states.BUILT, DAY), (fix_states.ACCEPTED, LATER), fix_id=other),
            steps((fix_states.BUILT, DAY), fix_id="KK-002.ramp.1"),
        ]
    )
    assert site_changes.built_days(told) == {"KK-001": DAY}


def test_a_site_is_due_again_a_fixed_time_after_its_last_survey_in_bangkok() -> None:
    seen = pd.Series(pd.to_datetime(["2026-03-01T20:00:00Z", None, "2024-01-01T03:00:00Z"]), index=["a", "b", "c"])
    due = fix_states.resurveys(seen, TODAY)
    assert due.index.tolist() == ["c", "a", "b"]
    assert due.loc["a"].tolist() == [DAY, DAY + dt.timedelta(days=fix_states.RESURVEY_AFTER_DAYS), False]
    assert due.loc["c", "overdue"]
    assert due.loc["b"].tolist() == [None, None, False]


def test_the_newest_survey_since_building_counts_from_that_day_in_bangkok() -> None:
    told = pd.DataFrame(
        {
            "element_id": [RAMP, RAMP, "other"],
            "survey_id": ["old", "new", "elsewhere"],
            "observed_at": pd.to_datetime(["2026-03-01T16:59:00Z", "2026-03-01T17:01:00Z", "2026-05-01T00:00:00Z"]),
        }
    )
    assert acceptance.newest_survey(RAMP, DAY, told) == "new"
    assert acceptance.newest_survey(RAMP, LATER, told) == ""
