"""Keep which elements of the register are one physical thing: every statement a row, the last on a pair counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from audits import errors
from audits.store.audit_log import events
from audits.store.db import connection, element_tables, schema
from audits.store.register import checks

ACTION = "register.same"

ITSELF = errors.ProblemKind("STORE-221", "{name} is named twice; name two elements.")
OTHER_KIND = errors.ProblemKind("STORE-222", "{name} and {other} are of different kinds; one thing is of one kind.")
ONE_SITE = errors.ProblemKind(
    "STORE-223", "{name} and {other} are at one site; retire the one that was recorded twice."
)
RETIRED = errors.ProblemKind("STORE-224", "{name} is retired; only elements that still stand can be joined.")
JOINED_BEFORE = errors.ProblemKind("STORE-225", "{name} is joined to {other} already; take that back first.")
NOT_ONE = errors.ProblemKind("STORE-226", "It stands in the register already that {name} and {other} are two things.")


def join(
    store: connection.Store, kept: str, other: str, actor: str, reason: str, at: dt.datetime | None = None
) -> None:
    """Record that two elements are one physical thing, which is counted and mended once, under the id of `kept`.

    Parameters
    ----------
    kept, other
        Ids of two elements of one kind at two sites. `other` may be joined to nothing else; what is joined to it
        already, and to what `kept` is joined, is taken along.
    reason
        How it is known, for the audit log.

    Raises
    ------
    audits.errors.RefusedError
        With every problem: no reason, an unknown or retired element, two kinds, one site, a pair joined before.
    audits.errors.NotAllowedError
        When this role may not join elements.
    """
    _record(store, kept, other, actor, reason, at, one=True)


def separate(
    store: connection.Store, one: str, other: str, actor: str, reason: str, at: dt.datetime | None = None
) -> None:
    """Record that two elements are two things: takes a join back, and answers a pair that was only presumed.

    Raises
    ------
    audits.errors.RefusedError, audits.errors.NotAllowedError
        As :func:`join`; also when this was recorded before.
    """
    _record(store, one, other, actor, reason, at, one=False)


def joined(store: connection.Store) -> dict[str, str]:
    """Return the id under which each joined element is counted, by the ids of the others."""
    with connection.reading(store) as records:
        return replay(_statements(records))


def apart(store: connection.Store) -> frozenset[frozenset[str]]:
    """Return the pairs of which somebody recorded that they are two things."""
    with connection.reading(store) as records:
        return frozenset(pair for pair, (_, _, one) in _last(_statements(records)).items() if not one)


def stated(records: sa.Connection) -> frozenset[str]:
    """Return the ids of all elements that a statement names, whether as one thing or as two."""
    return frozenset(name for *pair, _ in _statements(records) for name in pair)


def members(records: sa.Connection, element_id: str) -> tuple[str, ...]:
    """Return the ids of everything that is one thing with an element, its own first; what is retired counts no more."""
    found = replay(_statements(records))
    root = found.get(element_id, element_id)
    group = {root, *(name for name, kept in found.items() if kept == root)} - {element_id}
    columns = schema.element.c
    query = sa.select(columns.element_id).where(columns.element_id.in_(group), ~columns.retired)
    return (element_id, *sorted(records.execute(query).scalars()))


def remaining(found: Mapping[str, str], present: Iterable[str]) -> dict[str, str]:
    """Return the joins among the elements that are present; where the one that was kept is gone, the first stands in.

    Examples
    --------
    >>> remaining({"SP-1.ramp.1": "KK-1.ramp.1"}, ["SP-1.ramp.1"])
    {}
    """
    here, groups = set(present), dict[str, list[str]]()
    for name, kept in sorted(found.items()):
        groups.setdefault(kept, [kept]).append(name)
    left = ([name for name in group if name in here] for group in groups.values())
    return {name: group[0] for group in left for name in group[1:]}


def replay(statements: Iterable[tuple[str, str, bool]]) -> dict[str, str]:
    """Apply statements in their order: an element, what it is the same as, whether so; gives :func:`joined`."""
    found = {name: kept for name, kept, one in _last(statements).values() if one}

    def root(name: str) -> str:
        # it ends, since joining what is in one group already is refused
        while name in found:
            name = found[name]
        return name

    return {name: root(kept) for name, kept in found.items()}


def _statements(records: sa.Connection) -> list[tuple[str, str, bool]]:
    columns = element_tables.same.c
    query = sa.select(columns.element_id, columns.same_as, columns.one).order_by(columns.fid)
    return [(row.element_id, row.same_as, row.one) for row in records.execute(query)]


def _last(statements: Iterable[tuple[str, str, bool]]) -> dict[frozenset[str], tuple[str, str, bool]]:
    # by the pair, whichever of the two was named first
    return {frozenset(one[:2]): one for one in statements}


def _record(
    store: connection.Store,
    kept: str,
    other: str,
    actor: str,
    reason: str,
    at: dt.datetime | None,
    *,
    one: bool,
) -> None:
    checks.refuse(checks.of_reason(reason))
    with connection.writing(store) as records:
        checks.refuse(_problems(records, kept, other, one=one))
        values = {"element_id": other, "same_as": kept, "one": one, "reason": reason.strip()}
        events.add(records, ACTION, values, actor, at)


def _problems(records: sa.Connection, kept: str, other: str, *, one: bool) -> tuple[errors.Problem, ...]:
    if kept == other:
        return (ITSELF.at(other, name=other),)
    groups = members(records, kept), members(records, other)
    query = sa.select(schema.element).where(schema.element.c.element_id.in_((*groups[0], *groups[1])))
    rows = {row["element_id"]: row for row in records.execute(query).mappings()}
    unknown = tuple(checks.NOT_REGISTERED.at(name, name=name) for name in (kept, other) if name not in rows)
    if unknown:
        return unknown
    if not one:
        last = _last(_statements(records)).get(frozenset((kept, other)))
        return (NOT_ONE.at(other, name=other, other=kept),) if last is not None and not last[2] else ()
    joined_to = replay(_statements(records)).get(other, "") or (kept if set(groups[0]) & set(groups[1]) else "")
    if joined_to:
        return (JOINED_BEFORE.at(other, name=other, other=joined_to),)
    # by whole groups: two of one site must not become one thing by way of a third
    sites = [{rows[name]["site_code"] for name in group} for group in groups]
    faults = (OTHER_KIND, rows[kept]["kind"] != rows[other]["kind"]), (ONE_SITE, bool(sites[0] & sites[1]))
    retired = (RETIRED.at(name, name=name) for name in (kept, other) if rows[name]["retired"])
    return (*retired, *(kind.at(other, name=other, other=kept) for kind, wrong in faults if wrong))
