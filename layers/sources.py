"""Read the ground from the data folder: places, streets, outline, communities, residents, starter register."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from layers import errors, installation, schema

DATA = installation.DATA
WGS84 = "EPSG:4326"


def places(data: Path = DATA) -> gpd.GeoDataFrame:
    """Return the public places as points.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a place: the columns of :data:`layers.schema.PLACES` and `geometry`; EPSG:4326.

    Raises
    ------
    errors.LayerError
        If the file is missing or breaks its contract.
    """
    return _points(_table(data, "places/places.csv", schema.PLACES))


def street_axes(data: Path = DATA) -> gpd.GeoDataFrame:
    """Return the main streets as coarse axes, good to about 30 m.

    Returns
    -------
    geopandas.GeoDataFrame
        One row for each unbroken part: `name_th`, `name_en`, `part` and a LineString; EPSG:4326.

    Raises
    ------
    errors.LayerError
        If the file is missing or breaks its contract, or a part has fewer than two vertices.
    """
    vertices = _table(data, "places/street_axes.csv", schema.STREET_AXES)
    parts = vertices.sort_values("vertex").groupby(["name_th", "name_en", "part"], sort=False)
    short = [f"{names[1]} part {names[2]}" for names, part in parts if len(part) < 2]
    if short:
        raise errors.LayerError(f"places/street_axes.csv: fewer than two vertices: {', '.join(short)}")
    lines = [shapely.LineString(part[["lon", "lat"]].to_numpy()) for _, part in parts]
    names = pd.DataFrame([key for key, _ in parts], columns=["name_th", "name_en", "part"])
    axes = gpd.GeoDataFrame(names, geometry=lines, crs=WGS84)
    return axes.sort_values(["name_en", "part"], ignore_index=True)


def outline(data: Path = DATA) -> gpd.GeoDataFrame:
    """Return the outline of the municipality as one polygon, off by up to 2 km in the north-east; EPSG:4326.

    Raises
    ------
    errors.LayerError
        If the file is missing or breaks its contract.
    """
    vertices = _table(data, "places/outline.csv", schema.OUTLINE).sort_values("vertex")
    polygon = shapely.Polygon(vertices[["lon", "lat"]].to_numpy())
    return gpd.GeoDataFrame({"name_en": ["Tambon Nai Mueang"]}, geometry=[polygon], crs=WGS84)


def communities(data: Path = DATA) -> pd.DataFrame:
    """Return the communities with their zones: `zone`, `name_th`; no polygons are public.

    Raises
    ------
    errors.LayerError
        If the file is missing or breaks its contract.
    """
    return _table(data, "places/communities.csv", schema.COMMUNITIES)


def population(data: Path = DATA) -> pd.DataFrame:
    """Return the registered residents by year: `year`, `residents`, `male`, `female`, `households` (counts).

    Raises
    ------
    errors.LayerError
        If the file is missing or breaks its contract.
    """
    return _table(data, "places/population.csv", schema.POPULATION)


def starter_sites(data: Path = DATA) -> gpd.GeoDataFrame:
    """Return the starter register as points: the columns of :data:`layers.schema.SITES` and `geometry`; EPSG:4326.

    Raises
    ------
    errors.LayerError
        If the file is missing or breaks its contract.
    """
    return _points(_table(data, "register/sites.csv", schema.SITES))


def starter_elements(data: Path = DATA) -> pd.DataFrame:
    """Return the elements expected at the sites: the columns of :data:`layers.schema.ELEMENTS`.

    Raises
    ------
    errors.LayerError
        If the file is missing or breaks its contract.
    """
    return _table(data, "register/elements.csv", schema.ELEMENTS)


def _table(data: Path, name: str, columns: tuple[schema.Column, ...]) -> pd.DataFrame:
    try:
        cells = pd.read_csv(data / name, dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, ValueError) as fault:
        raise errors.LayerError(f"{name}: cannot be read as a UTF-8 table with a header line: {fault}") from fault
    return schema.checked(cells, columns, name)


def _points(table: pd.DataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=WGS84)
