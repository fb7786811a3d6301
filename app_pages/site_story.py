"""Work out one site's findings and what to measure next, once for each content."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from app_pages import frame
from audits import site_report
from audits.scoring import next_measurement, readings, run


def sections(
    place: frame.Here, state: frame.Audited, code: str, as_of: dt.date | None = None
) -> list[site_report.ElementSection]:
    """Return the findings of a site in the reader's words, an element a section."""
    return _sections((*_content(place, state, code, as_of), place.words.language), place, state)


def suggestions(
    place: frame.Here, state: frame.Audited, code: str, as_of: dt.date | None = None
) -> list[next_measurement.Suggestion]:
    """Return what to measure next at a site, best first."""
    return _suggestions(_content(place, state, code, as_of), place, state)


def _content(place: frame.Here, state: frame.Audited, code: str, as_of: dt.date | None) -> tuple[object, ...]:
    """Return what the answers depend on; the site's code comes first."""
    weights = repr(place.weights)
    return code, str(place.workspace.folder), state.head, state.audit.edition, as_of, place.book.version, weights


@st.cache_resource(max_entries=256, show_spinner=False)
def _sections(
    content: tuple[object, ...], _place: frame.Here, _state: frame.Audited
) -> list[site_report.ElementSection]:
    found: run.Audit = _state.audit
    return site_report.sections(str(content[0]), found, _state.elements, _place.book, _place.weights, _place.words)


@st.cache_resource(max_entries=256, show_spinner=False)
def _suggestions(
    content: tuple[object, ...], _place: frame.Here, _state: frame.Audited
) -> list[next_measurement.Suggestion]:
    code = str(content[0])
    governed = readings.governing(_state.measurements.loc[_state.measurements["site_code"] == code])
    setting = str(_state.sites.loc[code, "setting"])
    return site_report.measure_next(code, setting, _state.elements, governed, _place.book, _place.weights)
