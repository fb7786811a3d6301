"""Rebuild surveys from their rows, exactly as they were received."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from audits import survey
from audits.store.db import schema

# below the number of variables that SQLite allows in a statement
BATCH = 500


def surveys(records: sa.Connection, survey_ids: Sequence[str]) -> Iterator[survey.Survey]:
    """Yield surveys in the order of their arrival; unknown ids are skipped."""
    for start in range(0, len(survey_ids), BATCH):
        yield from _batch(records, survey_ids[start : start + BATCH])


def _batch(records: sa.Connection, survey_ids: Sequence[str]) -> Iterator[survey.Survey]:
    elements = _rows_of(records, schema.survey_element, survey_ids)
    measurements = _rows_of(records, schema.measurement, survey_ids)
    photos = _rows_of(records, schema.survey_photo, survey_ids)
    columns = schema.survey.c
    query = sa.select(schema.survey).where(columns.survey_id.in_(survey_ids)).order_by(columns.fid)
    for row in records.execute(query).mappings():
        key = row["survey_id"]
        yield survey.Survey(
            survey_id=key,
            site_code=row["site_code"],
            surveyor=row["surveyor"],
            observed_at=row["observed_at"],
            source=row["source"],
            form_version=row["form_version"],
            elements=tuple(
                survey.Element(one["element_id"], one["kind"], one["label"]) for one in elements.get(key, ())
            ),
            measurements=tuple(_measurement(one) for one in measurements.get(key, ())),
            photos=tuple(_photo(one) for one in photos.get(key, ())),
            supersedes=row["supersedes"] or "",
            status=row["status"],
            note=row["note"],
            latitude=None if row["geom"] is None else row["geom"].y,
            longitude=None if row["geom"] is None else row["geom"].x,
            accuracy_m=row["accuracy_m"],
            root_id=row["root_id"],
            place=row["place"],
            located_at=row["located_at"],
        )


def _rows_of(records: sa.Connection, table: sa.Table, survey_ids: Sequence[str]) -> dict[str, list[Any]]:
    # ordered, since groupby joins only rows that stand side by side
    query = sa.select(table).where(table.c.survey_id.in_(survey_ids)).order_by(table.c.survey_id, table.c.fid)
    grouped = itertools.groupby(records.execute(query).mappings(), key=lambda row: str(row["survey_id"]))
    return {key: list(rows) for key, rows in grouped}


def _photo(row: Any) -> survey.Photo:
    return survey.Photo(row["sha256"], row["element_id"], row["caption"], row["quantity"], bool(row["contains_person"]))


def _measurement(row: Any) -> survey.Measurement:
    return survey.Measurement(
        element_id=row["element_id"],
        quantity=row["quantity"],
        value=row["value"],
        as_written=row["as_written"],
        instrument=row["instrument"],
        uncertainty=row["uncertainty"],
        reading=row["reading"],
        not_measured_because=row["not_measured_because"],
        photo_sha256=row["photo_sha256"] or "",
    )
