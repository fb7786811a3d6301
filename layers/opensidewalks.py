"""Read a base map and a walking network from an OpenSidewalks dataset (schema 0.2 and 0.3)."""

from __future__ import annotations

import itertools
import json
import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import shapely
from shapely.geometry import base

from layers import base_file, errors, network, osm, osm_network, osm_tags, positions

Feature: TypeAlias = Mapping[str, Any]

ENDINGS = (".zip", ".geojson", ".json")
MOST_BYTES = 4 * 2**30
MOST_RATIO = 200
_DECIMALS = 7  # about 1 cm, the precision of the schema's validator
# Names of the schema's files; older datasets put a place before the last two parts.
_PARTS = ("nodes", "edges", "polygons", "zones", "points", "lines")
_NOT_ON_FOOT = ("no", "private", "use_sidepath")
_HIGHWAY = "ext:highway"
"""OpenStreetMap's class of a way for which the schema has no word."""


def is_part(file: Path) -> bool:
    """Whether a file may be of a dataset of OpenSidewalks by its name."""
    return file.name.lower().endswith(ENDINGS)


def write_base(files: Sequence[Path], folder: Path, box: positions.Box | None = None) -> osm.Ground:
    """Read a dataset and keep it as the base map of a folder, in place of an older one.

    Parameters
    ----------
    files
        A ZIP of the schema's files, or those files; one alone may hold edges and nodes together.
    folder
        Where ``base.gpkg`` is written.
    box
        Degrees of WGS 84; the whole dataset when not given, since it is made for one place.

    Raises
    ------
    errors.LayerError
        As for :func:`read`, or if the base map cannot be written; an older one stays as it was.
    """
    ground = read(files, box)
    base_file.write(ground.layers, osm.SHAPES, ground.about, folder)
    return ground


def read(files: Sequence[Path], box: positions.Box | None = None) -> osm.Ground:
    """Read the layers and the walking network of a dataset.

    ``incline`` is a fraction there (0.05 is 5 %) and ``width`` is in metres; both keep what they mean. Edges meet
    where they name the same node, and those that name none where they end at the same coordinates. A kerb lies on
    the node of its id, else on what ends at its position.

    Parameters
    ----------
    files, box
        As for :func:`write_base`.

    Raises
    ------
    errors.LayerError
        If the file is missing, damaged or of another kind, or holds no edge in the box.
    """
    file = files[0]
    parts, about = _parts(files)
    box = box or _bounds(file, parts)
    found = osm.Found()
    numbers: dict[str, int] = {}
    frame = shapely.box(box.west, box.south, box.east, box.north)
    for edge in parts["edges"]:
        _take_edge(file, edge, found, numbers, frame)
    if not found.runs:
        raise errors.LayerError(f"{file}: no edge of a walking network lies in the box {box}")
    for node in (*parts["nodes"], *parts["points"]):
        given = node["properties"]
        number = numbers.get(str(given.get("_id")), numbers.get(_at(node["geometry"]["coordinates"])))
        if number is not None and (tags := _kerb(given)):
            found.node_tags[number] = tags
        _take_kerb(file, node, found, frame)
    for area in parts["polygons"]:
        _take_building(file, area, found, frame)
    crs = box.metres
    nodes, edges = osm_network.cut(found.runs, found.node_tags, crs)
    # A node has its id and its position among the names; the id was first.
    named = {f"node/{number}": name for name, number in reversed(numbers.items())}
    nodes["osm_id"] = nodes["osm_id"].map(named).fillna("")
    layers = {name: osm.frame(name, found, crs) for name in osm.COLUMNS} | {"walk_nodes": nodes, "walk_edges": edges}
    counts = {f"count_{name}": str(len(layer)) for name, layer in layers.items()}
    # A dataset of ours may hold the axes of streets, which stay as coarse as they were.
    coarse = all(edge["properties"].get("ext:source") == network.STREET_AXES for edge in parts["edges"])
    known = {"attribution": about["attribution"], "network": network.OPENSIDEWALKS, "coarse": "yes" if coarse else "no"}
    known["source_file"] = file.name
    return osm.Ground(layers, known | {"source_at": about["source_at"], "box": str(box), **counts})


def _parts(files: Sequence[Path]) -> tuple[dict[str, list[Feature]], dict[str, str]]:
    """Features by part of the schema, and what the dataset says of itself."""
    parts: dict[str, list[Feature]] = {part: [] for part in _PARTS}
    about = {"attribution": "", "source_at": ""}
    for name, content in itertools.chain.from_iterable(map(_contents, files)):
        collection = _collection(name, content)
        part = next((part for part in _PARTS if name.lower().endswith(f"{part}.geojson")), "")
        for feature in collection["features"]:
            parts[part or _part_of(feature)].append(feature)
        source = collection.get("dataSource")
        named = source.get("name", "") if isinstance(source, dict) else ""
        about["attribution"] = about["attribution"] or str(named)
        about["source_at"] = about["source_at"] or str(collection.get("dataTimestamp", ""))
    about["attribution"] = about["attribution"] or f"OpenSidewalks dataset {files[0].name}"
    return parts, about


def _contents(file: Path) -> Iterator[tuple[str, bytes]]:
    if not file.is_file():
        raise errors.LayerError(f"{file}: there is no such file")
    if not file.name.lower().endswith(".zip"):
        yield file.name, file.read_bytes()
        return
    try:
        with zipfile.ZipFile(file) as archive:
            wanted = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".geojson")]
            size = sum(entry.file_size for entry in wanted)
            # an archive that unpacks to hundreds of times its size is made to fill the memory
            if size > min(MOST_BYTES, MOST_RATIO * file.stat().st_size):
                raise errors.LayerError(f"{file}: unpacks to {size:,} bytes, which is more than such a dataset holds")
            if not wanted:
                raise errors.LayerError(f"{file}: holds no .geojson file; an OpenSidewalks dataset has some")
            for entry in wanted:
                # Read by its claimed size: what is larger than it claims fails its checksum.
                yield entry.filename, archive.read(entry)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as fault:
        # zipfile raises RuntimeError for a password, NotImplementedError for a packing that it does not know
        raise errors.LayerError(f"{file}: cannot be read as a ZIP archive ({fault}); download it again") from fault


def _collection(name: str, content: bytes) -> Mapping[str, Any]:
    try:
        collection = json.loads(content)
    except ValueError as fault:
        raise errors.LayerError(f"{name}: is not JSON ({fault}); download it again") from fault
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise errors.LayerError(f"{name}: no features are in it; accepted: GeoJSON of OpenSidewalks")
    for number, one in enumerate(features, 1):
        whole = isinstance(one, dict) and all(isinstance(one.get(part), dict) for part in ("properties", "geometry"))
        if not whole or "coordinates" not in one["geometry"]:
            raise errors.LayerError(f"{name}: feature {number} is none of OpenSidewalks")
    known: Mapping[str, Any] = collection
    return known


def _part_of(feature: Feature) -> str:
    """Part of the schema of a feature in a file that is not named after one."""
    shape = feature["geometry"].get("type")
    if shape == "LineString":
        return "edges" if {"_u_id", "highway"} & feature["properties"].keys() else "lines"
    if shape == "Point":
        return "nodes"
    return "zones" if "_w_id" in feature["properties"] else "polygons"


def _bounds(file: Path, parts: Mapping[str, list[Feature]]) -> positions.Box:
    shapes = [_shape(file, edge) for edge in parts["edges"]]
    if not shapes:
        raise errors.LayerError(f"{file}: holds no edge, so there is no walking network in it")
    # kerbs stand at the ends of edges, or come in a file of their own
    shapes += [_shape(file, node) for node in (*parts["nodes"], *parts["points"]) if _kerb(node["properties"])]
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if not inside:
        raise errors.LayerError(f"{file}: its coordinates are no degrees of longitude and latitude")
    # A network on one line has a box too.
    margin = 1e-4
    return positions.Box(
        *(round(float(side), 5) for side in (west - margin, south - margin, east + margin, north + margin))
    )


def _shape(file: Path, feature: Feature) -> base.BaseGeometry:
    try:
        shape: base.BaseGeometry = shapely.force_2d(shapely.from_geojson(json.dumps(feature["geometry"])))
    except shapely.errors.GEOSException as fault:
        name = feature["properties"].get("_id", "")
        raise errors.LayerError(f"{file}: the geometry of {name} cannot be read ({fault})") from fault
    return shape


def _take_edge(file: Path, edge: Feature, found: osm.Found, numbers: dict[str, int], frame: shapely.Polygon) -> None:
    given, line, tags = edge["properties"], _shape(file, edge), _tags(edge["properties"])
    if line.geom_type != "LineString" or given.get("foot") in _NOT_ON_FOOT or not frame.intersects(line):
        return
    places = [(float(east), float(north)) for east, north in shapely.get_coordinates(line)]
    name = str(given.get("_id", ""))
    ends = [_end(given.get(key), place, numbers) for key, place in (("_u_id", places[0]), ("_v_id", places[-1]))]
    # by its number among them, since a dataset need not name its edges
    own = name or f"edge {len(found.runs)}"
    # vertices within an edge are nobody else's: edges meet at their ends only
    between = [numbers.setdefault(f"{own}#{index}", len(numbers)) for index in range(1, len(places) - 1)]
    nodes = (ends[0], *between, ends[1])
    layer = osm_tags.line_layer(tags)
    if layer:
        found.add(layer, name, tags, line)
    found.runs.append(osm_network.Run(name, tags, nodes, tuple(places)))


def _end(name: object, place: Sequence[float], numbers: dict[str, int]) -> int:
    """Number of the node at one end: by its name, else by its position."""
    at = _at(place)
    number = numbers.setdefault(str(name) if name else at, len(numbers))
    # under its position too, by which edges that name no node and kerbs find it
    numbers.setdefault(at, number)
    return number


def _at(place: Sequence[float]) -> str:
    return f"{float(place[0]):.{_DECIMALS}f},{float(place[1]):.{_DECIMALS}f}"


def _tags(given: Mapping[str, Any]) -> dict[str, str]:
    """Fields of an edge as tags of OpenStreetMap, whose names the schema borrows, with their units written out."""
    tags = {str(key): str(value) for key, value in given.items() if isinstance(value, str | int) and key[:1] != "_"}
    # An edge of no kind is walked like a footway.
    tags.setdefault("highway", str(given.get(_HIGHWAY, "footway")))
    for key, unit, times in (("incline", " %", 100.0), ("width", " m", 1.0)):
        figure = given.get(key)
        tags.pop(key, None)
        if isinstance(figure, int | float) and math.isfinite(figure):
            tags[key] = f"{figure * times:.6f}".rstrip("0").rstrip(".") + unit
    markings = given.get("crossing:markings")
    return tags | ({"crossing": "marked" if markings != "no" else "unmarked"} if markings else {})


def _kerb(given: Mapping[str, Any]) -> dict[str, str]:
    known = {key: str(given[key]) for key in ("barrier", "kerb", "tactile_paving") if key in given}
    return known if known.get("barrier") == "kerb" or "kerb" in known else {}


def _take_kerb(file: Path, node: Feature, found: osm.Found, frame: shapely.Polygon) -> None:
    tags, point = _kerb(node["properties"]), _shape(file, node)
    if tags and point.geom_type == "Point" and frame.intersects(point):
        found.add("kerbs", str(node["properties"].get("_id", "")), tags, point)


def _take_building(file: Path, area: Feature, found: osm.Found, frame: shapely.Polygon) -> None:
    given, shape = area["properties"], _shape(file, area)
    if given.get("building") and shape.geom_type in ("Polygon", "MultiPolygon") and frame.intersects(shape):
        whole = shapely.MultiPolygon(list(shapely.get_parts(shape)))
        found.add("buildings", str(given.get("_id", "")), {"building": str(given["building"])}, whole)
