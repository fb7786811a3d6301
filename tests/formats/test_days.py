"""Prove that a day is read in both eras and never guessed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import errors
from audits.formats import days

TODAY = dt.date(2026, 11, 22)
NOVEMBER_15 = dt.date(2025, 11, 15)


@pytest.mark.parametrize(
    "written",
    [
        "15/11/2568",
        "2568-11-15",
        "๑๕/๑๑/๒๕๖๘",
        "15 พ.ย. 2568",
        "15พ.ย.2568",
        "วันที่ 15 พฤศจิกายน พ.ศ. 2568",
        "15.11.2025",
        "15-Nov-2025",
        "November 15, 2025",
        "Nov. 15, 2025",
        "2025-11-15",
        "2025-11-15 10:00",
        "2025-11-15T10:00:00.000",
        "2025-11-14T20:00:00Z",
        dt.datetime(2568, 11, 15),  # noqa: DTZ001 - spreadsheets know no zone
        dt.date(2025, 11, 15),
        dt.datetime(2025, 11, 14, 20, tzinfo=dt.UTC),
    ],
)
def test_a_day_is_read_in_every_usual_notation_and_in_bangkok(written: object) -> None:
    assert days.day(written, TODAY) == NOVEMBER_15


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("15/11/68", days.TWO_DIGIT_YEAR),
        ("15 พ.ย. 68", days.TWO_DIGIT_YEAR),
        ("11/15/2025", days.NO_SUCH_DAY),
        ("29/02/2568", days.NO_SUCH_DAY),
        (dt.date(2568, 2, 29), days.NO_SUCH_DAY),
        ("15/11/2570", days.FUTURE_DAY),
        (dt.date(2027, 1, 1), days.FUTURE_DAY),
        (dt.datetime(9999, 12, 31, 23, 30, tzinfo=dt.UTC), days.FUTURE_DAY),
        ("9999-12-31T23:30:00Z", days.FUTURE_DAY),
        (dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=14))), days.TOO_OLD),
        ("1/1/1800", days.TOO_OLD),
        ("Nov 15", days.NOT_A_DAY),
        ("Smarch 15, 2025", days.NOT_A_DAY),
        ("เมื่อวาน", days.NOT_A_DAY),
        (45000.0, days.NOT_A_DAY),
        (None, days.NOT_A_DAY),
    ],
)
def test_a_day_that_could_mislead_is_refused(written: object, problem: errors.ProblemKind) -> None:
    assert days.day(written, TODAY) is problem


def test_the_leap_day_of_a_buddhist_leap_year_is_a_day() -> None:
    assert days.day("29/02/2567", TODAY) == dt.date(2024, 2, 29)


def test_a_stated_format_goes_before_our_own() -> None:
    assert days.day("03/04/2024", TODAY, "%m/%d/%Y") == dt.date(2024, 3, 4)
    assert days.day("03/04/2024", TODAY) == dt.date(2024, 4, 3)
    assert days.day("31/12/2024", TODAY, "%m/%d/%Y") is days.NOT_A_DAY


@given(st.one_of(st.text(), st.text("0123456789/-. ๐๑๒ตค", max_size=14), st.dates(), st.datetimes(), st.floats()))
def test_any_cell_becomes_a_day_not_after_today_or_a_problem(written: object) -> None:
    read = days.day(written, TODAY)
    assert isinstance(read, errors.ProblemKind) or read <= TODAY


@given(st.dates(dt.date(1900, 1, 1), TODAY))
def test_a_day_of_the_buddhist_era_comes_back(day: dt.date) -> None:
    assert days.day(f"{day.day}/{day.month}/{day.year + 543}", TODAY) == day


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("15/11/1968", days.SHORT_BUDDHIST_YEAR),
        (dt.datetime(1968, 11, 15), days.SHORT_BUDDHIST_YEAR),  # noqa: DTZ001 - spreadsheets know no zone
        ("2068-11-15", days.SHORT_BUDDHIST_YEAR),
        ("1/1/1970", days.BEFORE_PROGRAMME),
        ("1/1/2559", days.BEFORE_PROGRAMME),
        ("3/3/2564", days.BEFORE_PROGRAMME),
        ("15/11/2570", days.FUTURE_DAY),
        ("15/11/68", days.TWO_DIGIT_YEAR),
    ],
)
def test_a_day_before_the_programme_is_refused_and_a_shortened_buddhist_year_named(
    written: object, problem: errors.ProblemKind
) -> None:
    since = dt.date(2021, 3, 4)
    assert days.day(written, TODAY, since=since) is problem
    assert days.day("4/3/2564", TODAY, since=since) == since


def test_the_problems_of_a_day_ask_for_it_as_the_hint_of_its_field_shows_it() -> None:
    for kind in (days.NOT_A_DAY, days.MISSING):
        assert kind.template.endswith(f"write it as {days.EXAMPLE}"), kind.code
