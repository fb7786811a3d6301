"""Look up the Thai and English words of offices for columns, units, kinds and settings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from audits import survey, terms, wording
from audits.formats import cells
from audits.reports import columns

_WORDS: Mapping[str, Mapping[str, list[str]]] = json.loads(
    (Path(__file__).parent / "vocabulary.json").read_text("utf-8")
)


def _by_word(group: str, *printed: Mapping[str, str], ids: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the id of each word: the ids, what the program itself prints for them in either language, synonyms."""
    found = {each: each for each in ids} | {each.replace("_", " "): each for each in ids}
    for phrases in printed:
        for meaning, english in phrases.items():
            for words in map(wording.Wording, wording.LANGUAGES):
                # a word that is printed for two meanings stays with the first
                found.setdefault(words.text(english).casefold(), meaning)
    # the words of offices go before what the program prints
    return found | {word: meaning for meaning, words in _WORDS[group].items() for word in words}


# What an exported table calls otherwise than a register, and where one id means two things.
_EXPORTED = {
    **{"site_code": "code", "element_id": "element_kind", "label": "element_label"},
    **{"latitude_deg": "north", "longitude_deg": "east"},
}
_OF_ELEMENTS = {"kind": "element_kind"}


def _printed_over_columns(known: Mapping[str, str]) -> dict[str, str]:
    """Return the meaning of each id and title that an exported table has over a column of the register."""
    found: dict[str, str] = {}
    for table, renamed in (("element", _EXPORTED | _OF_ELEMENTS), ("finding", _EXPORTED), ("site", _EXPORTED)):
        for column in columns.of(table):
            meaning = renamed.get(column.name, column.name)
            if meaning in known.values():
                titles = column.name.replace("_", " "), column.title.th, column.title.en
                found |= {cells.clean(title).casefold(): meaning for title in titles}
    return found


MEANINGS = _by_word("columns", terms.COLUMN_MEANING)
MEANINGS |= {word: meaning for word, meaning in _printed_over_columns(MEANINGS).items() if word not in MEANINGS}
UNITS = dict(cells.LENGTH_UNITS) | _by_word("units")
ELEMENT_KINDS = _by_word("elements", terms.ELEMENT_KIND, terms.FACILITY, ids=survey.ELEMENT_KINDS)
SITE_KINDS = _by_word("site_kinds", terms.SITE_KIND)
SETTINGS = _by_word("settings", terms.SETTING, ids=survey.SETTINGS)
POSITION_PARTS = _by_word("position_parts")
PLACES = _by_word("places", terms.PLACE, ids=survey.PLACES)

_NUMBERED = re.compile(r"(?P<kind>.+?) ?(?P<number>[1-9][0-9]{0,2})?(?: ?(?:·|\(|:).*)?")
_ID = re.compile(r"(?:.+\.)?(?P<kind>[a-z_]+)\.(?P<number>[1-9][0-9]{0,2})")
# The site before the thing, as the program names a thing outside the page of its site.
_WITH_SITE = re.compile(r"[^ ]*[0-9][^ ]* (?P<thing>[^0-9 ].*)")
_RUN = re.compile(r"(?:ช่วง|ตอน|run|ramp run|section)(?:ที่)? ?[0-9]{1,2}")


def element(written: str) -> tuple[str, str]:
    """Return kind and label of an element as the program titles or numbers it; empty when unknown.

    Examples
    --------
    >>> element("Kerb ramp 2"), element("ทางลาด (คาดว่ามี รอช่างยืนยัน)"), element("bridge")
    (('kerb_ramp', '2'), ('ramp', ''), ('', ''))
    >>> element("KK-012.ramp.2"), element("KK-012 ทางลาด 2 · เหนือ")
    (('ramp', '2'), ('ramp', '2'))
    """
    plain = cells.clean(cells.one_spelling(written)).casefold()
    if plain in ELEMENT_KINDS:
        return ELEMENT_KINDS[plain], ""
    titled = _ID.fullmatch(plain) or _NUMBERED.fullmatch(plain)
    if not (titled and titled["kind"].strip() in ELEMENT_KINDS) and (named := _WITH_SITE.fullmatch(plain)):
        titled = _NUMBERED.fullmatch(named["thing"])
    kind = ELEMENT_KINDS.get(titled["kind"].strip(), "") if titled else ""
    return (kind, titled["number"] or "") if titled and kind else ("", "")


def is_run(label: str) -> bool:
    """Recognise the label of a run, which is a part of one ramp and not another one."""
    return _RUN.fullmatch(cells.clean(label).casefold()) is not None
