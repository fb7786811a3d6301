"""Show one site: every finding with its clause, why the score is what it is, and what to measure next."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import photo_figures, site_summary, tables
from app_pages.parts.site import position_report, site_story
from app_pages.parts.works import site_works
from app_pages.session import navigation
from audits import record as records
from audits import roles, terms, wording
from audits.receipts import bundle
from audits.reports import markers, site_report
from audits.scoring import run
from audits.store.register import changes as register_changes
from audits.store.surveys import read

LISTED_SUGGESTIONS = 8


def show(context: session.Context) -> None:
    """Draw the page."""
    words, text = context.words, context.words.text
    current = context.record()
    code = site_summary.choose_site(context, current.sites)
    if code is None:
        st.title(text("Site"))
        st.write(text("Choose a site in the list above, or on the map."))
        return
    site = current.sites.loc[[code]].iloc[0]
    st.title(f"{code} {markers.site_name(site, words)}")
    edition, as_of = views(context)
    record = context.record(edition, as_of)
    audited = record.audit.sites.loc[[code]].iloc[0]
    facts(context, site)
    site_summary.score_block(context, audited)
    receipt(context, code, edition, as_of)
    query = navigation.query(context, site=code)
    navigation.link(context, "survey.py", label=text("Survey this site"), query_params=query)
    navigation.link(context, "city_map.py", label=text("Show on the map"), query_params=query)
    if roles.may(context.store.role, register_changes.CHANGE):
        navigation.link(context, "register.py", label=text("Correct the register"), query_params=query)
    if as_of is None:
        site_works.sections(context, current, code)
    found = site_story.sections(context, record, code)
    next_steps(context, record, code)
    for section in found:
        section_table(context, record, section)
    why(context, found)
    facilities(context, audited)
    personas(context, audited)
    compare(context, code, as_of)
    evidence(context, code)
    history(context, current, code)
    position_report.form(context, code, site)


def receipt(context: session.Context, code: str, edition: str, as_of: dt.date | None) -> None:
    """Offer the score with all it rests on, for whoever wants to work it out again."""
    if not context.sees("surveyor"):
        return
    st.download_button(
        context.words.text("Download the score receipt"),
        lambda: bundle.packed(context.store, [code], context.today, edition=edition, as_of=as_of),
        bundle.file_name([code], context.today),
        "application/zip",
        key="site_receipt",
        on_click="ignore",
        help=context.words.text("Anyone can work the figure out again from it: python -m audits verify-receipt FILE"),
    )


def views(context: session.Context) -> tuple[str, dt.date | None]:
    """Return the edition to judge by and the day to look back to."""
    text = context.words.text
    with st.expander(text("Judge by another edition, or as of an earlier day")):
        edition = site_summary.choose_edition(context)
        as_of = site_summary.choose_day(context, "as_of")
    if as_of:
        st.info(text("Shown as it was known on {day}.", day=context.words.day(as_of)))
    return edition, as_of


def facts(context: session.Context, site: pd.Series) -> None:
    """Show where the site is and how that is known."""
    words, text = context.words, context.words.text
    position = (
        text("no position recorded")
        if site.geometry is None
        else text(
            "{status}, accuracy about {accuracy} m; latitude {latitude}, longitude {longitude}",
            status=text(terms.POSITION_STATUS[site["position_status"]]),
            accuracy=words.number(site["position_accuracy_m"], 0),
            latitude=f"{site.geometry.y:.5f}",
            longitude=f"{site.geometry.x:.5f}",
        )
    )
    rows = [
        (text("Kind"), text(terms.SITE_KIND[site["kind"]])),
        (text("Setting"), text(terms.SETTING[site["setting"]])),
        (text("Position"), position),
    ]
    if site["position_note"]:
        rows.append((text("Note"), site["position_note"]))
    st.html(tables.table(text("The place"), (text("What"), text("Known")), rows, stacked=False))


def section_table(context: session.Context, record: records.AuditedRecord, section: site_report.ElementSection) -> None:
    """Show the findings of one element, worst first."""
    words, text = context.words, context.words.text
    st.subheader(section.title)
    permitted = record.elements["permitted_on"][section.element_id]
    day = text("not known") if pd.isna(permitted) else words.day(pd.Timestamp(permitted).date())
    st.html(f"<p>{tables.small(text('Permit or construction day: {day}', day=day))}</p>")
    shown = [line for line in section.lines if line.verdict != "not_applicable"]
    if not shown:
        st.write(text("Nothing applies to this element."))
        return
    headings = (text("Requirement"), text("Verdict"), text("Measured"), text("Limit"), text("Clause and basis"))
    rows = [
        (
            tables.lines(line.name, line.verdict == "fail" and tables.small(line.advice)),
            tables.verdict(line.verdict, words),
            tables.lines(line.measured or text("not measured"), line.margin and tables.small(line.margin)),
            line.limit,
            tables.lines(f"{line.clause} · {line.basis}", *(tables.small(flag) for flag in line.flags)),
        )
        for line in shown
    ]
    st.html(tables.table(text("Findings: {element}", element=section.title), headings, rows))


def next_steps(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Show what to measure next, best first."""
    words, text = context.words, context.words.text
    st.subheader(text("Measure next"))
    found = site_story.suggestions(record, code)
    if not found:
        st.write(text("Everything that decides the score has been measured."))
        return
    rows = []
    titles = site_summary.element_titles(context, record.elements.loc[record.elements["site_code"] == code])
    for each in found[:LISTED_SUGGESTIONS]:
        quantity = context.criteria.quantities[each.quantity]
        rows.append(
            (
                words.name(quantity.name),
                titles[each.element_id],
                words.name(quantity.how),
                words.count("{n} minute", "{n} minutes", int(quantity.minutes)),
                words.number(each.gain, 1) if each.gain >= 0.05 else "–",
            )
        )
    headings = (text("Quantity"), text("Element"), text("How"), text("Time"), text("Score narrows by (points)"))
    caption = text("Measure next: the most certainty for each minute")
    st.html(tables.table(caption, headings, rows))


def why(context: session.Context, found: list[site_report.ElementSection]) -> None:
    """Show what each requirement contributes to the score."""
    words, text = context.words, context.words.text
    st.subheader(text("Why this score"))
    lines = [(section, line) for section in found for line in section.lines if line.points > 0]
    lines.sort(key=lambda pair: -pair[1].points)
    effect = {"pass": text("gained"), "fail": text("lost")}
    rows = [
        (
            line.name,
            section.title,
            words.number(line.points, 1),
            effect.get(line.verdict, text("open")),
            words.number(line.severity, 0),
        )
        for section, line in lines
    ]
    headings = (text("Requirement"), text("Element"), text("Points of 100"), text("Effect"), text("Severity 1–4"))
    with st.expander(text("Contribution of every requirement")):
        st.html(tables.table(text("Contribution of every requirement"), headings, rows))


def facilities(context: session.Context, audited: pd.Series) -> None:
    """Show the five basic facilities and the plain share of items that pass."""
    text = context.words.text
    st.subheader(text("Five basic facilities"))
    rows = [
        (text(terms.FACILITY[name]), text(terms.FACILITY_STATUS[audited[f"facility_{name}"]]))
        for name in run.BASIC_FACILITIES
    ]
    st.html(tables.table(text("Five basic facilities"), (text("Facility"), text("Status")), rows, stacked=False))
    share = text(
        "Plain share, as Thai agencies report it: {passed} of {all} items pass, {unknown} not known yet.",
        passed=audited["items_passed"],
        all=audited["items_applicable"],
        unknown=audited["items_unknown"],
    )
    st.write(share)


def personas(context: session.Context, audited: pd.Series) -> None:
    """Show how the site scores for each persona, under that persona's own weights."""
    words, text = context.words, context.words.text
    rows = [
        (words.name(name), markers.score_text(audited[f"score_low_{key}"], audited[f"score_high_{key}"], words))
        for key, name in context.weights.personas.items()
    ]
    st.subheader(text("Score for each person"))
    st.html(tables.table(text("Score for each person"), (text("Score for"), text("Score")), rows, stacked=False))


def compare(context: session.Context, code: str, as_of: dt.date | None) -> None:
    """Show the site's score under each edition."""
    words, text = context.words, context.words.text
    if st.toggle(text("Compare editions"), key="compare"):
        rows = []
        for edition, name in site_summary.edition_names(context).items():
            row = context.record(edition, as_of).audit.sites.loc[[code]].iloc[0]
            rows.append(
                (
                    name,
                    tables.verdict(row["verdict"], words),
                    markers.score_text(row["score_low"], row["score_high"], words),
                    str(row["items_failed"]),
                )
            )
        headings = (text("Edition"), text("Verdict"), text("Score"), text("Requirements failed"))
        st.html(tables.table(text("The same measurements under each edition"), headings, rows))


def evidence(context: session.Context, code: str) -> None:
    """Show the photos kept for this site, without ever giving them an address of their own."""
    text = context.words.text
    if not context.sees("photo"):
        return
    kept = photo_figures.show_erased(context, read.photos(context.store, site_code=code))
    if kept.empty:
        return
    st.subheader(text("Photos"))
    held_back = int((kept["shown_sha256"] == "").sum())
    if held_back:
        st.write(
            context.words.count(
                "{n} photo with a person in it is kept back until an engineer clears or blurs it.",
                "{n} photos with people in them are kept back until an engineer clears or blurs them.",
                held_back,
            )
        )
    for _, row in kept.loc[kept["shown_sha256"] != ""].iterrows():
        label = row["caption"] or text("Photo of {element}", element=row["element_id"] or code)
        photo_figures.show(context, row["shown_sha256"], label)


def history(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Show every survey of the site and every change of its record."""
    words, text = context.words, context.words.text
    surveys = read.surveys(context.store, record.as_of)
    mine = surveys.loc[surveys["site_code"] == code].sort_values("observed_at", ascending=False)
    st.subheader(text("History"))

    def who(name: str) -> str:
        return name if context.sees("surveyor") else "–"

    if mine.empty:
        st.write(text("Nobody has surveyed this site yet."))
    else:
        rows = [
            (words.instant(row["observed_at"]), who(row["surveyor"]), row["receipt_number"], survey_state(row, words))
            for _, row in mine.iterrows()
        ]
        headings = (text("When"), text("Surveyor"), text("Receipt"), text("State"))
        st.html(tables.table(text("Surveys"), headings, rows))
    changes = read.site_history(context.store, code)
    if not changes.empty:
        rows = [
            (
                words.instant(row["updated_at"]),
                who(row["updated_by"]),
                text(terms.POSITION_STATUS[row["position_status"]]),
                row["position_note"] or "",
            )
            for _, row in changes.iterrows()
        ]
        headings = (text("When"), text("By"), text("Position"), text("Note"))
        st.html(tables.table(text("Earlier records of the site"), headings, rows))


def survey_state(row: pd.Series, words: wording.Wording) -> str:
    """Return whether a survey was corrected, withdrawn, approved, returned, or awaits review."""
    if row["status"] == "void":
        return words.text("withdraws an earlier survey")
    if row["superseded_by"]:
        return words.text("corrected by a later survey")
    return words.text(terms.REVIEW[row["review"]])


if __name__ == "__main__":
    show(session.current())
