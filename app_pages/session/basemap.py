"""Provide every map with the ground of its workspace, read once for each base map."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import streamlit as st

from app_pages import session
from layers import errors as layer_errors
from layers import ground, population_file


def of(context: session.Context) -> ground.Ground:
    """Return the ground of the workspace; the coarse one, with the reason shown, where its base map is damaged."""
    folder = context.workspace.folder
    try:
        return _of(str(folder), ground.changed_at(folder))
    except layer_errors.LayerError as fault:
        st.warning(str(fault))
        return ground.of(None)


def on_screen(context: session.Context, points: gpd.GeoSeries) -> tuple[ground.Ground, bool]:
    """Return the ground near some sites as the web map draws it, and whether it is that of a base map."""
    near = ground.near(of(context), points, ground.ON_SCREEN)
    return near, near.mapped


def versions(context: session.Context) -> tuple[int, int]:
    """Return when base map and population of the workspace changed last (ns), for caches of what rests on them."""
    folder = context.workspace.folder
    return ground.changed_at(folder), population_file.changed_at(folder)


@st.cache_resource(max_entries=4, show_spinner=False)
def _of(folder: str, changed_ns: int) -> ground.Ground:
    del changed_ns  # what the cache tells versions apart by
    return ground.of(Path(folder))
