"""Show one site: what it is, what is wrong and what to do, then everything behind it in tabs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import streamlit as st

from app_pages import session
from app_pages.parts.shared import browser, record_names, site_summary
from app_pages.parts.site import position_report, site_findings, site_head, site_history, site_score, site_story
from app_pages.parts.works import site_works
from app_pages.session import address
from audits import terms
from audits.reports import about_lines


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    # a link to another tab of this very page changes what is asked, but not what the browser shows
    st.query_params.from_dict(st.query_params.to_dict())
    current = context.record()
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        code = site_summary.choose_site(context, record_names.of(context, current).sites)
    if code is None:
        st.title(text("Site"))
        st.write(text("Choose a site in the list above, or on the map."))
        return
    with right:
        edition, as_of, official_only = views(context)
    record = context.record(edition, as_of, official_only)
    site, audited = record.site(code), record.audited(code)
    site_head.show(context, record, code)
    found = site_story.sections(context, record, code)
    site_findings.failures(context, record, code, found)

    def score() -> None:
        site_score.why(context, found)
        site_score.facilities(context, audited)
        site_score.personas(context, audited)
        site_score.compare(context, record, code)
        site_score.receipt(context, record, code)

    def works() -> None:
        if as_of is None:
            site_works.sections(context, record if official_only else current, code)

    def place() -> None:
        site_head.facts(context, site)
        site_summary.presumed_same(context, record, code)
        position_report.form(context, code, site)

    def history() -> None:
        site_history.evidence(context, code)
        site_history.history(context, record, code)

    tabs: dict[str, tuple[str, Callable[[], None]]] = {
        "measure": (text("Measure next"), lambda: site_findings.next_steps(context, record, code)),
        site_findings.ALL: (text("All findings"), lambda: site_findings.all_findings(context, record, code, found)),
        "works": (text("Works"), works),
        "history": (text("History"), history),
        "score": (text("Score"), score),
        "place": (text("Place"), place),
    }
    details(tabs)
    # a link to a tab leads to it; what a reader opens by hand is in sight already
    opened = st.query_params.get("tab", "")
    if opened and opened != st.session_state.get(address.TAB_BY_HAND):
        browser.reveal("site_tab", (code, opened))


@st.fragment
def details(tabs: Mapping[str, tuple[str, Callable[[], None]]]) -> None:
    """Draw the open one of the tabs: all six together are as large as the rest of the page."""
    labels = {name: label for name, (label, _) in tabs.items()}
    shown = st.tabs(list(labels.values()), **address.tab("site_tab", labels))
    for tab, (_, draw) in zip(shown, tabs.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def views(context: session.Context) -> tuple[str, dt.date | None, bool]:
    """Return the edition to judge by, the day to look back to, and whether only approved surveys count."""
    text = context.words.text
    with st.popover(text("Judge by another edition, or as of an earlier day"), width="stretch"):
        edition = site_summary.choose_edition(context)
        as_of = site_summary.choose_day(context, "as_of")
        official_only = site_summary.choose_counted(context)
    if as_of:
        st.info(text("Shown as it was known on {day}.", day=context.words.day(as_of)))
    if official_only:
        st.info(about_lines.counted(terms.COUNT_APPROVED, context.words))
    return edition, as_of, official_only


if __name__ == "__main__":
    show(session.current())
