"""Name the sites and elements of a record, once for each record and language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.session import cache
from audits import record as records
from audits import wording
from audits.reports import markers, site_report


@dataclass(frozen=True)
class Names:
    """The names of one record in one language.

    Parameters
    ----------
    words
        Wording in this language.
    sites
        Code and name of each site, by code.
    elements
        Title of each element, its kind with its number and its label, by element id.
    codes
        Code of the site of each element, by element id.
    """

    words: wording.Wording
    sites: Mapping[str, str]
    elements: Mapping[str, str]
    codes: Mapping[str, str]

    def site(self, code: str) -> str:
        """Return a site's code and name; the code alone where it is not in the record."""
        return self.sites.get(code, code)

    def fix(self, fix_id: str) -> str:
        """Return a fix in one line: its site, and the element that it mends."""
        return f"{self.site(self.codes[fix_id])} · {self.elements[fix_id]}"


def of(context: session.Context, record: records.AuditedRecord) -> Names:
    """Return the names of a record in the reader's language; a page asks once, and not for each row."""
    return _names(record, context.words.language)


def site_names(sites: pd.DataFrame, words: wording.Wording) -> dict[str, str]:
    """Return code and name of each site of a table, such as the register with what is retired, by code."""
    # tuples of a few columns: rows as series are many times slower
    rows = sites[["name_th", "name_en"]].itertuples()
    return {str(row.Index): f"{row.Index!s} {markers.site_name(row, words)}" for row in rows}


def element_titles(elements: pd.DataFrame, words: wording.Wording) -> dict[str, str]:
    """Return the title of each element of a table, by id."""
    names = elements.index.astype(str)
    kinds, labels = (elements[column].fillna("").astype(str) for column in ("kind", "label"))
    return {
        name: site_report.element_title(name, kind, label, words)
        for name, kind, label in zip(names, kinds, labels, strict=True)
    }


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=cache.KEYS)
def _names(record: records.AuditedRecord, language: str) -> Names:
    words, elements = wording.Wording(language), record.elements
    codes = dict(zip(elements.index.astype(str), elements["site_code"].astype(str), strict=True))
    return Names(words, site_names(record.sites, words), element_titles(elements, words), codes)
