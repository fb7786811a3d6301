"""Lay out the council's tables, the same on the page, on paper and on the public pages."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from audits import terms, wording
from audits.access import access_text
from audits.council import council_text, figures, money_text
from audits.council import money as council_money
from audits.plans import budget_plan, plan_about
from audits.ramps import interventions
from audits.rules import model
from audits.scoring import run
from audits.works import site_changes

_WHEN = ("before", "after")


@dataclass(frozen=True)
class Table:
    """A table as text; the first column names the rows."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def zone_table(
    found: figures.Where, words: wording.Wording, listing: council_text.Listing = council_text.unlinked
) -> Table:
    """Return the figures of every zone: counts, share of failures at least and at most, and score."""
    text = words.text
    zones = [(access_text.zone_name(zone, words), each, {"zone": str(zone)}) for zone, each in found.zones.items()]
    everywhere: dict[str, str] = {}
    rows = [
        (
            name,
            numbers["all"],
            words.number(each.surveyed, 0),
            *(numbers[verdict] for verdict in ("failed", "open", "passed")),
            between(words.percent(each.failing_least), words.percent(each.failing_most)),
            score(each.score_low, each.score_high, words),
        )
        for name, each, asked in (*zones, (text("All zones"), found.whole, everywhere))
        for numbers in (council_text.by_verdict(found, each, words, listing, **asked),)
    ]
    headings = (
        *(text("Zone"), text("Sites"), text("Surveyed"), text("fail"), text(terms.OPEN), text("pass")),
        *(text("Fail, at least – at most"), text("Mean score, lowest – highest")),
    )
    return Table(text("How the zones compare"), headings, tuple(rows))


def score(low: float, high: float, words: wording.Wording) -> str:
    """Return a score interval; a dash where nothing applies."""
    return "–" if pd.isna(low) else between(words.number(round(low), 0), words.number(round(high), 0))


def between(least: str, most: str) -> str:
    """Return both ends joined by no-break spaces, so that no line breaks between them."""
    return f"{least}\N{NO-BREAK SPACE}–\N{NO-BREAK SPACE}{most}"


def cause_table(found: figures.Where, criteria: model.Criteria, words: wording.Wording) -> Table:
    """Return the most frequent failures, with the number of sites at which each requirement was judged."""
    rows = tuple(
        (
            council_text.criterion_name(str(criterion), criteria, words),
            words.number(counted["failing"], 0),
            words.number(counted["judged"], 0),
            words.name(criteria.criteria[str(criterion)].advice),
        )
        for criterion, counted in found.causes.to_dict("index").items()
    )
    text = words.text
    headings = (text("Requirement"), text("Fails at sites"), text("Judged at sites"), text("What to do"))
    return Table(text("What fails most often"), headings, rows)


def facility_table(found: figures.Where, words: wording.Wording) -> Table:
    """Return the five basic facilities at all sites, of both kinds."""
    text = words.text
    shown = ("fail", "unknown", "pass", "absent")
    rows = tuple(
        (text(terms.FACILITY[name]), *(words.number(found.facilities[name].get(state, 0), 0) for state in shown))
        for name in run.BASIC_FACILITIES
    )
    headings = (text("Facility"), *(text(terms.FACILITY_STATUS[state]) for state in shown))
    return Table(text("Five basic facilities, number of sites of both kinds"), headings, rows)


def persona_table(found: figures.Where, weights: model.Weights, words: wording.Wording) -> Table:
    """Return the scores of the surveyed sites for each group of people."""
    rows = tuple((words.name(one), score(*found.personas[persona], words)) for persona, one in weights.personas.items())
    caption = words.text(
        "For whom it is worst: mean score of the {n} surveyed sites", n=words.number(found.whole.surveyed, 0)
    )
    return Table(caption, (words.text("Group"), words.text("Mean score, lowest – highest")), rows)


def history_table(history: pd.DataFrame, words: wording.Wording) -> Table:
    """Return how much was known to pass and to fail by each day."""
    columns = ("surveyed", "failed", "undecided", "passed")
    rows = tuple(
        (words.day(day), *(words.number(count, 0) for count in counts))
        for day, *counts in history[list(columns)].itertuples()
    )
    text = words.text
    headings = (text("By the end of"), text("Surveyed"), text("fail"), text(terms.OPEN), text("pass"))
    return Table(text("What was known, month by month"), headings, rows)


def changes_table(
    again: pd.DataFrame,
    sites: gpd.GeoDataFrame,
    words: wording.Wording,
    listing: council_text.Listing = council_text.unlinked,
) -> Table:
    """Return every site visited again, those with fewer failures first; failures are those of what both measured."""
    # stable: sites that changed alike keep their order
    ordered = again.assign(rank=again["change"].map(site_changes.CHANGES.index)).sort_values("rank", kind="stable")
    rows = tuple(
        (
            listing(council_text.site_name(str(code), sites, words), "site", site=str(code)),
            words.text(terms.SCORE_CHANGE[row["change"]]),
            *(_visit(row[f"{when}_on"], row[f"{when}_verdict"], row[f"{when}_failed"], words) for when in _WHEN),
            words.number(row["found_passing"], 0),
            words.number(row["found_failing"], 0),
        )
        for code, row in ordered.to_dict("index").items()
    )
    text = words.text
    headings = (
        *(text("Site"), text("Change"), text("First"), text("Last")),
        *(text("Newly known to pass"), text("Newly known to fail")),
    )
    return Table(text("Sites visited again, failures of what both surveys measured"), headings, rows)


def _visit(day: pd.Timestamp, verdict: str, failed: int, words: wording.Wording) -> str:
    failures = words.count("{n} failure", "{n} failures", int(failed))
    return f"{words.text(terms.VERDICT[verdict])}, {failures} · {words.day(day.date())}"


def money_table(bought: council_money.Money, words: wording.Wording) -> Table:
    """Return the best plan of each budget, with the budget after which money buys clearly less."""
    text, rows = words.text, []
    for point in bought.points:
        remark = money_text.how_proven(point, words)
        if point.knee:
            remark = " ".join(filter(None, (remark, text("Beyond this, money buys clearly less."))))
        rows.append(
            (
                words.number(point.budget_thb / money_text.MILLION, 0),
                plan_about.baht(point.plan.cost.likely, words),
                words.number(len(point.plan.chosen), 0),
                plan_about.trips(point.plan.base + point.plan.benefit, words),
                remark,
            )
        )
    headings = (
        *(text("Budget (million baht)"), text("Likely cost (baht)"), text("Fixes")),
        *(text("Of 100 trips, step-free"), text("How sure")),
    )
    return Table(text("What each budget buys"), headings, tuple(rows))


def fixes_table(
    bought: council_money.Money,
    plan: budget_plan.Plan,
    sites: gpd.GeoDataFrame,
    words: wording.Wording,
    listing: council_text.Listing = council_text.unlinked,
) -> Table:
    """Return the fixes of a plan, the most expensive first."""
    chosen = [bought.record.fixes[fix_id] for fix_id in plan.chosen]
    rows = tuple(
        (
            listing(council_text.site_name(one.site_code, sites, words), "site", site=one.site_code),
            f"{words.text(interventions.NAMES[one.level])}: {words.text(terms.ELEMENT_KIND[one.kind])}",
            plan_about.baht(one.fix.cost.likely, words),
        )
        for one in sorted(chosen, key=lambda one: (-one.fix.cost.likely, one.fix.fix_id))
    )
    text = words.text
    counted = words.count("{n} fix", "{n} fixes", len(chosen))
    total = (text("Total"), counted, plan_about.baht(plan.cost.likely, words))
    headings = (text("Site"), text("What is done"), text("Likely cost (baht)"))
    return Table(text("What is built for this money"), headings, (*rows, total))
