"""Show on request where residents' open requests are, with their table."""

from __future__ import annotations

import geopandas as gpd
import streamlit as st

from app_pages import session
from audits import terms
from audits.store.requests import requests
from layers import sources, utm, web_ground

KEY = "requests_on_map"
# large enough to be seen at the scale of the whole town
DRAWN_M = 90.0
COLOUR, OPACITY = "#5b2a86", 0.35


def is_on() -> bool:
    """Whether the reader asked for it."""
    return bool(st.session_state.get(KEY))


def of(context: session.Context, sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Open requests whose place is known: their own point, else that of the site they are joined to."""
    asked = requests.every(context.store)
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
    area = gpd.GeoSeries([metres.buffer(DRAWN_M).union_all()], crs=metres.crs).to_crs(sources.WGS84)
    return (web_ground.Shade("requests", area.iloc[0], COLOUR, OPACITY, dashed=False),)


def show(context: session.Context, sites: gpd.GeoDataFrame) -> None:
    """Offer it where there are requests, with its table."""
    text, words, found = context.words.text, context.words, of(context, sites)
    if found.empty:
        return
    st.toggle(
        text("Open requests of residents on the map, as violet discs: {n}", n=words.number(len(found), 0)), key=KEY
    )
    if not is_on():
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
