"""Compute the council's answers for the page, and draw each of them."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from app_pages import address, background_jobs, frame, ground_here, tables
from audits import council, council_money, council_text, criteria, terms, trend, wording
from audits.exchange import charts, contents, council_contents, site_map
from audits.paper import brief
from audits.planning import build_model, price_books, prices, site_network
from layers import ground, population_file, web_map

STATIC = Path(__file__).parents[1] / "static"
LOOK, BIG, KIND, COUNTED, MILLION = "look", "big", "council_kind", "counted", "million"
LOOK_EVERY_S, WAIT_S, MOST_WAIT_S = 1.0, 0.2, 120.0


@dataclass(frozen=True)
class View:
    """One state of the record as a council sees it: which sites and which surveys count; `key` tells states apart."""

    key: tuple[object, ...]
    state: frame.Audited
    found: council.Where
    visits: pd.DataFrame
    again: pd.DataFrame
    approved_only: bool


def view(place: frame.Here, kind: str, approved_only: bool) -> View:
    """Return the figures, computed once for each state of the record."""
    state = frame.audited(place, approved_only=approved_only)
    key = (str(place.workspace.folder), state.head, repr(place.weights), place.book.version)
    return _view((*key, kind, approved_only), place, state)


@st.cache_resource(max_entries=24, show_spinner=False)
def _view(key: tuple[object, ...], _place: frame.Here, _state: frame.Audited) -> View:
    kind, approved_only = str(key[-2]), bool(key[-1])
    found = council.where(_state.sites, _state.audit, _place.weights, kind)
    kept = _state.sites.loc[found.codes]
    visits = trend.states(kept, _state.elements, _state.measurements, _place.book, _place.weights)
    return View(key, _state, found, visits, trend.changes(visits), approved_only)


def money_job(place: frame.Here, state: frame.Audited, approved_only: bool) -> background_jobs.Job[council_money.Money]:
    """Return the job that works out what each million baht buys, begun if it is new for this state of the record."""
    folder = place.workspace.folder

    def work(_: background_jobs.Progress, __: Callable[[], bool]) -> council_money.Money:
        book = price_books.in_force(place.store).book
        record = build_model.build(
            site_network.read(folder),
            state.sites,
            state.elements,
            state.measurements,
            state.audit,
            place.book,
            book,
        )
        return council_money.solve(record, book)

    given = ground.changed_at(folder), population_file.changed_at(folder)
    key = (str(folder), state.head, repr(place.weights), place.book.version, *given, approved_only)
    return background_jobs.begin(("council_money", *key), work)


def printed(place: frame.Here, seen: View, job: background_jobs.Job[council_money.Money], accepted: int) -> bytes:
    """Return the brief, one page of A4; waits until the next million is worked out."""
    job.wait(MOST_WAIT_S)
    state = seen.state
    subject = contents.Subject(state.sites, state.elements, state.measurements, state.audit, place.book, place.weights)
    about = contents.About(place.today, None, state.head, place.demonstration)
    return brief.brief(
        council_contents.gathered(subject, about, job.result, accepted, approved_only=seen.approved_only), place.words
    )


def dressed(*, projected: bool) -> None:
    """Apply the large plain style to the page; larger still for a projector."""
    sheets = ["council.css"] + ["council_projector.css"] * projected
    style = "".join((STATIC / name).read_text("utf-8") for name in sheets)
    st.html(f"<style>{style}</style>")


def query(place: frame.Here, **changed: str) -> dict[str, str]:
    """Return the address of this page with something changed; an empty value leaves it out."""
    kept = {key: value for key, value in st.query_params.to_dict().items() if key in (BIG, KIND, COUNTED, MILLION)}
    asked = frame.query(place, **{**kept, **changed})
    return {key: value for key, value in asked.items() if value}


def answer(question: str, big: str, sentences: Iterable[str], remarks: Iterable[str] = ()) -> str:
    """Return an answer in large type: question, one number, sentences, and how sure it is."""
    parts = [f"<h2>{html.escape(question)}</h2>"] if question else []
    parts += [f'<p class="council-big">{html.escape(big)}</p>'] if big else []
    parts += [f'<p class="council-said">{html.escape(each)}</p>' for each in sentences if each]
    parts += [f'<p class="council-remark">{html.escape(each)}</p>' for each in remarks if each]
    return f'<section class="council-answer">{"".join(parts)}</section>'


def table(content: council_text.Table) -> str:
    """Return a table of the council as HTML."""
    return tables.table(content.caption, content.headings, content.rows)


def twin(content: council_text.Table, words: wording.Wording) -> None:
    """Put a table under its chart, folded."""
    with st.expander(words.text("Table: {title}", title=content.caption)):
        st.html(table(content))


def remarks(sentences: Iterable[str]) -> None:
    """Show remarks on the figures as a list."""
    st.html("<ul>" + "".join(f"<li>{html.escape(each)}</li>" for each in sentences) + "</ul>")


def where(place: frame.Here, seen: View) -> None:
    """Draw where it is worst and why."""
    words, text, found = place.words, place.words.text, seen.found
    st.html(_zones(seen.key, words.language, found))
    twin(council_text.zone_table(found, words), words)
    remarks([text(council_text.LOW_TO_HIGH), *council_text.not_known(found, words)])
    st.subheader(text("The worst sites, and why"))
    worst_sites(place, seen)
    st.subheader(text("What fails most often"))
    if len(found.causes):
        st.html(table(council_text.cause_table(found, place.book, words)))
    st.subheader(text("Map"))
    on_screen, mapped = ground_here.on_screen(place, seen.state.sites.geometry)
    changed = ground.changed_at(place.workspace.folder)
    st.html(_map((*seen.key, changed), words.language, seen, on_screen))
    st.html(f"<p>{tables.small(text(terms.ground_credit(mapped)))}</p>")
    st.html(
        f"<p>{tables.small(text('The digit in a sign is its zone; the shape and the colour are the verdict.'))}</p>"
    )
    st.subheader(text("For whom, and what else there is"))
    st.html(table(council_text.persona_table(found, place.weights, words)))
    st.html(table(council_text.facility_table(found, words)))
    remarks([text(council_text.FIVE)])


def worst_sites(place: frame.Here, seen: View) -> None:
    """List the worst sites, each with its reasons and the way to its page."""
    words, found = place.words, seen.found
    if found.worst_sites.empty:
        st.write(words.text("No failure is known so far."))
    for code, why in _reasons(seen.key, words.language, seen, place.book).items():
        name = council_text.site_name(code, seen.state.sites, words)
        frame.link(place, "site.py", label=name, query_params=frame.query(place, site=code))
        remarks(why)


@st.cache_data(max_entries=48, show_spinner=False)
def _reasons(
    key: tuple[object, ...],  # noqa: ARG001 - what the cache tells states apart by
    language: str,
    _seen: View,
    _book: criteria.Criteria,
) -> dict[str, list[str]]:
    found, words = _seen.state.audit.findings, wording.Wording(language)
    codes = [str(code) for code in _seen.found.worst_sites.index]
    return {code: council_text.reason_list(found, code, _book, words) for code in codes}


@st.cache_data(max_entries=48, show_spinner=False)
def _zones(key: tuple[object, ...], language: str, _found: council.Where) -> str:  # noqa: ARG001
    return charts.zones(_found, wording.Wording(language)).tag("council-chart")


@st.cache_data(max_entries=48, show_spinner=False)
def _map(key: tuple[object, ...], language: str, _seen: View, _ground: web_map.Base) -> str:  # noqa: ARG001
    words = wording.Wording(language)
    verdicts = _seen.state.audit.sites["verdict"]
    drawn = site_map.drawn(_seen.state.sites.loc[_seen.found.codes], verdicts, _ground, words)
    return f"<p>{html.escape(words.text('no position recorded'))}</p>" if drawn is None else drawn.tag("council-map")


def improved(place: frame.Here, seen: View) -> None:
    """Draw what has changed."""
    words, text = place.words, place.words.text
    if len(seen.visits):
        history = _history(seen.key, place.today, seen)
        st.html(charts.history(history, words).tag("council-chart"))
        twin(council_text.history_table(history, words), words)
    if len(seen.again):
        twin(council_text.changes_table(seen.again, seen.state.sites, words), words)
    remarks([text(council_text.AS_TODAY), text(council_text.MORE_MAY_BE_MEASURED)])


@st.cache_data(max_entries=48, show_spinner=False)
def _history(key: tuple[object, ...], today: dt.date, _seen: View) -> pd.DataFrame:  # noqa: ARG001
    days = trend.month_ends(_seen.visits["day"].min().date(), today)
    return trend.history(_seen.visits, len(_seen.found.codes), days)


@st.fragment
def money(place: frame.Here, seen: View, bought: council_money.Money) -> None:
    """Let the reader move along the budgets, and draw what each buys."""
    words, text, points = place.words, place.words.text, bought.curve.points
    if points:
        million = 1
        if len(points) > 1:
            kept = address.whole(MILLION, "council_million", 1)
            st.session_state["council_million"] = min(max(st.session_state["council_million"] or 1, 1), len(points))
            million = int(st.slider(text("Budget (million baht)"), 1, len(points), step=1, **kept))
        plan = points[million - 1].plan
        sentence = text(
            "{fixes} for {cost} baht open {gained} more of 1,000 ways; {today} are open today.",
            fixes=words.count("{n} fix", "{n} fixes", len(plan.chosen)),
            cost=council_text.baht(plan.cost.likely, words),
            gained=council_text.trips(plan.benefit, words),
            today=council_text.trips(bought.open_today, words),
        )
        st.html(answer("", "", [sentence], [council_text.how_proven(plan, words), council_text.knee(bought, words)]))
        st.html(charts.budgets(bought, words, million).tag("council-chart"))
        twin(council_text.money_table(bought, words), words)
        st.html(table(council_text.fixes_table(bought, plan, seen.state.sites, words)))
    sample = [prices.SAMPLE] if bought.sample else []
    remarks(text(each) for each in (*sample, council_text.TRIPS, *bought.record.statements))
    frame.link(
        place, "plan.py", label=text("Budget plan: wishes, zones and the proof"), query_params=frame.query(place)
    )
