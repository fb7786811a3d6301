"""Interpret OpenStreetMap's tags: layer, names, and figures in metres, percent and millimetres."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from layers import schema

ROADS = frozenset(
    {"trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link"}
    | {"unclassified", "residential", "living_street", "service", "road", "track"}
)
MOTORWAYS = frozenset({"motorway", "motorway_link"})
MAIN_ROADS = frozenset(road for road in ROADS if road.split("_")[0] in {"trunk", "primary", "secondary", "tertiary"})
FOOTWAYS = frozenset({"footway", "path", "pedestrian", "corridor", "bridleway", "platform"})
WATERWAYS = frozenset({"river", "canal", "stream", "drain", "ditch"})
SMOOTHNESS = (
    *("excellent", "good", "intermediate", "bad"),
    *("very_bad", "horrible", "very_horrible", "impassable"),
)
# What a kerb's value says of its height, lowest and highest in mm: flush 0, lowered about 30 or less, raised more
# (OpenStreetMap wiki, Key:kerb). A height in whole mm above 30 begins at 31.
KERB_HEIGHTS_MM = MappingProxyType(
    {
        "flush": (0.0, 0.0),
        "no": (0.0, 0.0),
        "lowered": (0.0, 30.0),
        "raised": (31.0, math.inf),
        "rolled": (31.0, math.inf),
    }
)

_REFUSED = frozenset({"no", "private", "use_sidepath"})
_ALLOWED = frozenset({"yes", "designated", "permissive", "customers", "destination"})
_PLACES: Mapping[tuple[str, str], str] = {
    (key, value): category for key, value, category in schema.read("places/osm_places.csv").itertuples(index=False)
}
# Of several tags the first key decides.
_KEYS_OF_PLACES = tuple(dict.fromkeys(key for key, _ in _PLACES))
_LENGTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*(m|metres?|meters?|cm|mm|)")
_METRES = {"cm": 0.01, "mm": 0.001}
_SLOPE = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*%")
_ANGLE = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*°")
_RATIO = re.compile(r"1\s*:\s*(\d+(?:[.,]\d+)?)")


def names(tags: Mapping[str, str]) -> tuple[str, str, str]:
    """Name as written, in Thai and in English; empty where there is none.

    A name without a language counts as Thai when it has Thai letters, as English when all its letters are ASCII.
    """
    name = tags.get("name", "").strip()
    thai = tags.get("name:th", "").strip() or (name if re.search("[\u0e01-\u0e2e]", name) else "")
    english = tags.get("name:en", "").strip() or (name if name.isascii() else "")
    return name, thai, english


def line_layer(tags: Mapping[str, str]) -> str:
    """Layer of a way as a line: ``streets``, ``footways``, ``steps``, ``waterways`` or none."""
    highway = tags.get("highway", "")
    if highway == "steps":
        return "steps"
    if highway in FOOTWAYS or (highway == "cycleway" and tags.get("foot") in _ALLOWED):
        return "footways"
    if highway in ROADS or highway in MOTORWAYS:
        return "streets"
    return "waterways" if tags.get("waterway") in WATERWAYS else ""


def area_layer(tags: Mapping[str, str]) -> str:
    """Layer of an area: ``buildings``, ``water``, ``parks`` or none."""
    if tags.get("building", "no") != "no":
        return "buildings"
    wet = tags.get("natural") == "water" or tags.get("waterway") in {"riverbank", "dock"}
    if wet or tags.get("landuse") in {"reservoir", "basin"}:
        return "water"
    green = tags.get("leisure") in {"park", "garden", "playground", "nature_reserve"}
    return "parks" if green or tags.get("landuse") in {"recreation_ground", "village_green"} else ""


def place(tags: Mapping[str, str]) -> str:
    """Category of a destination, such as ``hospital``; empty for everything else."""
    if tags.get("amenity") == "place_of_worship":
        return "temple" if tags.get("religion") == "buddhist" else "worship"
    found = (_PLACES.get((key, tags.get(key, "")), "") for key in _KEYS_OF_PLACES)
    return next(filter(None, found), "bus_stop" if _is_bus_platform(tags) else "")


def walkable(tags: Mapping[str, str]) -> bool:
    """Whether a way can be walked; motorways and private ways only where `foot` allows it."""
    highway = tags.get("highway", "")
    if tags.get("foot") in _ALLOWED and highway in ROADS | MOTORWAYS | FOOTWAYS | {"steps", "cycleway"}:
        return True
    refused = tags.get("foot") in _REFUSED or tags.get("access") in _REFUSED or tags.get("motorroad") == "yes"
    # a cycleway is for feet only where its tags say so, above
    return not refused and highway in ROADS | FOOTWAYS | {"steps"}


def walking_kind(tags: Mapping[str, str]) -> str:
    """Kind of way on foot: ``steps``, ``crossing``, ``road_side`` or ``footway``."""
    highway = tags.get("highway", "")
    if highway == "steps":
        return "steps"
    if "crossing" in (tags.get("footway"), tags.get("path"), tags.get("cycleway")):
        return "crossing"
    return "road_side" if highway in ROADS | MOTORWAYS else "footway"


def length_m(text: str) -> float:
    """Length in metres of a text such as ``1.5``, ``1,5 m`` or ``90 cm``; NaN where it cannot be read.

    Examples
    --------
    >>> length_m("90 cm"), length_m("1,5 m"), length_m("wide")
    (0.9, 1.5, nan)
    """
    found = _LENGTH.fullmatch(text.strip().lower())
    return float(found[1].replace(",", ".")) * _METRES.get(found[2], 1.0) if found else math.nan


def incline_pct(text: str) -> float:
    """Incline in percent of a text such as ``-8 %``, ``5°`` or ``1:12``; NaN for ``up``, ``down`` and the rest.

    A number without its sign of percent is not read: contributors mean percent by it, degrees or a ratio.

    Examples
    --------
    >>> incline_pct("-8 %"), round(incline_pct("1:12"), 2), incline_pct("up")
    (-8.0, 8.33, nan)
    """
    written = text.strip()
    if found := _SLOPE.fullmatch(written):
        return float(found[1].replace(",", "."))
    if found := _ANGLE.fullmatch(written):
        degrees = float(found[1].replace(",", "."))
        return 100.0 * math.tan(math.radians(degrees)) if abs(degrees) < 90 else math.nan
    found = _RATIO.fullmatch(written)
    # 1:0 is no slope
    return 100.0 / float(found[1].replace(",", ".")) if found and float(found[1].replace(",", ".")) else math.nan


def kerb_mm(tags: Mapping[str, str]) -> tuple[float, float]:
    """Lowest and highest possible height of a kerb, in mm; both NaN where its tags do not say.

    A written height goes before a class.

    Examples
    --------
    >>> kerb_mm({"kerb": "lowered"}), kerb_mm({"kerb": "lowered", "kerb:height": "45 mm"})
    ((0.0, 30.0), (45.0, 45.0))
    """
    height = length_m(tags.get("kerb:height", "")) * 1000.0
    if math.isfinite(height):
        return height, height
    return KERB_HEIGHTS_MM.get(tags.get("kerb", ""), (math.nan, math.nan))


def _is_bus_platform(tags: Mapping[str, str]) -> bool:
    return tags.get("public_transport") == "platform" and tags.get("bus") == "yes"
