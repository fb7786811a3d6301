"""Draw fixes as tables with the sum of what is shown."""

from __future__ import annotations

import datetime as dt
import functools
import urllib.parse
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import session
from app_pages.parts.shared import record_names, row_choice, tables
from app_pages.parts.works import contract_forms, progress
from app_pages.session import navigation
from audits import barriers, roles, terms, wording
from audits import record as records
from audits.council import works_line
from audits.plans import site_fixes
from audits.ramps import interventions
from audits.reports import about_lines, markers, site_report
from audits.works import fix_states, spending, works_table, works_workbook

TABLE, HEIGHT = "works_fixes", 420
# what answers where a fix stands fits into a window of 1,280 px, beside the boxes and the codes
NAME_PX, NAME_BESIDE_AMOUNTS_PX = 370, 211
BARRIER, SINCE, DUE = wording.phrase("Barrier now"), wording.phrase("Since"), wording.phrase("Due")
# Beside an opened fix names and states are longer than their columns; Streamlit breaks lines in rows above 4 rem only.
HEIGHT_BESIDE, ROW_BESIDE_PX = 560, 70
NAME_BESIDE_PX, STATE_BESIDE_PX, COST_BESIDE_PX = 260, 150, 135
# of the list on a phone
LISTED = 10
COST = wording.phrase("Likely cost (baht)")
DAYS = {
    "planned_on": wording.phrase("Planned"),
    "designed_on": wording.phrase("Designed"),
    "built_on": wording.phrase("Built"),
    "accepted_on": wording.phrase("Accepted"),
    "accept_by": wording.phrase("Accept by"),
    "due_on": wording.phrase("Complete by"),
}
AMOUNTS = {
    "contract_thb": wording.phrase("Contract (baht)"),
    "paid_thb": wording.phrase("Paid (baht)"),
}
WIDTHS_PX = {
    wording.phrase("State"): 200,
    COST: 105,
    AMOUNTS["contract_thb"]: 95,
    AMOUNTS["paid_thb"]: 90,
    BARRIER: 100,
    SINCE: 106,
    DUE: 106,
}


def fixes(
    context: session.Context, record: records.AuditedRecord, of: works_table.Works, names: Sequence[str], caption: str
) -> None:
    """Show fixes with their state, barrier, days and cost, and a last row with the exact sum."""
    text = context.words.text
    with_cost = roles.sees(context.store.role, "cost")
    headings = [text("Fix"), text("State"), text("Barrier now"), *map(text, list(DAYS.values())[:4])]
    rows: list[list[object]] = [_row(context, record, of, name) for name in names]
    totals = of.totals(names)
    if with_cost:
        agreed = of.table.loc[list(names), list(AMOUNTS)].loc[:, lambda known: known.fillna(0).any()]
        for row, name in zip(rows, names, strict=True):
            amounts = (contract_forms.amount(one, context.words) for one in agreed.loc[name])
            row += [cost_cell(context, of, name), *amounts]
        totalled = (context.words.number(int(one), 0) for one in (totals.cost_thb, *agreed.sum()))
        rows.append([tables.strong(text("Total")), *["–"] * (len(headings) - 1), *map(tables.strong, totalled)])
        headings += map(text, (COST, *(AMOUNTS[str(one)] for one in agreed)))
    st.html(tables.table(caption, headings, rows))
    sums = totals.sentence(context.words) if with_cost else ""
    if sums:
        remark = f" {text('sample prices')}" if of.sample_prices else ""
        st.html(f"<p>{tables.small(sums + remark)}</p>")


def parts(*, is_chosen: bool) -> Sequence[DeltaGenerator]:
    """Return where the table and a fix stand: side by side, but the names need the whole width until one is chosen."""
    if is_chosen:
        return st.container(key="works_parts").columns([3, 2])
    return st.container(), st.container()


def all_fixes(
    context: session.Context,
    record: records.AuditedRecord,
    of: works_table.Works,
    names: Sequence[str],
    *,
    is_chosen: bool,
) -> None:
    """Show any number of fixes in one table to sort and search, with their totals; choosing a row chooses the fix.

    On a phone they are a list of links, folded once one of them is chosen.
    """
    words, text = context.words, context.words.text
    if not is_chosen:
        st.write(text("Choose a fix to see and record its steps."))
    shown = frame(context, record, of, names)
    looks = _looks(context, shown, is_chosen=is_chosen)
    with st.container(key="works_table"):
        st.dataframe(
            shown,
            **row_choice.one(TABLE, progress.FIX, names),
            alt=text("Fixes with state, barrier and cost"),
            height=HEIGHT_BESIDE if is_chosen else HEIGHT,
            row_height=ROW_BESIDE_PX if is_chosen else None,
            column_config=looks,
            placeholder="",
        )
    listed = _as_list(context, shown, names, is_folded=is_chosen)
    st.html(f'<div class="jaidee-works-list">{listed}</div>')
    counted = words.count("{n} fix", "{n} fixes", len(names))
    order = tables.small(text("Overdue first, then what is nearest to acceptance, then the most severe."))
    sorts = tables.cell(text("A click on a heading sorts."))
    if roles.sees(context.store.role, "cost"):
        remark = f" ({text('sample prices')})" if of.sample_prices else ""
        total = of.totals(names).sentence(words)
        lead = f"**{counted}**: {total}{remark}" if total else f"**{counted}**."
        st.write(f"{lead} {about_lines.counted(record.counted, words)}")
        sums = of.table.loc[list(names), list(spending.MONEY)].sum()
        if sums.any():
            amounts = {str(name): words.number(int(amount), 0) for name, amount in sums.items()}
            st.write(
                text("Estimate {estimate_thb} baht, contract {contract_thb} baht, paid {paid_thb} baht", **amounts)
            )
            _agreed(context, of.table.loc[list(names)])
            if sums["contract_thb"]:
                st.html(f"<p>{tables.small(text(spending.ESTIMATE_MEANS))}</p>")
    else:
        st.write(f"**{counted}**. {about_lines.counted(record.counted, words)}")
    st.html(f'<p>{order} <span class="jaidee-small jaidee-of-table">{sorts}</span></p>')


def _looks(context: session.Context, shown: pd.DataFrame, *, is_chosen: bool) -> dict[Any, Any]:
    """Return the widths and forms of the columns of :func:`frame`."""
    text = context.words.text
    number = functools.partial(st.column_config.NumberColumn, format="localized")
    looks: dict[Any, Any] = {text(name): st.column_config.Column(width=px) for name, px in WIDTHS_PX.items()}
    looks |= {text(name): number(width=WIDTHS_PX[name]) for name in AMOUNTS.values()}
    looks[text(AMOUNTS["contract_thb"])] = number(text("Contract"), width=WIDTHS_PX[AMOUNTS["contract_thb"]])
    looks[text(COST)] = number(text("Cost (baht)"), width=COST_BESIDE_PX if is_chosen else WIDTHS_PX[COST])
    has_amounts = any(text(name) in shown for name in AMOUNTS.values())
    looks[text("Name")] = st.column_config.Column(width=NAME_BESIDE_AMOUNTS_PX if has_amounts else NAME_PX)
    if is_chosen:
        looks[text("Name")] = st.column_config.Column(width=NAME_BESIDE_PX)
        looks[text("State")] = st.column_config.Column(width=STATE_BESIDE_PX)
    return looks


def _agreed(context: session.Context, rows: pd.DataFrame) -> None:
    """Show the sum that the council reads as promised, where it is another than that of the estimates."""
    words, values = context.words, rows["value_thb"]
    unknown = int((values.isna() & ~rows["settled"]).sum())
    if rows["contract_thb"].sum() or unknown:
        agreed = words.text("Agreed, else estimated: {value} baht", value=words.number(int(values.sum()), 0))
        st.write(f"{agreed} {words.text(works_line.WITHOUT_SUM, n=words.number(unknown, 0)) if unknown else ''}")


def money(context: session.Context, record: records.AuditedRecord, of: works_table.Works, names: Sequence[str]) -> None:
    """Show estimate, contract and paid by zone and by budget year, folded, and offer the workbook."""
    words, text = context.words, context.words.text
    table = of.table.loc[list(names)]
    zones, years = spending.by_zone(table), spending.by_year(of.contracts_of(names), table)
    with st.expander(text("Estimate, contract and paid by zone and budget year")):
        shown = [
            (words.number(int(str(zone)), 0) if zone else text("no zone yet"), row) for zone, row in zones.iterrows()
        ]
        _sums(context, text("Zone"), shown)
        shown = [(_year(int(str(year)), words), row) for year, row in years.iterrows()]
        _sums(context, text("Budget year"), shown)
    mark = text(terms.DEMONSTRATION) if context.demonstration else ""
    st.download_button(
        text("These works as a workbook (XLSX)"),
        # made when it is asked for
        lambda: works_workbook.workbook(of, names, record.sites, context.today, words, mark),
        f"{'demonstration-' if context.demonstration else ''}jaidee-works-{context.today.isoformat()}.xlsx",
        key="works_workbook",
        on_click="ignore",
    )


def _year(year: int, words: wording.Wording) -> str:
    return str(spending.shown_year(year, words)) if year else words.text("no contract yet")


def _sums(context: session.Context, heading: str, rows: Sequence[tuple[str, pd.Series]]) -> None:
    words, text = context.words, context.words.text
    cells = [(name, *(words.number(int(row[one]), 0) for one in spending.MONEY)) for name, row in rows]
    total = (words.number(sum(int(row[one]) for _, row in rows), 0) for one in spending.MONEY)
    cells.append((tables.strong(text("Total")), *map(tables.strong, total)))
    headings = (heading, text("Estimate (baht)"), *map(text, AMOUNTS.values()))
    st.html(tables.table(f"{heading}: {text('Estimate, contract and paid')}", headings, cells, stacked=False))


def _as_list(context: session.Context, shown: pd.DataFrame, names: Sequence[str], *, is_folded: bool) -> tables.Markup:
    """Return a table of :func:`frame` as the list that stands in its place on a phone, each line a link to its fix."""
    words, text = context.words, context.words.text
    asked = {key: st.query_params.get_all(key) for key in ("works_state", "works_zone") if key in st.query_params}
    items: list[object] = []
    for fix_id, (code, row) in zip(names, shown.iterrows(), strict=True):
        known = text(COST) in shown and not pd.isna(row[text(COST)])
        cost = [text("{cost} baht", cost=words.number(row[text(COST)], 0))] if known else []
        agreed = [heading for heading in map(text, AMOUNTS.values()) if heading in shown and not pd.isna(row[heading])]
        cost += [f"{heading} {words.number(row[heading], 0)}" for heading in agreed]
        facts = " · ".join([row[text("What")], row[text("State")], *cost])
        query = urllib.parse.urlencode({**navigation.query(context), **asked, progress.FIX: fix_id}, doseq=True)
        link = tables.Markup('<a href="/works?{}" target="_self">{}</a>')
        items.append(link.format(query, tables.lines(tables.strong(f"{code} {row[text('Name')]}"), facts)))
    first = 0 if is_folded else LISTED
    rest = tables.bullets(items[first:])
    title = text("and {n} more", n=words.number(len(items) - first, 0)) if first else text("All of this list")
    folded = tables.Markup("<details><summary>{}</summary>{}</details>").format(title, rest)
    return tables.bullets(items[:first]) + (folded if items[first:] else "")


def frame(
    context: session.Context, record: records.AuditedRecord, of: works_table.Works, names: Sequence[str]
) -> pd.DataFrame:
    """Return fixes as a table; days of which there are none are left out."""
    text, rows = context.words.text, of.table.loc[list(names)]
    sites = record.sites.reindex(rows["site"])
    # what one comes for stands first: beside an opened fix the table has room for three columns
    columns: dict[str, Any] = {
        text("State"): [_state(row, context) for _, row in rows.iterrows()],
        text("Name"): [markers.site_name(row, context.words) for row in sites.itertuples()],
    }
    if roles.sees(context.store.role, "cost"):
        columns[text(COST)] = rows["cost_thb"].to_numpy()
        for name, heading in AMOUNTS.items():
            if (rows[name].fillna(0) != 0).any():
                columns[text(heading)] = rows[name].to_numpy()
    columns[text(BARRIER)] = [text(barriers.STATES[one]) for one in rows["barrier"]]
    columns |= {text(heading): days for heading, days in _standing(rows, context.words).items() if any(days)}
    columns[text("What")] = [record_names.of(context, record).elements[one] for one in names]
    if roles.sees(context.store.role, "cost"):
        columns[text("How the cost is known")] = [
            works_table.cost_text(row, context.words) or "–" for _, row in rows.iterrows()
        ]
    columns[text("Zone")] = pd.array(sites["zone"], dtype="Int64")
    for name, heading in DAYS.items():
        if rows[name].notna().any():
            columns[text(heading)] = [_sortable_day(day, context.words) for day in rows[name]]
    remarks = [" · ".join(_remarks(context, record, of, name)) for name in names]
    if any(remarks):
        columns[text("Remark")] = remarks
    return pd.DataFrame(columns, index=pd.Index(rows["site"], name=text("Code")))


def _standing(rows: pd.DataFrame, words: wording.Wording) -> dict[str, list[str]]:
    """Return by heading since which day each fix is in its state, and by which day the next one is due."""
    since, due = [], []
    for _, row in rows.iterrows():
        since.append(_sortable_day(row.get(f"{row['state']}_on"), words))
        due.append(_sortable_day(row["accept_by"] if row["state"] == fix_states.BUILT else row["due_on"], words))
    return {SINCE: since, DUE: due}


def _sortable_day(day: object, words: wording.Wording) -> str:
    """Write a day in the reader's era, year first: the table sorts what it shows."""
    # to Python the missing day of pandas is a day as well
    if not isinstance(day, dt.date) or pd.isna(day):
        return ""
    era = wording.BUDDHIST_ERA_YEARS if words.language == "th" else 0
    return f"{day.year + era}-{day:%m-%d}"


def _state(row: pd.Series, context: session.Context) -> str:
    text = context.words.text
    marks = [text("overdue")] * bool(row["overdue"]) + [text("over budget")] * bool(row["over_budget"])
    marks += [text(spending.OVERPAID)] * bool(row["overpaid"])
    state = works_table.state_text(row, context.words)
    # first, as a column cuts off what is long
    return f"! {', '.join(marks)}: {state}" if marks else state


def totals_by_state(context: session.Context, of: works_table.Works, names: Sequence[str]) -> None:
    """Show how many fixes are in each state, what they cost together, and what was agreed where anything was."""
    words, text = context.words, context.words.text
    with_cost = roles.sees(context.store.role, "cost")
    shown = of.table.loc[list(names)]
    with_agreed = with_cost and bool(shown["contract_thb"].sum())

    def amounts(mine: Sequence[str]) -> list[str]:
        totals, values = of.totals(mine), shown.loc[list(mine), "value_thb"]
        likely = words.number(totals.cost_thb, 0) if totals.designed + totals.assumed else "–"
        agreed = words.number(int(values.sum()), 0) if values.notna().any() else "–"
        return [*([likely] if with_cost else []), *([agreed] if with_agreed else [])]

    rows: list[list[object]] = []
    for state, name in fix_states.STATES.items():
        mine = list(shown.index[shown["state"] == state])
        if mine:
            rows.append([text(name), words.number(len(mine)), *amounts(mine)])
    every = (text("Total"), words.number(len(names)), *amounts(names))
    rows.append(list(map(tables.strong, every)))
    money = [*([text(COST)] if with_cost else []), *([text("Agreed, else estimated (baht)")] if with_agreed else [])]
    st.html(tables.table(text("Fixes by state"), [text("State"), text("Fixes"), *money], rows, stacked=False))
    if set(shown["state"]) & set(spending.IN_STATES[spending.PROMISED]):
        st.html(f"<p>{tables.small(text(spending.PROMISED_MEANS))}</p>")


def _row(context: session.Context, record: records.AuditedRecord, of: works_table.Works, name: str) -> list[object]:
    text, row = context.words.text, of.table.loc[name]
    remarks = map(tables.small, _remarks(context, record, of, name))
    title = tables.lines(record_names.of(context, record).fix(name), *remarks)
    barrier = text(barriers.STATES[str(row["barrier"])])
    days = (progress.day(context, row[one]) for one in list(DAYS)[:4])
    return [title, progress.state_cell(context, of, name), barrier, *days]


def _remarks(context: session.Context, record: records.AuditedRecord, of: works_table.Works, name: str) -> list[str]:
    """Name the work with what nothing lighter would mend, and the things that a fix is, or may be, one with."""
    text, work = context.words.text, because(context, record, of.fixes.get(name))
    joined = [other for other, kept in record.joined.items() if kept == name]
    presumed = of.table["presumed_same_as"][name]
    return [
        *([work] if work else []),
        *([text("one thing with {others}", others=_named(context, joined))] if joined else []),
        *([text(works_table.PRESUMED, others=_named(context, presumed))] if presumed else []),
    ]


def because(context: session.Context, record: records.AuditedRecord, found: site_fixes.RecordFix | None) -> str:
    """Name the kind of a work with the failures that nothing lighter would mend; empty where there is none."""
    if found is None or not found.decisive:
        return ""
    causes = ", ".join(context.words.name(record.criteria.criteria[one].name) for one in found.decisive)
    work = context.words.text(interventions.NAMES[found.level])
    return context.words.text("{work}, because of: {causes}", work=work, causes=causes)


def _named(context: session.Context, elements: Iterable[str]) -> str:
    return ", ".join(site_report.element_of_site(one, context.words) for one in elements)


def cost_cell(context: session.Context, of: works_table.Works, name: str) -> tables.Markup:
    """Return the likely cost of a fix and what it rests on."""
    basis = works_table.cost_text(of.row(name), context.words) if name in of.table.index else ""
    return tables.lines(progress.money(context, of, name), tables.small(basis) if basis else "")
