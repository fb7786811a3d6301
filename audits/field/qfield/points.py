"""Write and read a point as a GeoPackage keeps it: a header, then well-known binary."""

from __future__ import annotations

import math
import struct

import shapely

WGS84 = 4326

_EMPTY, _LITTLE_ENDIAN = 0x10, 0x01
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_HEADER_BYTES = 8


def packed(longitude: float, latitude: float) -> bytes:
    """Return a point in degrees of WGS 84, without envelope (OGC 12-128r17, clause 2.1.3)."""
    header = struct.pack("<2sBBi", b"GP", 0, _LITTLE_ENDIAN, WGS84)
    return header + bytes(shapely.to_wkb(shapely.Point(longitude, latitude), byte_order=1))


def unpacked(blob: bytes) -> tuple[float, float] | None:
    """Return longitude and latitude in degrees of WGS 84; None for an empty point.

    Raises
    ------
    ValueError
        If it is no point, not in WGS 84, or not on the earth.
    """
    if len(blob) < _HEADER_BYTES or blob[:2] != b"GP":
        raise ValueError("no GeoPackage geometry")
    flags = blob[3]
    (system,) = struct.unpack_from("<i" if flags & _LITTLE_ENDIAN else ">i", blob, 4)
    if system != WGS84 or (flags >> 1) & 7 not in _ENVELOPE_BYTES:
        raise ValueError(f"reference system {system}; {WGS84} is accepted")
    if flags & _EMPTY:
        return None
    return _coordinates(blob[_HEADER_BYTES + _ENVELOPE_BYTES[(flags >> 1) & 7] :])


def _coordinates(well_known: bytes) -> tuple[float, float] | None:
    try:
        shape = shapely.from_wkb(well_known)
    except shapely.errors.GEOSException as error:
        raise ValueError(str(error)) from error
    if not isinstance(shape, shapely.Point):
        raise ValueError(f"{shape.geom_type}; a point is accepted")
    if shape.is_empty:
        return None
    longitude, latitude = float(shape.x), float(shape.y)
    if not (math.isfinite(longitude + latitude) and abs(longitude) <= 180 and abs(latitude) <= 90):
        raise ValueError(f"{longitude}, {latitude} are no degrees")
    return longitude, latitude
