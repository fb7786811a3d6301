"""Give every site its symbol and its texts, for the map and for the table beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd

from audits import barriers, terms, wording
from audits.rules import model
from audits.scoring import run
from layers import symbols

BY_VERDICT, BY_GRADE, BY_CHANGE, BY_BARRIER = "verdict", "grade", "change", "barrier"
SYMBOLS = {
    BY_VERDICT: symbols.OF_VERDICT,
    BY_GRADE: symbols.OF_GRADE,
    BY_CHANGE: symbols.OF_CHANGE,
    BY_BARRIER: symbols.OF_BARRIER,
}


def markers(
    sites: gpd.GeoDataFrame, audited: pd.DataFrame, words: wording.Wording, by: str = BY_VERDICT
) -> gpd.GeoDataFrame:
    """Return the sites with what the map needs to draw and label them.

    Parameters
    ----------
    sites, audited
        Index ``code``, EPSG:4326, and their rows of :attr:`audits.scoring.run.Audit.sites`.
    by
        A key of :data:`SYMBOLS`; by change, `audited` has a column ``change``: a key of :data:`terms.SCORE_CHANGE`; by
        barrier, a column ``barrier``: a key of :data:`audits.barriers.STATES`.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4326; columns ``code``, ``label``, ``colour``, ``shape``, ``glyph``, ``hollow``, ``geometry``.
    """
    # tuples of a few columns: those of all take several times as long
    named = sites[["name_th", "name_en", "position_status"]].itertuples()
    rows = audited.reindex(sites.index).to_dict("index")
    chosen = [SYMBOLS[by][row[by]] for row in rows.values()]
    return gpd.GeoDataFrame(
        {
            "code": sites.index,
            "label": [label(site, row, words) for site, row in zip(named, rows.values(), strict=True)],
            "colour": [symbol.colour for symbol in chosen],
            "shape": [symbol.shape for symbol in chosen],
            "glyph": [symbol.glyph for symbol in chosen],
            "hollow": sites["position_status"].isin(terms.POSITION_UNSURE).to_numpy(),
        },
        geometry=sites.geometry.to_numpy(),
        crs=sites.crs,
    )


def label(site: Any, audited: Mapping[Any, Any] | pd.Series, words: wording.Wording) -> str:
    """Return a site's full name: code, name, verdict, score, whether it was approved, and how its position is known."""
    parts = (
        f"{site.Index} {site_name(site, words)}",
        words.text(terms.VERDICT[audited["verdict"]]),
        score_text(audited["score_low"], audited["score_high"], words),
        words.text(terms.STANDING[audited["standing"]]),
        words.text(terms.POSITION_STATUS[site.position_status]),
        *((words.text(terms.SCORE_CHANGE[audited[BY_CHANGE]]),) if BY_CHANGE in audited else ()),
        *((words.text(barriers.STATES[audited[BY_BARRIER]]),) if BY_BARRIER in audited else ()),
    )
    return " · ".join(parts)


def site_name(site: Any, words: wording.Wording) -> str:
    """Return a site's name in the reader's language, or in Thai where it has no other."""
    thai, english = getattr(site, "name_th", ""), getattr(site, "name_en", "")
    # a frame has NaN where nothing was written
    has_english = isinstance(english, str) and bool(english)
    return english if words.language == "en" and has_english else str(thai)


def position_text(site: Any, words: wording.Wording) -> str:
    """Return how a site's position is known, and its accuracy where that is known."""
    if pd.isna(site.longitude_deg):
        return f"{words.text(terms.POSITION_STATUS[site.position_status])}: {words.text('no position recorded')}"
    return how_placed(site, words)


def how_placed(site: Any, words: wording.Wording) -> str:
    """Return how the position that a site has is known, and its accuracy where that is known."""
    status = words.text(terms.POSITION_STATUS[site.position_status])
    if pd.isna(site.position_accuracy_m):
        return status
    return f"{status}, {words.text('accuracy about {metres} m', metres=words.number(site.position_accuracy_m, 0))}"


def grade_text(audited: Mapping[Any, Any] | pd.Series, words: wording.Wording) -> str:
    """Return the grade of a row of :attr:`audits.scoring.run.Audit.sites`, or what would decide it."""
    if audited["grade"]:
        return words.text("grade {grade}", grade=audited["grade"])
    return words.text(terms.UNDECIDED_GRADE[undecided(audited)])


def undecided(audited: Mapping[Any, Any] | pd.Series) -> str:
    """Return the key of :data:`audits.terms.UNDECIDED_GRADE` for a site without a grade; empty for one with a grade."""
    if audited["grade"]:
        return ""
    if not audited["items_applicable"]:
        return terms.NOTHING_APPLIES
    # where all that is open was measured, no further question helps, only a finer instrument
    return terms.FINER_INSTRUMENT if audited["items_unknown"] == audited["items_borderline"] else terms.MEASURE_MORE


def sums_text(audited: Mapping[Any, Any] | pd.Series, words: wording.Wording) -> str:
    """Return how many requirements pass, fail, are borderline and unknown: a row of audited sites, which adds up.

    A borderline requirement is undecided, so it is among ``items_unknown``, but it has been measured.
    """
    borderline = int(audited["items_borderline"])
    sums = {"passed": int(audited["items_passed"]), "failed": int(audited["items_failed"]), "borderline": borderline}
    sums |= {"unknown": int(audited["items_unknown"]) - borderline, "all": int(audited["items_applicable"])}
    return words.text(
        "of {all} requirements {passed} pass, {failed} fail, {borderline} borderline, {unknown} not known yet", **sums
    )


def compliance_and_grade(audited: Mapping[Any, Any] | pd.Series, words: wording.Wording) -> str:
    """Return in one sentence what the law asks and fails, and how usable the place is: the two are not the same."""
    law, failed = int(audited["law_failed"]), int(audited["items_failed"])
    if audited["standing"] == run.NOT_SURVEYED:
        first = words.text("Not surveyed yet")
    elif audited["standing"] == run.WAITING:
        first = words.text("No approved survey yet")
    elif law:
        first = words.count("Fails {n} requirement of law", "Fails {n} requirements of law", law)
        if failed > law:
            first = words.count("{of_law} and {n} other", "{of_law} and {n} others", failed - law, of_law=first)
    elif failed:
        first = words.count(
            "Fails {n} requirement, none binding here", "Fails {n} requirements, none binding here", failed
        )
    elif audited["verdict"] == "pass":
        first = words.text("Fails nothing")
    else:
        first = words.text("No failure known")
    if audited["grade"] and audited.get("dangerous"):
        # The score may be high: without the reason a grade capped by severity 4 reads as a contradiction.
        return words.text(
            "{compliance}; how usable: grade {grade}, since something impassable or dangerous is among them",
            compliance=first,
            grade=audited["grade"],
        )
    if audited["grade"]:
        return words.text("{compliance}; how usable: grade {grade}", compliance=first, grade=audited["grade"])
    return words.text("{compliance}; {grade}", compliance=first, grade=grade_text(audited, words))


def barrier_lines(states: pd.Series[str], weights: model.Weights, words: wording.Wording) -> list[str]:
    """Return for whom a site has a known and for whom a possible barrier, from its row of `barriers.by_site`."""
    whom = {
        state: [words.name(name) for key, name in weights.personas.items() if states[key] == state]
        for state in (barriers.KNOWN, barriers.POSSIBLE)
    }
    found = [f"{words.text(barriers.STATES[state])}: {', '.join(names)}" for state, names in whom.items() if names]
    return found or [words.text(barriers.STATES[barriers.NONE])]


def score_text(low: float, high: float, words: wording.Wording) -> str:
    """Return a score interval, one number where it is closed, a phrase where nothing applies."""
    if pd.isna(low):
        return words.text("no score")
    if high - low < 0.5:
        return words.text("score {score}", score=words.number(round(low), 0))
    return words.text("score {low} to {high}", low=words.number(round(low), 0), high=words.number(round(high), 0))
