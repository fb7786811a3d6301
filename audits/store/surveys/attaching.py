"""Attach the photos of a received survey, now or when they arrive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd
import sqlalchemy as sa

from audits import errors
from audits.store.audit_log import events
from audits.store.db import column_types, connection, frames, schema

OTHER_PHOTO = errors.ProblemKind(
    "STORE-511", "Another photo came under the name {name} before; the first one stays, send this one with a new name."
)


@dataclass(frozen=True)
class Evidence:
    """One photo of a survey under the name that its record gives it; `sha256` is empty until it arrives."""

    name: str
    sha256: str = ""
    element_id: str = ""
    quantity: str = ""
    caption: str = ""
    contains_person: bool = False


def attach(
    store: connection.Store, survey_id: str, photos: Sequence[Evidence], actor: str, at: dt.datetime | None = None
) -> tuple[errors.Problem, ...]:
    """Attach the photos that arrived and note those that are missing; doing it again changes nothing.

    Returns
    -------
    tuple of errors.Problem
        Photos that differ from one attached before under the same name; the first stays.

    Raises
    ------
    audits.errors.NotAllowedError
        When this role may not send surveys.
    """
    moment = column_types.instant(at)
    problems: list[errors.Problem] = []
    with connection.writing(store) as records:
        here = _by_name(records, schema.attached_photo, survey_id)
        awaited = _by_name(records, schema.awaited_photo, survey_id)
        for photo in photos:
            if photo.name in here:
                if photo.sha256 and here[photo.name] != photo.sha256:
                    problems.append(OTHER_PHOTO.at(photo.name, name=photo.name))
            elif photo.sha256:
                events.add(records, "survey.photo", {"survey_id": survey_id, **asdict(photo)}, actor, moment)
                # two photos that come together may have one name
                here[photo.name] = photo.sha256
            elif photo.name not in awaited:
                events.add(records, "survey.await", {"survey_id": survey_id, "name": photo.name}, actor, moment)
                awaited[photo.name] = photo.name
    return tuple(problems)


def attached(store: connection.Store, survey_id: str) -> set[str]:
    """Return the names of the photos of one survey that have arrived."""
    with connection.reading(store) as records:
        return set(_by_name(records, schema.attached_photo, survey_id))


def missing(store: connection.Store) -> pd.DataFrame:
    """Return the photos that records name and that have not arrived: ``survey_id``, ``name``."""
    awaited, attached = schema.awaited_photo.c, schema.attached_photo.c
    came = sa.select(attached.fid).where(attached.survey_id == awaited.survey_id, attached.name == awaited.name)
    query = sa.select(awaited.survey_id, awaited.name).where(~came.exists()).order_by(awaited.fid)
    return frames.frame(frames.rows(store, query), {"survey_id": "str", "name": "str"})


def _by_name(records: sa.Connection, table: sa.Table, survey_id: str) -> dict[str, str]:
    value = table.c.sha256 if "sha256" in table.c else table.c.name
    query = sa.select(table.c.name, value).where(table.c.survey_id == survey_id)
    return {row[0]: row[1] for row in records.execute(query)}
