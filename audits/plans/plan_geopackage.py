"""Write a plan as a GeoPackage: its fixes as points, the streets that it opens as lines, and what it rests on."""

from __future__ import annotations

import pandas as pd

from audits import wording
from audits.plans import plan_about, plan_contents
from audits.reports import geopackage, qgis_style
from layers import symbols

ONLY_BY_YEARS = wording.phrase("only in the plan by years")
IN_PLAN, LATER = symbols.Symbol("#00468b", "square", "✓"), symbols.Symbol("#595959", "circle", "–")


def packed(subject: plan_contents.Subject, words: wording.Wording) -> bytes:
    """Return a GeoPackage with the layers ``fix``, ``opened_way`` and ``about``; the same plan makes the same bytes.

    Parameters
    ----------
    subject
        The plan.
    words
        The reader's language, for titles and texts; the styles come in Thai, the default, and in English.
    """
    ways = plan_contents.opened_ways(subject)
    # the largest of no ways would be NaN, which no style can scale to
    most = float(ways["opened_trips"].max()) if len(ways) else 0.0
    fix_styles, way_styles = {}, {}
    for language in wording.LANGUAGES:
        reader = wording.Wording(language)
        categories = [
            ("true", f"{IN_PLAN.glyph} {reader.text('in the plan')}", IN_PLAN),
            ("false", f"{LATER.glyph} {reader.text(ONLY_BY_YEARS)}", LATER),
        ]
        fix_styles[language] = qgis_style.by_value(plan_contents.FIXES, reader, "in_plan", categories)
        way_styles[language] = qgis_style.by_size(plan_contents.WAYS, reader, "opened_trips", most, IN_PLAN.colour)
    about = pd.DataFrame(plan_about.lines(subject, words), columns=["item", "text"])
    fixes = plan_contents.fixes(subject, words)
    layers = (
        geopackage.Layer("fix", fixes, plan_contents.FIXES, geopackage.POINT, fix_styles),
        geopackage.Layer("opened_way", ways, plan_contents.WAYS, geopackage.LINESTRING, way_styles),
        geopackage.Layer("about", about, plan_contents.ABOUT),
    )
    return geopackage.packed_layers(layers, words, subject.made_on, subject.mark(words))
