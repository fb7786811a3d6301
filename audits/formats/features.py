"""Make rows of map features, one point each, and open GeoJSON and GeoPackage."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import tempfile
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pandas as pd
import pyogrio
import shapely
import shapely.errors
import shapely.geometry
import shapely.geometry.base

from audits import errors

WGS_84 = "EPSG:4326"
GEOPACKAGE_START = b"SQLite format 3\x00"

Point: TypeAlias = tuple[float, float]
BaseGeometry: TypeAlias = shapely.geometry.base.BaseGeometry

NOT_GEOJSON = errors.ProblemKind("MAP-001", "this looks like GeoJSON but is not ({reason}); export it again")
NOT_FEATURES = errors.ProblemKind("MAP-002", "this JSON is no GeoJSON collection of features; export it as GeoJSON")
NOT_GEOPACKAGE = errors.ProblemKind("MAP-003", "this is not a GeoPackage, or it is damaged; export it again")
NO_LAYER = errors.ProblemKind("MAP-004", "the GeoPackage has no layer; export the layer of points")
TOO_MANY_FEATURES = errors.ProblemKind("MAP-005", "there are more than {most} features; split the layer")

CHOSEN_LAYER = errors.ProblemKind("MAP-N01", "read layer “{layer}”; the others were left alone: {others}")
INSIDE_POINTS = errors.ProblemKind("MAP-N02", "areas or lines, for which a point inside stands: {count}")
HEIGHTS_LEFT = errors.ProblemKind("MAP-N03", "heights of points left out: {count}")
NO_GEOMETRY = errors.ProblemKind("MAP-N04", "features without geometry: {count}")
SCATTERED = errors.ProblemKind(
    "MAP-N16",
    "features of several points further apart than one place: {count}; their position was left out, split them",
)
READER_SAYS = errors.ProblemKind("MAP-N05", "the reader says: {reason}")


ONE_PLACE_M = 50.0
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_FULL_TURN, _METRES_PER_DEGREE = 360.0, 111_320.0


@dataclass(frozen=True)
class Layer:
    """Features as records: attributes and the point (easting first) or None; the CRS empty when not named."""

    records: Sequence[tuple[Mapping[str, object], Point | None]]
    crs: str
    notices: tuple[errors.Problem, ...]
    encoding: str = "utf-8"


def read_geojson(text: str, file_name: str, most: int) -> Layer:
    """Return the features of a GeoJSON text.

    Raises
    ------
    audits.errors.RefusedError
        If the text is not JSON, holds no features, or more than `most`.
    """
    try:
        document = json.loads(text)
        # half a surrogate pair is no letter, and no store or page can take it
        if "\\ud" in text.lower():
            document = json.loads(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))
    # brackets nested too deep end in a RecursionError
    except (ValueError, RecursionError) as error:
        raise errors.RefusedError((NOT_GEOJSON.at(file_name, reason=str(error)[:80]),)) from error
    entries = _entries(document)
    if entries is None:
        raise errors.RefusedError((NOT_FEATURES.at(file_name),))
    refuse_too_many(len(entries), most, file_name)
    shapes = [_shape(entry.get("geometry")) for entry in entries]
    records = [_attributes(entry.get("properties")) for entry in entries]
    return from_shapes(records, shapes, _named_crs(document), file_name)


def _entries(document: object) -> list[dict[str, object]] | None:
    if not isinstance(document, dict):
        return None
    entries = [document] if document.get("type") == "Feature" else document.get("features")
    if not isinstance(entries, list):
        return None
    whole = all(isinstance(entry, dict) and isinstance(entry.get("properties") or {}, dict) for entry in entries)
    return entries if whole else None


def _attributes(properties: object) -> dict[str, object]:
    attributes = properties if isinstance(properties, dict) else {}
    return {str(key): _flat(value) for key, value in attributes.items()}


def _flat(value: object) -> object:
    if isinstance(value, dict) and value and all(map(_is_localised, value.items())):
        # One text in several languages, as A11yJSON writes names; Thai before English before any other.
        return next((value[language] for language in ("th", "en") if language in value), next(iter(value.values())))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _is_localised(item: tuple[object, object]) -> bool:
    language, text = item
    return isinstance(text, str) and _LANGUAGE.fullmatch(str(language)) is not None


def _named_crs(document: Mapping[str, object]) -> str:
    """Return the system that old writers name; RFC 7946 knows only WGS 84, so silence is left open."""
    named = document.get("crs")
    properties = named.get("properties") if isinstance(named, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if name.endswith(("CRS84", "CRS:84")):
        return WGS_84
    return f"EPSG:{name.rsplit(':', 1)[-1]}" if "EPSG" in name.upper() and name.rsplit(":", 1)[-1].isdigit() else ""


def _shape(geometry: object) -> BaseGeometry | None:
    if not isinstance(geometry, dict):
        return None
    try:
        return shapely.geometry.shape(geometry)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, shapely.errors.ShapelyError):
        return None


def read_geopackage(content: bytes, file_name: str, most: int) -> Layer:
    """Return the features of the first layer of points, else of the first layer with geometry, else of the first.

    Raises
    ------
    audits.errors.RefusedError
        If the file is damaged or no GeoPackage, has no layer, or more than `most` features.
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        path = Path(folder) / "sent.gpkg"
        path.write_bytes(content)
        try:
            layers = [(str(name), str(kind or "")) for name, kind in pyogrio.list_layers(path)]
            chosen = _chosen_layer(layers, file_name)
            # counted, since some drivers answer -1 without reading, which would pass the limit
            about = pyogrio.read_info(path, layer=chosen, force_feature_count=True)
            refuse_too_many(about["features"], most, file_name)
            frame = pyogrio.read_dataframe(path, layer=chosen)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, RuntimeError) as error:
            raise errors.RefusedError((NOT_GEOPACKAGE.at(file_name),)) from error
    others = ", ".join(name for name, _ in layers if name != chosen)
    left = (CHOSEN_LAYER.at(file_name, layer=chosen, others=others),) if others else ()
    layer = from_frame(frame, str(about["crs"] or ""), file_name, caught)
    return dataclasses.replace(layer, notices=(*left, *layer.notices))


def from_frame(frame: pd.DataFrame, crs: str, file_name: str, caught: Iterable[warnings.WarningMessage]) -> Layer:
    """Make a layer of a frame with a column ``geometry``, and notices of the warnings that its reader gave."""
    shapes = list(frame["geometry"]) if "geometry" in frame else [None] * len(frame)
    layer = from_shapes(_records(frame), shapes, crs, file_name)
    # A column of a type that GDAL does not know is left out with no more than a warning.
    warned = tuple(READER_SAYS.at(file_name, reason=one) for one in sorted({str(each.message) for each in caught}))
    return dataclasses.replace(layer, notices=(*layer.notices, *warned))


def from_shapes(
    records: Sequence[Mapping[str, object]], shapes: Sequence[BaseGeometry | None], crs: str, file_name: str
) -> Layer:
    """Make a layer of attributes and geometries, with notices of what a point leaves out."""
    points, notices = _points(shapes, file_name)
    return Layer(list(zip(records, points, strict=True)), crs, notices)


def _chosen_layer(layers: Sequence[tuple[str, str]], file_name: str) -> str:
    if not layers:
        raise errors.RefusedError((NO_LAYER.at(file_name),))
    return min(layers, key=lambda layer: (not layer[1].startswith("Point"), "Point" not in layer[1], not layer[1]))[0]


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    # as objects, since no other column holds None
    attributes = pd.DataFrame(frame).drop(columns="geometry", errors="ignore").astype(object)
    filled = attributes.where(attributes.notna(), None)
    return [{str(key): value for key, value in record.items()} for record in filled.to_dict("records")]


def refuse_too_many(count: int, most: int, file_name: str) -> None:
    """Refuse a layer over the limit.

    Raises
    ------
    audits.errors.RefusedError
        If there are more than `most` features.
    """
    if count > most:
        raise errors.RefusedError((TOO_MANY_FEATURES.at(file_name, most=most),))


def _points(
    shapes: Sequence[BaseGeometry | None], file_name: str
) -> tuple[list[Point | None], tuple[errors.Problem, ...]]:
    points = [_point(shape) for shape in shapes]
    found = [shape for shape, point in zip(shapes, points, strict=True) if shape is not None and point is not None]
    counted = (
        (INSIDE_POINTS, sum(shape.geom_type not in ("Point", "MultiPoint") for shape in found)),
        (HEIGHTS_LEFT, sum(shape.has_z for shape in found)),
        (SCATTERED, sum(map(_is_scattered, shapes))),
        (NO_GEOMETRY, len(points) - len(found)),
    )
    return points, tuple(kind.at(file_name, count=count) for kind, count in counted if count)


def _is_scattered(shape: BaseGeometry | None) -> bool:
    """Whether one feature has several points too far apart to be one place."""
    if not isinstance(shape, shapely.MultiPoint) or shape.is_empty:
        return False
    west, south, east, north = shape.bounds
    # The system may not be named: what lies within half a turn is taken for degrees.
    is_degrees = max(abs(west), abs(south), abs(east), abs(north)) <= _FULL_TURN / 2
    return math.hypot(east - west, north - south) * (_METRES_PER_DEGREE if is_degrees else 1) > ONE_PLACE_M


def _point(shape: BaseGeometry | None) -> Point | None:
    if shape is None or shape.is_empty or _is_scattered(shape):
        return None
    try:
        # a point inside, which the centroid of a bent area need not be
        point = shape if isinstance(shape, shapely.Point) else shape.representative_point()
    except shapely.errors.ShapelyError:
        return None
    return (point.x, point.y) if math.isfinite(point.x) and math.isfinite(point.y) else None
