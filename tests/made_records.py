"""Build audited records from frames written by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import geopandas as gpd
import pandas as pd

from audits import record as records
from audits.rules import files, model
from audits.scoring import run
from audits.store import town

SURVEYS = (
    *("survey_id", "site_code", "surveyor", "observed_at", "status", "superseded_by", "supersedes", "review"),
    *("latitude", "longitude", "note", "place"),
)
NOTHING = pd.DataFrame(
    {
        **{name: pd.Series(dtype=object) for name in ("survey_id", "site_code", "element_id", "quantity")},
        **{name: pd.Series(dtype=object) for name in ("as_written", "review", "photo_sha256")},
        **{name: pd.Series(dtype=float) for name in ("value", "uncertainty")},
        "observed_at": pd.Series(dtype="datetime64[ms, UTC]"),
    }
)


def record_of(
    sites: pd.DataFrame,
    elements: pd.DataFrame,
    measurements: pd.DataFrame | None = None,
    book: model.Criteria | None = None,
    weights: model.Weights | None = None,
    **changes: Any,
) -> records.AuditedRecord:
    """Judge frames as if a store had held them; nothing measured when None; `changes` are fields of the record."""
    measurements = NOTHING if measurements is None else measurements
    book, weights = book or files.load_criteria(), weights or files.load_weights()
    edition = changes.pop("edition", run.BY_PERMIT_DATE)
    fields: dict[str, Any] = {
        "surveys": pd.DataFrame(columns=list(SURVEYS)),
        "head": f"7:{'0a1b2c3d' * 8}",
        "demonstration": False,
        "as_of": None,
        "official_only": False,
        "key": str(id(measurements)),
        "presumed": (),
        "rebuilt": {},
        "history": measurements,
        "town": town.starter(),
    }
    fields["joined"] = joined = changes.pop("joined", {})
    if "audit" not in changes:
        readings = records.shared(measurements, elements, joined)
        fields["audit"] = run.run(sites, elements, readings, book, weights, edition)
    return records.AuditedRecord(
        sites=gpd.GeoDataFrame(sites),
        elements=elements,
        measurements=measurements,
        criteria=book,
        weights=weights,
        edition=edition,
        **fields | changes,
    )


def judged_again(record: records.AuditedRecord, **changes: Any) -> records.AuditedRecord:
    """Judge the frames of a record anew after some of its fields were changed."""
    changed = dataclasses.replace(record, **changes)
    frames = changed.sites, changed.elements, changed.governing
    return dataclasses.replace(
        changed, audit=run.run(*frames, changed.criteria, changed.weights, changed.edition), key=f"{record.key}+"
    )
