"""Find what a table gave before for the same visit: same site, day, surveyor and thing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

import sqlalchemy as sa

from audits import survey, wording
from audits.store.db import schema
from audits.store.surveys import rebuild

# Only a table has no id of its own for a visit; every other channel numbers its records.
WITHOUT_ID = "table"

_A_DAY = dt.timedelta(days=1)
_OF, _NEWER = schema.survey.c, schema.survey.alias("newer")
# Built once: an import asks it of every survey, and to build it takes longer than to answer it.
_ACCOUNTS = (
    sa.select(_OF.survey_id)
    .where(
        _OF.site_code == sa.bindparam("code"),
        _OF.source == WITHOUT_ID,
        _OF.status == "final",
        _OF.received_at != sa.bindparam("moment"),
        _OF.observed_at.between(sa.bindparam("begin"), sa.bindparam("end")),
        ~sa.exists().where(_NEWER.c.supersedes == _OF.survey_id),
    )
    .order_by(_OF.fid)
)

Given = Mapping[tuple[str, str], frozenset[tuple[int, float | None, str]]]


def given(visit: survey.Survey) -> Given:
    """Collect the readings of a visit by element and quantity."""
    found: dict[tuple[str, str], set[tuple[int, float | None, str]]] = {}
    for one in visit.measurements:
        reading = (one.reading, one.value, one.not_measured_because)
        found.setdefault((one.element_id, one.quantity), set()).add(reading)
    return {key: frozenset(readings) for key, readings in found.items()}


def contradict(one: survey.Survey, other: survey.Survey) -> bool:
    """Whether two accounts of a visit give a quantity of a thing different values."""
    first, second = given(one), given(other)
    return any(first[key] != second[key] for key in first.keys() & second.keys())


def key(visit: survey.Survey) -> tuple[str, dt.date, str]:
    """Identify a visit by what two accounts of it share: site, local day, surveyor."""
    day = wording.local_day(visit.observed_at)
    # in each table people write their names with other blanks and capitals
    return visit.site_code, day, " ".join(visit.surveyor.split()).casefold()


def placed(records: sa.Connection, visit: survey.Survey, moment: dt.datetime) -> tuple[survey.Survey, bool]:
    """Return a visit as the correction of what it contradicts, and whether an engineer has to decide.

    Parameters
    ----------
    visit
        New in the record.
    moment
        Instant of arrival; what arrived in the same delivery is not compared, the reader of the table has done it.

    Notes
    -----
    It corrects the one account that it contradicts when it covers all that the other measured; an account that leaves
    something out, or contradicts two, must not replace any by itself.
    """
    if visit.source != WITHOUT_ID or visit.supersedes:
        return visit, False
    rivals = [one for one in _accounts(records, visit, moment) if contradict(one, visit)]
    if not rivals:
        return visit, False
    rival = rivals[-1]
    if len(rivals) == 1 and given(rival).keys() <= given(visit).keys():
        return replace(visit, supersedes=rival.survey_id), False
    return replace(visit, root_id=rival.root_id or rival.survey_id), True


def _accounts(records: sa.Connection, visit: survey.Survey, moment: dt.datetime) -> Iterator[survey.Survey]:
    """Yield the accounts of the same visit that count, in the order of their arrival."""
    # a day on either side holds the local day in every zone; the key compares the day itself
    between = {"begin": visit.observed_at - _A_DAY, "end": visit.observed_at + _A_DAY}
    found = list(records.execute(_ACCOUNTS, {"code": visit.site_code, "moment": moment, **between}).scalars())
    yield from (one for one in rebuild.surveys(records, found) if key(one) == key(visit))
