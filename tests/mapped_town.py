"""A record in the made-up town of OpenStreetMap: an audited kerb ramp at the crossing, a school, a place far away."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from layers import sources
from tests.layers import osm_town

KERB, SCHOOL, FAR = "KK-101", "KK-102", "KK-103"
PLACES = {KERB: (100, -10), SCHOOL: (150, 12), FAR: (3_000, 3_000)}


def sites(**changes):
    """Return the register: the kerb ramp stands in everybody's way, the school is gone in to."""
    columns = {
        "setting": ["municipal_footpath", "building", "building"],
        "category": ["street", "school", "park"],
        "zone": pd.array([1, 2, 2], dtype="Int64"),
        "position_status": ["confirmed", "confirmed", "presumed"],
        "position_accuracy_m": 5.0,
        "name_th": list(PLACES),
        "name_en": list(PLACES),
    }
    points = [shapely.Point(*osm_town.degrees(*place)) for place in PLACES.values()]
    return gpd.GeoDataFrame(columns | changes, geometry=points, crs=sources.WGS84, index=pd.Index(PLACES, name="code"))


def places(*where):
    """Return public places as points, by category and metres from the corner."""
    points = [shapely.Point(osm_town.EAST_M + east, osm_town.NORTH_M + north) for _, (east, north) in where]
    kinds = [kind for kind, _ in where]
    return gpd.GeoDataFrame({"category": kinds}, geometry=points, crs="EPSG:32648")
