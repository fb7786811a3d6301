import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.works import fix_states, site_changes
from tests.works import made_works


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
    before = made_works.findings(sign="fail", slope="fail", width="pass")
    changed = site_changes.changed_findings(
        before, made_works.findings(sign="pass", slope="pass", width="pass"), "KK-001"
    )
    assert changed["criterion"].tolist() == ["slope", "sign"]
    assert changed[["verdict_before", "verdict_after"]].to_numpy().tolist() == [["fail", "pass"]] * 2


def test_a_site_is_compared_with_the_day_before_its_first_accepted_fix_was_built() -> None:
    other = "KK-001.path.1"
    told = pd.concat(
        [
            made_works.steps((fix_states.BUILT, made_works.LATER), (fix_states.ACCEPTED, made_works.LATER)),
            made_works.steps((fix_states.BUILT, made_works.DAY), (fix_states.ACCEPTED, made_works.LATER), fix_id=other),
            made_works.steps((fix_states.BUILT, made_works.DAY), fix_id="KK-002.ramp.1"),
        ]
    )
    assert site_changes.built_days(told) == {"KK-001": made_works.DAY}
