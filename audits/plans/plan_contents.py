"""Gather the fixes of a plan and the streets it opens, for every file of the plan."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from audits import record as records
from audits import terms, wording
from audits.plans import (
    build_model,
    fix_pricing,
    flows,
    levelled_rise,
    plan_assumptions,
    plan_constraints,
    site_fixes,
    solved_plan,
    staging,
)
from audits.ramps import interventions, prices
from audits.reports import columns, markers

phrase = wording.phrase

DEGREES = "EPSG:4326"
REASON = phrase("{what}: in the way of {whom}")

_VOCABULARIES = {"cost_basis": fix_pricing.BASES}
FIXES = tuple(
    dataclasses.replace(column, words=_VOCABULARIES.get(column.name, column.words)) for column in columns.of("fix")
)
WAYS, ABOUT = columns.of("opened_way"), columns.of("plan_about")


@dataclass(frozen=True, eq=False)
class Subject:
    """One plan with all that its files state.

    Parameters
    ----------
    record
        The record that the plan was made from.
    model, wishes, worked
        The plan and what it was made from.
    price_book, price_file
        The prices, and the file they came in; empty for the sample.
    made_on
        Day of the plan.
    by_years
        The plan by years; None where none was made.
    promised
        Fixes that stand in a plan that was taken over, from :func:`audits.access.committed_works.promised`.
    """

    record: records.AuditedRecord
    model: build_model.RecordModel
    wishes: plan_constraints.Constraints
    worked: solved_plan.SolvedPlan
    price_book: prices.PriceBook
    price_file: str
    made_on: dt.date
    by_years: staging.Staging | None = None
    promised: frozenset[str] = frozenset()

    @property
    def years(self) -> Mapping[str, int]:
        """Year of each fix of the plan by years."""
        stages = self.by_years.stages if self.by_years else ()
        return {fix_id: stage.year for stage in stages for fix_id in stage.built}

    @property
    def file_prefix(self) -> str:
        """Beginning of the names of files, so that a demonstration is never taken for a record."""
        return "demonstration-" if self.record.demonstration else ""

    @property
    def closed_trips(self) -> float:
        """Trips of the 100 on foot that no set of fixes opens."""
        # What no set of fixes serves includes the trips that are too far on foot, which stand beside the 100.
        return max(self.worked.out_of_reach - self.model.access.too_far, 0.0)

    def mark(self, words: wording.Wording) -> str:
        """Return the mark of a demonstration in the reader's language; empty otherwise."""
        return words.text(terms.DEMONSTRATION) if self.record.demonstration else ""

    def statements(self, words: wording.Wording) -> tuple[str, ...]:
        """Return everything that the figures rest on."""
        sample = self.price_book.sample
        rests_on = plan_assumptions.sentences(self.model, words, sample=sample, price_file=self.price_file)
        return (*rests_on, *self.differing_rises(words))

    def differing_rises(self, words: wording.Wording) -> tuple[str, ...]:
        """Say of each fix of the plan where a levelled rise and the calculated one differ."""
        chosen = [self.model.fixes[one] for one in self.worked.plan.chosen]
        return levelled_rise.sentences(self.record, chosen, words)


def fixes(subject: Subject, words: wording.Wording) -> gpd.GeoDataFrame:
    """Return the fixes of the plan, and those of the plan by years, the one that opens most first.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns :data:`FIXES` and `geometry`: the point of the site, EPSG:4326.
    """
    plan, years = subject.worked.plan, subject.years
    lost = {one: solved_plan.marginal_benefit(plan, subject.model.model, one) for one in plan.chosen}
    # the name last: fixes that open as much keep one order, and the file its bytes
    chosen = sorted({*plan.chosen, *years}, key=lambda one: (-lost.get(one, 0.0), one))
    rows = [_fix(subject, subject.model.fixes[one], lost.get(one), years.get(one), words) for one in chosen]
    table = pd.DataFrame.from_records(rows, columns=[column.name for column in FIXES])
    # years with gaps stay whole numbers; as floats they would print with a decimal
    table["year"] = table["year"].astype("Int64")
    points = subject.record.sites.geometry.to_crs(DEGREES).reindex(table["site_code"]).to_numpy()
    return gpd.GeoDataFrame(table, geometry=points, crs=DEGREES)


def _fix(
    subject: Subject,
    one: site_fixes.RecordFix,
    lost: float | None,
    year: int | None,
    words: wording.Wording,
) -> dict[str, object]:
    what = what_is_built(one, words)
    names = subject.record.weights.personas
    whom = ", ".join(words.name(names[persona]) for persona in one.personas if persona in names)
    return {
        "fix_id": one.fix.fix_id,
        "site_code": one.site_code,
        "site_name": markers.site_name(subject.record.sites.loc[one.site_code], words),
        "what": what,
        "in_plan": lost is not None,
        "year": year,
        "zone": zone_name(one.fix.zone, words),
        "cost_low_thb": one.fix.cost.low,
        "cost_likely_thb": one.fix.cost.likely,
        "cost_high_thb": one.fix.cost.high,
        "lost_trips": None if lost is None else round(lost, 3),
        "reason": words.text(REASON, what=what, whom=whom),
        "cost_basis": one.cost_basis,
    }


def what_is_built(one: site_fixes.RecordFix, words: wording.Wording) -> str:
    """Return the level of a fix and the kind of element it is for."""
    level, kind = words.text(interventions.NAMES[one.level]), words.text(terms.ELEMENT_KIND[one.kind])
    return f"{level}: {kind}"


def zone_name(zone: str, words: wording.Wording) -> str:
    """Return the name of a zone."""
    return words.text("no zone yet") if zone == site_fixes.NO_ZONE else zone


def opened_ways(subject: Subject) -> gpd.GeoDataFrame:
    """Return the ways along which the trips lead that the plan opens.

    Returns
    -------
    geopandas.GeoDataFrame
        Column ``opened_trips`` and LineStrings, EPSG:4326, in the order of the network.
    """
    model = subject.model.model
    over = flows.opened_trips(model, model.mask(subject.worked.plan.chosen))
    used = over > 0
    lines = subject.model.ways.to_crs(DEGREES).to_numpy()[used]
    return gpd.GeoDataFrame({"opened_trips": over[used].round(3)}, geometry=lines, crs=DEGREES)
