"""Choose the ground of a map: the base map of a workspace, else the coarse street axes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers import base_file, osm_tags, positions, sources, utm

# Main streets are drawn all over the city; everything lesser only where a site is near.
EVERYWHERE = osm_tags.MAIN_ROADS | osm_tags.MOTORWAYS
SAME_PLACE_M = 150.0
_STREET_LAYERS = ("streets", "footways", "steps")


@dataclass(frozen=True, eq=False)
class Ground:
    """Features drawn under the sites.

    Parameters
    ----------
    streets
        LineStrings with `name_th`, `name_en` and `highway`, which is empty for the coarse axes.
    outline, places
        Of the municipality, and its public places; EPSG:4326.
    buildings, water, parks
        MultiPolygons; empty without a base map.
    mapped
        Whether it comes from a base map, whose attribution must then be shown.
    """

    streets: gpd.GeoDataFrame
    outline: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    parks: gpd.GeoDataFrame
    mapped: bool


def of(workspace: Path | None, area: positions.Box | None = None) -> Ground:
    """Load the ground of a workspace; the coarse one where it has no base map, or none is named.

    Parameters
    ----------
    workspace
        Its folder.
    area
        Where its town lies: what is known of the starter register's town is left out of any other's maps. Everything
        when None.

    Raises
    ------
    errors.LayerError
        If the base map cannot be read.
    """
    folder = base_file.folder_for(workspace) if workspace is not None else None
    outline, places = inside(sources.outline(), area), inside(sources.places(), area)
    if folder is None or not base_file.path(folder).is_file():
        axes = inside(sources.street_axes().assign(highway=""), area)
        nothing = gpd.GeoDataFrame({"name_th": [], "name_en": []}, geometry=[], crs=sources.WGS84)
        return Ground(axes, outline, places, nothing, nothing, nothing, False)
    named = ["name_th", "name_en", "highway", "geometry"]
    lines = [base_file.read(folder, name)[named] for name in _STREET_LAYERS]
    buildings, water, parks = (base_file.read(folder, name) for name in ("buildings", "water", "parks"))
    streets = gpd.GeoDataFrame(pd.concat(lines, ignore_index=True))
    return Ground(streets, outline, places, buildings, water, parks, True)


def inside(known: gpd.GeoDataFrame, area: positions.Box | None) -> gpd.GeoDataFrame:
    """Keep the shapes that touch a box; all of them when it is None."""
    if area is None:
        return known
    return known[known.to_crs(utm.DEGREES).intersects(shapely.box(area.west, area.south, area.east, area.north))]


def changed_at(workspace: Path) -> int:
    """Time at which the base map of a workspace was written, in nanoseconds; 0 without one."""
    file = base_file.path(base_file.folder_for(workspace))
    return file.stat().st_mtime_ns if file.is_file() else 0


@dataclass(frozen=True)
class Size:
    """Limits to the detail of a ground.

    Parameters
    ----------
    within_m
        Lesser streets and areas farther than this from every site are left out.
    street_vertices, area_vertices
        At most so many of each, the nearest things first; water and parks come before buildings.
    tolerance_m
        How far a line may move when it is simplified.
    """

    within_m: float
    street_vertices: int
    area_vertices: int
    tolerance_m: float


# A page and a file for one phone hold so much and stay quick: about 0.8 MB and 90 kB packed.
ON_SCREEN = Size(within_m=300.0, street_vertices=25_000, area_vertices=20_000, tolerance_m=1.0)
IN_POCKET = Size(within_m=200.0, street_vertices=9_000, area_vertices=7_000, tolerance_m=2.0)


def near(ground: Ground, points: gpd.GeoSeries, size: Size) -> Ground:
    """Reduce a ground for a small map: main streets, and features near the sites.

    Parameters
    ----------
    ground
        From :func:`of`; without a base map it is returned unchanged.
    points
        The sites, any CRS.
    size
        How much is kept.
    """
    if not ground.mapped:
        return ground
    places = points[points.notna() & ~points.is_empty].geometry.to_crs(utm.crs_of(ground.streets))
    main = ground.streets["highway"].isin(EVERYWHERE).to_numpy()
    streets = _kept(ground.streets, places, size, size.street_vertices, main)
    left, areas = size.area_vertices, {}
    for name in ("water", "parks", "buildings"):
        areas[name] = _kept(getattr(ground, name), places, size, left, np.zeros(len(getattr(ground, name)), bool))
        # What water and parks leave is for buildings, of which there are most.
        left -= int(shapely.get_num_coordinates(areas[name].geometry.to_numpy()).sum())
    return dataclasses.replace(ground, streets=streets, **areas)


def _kept(
    frame: gpd.GeoDataFrame,
    places: gpd.GeoSeries,
    size: Size,
    most_vertices: int,
    first: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> gpd.GeoDataFrame:
    """Keep features up to a number of vertices: first the marked ones, then the nearest; simplified, in their order."""
    if frame.empty or not len(places):
        return frame.iloc[:0]
    metres = frame.to_crs(places.crs)
    shapes = shapely.simplify(metres.geometry.to_numpy(), size.tolerance_m)
    number, place = shapely.STRtree(places.to_numpy()).query_nearest(shapes, all_matches=False)
    off = np.full(len(shapes), np.inf)
    off[number] = shapely.distance(shapes[number], places.to_numpy()[place])
    # Before everything that has a distance.
    off[first] = -1.0
    # stable: of features at one distance every machine keeps the same
    order = np.argsort(off, kind="stable")
    order = order[(off[order] <= size.within_m) & ~shapely.is_empty(shapes[order])]
    # it ends at the first that does not fit, so that no gap is left near the sites
    order = order[np.cumsum(shapely.get_num_coordinates(shapes[order])) <= most_vertices]
    kept = np.sort(order)
    return metres.iloc[kept].set_geometry(shapes[kept])


def destinations(workspace: Path, area: positions.Box | None = None) -> gpd.GeoDataFrame:
    """Load the public places that people go to, as points with `category`, in the UTM zone of the base map.

    Those of the base map are added where no known place of the same category is nearer than 150 m; `area` as in
    :func:`of`.

    Raises
    ------
    errors.LayerError
        If the base map cannot be read.
    """
    own = inside(sources.places(), area)[["name_th", "name_en", "category", "geometry"]]
    folder = base_file.folder_for(workspace)
    if not base_file.path(folder).is_file():
        return own.to_crs(utm.crs_of(own))
    more = base_file.read(folder, "places")[["name_th", "name_en", "category", "geometry"]]
    own = utm.measured(own, utm.crs_of(more))
    new = np.ones(len(more), bool)
    for kind, rows in more.groupby("category"):
        same = own[own["category"] == kind]
        for label in rows.index if len(same) else ():
            new[more.index.get_loc(label)] = same.distance(more.geometry.loc[label]).min() > SAME_PLACE_M
    return gpd.GeoDataFrame(pd.concat([own, more[new]], ignore_index=True), crs=own.crs)
