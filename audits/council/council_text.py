"""Word the three answers for a council, the same on the page, on paper and on the public pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from audits import terms, wording
from audits.council import figures, trend
from audits.council import money as council_money
from audits.plans import budget_plan
from audits.ramps import interventions
from audits.reports import markers, site_report
from audits.rules import model
from audits.scoring import run, selection

phrase = wording.phrase

WHERE, IMPROVED, MONEY = "where", "improved", "money"
QUESTIONS = {
    WHERE: phrase("Where is it worst, and why?"),
    IMPROVED: phrase("What has improved?"),
    MONEY: phrase("What does the next million baht buy?"),
}
KIND_NAMES = {
    figures.RAMPS: phrase("ramp sites"),
    figures.SPACES: phrase("public spaces"),
    figures.BOTH: phrase("ramp sites and public spaces"),
}
CHANGES = {
    trend.BETTER: phrase("fewer failures"),
    trend.WORSE: phrase("more failures known"),
    trend.SAME: phrase("as many failures"),
}
ZONES_PRESUMED = phrase(
    "No boundary of a zone or community is public: {named} of {all} sites have the zone of a community whose name they "
    "carry, all others a presumed one."
)
NO_CENSUS = phrase("No public register says how many people with a disability live in a zone, so none is counted here.")
FIVE = phrase("The five basic facilities are ramp, parking, toilet, signs and information service.")
LOW_TO_HIGH = phrase("At least counts what is known to fail; at most also counts all that is not known yet.")
MORE_MAY_BE_MEASURED = phrase("More failures can also mean that more was measured than at the first visit.")
AS_TODAY = phrase("Every visit is judged by today's criteria; corrections count from the day of the visit.")
TRIPS = phrase("A way leads from a home to one kind of goal, for one group of people; all ways together are 1,000.")
MILLION = 1_000_000.0
_WHEN = ("before", "after")


@dataclass(frozen=True)
class Table:
    """A table as text; the first column names the rows."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def known_so_far(found: figures.Where, words: wording.Wording) -> str:
    """Return the number of sites by verdict, and how many were never surveyed."""
    whole = found.whole
    counts = {"passed": whole.passed, "all": whole.sites, "failed": whole.failed, "open": whole.undecided}
    return words.text(
        "{passed} of {all} {things} pass, {failed} fail, {open} are not known yet; {unsurveyed} were never surveyed.",
        things=words.text(KIND_NAMES[found.kind]),
        **_numbers(counts | {"unsurveyed": whole.unsurveyed}, words),
    )


def _numbers(counts: Mapping[str, float], words: wording.Wording) -> dict[str, str]:
    return {name: words.number(count, 0) for name, count in counts.items()}


def where(found: figures.Where, words: wording.Wording) -> str:
    """Return the zone in which most is known to fail."""
    if not found.whole.surveyed:
        return words.text("Nothing is surveyed yet, so nobody can say where it is worst.")
    if found.worst is None:
        return words.text("No failure is known so far.")
    zone = found.zones[found.worst.zone]
    return words.text(
        "Zone {zone}: {failed} of {all} are known to fail, {open} are not known yet.",
        zone=found.worst.zone,
        **_numbers({"failed": zone.failed, "all": zone.sites, "open": zone.undecided}, words),
    )


def how_sure(found: figures.Where, words: wording.Wording) -> str:
    """Return whether another zone may be worse; empty where no failure is known."""
    if found.worst is None:
        return ""
    if not found.worst.rivals:
        return words.text("This stays so, whatever is measured later.")
    zones = ", ".join(str(zone) for zone in found.worst.rivals)
    return words.text("Not certain: zones that may be worse once all is measured: {zones}.", zones=zones)


def why(found: figures.Where, criteria: model.Criteria, words: wording.Wording) -> str:
    """Return the most frequent failures in one sentence; empty where none is known."""
    parts = [
        words.text(
            "{name} ({failing} of {judged} sites)",
            name=criterion_name(str(criterion), criteria, words),
            **_numbers({"failing": counted["failing"], "judged": counted["judged"]}, words),
        )
        for criterion, counted in found.causes.head(3).to_dict("index").items()
    ]
    return words.text("Most often wrong: {causes}.", causes=", ".join(parts)) if parts else ""


def criterion_name(criterion: str, criteria: model.Criteria, words: wording.Wording) -> str:
    """Return a requirement with the kind of element it applies to."""
    one = criteria.criteria[criterion]
    return f"{words.text(terms.ELEMENT_KIND[one.element])}: {words.name(one.name)}"


def improved(again: pd.DataFrame, words: wording.Wording) -> str:
    """Return how many of the sites visited again have fewer failures."""
    if again.empty:
        return words.text("No site was visited again after its first survey, so nobody can say what has improved.")
    counted = again["change"].value_counts()
    now_pass = int(((again["after_verdict"] == "pass") & (again["before_verdict"] != "pass")).sum())
    better, worse = (counted.get(change, 0) for change in (trend.BETTER, trend.WORSE))
    return words.text(
        "{better} of {again} sites visited again have fewer failures, {passing} of them pass now; {worse} have more.",
        **_numbers({"better": better, "again": len(again), "passing": now_pass, "worse": worse}, words),
    )


def accepted(fixes: int, words: wording.Wording) -> str:
    """Return how many fixes were built and accepted; empty for none."""
    if not fixes:
        return ""
    return words.count(
        "{n} fix was built and accepted after a survey.", "{n} fixes were built and accepted after a survey.", fixes
    )


def money(bought: council_money.Money | None, words: wording.Wording) -> str:
    """Return the gain of the first million baht."""
    if bought is None:
        return words.text("The plan for the next million baht has not been worked out.")
    first = bought.next_million
    if first is None:
        return words.text("The surveys show no barrier that a fix could open; there is nothing to plan yet.")
    return words.text(
        "{fixes} for {cost} baht would open {gained} more of 1,000 ways; {today} are open today.",
        fixes=words.count("{n} fix", "{n} fixes", len(first.plan.chosen)),
        cost=baht(first.plan.cost.likely, words),
        gained=trips(first.plan.benefit, words),
        today=trips(bought.open_today, words),
    )


def how_proven(plan: budget_plan.Plan, words: wording.Wording) -> str:
    """Return whether a better choice for the same money can exist."""
    if plan.status == budget_plan.SOLVED:
        return words.text("The solver found no better choice for this money.")
    gap = words.number(100 * plan.gap, 1)
    return words.text("Not proven: another choice could open up to {gap} % more.", gap=gap)


def knee(bought: council_money.Money, words: wording.Wording) -> str:
    """Return the budget after which money buys clearly less; empty where there is none."""
    found = bought.curve.knee
    if found is None:
        return ""
    budget = words.number(found.budget_thb / MILLION, 0)
    return words.text("After {budget} million baht, money buys clearly less (the dashed line).", budget=budget)


def trips(weight: float, words: wording.Wording) -> str:
    """Return a weight as trips of a thousand; small ones keep two digits, so that little is not shown as nothing."""
    return words.number(weight, 1 if weight >= 1 else 2)


def baht(amount_thb: float, words: wording.Wording) -> str:
    """Return an amount rounded to a hundred baht."""
    return words.number(round(amount_thb, -2), 0)


def zone_name(zone: int, words: wording.Wording) -> str:
    """Return the name of a zone."""
    return words.text("no zone yet") if zone == selection.NO_ZONE else words.text("Zone {n}", n=zone)


def zone_table(found: figures.Where, words: wording.Wording) -> Table:
    """Return the figures of every zone: counts, share of failures at least and at most, and score."""
    text = words.text
    zones = [(zone_name(zone, words), each) for zone, each in found.zones.items()]
    rows = [
        (
            name,
            *(words.number(n, 0) for n in (each.sites, each.surveyed, each.failed, each.undecided, each.passed)),
            between(words.percent(each.failing_least), words.percent(each.failing_most)),
            score(each.score_low, each.score_high, words),
        )
        for name, each in (*zones, (text("All zones"), found.whole))
    ]
    headings = (
        *(text("Zone"), text("Sites"), text("Surveyed"), text("fail"), text("not known yet"), text("pass")),
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
            criterion_name(str(criterion), criteria, words),
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


def site_name(code: str, sites: gpd.GeoDataFrame, words: wording.Wording) -> str:
    """Return a site's code and name."""
    return f"{code} {markers.site_name(sites.loc[code], words)}"


def reason_list(found: pd.DataFrame, code: str, criteria: model.Criteria, words: wording.Wording) -> list[str]:
    """Return why a site fails, the gravest reason first."""
    return [reason(row, criteria, words) for row in figures.reasons(found, code).itertuples()]


def reason(finding: Any, criteria: model.Criteria, words: wording.Wording) -> str:
    """Return requirement, measured value, and the limit where it is a number."""
    quantity = criteria.criteria[finding.criterion].quantity
    measured = site_report.measured_text(finding, quantity, words)
    name = criterion_name(finding.criterion, criteria, words)
    if quantity.kind == "yes_no":
        return f"{name}: {measured}"
    limit = site_report.limit_text(finding.lower, finding.upper, finding.stated_as, quantity, words)
    return words.text("{name}: {measured}, limit {limit}", name=name, measured=measured, limit=limit)


def history_table(history: pd.DataFrame, words: wording.Wording) -> Table:
    """Return how much was known to pass and to fail by each day."""
    columns = ("surveyed", "failed", "undecided", "passed")
    rows = tuple(
        (words.day(day), *(words.number(count, 0) for count in counts))
        for day, *counts in history[list(columns)].itertuples()
    )
    text = words.text
    headings = (text("By the end of"), text("Surveyed"), text("fail"), text("not known yet"), text("pass"))
    return Table(text("What was known, month by month"), headings, rows)


def changes_table(again: pd.DataFrame, sites: gpd.GeoDataFrame, words: wording.Wording) -> Table:
    """Return every site visited again, those with fewer failures first."""
    order = [trend.BETTER, trend.WORSE, trend.SAME]
    ordered = again.assign(rank=again["change"].map(order.index)).sort_values("rank", kind="stable")
    rows = tuple(
        (
            site_name(str(code), sites, words),
            words.text(CHANGES[row["change"]]),
            *(_visit(row[f"{when}_on"], row[f"{when}_verdict"], row[f"{when}_failed"], words) for when in _WHEN),
        )
        for code, row in ordered.to_dict("index").items()
    )
    text = words.text
    return Table(text("Sites visited again"), (text("Site"), text("Change"), text("First"), text("Last")), rows)


def _visit(day: pd.Timestamp, verdict: str, failed: int, words: wording.Wording) -> str:
    failures = words.count("{n} failure", "{n} failures", int(failed))
    return f"{words.text(terms.VERDICT[verdict])}, {failures} · {words.day(day.date())}"


def money_table(bought: council_money.Money, words: wording.Wording) -> Table:
    """Return the best plan of each budget, with the budget after which money buys clearly less."""
    text, rows = words.text, []
    for point in bought.curve.points:
        remark = how_proven(point.plan, words)
        if point is bought.curve.knee:
            remark += " " + text("Beyond this, money buys clearly less.")
        rows.append(
            (
                words.number(point.budget_thb / MILLION, 0),
                baht(point.plan.cost.likely, words),
                words.number(len(point.plan.chosen), 0),
                trips(point.plan.benefit, words),
                remark,
            )
        )
    headings = (
        *(text("Budget (million baht)"), text("Likely cost (baht)"), text("Fixes")),
        *(text("Ways opened"), text("How sure")),
    )
    return Table(text("What each budget buys"), headings, tuple(rows))


def fixes_table(
    bought: council_money.Money, plan: budget_plan.Plan, sites: gpd.GeoDataFrame, words: wording.Wording
) -> Table:
    """Return the fixes of a plan, the most expensive first."""
    chosen = [bought.record.fixes[fix_id] for fix_id in plan.chosen]
    rows = tuple(
        (
            site_name(one.site_code, sites, words),
            f"{words.text(interventions.NAMES[one.level])}: {words.text(terms.ELEMENT_KIND[one.kind])}",
            baht(one.fix.cost.likely, words),
        )
        for one in sorted(chosen, key=lambda one: (-one.fix.cost.likely, one.fix.fix_id))
    )
    text = words.text
    headings = (text("Site"), text("What is done"), text("Likely cost (baht)"))
    return Table(text("What is built for this money"), headings, rows)


def zones_presumed(found: figures.Where, words: wording.Wording) -> str:
    """Return how the zones of the sites are known."""
    counts = {"named": sum(found.named_zones.values()), "all": found.whole.sites}
    return words.text(ZONES_PRESUMED, **_numbers(counts, words))


def not_known(found: figures.Where, words: wording.Wording) -> Sequence[str]:
    """Return the limits of these figures."""
    measured = words.text(
        "{surveyed} of {all} surveyed; on average {share} of what applies is measured.",
        share=words.percent(found.whole.coverage),
        **_numbers({"surveyed": found.whole.surveyed, "all": found.whole.sites}, words),
    )
    return [measured, zones_presumed(found, words), words.text(NO_CENSUS)]
