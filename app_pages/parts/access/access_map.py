"""Draw the ground from which places are reached on foot and step-free, with the sites as barriers or none."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import shapely
import streamlit as st

from app_pages import session
from app_pages.parts.access import figures
from app_pages.parts.shared import folium_component, site_summary
from app_pages.session import address, basemap
from audits import barriers, terms, wording
from audits import record as records
from audits.access import catchments, site_network
from audits.reports import markers, web_map_texts
from layers import symbols, web_ground, web_map

KEY = "access_map"
# metres: less than a line is wide where the town is in view, and far fewer points to send
SIMPLIFIED_M = 3.0
# a block of 100 m by 100 m
HOLE_M2 = 10_000.0
AREAS = {
    catchments.ON_FOOT: ("#595959", 0.05, wording.phrase("dashed edge: a place lies within the limit on foot")),
    barriers.KNOWN_ONLY: ("#4a7fb5", 0.25, wording.phrase("light: step-free, counting known barriers only")),
    barriers.ALL_UNKNOWN: ("#00468b", 0.35, wording.phrase("dark: step-free, if everything unknown is a barrier")),
}
SYMBOLS = {
    barriers.KNOWN: symbols.OF_VERDICT["fail"],
    barriers.POSSIBLE: symbols.OF_VERDICT["unknown"],
    barriers.NONE: symbols.OF_VERDICT["pass"],
}


def draw(
    context: session.Context, record: records.AuditedRecord, found: figures.Known, people: tuple[str, ...], site: str
) -> None:
    """Draw the map; `site` is the chosen one, empty for all."""
    drawn = _drawing(found, people, site, context.words.language, record, context)
    on_map = address.chooser(site_summary.SITE, lambda: folium_component.chosen(KEY))
    folium_component.show(drawn, KEY, on_map)


# record and context are not hashed: the key of `found` changes with the record and with the ground
@st.cache_data(max_entries=24, show_spinner=False, hash_funcs=figures.KEYS)
def _drawing(
    found: figures.Known,
    people: tuple[str, ...],
    site: str,
    language: str,
    _record: records.AuditedRecord,
    _context: session.Context,
) -> dict[str, object]:
    words = wording.Wording(language)
    text, placed = words.text, site_network.placed(_record.sites)
    codes = (site,) if site in placed.index else ()
    sites = placed.loc[list(codes)] if codes else placed
    states = catchments.site_states(_record, people).loc[sites.index]
    under, mapped = basemap.on_screen(_context, _record.sites.geometry)
    areas = catchments.areas(found.prepared, people, codes)
    # simplified while it is in metres; that may let an outline cross itself
    shapes = gpd.GeoSeries([_filled(area) for area in areas.values()], crs=found.prepared.joined.edges.crs)
    shown = shapely.make_valid(shapes.simplify(SIMPLIFIED_M).to_crs("EPSG:4326").to_numpy())
    counted = states.value_counts()
    legend = [
        web_map.LegendEntry(text(meaning), colour, "square", " ", hollow=name == catchments.ON_FOOT)
        for name, (colour, _, meaning) in AREAS.items()
    ]
    for name, symbol in SYMBOLS.items():
        state, number = text(barriers.STATES[name]), words.number(counted.get(name, 0))
        legend.append(web_map.LegendEntry(f"{state}: {number}", symbol.colour, symbol.shape, symbol.glyph, name=state))
    map_words = dataclasses.replace(
        web_map_texts.map_words(_record.audit.sites.loc[sites.index], words),
        title=text("Map of access"),
        legend=tuple(legend),
        attribution=text(terms.ground_credit(mapped)),
    )
    shades = tuple(
        web_ground.Shade(name, area, *AREAS[name][:2], name == catchments.ON_FOOT)
        for name, area in zip(areas, shown, strict=True)
    )
    marked = _marked(words, sites.assign(state=states))
    return folium_component.drawing(web_map.city_map(marked, under, map_words, shades=shades))


def _filled(area: shapely.Geometry) -> shapely.Geometry:
    """Return an area without the small holes: a block with reached ways all round it is drawn as reached."""
    parts = [
        shapely.Polygon(part.exterior, [ring for ring in part.interiors if shapely.Polygon(ring).area >= HOLE_M2])
        for part in shapely.get_parts(area)
    ]
    return shapely.MultiPolygon(parts)


def _marked(words: wording.Wording, placed: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    drawn = placed["state"].map(SYMBOLS)
    labels = [
        f"{row.Index} {markers.site_name(row, words)} · {words.text(barriers.STATES[row.state])}"
        for row in placed.itertuples()
    ]
    return gpd.GeoDataFrame(
        {
            "code": placed.index,
            "label": labels,
            **{look: [getattr(symbol, look) for symbol in drawn] for look in ("colour", "shape", "glyph")},
            "hollow": placed["position_status"].isin(terms.POSITION_UNSURE).to_numpy(),
        },
        geometry=placed.geometry.to_numpy(),
        crs=placed.crs,
    )
