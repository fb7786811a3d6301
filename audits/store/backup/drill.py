"""Prove a backup: restore it into a scratch folder, and compare it with the record that it was made from."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from audits import errors
from audits.store.audit_log import hash_chain
from audits.store.backup import dated_backup, last_backup, restore
from audits.store.db import connection, schema, workspace
from audits.store.integrity import verify

COUNTED = tuple(table for table in schema.metadata.sorted_tables if table not in schema.TRANSIENT)

FAILED = errors.ProblemKind(
    "STORE-821", "The backup could not be checked: {why}. Check that there is room and that the folder can be written."
)

OTHER_COUNT = errors.ProblemKind(
    "STORE-585", "{restored} rows of {table} are restored, and the record has {expected}; take another backup."
)
OTHER_PHOTOS = errors.ProblemKind(
    "STORE-588", "{restored} photos are restored, and the backup lists {expected}; take another backup."
)
NOT_RESTORED = errors.ProblemKind("STORE-589", "The backup cannot be restored: {reason}")


@dataclass(frozen=True)
class Drill:
    """What restoring a backup brought back: its last link of the chain, numbers of what is there, and problems."""

    backup: Path
    head: str
    entries: int
    surveys: int
    photos: int
    problems: tuple[errors.Problem, ...]


def back_up(
    store: connection.Store, target: Path, *, keep: int | None = None, checked: bool = True, made_by: str = ""
) -> tuple[dated_backup.Backup, list[Drill]]:
    """Write a dated backup into a folder of them, and remember in the workspace how it went.

    Parameters
    ----------
    keep
        As of :func:`audits.store.backup.dated_backup.write`.
    checked
        Prove the newest backup that is there already, and this one.
    made_by
        As in :class:`audits.store.backup.last_backup.LastBackup`.

    Raises
    ------
    audits.errors.StoreError
        When it cannot be written or checked.
    """
    now, drills = dt.datetime.now(dt.UTC), []
    failed = last_backup.LastBackup(now, "", 1, checked, made_by)
    # kept until it ends well: a process that is killed half-way has no other way to say so
    last_backup.write(store.workspace, failed)
    if checked and dated_backup.is_any(target):
        drills.append(check(store, target))
    made = dated_backup.write(store, target, keep=keep)
    if checked:
        drills.append(check(store, made.folder))
    problems = len(made.problems) + sum(len(each.problems) for each in drills)
    last_backup.write(store.workspace, last_backup.LastBackup(now, str(made.folder), problems, checked, made_by))
    return made, drills


def check(store: connection.Store, target: Path) -> Drill:
    """Restore a backup beside the others, compare head, counts and photos with the record, and remove it again.

    Parameters
    ----------
    store
        The record as it is now; it may have grown since the backup.
    target
        A dated backup, or the folder of all for the newest.

    Raises
    ------
    audits.errors.StoreError
        When there is no backup, or the scratch folder cannot be written.
    """
    source = dated_backup.newest(target)
    try:
        # on the disk of the backups, where there is room for one more
        with tempfile.TemporaryDirectory(prefix=".drill-", dir=source.parent) as scratch:
            return _restored(store, source, workspace.Workspace(Path(scratch) / "restored"))
    except OSError as error:
        raise errors.StoreError(FAILED.at(str(source), why=error.strerror or error)) from error


def _restored(store: connection.Store, source: Path, place: workspace.Workspace) -> Drill:
    try:
        restored = restore.restore(source, place.folder)
    except errors.RefusedError as refused:
        return Drill(source, "", 0, 0, 0, refused.problems)
    except errors.JaideeError as error:
        return Drill(source, "", 0, 0, 0, (NOT_RESTORED.at(source.name, reason=error),))
    with connection.open_store(place, create=False) as opened, connection.reading(opened) as records:
        found = _counts(records)
    # counted on the disk, since the rows are there whether or not the files came back
    files = sum(1 for _ in place.photos_folder.rglob("*.jpg"))
    head = hash_chain.parse(restored.head)
    with connection.reading(store) as records:
        problems = list(verify.against_head(records, head))
        # repeating an erasure adds to the restored record what the backup did not have
        is_same = hash_chain.head(records) == head and not restored.erased_again
        problems += _differing(found, _counts(records), is_same=is_same)
    if files != restored.photos:
        problems.append(OTHER_PHOTOS.at("photos", restored=files, expected=restored.photos))
    surveys, entries = found[schema.survey.name], found[schema.ledger.name]
    return Drill(source, restored.head, entries, surveys, files, tuple(problems))


def _differing(found: dict[str, int], now: dict[str, int], *, is_same: bool) -> Iterator[errors.Problem]:
    for table, count in found.items():
        # no table ever shrinks, so an older backup has at most as many rows
        if (count != now[table]) if is_same else (count > now[table]):
            yield OTHER_COUNT.at(table, table=table, restored=count, expected=now[table])


def _counts(records: sa.Connection) -> dict[str, int]:
    return {
        table.name: int(records.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
        for table in COUNTED
    }
