"""Read a day as Thai offices write it: Buddhist era, Thai figures, Thai months, spreadsheet dates typed 2568."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterable
from types import MappingProxyType

from audits import errors, wording
from audits.formats import cells

EXAMPLE = wording.phrase("15/11/2568 or 15/11/2025")
"""How a day may be written: the hint of every field, and what its problem asks for."""
NOT_A_DAY = errors.ProblemKind("DAY-001", "“{written}” is not a day; write it as 15/11/2568 or 15/11/2025")
MISSING = errors.ProblemKind("DAY-009", "The day is missing; write it as 15/11/2568 or 15/11/2025")
TWO_DIGIT_YEAR = errors.ProblemKind(
    "DAY-002", "“{written}” has a short year, which may be of either era; write all four figures"
)
NO_SUCH_DAY = errors.ProblemKind("DAY-003", "“{written}” is not in the calendar; write day, month, year")
FUTURE_DAY = errors.ProblemKind("DAY-004", "“{written}” is still to come; check the year and its era")
TOO_OLD = errors.ProblemKind("DAY-005", "“{written}” is before 1900; check the year and its era")
BEFORE_PROGRAMME = errors.ProblemKind(
    "DAY-006", "“{written}” is before the programme began; check the year, and the clock of the device"
)
SHORT_BUDDHIST_YEAR = errors.ProblemKind(
    "DAY-007",
    "“{written}” has a year made of a short Buddhist one, as 1968 and 2068 are of 68; write 2568 or 2025",
)
MONTH_FIRST = errors.ProblemKind(
    "DAY-008",
    "“{written}” may be day/month or month/day, since other rows of this column have the month first; write the year"
    " first, or state the format in a profile",
)

_MONTH_NUMBERS = MappingProxyType(
    {word.replace(".", ""): month for month, words in enumerate(cells.SPELLINGS["months"], start=1) for word in words}
    | {"sept": 9}
)
_NAMED = re.compile(r"(?:วันที่ )?([0-9]{1,2})[ /-]*([ก-๙a-z.]+?)[ /-]*((?:พ\.?ศ\.?|ค\.?ศ\.?)? ?[0-9]+)")
_NAMED_MONTH_FIRST = re.compile(r"([a-z]+)\.? ([0-9]{1,2}), ?([0-9]{4})")
_NUMBERED = re.compile(r"([0-9]+)([/.\-])([0-9]+)\2([0-9]+)")
_COMPACT = re.compile(r"([12][0-9]{3})(0[1-9]|1[0-2])([0-3][0-9])")
_ZONED = re.compile(r"t[0-9:.]+(z|[+-][0-9]{2}:?[0-9]{2})$")
_TIME_OF_DAY = re.compile(r"(?<=[0-9])[t ][0-9]{1,2}:[0-9]{2}(:[0-9.]+)?(z|[+-][0-9]{2}:?[0-9]{2})?$")


def day(
    value: object, today: dt.date, written_as: str = "", since: dt.date | None = None
) -> dt.date | errors.ProblemKind:
    """Read a day that is not in the future.

    Parameters
    ----------
    value
        Text, a date, or an instant, which is taken as its local day. Years 2400 to 2700 are of the Buddhist era.
    today
        The last day accepted.
    written_as
        A format of :meth:`datetime.datetime.strptime` that the table states, such as ``%m/%d/%Y``; empty for day
        before month or year first.
    since
        The first day accepted; 1900 when None.

    Returns
    -------
    datetime.date or ProblemKind
        The day; or the problem, whose template wants ``written``.
    """
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        # near the ends of the calendar a zone leads out of it; the day is refused as it stands
        with contextlib.suppress(OverflowError):
            value = value.astimezone(wording.local_zone())
    if isinstance(value, dt.date):
        return _checked(value.year, value.month, value.day, today, since)
    text = cells.clean(value).casefold()
    if len(text) > cells.LONGEST_CELL:
        return NOT_A_DAY
    if written_as:
        return _in_format(text, written_as, today, since)
    if _ZONED.search(text):
        return _instant(text, today, since)
    return _in_words(_TIME_OF_DAY.sub("", text), today, since)


def _instant(text: str, today: dt.date, since: dt.date | None) -> dt.date | errors.ProblemKind:
    try:
        return day(dt.datetime.fromisoformat(text.upper()), today, since=since)
    except ValueError:
        return _in_words(_TIME_OF_DAY.sub("", text), today, since)


def _in_format(text: str, written_as: str, today: dt.date, since: dt.date | None) -> dt.date | errors.ProblemKind:
    try:
        found = dt.datetime.strptime(text, written_as)  # noqa: DTZ007 - only the day is kept
    # a format that names one part twice fails as a regular expression
    except (ValueError, re.error):
        return NOT_A_DAY
    return _checked(found.year, found.month, found.day, today, since)


def _in_words(text: str, today: dt.date, since: dt.date | None) -> dt.date | errors.ProblemKind:
    text = _NAMED_MONTH_FIRST.sub(r"\2 \1 \3", text)
    if named := _NAMED.fullmatch(text):
        month = _MONTH_NUMBERS.get(named[2].replace(".", ""))
        year = re.sub(r"[^0-9]", "", named[3])
        return NOT_A_DAY if month is None else _with_year(year, month, int(named[1]), today, since)
    if compact := _COMPACT.fullmatch(text):
        return _with_year(compact[1], int(compact[2]), int(compact[3]), today, since)
    numbered = _NUMBERED.fullmatch(text)
    if numbered is None:
        return NOT_A_DAY
    first, middle, last = numbered[1], numbered[3], numbered[4]
    if max(len(first), len(middle), len(last)) > 4:
        return NOT_A_DAY
    year, day_of_month = (first, last) if len(first) == 4 else (last, first)
    return _with_year(year, int(middle), int(day_of_month), today, since)


def month_first(column: Iterable[object]) -> Callable[[object], bool]:
    """Make a check for the days of a column that may be month/day; it finds none where no row has the month first.

    Examples
    --------
    >>> doubtful = month_first(["03/15/2025", "03/05/2025"])
    >>> [doubtful(written) for written in ("03/05/2025", "03/15/2025", "03/03/2025", "2025-03-05")]
    [True, False, False, False]
    """
    is_found = any(12 < middle <= 31 and first <= 12 for first, middle in map(_day_and_month, column))

    def is_doubtful(written: object) -> bool:
        first, middle = _day_and_month(written)
        # the third of the third is the same day either way
        return is_found and first != middle and 0 < max(first, middle) <= 12

    return is_doubtful


def _day_and_month(written: object) -> tuple[int, int]:
    numbered = _NUMBERED.fullmatch(cells.clean(written)) if isinstance(written, str) else None
    return (int(numbered[1]), int(numbered[3])) if numbered and len(numbered[4]) == 4 else (0, 0)


def _with_year(
    year: str, month: int, day_of_month: int, today: dt.date, since: dt.date | None
) -> dt.date | errors.ProblemKind:
    return TWO_DIGIT_YEAR if len(year) < 4 else _checked(int(year), month, day_of_month, today, since)


def _checked(
    year: int, month: int, day_of_month: int, today: dt.date, since: dt.date | None
) -> dt.date | errors.ProblemKind:
    # A spreadsheet keeps a typed 2568 as the year 2568 A.D., in which nobody has measured anything yet.
    if 2400 <= year <= 2700:
        year -= wording.BUDDHIST_ERA_YEARS
    try:
        found = dt.date(year, month, day_of_month)
    except ValueError:
        return NO_SUCH_DAY
    return untimely(found, today, since) or found


def untimely(found: dt.date, today: dt.date, since: dt.date | None) -> errors.ProblemKind | None:
    """Return why nothing can have been measured on a day: still to come, before `since`, or of a year cut short."""
    if found.year < 1900:
        return TOO_OLD
    if (since or dt.date(1900, 1, 1)) <= found <= today:
        return None
    # Of 2568 a program keeps 68, and makes 1968 or 2068 of it.
    century = 1900 if found.year < 2000 else 2000
    meant = 2500 + found.year - century - wording.BUDDHIST_ERA_YEARS
    if century <= found.year < century + 100 and since is not None and since.year <= meant <= today.year:
        return SHORT_BUDDHIST_YEAR
    return FUTURE_DAY if found > today else BEFORE_PROGRAMME
