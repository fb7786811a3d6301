"""Lay out the starter register: 85 ramp sites and the candidate spaces, with how each position is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import yaml

from layers import schema, sources, utm

# Far enough that the ramp's marker and the space's marker can both be seen, near enough to stay at the place.
_RAMP_OFFSET_M = 50.0
_STREET_ACCURACY_M = 250.0
_LAYOUT: dict[str, Any] = yaml.safe_load((sources.DATA / "register" / "layout.yaml").read_text("utf-8"))


def sites(places: gpd.GeoDataFrame, axes: gpd.GeoDataFrame, communities: pd.DataFrame) -> pd.DataFrame:
    """Lay out the register.

    Parameters
    ----------
    places, axes
        As read by :mod:`layers.sources`; EPSG:4326; no place of a ramp may lie on an axis.
    communities
        Columns of ``places/communities.csv``.

    Returns
    -------
    pandas.DataFrame
        Columns of ``register/sites.csv``; 85 ramps, then the spaces; degrees with five decimals (1 m).
    """
    crs = utm.crs_of(places)
    metric = places.to_crs(crs).set_index("name_en")
    streets = axes.to_crs(crs)
    ramps = _place_ramps(metric, streets) + _street_ramps(streets)
    records = _coded(ramps, "KK") + _coded(_spaces(metric), "SP")
    points = gpd.GeoDataFrame(records, geometry="point", crs=crs)
    zoned = points.join(_zones(points, metric, communities))
    degrees = zoned.geometry.to_crs(sources.WGS84)
    table = zoned.assign(lat=degrees.y.round(5), lon=degrees.x.round(5))
    return pd.DataFrame(table[_columns("register/sites.csv")])


def elements(register: pd.DataFrame) -> pd.DataFrame:
    """List the elements expected at each site until a technician confirms them.

    Parameters
    ----------
    register
        As returned by :func:`sites`.

    Returns
    -------
    pandas.DataFrame
        Columns of ``register/elements.csv``; `permitted_on` is empty throughout: no date is known.
    """
    rows = [
        {
            "element_id": f"{site.code}.{kind}.1",
            "site_code": site.code,
            "kind": kind,
            "label_th": f"{_LAYOUT['element_labels'][kind]['th']} (คาดว่ามี รอช่างยืนยัน)",
            "label_en": f"{_LAYOUT['element_labels'][kind]['en']} (expected, to be confirmed)",
            "permitted_on": "",
        }
        for site in register.itertuples()
        for kind in _expected_kinds(str(site.kind), str(site.category))
    ]
    return pd.DataFrame(rows, columns=_columns("register/elements.csv"))


def write(folder: Path = sources.DATA / "register") -> None:
    """Write ``sites.csv`` and ``elements.csv`` anew into a folder."""
    register = sites(sources.places(), sources.street_axes(), schema.read("places/communities.csv"))
    register.to_csv(folder / "sites.csv", index=False, lineterminator="\n")
    elements(register).to_csv(folder / "elements.csv", index=False, lineterminator="\n")


def _expected_kinds(kind: str, category: str) -> tuple[str, ...]:
    if kind == "ramp" and category not in ("street", "shelter"):
        return ("ramp",)
    return tuple(_by_category("expected", category))


def _by_category(table: str, category: str) -> Any:
    return _LAYOUT[table].get(category, _LAYOUT[table]["other"])


def _columns(path: str) -> list[str]:
    return [field["name"] for field in schema.fields(path)]


def _place_ramps(places: gpd.GeoDataFrame, streets: gpd.GeoDataFrame) -> list[dict[str, object]]:
    records = []
    for chosen in _LAYOUT["ramp_places"]:
        name, status = chosen["name_en"], chosen["status"]
        place = places.loc[name]
        shown = _LAYOUT["park_of_point"].get(name, {"th": place["name_th"], "en": name})
        category = "park" if place["category"] == "park_point" else place["category"]
        point = _towards(place.geometry, streets) if chosen.get("offset", True) else place.geometry
        source = "programme text; places.csv" if status == "named" else "places.csv"
        records.append(
            _record("ramp", f"ทางลาด {shown['th']}", f"Ramp, {shown['en']}", category, point)
            | _known(status, place["precision_m"] + _by_category("premises_m", category), source, status)
        )
    return records


def _towards(point: shapely.Point, streets: gpd.GeoDataFrame) -> shapely.Point:
    way = min((shapely.shortest_line(point, axis) for axis in streets.geometry), key=lambda line: line.length)
    stretch = _RAMP_OFFSET_M / way.length
    (x0, y0), (x1, y1) = way.coords
    return shapely.Point(x0 + (x1 - x0) * stretch, y0 + (y1 - y0) * stretch)


def _street_ramps(streets: gpd.GeoDataFrame) -> list[dict[str, object]]:
    records = []
    for street in _LAYOUT["streets"]:
        axis = streets[streets["name_en"] == street["name_en"]].iloc[0]
        count = street["kerb_ramps"] + street["shelters"]
        shelters = {round((turn + 0.5) * count / street["shelters"] - 0.5) for turn in range(street["shelters"])}
        numbers = {"street": 0, "shelter": 0}
        for position in range(count):
            category = "shelter" if position in shelters else "street"
            numbers[category] += 1
            step = (street["last"] - street["first"]) / (count - 1) if count > 1 else 0.0
            point = axis.geometry.interpolate(street["first"] + position * step, normalized=True)
            records.append(_street_record(category, axis, street["setting"], numbers[category], point))
    return records


def _street_record(
    category: str, axis: pd.Series[str], setting: str, number: int, point: shapely.Point
) -> dict[str, object]:
    label = _LAYOUT["element_labels"]["shelter" if category == "shelter" else "kerb_ramp"]
    name_th = f"{label['th']} {axis['name_th']} จุดที่ {number}"
    name_en = f"{label['en']}, {axis['name_en']}, point {number}"
    return (
        _record("ramp", name_th, name_en, category, point)
        | _known("presumed", _STREET_ACCURACY_M, "street_axes.csv", category)
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
        | _known(
            "presumed", place["precision_m"] + _by_category("premises_m", place["category"]), "places.csv", "space"
        )
        for name_en, place in inside.iterrows()
    ]


def _record(kind: str, name_th: str, name_en: str, category: str, point: shapely.Point) -> dict[str, object]:
    return {
        "kind": kind,
        "name_th": name_th,
        "name_en": name_en,
        "category": category,
        "setting": _by_category("settings", category),
        "street_th": "",
        "street_en": "",
        "point": point,
    }


def _known(status: str, accuracy_m: float, source: str, note: str) -> dict[str, object]:
    return {
        "position_status": status,
        "position_accuracy_m": accuracy_m,
        "position_source": source,
        "position_note_th": _LAYOUT["notes"][note]["th"],
        "position_note_en": _LAYOUT["notes"][note]["en"],
    }


def _coded(records: list[dict[str, object]], prefix: str) -> list[dict[str, object]]:
    return [{"code": f"{prefix}-{number:03d}", **record} for number, record in enumerate(records, 1)]


def _zones(points: gpd.GeoDataFrame, places: gpd.GeoDataFrame, communities: pd.DataFrame) -> pd.DataFrame:
    zone_of, anchored = communities.set_index("name_th")["zone"], _LAYOUT["zone_anchors"]
    anchors = gpd.GeoDataFrame(
        {"zone": [int(zone_of[community]) for community in anchored.values()]},
        geometry=[places.geometry[name] for name in anchored],
        crs=places.crs,
    )
    named = dict(zip(anchored, anchors["zone"], strict=True))
    named |= {shown["en"]: named[point] for point, shown in _LAYOUT["park_of_point"].items()}
    rows = []
    for name, point in zip(points["name_en"], points.geometry, strict=True):
        anchor = named.get(name.removeprefix("Ramp, "))
        nearest = anchors["zone"].iloc[int(anchors.distance(point).argmin())]
        rows.append((int(nearest if anchor is None else anchor), "presumed" if anchor is None else "named"))
    return pd.DataFrame(rows, columns=["zone", "zone_basis"], index=points.index)


if __name__ == "__main__":
    write()
