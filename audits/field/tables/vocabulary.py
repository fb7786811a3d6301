"""Look up the Thai and English words of offices for columns, units, kinds and settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from audits import survey
from audits.formats import cells

_WORDS: Mapping[str, Mapping[str, list[str]]] = json.loads(
    (Path(__file__).parent / "vocabulary.json").read_text("utf-8")
)


def _by_word(group: str, ids: tuple[str, ...] = ()) -> dict[str, str]:
    written = {word: meaning for meaning, words in _WORDS[group].items() for word in words}
    return {each: each for each in ids} | {each.replace("_", " "): each for each in ids} | written


MEANINGS = _by_word("columns")
UNITS = dict(cells.LENGTH_UNITS) | _by_word("units")
ELEMENT_KINDS = _by_word("elements", survey.ELEMENT_KINDS)
SITE_KINDS = _by_word("site_kinds")
SETTINGS = _by_word("settings", survey.SETTINGS)
PLACES = {word: place for place, words in _WORDS["places"].items() for word in words}
