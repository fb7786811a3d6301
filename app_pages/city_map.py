"""Show the city: every site on the map, in the table and in words, one choice for all three."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.map import first_of_order, map_bar, reported_layer, requests_layer, site_card
from app_pages.parts.shared import browser, folium_component, osm_offer, row_choice, site_summary, tables
from app_pages.parts.works import progress
from app_pages.session import address, basemap, cache, navigation, page_roles
from audits import barriers, terms, wording
from audits import record as records
from audits.council import figures
from audits.reports import about_lines, markers, web_map_texts
from audits.scoring import run, selection
from layers import ground, reported, web_map

MAP_KEY = "city_map"
CARD, CARD_OF = "site_card", "site_of_card"
# where the sheet of styles puts the card below the map
NARROW_PX = 800
MOST_NAMED = 10
CARD_PX, SEARCH_PX = 400, 320
_DRAWN_BY = (
    (markers.BY_CHANGE, wording.phrase("Change since built"), terms.SCORE_CHANGE),
    (markers.BY_BARRIER, wording.phrase("Barrier on the way"), barriers.STATES),
)
"""Columns of the table that only one way of drawing adds: column, heading, names of its values."""


def show(context: session.Context) -> None:
    """Draw the page."""
    if context.record().sites.empty and page_roles.has(context.role, "start"):
        st.switch_page("start.py", query_params=navigation.query(context))
    browse(context)


# a fragment: a choice on the map draws neither menu nor masthead anew
@st.fragment
def browse(context: session.Context) -> None:
    """Show bar, map, card and table; choosing in one shows in the others."""
    text = context.words.text
    with st.container(horizontal=True, vertical_alignment="center", key="map_bar"):
        st.title(text("Ramps and public spaces"), anchor=False, width="content")
        searched = st.container(width=SEARCH_PX, key="map_search")
        choice = map_bar.show(context)
    record = seen(context, choice)
    codes = worst_first(record, selection.select(record.sites, record.audit.sites, choice.wanted), choice.worst)
    if codes.empty:
        st.info(text("No site matches these filters. Take one away to see more."))
        return
    with searched:
        # also those that the filters leave out: who looks for a site by name has not asked for less
        others = record.sites.index.difference(codes)
        chosen = map_bar.search(context, record, [*codes, *others])
    if choice.worst or len(codes) < len(record.sites):
        first_of_order.show(context, record, codes, ordered=bool(choice.worst))
    with st.container(horizontal=True, key="map_and_card"):
        with st.container(key="map_frame"):
            draw_map(context, choice, record, codes, chosen)
        if chosen:
            with st.container(border=True, width=CARD_PX, key=CARD):
                if chosen not in codes:
                    st.write(text("The filters leave this site out of the map and the table."))
                site_card.show(context, record, chosen, choice.persona)
    bring_card_into_sight(chosen)
    osm_offer.show(context)
    reported_layer.show(context)
    requests_layer.show(context, record)
    summary(context, record, codes)
    twin(context, choice, record, codes)


def bring_card_into_sight(chosen: str | None) -> None:
    """Scroll to the card of a site that was chosen here where it stands below the map, on a narrow window."""
    before, times = st.session_state.setdefault(CARD_OF, (chosen, 0))
    if chosen != before:
        times += 1
        st.session_state[CARD_OF] = (chosen, times)
    # none for the site that the page was opened with: its reader came for the map
    if chosen and times:
        browser.reveal(CARD, times, focused=CARD, widest_px=NARROW_PX)


def seen(context: session.Context, choice: map_bar.Choice) -> records.AuditedRecord:
    """Return the record as the reader chose to see it, with the column that the drawing needs."""
    record = context.record(choice.edition, official_only=choice.official_only)
    if choice.by == markers.BY_CHANGE:
        return progress.with_changes(context, record)
    return with_barriers(record, choice.persona) if choice.by == markers.BY_BARRIER else record


def worst_first(record: records.AuditedRecord, codes: pd.Index[str], asked: tuple[str, ...]) -> pd.Index[str]:
    """Put the worst of some sites first, in the order of the council, or keep only these; as they are unless asked."""
    if not asked:
        return codes
    judged, found = record.audit.sites.loc[codes], record.audit.findings
    most = figures.MOST_SITES if map_bar.ONLY_WORST in asked else len(codes)
    worst = figures.worst_sites(judged, found.loc[found["site_code"].isin(codes)], most).index
    return worst if map_bar.ONLY_WORST in asked else worst.append(codes.difference(worst, sort=False))


def with_barriers(record: records.AuditedRecord, persona: str) -> records.AuditedRecord:
    """Return the audit with a column ``barrier`` for each site: for one persona, or the surest of all of them."""
    states = barriers.surest_by_site(record, None if persona == run.OFFICIAL else persona)
    sites = record.audit.sites.assign(barrier=states.reindex(record.audit.sites.index))
    return dataclasses.replace(record, audit=dataclasses.replace(record.audit, sites=sites))


def summary(context: session.Context, record: records.AuditedRecord, codes: pd.Index[str]) -> None:
    """Show how many sites are shown, how they came out, and how many have been surveyed at all."""
    words, kept = context.words, record.audit.sites.loc[codes]
    counted = kept["verdict"].value_counts()
    parts = [
        tables.verdict(name, words) + f" {words.number(counted.get(name, 0))}"
        for name in ("fail", "borderline", "unknown", "pass")
    ]
    shown = words.text(
        "{shown} of {all} sites shown; {surveyed} surveyed; {confirmed} positions confirmed on site",
        shown=len(codes),
        all=len(record.sites),
        surveyed=int(kept["last_surveyed_on"].notna().sum()),
        confirmed=int((record.sites.loc[codes, "position_status"] == "confirmed").sum()),
    )
    counts = f" · {_approved_only(record, codes, words)}" if record.official_only else ""
    st.html(f"<p>{'&ensp;'.join(parts)}&ensp;{tables.cell(shown + counts)}</p>")
    unplaced = placed(record.sites.loc[codes], known=False)
    if len(unplaced):
        missing = ", ".join(unplaced.index[:MOST_NAMED])
        st.write(words.text("Not on the map, since nobody knows where they are: {sites}", sites=missing))


def _approved_only(record: records.AuditedRecord, codes: pd.Index[str], words: wording.Wording) -> str:
    """Say which surveys count, and how many sites have one that does not yet."""
    waiting = words.text(
        "Surveys left out until they are approved at {left_out}.",
        left_out=words.number(int(codes.isin(record.left_out).sum()), 0),
    )
    return f"{about_lines.counted(record.counted, words)} {waiting}"


def placed(sites: gpd.GeoDataFrame, *, known: bool = True) -> gpd.GeoDataFrame:
    """Return the sites whose position is known, or the others."""
    return sites.loc[(sites.geometry.notna() & ~sites.geometry.is_empty) == known]


def draw_map(
    context: session.Context,
    choice: map_bar.Choice,
    record: records.AuditedRecord,
    codes: pd.Index[str],
    chosen: str | None,
) -> None:
    """Draw the map with a ring round the chosen site; the ring zooms in to it."""
    somewhere = placed(record.sites.loc[codes])
    versions = ground.changed_at(context.workspace.folder)
    layers = reported_layer.is_on(), requests_layer.is_on()
    drawn = _drawing(record, tuple(somewhere.index), choice, context.words.language, versions, layers, context)
    changing = {}
    if chosen is not None and chosen in somewhere.index:
        point = somewhere.geometry.loc[chosen]
        changing = {"feature_group": _ring(chosen, point.x, point.y)}
    on_map = address.chooser(site_summary.SITE, lambda: folium_component.chosen(MAP_KEY))
    folium_component.show(drawn, MAP_KEY, on_map, **changing)


@st.cache_data(max_entries=48, show_spinner=False, hash_funcs=cache.KEYS)
def _drawing(
    record: records.AuditedRecord,
    codes: tuple[str, ...],
    choice: map_bar.Choice,
    language: str,
    base_version: int,  # noqa: ARG001 - what the cache tells base maps apart by
    layers: tuple[bool, bool],
    _context: session.Context,
) -> dict[str, object]:
    words, sites = wording.Wording(language), record.sites.loc[list(codes)]
    marked = markers.markers(sites, record.audit.sites, words, choice.by)
    under, mapped = basemap.on_screen(_context, sites.geometry)
    labels = web_map_texts.map_words(record.audit.sites.loc[sites.index], words, choice.by)
    labels = dataclasses.replace(labels, attribution=words.text(terms.ground_credit(mapped)))
    with_reported, with_requests = layers
    shades = reported.shades(reported_layer.of(_context)) if with_reported else ()
    if with_requests:
        asked = requests_layer.of(_context, record)
        shades += requests_layer.shades(asked)
        labels = dataclasses.replace(labels, legend=(*labels.legend, requests_layer.legend(asked, words)))
    return folium_component.drawing(web_map.city_map(marked, under, labels, online_tiles=choice.online, shades=shades))


@st.cache_data(max_entries=256, show_spinner=False)
def _ring(code: str, longitude: float, latitude: float) -> object:
    city = web_map.empty_map()
    return folium_component.drawing(city, web_map.selection_layer(code, longitude, latitude))["feature_group"]


def twin(context: session.Context, choice: map_bar.Choice, record: records.AuditedRecord, codes: pd.Index[str]) -> None:
    """Show the same sites as a table; choosing a row chooses the site."""
    text = context.words.text
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(text("The same sites as a table"), anchor=first_of_order.TABLE, width="content")
        map_bar.worst_first(context, choice)
    frame_shown = _table(record, tuple(codes), choice, context.words.language, context)
    st.dataframe(
        frame_shown,
        **row_choice.one("twin", site_summary.SITE, [str(code) for code in codes]),
        alt=text("Table of the sites on the map"),
        height=360,
    )


@st.cache_resource(max_entries=48, show_spinner=False, hash_funcs=cache.KEYS)
def _table(
    record: records.AuditedRecord,
    codes: tuple[str, ...],
    choice: map_bar.Choice,
    language: str,
    _context: session.Context,
) -> pd.DataFrame:
    del language  # what the cache tells readers apart by
    return table_frame(_context, record, pd.Index(codes, name="code"), choice.persona)


def table_frame(
    context: session.Context, record: records.AuditedRecord, codes: pd.Index[str], persona: str = run.OFFICIAL
) -> pd.DataFrame:
    """Return the table twin: a row a site, in the reader's words."""
    words, text = context.words, context.words.text
    sites, audited = record.sites.loc[codes], record.audit.sites.loc[codes]
    ending = "" if persona == run.OFFICIAL else f"_{persona}"
    drawn_by = {
        text(heading): [text(names[one]) for one in audited[column]]
        for column, heading, names in _DRAWN_BY
        if column in audited
    }
    return pd.DataFrame(
        {
            text("Name"): [markers.site_name(row, words) for row in sites.itertuples()],
            text("Kind"): sites["kind"].map(lambda kind: text(terms.SITE_KIND[kind])),
            text("Verdict"): audited["verdict"].map(lambda name: f"{tables.SIGN[name]} {text(terms.VERDICT[name])}"),
            text("Score, lowest"): audited[f"score_low{ending}"].round(0),
            text("Score, highest"): audited[f"score_high{ending}"].round(0),
            text("Grade"): [one["grade"] or markers.grade_text(one, words) for one in audited.to_dict("records")],
            text("Dangerous failures"): figures.dangerous_failures(record.audit.findings, codes),
            text("Requirements failed"): audited["items_failed"],
            text("Standing"): audited["standing"].map(lambda standing: text(terms.STANDING[standing])),
            text("Zone"): sites["zone"].map(lambda zone: "" if pd.isna(zone) else str(int(zone))),
            text("Position"): sites["position_status"].map(lambda status: text(terms.POSITION_STATUS[status])),
        }
        | drawn_by,
        index=sites.index.rename(text("Code")),
    )


if __name__ == "__main__":
    show(session.current())
