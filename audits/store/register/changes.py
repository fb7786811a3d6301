"""Change the register of sites and elements: each change with who, when, why, and what it was before."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from audits.store.audit_log import hash_chain
from audits.store.db import column_types, connection, schema
from audits.store.register import checks, register

CHANGE = "register.change"
PREFIXES = {"ramp": "KK", "space": "SP"}


def change_site(
    store: connection.Store,
    code: str,
    changes: Mapping[str, Any],
    actor: str,
    reason: str,
    expected_version: int | None = None,
    changed_at: dt.datetime | None = None,
) -> int:
    """Change what the register says of a site; what it said before stays in its history.

    Parameters
    ----------
    store
        An open store.
    code
        The site.
    changes
        By names of :data:`audits.store.register.checks.CHANGEABLE`; ``geom`` is a point, EPSG:4326. A point that is
        given is said to come from `actor`, and a zone to be named rather than presumed.
    actor, reason
        Who changes it and why.
    expected_version, changed_at
        As in :func:`report_position`.

    Returns
    -------
    int
        The site's new version.

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
        values |= {"position_source": actor}
    if {"geom", "position_status"} & set(values):
        values |= {"position_note": reason}
    moment = column_types.instant(changed_at)
    with connection.writing(store) as records:
        row = register.changed(records, schema.site.c.code, code, values, expected_version, actor, moment)
        payload = {
            "reason": reason,
            "sites": {code: register.site_digest(row)},
            "elements": {},
            "changed": sorted(changes),
        }
        hash_chain.append(records, hash_chain.Entry(moment, actor, CHANGE, "site", code, hash_chain.canonical(payload)))
    return int(row["version"])


def change_element(
    store: connection.Store,
    element_id: str,
    changes: Mapping[str, Any],
    actor: str,
    reason: str,
    expected_version: int | None = None,
    changed_at: dt.datetime | None = None,
) -> int:
    """Change the label, the permit day or the retirement of an element; parameters and faults as for a site.

    Parameters
    ----------
    store, actor, reason, expected_version, changed_at
        As in :func:`change_site`.
    element_id
        The element.
    changes
        By names of :data:`audits.store.register.checks.CHANGEABLE_OF_ELEMENT`; ``permitted_on`` is a day or None.

    Returns
    -------
    int
        The element's new version.

    Raises
    ------
    audits.errors.RefusedError
        As :func:`change_site`.
    """
    checks.refuse((*checks.of_reason(reason), *checks.of_element_changes(element_id, changes)))
    moment = column_types.instant(changed_at)
    with connection.writing(store) as records:
        key = schema.element.c.element_id
        row = register.changed(records, key, element_id, changes, expected_version, actor, moment)
        payload = {
            "reason": reason,
            "sites": {},
            "elements": {element_id: register.element_digest(row)},
            "changed": sorted(changes),
        }
        hash_chain.append(
            records, hash_chain.Entry(moment, actor, CHANGE, "element", element_id, hash_chain.canonical(payload))
        )
    return int(row["version"])


def add_site(
    store: connection.Store,
    kind: str,
    values: Mapping[str, Any],
    actor: str,
    reason: str,
    added_at: dt.datetime | None = None,
) -> str:
    """Add one site, and return the code it was given: the next free number of its kind.

    Parameters
    ----------
    store
        An open store.
    kind
        ``ramp`` or ``space``.
    values
        As `changes` in :func:`change_site`; ``name_th`` and ``setting`` at least.
    actor, reason, added_at
        As in :func:`add_sites`.

    Raises
    ------
    audits.errors.RefusedError
        As :func:`change_site`.
    """
    checks.refuse(checks.of_kind(kind))
    blank: dict[str, Any] = dict.fromkeys(checks.SITE_COLUMNS, "") | {"geom": None, "retired": False}
    blank |= {"kind": kind, "zone": None, "position_accuracy_m": None, "position_status": "presumed"}
    row = {**blank, **values}
    row |= {"zone_basis": "" if row["zone"] is None else "named", "position_note": reason}
    row |= {"position_source": actor if row["geom"] is not None else ""}
    wanted = {name: row[name] for name in checks.CHANGEABLE} | dict(values)
    checks.refuse((*checks.of_reason(reason), *checks.of_changes(kind, wanted)))
    moment = column_types.instant(added_at)
    with connection.writing(store) as records:
        code = _next_code(records, PREFIXES[kind])
        row |= {"code": code}
        records.execute(sa.insert(schema.site).values(**row, updated_by=actor, updated_at=moment))
        payload = {"reason": reason, "sites": {code: register.site_digest(row)}, "elements": {}}
        hash_chain.append(
            records, hash_chain.Entry(moment, actor, register.ADD, "site", code, hash_chain.canonical(payload))
        )
    return code


def _next_code(records: sa.Connection, prefix: str) -> str:
    known = records.execute(sa.select(schema.site.c.code)).scalars()
    ends = [code.removeprefix(f"{prefix}-") for code in known if code.startswith(f"{prefix}-")]
    return f"{prefix}-{max((int(end) for end in ends if end.isdecimal()), default=0) + 1:03d}"


def reasons(store: connection.Store, entity_id: str) -> dict[dt.datetime, str]:
    """Return why a site or an element was changed, by the instant (UTC) of each change."""
    columns = schema.ledger.c
    query = sa.select(columns.happened_at, columns.payload).where(
        columns.entity_id == entity_id, columns.entity.in_(("site", "element"))
    )
    with connection.reading(store) as records:
        rows = records.execute(query.order_by(columns.sequence)).all()
    return {row.happened_at: str(json.loads(row.payload).get("reason", "")) for row in rows}
