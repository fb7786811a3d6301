"""Build audited records from frames written by hand."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from audits import audit, criteria, criteria_files, record

SURVEYS = (
    *("survey_id", "site_code", "surveyor", "observed_at", "status", "superseded_by", "supersedes", "review"),
    *("latitude", "longitude"),
)


def record_of(
    sites: pd.DataFrame,
    elements: pd.DataFrame,
    measurements: pd.DataFrame,
    book: criteria.Criteria | None = None,
    weights: criteria.Weights | None = None,
    **changes: Any,
) -> record.AuditedRecord:
    """Judge frames as if a store had held them; `changes` are fields of the record."""
    book, weights = book or criteria_files.load_criteria(), weights or criteria_files.load_weights()
    edition = changes.pop("edition", audit.BY_PERMIT_DATE)
    fields: dict[str, Any] = {
        "surveys": pd.DataFrame(columns=list(SURVEYS)),
        "head": "7:0a1b2c",
        "demonstration": False,
        "as_of": None,
        "official_only": False,
        "key": str(id(measurements)),
    }
    return record.AuditedRecord(
        sites=gpd.GeoDataFrame(sites),
        elements=elements,
        measurements=measurements,
        criteria=book,
        weights=weights,
        audit=audit.run(sites, elements, measurements, book, weights, edition),
        edition=edition,
        **fields | changes,
    )
