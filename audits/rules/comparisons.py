"""Apply what named persons found when they compared limits with the Royal Gazette."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from audits.rules import gazette, model

OUR_DATA = model.Name("ข้อมูลของระบบ", "data of this program")


def apply(criteria: model.Criteria, comparisons: Iterable[gazette.Comparison]) -> model.Criteria:
    """Set the state of each limit that was compared; the same criteria when no comparison counts.

    A limit found the same is checked. One that differs is disputed, both values beside each other, until its file is
    changed: a comparison counts for the content that it was made of, and for no other.

    Parameters
    ----------
    criteria
        As the files state them.
    comparisons
        The last one of each limit.
    """
    # what was taken back is as if it had never been compared
    last = {one.limit_id: one for one in comparisons if one.answer != gazette.WITHDRAWN}
    changed = {
        each.criterion_id: dataclasses.replace(each, limits=tuple(_compared(limit, last) for limit in each.limits))
        for each in criteria.criteria.values()
        if any(_counting(limit, last) for limit in each.limits)
    }
    return dataclasses.replace(criteria, criteria={**criteria.criteria, **changed}) if changed else criteria


def _counting(limit: model.Limit, last: Mapping[str, gazette.Comparison]) -> gazette.Comparison | None:
    found = last.get(limit.limit_id)
    return found if found is not None and found.content == limit.content else None


def _compared(limit: model.Limit, last: Mapping[str, gazette.Comparison]) -> model.Limit:
    found = _counting(limit, last)
    # Criteria may have been through here before, and a reading must not stand in them twice.
    if found is None or found == limit.compared:
        return limit
    if found.answer == gazette.SAME:
        return dataclasses.replace(limit, state=gazette.CHECKED, readings=(), compared=found)
    # a limit that was disputed before keeps what its sources say
    ours = limit.readings or (model.Reading(limit.stated_as, OUR_DATA),)
    where = model.Name(f"ราชกิจจานุเบกษา หน้า {found.page}", f"Royal Gazette, page {found.page}")
    readings = (*ours, model.Reading(found.value, where))
    return dataclasses.replace(limit, state=gazette.DISPUTED, readings=readings, compared=found)
