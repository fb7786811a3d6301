"""Show in a card what one site is, what is wrong there and what to do, with links to more."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app_pages import session
from app_pages.parts.shared import photo_figures, site_summary, tables
from app_pages.parts.site import site_findings, site_story
from app_pages.parts.works import site_works
from app_pages.session import address, navigation, plain_text
from audits import record as records
from audits import terms
from audits.reports import markers, site_report
from audits.scoring import run
from audits.store.db import connection
from audits.store.surveys import read

WORST = 3
DESIGNED_KINDS = ("ramp", "kerb_ramp")


def show(context: session.Context, record: records.AuditedRecord, code: str, persona: str) -> None:
    """Draw the card of a site."""
    words, text = context.words, context.words.text
    site, audited = record.site(code), record.audited(code)
    ending = "" if persona == run.OFFICIAL else f"_{persona}"
    st.subheader(plain_text.literal(f"{code} {markers.site_name(site, words)}"), anchor=False)
    sentence = markers.compliance_and_grade(audited, words)
    score = markers.score_text(audited[f"score_low{ending}"], audited[f"score_high{ending}"], words)
    position = f"{text('Position')}: {text(terms.POSITION_STATUS[site['position_status']])}"
    known = (score, text(terms.STANDING[audited["standing"]]), position)
    st.html(
        f"<p>{tables.lines(tables.verdict(audited['verdict'], words), sentence, tables.small(' · '.join(known)))}</p>"
    )
    site_summary.presumed_same(context, record, code)
    site_summary.built_anew(context, record, code)
    with st.container(horizontal=True, vertical_alignment="center", key="card_links"):
        links(context, record, code)
        st.button(text("Close the card"), key="card_close", on_click=address.choose, args=(site_summary.SITE, None))
    worst(context, record, code)
    photo(context, code)


def worst(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Show the worst failures of a site: how far off, and what to do."""
    words = context.words
    sections = site_story.sections(context, record, code)
    failing, works = site_findings.failing_lines(sections), site_works.priced(context, record, code)
    if not failing:
        return
    heading = words.count("{n} requirement fails", "{n} requirements fail", len(failing))
    listed = site_findings.listed(failing, works, WORST)
    if len(failing) > len(listed):
        shown = words.number(len(listed))
        heading = words.text(
            "{heading} ({n} are shown: the gravest and what decides the work)", heading=heading, n=shown
        )
    bullets = tables.bullets(_failure(context, works, *one) for one in listed)
    st.html(f'<div class="jaidee-failures"><p><b>{tables.cell(heading)}</b></p>{bullets}</div>')
    marks = [words.text(terms.UNVERIFIED) in line.flags for _, line in listed]
    site_summary.unverified(context, marks, words.text(site_summary.BUILD_WITHIN))
    if len(failing) > len(listed):
        site_findings.all_link(context, code, len(failing))
    site_findings.remedies(works, sections)
    site_findings.work_links(context, works, sections)


def _failure(
    context: session.Context,
    works: Mapping[str, site_works.Remedy],
    section: site_report.ElementSection,
    line: site_report.FindingLine,
) -> tables.Markup:
    measured = site_findings.measured_and_limit(context, line)
    clause, advice = f"{line.clause} · {line.basis}", site_findings.advice(context, works, section, line)
    return tables.lines(tables.strong(line.name), measured, *map(tables.small, (clause, advice)))


def photo(context: session.Context, code: str) -> None:
    """Show the first photo of a site that the reader may see, if there is one."""
    if not context.sees("photo"):
        return
    sha256, label = _first_photo(str(read.head(context.store)), code, context.store)
    if sha256:
        photo_figures.show_small(context, sha256, label or context.words.text("Photo of {element}", element=code))


@st.cache_data(max_entries=256, show_spinner=False)
def _first_photo(head: str, code: str, _store: connection.Store) -> tuple[str, str]:
    """Return digest and caption of the first photo of a site that everyone may see; empty without one."""
    del head  # what the cache tells states of the store apart by: an erased photo is gone at once
    kept = read.photos(_store, site_code=code)
    shown = kept.loc[kept["shown_sha256"] != ""]
    return ("", "") if shown.empty else (str(shown["shown_sha256"].iloc[0]), str(shown["caption"].iloc[0] or ""))


def links(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Lead on to the survey, the findings and the design of a site."""
    text, query = context.words.text, navigation.query(context, site=code)
    navigation.link(context, "survey.py", label=text("Survey this site"), query_params=query)
    every = text("All findings of the site")
    navigation.link(context, "site.py", label=every, query_params=query | {"tab": site_findings.ALL})
    if record.elements.loc[record.elements["site_code"] == code, "kind"].isin(DESIGNED_KINDS).any():
        navigation.link(context, "design.py", label=text("Design it"), query_params=query)
    navigation.way_there(context, record.sites.geometry[code])
