"""List what an exported file rests on: record, rules, coverage, and what nobody has checked yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import geopandas as gpd

from audits import record as records
from audits import terms, wording
from audits.rules import gazette, model
from audits.scoring import run, scores

TITLES = {
    "demonstration": wording.phrase("Mark of demonstration data"),
    "exported_on": wording.phrase("Exported on"),
    "as_of": wording.phrase("As it was known on"),
    "edition": wording.phrase("Edition of the rules"),
    "criteria_version": wording.phrase("Version of the criteria"),
    "record_head": wording.phrase("Head of the record"),
    "coverage": wording.phrase("Coverage"),
    "positions": wording.phrase("Positions"),
    "weights": wording.phrase("Weights"),
    "verification": wording.phrase("Limits"),
    "measure_next": wording.phrase("Measure next"),
    "reference_system": wording.phrase("Reference system"),
    "attribution": wording.phrase("Sources of the ground"),
}


def lines(
    record: records.AuditedRecord, words: wording.Wording, *, exported_on: dt.date, mark: str
) -> Mapping[str, str]:
    """Return the lines, item to text.

    Parameters
    ----------
    record
        The sites exported.
    words
        The reader's language.
    exported_on
        Day of export; written as ISO 8601.
    mark
        The mark of a demonstration; empty otherwise, and then left out.
    """
    text = words.text
    result = {
        "exported_on": exported_on.isoformat(),
        "as_of": record.as_of.isoformat() if record.as_of else text("everything recorded by the day of export"),
        "edition": edition_name(record.edition, record.criteria, words),
        "criteria_version": record.criteria.version,
        "record_head": record.head,
        "coverage": _coverage(record, words),
        "positions": _positions(record.sites, words),
        "weights": text(terms.MUNICIPAL_WEIGHTS),
        "verification": _verification(record, words),
        "measure_next": text(
            "By expected gain in certainty for each minute, under the edition of each permit date; after that what "
            "only a price rests on."
        ),
        "reference_system": "EPSG:4326 (WGS 84)",
        "attribution": words.text(terms.GROUND_CREDIT),
    }
    return ({"demonstration": mark} if mark else {}) | result


def counted(which: str, words: wording.Wording) -> str:
    """Return which surveys figures count, a key of :data:`audits.terms.COUNTED`, as a sentence."""
    return words.text(terms.COUNTED_LINE, counted=words.text(terms.COUNTED[which]))


def edition_name(edition: str, criteria: model.Criteria, words: wording.Wording) -> str:
    """Return the name of an edition: by each permit date, or that of its source."""
    if edition == run.BY_PERMIT_DATE:
        return words.text("by each permit date")
    return words.name(criteria.sources[edition].title)


def _coverage(record: records.AuditedRecord, words: wording.Wording) -> str:
    mine, kinds = record.audit.sites.loc[record.sites.index], record.sites["kind"].unique()
    return words.text(
        "{surveyed} of {all} {things} surveyed; on average {share} of what applies is measured",
        things=words.text(terms.SITES_OF_KIND[kinds[0] if len(kinds) == 1 else "both"]),
        surveyed=words.number(int(mine["last_surveyed_on"].notna().sum()), 0),
        all=words.number(len(mine), 0),
        share=words.percent(scores.mean_coverage(mine["coverage"].to_numpy())),
    )


def _positions(sites: gpd.GeoDataFrame, words: wording.Wording) -> str:
    return words.text(
        "{confirmed} of {all} positions confirmed on site; every other one is presumed, its accuracy beside it",
        confirmed=words.number(int((sites["position_status"] == "confirmed").sum()), 0),
        all=words.number(len(sites), 0),
    )


def _verification(record: records.AuditedRecord, words: wording.Wording) -> str:
    unchecked = [words.name(record.criteria.sources[each].short) for each in unchecked_sources(record)]
    if not unchecked:
        return words.text("every legal limit used was compared with the Royal Gazette")
    return f"{', '.join(unchecked)}: {words.text(terms.UNVERIFIED)}"


def unchecked_sources(record: records.AuditedRecord) -> list[str]:
    """Ids of the laws of which a limit judged a site, and nobody has compared that limit with the Royal Gazette."""
    found, criteria = record.audit.findings, record.criteria.criteria
    # thousands of findings rest on a few pairs
    used = found.loc[found["site_code"].isin(record.sites.index), ["criterion", "source"]].drop_duplicates()
    pairs = zip(used["criterion"], used["source"], strict=True)
    return sorted({source for name, source in pairs if criteria[name].limit_of(source).state == gazette.REPORTED})
