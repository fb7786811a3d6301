"""Word the web map: its controls, and a legend that counts the sites drawn."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from audits import barriers, terms, wording
from audits.reports import markers
from layers import web_map

_NAMES: Mapping[str, Mapping[str, str]] = {
    markers.BY_VERDICT: terms.VERDICT,
    markers.BY_CHANGE: terms.SCORE_CHANGE,
    markers.BY_BARRIER: barriers.STATES,
}


def map_words(audited: pd.DataFrame, words: wording.Wording, by: str = markers.BY_VERDICT) -> web_map.MapWords:
    """Texts of the map, with a legend that counts the sites drawn, by a key of `markers.SYMBOLS`."""
    text = words.text
    counted = audited[by].value_counts()
    return web_map.MapWords(
        language=words.language,
        title=text("Map of ramps and public spaces"),
        zoom_in=text("Zoom in"),
        zoom_out=text("Zoom out"),
        north=text("North"),
        attribution=text(terms.GROUND_CREDIT),
        skip=text("Skip to the table"),
        panel=text("Table of the sites on the map"),
        group=text("{n} sites: {parts}. Enter zooms in"),
        group_part=text("{n} {name}"),
        legend_group=text("ring with a number: so many sites close together; press it to zoom in"),
        legend_title=text("{n} sites", n=words.number(len(audited))),
        legend=(
            *_legend(by, counted, words),
            web_map.LegendEntry(text("dashed: position not confirmed"), "#595959", "circle", " ", hollow=True),
        ),
    )


def _legend(by: str, counted: pd.Series, words: wording.Wording) -> list[web_map.LegendEntry]:
    entries = []
    for key, symbol in markers.SYMBOLS[by].items():
        # a verdict of single requirements; no site has it
        if key != "not_applicable":
            name = _name(key, by, words)
            count = f"{name}: {words.number(counted.get(key, 0))}"
            entries.append(web_map.LegendEntry(count, symbol.colour, symbol.shape, symbol.glyph, name=name))
    return entries


def _name(key: str, by: str, words: wording.Wording) -> str:
    if by == markers.BY_GRADE:
        return words.text("grade {grade}", grade=key) if key else words.text(terms.UNDECIDED)
    return words.text(_NAMES[by][key])
