"""Draw where a plan builds: one sign a site, distinguished by shape and sign as well as by colour."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping, Sequence

import geopandas as gpd

from app_pages import session
from app_pages.parts.shared import folium_component
from app_pages.session import basemap
from audits import record as records
from audits import terms
from audits.reports import markers, web_map_texts
from layers import symbols, web_map

YEAR_SHAPES, YEAR_COLOURS = ("square", "circle", "diamond", "hexagon", "triangle"), ("#00468b", "#7a4d00", "#0b5d1e")


def of_year(year: int) -> symbols.Symbol:
    """Return the sign of a year: its figure, in a shape and a colour that its neighbours do not have."""
    nth = year - 1
    return symbols.Symbol(
        YEAR_COLOURS[nth % len(YEAR_COLOURS)], YEAR_SHAPES[nth % len(YEAR_SHAPES)], str(year) if year < 10 else "+"
    )


def draw(
    context: session.Context,
    record: records.AuditedRecord,
    title: str,
    key: str,
    kinds: Sequence[tuple[str, symbols.Symbol]],
    of_site: Mapping[str, int],
    height: int = 480,
) -> None:
    """Draw sites on the city map.

    Parameters
    ----------
    context, record
        Where the page stands, and the register.
    title, key
        Name of the map, spoken and shown, and its name on the page.
    kinds
        What a sign means, and the sign; the one that matters most first.
    of_site
        By code, the place in `kinds`.
    height
        In CSS pixels.
    """
    codes = [code for code in sorted(of_site) if code in record.sites.index]
    if not codes:
        return
    drawn = [kinds[of_site[code]][1] for code in codes]
    sites = record.sites.loc[codes]
    marked = gpd.GeoDataFrame(
        {
            "code": codes,
            "label": [f"{site_of(context, sites, code)} · {kinds[of_site[code]][0]}" for code in codes],
            "colour": [one.colour for one in drawn],
            "shape": [one.shape for one in drawn],
            "glyph": [one.glyph for one in drawn],
            "hollow": sites["position_status"].isin(terms.POSITION_UNSURE).to_numpy(),
        },
        geometry=sites.geometry.to_numpy(),
        crs=sites.crs,
    )
    map_words = web_map_texts.map_words(record.audit.sites.loc[codes], context.words)
    counts = [sum(of_site[code] == number for code in codes) for number in range(len(kinds))]
    legend = [
        web_map.LegendEntry(f"{name}: {count}", one.colour, one.shape, one.glyph, name=name)
        for (name, one), count in zip(kinds, counts, strict=True)
        if count
    ]
    spoken = dataclasses.replace(map_words, title=title, legend=(*legend, map_words.legend[-1]))
    ground, mapped = basemap.on_screen(context, sites.geometry)
    spoken = dataclasses.replace(spoken, attribution=context.words.text(terms.ground_credit(mapped)))
    city = web_map.city_map(marked, ground, spoken, worst_first=tuple(one.glyph for _, one in kinds))
    folium_component.show(folium_component.drawing(city, height=height), key, lambda: None)


def site_of(context: session.Context, sites: gpd.GeoDataFrame, code: str) -> str:
    """Return a site's code and name."""
    # two cells: a whole row of the register is slow to cut out, and a plan names hundreds
    name = types.SimpleNamespace(**{column: sites.at[code, column] for column in ("name_th", "name_en")})
    return f"{code} {markers.site_name(name, context.words)}"
