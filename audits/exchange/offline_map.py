"""Write the map as one HTML file for a phone without a network, with the table of all sites beside it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from audits import markers, terms, wording
from audits.exchange import contents as contents_room
from audits.exchange import map_panel
from layers import ground as ground_room
from layers import web_assets, web_map

_SCRIPT, _STYLE = "offline_map.js", "offline_map.css"


def packed(contents: contents_room.Contents, words: wording.Wording, static_folder: Path = web_assets.STATIC) -> bytes:
    """Return the map as one HTML page in UTF-8 that asks the network for nothing.

    Sites without a position are left off the map and stay in the table.

    Parameters
    ----------
    contents
        What to show.
    words
        The reader's language.
    static_folder
        The folder that :func:`layers.web_assets.prepare` filled.

    Raises
    ------
    layers.errors.LayerError
        If a library or font has not been prepared, or the ground cannot be read.
    """
    sites, audited = contents.record.sites, contents.record.audit.sites
    placed = sites.loc[sites.geometry.notna() & ~sites.geometry.is_empty]
    audited = audited.loc[placed.index]
    ground = ground_room.near(contents.options.ground or ground_room.of(None), placed.geometry, ground_room.ON_SCREEN)
    city = web_map.city_map(
        markers.markers(placed, audited, words),
        web_map.base(ground),
        dataclasses.replace(
            markers.map_words(audited, words), attribution=words.text(terms.ground_credit(ground.mapped))
        ),
    )
    page = web_map.export_html(
        city,
        title=_title(contents, words),
        language=words.language,
        panel_html=map_panel.panel(contents, words),
        script=(web_assets.STATIC / _SCRIPT).read_text(encoding="utf-8"),
        style=(web_assets.STATIC / _STYLE).read_text(encoding="utf-8"),
        static_folder=static_folder,
    )
    return page.encode()


def _title(contents: contents_room.Contents, words: wording.Wording) -> str:
    day = words.day(contents.options.exported_on)
    title = f"{words.text('Map of ramps and public spaces')} · {day}"
    return f"{title} · {words.text(terms.DEMONSTRATION_SHORT)}" if contents.record.demonstration else title
