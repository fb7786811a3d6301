"""Read the placemarks of KML and KMZ (Google Earth, My Maps) and the waypoints of GPX."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

import defusedxml
import defusedxml.ElementTree
import shapely

from audits import errors
from audits.formats import archive, features

# A tree of XML takes about ten times the memory of its text.
LARGEST_BYTES = 50 * 2**20

NOT_READABLE = errors.ProblemKind("MAP-010", "this {kind} file is damaged ({reason}); export it again")
ONLY_A_LINK = errors.ProblemKind(
    "MAP-011",
    "the file holds only a link to a map on the internet; export it again with its content (My Maps: without “keep "
    "data up to date”)",
)
NO_PLACEMARKS = errors.ProblemKind("MAP-012", "there is no placemark in it; mark the places as points and export again")
NO_WAYPOINTS = errors.ProblemKind(
    "MAP-013", "there are tracks but no waypoints in it; mark the places as waypoints and export again"
)

# clause 9.1 of OGC 12-007r2 has a dozen parts for looks; these are the ones that a person fills in
_KML_TEXTS = {"name": "name", "description": "note", "address": "address", "phoneNumber": "phoneNumber"}
_GPX_TEXTS = {"name": "name", "desc": "note", "cmt": "cmt", "time": "time", "sym": "sym", "type": "type"}
_SHAPES = ("Point", "LineString", "LinearRing", "Polygon")
_STATED_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)")
_MARKUP = re.compile(r"<[^<>]*>")


def read_kmz(parts: archive.Archive, file_name: str, most: int) -> features.Layer:
    """Return the placemarks of the document in a KMZ archive; `parts` is checked against a guard.

    Raises
    ------
    audits.errors.RefusedError
        As :func:`read_kml`.
    """
    documents = [name for name in parts.entries if name.casefold().endswith(".kml")]
    # Google's readers take doc.kml, else the first one.
    chosen = "doc.kml" if "doc.kml" in documents else documents[0]
    return read_kml(parts.read_whole(chosen, LARGEST_BYTES), file_name, most)


def read_kml(content: bytes, file_name: str, most: int) -> features.Layer:
    """Return the placemarks of every folder of a KML document, with the data that they carry.

    GDAL's reader gives a field with a Thai name another name, so that the document is read here.

    Raises
    ------
    audits.errors.RefusedError
        If it is no XML that can be trusted, links elsewhere, or has no placemark or more than `most`.
    """
    root = _root(content, "KML", file_name)
    found = [each for each in root.iter() if _tag(each) == "Placemark"]
    if not found:
        linked = any(_tag(each) == "NetworkLink" for each in root.iter())
        raise errors.RefusedError(((ONLY_A_LINK if linked else NO_PLACEMARKS).at(file_name),))
    features.refuse_too_many(len(found), most, file_name)
    records = [_placemark(each) for each in found]
    layer = features.from_shapes(records, [_geometry(each) for each in found], features.WGS_84, file_name)
    return dataclasses.replace(layer, encoding=_encoding(content))


def read_gpx(content: bytes, file_name: str, most: int) -> features.Layer:
    """Return the waypoints of a GPX file; tracks and routes are left out.

    Raises
    ------
    audits.errors.RefusedError
        If it is no XML that can be trusted, or has no waypoint or more than `most`.
    """
    root = _root(content, "GPX", file_name)
    found = [each for each in root if _tag(each) == "wpt"]
    if not found:
        raise errors.RefusedError((NO_WAYPOINTS.at(file_name),))
    features.refuse_too_many(len(found), most, file_name)
    records = [{**_texts(each, _GPX_TEXTS), **_extensions(each)} for each in found]
    shapes = [_point(f"{each.get('lon')},{each.get('lat')}") for each in found]
    layer = features.from_shapes(records, shapes, features.WGS_84, file_name)
    return dataclasses.replace(layer, encoding=_encoding(content))


def _encoding(content: bytes) -> str:
    """Return the encoding that the XML names, else UTF-8, which holds where none is named."""
    stated = _STATED_ENCODING.search(content[:200])
    return stated[1].decode("ascii").casefold() if stated else "utf-8"


def _root(content: bytes, kind: str, file_name: str) -> ElementTree.Element:
    try:
        root: ElementTree.Element = defusedxml.ElementTree.fromstring(content, forbid_dtd=True)
    except (ElementTree.ParseError, defusedxml.DefusedXmlException, ValueError, LookupError) as error:
        reason = " ".join(str(error).split())[:80]
        raise errors.RefusedError((NOT_READABLE.at(file_name, kind=kind, reason=reason),)) from error
    if _tag(root) != kind.casefold():
        raise errors.RefusedError((NOT_READABLE.at(file_name, kind=kind, reason=f"<{_tag(root)}>"),))
    return root


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _texts(element: ElementTree.Element, wanted: Mapping[str, str]) -> dict[str, object]:
    found = {_tag(child): (child.text or "").strip() for child in element}
    return {column: _plain(found[tag]) for tag, column in wanted.items() if found.get(tag)}


def _plain(text: str) -> str:
    """Return a text without the HTML that map programs write into descriptions."""
    return " ".join(_MARKUP.sub(" ", text).split())


def _placemark(element: ElementTree.Element) -> dict[str, object]:
    record = _texts(element, _KML_TEXTS)
    for each in element.iter():
        # Data holds its value in a part of its own, SimpleData as its text.
        if _tag(each) == "Data" and each.get("name"):
            value = next((child.text for child in each if _tag(child) == "value"), None)
            record[str(each.get("name"))] = (value or "").strip()
        elif _tag(each) == "SimpleData" and each.get("name"):
            record[str(each.get("name"))] = (each.text or "").strip()
    return record


def _extensions(element: ElementTree.Element) -> dict[str, object]:
    inside = (each for child in element if _tag(child) == "extensions" for each in child.iter())
    return {_tag(each): (each.text or "").strip() for each in inside if len(each) == 0 and (each.text or "").strip()}


def _geometry(element: ElementTree.Element) -> features.BaseGeometry | None:
    shapes = [shape for shape in _shapes(element) if shape is not None]
    return shapes[0] if len(shapes) == 1 else (shapely.GeometryCollection(shapes) if shapes else None)


def _shapes(element: ElementTree.Element) -> Iterator[features.BaseGeometry | None]:
    for child in element:
        tag = _tag(child)
        if tag in _SHAPES:
            ring = next((each.text for each in child.iter() if _tag(each) == "coordinates"), None)
            yield _shape(tag, ring or "")
        elif tag == "MultiGeometry":
            yield from _shapes(child)


def _shape(tag: str, written: str) -> features.BaseGeometry | None:
    if tag == "Point":
        return _point(written)
    pairs = [pair for pair in map(_pair, written.split()) if pair is not None]
    try:
        return shapely.Polygon(pairs) if tag == "Polygon" else shapely.LineString(pairs)
    except (ValueError, shapely.errors.ShapelyError):
        return None


def _point(written: str) -> features.BaseGeometry | None:
    pair = _pair(written.strip())
    return None if pair is None else shapely.Point(pair)


def _pair(written: str) -> tuple[float, ...] | None:
    try:
        figures = tuple(float(part) for part in written.split(","))
    except ValueError:
        return None
    return figures[:2] if len(figures) >= 2 else None
