"""Change the register of sites and elements: each change with who, when, why, and what it was before."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
import sqlalchemy as sa

from audits.store.audit_log import events
from audits.store.db import column_types, connection, schema
from audits.store.register import checks, register

CHANGE = "register.change"
POSITION = "register.position"
PERMIT = "register.permit"


@dataclass(frozen=True)
class Signature:
    """Who changes the register and why, the version that they looked at (None: any), and when (None: now)."""

    actor: str
    reason: str
    expected_version: int | None
    at: dt.datetime | None


def change_site(
    store: connection.Store,
    code: str,
    changes: Mapping[str, Any],
    actor: str,
    reason: str,
    expected_version: int | None = None,
    changed_at: dt.datetime | None = None,
) -> int:
    """Change a site of the register and return its new version; the earlier one stays in its history.

    Parameters
    ----------
    changes
        By names of :data:`audits.store.register.checks.CHANGEABLE`; ``geom`` is a point, EPSG:4326. A point that is
        given is recorded as coming from `actor`, and a zone as named rather than presumed.
    expected_version
        The version the actor looked at; None to skip the check.

    Raises
    ------
    audits.errors.RefusedError
        With every fault: no reason, unknown columns or words, an impossible point; or when someone else changed the
        site meanwhile.
    """
    checks.refuse((*checks.of_reason(reason), *checks.of_changes(code, changes)))
    values = dict(changes)
    if "zone" in values:
        values["zone_basis"] = "" if values["zone"] is None else "named"
    if "geom" in values:
        values["position_source"] = actor
    # the note says why the position is as it is; a change of anything else leaves it
    if {"geom", "position_status"} & set(values):
        values["position_note"] = reason
    signature = Signature(actor, reason, expected_version, changed_at)
    content = {"elements": {}, "changed": sorted(changes)}
    return _update(store, schema.site, code, values, CHANGE, content, signature)


def change_element(
    store: connection.Store,
    element_id: str,
    changes: Mapping[str, Any],
    actor: str,
    reason: str,
    expected_version: int | None = None,
    changed_at: dt.datetime | None = None,
) -> int:
    """Change the label, permit day or retirement of an element, and return its new version.

    Parameters
    ----------
    changes
        By names of :data:`audits.store.register.checks.CHANGEABLE_OF_ELEMENT`; ``permitted_on`` is a day or None.

    Raises
    ------
    audits.errors.RefusedError
        As :func:`change_site`.
    """
    faults = checks.of_changes(element_id, changes, checks.CHANGEABLE_OF_ELEMENT)
    checks.refuse((*checks.of_reason(reason), *faults))
    signature = Signature(actor, reason, expected_version, changed_at)
    content = {"sites": {}, "changed": sorted(changes)}
    return _update(store, schema.element, element_id, changes, CHANGE, content, signature)


def report_position(
    store: connection.Store,
    code: str,
    status: str,
    actor: str,
    reason: str,
    point: shapely.Point | None = None,
    accuracy_m: float | None = None,
    expected_version: int | None = None,
    reported_at: dt.datetime | None = None,
) -> int:
    """Record what a visit found out about the position of a site, and return the new version of the site.

    Parameters
    ----------
    status
        One of :data:`audits.survey.POSITION_STATUSES`.
    reason
        Why; it becomes the note of the position.
    point
        Where it is, EPSG:4326; None leaves the point as it is.
    accuracy_m
        Accuracy of `point` in metres; None when not known.

    Raises
    ------
    audits.errors.RefusedError
        When the site or the word is unknown, the point impossible, or someone else changed the site meanwhile.
    """
    signature = Signature(actor, reason, expected_version, reported_at)
    with connection.writing(store) as records:
        return position_within(records, code, status, signature, point, accuracy_m)


def position_within(
    records: sa.Connection,
    code: str,
    status: str,
    signature: Signature,
    point: shapely.Point | None = None,
    accuracy_m: float | None = None,
) -> int:
    """Record what a visit found out about the position of a site in the caller's transaction.

    Parameters and errors as in :func:`report_position`.
    """
    faults = (*checks.of_reason(signature.reason), *checks.of_position(code, status, point, accuracy_m))
    checks.refuse(faults)
    values: dict[str, object] = {"position_status": status, "position_note": signature.reason}
    if point is not None:
        values |= {"geom": point, "position_accuracy_m": accuracy_m, "position_source": signature.actor}
    content = {"status": status, "moved": point is not None}
    return _update_within(records, schema.site, code, values, POSITION, content, signature)


def set_permit(
    store: connection.Store,
    element_id: str,
    permitted_on: dt.date | None,
    actor: str,
    reason: str,
    expected_version: int | None = None,
    set_at: dt.datetime | None = None,
) -> int:
    """Record when an element was permitted or built, which decides the edition of the law; return its new version.

    Parameters
    ----------
    permitted_on
        The day; None when it is not known after all.

    Raises
    ------
    audits.errors.RefusedError
        When the element is unknown, no reason is given, or someone else changed the element meanwhile.
    """
    checks.refuse(checks.of_reason(reason))
    signature = Signature(actor, reason, expected_version, set_at)
    content = {"permitted_on": None if permitted_on is None else permitted_on.isoformat()}
    return _update(store, schema.element, element_id, {"permitted_on": permitted_on}, PERMIT, content, signature)


def reasons(store: connection.Store, entity_id: str) -> dict[dt.datetime, str]:
    """Return why a site or an element was changed, by the instant (UTC) of each change."""
    columns = schema.ledger.c
    query = sa.select(columns.happened_at, columns.payload).where(
        columns.entity_id == entity_id, columns.entity.in_(("site", "element"))
    )
    with connection.reading(store) as records:
        rows = records.execute(query.order_by(columns.sequence)).all()
    return {row.happened_at: str(json.loads(row.payload).get("reason", "")) for row in rows}


def _update(
    store: connection.Store,
    table: sa.Table,
    name: str,
    values: Mapping[str, object],
    action: str,
    content: Mapping[str, object],
    signature: Signature,
) -> int:
    with connection.writing(store) as records:
        return _update_within(records, table, name, values, action, content, signature)


def _update_within(
    records: sa.Connection,
    table: sa.Table,
    name: str,
    values: Mapping[str, object],
    action: str,
    content: Mapping[str, object],
    signature: Signature,
) -> int:
    """Update one row, log it with `content`, and return the new version of the row."""
    key = table.c.code if table is schema.site else table.c.element_id
    moment = column_types.instant(signature.at)
    # For update: in a shared database a GIS may be editing the row at this moment.
    version = records.execute(sa.select(table.c.version).where(key == name).with_for_update()).scalar()
    if version is None:
        checks.refuse((checks.NOT_REGISTERED.at(name, name=name),))
    if signature.expected_version not in (None, version):
        checks.refuse((checks.CHANGED_MEANWHILE.at(name, name=name),))
    stamp = {"updated_by": signature.actor, "updated_at": moment}
    records.execute(sa.update(table).where(key == name).values(**values, **stamp))
    # Read back: a trigger has counted the version, and the digest must be that of the row as it is kept.
    row = dict(records.execute(sa.select(table).where(key == name)).mappings().one())
    logged = {"reason": signature.reason, f"{table.name}s": {name: register.digest(row)}, **content}
    events.write(records, action, table.name, name, logged, signature.actor, moment)
    return int(row["version"])
