"""Put people on the walking network: residents by building where known, else equal weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from layers import errors, network

Weights = npt.NDArray[np.float64]
Places = npt.NDArray[np.object_]

EQUAL_BUILDINGS = "No population is known by place: every building counts the same, whoever lives in it."
EQUAL_LENGTH = "Neither population nor buildings are known: every metre of way counts the same."
RESIDENTS = "Residents as given, spread within each area over its buildings by floor area."

RESIDENTS_COLUMN = "residents"
# Buildings in which hardly anybody lives; they take residents only where an area has no others.
NOT_HOMES = frozenset(
    {"school", "kindergarten", "university", "college", "hospital", "government", "public", "office", "commercial"}
    | {"retail", "industrial", "warehouse", "temple", "church", "mosque", "shrine", "garage", "garages", "carport"}
    | {"roof", "shed", "kiosk", "supermarket", "train_station", "transportation", "toilets", "service", "hangar"}
    | {"parking", "stadium", "greenhouse", "barn", "construction", "ruins"}
)


@dataclass(frozen=True, eq=False)
class Demand:
    """Who starts where.

    Parameters
    ----------
    weights
        Shape (nodes,).
    equal
        Whether the weights count homes or metres, not people.
    statement
        Must be shown beside every figure from these weights.
    """

    weights: Weights
    equal: bool
    statement: str

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return float(self.weights.sum())


def equal(ways: network.Network, buildings: gpd.GeoDataFrame | None = None) -> Demand:
    """Give every building the same weight, or every metre of way where no building is known.

    Parameters
    ----------
    ways
        The network.
    buildings
        Any CRS.
    """
    if buildings is None or buildings.empty:
        return Demand(_by_length(ways, np.ones(len(ways.edges), bool)), True, EQUAL_LENGTH)
    homes = _centres(buildings)[_lived_in(buildings)]
    return Demand(_at_nodes(ways, homes, np.ones(len(homes))), True, EQUAL_BUILDINGS)


def residents(
    ways: network.Network,
    population: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame | None = None,
) -> Demand:
    """Distribute residents to the nodes nearest to their homes; the total is kept.

    In an area, each building takes residents by its floor area: pop_b = pop_a · floors_b / Σ floors over the area's
    buildings, floors being area · levels (dasymetric mapping, Wright 1936); buildings that are no homes take part only
    where there are no others. An area without buildings gives its residents to the ways in it by length, one without
    ways to the node nearest to its middle. Residents given as points go to the nearest node.

    Parameters
    ----------
    ways
        The network.
    population
        Polygons or points, any CRS, with the column `residents`.
    buildings
        Polygons, any CRS; `levels` and `building` are used where they are there.

    Raises
    ------
    errors.LayerError
        If the column is missing, a number is missing, negative or not finite, or a shape is neither point nor polygon.
    """
    people = _people(population)
    shapes = population.geometry.to_crs(ways.nodes.crs).to_numpy()
    homes, floors, lived_in = np.zeros(0, object), np.zeros(0), np.zeros(0, bool)
    if buildings is not None and not buildings.empty:
        metric = buildings.to_crs(ways.nodes.crs)
        homes, floors, lived_in = _centres(metric), _floor_m2(metric), _lived_in(buildings)
    tree, middles = shapely.STRtree(homes), shapely.STRtree(_middles(ways))
    at_homes, at_ways = np.zeros(len(homes)), np.zeros(len(ways.nodes))
    loose: list[tuple[shapely.Point, float]] = []
    for shape, count in zip(shapes, people, strict=True):
        inside = tree.query(shape, predicate="intersects") if _is_area(shape) else np.zeros(0, np.intp)
        # An area of offices only still has its residents: better there than lost.
        inside = inside[lived_in[inside]] if lived_in[inside].any() else inside
        nearby = middles.query(shape, predicate="intersects") if _is_area(shape) else inside
        if len(inside) and floors[inside].sum() > 0:
            at_homes[inside] += count * floors[inside] / floors[inside].sum()
        elif len(nearby) and ways.length_m[nearby].sum() > 0:
            marked = np.isin(np.arange(len(ways.edges)), nearby)
            shares = _by_length(ways, marked)
            at_ways += count * shares / shares.sum()
        else:
            loose.append((shapely.point_on_surface(shape), count))
    places = np.concatenate([homes[at_homes > 0], np.array([point for point, _ in loose], dtype=object)])
    counts = np.concatenate([at_homes[at_homes > 0], np.array([count for _, count in loose], dtype=float)])
    return Demand(_at_nodes(ways, places, counts) + at_ways, False, RESIDENTS)


def _people(population: gpd.GeoDataFrame) -> Weights:
    if RESIDENTS_COLUMN not in population:
        raise errors.LayerError(
            f"the population layer has no column {RESIDENTS_COLUMN}; it has {', '.join(population.columns)}"
        )
    people = np.asarray(pd.to_numeric(population[RESIDENTS_COLUMN], errors="coerce"), np.float64)
    # asked the other way round, since NaN is not below 0 either
    faults = [
        f"row {row}: {RESIDENTS_COLUMN} is missing, negative or not a number" for row in np.flatnonzero(~(people >= 0))
    ]
    faults += [f"row {row}: {RESIDENTS_COLUMN} is not finite" for row in np.flatnonzero(np.isinf(people))]
    accepted = ("Point", "Polygon", "MultiPolygon")
    kinds = ["no shape" if shape is None or shape.is_empty else shape.geom_type for shape in population.geometry]
    faults += [
        f"row {row}: {kind}; accepted: {', '.join(accepted)}" for row, kind in enumerate(kinds) if kind not in accepted
    ]
    if faults:
        raise errors.LayerError("the population layer: " + "; ".join(faults))
    return people


def _is_area(shape: shapely.Geometry) -> bool:
    return not isinstance(shape, shapely.Point)


def _lived_in(buildings: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Mark the buildings that may be homes; all of them where none is, or where their kind is not mapped."""
    kinds = buildings["building"] if "building" in buildings else pd.Series("yes", index=buildings.index)
    lived: npt.NDArray[np.bool_] = ~kinds.isin(NOT_HOMES).to_numpy()
    return lived if lived.any() else ~lived


def _centres(buildings: gpd.GeoDataFrame) -> Places:
    # a point of the building: the centroid of a bent one may lie outside of it
    centres: Places = shapely.point_on_surface(buildings.geometry.to_numpy())
    return centres


def _floor_m2(buildings: gpd.GeoDataFrame) -> Weights:
    """Floor area of each building; a building without levels counts as one storey."""
    area = shapely.area(buildings.geometry.to_numpy())
    written = buildings["levels"] if "levels" in buildings else pd.Series(math.nan, index=buildings.index)
    levels = np.asarray(pd.to_numeric(written, errors="coerce"), np.float64)
    floors: Weights = area * np.where(np.isfinite(levels) & (levels >= 1), levels, 1.0)
    return floors


def _middles(ways: network.Network) -> Places:
    middles: Places = shapely.line_interpolate_point(ways.edges.geometry.to_numpy(), 0.5, normalized=True)
    return middles


def _by_length(ways: network.Network, marked: npt.NDArray[np.bool_]) -> Weights:
    """Give each end of the marked edges half of their length, in metres; access edges have no homes."""
    counted = marked & (ways.edges["kind"] != "access").to_numpy()
    # A home along an edge is as near to one end as to the other, on average.
    half = np.repeat(ways.length_m[counted] / 2, 2)
    return _summed(ways.ends[counted].ravel(), half, len(ways.nodes))


def _at_nodes(ways: network.Network, places: Places, counts: Weights) -> Weights:
    node, _ = network.nearest_nodes(ways, gpd.GeoSeries(places, crs=ways.nodes.crs))
    return _summed(node, counts, len(ways.nodes))


def _summed(node: npt.NDArray[np.intp], counts: Weights, nodes: int) -> Weights:
    return np.bincount(node, counts, minlength=nodes).astype(np.float64)
