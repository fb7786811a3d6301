"""Show how far the program itself can be used by everybody, and whom to report a barrier to."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.parts.shared import reviewer
from audits import roles
from audits.reports import accessibility_statement
from audits.store.register import municipal_choices


def show(context: session.Context) -> None:
    """Draw the page."""
    found = accessibility_statement.read(context.store, context.words)
    st.title(found.title)
    st.markdown(found.before)
    # as it was typed: a contact is no Markdown
    st.text(found.contact)
    st.markdown(found.after)
    if roles.may(context.store.role, municipal_choices.ACTION):
        change_contact(context)


def change_contact(context: session.Context) -> None:
    """Let the office write where barriers are reported."""
    text = context.words.text
    st.header(text("Whom to tell of a barrier"))
    reviewer.show_done()
    who = reviewer.name(context)
    written = st.text_area(
        text("Office, telephone, e-mail, hours"),
        value=municipal_choices.chosen(context.store, accessibility_statement.CONTACT),
        max_chars=500,
        key="accessibility_contact",
    )
    if st.button(text("Write the contact"), key="write_contact", disabled=not who):
        reviewer.attempt(
            context,
            lambda: municipal_choices.choose(context.store, accessibility_statement.CONTACT, written.strip(), who),
            text("Recorded."),
        )


if __name__ == "__main__":
    show(session.current())
