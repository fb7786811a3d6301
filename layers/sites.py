"""Ask where sites are: nearest to a point, too close to one another, in a zone."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

_WGS84 = pyproj.Geod(ellps="WGS84")
_METRES = "EPSG:32648"


def nearest(sites: gpd.GeoDataFrame, longitude: float, latitude: float, count: int) -> gpd.GeoDataFrame:
    """Return the sites nearest to a point, nearest first.

    Parameters
    ----------
    sites
        Points, EPSG:4326.
    longitude, latitude
        The point in WGS 84 degrees.
    count
        How many at most.

    Returns
    -------
    geopandas.GeoDataFrame
        The sites with `distance_m`, the length of the geodesic on the WGS 84 ellipsoid (Karney 2013, in PROJ);
        sites at one distance keep their order.
    """
    here = np.full(len(sites), longitude), np.full(len(sites), latitude)
    _, _, distances = _WGS84.inv(*here, sites.geometry.x.to_numpy(), sites.geometry.y.to_numpy())
    measured = sites.assign(distance_m=distances)
    return measured.sort_values("distance_m", kind="stable").head(count)


def duplicates_within(sites: gpd.GeoDataFrame, metres: float) -> pd.DataFrame:
    """Return the pairs of sites that lie closer to one another than a distance.

    Parameters
    ----------
    sites
        Points with `code`; any CRS, measured in EPSG:32648.
    metres
        The distance; a pair exactly so far apart is not returned.

    Returns
    -------
    pandas.DataFrame
        `code`, `other_code`, `distance_m`; each pair once, closest first.
    """
    points = sites.geometry.to_crs(_METRES).reset_index(drop=True)
    first, second = points.sindex.query(points, predicate="dwithin", distance=metres)
    once = first < second
    first, second = first[once], second[once]
    distances = points.iloc[first].distance(points.iloc[second], align=False).to_numpy()
    codes = sites["code"].to_numpy()
    pairs = pd.DataFrame({"code": codes[first], "other_code": codes[second], "distance_m": distances})
    closer = pairs[pairs["distance_m"] < metres]
    return closer.sort_values(["distance_m", "code", "other_code"], ignore_index=True)
