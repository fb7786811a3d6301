"""Show how far the program itself can be used by everybody, and whom to report a barrier to."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.parts.shared import reviewer
from audits import roles, wording
from audits.store.register import municipal_choices
from layers import installation

STATEMENTS = installation.DATA / "accessibility"
CONTACT, PLACEHOLDER = "accessibility_contact", "{contact}"
NO_CONTACT = wording.phrase(
    "The municipality has not written yet whom to tell; ask at its front desk, or the person who gave you this address."
)


def show(context: session.Context) -> None:
    """Draw the page."""
    contact = municipal_choices.chosen(context.store, CONTACT) or context.words.text(NO_CONTACT)
    title, _, body = statement(context.words.language).partition("\n")
    st.title(title.removeprefix("# "))
    before, _, after = body.partition(PLACEHOLDER)
    st.markdown(before)
    # as it was typed: a contact is no Markdown
    st.text(contact)
    st.markdown(after)
    if roles.may(context.store.role, municipal_choices.ACTION):
        change_contact(context)


def statement(language: str) -> str:
    """Return the statement that the tests wrote, in one language."""
    return (STATEMENTS / f"statement.{language}.md").read_text("utf-8")


def change_contact(context: session.Context) -> None:
    """Let the office write where barriers are reported."""
    text = context.words.text
    st.header(text("Whom to tell of a barrier"))
    reviewer.show_done()
    who = reviewer.name(context)
    written = st.text_area(
        text("Office, telephone, e-mail, hours"),
        value=municipal_choices.chosen(context.store, CONTACT),
        max_chars=500,
        key="accessibility_contact",
    )
    if st.button(text("Write the contact"), key="write_contact", disabled=not who):
        reviewer.attempt(
            context,
            lambda: municipal_choices.choose(context.store, CONTACT, written.strip(), who),
            text("Recorded."),
        )


if __name__ == "__main__":
    show(session.current())
