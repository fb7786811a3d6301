"""Priority: which sites first by condition, place and requests, under official weights and any others beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.access import figures
from app_pages.parts.shared import orders, record_names, row_choice, site_summary, tables
from app_pages.parts.works import progress
from app_pages.session import address, navigation
from audits import priority, terms, wording
from audits import record as records
from audits.access import access_text, catchments
from audits.export import priority_table
from audits.reports import markers
from audits.requests import counts
from audits.store.requests import requests
from audits.works import visits
from layers import ground

MOST, STEP = 10.0, 0.5
TABLE, HEIGHT = "priority_order", 420
ORDER = wording.phrase(
    "The rank is by the middle of the interval. Choose a row to see what drives its rank; a click on a heading sorts."
)


@dataclass(frozen=True)
class Ranked:
    """The official order, and the order under the reader's own weights; None where they are the same."""

    parts: priority.Components
    official: pd.DataFrame
    own: pd.DataFrame | None
    weights: Mapping[str, float]


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Priority"))
    if context.record().sites.empty:
        st.info(text("There are no sites yet. Begin under Start."))
        return
    record = context.record(official_only=site_summary.choose_counted(context))
    with st.spinner(text("Measuring access …")):
        reached = figures.found(context, record)
    if reached is None:
        return
    orders.show(context, orders.PRIORITY)
    order, first, weights, rests = st.tabs(
        [text("Order of the sites"), text("Measure first"), text("Try other weights"), text("What this rests on")]
    )
    # drawn before the first tab, whose order rests on the weights
    with weights:
        ranked = rank(context, record, reached)
    with order:
        left, right = st.columns([3, 2])
        with left:
            listed(context, record, ranked)
            hand_out(context, record, ranked)
        with right:
            drives(context, record, ranked)
    with first:
        measure_first(context, record, ranked)
    with rests:
        rests_on(context, reached)


def rank(context: session.Context, record: records.AuditedRecord, reached: figures.Known) -> Ranked:
    """Return the order of the sites under the official weights and under those on the sliders."""
    parts = _components(reached, record, context)
    official = context.weights.priority
    own = asked_weights(context, official)
    if not any(own.values()):
        st.error(context.words.text("At least one weight must be more than 0."))
        own = dict(official)
    changed = own != dict(official)
    return Ranked(parts, priority.scores(parts, official), priority.scores(parts, own) if changed else None, own)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=figures.KEYS)
def _components(
    reached: figures.Known, _record: records.AuditedRecord, _context: session.Context
) -> priority.Components:
    places = ground.destinations(_context.workspace.folder, _record.area)
    people, passers = catchments.homes_near(reached.prepared), catchments.passers(reached.prepared)
    asked = counts.at_sites(requests.every(_context.store, _record.as_of))
    return priority.components(_record.sites, _record.audit.sites, places, people, passers, asked)


def asked_weights(context: session.Context, official: Mapping[str, float]) -> dict[str, float]:
    """Ask for other weights beside the official ones; the address keeps what differs."""
    text = context.words.text
    own: dict[str, float] = {}
    st.write(text("The official weights are the municipality's and are not changed here."))
    st.write(text("The order under your own weights stands beside the official one, in the first tab."))
    for column, names in zip(st.columns(2), (list(official)[:4], list(official)[4:]), strict=True):
        with column:
            for name in names:
                label = text(priority.COMPONENTS[name])
                value = text("official: {weight}", weight=context.words.number(official[name]))
                kept = _kept(name, official[name])
                own[name] = st.slider(f"{label} ({value})", 0.0, MOST, step=STEP, **kept)
    st.button(text("Back to the official weights"), key="priority_back", on_click=_back, args=(dict(official),))
    return own


def _kept(name: str, official: float) -> address.Kept:
    key = f"weight_{name}"
    if key not in st.session_state:
        try:
            written = float(st.query_params.get(name, official))
        except ValueError:
            written = official
        # NaN is within no limits either
        st.session_state[key] = written if 0 <= written <= MOST else official
    # else Streamlit drops it while another page is open
    st.session_state[key] = st.session_state[key]

    def keep() -> None:
        value = st.session_state[key]
        address.write(name, "" if value == official else f"{value:g}")

    return {"key": key, "on_change": keep, "args": ()}


def _back(official: Mapping[str, float]) -> None:
    for name, weight in official.items():
        st.session_state[f"weight_{name}"] = weight
        st.query_params.pop(name, None)


def figure(context: session.Context, row: pd.Series) -> str:
    """Return a priority as an interval, one number where it is closed."""
    low, high = (context.words.number(round(row[end], 1), 1) for end in ("low", "high"))
    return low if low == high else context.words.text("{low} to {high}", low=low, high=high)


def range_of(context: session.Context, row: pd.Series) -> str:
    """Return the ranks that a site may have."""
    best, worst = (context.words.number(row[end], 0) for end in ("rank_best", "rank_worst"))
    return best if best == worst else context.words.text("{low} to {high}", low=best, high=worst)


def listed(context: session.Context, record: records.AuditedRecord, ranked: Ranked) -> None:
    """Show the order; the official figure and rank stand beside any other."""
    text = context.words.text
    if ranked.official.empty:
        st.html(f"<p>{tables.cell(text('No site has a survey that counts yet, so none is ranked.'))}</p>")
        return
    leading = ranked.official if ranked.own is None else ranked.own
    order = leading.sort_values(["rank", "low"], ascending=[True, False], kind="stable").index
    if ranked.own is not None:
        st.html(
            f'<p role="status">{tables.cell(text("Ordered by your own weights; the official rank stands first."))}</p>'
        )
    official, codes = ranked.official.loc[order], [str(code) for code in order]
    columns: dict[str, Any] = {text("Official rank"): official["rank"].to_numpy()}
    if ranked.own is not None:
        own = ranked.own.loc[order]
        columns[text("Rank, your weights")] = own["rank"].to_numpy()
        columns[text("Priority, your weights")] = [figure(context, row) for _, row in own.iterrows()]
    columns |= {
        **_named(context, record, codes),
        text("Rank it may have"): [range_of(context, row) for _, row in official.iterrows()],
        text("Priority, lowest"): official["low"].round(1).to_numpy(),
        text("Priority, highest"): official["high"].round(1).to_numpy(),
    }
    columns[text("Standing")] = [text(terms.STANDING[one]) for one in record.audit.sites["standing"].loc[order]]
    st.dataframe(
        pd.DataFrame(columns, index=pd.Index(codes, name=text("Code"))),
        **row_choice.one(TABLE, site_summary.SITE, codes),
        alt=text("Sites by priority: the rank is by the middle of the interval"),
        height=HEIGHT,
        column_config={text("Name"): st.column_config.Column(width=270)},
    )
    counted = context.words.count("{n} site", "{n} sites", len(codes))
    st.html(f"<p>{tables.small(f'{counted} · {text(ORDER)}')}</p>")


def _named(context: session.Context, record: records.AuditedRecord, codes: list[str]) -> dict[str, list[str]]:
    rows = record.sites.loc[codes].itertuples()
    return {context.words.text("Name"): [markers.site_name(row, context.words) for row in rows]}


def measure_first(context: session.Context, record: records.AuditedRecord, ranked: Ranked) -> None:
    """List the sites that nobody has surveyed, which have no rank."""
    words, text = context.words, context.words.text
    first = priority.measure_first(record, ranked.parts, context.weights.priority)
    for sentence in priority.waits(ranked.parts, words):
        st.write(sentence)
        navigation.link(context, "review.py", label=text("Open the review"), query_params=navigation.query(context))
    if first.empty:
        st.write(text("Every site was surveyed."))
        return
    st.write(text(priority.MEASURE_FIRST))
    codes = [str(code) for code in first.index]
    columns: dict[str, Any] = {
        **_named(context, record, codes),
        text("Points of location"): first["location"].round(1).to_numpy(),
        text("Points of requests"): first["requests"].round(1).to_numpy(),
        text("Minutes"): first["minutes"].round().astype("Int64").to_numpy(),
    }
    caption = words.count(
        "{n} site without a survey that counts: no rank",
        "{n} sites without a survey that counts: no rank",
        len(first),
    )
    st.dataframe(
        pd.DataFrame(columns, index=pd.Index(codes, name=text("Code"))),
        key="priority_first",
        alt=caption,
        height=HEIGHT,
    )
    # Elsewhere sites wait for a survey that have a rank: those begun and those due again.
    waiting = visits.count_text(visits.visits(record, progress.steps(context, record), context.today), words)
    st.write(f"{caption} · {waiting}")


def drives(context: session.Context, record: records.AuditedRecord, ranked: Ranked) -> None:
    """Show of one site, the first unless chosen, what each component adds, as bars with their numbers."""
    words, text = context.words, context.words.text
    first = ranked.official.index[ranked.official["rank"] == 1]
    code = site_summary.choose_site(context, record_names.of(context, record).sites) or next(iter(first), None)
    if code is None:
        st.write(text("Choose a site to see what its priority is made of."))
        return
    each = priority.contributions(ranked.parts, context.weights.priority)
    most = 100 * max(context.weights.priority.values()) / sum(context.weights.priority.values())
    rows: list[tuple[str, str, str, str]] = []
    for name, phrase in priority.COMPONENTS.items():
        low, high = each.low[name][code], each.high[name][code]
        value = figure(context, pd.Series({"low": low, "high": high}))
        bar = tables.score_bar(100 * low / most, 100 * high / most, f"{text(phrase)}: {value}")
        rows.append((text(phrase), words.number(context.weights.priority[name]), value, bar))
    if code in ranked.official.index:
        official = ranked.official.loc[[code]].iloc[0]
        rows.append((text("together"), "", figure(context, official), ""))
    else:
        waits = code in ranked.parts.waiting
        why = text("not ranked: its survey waits for approval") if waits else text("not ranked: measure first")
        rows.append((text("together"), "", why, ""))
    headings = (text("What counts"), text("Official weight"), text("Points"), text("As a bar"))
    caption = text("Points of {site} under the official weights", site=record_names.of(context, record).sites[code])
    st.html(tables.table(caption, headings, rows))


def hand_out(context: session.Context, record: records.AuditedRecord, ranked: Ranked) -> None:
    """Offer the whole list as files."""
    text = context.words.text
    made = priority_table.table(
        record.sites, ranked.official, ranked.own, ranked.parts, context.weights.priority, context.words
    )
    mark = text(terms.DEMONSTRATION) if context.demonstration else ""
    waiting = priority.waits(ranked.parts, context.words)
    notes = [mark, *waiting, *basis(context), text("State of the record: {head}", head=record.head)]
    first = priority_table.first(
        record.sites, priority.measure_first(record, ranked.parts, context.weights.priority), context.words
    )
    stem = f"{'demonstration-' if context.demonstration else ''}priority-{context.today.isoformat()}"
    left, right = st.columns(2)
    with left:
        content = priority_table.csv_file(made, first, notes)
        st.download_button(text("List as CSV"), content, f"{stem}.csv", "text/csv", key="priority_csv")
    with right:
        content = priority_table.workbook(made, first, notes, context.today, context.words)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        st.download_button(text("List as Excel workbook"), content, f"{stem}.xlsx", kind, key="priority_xlsx")


def basis(context: session.Context) -> list[str]:
    """Return where the form, the weights and the distances come from."""
    return [
        context.words.text(each)
        for each in (priority.FORM, priority.MEASURE_FIRST, priority.WORKING, priority.NEARNESS)
    ]


def rests_on(context: session.Context, reached: figures.Known) -> None:
    """Show where each component comes from."""
    text = context.words.text
    rows = [(text(phrase), text(priority.SOURCES[name])) for name, phrase in priority.COMPONENTS.items()]
    st.html(tables.table(text("Source of each component"), (text("What counts"), text("Source")), rows))
    for statement in (*basis(context), access_text.network(reached.prepared, context.words)):
        st.html(f"<p>{tables.small(statement)}</p>")


if __name__ == "__main__":
    show(session.current())
