"""Prove that a visit is held when it cannot have been at the time it states, and taken in once its day is right."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from audits import errors
from audits.field import receiving, visit_days
from audits.formats import days
from audits.store.db import connection
from tests.field import sent

HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        ("1970-01-01T07:03:00+07:00", days.BEFORE_PROGRAMME),
        ("2016-03-02T09:30:00+07:00", days.BEFORE_PROGRAMME),
        ("2021-03-03T23:59:00+07:00", days.BEFORE_PROGRAMME),
        ("2021-03-04T00:00:00+07:00", None),
        ("1968-11-15T09:30:00+07:00", days.SHORT_BUDDHIST_YEAR),
        ("2068-11-15T09:30:00+07:00", days.SHORT_BUDDHIST_YEAR),
        ("2569-03-02T09:30:00+07:00", visit_days.BUDDHIST_YEAR),
        ("2026-04-02T09:30:00+07:00", visit_days.IN_THE_FUTURE),
        ("1800-04-02T09:30:00+07:00", days.TOO_OLD),
        ("2026-03-02T09:30:00+07:00", None),
    ],
)
def test_a_day_that_cannot_be_is_named(stated: str, problem: errors.ProblemKind | None) -> None:
    found = visit_days.problems("x", dt.datetime.fromisoformat(stated), sent.ARRIVAL, visit_days.first_day({}))
    assert [one.kind for one in found] == ([] if problem is None else [problem])


def test_the_first_day_is_set_in_one_place() -> None:
    assert visit_days.first_day({}) == visit_days.FIRST_DAY
    assert visit_days.first_day({visit_days.FIRST_DAY_KEY: "2024-10-01"}) == dt.date(2024, 10, 1)
    with pytest.raises(errors.RefusedError):
        visit_days.first_day({visit_days.FIRST_DAY_KEY: "1/10/2567"})


def test_a_clock_that_disagrees_with_the_server_of_the_channel_or_with_ours_holds_the_visit(
    store: connection.Store,
) -> None:
    visit = sent.visit()
    early = sent.arrival(visit, submitted_at=visit.observed_at - 25 * HOUR)
    late = sent.arrival(visit, submitted_at=visit.observed_at + 900 * HOUR)
    assert sent.kinds(sent.receive(store, early)) == [visit_days.AFTER_SUBMISSION]
    unsent = sent.arrival(visit, submitted_at=visit.observed_at + 181 * 24 * HOUR)
    assert sent.kinds(sent.receive(store, unsent, received_at=sent.ARRIVAL + 181 * 24 * HOUR)) == [visit_days.SENT_LATE]
    wrong, right = (
        dataclasses.replace(sent.delivery(late), device_clock=sent.ARRIVAL - hours * HOUR) for hours in (25, 24)
    )
    options = {"words": sent.ENGLISH, "received_at": sent.ARRIVAL}
    assert sent.kinds(receiving.receive(store, wrong, "x", **options)) == [visit_days.CLOCK_WRONG]
    assert sent.outcomes(receiving.receive(store, right, "x", **options)) == ["accepted"]


@pytest.mark.parametrize(
    ("header", "instant"),
    [
        ("Mon, 02 Mar 2026 05:00:00 GMT", dt.datetime(2026, 3, 2, 5, tzinfo=dt.UTC)),
        ("2026-03-02T05:00:00.000Z", dt.datetime(2026, 3, 2, 5, tzinfo=dt.UTC)),
        ("", None),
        ("today", None),
    ],
)
def test_the_clock_of_a_device_is_read_as_http_and_as_browsers_write_it(
    header: str, instant: dt.datetime | None
) -> None:
    assert visit_days.clock(header) == instant
