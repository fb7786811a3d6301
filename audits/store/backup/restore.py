"""Restore a workspace from a dated backup; every digest and the whole chain are checked before it appears."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audits import errors
from audits.store.backup import backup as store_copy
from audits.store.backup import dated_backup
from audits.store.db import connection, durable_files, schema, workspace
from audits.store.integrity import verify
from audits.store.photos import erasure
from audits.store.public_form import unread
from audits.store.requests import requests

RESTORER = "restore"

NOT_EMPTY = errors.ProblemKind("STORE-815", "It holds something already; restore into a new folder.")
FAILED = errors.ProblemKind(
    "STORE-816", "It could not be restored: {why}. Check that there is room and that the folder can be written."
)
OTHER_VERSION = errors.ProblemKind(
    "STORE-817", "It was written by another version of the program; restore with that one."
)
DAMAGED = errors.ProblemKind("STORE-818", "It is damaged; take another backup.")

FILE_GONE = errors.ProblemKind("STORE-582", "The file is gone from the backup; take another backup.")
FILE_DAMAGED = errors.ProblemKind("STORE-583", "The file is damaged in the backup; take another backup.")
OTHER_HEAD = errors.ProblemKind(
    "STORE-584", "The store in the backup ends at {found} and its list says {listed}; take another backup."
)


@dataclass(frozen=True)
class Restored:
    """A restored workspace, with the numbers of what is in it.

    `head` is that of the backup: later links only record the erasures that were repeated, `erased_again`. Of the public
    form, `unread` requests wait again, and `deleted_again` counts those that a newer backup shows to be deleted since.
    """

    backup: Path
    head: str
    entries: int
    surveys: int
    photos: int
    erased_again: tuple[str, ...]
    unread: int
    deleted_again: int


def restore(source: Path, new: Path, expect: str | None = None) -> Restored:
    """Restore a backup into a new folder; nothing appears there before everything was checked.

    Parameters
    ----------
    source
        A dated backup, or the folder of all of them for the newest.
    new
        The workspace to create; it must not exist, or be empty.
    expect
        A head printed earlier, ``number:digest``, that the record must contain.

    Raises
    ------
    audits.errors.WorkspaceError
        When `new` is not empty.
    audits.errors.StoreError
        When there is no backup, or its manifest cannot be read.
    audits.errors.RefusedError
        With every file that is missing or damaged, and everything that differs from the audit log.
    """
    if new.exists() and (not new.is_dir() or any(new.iterdir())):
        raise errors.WorkspaceError(NOT_EMPTY.at(str(new)))
    backup = dated_backup.newest(source)
    manifest = _manifest(backup)
    part = new.with_name(f".{new.name}.{uuid.uuid4().hex}.part")
    try:
        problems = tuple(_copied(backup, manifest, part))
        if problems:
            raise errors.RefusedError(problems)
        again = _checked(workspace.Workspace(part), backup.parent, manifest, expect)
        unread_left, deleted = _without_deleted(workspace.Workspace(part), backup)
        # An empty folder may be there, and Windows does not rename onto it.
        if new.exists():
            new.rmdir()
        part.rename(new)
        durable_files.sync_folder(new.parent)
    except OSError as error:
        raise errors.StoreError(FAILED.at(str(new), why=error.strerror or error)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    counts = {name: manifest[name] for name in ("head", "entries", "surveys")}
    photos = len(manifest["photos"]) - len(again)
    return Restored(backup, **counts, photos=photos, erased_again=again, unread=unread_left, deleted_again=deleted)


def _manifest(backup: Path) -> dict[str, Any]:
    path = backup / dated_backup.MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
        if manifest["format"] != dated_backup.FORMAT:
            raise errors.StoreError(OTHER_VERSION.at(str(path)))
        parts = manifest["files"], manifest["photos"], manifest["refused"], manifest["head"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise errors.StoreError(DAMAGED.at(str(path))) from error
    if not isinstance(parts[0], dict) or not all(isinstance(part, list) for part in parts[1:3]):
        raise errors.StoreError(DAMAGED.at(str(path)))
    return dict(manifest)


def _copied(backup: Path, manifest: dict[str, Any], part: Path) -> Iterator[errors.Problem]:
    """Copy every file after comparing it with its digest; yield a problem for each that does not match."""
    target = backup.parent
    erased = dated_backup.erased_since(target)
    inside = workspace.Workspace(part)
    wanted = [(name, backup / name, part / name, sha256) for name, sha256 in manifest["files"].items()]
    for name in manifest["photos"]:
        source = dated_backup.shared_path(target, "photos", name)
        # a photo erased since is missing on purpose
        if name not in erased or source.exists():
            wanted.append((f"photos {name}", source, inside.photo_path(name), name))
    for name in manifest["refused"]:
        source = dated_backup.shared_path(target, "refused", name)
        wanted.append((f"refused {name}", source, inside.refused_folder / f"{name}.bin", name))
    for where, source, destination, sha256 in wanted:
        if not source.is_file():
            yield FILE_GONE.at(where)
        elif dated_backup.digest(source) != sha256:
            yield FILE_DAMAGED.at(where)
        else:
            durable_files.write(destination, source.read_bytes())


def _checked(
    inside: workspace.Workspace, target: Path, manifest: dict[str, Any], expect: str | None
) -> tuple[str, ...]:
    """Verify the record, compare its head, and erase again what was erased after the backup."""
    with connection.open_store(inside, create=False) as store:
        # the list is of all backups, so it may name photos that this record does not know
        later = {name: one for name, one in dated_backup.erased_since(target).items() if _is_here(store, name)}
        checked = verify.verify(store, expect)
        lacking = {name for name in later if not store.workspace.photo_path(name).exists()}
        # The record of this backup does not know yet that these were erased.
        problems = [
            one for one in checked.problems if not (one.kind is verify.PHOTO_FILE_GONE and one.where in lacking)
        ]
        if str(checked.head) != manifest["head"]:
            problems.append(OTHER_HEAD.at("store", found=checked.head, listed=manifest["head"]))
        if problems:
            raise errors.RefusedError(tuple(problems))
        # after the comparison, since each erasure adds an entry to the audit log
        for name, one in later.items():
            if erasure.find(store, name) is None:
                erasure.erase(store, name, one["reason"], RESTORER, dt.datetime.fromisoformat(one["erased_at"]))
    return tuple(later)


def _is_here(store: connection.Store, sha256: str) -> bool:
    with connection.reading(store) as records:
        is_known = connection.exists(records, schema.photo.c.sha256 == sha256)
    return is_known and erasure.find(store, sha256) is None


def _without_deleted(inside: workspace.Workspace, backup: Path) -> tuple[int, int]:
    """Delete again what was deleted of the public form since; return how many wait, and how many were deleted."""
    # a backup that was copied elsewhere may lie where no others are
    newest = dated_backup.newest(backup.parent) if dated_backup.is_any(backup.parent) else backup
    with connection.open_store(inside, create=False) as store:
        waiting = set(unread.every(store)["key"])
        later = waiting
        # an older backup is often restored because the newest one does not open
        if waiting and newest.name > backup.name:
            with contextlib.suppress(errors.StoreError, errors.WorkspaceError):
                later = _known_later(newest)
        deleted = sorted(waiting - later)
        unread.dismiss(store, *deleted)
    return len(waiting) - len(deleted), len(deleted)


def _known_later(newest: Path) -> set[str]:
    """Keys of the public form that a newer backup holds, unread or recorded."""
    with store_copy.opened_copy(workspace.Workspace(newest).store_path) as later:
        kept = requests.every(later)
        return {*unread.every(later)["key"], *kept.loc[kept["channel"] == unread.CHANNEL, "source_id"]}
