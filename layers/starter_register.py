"""Lay out the starter register: 85 ramp sites and the candidate spaces, each saying how its position is known."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from layers import schema, sources

_METRES = "EPSG:32648"

# Far enough that the ramp's marker and the space's marker can both be seen, near enough to stay at the place.
_RAMP_OFFSET_M = 50.0
_STREET_ACCURACY_M = 250.0


class _Place(NamedTuple):
    name_en: str
    status: str
    offset: bool = True


class _Street(NamedTuple):
    name_en: str
    first: float
    last: float
    kerb_ramps: int
    shelters: int
    setting: str = "municipal_footpath"


# Named: the programme's own text names the place, or a class that has one well-known place.
_RAMP_PLACES = (
    _Place("City municipality office", "named"),
    _Place("Bueng Kaen Nakhon pump station (north shore)", "named", offset=False),
    _Place("Bueng Thung Sang entrance", "named", offset=False),
    _Place("Ratchadanuson park", "named"),
    _Place("Rueang Saeng park", "named"),
    _Place("Bueng Si Than park", "named"),
    _Place("Bus terminal 1 (Prachasamoson)", "named"),
    _Place("Provincial central stadium", "named"),
    _Place("School for the deaf", "named"),
    _Place("Air-conditioned bus terminal", "presumed"),
    _Place("Railway station", "presumed"),
    _Place("Provincial hall", "presumed"),
    _Place("District office", "presumed"),
    _Place("Post office", "presumed"),
    _Place("Hong Mun Mang city museum", "presumed"),
    _Place("Khon Kaen Hospital", "presumed"),
    _Place("Bang Lamphu market", "presumed"),
    _Place("Municipal market 1", "presumed"),
    _Place("City pillar shrine", "presumed"),
    _Place("Municipal School Suan Sanuk", "presumed"),
    _Place("Municipal School Wat Klang", "presumed"),
)

# The park that a point on its shore stands for, in Thai and English.
_PARK_OF_POINT = {
    "Bueng Kaen Nakhon pump station (north shore)": ("บึงแก่นนคร (ฝั่งเหนือ)", "Bueng Kaen Nakhon (north shore)"),
    "Bueng Thung Sang entrance": ("บึงทุ่งสร้าง (ทางเข้า)", "Bueng Thung Sang (entrance)"),
}

# From and to are fractions of the axis: the ends of some axes run out of the municipality.
_STREETS = (
    _Street("Mittraphap Rd (Hwy 2)", 0.10, 0.84, 6, 4, "highway_footpath"),
    _Street("Si Chan Rd", 0.06, 0.86, 8, 4),
    _Street("Pracha Samoson Rd", 0.06, 0.96, 6, 3),
    _Street("Klang Mueang Rd", 0.025, 0.79, 7, 3),
    _Street("Na Mueang Rd", 0.03, 0.95, 6, 2),
    _Street("Rop Bueng Kaen Nakhon Rd", 0.08, 0.98, 5, 0),
    _Street("Maliwan Rd", 0.08, 0.70, 2, 1),
    _Street("Lao Na Di Rd", 0.22, 0.94, 3, 1),
    _Street("Sun Ratchakan–Thung Sang Rd", 0.14, 0.90, 2, 0),
    _Street("Railway-side road", 0.10, 0.80, 1, 0),
)

# Communities that carry a place's name give the only public link from a place to a zone.
_ZONE_ANCHORS = {
    "Bus terminal 1 (Prachasamoson)": "บขส",
    "Provincial hall": "หลังศูนย์ราชการ 1",
    "City pillar shrine": "หลักเมือง",
    "Khon Kaen Hospital": "หน้า รพ.ศูนย์ฯ",
    "Nong Yai market": "หนองใหญ่ 1",
    "Bueng Thung Sang (lake park)": "ทุ่งสร้างพัฒนา",
    "Bueng Thung Sang entrance": "ทุ่งสร้างพัฒนา",
    "Wat Si Chan": "ศรีจันทร์",
    "Provincial central stadium": "หลังสนามกีฬา 1",
    "Non Than market": "โนนทัน 1",
    "Municipal School Wat Klang": "คุ้มวัดกลาง",
    "Bueng Kaen Nakhon (lake park)": "แก่นนคร",
    "Bueng Kaen Nakhon pump station (north shore)": "แก่นนคร",
    "Ton Tann market": "ตลาดต้นตาล",
    "Bueng Si Than park": "ศรีฐาน 1",
}

# How far the thing itself may lie from the point of its place, our estimate by the size of such premises.
_PREMISES_M = {"park": 400.0, "university": 500.0, "stadium": 200.0, "school": 150.0, "college": 150.0, "rail": 150.0}
_OTHER_PREMISES_M = 100.0

_SETTINGS = {
    "government": "building",
    "museum": "building",
    "public_hall": "building",
    "mall": "building",
    "hospital": "building",
    "bus_terminal": "bus_terminal",
    "park": "park",
    "park_point": "park",
}

_INDOOR = ("entrance", "path", "ramp", "parking", "toilet", "sign", "information")
_EXPECTED = {
    "park": ("entrance", "path", "ramp", "parking", "toilet", "sign", "information"),
    "stadium": ("entrance", "path", "ramp", "stair", "parking", "toilet", "sign"),
    "temple": ("entrance", "path", "ramp", "stair", "parking", "toilet"),
    "market": ("entrance", "path", "ramp", "parking", "toilet", "sign"),
    "street": ("kerb_ramp",),
    "shelter": ("ramp", "shelter"),
}

_ELEMENT_LABELS = {
    "entrance": ("ทางเข้า", "Entrance"),
    "path": ("ทางเดิน", "Path"),
    "ramp": ("ทางลาด", "Ramp"),
    "kerb_ramp": ("ทางลาดขอบทาง", "Kerb ramp"),
    "parking": ("ที่จอดรถคนพิการ", "Accessible parking"),
    "toilet": ("ห้องน้ำคนพิการ", "Accessible toilet"),
    "sign": ("ป้าย", "Sign"),
    "information": ("จุดให้ข้อมูล", "Information point"),
    "shelter": ("ศาลาที่พักผู้โดยสาร", "Passenger shelter"),
    "stair": ("บันได", "Stair"),
}

_NOTES = {
    "named": (
        "ข้อความโครงการระบุสถานที่นี้ แต่ไม่ระบุจุดของทางลาด รอช่างยืนยัน",
        "The programme's text names this place, not the spot of its ramp; to be confirmed on the spot.",
    ),
    "presumed": (
        "สันนิษฐานเองว่ามีทางลาดที่สถานที่สาธารณะแห่งนี้ รอช่างยืนยัน",
        "Our presumption of a ramp at this public place; to be confirmed on the spot.",
    ),
    "street": (
        "วางจุดตามแนวถนนสายหลักเอง ไม่ใช่ตำแหน่งที่สำรวจ รอช่างยืนยัน",
        "Our own placing along a main street, not a surveyed spot; to be confirmed on the spot.",
    ),
    "shelter": (
        "โครงการระบุศาลาที่พักผู้โดยสารแต่ไม่ระบุตำแหน่ง จุดนี้วางตามแนวถนนเอง รอช่างยืนยัน",
        "The programme names passenger shelters but not where; our own placing along a street, to be confirmed.",
    ),
    "space": (
        "สถานที่สาธารณะที่เสนอให้สำรวจ จุดแทนทั้งบริเวณ รอช่างยืนยัน",
        "A public place proposed for audit; one point for the whole premises, to be confirmed on the spot.",
    ),
}


def sites(places: gpd.GeoDataFrame, axes: gpd.GeoDataFrame, communities: pd.DataFrame) -> pd.DataFrame:
    """Lay out the register.

    Parameters
    ----------
    places, axes, communities
        As read by :mod:`layers.sources`; EPSG:4326; no place of the ramps lies on an axis.

    Returns
    -------
    pandas.DataFrame
        The columns of :data:`layers.schema.SITES`; 85 ramps, then the spaces; degrees with five decimals (1 m).
    """
    metric = places.to_crs(_METRES).set_index("name_en")
    streets = axes.to_crs(_METRES)
    ramps = _place_ramps(metric, streets) + _street_ramps(streets)
    records = _coded(ramps, "KK") + _coded(_spaces(metric), "SP")
    points = gpd.GeoDataFrame(records, geometry="point", crs=_METRES)
    zoned = points.join(_zones(points, metric, communities))
    degrees = zoned.geometry.to_crs(sources.WGS84)
    table = zoned.assign(lat=degrees.y.round(5), lon=degrees.x.round(5))
    return pd.DataFrame(table[[column.name for column in schema.SITES]])


def elements(register: pd.DataFrame) -> pd.DataFrame:
    """Return the elements that one expects at each site until a technician confirms them.

    Parameters
    ----------
    register
        As returned by :func:`sites`.

    Returns
    -------
    pandas.DataFrame
        The columns of :data:`layers.schema.ELEMENTS`; `permitted_on` is empty throughout: no date is known.
    """
    rows = [
        {
            "element_id": f"{site.code}.{kind}.1",
            "site_code": site.code,
            "kind": kind,
            "label_th": f"{_ELEMENT_LABELS[kind][0]} (คาดว่ามี รอช่างยืนยัน)",
            "label_en": f"{_ELEMENT_LABELS[kind][1]} (expected, to be confirmed)",
            "permitted_on": "",
        }
        for site in register.itertuples()
        for kind in _expected_kinds(str(site.kind), str(site.category))
    ]
    return pd.DataFrame(rows, columns=[column.name for column in schema.ELEMENTS])


def write(folder: Path = sources.DATA / "register") -> None:
    """Write ``sites.csv`` and ``elements.csv`` anew into a folder."""
    register = sites(sources.places(), sources.street_axes(), sources.communities())
    register.to_csv(folder / "sites.csv", index=False, lineterminator="\n")
    elements(register).to_csv(folder / "elements.csv", index=False, lineterminator="\n")


def _expected_kinds(kind: str, category: str) -> tuple[str, ...]:
    if kind == "ramp" and category not in ("street", "shelter"):
        return ("ramp",)
    return _EXPECTED.get(category, _INDOOR)


def _place_ramps(places: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> list[dict[str, object]]:
    records = []
    for chosen in _RAMP_PLACES:
        place = places.loc[chosen.name_en]
        name_th, name_en = _PARK_OF_POINT.get(chosen.name_en, (place["name_th"], chosen.name_en))
        category = "park" if place["category"] == "park_point" else place["category"]
        point = _towards(place.geometry, streets) if chosen.offset else place.geometry
        source = "programme text; places.csv" if chosen.status == "named" else "places.csv"
        records.append(
            _record("ramp", f"ทางลาด {name_th}", f"Ramp, {name_en}", category, point)
            | _known(chosen.status, place["precision_m"] + _premises_m(category), source, _NOTES[chosen.status])
        )
    return records


def _towards(point: shapely.Point, streets: gpd.GeoDataFrame) -> shapely.Point:
    way = min((shapely.shortest_line(point, axis) for axis in streets.geometry), key=lambda line: line.length)
    stretch = _RAMP_OFFSET_M / way.length
    (x0, y0), (x1, y1) = way.coords
    return shapely.Point(x0 + (x1 - x0) * stretch, y0 + (y1 - y0) * stretch)


def _street_ramps(streets: gpd.GeoDataFrame) -> list[dict[str, object]]:
    records = []
    for street in _STREETS:
        axis = streets[streets["name_en"] == street.name_en].iloc[0]
        count = street.kerb_ramps + street.shelters
        shelters = {round((turn + 0.5) * count / street.shelters - 0.5) for turn in range(street.shelters)}
        numbers = {"street": 0, "shelter": 0}
        for position in range(count):
            category = "shelter" if position in shelters else "street"
            numbers[category] += 1
            step = (street.last - street.first) / (count - 1) if count > 1 else 0.0
            point = axis.geometry.interpolate(street.first + position * step, normalized=True)
            records.append(_street_record(category, axis, street.setting, numbers[category], point))
    return records


def _street_record(
    category: str, axis: pd.Series[str], setting: str, number: int, point: shapely.Point
) -> dict[str, object]:
    label_th, label_en = _ELEMENT_LABELS["shelter" if category == "shelter" else "kerb_ramp"]
    name_th, name_en = f"{label_th} {axis['name_th']} จุดที่ {number}", f"{label_en}, {axis['name_en']}, point {number}"
    return (
        _record("ramp", name_th, name_en, category, point)
        | _known("presumed", _STREET_ACCURACY_M, "street_axes.csv", _NOTES[category])
        | {
            "setting": "bus_shelter" if category == "shelter" else setting,
            "street_th": axis["name_th"],
            "street_en": axis["name_en"],
        }
    )


def _spaces(places: gpd.GeoDataFrame) -> list[dict[str, object]]:
    inside = places[places["inside_municipality"] & (places["category"] != "park_point")]
    return [
        _record("space", place["name_th"], str(name_en), place["category"], place.geometry)
        | _known("presumed", place["precision_m"] + _premises_m(place["category"]), "places.csv", _NOTES["space"])
        for name_en, place in inside.iterrows()
    ]


def _record(kind: str, name_th: str, name_en: str, category: str, point: shapely.Point) -> dict[str, object]:
    return {
        "kind": kind,
        "name_th": name_th,
        "name_en": name_en,
        "category": category,
        "setting": _SETTINGS.get(category, "compound"),
        "street_th": "",
        "street_en": "",
        "point": point,
    }


def _known(status: str, accuracy_m: float, source: str, notes: tuple[str, str]) -> dict[str, object]:
    return {
        "position_status": status,
        "position_accuracy_m": accuracy_m,
        "position_source": source,
        "position_note_th": notes[0],
        "position_note_en": notes[1],
    }


def _premises_m(category: str) -> float:
    return _PREMISES_M.get(category, _OTHER_PREMISES_M)


def _coded(records: list[dict[str, object]], prefix: str) -> list[dict[str, object]]:
    return [{"code": f"{prefix}-{number:03d}", **record} for number, record in enumerate(records, 1)]


def _zones(points: gpd.GeoDataFrame, places: gpd.GeoDataFrame, communities: pd.DataFrame) -> pd.DataFrame:
    zone_of = communities.set_index("name_th")["zone"]
    anchors = gpd.GeoDataFrame(
        {"zone": [int(zone_of[community]) for community in _ZONE_ANCHORS.values()]},
        geometry=[places.geometry[name] for name in _ZONE_ANCHORS],
        crs=_METRES,
    )
    named = dict(zip(_ZONE_ANCHORS, anchors["zone"], strict=True))
    named |= {shown: named[point] for point, (_, shown) in _PARK_OF_POINT.items()}
    rows = []
    for name, point in zip(points["name_en"], points.geometry, strict=True):
        anchor = named.get(name.removeprefix("Ramp, "))
        nearest = anchors["zone"].iloc[int(anchors.distance(point).argmin())]
        rows.append((int(nearest if anchor is None else anchor), "presumed" if anchor is None else "named"))
    return pd.DataFrame(rows, columns=["zone", "zone_basis"], index=points.index)


if __name__ == "__main__":
    write()
