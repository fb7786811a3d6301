"""Draw sites by verdict in QGIS, by colour and shape together, with field names a person can read."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from audits import terms, wording
from audits.exchange import columns
from layers import symbols

_VERDICTS = ("fail", "borderline", "unknown", "pass")
_SIZE_MM = "4"


def qml(wanted: Sequence[columns.Column], words: wording.Wording, *, points: bool) -> str:
    """Return a QGIS layer style.

    Parameters
    ----------
    wanted
        Columns of the layer; their titles become field names.
    words
        The reader's language.
    points
        Whether to draw the rows as points by their column ``verdict``.
    """
    style = ElementTree.Element("qgis", version="3.22", styleCategories="AllStyleCategories")
    if points:
        style.append(_by_verdict(words))
        ElementTree.SubElement(style, "layerGeometryType").text = "0"
    aliases = ElementTree.SubElement(style, "aliases")
    for position, column in enumerate(wanted):
        ElementTree.SubElement(aliases, "alias", field=column.name, index=str(position), name=column.heading(words))
    document = ElementTree.tostring(style, encoding="unicode")
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + document


def _by_verdict(words: wording.Wording) -> ElementTree.Element:
    renderer = ElementTree.Element("renderer-v2", type="categorizedSymbol", attr="verdict", symbollevels="0")
    categories = ElementTree.SubElement(renderer, "categories")
    drawings = ElementTree.SubElement(renderer, "symbols")
    for position, verdict in enumerate(_VERDICTS):
        symbol, number = symbols.OF_VERDICT[verdict], str(position)
        label = f"{symbol.glyph} {words.text(terms.VERDICT[verdict])}"
        ElementTree.SubElement(categories, "category", symbol=number, value=verdict, label=label, render="true")
        drawings.append(_marker(number, symbol))
    return renderer


def _marker(name: str, symbol: symbols.Symbol) -> ElementTree.Element:
    marker = ElementTree.Element("symbol", name=name, type="marker", alpha="1", clip_to_extent="1", force_rhr="0")
    drawn = {"class": "SimpleMarker", "enabled": "1", "locked": "0", "pass": "0"}
    layer = ElementTree.SubElement(marker, "layer", drawn)
    options = ElementTree.SubElement(layer, "Option", type="Map")
    red, green, blue = (int(symbol.colour[start : start + 2], 16) for start in (1, 3, 5))
    values = {
        "name": symbol.shape,
        "color": f"{red},{green},{blue},255",
        "outline_color": "255,255,255,255",
        "outline_width": "0.4",
        "outline_width_unit": "MM",
        "size": _SIZE_MM,
        "size_unit": "MM",
    }
    for key, value in values.items():
        ElementTree.SubElement(options, "Option", name=key, value=value, type="QString")
    return marker
