"""Compute the council's answers for the page, and draw each of them."""

from __future__ import annotations

import datetime as dt
import html
import re
import urllib.parse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import background_jobs, record_names, tables
from app_pages.parts.works import progress
from app_pages.session import address, basemap, cache, navigation, page_roles
from audits import record as records
from audits import terms, wording
from audits.access import committed_works, site_network
from audits.council import (
    brief,
    charts,
    council_contents,
    council_tables,
    council_text,
    figures,
    money_text,
    site_map,
    trend,
    works_line,
)
from audits.council import money as council_money
from audits.plans import build_model
from audits.ramps import price_books, prices
from audits.store.works import fix_steps
from audits.works import spending
from layers import ground, installation

LOOK, BIG, KIND, MILLION = "look", "big", "council_kind", "million"
CHANGED = "changed"
# seconds from look to look at the plans, before the page goes on without them, and before the brief does
LOOK_EVERY_S, WAIT_S, MOST_WAIT_S = 1.0, 0.2, 120.0


# Private use: a link passes through sentences and tables as text, and no text from the record can lead elsewhere.
_LINK = "\ue000{}?{}\ue001{}\ue002"
_LINKS = re.compile('\ue000([a-z_]+[?][^\ue000-\ue002"<>]*)\ue001(.*?)\ue002')


@dataclass(frozen=True)
class View:
    """One record as a council sees it: which sites count, and what was found at each visit."""

    record: records.AuditedRecord
    found: figures.Where
    visits: pd.DataFrame
    again: pd.DataFrame


KEYS: cache.HashFunctions = {View: lambda view: (view.record.key, view.found.kind)}


def view(context: session.Context, kind: str, official_only: bool) -> View:
    """Work the figures out, once for each record."""
    return _view(context.record(official_only=official_only), kind)


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs=cache.KEYS)
def _view(record: records.AuditedRecord, kind: str) -> View:
    found = figures.where(record, kind)
    visits = trend.states(record, found.codes)
    return View(record, found, visits, trend.changes(record, found.codes))


def money_job(
    context: session.Context, record: records.AuditedRecord, *, again: bool = False
) -> background_jobs.Job[council_money.Money]:
    """Return the job that works out what each million baht buys, begun if it is new for this record.

    `again` begins it anew where it ended without its result.
    """

    def work(_: background_jobs.Progress, __: Callable[[], bool]) -> council_money.Money:
        prices_in_force = price_books.in_force(context.store).book
        network = site_network.read(context.workspace.folder, record.area)
        designs = fix_steps.designs(context.store)
        promised = committed_works.promised_or_further(context.store, record)
        model = build_model.build(network, record, prices_in_force, designs, committed=promised)
        return council_money.solve(model, prices_in_force)

    # prices, designs and contracts follow from the head of the log, which is in the key of the record
    return background_jobs.begin(("council_money", record.key, *basemap.versions(context)), work, again=again)


def printed(
    context: session.Context, seen: View, job: background_jobs.Job[council_money.Money], accepted: int
) -> bytes:
    """Return the brief, one page of A4; waits until the next million is worked out."""
    job.wait(MOST_WAIT_S)
    works = rungs(context, seen)
    found = council_contents.gathered(seen.record, context.today, job.result, accepted, works)
    return brief.brief(found, context.words)


def rungs(context: session.Context, seen: View) -> works_line.Rungs:
    """Count works promised, built, accepted and paid; empty where nothing was ever planned."""
    # the cheap question first: without any step there are no works to price
    if committed_works.counted_steps(context.store, seen.record).empty:
        return {}
    return spending.rungs(progress.load(context, seen.record).table)


def dressed(*, projected: bool) -> None:
    """Apply the large plain style to the page; larger still for a projector."""
    # in this order: what a projector needs overrides the rest
    sheets = ["council.css"] + ["council_projector.css"] * projected
    style = "".join((installation.STATIC / name).read_text("utf-8") for name in sheets)
    st.html(f"<style>{style}</style>")


def query(context: session.Context, **changed: str) -> dict[str, str]:
    """Return the address of this page with something changed; an empty value leaves it out."""
    # how the page is shown, not what of it: that each link says anew
    kept = {key: value for key, value in st.query_params.to_dict().items() if key in (BIG, KIND, MILLION)}
    asked = navigation.query(context, **{**kept, **changed})
    return {key: value for key, value in asked.items() if value}


def is_list() -> bool:
    """Return whether the address leads to a list, for whoever pressed its number in an answer and has read that."""
    return CHANGED in st.query_params or council_text.LISTED in st.query_params


def listing(context: session.Context) -> council_text.Listing:
    """Link figures to their lists, for readers who have the page; :func:`linked` draws the links."""

    def led(figure: str, page: str, **asked: str | Sequence[str]) -> str:
        if not page_roles.has(context.role, page):
            return figure
        wanted = {key: value for key, value in asked.items() if value}
        start = query(context) if page == "council" else navigation.query(context)
        return _LINK.format(page, urllib.parse.urlencode({**start, **wanted}, doseq=True), figure)

    return led


def linked(sentence: str) -> str:
    """Return a sentence as HTML, its links drawn."""
    # escaped first: the marks of a link are letters that escaping leaves alone
    return _LINKS.sub(r'<a href="/\1" target="_self">\2</a>', html.escape(sentence))


def answer(
    question: str,
    big: str,
    sentences: Iterable[str],
    remarks: Iterable[str] = (),
    more: str = "",
    folded: Iterable[str] = (),
) -> str:
    """Return an answer in large type: question, one number, sentences, remarks, and more of them folded."""
    parts = [f"<h2>{html.escape(question)}</h2>"] if question else []
    parts += [f'<p class="council-big">{html.escape(big)}</p>'] if big else []
    parts += [f'<p class="council-sentence">{linked(each)}</p>' for each in sentences if each]
    parts += [remark(each) for each in remarks if each]
    hidden = "".join(map(remark, folded))
    parts += [f"<details><summary>{html.escape(more)}</summary>{hidden}</details>"] if hidden else []
    return f'<section class="council-answer">{"".join(parts)}</section>'


def remark(sentence: str) -> str:
    """Return a sentence in small type as HTML, its links drawn."""
    return f'<p class="council-remark">{linked(sentence)}</p>'


def table(content: council_tables.Table) -> str:
    """Return a table of the council as HTML."""
    rows = [[tables.Markup(linked(cell)) for cell in row] for row in content.rows]
    return tables.table(content.caption, content.headings, rows)


def twin(content: council_tables.Table, words: wording.Wording) -> None:
    """Put a table under its chart, folded."""
    with st.expander(words.text("Table: {title}", title=content.caption)):
        st.html(table(content))


def remarks(sentences: Iterable[str]) -> None:
    """Show remarks on the figures as a list."""
    st.html("<ul>" + "".join(f"<li>{linked(each)}</li>" for each in sentences) + "</ul>")


def where(context: session.Context, seen: View) -> None:
    """Draw where it is worst and why."""
    words, text, found = context.words, context.words.text, seen.found
    zones, sites, causes, where_it_is, whom = st.tabs(
        [
            text("Zone by zone"),
            text("The worst sites, and why"),
            text("What fails most often"),
            text("Map"),
            text("For whom, and what else there is"),
        ]
    )
    with zones:
        st.html(_zones(seen, words.language))
        twin(council_tables.zone_table(found, words, listing(context)), words)
        remarks([text(council_text.LOW_TO_HIGH), *council_text.not_known(found, words)])
    with sites:
        worst_sites(context, seen)
    with causes:
        if len(found.causes):
            st.html(table(council_tables.cause_table(found, context.criteria, words)))
            with st.expander(text("Sites at which each of these fails")):
                remarks(_sites_by_cause(context, seen))
        else:
            st.write(text("No failure is known so far."))
    with where_it_is:
        _map_of_sites(context, seen)
    with whom:
        st.html(table(council_tables.persona_table(found, context.weights, words)))
        st.html(table(council_tables.facility_table(found, words)))
        with st.expander(text("Sites by facility")):
            remarks(_sites_by_facility(context, seen))
        remarks([text(council_text.FIVE)])


def _map_of_sites(context: session.Context, seen: View) -> None:
    text = context.words.text
    on_screen, mapped = basemap.on_screen(context, seen.record.sites.geometry)
    changed = ground.changed_at(context.workspace.folder)
    st.html(_map(seen, context.words.language, changed, on_screen))
    st.html(f"<p>{tables.small(text(terms.ground_credit(mapped)))}</p>")
    st.html(
        f"<p>{tables.small(text('The digit in a sign is its zone; the shape and the colour are the verdict.'))}</p>"
    )


def worst_sites(context: session.Context, seen: View) -> None:
    """List the worst sites, each with its reasons and the way to its page."""
    words, found = context.words, seen.found
    if found.worst_sites.empty:
        st.write(words.text("No failure is known so far."))
    else:
        st.write(council_text.order_of_worst(found, seen.record.sites, words))
    led, entries = listing(context), []
    names = record_names.of(context, seen.record)
    for code, why in _reasons(seen, words.language).items():
        site = found.worst_sites.loc[[code]].iloc[0]
        name = led(names.site(code), "site", site=code)
        reasons = tables.bullets([council_text.place(site, words), *why])
        # sites that tie share a rank, where a list would count on by itself
        entries.append(f'<li value="{site["rank"]:.0f}">{linked(name)}{reasons}</li>')
    st.html(f'<ol class="council-sites">{"".join(entries)}</ol>')


def _sites_by_cause(context: session.Context, seen: View) -> list[str]:
    words, failing = context.words, figures.failing_sites(seen.record.audit.findings, seen.found)
    names = {one: council_text.criterion_name(one, context.criteria, words) for one in failing}
    return [_codes(context, names[one], codes) for one, codes in failing.items()]


def _sites_by_facility(context: session.Context, seen: View) -> list[str]:
    text, judged = context.words.text, seen.record.audit.sites
    return [
        _codes(context, f"{text(name)}, {text(terms.FACILITY_STATUS[str(state)])}", codes)
        for facility, name in terms.FACILITY.items()
        for state, codes in judged.groupby(f"facility_{facility}").groups.items()
    ]


def _codes(context: session.Context, name: str, codes: Iterable[object]) -> str:
    led = listing(context)
    return f"{name}: {', '.join(led(str(code), 'site', site=str(code)) for code in codes)}"


@st.cache_data(max_entries=48, show_spinner=False, hash_funcs=KEYS)
def _reasons(seen: View, language: str) -> dict[str, list[str]]:
    record, words = seen.record, wording.Wording(language)
    codes = [str(code) for code in seen.found.worst_sites.index]
    return {code: council_text.reason_list(record, code, words) for code in codes}


@st.cache_data(max_entries=48, show_spinner=False, hash_funcs=KEYS)
def _zones(seen: View, language: str) -> str:
    return charts.zones(seen.found, wording.Wording(language)).tag("council-chart")


@st.cache_data(max_entries=48, show_spinner=False, hash_funcs=KEYS)
def _map(seen: View, language: str, base_version: int, _ground: ground.Ground) -> str:  # noqa: ARG001
    words, record = wording.Wording(language), seen.record
    drawn = site_map.drawn(record.sites.loc[seen.found.codes], record.audit.sites["verdict"], _ground, words)
    return f"<p>{html.escape(words.text('no position recorded'))}</p>" if drawn is None else drawn.tag("council-map")


def improved(context: session.Context, seen: View) -> None:
    """Draw what has changed."""
    words, text = context.words, context.words.text
    marked = trend.counted(seen.again).get(st.query_params.get(CHANGED, "")) if len(seen.again) else None
    # whoever pressed a number of the answer comes for its sites alone, so they stand first
    if marked is not None:
        found = council_tables.changes_table(seen.again.loc[marked], seen.record.sites, words, listing(context))
        st.html(tables.tall(table(found)))
    if len(seen.visits):
        history = _history(seen, context.today)
        st.html(charts.history(history, words).tag("council-chart"))
        twin(council_tables.history_table(history, words), words)
    if len(seen.again) and marked is None:
        found = council_tables.changes_table(seen.again, seen.record.sites, words, listing(context))
        st.html(tables.tall(table(found)))
    remarks([text(council_text.AS_TODAY), text(council_text.IMPROVED_MEANS)])


@st.cache_data(max_entries=48, show_spinner=False, hash_funcs=KEYS)
def _history(seen: View, today: dt.date) -> pd.DataFrame:
    days = trend.month_ends(seen.visits["day"].min().date(), today)
    return trend.history(seen.visits, len(seen.found.codes), days)


# a fragment: moving along the budgets draws this part alone
@st.fragment
def money(context: session.Context, seen: View, bought: council_money.Money) -> None:
    """Let the reader move along the budgets, and draw what each buys."""
    words, text, points = context.words, context.words.text, bought.points
    if points:
        million = 1
        if len(points) > 1:
            kept = address.whole(MILLION, "council_million", 1)
            # a link may name a budget for which this record has no point
            st.session_state["council_million"] = min(max(st.session_state["council_million"] or 1, 1), len(points))
            million = int(st.slider(text("Budget (million baht)"), 1, len(points), step=1, **kept))
        # there is a point for each whole million from the first
        point = points[million - 1]
        sure = money_text.on_top(bought, words), money_text.how_proven(point, words), money_text.knee(bought, words)
        st.html(answer("", "", [money_text.with_budget(bought, point, words)], sure))
        # who pressed a number comes for its list
        first, then = st.container(), st.container()
        listed, drawn = (first, then) if is_list() else (then, first)
        with drawn:
            st.html(charts.budgets(bought, words, million).tag("council-chart"))
            twin(council_tables.money_table(bought, words), words)
        built = council_tables.fixes_table(bought, point.plan, seen.record.sites, words, listing(context))
        listed.html(tables.tall(table(built)))
    sample = [prices.SAMPLE] if bought.sample else []
    remarks(text(each) for each in (*sample, council_text.TRIPS, *bought.record.statements))
    navigation.link(
        context,
        "plan.py",
        label=text("Budget plan: wishes, zones and the proof"),
        query_params=navigation.query(context),
    )
