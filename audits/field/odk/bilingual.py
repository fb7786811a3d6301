"""Say one thing in Thai and in English at once, as the phone form needs it."""

from __future__ import annotations

import functools
from collections.abc import Callable

from audits import criteria, wording

THAI, ENGLISH = "Thai (th)", "English (en)"


@functools.cache
def _words(language: str) -> wording.Wording:
    return wording.Wording(language)


def each(say: Callable[[wording.Wording], str]) -> criteria.Name:
    """Return what `say` says in either language."""
    return criteria.Name(say(_words("th")), say(_words("en")))


def text(english: str, **values: object) -> criteria.Name:
    """Return a phrase of the catalogue in both languages."""
    return each(lambda words: words.text(english, **values))


def columns(column: str, name: criteria.Name) -> dict[str, str]:
    """Return a name as the columns of an XLSForm, such as ``label::Thai (th)``."""
    return {f"{column}::{THAI}": name.th, f"{column}::{ENGLISH}": name.en}
