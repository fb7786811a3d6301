"""Style the ground of a web map: areas, streets by class, and positions of their names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers import osm_tags, sources

AREAS = ("parks", "water", "buildings")
# Quiet colours: the ground is there to find one's way, the sites are what is read.
_FILLS = {"parks": ("#dcead3", "#b3cba4"), "water": ("#cfe4ef", "#5f93b3"), "buildings": ("#e3dfd6", "#bdb7a9")}
_LESSER: dict[str, object] = {"color": "#b5b3a8", "weight": 1}
_MAIN = osm_tags.MAIN_ROADS | osm_tags.MOTORWAYS
MOST_NAMES = 60

Part = tuple[shapely.Geometry, dict[str, object]]


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
    style: dict[str, object] = {"color": colour, "weight": 4, "opacity": 1}
    classes = frame.get("highway")
    if classes is None or not classes.ne("").any():
        return [(line, style) for line in frame.to_crs(sources.WGS84).geometry]
    main, foot = classes.isin(_MAIN), classes.isin(osm_tags.FOOTWAYS | {"steps"})
    looks = (
        (foot, _LESSER | {"dashArray": "3 4"}),
        (~main & ~foot, _LESSER),
        (main, {"weight": 2.5}),
    )
    return [
        (cast(shapely.Geometry, shapely.multilinestrings(_parts(frame[rows]))), style | look)
        for rows, look in looks
        if rows.any()
    ]


def names(frame: gpd.GeoDataFrame, column: str) -> Iterator[tuple[shapely.Point, str]]:
    """Yield the middle of each named street, EPSG:4326; of very many streets the longest.

    Parameters
    ----------
    frame
        LineStrings, any CRS.
    column
        ``name_th`` or ``name_en``.
    """
    other = "name_en" if column == "name_th" else "name_th"
    texts = frame[column].where(frame[column] != "", frame[other]).to_numpy()
    named = np.flatnonzero(texts != "")
    lines = frame.to_crs(sources.WGS84).geometry.to_numpy()[named]
    table = pd.DataFrame({"text": texts[named], "length": shapely.length(lines)})
    longest = table.groupby("text", sort=False)["length"].idxmax()
    most = table.groupby("text", sort=False)["length"].sum().nlargest(MOST_NAMES).index
    for text, number in longest.items():
        if text in most:
            yield shapely.line_interpolate_point(lines[number], 0.5, normalized=True), str(text)


def _parts(frame: gpd.GeoDataFrame) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    parts: np.ndarray[tuple[int], np.dtype[np.object_]] = shapely.get_parts(
        frame.to_crs(sources.WGS84).geometry.to_numpy()
    )
    return parts
