"""Turn a walking network into nodes and edges of OpenSidewalks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from layers import network as networks
from layers import sources

PREFIX = "way."
"""Begins the ids of nodes and edges, apart from those of elements and sites."""

DECIMALS = 7  # the finest that the validator takes
# Words of the schema for classes of OpenStreetMap; a class that is not here goes into an extension property.
_HIGHWAYS = {
    **{word: word for word in ("footway", "living_street", "pedestrian", "primary", "residential", "secondary")},
    **{word: word for word in ("service", "steps", "tertiary", "trunk", "unclassified")},
    **dict.fromkeys(("path", "corridor", "platform"), "footway"),
}
_SURFACES = ("asphalt", "concrete", "dirt", "grass", "grass_paver", "gravel", "paved", "paving_stones", "unpaved")
_KERBS = ("lowered", "flush", "raised", "rolled")
_WIDEST_M, _LONGEST_M, _MOST_STEPS = 500.0, 5000.0, 500

Features = list[dict[str, object]]


def features(ways: networks.Network) -> tuple[Features, Features]:
    """Return the nodes and the edges; what nobody has audited is marked by ``ext:source``.

    The axes of streets become edges of no kind: that one can walk there is all they say.
    """
    places = np.round(shapely.get_coordinates(ways.nodes.geometry.to_crs(sources.WGS84).to_numpy()), DECIMALS)
    lines = ways.edges.geometry.to_crs(sources.WGS84).to_numpy()
    nodes: Features = [
        _feature("Point", place.tolist(), {"_id": f"{PREFIX}n{number}", **_node(ways, row)})
        for number, (place, row) in enumerate(zip(places, ways.nodes.to_dict("records"), strict=True))
    ]
    edges: Features = []
    for number, (line, row) in enumerate(zip(lines, ways.edges.to_dict("records"), strict=True)):
        start, end = row["start"], row["end"]
        ends = {"_id": f"{PREFIX}e{number}", "_u_id": f"{PREFIX}n{start}", "_v_id": f"{PREFIX}n{end}"}
        drawn = _drawn(line, places[start], places[end])
        edges.append(_feature("LineString", drawn, {**ends, **dict(_edge(ways, row))}))
    return nodes, edges


def _feature(shape: str, coordinates: list[Any], properties: dict[str, object]) -> dict[str, object]:
    return {"type": "Feature", "geometry": {"type": shape, "coordinates": coordinates}, "properties": properties}


def _drawn(line: shapely.LineString, start: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> list[list[float]]:
    """Coordinates of an edge, whose ends are exactly those of its nodes."""
    drawn = np.round(shapely.get_coordinates(line), DECIMALS)
    drawn[0], drawn[-1] = start, end
    return list(drawn.tolist())


def _node(ways: networks.Network, row: dict[str, Any]) -> dict[str, object]:
    kerb, tactile = row["kerb"], row["tactile_paving"]
    if kerb not in _KERBS and row["barrier"] != "kerb":
        return {}
    known = {"kerb": kerb} if kerb in _KERBS else {}
    paving = {"tactile_paving": tactile} if tactile in ("yes", "no", "contrasted", "primitive") else {}
    return {"barrier": "kerb", **known, **paving, "ext:source": ways.source}


def _edge(ways: networks.Network, row: dict[str, Any]) -> Iterator[tuple[str, object]]:
    yield "ext:source", ways.source
    yield from ((f"ext:{name}", row[name]) for name in ("name_th", "name_en", "osm_id") if row[name])
    highway = "" if ways.coarse else _HIGHWAYS.get(row["highway"], "")
    if not highway:
        yield "ext:highway", row["highway"]
        return
    yield "highway", highway
    if row["kind"] == "crossing" and highway == "footway":
        yield "footway", "crossing"
    if row["length_m"] <= _LONGEST_M:
        yield "length", round(row["length_m"], 2)
    if row["name_th"] or row["name_en"]:
        yield "name", row["name_th"] or row["name_en"]
    yield from _surface(row)
    # The width of a road side is that of the pavement beside it.
    if math.isfinite(row["width_m"]) and row["width_m"] <= _WIDEST_M:
        yield "ext:sidewalk_width" if row["kind"] == "road_side" else "width", row["width_m"]
    if math.isfinite(row["incline_pct"]) and abs(row["incline_pct"]) <= 100:
        yield "incline", round(row["incline_pct"] / 100, 6)
    # a contributor may write anything there, such as 10-12
    if highway == "steps" and row["step_count"].isdecimal() and int(row["step_count"]) <= _MOST_STEPS:
        yield "step_count", int(row["step_count"])


def _surface(row: dict[str, Any]) -> Iterator[tuple[str, object]]:
    if row["surface"]:
        yield "surface" if row["surface"] in _SURFACES else "ext:surface", row["surface"]
    yield from ((f"ext:{name}", row[name]) for name in ("smoothness", "wheelchair", "sidewalk") if row[name])
