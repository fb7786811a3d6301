"""Read a base map and a walking network from an OpenStreetMap file."""

from __future__ import annotations

import collections
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import geopandas as gpd
import osmium
import osmium.filter
import osmium.geom
import osmium.osm
import osmium.osm.types
import pandas as pd
import shapely

from layers import base_file, errors, osm_network, osm_tags, positions, sources, utm

Progress: TypeAlias = Callable[[int, int], None]

MARGIN_M = 2_000.0
ENDINGS = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")

_NAMES = ("osm_id", "name", "name_th", "name_en")
_WAY = ("highway", "surface", "smoothness", "width_m", "incline_pct", "wheelchair", "lit")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "streets": (*_WAY, "sidewalk", "lanes", "oneway"),
    "footways": (*_WAY, "footway", "crossing", "tactile_paving", "foot"),
    "steps": (*_WAY, "step_count", "handrail", "ramp", "tactile_paving"),
    "waterways": ("waterway",),
    "buildings": ("building", "building:levels", "wheelchair"),
    "water": ("natural", "water"),
    "parks": ("leisure", "landuse"),
    "crossings": ("crossing", "kerb", "tactile_paving", "wheelchair"),
    "kerbs": ("kerb", "kerb_low_mm", "kerb_high_mm", "tactile_paving", "wheelchair"),
    "places": ("category", "wheelchair"),
}
_LINES, _AREAS = ("streets", "footways", "steps", "waterways"), ("buildings", "water", "parks")
SHAPES: Mapping[str, str] = {
    **{name: "LineString" if name in _LINES else "MultiPolygon" if name in _AREAS else "Point" for name in COLUMNS},
    "walk_nodes": "Point",
    "walk_edges": "LineString",
}
_KEYS = (
    *("highway", "building", "natural", "water", "waterway", "landuse", "leisure", "kerb", "barrier", "amenity"),
    *("shop", "railway", "tourism", "office", "public_transport", "aeroway"),
)
# A way that begins farther from the box than this, in degrees, is taken not to reach it.
_FAR_DEG = 1.0
_STEP = 20_000


@dataclass(frozen=True, eq=False)
class Ground:
    """Layers read from an OpenStreetMap file.

    Parameters
    ----------
    layers
        By name, the layers of :data:`COLUMNS` and the network's ``walk_nodes`` and ``walk_edges``; in the UTM zone
        of the box.
    about
        Attribution, source, day of the data, box, and how many things were read and left out.
    """

    layers: Mapping[str, gpd.GeoDataFrame]
    about: Mapping[str, str]


@dataclass
class Found:
    """Features read so far, by layer of :data:`COLUMNS`, and the runs of ways that make the network."""

    rows: dict[str, list[dict[str, object]]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    shapes: dict[str, list[shapely.Geometry]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    runs: list[osm_network.Run] = field(default_factory=list)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    cut_ways: set[int] = field(default_factory=set)
    ways: set[int] = field(default_factory=set)
    wanted_areas: set[tuple[str, int]] = field(default_factory=set)
    kinds: collections.Counter[str] = field(default_factory=collections.Counter)

    def add(self, layer: str, osm_id: str, tags: Mapping[str, str], shape: shapely.Geometry) -> None:
        """Add a feature to a layer; `shape` in degrees of WGS 84."""
        self.rows[layer].append(_row(layer, osm_id, tags))
        self.shapes[layer].append(shape)


def city_box(data: Path = sources.DATA, margin_m: float = MARGIN_M) -> positions.Box:
    """Box round the municipality's outline with a margin in metres, in degrees of WGS 84.

    Raises
    ------
    errors.LayerError
        If the outline cannot be read.
    """
    outline = sources.outline(data)
    metres = utm.crs_of(outline)
    west, south, east, north = outline.to_crs(metres).total_bounds
    wide = shapely.box(west - margin_m, south - margin_m, east + margin_m, north + margin_m)
    edges = gpd.GeoSeries([wide], crs=metres).to_crs(sources.WGS84).total_bounds
    return positions.Box(*(round(float(edge), 5) for edge in edges))


def read(file: Path, box: positions.Box, *, progress: Progress | None = None) -> Ground:
    """Read the layers and the walking network of everything that touches a box; ways and areas are kept whole.

    A way whose nodes are partly missing, as where an extract was cut, is kept as its unbroken parts: no line is drawn
    across a gap. An area that cannot be closed is left out and counted.

    Parameters
    ----------
    file
        OpenStreetMap's PBF or XML, sorted as usual: nodes, ways, relations.
    box
        Degrees of WGS 84.
    progress
        Called from time to time with the number of objects read and the number kept.

    Raises
    ------
    errors.LayerError
        If the box is empty; the file is missing, of another kind, damaged or cut short; or no way lies in the box.
    """
    _refuse_empty(box)
    _refuse_foreign(file)
    found, extent = Found(), shapely.box(box.west, box.south, box.east, box.north)
    # tested against every way of the file: prepared, a test takes a fraction of the time
    shapely.prepare(extent)
    for looked, thing in enumerate(_things(file), 1):
        _take(thing, found, box, extent)
        if progress and not looked % _STEP:
            progress(looked, sum(map(len, found.rows.values())))
    # An extract of another city reads without a fault and gives an empty map.
    if not found.runs:
        raise errors.LayerError(f"{file}: no street or footway lies in the box {box}; {_covers(file)}")
    crs = box.metres
    nodes, edges = osm_network.cut(found.runs, found.node_tags, crs)
    layers = {name: frame(name, found, crs) for name in COLUMNS} | {"walk_nodes": nodes, "walk_edges": edges}
    return Ground(layers, _about(file, box, found, layers))


def town_box(area: positions.Box | None) -> positions.Box:
    """Box of which a town wants the base map: round the known outline where it lies in `area`, else `area` itself.

    Raises
    ------
    errors.LayerError
        If the outline cannot be read.
    """
    known = city_box()
    if area is None or area.holds(*known.middle):
        return known
    return area


def write_base(
    file: Path,
    folder: Path,
    box: positions.Box,
    *,
    progress: Progress | None = None,
) -> Ground:
    """Read an OpenStreetMap file and keep it as the base map of a folder, in place of an older one.

    Parameters
    ----------
    file
        As for :func:`read`.
    folder
        Where ``base.gpkg`` is written.
    box
        Degrees of WGS 84, such as that of :func:`town_box`.
    progress
        As for :func:`read`.

    Raises
    ------
    errors.LayerError
        As for :func:`read`, or if the base map cannot be written; an older one stays as it was.
    """
    ground = read(file, box, progress=progress)
    base_file.write(ground.layers, SHAPES, ground.about, folder)
    return ground


def _refuse_empty(box: positions.Box) -> None:
    inside = -180 <= box.west < box.east <= 180 and -90 <= box.south < box.north <= 90
    if not inside:
        accepted = "write west,south,east,north in degrees, west less than east and south less than north"
        raise errors.LayerError(f"the box {box} is empty or not on the earth; {accepted}")


def _refuse_foreign(file: Path) -> None:
    if not file.is_file():
        raise errors.LayerError(f"{file}: there is no such file")
    if not file.name.lower().endswith(ENDINGS):
        raise errors.LayerError(f"{file}: not a file of OpenStreetMap by its name; accepted: {', '.join(ENDINGS)}")
    if not file.stat().st_size:
        raise errors.LayerError(f"{file}: the file is empty; download it again")


def _things(file: Path) -> Iterator[osmium.osm.types.OSMEntity]:
    """Yield nodes, relations and areas with a tag of interest, and all ways."""
    # Ways pass whatever their tags: those that make up a relation often have none.
    tagged = osmium.osm.NODE | osmium.osm.RELATION | osmium.osm.AREA
    wanted = osmium.filter.KeyFilter(*_KEYS)
    wanted.enable_for(tagged)
    things = iter(osmium.FileProcessor(str(file)).with_areas(wanted).with_filter(wanted))
    while True:
        try:
            thing = next(things, None)
        except RuntimeError as fault:
            advice = "it is cut short, damaged or not of OpenStreetMap; download it again"
            raise errors.LayerError(f"{file}: cannot be read to its end: {fault}; {advice}") from fault
        if thing is None:
            return
        yield thing


def _take(thing: osmium.osm.types.OSMEntity, found: Found, box: positions.Box, frame: shapely.Polygon) -> None:
    if isinstance(thing, osmium.osm.Node):
        _take_node(thing, found, box)
    elif isinstance(thing, osmium.osm.Way):
        _take_way(thing, found, box, frame)
    elif isinstance(thing, osmium.osm.Relation):
        tags = dict(thing.tags)
        # in a sorted file ways come before relations, so those near the box are known by now
        known = any(member.type == "w" and member.ref in found.ways for member in thing.members)
        if known and tags.get("type") == "multipolygon" and osm_tags.area_layer(tags):
            found.wanted_areas.add(("relation", thing.id))
    elif isinstance(thing, osmium.osm.Area):
        _take_area(thing, found, box, frame)


def _take_node(node: osmium.osm.Node, found: Found, box: positions.Box) -> None:
    # ways are kept whole, so the kerbs and crossings on their ends outside the box are needed too
    if not node.location.valid() or not _near(node.location, box, 0.1):
        return
    tags, inside = dict(node.tags), _near(node.location, box, 0.0)
    crossing, kerb = tags.get("highway") == "crossing", "kerb" in tags or tags.get("barrier") == "kerb"
    if crossing or kerb or "barrier" in tags:
        found.node_tags[node.id] = tags
    layers = (("crossings", crossing), ("kerbs", kerb), ("places", bool(osm_tags.place(tags))))
    for layer, here in layers:
        if here and inside:
            found.add(layer, f"node/{node.id}", tags, shapely.Point(node.location.lon, node.location.lat))


def _take_way(way: osmium.osm.Way, found: Found, box: positions.Box, frame: shapely.Polygon) -> None:
    first = next((node.location for node in way.nodes if node.location.valid()), None)
    if first is None or not _near(first, box, _FAR_DEG):
        return
    places = [(node.ref, node.location.lon, node.location.lat) if node.location.valid() else None for node in way.nodes]
    parts = [list(part) for known, part in itertools.groupby(places, lambda place: place is not None) if known]
    lines = [shapely.LineString([place[1:] for place in part if place]) for part in parts if len(part) > 1]
    if not any(frame.intersects(line) for line in lines):
        return
    found.ways.add(way.id)
    tags, osm_id = dict(way.tags), f"way/{way.id}"
    if None in places:
        found.cut_ways.add(way.id)
    if way.is_closed() and osm_tags.area_layer(tags):
        found.wanted_areas.add(("way", way.id))
    layer, walked = osm_tags.line_layer(tags), osm_tags.walkable(tags)
    for part, line in zip((part for part in parts if len(part) > 1), lines, strict=True):
        if layer and frame.intersects(line):
            found.add(layer, osm_id, tags, line)
        if walked and frame.intersects(line):
            known = [place for place in part if place]
            ids = tuple(place[0] for place in known)
            found.runs.append(osm_network.Run(osm_id, tags, ids, tuple(place[1:] for place in known)))


def _take_area(area: osmium.osm.Area, found: Found, box: positions.Box, frame: shapely.Polygon) -> None:
    outer = next(iter(area.outer_rings()), None)
    if outer is None or not _near(next(iter(outer)).location, box, _FAR_DEG):
        return
    tags, kind = dict(area.tags), "way" if area.from_way() else "relation"
    layer, category = osm_tags.area_layer(tags), osm_tags.place(tags)
    # What is still wanted at the end could not be closed, and is counted.
    found.wanted_areas.discard((kind, area.orig_id()))
    if not layer and not category:
        return
    shape = shapely.from_wkb(bytes.fromhex(osmium.geom.WKBFactory().create_multipolygon(area)))
    if not frame.intersects(shape):
        return
    osm_id = f"{kind}/{area.orig_id()}"
    if layer:
        found.add(layer, osm_id, tags, shape)
    if category:
        found.add("places", osm_id, tags, shapely.point_on_surface(shape))


def _near(place: osmium.osm.Location, box: positions.Box, degrees: float) -> bool:
    east, north = place.lon, place.lat
    along = box.west - degrees <= east <= box.east + degrees
    return along and box.south - degrees <= north <= box.north + degrees


def _row(layer: str, osm_id: str, tags: Mapping[str, str]) -> dict[str, object]:
    low, high = osm_tags.kerb_mm(tags)
    figures: dict[str, object] = {
        "width_m": osm_tags.length_m(tags.get("width", "")),
        "incline_pct": osm_tags.incline_pct(tags.get("incline", "")),
        "kerb_low_mm": low,
        "kerb_high_mm": high,
        "category": osm_tags.place(tags),
    }
    named = dict(zip(_NAMES, (osm_id, *osm_tags.names(tags)), strict=True))
    return named | {column: figures.get(column, tags.get(column, "")) for column in COLUMNS[layer]}


def frame(layer: str, found: Found, crs: str) -> gpd.GeoDataFrame:
    """Features of one layer of :data:`COLUMNS`, projected."""
    table = pd.DataFrame(found.rows[layer], columns=[*_NAMES, *COLUMNS[layer]])
    table = table.rename(columns={"building:levels": "levels"})
    return gpd.GeoDataFrame(table, geometry=found.shapes[layer], crs=sources.WGS84).to_crs(crs)


def _about(file: Path, box: positions.Box, found: Found, layers: Mapping[str, gpd.GeoDataFrame]) -> dict[str, str]:
    header = osmium.FileProcessor(str(file)).header
    counts = {f"count_{name}": str(len(frame)) for name, frame in layers.items()}
    return {
        "attribution": base_file.ATTRIBUTION,
        "source_file": file.name,
        "source_at": header.get("osmosis_replication_timestamp", ""),
        "box": str(box),
        "ways_with_missing_nodes": str(len(found.cut_ways)),
        "areas_left_out": str(len(found.wanted_areas)),
        **counts,
    }


def _covers(file: Path) -> str:
    covered = osmium.FileProcessor(str(file)).header.box()
    if not covered.valid():
        return "the file does not say what it covers; is it an extract of another place?"
    low, high = covered.bottom_left, covered.top_right
    return f"the file says that it covers {low.lon:g},{low.lat:g},{high.lon:g},{high.lat:g}"
