from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.quality import pairing

RAMP = "KK-001.ramp.1"
FIRST = dt.datetime(2026, 3, 2, 3, tzinfo=dt.UTC)


def answers(*rows):
    """Write answers: day after the first, surveyor, answer, then element and uncertainty where they matter."""
    full = [(*row, *(RAMP, 0.0)[len(row) - 3 :]) for row in rows]
    frame = pd.DataFrame(full, columns=["day", "surveyor", "answer", "element_id", "uncertainty"])
    ids = pd.Series([f"s{number}" for number in range(len(frame))], dtype=object)
    return frame.assign(
        survey_id=ids,
        site_code=frame["element_id"].str.split(".").str[0].astype(object),
        observed_at=pd.to_datetime([FIRST + dt.timedelta(days=float(day)) for day in frame["day"]], utc=True),
        item="running_slope_pct",
    )


def found(frame, **options):
    paired = pairing.pairs(frame, **options)
    return sorted(zip(paired["first_survey"], paired["second_survey"], strict=True))


def rebuilt(day, element_id=RAMP):
    return pd.DataFrame({"element_id": [element_id], "rebuilt_on": [(FIRST + dt.timedelta(days=day)).date()]})


def test_two_surveyors_of_one_thing_make_a_pair_in_the_order_of_time() -> None:
    paired = pairing.pairs(answers((3, "Mali", 8.0, RAMP, 0.2), (0, "Somchai", 7.0, RAMP, 0.1)))
    assert tuple(paired.columns) == pairing.COLUMNS
    row = paired.iloc[0]
    assert (row["first"], row["second"], row["first_surveyor"], row["second_surveyor"]) == (7.0, 8.0, "Somchai", "Mali")
    assert (row["first_on"], row["second_on"]) == (pd.Timestamp("2026-03-02"), pd.Timestamp("2026-03-05"))
    assert row["uncertainty"] == pytest.approx((0.025) ** 0.5)


def test_nobody_is_paired_with_himself_however_he_writes_his_name() -> None:
    assert found(answers((0, "Mali K", 7.0), (1, " mali  k ", 8.0))) == []


def test_things_are_not_mixed() -> None:
    assert found(answers((0, "Mali", 7.0), (1, "Somchai", 8.0, "KK-002.ramp.1"))) == []


def test_the_last_day_still_counts_and_the_next_does_not() -> None:
    for days, pairs in ((14, [("s0", "s1")]), (15, [])):
        assert found(answers((0, "Mali", 7.0), (days, "Somchai", 8.0))) == pairs
    assert found(answers((0, "Mali", 7.0), (15, "Somchai", 8.0)), within_days=15) == [("s0", "s1")]


def test_days_are_days_in_bangkok() -> None:
    just_after_midnight = 14 + 14.5 / 24
    assert found(answers((0, "Mali", 7.0), (14 + 13.5 / 24, "Somchai", 8.0))) == [("s0", "s1")]
    assert found(answers((0, "Mali", 7.0), (just_after_midnight, "Somchai", 8.0))) == []


@pytest.mark.parametrize(("day", "pairs"), [(-1, 1), (0, 0), (2, 0), (4, 0), (5, 1)])
def test_no_pair_reaches_across_a_rebuilding(day, pairs) -> None:
    frame = answers((0, "Mali", 7.0), (4, "Somchai", 8.0))
    assert len(pairing.pairs(frame, rebuilt=rebuilt(day))) == pairs
    assert len(pairing.pairs(frame, rebuilt=rebuilt(day, "KK-002.ramp.1"))) == 1


def test_a_third_surveyor_is_not_paired_with_one_who_is_paired_already() -> None:
    frame = answers((0, "Mali", 7.0), (1, "Somchai", 8.0), (2, "Lek", 9.0), (3, "Mali", 9.0))
    assert found(frame) == [("s0", "s1"), ("s2", "s3")]


@pytest.mark.parametrize("rows", [(), ((0, "Mali", 7.0),)])
def test_nothing_to_pair_gives_no_rows_and_all_columns(rows) -> None:
    paired = pairing.pairs(answers((0, "Mali", 7.0), *rows).iloc[1:], rebuilt=rebuilt(1))
    assert tuple(paired.columns) == pairing.COLUMNS
    assert paired.empty


VISITS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from("ABC"), st.floats(0, 9), st.sampled_from(("K.ramp.1", "K.ramp.2"))),
    max_size=14,
    unique_by=lambda visit: (visit[0], visit[3]),
)


def one_by_one(frame, within_days):
    """Walk along each thing's visits in the order of time, taking two neighbours whenever they make a pair."""
    result = []
    for _, visits in frame.groupby("element_id"):
        waiting = None
        for visit in visits.sort_values("observed_at").itertuples():
            fits = waiting is not None and visit.surveyor != waiting.surveyor
            if fits and (visit.observed_at - waiting.observed_at).days <= within_days:
                result.append((waiting.survey_id, visit.survey_id))
                waiting = None
            else:
                waiting = visit
    return sorted(result)


@given(VISITS, st.integers(0, 20), st.randoms())
def test_pairs_are_those_of_a_walk_visit_by_visit_whatever_the_order_of_the_rows(visits, within_days, chance) -> None:
    frame = answers(*visits)
    expected = one_by_one(frame, within_days)
    rows = list(range(len(frame)))
    chance.shuffle(rows)
    assert found(frame, within_days=within_days) == found(frame.iloc[rows], within_days=within_days) == expected
    taken = [survey for pair in expected for survey in pair]
    assert len(taken) == len(set(taken))
