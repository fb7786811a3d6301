"""Lay the tables of an export out as collections of GeoJSON features, paged as OGC API Features asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import shapely

from audits import wording
from audits.export import geojson
from audits.reports import columns
from audits.reports import contents as contents_room
from layers import positions

phrase = wording.phrase

CONFORMS_TO = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
)
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

Feature = Mapping[str, object]


@dataclass(frozen=True)
class Collection:
    """One table of the export.

    Parameters
    ----------
    title, description
        English keys of what it holds.
    site_column
        Column with the code of the site, whose point is the geometry.
    feature_id
        Makes the id of a row from its properties: the same as long as what the row speaks of is the same.
    """

    title: str
    description: str
    site_column: str
    feature_id: Callable[[Mapping[str, object]], str]


COLLECTIONS: Mapping[str, Collection] = {
    "site": Collection(
        phrase("Sites"),
        phrase("Every site of the register with its verdict and its score as an interval."),
        "code",
        lambda row: str(row["code"]),
    ),
    "element": Collection(
        phrase("Elements"),
        phrase("Every ramp, door, toilet and other thing of a site, with its score as an interval."),
        "site_code",
        lambda row: str(row["element_id"]),
    ),
    "finding": Collection(
        phrase("Findings"),
        phrase("What each requirement asks of an element, what was measured, and the verdict with its clause."),
        "site_code",
        lambda row: f"{row['element_id']}:{row['criterion']}",
    ),
    "measure_next": Collection(
        phrase("Measure next"),
        phrase("What to measure next at a site, best first."),
        "site_code",
        lambda row: f"{row['site_code']}:{row['rank']}",
    ),
}


def read_box(written: str) -> positions.Box:
    """Read a ``bbox`` of four degrees of WGS 84, or of six numbers with heights, which are left out of account.

    Unlike :func:`layers.positions.read_box` it takes what a map at the edge of the world sends, beyond 180 degrees.

    Raises
    ------
    ValueError
        When it is none.

    Examples
    --------
    >>> read_box("102.8,16.4,102.9,16.5") == read_box("102.8,16.4,0,102.9,16.5,300")
    True
    """
    numbers = [float(part) for part in written.split(",")]
    if len(numbers) == 6:
        # the later one first, before the places move
        del numbers[5], numbers[2]
    west, south, east, north = numbers
    # written with not, since every comparison with NaN is false
    if not (west <= east and south <= north):
        raise ValueError(written)
    return positions.Box(west, south, east, north)


@dataclass(frozen=True)
class Page:
    """Some features of a collection, how many match in all, and where the next page begins, if there is one."""

    features: Sequence[Feature]
    matched: int
    next_offset: int | None


class Catalogue:
    """The collections of one state of the record; each is laid out when it is first asked for.

    Parameters
    ----------
    contents
        The tables, with all layers.
    """

    def __init__(self, contents: contents_room.Contents) -> None:
        self.contents = contents
        self._points = dict(zip(contents.sites["code"], contents.sites.geometry, strict=True))
        self._features: dict[str, list[Feature]] = {}
        self._by_id: dict[str, dict[str, Feature]] = {}

    def fields(self, name: str) -> tuple[columns.Column, ...]:
        """Return the columns of a collection."""
        return self._table(name)[1]

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Return west, south, east, north of all sites in degrees; None when no position is known."""
        known = [point for point in self._points.values() if point is not None and not point.is_empty]
        if not known:
            return None
        west, south, east, north = shapely.MultiPoint(known).bounds
        return west, south, east, north

    def page(self, name: str, limit: int, offset: int, box: positions.Box | None = None) -> Page:
        """Return a page of a collection, in the order of the export."""
        every = self._every(name)
        if box is not None:
            site = COLLECTIONS[name].site_column
            inside = set(self._codes_in(box))
            every = [one for one in every if one["properties"][site] in inside]  # type: ignore[index]
        end = offset + limit
        return Page(every[offset:end], len(every), end if end < len(every) else None)

    def feature(self, name: str, feature_id: str) -> Feature | None:
        """Return one feature by its id; None when there is none."""
        if name not in self._by_id:
            self._by_id[name] = {str(one["id"]): one for one in self._every(name)}
        return self._by_id[name].get(feature_id)

    def _codes_in(self, box: positions.Box) -> list[str]:
        points = self.contents.sites.geometry.to_numpy()
        # a missing point has NaN for coordinates, which lie in no box
        inside = box.holds(shapely.get_x(points), shapely.get_y(points))
        return list(self.contents.sites.loc[inside, "code"])

    def _table(self, name: str) -> tuple[pd.DataFrame, tuple[columns.Column, ...]]:
        made = self.contents
        return {
            "site": (made.sites, columns.of_sites(made.record.weights)),
            "element": (made.elements, columns.ELEMENTS),
            "finding": (made.findings, columns.FINDINGS),
            "measure_next": (made.next_measurements, columns.NEXT_MEASUREMENTS),
        }[name]

    def _every(self, name: str) -> list[Feature]:
        if name not in self._features:
            self._features[name] = list(self._laid_out(name))
        return self._features[name]

    def _laid_out(self, name: str) -> Iterator[Feature]:
        table, wanted = self._table(name)
        collection = COLLECTIONS[name]
        for row in geojson.records(table, wanted):
            point = geojson.geometry(self._points[row[collection.site_column]])
            yield {"type": "Feature", "id": collection.feature_id(row), "geometry": point, "properties": row}


def packed(document: Mapping[str, object]) -> bytes:
    """Return a JSON document in UTF-8."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
