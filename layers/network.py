"""Load the walking network from the base map, or derive a coarse one from the street axes."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from layers import base_file, errors, osm_network, utm

KINDS = ("footway", "crossing", "steps", "road_side", "access")
# Both axes of a junction are good to about 30 m.
JOINED_WITHIN_M = 60.0
COARSE_STEP_M = 50.0
COARSE_STATEMENT = (
    "Coarse network: the axes of main streets only, good to about 30 m, without lanes, footways, crossings or kerbs. "
    "Distances are rough, reach is understated, and nothing is known of any barrier."
)
STATEMENT = (
    "Walking network from OpenStreetMap: what nobody has mapped is missing, "
    "and what is mapped without a tag is unknown."
)
OSM, OPENSIDEWALKS, STREET_AXES = "osm", "opensidewalks", "street_axes"
OPENSIDEWALKS_STATEMENT = (
    "Walking network from an OpenSidewalks dataset: what it does not hold is missing, "
    "and what it holds without a figure is unknown."
)


@dataclass(frozen=True, eq=False)
class Network:
    """Nodes and edges of the ways that can be walked, with their attributes.

    Parameters
    ----------
    nodes
        Points in a UTM zone, numbered from 0: the columns of :func:`layers.osm_network.cut`.
    edges
        LineStrings in the same zone, numbered from 0: the columns of :func:`layers.osm_network.cut`; `kind` is one of
        :data:`KINDS`, ``access`` being the way from the network to a site.
    coarse
        Whether it is made from the axes of main streets only.
    statement
        Must be shown beside every figure from this network.
    sites
        By code, the sites joined to it: see :func:`layers.site_access.join`.
    audited
        By code, one column a persona: whether the audited site can be passed; missing where the audit does not decide.
    source
        :data:`OSM`, :data:`OPENSIDEWALKS` or :data:`STREET_AXES`.
    """

    nodes: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    coarse: bool
    statement: str
    sites: pd.DataFrame = field(default_factory=pd.DataFrame)
    audited: pd.DataFrame = field(default_factory=pd.DataFrame)
    source: str = OSM

    @functools.cached_property
    def ends(self) -> npt.NDArray[np.intp]:
        """Start and end of each edge, shape (edges, 2)."""
        return np.asarray(self.edges[["start", "end"]], np.intp)

    @functools.cached_property
    def length_m(self) -> npt.NDArray[np.float64]:
        """Length of each edge, shape (edges,)."""
        return np.asarray(self.edges["length_m"], np.float64)


def from_base(folder: Path) -> Network:
    """Load the network of the base map in a folder.

    Raises
    ------
    errors.LayerError
        If there is no base map, it cannot be read, or its edges name nodes that are not there.
    """
    nodes, edges = base_file.read(folder, "walk_nodes"), base_file.read(folder, "walk_edges")
    used = edges[["start", "end"]].to_numpy()
    if len(used) and not 0 <= used.min() <= used.max() < len(nodes):
        raise errors.LayerError(f"{base_file.path(folder)}: edges name nodes that are not there; make the base again")
    about = base_file.about(folder)
    if about.get("network") == OPENSIDEWALKS:
        is_coarse = about.get("coarse") == "yes"
        statement = COARSE_STATEMENT if is_coarse else OPENSIDEWALKS_STATEMENT
        return Network(nodes, edges, is_coarse, statement, source=OPENSIDEWALKS)
    return Network(nodes, edges, False, STATEMENT)


def coarse(axes: gpd.GeoDataFrame) -> Network:
    """Derive a network from street axes, joined where they cross or end within 60 m of one another.

    Parameters
    ----------
    axes
        LineStrings, any CRS, with `name_th` and `name_en`.

    Raises
    ------
    errors.LayerError
        If there is no line among the axes.
    """
    crs = utm.crs_of(axes)
    lines = axes.geometry.to_crs(crs).to_numpy()
    if not len(lines):
        raise errors.LayerError("a coarse network needs at least one street axis")
    joined = np.concatenate([lines, _bridges(lines)])
    # Cut where lines cross, and every 50 m, so that homes along an axis find a node nearby.
    # The grid of a centimetre makes one node of ends that only rounding keeps apart.
    noded = shapely.get_parts(shapely.segmentize(shapely.union_all(joined, grid_size=0.01), COARSE_STEP_M))
    coordinates, line_of = shapely.get_coordinates(noded, return_index=True)
    # Ends that differ by the rounding of the noding are one node.
    coordinates = np.round(coordinates, 3)
    follows = np.flatnonzero(line_of[1:] == line_of[:-1])
    places, number = np.unique(coordinates, axis=0, return_inverse=True)
    segments = shapely.linestrings(np.stack([coordinates[follows], coordinates[follows + 1]], axis=1))
    nearest = shapely.STRtree(lines).nearest(shapely.line_interpolate_point(segments, 0.5, normalized=True))
    names = axes[["name_th", "name_en"]].iloc[nearest].reset_index(drop=True)
    edges = gpd.GeoDataFrame(
        {
            "start": number[follows],
            "end": number[follows + 1],
            "kind": "road_side",
            "length_m": shapely.length(segments),
            "width_m": math.nan,
            "incline_pct": math.nan,
            **dict.fromkeys((*osm_network.EDGE_TAGS, "osm_id"), ""),
            **names,
        },
        geometry=segments,
        crs=crs,
    )
    # These are axes of main streets: whether there is a pavement beside them is not mapped.
    return Network(
        _bare_nodes(places, crs), edges.assign(highway="primary"), True, COARSE_STATEMENT, source=STREET_AXES
    )


def nearest_nodes(network: Network, points: gpd.GeoSeries) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Find the nearest node of each point, and its distance.

    The nodes of sites are left out: a blocked ramp must not cut off the home that happens to stand beside it.

    Parameters
    ----------
    network
        The network.
    points
        Any CRS; of other shapes a point within is taken.

    Returns
    -------
    node
        Shape (points,).
    distance_m
        Shape (points,), straight.
    """
    places = shapely.point_on_surface(points.to_crs(network.nodes.crs).to_numpy())
    # a kerb is a node of the network itself, at which a home may well begin
    own = network.sites["joined_as"].isin(("access", "gate")) if len(network.sites) else slice(0)
    open_to_all = np.delete(np.arange(len(network.nodes)), network.sites[own].get("node", []))
    geometry = network.nodes.geometry.to_numpy()
    near = shapely.STRtree(geometry[open_to_all]).nearest(places) if len(places) else np.zeros(0, np.intp)
    node: npt.NDArray[np.intp] = open_to_all[near]
    return node, shapely.distance(places, geometry[node])


def _bridges(lines: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Lines from each loose end to the axes that pass or end near it."""
    tree = shapely.STRtree(lines)
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    own = np.tile(np.arange(len(lines)), 2)
    end, line = tree.query(ends, predicate="dwithin", distance=JOINED_WITHIN_M)
    others = own[end] != line
    end, line = end[others], line[others]
    bridges = shapely.shortest_line(ends[end], lines[line])
    # ends that meet already need no bridge
    made: npt.NDArray[np.object_] = bridges[shapely.length(bridges) > 0]
    return made


def _bare_nodes(places: npt.NDArray[np.float64], crs: str) -> gpd.GeoDataFrame:
    unknown = dict.fromkeys(("kerb_low_mm", "kerb_high_mm", "width_m"), math.nan)
    columns = {**dict.fromkeys(("osm_id", *osm_network.NODE_TAGS), ""), **unknown}
    return gpd.GeoDataFrame(columns, index=range(len(places)), geometry=shapely.points(places), crs=crs)
