"""Take out what figures rest on, and compare what somebody brings with the ledger up to a head."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from audits import errors, receipt, survey, wording
from audits.store.audit_log import hash_chain
from audits.store.db import connection, schema
from audits.store.integrity import verify
from audits.store.register import register
from audits.store.surveys import read, rebuild, reviews

NOT_IN_LEDGER = errors.ProblemKind("RECEIPT-011", "The survey is not in the ledger up to the head of the receipt.")
OTHER_CONTENT = errors.ProblemKind("RECEIPT-012", "The survey says something else in the ledger.")
NOT_STANDING = errors.ProblemKind(
    "RECEIPT-013",
    "The survey did not stand at the head of the receipt: corrected, withdrawn, returned or not approved.",
)
LEFT_OUT = errors.ProblemKind("RECEIPT-014", "The ledger tells of this survey up to the head; the receipt left it out.")
OTHER_REGISTER = errors.ProblemKind("RECEIPT-015", "The register said something else at the head of the receipt.")
ELEMENT_LEFT_OUT = errors.ProblemKind("RECEIPT-016", "The register knew this element; the receipt left it out.")


@dataclass(frozen=True)
class Scope:
    """Which surveys count: up to the end of a day in Bangkok (None for all), all or the approved ones only."""

    as_of: dt.date | None = None
    approved_only: bool = False


def of_sites(
    store: connection.Store, codes: Collection[str], edition: str, scope: Scope
) -> tuple[receipt.Evidence, hash_chain.Head]:
    """Return what the figures of sites rest on, and the head of the very same state of the record.

    Parameters
    ----------
    store
        An open store.
    codes
        Sites of the register.
    edition
        As in :func:`audits.scoring.run.run`.
    scope
        Which surveys count.
    """
    before = read.head(store)
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
        evidence = receipt.Evidence(
            sites={row["code"]: register.site_text(dict(row)) for row in sites.mappings()},
            elements={row["element_id"]: register.element_text(dict(row)) for row in elements.mappings()},
            surveys=surveys,
            reviews={name: counted[name] for name in wanted},
            edition=edition,
        )
    if head != before:
        # somebody wrote between the two readings
        return of_sites(store, codes, edition, scope)
    return evidence, head


def against_ledger(
    store: connection.Store, evidence: receipt.Evidence, head: hash_chain.Head, scope: Scope
) -> Iterator[errors.Problem]:
    """Yield a problem for everything that the ledger up to a head tells otherwise.

    Parameters
    ----------
    store
        The record that the receipt was made from, or a later state of it.
    evidence
        What the receipt rests on.
    head
        The head in the receipt.
    scope
        Which surveys count there.
    """
    with connection.reading(store) as records:
        yield from verify.against_head(records, head)
        told, decided = _told(records, head)
    written = {name: payload for name, (_, payload, _) in told.surveys.items()}
    standing = _standing(written, decided, set(evidence.sites), scope)
    brought = {str(json.loads(text)["survey_id"]): text for text in evidence.surveys}
    for name in sorted(brought.keys() | standing):
        if name not in written:
            yield NOT_IN_LEDGER.at(name)
        elif name not in brought:
            yield LEFT_OUT.at(name)
        elif brought[name] != written[name]:
            yield OTHER_CONTENT.at(name)
        elif name not in standing or evidence.reviews.get(name) != decided.get(name, reviews.SUBMITTED):
            yield NOT_STANDING.at(name)
    yield from _register(evidence.sites, told.sites)
    yield from _register(evidence.elements, told.elements)
    of_sites = tuple(f"{code}." for code in evidence.sites)
    for name in sorted(told.elements.keys() - evidence.elements.keys()):
        if name.startswith(of_sites):
            yield ELEMENT_LEFT_OUT.at(name)


def _told(records: sa.Connection, head: hash_chain.Head) -> tuple[verify.Told, dict[str, str]]:
    told, decided = verify.Told(), {}
    query = sa.select(schema.ledger).where(schema.ledger.c.sequence <= head.sequence)
    for row in records.execute(query.order_by(schema.ledger.c.sequence)):
        entry = hash_chain.Entry(row.happened_at, row.actor, row.action, row.entity, row.entity_id, row.payload)
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            verify.listen(told, entry)
            if entry.action == reviews.ACTION:
                content = json.loads(entry.payload)
                decided[str(content["survey_id"])] = str(content["decision"])
    return told, decided


def _standing(written: Mapping[str, str], decided: Mapping[str, str], codes: Collection[str], scope: Scope) -> set[str]:
    """Return the surveys of some sites that counted, by the rule of :func:`audits.store.surveys.read.measurements`."""
    seen = {name: survey.parsed(text) for name, text in written.items()}
    if scope.as_of is not None:
        seen = {name: one for name, one in seen.items() if _day(one.observed_at) <= scope.as_of}
    corrected = {one.supersedes for one in seen.values()}
    return {
        name
        for name, one in seen.items()
        if one.site_code in codes
        and one.status == "final"
        and one.measurements
        and name not in corrected
        and _counts(decided.get(name, reviews.SUBMITTED), scope)
    }


def _day(instant: dt.datetime) -> dt.date:
    return instant.astimezone(wording.BANGKOK).date()


def _counts(decision: str, scope: Scope) -> bool:
    return decision == reviews.APPROVED if scope.approved_only else decision != reviews.RETURNED


def _register(brought: Mapping[str, str], told: Mapping[str, str]) -> Iterator[errors.Problem]:
    for name, text in brought.items():
        if hashlib.sha256(text.encode()).hexdigest() != told.get(name):
            yield OTHER_REGISTER.at(name)
