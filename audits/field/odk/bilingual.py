"""Write phrases in Thai and English at once, as the phone form needs them."""

from __future__ import annotations

import functools
from collections.abc import Callable

from audits import wording
from audits.rules import model

THAI, ENGLISH = "Thai (th)", "English (en)"


@functools.cache
def _words(language: str) -> wording.Wording:
    return wording.Wording(language)


def each(written: Callable[[wording.Wording], str]) -> model.Name:
    """Return a text in both languages."""
    return model.Name(written(_words("th")), written(_words("en")))


def text(english: str, **values: object) -> model.Name:
    """Return a phrase of the catalogue in both languages."""
    return each(lambda words: words.text(english, **values))


def columns(column: str, name: model.Name) -> dict[str, str]:
    """Write a name into the columns of an XLSForm, such as ``label::Thai (th)``."""
    return {f"{column}::{THAI}": name.th, f"{column}::{ENGLISH}": name.en}


def question(type_: str, name: str, label: model.Name, **more: str) -> dict[str, str]:
    """Write a question as a row of an XLSForm; `more` are columns of one language."""
    return {"type": type_, "name": name} | more | columns("label", label)


def required(message: model.Name) -> dict[str, str]:
    """Write the columns that make a question required, with what is shown when it is left empty."""
    return {"required": "yes"} | columns("required_message", message)
