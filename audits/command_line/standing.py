"""Read a record as it stands and judge it, for every command that tells of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from audits.command_line import arguments
from audits.quality import record_quality, report
from audits.rules import files, model
from audits.scoring import run
from audits.store.db import connection
from audits.store.surveys import read


@dataclass(frozen=True)
class Standing:
    """One record, judged: its frames as :mod:`audits.store.surveys.read` gives them, the audit, what it rests on."""

    sites: gpd.GeoDataFrame
    elements: pd.DataFrame
    measurements: pd.DataFrame
    audited: run.Audit
    book: model.Criteria
    weights: model.Weights
    head: str
    demonstration: bool
    trust: report.Quality


def load(folder: Path | None, edition: str, as_of: dt.date | None, *, approved_only: bool = False) -> Standing:
    """Judge the record of a workspace; retired sites are left out.

    Parameters
    ----------
    folder
        The workspace asked for; None for the environment's.
    edition
        As in :func:`audits.scoring.run.run`.
    as_of
        Only visits up to the end of this day in Bangkok; None for all.
    approved_only
        Only surveys that an engineer approved.

    Raises
    ------
    audits.errors.WorkspaceError
        When there is no record.
    """
    book = files.load_criteria()
    edition = arguments.known_edition(edition, book)
    with arguments.opened(folder) as store:
        sites = read.sites(store)
        sites = sites.loc[~sites["retired"]]
        elements, measurements = read.elements(store), read.measurements(store, as_of, approved_only=approved_only)
        weights, head = arguments.weights(store.workspace), str(read.head(store))
        demonstration = connection.kind(store) == "demonstration"
        audited = run.run(sites, elements, measurements, book, weights, edition)
        record = sites, elements, measurements, audited, book, weights
        _, trust = record_quality.worked_out(store, *record, arguments.today())
    return Standing(*record, head, demonstration, trust)
