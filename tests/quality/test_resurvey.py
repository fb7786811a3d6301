from __future__ import annotations

import collections
import datetime as dt
import itertools
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import record, wording
from audits.quality import resurvey

FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 3, 14)
ENGLISH, THAI = wording.Wording("en"), wording.Wording("th")


def register(zones):
    """Write a register: one site per zone given; None is a site without a zone."""
    codes = pd.Index([f"KK-{number:03}" for number in range(1, len(zones) + 1)], name="code", dtype=object)
    columns = {"zone": pd.array(zones, dtype="Int64")}
    names = {"name_th": [f"จุด {code}" for code in codes], "name_en": [f"Site {code}" for code in codes]}
    return pd.DataFrame(columns | names, index=codes)


def visits(*rows):
    """Write surveys: site number, surveyor, day of March, then status and successor where they matter."""
    full = [(*row, *("final", "")[len(row) - 3 :]) for row in rows]
    frame = pd.DataFrame(full, columns=["number", "surveyor", "day", "status", "superseded_by"])
    instants = [dt.datetime(2026, 3, day, 3, tzinfo=dt.UTC) for day in frame["day"]]
    ids = pd.Series([f"s{number}" for number in range(len(frame))], dtype=object)
    codes = pd.Series([f"KK-{number:03}" for number in frame["number"]], dtype=object)
    return frame.assign(
        survey_id=ids, site_code=codes, review="submitted", observed_at=pd.to_datetime(instants, utc=True)
    )


def proposed(sites, surveys, seed="head", **options):
    return resurvey.proposals(sites, record.counting(surveys), seed, FIRST, LAST, **options)


def town_of(size, surveyors="AB"):
    """Survey that many sites in three zones, in turn by the surveyors."""
    sites = register([1 + number % 3 for number in range(size)])
    return sites, visits(*((number + 1, surveyors[number // 3 % len(surveyors)], 5) for number in range(size)))


def test_a_tenth_of_the_sites_and_at_least_five_are_drawn():
    assert len(proposed(*town_of(90))) == 9
    assert len(proposed(*town_of(91))) == 10
    assert len(proposed(*town_of(12))) == 5
    assert len(proposed(*town_of(3))) == 3
    assert len(proposed(*town_of(60), share=0.25, least=1)) == 15


def test_a_proposal_says_who_may_not_go_and_until_when():
    row = proposed(register([2]), visits((1, "Mali", 5))).loc["KK-001"]
    assert (row["zone"], row["reason"], row["not_by"]) == (2, resurvey.BY_LOT, "Mali")
    assert (row["surveyed_on"], row["again_by"]) == (pd.Timestamp("2026-03-05"), pd.Timestamp("2026-03-19"))


def test_the_draw_is_the_same_for_everybody_and_another_for_another_seed():
    sites, surveys = town_of(90)
    one = proposed(sites, surveys)
    pd.testing.assert_frame_equal(one, proposed(sites.iloc[::-1], surveys.sample(frac=1, random_state=3)))
    draws = {tuple(proposed(sites, surveys, seed).index) for seed in ("head", "tail", "a", "b", "c")}
    assert len(draws) == 5


def test_every_site_is_as_likely_to_be_drawn_as_any_other():
    sites, surveys = town_of(30)
    times = collections.Counter(
        code for seed in range(60) for code in proposed(sites, surveys, f"{seed}", least=6).index
    )
    assert len(times) == 30
    assert all(2 <= count <= 28 for count in times.values())


def test_every_zone_gives_its_share():
    sites = register([1] * 60 + [2] * 30 + [None] * 10)
    surveys = visits(*((number, "AB"[number % 2], 5) for number in range(1, 101)))
    for seed in "abcdef":
        zones = proposed(sites, surveys, seed)["zone"].fillna(0).value_counts().to_dict()
        assert zones == {1: 6, 2: 3, 0: 1}


def test_every_surveyor_is_checked_even_one_with_a_single_site():
    sites = register([1] * 60)
    surveys = visits(*((number, "AB"[number % 2], 5) for number in range(1, 60)), (60, "Lek", 5))
    draws = [proposed(sites, surveys, seed) for seed in "abcdefgh"]
    assert all({"A", "B", "Lek"} <= set(draw["not_by"]) for draw in draws)
    added = pd.concat(draws).loc[lambda draw: draw["reason"] == resurvey.FOR_THE_SURVEYOR]
    assert set(added["not_by"]) == {"Lek"}


def test_a_site_surveyed_by_two_people_within_days_counts_and_is_not_drawn_again():
    sites, surveys = town_of(50)
    again = visits(*((number, "Lek", 7) for number in (1, 5, 9)))
    both = pd.concat([surveys, again.assign(survey_id=again["survey_id"] + "x")], ignore_index=True)
    draw = proposed(sites, both)
    assert len(draw) == 2
    assert not set(draw.index) & {"KK-001", "KK-005", "KK-009"}


def test_the_same_person_twice_is_not_a_second_survey():
    sites = register([1])
    draw = proposed(sites, visits((1, "Mali", 3), (1, " MALI", 5)))
    assert list(draw["surveyed_on"]) == [pd.Timestamp("2026-03-05")]


def test_two_people_too_far_apart_are_no_second_survey():
    surveys = visits((1, "Mali", 1), (1, "Lek", 14))
    assert proposed(register([1]), surveys).empty
    assert list(proposed(register([1]), surveys, within_days=10)["not_by"]) == ["Lek"]


@pytest.mark.parametrize(
    "visit", [(1, "Mali", 15), (1, "Mali", 5, "void"), (1, "Mali", 5, "final", "s9"), (2, "Mali", 5), (9, "Mali", 5)]
)
def test_only_standing_surveys_of_the_period_at_sites_of_the_register_are_drawn(visit):
    sites = register([1, 1]).drop("KK-002")
    assert proposed(sites, visits(visit)).empty
    assert len(proposed(sites, visits(visit, (1, "Mali", 14)))) == 1


def test_a_survey_returned_to_its_surveyor_is_not_drawn():
    surveys = visits((1, "Mali", 5), (2, "Mali", 5)).assign(review=["returned", "submitted"])
    assert list(proposed(register([1, 1]), surveys).index) == ["KK-002"]


def test_a_period_without_surveys_gives_an_empty_proposal_with_all_columns():
    draw = proposed(register([1]), visits((1, "Mali", 5)).iloc[:0])
    assert draw.empty
    assert tuple(draw.columns) == resurvey.COLUMNS


ROWS = st.lists(st.tuples(st.integers(1, 25), st.sampled_from("ABCD"), st.integers(1, 14)), max_size=40)


@given(ROWS, st.text(max_size=5))
def test_nobody_is_sent_to_a_site_of_his_own_and_everybody_unchecked_gets_one(rows, seed):
    sites, surveys = register([1 + number % 4 for number in range(25)]), visits(*rows)
    draw = proposed(sites, surveys, seed, share=0.2, least=3)
    by_site = {code: list(part["surveyor"]) for code, part in surveys.groupby("site_code")}
    twice = {code for code, names in by_site.items() if len(set(names)) > 1}
    assert set(draw.index) <= set(by_site) - twice
    assert all(by_site[code][0] == name for code, name in draw["not_by"].items())
    checked = set(draw["not_by"]) | set(itertools.chain.from_iterable(by_site[code] for code in twice))
    once = {names[0] for code, names in by_site.items() if code not in twice}
    assert once <= checked
    goal = max(3, math.ceil(len(by_site) / 5)) - len(twice)
    by_lot = int((draw["reason"] == resurvey.BY_LOT).sum())
    assert by_lot == max(min(goal, len(by_site) - len(twice)), 0)


def test_the_list_for_a_technician_is_blind_and_leaves_his_own_sites_out():
    draw = proposed(*town_of(90))
    shown = resurvey.blind_list(draw, register([1] * 90), " a", ENGLISH)
    assert list(shown.columns) == ["name", "zone", "again_by", "reason"]
    assert set(shown.index) == set(draw.index[draw["not_by"] == "B"]) != set()
    assert shown.iloc[0]["name"] == f"Site {shown.index[0]}"
    assert set(shown["reason"]) == {"drawn by lot in its zone"}


def test_the_list_is_in_thai_for_a_thai_reader_and_falls_back_on_the_thai_name():
    draw, sites = proposed(*town_of(90)), register([1] * 90).assign(name_en="")
    shown = resurvey.blind_list(draw, sites, "A", THAI)
    assert set(shown["reason"]) == {"จับสลากได้ในเขตนี้"}
    assert list(shown["name"]) == list(resurvey.blind_list(draw, sites, "A", ENGLISH)["name"])
