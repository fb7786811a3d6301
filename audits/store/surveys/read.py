"""Read sites, elements, surveys, measurements and photos into data frames."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from audits import errors, wording
from audits import survey as survey_record
from audits.store.audit_log import hash_chain
from audits.store.db import column_types, connection, frames, schema
from audits.store.photos import marks
from audits.store.register import checks
from audits.store.surveys import rebuild, reviews


def _typed(*names: str, **dtypes: str) -> dict[str, str]:
    """Return the type of each column, text unless named."""
    return {name: dtypes.get(name, "str") for name in names}


_STAMPS = {"retired": "bool", "version": "int64", "updated_by": "str", "updated_at": frames.INSTANT}
_SITE = _typed("code", *checks.SITE_COLUMNS, zone="Int64", position_accuracy_m="float64") | _STAMPS
_ELEMENT = _typed("element_id", *checks.ELEMENT_COLUMNS, permitted_on=frames.DAY) | _STAMPS
_SURVEY = _typed(
    *("survey_id", "receipt_number", "site_code", "surveyor", "observed_at", "received_at", "source", "form_version"),
    *("status", "supersedes", "superseded_by", "latitude", "longitude", "accuracy_m", "note", "content_sha256"),
    *("root_id", "place", "located_at", "review", "review_note", "answer_notes", "reviewed_by", "reviewed_at"),
    receipt_number="int64",
    **dict.fromkeys(("observed_at", "received_at", "located_at", "reviewed_at"), frames.INSTANT),
    **dict.fromkeys(("latitude", "longitude", "accuracy_m"), "float64"),
)
_MEASUREMENT = _typed(
    *("survey_id", "site_code", "surveyor", "observed_at", "element_id", "element_kind", "quantity", "value"),
    *("as_written", "instrument", "uncertainty", "reading", "not_measured_because", "photo_sha256", "review"),
    observed_at=frames.INSTANT,
    reading="int64",
    **dict.fromkeys(("value", "uncertainty"), "float64"),
)
_PHOTO = _typed(
    *("survey_id", "site_code", "observed_at", "sha256", "element_id", "quantity", "caption", "contains_person"),
    *("shown_sha256", "width", "height", "latitude", "longitude", "taken_at", "erased_at", "erased_because"),
    contains_person="bool",
    **dict.fromkeys(("width", "height"), "int64"),
    **dict.fromkeys(("latitude", "longitude"), "float64"),
    **dict.fromkeys(("observed_at", "taken_at", "erased_at"), frames.INSTANT),
)


def sites(store: connection.Store) -> gpd.GeoDataFrame:
    """Return the register of sites.

    Returns
    -------
    geopandas.GeoDataFrame
        Index ``code`` in order; columns :data:`audits.store.register.checks.SITE_COLUMNS`, ``retired``, ``version``,
        ``updated_by``, ``updated_at`` (UTC), ``geometry`` (point, EPSG:4326; None where nobody knows).
    """
    return _places(store, schema.site.select().order_by(schema.site.c.code)).set_index("code")


def site_history(store: connection.Store, code: str) -> gpd.GeoDataFrame:
    """Return the former versions of one site, oldest first; columns as :func:`sites`, with ``code``."""
    table = schema.site_history
    return _places(store, table.select().where(table.c.code == code).order_by(table.c.history_fid))


def elements(store: connection.Store) -> pd.DataFrame:
    """Return the register of elements.

    Returns
    -------
    pandas.DataFrame
        Index ``element_id`` in order; columns :data:`audits.store.register.checks.ELEMENT_COLUMNS` (``permitted_on``
        is a day or NaT), ``retired``, ``version``, ``updated_by``, ``updated_at`` (UTC).
    """
    columns = [schema.element.c[name] for name in _ELEMENT]
    query = sa.select(*columns).order_by(schema.element.c.element_id)
    return frames.frame(frames.rows(store, query), _ELEMENT).set_index("element_id")


def surveys(store: connection.Store, as_of: dt.date | None = None) -> pd.DataFrame:
    """Return every survey, also the corrected and the withdrawn, in the order of their arrival.

    Parameters
    ----------
    as_of
        Only visits up to the end of this local day; a correction of a later visit is not known yet.

    Returns
    -------
    pandas.DataFrame
        ``survey_id``, ``receipt_number``, ``site_code``, ``surveyor``, ``observed_at`` and ``received_at`` (UTC),
        ``source``, ``form_version``, ``status``, ``supersedes`` and ``superseded_by`` (empty when none), ``latitude``,
        ``longitude``, ``accuracy_m`` (NaN when not known), ``note``, ``content_sha256``, ``root_id``, ``place`` (one of
        :data:`audits.survey.PLACES` or empty), ``located_at`` (UTC or NaT), ``review``
        (one of :mod:`audits.store.surveys.reviews`' decisions), ``review_note``, ``answer_notes`` (JSON by element and
        quantity), ``reviewed_by``, ``reviewed_at`` (UTC or NaT).
    """
    visit, newer = schema.survey, schema.survey.alias("newer")
    apart = ("superseded_by", "latitude", "longitude", *_REVIEW)
    plain = [name for name in _SURVEY if name not in apart]
    # in the join and not in the condition below, which would drop a survey whose correction came later
    follows = sa.and_(newer.c.supersedes == visit.c.survey_id, _seen(newer, as_of))
    query = (
        sa.select(*(visit.c[name] for name in plain), newer.c.survey_id.label("superseded_by"), visit.c.geom)
        .add_columns(*(schema.review.c[column].label(name) for name, column in _REVIEW.items()))
        .select_from(visit.outerjoin(newer, follows).outerjoin(schema.review, _latest_review(visit)))
        .where(_seen(visit, as_of))
        .order_by(visit.c.fid)
    )
    rows = frames.rows(store, query)
    # Points become two columns, since a frame of surveys is no layer of a map.
    points = [row.pop("geom") for row in rows]
    for row, point in zip(rows, points, strict=True):
        row |= {"latitude": None if point is None else point.y, "longitude": None if point is None else point.x}
        row |= {name: row[name] or "" for name in ("supersedes", "superseded_by", *_REVIEW) if name != "reviewed_at"}
        row["review"] = row["review"] or reviews.SUBMITTED
    return frames.frame(rows, _SURVEY)


_REVIEW = {
    "review": "decision",
    "review_note": "note",
    "answer_notes": "answer_notes",
    "reviewed_by": "decided_by",
    "reviewed_at": "decided_at",
}


def standing(surveys: pd.DataFrame) -> pd.DataFrame:
    """Return the surveys that were neither withdrawn nor corrected, whatever an engineer decided on them.

    Parameters
    ----------
    surveys
        From :func:`surveys`: ``status``, ``superseded_by``.
    """
    return surveys.loc[(surveys["status"] == "final") & (surveys["superseded_by"] == "")]


def _latest_review(visit: sa.FromClause) -> sa.ColumnElement[bool]:
    """Return the condition that joins each survey with the last decision on it."""
    one = schema.review.alias()
    last = sa.select(sa.func.max(one.c.fid)).where(one.c.survey_id == visit.c.survey_id).scalar_subquery()
    return schema.review.c.fid == last


def measurements(store: connection.Store, as_of: dt.date | None = None, *, approved_only: bool = False) -> pd.DataFrame:
    """Return every reading of the surveys that count: final, not superseded, not returned to the surveyor.

    Parameters
    ----------
    as_of
        As in :func:`surveys`; decisions of engineers count as they are today.
    approved_only
        Only of surveys that an engineer approved, for official scores.

    Returns
    -------
    pandas.DataFrame
        ``survey_id``, ``site_code``, ``surveyor``, ``observed_at`` (UTC), ``element_id``, ``element_kind``,
        ``quantity``, ``value`` (NaN when not measured), ``as_written``, ``instrument``, ``uncertainty``, ``reading``,
        ``not_measured_because`` and ``photo_sha256`` (empty when none), ``review`` as in :func:`surveys`.
    """
    visit, newer, one = schema.survey, schema.survey.alias("newer"), schema.measurement
    follows = sa.select(newer.c.fid).where(newer.c.supersedes == visit.c.survey_id, _seen(newer, as_of))
    decision = sa.func.coalesce(schema.review.c.decision, reviews.SUBMITTED)
    computed = {
        "element_kind": schema.element.c.kind,
        "photo_sha256": sa.func.coalesce(one.c.photo_sha256, ""),
        "review": decision,
        **{name: visit.c[name] for name in ("site_code", "surveyor", "observed_at")},
    }
    columns = [(computed[name] if name in computed else one.c[name]).label(name) for name in _MEASUREMENT]
    query = (
        sa.select(*columns)
        .select_from(one.join(visit).join(schema.element, schema.element.c.element_id == one.c.element_id))
        .outerjoin(schema.review, _latest_review(visit))
        .where(visit.c.status == "final", ~follows.exists(), _seen(visit, as_of))
        .where(decision == reviews.APPROVED if approved_only else decision != reviews.RETURNED)
        .order_by(one.c.fid)
    )
    return frames.frame(frames.rows(store, query), _MEASUREMENT)


def photos(
    store: connection.Store, *, site_code: str | None = None, survey_ids: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the photos of surveys, those that arrived with them first.

    Parameters
    ----------
    site_code
        Only of this site; None for every site.
    survey_ids
        Only of these surveys; None for every survey.

    Returns
    -------
    pandas.DataFrame
        ``survey_id``, ``site_code``, ``observed_at`` (UTC), ``sha256``, ``element_id``, ``quantity`` and ``caption``
        (may be empty), ``contains_person`` (still so: neither cleared nor blurred), ``shown_sha256`` (what everyone may
        see: empty while a person is in it or when it was erased, else the photo or its blurred copy), ``width``,
        ``height``, ``latitude``, ``longitude`` (NaN when the camera wrote none), ``taken_at`` (UTC or NaT),
        ``erased_at`` (UTC; NaT while the photo is kept), ``erased_because`` (empty while it is kept).
    """
    shown = _evidence()
    visit, photo, mark, erasure = schema.survey, schema.photo, schema.photo_mark, schema.photo_erasure
    one = mark.alias()
    last = sa.select(sa.func.max(one.c.fid)).where(one.c.sha256 == shown.c.sha256).scalar_subquery()
    erased = erasure.c.fid.is_not(None)
    # the last mark of an engineer goes before what surveyors noted
    noted = sa.case((mark.c.mark.is_(None), shown.c.noted), else_=mark.c.mark == marks.PERSON)
    person = sa.case((erased, sa.false()), else_=noted)
    seen = sa.case((sa.or_(erased, person), ""), else_=sa.func.coalesce(mark.c.blurred_sha256, shown.c.sha256))
    computed = {
        "contains_person": person,
        "shown_sha256": seen,
        "erased_at": erasure.c.erased_at,
        "erased_because": sa.func.coalesce(erasure.c.reason, ""),
        **{name: visit.c[name] for name in ("site_code", "observed_at")},
        **{name: photo.c[name] for name in ("width", "height", "latitude", "longitude", "taken_at")},
    }
    query = (
        sa.select(*((computed[name] if name in computed else shown.c[name]).label(name) for name in _PHOTO))
        .select_from(shown.join(visit, visit.c.survey_id == shown.c.survey_id))
        .join(photo, photo.c.sha256 == shown.c.sha256)
        .outerjoin(mark, mark.c.fid == last)
        .outerjoin(erasure, erasure.c.sha256 == shown.c.sha256)
        .order_by(shown.c.late, shown.c.fid)
    )
    if site_code is not None:
        query = query.where(visit.c.site_code == site_code)
    if survey_ids is not None:
        query = query.where(shown.c.survey_id.in_(survey_ids))
    return frames.frame(frames.rows(store, query), _PHOTO)


def _evidence() -> sa.Subquery:
    """Return the photos inside surveys together with those attached to them."""
    names = ("fid", "survey_id", "sha256", "element_id", "quantity", "caption", "contains_person")
    parts = [
        sa.select(*(table.c[name] for name in names), sa.literal(late).label("late"))
        for late, table in enumerate((schema.survey_photo, schema.attached_photo))
    ]
    every = sa.union_all(*parts).subquery()
    # One surveyor who saw a person in it is enough, in whichever survey, also one that is not selected.
    noted = sa.func.max(sa.case((every.c.contains_person, 1), else_=0)).over(partition_by=every.c.sha256) == 1
    return sa.select(every, noted.label("noted")).subquery()


def survey(store: connection.Store, survey_id: str) -> survey_record.Survey:
    """Return one survey as it was received, so that a correction can start from it.

    Raises
    ------
    audits.errors.StoreError
        When the store has no such survey.
    """
    with connection.reading(store) as records:
        found = next(rebuild.surveys(records, [survey_id]), None)
    if found is None:
        raise errors.StoreError(f"{survey_id}: there is no such survey in {store.workspace.store_name}")
    return found


def survey_with_photos(store: connection.Store, survey_id: str) -> survey_record.Survey:
    """Return one survey with the photos that arrived after it too, so that a correction keeps them; as :func:`survey`.

    An erased photo is evidence of nothing any more, and is left out.
    """
    found = survey(store, survey_id)
    every = photos(store, survey_ids=[survey_id])
    kept = every.loc[(every["erased_because"] == "") & ~every["sha256"].isin([one.sha256 for one in found.photos])]
    names = [one.name for one in dataclasses.fields(survey_record.Photo)]
    # one picture may have been attached under two names
    rows = kept[names].drop_duplicates("sha256").itertuples(index=False)
    return dataclasses.replace(found, photos=(*found.photos, *(survey_record.Photo(*row) for row in rows)))


def head(store: connection.Store, before: dt.datetime | None = None) -> hash_chain.Head:
    """Return the last link of the chain, to be printed on every report, or the last one added before an instant."""
    with connection.reading(store) as records:
        return hash_chain.head(records, before)


def _seen(visit: sa.FromClause, as_of: dt.date | None) -> sa.ColumnElement[bool]:
    if as_of is None:
        return sa.true()
    midnight = dt.datetime.combine(as_of + dt.timedelta(days=1), dt.time(), tzinfo=wording.local_zone())
    return visit.c.observed_at < midnight


def _places(store: connection.Store, query: sa.Select[Any]) -> gpd.GeoDataFrame:
    rows = frames.rows(store, query)
    points = gpd.GeoSeries([row["geom"] for row in rows], crs=column_types.WGS84)
    return gpd.GeoDataFrame(frames.frame(rows, _SITE), geometry=points)
