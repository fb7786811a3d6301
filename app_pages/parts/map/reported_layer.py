"""Show on request what the base map reports of kerbs and footways, apart from everything that was audited."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import streamlit as st

from app_pages import session
from audits import wording
from layers import errors as layer_errors
from layers import ground, reported

KEY = "reported"
# more rows than anybody reads; those of a whole city would slow the browser down
MOST_ROWS = 1_000
KINDS = {"kerbs": wording.phrase("Kerb"), "footways": wording.phrase("Footway")}


def is_on() -> bool:
    """Whether the reader asked for it."""
    return bool(st.session_state.get(KEY))


def of(context: session.Context) -> gpd.GeoDataFrame:
    """Features that the base map of the workspace reports; empty where it is damaged or there is none."""
    folder = context.workspace.folder
    try:
        return _read(str(folder), ground.changed_at(folder))
    except layer_errors.LayerError:
        # The ground of the map shows the reason already.
        return _read("", 0)


def switch(context: session.Context) -> None:
    """Offer it on the map where there is some."""
    words, found = context.words, of(context)
    if not found.empty:
        counts = {kind: words.number(int((found["kind"] == kind).sum()), 0) for kind in KINDS}
        label = words.text("Reported by the base map, not audited: {kerbs} kerbs, {footways} footways", **counts)
        st.toggle(label, key=KEY)


def show(context: session.Context) -> None:
    """Show its table while it is on the map."""
    text, words, found = context.words.text, context.words, of(context)
    if found.empty or not is_on():
        return
    st.caption(
        text(
            "What contributors wrote of these kerbs and footways; nobody of the municipality has measured them. No "
            "score rests on it, and the plan never counts it as a known barrier."
        )
    )
    name = "name_th" if words.language == "th" else "name_en"
    table = found.head(MOST_ROWS)
    st.dataframe(
        {
            text("Kind"): [text(KINDS[kind]) for kind in table["kind"]],
            text("Name"): list(table[name]),
            text("As reported"): list(table["tags"]),
        },
        alt=text("Table of what the base map reports"),
        height=240,
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _read(folder: str, changed_ns: int) -> gpd.GeoDataFrame:
    del changed_ns  # what the cache tells versions apart by
    return reported.read(Path(folder))
