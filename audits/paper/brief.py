"""Print the council's brief: three answers, their zones, what is not known, on one page of A4."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from audits import council, council_text, errors, wording
from audits.exchange import charts, council_contents
from audits.paper import typesetting

TEMPLATE = Path(__file__).with_name("brief.typ")
SIZES = (1.1, 1.0, 0.92, 0.84, 0.76, 0.7)
"""How large the letters are, the largest first; at 1 the smallest have 8.5 points."""

MOST_ZONES = 8
CHART_WIDE = 330.0


def brief(answers: council_contents.Answers, words: wording.Wording) -> bytes:
    """Return the brief as a PDF of one page, PDF/A-2a and PDF/UA-1; the same answers make the same bytes.

    Parameters
    ----------
    answers
        What to tell.
    words
        The reader's language.

    Raises
    ------
    audits.errors.JaideeError
        If it does not fit one page even in the smallest letters.
    """
    data = _data(answers, words)
    for size in SIZES:
        made = typesetting.pdf(template(), {**data, "size": size}, answers.about.exported_on)
        if typesetting.pages(made) == 1:
            return made
    raise errors.JaideeError("the brief does not fit one page; shorten the names of the criteria that fail most often")


@functools.cache
def template() -> str:
    """Return the typesetter's template."""
    return TEMPLATE.read_text("utf-8")


def _data(answers: council_contents.Answers, words: wording.Wording) -> dict[str, Any]:
    day, found = answers.about.exported_on, _largest(answers.ramps)
    chart = charts.zones(found, words, CHART_WIDE)
    return {
        "language": words.language,
        "made_on": [day.year, day.month, day.day],
        "title": words.text("Brief for the council: ramps for everyone"),
        "municipality": words.text("Khon Kaen City Municipality"),
        "day": words.day(answers.until),
        "mark": council_contents.mark(answers, words),
        "lead": council_text.known_so_far(answers.ramps, words),
        "answers": [_answer(each) for each in council_contents.told(answers, words)],
        "chart": {"svg": chart.svg, "alt": chart.alt},
        "zones": _table(council_text.zone_table(found, words)),
        "open_title": words.text("What is not known"),
        "open": _left_open(answers, found, words),
        "rests_title": words.text("What this rests on"),
        "rests": _rests(answers, words),
    }


def _largest(found: council.Where) -> council.Where:
    """Return the same with no more zones than one page holds, those with most sites."""
    kept = sorted(found.zones, key=lambda zone: -found.zones[zone].sites)[:MOST_ZONES]
    zones = {zone: each for zone, each in found.zones.items() if zone in kept}
    return council.Where(**{**vars(found), "zones": zones})


def _left_open(answers: council_contents.Answers, shown: council.Where, words: wording.Wording) -> list[str]:
    left = len(answers.ramps.zones) - len(shown.zones)
    said = [*council_text.not_known(answers.ramps, words), words.text(council_text.LOW_TO_HIGH)]
    if left:
        said.append(words.count("{n} smaller zone is left out", "{n} smaller zones are left out", left))
    if len(answers.again):
        said.append(words.text(council_text.MORE_MAY_BE_MEASURED))
    if answers.money is not None and answers.money.next_million is not None:
        said.append(words.text(council_text.TRIPS))
        said += [words.text(each) for each in answers.money.record.statements[:1]]
    return said


def _answer(one: council_contents.Told) -> Mapping[str, object]:
    return {"question": one.question, "big": one.big, "said": one.said, "remarks": list(one.remarks)}


def _table(told: council_text.Table) -> Mapping[str, object]:
    return {"caption": told.caption, "headings": list(told.headings), "rows": [list(row) for row in told.rows]}


def _rests(answers: council_contents.Answers, words: wording.Wording) -> Sequence[Sequence[str]]:
    return [[title, text] for title, text in council_contents.about(answers, words).items()]
