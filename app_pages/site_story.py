"""Work out one site's findings and what to measure next, once for each content."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from app_pages import session
from audits import audit, next_measurement, readings, site_report
from audits import record as records


def sections(
    context: session.Context, record: records.AuditedRecord, code: str, as_of: dt.date | None = None
) -> list[site_report.ElementSection]:
    """Return the findings of a site in the reader's words, an element a section."""
    return _sections((*_content(context, record, code, as_of), context.words.language), context, record)


def suggestions(
    context: session.Context, record: records.AuditedRecord, code: str, as_of: dt.date | None = None
) -> list[next_measurement.Suggestion]:
    """Return what to measure next at a site, best first."""
    return _suggestions(_content(context, record, code, as_of), context, record)


def _content(
    context: session.Context, record: records.AuditedRecord, code: str, as_of: dt.date | None
) -> tuple[object, ...]:
    """Return what the answers depend on; the site's code comes first."""
    weights = repr(context.weights)
    return (
        code,
        str(context.workspace.folder),
        record.head,
        record.audit.edition,
        as_of,
        context.criteria.version,
        weights,
    )


@st.cache_resource(max_entries=256, show_spinner=False)
def _sections(
    content: tuple[object, ...], _context: session.Context, _record: records.AuditedRecord
) -> list[site_report.ElementSection]:
    found: audit.Audit = _record.audit
    return site_report.sections(
        str(content[0]), found, _record.elements, _context.criteria, _context.weights, _context.words
    )


@st.cache_resource(max_entries=256, show_spinner=False)
def _suggestions(
    content: tuple[object, ...], _context: session.Context, _record: records.AuditedRecord
) -> list[next_measurement.Suggestion]:
    code = str(content[0])
    governed = readings.governing(_record.measurements.loc[_record.measurements["site_code"] == code])
    setting = str(_record.sites.loc[code, "setting"])
    return site_report.measure_next(code, setting, _record.elements, governed, _context.criteria, _context.weights)
