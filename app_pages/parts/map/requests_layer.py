"""Show on request where residents' open requests are, with their legend and table."""

from __future__ import annotations

import geopandas as gpd
import streamlit as st

from app_pages import session
from app_pages.session import cache
from audits import record as records
from audits import terms, wording
from audits.store.requests import requests
from layers import sources, utm, web_ground, web_map

KEY = "requests_on_map"
# large enough to be seen at the scale of the whole town
DRAWN_M = 90.0
COLOUR, OPACITY = "#5b2a86", 0.35


def is_on() -> bool:
    """Whether the reader asked for it."""
    return bool(st.session_state.get(KEY))


def of(context: session.Context, record: records.AuditedRecord) -> gpd.GeoDataFrame:
    """Open requests whose place is known: their own point, else that of the site they are joined to."""
    return _of(record, context)


# bar, map and table ask for them
@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=cache.KEYS)
def _of(record: records.AuditedRecord, _context: session.Context) -> gpd.GeoDataFrame:
    asked, sites = cache.requests(_context.store), record.sites
    # numbered anew, as the two series of points below are
    asked = asked.loc[asked["state"].isin(requests.OPEN)].reset_index(drop=True)
    own = gpd.GeoSeries(gpd.points_from_xy(asked["longitude"], asked["latitude"]), crs=sources.WGS84)
    at_site = gpd.GeoSeries(sites.geometry.reindex(asked["site_code"]).to_numpy(), crs=sources.WGS84)
    points = own.where(asked["longitude"].notna(), at_site)
    placed = gpd.GeoDataFrame(asked, geometry=points, crs=sources.WGS84)
    return placed.loc[placed.geometry.notna() & ~placed.geometry.is_empty]


def shades(found: gpd.GeoDataFrame) -> tuple[web_ground.Shade, ...]:
    """Draw a disc at each place; where several lie together they become one."""
    if found.empty:
        return ()
    metres = found.geometry.to_crs(utm.crs_of(found.geometry))
    # one shape: discs laid over one another would look darker than the legend says
    area = gpd.GeoSeries([metres.buffer(DRAWN_M).union_all()], crs=metres.crs).to_crs(sources.WGS84)
    return (web_ground.Shade("requests", area.iloc[0], COLOUR, OPACITY, dashed=False),)


def legend(found: gpd.GeoDataFrame, words: wording.Wording) -> web_map.LegendEntry:
    """Describe the discs."""
    meaning = words.count("{n} open request of residents", "{n} open requests of residents", len(found))
    return web_map.LegendEntry(meaning, COLOUR, "circle", " ", hollow=True)


def switch(context: session.Context) -> None:
    """Offer them on the map where there are any."""
    found = of(context, context.record())
    if not found.empty:
        count = context.words.number(len(found), 0)
        st.toggle(context.words.text("Open requests of residents on the map, as violet discs: {n}", n=count), key=KEY)


def show(context: session.Context, record: records.AuditedRecord) -> None:
    """Show their table while they are on the map."""
    text, words, found = context.words.text, context.words, of(context, record)
    if found.empty or not is_on():
        return
    newest = found.sort_values("received_on", ascending=False)
    st.dataframe(
        {
            text("Received"): [words.day(day) for day in newest["received_on"]],
            text("What is asked for"): list(newest["text"]),
            text("Site"): list(newest["site_code"]),
            text("State"): [text(terms.REQUEST_STATE[state]) for state in newest["state"]],
        },
        alt=text("Table of the open requests on the map"),
        height=240,
    )
