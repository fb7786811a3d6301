"""Add sites and elements to the register, and write what it says of them as text."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import sqlalchemy as sa

from audits.store.audit_log import events, hash_chain
from audits.store.db import column_types, connection, schema
from audits.store.register import checks

ADD = "register.add"
PREFIXES = {"ramp": "KK", "space": "SP"}

Row = Mapping[Any, Any]


_ROWS_AT_ONCE = 2_000


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
    sites
        Index ``code``; columns :data:`audits.store.register.checks.SITE_COLUMNS`; points in any CRS, or none where
        the position is unknown. May be empty.
    elements
        Index ``element_id``; columns :data:`audits.store.register.checks.ELEMENT_COLUMNS`; each at one of `sites` or
        at a site in the register. May be empty.
    actor, reason
        Who adds them and why, for the audit log.

    Returns
    -------
    audits.store.audit_log.hash_chain.Head
        The new head of the audit log.

    Raises
    ------
    audits.errors.RefusedError
        With every fault: unknown or missing columns, unknown words, impossible points, codes registered before.
    """
    checks.refuse((*checks.of_reason(reason), *checks.of_frames(sites, elements)))
    rows = list(_site_rows(sites)), list(_element_rows(elements))
    with connection.writing(store) as records:
        return _insert(records, *rows, ("register", ""), actor, reason, column_types.instant(added_at))


def add_site(
    store: connection.Store,
    kind: str,
    values: Mapping[str, Any],
    actor: str,
    reason: str,
    added_at: dt.datetime | None = None,
) -> str:
    """Add one site, and return the code it was given: the next free number under the prefix of its kind.

    Parameters
    ----------
    kind
        ``ramp`` or ``space``.
    values
        As `changes` in :func:`audits.store.register.changes.change_site`; ``name_th`` and ``setting`` at least.

    Raises
    ------
    audits.errors.RefusedError
        As :func:`change_site`.
    """
    checks.refuse(checks.of_kind(kind))
    row: dict[str, Any] = dict.fromkeys(checks.SITE_COLUMNS, "") | {"geom": None, "retired": False}
    row |= {"kind": kind, "zone": None, "position_accuracy_m": None, "position_status": "presumed", **values}
    row |= {"zone_basis": "" if row["zone"] is None else "named", "position_note": reason}
    row |= {"position_source": actor if row["geom"] is not None else ""}
    # with everything that was given, so that an unknown column is named
    wanted = {name: row[name] for name in checks.CHANGEABLE} | dict(values)
    checks.refuse((*checks.of_reason(reason), *checks.of_changes(kind, wanted)))
    moment = column_types.instant(added_at)
    with connection.writing(store) as records:
        # under the write lock, so that two additions at once get two numbers
        known = records.execute(sa.select(schema.site.c.code, schema.site.c.kind)).all()
        prefix = _prefix(kind, [str(code) for code, of in known if of == kind])
        code = f"{prefix}{_next_number((code for code, _ in known), prefix):03d}"
        _insert(records, [{**row, "code": code}], [], ("site", code), actor, reason, moment)
    return code


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
    row = {"site_code": site_code, "kind": kind, "label": label, "permitted_on": permitted_on, "source": "register"}
    moment = column_types.instant(added_at)
    with connection.writing(store) as records:
        columns = schema.element.c
        known = records.execute(sa.select(columns.element_id).where(columns.site_code == site_code)).scalars()
        element_id = next_element_id(known, site_code, kind)
        checks.refuse(checks.of_elements(pd.DataFrame([row], index=[element_id])))
        new = {**row, "element_id": element_id, "retired": False}
        _insert(records, [], [new], ("element", element_id), actor, reason, moment)
    return element_id


def text(row: Row) -> str:
    """Return a site or an element of the register as canonical JSON."""
    names = ("code", *checks.SITE_COLUMNS, "geom") if "code" in row else ("element_id", *checks.ELEMENT_COLUMNS)
    content = {name: events.plain(row[name]) for name in (*names, "retired")}
    point = content.get("geom")
    return hash_chain.canonical(content | ({} if point is None else {"geom": [point.x, point.y]}))


def digest(row: Row) -> str:
    """Return the SHA-256 of what the register says of a site or an element, for the audit log."""
    return hashlib.sha256(text(row).encode()).hexdigest()


def _insert(
    records: sa.Connection,
    sites: Sequence[Row],
    elements: Sequence[Row],
    entity: tuple[str, str],
    actor: str,
    reason: str,
    moment: dt.datetime,
) -> hash_chain.Head:
    checks.refuse(checks.against_store(records, sites, elements))
    stamp = {"updated_by": actor, "updated_at": moment}
    for table, rows in ((schema.site, sites), (schema.element, elements)):
        # Some at a time: as parameters of a statement the sites of a large table take as much memory again.
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            some = [{**row, **stamp} for row in rows[start : start + _ROWS_AT_ONCE]]
            records.execute(sa.insert(table), some)
    content = {
        "reason": reason,
        "sites": {row["code"]: digest(row) for row in sites},
        "elements": {row["element_id"]: digest(row) for row in elements},
    }
    return events.write(records, ADD, *entity, content, actor, moment)


def _prefix(kind: str, known: Iterable[str]) -> str:
    """Prefix that all numbered codes of a kind have; that of the starter register where there are none or several."""
    found = {"".join(parts[:2]) for code in known if all(parts := code.rpartition("-")) and parts[2].isdecimal()}
    return found.pop() if len(found) == 1 else f"{PREFIXES[kind]}-"


def next_element_id(known: Iterable[str], site_code: str, kind: str) -> str:
    """Return the id of another element of a site; `known` are those in use, retired ones too."""
    prefix = f"{site_code}.{kind}."
    return f"{prefix}{_next_number(known, prefix)}"


def _next_number(known: Iterable[str], prefix: str) -> int:
    ends = [name.removeprefix(prefix) for name in known if name.startswith(prefix)]
    # the highest, not the count: codes that were imported may leave gaps
    return max((int(end) for end in ends if end.isdecimal()), default=0) + 1


def _site_rows(sites: gpd.GeoDataFrame) -> Iterator[dict[str, object]]:
    # an empty frame may name no system to convert from
    points = sites.geometry if len(sites) == 0 else sites.geometry.to_crs(column_types.WGS84)
    for code, row, point in zip(sites.index, _records(sites, checks.SITE_COLUMNS), points, strict=True):
        accuracy, zone = row["position_accuracy_m"], row["zone"]
        yield {
            **{str(name): str(value) for name, value in row.items()},
            "code": str(code),
            "zone": None if pd.isna(zone) else int(zone),
            "position_accuracy_m": None if pd.isna(accuracy) else float(accuracy),
            # A new point drops a height, which neither column type can hold.
            "geom": None if point is None or point.is_empty else shapely.Point(point.x, point.y),
            "retired": False,
        }


def _records(frame: pd.DataFrame, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows one by one: 50,000 of them at once take as much memory as the sites themselves."""
    values = zip(*(frame[column] for column in columns), strict=True)
    return (dict(zip(columns, row, strict=True)) for row in values)


def _element_rows(elements: pd.DataFrame) -> Iterator[dict[str, object]]:
    for element_id, row in zip(elements.index, _records(elements, checks.ELEMENT_COLUMNS), strict=True):
        day = row["permitted_on"]
        yield {
            **{str(name): str(value) for name, value in row.items()},
            "element_id": str(element_id),
            "permitted_on": None if pd.isna(day) else pd.Timestamp(day).date(),
            "retired": False,
        }
