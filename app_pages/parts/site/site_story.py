"""Work out one site's findings and what to measure next, once for each content."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.session import cache
from audits import record as records
from audits import wording
from audits.reports import site_report
from audits.scoring import next_measurement


def sections(context: session.Context, record: records.AuditedRecord, code: str) -> list[site_report.ElementSection]:
    """Word the findings of a site for the reader, an element a section."""
    return _sections(record, code, context.words.language)


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs=cache.KEYS)
def _sections(record: records.AuditedRecord, code: str, language: str) -> list[site_report.ElementSection]:
    return site_report.sections(record, code, wording.Wording(language))


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs=cache.KEYS)
def suggestions(record: records.AuditedRecord, code: str, unsized: frozenset[str]) -> list[next_measurement.Suggestion]:
    """Suggest what to measure next at a site, best first, and last what the price of `unsized` elements rests on."""
    elements = record.elements.loc[record.elements["site_code"] == code]
    governed = record.governed.loc[record.governed["element_id"].isin(elements.index)]
    setting = str(record.sites.loc[code, "setting"])
    return next_measurement.at_site(code, setting, elements, governed, record.criteria, record.weights, unsized)
