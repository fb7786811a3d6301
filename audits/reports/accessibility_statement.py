"""Read the statement on how far the program itself is accessible, with the municipality's contact."""

from __future__ import annotations

from dataclasses import dataclass

from audits import wording
from audits.store.db import connection
from audits.store.register import municipal_choices
from layers import installation

STATEMENTS = installation.DATA / "accessibility"
# where the program shows it to everybody, without an account
ADDRESS = "/statement/accessibility"
CONTACT, PLACEHOLDER = municipal_choices.ACCESSIBILITY_CONTACT, "{contact}"
NO_CONTACT = wording.phrase(
    "The municipality has not written yet whom to tell; ask at its front desk, or the person who gave you this address."
)


@dataclass(frozen=True)
class Statement:
    """Title, the Markdown before and after the contact, and the contact as it was typed, which is no Markdown."""

    title: str
    before: str
    contact: str
    after: str


def read(store: connection.Store, words: wording.Wording) -> Statement:
    """Return the statement that the tests wrote, in the reader's language."""
    written = (STATEMENTS / f"statement.{words.language}.md").read_text("utf-8")
    title, _, body = written.partition("\n")
    before, _, after = body.partition(PLACEHOLDER)
    contact = municipal_choices.chosen(store, CONTACT) or words.text(NO_CONTACT)
    return Statement(title.removeprefix("# "), before, contact, after)
