"""Print the limits that nobody has checked as a sheet to compare with the Royal Gazette, pencil in hand."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

from audits import terms, wording
from audits.formats import typesetting
from audits.law import limits
from audits.rules import gazette, model

TEMPLATE = Path(__file__).with_name("sheet.typ")


def pdf(criteria: model.Criteria, words: wording.Wording, made_on: dt.date, town: str = "") -> bytes:
    """Return the sheet, PDF/A-2a and PDF/UA-1; the same criteria on the same day make the same bytes.

    Parameters
    ----------
    criteria
        With the comparisons made so far; see :func:`audits.record.criteria_of`.
    made_on
        Day printed on the sheet.
    town
        Name of the municipality in the reader's language.
    """
    left = limits.unchecked(criteria)
    # they are sorted by source, so that each source is one group
    grouped = itertools.groupby(left, key=lambda entry: entry.limit.source)
    numbers = itertools.count(1)
    data = {
        "town": town,
        "day": words.day(made_on),
        "version": criteria.version,
        "count": words.count("{n} limit to compare", "{n} limits to compare", len(left)),
        "sources": [
            {
                "title": words.name(source.title),
                "reference": words.name(source.reference),
                "rows": [_row(next(numbers), entry, words) for entry in entries],
            }
            for source, entries in grouped
        ],
    }
    return typesetting.pdf(TEMPLATE, data, made_on, words)


def _row(number: int, entry: limits.Entry, words: wording.Wording) -> dict[str, Any]:
    criterion, limit = entry.criterion, entry.limit
    conditions = limits.condition_lines(limit, words)
    return {
        "number": words.number(number),
        "clause": words.name(limit.clause),
        "asked": [f"{words.name(criterion.name)} ({words.text(terms.ELEMENT_KIND[criterion.element])})", *conditions],
        "ours": [
            *limits.value_lines(entry, words),
            *([words.text(terms.LAW_STATE[limit.state])] if limit.state == gazette.DISPUTED else []),
            *limits.reading_lines(limit, words),
        ],
    }
