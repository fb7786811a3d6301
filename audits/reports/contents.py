"""Lay out once the tables of every export: sites, findings, elements, what to measure next, what they rest on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from audits import record as records
from audits import terms, wording
from audits.quality import sentences
from audits.reports import about_lines, columns, markers, site_report
from audits.rules import gazette, model
from audits.scoring import next_measurement
from layers import ground as ground_room
from layers import network

LAYERS = ("finding", "element", "measure_next")
_QUALITY_NAMES = [column.name for column in columns.QUALITY]


@dataclass(frozen=True)
class Options:
    """Values that an export needs beside the record.

    Parameters
    ----------
    exported_on
        Day of export.
    quality
        Figures of the record's quality in the reader's language; may be empty.
    app_address
        Address of the application, such as ``https://audit.example.go.th``; empty where only this computer runs it.
    ground
        Base map of the maps; the coarse one when not given.
    licence
        Licence of the open data that the municipality chose, as an SPDX id; empty where it chose none.
    network
        Walking network, for formats that hold one; None where it is left out.
    unsized
        Ids of the elements whose price rests on a rise that nobody levelled.
    photos
        Photos of surveys, from :func:`audits.store.surveys.read.photos`, which no format holds; None where uncounted.
    """

    exported_on: dt.date
    quality: tuple[sentences.Line, ...] = ()
    app_address: str = ""
    ground: ground_room.Ground | None = None
    licence: str = ""
    network: network.Network | None = None
    unsized: frozenset[str] = frozenset()
    photos: pd.DataFrame | None = None


@dataclass(frozen=True)
class Contents:
    """The tables of an export, coded values as ids, missing values as None, NaN or NaT.

    Parameters
    ----------
    sites
        One row a site in the order of the register, columns :func:`audits.reports.columns.of_sites` and `geometry`
        (point or None, EPSG:4326).
    findings, elements, next_measurements
        Columns :data:`audits.reports.columns.FINDINGS`, ``ELEMENTS``, ``NEXT_MEASUREMENTS``.
    about
        Item to text in the reader's language; days as ISO 8601.
    record
        The selected sites with the audit of the whole register.
    options
        Day of export, and what else it was made with.
    layers
        Which of :data:`LAYERS` the tables hold beside the sites.
    """

    sites: gpd.GeoDataFrame
    findings: pd.DataFrame
    elements: pd.DataFrame
    next_measurements: pd.DataFrame
    about: Mapping[str, str]
    record: records.AuditedRecord
    options: Options
    layers: tuple[str, ...] = LAYERS

    @property
    def file_prefix(self) -> str:
        """Beginning of the names of files, so that a demonstration is never taken for a record."""
        return "demonstration-" if self.record.demonstration else ""

    def only(self, layers: Sequence[str]) -> Contents:
        """Return the same with fewer layers; the sites and the ``about`` lines always stay."""
        return replace(self, layers=tuple(layers))

    def tables(self, words: wording.Wording) -> Mapping[str, tuple[pd.DataFrame, tuple[columns.Column, ...]]]:
        """Return the tables with their columns, by name; ``about`` is the last, its titles in the reader's language."""
        known = [(item, words.text(about_lines.TITLES[item]), text) for item, text in self.about.items()]
        about = pd.DataFrame(known, columns=["item", "title", "text"])
        every = {
            "site": (self.sites, columns.of_sites(self.record.weights)),
            "finding": (self.findings, columns.FINDINGS),
            "element": (self.elements, columns.ELEMENTS),
            "measure_next": (self.next_measurements, columns.NEXT_MEASUREMENTS),
            "quality": (pd.DataFrame(self.options.quality, columns=_QUALITY_NAMES), columns.QUALITY),
            "about": (about, columns.ABOUT),
        }
        wanted = {"site", "about", *self.layers} | ({"quality"} if self.options.quality else set())
        return {name: table for name, table in every.items() if name in wanted}


def contents(
    record: records.AuditedRecord,
    words: wording.Wording,
    *,
    options: Options,
    codes: Sequence[str] | pd.Index[str] | None = None,
) -> Contents:
    """Gather the tables of an export.

    Parameters
    ----------
    record, options
        The record, and values beside it.
    words
        The reader's language, for `about`.
    codes
        Sites to export; all when None.

    Raises
    ------
    KeyError
        If a code is not in the register.
    """
    part = record if codes is None else record.select(codes)
    mark = demonstration_mark() if record.demonstration else ""
    return Contents(
        sites=_sites(part, mark),
        findings=_findings(part, mark),
        elements=_elements(part, mark),
        next_measurements=_next_measurements(part, options.unsized, mark),
        about=about_lines.lines(part, words, exported_on=options.exported_on, mark=mark),
        record=part,
        options=options,
    )


def demonstration_mark() -> str:
    """Return the mark of invented surveys in both languages."""
    return " / ".join(wording.Wording(language).text(terms.DEMONSTRATION) for language in wording.LANGUAGES)


def _sites(record: records.AuditedRecord, mark: str) -> gpd.GeoDataFrame:
    sites = record.sites
    audited = record.audit.sites.loc[sites.index]
    renamed = audited.rename(
        columns={
            "coverage": "coverage_share",
            "items_passed": "items_passed_count",
            "items_failed": "items_failed_count",
            "items_unknown": "items_unknown_count",
            "items_borderline": "items_borderline_count",
            "law_failed": "law_failed_count",
            "items_applicable": "items_applicable_count",
            "elements": "elements_count",
            "dangerous": "dangerous_failure",
        }
    )
    # The day of a visit is the town's: late evening in UTC is the next day in Thailand.
    rows = audited.to_dict("records")
    surveyed = pd.to_datetime(audited["last_surveyed_on"], utc=True).dt.tz_convert(wording.local_zone())
    table = (
        sites.drop(columns="geometry")
        .join(renamed)
        .assign(
            code=sites.index,
            grade_undecided=[markers.undecided(one) for one in rows],
            sentence_th=[markers.compliance_and_grade(one, wording.Wording("th")) for one in rows],
            sentence_en=[markers.compliance_and_grade(one, wording.Wording("en")) for one in rows],
            last_surveyed_on=surveyed.dt.normalize().dt.tz_localize(None),
            longitude_deg=sites.geometry.x.round(6),
            latitude_deg=sites.geometry.y.round(6),
            demonstration=mark,
        )
    )
    wanted = columns.of_sites(record.weights)
    return gpd.GeoDataFrame(_rounded(table, wanted), geometry=sites.geometry, crs=sites.crs).reset_index(drop=True)


def _findings(record: records.AuditedRecord, mark: str) -> pd.DataFrame:
    criteria = record.criteria
    found = record.audit.findings
    found = found.loc[found["site_code"].isin(record.sites.index)].sort_values(["site_code", "element_id", "criterion"])
    rules = found["criterion"].map(criteria.criteria)
    sources = found["source"].map(criteria.sources)
    table = found.rename(
        columns={
            "lowest": "measured_lowest",
            "highest": "measured_highest",
            "readings": "readings_count",
            "lower": "limit_lower",
            "upper": "limit_upper",
            "stated_as": "limit_as_stated",
            "clause": "clause_th",
        }
    ).assign(
        element_kind=rules.map(lambda rule: rule.element),
        criterion_name_th=rules.map(lambda rule: rule.name.th),
        criterion_name_en=rules.map(lambda rule: rule.name.en),
        unit=rules.map(lambda rule: rule.quantity.unit),
        # An uncertainty without a value would read as a measurement.
        uncertainty=found["uncertainty"].where(found["lowest"].notna()),
        clause_en=_clauses(found, criteria),
        source_name_th=sources.map(lambda source: source.short.th),
        source_name_en=sources.map(lambda source: source.short.en),
        checked_against_gazette=_checked(found, criteria),
        demonstration=mark,
    )
    return _rounded(table, columns.FINDINGS).reset_index(drop=True)


def _checked(found: pd.DataFrame, criteria: model.Criteria) -> list[bool]:
    pairs = zip(found["criterion"], found["source"], strict=True)
    return [criteria.criteria[name].limit_of(source).state == gazette.CHECKED for name, source in pairs]


def _clauses(found: pd.DataFrame, criteria: model.Criteria) -> list[str]:
    english = wording.Wording("en")
    # Many findings share few clauses, and finding one in English takes a search through its criterion.
    known: dict[tuple[str, str, str], str] = {}
    for row in found.drop_duplicates(["criterion", "source", "clause"]).itertuples():
        key = (str(row.criterion), str(row.source), str(row.clause))
        known[key] = site_report.clause_text(criteria.criteria[key[0]], row, english)
    return [known[key] for key in zip(found["criterion"], found["source"], found["clause"], strict=True)]


def _elements(record: records.AuditedRecord, mark: str) -> pd.DataFrame:
    elements = record.elements
    scored = record.audit.elements.reindex(elements.index).rename(columns={"coverage": "coverage_share"})
    table = elements.join(scored[["score_low", "score_high", "coverage_share"]])
    table = table.assign(element_id=elements.index, demonstration=mark)
    return _rounded(table, columns.ELEMENTS).reset_index(drop=True)


def _next_measurements(record: records.AuditedRecord, unsized: Collection[str], mark: str) -> pd.DataFrame:
    rows = []
    for code, found in suggestions(record, unsized):
        for rank, each in enumerate(found, start=1):
            quantity = record.criteria.quantities[each.quantity]
            what = (quantity.name.th, quantity.name.en, quantity.how.th, quantity.how.en, quantity.minutes)
            gains = each.gain, each.gain_per_minute
            rows.append((code, rank, each.element_id, each.quantity, *what, *gains, each.reason, mark))
    names = [column.name for column in columns.NEXT_MEASUREMENTS]
    return _rounded(pd.DataFrame(rows, columns=names), columns.NEXT_MEASUREMENTS)


def suggestions(
    record: records.AuditedRecord, unsized: Collection[str] = ()
) -> Iterator[tuple[str, Sequence[next_measurement.Suggestion]]]:
    """Yield each site's code with its suggestions, best first; see :func:`audits.scoring.next_measurement.at_sites`."""
    judged = record.sites, record.elements, record.governed, record.criteria, record.weights
    return next_measurement.at_sites(*judged, unsized)


def first_measurements(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the next measurements that a short list has, as :func:`audits.scoring.next_measurement.first` chooses."""
    return table.loc[(table["rank"] <= most) | (table["reason"] == next_measurement.PRICE)]


def why_measured(reason: str, words: wording.Wording) -> str:
    """Say why something is to be measured; empty where it narrows the score, as most of it does."""
    return words.text(terms.MEASURED_FOR[reason]) if reason == next_measurement.PRICE else ""


def _rounded(table: pd.DataFrame, wanted: Sequence[columns.Column]) -> pd.DataFrame:
    """Return the columns in order, numbers to six decimals, an open limit as nothing."""
    # a table of its own: pandas warns where columns of a part of another one are set
    table = table[[column.name for column in wanted]].copy()
    for column in wanted:
        if column.kind == columns.NUMBER:
            table[column.name] = table[column.name].astype(float).replace([np.inf, -np.inf], np.nan).round(6)
        elif column.kind == columns.WHOLE:
            # whole numbers that may be missing; as floats they would print with a decimal
            table[column.name] = table[column.name].astype("Int64")
        elif column.kind == columns.YES_NO:
            table[column.name] = table[column.name].astype(bool)
        elif column.kind == columns.DAY:
            table[column.name] = pd.to_datetime(table[column.name])
        else:
            table[column.name] = table[column.name].astype(object).where(table[column.name].notna(), "").astype(str)
    return table
