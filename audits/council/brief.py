"""Print the council's brief on one page of A4: three answers, the zones, what is not known."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audits import errors, wording
from audits.council import charts, council_contents, council_tables, council_text, figures
from audits.formats import typesetting
from audits.reports import about_lines
from audits.store.audit_log import hash_chain

TEMPLATE = Path(__file__).with_name("brief.typ")
SIZES = (1.1, 1.0, 0.92, 0.84, 0.76, 0.7)
"""Factors of the font size, the largest first; at 1 the smallest letters have 8.5 points."""

MOST_ZONES = 8
CHART_WIDE = 330.0


def brief(answers: council_contents.Answers, words: wording.Wording) -> bytes:
    """Return the brief as a PDF of one page, PDF/A-2a and PDF/UA-1; the same answers make the same bytes.

    Raises
    ------
    audits.errors.JaideeError
        If it does not fit one page even in the smallest letters.
    """
    data = _data(answers, words)
    # Long names of criteria take more lines than one page has at full size.
    for size in SIZES:
        made = typesetting.pdf(TEMPLATE, {**data, "size": size}, answers.made_on, words)
        if typesetting.pages(made) == 1:
            return made
    raise errors.JaideeError("the brief does not fit one page; shorten the names of the criteria that fail most often")


def _data(answers: council_contents.Answers, words: wording.Wording) -> dict[str, Any]:
    found = _largest(answers.ramps)
    return {
        "town": words.name(answers.record.town),
        "day": words.day(answers.until),
        "mark": council_contents.mark(answers, words),
        "lead": council_text.known_so_far(answers.ramps, words),
        "works": council_contents.works(answers, words),
        "answers": [dataclasses.asdict(each) for each in council_contents.answered(answers, words)],
        "chart": dataclasses.asdict(charts.zones(found, words, CHART_WIDE)),
        "zones": dataclasses.asdict(council_tables.zone_table(found, words)),
        "open": _not_known(answers, found, words),
        "rests": list(rests_on(answers, words).items()),
    }


def rests_on(answers: council_contents.Answers, words: wording.Wording) -> Mapping[str, str]:
    """Collect the basis as a page of paper holds it: days in words, the head in the short form of the audit log."""
    lines, titles = dict(council_contents.about(answers, words)), about_lines.TITLES
    # paper is read by people: days in words, where a file has them as ISO 8601
    days = {"exported_on": answers.made_on} | ({"as_of": answers.record.as_of} if answers.record.as_of else {})
    lines |= {words.text(titles[item]): words.day(day) for item, day in days.items()}
    return lines | {words.text(titles["record_head"]): hash_chain.parse(answers.record.head).short}


def _largest(found: figures.Where) -> figures.Where:
    """Keep no more zones than one page holds, those with most sites."""
    kept = sorted(found.zones, key=lambda zone: -found.zones[zone].sites)[:MOST_ZONES]
    return dataclasses.replace(found, zones={zone: each for zone, each in found.zones.items() if zone in kept})


def _not_known(answers: council_contents.Answers, shown: figures.Where, words: wording.Wording) -> list[str]:
    left = len(answers.ramps.zones) - len(shown.zones)
    lines = [*council_text.not_known(answers.ramps, words), words.text(council_text.LOW_TO_HIGH)]
    if left:
        lines.append(words.count("{n} smaller zone is left out", "{n} smaller zones are left out", left))
    if answers.money is not None and answers.money.next_million is not None:
        lines.append(words.text(council_text.TRIPS))
        lines += [words.text(each) for each in answers.money.record.statements[:1]]
    return lines
