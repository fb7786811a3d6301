"""Receive one survey: complete, once, and never changed afterwards; settle the conflicts among those held."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import shapely
import sqlalchemy as sa

from audits import errors, roles, survey
from audits.store.audit_log import hash_chain
from audits.store.db import column_types, connection, schema
from audits.store.register import changes
from audits.store.surveys import known_before, quarantine, rebuild, same_visit, survey_checks

ACTION = "survey.submit"
_COPIED = (
    *("survey_id", "site_code", "surveyor", "observed_at", "source", "form_version"),
    *("status", "accuracy_m", "note", "root_id", "place", "located_at"),
)

CONFLICT = errors.ProblemKind(
    "STORE-129", "Another survey came under the number {survey_id} before; both are kept, and an engineer decides."
)
OTHER_VALUES = errors.ProblemKind(
    "STORE-131",
    "A table gave other values for the same visit before, and this one leaves out part of it; both are kept, and an "
    "engineer decides.",
)
OLDER_VERSION = errors.ProblemKind(
    "STORE-130", "This is the first version of a record that was edited later; the edited one is here: {newer}."
)
NOT_A_SURVEY = errors.ProblemKind(
    "STORE-561", "This held row is not a whole survey; mend its cause and send its file again, or dismiss it."
)

_OF = schema.survey.c
# Built once: an import asks them of every survey, and to build one takes longer than to answer it.
_KNOWN = sa.select(_OF.receipt_number, _OF.content_sha256, _OF.supersedes).where(_OF.survey_id == sa.bindparam("id"))
_SAME_ROOT = sa.or_(_OF.root_id == sa.bindparam("root"), _OF.survey_id == sa.bindparam("root"))
_NEWEST = sa.select(_OF.survey_id).where(_SAME_ROOT).order_by(_OF.fid.desc()).limit(1)
_HIGHEST = sa.select(sa.func.coalesce(sa.func.max(_OF.receipt_number), 0))
_WRITTEN = (schema.survey, schema.element, schema.survey_element, schema.measurement, schema.survey_photo)
_INSERTS = {table.name: sa.insert(table) for table in _WRITTEN}


@dataclass(frozen=True)
class Receipt:
    """Result of sending a survey.

    The outcome is ``accepted``, ``correction`` (accepted, and it corrects another), ``same`` (received before),
    ``conflict`` (other content under a known id: held) or ``refused`` (nothing written), with the reasons as problems;
    `number` is the receipt number, 0 when the survey was not received.
    """

    outcome: Literal["accepted", "same", "correction", "conflict", "refused"]
    survey_id: str
    number: int = 0
    problems: tuple[errors.Problem, ...] = ()


def submit(store: connection.Store, sent: survey.Survey, actor: str, received_at: dt.datetime | None = None) -> Receipt:
    """Receive one survey in one transaction.

    Sending again is harmless: the survey's own id decides. The store does not check that the visit is not in the
    future; the form that asks the surveyor does.

    The survey brings every element that is new to the register. When the receipt says *accepted* or *correction*, it
    is on the disk.

    Raises
    ------
    audits.errors.StoreError
        When the database refuses to write.
    """
    with connection.writing(store) as records:
        return submit_within(records, sent, actor, column_types.instant(received_at))


def sent_by(store: connection.Store, actors: Collection[str]) -> set[str]:
    """Return the ids of the surveys that these actors sent, also those that others had measured."""
    entry = schema.ledger.c
    query = sa.select(entry.entity_id).where(entry.action == ACTION, entry.actor.in_(actors))
    with connection.reading(store) as records:
        return set(records.execute(query).scalars())


def take_conflict(
    store: connection.Store, batch_id: int, line: int, actor: str, note: str = "", at: dt.datetime | None = None
) -> Receipt:
    """Receive a survey that was held because its id was known with other content, as a correction of that one.

    Raises
    ------
    audits.errors.RefusedError
        When the row is no survey in conflict, was settled before, or the survey does not fit the register any more.
    audits.errors.NotAllowedError
        When this role may not decide on what others sent.
    """
    roles.require(store.role, quarantine.DECIDING)
    moment = column_types.instant(at)
    with connection.writing(store) as records:
        held = schema.held_row.c
        query = sa.select(held.raw).where(held.batch_id == batch_id, held.line == line)
        visit = _parsed(str(records.execute(query).scalar() or ""), f"{batch_id}, {line}")
        root = visit.root_id or visit.survey_id
        # made from the content: the id it came with is taken, and every try must give the same one
        name = f"{survey.content_sha256(visit)} {batch_id}"
        # What it corrects is found anew: the record may have gone on since it was held.
        taken = replace(visit, survey_id=f"uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name)}", root_id=root, supersedes="")
        receipt = submit_within(records, taken, actor, moment)
        if receipt.problems:
            # raised inside the transaction, which undoes the survey too
            raise errors.RefusedError(receipt.problems)
        quarantine.settle_within(records, batch_id, line, quarantine.TAKEN_IN, note, actor, moment)
    return receipt


def submit_all(records: sa.Connection, sent: Sequence[survey.Survey], actor: str, moment: dt.datetime) -> list[Receipt]:
    """Receive surveys in the caller's transaction, with the same rows and audit log as :func:`submit` one by one.

    What is plainly new is checked and written in groups, since most of the time of a batch goes into single statements.
    """
    known, receipts, group = known_before.KnownBefore.of(records, sent, moment), list[Receipt](), list[survey.Survey]()
    # A group's elements are known to the surveys after it before they are in the register.
    written = set(known.elements)

    def write() -> None:
        numbers = _write(records, group, written, actor, moment)
        receipts.extend(
            Receipt("accepted", visit.survey_id, number) for visit, number in zip(group, numbers, strict=True)
        )
        group.clear()

    for one in sent:
        if known.is_plainly_new(one):
            group.append(_as_kept(one))
            known.add_elements(one)
            continue
        # in the order of arrival, which receipt numbers and the links of the chain follow
        write()
        receipts.append(submit_within(records, one, actor, moment))
        if receipts[-1].number:
            known.add_elements(one)
            written |= {element.element_id for element in one.elements}
    write()
    return receipts


def submit_within(records: sa.Connection, sent: survey.Survey, actor: str, moment: dt.datetime) -> Receipt:
    """Receive one survey in the caller's transaction: it is on the disk when that is committed; see :func:`submit`."""
    problems = survey_checks.of_itself(sent)
    if problems:
        return Receipt("refused", sent.survey_id, problems=problems)
    visit = _as_kept(sent)
    known = records.execute(_KNOWN, {"id": visit.survey_id}).first()
    if known is not None:
        # What it corrects was found on its first arrival, when the device did not say.
        if not visit.supersedes:
            visit = replace(visit, supersedes=known.supersedes or "")
        if known.content_sha256 == survey.content_sha256(visit) or _reads_the_same(records, visit):
            return Receipt("same", visit.survey_id, known.receipt_number)
        return _hold_conflict(records, visit, CONFLICT, actor, moment)
    root_id = visit.root_id or visit.survey_id
    earlier = _newest_version(records, root_id)
    # Versions of one record may arrive in any order; the first one must not replace a later one.
    if earlier and visit.survey_id == root_id:
        return Receipt("refused", visit.survey_id, problems=(OLDER_VERSION.at(visit.survey_id, newer=earlier),))
    visit = replace(visit, supersedes=visit.supersedes or earlier)
    visit, undecided = same_visit.placed(records, visit, moment)
    if undecided:
        return _hold_conflict(records, visit, OTHER_VALUES, actor, moment)
    problems = survey_checks.against_store(records, visit)
    if problems:
        return Receipt("refused", visit.survey_id, problems=problems)
    registered = survey_checks.registered(records, survey_checks.elements_of(visit))
    (number,) = _write(records, [visit], set(registered), actor, moment)
    return Receipt("correction" if visit.supersedes else "accepted", visit.survey_id, number)


def accepted_before(store: connection.Store, sent: survey.Survey) -> survey.Survey | None:
    """Return the survey in the record that this one repeats or corrects; None where it is the first of its visit."""
    with connection.reading(store) as records:
        earlier = sent.supersedes or _newest_version(records, sent.root_id or sent.survey_id)
        return next(rebuild.surveys(records, [sent.survey_id]), None) or next(rebuild.surveys(records, [earlier]), None)


def _parsed(raw: str, where: str) -> survey.Survey:
    try:
        return survey.parsed(raw)
    except (ValueError, KeyError, TypeError) as error:
        raise errors.RefusedError((NOT_A_SURVEY.at(where),)) from error


def _reads_the_same(records: sa.Connection, visit: survey.Survey) -> bool:
    """Whether only the stated uncertainties differ, as when a device was calibrated between two readings."""
    kept = next(rebuild.surveys(records, [visit.survey_id]))
    return _without_uncertainty(kept) == _without_uncertainty(visit)


def _without_uncertainty(visit: survey.Survey) -> survey.Survey:
    return replace(visit, measurements=tuple(replace(one, uncertainty=0.0) for one in visit.measurements))


def _newest_version(records: sa.Connection, root_id: str) -> str:
    """Return the survey that a new version of a record corrects: the last with the same root, or empty."""
    columns = schema.survey.c
    found = records.execute(_NEWEST, {"root": root_id}).scalar()
    # An engineer may have corrected that version by a survey with a root of its own.
    while found is not None:
        newer = records.execute(sa.select(columns.survey_id).where(columns.supersedes == found)).scalar()
        if newer is None:
            break
        found = newer
    return str(found or "")


def _as_kept(sent: survey.Survey) -> survey.Survey:
    """Return the survey with the floats and the instant that the store gives back."""
    # Its digest covers these values: rebuilt from its rows, it must have the same one.
    measurements = tuple(
        replace(one, value=_as_float(one.value), uncertainty=float(one.uncertainty) + 0.0) for one in sent.measurements
    )
    return replace(
        sent,
        observed_at=column_types.instant(sent.observed_at),
        located_at=None if sent.located_at is None else column_types.instant(sent.located_at),
        measurements=measurements,
        latitude=_as_float(sent.latitude),
        longitude=_as_float(sent.longitude),
        accuracy_m=_as_float(sent.accuracy_m),
    )


def _as_float(value: float | None) -> float | None:
    # Adding zero turns -0.0 into 0.0, as SQLite does.
    return None if value is None else float(value) + 0.0


def _hold_conflict(
    records: sa.Connection, visit: survey.Survey, kind: errors.ProblemKind, actor: str, moment: dt.datetime
) -> Receipt:
    problem = kind.at(visit.survey_id, survey_id=visit.survey_id)
    # The digest of the content serves as that of a file: the same conflict sent again is held once.
    quarantine.hold_within(
        records,
        quarantine.Batch(f"{visit.source} {visit.survey_id}", survey.content_sha256(visit), accepted_count=0),
        (quarantine.HeldRow(1, survey.canonical(visit), (problem.sentence(),)),),
        actor,
        moment,
    )
    return Receipt("conflict", visit.survey_id, problems=(problem,))


def _write(
    records: sa.Connection,
    visits: Sequence[survey.Survey],
    known: set[str],
    actor: str,
    moment: dt.datetime,
) -> list[int]:
    """Write surveys and what each brings, and return their receipt numbers; the new elements are added to `known`."""
    if not visits:
        return []
    # Without gaps and without a race, since only one transaction writes at a time.
    first = int(records.execute(_HIGHEST).scalar_one()) + 1
    numbers = list(range(first, first + len(visits)))
    contents = [survey.canonical(visit) for visit in visits]
    _insert(
        records,
        schema.survey,
        [
            _survey_row(visit, number, moment) | {"content_sha256": survey.text_sha256(content)}
            for visit, number, content in zip(visits, numbers, contents, strict=True)
        ],
    )
    # before the rows that refer to them
    _insert(records, schema.element, list(_new_elements(visits, known, actor, moment)))
    _insert(records, schema.survey_element, [_part(visit, one) for visit in visits for one in visit.elements])
    _insert(
        records,
        schema.measurement,
        [
            _part(visit, one) | {"photo_sha256": one.photo_sha256 or None}
            for visit in visits
            for one in visit.measurements
        ],
    )
    _insert(records, schema.survey_photo, [_part(visit, one) for visit in visits for one in visit.photos])
    entries = [
        hash_chain.Entry(moment, actor, ACTION, "survey", visit.survey_id, content)
        for visit, content in zip(visits, contents, strict=True)
    ]
    hash_chain.append(records, *entries)
    for visit, number in zip(visits, numbers, strict=True):
        if visit.place and visit.status == "final":
            _report_place(records, visit, number, actor, moment)
    return numbers


# A position known no better than this moves no site: it may be the next street.
COARSEST_MOVE_M = 50.0


def _report_place(records: sa.Connection, visit: survey.Survey, number: int, actor: str, moment: dt.datetime) -> None:
    """Bring what the visit found out about the place into the register, unless it is known there, or newer."""
    visits, sites = schema.survey.c, schema.site.c
    same_site = sa.and_(visits.site_code == visit.site_code, visits.place != "", visits.status == "final")
    later = sa.and_(same_site, visits.observed_at > visit.observed_at, visits.survey_id != visit.survey_id)
    if connection.exists(records, later):
        return
    before = next(rebuild.surveys(records, [visit.supersedes]), None)
    # A correction of the measurements alone must not undo what an engineer has set meanwhile.
    if before is not None and place_of(before) == place_of(visit):
        return
    site = records.execute(sa.select(schema.site).where(sites.code == visit.site_code)).mappings().one()
    status = "not_found" if visit.place == survey.NOT_FOUND else "confirmed"
    point = None
    if (
        visit.latitude is not None
        and visit.longitude is not None
        and (visit.place == survey.MOVED or (status == "confirmed" and site["geom"] is None))
    ):
        point = shapely.Point(visit.longitude, visit.latitude)
    too_coarse = point is not None and (visit.accuracy_m or 0.0) > COARSEST_MOVE_M
    if too_coarse or (point is None and site["position_status"] == status):
        return
    # in both languages, since no catalogue translates what the record holds; a screen shows one of the two
    signature = changes.Signature(actor, f"ใบรับ {number} · receipt {number}", None, moment)
    changes.position_within(records, visit.site_code, status, signature, point, visit.accuracy_m)


def place_of(visit: survey.Survey) -> tuple[object, ...]:
    """Return the place that a visit reports, to be compared with another version of it."""
    return visit.place, visit.latitude, visit.longitude


def _survey_row(visit: survey.Survey, number: int, moment: dt.datetime) -> dict[str, object]:
    point = None
    if visit.longitude is not None and visit.latitude is not None:
        point = shapely.Point(visit.longitude, visit.latitude)
    computed = {
        "receipt_number": number,
        "received_at": moment,
        "supersedes": visit.supersedes or None,
        "geom": point,
    }
    return {name: getattr(visit, name) for name in _COPIED} | computed


def _part(visit: survey.Survey, one: survey.Element | survey.Measurement | survey.Photo) -> dict[str, object]:
    return {"survey_id": visit.survey_id, **survey.values_of(one)}


def _new_elements(
    visits: Sequence[survey.Survey], known: set[str], actor: str, moment: dt.datetime
) -> Iterator[dict[str, object]]:
    for visit in visits:
        stamp = {"site_code": visit.site_code, "source": "survey", "updated_by": actor, "updated_at": moment}
        for one in visit.elements:
            # what two surveys of a group bring is added by the first
            if one.element_id not in known:
                known.add(one.element_id)
                yield {**stamp, **survey.values_of(one)}


def _insert(records: sa.Connection, table: sa.Table, rows: list[dict[str, object]]) -> None:
    # SQLAlchemy takes an empty list for one row of defaults.
    if rows:
        records.execute(_INSERTS[table.name], rows)
