"""Read the ground from the data folder: places, streets, outline, communities, starter register."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from layers import errors, installation, schema

DATA = installation.DATA
WGS84 = "EPSG:4326"


def places(data: Path = DATA) -> gpd.GeoDataFrame:
    """Read the public places as points, EPSG:4326; columns as ``places/places.csv`` of the data package.

    Raises
    ------
    errors.LayerError
        If the file is missing or breaks its schema.

    Examples
    --------
    >>> places()["name_en"].iloc[0]
    'City municipality office'
    """
    return _points(schema.read("places/places.csv", data))


def street_axes(data: Path = DATA) -> gpd.GeoDataFrame:
    """Read the main streets as coarse axes, good to about 30 m.

    Returns
    -------
    geopandas.GeoDataFrame
        One row for each unbroken part: `name_th`, `name_en`, `part` and a LineString; EPSG:4326.

    Raises
    ------
    errors.LayerError
        If the file is missing or breaks its schema, or a part has fewer than two vertices.
    """
    vertices = schema.read("places/street_axes.csv", data)
    # groups keep the order of their rows, so the vertices stand in theirs
    parts = vertices.sort_values("vertex").groupby(["name_th", "name_en", "part"], sort=False)
    short = [f"{names[1]} part {names[2]}" for names, part in parts if len(part) < 2]
    if short:
        raise errors.LayerError(f"places/street_axes.csv: fewer than two vertices: {', '.join(short)}")
    lines = [shapely.LineString(part[["lon", "lat"]].to_numpy()) for _, part in parts]
    names = pd.DataFrame([key for key, _ in parts], columns=["name_th", "name_en", "part"])
    axes = gpd.GeoDataFrame(names, geometry=lines, crs=WGS84)
    return axes.sort_values(["name_en", "part"], ignore_index=True)


def outline(data: Path = DATA) -> gpd.GeoDataFrame:
    """Read the outline of the municipality as one polygon, off by up to 2 km in the north-east; EPSG:4326.

    Raises
    ------
    errors.LayerError
        If the file is missing or breaks its schema.
    """
    vertices = schema.read("places/outline.csv", data).sort_values("vertex")
    polygon = shapely.Polygon(vertices[["lon", "lat"]].to_numpy())
    return gpd.GeoDataFrame({"name_en": ["Tambon Nai Mueang"]}, geometry=[polygon], crs=WGS84)


def starter_sites(data: Path = DATA) -> gpd.GeoDataFrame:
    """Read the starter register as points, EPSG:4326; columns as ``register/sites.csv`` of the data package.

    Raises
    ------
    errors.LayerError
        If the file is missing or breaks its schema.
    """
    return _points(schema.read("register/sites.csv", data))


def starter_elements(data: Path = DATA) -> pd.DataFrame:
    """Read the elements expected at the sites; columns as ``register/elements.csv`` of the data package.

    Raises
    ------
    errors.LayerError
        If the file is missing or breaks its schema.
    """
    return schema.read("register/elements.csv", data)


def _points(table: pd.DataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=WGS84)
