"""My work: a technician's surveys that came back, those begun, the next sites, and the app for the phone."""

from __future__ import annotations

import os
import urllib.parse
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import browser, held_decision, record_names, reviewer, tables
from app_pages.parts.survey import completeness, one_question, returned
from app_pages.parts.survey import draft as survey_draft
from app_pages.parts.works import progress
from app_pages.session import basemap, cache, navigation
from audits import terms
from audits.book import book, qr
from audits.field import held_decisions
from audits.field.kit import store as kit_store
from audits.formats import picture
from audits.plans import levelled_rise, site_fixes
from audits.reports import contents
from audits.store.accounts import device_secrets
from audits.store.db import workspace
from audits.store.surveys import submit
from audits.works import visits

# Sites of a list, and of a book for a day or two.
SHOWN, PRINTED, LEVELLED = 5, 10, 3
BOOK = "my_work_book"
JUST_GIVEN = "my_work_secret"

_OF_THIS_COMPUTER = ("localhost", "127.0.0.1", "::1", None)


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    record = context.record()
    st.title(text("My work"))
    reviewer.show_done()
    names = record_names.of(context, record).sites
    back = returned_list(context, names)
    not_taken_in(context, names)
    begun(context, names)
    upcoming = next_sites(context, names, back)
    sent(context, names)
    phone(context)
    other_ways(context, upcoming)


def returned_list(context: session.Context, names: Mapping[str, str]) -> frozenset[str]:
    """Show the surveys that an engineer returned, each with a link to its correction; return the codes of the sites."""
    words, text = context.words, context.words.text
    back = returned.surveys(context)
    back = back.loc[back["site_code"].isin(names)]
    if back.empty:
        return frozenset()
    st.subheader(returned.heading(context, len(back)))
    for row in back.to_dict("records"):
        with st.container(border=True):
            when = words.instant(row["observed_at"])
            site = names.get(row["site_code"], row["site_code"])
            head = tables.strong(f"{site} · {when}")
            st.html(f"<p>{tables.lines(head, returned.made_by(context, row), *returned.first_notes(context, row))}</p>")
            query = navigation.query(context, site=row["site_code"], **{returned.CORRECT: row["survey_id"]})
            navigation.link(context, "survey.py", label=text("Correct it"), query_params=query)
    return frozenset(map(str, back["site_code"]))


def not_taken_in(context: session.Context, names: Mapping[str, str]) -> None:
    """Show what the reader sent and the office holds, and what the survey app in this browser has not sent yet."""
    words, text = context.words, context.words.text
    browser.kit_waiting(words, kit_store.workspace_id(context.store))
    # without accounts nobody is known by name, so all of them are shown
    own = None if context.account is None else survey_draft.own_names(context)
    held = held_decisions.waiting(context.store, own)
    if not held:
        return
    st.subheader(words.count("{n} record is held at the office", "{n} records are held at the office", len(held)))
    st.write(
        text("It is kept as it came and does not count yet. Mend what is named and send it again, or ask an engineer.")
    )
    who = reviewer.name(context)
    for row in held[::-1][:SHOWN]:
        head = tables.strong(f"{row.site(names, words)} · {words.instant(row.held_at)} · {row.file_name}")
        label = text("Say which site it is") if row.needs_a_site else text("Not needed any more?")
        with st.container(border=True):
            st.html(tables.lines(head, *map(tables.cell, row.reasons_in(words))))
            if not row.needs_a_site:
                held_decision.ways_to_mend(context, row)
            with st.expander(label):
                held_decision.ask(context, row, names, who, own or ())
    if len(held) > SHOWN:
        more = words.number(len(held) - SHOWN, 0)
        st.html(f"<p>{tables.small(text('and {n} more', n=more))}</p>")


def begun(context: session.Context, names: Mapping[str, str]) -> None:
    """Show the surveys begun on this device and not saved yet."""
    drafts = [each for each in survey_draft.begun(context) if each.site_code in names]
    codes = [each.site_code for each in drafts if not completeness.is_unchanged(context, each)]
    if not codes:
        return
    text = context.words.text
    st.subheader(text("Begun and not sent yet"))
    for code in codes:
        query = navigation.query(context, site=code)
        navigation.link(context, "survey.py", label=text("Go on: {site}", site=names[code]), query_params=query)


def sent(context: session.Context, names: Mapping[str, str]) -> None:
    """Show the last surveys that the reader made or sent, what became of each, and the way to correct it."""
    words, text = context.words, context.words.text
    every, own = cache.surveys(context.store), survey_draft.own_names(context)
    # The reader may have sent what somebody else measured.
    is_own = every["surveyor"].isin(own) | every["survey_id"].isin(submit.sent_by(context.store, own))
    mine = every.loc[is_own & every["site_code"].isin(names)]
    if mine.empty:
        return
    st.subheader(text("Surveys you sent"))
    for row in mine.iloc[::-1].head(SHOWN).to_dict("records"):
        corrected = bool(row["superseded_by"])
        state = text("corrected by a later survey") if corrected else text(terms.REVIEW_STATE[row["review"]])
        receipt = text("receipt {number}", number=row["receipt_number"])
        head = tables.strong(f"{names[row['site_code']]} · {words.instant(row['observed_at'])}")
        with st.container(border=True):
            st.html(f"<p>{tables.lines(head, f'{receipt} · {state}')}</p>")
            if not corrected and row["status"] == "final":
                query = navigation.query(context, site=row["site_code"], **{returned.CORRECT: row["survey_id"]})
                navigation.link(context, "survey.py", label=text("Correct it"), query_params=query)


def next_sites(context: session.Context, names: Mapping[str, str], back: frozenset[str]) -> pd.Index[str]:
    """Show where to go next: the nearest once the position is known, else the most urgent; return their codes.

    The sites of `back`, whose survey stands above to be corrected, are counted and not named again.
    """
    words, text = context.words, context.words.text
    record = context.record()
    found = visits.visits(record, progress.steps(context, record), context.today)
    st.subheader(text("Where next"))
    if found.empty:
        st.write(text("Every site is surveyed and none is due."))
        return found.index
    fix = browser.position(words, key="my_work_fix")
    waiting = visits.count_text(found, words)
    found = found.drop(index=list(back), errors="ignore")
    if fix:
        found = visits.nearest(record, found, fix["longitude"], fix["latitude"], PRINTED)
    for code, row in found.head(SHOWN).iterrows():
        reason = visits.reason_text(row, words)
        if fix:
            reason = f"{visits.from_reader(row, words)} · {reason}"
        query = navigation.query(context, site=str(code))
        navigation.link(context, "survey.py", label=f"{names[str(code)]}: {reason}", query_params=query)
        navigation.way_there(context, record.sites.geometry[code])
    st.html(f"<p>{tables.small(waiting)}</p>")
    rises_to_level(context, names)
    return found.index[:PRINTED]


def rises_to_level(context: session.Context, names: Mapping[str, str]) -> None:
    """Ask for the rises that prices rest on, which no visit of a site that is surveyed would ask for."""
    words, record = context.words, context.record()
    waiting = sorted(site_fixes.waiting_in(context.store, record))
    if not waiting:
        return
    st.write(site_fixes.level_first(waiting, context.criteria, words))
    first = record.elements["site_code"].reindex(waiting[:LEVELLED]).drop_duplicates()
    for element_id, code in first.items():
        label = words.text("{site}: level its rise", site=names[code])
        query = navigation.query(context, site=code, **one_question.query(str(element_id), levelled_rise.RISE))
        navigation.link(context, "survey.py", label=label, query_params=query)


def phone(context: session.Context) -> None:
    """Show the way to the app for the phone, as a link and as a code to photograph."""
    text = context.words.text
    st.subheader(text("The survey app for the phone"))
    st.write(
        text("It works without a network. Open it once with a network, sign in with your account, and install it.")
    )
    label = tables.cell(text("Open the survey app"))
    button = f'<p><a class="jaidee-button" href="/field/kit" target="_blank">{label}</a></p>'
    kit = f"{_address()}/field/kit"
    # No other phone reaches this computer by the name that it has for itself.
    if urllib.parse.urlsplit(kit).hostname in _OF_THIS_COMPUTER:
        st.html(button)
        return
    left, right = st.columns([2, 1])
    left.html(button)
    left.write(text("On another phone, photograph the code or type: {address}", address=kit))
    # As an image: the page takes drawings out of its HTML.
    right.html(picture.Picture(qr.svg(kit), kit).tag("jaidee-qr"))


def map_book(context: session.Context, codes: pd.Index[str]) -> None:
    """Print the pages of the next sites with their sheets to write on."""
    words, text, count = context.words, context.words.text, len(codes)
    asked = (tuple(codes), words.language, context.record().key)
    label = text("Make the map book of the next sites: {n}", n=words.number(count, 0))
    if count and st.button(label, key="make_book"):
        with st.spinner(text("Making the file …")):
            unsized = site_fixes.waiting_in(context.store, context.record())
            options = contents.Options(context.today, ground=basemap.of(context), unsized=unsized)
            whole = contents.contents(context.record(), words, options=options, codes=codes)
            st.session_state[BOOK] = asked, book.book(whole, words)
    made_for, content = st.session_state.get(BOOK, (None, b""))
    if made_for == asked:
        name = f"jaidee-{context.today.isoformat()}-{words.language}-a4.pdf"
        st.download_button(text("Download {name}", name=name), content, name, "application/pdf", key="book")


def other_ways(context: session.Context, upcoming: pd.Index[str]) -> None:
    """Show the other ways of working: paper, files that come back, and ODK Collect with a password of its own."""
    text = context.words.text
    with st.expander(text("Paper, files and ODK Collect"), expanded=BOOK in st.session_state):
        map_book(context, upcoming)
        query = navigation.query(context)
        navigation.link(context, "quick_entry.py", label=text("Type in a paper sheet"), query_params=query)
        opened = query | {"part": "bring_back"}
        navigation.link(context, "field_work.py", label=text("Bring back a file"), query_params=opened)
        navigation.link(context, "requests.py", label=text("Record a request of residents"), query_params=query)
        if context.account is not None:
            odk_password(context, context.account.username)


def _address() -> str:
    """Return the address of this server: what the administrator set, else where the reader found it."""
    found = (st.context.url or "").partition("?")[0].partition("/my_work")[0].rstrip("/")
    return os.environ.get(workspace.ADDRESS_KEY, "") or found


def odk_password(context: session.Context, username: str) -> None:
    """Give the reader an app password for ODK Collect, shown once."""
    text = context.words.text
    st.write(text("ODK Collect signs in with an app password of its own, so that your password stays with you."))
    fresh = st.session_state.pop(JUST_GIVEN, None)
    if fresh:
        st.success(
            text("User name: {name}. App password: {secret}. It is shown only now.", name=username, secret=fresh)
        )
        st.write(text("Server: {address}/openrosa", address=_address()))
    if st.button(text("Make an app password for ODK Collect"), key="odk_password"):
        st.session_state[JUST_GIVEN] = device_secrets.give_own_secret(context.store, username)
        st.rerun()


if __name__ == "__main__":
    show(session.current())
