"""Show access: one sentence, its parts in tables, and the barriers that most trips meet."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.access import figures
from app_pages.parts.plan import outcome
from app_pages.parts.shared import choices, record_names, row_choice, site_summary, tables
from app_pages.session import address, navigation
from audits import barriers, wording
from audits import record as records
from audits.access import access_text, catchments
from audits.reports import markers
from layers import personas

MOST_BARRIERS = 15
CAUSES = {
    "steps": wording.phrase("steps"),
    "incline": wording.phrase("too steep"),
    "surface": wording.phrase("rough surface"),
    "width": wording.phrase("too narrow"),
    "sidewalk": wording.phrase("no known pavement beside a main road"),
    "tagged": wording.phrase("mapped as not for wheelchairs"),
    "kerb": wording.phrase("kerb"),
    "barrier": wording.phrase("gate, bollard or the like"),
}
VIEWS = {
    "zone": wording.phrase("By zone of the home"),
    "category": wording.phrase("By kind of place"),
    "persona": wording.phrase("By group of people"),
    "code": wording.phrase("By site: the nearest place"),
    "barriers": wording.phrase("Barriers that most trips meet"),
}
STEP_FREE = wording.phrase("Step-free, {case}")
NOT_ADDED = wording.phrase(
    "These trips do not add up to the trips lost: one trip may meet several barriers, and counts at each."
)
BY_NEAREST = wording.phrase(
    "Each trip counts once, at its nearest place. Trips lost to each barrier do not add up: one trip may meet several "
    "barriers."
)
ROUNDED = wording.phrase("The parts are rounded so that they add up to the whole as printed.")
SITE = wording.phrase(
    "{site} is the nearest place of {on_foot} of the 100 trips: {known} can be made step-free, counting known barriers "
    "only; {unknown} if everything unknown is a barrier."
)


LIST, UNSURVEYED, WAITING, PRESUMED = "list", "unsurveyed", "waiting", "presumed"


def headline(context: session.Context, found: figures.Known, persona: str) -> None:
    """State access in both cases, and what is not among the 100 trips."""
    words, cases = context.words, figures.cases(found, persona)
    lead = access_text.lead(cases, words, persona, figures.finished(found, persona))
    st.html(f'<p class="jaidee-score">{tables.cell(lead)}</p>')
    for sentence in access_text.other_case(cases, words):
        st.write(sentence)
    st.html(f"<p>{tables.lines(*map(tables.small, access_text.beside(found.prepared, cases, words)))}</p>")


def network(context: session.Context, found: figures.Known) -> None:
    """State what the network and the weights of the homes rest on."""
    st.html(f"<p>{tables.small(access_text.network(found.prepared, context.words))}</p>")


def of_site(context: session.Context, found: figures.Known, persona: str, site: str) -> None:
    """State the part of one site, or why it has none."""
    words, text = context.words, context.words.text
    parts = access_text.parts(figures.cases(found, persona), "code")
    joined = found.prepared.joined.sites["joined_as"].to_dict()
    if site in parts.index:
        on_foot, known, unknown = (access_text.written(value, words) for value in parts.loc[[site]].to_numpy()[0])
        st.write(text(SITE, site=site, on_foot=on_foot, known=known, unknown=unknown))
    # a site without a position is not in the network at all
    elif joined.get(site, "far") == "far":
        st.warning(text("{site} has no position near a known way, so nothing is known of the trips to it.", site=site))
    elif site in found.prepared.places.index:
        st.write(text("{site} is the nearest place of no trip.", site=site))
    else:
        st.write(text("{site} is not surveyed, or no place that people go to, so no trip to it counts.", site=site))


def ask_view(context: session.Context) -> str:
    """Ask for a view of the 100 trips."""
    words = context.words
    names = {name: words.text(view) for name, view in VIEWS.items()}
    return choices.one(words.text("Show"), names, **address.one("by", list(VIEWS)))


def look(
    context: session.Context, record: records.AuditedRecord, found: figures.Known, persona: str, view: str
) -> None:
    """Show one view of the 100 trips, a key of :data:`VIEWS`."""
    if view == "code":
        sites(context, record, found, persona)
    elif view == "barriers":
        busiest(context, record, found, (persona,) if persona else ())
    else:
        split(context, found, persona, view)


def split(context: session.Context, found: figures.Known, persona: str, part: str) -> None:
    """Show the 100 trips by zone, kind of place or group of people; each column adds up to its last row."""
    words, text, people = context.words, context.words.text, access_text.people(context.words)
    name: Callable[..., str] = {
        "zone": lambda zone: access_text.zone_name(zone, words),
        "category": lambda kind: text(outcome.GOALS.get(str(kind), str(kind))),
        "persona": people.__getitem__,
    }[part]
    # the groups are parts of all trips together, whoever is chosen
    who = "" if part == "persona" else persona
    parts = access_text.parts(figures.cases(found, who), part)
    rows = [
        (name(one), *(access_text.written(value, words) for value in row))
        for one, row in zip(parts.index, parts.to_numpy(), strict=True)
    ]
    rows.append((text("together"), *(access_text.written(value, words) for value in parts.sum())))
    heading = text(VIEWS[part])
    caption = text("{part}, of 100 trips that can be made on foot: {who}", part=heading, who=people[who])
    st.html(tables.table(caption, (heading, *_columns(context)), rows))
    st.html(f"<p>{tables.small(text(ROUNDED))}</p>")


def _columns(context: session.Context) -> list[str]:
    text = context.words.text
    return [text("On foot"), *(text(STEP_FREE, case=text(name)) for name in barriers.CASES.values())]


def sites(context: session.Context, record: records.AuditedRecord, found: figures.Known, persona: str) -> None:
    """Show the part of each site as the nearest place, most trips lost first; choosing a row chooses the site."""
    words, text = context.words, context.words.text
    parts = access_text.parts(figures.cases(found, persona), "code")
    lost = parts["on_foot"] - parts[barriers.KNOWN_ONLY]
    # stable: sites that lose as many trips keep the order of their codes
    parts = parts.loc[lost.sort_values(ascending=False, kind="stable").index]
    named, states = record.sites.loc[parts.index], catchments.site_states(record, (persona,) if persona else ())
    shown = pd.DataFrame(
        {
            text("Name"): [markers.site_name(row, words) for row in named.itertuples()],
            text("Barrier"): [text(barriers.STATES[states[code]]) for code in parts.index],
            **dict(zip(_columns(context), (parts[name] for name in parts.columns), strict=True)),
        },
        index=parts.index.rename(text("Code")),
    )
    left = int((found.prepared.joined.sites["joined_as"] == "far").sum())
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
        **row_choice.one("access_sites", site_summary.SITE, [str(code) for code in parts.index]),
        alt=text("Of 100 trips, by site"),
        height=400,
    )
    st.html(f"<p>{tables.small(text(BY_NEAREST))}</p>")


def busiest(
    context: session.Context, record: records.AuditedRecord, found: figures.Known, people: tuple[str, ...]
) -> None:
    """Show the barriers that most trips meet."""
    words, text = context.words, context.words.text
    table = figures.busiest_barriers(found, people).head(MOST_BARRIERS)
    if table.empty:
        st.write(text("Nothing that is known stands in the way."))
        return
    named = record_names.of(context, record)
    names, titles = named.sites, named.elements
    rows = [
        (
            names[row["code"]] if row["code"] else _way(context, row),
            titles[row["element_id"]] if row["element_id"] else text(CAUSES[row["cause"]]),
            text(barriers.STATES[row["state"]]),
            access_text.written(row["trips"], words),
        )
        for row in table.to_dict("records")
    ]
    headings = text("Where"), text("What"), text("Barrier"), text("Trips of 100 that pass here on foot")
    shown = tables.table(text("Barriers on the shortest way of most trips, the known ones first"), headings, rows)
    st.html(f"{tables.tall(shown)}<p>{tables.small(text(NOT_ADDED))}</p>")


def _way(context: session.Context, row: Mapping[Hashable, Any]) -> str:
    # in the other language where this one has none: many ways bear one name only
    languages = ("name_th", "name_en") if context.words.language == "th" else ("name_en", "name_th")
    name = next((row[one] for one in languages if row[one]), "")
    return " ".join(part for part in (name, row["osm_id"]) if part) or context.words.text("way without a name")


def is_list_asked_for() -> bool:
    """Return whether the address asks for one of the lists of :func:`unsurveyed`."""
    return st.query_params.get(LIST, "") in (UNSURVEYED, WAITING, PRESUMED)


def unsurveyed(context: session.Context, record: records.AuditedRecord, found: figures.Known) -> None:
    """List the places to which no trip counts, as nobody has surveyed them, and the sites that may stand elsewhere."""
    title, prepared = context.words.text("Sites that people go to and nobody has surveyed ({n})"), found.prepared
    notes = {one: access_text.other_codes_of(prepared, one, context.words) for one in prepared.unsurveyed_places}
    _sites(context, record, prepared.unsurveyed_places, title, UNSURVEYED, notes)
    title = context.words.text("Sites whose survey waits for approval ({n})")
    _sites(context, record, prepared.waiting_places, title, WAITING)
    title = context.words.text("Sites whose position is presumed ({n})")
    _sites(context, record, prepared.presumed_positions, title, PRESUMED)


def _sites(
    context: session.Context,
    record: records.AuditedRecord,
    codes: tuple[str, ...],
    title: str,
    key: str,
    notes: Mapping[str, str] | None = None,
) -> None:
    """List sites below a title that wants their number `n`, folded, each with its page and a note of `notes`."""
    if not codes:
        return
    names = record_names.of(context, record).sites
    link = tables.Markup('<a href="/site?{}" target="_self">{}</a>{}')
    after = {one: f" ({note})" for one, note in (notes or {}).items() if note}
    items = (
        link.format(urllib.parse.urlencode(navigation.query(context, site=one)), names[one], after.get(one, ""))
        for one in codes
    )
    is_asked_for = st.query_params.get(LIST) == key
    with st.expander(title.format(n=context.words.number(len(codes), 0)), expanded=is_asked_for, key=key):
        st.html(tables.bullets(items))


def rests_on(context: session.Context, found: figures.Known, people: tuple[str, ...]) -> None:
    """State what all this rests on."""
    text, unknown_m = context.words.text, figures.unknown_m(found, people)
    sentences = access_text.limits(found.prepared, unknown_m, context.words)
    sources = [one.source_en for one in personas.load() if one.persona in people]
    notes = *sentences, *(text("What this person can pass: {source}", source=one) for one in sources)
    with st.expander(text("What this rests on")):
        st.html(f"<p>{tables.lines(*map(tables.small, notes))}</p>")
