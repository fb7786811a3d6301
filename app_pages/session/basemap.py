"""Provide every map with the ground of its workspace, read once for each base map."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import streamlit as st

from app_pages import session
from app_pages.session import address, plain_text
from layers import errors as layer_errors
from layers import ground, paper_map, population_file, positions

KEPT, PICTURE = "kept", "picture"


def choose(context: session.Context) -> bool:
    """Ask what lies under the sites, and return whether it is a picture from the network.

    The choice stays in the address and from page to page.
    """
    text = context.words.text
    own = text("map of OpenStreetMap") if ground.changed_at(context.workspace.folder) else text("main streets")
    names = {KEPT: own, PICTURE: text("street picture, online")}
    kept = address.one("ground", names, stays=True)
    online = st.session_state.get("ground") == PICTURE
    with st.popover(text("Ground: street picture") if online else text("Ground"), key="map_ground"):
        chosen = st.radio(
            text("What lies under the sites"),
            list(names),
            format_func=names.__getitem__,
            captions=(
                text("Kept on this computer; nothing is sent."),
                text(
                    "Your browser asks openstreetmap.org for the picture of every part of the map you look at. It "
                    "learns your network address and where you look; of the surveys it learns nothing."
                ),
            ),
            **kept,
        )
    return chosen == PICTURE


def of(context: session.Context) -> ground.Ground:
    """Return the ground of the workspace; the coarse one, with the reason shown, where its base map is damaged."""
    folder, area = context.workspace.folder, context.record().area
    try:
        return _of(str(folder), ground.changed_at(folder), area)
    except layer_errors.LayerError as fault:
        st.warning(plain_text.literal(str(fault)))
        return ground.of(None, area)


def on_paper(context: session.Context, crs: str) -> tuple[paper_map.Ground, bool]:
    """Return the ground as printed maps draw it, in a UTM zone, and whether it is that of a base map."""
    folder, area = context.workspace.folder, context.record().area
    return _on_paper(str(folder), ground.changed_at(folder), area, crs, context)


def on_screen(context: session.Context, points: gpd.GeoSeries) -> tuple[ground.Ground, bool]:
    """Return the ground near some sites as the web map draws it, and whether it is that of a base map."""
    near = ground.near(of(context), points, ground.ON_SCREEN)
    return near, near.mapped


def versions(context: session.Context) -> tuple[int, int]:
    """Return when base map and population of the workspace changed last (ns), for caches of what rests on them."""
    folder = context.workspace.folder
    return ground.changed_at(folder), population_file.changed_at(folder)


@st.cache_resource(max_entries=4, show_spinner=False)
def _of(folder: str, changed_ns: int, area: positions.Box | None) -> ground.Ground:
    del changed_ns  # what the cache tells versions apart by
    return ground.of(Path(folder), area)


@st.cache_resource(max_entries=4, show_spinner=False)
def _on_paper(
    folder: str, changed_ns: int, area: positions.Box | None, crs: str, _context: session.Context
) -> tuple[paper_map.Ground, bool]:
    del folder, changed_ns, area  # what the cache tells grounds apart by
    drawn = of(_context)
    areas = (drawn.buildings, drawn.water, drawn.parks) if drawn.mapped else ()
    return paper_map.ground(drawn.streets, drawn.places, drawn.outline, *areas, crs=crs), drawn.mapped
