"""Interpret two written numbers as a place, and refuse to guess when they could mean two."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj

from layers import utm

Numbers: TypeAlias = npt.NDArray[np.float64]

WGS_84 = "wgs_84"
INDIAN_1975 = "indian_1975"
DATUMS = (WGS_84, INDIAN_1975)

GEOGRAPHIC = "EPSG:4326"
INDIAN_1975_ZONES = {"EPSG:24047": 47, "EPSG:24048": 48}
PROJECTED = {
    WGS_84: ("EPSG:32648", "EPSG:32647", "EPSG:3857"),
    INDIAN_1975: ("EPSG:24048", "EPSG:24047", "EPSG:3857"),
}

# The operation that PROJ picks by itself for EPSG:24047 and 24048 (EPSG:1812) lands some 189 m from the shift in
# Thai practice, with which EPSG:1304 and EPSG:1537 agree within 1.6 m.
_INDIAN_1975_PIPELINE = (
    "+proj=pipeline +step +inv +proj=utm +zone={zone} +ellps=evrst30 "
    "+step +proj=push +v_3 +step +proj=cart +ellps=evrst30 +step +proj=helmert +x=204.5 +y=837.9 +z=294.8 "
    "+step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


@dataclass(frozen=True)
class Box:
    """A rectangle of longitudes and latitudes, in degrees of WGS 84."""

    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        return f"{self.west:g},{self.south:g},{self.east:g},{self.north:g}"

    @property
    def middle(self) -> tuple[float, float]:
        """Longitude and latitude halfway between the sides."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    @property
    def metres(self) -> str:
        """Reference system of the UTM zone in which the middle lies, from :mod:`layers.utm`."""
        return utm.crs_at(*self.middle)

    @classmethod
    def around(cls, places: gpd.GeoSeries | gpd.GeoDataFrame, margin_deg: float = 0.1) -> Box:
        """Box around places of any CRS, at least one of them known, and `margin_deg` more on each side."""
        west, south, east, north = map(float, places.to_crs(utm.DEGREES).total_bounds)
        return cls(west - margin_deg, south - margin_deg, east + margin_deg, north + margin_deg)

    def holds(self, longitude: Numbers | float, latitude: Numbers | float) -> npt.NDArray[np.bool_]:
        """Mark the positions inside; a position that is not finite is not."""
        across = (longitude >= self.west) & (longitude <= self.east)
        return np.asarray(across & (latitude >= self.south) & (latitude <= self.north))


KHON_KAEN_SURROUNDINGS = Box(102.70, 16.30, 102.98, 16.58)
"""The municipality of Khon Kaen with about 10 km around it."""


def read_box(written: str) -> Box | None:
    """Read a box written as ``west,south,east,north`` in degrees; None when it is none.

    Examples
    --------
    >>> read_box("98.9, 18.7, 99.1, 18.9"), read_box("99.1,18.7,98.9,18.9")
    (Box(west=98.9, south=18.7, east=99.1, north=18.9), None)
    """
    try:
        west, south, east, north = (float(side) for side in written.split(","))
    except ValueError:
        return None
    is_box = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return Box(west, south, east, north) if is_box else None


@dataclass(frozen=True)
class ColumnReadings:
    """Two columns of numbers interpreted as places, one entry per row.

    Parameters
    ----------
    longitude, latitude
        Degrees of WGS 84, shape (n,); NaN where `count` is not 1.
    count
        How many readings fall in the box, shape (n,); only 1 is a place.
    system, swapped
        Coordinate reference system of the reading taken, such as ``EPSG:32648``, and whether the second number is the
        one that goes east; empty and False where there is none.
    """

    longitude: Numbers
    latitude: Numbers
    count: npt.NDArray[np.int64]
    system: tuple[str, ...]
    swapped: npt.NDArray[np.bool_]


@functools.cache
def _to_degrees(system: str) -> pyproj.Transformer:
    if system in INDIAN_1975_ZONES:
        return pyproj.Transformer.from_pipeline(_INDIAN_1975_PIPELINE.format(zone=INDIAN_1975_ZONES[system]))
    return pyproj.Transformer.from_crs(system, GEOGRAPHIC, always_xy=True)


def known_system(system: str) -> bool:
    """Whether `system` names a coordinate reference system, such as ``EPSG:2229``."""
    try:
        pyproj.CRS.from_user_input(system)
    except pyproj.exceptions.CRSError:
        return False
    return True


def to_degrees(east: Numbers, north: Numbers, system: str) -> tuple[Numbers, Numbers]:
    """Convert coordinates of a named system to longitude and latitude.

    Parameters
    ----------
    east, north
        Coordinates in `system`, shape (n,), the one that goes east first whatever the order of the authority.
    system
        Such as ``EPSG:32648``. Indian 1975 (EPSG:24047, EPSG:24048) takes the three-parameter shift of Thai practice.

    Returns
    -------
    longitude, latitude
        Degrees of WGS 84, shape (n,); not finite where there is no such place.
    """
    if system == GEOGRAPHIC:
        return east, north
    longitude, latitude = _to_degrees(system).transform(east, north)
    return np.asarray(longitude, dtype=float), np.asarray(latitude, dtype=float)


def _candidates(first: Numbers, second: Numbers, box: Box, datum: str) -> list[tuple[str, bool, Numbers, Numbers]]:
    ways = []
    # of both sides: a box may lie across the edge of two zones
    own = tuple(utm.crs_at(longitude, box.north) for longitude in (box.west, box.east)) if datum == WGS_84 else ()
    # each system once: the same reading twice would count as two, and so as none
    for system in dict.fromkeys((GEOGRAPHIC, *PROJECTED[datum], *own)):
        for swapped, east, north in ((False, first, second), (True, second, first)):
            ways.append((system, swapped, *to_degrees(east, north, system)))
    return ways


def read_columns(first: Numbers, second: Numbers, box: Box, datum: str = WGS_84) -> ColumnReadings:
    """Read two columns as places, each row by itself.

    Parameters
    ----------
    first, second
        As written, shape (n,): longitude and latitude or the reverse, or UTM zone 47 or 48, or web Mercator; NaN where
        nothing is written.
    box
        Where the place must be; figures of its own UTM zone are read too. In Thailand longitudes (97–106) and
        latitudes (5–21) never overlap, and the wrong UTM zone lands six degrees away, so that a municipal box leaves
        one reading at most.
    datum
        UTM numbers of WGS 84 and of Indian 1975 both fall in the box, about 520 m apart: only the writer knows.

    Examples
    --------
    >>> found = read_columns(np.array([16.432]), np.array([102.823]), KHON_KAEN_SURROUNDINGS)
    >>> found.system, bool(found.swapped[0]), float(found.longitude[0])
    (('EPSG:4326',), True, 102.823)
    """
    count = np.zeros(len(first), dtype=np.int64)
    longitude, latitude = np.full(len(first), np.nan), np.full(len(first), np.nan)
    system = np.full(len(first), "", dtype=object)
    swapped = np.zeros(len(first), dtype=bool)
    for name, is_swapped, east, north in _candidates(first, second, box, datum):
        inside = box.holds(east, north)
        count += inside
        longitude[inside], latitude[inside] = east[inside], north[inside]
        system[inside], swapped[inside] = name, is_swapped
    # Two readings in the box mean that the numbers do not say which: no guess.
    unclear = count != 1
    longitude[unclear] = latitude[unclear] = np.nan
    system[unclear], swapped[unclear] = "", False
    return ColumnReadings(longitude, latitude, count, tuple(str(name) for name in system), swapped)


def in_system(first: Numbers, second: Numbers, box: Box, system: str) -> ColumnReadings:
    """Read two columns in the one system that their table names, the one that goes east first.

    Parameters
    ----------
    first, second
        Shape (n,); NaN where nothing is written.
    box
        Where the places must be.
    system
        Such as ``EPSG:2229``.
    """
    longitude, latitude = to_degrees(first, second, system)
    inside = box.holds(longitude, latitude)
    names = tuple(system if here else "" for here in inside)
    longitude, latitude = np.where(inside, longitude, np.nan), np.where(inside, latitude, np.nan)
    return ColumnReadings(longitude, latitude, inside.astype(np.int64), names, np.zeros(len(first), dtype=bool))


def utm_text(longitude: float, latitude: float) -> str:
    """Return a place in metres of its own UTM zone, as maps print it.

    Examples
    --------
    >>> utm_text(102.8366, 16.44243), utm_text(98.98, 18.79)
    ('48N 269004 E 1819110 N', '47N 497892 E 2077592 N')
    """
    crs = utm.crs_at(longitude, latitude)
    east, north = pyproj.Transformer.from_crs(utm.DEGREES, crs, always_xy=True).transform(longitude, latitude)
    return f"{utm.name(crs)} {east:.0f} E {north:.0f} N"


def way_there(longitude: float, latitude: float) -> str:
    """Return the address that opens the way to a place in the map app of any phone.

    Examples
    --------
    >>> way_there(102.835, 16.43)
    'https://www.google.com/maps/dir/?api=1&destination=16.430000,102.835000'
    """
    return f"https://www.google.com/maps/dir/?api=1&destination={latitude:.6f},{longitude:.6f}"
