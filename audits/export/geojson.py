"""Write the sites as GeoJSON (RFC 7946), each with its findings, and what the file rests on beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd
import shapely

from audits import wording
from audits.reports import columns
from audits.reports import contents as contents_room

_DECIMALS = 6  # about 0.1 m
# Left out of a site's lists, since the site has them itself.
_IN_EACH_SITE = ("site_code", "demonstration")


def packed(contents: contents_room.Contents, _words: wording.Wording | None = None) -> bytes:
    """Return a FeatureCollection of sites in UTF-8.

    Each feature has the site code as ``id``, the columns of the site, and ``findings`` and ``measure_next`` as lists.
    The foreign member ``jaidee`` holds what the file rests on. A site without a position has the geometry null.

    Ids stand for coded values, so the file is the same in every language.
    """
    findings = _by_site(contents.findings, columns.FINDINGS)
    suggested = _by_site(contents.next_measurements, columns.NEXT_MEASUREMENTS)
    sites = records(contents.sites, columns.of_sites(contents.record.weights))
    features = []
    for site, point in zip(sites, contents.sites.geometry, strict=True):
        code = str(site["code"])
        lists = {"findings": findings.get(code, []), "measure_next": suggested.get(code, [])}
        features.append({"type": "Feature", "id": code, "geometry": geometry(point), "properties": site | lists})
    collection = {"type": "FeatureCollection", "jaidee": dict(contents.about), "features": features}
    # NaN is no JSON: a browser would refuse the whole file
    return json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def geometry(point: shapely.Point | None) -> dict[str, object] | None:
    """Return a point in degrees; None where the position is not known."""
    if point is None or point.is_empty:
        return None
    return {"type": "Point", "coordinates": [round(point.x, _DECIMALS), round(point.y, _DECIMALS)]}


def _by_site(table: pd.DataFrame, wanted: Sequence[columns.Column]) -> dict[str, list[dict[str, object]]]:
    kept = [column for column in wanted if column.name not in _IN_EACH_SITE]
    result: dict[str, list[dict[str, object]]] = {}
    for code, record in zip(table["site_code"], records(table, kept), strict=True):
        result.setdefault(str(code), []).append(record)
    return result


def records(table: pd.DataFrame, wanted: Sequence[columns.Column]) -> list[dict[str, object]]:
    """Return the rows of a table as the values of JSON, by the names of the columns."""
    # by column: a row of a frame would have one type for all its cells
    cells = [columns.plain(table[column.name], column.kind) for column in wanted]
    names = [column.name for column in wanted]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
