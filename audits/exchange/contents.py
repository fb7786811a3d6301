"""Lay out once what every exported file holds: sites, findings, elements, what to measure next, what all rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from audits import site_report, terms, wording
from audits.exchange import about_lines, columns, suggested
from audits.quality import report as quality_room
from audits.rules import model
from audits.scoring import run
from layers import ground as ground_room

LAYERS = ("finding", "element", "measure_next")
_QUALITY_NAMES = [column.name for column in columns.QUALITY]


@dataclass(frozen=True)
class Subject:
    """What is exported.

    Parameters
    ----------
    sites
        The register, index ``code``, EPSG:4326; see :func:`audits.store.surveys.read.sites`.
    elements
        Index ``element_id``; columns ``site_code``, ``kind``, ``label``, ``permitted_on``.
    measurements
        See :func:`audits.scoring.readings.governing`.
    audited
        The audit of these three.
    book, weights
        What it was judged by.
    ground
        What maps are drawn on; the coarse one when not given.
    """

    sites: gpd.GeoDataFrame
    elements: pd.DataFrame
    measurements: pd.DataFrame
    audited: run.Audit
    book: model.Criteria
    weights: model.Weights
    ground: ground_room.Ground | None = None


@dataclass(frozen=True)
class About:
    """What the reader of a file must know and the tables do not say.

    Parameters
    ----------
    exported_on
        Day of export.
    as_of
        Last day whose surveys count; None for all.
    head
        Head of the ledger, as ``sequence:digest``.
    demonstration
        Whether the surveys are invented.
    quality
        How far the record can be trusted, line by line in the reader's words; may be empty.
    app_address
        Where the application answers, such as ``https://audit.example.go.th``; empty where only this computer does.
    """

    exported_on: dt.date
    as_of: dt.date | None
    head: str
    demonstration: bool
    quality: tuple[quality_room.Line, ...] = ()
    app_address: str = ""

    def file_prefix(self) -> str:
        """Return what the names of files begin with, so that a demonstration is never taken for a record."""
        return "demonstration-" if self.demonstration else ""


@dataclass(frozen=True)
class Contents:
    """The tables of an export, coded values as ids, missing values as None, NaN or NaT.

    Parameters
    ----------
    sites
        One row a site in the order of the register, columns :func:`audits.exchange.columns.of_sites` and `geometry`
        (point or None, EPSG:4326).
    findings, elements, next_measurements
        Columns :data:`audits.exchange.columns.FINDINGS`, ``ELEMENTS``, ``NEXT_MEASUREMENTS``.
    about
        Item to text in the reader's language; days as ISO 8601.
    subject
        The selected sites with the audit of the whole register.
    made
        Day of export and whether this is a demonstration.
    layers
        Which of :data:`LAYERS` the tables hold beside the sites.
    """

    sites: gpd.GeoDataFrame
    findings: pd.DataFrame
    elements: pd.DataFrame
    next_measurements: pd.DataFrame
    about: Mapping[str, str]
    subject: Subject
    made: About
    layers: tuple[str, ...] = LAYERS

    def only(self, layers: Sequence[str]) -> Contents:
        """Return the same with fewer layers; the sites and what the reader must know always stay."""
        return replace(self, layers=tuple(layers))

    def tables(self, words: wording.Wording) -> Mapping[str, tuple[pd.DataFrame, tuple[columns.Column, ...]]]:
        """Return the tables with their columns, by name; ``about`` is the last, its titles in the reader's language."""
        known = [(item, words.text(about_lines.TITLES[item]), text) for item, text in self.about.items()]
        about = pd.DataFrame(known, columns=["item", "title", "text"])
        every = {
            "site": (self.sites, columns.of_sites(self.subject.weights)),
            "finding": (self.findings, columns.FINDINGS),
            "element": (self.elements, columns.ELEMENTS),
            "measure_next": (self.next_measurements, columns.NEXT_MEASUREMENTS),
            "quality": (pd.DataFrame(self.made.quality, columns=_QUALITY_NAMES), columns.QUALITY),
            "about": (about, columns.ABOUT),
        }
        wanted = {"site", "about", *self.layers} | ({"quality"} if self.made.quality else set())
        return {name: table for name, table in every.items() if name in wanted}


def contents(
    subject: Subject, words: wording.Wording, *, about: About, codes: Sequence[str] | pd.Index[str] | None = None
) -> Contents:
    """Return what an export holds.

    Parameters
    ----------
    subject
        What is exported.
    words
        The reader's language, for `about`.
    about
        When, from which record, and whether a demonstration.
    codes
        Sites to export; all when None.

    Raises
    ------
    KeyError
        If a code is not in the register.
    """
    kept = subject.sites.index if codes is None else pd.Index(codes)
    sites = subject.sites.loc[kept]
    elements = subject.elements.loc[subject.elements["site_code"].isin(kept)]
    mark = demonstration_mark() if about.demonstration else ""
    return Contents(
        sites=_sites(sites, subject, mark),
        findings=_findings(kept, subject, mark),
        elements=_elements(elements, subject.audited, mark),
        next_measurements=_next_measurements(sites, elements, subject, mark),
        about=about_lines.lines(
            subject.audited,
            sites,
            subject.book,
            words,
            exported_on=about.exported_on,
            as_of=about.as_of,
            head=about.head,
            mark=mark,
        ),
        subject=replace(subject, sites=sites, elements=elements),
        made=about,
    )


def demonstration_mark() -> str:
    """Return in both languages that the surveys are invented."""
    return " / ".join(wording.Wording(language).text(terms.DEMONSTRATION) for language in wording.LANGUAGES)


def _sites(sites: gpd.GeoDataFrame, subject: Subject, mark: str) -> gpd.GeoDataFrame:
    audited = subject.audited.sites.loc[sites.index]
    renamed = audited.rename(
        columns={
            "coverage": "coverage_share",
            "items_passed": "items_passed_count",
            "items_failed": "items_failed_count",
            "items_unknown": "items_unknown_count",
            "items_applicable": "items_applicable_count",
            "elements": "elements_count",
            "dangerous": "dangerous_failure",
        }
    )
    surveyed = pd.to_datetime(audited["last_surveyed_on"], utc=True).dt.tz_convert(wording.BANGKOK)
    table = (
        sites.drop(columns="geometry")
        .join(renamed)
        .assign(
            code=sites.index,
            last_surveyed_on=surveyed.dt.normalize().dt.tz_localize(None),
            longitude_deg=sites.geometry.x.round(6),
            latitude_deg=sites.geometry.y.round(6),
            demonstration=mark,
        )
    )
    wanted = columns.of_sites(subject.weights)
    return gpd.GeoDataFrame(_rounded(table, wanted), geometry=sites.geometry, crs=sites.crs).reset_index(drop=True)


def _findings(codes: pd.Index[str], subject: Subject, mark: str) -> pd.DataFrame:
    book = subject.book
    found = subject.audited.findings
    found = found.loc[found["site_code"].isin(codes)].sort_values(["site_code", "element_id", "criterion"])
    rules = found["criterion"].map(book.criteria)
    sources = found["source"].map(book.sources)
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
        uncertainty=found["uncertainty"].where(found["lowest"].notna()),
        clause_en=_clauses(found, book),
        source_name_th=sources.map(lambda source: source.short.th),
        source_name_en=sources.map(lambda source: source.short.en),
        checked_against_gazette=sources.map(lambda source: source.compared_with_gazette),
        demonstration=mark,
    )
    return _rounded(table, columns.FINDINGS).reset_index(drop=True)


def _clauses(found: pd.DataFrame, book: model.Criteria) -> list[str]:
    english = wording.Wording("en")
    known: dict[tuple[str, str, str], str] = {}
    for row in found.drop_duplicates(["criterion", "source", "clause"]).itertuples():
        key = (str(row.criterion), str(row.source), str(row.clause))
        known[key] = site_report.clause_text(book.criteria[key[0]], row, english)
    return [known[key] for key in zip(found["criterion"], found["source"], found["clause"], strict=True)]


def _elements(elements: pd.DataFrame, audited: run.Audit, mark: str) -> pd.DataFrame:
    scored = audited.elements.reindex(elements.index).rename(columns={"coverage": "coverage_share"})
    table = elements.join(scored[["score_low", "score_high", "coverage_share"]])
    table = table.assign(element_id=elements.index, demonstration=mark)
    return _rounded(table, columns.ELEMENTS).reset_index(drop=True)


def _next_measurements(sites: gpd.GeoDataFrame, elements: pd.DataFrame, subject: Subject, mark: str) -> pd.DataFrame:
    rows = []
    for code, found in suggested.at_each(sites, elements, subject.measurements, subject.book, subject.weights):
        for rank, each in enumerate(found, start=1):
            quantity = subject.book.quantities[each.quantity]
            what = (quantity.name.th, quantity.name.en, quantity.how.th, quantity.how.en, quantity.minutes)
            rows.append((code, rank, each.element_id, each.quantity, *what, each.gain, each.gain_per_minute, mark))
    names = [column.name for column in columns.NEXT_MEASUREMENTS]
    return _rounded(pd.DataFrame(rows, columns=names), columns.NEXT_MEASUREMENTS)


def _rounded(table: pd.DataFrame, wanted: Sequence[columns.Column]) -> pd.DataFrame:
    """Return the columns in order, numbers to six decimals, an open limit as nothing."""
    table = table[[column.name for column in wanted]].copy()
    for column in wanted:
        if column.kind == columns.NUMBER:
            table[column.name] = table[column.name].astype(float).replace([np.inf, -np.inf], np.nan).round(6)
        elif column.kind == columns.WHOLE:
            table[column.name] = table[column.name].astype("Int64")
        elif column.kind == columns.YES_NO:
            table[column.name] = table[column.name].astype(bool)
        elif column.kind == columns.DAY:
            table[column.name] = pd.to_datetime(table[column.name])
        else:
            table[column.name] = table[column.name].astype(object).where(table[column.name].notna(), "").astype(str)
    return table
