"""Turn the findings of the audit into fixes: what stands in whose way, and what it costs to mend."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from audits import barriers, wording
from audits import record as records
from audits.access import committed_works
from audits.plans import fix_pricing, planning_model
from audits.ramps import cost, price_books, prices
from audits.reports import site_report
from audits.rules import model
from audits.store.db import connection
from audits.store.works import fix_steps

NO_ZONE = "0"
# No source prices the moving of an obstacle or the mending of a crossing, and an invented figure would be bought.
UNPRICED: Mapping[str, str] = {
    "obstacle": wording.phrase("move the obstacle"),
    "crossing": wording.phrase("mend the crossing"),
}
"""What is done about the barriers of each kind of element whose fix has no known price."""


@dataclass(frozen=True)
class RecordFix:
    """One fix of the record.

    Parameters
    ----------
    fix
        As the planner sees it; its name is that of the element.
    site_code, kind
        Of the element.
    level
        One of :data:`audits.ramps.interventions.NAMES`.
    personas
        The personas of the weights for whom it is a known barrier.
    cost_basis
        One of :data:`audits.plans.fix_pricing.BASES`.
    estimate
        The bill behind the cost.
    decisive
        Criteria for which nothing lighter than this level would do; none where a kept design decides it.
    to_level
        Whether it rests on a rise that a survey only lets calculate.
    """

    fix: planning_model.Fix
    site_code: str
    kind: str
    level: str
    personas: tuple[str, ...]
    cost_basis: str
    estimate: cost.Estimate
    decisive: tuple[str, ...] = ()
    to_level: bool = False


def zones_by_site(sites: pd.DataFrame) -> dict[str, str]:
    """Return the zone of each site by its code; :data:`NO_ZONE` where it has none."""
    # one site without a zone makes the whole column floats: 3.0 is zone 3
    return {str(code): NO_ZONE if pd.isna(zone) else str(int(zone)) for code, zone in sites["zone"].items()}


def fixes(
    record: records.AuditedRecord,
    price_book: prices.PriceBook,
    designs: pd.DataFrame | None = None,
    only: Collection[str] | None = None,
    governed: pd.DataFrame | None = None,
) -> tuple[RecordFix, ...]:
    """Return the priced remedy of every known barrier but those of :data:`UNPRICED` kinds.

    A possible barrier has a measurement to make, not a fix.

    Joined elements are one thing and have one fix, under the id that they are counted as.

    What is mended is everything that fails at the element, and what is borderline and takes no deeper work.

    Parameters
    ----------
    record, price_book
        The audited record, and what quantities cost.
    designs
        The designs kept for its elements, from :func:`audits.store.works.fix_steps.designs`; none when not given.
    only
        Ids of the elements that are asked for, as they are counted; all when None. A fix costs the same either way.
    governed
        The readings by which it is priced; those of the record when None.
    """
    record = barriers.until_surveyed(record)
    by = record.governed if governed is None else governed
    pricing = fix_pricing.Pricing(by, record.criteria, price_book, kept_designs(record, designs))
    wanted = set(_known(record)) - set(unpriced(record))
    return tuple(_fixes(record, pricing, wanted if only is None else wanted & set(only)))


def waiting_for_rise(
    record: records.AuditedRecord, price_book: prices.PriceBook, designs: pd.DataFrame | None = None
) -> frozenset[str]:
    """Name the fixes of :func:`rise_to_level` without pricing one; none as of an earlier day, when prices were others.

    Parameters
    ----------
    record, price_book, designs
        As for :func:`fixes`.
    """
    if record.as_of is not None:
        return frozenset()
    record = barriers.until_surveyed(record)
    pricing = fix_pricing.Pricing(record.governed, record.criteria, price_book, kept_designs(record, designs))
    return frozenset(name for name in set(_known(record)) - set(unpriced(record)) if pricing.to_level(name))


def waiting_in(store: connection.Store, record: records.AuditedRecord) -> frozenset[str]:
    """Return :func:`waiting_for_rise` by the prices in force and the designs kept, without what is bought already."""
    waiting = waiting_for_rise(record, price_books.in_force(store).book, fix_steps.designs(store))
    return waiting - committed_works.committed(store, record)


def rise_to_level(found: Iterable[RecordFix]) -> tuple[str, ...]:
    """Name the fixes that rest on a rise which a survey only lets calculate, in the order given."""
    return tuple(one.fix.fix_id for one in found if one.to_level)


def level_first(fix_ids: Sequence[str], criteria: model.Criteria, words: wording.Wording) -> str:
    """Ask for the rise of every ramp of :func:`rise_to_level`, and say where it goes; empty where there is none."""
    if not fix_ids:
        return ""
    return words.count(
        "Level the rise of {n} ramp before it is bought or built, since it is only calculated from length and slope: "
        "{names}. A survey asks for it as “{question}”.",
        "Level the rise of {n} ramps before they are bought or built, since it is only calculated from length and "
        "slope: {names}. A survey asks for it as “{question}”.",
        len(fix_ids),
        names=site_report.elements_named(fix_ids, words),
        question=words.name(criteria.quantities["rise_mm"].name),
    )


def unpriced(record: records.AuditedRecord) -> tuple[str, ...]:
    """Return the known barriers, by element, whose fix has no known price: no plan can buy it."""
    kinds, known = record.elements["kind"], _known(barriers.until_surveyed(record))
    return tuple(name for name in known if kinds[name] in UNPRICED)


@functools.lru_cache(maxsize=4)
def _known(record: records.AuditedRecord) -> tuple[str, ...]:
    states = barriers.by_element(record)
    return tuple(str(name) for name in states.index[(states == barriers.KNOWN).any(axis=1)])


def kept_designs(record: records.AuditedRecord, designs: pd.DataFrame | None) -> dict[str, Any]:
    """Return the design kept for each element, or for what is joined to it; the latest where there are several."""
    if designs is None:
        return {}
    return dict(zip(record.counted_as(designs.index), map(json.loads, designs["content"]), strict=True))


def _fixes(record: records.AuditedRecord, pricing: fix_pricing.Pricing, wanted: set[str]) -> Iterator[RecordFix]:
    zones, states = zones_by_site(record.sites), barriers.by_element(record)
    known = states == barriers.KNOWN
    rows = record.findings.loc[record.findings["element_id"].isin(wanted)]
    # sorted, so that bits, bill and certificate of the same record come out alike
    for name, mine in rows.groupby("element_id", sort=True, observed=True):
        element_id = str(name)
        code, kind = (str(record.elements.loc[element_id, column]) for column in ("site_code", "kind"))
        failed, borderline = (
            mine.loc[mine["verdict"] == verdict, "criterion"].astype(str).unique().tolist()
            for verdict in ("fail", "borderline")
        )
        found = pricing.price(element_id, kind, failed, borderline)
        # what is borderline is mended along, but says nothing of how bad it is
        severity = int(mine.loc[mine["verdict"].eq("fail"), "severity"].max())
        amounts = planning_model.Cost(*map(int, found.estimate.total_thb))
        fix = planning_model.Fix(element_id, f"{code} {kind}", zones[code], amounts, severity)
        whom = tuple(persona for persona in known.columns if states.loc[element_id, persona] == barriers.KNOWN)
        yield RecordFix(fix, code, kind, found.level, whom, found.basis, found.estimate, found.decisive, found.to_level)
