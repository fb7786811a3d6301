"""Draw the reach: one sentence, the map, and a table for each thing that it rests on."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from app_pages import session
from app_pages.parts.reach import figures as reach_record
from app_pages.parts.shared import folium_component, site_summary, tables
from app_pages.session import address, basemap
from audits import record as records
from audits import terms, wording
from audits.access import persona_reach
from audits.reports import markers, web_map_texts
from layers import demand, symbols, web_ground, web_map

MAP_KEY = "reach_map"
ON_FOOT_COLOUR, STEP_FREE_COLOUR = "#595959", "#00468b"
SIMPLIFIED_M = 3.0
MOST_BARRIERS = 25
CAUSES = {
    "steps": wording.phrase("steps"),
    "incline": wording.phrase("too steep"),
    "surface": wording.phrase("rough surface"),
    "width": wording.phrase("too narrow"),
    "sidewalk": wording.phrase("no known pavement beside a main road"),
    "tagged": wording.phrase("mapped as not for wheelchairs"),
    "kerb": wording.phrase("kerb"),
    "barrier": wording.phrase("gate, bollard or the like"),
    "audit": wording.phrase("the site itself, as audited"),
}
VERDICTS = {
    persona_reach.PASS: terms.VERDICT["pass"],
    persona_reach.FAIL: terms.VERDICT["fail"],
    persona_reach.BORDERLINE: terms.VERDICT["borderline"],
    persona_reach.UNMEASURED: terms.VERDICT["unknown"],
    persona_reach.NOT_SURVEYED: terms.STANDING["not_surveyed"],
}
WHAT = {demand.RESIDENTS: wording.phrase("residents"), demand.EQUAL_BUILDINGS: wording.phrase("buildings")}
WAYS = wording.phrase("metres of way")
COLUMNS = {
    persona_reach.WORST: wording.phrase("Step-free, worst"),
    persona_reach.LIKELY: wording.phrase("Step-free, likely"),
    persona_reach.BEST: wording.phrase("Step-free, best"),
}

HOLE_M2 = 10_000.0

Known = reach_record.Known
Figures = reach_record.Figures


@dataclass(frozen=True)
class Choice:
    """Whose reach, how far, in which case, and of which site; None for all."""

    persona: str
    limit_m: float
    case: str
    site: str | None


def what(context: session.Context, found: Known) -> str:
    """Return the unit that is counted: residents, buildings or metres of way."""
    return context.words.text(WHAT.get(found.reach.people.statement, WAYS))


def share(context: session.Context, value: float) -> str:
    """Return a share in percent; a phrase where it is not known."""
    return context.words.text("not known") if pd.isna(value) else context.words.percent(value)


def headline(context: session.Context, found: Known, figures: Figures, choice: Choice) -> None:
    """Say in one sentence what share can come, and between what ends it lies; of one site where one is chosen."""
    text = context.words.text
    walk, counted = context.words.number(choice.limit_m, 0), what(context, found)
    if choice.site is not None and choice.site not in figures.by_site.index:
        st.warning(
            text("{site} is too far from every known way, so that nothing is known of its reach.", site=choice.site)
        )
        return
    city = figures.by_zone.loc[[persona_reach.CITY]].iloc[0]
    row = city if choice.site is None else figures.by_site.loc[[choice.site]].iloc[0]
    reached = share(context, row[f"share_{choice.case}"])
    if choice.site is None:
        lead = text(
            "{share} of the {what} within {walk} m on foot of a site can also come step-free.",
            share=reached,
            what=counted,
            walk=walk,
        )
    else:
        lead = text(
            "{site}: {share} of the {what} within {walk} m on foot can also come step-free.",
            site=choice.site,
            share=reached,
            what=counted,
            walk=walk,
        )
    ends = text(
        "{worst} if all that is not known blocks, {best} if all of it passes. {surveyed} of {sites} sites in the "
        "network have been surveyed.",
        worst=share(context, row["share_worst"]),
        best=share(context, row["share_best"]),
        surveyed=context.words.number(city["surveyed"], 0),
        sites=context.words.number(city["sites"], 0),
    )
    st.html(f'<p class="jaidee-score">{tables.cell(lead)}</p><p>{tables.cell(ends)}</p>')
    for statement in reach_record.statements(context, found)[:2]:
        st.html(f"<p>{tables.small(statement)}</p>")


def draw_map(context: session.Context, record: records.AuditedRecord, found: Known, choice: Choice) -> None:
    """Draw the ground from which one comes on foot and step-free, and the sites as the persona finds them."""
    drawn = _drawing(found, choice, context.words.language, record, context)
    on_map = address.chooser(site_summary.SITE, lambda: folium_component.chosen(MAP_KEY))
    folium_component.show(drawn, MAP_KEY, on_map)


@st.cache_data(max_entries=24, show_spinner=False, hash_funcs=reach_record.KEYS)
def _drawing(
    found: Known, choice: Choice, language: str, _record: records.AuditedRecord, _context: session.Context
) -> dict[str, object]:
    words = wording.Wording(language)
    text = words.text
    codes = _record.sites.index if choice.site is None else pd.Index([choice.site])
    marked = _marked(_context, _record.sites.loc[codes], found)
    under, mapped = basemap.on_screen(_context, _record.sites.geometry)
    areas = persona_reach.areas(found.reach, codes, choice.case, choice.limit_m)
    shapes = gpd.GeoSeries([_filled(area) for area in areas], crs="EPSG:32648").simplify(SIMPLIFIED_M)
    on_foot, step_free = shapely.make_valid(shapes.to_crs("EPSG:4326").to_numpy())
    counted = found.reach.verdicts.loc[codes].value_counts()
    legend = [
        web_map.LegendEntry(text("filled: can come step-free"), STEP_FREE_COLOUR, "square", " "),
        web_map.LegendEntry(text("dashed edge: comes on foot"), ON_FOOT_COLOUR, "square", " ", hollow=True),
        *(_entry(text(VERDICTS[name]), words.number(counted.get(name, 0)), _symbol(name)) for name in VERDICTS),
    ]
    map_words = dataclasses.replace(
        web_map_texts.map_words(_record.audit.sites.loc[codes], words),
        title=text("Map of the reach"),
        legend=tuple(legend),
        attribution=text(terms.ground_credit(mapped)),
    )
    shades = (
        web_ground.Shade("on_foot", on_foot, ON_FOOT_COLOUR, 0.08, True),
        web_ground.Shade("step_free", step_free, STEP_FREE_COLOUR, 0.3, False),
    )
    return folium_component.drawing(web_map.city_map(marked, under, map_words, shades=shades))


def _entry(name: str, number: str, symbol: symbols.Symbol) -> web_map.LegendEntry:
    return web_map.LegendEntry(f"{name}: {number}", symbol.colour, symbol.shape, symbol.glyph, name=name)


def _filled(area: shapely.Geometry) -> shapely.Geometry:
    """Return an area without the small holes: a block with reached ways all round it is drawn as reached."""
    parts = [
        shapely.Polygon(part.exterior, [ring for ring in part.interiors if shapely.Polygon(ring).area >= HOLE_M2])
        for part in shapely.get_parts(area)
    ]
    return shapely.MultiPolygon(parts)


def _symbol(verdict: str) -> symbols.Symbol:
    if verdict == persona_reach.NOT_SURVEYED:
        return symbols.Symbol("#595959", "circle", "–")
    return symbols.OF_VERDICT[verdict]


def _marked(context: session.Context, sites: gpd.GeoDataFrame, found: Known) -> gpd.GeoDataFrame:
    placed = sites[sites.geometry.notna()]
    verdicts = found.reach.verdicts.loc[placed.index]
    drawn = [_symbol(verdict) for verdict in verdicts]
    names = [markers.site_name(row, context.words) for row in placed.itertuples()]
    return gpd.GeoDataFrame(
        {
            "code": placed.index,
            "label": [
                f"{code} {name} · {context.words.text(VERDICTS[verdict])}"
                for code, name, verdict in zip(placed.index, names, verdicts, strict=True)
            ],
            "colour": [symbol.colour for symbol in drawn],
            "shape": [symbol.shape for symbol in drawn],
            "glyph": [symbol.glyph for symbol in drawn],
            "hollow": placed["position_status"].isin(terms.POSITION_UNSURE).to_numpy(),
        },
        geometry=placed.geometry.to_numpy(),
        crs=placed.crs,
    )


def zones(context: session.Context, found: Known, figures: Figures, limit_m: float) -> None:
    """Show the reach of each zone and of the city, nobody counted twice."""
    words, text = context.words, context.words.text
    rows = [
        (
            text("The city") if name == persona_reach.CITY else text("Zone {zone}", zone=name),
            words.number(row["sites"], 0),
            words.number(row["surveyed"], 0),
            words.number(row["people_on_foot"], 0),
            *(share(context, row[f"share_{case}"]) for case in COLUMNS),
        )
        for name, row in figures.by_zone.iterrows()
    ]
    st.subheader(text("By zone"))
    headings = (text("Zone"), text("Sites"), text("Surveyed"), text("On foot: {what}", what=what(context, found)))
    caption = text("Who comes to at least one site of each zone within {walk} m", walk=words.number(limit_m, 0))
    st.html(tables.table(caption, (*headings, *(text(name) for name in COLUMNS.values())), rows))


def sites(context: session.Context, record: records.AuditedRecord, found: Known, figures: Figures) -> None:
    """Show the reach of each site; choosing a row chooses the site."""
    words, text = context.words, context.words.text
    table = figures.by_site.sort_values("people_on_foot", ascending=False, kind="stable")
    named = record.sites.loc[table.index]
    shown = pd.DataFrame(
        {
            text("Name"): [markers.site_name(row, words) for row in named.itertuples()],
            text("For this person"): [text(VERDICTS[verdict]) for verdict in table["verdict"]],
            text("On foot: {what}", what=what(context, found)): table["people_on_foot"].round(0),
            **{text(name): [share(context, one) for one in table[f"share_{case}"]] for case, name in COLUMNS.items()},
        },
        index=table.index.rename(text("Code")),
    )
    st.subheader(text("By site"))
    left = len(record.sites) - len(table)
    if left:
        st.caption(
            words.count(
                "{n} site is too far from every known way and is left out.",
                "{n} sites are too far from every known way and are left out.",
                left,
            )
        )
    st.dataframe(
        shown,
        key="reach_sites",
        on_select=address.chooser(site_summary.SITE, lambda: _chosen(table.index)),
        selection_mode="single-row",
        alt=text("Reach of each site"),
        height=320,
    )


def _chosen(codes: pd.Index[str]) -> str | None:
    rows = st.session_state.reach_sites.selection.rows
    return str(codes[rows[0]]) if rows else None


def places(
    context: session.Context, record: records.AuditedRecord, found: Known, limit_m: float, chosen: str | None
) -> None:
    """Show how many public places lie within a walk of the sites."""
    words, text = context.words, context.words.text
    codes = record.sites.index if chosen is None else pd.Index([chosen])
    table = persona_reach.destinations(found.reach, codes, limit_m)
    rows = [
        (
            text(reach_record.PLACES.get(str(name), str(name))),
            *(words.number(row[column], 0) for column in ("places", persona_reach.ON_FOOT, *COLUMNS)),
        )
        for name, row in table.iterrows()
    ]
    st.subheader(text("Public places within reach"))
    near = text("all sites") if chosen is None else chosen
    caption = text("Public places within {walk} m of {near}", walk=words.number(limit_m, 0), near=near)
    headings = (text("Kind of place"), text("In the network"), text("On foot"))
    st.html(tables.table(caption, (*headings, *(text(name) for name in COLUMNS.values())), rows))


def barriers(context: session.Context, record: records.AuditedRecord, found: Known, figures: Figures) -> None:
    """Show what stands in most people's way, and what each cause alone cuts off."""
    words, text = context.words, context.words.text
    table = figures.barriers
    st.subheader(text("What cuts the reach"))
    if table.empty:
        st.write(text("Nothing that is known stands in the way."))
        return
    rows = [
        (
            _where(context, record, row),
            text(CAUSES[row["cause"]]),
            text("certain") if row["certain"] else text("not known yet"),
            words.number(row["people"], 0),
        )
        for _, row in table.head(MOST_BARRIERS).iterrows()
    ]
    passing = text("Pass here on foot: {what}", what=what(context, found))
    caption = text("Barriers in the way of most, the certain ones first")
    st.html(tables.table(caption, (text("Where"), text("What"), text("How sure"), passing), rows))
    causes = [
        (text(CAUSES[str(cause)]), share(context, row["share_without"]), share(context, row["gained"]))
        for cause, row in figures.by_cause.iterrows()
    ]
    if causes:
        caption = text("Were one cause gone everywhere (likely case)")
        st.html(tables.table(caption, (text("What"), text("Could come"), text("More than today")), causes))


def _where(context: session.Context, record: records.AuditedRecord, row: pd.Series) -> str:
    code, thai, english, osm_id = (str(row[name]) for name in ("code", "name_th", "name_en", "osm_id"))
    if code:
        return f"{code} {markers.site_name(record.sites.loc[code], context.words)}"
    first, second = (thai, english) if context.words.language == "th" else (english, thai)
    return " ".join(part for part in (first or second, osm_id) if part) or context.words.text("way without a name")


def unknown(context: session.Context, found: Known) -> None:
    """Show how much of the way nobody can judge, by what would have to be known."""
    words, text = context.words, context.words.text
    table = found.reach.unknown[found.reach.unknown["unknown_m"] > 0]
    rows = [
        (
            text("any of these") if name == "any" else text(CAUSES[str(name)]),
            words.number(row["unknown_m"] / 1000, 1),
            share(context, row["share"]),
        )
        for name, row in table.iterrows()
    ]
    st.subheader(text("What is not known of the way"))
    headings = (text("What would have to be known"), text("Kilometres"), text("Share of the network"))
    st.html(tables.table(text("Unknown parts of the network for this person"), headings, rows))


def rests_on(context: session.Context, found: Known) -> None:
    """Say what all this rests on."""
    st.subheader(context.words.text("What this rests on"))
    limits = context.words.text("What this person can pass: {source}", source=found.reach.persona.source_en)
    for statement in (context.words.text(persona_reach.CASES_MEAN), *reach_record.statements(context, found), limits):
        st.html(f"<p>{tables.small(statement)}</p>")
