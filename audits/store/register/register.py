"""Keep the register of sites and elements: each change with who, when and why."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import sqlalchemy as sa

from audits.store.audit_log import hash_chain
from audits.store.db import column_types, connection, schema
from audits.store.register import checks

ADD = "register.add"
POSITION = "register.position"
PERMIT = "register.permit"


def add_sites(
    store: connection.Store,
    sites: gpd.GeoDataFrame,
    elements: pd.DataFrame,
    actor: str,
    reason: str,
    added_at: dt.datetime | None = None,
) -> hash_chain.Head:
    """Add sites and elements to the register, all or none.

    Parameters
    ----------
    store
        An open store.
    sites
        Index ``code``; columns :data:`audits.store.register.checks.SITE_COLUMNS`; points in any CRS, or none where
        nobody knows. May be empty.
    elements
        Index ``element_id``; columns :data:`audits.store.register.checks.ELEMENT_COLUMNS`; each at one of `sites` or at
        a site in the register. May be empty.
    actor, reason
        Who adds them and why, for the ledger.
    added_at
        Instant; now when None.

    Returns
    -------
    audits.store.audit_log.hash_chain.Head
        The ledger's new head.

    Raises
    ------
    audits.errors.RefusedError
        With every fault: unknown or missing columns, unknown words, impossible points, codes that are here already.
    """
    checks.refuse((*checks.of_reason(reason), *checks.of_frames(sites, elements)))
    moment = column_types.instant(added_at)
    stamps = {"retired": False, "updated_by": actor, "updated_at": moment}
    site_rows = [{**row, **stamps} for row in _site_rows(sites)]
    element_rows = [{**row, **stamps} for row in _element_rows(elements)]
    payload = {
        "reason": reason,
        "sites": {str(row["code"]): site_digest(row) for row in site_rows},
        "elements": {str(row["element_id"]): element_digest(row) for row in element_rows},
    }
    with connection.writing(store) as records:
        checks.refuse(checks.against_store(records, site_rows, element_rows))
        for table, rows in ((schema.site, site_rows), (schema.element, element_rows)):
            if rows:
                records.execute(sa.insert(table), rows)
        entry = hash_chain.Entry(moment, actor, ADD, "register", "", hash_chain.canonical(payload))
        return hash_chain.append(records, entry)


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
    """Record what a visit says of the position of a site; what was known before stays in its history.

    Parameters
    ----------
    store
        An open store.
    code
        The site.
    status
        One of :data:`audits.survey.POSITION_STATUSES`.
    actor, reason
        Who reports it and why; the reason becomes the note of the position.
    point
        Where it is, EPSG:4326; None leaves the point as it is.
    accuracy_m
        Accuracy of `point` in metres; None when not known.
    expected_version
        The version the actor looked at; None to skip the check.
    reported_at
        Instant; now when None.

    Returns
    -------
    int
        The site's new version.

    Raises
    ------
    audits.errors.RefusedError
        When the site or the word is unknown, the point impossible, or someone else changed the site meanwhile.
    """
    checks.refuse((*checks.of_reason(reason), *checks.of_position(code, status, point, accuracy_m)))
    values: dict[str, object] = {"position_status": status, "position_note": reason}
    if point is not None:
        values |= {"geom": point, "position_accuracy_m": accuracy_m, "position_source": actor}
    moment = column_types.instant(reported_at)
    with connection.writing(store) as records:
        row = changed(records, schema.site.c.code, code, values, expected_version, actor, moment)
        payload = {"reason": reason, "sites": {code: site_digest(row)}, "status": status, "moved": point is not None}
        hash_chain.append(
            records, hash_chain.Entry(moment, actor, POSITION, "site", code, hash_chain.canonical(payload))
        )
    return int(row["version"])


def set_permit(
    store: connection.Store,
    element_id: str,
    permitted_on: dt.date | None,
    actor: str,
    reason: str,
    expected_version: int | None = None,
    set_at: dt.datetime | None = None,
) -> int:
    """Record when an element was permitted or built, which decides the edition of the law.

    Parameters
    ----------
    store
        An open store.
    element_id
        The element.
    permitted_on
        The day; None when it is not known after all.
    actor, reason
        Who says so and on what evidence.
    expected_version, set_at
        As in :func:`report_position`.

    Returns
    -------
    int
        The element's new version.

    Raises
    ------
    audits.errors.RefusedError
        When the element is unknown, no reason is given, or someone else changed the element meanwhile.
    """
    checks.refuse(checks.of_reason(reason))
    moment = column_types.instant(set_at)
    values = {"permitted_on": permitted_on}
    with connection.writing(store) as records:
        key = schema.element.c.element_id
        row = changed(records, key, element_id, values, expected_version, actor, moment)
        payload = {
            "reason": reason,
            "elements": {element_id: element_digest(row)},
            "permitted_on": None if permitted_on is None else permitted_on.isoformat(),
        }
        hash_chain.append(
            records, hash_chain.Entry(moment, actor, PERMIT, "element", element_id, hash_chain.canonical(payload))
        )
    return int(row["version"])


def add_element(
    store: connection.Store,
    site_code: str,
    kind: str,
    label: str,
    actor: str,
    reason: str,
    permitted_on: dt.date | None = None,
    added_at: dt.datetime | None = None,
) -> str:
    """Add one element to a site, and return the id it was given: site code, kind and the next free number.

    Raises
    ------
    audits.errors.RefusedError
        When the site or the kind is unknown, or no reason is given.
    """
    checks.refuse(checks.of_reason(reason))
    moment = column_types.instant(added_at)
    with connection.writing(store) as records:
        row = {
            "element_id": _next_element_id(records, site_code, kind),
            "site_code": site_code,
            "kind": kind,
            "label": label,
            "permitted_on": permitted_on,
            "source": "register",
            "retired": False,
        }
        frame = pd.DataFrame([row]).set_index("element_id")[list(checks.ELEMENT_COLUMNS)]
        checks.refuse((*checks.of_elements(frame), *checks.against_store(records, (), (row,))))
        records.execute(sa.insert(schema.element).values(**row, updated_by=actor, updated_at=moment))
        element_id = str(row["element_id"])
        payload = {"reason": reason, "sites": {}, "elements": {element_id: element_digest(row)}}
        hash_chain.append(
            records, hash_chain.Entry(moment, actor, ADD, "element", element_id, hash_chain.canonical(payload))
        )
    return element_id


def site_digest(row: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what the register says of a site, for the ledger."""
    return hashlib.sha256(site_text(row).encode()).hexdigest()


def site_text(row: Mapping[str, Any]) -> str:
    """Return what the register says of a site as canonical JSON."""
    point = row["geom"]
    content = {name: row[name] for name in ("code", "retired", *checks.SITE_COLUMNS)}
    return hash_chain.canonical({**content, "geom": None if point is None else [point.x, point.y]})


def element_digest(row: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what the register says of an element, for the ledger."""
    return hashlib.sha256(element_text(row).encode()).hexdigest()


def element_text(row: Mapping[str, Any]) -> str:
    """Return what the register says of an element as canonical JSON."""
    day = row["permitted_on"]
    content = {name: row[name] for name in ("element_id", "retired", *checks.ELEMENT_COLUMNS)}
    return hash_chain.canonical({**content, "permitted_on": None if day is None else day.isoformat()})


def changed(
    records: sa.Connection,
    key: sa.Column[str],
    name: str,
    values: Mapping[str, object],
    expected_version: int | None,
    actor: str,
    moment: dt.datetime,
) -> Mapping[str, Any]:
    """Change one row in the caller's transaction, and return it as it is then.

    Raises
    ------
    audits.errors.RefusedError
        When there is no such row, or someone else changed it since `expected_version`.
    """
    table = key.table
    # For update: in a shared database a GIS may be editing the row at this moment.
    version = records.execute(sa.select(table.c.version).where(key == name).with_for_update()).scalar()
    if version is None:
        checks.refuse((checks.NOT_REGISTERED.at(name, name=name),))
    if expected_version not in (None, version):
        checks.refuse((checks.CHANGED_MEANWHILE.at(name, name=name),))
    records.execute(sa.update(key.table).where(key == name).values(**values, updated_by=actor, updated_at=moment))
    return dict(records.execute(sa.select(table).where(key == name)).mappings().one())


def _next_element_id(records: sa.Connection, site_code: str, kind: str) -> str:
    prefix = f"{site_code}.{kind}."
    columns = schema.element.c
    same_site = sa.select(columns.element_id).where(columns.site_code == site_code)
    taken = {known.removeprefix(prefix) for known in records.execute(same_site).scalars() if known.startswith(prefix)}
    number = max((int(end) for end in taken if end.isdecimal()), default=0) + 1
    return f"{prefix}{number}"


def _site_rows(sites: gpd.GeoDataFrame) -> Iterator[dict[str, object]]:
    points = sites.geometry if len(sites) == 0 else sites.geometry.to_crs(column_types.WGS84)
    for (code, row), point in zip(sites[list(checks.SITE_COLUMNS)].iterrows(), points, strict=True):
        accuracy, zone = row["position_accuracy_m"], row["zone"]
        yield {
            **{str(name): str(value) for name, value in row.items()},
            "code": str(code),
            "zone": None if pd.isna(zone) else int(zone),
            "position_accuracy_m": None if pd.isna(accuracy) else float(accuracy),
            "geom": None if point is None or point.is_empty else shapely.Point(point.x, point.y),
        }


def _element_rows(elements: pd.DataFrame) -> Iterator[dict[str, object]]:
    for element_id, row in elements[list(checks.ELEMENT_COLUMNS)].iterrows():
        day = row["permitted_on"]
        yield {
            **{str(name): str(value) for name, value in row.items()},
            "element_id": str(element_id),
            "permitted_on": None if pd.isna(day) else pd.Timestamp(day).date(),
        }
