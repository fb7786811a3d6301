"""Make blank measuring sheets, one for each kind of element, for places that are not in the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from audits import survey, terms, wording
from audits.book import book_pages, layout
from audits.field import quick_answers
from audits.formats import typesetting
from audits.rules import model
from audits.scoring import questions, run


def blank(criteria: model.Criteria, words: wording.Wording, *, made_on: dt.date, paper: str = layout.A4) -> bytes:
    """Return the blank sheets of every kind of element as a PDF.

    Parameters
    ----------
    criteria, words
        The criteria and the reader's language.
    made_on
        Day written into the file.
    paper
        A key of :data:`audits.book.layout.PAPERS`.

    Raises
    ------
    KeyError
        If the paper is not known.
    """
    title = words.text("Blank measuring sheets")
    data = layout.frame(words, layout.PAPERS[paper], title=title, made_on=made_on) | {
        "sheets": pages(survey.ELEMENT_KINDS, criteria, words)
    }
    return typesetting.pdf(layout.TEMPLATE, data, made_on, words)


def pages(kinds: Iterable[str], criteria: model.Criteria, words: wording.Wording) -> list[Mapping[str, Any]]:
    """Return the questions of each sheet: those of a kind of element under the newest edition, nothing measured yet."""
    return [
        {"title": words.text(terms.ELEMENT_KIND[kind]), "questions": _questions(kind, criteria, words)}
        for kind in kinds
    ]


def _questions(kind: str, criteria: model.Criteria, words: wording.Wording) -> list[dict[str, Any]]:
    numbers = quick_answers.question_numbers(criteria, kind)
    return [
        book_pages.question(quantity, criteria, words) | {"number": numbers[quantity.quantity_id]}
        for quantity in asked(kind, criteria)
    ]


def asked(kind: str, criteria: model.Criteria) -> list[model.Quantity]:
    """Return the quantities to ask of an element of which nothing is known, in asking order."""
    rules, _ = run.rules_for(criteria, kind, None, "")
    return questions.that_apply(criteria, kind, rules, {})
