"""Decide which elements are barriers for a persona: known, possible or none."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping

import pandas as pd

from audits import errors, wording
from audits import record as records
from audits.rules import model
from audits.scoring import run

KINDS = ("ramp", "kerb_ramp", "path", "obstacle", "crossing")
"""Kinds of element that a trip passes; doors, toilets and parking are not on the way."""

NEEDS_HELP = 3
"""Severity from which somebody cannot pass without help."""

MATTERS = 2
"""Relevance of 0 to 3 from which a requirement counts for a persona."""

KNOWN, POSSIBLE, NONE = "known", "possible", "none"
STATES: Mapping[str, str] = {
    KNOWN: wording.phrase("known barrier"),
    POSSIBLE: wording.phrase("possible barrier"),
    NONE: wording.phrase("no barrier"),
}
"""The surest first."""

KNOWN_ONLY, ALL_UNKNOWN = "known", "all-unknown"
CASES: Mapping[str, str] = {
    KNOWN_ONLY: wording.phrase("known barriers only"),
    ALL_UNKNOWN: wording.phrase("if everything unknown is a barrier"),
}
COUNTED: Mapping[str, tuple[str, ...]] = {KNOWN_ONLY: (KNOWN,), ALL_UNKNOWN: (KNOWN, POSSIBLE)}
"""States that stand in the way in each case."""

UNKNOWN_CASE = errors.ProblemKind("BARRIER-001", "“{written}” is no case of barriers; write one of these: {cases}.")
OLD_CASE = errors.ProblemKind(
    "BARRIER-002",
    "“{written}” is no longer used. Write “known” for known barriers only, or “all-unknown” for the case that "
    "everything unknown is a barrier.",
)
# links and scripts may still hold these
OLD_CASES = ("worst", "likely", "best")

# the sites named in a sentence; the others are counted
_MOST_NAMED = 10

# A borderline value may turn out either way, as one that nobody measured may.
_RANKS = {"fail": 0, "borderline": 1, "unknown": 1, "pass": 2, "not_applicable": 2}
_STATE_OF_RANK = dict(enumerate(STATES))


def case_of(written: str) -> str:
    """Return the case that a word names.

    Raises
    ------
    audits.errors.RefusedError
        When it is none of :data:`CASES`.
    """
    if written in CASES:
        return written
    kind = OLD_CASE if written in OLD_CASES else UNKNOWN_CASE
    raise errors.RefusedError((kind.at("--barriers", written=written, cases=", ".join(CASES)),))


def blocked_personas(criterion: model.Criterion) -> tuple[str, ...]:
    """Return the personas to whom a criterion matters, so that its failure is a barrier for them."""
    return tuple(persona for persona, relevance in criterion.personas.items() if relevance >= MATTERS)


def findings(record: records.AuditedRecord) -> pd.DataFrame:
    """Select the findings that decide whether an element is a barrier.

    Returns
    -------
    pandas.DataFrame
        Rows of :attr:`audits.scoring.run.Audit.findings` with the column ``kind`` of the element: severity
        :data:`NEEDS_HELP` or more, on an element of :data:`KINDS`, and of weight for some persona.
    """
    rows = record.audit.findings
    kinds = record.elements["kind"].reindex(rows["element_id"]).to_numpy()
    relevant = [name for name, one in record.criteria.criteria.items() if blocked_personas(one)]
    kept = rows.assign(kind=kinds)
    counted = kept["kind"].isin(KINDS) & kept["severity"].ge(NEEDS_HELP) & kept["criterion"].isin(relevant)
    return kept.loc[counted].reset_index(drop=True)


# several sections of a page ask for each record, and a record never changes
@functools.lru_cache(maxsize=4)
def _deciding(record: records.AuditedRecord) -> pd.DataFrame:
    """Return :func:`findings` under the elements that they are counted at."""
    rows = findings(record)
    return rows.assign(element_id=record.counted_as(rows["element_id"]))


@functools.lru_cache(maxsize=4)
def by_element(record: records.AuditedRecord) -> pd.DataFrame:
    """Return the state of each element on the way for each persona.

    Returns
    -------
    pandas.DataFrame
        Index ``element_id`` of the elements of :data:`KINDS`, joined ones once (see
        :meth:`audits.record.AuditedRecord.counted_as`), one column for each persona of the weights, values of
        :data:`STATES`: ``known`` where a finding fails, ``possible`` where none fails and one is borderline or not
        measured, else ``none``.
    """
    rows = _deciding(record)
    blocked = {name: list(blocked_personas(one)) for name, one in record.criteria.criteria.items()}
    ranked = pd.DataFrame(
        {
            "element_id": rows["element_id"],
            "persona": rows["criterion"].astype(str).map(blocked),
            "rank": rows["verdict"].astype(str).map(_RANKS),
        }
    ).explode("persona")
    on_the_way = elements_on_the_way(record)
    elements = on_the_way.index[on_the_way == on_the_way.index]
    surest = ranked.groupby(["element_id", "persona"])["rank"].min().unstack("persona")
    clear = len(_STATE_OF_RANK) - 1
    # an element without any such finding stands in nobody's way
    ranks = surest.reindex(index=elements, columns=list(record.weights.personas)).fillna(clear)
    return ranks.astype(int).replace(_STATE_OF_RANK).rename_axis(index="element_id", columns=None)


@functools.lru_cache(maxsize=4)
def until_surveyed(record: records.AuditedRecord) -> records.AuditedRecord:
    """Return the record in which what was built anew counts as it was before, until a survey shows whether it is open.

    Trips and works go by it: no way opens, and no price is lost, because somebody recorded that a thing is built.
    What no survey since has measured is as it was on the way only; everywhere else it is not known.
    """
    if not record.rebuilt:
        return record
    verdicts = _deciding(record).groupby("element_id", observed=True)["verdict"].agg(set)
    hidden = {str(name) for name, found in verdicts.items() if "unknown" in found and "fail" not in found}
    history = record.history
    waits = pd.Series(record.counted_as(history["element_id"]), index=history.index).isin(hidden)
    counts = waits | history.index.isin(record.measurements.index)
    changed = dataclasses.replace(record, measurements=history.loc[counts], key=f"{record.key} until surveyed")
    frames = changed.sites, changed.elements, changed.governing
    audit = run.run(*frames, record.criteria, record.weights, record.edition)
    return dataclasses.replace(changed, audit=records.with_waiting(audit, record.left_out))


def elements_on_the_way(record: records.AuditedRecord) -> pd.Series[str]:
    """Return the elements of :data:`KINDS` by their own ids, each as what :func:`by_element` counts it as."""
    names = record.elements.index[record.elements["kind"].isin(KINDS)]
    return pd.Series(record.counted_as(names), index=names, dtype=object)


def by_site(record: records.AuditedRecord) -> pd.DataFrame:
    """Return the surest state of the elements of each site for each persona.

    Returns
    -------
    pandas.DataFrame
        Index ``code`` of all sites, columns and values as from :func:`by_element`; a site that nobody has surveyed and
        that has no element on the way is ``possible``: nobody knows what stands there.
    """
    here = elements_on_the_way(record)
    order = {state: rank for rank, state in _STATE_OF_RANK.items()}
    ranks = by_element(record).replace(order).astype(int).reindex(here).set_axis(here.index)
    surest = ranks.groupby(record.elements["site_code"].reindex(ranks.index)).min().reindex(record.sites.index)
    visited = record.audit.sites["last_surveyed_on"].reindex(record.sites.index).notna()
    clear = visited.map({True: order[NONE], False: order[POSSIBLE]})
    states: pd.DataFrame = surest.apply(lambda column: column.fillna(clear)).astype(int).replace(_STATE_OF_RANK)
    return states.rename_axis(index="code", columns=None)


def surest_by_site(record: records.AuditedRecord, persona: str | None = None) -> pd.Series[str]:
    """Return the state of each site for one persona, or the surest over all of them when none is named.

    Returns
    -------
    pandas.Series
        Index ``code`` of all sites, values of :data:`STATES`.

    Raises
    ------
    KeyError
        When the weights name no such persona.
    """
    states = by_site(record)
    if persona is not None:
        return states[persona]
    order = {state: rank for rank, state in _STATE_OF_RANK.items()}
    return states.replace(order).astype(int).min(axis=1).map(_STATE_OF_RANK)


def measure_first(record: records.AuditedRecord, only: frozenset[str] | None = None) -> pd.DataFrame:
    """List the possible barriers with what to measure at each, the site with most of them first.

    An element that is a known barrier for somebody has a fix instead, and one at a site whose survey waits for approval
    needs that approval, see :func:`approve_first`.

    Parameters
    ----------
    record
        The audited record.
    only
        Ids of the elements that are asked for, as they are counted; all when None.

    Returns
    -------
    pandas.DataFrame
        Index ``element_id``; ``site_code``, ``kind``, ``personas`` (for whom it is a possible barrier), ``quantities``
        (not measured), ``again`` (borderline: measure again with a finer instrument) and ``minutes`` for all of them
        once. All but ``minutes`` and the first two are tuples of ids.
    """
    every = _possible(record, only)
    return every.loc[~every["site_code"].isin(record.left_out)]


def approve_first(record: records.AuditedRecord, only: frozenset[str] | None = None) -> pd.DataFrame:
    """List the possible barriers at sites whose survey waits for approval; columns as of :func:`measure_first`."""
    every = _possible(record, only)
    return every.loc[every["site_code"].isin(record.left_out)]


def waits(record: records.AuditedRecord, words: wording.Wording, only: frozenset[str] | None = None) -> list[str]:
    """State which possible barriers are to be approved before anybody measures them; nothing where none are."""
    first = approve_first(record, only)
    if first.empty:
        return []
    sites = list(dict.fromkeys(first["site_code"]))
    named = ", ".join(sites[:_MOST_NAMED])
    if len(sites) > _MOST_NAMED:
        named += f" {words.text('and {n} more', n=words.number(len(sites) - _MOST_NAMED, 0))}"
    sentence = words.count(
        "{n} possible barrier is at a site whose survey waits for approval: decide on it before anybody measures. "
        "Site: {sites}",
        "{n} possible barriers are at sites whose surveys wait for approval: decide on them before anybody measures. "
        "Sites: {sites}",
        len(first),
        sites=named,
    )
    return [sentence]


@functools.lru_cache(maxsize=8)
def _possible(record: records.AuditedRecord, only: frozenset[str] | None) -> pd.DataFrame:
    states, rows = by_element(record), _deciding(record)
    states = states if only is None else states.loc[states.index.isin(only)]
    possible = states.index[(states == POSSIBLE).any(axis=1) & ~(states == KNOWN).any(axis=1)]
    found = []
    for element_id, mine in rows.loc[rows["element_id"].isin(possible)].groupby("element_id", observed=True, sort=True):
        name = str(element_id)
        asked, again = (_asked(record, mine, verdict) for verdict in ("unknown", "borderline"))
        # What somebody looked at and could not measure is asked again only where nothing else is left.
        wanted = tuple(one for one in asked if (name, one) not in record.measured) or asked
        every = dict.fromkeys((*wanted, *again))
        found.append(
            {
                "element_id": name,
                "site_code": str(record.elements.loc[name, "site_code"]),
                "kind": str(record.elements.loc[name, "kind"]),
                "personas": tuple(one for one in states.columns if states.loc[name, one] == POSSIBLE),
                "quantities": wanted,
                "again": again,
                "minutes": sum(record.criteria.quantities[one].minutes for one in every),
            }
        )
    columns = ["element_id", "site_code", "kind", "personas", "quantities", "again", "minutes"]
    table = pd.DataFrame.from_records(found, columns=columns)
    at_site = table.groupby("site_code")["element_id"].transform("size")
    ordered = table.assign(at_site=at_site).sort_values(
        ["at_site", "site_code", "element_id"], ascending=[False, True, True]
    )
    return ordered.drop(columns="at_site").set_index("element_id")


def _asked(record: records.AuditedRecord, rows: pd.DataFrame, verdict: str) -> tuple[str, ...]:
    """Return the quantities that decide the findings with one verdict, in the order of the criteria."""
    found: dict[str, None] = {}
    for criterion_id in rows.loc[rows["verdict"] == verdict, "criterion"].astype(str):
        criterion = record.criteria.criteria[criterion_id]
        found[criterion.quantity.quantity_id] = None
        if verdict == "unknown":
            found |= {one.quantity_id: None for limit in criterion.limits if limit.scored for one in limit.asks_for}
    return tuple(found)
