"""Show the city: every site on the map, in the table and in words, one choice for all three."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, folium_component, site_summary, tables
from app_pages.parts.site import site_story
from app_pages.parts.works import progress
from app_pages.session import address, basemap, cache, navigation, page_roles
from audits import barriers, terms, wording
from audits import record as records
from audits.reports import markers, web_map_texts
from audits.scoring import run, selection
from layers import ground, web_map

MAP_KEY = "city_map"
MOST_NAMED = 10
_DRAWN_BY = (
    (markers.BY_CHANGE, wording.phrase("Change since built"), terms.SCORE_CHANGE),
    (markers.BY_BARRIER, wording.phrase("Barrier on the way"), barriers.STATES),
)
"""Columns of the table that only one way of drawing adds: column, heading, names of its values."""


@dataclass(frozen=True)
class Choice:
    """What the reader asked to see."""

    wanted: selection.Selection
    edition: str
    persona: str
    by: str
    online: bool
    official_only: bool


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    if context.record().sites.empty and page_roles.has(context.role, "start"):
        st.switch_page("start.py", query_params=navigation.query(context))
    st.title(text("Ramps and public spaces"))
    choice = filters(context)
    record = context.record(choice.edition, official_only=choice.official_only)
    if choice.by == markers.BY_CHANGE:
        record = progress.with_changes(context, record)
    elif choice.by == markers.BY_BARRIER:
        record = with_barriers(record, choice.persona)
    codes = selection.select(record.sites, record.audit.sites, choice.wanted)
    summary(context, record, codes)
    if codes.empty:
        st.info(text("No site matches these filters. Take one away to see more."))
        return
    browse(context, choice, record, codes)


def filters(context: session.Context) -> Choice:
    """Return the reader's filters; each is kept in the address."""
    words, text = context.words, context.words.text
    persona_names = {run.OFFICIAL: text("everyone (official weights)")} | {
        key: words.name(persona) for key, persona in context.weights.personas.items()
    }
    by_names = {markers.BY_VERDICT: text("verdict"), markers.BY_GRADE: text("grade")}
    by_names |= {
        markers.BY_BARRIER: text("barriers on the way"),
        markers.BY_CHANGE: text("change since something was built"),
    }
    with st.expander(text("Filters and drawing"), key="filters_open"):
        left, middle, right = st.columns(3)
        with left:
            kinds = _several(text("Kind"), terms.SITE_KIND, "kind", words)
            verdicts = _several(text("Verdict"), dict(list(terms.VERDICT.items())[:4]), "verdict", words)
            persona = _one(text("Score for"), persona_names, "persona")
        with middle:
            grades = _several(text("Grade"), _grade_names(context), "grade", words)
            zones = _several(text("Zone"), _zone_names(), "zone", words)
            by = _one(text("Draw sites by"), by_names, "by")
        with right:
            positions = _several(text("How the position is known"), terms.POSITION_STATUS, "position", words)
            edition = site_summary.choose_edition(context)
            official_only = site_summary.choose_counted(context)
            online = st.checkbox(text("Street picture from OpenStreetMap (needs a network)"), key="online")
    wanted = selection.Selection(kinds, verdicts, grades, [int(zone) for zone in zones], positions)
    return Choice(wanted, edition, persona, by, online, official_only)


def _several(label: str, names: dict[str, str], key: str, words: wording.Wording) -> list[str]:
    shown = {value: words.text(name) for value, name in names.items()}
    kept = address.several(key, shown)
    return choices.several(label, shown, placeholder=words.text("all"), **kept)


def _one(label: str, names: dict[str, str], key: str) -> str:
    return choices.one(label, names, **address.one(key, names))


def _grade_names(context: session.Context) -> dict[str, str]:
    names = {grade.grade: f"{grade.grade} {context.words.name(grade.name)}" for grade in context.weights.grades}
    return names | {selection.UNDECIDED: terms.UNDECIDED}


def _zone_names() -> dict[str, str]:
    return {str(zone): str(zone) for zone in (1, 2, 3, 4)} | {str(selection.NO_ZONE): wording.phrase("no zone yet")}


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
        tables.verdict(name, words) + f" {counted.get(name, 0)}" for name in ("fail", "borderline", "unknown", "pass")
    ]
    confirmed = int((record.sites.loc[codes, "position_status"] == "confirmed").sum())
    surveyed = int(kept["last_surveyed_on"].notna().sum())
    shown = words.text(
        "{shown} of {all} sites shown; {surveyed} surveyed; {confirmed} positions confirmed on site",
        shown=len(codes),
        all=len(record.sites),
        surveyed=surveyed,
        confirmed=confirmed,
    )
    hollow = words.text("A dashed, hollow marker means that the position is not confirmed.")
    st.html(f"<p>{'&ensp;'.join(parts)}</p><p>{tables.cell(shown)}. {tables.cell(hollow)}</p>")


@st.fragment
def browse(context: session.Context, choice: Choice, record: records.AuditedRecord, codes: pd.Index[str]) -> None:
    """Show map, detail and table; choosing in one shows in the others."""
    text = context.words.text
    left, right = st.columns([3, 2])
    with right:
        chosen = site_summary.choose_site(context, record.sites.loc[codes])
        if chosen:
            detail(context, choice, record, chosen)
        else:
            st.write(text("Choose a site on the map, in the list or in the table."))
    with left:
        draw_map(context, choice, record, codes, chosen)
    twin(context, choice, record, codes)


def draw_map(
    context: session.Context, choice: Choice, record: records.AuditedRecord, codes: pd.Index[str], chosen: str | None
) -> None:
    """Draw the map with a ring round the chosen site."""
    shown = record.sites.loc[codes]
    somewhere = shown.loc[shown.geometry.notna() & ~shown.geometry.is_empty]
    if len(somewhere) < len(shown):
        missing = ", ".join(shown.index.difference(somewhere.index)[:MOST_NAMED])
        st.write(context.words.text("Not on the map, since nobody knows where they are: {sites}", sites=missing))
    versions = ground.changed_at(context.workspace.folder)
    drawn = _drawing(record, tuple(somewhere.index), choice, context.words.language, versions, context)
    changing = {}
    if chosen is not None and chosen in somewhere.index:
        point = somewhere.geometry.loc[chosen]
        changing = {"feature_group": _ring(chosen, point.x, point.y), "center": (point.y, point.x)}
    on_map = address.chooser(site_summary.SITE, lambda: folium_component.chosen(MAP_KEY))
    folium_component.show(drawn, MAP_KEY, on_map, **changing)


@st.cache_data(max_entries=48, show_spinner=False, hash_funcs=cache.KEYS)
def _drawing(
    record: records.AuditedRecord,
    codes: tuple[str, ...],
    choice: Choice,
    language: str,
    base_version: int,  # noqa: ARG001 - what the cache tells base maps apart by
    _context: session.Context,
) -> dict[str, object]:
    words, sites = wording.Wording(language), record.sites.loc[list(codes)]
    marked = markers.markers(sites, record.audit.sites, words, choice.by)
    under, mapped = basemap.on_screen(_context, sites.geometry)
    labels = web_map_texts.map_words(record.audit.sites.loc[sites.index], words, choice.by)
    labels = dataclasses.replace(labels, attribution=words.text(terms.ground_credit(mapped)))
    return folium_component.drawing(web_map.city_map(marked, under, labels, online_tiles=choice.online))


@st.cache_data(max_entries=256, show_spinner=False)
def _ring(code: str, longitude: float, latitude: float) -> object:
    city = web_map.empty_map()
    return folium_component.drawing(city, web_map.selection_layer(code, longitude, latitude))["feature_group"]


def detail(context: session.Context, choice: Choice, record: records.AuditedRecord, code: str) -> None:
    """Show what one site is, how it scores and what fails, with links to more."""
    words, text = context.words, context.words.text
    site, audited = record.sites.loc[code], record.audit.sites.loc[[code]].iloc[0]
    st.subheader(f"{code} {markers.site_name(site, words)}")
    site_summary.score_block(context, audited, choice.persona)
    st.html(f"<p>{tables.small(text(terms.POSITION_STATUS[site['position_status']]))}</p>")
    failing = [
        line
        for section in site_story.sections(context, record, code)
        for line in section.lines
        if line.verdict == "fail"
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
    query = navigation.query(context, site=code)
    navigation.link(context, "site.py", label=text("Why this score: all findings"), query_params=query)
    navigation.link(context, "survey.py", label=text("Survey this site"), query_params=query)


def twin(context: session.Context, choice: Choice, record: records.AuditedRecord, codes: pd.Index[str]) -> None:
    """Show the same sites as a table; choosing a row chooses the site."""
    text = context.words.text
    st.subheader(text("The same sites as a table"))
    frame_shown = table_frame(context, record, codes, choice.persona)
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
