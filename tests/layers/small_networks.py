"""Draw small walking networks by hand: made-up ground, in metres from a corner in EPSG:32648."""

from __future__ import annotations

import math
import random

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers import network, osm_network

EAST_M, NORTH_M = 268_000.0, 1_817_000.0
PASSABLE = {"surface": "asphalt", "width_m": 2.0, "incline_pct": 0.0}


def drawn(places, edges, nodes=None):
    """Return a network.

    Parameters
    ----------
    places
        East and north of each node, in metres.
    edges
        Start, end and what is known of the edge; ``footway`` where no kind is given.
    nodes
        What is known of a node, by its number.
    """
    points = shapely.points(np.add(np.array(places, float), (EAST_M, NORTH_M)))
    figures = dict.fromkeys(("kerb_low_mm", "kerb_high_mm", "width_m"), math.nan)
    known = [
        {**dict.fromkeys(("osm_id", *osm_network.NODE_TAGS), ""), **figures, **(nodes or {}).get(number, {})}
        for number in range(len(places))
    ]
    blank = dict.fromkeys((*osm_network.EDGE_TAGS, "osm_id", "name_th", "name_en"), "")
    lines = [shapely.LineString([points[start], points[end]]) for start, end, *_ in edges]
    rows = [
        {
            **{"start": start, "end": end, "kind": "footway", "length_m": line.length},
            **{"width_m": math.nan, "incline_pct": math.nan, **blank},
            **(tags[0] if tags else {}),
        }
        for (start, end, *tags), line in zip(edges, lines, strict=True)
    ]
    return network.Network(
        gpd.GeoDataFrame(pd.DataFrame(known), geometry=points, crs="EPSG:32648"),
        gpd.GeoDataFrame(pd.DataFrame(rows), geometry=lines, crs="EPSG:32648"),
        False,
        network.STATEMENT,
    )


def street(count=5, spacing_m=100.0, **known):
    """Return a straight footway of some edges, known to be passable but for what is given."""
    places = [(number * spacing_m, 0) for number in range(count)]
    return drawn(places, [(number, number + 1, PASSABLE | known) for number in range(count - 1)])


def at(*places):
    """Return points in metres from the corner."""
    return gpd.GeoSeries([shapely.Point(EAST_M + east, NORTH_M + north) for east, north in places], crs="EPSG:32648")


def sites(*places, in_the_way=True, accuracy_m=5.0):
    """Return sites named S0, S1 …"""
    table = {"code": [f"S{number}" for number in range(len(places))], "in_the_way": in_the_way}
    return gpd.GeoDataFrame(table | {"position_accuracy_m": accuracy_m}, geometry=at(*places))


def verdicts(**words):
    """Return what the audit says to a manual wheelchair at each site."""
    return pd.DataFrame({"manual_wheelchair": pd.array(list(words.values()), dtype="boolean")}, index=list(words))


def chance_network(seed, nodes=12, edges=22):
    """Return an arbitrary network, with parallel edges and loops, and a state for each edge."""
    chance = random.Random(seed)
    places = [(chance.uniform(0, 500), chance.uniform(0, 500)) for _ in range(nodes)]
    pairs = [(chance.randrange(nodes), chance.randrange(nodes)) for _ in range(edges)]
    ways = drawn(places, [(*pair, {"length_m": float(chance.randint(0, 300))}) for pair in pairs + pairs[:2]])
    return ways, np.array([chance.choice((-1, 0, 1, 1)) for _ in range(len(ways.edges))], np.int8)
