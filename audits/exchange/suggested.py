"""Suggest what to measure next at every site, working out once what many unmeasured sites have in common."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from audits import record as records
from audits.scoring import next_measurement, readings


def at_each(record: records.AuditedRecord) -> Iterator[tuple[str, Sequence[next_measurement.Suggestion]]]:
    """Yield each site's code with its suggestions, best first.

    Sites where nothing was measured differ only by setting, and by kind and permit day of their elements: one of them
    is worked out for all.
    """
    sites, elements = record.sites, record.elements
    governed = readings.governing(record.measurements)
    parts = {str(code): part for code, part in elements.groupby("site_code")}
    measured = set(governed["element_id"])
    alike: dict[object, tuple[list[str], list[next_measurement.Suggestion]]] = {}
    for code, setting in zip(sites.index.astype(str), sites["setting"], strict=True):
        mine = parts.get(code, elements.iloc[:0])
        ids = [str(each) for each in mine.index]
        looks = zip(mine["kind"], mine["permitted_on"].astype(str), strict=True)
        key = code if measured & set(ids) else (setting, *looks)
        if key not in alike:
            found = next_measurement.at_site(code, setting, mine, governed, record.criteria, record.weights)
            alike[key] = (ids, found)
        yield code, _moved(*alike[key], ids)


def _moved(
    origin: Sequence[str], found: Sequence[next_measurement.Suggestion], ids: Sequence[str]
) -> list[next_measurement.Suggestion]:
    here = dict(zip(origin, ids, strict=True))
    return [dataclasses.replace(each, element_id=here[each.element_id]) for each in found]
