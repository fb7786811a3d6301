"""Write a plan as a GeoPackage: its fixes as points, the streets that it opens as lines, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

import pandas as pd

from audits import wording
from audits.exchange import geopackage, plan_about, plan_contents, qgis_style
from layers import symbols

IN_PLAN, LATER = symbols.Symbol("#00468b", "square", "✓"), symbols.Symbol("#595959", "circle", "–")
_SIZES_MM = (0.4, 0.8, 1.4, 2.2)


def packed(subject: plan_contents.Subject, words: wording.Wording) -> bytes:
    """Return a GeoPackage with the layers ``fix``, ``opened_way`` and ``about``; the same plan makes the same bytes.

    Parameters
    ----------
    subject
        The plan.
    words
        The reader's language, for titles and texts; the styles come in Thai, the default, and in English.
    """
    fixes, ways = plan_contents.fixes(subject, words), plan_contents.ways(subject)
    about = pd.DataFrame(plan_about.lines(subject, words), columns=["item", "text"])
    lines = geopackage.Layer(
        "opened_way", ways, plan_contents.WAYS, geopackage.LINESTRING, _styles(_of_ways(list(ways["opened_ways"])))
    )
    points = geopackage.Layer("fix", fixes, plan_contents.FIXES, geopackage.POINT, _fix_styles())
    other = geopackage.Layer("about", about, plan_contents.ABOUT)
    return geopackage.packed_layers((points, lines, other), words, subject.made_on, subject.mark(words))


def _fix_styles() -> Mapping[str, str]:
    styles = {}
    for language in wording.LANGUAGES:
        words = wording.Wording(language)
        drawn = [
            ("true", f"{IN_PLAN.glyph} {words.text('in the plan')}", IN_PLAN),
            ("false", f"{LATER.glyph} {words.text('only in the plan by years')}", LATER),
        ]
        renderer = qgis_style.by_value("in_plan", drawn)
        styles[language] = qgis_style.document(plan_contents.FIXES, words, renderer, qgis_style.POINTS)
    return styles


def _of_ways(weights: list[float]) -> ElementTree.Element:
    """Return how the streets are drawn: the more ways lead along, the wider, in four even steps."""
    most = max(weights, default=0.0)
    renderer = ElementTree.Element("renderer-v2", type="graduatedSymbol", attr="opened_ways", symbollevels="0")
    ranges = ElementTree.SubElement(renderer, "ranges")
    drawings = ElementTree.SubElement(renderer, "symbols")
    for position, wide_mm in enumerate(_SIZES_MM):
        low, high = (f"{most * (position + end) / len(_SIZES_MM):.3f}" for end in (0, 1))
        label = f"{low} – {high}"
        step = {"symbol": str(position), "lower": low, "upper": high, "label": label, "render": "true"}
        ElementTree.SubElement(ranges, "range", step)
        values = {
            "line_color": qgis_style.colour(IN_PLAN.colour),
            "line_width": f"{wide_mm:g}",
            "line_width_unit": "MM",
            "capstyle": "round",
        }
        drawings.append(qgis_style.drawing(str(position), "line", "SimpleLine", values))
    return renderer


def _styles(renderer: ElementTree.Element) -> Mapping[str, str]:
    return {
        language: qgis_style.document(plan_contents.WAYS, wording.Wording(language), renderer, qgis_style.LINES)
        for language in wording.LANGUAGES
    }
