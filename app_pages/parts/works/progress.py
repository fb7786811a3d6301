"""Work out once where every fix stands and what has changed since, and draw it for the pages that tell of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import tables
from app_pages.session import cache
from audits import record as records
from audits import terms
from audits.plans import site_fixes
from audits.ramps import price_books
from audits.reports import markers
from audits.scoring import run
from audits.works import fix_states, site_changes, works_table

FIX = "fix"
RECORDED = "works_recorded"
"""Where the works page says what was recorded of a fix, under its name."""
TAKE_OVER = "take_over"
"""Tab of the works page on which the fixes of a kept plan are recorded as planned."""


def load(context: session.Context, record: records.AuditedRecord) -> works_table.Works:
    """Return the fixes of the record with their steps; worked out once for each content and day."""
    return _load(record, context.today, None, context)


def of_site(context: session.Context, record: records.AuditedRecord, code: str) -> works_table.Works:
    """Return the fixes of one site alone, of what its elements are joined to too; what :func:`load` says of them."""
    here = record.counted_as(record.elements.index[record.elements["site_code"] == code])
    return _load(record, context.today, frozenset(here), context)


def fixes_of_site(
    context: session.Context, record: records.AuditedRecord, code: str
) -> Mapping[str, site_fixes.RecordFix]:
    """Return the fixes of :func:`of_site` by id, without what was planned or done: it takes a third of the time."""
    return _fixes(record, code, context)


def steps(context: session.Context, record: records.AuditedRecord) -> pd.DataFrame:
    """Return the steps of all fixes, without pricing any."""
    return _recorded(record, context).steps


# more than a town has sites that are looked at in a day: fifty readers go from site to site
@st.cache_resource(max_entries=512, show_spinner=False, hash_funcs=cache.KEYS)
def _load(
    record: records.AuditedRecord, today: dt.date, only: frozenset[str] | None, _context: session.Context
) -> works_table.Works:
    book = price_books.in_force(_context.store).book
    return works_table.of_elements(_recorded(record, _context), record, book, today, only)


@st.cache_resource(max_entries=512, show_spinner=False, hash_funcs=cache.KEYS)
def _fixes(record: records.AuditedRecord, code: str, _context: session.Context) -> Mapping[str, site_fixes.RecordFix]:
    book, designs = price_books.in_force(_context.store).book, _recorded(record, _context).designs
    here = record.counted_as(record.elements.index[record.elements["site_code"] == code])
    return {one.fix.fix_id: one for one in site_fixes.fixes(record, book, designs, frozenset(here))}


# read once for a record, whichever of its sites is asked for
@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=cache.KEYS)
def _recorded(record: records.AuditedRecord, _context: session.Context) -> works_table.Recorded:
    return works_table.recorded(_context.store, record)


def before(context: session.Context, record: records.AuditedRecord) -> run.Audit | None:
    """Return the audit of the sites where something was accepted, as of the day before it was built; None without."""
    days = {
        code: day for code, day in site_changes.built_days(steps(context, record)).items() if code in record.sites.index
    }
    return _before(record, days, context) if days else None


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=cache.KEYS)
def _before(record: records.AuditedRecord, days: dict[str, dt.date], _context: session.Context) -> run.Audit:
    measured = site_changes.measured_before(_context.store, days)
    # without what was measured at elements that are retired by now
    measured = measured.loc[measured["element_id"].isin(record.elements.index)]
    return run.run(record.sites.loc[sorted(days)], record.elements, measured, record.criteria, record.weights)


def changes(context: session.Context, record: records.AuditedRecord) -> pd.DataFrame:
    """Return the changes at each site where something was accepted; see :func:`audits.works.site_changes.compare`."""
    return _changes(record, context)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=cache.KEYS)
def _changes(record: records.AuditedRecord, _context: session.Context) -> pd.DataFrame:
    old, audit = before(_context, record), record.audit
    if old is None:
        old = run.Audit(audit.findings.iloc[:0], audit.sites.iloc[:0], audit.elements.iloc[:0], audit.edition)
    return site_changes.compare(old, audit)


def with_changes(context: session.Context, record: records.AuditedRecord) -> records.AuditedRecord:
    """Return the audit with a column ``change`` for each site, empty where nothing was accepted."""
    change = changes(context, context.record())["change"].reindex(record.audit.sites.index, fill_value="")
    sites = record.audit.sites.assign(change=change)
    return dataclasses.replace(record, audit=dataclasses.replace(record.audit, sites=sites))


def day(context: session.Context, value: object) -> str:
    """Return a day in words, a dash for none."""
    return context.words.day(value) if isinstance(value, dt.date) else "–"


def money(context: session.Context, of: works_table.Works, fix_id: str) -> str:
    """Return the likely cost; a dash where it is not known."""
    amount = of.cost_thb(fix_id)
    return "–" if amount is None else context.words.number(amount, 0)


def state_cell(context: session.Context, of: works_table.Works, fix_id: str) -> tables.Markup:
    """Return the state of a fix, and that it is overdue where it is."""
    text = context.words.text
    if fix_id not in of.table.index:
        return tables.lines(text(fix_states.STATES[fix_states.FOUND]))
    row, sentence = of.row(fix_id), ""
    if row["late"]:
        sentence = text("! not built by {day}", day=day(context, row["due_on"]))
    elif row["overdue"]:
        sentence = text("! not accepted by {day}", day=day(context, row["accept_by"]))
    return tables.lines(works_table.state_text(row, context.words), sentence)


def change_cell(context: session.Context, change: str) -> tables.Markup:
    """Return a change by its sign and its words."""
    sign = f'<span aria-hidden="true">{site_changes.SIGNS[change]} </span>'
    return tables.Markup(f"<b>{sign}{tables.cell(context.words.text(terms.SCORE_CHANGE[change]))}</b>")


def scores(context: session.Context, row: pd.Series) -> tuple[tables.Markup, tables.Markup]:
    """Return the scores before and after, as words and as bars."""
    shown = []
    for when in ("before", "after"):
        low, high = row[f"{when}_low"], row[f"{when}_high"]
        sentence = markers.score_text(low, high, context.words)
        shown.append(tables.lines(sentence, not pd.isna(low) and tables.score_bar(low, high, sentence)))
    return shown[0], shown[1]


def working_values(context: session.Context) -> str:
    """Return the sentence on our working values."""
    days = {"accept": fix_states.ACCEPT_WITHIN_DAYS, "resurvey": fix_states.RESURVEY_AFTER_DAYS}
    return context.words.text(fix_states.WORKING_VALUES, **days)
