"""Show what a site is: its name, verdict, grade, score, photo and place."""

from __future__ import annotations

import base64

import pandas as pd
import shapely
import streamlit as st

from app_pages import session
from app_pages.parts.shared import photo_figures, site_summary, tables
from app_pages.session import basemap, cache, navigation, plain_text
from audits import record as records
from audits import roles, terms
from audits.reports import map_texts, markers
from audits.store.register import changes as register_changes
from layers import paper_map, positions, symbols, utm

INSET_MM = (110.0, 66.0)
INSET_SCALE = 4_000


def show(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Show the summary of a site beside its picture: the newest photo that may be shown, and a small map."""
    site = record.site(code)
    words = context.words
    left, right = st.columns([3, 2])
    with left:
        st.title(plain_text.literal(f"{code} {markers.site_name(site, words)}"))
        site_summary.score_block(context, record.audited(code))
        st.html(tables.small(place_line(context, site)))
        site_summary.built_anew(context, record, code)
        links(context, code, site.geometry)
    with right:
        photo(context, code)
        # of the base map alone: no residents are drawn
        drawn = inset(record, code, words.language, basemap.versions(context)[0], context)
        if drawn:
            alt = words.text("Map of the surroundings of {code}", code=code)
            picture = base64.b64encode(drawn.encode()).decode()
            st.html(f'<img class="jaidee-inset" alt="{tables.cell(alt)}" src="data:image/svg+xml;base64,{picture}">')


def links(context: session.Context, code: str, place: shapely.Point | None) -> None:
    """Lead to the pages that go on with the site."""
    text, query = context.words.text, navigation.query(context, site=code)
    with st.container(horizontal=True):
        navigation.link(context, "survey.py", label=text("Survey this site"), query_params=query)
        navigation.link(context, "city_map.py", label=text("Show on the map"), query_params=query)
        if roles.may(context.store.role, register_changes.CHANGE):
            navigation.link(context, "register.py", label=text("Correct the register"), query_params=query)
        navigation.way_there(context, place)


def place_line(context: session.Context, site: pd.Series) -> str:
    """Return kind, setting and how well the position is known, in one line."""
    text = context.words.text
    position = (
        text("no position recorded") if site.geometry is None else text(terms.POSITION_STATUS[site["position_status"]])
    )
    return " · ".join((text(terms.SITE_KIND[site["kind"]]), text(terms.SETTING[site["setting"]]), position))


def photo(context: session.Context, code: str) -> None:
    """Show the newest photo that may be shown, to roles that see photos."""
    if not context.sees("photo"):
        return
    kept = cache.photos(context.store, code)
    shown = kept.loc[(kept["erased_because"] == "") & (kept["shown_sha256"] != "")]
    if not shown.empty:
        row = shown.iloc[-1]
        photo_figures.show(context, row["shown_sha256"], photo_figures.label(context, row))


@st.cache_data(max_entries=512, show_spinner=False, hash_funcs=cache.KEYS)
def inset(record: records.AuditedRecord, code: str, language: str, base_version: int, _context: session.Context) -> str:
    """Return a true map of the surroundings as SVG; empty where the site has no position."""
    del language, base_version  # what the cache tells maps apart by
    placed = record.sites.loc[record.sites.geometry.notna() & ~record.sites.geometry.is_empty]
    if code not in placed.index:
        return ""
    near = placed.loc[[code]]
    drawn, is_mapped = basemap.on_paper(_context, utm.crs_of(near))
    marked = markers.markers(near, record.audit.sites, _context.words)
    return paper_map.site_map(
        drawn,
        (near.geometry.iloc[0].x, near.geometry.iloc[0].y),
        symbols.OF_VERDICT[record.audit.sites["verdict"][code]],
        bool(marked["hollow"].iloc[0]),
        marked,
        width_mm=INSET_MM[0],
        height_mm=INSET_MM[1],
        scale=INSET_SCALE,
        text=map_texts.map_text(_context.words, terms.ground_credit(is_mapped)),
        code=code,
    )


def facts(context: session.Context, site: pd.Series) -> None:
    """Show where the site is and how that is known."""
    words, text = context.words, context.words.text
    position = text("no position recorded") if site.geometry is None else markers.how_placed(site, words)
    rows = [
        (text("Kind"), text(terms.SITE_KIND[site["kind"]])),
        (text("Setting"), text(terms.SETTING[site["setting"]])),
        (text("Position"), position),
    ]
    if site["position_note"]:
        rows.append((text("Note"), context.words.side(site["position_note"])))
    st.html(tables.table(text("The place"), (text("What"), text("Known")), rows, stacked=False))
    if site.geometry is not None:
        st.code(
            f"{site.geometry.y:.5f}, {site.geometry.x:.5f}\nUTM {positions.utm_text(site.geometry.x, site.geometry.y)}",
            language=None,
        )
