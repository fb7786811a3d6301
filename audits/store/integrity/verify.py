"""Check that nothing was altered: the chain, the rows it accounts for, the triggers, the photos."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import shapely.errors
import sqlalchemy as sa

from audits import errors, survey
from audits.store.audit_log import events, hash_chain
from audits.store.db import connection, embedded, schema, triggers
from audits.store.integrity import expected
from audits.store.photos import photos
from audits.store.register import register
from audits.store.surveys import quarantine, rebuild

LINK_BROKEN = errors.ProblemKind(
    "STORE-401", "The entry does not follow from the one before: it was altered or cut out."
)
TAIL_CUT = errors.ProblemKind("STORE-402", "The audit log ends at {last}; the report names a later entry that is gone.")
REWRITTEN = errors.ProblemKind(
    "STORE-403", "The entry is not the one that the report names: the audit log was rewritten."
)
GUARD_MISSING = errors.ProblemKind("STORE-404", "This guard is missing or altered; rows may have been changed.")
SURVEY_GONE = errors.ProblemKind("STORE-405", "The survey is in the audit log and its rows are gone.")
SURVEY_UNKNOWN = errors.ProblemKind("STORE-406", "The survey is not in the audit log: it was put in from outside.")
SURVEY_ALTERED = errors.ProblemKind("STORE-407", "The survey differs from the audit log in: {parts}.")
REGISTER_ALTERED = errors.ProblemKind(
    "STORE-408", "The register row differs from the audit log: it was edited outside."
)
REGISTER_GONE = errors.ProblemKind("STORE-409", "The register row is in the audit log and is gone.")
REGISTER_UNKNOWN = errors.ProblemKind(
    "STORE-410", "The register row is not in the audit log: it was put in from outside."
)
PHOTO_ALTERED = errors.ProblemKind("STORE-411", "The photo's record differs from the audit log.")
PHOTO_FILE_GONE = errors.ProblemKind("STORE-412", "The file of the photo is gone; restore it from a backup.")
PHOTO_FILE_ALTERED = errors.ProblemKind("STORE-413", "The file of the photo was altered; restore it from a backup.")
HELD_ALTERED = errors.ProblemKind("STORE-414", "The held row differs from the audit log.")
FILE_DAMAGED = errors.ProblemKind("STORE-415", "The database reports damage: {report}")

UNREADABLE = errors.ProblemKind("STORE-416", "The rows cannot be read any more: {report}")
PHOTO_NOT_ERASED = errors.ProblemKind(
    "STORE-418", "The photo was erased and its file is here again; sweep the workspace to remove it."
)
BATCH_ALTERED = errors.ProblemKind("STORE-419", "The record of the imported file differs from the audit log.")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Verification:
    """Number of entries read, the last link to compare with a printed one, and every problem; none when unaltered."""

    entries: int
    head: hash_chain.Head
    problems: tuple[errors.Problem, ...]


def verify(
    store: connection.Store,
    expect: str | None = None,
    progress: Progress | None = None,
    *,
    photo_files: bool = True,
) -> Verification:
    """Recompute the chain and compare every row that it accounts for, in one snapshot; others may write meanwhile.

    An audit log whose last entries were cut off together with their rows is consistent in itself; only a head printed
    before reveals it, so give one.

    Parameters
    ----------
    expect
        A head printed earlier, ``number:digest``.
    progress
        Called with the number of surveys compared and their total.
    photo_files
        Also read the file of every photo; False when they are elsewhere.

    Raises
    ------
    audits.errors.RefusedError
        When `expect` is not a head.
    """
    printed = None if expect is None else hash_chain.parse(expect, hash_chain.SHORT_DIGITS)
    with connection.reading(store) as records:
        return verify_within(records, store, printed, progress, photo_files=photo_files)


def verify_within(
    records: sa.Connection,
    store: connection.Store,
    printed: hash_chain.Head | None = None,
    progress: Progress | None = None,
    *,
    photo_files: bool = True,
) -> Verification:
    """Check a record in the caller's transaction, also one that is not committed yet; see :func:`verify`."""
    wanted = expected.Expected()
    # In this order: reading the links fills what every check after them compares with.
    checks: dict[str, Iterator[errors.Problem]] = {
        "store": _damage(records),
        "triggers": (GUARD_MISSING.at(name) for name in triggers.missing(records)),
        "audit log": _links(records, wanted),
        "head": against_head(records, printed),
        "surveys": _surveys(records, wanted, progress),
        "register": _register(records, wanted),
        "held rows": _held(records, wanted),
        "imported files": _batches(records, wanted),
        "events": events.altered(records, wanted.rows),
        "photos": _photo_rows(records, wanted),
        "photo files": _photo_files(store, wanted) if photo_files else iter(()),
    }
    found = [problem for where, check in checks.items() for problem in _readable(where, check)]
    entries = records.execute(sa.select(sa.func.count()).select_from(schema.ledger)).scalar_one()
    return Verification(entries, hash_chain.head(records), tuple(found))


def against_head(records: sa.Connection, printed: hash_chain.Head | None) -> Iterator[errors.Problem]:
    """Yield a problem when the audit log does not contain a head that was printed."""
    # a report of a record without entries names the beginning of the chain
    if printed is None or (printed.sequence == 0 and schema.GENESIS.startswith(printed.digest)):
        return
    columns = schema.ledger.c
    digest = records.execute(sa.select(columns.digest).where(columns.sequence == printed.sequence)).scalar()
    if digest is None:
        yield TAIL_CUT.at(f"audit log {printed.sequence}", last=hash_chain.head(records).sequence)
    elif not digest.startswith(printed.digest):
        yield REWRITTEN.at(f"audit log {printed.sequence}")


def _readable(where: str, check: Iterator[errors.Problem]) -> Iterator[errors.Problem]:
    # An altered row may hold anything; one that cannot be read must not hide what the other checks find.
    try:
        yield from check
    except (ValueError, errors.StoreError, shapely.errors.ShapelyError) as error:
        yield UNREADABLE.at(where, report=error)


def _damage(records: sa.Connection) -> Iterator[errors.Problem]:
    # The files of a shared database are for its server to check.
    if records.dialect.name == "sqlite":
        for report in embedded.damage(records):
            yield FILE_DAMAGED.at("store", report=report)


def _links(records: sa.Connection, wanted: expected.Expected) -> Iterator[errors.Problem]:
    last = hash_chain.Head(0, schema.GENESIS)
    for row, entry in expected.entries(records):
        follows = row.sequence == last.sequence + 1 and row.previous == last.digest
        if not follows or row.digest != hash_chain.digest(row.sequence, entry, row.previous):
            yield LINK_BROKEN.at(f"audit log {row.sequence}")
        last = hash_chain.Head(row.sequence, row.digest)
        wanted.add(entry)


def _surveys(records: sa.Connection, wanted: expected.Expected, progress: Progress | None) -> Iterator[errors.Problem]:
    columns = schema.survey.c
    query = sa.select(columns.survey_id, columns.receipt_number, columns.received_at, columns.content_sha256)
    rows = {row.survey_id: row for row in records.execute(query.order_by(columns.fid))}
    for survey_id in sorted(wanted.surveys.keys() - rows.keys()):
        yield SURVEY_GONE.at(survey_id)
    for survey_id in sorted(rows.keys() - wanted.surveys.keys()):
        yield SURVEY_UNKNOWN.at(survey_id)
    # its content lies in rows of several tables: only the rebuilt survey can be compared
    for done, found in enumerate(rebuild.surveys(records, list(rows)), start=1):
        if found.survey_id in wanted.surveys:
            yield from _compared(found, rows[found.survey_id], wanted.surveys[found.survey_id])
        if progress is not None:
            progress(done, len(rows))


def _compared(found: survey.Survey, row: Any, logged: tuple[int, str, Any]) -> Iterator[errors.Problem]:
    number, payload, happened_at = logged
    stored, written = json.loads(survey.canonical(found)), json.loads(payload)
    # by their parts, so that a reader learns what was altered
    parts = {name for name in stored.keys() | written.keys() if stored.get(name) != written.get(name)}
    digest = hashlib.sha256(payload.encode()).hexdigest()
    # beside its content: its number, its arrival, and the digest with which a second send is compared
    same = {"receipt_number": number, "received_at": happened_at, "content_sha256": digest}
    parts |= {name for name, value in same.items() if getattr(row, name) != value}
    if parts:
        yield SURVEY_ALTERED.at(found.survey_id, parts=", ".join(sorted(parts)))


def _register(records: sa.Connection, wanted: expected.Expected) -> Iterator[errors.Problem]:
    for key, logged in ((schema.site.c.code, wanted.sites), (schema.element.c.element_id, wanted.elements)):
        rows = records.execute(key.table.select()).mappings()
        found = {row[key.name]: register.digest(row) for row in rows}
        for name in _differing(logged, found):
            kind = REGISTER_GONE if name not in found else REGISTER_UNKNOWN if name not in logged else REGISTER_ALTERED
            yield kind.at(name)


def _held(records: sa.Connection, wanted: expected.Expected) -> Iterator[errors.Problem]:
    rows = records.execute(schema.held_row.select())
    found = {(row.batch_id, row.line): quarantine.row_digest(row.raw, row.reasons) for row in rows}
    for batch_id, line in _differing(wanted.held, found):
        yield HELD_ALTERED.at(f"batch {batch_id}, line {line}")


def _batches(records: sa.Connection, wanted: expected.Expected) -> Iterator[errors.Problem]:
    columns = schema.import_batch.c
    names = columns.file_name, columns.file_sha256, columns.accepted_count, columns.held_by, columns.held_at
    found = {number: tuple(rest) for number, *rest in records.execute(sa.select(columns.fid, *names))}
    for number in _differing(wanted.batches, found):
        yield BATCH_ALTERED.at(f"batch {number}")


def _photo_rows(records: sa.Connection, wanted: expected.Expected) -> Iterator[errors.Problem]:
    rows = records.execute(sa.select(*photos.KEPT_COLUMNS))
    found = {row.sha256: photos.payload(photos.KeptPhoto(*row)) for row in rows}
    for sha256 in _differing(wanted.photos, found):
        yield PHOTO_ALTERED.at(sha256)


def _differing(logged: Mapping[Any, object], found: Mapping[Any, object]) -> list[Any]:
    return sorted(key for key in logged.keys() | found.keys() if logged.get(key) != found.get(key))


def _photo_files(store: connection.Store, wanted: expected.Expected) -> Iterator[errors.Problem]:
    for sha256 in sorted(wanted.photos):
        path = store.workspace.photo_path(sha256)
        if sha256 in wanted.erased:
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
