"""Put a folium map on the page, its drawing computed once for each content."""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

import folium
import streamlit as st

# the count changes with each click, also with a second one on the same site
RETURNED = ["last_active_drawing", "last_object_clicked_count"]

# the function of the library is replaced for all threads while a map is captured
_capturing = threading.Lock()


@functools.cache
def _component() -> tuple[Any, Callable[..., object]]:
    """Return streamlit_folium and the component behind its st_folium.

    Called directly, a rerun sends the cached drawing instead of rendering it again.
    """
    # Streamlit serves the files of a component that is declared while a page is drawn, and this module is imported
    # before there are readers.
    import streamlit_folium

    return streamlit_folium, streamlit_folium._component_func


def drawing(city: folium.Map, ring: folium.FeatureGroup | None = None, height: int = 480) -> dict[str, object]:
    """Return the parts of a map that the browser draws, ready to be cached.

    Parameters
    ----------
    city
        The map.
    ring
        What changes without drawing the map anew, such as the ring round the chosen site.
    height
        In CSS pixels.
    """
    captured: dict[str, object] = {}

    def capture(**arguments: object) -> object:
        captured.update(arguments)
        return arguments["default"]

    module, component = _component()
    with _capturing:
        module._component_func = capture
        try:
            module.st_folium(
                city, height=height, use_container_width=True, returned_objects=RETURNED, feature_group_to_add=ring
            )
        finally:
            module._component_func = component
    # the drawing is kept, and a callback belongs to one run only
    captured.pop("on_change", None)
    # the frame draws its map once: another drawing needs a frame of its own, and this is its name
    return captured | {"key": hashlib.sha256(str(captured["script"]).encode()).hexdigest()[:16]}


def show(drawn: Mapping[str, object], key: str, on_change: Callable[[], None], **changing: object) -> None:
    """Show a drawn map; `on_change` runs when the reader chooses a site, see :func:`chosen`."""
    frame = f"{key}_{drawn['key']}"

    def take() -> None:
        # under the name of the map: that of the frame changes with its drawing
        st.session_state[key] = st.session_state.get(frame)
        on_change()

    _, component = _component()
    component(**{**drawn, **changing, "key": frame}, on_change=take)


def chosen(key: str) -> str | None:
    """Return the code of the site that the reader chose on the map."""
    feature = (st.session_state.get(key) or {}).get("last_active_drawing")
    return feature["properties"].get("code") if feature else None
