"""Write the project that QField and QGIS open: two layers, their drawing, and the form, as XML by our own hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import pyproj

from audits import wording
from audits.exchange import qgis_style
from audits.field.qfield import form, layout

VERSION = "3.22.16-Białowieża"
ON_THE_GROUND, IN_DEGREES = 32648, 4326

_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
# QField shows this few choices as buttons to tap.
_MOST_BUTTONS = 3
_LAYER_IDS = {layout.LAYER: "field_survey_jaidee", layout.SITES: "site_jaidee"}
_SAID = '"element_kind" || \' \' || coalesce("element_number", 1)'


@dataclass(frozen=True)
class Project:
    """What the project is made of.

    Parameters
    ----------
    title
        Shown when it is open.
    survey_fields, site_fields
        Columns of the two layers, without ``fid``.
    groups
        Pages of the form.
    bounds
        West, south, east and north of what is shown first, in degrees.
    """

    title: str
    survey_fields: Sequence[layout.Field]
    site_fields: Sequence[layout.Field]
    groups: Sequence[layout.Group]
    bounds: tuple[float, float, float, float]


def document(made: Project, words: wording.Wording) -> bytes:
    """Return the project as QGIS saves it, with paths relative to its own folder."""
    root = ElementTree.Element("qgis", projectname=made.title, version=VERSION)
    _text(root, "title", made.title)
    root.append(_reference_system("projectCrs", ON_THE_GROUND))
    names = {layout.LAYER: words.text("Field survey"), layout.SITES: words.text("Sites")}
    root.append(_tree(names))
    root.append(_canvas(made.bounds))
    layers = ElementTree.SubElement(root, "projectlayers")
    layers.append(_survey_layer(made, names[layout.LAYER]))
    layers.append(_site_layer(made, names[layout.SITES], words))
    root.append(_order())
    root.append(_properties())
    return (_DOCTYPE + ElementTree.tostring(root, encoding="unicode")).encode()


def _text(parent: ElementTree.Element, tag: str, content: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, tag, attributes).text = content


def _source(layer: str) -> str:
    return f"./{layout.GEOPACKAGE}|layername={layer}"


def _reference_system(tag: str, number: int) -> ElementTree.Element:
    system = pyproj.CRS.from_epsg(number)
    outer = ElementTree.Element(tag)
    inner = ElementTree.SubElement(outer, "spatialrefsys")
    _text(inner, "wkt", system.to_wkt("WKT2_2019"))
    _text(inner, "srid", str(number))
    _text(inner, "authid", f"EPSG:{number}")
    _text(inner, "description", system.name)
    _text(inner, "geographicflag", str(system.is_geographic).lower())
    return outer


def _tree(names: dict[str, str]) -> ElementTree.Element:
    tree = ElementTree.Element("layer-tree-group")
    ElementTree.SubElement(tree, "customproperties")
    for layer, name in names.items():
        about = {
            "id": _LAYER_IDS[layer],
            "name": name,
            "source": _source(layer),
            "providerKey": "ogr",
            "checked": "Qt::Checked",
            "expanded": "1",
        }
        branch = ElementTree.SubElement(tree, "layer-tree-layer", about)
        ElementTree.SubElement(branch, "customproperties")
    return tree


def _canvas(bounds: tuple[float, float, float, float]) -> ElementTree.Element:
    to_ground = pyproj.Transformer.from_crs(IN_DEGREES, ON_THE_GROUND, always_xy=True)
    canvas = ElementTree.Element("mapcanvas", name="theMapCanvas", annotationsVisible="1")
    _text(canvas, "units", "meters")
    extent = ElementTree.SubElement(canvas, "extent")
    for tag, edge in zip(("xmin", "ymin", "xmax", "ymax"), to_ground.transform_bounds(*bounds), strict=True):
        _text(extent, tag, f"{edge:.1f}")
    _text(canvas, "rotation", "0")
    canvas.append(_reference_system("destinationsrs", ON_THE_GROUND))
    return canvas


def _survey_layer(made: Project, name: str) -> ElementTree.Element:
    layer = _layer(layout.LAYER, name, read_only=False)
    layer.append(_one_marker())
    _ends(layer, made.survey_fields, made.groups, said=_SAID, editable=True)
    return layer


def _site_layer(made: Project, name: str, words: wording.Wording) -> ElementTree.Element:
    layer = _layer(layout.SITES, name, read_only=True)
    style = ElementTree.fromstring(qgis_style.qml((), words, points=True))  # noqa: S314 - written by ourselves
    layer.extend(style.findall("renderer-v2"))
    layer.append(_labels("code"))
    _ends(layer, made.site_fields, (), said='"label"', editable=False)
    return layer


def _layer(layer: str, name: str, *, read_only: bool) -> ElementTree.Element:
    about = {
        "type": "vector",
        "geometry": "Point",
        "wkbType": "Point",
        "readOnly": str(int(read_only)),
        "labelsEnabled": str(int(read_only)),
        "autoRefreshEnabled": "0",
        "styleCategories": "AllStyleCategories",
    }
    element = ElementTree.Element("maplayer", about)
    _text(element, "id", _LAYER_IDS[layer])
    _text(element, "datasource", _source(layer))
    _text(element, "layername", name)
    element.append(_reference_system("srs", IN_DEGREES))
    _text(element, "provider", "ogr", encoding="UTF-8")
    flags = ElementTree.SubElement(element, "flags")
    for flag, holds in (("Identifiable", True), ("Removable", False), ("Searchable", True)):
        _text(flags, flag, str(int(holds)))
    kept = {"QFieldSync/action": "copy", "QFieldSync/cloud_action": "offline"}
    shown = {"QFieldSync/value_map_button_interface_threshold": _MOST_BUTTONS}
    locked = {"QFieldSync/is_geometry_locked": True} if read_only else {}
    form.option(ElementTree.SubElement(element, "customproperties"), {**kept, **shown, **locked})
    return element


def _ends(
    layer: ElementTree.Element,
    fields: Sequence[layout.Field],
    groups: Sequence[layout.Group],
    *,
    said: str,
    editable: bool,
) -> None:
    layer.extend(form.parts(fields, groups, site_layer=_LAYER_IDS[layout.SITES], editable=editable))
    _text(layer, "previewExpression", said)


def _one_marker() -> ElementTree.Element:
    renderer = ElementTree.Element("renderer-v2", type="singleSymbol", symbollevels="0", enableorderby="0")
    drawings = ElementTree.SubElement(renderer, "symbols")
    about = {"name": "0", "type": "marker", "alpha": "1", "clip_to_extent": "1", "force_rhr": "0"}
    symbol = ElementTree.SubElement(drawings, "symbol", about)
    drawn = ElementTree.SubElement(
        symbol, "layer", {"class": "SimpleMarker", "enabled": "1", "locked": "0", "pass": "0"}
    )
    values = {
        "name": "cross_fill",
        "color": "0,61,130,255",
        "outline_color": "255,255,255,255",
        "outline_width": "0.4",
        "outline_width_unit": "MM",
        "size": "4.5",
        "size_unit": "MM",
    }
    form.option(drawn, values)
    return renderer


def _labels(column: str) -> ElementTree.Element:
    labelling = ElementTree.Element("labeling", type="simple")
    settings = ElementTree.SubElement(labelling, "settings", calloutType="simple")
    text = {
        "fieldName": column,
        "isExpression": "0",
        "fontFamily": "Sarabun",
        "fontSize": "9",
        "fontSizeUnit": "Point",
        "textColor": "26,26,26,255",
    }
    style = ElementTree.SubElement(settings, "text-style", text)
    halo = {"bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM", "bufferColor": "255,255,255,255"}
    ElementTree.SubElement(style, "text-buffer", halo)
    ElementTree.SubElement(settings, "placement", placement="6", dist="1", distUnits="MM")
    ElementTree.SubElement(settings, "rendering", drawLabels="1", obstacle="1")
    return labelling


def _order() -> ElementTree.Element:
    order = ElementTree.Element("layerorder")
    for layer_id in _LAYER_IDS.values():
        ElementTree.SubElement(order, "layer", id=layer_id)
    return order


def _properties() -> ElementTree.Element:
    properties = ElementTree.Element("properties")
    for group, key, kind, value in (
        ("Paths", "Absolute", "bool", "false"),
        # Without this QGIS leaves the project's reference system aside.
        ("SpatialRefSys", "ProjectionsEnabled", "int", "1"),
        ("Measurement", "DistanceUnits", "QString", "meters"),
    ):
        _text(ElementTree.SubElement(properties, group), key, value, type=kind)
    return properties
