"""Work the quality of a record out from its store: agreement of surveyors, and the report for pages and exports."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import pandas as pd

from audits.quality import agreement
from audits.quality import report as quality
from audits.rules import model
from audits.scoring import run
from audits.store.db import connection
from audits.store.register import devices
from audits.store.surveys import quarantine, read


def worked_out(
    store: connection.Store,
    sites: gpd.GeoDataFrame,
    elements: pd.DataFrame,
    measurements: pd.DataFrame,
    audited: run.Audit,
    book: model.Criteria,
    weights: model.Weights,
    as_of: dt.date,
) -> tuple[agreement.Agreement, quality.Quality]:
    """Return how far surveyors agree, and how far the record can be trusted.

    Parameters
    ----------
    store
        An open store, for its surveys, its held rows and its devices.
    sites, elements, measurements, audited, book, weights
        The record as it was audited; see :func:`audits.scoring.run.run`.
    as_of
        Day of the report.
    """
    held = quarantine.held_rows(store)
    still_open = int((held["decision"] == "").sum())
    found = agreement.run(sites, elements, measurements, book, weights)
    of_devices = devices.calibrations(store).set_index("device_code")
    report = quality.report(
        sites, elements, read.surveys(store), measurements, audited, still_open, found, book, as_of, of_devices
    )
    return found, report
