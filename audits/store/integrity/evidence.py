"""Take out what the figures of sites rest on, and compare evidence with the audit log up to a head."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from audits import errors, survey, terms, wording
from audits.store.audit_log import hash_chain
from audits.store.db import connection, schema
from audits.store.integrity import expected, verify
from audits.store.register import rebuilt_elements, register, same_elements
from audits.store.surveys import read, rebuild, reviews

Value = TypeVar("Value")

NOT_LOGGED = errors.ProblemKind("RECEIPT-011", "The survey is not in the audit log up to the head of the receipt.")
OTHER_CONTENT = errors.ProblemKind("RECEIPT-012", "The survey has other content in the audit log.")
NOT_STANDING = errors.ProblemKind(
    "RECEIPT-013",
    "The survey did not stand at the head of the receipt: corrected, withdrawn, returned or not approved.",
)
LEFT_OUT = errors.ProblemKind("RECEIPT-014", "The audit log has this survey before the head; the receipt left it out.")
OTHER_REGISTER = errors.ProblemKind("RECEIPT-015", "The register had other content at the head of the receipt.")
OTHER_JOINS = errors.ProblemKind(
    "RECEIPT-017", "Other elements were joined as one thing at the head of the receipt, or a site of them is left out."
)
OTHER_REBUILDING = errors.ProblemKind(
    "RECEIPT-018", "Elements were built anew on other days at the head of the receipt."
)
ELEMENT_LEFT_OUT = errors.ProblemKind("RECEIPT-016", "The register knew this element; the receipt left it out.")


@dataclass(frozen=True)
class Evidence:
    """What the figures of some sites rest on.

    Register rows as canonical JSON by code and by element id, the surveys that count as canonical JSON in the order of
    their arrival, the engineer's decision on each by survey id, the edition they are judged by, the elements that
    are joined (see :func:`audits.store.register.same_elements.joined`), and the days on which elements were rebuilt
    (see :func:`audits.store.register.rebuilt_elements.days`).
    """

    sites: Mapping[str, str]
    elements: Mapping[str, str]
    surveys: tuple[str, ...]
    reviews: Mapping[str, str]
    edition: str
    joined: Mapping[str, str]
    rebuilt: Mapping[str, dt.date]


@dataclass(frozen=True)
class Scope:
    """Which surveys count: up to the end of a local day (None for all), all or the approved ones only."""

    as_of: dt.date | None = None
    approved_only: bool = False


def of_sites(
    store: connection.Store, codes: Collection[str], edition: str, scope: Scope
) -> tuple[Evidence, hash_chain.Head]:
    """Return the evidence of sites, and the head of the very same state of the record.

    A joined element rests on what was measured at its other sites too, so these come along.
    """
    before = read.head(store)
    joined = same_elements.joined(store)
    rebuilt = rebuilt_elements.days(store, scope.as_of)
    codes = _with_joined_sites(codes, joined)
    measured = read.measurements(store, scope.as_of, approved_only=scope.approved_only)
    counted = dict(zip(measured["survey_id"], measured["review"], strict=True))
    with connection.reading(store) as records:
        head = hash_chain.head(records)
        columns = schema.survey.c
        here = sa.select(columns.survey_id).where(columns.site_code.in_(codes)).order_by(columns.fid)
        wanted = [name for name in records.execute(here).scalars() if name in counted]
        surveys = tuple(survey.canonical(one) for one in rebuild.surveys(records, wanted))
        sites = records.execute(schema.site.select().where(schema.site.c.code.in_(codes)).order_by(schema.site.c.code))
        found = schema.element.select().where(schema.element.c.site_code.in_(codes))
        elements = records.execute(found.order_by(schema.element.c.element_id))
        evidence = Evidence(
            sites={row["code"]: register.text(row) for row in sites.mappings()},
            elements={row["element_id"]: register.text(row) for row in elements.mappings()},
            surveys=surveys,
            reviews={name: counted[name] for name in wanted},
            edition=edition,
            joined=_at(codes, joined),
            rebuilt=_at(codes, rebuilt),
        )
    if head != before:
        # Somebody wrote between the two readings.
        return of_sites(store, codes, edition, scope)
    return evidence, head


def compare(
    store: connection.Store, evidence: Evidence, head: hash_chain.Head, scope: Scope
) -> Iterator[errors.Problem]:
    """Yield a problem for everything in a receipt's evidence that differs from the audit log up to its head.

    The record is the one that the receipt was made from, or a later state of it.
    """
    logged = expected.Expected()
    with connection.reading(store) as records:
        yield from verify.against_head(records, head)
        for _, entry in expected.entries(records, up_to=head.sequence):
            logged.add(entry)
    written = {name: payload for name, (_, payload, _) in logged.surveys.items()}
    counting = _counting(written, logged.decisions, set(evidence.sites), scope)
    brought = {str(json.loads(text)["survey_id"]): text for text in evidence.surveys}
    for name in sorted(brought.keys() | counting):
        if name not in written:
            yield NOT_LOGGED.at(name)
        elif name not in brought:
            yield LEFT_OUT.at(name)
        elif brought[name] != written[name]:
            yield OTHER_CONTENT.at(name)
        elif name not in counting or evidence.reviews.get(name) != logged.decisions.get(name, reviews.SUBMITTED):
            yield NOT_STANDING.at(name)
    statements = (json.loads(payload) for payload in logged.rows.get(same_elements.ACTION, ()))
    joined = same_elements.replay((one["element_id"], one["same_as"], one["one"]) for one in statements)
    if _at(evidence.sites, joined) != evidence.joined or _with_joined_sites(evidence.sites, joined) != set(
        evidence.sites
    ):
        yield OTHER_JOINS.at("register")
    if _at(evidence.sites, _rebuilt(logged, scope.as_of)) != evidence.rebuilt:
        yield OTHER_REBUILDING.at("register")
    yield from _register(evidence.sites, logged.sites)
    yield from _register(evidence.elements, logged.elements)
    for name in sorted(logged.elements.keys() - evidence.elements.keys()):
        if terms.site_of(name) in evidence.sites:
            yield ELEMENT_LEFT_OUT.at(name)


def _rebuilt(logged: expected.Expected, as_of: dt.date | None) -> dict[str, dt.date]:
    rows = (json.loads(payload) for payload in logged.rows.get(rebuilt_elements.ACTION, ()))
    stated = ((one["element_id"], dt.date.fromisoformat(one["rebuilt_on"]), one["rebuilt"]) for one in rows)
    return rebuilt_elements.replay(stated, as_of)


def _at(codes: Collection[str], of_elements: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in of_elements.items() if terms.site_of(name) in codes}


def _with_joined_sites(codes: Collection[str], joined: Mapping[str, str]) -> set[str]:
    """Return the codes with those of every site that an element of theirs is joined to, directly or through others."""
    found = set(codes)
    pairs = [{terms.site_of(name), terms.site_of(kept)} for name, kept in joined.items()]
    while grown := {code for pair in pairs if pair & found for code in pair} - found:
        found |= grown
    return found


def _counting(written: Mapping[str, str], decided: Mapping[str, str], codes: Collection[str], scope: Scope) -> set[str]:
    """Return the surveys of some sites that counted, by the rule of :func:`audits.store.surveys.read.measurements`."""
    visits = {name: survey.parsed(text) for name, text in written.items()}
    if scope.as_of is not None:
        # The end of the day is that of the town, wherever the phone was.
        days = {name: wording.local_day(visit.observed_at) for name, visit in visits.items()}
        visits = {name: visit for name, visit in visits.items() if days[name] <= scope.as_of}
    # among the visits of those days: a later correction did not stand yet
    corrected = {visit.supersedes for visit in visits.values()}
    return {
        name
        for name, visit in visits.items()
        if visit.site_code in codes
        and visit.status == "final"
        and visit.measurements
        and name not in corrected
        and (decided.get(name) == reviews.APPROVED if scope.approved_only else decided.get(name) != reviews.RETURNED)
    }


def _register(brought: Mapping[str, str], logged: Mapping[str, str]) -> Iterator[errors.Problem]:
    for name, text in brought.items():
        if hashlib.sha256(text.encode()).hexdigest() != logged.get(name):
            yield OTHER_REGISTER.at(name)
