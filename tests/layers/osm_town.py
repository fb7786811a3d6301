"""Write a made-up town as a file of OpenStreetMap: test data, no place on earth looks like this.

One main road from west to east with a pavement on either side and one crossing in its middle. North of it stand a
school and a lake with an island; south of it steps lead down.
"""

from __future__ import annotations

import osmium
import osmium.osm.mutable as mutable
import pyproj

from layers import positions

EAST_M, NORTH_M = 268_000.0, 1_817_000.0
_DEGREES = pyproj.Transformer.from_crs("EPSG:32648", "EPSG:4326", always_xy=True)

NODES = {
    **{1: (0, 0), 2: (100, 0), 3: (200, 0)},
    **{11: (0, 10), 12: (100, 10), 13: (200, 10)},
    **{21: (0, -10), 22: (100, -10), 23: (200, -10), 24: (200, -30)},
    **{31: (20, 50), 32: (60, 50), 33: (60, 80), 34: (20, 80)},
    **{41: (100, 50), 42: (180, 50), 43: (180, 120), 44: (100, 120)},
    **{45: (130, 70), 46: (150, 70), 47: (150, 90), 48: (130, 90)},
    **{51: (50, 12), 52: (9_000, 9_000), 53: (9_100, 9_000)},
    **{61: (0, -60), 62: (50, -60), 64: (150, -60), 65: (200, -60)},
}
TAGS_OF_NODES = {
    2: {"highway": "crossing", "crossing": "marked"},
    12: {"barrier": "kerb", "kerb": "lowered", "tactile_paving": "yes"},
    22: {"barrier": "kerb", "kerb": "raised"},
    51: {"highway": "bus_stop", "name": "ป้ายทดสอบ"},
}
MAIN_ROAD = {"highway": "trunk", "name": "ถนนทดสอบ", "name:en": "Test Road"}
PAVEMENT = {"highway": "footway", "footway": "sidewalk", "surface": "concrete", "width": "1.5 m", "incline": "2%"}
WAYS = {
    101: ([1, 2, 3], MAIN_ROAD),
    102: ([11, 12, 13], PAVEMENT),
    103: ([21, 22, 23], PAVEMENT),
    104: ([12, 2, 22], {"highway": "footway", "footway": "crossing"}),
    105: ([23, 24], {"highway": "steps", "step_count": "12", "handrail": "no"}),
    106: (
        [31, 32, 33, 34, 31],
        {"building": "school", "amenity": "school", "name": "Test School", "building:levels": "2"},
    ),
    107: ([41, 42, 43, 44, 41], {}),
    108: ([45, 46, 47, 48, 45], {}),
    109: ([52, 53], {"highway": "residential"}),
    110: ([61, 62, 63, 64, 65], {"highway": "residential", "name": "Cut Lane"}),
    111: ([61, 66, 62, 61], {"building": "yes"}),
    112: ([1, 61], {"highway": "motorway"}),
    113: ([1, 21], {"highway": "service", "access": "private"}),
    114: ([1, 11], {"highway": "footway"}),
}
RELATIONS = {
    201: ([(107, "outer"), (108, "inner")], {"type": "multipolygon", "natural": "water", "name:th": "บึงทดสอบ"}),
    202: ([(107, "outer"), (999, "outer")], {"type": "multipolygon", "leisure": "park"}),
}
# Ways 110 and 111 name nodes that an extract has cut off; relation 202 names such a way.
MISSING = {63, 66}


def degrees(east_m, north_m):
    """Return longitude and latitude of a place in the town, given in metres from its corner."""
    return _DEGREES.transform(EAST_M + east_m, NORTH_M + north_m)


def box(west=-100, south=-100, east=300, north=300):
    """Return a box round the town, given in metres from its corner."""
    return positions.Box(*degrees(west, south), *degrees(east, north))


def write(file, ways=None, relations=None):
    """Write the town to a file; its ending says whether it is PBF or XML."""
    with osmium.SimpleWriter(str(file), overwrite=True) as writer:
        for number, place in sorted(NODES.items()):
            tags = TAGS_OF_NODES.get(number, {})
            writer.add_node(mutable.Node(id=number, version=1, location=degrees(*place), tags=tags))
        for number, (nodes, tags) in sorted((WAYS if ways is None else ways).items()):
            writer.add_way(mutable.Way(id=number, version=1, nodes=nodes, tags=tags))
        for number, (members, tags) in sorted((RELATIONS if relations is None else relations).items()):
            named = [("w", way, role) for way, role in members]
            writer.add_relation(mutable.Relation(id=number, version=1, members=named, tags=tags))
    return file
