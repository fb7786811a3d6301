"""Draw fixes as a table with the sum of what is shown, and beneath it what is to be measured first."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, tables
from app_pages.parts.works import progress
from app_pages.session import navigation
from audits import barriers, roles
from audits import record as records
from audits.plans import fix_pricing
from audits.reports import markers
from audits.works import works_table

LISTED_SITES = 10
NAMED_QUANTITIES = 3
_DAYS = ("planned", "designed", "built", "accepted")


def fixes(
    context: session.Context, record: records.AuditedRecord, of: works_table.Works, names: Sequence[str], caption: str
) -> None:
    """Show fixes with their state, barrier, days and cost, and a last row with the exact sum."""
    text = context.words.text
    with_cost = roles.sees(context.store.role, "cost")
    headings = [text("Fix"), text("State"), text("Barrier now"), text("Planned"), text("Designed")]
    headings += [text("Built"), text("Accepted")]
    rows: list[list[object]] = [_row(context, record, of, name) for name in names]
    totals = of.totals(names)
    if with_cost:
        headings.append(text("Likely cost (baht)"))
        for row, name in zip(rows, names, strict=True):
            row.append(cost_cell(context, of, name))
        total = tables.strong(context.words.number(totals.cost_thb, 0))
        rows.append([tables.strong(text("Total")), *["–"] * (len(headings) - 2), total])
    st.html(tables.table(caption, headings, rows))
    if with_cost:
        remark = f" {text('sample prices')}" if of.sample_prices else ""
        st.html(f"<p>{tables.small(totals.sentence(context.words) + remark)}</p>")


def _row(context: session.Context, record: records.AuditedRecord, of: works_table.Works, name: str) -> list[object]:
    text, row = context.words.text, of.table.loc[name]
    joined = [other for other, kept in record.joined.items() if kept == name]
    presumed = row["presumed_same_as"]
    title = tables.lines(
        progress.fix_name(context, record, name),
        joined and tables.small(text("one thing with {others}", others=", ".join(joined))),
        presumed and tables.small(text(works_table.PRESUMED, others=", ".join(presumed))),
    )
    barrier = text(barriers.STATES[str(row["barrier"])])
    days = (progress.day(context, row[f"{step}_on"]) for step in _DAYS)
    return [title, progress.state_cell(context, of, name), barrier, *days]


def cost_cell(context: session.Context, of: works_table.Works, name: str) -> tables.Markup:
    """Return the likely cost of a fix and what it rests on."""
    basis = str(of.table["cost_basis"].get(name, ""))
    remark = tables.small(context.words.text(fix_pricing.BASES[basis])) if basis else ""
    return tables.lines(progress.money(context, of, name), remark)


def measure_first(context: session.Context, record: records.AuditedRecord, first: pd.DataFrame) -> None:
    """Show by site what to measure because it may be a barrier, with the minutes, and lead to the survey."""
    words, text = context.words, context.words.text
    st.subheader(text("Measure first"))
    if first.empty:
        st.write(text("Nothing here may be a barrier that nobody has measured."))
        return
    sites = list(dict.fromkeys(first["site_code"]))
    minutes = words.number(first["minutes"].sum(), 0)
    st.write(
        text(
            "These may be barriers; nothing is priced before it is measured. {minutes} minutes in all.", minutes=minutes
        )
    )
    rows = []
    for code in sites[:LISTED_SITES]:
        mine = first.loc[first["site_code"] == code]
        rows.append(
            (site_name(context, record, code), _asked(context, record, mine), words.number(mine["minutes"].sum(), 0))
        )
    headings = (text("Site"), text("What to measure"), text("Minutes"))
    caption = words.count("Possible barriers at {n} site", "Possible barriers at {n} sites", len(sites))
    st.html(tables.table(caption, headings, rows))
    if len(sites) > LISTED_SITES:
        st.write(text("The {n} sites with the most are shown.", n=LISTED_SITES))
    names = {code: site_name(context, record, code) for code in sites}
    code = choices.one(text("Site to survey"), names, key="works_measure_first") if len(sites) > 1 else sites[0]
    query = navigation.query(context, site=code)
    navigation.link(context, "survey.py", label=text("Survey {site}", site=names[code]), query_params=query)


def site_name(context: session.Context, record: records.AuditedRecord, code: str) -> str:
    """Return the code and the name of a site."""
    return f"{code} {markers.site_name(record.sites.loc[code], context.words)}"


def _asked(context: session.Context, record: records.AuditedRecord, mine: pd.DataFrame) -> object:
    words, quantities = context.words, record.criteria.quantities
    lines = []
    for element_id, row in mine.iterrows():
        title = progress.element_title(context, record, str(element_id))
        if row["quantities"]:
            wanted = ", ".join(words.name(quantities[one].name) for one in row["quantities"][:NAMED_QUANTITIES])
            more = len(row["quantities"]) - NAMED_QUANTITIES
            lines.append(f"{title}: {wanted}" + (f" {words.text('and {n} more', n=more)}" if more > 0 else ""))
        if row["again"]:
            wanted = ", ".join(words.name(quantities[one].name) for one in row["again"])
            lines.append(words.text("{element}, again with a finer instrument: {what}", element=title, what=wanted))
    return tables.lines(*lines)
