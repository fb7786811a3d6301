"""Suggest what to measure next at every site, working out once what many unmeasured sites have in common."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import pandas as pd

from audits import site_report
from audits.rules import model
from audits.scoring import next_measurement, readings


def at_each(
    sites: pd.DataFrame,
    elements: pd.DataFrame,
    measurements: pd.DataFrame,
    book: model.Criteria,
    weights: model.Weights,
) -> Iterator[tuple[str, Sequence[next_measurement.Suggestion]]]:
    """Yield each site's code with its suggestions, best first.

    Sites where nothing was measured differ only by setting, and by kind and permit day of their elements: one of them
    is worked out for all.

    Parameters
    ----------
    sites
        Index ``code``; column ``setting``.
    elements
        Index ``element_id``; columns ``site_code``, ``kind``, ``permitted_on``.
    measurements
        See :func:`audits.scoring.readings.governing`.
    book, weights
        Criteria and the municipality's weights.
    """
    governed = readings.governing(measurements)
    parts = {str(code): part for code, part in elements.groupby("site_code")}
    measured = set(governed["element_id"])
    alike: dict[object, tuple[list[str], list[next_measurement.Suggestion]]] = {}
    for code, setting in zip(sites.index.astype(str), sites["setting"], strict=True):
        mine = parts.get(code, elements.iloc[:0])
        ids = [str(each) for each in mine.index]
        looks = zip(mine["kind"], mine["permitted_on"].astype(str), strict=True)
        key = code if measured & set(ids) else (setting, *looks)
        if key not in alike:
            found = site_report.measure_next(code, setting, mine, governed, book, weights)
            alike[key] = (ids, found)
        yield code, _moved(*alike[key], ids)


def _moved(
    origin: Sequence[str], found: Sequence[next_measurement.Suggestion], ids: Sequence[str]
) -> list[next_measurement.Suggestion]:
    here = dict(zip(origin, ids, strict=True))
    return [dataclasses.replace(each, element_id=here[each.element_id]) for each in found]
