"""Show what is kept about people and why; let the administrator erase, sweep and export it."""

from __future__ import annotations

import datetime as dt
import functools

import streamlit as st

from app_pages import session
from app_pages.parts.shared import reviewer, tables
from app_pages.session import plain_text
from audits import errors, roles, wording
from audits.formats import archive
from audits.reports import privacy_notice
from audits.store.accounts import subject_access
from audits.store.backup import retention
from audits.store.photos import erasure
from audits.store.register import municipal_choices

phrase = wording.phrase

TERM_NAMES = {
    retention.PHOTO_MONTHS: phrase("Months to keep photos (empty: without an end)"),
    retention.REFUSED_MONTHS: phrase("Months to keep files that could not be read (empty: without an end)"),
    retention.DRAFT_MONTHS: phrase("Months to keep surveys not sent (empty: without an end)"),
}


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Privacy"))
    reviewer.show_done()
    found = privacy_notice.read(context.store, context.words)
    st.write(found.places)
    st.write(plain_text.literal(found.contact))
    parts = {
        text("What is kept"): functools.partial(notice, found),
        text("Your rights"): functools.partial(st.write, found.rights),
    }
    if roles.may(context.role, erasure.ACTION):
        parts[text("For the administrator")] = functools.partial(administer, context)
    for tab, draw in zip(st.tabs(list(parts)), parts.values(), strict=True):
        with tab:
            draw()


def administer(context: session.Context) -> None:
    """Set terms, remove what is past them, erase a photo, and hand out what is held about a person."""
    text = context.words.text
    who = reviewer.name(context)
    terms, past, photo, person = st.tabs(
        [
            text("Terms and contact"),
            text("What is past its time"),
            text("Erase a photo"),
            text("What is held about a person"),
        ]
    )
    with terms:
        set_terms(context, who)
    with past:
        sweep(context, who)
    with photo:
        erase(context, who)
    with person:
        hand_out(context)


def notice(found: privacy_notice.Notice) -> None:
    """Show what is kept, why and how long."""
    st.write(found.law)
    st.html(tables.table(found.caption, found.headings, found.rows))


def set_terms(context: session.Context, who: str) -> None:
    """Set how long things are kept, and whom to ask."""
    text, chosen = context.words.text, municipal_choices.every(context.store)
    with st.form("privacy_terms"):
        months = {
            name: st.text_input(text(label), value=chosen.get(name, ""), key=f"term_{name}")
            for name, label in TERM_NAMES.items()
        }
        contact = st.text_input(
            text("Whom to ask about personal data"),
            value=chosen.get(privacy_notice.CONTACT, ""),
            key=privacy_notice.CONTACT,
        )
        if st.form_submit_button(text("Save the terms"), disabled=not who):

            def save() -> None:
                for name, value in months.items():
                    retention.set_term(context.store, name, value, who)
                municipal_choices.choose(context.store, privacy_notice.CONTACT, contact.strip(), who)

            reviewer.attempt(context, save, text("Saved."))


def sweep(context: session.Context, who: str) -> None:
    """Show what is past its time, and remove it on request."""
    text, now = context.words.text, dt.datetime.now(dt.UTC)
    due = retention.due(context.store, now)
    rows = [
        (text("Photos"), len(due.photos)),
        (text("Files of erased photos that are back"), len(due.back)),
        (text("Files that could not be read"), len(due.refused)),
        (text("Surveys not sent"), len(due.drafts)),
        (text("Half-written files and photos nobody knows of"), len(due.left_over)),
    ]
    st.html(tables.table(text("What is past its time"), (text("What"), text("Number of files")), rows))
    if len(due) and st.button(text("Remove all of these for good"), disabled=not who, key="sweep_now"):
        reviewer.attempt(context, lambda: retention.sweep(context.store, who, now), text("Removed."))


def erase(context: session.Context, who: str) -> None:
    """Erase one photo."""
    text = context.words.text
    with st.form("privacy_erase"):
        sha256 = st.text_input(text("The photo, by the 64 characters that name it in the audit log"), key="erase_photo")
        reason = st.text_input(text("Why it is erased; everybody who looks for it reads this"), key="erase_reason")
        if st.form_submit_button(text("Erase for good"), disabled=not who):
            action = functools.partial(erasure.erase, context.store, sha256.strip().lower(), reason, who)
            reviewer.attempt(context, action, text("The photo is erased, with its blurred copies."))


def hand_out(context: session.Context) -> None:
    """Export what is held about one person as a file."""
    text = context.words.text
    name = st.text_input(text("Name of the surveyor, or user name"), key="held_name").strip()
    with st.container():
        if not name:
            return
        try:
            found = subject_access.collect(context.store, name)
        except errors.RefusedError as refused:
            for problem in refused.problems:
                st.error(plain_text.literal(context.words.problem(problem)))
            return
        rows = [(table, len(kept)) for table, kept in found.items() if table != "name"]
        st.html(tables.table(text("What is held about {name}", name=name), (text("Where"), text("Rows")), rows))
        content = archive.zipped(subject_access.files(found), context.today)
        st.download_button(
            text("Download all of it"),
            content,
            f"held-about-{context.today.isoformat()}.zip",
            "application/zip",
            key="held",
        )


if __name__ == "__main__":
    show(session.current())
