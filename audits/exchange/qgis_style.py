"""Draw sites by verdict in QGIS, by colour and shape together, with field names a person can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from audits import terms, wording
from audits.exchange import columns
from layers import symbols

_VERDICTS = ("fail", "borderline", "unknown", "pass")
_SIZE_MM = "4"

POINTS, LINES = "0", "1"
"""How QGIS numbers what a layer holds."""


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
    return document(wanted, words, _by_verdict(words) if points else None, POINTS)


def document(
    wanted: Sequence[columns.Column], words: wording.Wording, renderer: ElementTree.Element | None, geometry: str
) -> str:
    """Return a QGIS layer style around a renderer.

    Parameters
    ----------
    wanted
        Columns of the layer; their titles become field names.
    words
        The reader's language.
    renderer
        How the rows are drawn; None for a table without geometry.
    geometry
        :data:`POINTS` or :data:`LINES`.
    """
    style = ElementTree.Element("qgis", version="3.22", styleCategories="AllStyleCategories")
    if renderer is not None:
        style.append(renderer)
        ElementTree.SubElement(style, "layerGeometryType").text = geometry
    aliases = ElementTree.SubElement(style, "aliases")
    for position, column in enumerate(wanted):
        ElementTree.SubElement(aliases, "alias", field=column.name, index=str(position), name=column.heading(words))
    written = ElementTree.tostring(style, encoding="unicode")
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + written


def _by_verdict(words: wording.Wording) -> ElementTree.Element:
    drawn = [(verdict, symbols.OF_VERDICT[verdict]) for verdict in _VERDICTS]
    return by_value(
        "verdict",
        [(value, f"{symbol.glyph} {words.text(terms.VERDICT[value])}", symbol) for value, symbol in drawn],
    )


def by_value(column: str, drawn: Sequence[tuple[str, str, symbols.Symbol]]) -> ElementTree.Element:
    """Return how points are drawn by the value of a column.

    Parameters
    ----------
    column
        Its id.
    drawn
        Each value with its label and its symbol.
    """
    renderer = ElementTree.Element("renderer-v2", type="categorizedSymbol", attr=column, symbollevels="0")
    categories = ElementTree.SubElement(renderer, "categories")
    drawings = ElementTree.SubElement(renderer, "symbols")
    for position, (value, label, symbol) in enumerate(drawn):
        number = str(position)
        ElementTree.SubElement(categories, "category", symbol=number, value=value, label=label, render="true")
        drawings.append(_marker(number, symbol))
    return renderer


def _marker(name: str, symbol: symbols.Symbol) -> ElementTree.Element:
    values = {
        "name": symbol.shape,
        "color": colour(symbol.colour),
        "outline_color": "255,255,255,255",
        "outline_width": "0.4",
        "outline_width_unit": "MM",
        "size": _SIZE_MM,
        "size_unit": "MM",
    }
    return drawing(name, "marker", "SimpleMarker", values)


def drawing(name: str, kind: str, layer: str, values: Mapping[str, str]) -> ElementTree.Element:
    """Return one symbol of QGIS with one layer of it.

    Parameters
    ----------
    name
        Its number in the renderer.
    kind, layer
        Such as ``line`` and ``SimpleLine``.
    values
        Options of the layer.
    """
    symbol = ElementTree.Element("symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")
    drawn = {"class": layer, "enabled": "1", "locked": "0", "pass": "0"}
    options = ElementTree.SubElement(ElementTree.SubElement(symbol, "layer", drawn), "Option", type="Map")
    for key, value in values.items():
        ElementTree.SubElement(options, "Option", name=key, value=value, type="QString")
    return symbol


def colour(written: str) -> str:
    """Return a colour such as ``#00468b`` as QGIS writes it."""
    red, green, blue = (int(written[start : start + 2], 16) for start in (1, 3, 5))
    return f"{red},{green},{blue},255"
