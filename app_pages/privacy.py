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
from audits.store.accounts import subject_access
from audits.store.backup import retention
from audits.store.photos import erasure
from audits.store.register import municipal_choices

phrase = wording.phrase

CONTACT = "privacy_contact"

# what is kept, why, how long, who sees it
KEPT = (
    (
        phrase("Surveyors' names, and what each measured and when"),
        phrase("So that a figure can be asked about, and surveyors compared: a public task of the municipality"),
        phrase("As long as the record: a survey is evidence of a decision"),
        phrase("Technicians, engineers and administrators"),
    ),
    (
        phrase("Photos of ramps and places, without the camera's hidden data"),
        phrase("Evidence for a measurement. Surveyors are asked to take no people"),
        "",
        phrase(
            "Those who work on the record; a photo with a person in it only engineers, until it is cleared or blurred"
        ),
    ),
    (
        phrase("Accounts: user name, name, role, and a password that cannot be read back"),
        phrase("So that only those may write whose work it is"),
        phrase("As long as the record; a closed account opens nothing"),
        phrase("Administrators"),
    ),
    (
        phrase("Who is signed in, and failed attempts, without the address itself"),
        phrase("To keep strangers out"),
        phrase("About a day; never in a backup"),
        phrase("Nobody, the program only"),
    ),
    (
        phrase("Surveys begun and not sent, files that could not be read"),
        phrase("So that no work is lost"),
        "",
        phrase("The surveyor, and engineers"),
    ),
    (
        phrase("What people write into the public form, without a name, an address or a photo, until it is read"),
        phrase("So that nothing counts or is shown before what leads to a person is taken out"),
        phrase("Until it is recorded or deleted; never in a backup"),
        phrase("Engineers"),
    ),
)
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
    st.write(
        text(
            "Places are judged here, never people. No named person's disability or health is kept anywhere; do not "
            "write it into a note or a caption."
        )
    )
    contact = municipal_choices.chosen(context.store, CONTACT)
    asked = contact or text("the municipality's office; the administrator has not entered a contact yet")
    st.write(text("Whom to ask: {contact}", contact=plain_text.literal(asked)))
    parts = {text("What is kept"): notice, text("Your rights"): rights}
    if roles.may(context.role, erasure.ACTION):
        parts[text("For the administrator")] = administer
    for tab, draw in zip(st.tabs(list(parts)), parts.values(), strict=True):
        with tab:
            draw(context)


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


def notice(context: session.Context) -> None:
    """Show what is kept, why and how long."""
    text = context.words.text
    st.write(
        text(
            "This notice follows the Personal Data Protection Act B.E. 2562: what is kept serves a public task "
            "(section 24 (4)), no more than needed is kept (section 22), and you are informed beforehand (section 23)."
        )
    )
    terms = retention.terms(context.store)
    long = (
        *("", _months(context, terms[retention.PHOTO_MONTHS]), "", ""),
        " / ".join(_months(context, terms[name]) for name in (retention.DRAFT_MONTHS, retention.REFUSED_MONTHS)),
        "",
    )
    rows = [
        (text(what), text(why), text(how_long) if how_long else set_here, text(who))
        for (what, why, how_long, who), set_here in zip(KEPT, long, strict=True)
    ]
    headings = (text("What is kept"), text("Why"), text("How long"), text("Who sees it"))
    st.html(tables.table(text("What is kept about people"), headings, rows))


def rights(context: session.Context) -> None:
    """Show what a person may ask for."""
    text = context.words.text
    st.write(
        text(
            "You may see what is held about you, have it put right, and have a photo of you erased. Erasing removes "
            "the photo and its blurred copies for good, also from backups as they are renewed; the audit log only "
            "keeps that it was erased, when and why. A breach is reported within 72 hours (section 37 (4))."
        )
    )


def _months(context: session.Context, months: int | None) -> str:
    if months is None:
        return context.words.text("No end is set")
    return context.words.count("{n} month", "{n} months", months)


def set_terms(context: session.Context, who: str) -> None:
    """Set how long things are kept, and whom to ask."""
    text, chosen = context.words.text, municipal_choices.every(context.store)
    with st.form("privacy_terms"):
        months = {
            name: st.text_input(text(label), value=chosen.get(name, ""), key=f"term_{name}")
            for name, label in TERM_NAMES.items()
        }
        contact = st.text_input(text("Whom to ask about personal data"), value=chosen.get(CONTACT, ""), key=CONTACT)
        if st.form_submit_button(text("Save the terms"), disabled=not who):

            def save() -> None:
                for name, value in months.items():
                    retention.set_term(context.store, name, value, who)
                municipal_choices.choose(context.store, CONTACT, contact.strip(), who)

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
