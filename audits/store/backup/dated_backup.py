"""Keep dated backups of a workspace in one folder: each with its own store, the photos shared by all."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from audits import errors
from audits.store.backup import backup
from audits.store.db import column_types, connection, durable_files, schema, workspace
from audits.store.integrity import verify
from audits.store.photos import erasure
from audits.store.surveys import read

FORMAT = 1
NO_BACKUP = errors.ProblemKind("STORE-814", "There is no backup here; name the folder that holds {manifest}.")
MANIFEST, ERASED = "manifest.json", "erased.json"
# hyphens in the time too: Windows allows no colon in a file name
_DATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ")

EVIDENCE_DAMAGED = errors.ProblemKind(
    "STORE-581", "The file is gone or damaged in the workspace, so this backup is without it."
)


@dataclass(frozen=True)
class Backup:
    """One dated backup: its folder, the last link of its chain, and the numbers of what is in it.

    `copied` counts the photos and refused files that no earlier backup had. `problems` are those of verifying the
    record and of copying files; with any, no older backup is removed, else `pruned` names those that were.
    """

    folder: Path
    head: str
    entries: int
    surveys: int
    photos: int
    copied: int
    pruned: tuple[str, ...]
    problems: tuple[errors.Problem, ...]


def write(store: connection.Store, target: Path, *, keep: int | None = None, at: dt.datetime | None = None) -> Backup:
    """Write a backup named by its instant into `target`, complete or not at all, while others work.

    Parameters
    ----------
    target
        Folder of all the backups of this workspace, best on another disk.
    keep
        Remove all but this many newest backups, unless this one has problems; None removes nothing.

    Raises
    ------
    audits.errors.StoreError
        When it cannot be written, or there is one of the same second.
    """
    moment = column_types.instant(at)
    final = target / f"{moment:%Y-%m-%dT%H-%M-%SZ}"
    part = target / f".{final.name}.{uuid.uuid4().hex}.part"
    try:
        if final.exists():
            raise errors.StoreError(backup.EXISTS.at(str(final)))
        part.mkdir(parents=True)
        manifest, problems, copied = _fill(store, part, target, moment)
        # The list after all files: it holds their digests, and makes a folder a backup.
        durable_files.write(part / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        # The folder gets its name last: what has a date as its name is complete.
        part.rename(final)
        durable_files.sync_folder(target)
        pruned = () if keep is None or problems else _prune(target, final.name, keep)
    except OSError as error:
        raise errors.StoreError(backup.FAILED.at(str(target), why=error.strerror or error)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    counts = {name: manifest[name] for name in ("head", "entries", "surveys")}
    return Backup(final, **counts, photos=len(manifest["photos"]), copied=copied, pruned=pruned, problems=problems)


def is_any(target: Path) -> bool:
    """Whether a folder holds a backup."""
    return bool(_dated(target))


def newest(target: Path) -> Path:
    """Return the newest backup in a folder of backups; the folder itself when it is one.

    Raises
    ------
    audits.errors.StoreError
        When there is none.
    """
    if (target / MANIFEST).is_file():
        return target
    found = _dated(target)
    if not found:
        raise errors.StoreError(NO_BACKUP.at(str(target), manifest=MANIFEST))
    return found[-1]


def erased_since(target: Path) -> dict[str, dict[str, str]]:
    """Return the photos erased up to the newest backup, by name: ``reason``, ``erased_by``, ``erased_at``.

    Raises
    ------
    audits.errors.StoreError
        When the list of them is damaged.
    """
    try:
        found = json.loads((target / ERASED).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise errors.StoreError(f"{target / ERASED}: damaged, so nobody knows which photos were erased") from error
    return dict(found)


def shared_path(target: Path, kind: str, name: str) -> Path:
    """Return the path of a photo or a refused file, which all backups of a folder share."""
    return target / kind / name[:2] / name


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fill(
    store: connection.Store, part: Path, target: Path, moment: dt.datetime
) -> tuple[dict[str, Any], tuple[errors.Problem, ...], int]:
    inside = workspace.Workspace(part)
    backup.backup(store, inside.store_path)
    with connection.open_store(inside, create=False) as snapshot:
        # The copy is verified: it is what would be restored, and it stands still while others write. Its photos are not
        # beside it; each is compared with its digest when it is shared.
        checked = verify.verify(snapshot, photo_files=False)
        surveys = len(read.surveys(snapshot))
        gone = erasure.every(snapshot)
        kept = [name for name in _names(snapshot) if name not in gone]
    # opening the copy has switched it to a write-ahead log again
    backup.settle(inside.store_path)
    _copy_own(store.workspace.folder, part)
    pictures, lost_photos, new = _share(target, "photos", ((name, store.workspace.photo_path(name)) for name in kept))
    refused = sorted(store.workspace.refused_folder.glob("*.bin"))
    others, lost_files, new_others = _share(target, "refused", ((path.stem, path) for path in refused))
    _note_erased(target, gone)
    manifest = {
        "format": FORMAT,
        "made_at": moment.isoformat(timespec="seconds"),
        "head": str(checked.head),
        "entries": checked.entries,
        "surveys": surveys,
        "sound": not checked.problems,
        "files": {path.relative_to(part).as_posix(): digest(path) for path in _files(part)},
        "photos": pictures,
        "refused": others,
    }
    return manifest, (*checked.problems, *lost_photos, *lost_files), new + new_others


def _names(snapshot: connection.Store) -> list[str]:
    with connection.reading(snapshot) as records:
        return list(records.execute(sa.select(schema.photo.c.sha256).order_by(schema.photo.c.fid)).scalars())


def _copy_own(folder: Path, part: Path) -> None:
    for name in workspace.OWN_FILES:
        for path in _files(folder / name):
            durable_files.write(part / path.relative_to(folder), path.read_bytes())


def _files(under: Path) -> list[Path]:
    return [under] if under.is_file() else sorted(path for path in under.rglob("*") if path.is_file())


def _share(target: Path, kind: str, wanted: Iterable[tuple[str, Path]]) -> tuple[list[str], list[errors.Problem], int]:
    """Copy the files that are not yet shared; one whose content does not match its name is reported instead."""
    here, problems, new = [], [], 0
    for name, source in wanted:
        shared = shared_path(target, kind, name)
        try:
            # Of the same length is enough here, or each backup would read every
            # photo again; restoring compares the digests.
            known = shared.is_file() and shared.stat().st_size == source.stat().st_size
            content = b"" if known else source.read_bytes()
        except OSError:
            known, content = False, b""
        if not known and hashlib.sha256(content).hexdigest() != name:
            problems.append(EVIDENCE_DAMAGED.at(f"{kind} {name}"))
            continue
        if not known:
            durable_files.write(shared, content)
            new += 1
        here.append(name)
    return here, problems, new


def _note_erased(target: Path, gone: dict[str, erasure.Erasure]) -> None:
    """Apply erasures to every backup: the shared bytes go, and restoring an older backup erases again."""
    known = erased_since(target)
    erased = {
        name: {"reason": one.reason, "erased_by": one.erased_by, "erased_at": one.erased_at.isoformat()}
        for name, one in gone.items()
    }
    if erased.keys() - known.keys():
        durable_files.write(target / ERASED, json.dumps(known | erased, ensure_ascii=False, indent=1).encode())
    # for all of them, not only the new: an interrupted run may have listed a photo without deleting it
    for name in known | erased:
        shared_path(target, "photos", name).unlink(missing_ok=True)


def _dated(target: Path) -> list[Path]:
    folders = target.iterdir() if target.is_dir() else ()
    return sorted(path for path in folders if _DATED.fullmatch(path.name) and (path / MANIFEST).is_file())


def _prune(target: Path, newest_name: str, keep: int) -> tuple[str, ...]:
    # By name, except the newest: after a clock was set back, the new backup must not count as the oldest.
    others = [path for path in _dated(target) if path.name != newest_name]
    # the newest is one of those that are kept
    old = others[: max(0, len(others) - max(keep, 1) + 1)]
    for path in old:
        # First what makes it a backup: an interrupted removal leaves nothing that looks complete.
        (path / MANIFEST).unlink()
        shutil.rmtree(path)
    if old:
        _forget_unshared(target)
    return tuple(path.name for path in old)


def _forget_unshared(target: Path) -> None:
    manifests = [json.loads((path / MANIFEST).read_text("utf-8")) for path in _dated(target)]
    for kind in ("photos", "refused"):
        # by the lists of all backups that are left: each shares its files with the others
        needed = {name for manifest in manifests for name in manifest[kind]}
        for path in (target / kind).glob("??/*"):
            if path.is_file() and path.name not in needed:
                path.unlink()
