"""Sum a site up the same way on every page: verdict, score, grade and what they rest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, days, tables
from app_pages.session import address, navigation
from audits import record as records
from audits import terms, wording
from audits.formats import templates
from audits.reports import markers, site_report
from audits.scoring import run
from audits.works import works_table

SCORE = Path(__file__).parent / "score.html.j2"
SITE = "site"
COUNTED_PX = 320
BUILD_WITHIN = wording.phrase("What to build lies a little inside its limit, so that measuring it proves it.")
UNVERIFIED = wording.phrase("Not yet checked against the Royal Gazette: {n} of these {all} limits.")


def edition_names(context: session.Context) -> dict[str, str]:
    """Return the editions a reader can judge by: the permit date's, each Thai edition, each comparator."""
    names = {run.BY_PERMIT_DATE: context.words.text("by each permit date")}
    for source in context.criteria.sources.values():
        # of Thai law only the ministerial regulations have editions, which replace one another by date
        if source.kind == "comparator" or source.family == "moi":
            names[source.source_id] = context.words.name(source.short)
    return names


def score_block(context: session.Context, audited: pd.Series, persona: str = run.OFFICIAL) -> None:
    """Show verdict, score interval and grade, with what they rest on."""
    words, text = context.words, context.words.text
    ending = "" if persona == run.OFFICIAL else f"_{persona}"
    low, high = audited[f"score_low{ending}"], audited[f"score_high{ending}"]
    score = markers.score_text(low, high, words)
    known = text(
        "{known} of what applies is measured, each requirement counted by its weight; {sums}",
        known=words.percent(audited["coverage"] if not pd.isna(audited["coverage"]) else 0),
        sums=markers.sums_text(audited, words),
    )
    content = templates.render(
        SCORE,
        verdict=tables.verdict(audited["verdict"], words),
        score=score,
        standing=tables.small(text(terms.STANDING[audited["standing"]])),
        bar=None if pd.isna(low) else tables.score_bar(low, high, score),
        grade=markers.compliance_and_grade(audited, words) if persona == run.OFFICIAL else "",
        known=known,
        weights=tables.small(text(terms.MUNICIPAL_WEIGHTS)),
    )
    st.html(content)


def unverified(context: session.Context, marks: Sequence[bool], before: str = "") -> None:
    """Say once for all limits shown, each with a mark, how many nobody has compared with the gazette."""
    counts = {"n": context.words.number(sum(marks)), "all": context.words.number(len(marks))}
    note = tables.small(context.words.text(UNVERIFIED, **counts)) if any(marks) else ""
    if before or note:
        st.html(f"<p>{tables.cell(before)} {note}</p>")


def presumed_same(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Warn of each element of a site that may be one thing with an element of another."""
    for element_id in record.elements.index[record.elements["site_code"] == code]:
        if others := record.presumed_same_as(str(element_id)):
            name, *named = (site_report.element_of_site(str(one), context.words) for one in (element_id, *others))
            sentence = context.words.text(works_table.PRESUMED, others=", ".join(named))
            st.html(f"<p>{tables.small(f'{name}: {sentence}')}</p>")


def built_anew(context: session.Context, record: records.AuditedRecord, code: str) -> None:
    """Say of each element of a site that was built anew since when its answers count."""
    for line in site_report.rebuilt_lines(record, code, context.words):
        st.html(f"<p>{tables.cell(line)}</p>")


def choose_site(context: session.Context, names: Mapping[str, str]) -> str | None:
    """Ask for a site by code or name, given by code; the choice stays in the address and from page to page."""
    text = context.words.text
    kept = address.one(SITE, names, stays=True)
    return choices.one_or_none(text("Choose a site"), names, placeholder=text("code or name"), **kept)


def choose_edition(context: session.Context) -> str:
    """Ask by which edition of the rules to judge; the choice stays in the address."""
    names = edition_names(context)
    return choices.one(context.words.text("Edition of the rules"), names, **address.one("edition", names))


def choose_counted(context: session.Context) -> bool:
    """Ask which surveys count, and return whether only the approved do.

    The choice stays in the address and from page to page: the same question must not have two answers.
    """
    names = counted_names(context)
    kept = address.one(navigation.COUNTED, names, stays=True, otherwise=terms.COUNT_ALL)
    with st.container(width=COUNTED_PX):
        return choices.one(context.words.text(terms.SURVEYS_THAT_COUNT), names, **kept) == terms.COUNT_APPROVED


def counted_names(context: session.Context) -> dict[str, str]:
    """Return which surveys may be counted, by their value in the address."""
    return {value: context.words.text(name) for value, name in terms.COUNTED.items()}


def choose_day(context: session.Context, key: str) -> dt.date | None:
    """Ask as of which day to look; None for everything known today."""
    label = context.words.text("As it was known on (empty: today)")
    return days.ask(context, label, key, until=context.today)
