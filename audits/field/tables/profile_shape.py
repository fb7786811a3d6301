"""Word what does not fit the form of a profile, in the language of its author."""

from __future__ import annotations

from typing import Any

import jsonschema

from audits import wording

phrase = wording.phrase

NO_KEY = phrase("“{key}” is missing")
UNKNOWN_KEY = phrase("“{key}” means nothing here; use {accepted}")
ONE_OF = phrase("“{written}” is none of {accepted}")
EMPTY = phrase("nothing is written")
A_LIST, A_TEXT, KEYS = phrase("a list is needed"), phrase("a text is needed"), phrase("keys with values are needed")
HOW_MANY = phrase("{wanted} entries are needed, and there are {found}")
OF_NO_FORM = phrase("it is not written as data/profiles.md shows")
AT = phrase("line {line}, column {column} cannot be read")
UNREADABLE = phrase("it cannot be read")

_TYPES = {"array": A_LIST, "string": A_TEXT, "object": KEYS}
_MOST_SHOWN = 60


def reason(fault: jsonschema.ValidationError) -> wording.Translated:
    """Say what is wrong at one place of a profile, from the fault that its schema finds there."""
    wanted: Any = fault.validator_value
    found: Any = fault.instance
    if fault.validator == "type":
        return wording.translated(_TYPES.get(wanted, OF_NO_FORM))
    if fault.validator == "required":
        # There is a fault for each key that is missing, and only its message tells which.
        return _written(NO_KEY, key=next(key for key in wanted if fault.message.startswith(repr(key))))
    if fault.validator == "additionalProperties":
        return _unknown_keys(fault.schema, found)
    if fault.validator == "enum":
        return _written(ONE_OF, written=str(found)[:_MOST_SHOWN], accepted=", ".join(map(str, wanted)))
    if fault.validator in ("minItems", "maxItems"):
        return _written(HOW_MANY, wanted=wanted, found=len(found))
    return wording.translated(EMPTY if fault.validator == "minLength" else OF_NO_FORM)


def _unknown_keys(schema: Any, found: Any) -> wording.Translated:
    accepted = list(schema.get("properties", ()))
    unknown = ", ".join(str(key) for key in found if key not in accepted)
    return _written(UNKNOWN_KEY, key=unknown[:_MOST_SHOWN], accepted=", ".join(accepted))


def unreadable(error: Exception) -> wording.Translated:
    """Say where a text is no YAML, as far as its reader knows."""
    mark = getattr(error, "problem_mark", None)
    return _written(AT, line=mark.line + 1, column=mark.column + 1) if mark else wording.translated(UNREADABLE)


def _written(english: str, **values: object) -> wording.Translated:
    return wording.Translated(lambda words: words.text(english, **values))
