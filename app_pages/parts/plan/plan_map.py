"""Draw where a plan builds: one sign a site, distinguished by shape and sign as well as by colour."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Mapping, Sequence

import geopandas as gpd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import folium_component, record_names
from app_pages.session import basemap, cache
from audits import record as records
from audits import terms, wording
from audits.reports import web_map_texts
from layers import symbols, web_map

# five shapes and three colours have no factor in common, so that no pair comes back within fifteen years
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
    # sorted, so that one plan has one drawing in the cache
    shown = tuple((code, of_site[code]) for code in sorted(of_site) if code in record.sites.index)
    if not shown:
        return
    language, versions = context.words.language, basemap.versions(context)
    drawn = _drawing(record, language, title, tuple(kinds), shown, height, versions, context)
    folium_component.show(drawn, key, lambda: None)


@st.cache_data(max_entries=24, show_spinner=False, hash_funcs=cache.KEYS)
def _drawing(
    record: records.AuditedRecord,
    language: str,
    title: str,
    kinds: tuple[tuple[str, symbols.Symbol], ...],
    of_site: tuple[tuple[str, int], ...],
    height: int,
    versions: tuple[int, int],  # noqa: ARG001 - of base map and population, by which the cache tells grounds apart
    _context: session.Context,
) -> dict[str, object]:
    words, names = wording.Wording(language), record_names.of(_context, record)
    sites = record.sites.loc[[code for code, _ in of_site]]
    ground, mapped = basemap.on_screen(_context, sites.geometry)
    spoken = dataclasses.replace(
        web_map_texts.map_words(record.audit.sites.loc[sites.index], words),
        title=title,
        attribution=words.text(terms.ground_credit(mapped)),
    )
    # of the legend of all maps, how positions that are unsure are drawn stays
    spoken = dataclasses.replace(spoken, legend=(*_legend(kinds, of_site), spoken.legend[-1]))
    marked = _marked(sites, names, kinds, of_site)
    # a group of sites bears the sign of what matters most
    city = web_map.city_map(marked, ground, spoken, worst_first=tuple(one.glyph for _, one in kinds))
    return folium_component.drawing(city, height=height)


def _legend(
    kinds: tuple[tuple[str, symbols.Symbol], ...], of_site: tuple[tuple[str, int], ...]
) -> list[web_map.LegendEntry]:
    counts = collections.Counter(number for _, number in of_site)
    return [
        web_map.LegendEntry(f"{name}: {counts[number]}", one.colour, one.shape, one.glyph, name=name)
        for number, (name, one) in enumerate(kinds)
        if counts[number]
    ]


def _marked(
    sites: gpd.GeoDataFrame,
    names: record_names.Names,
    kinds: tuple[tuple[str, symbols.Symbol], ...],
    of_site: tuple[tuple[str, int], ...],
) -> gpd.GeoDataFrame:
    drawn = [kinds[number][1] for _, number in of_site]
    return gpd.GeoDataFrame(
        {
            "code": [code for code, _ in of_site],
            "label": [f"{names.site(code)} · {kinds[number][0]}" for code, number in of_site],
            "colour": [one.colour for one in drawn],
            "shape": [one.shape for one in drawn],
            "glyph": [one.glyph for one in drawn],
            "hollow": sites["position_status"].isin(terms.POSITION_UNSURE).to_numpy(),
        },
        geometry=sites.geometry.to_numpy(),
        crs=sites.crs,
    )
