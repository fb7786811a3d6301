"""Check that nothing was altered: the chain, the rows it tells of, the guards, the photos."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import shapely.errors
import sqlalchemy as sa

from audits import errors, survey
from audits.store.audit_log import events, hash_chain
from audits.store.db import connection, embedded, schema, triggers
from audits.store.photos import erasure, photos
from audits.store.register import register
from audits.store.surveys import quarantine, rebuild, submit

LINK_BROKEN = errors.ProblemKind(
    "STORE-401", "The entry does not follow from the one before: it was altered or cut out."
)
TAIL_CUT = errors.ProblemKind("STORE-402", "The ledger ends at {last}; the report tells of a later entry that is gone.")
REWRITTEN = errors.ProblemKind(
    "STORE-403", "The entry is not the one that the report tells of: the ledger was rewritten."
)
GUARD_MISSING = errors.ProblemKind("STORE-404", "This guard is missing or altered; rows may have been changed.")
SURVEY_GONE = errors.ProblemKind("STORE-405", "The survey is in the ledger and its rows are gone.")
SURVEY_UNKNOWN = errors.ProblemKind("STORE-406", "The survey is not in the ledger: it was put in from outside.")
SURVEY_ALTERED = errors.ProblemKind("STORE-407", "The survey differs from the ledger in: {parts}.")
REGISTER_ALTERED = errors.ProblemKind("STORE-408", "The register row differs from the ledger: it was edited outside.")
REGISTER_GONE = errors.ProblemKind("STORE-409", "The register row is in the ledger and is gone.")
REGISTER_UNKNOWN = errors.ProblemKind("STORE-410", "The register row is not in the ledger: it was put in from outside.")
PHOTO_ALTERED = errors.ProblemKind("STORE-411", "The photo's record differs from the ledger.")
PHOTO_FILE_GONE = errors.ProblemKind("STORE-412", "The file of the photo is gone; restore it from a backup.")
PHOTO_FILE_ALTERED = errors.ProblemKind("STORE-413", "The file of the photo was altered; restore it from a backup.")
HELD_ALTERED = errors.ProblemKind("STORE-414", "The held row differs from the ledger.")
FILE_DAMAGED = errors.ProblemKind("STORE-415", "The database reports damage: {report}")

UNREADABLE = errors.ProblemKind("STORE-416", "The rows cannot be read any more: {report}")
PHOTO_NOT_ERASED = errors.ProblemKind(
    "STORE-418", "The photo was erased and its file is here again; sweep the workspace to remove it."
)
BATCH_ALTERED = errors.ProblemKind("STORE-419", "The record of the file that was brought in differs from the ledger.")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Verification:
    """What the check found.

    Parameters
    ----------
    entries
        Number of entries read.
    head
        The last link; compare it with the printed one.
    problems
        Empty when nothing was altered.
    """

    entries: int
    head: hash_chain.Head
    problems: tuple[errors.Problem, ...]


@dataclass
class Told:
    """What the ledger says that the tables must hold, entry by entry."""

    surveys: dict[str, tuple[int, str, Any]] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)
    elements: dict[str, str] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)
    held: dict[tuple[int, int], str] = field(default_factory=dict)
    batches: dict[int, tuple[object, ...]] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    deeds: dict[str, Counter[str]] = field(default_factory=dict)


def verify(
    store: connection.Store,
    expect: str | None = None,
    progress: Progress | None = None,
    *,
    photo_files: bool = True,
) -> Verification:
    """Recompute the chain and compare every row that it tells of, in one snapshot; others may write meanwhile.

    A ledger whose last entries were cut off together with their rows is sound in itself; only a head printed before
    can tell, so give one.

    Parameters
    ----------
    store
        An open store.
    expect
        A head printed earlier, ``number:digest``.
    progress
        Called with the number of surveys compared and their total.
    photo_files
        Also read the file of every photo; without, when they lie elsewhere.

    Raises
    ------
    audits.errors.RefusedError
        When `expect` is not a head.
    """
    expected = None if expect is None else hash_chain.parsed(expect)
    with connection.reading(store) as records:
        return verify_within(records, store, expected, progress, photo_files=photo_files)


def verify_within(
    records: sa.Connection,
    store: connection.Store,
    expected: hash_chain.Head | None = None,
    progress: Progress | None = None,
    *,
    photo_files: bool = True,
) -> Verification:
    """Check a record in the caller's transaction, also one that is not committed yet; see :func:`verify`."""
    told = Told()
    checks: dict[str, Iterator[errors.Problem]] = {
        "store": _damage(records),
        "guards": _guards(records),
        "ledger": _links(records, told),
        "head": against_head(records, expected),
        "surveys": _surveys(records, told, progress),
        "register": _register(records, told),
        "held rows": _held(records, told),
        "files brought in": _batches(records, told),
        "deeds": events.altered(records, told.deeds),
        "photos": _photo_rows(records, told),
        "photo files": _photo_files(store, told) if photo_files else iter(()),
    }
    found = [problem for where, check in checks.items() for problem in _readable(where, check)]
    entries = records.execute(sa.select(sa.func.count()).select_from(schema.ledger)).scalar_one()
    return Verification(entries, hash_chain.head(records), tuple(found))


def _readable(where: str, check: Iterator[errors.Problem]) -> Iterator[errors.Problem]:
    try:
        yield from check
    except (ValueError, errors.StoreError, shapely.errors.ShapelyError) as error:
        yield UNREADABLE.at(where, report=error)


def _damage(records: sa.Connection) -> Iterator[errors.Problem]:
    # A shared database's files are its server's to check.
    if records.dialect.name == "sqlite":
        for report in embedded.damage(records):
            yield FILE_DAMAGED.at("store", report=report)


def _guards(records: sa.Connection) -> Iterator[errors.Problem]:
    for name in triggers.missing(records):
        yield GUARD_MISSING.at(name)


def _links(records: sa.Connection, told: Told) -> Iterator[errors.Problem]:
    last = hash_chain.Head(0, schema.GENESIS)
    for row in records.execute(sa.select(schema.ledger).order_by(schema.ledger.c.sequence)):
        entry = hash_chain.Entry(row.happened_at, row.actor, row.action, row.entity, row.entity_id, row.payload)
        follows = row.sequence == last.sequence + 1 and row.previous == last.digest
        if not follows or row.digest != hash_chain.digest(row.sequence, entry, row.previous):
            yield LINK_BROKEN.at(f"ledger {row.sequence}")
        last = hash_chain.Head(row.sequence, row.digest)
        # An entry that was altered may say anything; the broken link is told already.
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            listen(told, entry)


def listen(told: Told, entry: hash_chain.Entry) -> None:
    """Add what one entry says; raises whatever an altered one may cause."""
    content = json.loads(entry.payload)
    if entry.action == submit.ACTION:
        told.surveys[entry.entity_id] = (len(told.surveys) + 1, entry.payload, entry.happened_at)
        for one in content["elements"]:
            told.elements.setdefault(one["element_id"], register.element_digest(_as_registered(content, one)))
    elif entry.action == photos.ACTION:
        told.photos[entry.entity_id] = entry.payload
    elif entry.action == quarantine.ACTION:
        told.held |= {(int(entry.entity_id), int(line)): digest for line, digest in content["lines"].items()}
        names = content["file_name"], content["file_sha256"], content["accepted_count"]
        # Later arrivals of the same file add rows; the batch stays as the first one told.
        told.batches.setdefault(int(entry.entity_id), (*names, entry.actor, entry.happened_at))
    elif entry.action in schema.EVENTS:
        told.deeds.setdefault(entry.action, Counter())[entry.payload] += 1
        told.erased |= {content["sha256"]} if entry.action == erasure.ACTION else set()
    else:
        told.sites |= content.get("sites", {})
        told.elements |= content.get("elements", {})


def _as_registered(visit: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    return {"site_code": visit["site_code"], "source": "survey", "permitted_on": None, "retired": False, **one}


def against_head(records: sa.Connection, printed: hash_chain.Head | None) -> Iterator[errors.Problem]:
    """Yield a problem when the ledger does not contain a head that was printed."""
    if printed is None or printed == hash_chain.Head(0, schema.GENESIS):
        return
    columns = schema.ledger.c
    digest = records.execute(sa.select(columns.digest).where(columns.sequence == printed.sequence)).scalar()
    if digest is None:
        yield TAIL_CUT.at(f"ledger {printed.sequence}", last=hash_chain.head(records).sequence)
    elif digest != printed.digest:
        yield REWRITTEN.at(f"ledger {printed.sequence}")


def _surveys(records: sa.Connection, told: Told, progress: Progress | None) -> Iterator[errors.Problem]:
    columns = schema.survey.c
    query = sa.select(columns.survey_id, columns.receipt_number, columns.received_at, columns.content_sha256)
    rows = {row.survey_id: row for row in records.execute(query.order_by(columns.fid))}
    for survey_id in told.surveys.keys() - rows.keys():
        yield SURVEY_GONE.at(survey_id)
    for survey_id in rows.keys() - told.surveys.keys():
        yield SURVEY_UNKNOWN.at(survey_id)
    for done, found in enumerate(rebuild.surveys(records, list(rows)), start=1):
        if found.survey_id in told.surveys:
            yield from _compared(found, rows[found.survey_id], told.surveys[found.survey_id])
        if progress is not None:
            progress(done, len(rows))


def _compared(found: survey.Survey, row: Any, told: tuple[int, str, Any]) -> Iterator[errors.Problem]:
    number, payload, happened_at = told
    stored, written = json.loads(survey.canonical(found)), json.loads(payload)
    parts = {name for name in stored.keys() | written.keys() if stored.get(name) != written.get(name)}
    parts |= {"receipt_number"} if row.receipt_number != number else set()
    parts |= {"received_at"} if row.received_at != happened_at else set()
    parts |= {"content_sha256"} if row.content_sha256 != hashlib.sha256(payload.encode()).hexdigest() else set()
    if parts:
        yield SURVEY_ALTERED.at(found.survey_id, parts=", ".join(sorted(parts)))


def _register(records: sa.Connection, told: Told) -> Iterator[errors.Problem]:
    sites = {row["code"]: register.site_digest(dict(row)) for row in records.execute(schema.site.select()).mappings()}
    elements = records.execute(schema.element.select()).mappings()
    yield from _rows_against(told.sites, sites)
    yield from _rows_against(told.elements, {row["element_id"]: register.element_digest(dict(row)) for row in elements})


def _rows_against(told: dict[str, str], found: dict[str, str]) -> Iterator[errors.Problem]:
    for name in sorted(told.keys() | found.keys()):
        if name not in found:
            yield REGISTER_GONE.at(name)
        elif name not in told:
            yield REGISTER_UNKNOWN.at(name)
        elif told[name] != found[name]:
            yield REGISTER_ALTERED.at(name)


def _held(records: sa.Connection, told: Told) -> Iterator[errors.Problem]:
    rows = records.execute(schema.held_row.select())
    found = {(row.batch_id, row.line): quarantine.row_digest(row.raw, row.reasons) for row in rows}
    for batch_id, line in sorted(told.held.keys() | found.keys()):
        if told.held.get((batch_id, line)) != found.get((batch_id, line)):
            yield HELD_ALTERED.at(f"batch {batch_id}, line {line}")


def _batches(records: sa.Connection, told: Told) -> Iterator[errors.Problem]:
    columns = schema.import_batch.c
    names = columns.file_name, columns.file_sha256, columns.accepted_count, columns.held_by, columns.held_at
    found = {number: tuple(rest) for number, *rest in records.execute(sa.select(columns.fid, *names))}
    for number in sorted(told.batches.keys() | found.keys()):
        if told.batches.get(number) != found.get(number):
            yield BATCH_ALTERED.at(f"batch {number}")


def _photo_rows(records: sa.Connection, told: Told) -> Iterator[errors.Problem]:
    query = sa.select(*(schema.photo.c[name] for name in photos.KEPT_COLUMNS))
    found = {row.sha256: photos.payload(photos.KeptPhoto(*row)) for row in records.execute(query)}
    for sha256 in sorted(told.photos.keys() | found.keys()):
        if told.photos.get(sha256) != found.get(sha256):
            yield PHOTO_ALTERED.at(sha256)


def _photo_files(store: connection.Store, told: Told) -> Iterator[errors.Problem]:
    for sha256 in sorted(told.photos):
        path = photos.path_of(store, sha256)
        if sha256 in told.erased:
            if path.exists():
                yield PHOTO_NOT_ERASED.at(sha256)
            continue
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            yield PHOTO_FILE_GONE.at(sha256)
            continue
        if digest != sha256:
            yield PHOTO_FILE_ALTERED.at(sha256)
