"""Write the notice of what is kept about people, why and how long (PDPA sections 22 to 24)."""

from __future__ import annotations

from dataclasses import dataclass

from audits import wording
from audits.store.backup import retention
from audits.store.db import connection
from audits.store.register import municipal_choices

phrase = wording.phrase

CONTACT = municipal_choices.PRIVACY_CONTACT

# where the program shows it to everybody, without an account
ADDRESS = "/statement/privacy"

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
        phrase("Who is signed in, the last sign-in and failed attempts, without the address itself"),
        phrase("To keep strangers out"),
        phrase("About a day, the last sign-in up to 400 days; never in a backup"),
        phrase("Administrators: how many sessions, the last sign-in and the number of failed attempts"),
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
        phrase("Until it is recorded or deleted; in a backup as long as that is kept"),
        phrase("Engineers"),
    ),
)


@dataclass(frozen=True)
class Notice:
    """Sentences and the table of the notice in one language; the contact stands in it as it was typed."""

    places: str
    contact: str
    law: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    rights: str


def read(store: connection.Store, words: wording.Wording) -> Notice:
    """Return the notice, with the terms and the contact that the municipality has set."""
    text, chosen = words.text, municipal_choices.chosen(store, CONTACT)
    asked = chosen or text("the municipality's office; the administrator has not entered a contact yet")
    return Notice(
        text(
            "Places are judged here, never people. No named person's disability or health is kept anywhere; do not "
            "write it into a note or a caption."
        ),
        text("Whom to ask: {contact}", contact=asked),
        text(
            "This notice follows the Personal Data Protection Act B.E. 2562: what is kept serves a public task "
            "(section 24 (4)), no more than needed is kept (section 22), and you are informed beforehand (section 23)."
        ),
        text("What is kept about people"),
        (text("What is kept"), text("Why"), text("How long"), text("Who sees it")),
        _rows(store, words),
        text(
            "You may see what is held about you, have it put right, and have a photo of you erased. Erasing removes "
            "the photo and its blurred copies for good, also from backups as they are renewed; the audit log only "
            "keeps that it was erased, when and why. A breach is reported within 72 hours (section 37 (4))."
        ),
    )


def _rows(store: connection.Store, words: wording.Wording) -> tuple[tuple[str, ...], ...]:
    text, terms = words.text, retention.terms(store)
    long = (
        *("", _months(terms[retention.PHOTO_MONTHS], words), "", ""),
        " / ".join(_months(terms[name], words) for name in (retention.DRAFT_MONTHS, retention.REFUSED_MONTHS)),
        "",
    )
    return tuple(
        (text(what), text(why), text(how_long) if how_long else set_here, text(who))
        for (what, why, how_long, who), set_here in zip(KEPT, long, strict=True)
    )


def _months(months: int | None, words: wording.Wording) -> str:
    if months is None:
        return words.text("No end is set")
    return words.count("{n} month", "{n} months", months)
