"""Rewrite OpenSidewalks files, GeoJSON of edges, nodes and kerbs, as a file of OpenStreetMap."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import osmium
import osmium.io
import osmium.osm.mutable

from layers import errors

ENDINGS = (".geojson", ".json")

Place: TypeAlias = tuple[float, float]
Feature: TypeAlias = tuple[str, Any, dict[str, str]]

# Seven decimals, some 1 cm: the precision of OpenStreetMap, in which the ends of two edges are one node.
_DECIMALS = 7
_OF_THE_GRAPH = frozenset({"_id", "_u_id", "_v_id", "length"})


def as_osm(files: Sequence[Path], folder: Path) -> Path:
    """Write the edges and points of some OpenSidewalks files into a folder as one file of OpenStreetMap.

    Edges that end at the same position are joined there, and a kerb lies on them when it has that position.

    Parameters
    ----------
    files
        GeoJSON in degrees of WGS 84, by the OpenSidewalks schema 0.2 or 0.3.
    folder
        Where the file is written, under the name of the first.

    Raises
    ------
    errors.LayerError
        When a file cannot be read or is of another kind.
    """
    features, dated = list[Feature](), ""
    for file in files:
        document = _document(file)
        dated = str(document.get("dataTimestamp") or dated)
        features += _features(document, file)
    target, header = folder / f"{files[0].stem}.osm", osmium.io.Header()
    header.set("osmosis_replication_timestamp", dated)
    with osmium.SimpleWriter(str(target), header=header) as writer:
        numbers = _write_nodes(writer, features)
        ways = ((shape, tags) for kind, shape, tags in features if kind == "LineString")
        for number, (shape, tags) in enumerate(ways, 1):
            nodes = [numbers[_place(vertex)] for vertex in shape]
            writer.add_way(osmium.osm.mutable.Way(id=number, version=1, nodes=nodes, tags=tags))
    return target


def _document(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise errors.LayerError(f"{file}: cannot be read as GeoJSON ({fault})") from fault
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise errors.LayerError(f"{file}: no features are in it; accepted: GeoJSON of OpenSidewalks")
    return document


def _features(document: Mapping[str, Any], file: Path) -> Iterator[Feature]:
    for number, feature in enumerate(document["features"], 1):
        try:
            shape = feature["geometry"]
            kind, vertices = shape["type"], shape["coordinates"]
            places = [vertices] if kind == "Point" else vertices
            if kind in ("Point", "LineString"):
                list(map(_place, places))
                yield kind, vertices, _tags(feature.get("properties") or {})
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise errors.LayerError(f"{file}: feature {number} is none of OpenSidewalks ({fault!r})") from fault


def _tags(properties: Mapping[str, object]) -> dict[str, str]:
    written = {
        name: str(value)
        for name, value in properties.items()
        if name not in _OF_THE_GRAPH and not name.startswith("ext:") and isinstance(value, str | int | float)
    }
    incline = properties.get("incline")
    # A fraction, where OpenStreetMap writes percent.
    return written | ({"incline": f"{float(incline) * 100:g} %"} if isinstance(incline, int | float) else {})


def _write_nodes(writer: osmium.SimpleWriter, features: Sequence[Feature]) -> dict[Place, int]:
    tags: dict[Place, dict[str, str]] = {}
    for kind, shape, named in features:
        for vertex in [shape] if kind == "Point" else shape:
            tags.setdefault(_place(vertex), {}).update(named if kind == "Point" else {})
    numbers = {place: number for number, place in enumerate(tags, 1)}
    for place, number in numbers.items():
        writer.add_node(osmium.osm.mutable.Node(id=number, version=1, location=place, tags=tags[place]))
    return numbers


def _place(vertex: Sequence[float]) -> Place:
    return round(float(vertex[0]), _DECIMALS), round(float(vertex[1]), _DECIMALS)
