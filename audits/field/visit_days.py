"""Decide whether a visit can have been at the time that it states."""

from __future__ import annotations

import datetime as dt
import email.utils
import os
from collections.abc import Iterator, Mapping

from audits import errors, wording
from audits.formats import days

FIRST_DAY_KEY = "JAIDEE_FIRST_DAY"
# The Royal Gazette published the edition of B.E. 2564 that the criteria follow; nobody asked these questions before.
FIRST_DAY = dt.date(2021, 3, 4)
# A phone offline for weeks sends late, which is no fault; a clock that runs ahead of whoever receives is one.
CLOCK_SLACK = dt.timedelta(hours=24)
# A clock that lost its battery stands years back, and is set right by the network before anything is sent.
LONGEST_UNSENT = dt.timedelta(days=180)

IN_THE_FUTURE = errors.ProblemKind(
    "RECEIVE-001", "The visit is dated {written}, which is still to come; check the clock of the device."
)
BUDDHIST_YEAR = errors.ProblemKind(
    "RECEIVE-004",
    "The visit is dated {written}, a year of the Buddhist era; set the calendar of the device, and send {year} A.D.",
)
AFTER_SUBMISSION = errors.ProblemKind(
    "RECEIVE-005",
    "The visit is dated {written}, later than it was finished or sent ({submitted}); find out the day, "
    "and check the clock of the device.",
)
SENT_LATE = errors.ProblemKind(
    "RECEIVE-008",
    "The visit is dated {written} and was sent only at {submitted}; "
    "find out whether the clock of the device was right.",
)
CLOCK_WRONG = errors.ProblemKind(
    "RECEIVE-006",
    "The clock of the device showed {shown} when it sent at {received}, so the day of the visit may be wrong too; "
    "find out the day.",
)
BAD_FIRST_DAY = errors.ProblemKind(
    "RECEIVE-007", "“{written}” is no day; write the first day of the programme as 2021-03-04."
)


def first_day(environment: Mapping[str, str] = os.environ) -> dt.date:
    """Return the first day on which this programme can have measured anything.

    Raises
    ------
    audits.errors.RefusedError
        When the environment names something else than a day.

    Examples
    --------
    >>> first_day({"JAIDEE_FIRST_DAY": "2024-10-01"}), first_day({})
    (datetime.date(2024, 10, 1), datetime.date(2021, 3, 4))
    """
    written = environment.get(FIRST_DAY_KEY, "").strip()
    try:
        return dt.date.fromisoformat(written) if written else FIRST_DAY
    except ValueError as error:
        raise errors.RefusedError((BAD_FIRST_DAY.at(FIRST_DAY_KEY, written=written),)) from error


def clock(header: str) -> dt.datetime | None:
    """Return the instant in a header that a device sent, ISO 8601 or as HTTP writes it; None when it is none."""
    for read in (dt.datetime.fromisoformat, email.utils.parsedate_to_datetime):
        try:
            shown = read(header.strip())
        except (ValueError, TypeError, OverflowError):
            continue
        return shown if shown.tzinfo is not None else shown.replace(tzinfo=dt.UTC)
    return None


def problems(
    where: str,
    observed_at: dt.datetime,
    received_at: dt.datetime,
    since: dt.date,
    submitted_at: dt.datetime | None = None,
    device_clock: dt.datetime | None = None,
) -> Iterator[errors.Problem]:
    """Yield why a visit cannot have been at the instant that it states.

    Parameters
    ----------
    where
        Names the visit.
    observed_at, received_at
        As stated, and as this computer received it.
    since
        From :func:`first_day`.
    submitted_at
        When the server of the channel took it in; None where unknown.
    device_clock
        What the clock of the device showed as it sent; None where unknown.
    """
    written = observed_at.isoformat()
    if 2400 <= observed_at.year <= 2700:
        yield BUDDHIST_YEAR.at(where, written=written, year=observed_at.year - wording.BUDDHIST_ERA_YEARS)
        return
    latest = received_at + CLOCK_SLACK
    # not asked here whether the day is still to come, which the instant decides below
    kind = days.untimely(_day(observed_at), max(_day(latest), _day(observed_at)), since)
    if observed_at > latest:
        # Measured against today, so that a year made of a short Buddhist one is named as that.
        ahead = days.untimely(_day(observed_at), _day(received_at), since)
        kind = ahead if ahead is days.SHORT_BUDDHIST_YEAR else IN_THE_FUTURE
    if kind is not None:
        yield kind.at(where, written=written)
    # one reason is enough, the surest first
    elif submitted_at is not None and observed_at > submitted_at + CLOCK_SLACK:
        yield AFTER_SUBMISSION.at(where, written=written, submitted=submitted_at.isoformat())
    elif submitted_at is not None and submitted_at > observed_at + LONGEST_UNSENT:
        yield SENT_LATE.at(where, written=written, submitted=submitted_at.isoformat())
    elif device_clock is not None and abs(device_clock - received_at) > CLOCK_SLACK:
        yield CLOCK_WRONG.at(where, shown=device_clock.isoformat(), received=received_at.isoformat())


def _day(instant: dt.datetime) -> dt.date:
    try:
        return wording.local_day(instant)
    except OverflowError:
        # near the ends of the calendar no zone can be applied
        return instant.date()
