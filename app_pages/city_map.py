"""Show the city: every site on the map, in the table and in words, one choice for all three."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import streamlit as st

from app_pages import (
    address,
    folium_component,
    frame,
    ground_here,
    page_roles,
    site_story,
    site_summary,
    tables,
    works_parts,
)
from audits import audit, markers, selection, terms, wording
from layers import ground, web_map

MAP_KEY = "city_map"
MOST_NAMED = 10


@dataclass(frozen=True)
class Choice:
    """What the reader asked to see."""

    wanted: selection.Selection
    edition: str
    persona: str
    by: str
    online: bool
    approved_only: bool


def show(place: frame.Here) -> None:
    """Draw the page."""
    text = place.words.text
    if frame.audited(place).sites.empty and page_roles.has(place.role, "start"):
        st.switch_page("start.py", query_params=frame.query(place))
    st.title(text("Ramps and public spaces"))
    choice = filters(place)
    state = frame.audited(place, choice.edition, approved_only=choice.approved_only)
    if choice.by == markers.BY_CHANGE:
        state = works_parts.with_changes(place, state)
    codes = selection.select(state.sites, state.audit.sites, choice.wanted)
    summary(place, state, codes)
    if codes.empty:
        st.info(text("No site matches these filters. Take one away to see more."))
        return
    browse(place, choice, state, codes)


def filters(place: frame.Here) -> Choice:
    """Return the reader's filters; each is kept in the address."""
    words, text = place.words, place.words.text
    persona_names = {audit.OFFICIAL: text("everyone (official weights)")} | {
        key: words.name(persona) for key, persona in place.weights.personas.items()
    }
    by_names = {markers.BY_VERDICT: text("verdict"), markers.BY_GRADE: text("grade")}
    by_names |= {markers.BY_CHANGE: text("change since something was built")}
    with st.expander(text("Filters and drawing"), key="filters_open"):
        left, middle, right = st.columns(3)
        with left:
            kinds = _several(text("Kind"), terms.SITE_KIND, "kind", words)
            verdicts = _several(text("Verdict"), dict(list(terms.VERDICT.items())[:4]), "verdict", words)
            persona = _one(text("Score for"), persona_names, "persona")
        with middle:
            grades = _several(text("Grade"), _grade_names(place), "grade", words)
            zones = _several(text("Zone"), _zone_names(), "zone", words)
            by = _one(text("Draw sites by"), by_names, "by")
        with right:
            positions = _several(text("How the position is known"), terms.POSITION_STATUS, "position", words)
            edition = site_summary.choose_edition(place)
            approved_only = site_summary.choose_counted(place)
            online = st.checkbox(text("Street picture from OpenStreetMap (needs a network)"), key="online")
    wanted = selection.Selection(kinds, verdicts, grades, [int(zone) for zone in zones], positions)
    return Choice(wanted, edition, persona, by, online, approved_only)


def _several(label: str, names: dict[str, str], key: str, words: wording.Wording) -> list[str]:
    shown = {value: words.text(name) for value, name in names.items()}
    kept = address.several(key, shown)
    return st.multiselect(label, list(shown), format_func=shown.get, placeholder=words.text("all"), **kept)


def _one(label: str, names: dict[str, str], key: str) -> str:
    return st.selectbox(label, list(names), format_func=names.get, **address.one(key, list(names)))


def _grade_names(place: frame.Here) -> dict[str, str]:
    names = {grade.grade: f"{grade.grade} {place.words.name(grade.name)}" for grade in place.weights.grades}
    return names | {selection.UNDECIDED: wording.phrase("undecided")}


def _zone_names() -> dict[str, str]:
    return {str(zone): str(zone) for zone in (1, 2, 3, 4)} | {str(selection.NO_ZONE): wording.phrase("no zone yet")}


def summary(place: frame.Here, state: frame.Audited, codes: pd.Index[str]) -> None:
    """Say how many sites are shown, how they came out, and how many have been surveyed at all."""
    words, kept = place.words, state.audit.sites.loc[codes]
    counted = kept["verdict"].value_counts()
    parts = [
        tables.verdict(name, words) + f" {counted.get(name, 0)}" for name in ("fail", "borderline", "unknown", "pass")
    ]
    confirmed = int((state.sites.loc[codes, "position_status"] == "confirmed").sum())
    surveyed = int(kept["last_surveyed_on"].notna().sum())
    shown = words.text(
        "{shown} of {all} sites shown; {surveyed} surveyed; {confirmed} positions confirmed on site",
        shown=len(codes),
        all=len(state.sites),
        surveyed=surveyed,
        confirmed=confirmed,
    )
    hollow = words.text("A dashed, hollow marker means that the position is not confirmed.")
    st.html(f"<p>{'&ensp;'.join(parts)}</p><p>{tables.cell(shown)}. {tables.cell(hollow)}</p>")


@st.fragment
def browse(place: frame.Here, choice: Choice, state: frame.Audited, codes: pd.Index[str]) -> None:
    """Show map, detail and table; choosing in one shows in the others."""
    text = place.words.text
    left, right = st.columns([3, 2])
    with right:
        chosen = site_summary.choose_site(place, state.sites.loc[codes])
        if chosen:
            detail(place, choice, state, chosen)
        else:
            st.write(text("Choose a site on the map, in the list or in the table."))
    with left:
        draw_map(place, choice, state, codes, chosen)
    twin(place, choice, state, codes)


def draw_map(place: frame.Here, choice: Choice, state: frame.Audited, codes: pd.Index[str], chosen: str | None) -> None:
    """Draw the map with a ring round the chosen site."""
    key = (
        str(place.workspace.folder),
        state.head,
        place.words.language,
        choice.edition,
        choice.approved_only,
        choice.by,
        choice.online,
        ground.changed_at(place.workspace.folder),
        tuple(codes),
    )
    shown = state.sites.loc[codes]
    somewhere = shown.loc[shown.geometry.notna() & ~shown.geometry.is_empty]
    if len(somewhere) < len(shown):
        missing = ", ".join(shown.index.difference(somewhere.index)[:MOST_NAMED])
        st.write(place.words.text("Not on the map, since nobody knows where they are: {sites}", sites=missing))
    drawn = _drawing(key, place, somewhere, state.audit.sites, choice)
    changing = {}
    if chosen in somewhere.index:
        point = somewhere.geometry.loc[chosen]
        changing = {"feature_group": _ring(chosen, point.x, point.y), "center": (point.y, point.x)}
    on_map = address.chooser(site_summary.SITE, lambda: folium_component.chosen(MAP_KEY))
    folium_component.show(drawn, MAP_KEY, on_map, **changing)


@st.cache_data(max_entries=48, show_spinner=False)
def _drawing(
    key: tuple[object, ...],  # noqa: ARG001 - what the cache tells drawings apart by
    _place: frame.Here,
    _sites: gpd.GeoDataFrame,
    _audited: pd.DataFrame,
    _choice: Choice,
) -> dict[str, object]:
    words = _place.words
    marked = markers.markers(_sites, _audited, words, _choice.by)
    under, mapped = ground_here.on_screen(_place, _sites.geometry)
    said = markers.map_words(_audited.loc[_sites.index], words, _choice.by)
    said = dataclasses.replace(said, attribution=words.text(terms.ground_credit(mapped)))
    city = web_map.city_map(marked, under, said, online_tiles=_choice.online)
    return folium_component.drawing(city)


@st.cache_data(max_entries=256, show_spinner=False)
def _ring(code: str, longitude: float, latitude: float) -> object:
    city = web_map.empty_map()
    return folium_component.drawing(city, web_map.selection_layer(code, longitude, latitude))["feature_group"]


def detail(place: frame.Here, choice: Choice, state: frame.Audited, code: str) -> None:
    """Say of one site what it is, how it scores and what fails, and lead on."""
    words, text = place.words, place.words.text
    site, audited = state.sites.loc[code], state.audit.sites.loc[code]
    st.subheader(f"{code} {markers.site_name(site, words)}")
    site_summary.score_block(place, audited, choice.persona)
    st.html(f"<p>{tables.small(text(terms.POSITION_STATUS[site['position_status']]))}</p>")
    failing = [
        line for section in site_story.sections(place, state, code) for line in section.lines if line.verdict == "fail"
    ]
    if failing:
        rows = [(line.name, line.measured, line.limit, line.clause) for line in failing[:3]]
        st.html(
            tables.table(
                words.count("{n} requirement fails", "{n} requirements fail", len(failing)),
                (text("Requirement"), text("Measured"), text("Limit"), text("Clause")),
                rows,
            )
        )
    query = frame.query(place, site=code)
    frame.link(place, "site.py", label=text("Why this score: all findings"), query_params=query)
    frame.link(place, "survey.py", label=text("Survey this site"), query_params=query)


def twin(place: frame.Here, choice: Choice, state: frame.Audited, codes: pd.Index[str]) -> None:
    """Show the same sites as a table; choosing a row chooses the site."""
    text = place.words.text
    st.subheader(text("The same sites as a table"))
    frame_shown = table_frame(place, state, codes, choice.persona)
    st.dataframe(
        frame_shown,
        key="twin",
        on_select=address.chooser(site_summary.SITE, lambda: _chosen_in_table(codes)),
        selection_mode="single-row",
        alt=text("Table of the sites on the map"),
        height=360,
    )


def _chosen_in_table(codes: pd.Index[str]) -> str | None:
    rows = st.session_state.twin.selection.rows
    return codes[rows[0]] if rows else None


def table_frame(
    place: frame.Here, state: frame.Audited, codes: pd.Index[str], persona: str = audit.OFFICIAL
) -> pd.DataFrame:
    """Return the table twin: a row a site, in the reader's words."""
    words, text = place.words, place.words.text
    sites, audited = state.sites.loc[codes], state.audit.sites.loc[codes]
    ending = "" if persona == audit.OFFICIAL else f"_{persona}"
    changed = (
        {}
        if markers.BY_CHANGE not in audited
        else {text("Change since built"): [text(terms.SCORE_CHANGE[one]) for one in audited[markers.BY_CHANGE]]}
    )
    return pd.DataFrame(
        {
            text("Name"): [markers.site_name(row, words) for row in sites.itertuples()],
            text("Kind"): sites["kind"].map(lambda kind: text(terms.SITE_KIND[kind])),
            text("Verdict"): audited["verdict"].map(lambda name: f"{tables.SIGN[name]} {text(terms.VERDICT[name])}"),
            text("Score, lowest"): audited[f"score_low{ending}"].round(0),
            text("Score, highest"): audited[f"score_high{ending}"].round(0),
            text("Grade"): audited["grade"].replace("", text("undecided")),
            text("Requirements failed"): audited["items_failed"],
            text("Standing"): audited["standing"].map(lambda standing: text(terms.STANDING[standing])),
            text("Zone"): sites["zone"].map(lambda zone: "" if pd.isna(zone) else str(int(zone))),
            text("Position"): sites["position_status"].map(lambda status: text(terms.POSITION_STATUS[status])),
        }
        | changed,
        index=sites.index.rename(text("Code")),
    )


if __name__ == "__main__":
    show(frame.here())
