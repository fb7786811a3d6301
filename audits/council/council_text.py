"""Word the three answers for a council, the same on the page, on paper and on the public pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from audits import record as records
from audits import terms, wording
from audits.access import access_text
from audits.council import figures, trend
from audits.council import money as council_money
from audits.reports import about_lines, markers, site_report
from audits.rules import asked_quantity, model
from audits.scoring import run, selection
from audits.works import site_changes

phrase = wording.phrase

WHERE, IMPROVED, MONEY = "where", "improved", "money"
QUESTIONS = {
    WHERE: phrase("Where is it worst, and why?"),
    IMPROVED: phrase("What has improved?"),
    MONEY: phrase("What does the next million baht buy?"),
}
ZONES_PRESUMED = phrase(
    "No boundary of a zone or community is public: {named} of {all} sites have the zone of a community whose name they "
    "carry, all others a presumed one."
)
NO_CENSUS = phrase("No public register says how many people with a disability live in a zone, so none is counted here.")
MOST_OFTEN = phrase("Most often wrong there, by number of sites: {causes}.")
FIVE = phrase("The five basic facilities are ramp, parking, toilet, signs and information service.")
LISTED, LISTED_WORKS = "listed", "works"
"""Of an address: leads to a list itself, past the answer that named its number."""
PLACE_BINDING = phrase("{dangerous} dangerous of {failed} failures, {binding} binding there, score {low}–{high}")
PLACE_NOT_BINDING = phrase("{dangerous} dangerous of {failed} failures, none binding there, score {low}–{high}")
ORDER_OF_WORST = phrase("In order of dangerous failures, then of all failures, then of the score.")
LOW_TO_HIGH = phrase(
    "At least counts what is known to fail; at most also counts all that is borderline or not known yet."
)
IMPROVED_MEANS = phrase(
    "Improved means fewer known failures than at the first survey, counted over what both surveys measured."
)
AS_TODAY = phrase("Every visit is judged by today's criteria; corrections count from the day of the visit.")
TRIPS = phrase(
    "A trip leads from a home to the nearest needed place of one kind, for one group of people; all trips that can be "
    "made on foot together are 100."
)

OF_ALL = phrase("Of {all} {things}: zone presumed {presumed} · surveys not reviewed {unreviewed}.")
OF_APPROVED = phrase(
    "Of {all} {things}: zone presumed {presumed} · surveys left out until they are approved at {left_out}."
)

KNOWN = {
    terms.COUNT_ALL: phrase(
        "{passed} of {all} {things} pass, {failing}, {borderline} borderline, {unknown} not known yet "
        "({unsurveyed} unsurveyed)."
    ),
    # A survey that nobody approved yet was made all the same.
    terms.COUNT_APPROVED: phrase(
        "{passed} of {all} {things} pass, {failing}, {borderline} borderline, {unknown} not known yet; "
        "{unsurveyed} have no approved survey."
    ),
}
FAIL = phrase("{failed} fail")
FAIL_BY_FORCE = phrase("{failed} fail ({force})")
UNDECIDED = ("borderline", "unknown")
NO_SURVEY: Mapping[str, tuple[str, ...]] = {
    terms.COUNT_ALL: (run.NOT_SURVEYED,),
    terms.COUNT_APPROVED: (run.NOT_SURVEYED, run.WAITING),
}
"""Standings of the sites without a survey that counts, by which surveys count."""
Listing = Callable[..., str]
"""Makes a figure lead to what it counts: called with the figure, a page, and by name what that page is asked for."""


def unlinked(figure: str, _page: str, **_asked: str | Sequence[str]) -> str:
    """Return a figure as it is, as on paper."""
    return figure


def known_so_far(found: figures.Where, words: wording.Wording, listing: Listing = unlinked) -> str:
    """Return the number of sites by verdict, how many were never surveyed, and which surveys count."""
    known = words.text(
        KNOWN[found.counted],
        things=words.text(terms.SITES_OF_KIND[found.kind]),
        unsurveyed=_sites(found, found.whole.unsurveyed, words, listing, standing=NO_SURVEY[found.counted]),
        failing=_failing(found, words, listing),
        **by_verdict(found, found.whole, words, listing),
    )
    return f"{known} {about_lines.counted(found.counted, words)}"


def _failing(found: figures.Where, words: wording.Wording, listing: Listing) -> str:
    """Return the number of failing sites, and beside it how many of them fail what binds there."""
    whole = found.whole
    failed = _sites(found, whole.failed, words, listing, verdict="fail")
    if not whole.failed:
        return words.text(FAIL, failed=failed)
    counts = {selection.BINDING: whole.failed_binding, selection.NOT_BINDING: whole.failed_not_binding}
    binding, other = (_sites(found, n, words, listing, failing=kind) for kind, n in counts.items())
    force = words.text(terms.OF_FAILING, binding=binding, other=other)
    return words.text(FAIL_BY_FORCE, failed=failed, force=force)


def by_verdict(
    found: figures.Where, each: figures.Figures, words: wording.Wording, listing: Listing, **asked: str
) -> dict[str, str]:
    """Return the numbers of sites, all and by verdict, each leading to its list; `asked` narrows the lists."""
    counts = {"all": (each.sites, ()), "passed": (each.passed, "pass"), "failed": (each.failed, "fail")}
    counts |= {"borderline": (each.borderline, "borderline"), "unknown": (each.unknown, "unknown")}
    counts["open"] = each.undecided, UNDECIDED
    return {name: _sites(found, n, words, listing, verdict=one, **asked) for name, (n, one) in counts.items()}


def _sites(
    found: figures.Where, count: int, words: wording.Wording, listing: Listing, **asked: str | Sequence[str]
) -> str:
    kinds = () if found.kind == figures.BOTH else (found.kind,)
    # a number of nothing leads to no list
    return listing(words.number(count, 0), "city_map", kind=kinds, **asked) if count else words.number(count, 0)


def _numbers(counts: Mapping[str, float], words: wording.Wording) -> dict[str, str]:
    return {name: words.number(count, 0) for name, count in counts.items()}


def where(found: figures.Where, words: wording.Wording, listing: Listing = unlinked) -> str:
    """Return the zones in which most is known to fail; several where they tie."""
    if not found.whole.surveyed:
        return words.text("No survey counts yet, so nobody can say where it is worst.")
    if found.worst is None:
        return words.text("No failure is known so far.")
    sentences = [
        words.text(
            "{zone}: {failed} of {all} sites known to fail, {unknown} not known yet.",
            zone=access_text.zone_name(zone, words),
            **by_verdict(found, found.zones[zone], words, listing, zone=str(zone)),
        )
        for zone in found.worst.zones
    ]
    if len(sentences) > 1:
        sentences.append(words.text("A tie by share."))
    return " ".join(sentences)


def worst_zones(worst: figures.Worst, words: wording.Wording) -> str:
    """Return the names of the worst zones, such as “Zones 1 and 3”."""
    if len(worst.zones) == 1:
        return access_text.zone_name(worst.zones[0], words)
    return words.text("Zones {numbers}", numbers=listed(map(str, worst.zones), words))


def listed(parts: Iterable[str], words: wording.Wording) -> str:
    """Return the parts as a list in a sentence."""
    *first, last = parts
    return words.text("{first} and {last}", first=", ".join(first), last=last) if first else last


def counted(found: figures.Where, words: wording.Wording, listing: Listing = unlinked) -> str:
    """Return on what the first answer rests, in one short line."""
    whole = found.whole
    # among approved surveys none waits for a review: what waits is what they leave out
    return words.text(
        OF_APPROVED if found.counted == terms.COUNT_APPROVED else OF_ALL,
        things=words.text(terms.SITES_OF_KIND[found.kind]),
        all=_sites(found, whole.sites, words, listing),
        presumed=_sites(found, found.presumed_zones, words, listing, zone_basis="presumed"),
        left_out=words.number(found.left_out, 0),
        unreviewed=_sites(found, whole.unreviewed, words, listing, standing=run.PROVISIONAL),
    )


def by_trips(bought: council_money.Money | None, words: wording.Wording) -> str:
    """Return the worst zone by trips as the answer to another question, or that sites were counted, not trips."""
    if bought is None or (worst := access_text.worst_zones(bought.record.access)).empty:
        return words.text("Counted are sites with known failures, not trips.")
    # zones that tie stand in one sentence, with the sum of their trips
    known, on_foot = (access_text.written(worst[name].sum(), words) for name in (bought.record.case, "on_foot"))
    return words.text(
        "Where trips are hardest is another question: {zones}, {known} of {on_foot} step-free.",
        zones=listed((access_text.zone_name(zone, words) for zone in worst.index), words),
        known=known,
        on_foot=on_foot,
    )


def order_of_worst(found: figures.Where, sites: gpd.GeoDataFrame, words: wording.Wording) -> str:
    """Return the order of the worst sites, the ties beyond the last, and how many lie outside the worst zones."""
    ordered = words.text(ORDER_OF_WORST)
    ordered += _beyond_the_last(found.worst_sites, words)
    if lawful := int((selection.failing(found.worst_sites) == selection.NOT_BINDING).sum()):
        sentence = words.count(
            "{n} of them fails nothing that binds there: hard to use, but no breach of law is known.",
            "{n} of them fail nothing that binds there: hard to use, but no breach of law is known.",
            lawful,
        )
        ordered += f" {sentence}"
    if found.worst is None:
        return ordered
    outside = int((~sites.loc[found.worst_sites.index, "zone"].isin(found.worst.zones)).sum())
    if not outside:
        return ordered
    other = words.count(
        "{n} of them lies outside {zones}: a zone is worst by the share of its sites that fail.",
        "{n} of them lie outside {zones}: a zone is worst by the share of its sites that fail.",
        outside,
        zones=worst_zones(found.worst, words),
    )
    return f"{ordered} {other}"


def _beyond_the_last(worst: pd.DataFrame, words: wording.Wording) -> str:
    if worst.empty:
        return ""
    last = worst.iloc[-1]
    beyond = int(last["of_rank"] - (worst["rank"] == last["rank"]).sum())
    if not beyond:
        return ""
    sentence = words.count(
        "{n} more site shares the last place and is not shown.",
        "{n} more sites share the last place and are not shown.",
        beyond,
    )
    return f" {sentence}"


def place(site: pd.Series, words: wording.Wording) -> str:
    """State the figures that place one of the worst sites, and with how many others it ties."""
    ordered_by = words.text(
        PLACE_BINDING if site["law_failed"] else PLACE_NOT_BINDING,
        binding=words.number(site["law_failed"], 0),
        **_numbers({"dangerous": site["dangerous_failures"], "failed": site["items_failed"]}, words),
        **_numbers({"low": round(site["score_low"]), "high": round(site["score_high"])}, words),
    )
    others = int(site["of_rank"]) - 1
    if not others:
        return ordered_by
    tie = words.count("tie with {n} other site", "tie with {n} other sites", others)
    return f"{ordered_by} ({tie})"


def how_sure(found: figures.Where, words: wording.Wording) -> str:
    """Return whether another zone may be worse; empty where no failure is known."""
    if found.worst is None:
        return ""
    if not found.worst.rivals:
        return words.text("This stays so, whatever is measured later.")
    return words.count(
        "Not certain: zone {zones} may prove worse.",
        "Not certain: zones {zones} may prove worse.",
        len(found.worst.rivals),
        zones=", ".join(map(str, found.worst.rivals)),
    )


def why(found: figures.Where, criteria: model.Criteria, words: wording.Wording) -> str:
    """Return the most frequent failures of the worst zones in one sentence; empty where none is known."""
    parts = [
        words.text(
            "{name} ({failing} of {judged} sites)",
            name=criterion_name(str(criterion), criteria, words),
            **_numbers({"failing": counted["failing"], "judged": counted["judged"]}, words),
        )
        for criterion, counted in found.causes_there.head(3).to_dict("index").items()
    ]
    return words.text(MOST_OFTEN, causes=", ".join(parts)) if parts else ""


def main_cause(found: figures.Where, criteria: model.Criteria, words: wording.Wording) -> str:
    """Return the most frequent failure of the worst zones in one line, all that are equally frequent.

    Empty where none is known.
    """
    if not len(found.causes_there):
        return ""
    failing = found.causes_there["failing"]
    tied = found.causes_there.index[failing == failing.max()]
    names = ", ".join(criterion_name(str(criterion), criteria, words) for criterion in tied)
    sites = int(failing.max())
    if len(tied) == 1:
        return words.count(
            "Most often wrong there, at {n} site: {causes}.",
            "Most often wrong there, at {n} sites: {causes}.",
            sites,
            causes=names,
        )
    return words.text("Most often wrong there, at {n} sites each: {causes}.", n=words.number(sites), causes=names)


def criterion_name(criterion: str, criteria: model.Criteria, words: wording.Wording) -> str:
    """Return a requirement with the kind of element it applies to."""
    one = criteria.criteria[criterion]
    return f"{words.text(terms.ELEMENT_KIND[one.element])}: {words.name(one.name)}"


def improved(
    again: pd.DataFrame, words: wording.Wording, listing: Listing = unlinked, kind: str = figures.RAMPS
) -> str:
    """Return how many of the sites visited again, all of one of :data:`figures.KINDS`, have fewer failures."""
    if again.empty:
        return words.text("No site was visited again after its first survey, so nobody can say what has improved.")
    return words.text(
        "{better} of {again} {things} visited again have fewer failures, {passing} of them pass now; {worse} have "
        "more.",
        things=words.text(terms.SITES_OF_KIND[kind]),
        **{
            name: listing(words.number(int(marked.sum()), 0), "council", look=IMPROVED, changed=name)
            for name, marked in trend.counted(again).items()
        },
    )


def net(again: pd.DataFrame, words: wording.Wording) -> str:
    """Return how many sites are better and how many worse, for large type: the one without the other misleads."""
    counts = {name: int((again["change"] == name).sum()) for name in (site_changes.BETTER, site_changes.WORSE)}
    return words.text("{better} better, {worse} worse", **_numbers(counts, words))


def became_known(again: pd.DataFrame, words: wording.Wording, listing: Listing = unlinked) -> str:
    """Count the sites of which something became known only because more was measured; empty for none."""
    counts = {name: int(marked.sum()) for name, marked in trend.counted(again).items()} if len(again) else {}
    passing, failing = (counts.get(name, 0) for name in ("only_known", "found_failing"))
    parts = []
    if passing:
        sentence = words.count(
            "{n} is now known to pass only because it was measured.",
            "{n} are now known to pass only because they were measured.",
            passing,
        )
        parts.append(listing(sentence, "council", look=IMPROVED, changed="only_known"))
    if failing:
        sentence = words.count(
            "At {n} site, perhaps one of those above, a failure became known because more was measured.",
            "At {n} sites, perhaps some of those above, failures became known because more was measured.",
            failing,
        )
        parts.append(listing(sentence, "council", look=IMPROVED, changed="found_failing"))
    return " ".join(parts)


def accepted(fixes: int, words: wording.Wording) -> str:
    """Return how many fixes were built and accepted; empty for none."""
    if not fixes:
        return ""
    return words.count(
        "At all sites, {n} fix was built and accepted after a survey.",
        "At all sites, {n} fixes were built and accepted after a survey.",
        fixes,
    )


def site_name(code: str, sites: gpd.GeoDataFrame, words: wording.Wording) -> str:
    """Return a site's code and name."""
    return f"{code} {markers.site_name(sites.loc[code], words)}"


def reason_list(record: records.AuditedRecord, code: str, words: wording.Wording) -> list[str]:
    """List how a site stands and why it fails, the gravest reason first."""
    reasons = figures.reasons(record.audit.findings, code).itertuples()
    sentence = markers.compliance_and_grade(record.audited(code), words)
    return [sentence, *(reason(row, record.criteria, words) for row in reasons)]


def reason(finding: Any, criteria: model.Criteria, words: wording.Wording) -> str:
    """Return requirement, measured value, and the limit where it is a number."""
    asked = criteria.criteria[finding.criterion].quantity
    quantity, factor = asked_quantity.in_unit(asked, criteria.units.length)
    measured = site_report.measured_text(finding, quantity, words, factor)
    name = criterion_name(finding.criterion, criteria, words)
    if quantity.kind == "yes_no":
        return f"{name}: {measured}"
    lower, upper = finding.lower * factor, finding.upper * factor
    limit = site_report.limit_text(lower, upper, finding.stated_as, quantity, words)
    return words.text("{name}: {measured}, limit {limit}", name=name, measured=measured, limit=limit)


def zones_presumed(found: figures.Where, words: wording.Wording) -> str:
    """Return how the zones of the sites are known."""
    counts = {"named": sum(found.named_zones.values()), "all": found.whole.sites}
    return words.text(ZONES_PRESUMED, **_numbers(counts, words))


def not_known(found: figures.Where, words: wording.Wording) -> Sequence[str]:
    """Return the limits of these figures."""
    measured = words.text(
        "{surveyed} of {all} {things} surveyed; on average {share} of what applies is measured.",
        things=words.text(terms.SITES_OF_KIND[found.kind]),
        share=words.percent(found.whole.coverage),
        **_numbers({"surveyed": found.whole.surveyed, "all": found.whole.sites}, words),
    )
    return [measured, zones_presumed(found, words), words.text(NO_CENSUS)]
