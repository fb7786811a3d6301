"""Cut OpenStreetMap's ways into the nodes and edges of a walking network, keeping the tags of both."""

from __future__ import annotations

import collections
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers import osm_tags, utm

# Between two junctions a long way is cut at its own vertices, so that homes along it find a node nearby.
LONGEST_M = 100.0

NODE_TAGS = ("highway", "crossing", "kerb", "tactile_paving", "barrier", "wheelchair")
EDGE_TAGS = (
    *("highway", "surface", "smoothness", "sidewalk", "wheelchair"),
    *("tactile_paving", "handrail", "ramp", "step_count"),
)


@dataclass(frozen=True)
class Run:
    """An unbroken part of a way, all of whose nodes are in the file.

    Parameters
    ----------
    osm_id
        Such as ``way/12``.
    tags
        Of the way.
    nodes
        Ids of the nodes.
    places
        Longitude and latitude of each, degrees of WGS 84.
    """

    osm_id: str
    tags: Mapping[str, str]
    nodes: tuple[int, ...]
    places: tuple[tuple[float, float], ...]


def cut(
    runs: Sequence[Run], tags_of_nodes: Mapping[int, Mapping[str, str]], crs: str
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Cut runs of ways into the nodes and edges of the walking network.

    A run is cut where it meets another, at each node with tags of its own (kerb, crossing, barrier), and where a part
    between two of these would grow longer than :data:`LONGEST_M` and has a vertex to be cut at.

    Parameters
    ----------
    runs
        Of the ways that can be walked.
    tags_of_nodes
        Tags of the nodes that matter for walking, by node id.
    crs
        UTM zone in which the network is measured, from :mod:`layers.utm`.

    Returns
    -------
    nodes
        Points in `crs`, numbered from 0: `osm_id`, :data:`NODE_TAGS` (empty text where untagged),
        `kerb_low_mm`, `kerb_high_mm` and `width_m` (NaN where unknown).
    edges
        LineStrings in `crs`: `start`, `end` (numbers of nodes), `kind`, `length_m`, `width_m`, `incline_pct` (both
        NaN where unknown), :data:`EDGE_TAGS`, `osm_id`, `name_th`, `name_en`.
    """
    positions = _projected(runs, crs)
    uses = collections.Counter(node for run in runs for node in run.nodes)
    # Counting ends twice makes every end of a way a stop, also where nothing else meets it.
    uses.update(node for run in runs for node in (run.nodes[0], run.nodes[-1]))
    stops = {node for node, count in uses.items() if count > 1} | (tags_of_nodes.keys() & uses.keys())
    cuts = ((run, piece) for run in runs for piece in _pieces(run.nodes, stops, positions))
    # A piece that returns to its only node has no length to walk.
    pieces = [(run, piece) for run, piece in cuts if len(set(piece)) > 1]
    # a dictionary, not a set: nodes get their numbers in the order of the file, the same in every process
    kept = dict.fromkeys(node for _, piece in pieces for node in (piece[0], piece[-1]))
    number = {node: place for place, node in enumerate(kept)}
    nodes = [_node(node, tags_of_nodes.get(node, {})) for node in kept]
    points = shapely.points(np.array([positions[node] for node in kept]).reshape(-1, 2))
    lines = [shapely.LineString([positions[node] for node in piece]) for _, piece in pieces]
    edges = [{"start": number[piece[0]], "end": number[piece[-1]], **_way(run)} for run, piece in pieces]
    frame = gpd.GeoDataFrame(pd.DataFrame(edges, columns=_EDGE_COLUMNS), geometry=lines, crs=crs)
    frame.insert(3, "length_m", frame.length)
    return gpd.GeoDataFrame(pd.DataFrame(nodes, columns=_NODE_COLUMNS), geometry=points, crs=crs), frame


_NODE_COLUMNS = ["osm_id", *NODE_TAGS, "kerb_low_mm", "kerb_high_mm", "width_m"]
_EDGE_COLUMNS = ["start", "end", "kind", "width_m", "incline_pct", *EDGE_TAGS, "osm_id", "name_th", "name_en"]


def _projected(runs: Iterable[Run], crs: str) -> dict[int, tuple[float, float]]:
    places = {node: place for run in runs for node, place in zip(run.nodes, run.places, strict=True)}
    degrees = np.array(list(places.values())).reshape(-1, 2)
    return dict(zip(places, map(tuple, utm.projected(degrees, crs).tolist()), strict=True))


def _pieces(
    nodes: tuple[int, ...], stops: set[int], positions: Mapping[int, tuple[float, float]]
) -> Iterator[list[int]]:
    piece, length = [nodes[0]], 0.0
    for before, node in itertools.pairwise(nodes):
        step = float(np.hypot(*np.subtract(positions[node], positions[before])))
        # a single step that is longer than the limit has no vertex to be cut at
        if length and length + step > LONGEST_M:
            yield piece
            piece, length = [before], 0.0
        piece.append(node)
        length += step
        if node in stops:
            yield piece
            piece, length = [node], 0.0
    if len(piece) > 1:
        yield piece


def _node(node: int, tags: Mapping[str, str]) -> dict[str, object]:
    low, high = osm_tags.kerb_mm(tags)
    width = osm_tags.length_m(tags.get("maxwidth:physical", tags.get("width", "")))
    texts = {key: tags.get(key, "") for key in NODE_TAGS}
    return {"osm_id": f"node/{node}", **texts, "kerb_low_mm": low, "kerb_high_mm": high, "width_m": width}


def _way(run: Run) -> dict[str, object]:
    tags, kind = run.tags, osm_tags.walking_kind(run.tags)
    _, thai, english = osm_tags.names(tags)
    # The width of a road is that of its carriageway, not of the pavement beside it.
    pavement = tags.get("sidewalk:both:width", tags.get("sidewalk:width", ""))
    width = pavement if kind == "road_side" else tags.get("width", "")
    texts = {key: tags.get(key, "") for key in EDGE_TAGS}
    if kind == "road_side" and not texts["sidewalk"]:
        texts["sidewalk"] = _sidewalk_by_side(tags)
    if tags.get("ramp:wheelchair") == "yes":
        texts["ramp"] = "wheelchair"
    elif "yes" in (tags.get("ramp:stroller"), tags.get("ramp:bicycle"), tags.get("ramp:luggage")):
        texts["ramp"] = "yes"
    figures = {
        "width_m": osm_tags.length_m(width),
        "incline_pct": osm_tags.incline_pct(tags.get("incline", "")),
    }
    return {"kind": kind, **figures, **texts, "osm_id": run.osm_id, "name_th": thai, "name_en": english}


def _sidewalk_by_side(tags: Mapping[str, str]) -> str:
    """Sum up pavements tagged side by side: ``yes``, ``separate``, ``no`` or none."""
    sides = {tags.get(f"sidewalk:{side}", "") for side in ("both", "left", "right")} - {""}
    return next((word for word in ("yes", "separate", "no") if word in sides), "")
