"""Show the findings of a site: first what is wrong and what to do, then all of them by element."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, record_names, site_summary, tables
from app_pages.parts.site import site_story
from app_pages.parts.works import site_works
from app_pages.session import address, cache, navigation, plain_text
from audits import record as records
from audits import terms, wording
from audits.plans import site_fixes
from audits.ramps import interventions
from audits.reports import contents, site_report
from audits.scoring import next_measurement

LISTED_FAILURES, LISTED_SUGGESTIONS = 4, 3
PRICE = next_measurement.PRICE
EVERY, ALL = "every", "findings"
Failure: TypeAlias = tuple[site_report.ElementSection, site_report.FindingLine]
DESIGNED_KINDS = ("ramp", "kerb_ramp")
"""Kinds of element that the program designs anew."""


def failures(
    context: session.Context, record: records.AuditedRecord, code: str, found: Sequence[site_report.ElementSection]
) -> None:
    """Show the failures of a site, the gravest first, each with what to do, and lead to the design of a ramp."""
    words, text = context.words, context.words.text
    lines, works = failing_lines(found), site_works.priced(context, record, code)
    st.subheader(text("What is wrong and what to do"))
    if not lines:
        st.write(text("No failure is known here."))
        return
    failing_sections = [section for section, _ in lines]
    remedies(works, failing_sections)
    headings = (text("Requirement"), text("Measured"), text("What to do"))
    shown = listed(lines, works, LISTED_FAILURES)
    rows = [
        (
            tables.lines(line.name, tables.small(section.title)),
            tables.lines(
                measured_and_limit(context, line),
                *map(tables.small, filter(None, (line.margin, line.earlier))),
            ),
            tables.lines(advice(context, works, section, line), tables.small(f"{line.clause} · {line.basis}")),
        )
        for section, line in shown
    ]
    caption = words.count("{n} requirement fails", "{n} requirements fail", len(lines))
    st.html(tables.table(caption, headings, rows))
    left_out = text(
        "{shown} of {all} are shown, the gravest and those that decide the work; all stand under All findings.",
        shown=words.number(len(shown)),
        all=words.number(len(lines)),
    )
    marks = [text(terms.UNVERIFIED) in line.flags for _, line in shown]
    before = [*([left_out] if len(lines) > len(shown) else []), text(site_summary.BUILD_WITHIN)]
    site_summary.unverified(context, marks, " ".join(before))
    names = record_names.of(context, record).elements
    titles = {one.element_id: names[one.element_id] for one, _ in lines if one.kind in DESIGNED_KINDS}
    with st.container(horizontal=True):
        if len(lines) > len(shown):
            all_link(context, code, len(lines))
        work_links(context, works, failing_sections)
        for element_id, title in titles.items():
            query = navigation.query(context, site=code, design_element=element_id)
            navigation.link(context, "design.py", label=text("Design {element}", element=title), query_params=query)


def measured_and_limit(context: session.Context, line: site_report.FindingLine) -> str:
    """Put the limit behind what was found, which may be an answer and no measure."""
    return f"{line.measured} ({context.words.text('limit: {limit}', limit=line.limit)})"


def failing_lines(found: Sequence[site_report.ElementSection]) -> list[Failure]:
    """Gather the failures of a site, the gravest first."""
    lines = [(section, line) for section in found for line in section.lines if line.verdict == "fail"]
    return sorted(lines, key=lambda pair: (-pair[1].severity, -pair[1].points))


def listed(lines: Sequence[Failure], works: Mapping[str, site_works.Remedy], most: int) -> list[Failure]:
    """Choose the gravest failures, and however grave it is one that decides the work: the cost is because of it."""
    deciding = [pair for pair in lines if pair[1].criterion_id in _decisive(works, pair[0])]
    gravest = [pair for pair in lines if pair not in deciding][: max(most - len(deciding), 0)]
    return [pair for pair in lines if pair in deciding or pair in gravest]


def all_link(context: session.Context, code: str, failures: int) -> None:
    """Lead to all failures of a site, in the tab of its findings."""
    label = context.words.text("See all {n} failures", n=context.words.number(failures))
    query = navigation.query(context, site=code, tab=ALL, findings="fail")
    navigation.link(context, "site.py", label=label, query_params=query)


def remedies(works: Mapping[str, site_works.Remedy], failing: Sequence[site_report.ElementSection]) -> None:
    """Name the work on each failing element with its cost and why it is so deep."""
    named = [f"{tables.strong(one.title)}: {tables.cell(works[one.element_id][1])}" for one in _mended(works, failing)]
    if named:
        st.html(f"<p>{'<br>'.join(named)}</p>")


def work_links(
    context: session.Context, works: Mapping[str, site_works.Remedy], failing: Sequence[site_report.ElementSection]
) -> None:
    """Lead to the work on each failing element."""
    for section in _mended(works, failing):
        query = navigation.query(context, fix=works[section.element_id][0].fix.fix_id)
        label = context.words.text("The work on {element}", element=section.title)
        navigation.link(context, "works.py", label=label, query_params=query)


def _mended(
    works: Mapping[str, site_works.Remedy], failing: Sequence[site_report.ElementSection]
) -> list[site_report.ElementSection]:
    # an element fails in several requirements and is mended once
    return list({one.element_id: one for one in failing if one.element_id in works}.values())


def _decisive(works: Mapping[str, site_works.Remedy], section: site_report.ElementSection) -> tuple[str, ...]:
    return works[section.element_id][0].decisive if section.element_id in works else ()


def advice(
    context: session.Context,
    works: Mapping[str, site_works.Remedy],
    section: site_report.ElementSection,
    line: site_report.FindingLine,
) -> str:
    """Word the remedy of a failure; where only building anew mends it, that and what the new build must have."""
    if line.criterion_id not in _decisive(works, section):
        return line.advice
    level = works[section.element_id][0].level
    if level not in (interventions.REBUILD, interventions.DEMOLISH_AND_REBUILD):
        return line.advice
    work = context.words.text(interventions.NAMES[level])
    return context.words.text("{work}. In the new build: {advice}", work=work, advice=line.advice)


def all_findings(
    context: session.Context, record: records.AuditedRecord, code: str, found: Sequence[site_report.ElementSection]
) -> None:
    """Show the findings of every element, worst first, of one verdict or of all."""
    text = context.words.text
    names = {EVERY: text("all")} | {
        name: text(terms.VERDICT[name]) for name in ("fail", "borderline", "unknown", "pass")
    }
    wanted = choices.one_in_view(text("Show"), names, horizontal=True, **address.one("findings", names))
    # good practice stands in no gazette and has no editions, and so none of the reservations of the law
    of_law = {text(terms.BASIS[name]) for name in ("law", "analogy")}
    lines = [line for section in found for line in section.lines if line.verdict != "not_applicable"]
    flags = [set(line.flags) for line in lines if line.basis in of_law]
    shared = set.intersection(*flags) if flags else set()
    if shared:
        st.html(f"<p>{tables.small(' · '.join(sorted(shared)))}</p>")
    works = site_works.priced(context, record, code)
    for section in found:
        section_table(context, record, section, works, wanted, shared)


def section_table(
    context: session.Context,
    record: records.AuditedRecord,
    section: site_report.ElementSection,
    works: Mapping[str, site_works.Remedy],
    wanted: str,
    shared: set[str],
) -> None:
    """Show the findings of one element, worst first; flags that all findings share stand once above."""
    words, text = context.words, context.words.text
    st.subheader(plain_text.literal(section.title))
    permitted = record.elements["permitted_on"][section.element_id]
    day = text("not known") if pd.isna(permitted) else words.day(pd.Timestamp(permitted).date())
    st.html(f"<p>{tables.small(text('Permit or construction day: {day}', day=day))}</p>")
    shown = [line for line in section.lines if line.verdict != "not_applicable"]
    if not shown:
        st.write(text("Nothing applies to this element."))
        return
    shown = [line for line in shown if wanted in (EVERY, line.verdict)]
    headings = (text("Requirement"), text("Verdict"), text("Measured"), text("Limit"), text("Clause and basis"))
    rows = [
        (
            tables.lines(line.name, line.verdict == "fail" and tables.small(advice(context, works, section, line))),
            tables.verdict(line.verdict, words),
            tables.lines(
                line.measured or text("not measured"),
                *map(tables.small, filter(None, (line.margin, line.earlier))),
            ),
            line.limit,
            tables.lines(
                f"{line.clause} · {line.basis}", *(tables.small(flag) for flag in line.flags if flag not in shared)
            ),
        )
        for line in shown
    ]
    st.html(tables.table(text("Findings: {element}", element=section.title), headings, rows))


def next_steps(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Show what to measure again with a finer instrument, and what to measure next, best first."""
    words, text = context.words, context.words.text
    fixes = [one for one, _ in site_works.priced(context, record, code).values()]
    unsized = frozenset(site_fixes.rise_to_level(fixes)) - cache.committed(context.store, record)
    found, judged = site_story.suggestions(record, code, unsized), record.audit.findings
    if again := next_measurement.to_repeat(judged.loc[judged["site_code"] == code]):
        named = ", ".join(words.name(context.criteria.quantities[one].name) for one in again)
        st.write(text(terms.REPEAT, names=named))
    elif not any(one.reason == next_measurement.SCORE for one in found):
        st.write(text("Everything that decides the score has been measured."))
    if not found:
        return
    rows = []
    titles = record_names.of(context, record).elements
    # as many rows as ever, so that what a price rests on does not push the page beyond two screens
    priced = sum(each.reason == PRICE for each in found)
    for each in next_measurement.first(found, max(1, LISTED_SUGGESTIONS - priced)):
        quantity = context.criteria.quantities[each.quantity]
        rows.append(
            (
                tables.lines(
                    tables.cell(f"{words.name(quantity.name)} ") + tables.small(titles[each.element_id]),
                    tables.small(contents.why_measured(each.reason, words)) if each.reason == PRICE else "",
                ),
                words.name(quantity.how),
                _minutes(quantity.minutes, words),
                # less would be printed as 0
                words.number(each.gain, 1) if each.gain >= 0.05 else "–",
            )
        )
    headings = (text("Quantity"), text("How"), text("Time"), text("Score narrows by (points)"))
    caption = text("Measure next: the most certainty for each minute")
    with st.container(key="measure_next"):
        st.html(tables.table(caption, headings, rows, stacked=False))


def _minutes(minutes: float, words: wording.Wording) -> str:
    if minutes < 1:
        return words.text("under a minute")
    return words.count("{n} minute", "{n} minutes", round(minutes))
