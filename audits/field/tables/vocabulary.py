"""Look up the Thai and English words of offices for columns, units, kinds and settings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from audits import survey, terms, wording
from audits.formats import cells

_WORDS: Mapping[str, Mapping[str, list[str]]] = json.loads(
    (Path(__file__).parent / "vocabulary.json").read_text("utf-8")
)


def _by_word(group: str, *printed: Mapping[str, str], ids: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the id of each word: the ids, what the program itself prints for them in either language, synonyms."""
    found = {each: each for each in ids} | {each.replace("_", " "): each for each in ids}
    for phrases in printed:
        for meaning, english in phrases.items():
            for words in map(wording.Wording, wording.LANGUAGES):
                found.setdefault(words.text(english).casefold(), meaning)
    return found | {word: meaning for meaning, words in _WORDS[group].items() for word in words}


MEANINGS = _by_word("columns", terms.COLUMN_MEANING)
UNITS = dict(cells.LENGTH_UNITS) | _by_word("units")
ELEMENT_KINDS = _by_word("elements", terms.ELEMENT_KIND, terms.FACILITY, ids=survey.ELEMENT_KINDS)
SITE_KINDS = _by_word("site_kinds", terms.SITE_KIND)
SETTINGS = _by_word("settings", terms.SETTING, ids=survey.SETTINGS)
POSITION_PARTS = _by_word("position_parts")
PLACES = _by_word("places", terms.PLACE, ids=survey.PLACES)

_NUMBERED = re.compile(r"(?P<kind>.+?) ?(?P<number>[1-9][0-9]{0,2})?(?: ?(?:·|\(|:).*)?")
_RUN = re.compile(r"(?:ช่วง|ตอน|run|ramp run|section)(?:ที่)? ?[0-9]{1,2}")


def element(written: str) -> tuple[str, str]:
    """Return kind and label of an element as the program titles it, such as ``ทางลาด 2 · เหนือ``; empty when unknown.

    Examples
    --------
    >>> element("Kerb ramp 2"), element("ทางลาด (คาดว่ามี รอช่างยืนยัน)"), element("bridge")
    (('kerb_ramp', '2'), ('ramp', ''), ('', ''))
    """
    plain = cells.clean(cells.one_spelling(written)).casefold()
    if plain in ELEMENT_KINDS:
        return ELEMENT_KINDS[plain], ""
    titled = _NUMBERED.fullmatch(plain)
    kind = ELEMENT_KINDS.get(titled["kind"].strip(), "") if titled else ""
    return (kind, titled["number"] or "") if titled and kind else ("", "")


def is_run(label: str) -> bool:
    """Recognise the label of a run, which is a part of one ramp and not another one."""
    return _RUN.fullmatch(cells.clean(label).casefold()) is not None
