"""Style the ground of a web map: areas, streets by class, and names in the order of their importance."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers import ground as ground_room
from layers import osm_tags, sources, utm

AREAS = ("parks", "water", "buildings")
# Quiet colours: the ground is there to find one's way, the sites are what is read.
_FILLS = {"parks": ("#d3e8c6", "#9fbf8d"), "water": ("#bfdff0", "#5f93b3"), "buildings": ("#e0dbcf", "#b3ab9a")}
# A style may hold `close`, what changes when streets fill the screen: a whole city's buildings are only a grey veil.
_UNSEEN, _SEEN = {"stroke": False, "fill": False}, {"stroke": True, "fill": True}
_LESSER: dict[str, object] = {"color": "#b5b3a8", "weight": 1, "close": {"weight": 4}}
_FOOT: dict[str, object] = {"color": "#8a6a48", "weight": 1, "dashArray": "2 4", "close": {"weight": 2.5}}
_MAIN = osm_tags.MAIN_ROADS | osm_tags.MOTORWAYS
MOST_NAMES, MOST_AREA_NAMES, MOST_REPEATED = 60, 40, 240
REPEATED_EVERY_M = 300.0
# The places by which a stranger finds the way come first; a category that is not listed follows.
_LANDMARKS = (
    *("bus_terminal", "rail", "hospital", "government", "university", "park", "stadium", "airport"),
    *("mall", "market", "special_school", "school", "municipal_school"),
)

Part = tuple[shapely.Geometry, dict[str, object]]
Label = tuple[str, shapely.Point, str]
"""Kind, position in EPSG:4326, and text."""


@dataclass(frozen=True)
class Shade:
    """An area laid over the ground and under the sites.

    Parameters
    ----------
    name
        Of the layer; not shown.
    area
        Polygon or MultiPolygon, EPSG:4326.
    colour
        Of its edge and its filling, ``#rrggbb``.
    opacity
        Of its filling, 0 to 1.
    dashed
        Whether its edge is dashed, so that it differs from others without colour.
    """

    name: str
    area: shapely.Geometry
    colour: str
    opacity: float
    dashed: bool

    def parts(self) -> list[Part]:
        """Style the area; nothing where it is empty."""
        dashes = "6 5" if self.dashed else None
        style: dict[str, object] = {"color": self.colour, "weight": 2, "dashArray": dashes, "fill": True}
        style |= {"fillColor": self.colour, "fillOpacity": self.opacity}
        return [] if shapely.is_empty(self.area) else [(self.area, style)]


def area(name: str, frame: gpd.GeoDataFrame) -> list[Part]:
    """Style the areas of a class as one shape, EPSG:4326; nothing where there are none.

    Parameters
    ----------
    name
        One of :data:`AREAS`.
    frame
        Polygons, any CRS.
    """
    if frame.empty:
        return []
    fill, edge = _FILLS[name]
    style: dict[str, object] = {"color": edge, "weight": 1, "fill": True, "fillColor": fill, "fillOpacity": 1}
    if name == "buildings":
        style |= {**_UNSEEN, "close": _SEEN}
    return [(cast(shapely.Geometry, shapely.multipolygons(_parts(frame))), style)]


def streets(frame: gpd.GeoDataFrame, colour: str) -> list[Part]:
    """Style the streets, EPSG:4326: coarse axes one by one; mapped streets as one shape a class, the lesser first.

    Parameters
    ----------
    frame
        LineStrings, any CRS; `highway` where it is known.
    colour
        Of the lines, ``#rrggbb``.
    """
    style: dict[str, object] = {"color": colour, "weight": 4, "opacity": 1, "close": {"weight": 7}}
    classes = frame.get("highway")
    if classes is None or not classes.ne("").any():
        return [(line, style) for line in frame.to_crs(sources.WGS84).geometry]
    main, foot = classes.isin(_MAIN), classes.isin(osm_tags.FOOTWAYS | {"steps"})
    looks = (
        (~main & ~foot, _LESSER),
        (foot, _FOOT),
        (main, {"weight": 3}),
    )
    return [
        (cast(shapely.Geometry, shapely.multilinestrings(_parts(frame[rows]))), style | look)
        for rows, look in looks
        if rows.any()
    ]


def labels(ground: ground_room.Ground, column: str) -> list[Label]:
    """List the names of streets, places, waters and parks; where two do not fit, the earlier one is kept.

    Parameters
    ----------
    ground
        As drawn.
    column
        ``name_th`` or ``name_en``.
    """
    streets = [("street", middle, text) for middle, text in names(ground.streets, column)]
    # the more important half of the streets goes before the places, the rest behind them
    half = len(streets) // 2
    again = [("street", point, text) for point, text in repeated_names(ground.streets, column)]
    areas = [("area", point, text) for frame in (ground.water, ground.parks) for point, text in _largest(frame, column)]
    return [*streets[:half], *_landmarks(ground.places, column), *streets[half:], *areas, *again]


def names(frame: gpd.GeoDataFrame, column: str) -> Iterator[tuple[shapely.Point, str]]:
    """Yield the middle of each named street, EPSG:4326: main streets first, then the longest; of very many the first.

    Parameters
    ----------
    frame
        LineStrings, any CRS; `highway` where it is known.
    column
        ``name_th`` or ``name_en``.
    """
    crs = utm.crs_of(frame)
    found = [(lines[int(np.argmax(shapely.length(lines)))], text) for text, lines in _named(frame, column, crs)]
    middles = ((shapely.line_interpolate_point(line, 0.5, normalized=True), text) for line, text in found)
    yield from _in_degrees(middles, crs)


def repeated_names(frame: gpd.GeoDataFrame, column: str) -> Iterator[tuple[shapely.Point, str]]:
    """Yield points along the named streets, for a screen that does not hold their middle; parameters as `names`."""
    crs = utm.crs_of(frame)
    points = (
        (shapely.line_interpolate_point(line, step), text)
        for text, lines in _named(frame, column, crs)
        for line in lines
        for step in np.arange(REPEATED_EVERY_M / 2, shapely.length(line), REPEATED_EVERY_M)
    )
    yield from _in_degrees(itertools.islice(points, MOST_REPEATED), crs)


def _named(
    frame: gpd.GeoDataFrame, column: str, crs: str
) -> Iterator[tuple[str, np.ndarray[tuple[int], np.dtype[np.object_]]]]:
    """Yield each name with its lines in metres: main streets first, then by length."""
    texts = _texts(frame, column)
    rows = np.flatnonzero(texts != "")
    lines = frame.to_crs(crs).geometry.to_numpy()[rows]
    highway = frame.get("highway", pd.Series("", frame.index)).iloc[rows]
    table = pd.DataFrame({"text": texts[rows], "length": shapely.length(lines), "main": highway.isin(_MAIN).to_numpy()})
    known = table.groupby("text", sort=False).agg({"main": "max", "length": "sum"})
    for text in known.sort_values(["main", "length"], ascending=False, kind="stable").index[:MOST_NAMES]:
        yield str(text), lines[(table["text"] == text).to_numpy()]


def _in_degrees(named: Iterable[tuple[shapely.Point, str]], crs: str) -> Iterator[tuple[shapely.Point, str]]:
    found = list(named)
    points = gpd.GeoSeries([point for point, _ in found], crs=crs).to_crs(sources.WGS84)
    return zip(points, (text for _, text in found), strict=True)


def _landmarks(places: gpd.GeoDataFrame, column: str) -> list[Label]:
    order = {category: number for number, category in enumerate(_LANDMARKS)}
    ranks = [order.get(category, len(order)) for category in places["category"]]
    ranked = places.iloc[np.argsort(ranks, kind="stable")]
    return [("place", point, text) for point, text in zip(ranked.geometry, ranked[column], strict=True)]


def _largest(frame: gpd.GeoDataFrame, column: str) -> Iterator[tuple[shapely.Point, str]]:
    texts = _texts(frame, column)
    rows = np.flatnonzero(texts != "")
    shapes = frame.to_crs(sources.WGS84).geometry.to_numpy()[rows]
    # areas in square degrees: within one town they order as those in square metres do
    for number in np.argsort(-shapely.area(shapes), kind="stable")[:MOST_AREA_NAMES]:
        yield shapely.point_on_surface(shapes[number]), str(texts[rows][number])


def _texts(frame: gpd.GeoDataFrame, column: str) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Names in the reader's language, in the other where there is none."""
    other = "name_en" if column == "name_th" else "name_th"
    texts: np.ndarray[tuple[int], np.dtype[np.object_]] = (
        frame[column].where(frame[column] != "", frame[other]).to_numpy(object)
    )
    return texts


def _parts(frame: gpd.GeoDataFrame) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    parts: np.ndarray[tuple[int], np.dtype[np.object_]] = shapely.get_parts(
        frame.to_crs(sources.WGS84).geometry.to_numpy()
    )
    return parts
