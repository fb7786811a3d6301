"""Show on a site's page its fixes, what to measure first, what changed after building, and when to survey again."""

from __future__ import annotations

import datetime as dt
from typing import TypeAlias

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import record_names, tables
from app_pages.parts.works import before_works, fix_list, progress
from app_pages.session import cache, navigation
from audits import record as records
from audits import roles, terms, wording
from audits.plans import fix_pricing, site_fixes
from audits.ramps import interventions
from audits.store.works import fix_steps
from audits.works import begun, fix_states, site_changes, works_table

LISTED_CHANGES = 12
Remedy: TypeAlias = tuple[site_fixes.RecordFix, str]
"""A fix, and the sentence on it: the work, why it, and its likely cost."""


def sections(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Show every section on the works of a site; a thing that is joined to one here is counted here too."""
    text = context.words.text
    known = progress.of_site(context, record, code)
    resurvey_line(context, record, code, known)
    mine = list(known.table.index)
    if mine:
        st.subheader(text("Works"))
        fix_list.fixes(context, record, known, mine, text("Works at this site"))
        if roles.may(context.store.role, fix_steps.ACTION):
            query = navigation.query(context, fix=mine[0])
            navigation.link(context, "works.py", label=text("Open under Works"), query_params=query)
    here = frozenset(record.counted_as(record.elements.index[record.elements["site_code"] == code]))
    before_works.approve_first(context, record, here)
    before_works.level_first(context, known.to_level)
    before_works.rise_differs(context, record, known, mine)
    if len(known.measure_first):
        st.subheader(text("Measure first"))
        before_works.measure_first(context, record, known.measure_first)
    before_and_after(context, record, code)


def priced(context: session.Context, record: records.AuditedRecord, code: str) -> dict[str, Remedy]:
    """Gather the priced remedy of each element of a site that has a fix.

    Empty as of an earlier day: what a work costs is known at today's prices only.
    """
    if record.as_of is not None:
        return {}
    fixes, bought = progress.fixes_of_site(context, record, code), cache.committed(context.store, record)
    found = {}
    for element_id in record.elements.index[record.elements["site_code"] == code]:
        fix_id = str(record.counted_as([element_id])[0])
        if (one := fixes.get(fix_id)) is None:
            continue
        work = fix_list.because(context, record, one) or context.words.text(interventions.NAMES[one.level])
        row = progress.of_site(context, record, code).row(fix_id) if fix_id in bought else None
        with_cost = roles.sees(context.store.role, "cost")
        found[str(element_id)] = one, _with_cost(work, one, row, context.words) if with_cost else work
    return found


def _with_cost(work: str, one: site_fixes.RecordFix, row: pd.Series | None, words: wording.Wording) -> str:
    """Put to the work what it costs: what was agreed, where it is under contract or built and has a `row` of works."""
    basis = words.text(fix_pricing.BASES[one.cost_basis]) if row is None else works_table.state_text(row, words)
    if row is not None and row["contractor"]:
        agreed = words.number(int(row["contract_thb"]), 0)
        contract = words.text("{work} · contract {cost} baht ({state})", work=work, cost=agreed, state=basis)
        found = works_table.cost_text(row, words) if row["state"] == fix_states.BUILT else ""
        if not found:
            return contract
        likely = words.number(one.fix.cost.likely, 0)
        return " · ".join((contract, words.text("about {cost} baht ({basis})", cost=likely, basis=found)))
    cost = words.number(one.fix.cost.likely, 0)
    return words.text("{work} · about {cost} baht ({basis})", work=work, cost=cost, basis=basis)


def resurvey_line(context: session.Context, record: records.AuditedRecord, code: str, known: works_table.Works) -> None:
    """Say when a site is due to be surveyed again."""
    text = context.words.text
    surveyed = begun.last_surveyed(record).loc[[code]]
    due = fix_states.resurveys(surveyed, context.today, known.standing).iloc[0]
    if due["due_on"] is None:
        return
    sentence = text("! due since {day}") if due["overdue"] else text("due on {day}")
    line = text("Next survey: {when}", when=sentence.format(day=context.words.day(due["due_on"])))
    st.html(f"<p>{tables.cell(line)} {tables.small(progress.working_values(context))}</p>")


def before_and_after(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Show the scores of a site before and after building, and the findings that changed."""
    words, text = context.words, context.words.text
    changed, old = progress.changes(context, record), progress.before(context, record)
    if code not in changed.index or old is None:
        return
    st.subheader(text("Before and after"))
    row = changed.loc[[code]].iloc[0]
    first, then = progress.scores(context, row)
    built = site_changes.built_days(progress.steps(context, record))[code]
    rows = [
        (text("Before, as of {day}", day=words.day(built - dt.timedelta(days=1))), first),
        (text("Now"), then),
        (text("Change"), progress.change_cell(context, row["change"])),
    ]
    st.html(tables.table(text("Before and after"), (text("When"), text("Score")), rows, stacked=False))
    findings = site_changes.changed_findings(old.findings, record.audit.findings, code)
    if findings.empty:
        st.write(text("No finding changed."))
        return
    listed = [
        (
            words.name(context.criteria.criteria[one["criterion"]].name),
            record_names.of(context, record).elements[one["element_id"]],
            tables.verdict(one["verdict_before"], words),
            tables.verdict(one["verdict_after"], words),
        )
        for _, one in findings.head(LISTED_CHANGES).iterrows()
    ]
    headings = (text("Requirement"), text("Element"), text("Before"), text("Now"))
    caption = words.count("{n} finding changed", "{n} findings changed", len(findings))
    st.html(tables.table(caption, headings, listed))
    rest = findings.iloc[LISTED_CHANGES:]
    if len(rest):
        counted = rest["verdict_after"].value_counts()
        sentence = ", ".join(
            f"{text(terms.VERDICT[str(name)])} {words.number(number)}" for name, number in counted.items()
        )
        st.write(text("{n} more of lesser severity, now: {verdicts}", n=len(rest), verdicts=sentence))
