"""Encode and decode the points of the GeoPackage that QField sends back."""

from __future__ import annotations

import math

import shapely

from audits.formats import geopackage


def packed(longitude: float, latitude: float) -> bytes:
    """Return a point in degrees of WGS 84 as GeoPackage binary."""
    return geopackage.encode(shapely.Point(longitude, latitude))


def unpacked(blob: bytes) -> tuple[float, float] | None:
    """Return longitude and latitude in degrees of WGS 84; None for an empty point.

    Raises
    ------
    ValueError
        If it is no point, not in WGS 84, or not on the earth.
    """
    shape, system = geopackage.decode(blob)
    if system != geopackage.WGS84:
        raise ValueError(f"reference system {system}; {geopackage.WGS84} is accepted")
    if not isinstance(shape, shapely.Point):
        raise ValueError(f"{shape.geom_type}; a point is accepted")
    if shape.is_empty:
        return None
    longitude, latitude = float(shape.x), float(shape.y)
    if not (math.isfinite(longitude + latitude) and abs(longitude) <= 180 and abs(latitude) <= 90):
        raise ValueError(f"{longitude}, {latitude} are no degrees")
    return longitude, latitude
